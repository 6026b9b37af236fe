//! Who moves, where to, and what stands in the way. The same whatever order the accounts come in.

use std::collections::{HashMap, HashSet};

use super::addresses::Listed;
use super::local_part;
use super::obstacle::{MOST_NAMED, Obstacle};
use super::request::MoveRequest;
use super::spelling::Spelling;
use crate::api::User;
use crate::directory::{Found, Snapshot};
use crate::draft::{account_name, names_an_account};
use crate::export::facts::order_of;
use crate::intake::{Column, is_kept};
use crate::model::{DeleteWhen, Email, Migrate, Place, UserId, UserRef};
use crate::plan::are_one_person;
use crate::text::{fold, number};

/// Somebody of the domain that is left.
#[derive(Debug)]
pub(super) struct Mover<'a> {
    pub(super) user: &'a User,
    /// The new address; `None` where none could be made.
    pub(super) proposal: Option<Proposal>,
    /// What is in the way; `None` if the row can run.
    pub(super) obstacle: Option<Obstacle>,
    /// The account that has the new address already, and is the same person's.
    pub(super) is_there: bool,
}

/// A new address.
#[derive(Debug, Clone)]
pub(super) struct Proposal {
    pub(super) address: Email,
    pub(super) origin: Origin,
    /// What names have in brackets, and was left out.
    pub(super) left_out: Vec<String>,
    /// Whether names were too long to stand there whole.
    pub(super) is_cut: bool,
}

/// Where a new address comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// This row of the list.
    Listed(Place),
    /// The pattern.
    Rule,
}

/// Everybody of the domain, by address and then id, and whom the list names besides.
#[derive(Debug)]
pub(super) struct Movers<'a> {
    pub(super) all: Vec<Mover<'a>>,
    /// Those of the list who have an account, but not of this domain.
    pub(super) listed_elsewhere: Vec<String>,
    /// How many of the list have no account.
    pub(super) listed_nobody: usize,
}

/// Whom the list means.
struct List<'a> {
    by_user: HashMap<UserId, Vec<&'a Listed>>,
    /// The rows that give each address, as they are compared, and whom to.
    by_address: HashMap<String, Vec<(&'a Listed, Option<UserId>)>>,
    nobody: usize,
}

/// Those for whom the rule makes the same address, by their places.
type Claims = HashMap<String, Vec<usize>>;

impl<'a> Movers<'a> {
    pub(super) fn of(snapshot: &'a Snapshot, request: &MoveRequest) -> Self {
        let list = List::of(snapshot, request);
        let spelling = Spelling::of(request.language);
        let mut people: Vec<Old<'a>> = snapshot
            .users()
            .iter()
            .filter_map(|user| Old::of(user, request))
            .collect();
        people.sort_by_cached_key(|old| (order_of(old.user), old.user.id));
        let proposals: Vec<_> = people
            .iter()
            .map(|old| old.propose(request, &list, &spelling))
            .collect();
        let mut claims = Claims::new();
        for (place, proposal) in proposals.iter().enumerate() {
            if let Ok(proposal) = proposal
                && proposal.origin == Origin::Rule
                && people[place].other_address.is_none()
            {
                claims.entry(fold(proposal.address.as_str())).or_default().push(place);
            }
        }
        let of_domain: HashSet<UserId> = people.iter().map(|old| old.user.id).collect();
        let mut listed_elsewhere: Vec<String> = list
            .by_user
            .keys()
            .filter(|id| !of_domain.contains(id))
            .filter_map(|id| snapshot.user_by_id(*id))
            .map(|user| account_name(snapshot, user))
            .collect();
        listed_elsewhere.sort();
        let judge = Judge {
            snapshot,
            request,
            list: &list,
            people: &people,
            claims: &claims,
        };
        let all = proposals.into_iter().enumerate();
        Self {
            all: all.map(|(place, proposal)| judge.mover(place, proposal)).collect(),
            listed_elsewhere,
            listed_nobody: list.nobody,
        }
    }
}

/// Somebody as the account is now.
struct Old<'a> {
    user: &'a User,
    /// What stands before the `@` of the domain that is left.
    local: &'a str,
    /// The address, where it is of another domain and only the user name is of this one.
    other_address: Option<&'a str>,
}

impl<'a> Old<'a> {
    fn of(user: &'a User, request: &MoveRequest) -> Option<Self> {
        let of_address = request.from.local_part(user.email());
        let local = of_address.or_else(|| request.from.local_part(user.user_name()))?;
        let is_other = of_address.is_none() && !user.email().is_empty();
        Some(Self {
            user,
            local,
            other_address: is_other.then(|| user.email()),
        })
    }

    fn propose(&self, request: &MoveRequest, list: &List<'_>, spelling: &Spelling) -> Result<Proposal, Obstacle> {
        let user = self.user;
        if !user.is_person() {
            return Err(Obstacle::NotAPerson(user.kind));
        }
        match list.by_user.get(&user.id).map(Vec::as_slice) {
            Some([only]) => Ok(Proposal {
                address: only.new_email.clone(),
                origin: Origin::Listed(only.place.clone()),
                left_out: Vec::new(),
                is_cut: false,
            }),
            Some(several) => Err(Obstacle::ListedTwice(
                several.iter().map(|listed| listed.place.clone()).collect(),
            )),
            None => {
                let made = local_part::make(&request.pattern, spelling, user, self.local, request.to.octets())?;
                let address = format!("{}@{}", made.text, request.to);
                let email: Email = address.parse().map_err(Obstacle::NoAddress)?;
                if !is_kept(Column::NewEmail, &address) || !names_an_account(&address) {
                    return Err(Obstacle::NotWritable(address));
                }
                Ok(Proposal {
                    address: email,
                    origin: Origin::Rule,
                    left_out: made.left_out,
                    is_cut: made.is_cut,
                })
            }
        }
    }
}

impl<'a> List<'a> {
    fn of(snapshot: &Snapshot, request: &'a MoveRequest) -> Self {
        let mut list = Self {
            by_user: HashMap::new(),
            by_address: HashMap::new(),
            nobody: 0,
        };
        for listed in request.addresses.all() {
            let found = match &listed.user {
                UserRef::Id(id) => snapshot.user_by_id(**id),
                // Nothing need be suggested for somebody who has no account: such a list is often of a whole company.
                UserRef::Name(name) => snapshot.account(name).one(),
            };
            let is_meant = |user: &&User| listed.user_id.is_none_or(|id| id == user.id);
            let id = found.filter(is_meant).map(|user| user.id);
            match id {
                Some(id) => list.by_user.entry(id).or_default().push(listed),
                None => list.nobody += 1,
            }
            let key = fold(listed.new_email.as_str());
            list.by_address.entry(key).or_default().push((listed, id));
        }
        list
    }
}

/// What is needed to say whether somebody can move.
struct Judge<'a, 'b> {
    snapshot: &'a Snapshot,
    request: &'b MoveRequest,
    list: &'b List<'b>,
    people: &'b [Old<'a>],
    claims: &'b Claims,
}

impl<'a> Judge<'a, '_> {
    fn mover(&self, place: usize, proposal: Result<Proposal, Obstacle>) -> Mover<'a> {
        let user = self.people[place].user;
        let (proposal, fault) = match proposal {
            Ok(proposal) => (Some(proposal), None),
            Err(obstacle) => (None, Some(obstacle)),
        };
        let judged = match (self.of_account(place, proposal.as_ref()), fault, &proposal) {
            (Some(obstacle), _, _) | (None, Some(obstacle), _) => Err(obstacle),
            (None, None, Some(proposal)) => self.of_address(place, proposal),
            (None, None, None) => Ok(false),
        };
        let is_there = judged == Ok(true);
        Mover {
            user,
            proposal,
            obstacle: judged.err(),
            is_there,
        }
    }

    /// What is in the way whatever the new address is.
    fn of_account(&self, place: usize, proposal: Option<&Proposal>) -> Option<Obstacle> {
        let Old {
            user, other_address, ..
        } = &self.people[place];
        let is_listed = proposal.is_some_and(|proposal| proposal.origin != Origin::Rule);
        if !user.is_person() {
            Some(Obstacle::NotAPerson(user.kind))
        } else if self.snapshot.acting_user() == Some(user.id) {
            Some(Obstacle::ActingAccount)
        } else if user.from_directory {
            Some(Obstacle::Directory)
        } else if user.is_deactivated() {
            Some(Obstacle::Deactivated)
        } else {
            // Whoever stands in the list was chosen by somebody.
            let other = other_address.filter(|_| !is_listed);
            other.map(|address| Obstacle::OtherAddress(address.to_owned()))
        }
    }

    /// Whether the person has an account with the new address already.
    fn of_address(&self, place: usize, proposal: &Proposal) -> Result<bool, Obstacle> {
        let key = fold(proposal.address.as_str());
        let user = self.people[place].user;
        let given = self.list.by_address.get(&key).map(Vec::as_slice).unwrap_or_default();
        if let Some((listed, _)) = given.iter().find(|(_, id)| *id != Some(user.id)) {
            return Err(Obstacle::Given {
                place: listed.place.clone(),
                to: listed.user.to_string(),
            });
        }
        if proposal.origin != Origin::Rule {
            // A guess is in nobody's way.
            return self.of_bearer(place, proposal);
        }
        let claims = self.claims.get(&key).map(Vec::as_slice).unwrap_or_default();
        let others = claims.iter().filter(|other| **other != place);
        let mut named: Vec<String> = others.take(MOST_NAMED).map(|other| self.named(*other)).collect();
        if named.is_empty() {
            return self.of_bearer(place, proposal);
        }
        // By the length, since thousands may share one address.
        let more = claims.len().saturating_sub(named.len() + 1);
        if more > 0 {
            named.push(format!("{} more", number(more)));
        }
        Err(Obstacle::Shared(named))
    }

    /// Whether the account that has the new address already, if there is one, is the same person's.
    fn of_bearer(&self, place: usize, proposal: &Proposal) -> Result<bool, Obstacle> {
        let Old { user, local, .. } = &self.people[place];
        let address = proposal.address.as_str();
        let new_local = address.rsplit_once('@').map_or("", |(local, _)| local);
        let mut bearers: Vec<&User> = Vec::new();
        for domain in self.request.to.spellings() {
            match self.snapshot.account(&format!("{new_local}@{domain}")) {
                Found::None { .. } => {}
                Found::One(bearer) if bearers.iter().any(|known| known.id == bearer.id) => {}
                Found::One(bearer) => bearers.push(bearer),
                Found::Many(which) => return Err(Obstacle::Taken(which)),
            }
        }
        let bearer = match bearers.as_slice() {
            [] => return Ok(false),
            [only] => *only,
            several => {
                return Err(Obstacle::Taken(
                    several.iter().map(|bearer| described(bearer)).collect(),
                ));
            }
        };
        if bearer.id == user.id {
            return Err(Obstacle::OwnName);
        }
        let migrate = Migrate {
            user: UserRef::from(user.id),
            new_email: proposal.address.clone(),
            name: None,
            surname: None,
            groups: None,
            licenses: None,
            delete_when: DeleteWhen::default(),
        };
        if !bearer.is_person() || !are_one_person(&migrate, Some(user), bearer) {
            Err(Obstacle::Taken(vec![described(bearer)]))
        } else if bearer.is_deactivated() {
            Err(Obstacle::NewDeactivated)
        } else if proposal.origin == Origin::Rule && fold(new_local) != fold(local) {
            // An address that was made of a name belongs to somebody of that name, whoever it is.
            Err(Obstacle::SameName)
        } else {
            Ok(true)
        }
    }

    /// How another of the same address is named.
    fn named(&self, place: usize) -> String {
        let user = self.people[place].user;
        let name = account_name(self.snapshot, user);
        if user.is_deactivated() {
            format!("{name} (deactivated)")
        } else {
            name
        }
    }
}

/// Enough to tell whose account it is.
fn described(user: &User) -> String {
    let full_name = format!("{} {}", user.name(), user.surname());
    let name = match (user.display_name(), full_name.trim()) {
        ("", "") => "somebody without a name".to_owned(),
        ("", name) | (name, _) => format!("`{name}`"),
    };
    if user.is_person() {
        name
    } else {
        format!("{name}, {}", user.kind.described())
    }
}
