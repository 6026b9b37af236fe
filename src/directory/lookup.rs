//! Users looked up one by one: names resolved twenty at a time where that is enough, else searched for.

use std::collections::HashMap;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use foldhash::{HashSet, HashSetExt};
use futures::FutureExt;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::needs::{Detail, Needs};
use super::next_read::{LookUps, NAMES_PER_CALL};
use super::reader::Reader;
use crate::api::{CallError, Resolved, User, UserKind, UserTexts};
use crate::event::{Event, silent};
use crate::model::{UserId, UserRef};
use crate::text::{fold, folded};

/// The users that the sheet wants, each once.
#[derive(Debug, Default)]
pub(super) struct Wanted<'a> {
    /// Names and addresses that have to be searched for.
    pub(super) searches: Vec<&'a str>,
    /// Names that may be resolved in bulk.
    pub(super) names: Vec<&'a str>,
    /// Ids.
    pub(super) ids: Vec<UserId>,
    /// Names of users to be deleted, who are read once more by their ids.
    pub(super) to_delete: Vec<&'a str>,
}

impl<'a> Wanted<'a> {
    /// Everybody who is wanted, but for those `known` by their ids.
    pub(super) fn new(needs: &Needs<'a>, is_known: impl Fn(UserId) -> bool) -> Self {
        let mut wanted = Self::default();
        let mut names = HashSet::new();
        let mut ids = HashSet::new();
        let mut names_to_delete = HashSet::new();
        for entry in Entry::all(needs) {
            match entry {
                // A name that is also wanted as an address is searched for once.
                Entry::Search(name) if names.insert(folded(name)) => wanted.searches.push(name),
                Entry::Name(name) if names.insert(folded(name)) => wanted.names.push(name),
                Entry::Id(id) if !is_known(id) && ids.insert(id) => wanted.ids.push(id),
                Entry::ToDelete(name) if names_to_delete.insert(folded(name)) => wanted.to_delete.push(name),
                Entry::Search(_) | Entry::Name(_) | Entry::Id(_) | Entry::ToDelete(_) => {}
            }
        }
        wanted
    }

    /// What looking them up takes.
    pub(super) fn look_ups(&self) -> LookUps {
        LookUps {
            singly: self.searches.len() + self.ids.len() + self.to_delete.len(),
            in_bulk: self.names.len(),
        }
    }
}

/// Whether looking up who is wanted and not `known` takes so much that it is `too_much`. They are counted by the hashes of
/// their names, and no further than it takes: of a million names the names themselves would fill more memory than the rows.
pub(super) fn take_too_much(
    needs: &Needs<'_>,
    is_known: impl Fn(UserId) -> bool,
    is_too_much: impl Fn(LookUps) -> bool,
) -> bool {
    let hasher = RandomState::default();
    let mut seen = HashSet::new();
    let mut look_ups = LookUps { singly: 0, in_bulk: 0 };
    for entry in Entry::all(needs) {
        let is_new = match entry {
            Entry::Search(name) | Entry::Name(name) => seen.insert(hasher.hash_one(folded(name))),
            Entry::Id(id) => !is_known(id) && seen.insert(hasher.hash_one(id)),
            // Beside the same name, which is searched for.
            Entry::ToDelete(name) => seen.insert(hasher.hash_one(("", folded(name)))),
        };
        match entry {
            _ if !is_new => continue,
            Entry::Name(_) => look_ups.in_bulk += 1,
            Entry::Search(_) | Entry::Id(_) | Entry::ToDelete(_) => look_ups.singly += 1,
        }
        if is_too_much(look_ups) {
            return true;
        }
    }
    false
}

/// Whom a sheet wants, as it says so: many come several times.
#[derive(Clone, Copy)]
enum Entry<'a> {
    Search(&'a str),
    Name(&'a str),
    Id(UserId),
    ToDelete(&'a str),
}

impl<'a> Entry<'a> {
    /// What is searched for comes before what is resolved in bulk.
    fn all(needs: &Needs<'a>) -> impl Iterator<Item = Self> {
        let by_name = match needs.detail {
            Detail::Identity => Self::Name,
            Detail::Profile => Self::Search,
        };
        let of = |user: &'a UserRef, by_name: fn(&'a str) -> Self| match user {
            UserRef::Id(id) => Self::Id(**id),
            UserRef::Name(name) => by_name(name),
        };
        let addresses = needs.addresses.iter().copied().map(Self::Search);
        let models = needs.models.iter().map(move |model| of(model, Self::Search));
        let to_delete = needs.to_delete.iter().filter_map(|user| match user {
            UserRef::Name(name) => Some(Self::ToDelete(name)),
            UserRef::Id(_) => None,
        });
        let users = needs.users.iter().map(move |user| of(user, by_name));
        addresses.chain(models).chain(to_delete).chain(users)
    }
}

/// What the directory answered, by folded name; nothing for a name that it does not know.
pub(super) type Answers = HashMap<String, Vec<Resolved>>;

/// The outcome of resolving names in bulk.
#[derive(Debug, Default)]
pub(super) struct Resolution<'a> {
    /// Users of whom only the id and the names are known.
    pub(super) found: Vec<User>,
    /// Names that have to be searched for.
    pub(super) missed: Vec<&'a str>,
    /// The answers as they came.
    pub(super) answers: Answers,
}

impl Reader<'_> {
    /// Resolves names twenty at a time. The server may compare case, and find by other things than
    /// e-mail and user name: a user without exactly this name counts as missed.
    pub(super) async fn resolve<'a>(&self, names: &[&'a str]) -> Result<Resolution<'a>, CallError> {
        let calls: Vec<_> = names
            .chunks(NAMES_PER_CALL)
            .map(|some| self.resolve_some(some))
            .collect();
        let mut resolutions = stream::iter(calls).buffer_unordered(self.options.concurrency.max(1));
        let mut whole = Resolution::default();
        while let Some(resolution) = resolutions.try_next().await? {
            whole.found.extend(resolution.found);
            whole.missed.extend(resolution.missed);
            whole.answers.extend(resolution.answers);
        }
        Ok(whole)
    }

    async fn resolve_some<'a>(&self, names: &[&'a str]) -> Result<Resolution<'a>, CallError> {
        let answer = self.client.resolve_names(names).await?.value;
        let answers: Answers = answer.into_iter().map(|(name, found)| (fold(&name), found)).collect();
        let mut resolution = Resolution::default();
        for name in names {
            // Whoever asks for a user must not be given a robot; the listing says what it is.
            let users = entries_of(name, &answers).filter(|(resolved, _)| resolved.kind == UserKind::Person);
            let found: Vec<User> = users.filter_map(|(_, user)| user).collect();
            if found.is_empty() {
                resolution.missed.push(*name);
            }
            resolution.found.extend(found);
        }
        resolution.answers = answers;
        Ok(resolution)
    }

    /// Searches for each name and gets each id. Users whose names merely contain what was searched
    /// for come too: they may have been meant.
    pub(super) async fn look_up(&self, searches: &[&str], ids: &[UserId]) -> Result<Vec<User>, CallError> {
        let by_name = searches.iter().map(|name| self.search(name).boxed());
        let by_id = ids.iter().map(|id| self.get(*id).boxed());
        let calls: Vec<_> = by_name.chain(by_id).collect();
        let total = calls.len() as u64;
        let mut answers = stream::iter(calls).buffer_unordered(self.options.concurrency.max(1));
        let mut users = Vec::new();
        let mut read = 0;
        while let Some(found) = answers.try_next().await? {
            users.extend(found);
            read += 1;
            (self.observer)(Event::Reading {
                what: "users",
                read,
                total: Some(total),
            });
        }
        Ok(users)
    }

    async fn search(&self, name: &str) -> Result<Vec<User>, CallError> {
        self.users(Some(search_term(name)), silent()).all().await
    }

    async fn get(&self, id: UserId) -> Result<Vec<User>, CallError> {
        Ok(self.client.user(id).await?.value.into_iter().collect())
    }
}

/// What to search for: of an address whose domain has two forms what they have in common, as it may be registered with
/// either.
fn search_term(name: &str) -> &str {
    match name.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() && (!domain.is_ascii() || folded(domain).contains("xn--")) => {
            &name[..=local.len()]
        }
        Some(_) | None => name,
    }
}

/// Whom the server resolved the name to, where they have exactly this name; with the user, if the id is one that calls
/// take.
pub(super) fn entries_of<'r>(name: &str, answers: &'r Answers) -> impl Iterator<Item = (&'r Resolved, Option<User>)> {
    let folded = fold(name);
    let entries = answers.get(&folded).into_iter().flatten();
    let named = entries.filter(move |resolved| fold(&resolved.email) == folded || fold(&resolved.name) == folded);
    named.map(|resolved| {
        let id = resolved.identifier.parse().ok().filter(|id: &UserId| !id.0.is_nil());
        let texts = UserTexts {
            user_name: &resolved.name,
            email: &resolved.email,
            ..UserTexts::default()
        };
        let user = id.map(|id| User {
            from_directory: resolved.from_directory,
            tells_groups: false,
            ..User::new(id, texts)
        });
        (resolved, user)
    })
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_address_whose_domain_has_two_forms_is_searched_for_in_both() {
        for (name, term) in [
            ("ann@x.example", "ann@x.example"),
            ("ann@b\u{fc}cher.example", "ann@"),
            ("ann@XN--bcher-kva.example", "ann@"),
            ("j\u{f6}rg@x.example", "j\u{f6}rg@x.example"),
            ("@b\u{fc}cher.example", "@b\u{fc}cher.example"),
            ("J\u{f6}rg", "J\u{f6}rg"),
        ] {
            assert_eq!(search_term(name), term);
        }
    }

    #[test]
    fn everyone_is_looked_up_once_and_an_address_by_search() {
        let id = Uuid::from_u128(7).to_string();
        let users: Vec<UserRef> = ["Ann@x.example", "bob", "BOB", "ann@X.example", &id, &id]
            .into_iter()
            .map(UserRef::parse)
            .collect();
        let needs = Needs {
            users: users.iter().collect(),
            addresses: vec!["new@x.example", "ANN@x.example", "New@x.example"],
            ..Needs::default()
        };
        let wanted = Wanted::new(&needs, |_| false);
        assert_eq!(wanted.searches, ["new@x.example", "ANN@x.example"]);
        assert_eq!(wanted.names, ["bob"]);
        assert_eq!(wanted.ids.len(), 1);
        let whole = Wanted::new(
            &Needs {
                detail: Detail::Profile,
                ..needs
            },
            |_| false,
        );
        assert_eq!(whole.searches, ["new@x.example", "ANN@x.example", "bob"]);
        assert_eq!(whole.look_ups().in_bulk, 0);
    }

    proptest! {
        #[test]
        fn counting_who_is_wanted_comes_to_as_many_as_listing_them(
            names in vec("[aAb]{1,2}|[1-4]", 0..12),
            addresses in vec("[aAb]{1,2}", 0..4),
            deleted in 0_usize..12,
            is_whole in any::<bool>(),
            most in 0_usize..8,
        ) {
            let id = |number: u128| Uuid::from_u128(number).to_string();
            let written = |name: &String| name.parse().map_or_else(|_| name.clone(), id);
            let users: Vec<UserRef> = names.iter().map(|name| UserRef::parse(&written(name))).collect();
            let needs = Needs {
                users: users.iter().collect(),
                to_delete: users.iter().take(deleted).collect(),
                addresses: addresses.iter().map(String::as_str).collect(),
                detail: if is_whole { Detail::Profile } else { Detail::Identity },
                ..Needs::default()
            };
            let is_known = |id: UserId| id.0.as_u128() == 1;
            let is_too_much = |look_ups: LookUps| look_ups.singly + 3 * look_ups.in_bulk > most;
            let listed = Wanted::new(&needs, is_known).look_ups();
            prop_assert_eq!(take_too_much(&needs, is_known, is_too_much), is_too_much(listed));
        }
    }

    #[test]
    fn only_a_user_with_exactly_this_name_counts_as_resolved() {
        let resolved = |identifier: &str, email: &str, name: &str| {
            vec![Resolved {
                identifier: identifier.to_owned(),
                kind: UserKind::Person,
                from_directory: false,
                email: email.to_owned(),
                name: name.to_owned(),
            }]
        };
        let id = Uuid::from_u128(7).to_string();
        let found = |answers: &Answers| {
            entries_of("Ann@x.example", answers)
                .filter_map(|(_, user)| user)
                .count()
        };
        for (answer, expected) in [
            (Vec::new(), 0),
            (resolved(&id, "Ann@x.example", ""), 1),
            (resolved(&id, "", "ann@X.example"), 1),
            (resolved(&id, "ann.lee@x.example", "Ann Lee"), 0),
            (resolved("aad|7", "ann@x.example", ""), 0),
            (resolved(&format!("../Group/{id}"), "ann@x.example", ""), 0),
            (resolved(&format!("{id}?x=1#"), "ann@x.example", ""), 0),
            (resolved(&Uuid::nil().to_string(), "ann@x.example", ""), 0),
            (resolved(&id, "bob@x.example", "bob"), 0),
            (resolved(&id, "", ""), 0),
        ] {
            let shown = format!("{answer:?}");
            let answers = Answers::from([("ann@x.example".to_owned(), answer)]);
            assert_eq!(found(&answers), expected, "{shown}");
        }
        assert_eq!(found(&Answers::new()), 0);
    }
}
