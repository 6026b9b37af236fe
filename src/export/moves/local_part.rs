//! What stands before the `@` of a new address.

use super::obstacle::Obstacle;
use super::pattern::{Part, Pattern, Piece};
use super::spelling::{Spelling, Unspellable};
use crate::api::User;

/// As many octets of an address may stand before the `@` (RFC 5321, 4.5.3.1.1).
const MOST_LOCAL: usize = 64;

/// As many octets an address may have.
const MOST_WHOLE: usize = 254;

/// A local part that was made by a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LocalPart {
    pub(super) text: String,
    /// What names have in brackets, and was left out.
    pub(super) left_out: Vec<String>,
    /// Whether names were too long to stand there whole.
    pub(super) is_cut: bool,
}

/// One piece with its text.
struct Filled {
    text: String,
    /// Whether it is spelt out of a name, and may be shorter.
    is_of_name: bool,
}

/// Makes the local part of somebody, who has `local` before the `@` now, for a domain of so many octets.
pub(super) fn make(
    pattern: &Pattern,
    spelling: &Spelling,
    user: &User,
    local: &str,
    domain_length: usize,
) -> Result<LocalPart, Obstacle> {
    let mut filled = Vec::with_capacity(pattern.pieces.len());
    let (mut left_out, mut letters, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for piece in &pattern.pieces {
        let (part, name, most) = match piece {
            Piece::Text(text) => {
                filled.push(Filled::as_it_is(text));
                continue;
            }
            Piece::Part {
                part: Part::Local,
                most,
            } => {
                filled.push(Filled::as_it_is(first(local, *most)));
                continue;
            }
            Piece::Part { part: Part::Name, most } => (Part::Name, user.name(), *most),
            Piece::Part {
                part: Part::Surname,
                most,
            } => (Part::Surname, user.surname(), *most),
        };
        match spelling.spell(name) {
            Ok(spelt) if spelt.text.is_empty() => push_once(&mut missing, part),
            Ok(spelt) => {
                filled.push(Filled::of_name(first(&spelt.text, most)));
                for text in spelt.left_out {
                    push_once(&mut left_out, text);
                }
            }
            Err(Unspellable(strange)) => strange.into_iter().for_each(|letter| push_once(&mut letters, letter)),
        }
    }
    if !letters.is_empty() {
        return Err(Obstacle::Letters(letters));
    }
    if !missing.is_empty() {
        return Err(Obstacle::NoName(missing));
    }
    let room = MOST_LOCAL.min(MOST_WHOLE.saturating_sub(domain_length + 1));
    let is_cut = cut(&mut filled, room)?;
    Ok(LocalPart {
        text: filled.into_iter().map(|piece| piece.text).collect(),
        left_out,
        is_cut,
    })
}

/// Takes the last letters of the longest names, one by one and of equals the first, until all fits. Says whether any went.
fn cut(filled: &mut [Filled], room: usize) -> Result<bool, Obstacle> {
    let mut is_cut = false;
    while filled.iter().map(|piece| piece.text.len()).sum::<usize>() > room {
        let names = filled
            .iter_mut()
            .rev()
            .filter(|piece| piece.is_of_name && piece.text.len() > 1);
        let longest = names.max_by_key(|piece| piece.text.len()).ok_or(Obstacle::TooLong)?;
        longest.text.pop();
        longest.trim();
        is_cut = true;
    }
    Ok(is_cut)
}

impl Filled {
    fn as_it_is(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            is_of_name: false,
        }
    }

    fn of_name(text: &str) -> Self {
        let mut piece = Self {
            text: text.to_owned(),
            is_of_name: true,
        };
        piece.trim();
        piece
    }

    /// No name ends where a hyphen joins it to what is not there any more.
    fn trim(&mut self) {
        self.text.truncate(self.text.trim_end_matches('-').len());
    }
}

/// The first letters, or all.
fn first(text: &str, most: Option<usize>) -> &str {
    let end = most.and_then(|most| text.char_indices().nth(most));
    end.map_or(text, |(end, _)| &text[..end])
}

fn push_once<T: PartialEq>(list: &mut Vec<T>, new: T) {
    if !list.contains(&new) {
        list.push(new);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::api::UserTexts;
    use crate::model::UserId;

    fn made(pattern: &str, name: &str, surname: &str) -> Result<LocalPart, Obstacle> {
        let texts = UserTexts {
            name,
            surname,
            ..UserTexts::default()
        };
        let user = User::new(UserId(Uuid::from_u128(1)), texts);
        let pattern = pattern.parse().unwrap();
        make(&pattern, &Spelling::of(None), &user, "Bob.S+x", "new.example".len())
    }

    fn text(pattern: &str, name: &str, surname: &str) -> String {
        made(pattern, name, surname).unwrap().text
    }

    #[test]
    fn names_stand_where_the_pattern_has_them_and_the_local_part_stays_as_it_is() {
        for (pattern, expected) in [
            ("{name}.{surname}", "jean-luc.osullivan"),
            ("{surname}_{name:1}", "osullivan_j"),
            ("{name:1}{surname:3}", "josu"),
            ("{name:5}.x", "jean.x"),
            ("{name:99}", "jean-luc"),
            ("{local}", "Bob.S+x"),
            ("{local:3}-{surname}", "Bob-osullivan"),
        ] {
            assert_eq!(text(pattern, "Jean-Luc", "O’Sullivan"), expected, "{pattern}");
        }
    }

    #[test]
    fn nobody_gets_an_address_of_a_name_that_is_missing_or_cannot_be_spelt() {
        for (name, surname, expected) in [
            ("", "Lee", Obstacle::NoName(vec![Part::Name])),
            (" ", "(x)", Obstacle::NoName(vec![Part::Name, Part::Surname])),
            ("小明", "王小", Obstacle::Letters(vec!['小', '明', '王'])),
            ("", "王", Obstacle::Letters(vec!['王'])),
        ] {
            assert_eq!(
                made("{name}.{surname}", name, surname),
                Err(expected),
                "{name} {surname}"
            );
        }
    }

    #[test]
    fn names_are_cut_evenly_to_64_octets_and_what_is_no_name_is_not() {
        let (long, longer) = ("a".repeat(40), "b".repeat(60));
        let made_of_two = made("{name}.{surname}", &long, &longer).unwrap();
        assert_eq!((made_of_two.text.len(), made_of_two.is_cut), (64, true));
        assert_eq!(made_of_two.text, format!("{}.{}", "a".repeat(31), "b".repeat(32)));
        assert_eq!(
            text("{name}.{surname}", "ann", &longer),
            format!("ann.{}", "b".repeat(60))
        );
        assert!(!made("{name}.{surname}", "ann", &longer).unwrap().is_cut);
        let hyphens = format!("{}-{}", "a".repeat(62), "c".repeat(9));
        assert_eq!(text("{name}x", &hyphens, ""), format!("{}x", "a".repeat(62)));
        let fixed = "x".repeat(64);
        assert_eq!(made(&format!("{fixed}{{name}}"), "ann", ""), Err(Obstacle::TooLong));
    }

    #[test]
    fn what_was_left_out_is_told_once() {
        let made = made("{name}.{surname}.{name:1}", "Ann (Ext)", "Lee (Ext) [Dr.]").unwrap();
        assert_eq!(
            (made.text.as_str(), made.left_out),
            ("ann.lee.a", vec!["Ext".to_owned(), "Dr.".to_owned()])
        );
    }
}
