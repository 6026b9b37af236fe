//! The texts of users, kept small, because an organization may have a million.

use std::fmt;

use crate::model::Shared;

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

/// The texts of a user, in a piece of memory that many users of one answer share: marks, the length of each text, the texts. An
/// address that is the user name stands there once, and so do first and last name where the display name is made of them.
#[derive(Clone)]
pub struct PackedTexts {
    piece: Shared<[u8]>,
    /// Where they begin.
    start: u32,
}

/// How many bytes a user takes beside the texts at most: the marks and five lengths.
const MOST_BESIDE: usize = 1 + 5 * 10;
/// The mark of an address that is the user name.
const NAMED_BY_ADDRESS: u8 = 1;
/// The mark of a display name that is first and last name with a space between.
const CALLED_BY_NAMES: u8 = 2;

/// How long a piece gets. One for all of an answer would be as large as what the answer is read with, so that what stays and
/// what goes would leave gaps between each other that nothing fills.
const PIECE: usize = 8 << 10;

/// The texts of several users as they are read.
#[derive(Debug, Default)]
pub(super) struct TextPieces {
    full: Vec<Shared<[u8]>>,
    last: Vec<u8>,
}

impl TextPieces {
    /// Packs these behind those of other users. They can be read once the pieces [are shared](Self::share).
    pub(super) fn add(&mut self, texts: UserTexts<'_>) -> PackedTexts {
        let UserTexts {
            user_name,
            mut email,
            name,
            surname,
            display_name,
        } = texts;
        let most = [user_name, email, name, surname, display_name]
            .map(str::len)
            .iter()
            .sum::<usize>()
            + MOST_BESIDE;
        if self.last.len() + most > PIECE {
            self.end_piece();
        }
        // A piece is never so long that texts do not begin within four gigabytes.
        let start = u32::try_from(self.last.len()).unwrap_or(u32::MAX);
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
        self.last.push(marks);
        for part in [user_name, email, name, surname, display_name] {
            push_length(&mut self.last, part.len());
        }
        for part in [user_name, email, names[0], names[1], display_name] {
            self.last.extend_from_slice(part.as_bytes());
        }
        PackedTexts {
            piece: Shared::default(),
            start,
        }
    }

    fn end_piece(&mut self) {
        if !self.last.is_empty() {
            // A copy has just the length: an allocator may leave a list that is cut in the room it has grown to.
            self.full.push(Shared::from(self.last.as_slice()));
            self.last.clear();
        }
    }

    /// Gives the pieces to those that were added to them, in the order in which they were.
    pub(super) fn share<'a>(mut self, added: impl IntoIterator<Item = &'a mut PackedTexts>) {
        self.end_piece();
        let (mut pieces, mut piece) = (self.full.into_iter(), Shared::default());
        for texts in added {
            if texts.start == 0 {
                piece = pieces.next().unwrap_or_default();
            }
            texts.piece.clone_from(&piece);
        }
    }
}

impl PackedTexts {
    /// Packs these in a piece of their own.
    pub fn new(texts: UserTexts<'_>) -> Self {
        let mut pieces = TextPieces::default();
        let mut packed = pieces.add(texts);
        pieces.share([&mut packed]);
        packed
    }

    /// All of them.
    fn all(&self) -> [&str; 5] {
        std::array::from_fn(|place| self.part(place))
    }

    /// The text at this place of [`UserTexts`].
    pub(super) fn part(&self, place: usize) -> &str {
        let own = self.piece.get(self.start as usize..).unwrap_or_default();
        let Some((marks, mut rest)) = own.split_first() else {
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

impl PartialEq for PackedTexts {
    fn eq(&self, other: &Self) -> bool {
        self.all() == other.all()
    }
}

impl Eq for PackedTexts {}

impl fmt::Debug for PackedTexts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.all().fmt(out)
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
    use crate::api::User;
    use crate::model::UserId;

    fn user(texts: UserTexts<'_>) -> User {
        User::new(UserId(Uuid::from_u128(1)), texts)
    }

    #[test]
    fn users_of_one_answer_have_each_their_own_texts() {
        let texts = ["ann", "", "zoe"].map(|user_name| UserTexts {
            user_name,
            email: "ann@x.example",
            ..UserTexts::default()
        });
        let mut pieces = TextPieces::default();
        let mut users = texts.map(|texts| User {
            texts: pieces.add(texts),
            ..user(texts)
        });
        pieces.share(users.iter_mut().map(|user| &mut user.texts));
        assert_eq!(users, texts.map(user));
        assert_ne!(users[0], users[2]);
    }

    #[test]
    fn a_piece_is_no_longer_than_an_answer_with_many_users_needs() {
        let names: Vec<String> = [10, 300, PIECE, 2 * PIECE, 4, PIECE - 60, 1]
            .map(|length| "é".repeat(length / 2))
            .into_iter()
            .chain((0..400).map(|number| format!("user{number}")))
            .collect();
        let texts = names.iter().map(|name| UserTexts {
            user_name: name,
            display_name: name,
            ..UserTexts::default()
        });
        let mut pieces = TextPieces::default();
        let mut packed: Vec<PackedTexts> = texts.map(|texts| pieces.add(texts)).collect();
        pieces.share(&mut packed);
        for (name, packed) in names.iter().zip(&packed) {
            assert_eq!(packed.all(), [name, "", "", "", name]);
        }
        let short = &packed[packed.len() - 400..];
        assert!(short.iter().all(|packed| packed.piece.len() <= PIECE));
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
