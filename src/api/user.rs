//! A user as the directory has it, kept small, because an organization may have a million.

use std::sync::Arc;

use crate::model::{GroupId, UserId};

/// A user as the directory has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the API's own flags, each a fact of its own"
)]
pub struct User {
    /// The GUID.
    pub id: UserId,
    /// Its texts, which the methods tell one by one.
    pub texts: PackedTexts,
    /// Whether the account may sign in.
    pub is_active: bool,
    /// Whether the invitation is accepted.
    pub invitation_accepted: bool,
    /// Whether the account may sign in with a password where that is restricted.
    pub bypass_basic_auth: bool,
    /// The groups it is in; whoever keeps many users lets those with the same groups share them.
    pub groups: Arc<[GroupId]>,
    /// Whether the account comes from an external directory (Entra, LDAP), so that its profile cannot be changed here.
    pub from_directory: bool,
}

/// The texts of a user, each empty where there is none.
#[derive(Debug, Clone, Copy, Default)]
pub struct UserTexts<'a> {
    /// The user name; on Cloud mostly the e-mail address.
    pub user_name: &'a str,
    /// The address.
    pub email: &'a str,
    /// First name.
    pub name: &'a str,
    /// Last name.
    pub surname: &'a str,
    /// Display name.
    pub display_name: &'a str,
}

impl User {
    /// An active account with its invitation accepted, in no group, with these texts.
    pub fn new(id: UserId, texts: UserTexts<'_>) -> Self {
        Self {
            id,
            texts: PackedTexts::new(texts),
            is_active: true,
            invitation_accepted: true,
            bypass_basic_auth: false,
            groups: Arc::from([]),
            from_directory: false,
        }
    }

    /// The user name; on Cloud mostly the e-mail address.
    pub fn user_name(&self) -> &str {
        self.texts.part(0)
    }

    /// The address; empty where there is none.
    pub fn email(&self) -> &str {
        self.texts.part(1)
    }

    /// First name.
    pub fn name(&self) -> &str {
        self.texts.part(2)
    }

    /// Last name.
    pub fn surname(&self) -> &str {
        self.texts.part(3)
    }

    /// Display name.
    pub fn display_name(&self) -> &str {
        self.texts.part(4)
    }
}

/// Five texts in one piece; a user name that is the address as well stands there once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedTexts {
    all: Box<str>,
    /// Where each ends, in the order of [`UserTexts`].
    ends: [u32; 5],
    is_named_by_address: bool,
}

impl PackedTexts {
    /// Packs these.
    pub fn new(texts: UserTexts<'_>) -> Self {
        let is_named_by_address = texts.user_name == texts.email;
        let email = if is_named_by_address { "" } else { texts.email };
        let parts = [texts.user_name, email, texts.name, texts.surname, texts.display_name];
        let mut end = 0;
        Self {
            all: parts.concat().into(),
            ends: parts.map(|part| {
                end += part.len();
                // A whole answer is never as long as would not fit.
                u32::try_from(end).unwrap_or(u32::MAX)
            }),
            is_named_by_address,
        }
    }

    fn part(&self, place: usize) -> &str {
        let place = if self.is_named_by_address && place == 1 {
            0
        } else {
            place
        };
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.all
            .get(start as usize..self.ends[place] as usize)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn user(texts: UserTexts<'_>) -> User {
        User::new(UserId(Uuid::from_u128(1)), texts)
    }

    #[test]
    fn every_text_comes_back_as_it_was_given() {
        let texts = UserTexts {
            user_name: "ann.lee",
            email: "ann@x.example",
            name: "Ann",
            surname: "Lée",
            display_name: "Ann Lée",
        };
        for (email, name) in [("ann@x.example", "Ann"), ("ann.lee", ""), ("", "Ann")] {
            let user = user(UserTexts { email, name, ..texts });
            let found = [
                user.user_name(),
                user.email(),
                user.name(),
                user.surname(),
                user.display_name(),
            ];
            assert_eq!(found, ["ann.lee", email, name, "Lée", "Ann Lée"]);
        }
    }
}
