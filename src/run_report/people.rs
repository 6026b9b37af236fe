//! The people whom rows are about: told from each other by numbers, and where they are to be hidden, called by these.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::model::{OperationKind, RowReport, UserId};
use crate::text::fold;

/// The people of one report. Whoever is named by an address in one row and by an id in another is one person where a row
/// tells both. Takes about 40 bytes a person: only digests of names are kept.
#[derive(Debug, Default)]
pub struct People {
    numbers: HashMap<u64, u32>,
    count: u32,
}

impl People {
    /// The number of the person whom a row is about, from 1; a new one for somebody new. `None` of a row that is about a
    /// group, or about nobody.
    pub fn meet(&mut self, report: &RowReport) -> Option<u32> {
        let names = names(report);
        if names.is_empty() {
            return None;
        }
        let known = names.iter().find_map(|name| self.numbers.get(name).copied());
        let number = known.unwrap_or_else(|| {
            self.count += 1;
            self.count
        });
        for name in names {
            self.numbers.entry(name).or_insert(number);
        }
        Some(number)
    }

    /// The number of somebody who was met.
    pub fn number(&self, report: &RowReport) -> Option<u32> {
        names(report).iter().find_map(|name| self.numbers.get(name).copied())
    }

    /// A text in which nobody who was met is named, nor anybody's address.
    pub fn masked(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for piece in text.split_inclusive(is_between_names) {
            let word = piece.trim_end_matches(is_between_names);
            let rest = &piece[word.len()..];
            let bare = word.trim_matches(['.', ':', '!', '?', '-']);
            match self.numbers.get(&digest(&fold(bare))) {
                _ if bare.is_empty() => out.push_str(word),
                Some(number) => out.push_str(&called(*number)),
                None if word.contains('@') => out.push_str("an address"),
                None => out.push_str(word),
            }
            out.push_str(rest);
        }
        out
    }
}

/// What somebody is called who is to be hidden.
pub fn called(number: u32) -> String {
    format!("person {number}")
}

/// What may stand between two names, or around one.
fn is_between_names(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(
            letter,
            '`' | '\'' | '"' | '(' | ')' | '<' | '>' | '[' | ']' | ',' | ';' | '=' | '|'
        )
}

/// Digests of all that a row calls its person: the account's id and its name, and the address that it moves to.
fn names(report: &RowReport) -> Vec<u64> {
    if is_about_a_group(report) {
        return Vec::new();
    }
    let user = fold(report.user.trim());
    let id = report.user_id.map(|id: UserId| id.to_string());
    let moves_to = (report.operation == Some(OperationKind::Migrate)).then(|| fold(report.target.trim()));
    let names = [Some(user), moves_to, id.map(|id| fold(&id))];
    let names = names.into_iter().flatten().filter(|name| !name.is_empty());
    names.map(|name| digest(&name)).collect()
}

/// Whether a row is about a group and nobody else.
pub(super) fn is_about_a_group(report: &RowReport) -> bool {
    matches!(
        report.operation,
        Some(OperationKind::SetGroupLicenses | OperationKind::ClearGroupLicenses)
    )
}

fn digest(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::model::{Place, RowKey, Status};

    fn row(kind: OperationKind, user: &str, target: &str, id: Option<u128>) -> RowReport {
        let place = Place {
            sheet: "".into(),
            row: 2,
        };
        RowReport {
            operation: Some(kind),
            user: user.to_owned(),
            target: target.to_owned(),
            user_id: id.map(|id| UserId(Uuid::from_u128(id))),
            ..RowReport::blank(place, RowKey::of("row", 0), Status::Done)
        }
    }

    #[test]
    fn the_same_person_has_the_same_number_by_whatever_name_a_row_goes() {
        let mut people = People::default();
        let id = Uuid::from_u128(8).to_string();
        let mut meet = |kind, user, target, id| people.meet(&row(kind, user, target, id));
        assert_eq!(meet(OperationKind::Invite, "ann@x.example", "HR", None), Some(1));
        assert_eq!(meet(OperationKind::Update, "bob", "", Some(7)), Some(2));
        assert_eq!(meet(OperationKind::Delete, "ANN@x.example", "", Some(8)), Some(1));
        assert_eq!(meet(OperationKind::Update, &id, "", None), Some(1));
        assert_eq!(meet(OperationKind::Migrate, "bob", "bob@new.example", Some(9)), Some(2));
        assert_eq!(meet(OperationKind::Invite, "bob@new.example", "", None), Some(2));
        assert_eq!(meet(OperationKind::SetGroupLicenses, "", "HR", None), None);
        assert_eq!(meet(OperationKind::Invite, "cy@x.example", "", None), Some(3));
    }

    #[test]
    fn names_and_addresses_are_hidden_wherever_they_stand_and_groups_are_not() {
        let mut people = People::default();
        people.meet(&row(OperationKind::Invite, "ann@x.example", "HR", Some(5)));
        people.meet(&row(OperationKind::Update, "bob.berg", "", None));
        for (text, expected) in [
            ("HR; Finance", "HR; Finance"),
            ("HR; like ann@x.example", "HR; like person 1"),
            ("user `Bob.Berg`: gone", "user `person 2`: gone"),
            ("mailto <ann@x.example>.", "mailto <person 1>."),
            ("not ann@x.example, but zoe@y.example!", "not person 1, but an address"),
            ("Berg and Söhne", "Berg and Söhne"),
            ("", ""),
        ] {
            assert_eq!(people.masked(text), expected, "{text}");
        }
        assert_eq!(people.masked(&Uuid::from_u128(5).to_string()), "person 1");
    }
}
