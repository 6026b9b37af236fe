//! A user as the directory has it, kept small, because an organization may have a million.

use std::sync::Arc;

use super::ToldTime;
use crate::model::{GroupId, UserId};

/// What an entry of the user listing is (`uipath-api`, 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserKind {
    /// Somebody: a local user or one of an external directory. A kind that is not known counts as this too.
    #[default]
    Person,
    /// A robot of the older sort.
    Robot,
    /// A group of an external directory.
    DirectoryGroup,
    /// A robot account.
    RobotAccount,
    /// An external application.
    Application,
    /// Somebody whom only the organization's external directory knows: there is no account yet. Never in a listing.
    WithoutAccount,
}

impl UserKind {
    /// What it is, with its article.
    pub fn described(self) -> &'static str {
        match self {
            Self::Person => "a user",
            Self::Robot => "a robot",
            Self::DirectoryGroup => "a group of the directory",
            Self::RobotAccount => "a robot account",
            Self::Application => "an application",
            Self::WithoutAccount => "somebody of the directory without an account",
        }
    }
}

/// A user as the directory has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the API's own flags, each a fact of its own"
)]
pub struct User {
    /// The GUID.
    pub id: UserId,
    /// Whether it is a person at all.
    pub kind: UserKind,
    /// Its texts, which the methods return one by one.
    pub texts: PackedTexts,
    /// Whether the account may sign in.
    pub is_active: bool,
    /// Whether the invitation is accepted.
    pub invitation_accepted: bool,
    /// Whether the account may sign in with a password where that is restricted.
    pub bypass_basic_auth: bool,
    /// The groups it is in; a large collection of users shares equal lists.
    pub groups: Arc<[GroupId]>,
    /// Whether the account comes from an external directory (Entra, LDAP), so that its profile cannot be changed here.
    pub from_directory: bool,
    /// When the person last signed in.
    pub last_login: ToldTime,
    /// When the account was made.
    pub created: ToldTime,
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
            kind: UserKind::Person,
            texts: PackedTexts::new(texts),
            is_active: true,
            invitation_accepted: true,
            bypass_basic_auth: false,
            groups: Arc::from([]),
            from_directory: false,
            last_login: ToldTime::UNTOLD,
            created: ToldTime::UNTOLD,
        }
    }

    /// Whether it is somebody's account, and no robot's, application's or group's.
    pub fn is_person(&self) -> bool {
        self.kind == UserKind::Person
    }

    /// Whether only the organization's external directory knows the person, so that there is no account yet.
    pub fn is_newcomer(&self) -> bool {
        self.kind == UserKind::WithoutAccount
    }

    /// Whether somebody has taken the account out of use. A pending invitation is not a deactivated account, whatever the
    /// service says of it.
    pub fn is_deactivated(&self) -> bool {
        !self.is_active && self.invitation_accepted
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

/// Five texts in one piece: marks, the length of each text, the texts. An address that is the user name stands there
/// once, and so do first and last name where the display name is made of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedTexts(Box<[u8]>);

/// The mark of an address that is the user name.
const NAMED_BY_ADDRESS: u8 = 1;
/// The mark of a display name that is first and last name with a space between.
const CALLED_BY_NAMES: u8 = 2;

impl PackedTexts {
    /// Packs these.
    pub fn new(texts: UserTexts<'_>) -> Self {
        let UserTexts {
            user_name,
            mut email,
            name,
            surname,
            display_name,
        } = texts;
        let mut marks = 0;
        if user_name == email {
            marks |= NAMED_BY_ADDRESS;
            email = "";
        }
        let last = display_name.strip_prefix(name).and_then(|rest| rest.strip_prefix(' '));
        let mut names = [name, surname];
        if last == Some(surname) {
            marks |= CALLED_BY_NAMES;
            names = ["", ""];
        }
        let texts = [user_name, email, names[0], names[1], display_name];
        // Exactly as many where no text is longer than 127 bytes.
        let mut packed = Vec::with_capacity(1 + texts.len() + texts.iter().map(|text| text.len()).sum::<usize>());
        packed.push(marks);
        for part in [user_name, email, name, surname, display_name] {
            push_length(&mut packed, part.len());
        }
        for part in texts {
            packed.extend_from_slice(part.as_bytes());
        }
        Self(packed.into())
    }

    /// The text at this place of [`UserTexts`].
    fn part(&self, place: usize) -> &str {
        let Some((marks, mut rest)) = self.0.split_first() else {
            return "";
        };
        let mut lengths = [0; 5];
        for length in &mut lengths {
            (*length, rest) = first_length(rest);
        }
        let [user_name, email, name, surname, display_name] = lengths;
        let names = user_name + email;
        let (start, length) = match place {
            0 => (0, user_name),
            1 if marks & NAMED_BY_ADDRESS != 0 => (0, user_name),
            1 => (user_name, email),
            2 => (names, name),
            3 if marks & CALLED_BY_NAMES != 0 => (names + name + 1, surname),
            3 => (names + name, surname),
            _ if marks & CALLED_BY_NAMES != 0 => (names, display_name),
            _ => (names + name + surname, display_name),
        };
        let text = rest.get(start..start + length).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }
}

/// Seven bits a byte, the lowest first; the eighth says that more follow.
fn push_length(packed: &mut Vec<u8>, mut length: usize) {
    while length > 127 {
        packed.push(length.to_le_bytes()[0] | 128);
        length >>= 7;
    }
    packed.push(length.to_le_bytes()[0]);
}

/// The length at the beginning, and what follows it.
fn first_length(packed: &[u8]) -> (usize, &[u8]) {
    let mut length = 0;
    for (place, byte) in packed.iter().enumerate() {
        length |= usize::from(byte & 127) << (7 * place);
        if byte & 128 == 0 {
            return (length, &packed[place + 1..]);
        }
    }
    (length, &[])
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
        let long = "x".repeat(300);
        for (email, name) in [("ann@x.example", "Ann"), ("ann.lee", ""), ("", "Ann"), (&long, &long)] {
            for display_name in ["Ann Lée", " Lée", "", "Ann"] {
                let user = user(UserTexts {
                    email,
                    name,
                    display_name,
                    ..texts
                });
                let found = [
                    user.user_name(),
                    user.email(),
                    user.name(),
                    user.surname(),
                    user.display_name(),
                ];
                assert_eq!(found, ["ann.lee", email, name, "Lée", display_name]);
            }
        }
    }
}
