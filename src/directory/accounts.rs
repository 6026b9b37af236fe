//! Users, found by id, e-mail and user name.

use std::sync::OnceLock;

use super::Found;
use super::index::{NameIndex, numbered, sorted_by_id, with_id, with_id_of};
use super::suggestion::suggestion;
use crate::api::{GroupLists, User};
use crate::model::{UserId, UserRef};
use crate::text::{fold, folded};

/// Users in the order of their ids, each once. The indexes cost twelve bytes to twenty a user.
///
/// If a server gives one id to accounts of different names, neither the id nor any of those names finds an account: it
/// is unknown whose account a call for the id would change or delete.
///
/// Robots, applications and directory groups of the listing are among them, so that a row that names one can be told
/// so; and people whom only the directory knows, where rows name some. None of these is ever taken for the account of a
/// person of the same name, or suggested.
#[derive(Debug, Default)]
pub struct Accounts {
    users: Vec<User>,
    names: NameIndex,
    /// Positions in the order of folded labels; made when the first name is missed.
    alphabet: OnceLock<Vec<u32>>,
}

impl FromIterator<User> for Accounts {
    /// Of one who came twice the first is kept.
    fn from_iter<I: IntoIterator<Item = User>>(users: I) -> Self {
        let mut users = sorted_by_id(users, |user| user.id, is_one_person);
        let mut lists = GroupLists::default();
        for user in &mut users {
            lists.share(&mut user.groups);
        }
        let names = NameIndex::new(numbered(&users).flat_map(|(position, user)| {
            let user_name = Some(user.user_name()).filter(|name| *name != user.email());
            [Some(user.email()), user_name]
                .into_iter()
                .flatten()
                .map(folded)
                .filter(|name| !name.is_empty())
                .map(move |name| (name, position))
        }));
        Self {
            users,
            names,
            alphabet: OnceLock::new(),
        }
    }
}

impl Extend<User> for Accounts {
    /// Of one who is known already what comes now counts.
    fn extend<I: IntoIterator<Item = User>>(&mut self, users: I) {
        let mut more = users.into_iter().peekable();
        if more.peek().is_some() {
            *self = more.chain(std::mem::take(&mut self.users)).collect();
        }
    }
}

impl Accounts {
    /// Every user, in the order of the ids.
    pub fn all(&self) -> &[User] {
        &self.users
    }

    /// The user of this id.
    pub fn get(&self, id: UserId) -> Option<&User> {
        match with_id(&self.users, &id, |user| user.id) {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Whether it was told of everybody which groups they are in.
    pub(super) fn tell_all_groups(&self) -> bool {
        !self.users.iter().any(User::has_untold_groups)
    }

    /// Whether anything has this id.
    pub(super) fn has(&self, id: UserId) -> bool {
        !with_id(&self.users, &id, |user| user.id).is_empty()
    }

    /// The account whose e-mail address or user name is this one, case aside. Nothing is
    /// suggested for a miss, which is what an invite hopes for.
    pub fn find(&self, name: &str) -> Found<&User> {
        let name = folded(name);
        let user = |position: &usize| &self.users[*position];
        let bears_it = |position: &usize| {
            let user = user(position);
            folded(user.email()) == name || folded(user.user_name()) == name
        };
        let mut bearers: Vec<usize> = self.names.candidates(&name).filter(bears_it).collect();
        if bearers.iter().any(|bearer| user(bearer).is_person()) {
            bearers.retain(|bearer| user(bearer).is_person());
        }
        match bearers.as_slice() {
            [] => Found::None { suggestion: None },
            [only] => found(with_id_of(&self.users, *only, |user| user.id)),
            several => Found::Many(several.iter().map(user).map(described).collect()),
        }
    }

    /// The one account that a sheet means; nothing is suggested for a miss.
    pub(super) fn known(&self, reference: &UserRef) -> Option<&User> {
        match reference {
            UserRef::Id(id) => self.get(**id),
            UserRef::Name(name) => self.find(name).one(),
        }
    }

    fn by_id(&self, id: UserId) -> Found<&User> {
        found(with_id(&self.users, &id, |user| user.id))
    }

    /// The user that a sheet means; for an unknown name, with a suggestion of what may have been meant.
    pub fn resolve(&self, reference: &UserRef) -> Found<&User> {
        match reference {
            UserRef::Id(id) => self.by_id(**id),
            UserRef::Name(name) => match self.find(name) {
                Found::None { .. } => Found::None {
                    suggestion: self.suggestion(name),
                },
                found => found,
            },
        }
    }

    fn suggestion(&self, name: &str) -> Option<String> {
        let alphabet = self.alphabet.get_or_init(|| {
            let people = numbered(&self.users).filter(|(_, user)| user.is_person());
            let mut positions: Vec<u32> = people.map(|(position, _)| position).collect();
            positions.sort_by_cached_key(|position| fold(self.users[*position as usize].address()));
            positions
        });
        suggestion(name, alphabet.len(), |place| {
            self.users[alphabet[place] as usize].address()
        })
        .map(str::to_owned)
    }
}

/// The one account that these entries with one id are.
fn found(entries: &[User]) -> Found<&User> {
    match entries {
        [] => Found::None { suggestion: None },
        [only] => Found::One(only),
        several => Found::Many(several.iter().map(described).collect()),
    }
}

/// Whether two entries with one id are the same account. What was resolved by name may lack one of the names.
fn is_one_person(one: &User, other: &User) -> bool {
    let agree = |one: &str, other: &str| one.is_empty() || other.is_empty() || fold(one) == fold(other);
    agree(one.email(), other.email()) && agree(one.user_name(), other.user_name())
}

/// Enough to distinguish two accounts.
fn described(user: &User) -> String {
    if user.email().is_empty() || fold(user.email()) == fold(user.user_name()) {
        format!("{} ({})", user.address(), user.id)
    } else {
        format!("{} <{}> ({})", user.user_name(), user.email(), user.id)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::api::UserTexts;

    pub(in crate::directory) fn user(id: u128, email: &str, user_name: &str) -> User {
        let texts = UserTexts {
            user_name,
            email,
            ..UserTexts::default()
        };
        User::new(UserId(Uuid::from_u128(id)), texts)
    }

    fn id_of(found: Found<&User>) -> Option<u128> {
        found.one().map(|user| user.id.0.as_u128())
    }

    #[test]
    fn an_account_is_found_by_either_name_in_any_case_and_by_its_id() {
        let accounts: Accounts = [user(2, "Ann@Corp.example", "ann.lee"), user(1, "", "robot7")]
            .into_iter()
            .collect();
        for name in ["ann@corp.example", " ANN@corp.example", "Ann.Lee"] {
            assert_eq!(id_of(accounts.resolve(&UserRef::parse(name))), Some(2), "{name}");
        }
        assert_eq!(id_of(accounts.find("ROBOT7")), Some(1));
        let by_id = UserRef::parse(&Uuid::from_u128(1).to_string());
        assert_eq!(id_of(accounts.resolve(&by_id)), Some(1));
    }

    #[test]
    fn an_account_that_bears_the_name_twice_is_one_and_two_accounts_are_many() {
        let accounts: Accounts = [
            user(1, "ann@corp.example", "ann@corp.example"),
            user(2, "bob@corp.example", "bob"),
            user(3, "b2@corp.example", "BOB@corp.example"),
        ]
        .into_iter()
        .collect();
        assert_eq!(id_of(accounts.find("ann@corp.example")), Some(1));
        let Found::Many(several) = accounts.find("bob@corp.example") else {
            panic!("two accounts bear the name");
        };
        assert_eq!(several.len(), 2);
        assert!(several[0].starts_with("bob <bob@corp.example> ("), "{several:?}");
    }

    #[test]
    fn part_of_a_name_is_not_the_name() {
        let accounts: Accounts = [user(1, "ann@corp.example", "ann.lee")].into_iter().collect();
        for name in ["ann", "ann@corp", "ann@corp.example.org", ""] {
            assert_eq!(id_of(accounts.find(name)), None, "{name}");
        }
    }

    #[test]
    fn an_account_without_names_is_never_found_by_an_empty_one() {
        let accounts: Accounts = [user(1, "", "")].into_iter().collect();
        assert_eq!(id_of(accounts.find("")), None);
    }

    #[test]
    fn a_missed_user_comes_with_a_suggestion_and_a_free_address_without() {
        let accounts: Accounts = [user(1, "ann.lee@corp.example", "")].into_iter().collect();
        assert_eq!(
            accounts.resolve(&UserRef::parse("an.lee@corp.example")),
            Found::None {
                suggestion: Some("ann.lee@corp.example".to_owned())
            }
        );
        assert_eq!(accounts.find("an.lee@corp.example"), Found::None { suggestion: None });
    }

    #[test]
    fn a_user_read_twice_is_kept_once() {
        let accounts: Accounts = [user(1, "a@x.example", ""), user(1, "a@x.example", "")]
            .into_iter()
            .collect();
        assert_eq!(accounts.all().len(), 1);
    }

    #[test]
    fn where_two_accounts_share_an_id_nobody_is_found_by_it_or_by_their_names() {
        let shared = [
            user(7, "ann@corp.example", "ann"),
            user(7, "bob@corp.example", "bob"),
            user(7, "ann@corp.example", "ann"),
            user(8, "cy@corp.example", "cy"),
        ];
        let accounts = Accounts::from_iter(shared);
        let id = Uuid::from_u128(7).to_string();
        for name in ["ann@corp.example", "ann", "bob@corp.example", "BOB", &id] {
            let Found::Many(which) = accounts.resolve(&UserRef::parse(name)) else {
                panic!("{name} cannot be told from the other");
            };
            assert!(which.len() >= 2, "{which:?}");
        }
        assert_eq!(accounts.get(UserId(Uuid::from_u128(7))), None);
        assert_eq!(id_of(accounts.find("cy@corp.example")), Some(8));
    }

    #[test]
    fn an_entry_that_lacks_a_name_is_no_other_account() {
        for (first, second) in [
            (("ann@x.example", "ann"), ("", "ANN")),
            (("", "ann"), ("ann@x.example", "")),
        ] {
            let accounts = Accounts::from_iter([user(1, first.0, first.1), user(1, second.0, second.1)]);
            assert_eq!(id_of(accounts.find("ann")), Some(1), "{first:?} {second:?}");
        }
    }

    #[test]
    fn letters_that_only_look_alike_are_other_names() {
        let real = "mark.lisi@corp.example";
        let accounts = Accounts::from_iter([user(1, real, "")]);
        for other in [
            "mar\u{212a}.lisi@corp.example",
            "mark.l\u{130}si@corp.example",
            "mark.l\u{131}si@corp.example",
            "mark.li\u{17f}i@corp.example",
            "m\u{430}rk.lisi@corp.example",
            "mark.lisi@corp\u{ff0e}example",
            "mark.lisi@corp.example\u{200b}",
        ] {
            assert_eq!(id_of(accounts.find(other)), None, "{other:?}");
            let theirs = Accounts::from_iter([user(2, other, other)]);
            assert_eq!(id_of(theirs.find(real)), None, "{other:?}");
        }
    }

    #[test]
    fn a_user_name_that_is_another_accounts_id_means_the_account_of_that_id() {
        let id = Uuid::from_u128(1).to_string();
        let accounts = Accounts::from_iter([user(1, "ann@x.example", "ann"), user(2, "bob@x.example", &id)]);
        for written in [id.clone(), format!("{{{}}}", id.to_uppercase()), format!(" {id} ")] {
            assert_eq!(id_of(accounts.resolve(&UserRef::parse(&written))), Some(1), "{written}");
        }
        let nobodys = Uuid::from_u128(3).to_string();
        let accounts = Accounts::from_iter([user(2, "bob@x.example", &nobodys)]);
        assert_eq!(id_of(accounts.resolve(&UserRef::parse(&nobodys))), None);
    }

    proptest! {
        #[test]
        fn the_index_finds_what_a_plain_search_finds(
            names in proptest::collection::vec(("[aAbBcÉé]{0,3}", "[aAbBcÉé]{0,3}"), 0..40),
            wanted in "[aAbBcÉé]{0,3}",
        ) {
            let users: Vec<User> = (0..).zip(&names).map(|(id, (email, name))| user(id, email, name)).collect();
            let folded = fold(&wanted);
            let expected: Vec<u128> = users
                .iter()
                .filter(|user| !folded.is_empty() && (fold(user.email()) == folded || fold(user.user_name()) == folded))
                .map(|user| user.id.0.as_u128())
                .collect();
            let accounts: Accounts = users.into_iter().collect();
            match accounts.find(&wanted) {
                Found::One(user) => prop_assert_eq!(expected, vec![user.id.0.as_u128()]),
                Found::None { .. } => prop_assert!(expected.is_empty()),
                Found::Many(several) => prop_assert_eq!(several.len(), expected.len()),
            }
        }
    }
}
