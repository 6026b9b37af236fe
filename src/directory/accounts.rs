//! Users, found by id, e-mail and user name.

use std::sync::OnceLock;

use super::Found;
use super::names::{NameIndex, numbered};
use super::near::near;
use crate::api::User;
use crate::model::{UserId, UserRef};
use crate::text::fold;

/// Users in the order of their ids, each once. The indexes cost twelve bytes to twenty a user.
#[derive(Debug, Default)]
pub struct Accounts {
    users: Vec<User>,
    names: NameIndex,
    /// Positions in the order of folded labels; made when the first name is missed.
    alphabet: OnceLock<Vec<u32>>,
}

impl FromIterator<User> for Accounts {
    /// Of two with one id the first is kept.
    fn from_iter<I: IntoIterator<Item = User>>(users: I) -> Self {
        let mut users: Vec<User> = users.into_iter().collect();
        users.sort_by_key(|user| user.id);
        users.dedup_by_key(|user| user.id);
        users.shrink_to_fit();
        let names = NameIndex::new(numbered(&users).flat_map(|(position, user)| {
            [&user.email, &user.user_name]
                .into_iter()
                .map(|name| fold(name))
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

impl Accounts {
    /// Every user, in the order of the ids.
    pub fn all(&self) -> &[User] {
        &self.users
    }

    /// The user of this id.
    pub fn get(&self, id: UserId) -> Option<&User> {
        let position = self.users.binary_search_by_key(&id, |user| user.id).ok()?;
        Some(&self.users[position])
    }

    /// The account whose e-mail address or user name is this one, case aside. Nothing is
    /// suggested for a miss, which is what an invite hopes for.
    pub fn find(&self, name: &str) -> Found<&User> {
        let folded = fold(name);
        let bears_it = |user: &&User| fold(&user.email) == folded || fold(&user.user_name) == folded;
        let bearers: Vec<&User> = self
            .names
            .candidates(&folded)
            .map(|position| &self.users[position])
            .filter(bears_it)
            .collect();
        match bearers.as_slice() {
            [] => Found::None { near: None },
            [only] => Found::One(only),
            several => Found::Many(several.iter().map(|user| described(user)).collect()),
        }
    }

    /// The user that a sheet means; a name that nobody bears comes with one that may have been meant.
    pub fn resolve(&self, reference: &UserRef) -> Found<&User> {
        match reference {
            UserRef::Id(id) => self.get(*id).map_or(Found::None { near: None }, Found::One),
            UserRef::Name(name) => match self.find(name) {
                Found::None { .. } => Found::None { near: self.near(name) },
                found => found,
            },
        }
    }

    fn near(&self, name: &str) -> Option<String> {
        let alphabet = self.alphabet.get_or_init(|| {
            let mut positions: Vec<u32> = numbered(&self.users).map(|(position, _)| position).collect();
            positions.sort_by_cached_key(|position| fold(label(&self.users[*position as usize])));
            positions
        });
        near(name, alphabet.len(), |place| {
            label(&self.users[alphabet[place] as usize])
        })
        .map(str::to_owned)
    }
}

/// What a person would call the account.
fn label(user: &User) -> &str {
    if user.email.is_empty() {
        &user.user_name
    } else {
        &user.email
    }
}

/// Enough to tell two accounts apart.
fn described(user: &User) -> String {
    if user.email.is_empty() || fold(&user.email) == fold(&user.user_name) {
        format!("{} ({})", label(user), user.id)
    } else {
        format!("{} <{}> ({})", user.user_name, user.email, user.id)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    pub(in crate::directory) fn user(id: u128, email: &str, user_name: &str) -> User {
        User {
            id: UserId(Uuid::from_u128(id)),
            user_name: user_name.to_owned(),
            email: email.to_owned(),
            name: String::new(),
            surname: String::new(),
            display_name: String::new(),
            is_active: true,
            invitation_accepted: true,
            bypass_basic_auth: false,
            groups: Vec::new(),
            from_directory: false,
        }
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
                near: Some("ann.lee@corp.example".to_owned())
            }
        );
        assert_eq!(accounts.find("an.lee@corp.example"), Found::None { near: None });
    }

    #[test]
    fn a_user_read_twice_is_kept_once() {
        let accounts: Accounts = [user(1, "a@x.example", ""), user(1, "a@x.example", "")]
            .into_iter()
            .collect();
        assert_eq!(accounts.all().len(), 1);
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
                .filter(|user| !folded.is_empty() && (fold(&user.email) == folded || fold(&user.user_name) == folded))
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
