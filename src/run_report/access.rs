//! What rows did to people's accounts, and for whom one row took back what another did.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::changed::Changed;
use super::words::in_words;

/// What became of accounts, by rows.
#[derive(Debug, Default, Clone)]
pub struct AccessChanges {
    rows: BTreeMap<&'static str, u64>,
    people: HashMap<u32, Fate>,
}

/// What rows did to somebody's access.
#[derive(Debug, Clone, Copy)]
struct Fate {
    at: Option<Timestamp>,
    has_access: bool,
    is_undone: bool,
}

impl AccessChanges {
    /// Takes what a row changed for the person of this number, and when.
    pub(super) fn take(&mut self, person: Option<u32>, changed: &Changed, at: Option<Timestamp>) {
        for what in &changed.account {
            *self.rows.entry(what).or_default() += 1;
        }
        let (Some(person), Some(has_access)) = (person, changed.access) else {
            return;
        };
        let fate = self.people.entry(person).or_insert(Fate {
            at,
            has_access,
            is_undone: false,
        });
        fate.is_undone |= fate.has_access != has_access;
        // Files are not named in the order of time.
        if at >= fate.at {
            (fate.at, fate.has_access) = (at, has_access);
        }
    }

    /// The same in sentences; none if no account was made, ended or opened again.
    pub(super) fn points(&self) -> Vec<String> {
        let told = [
            ("invited", "person was invited", "people were invited"),
            ("account created", "account was made", "accounts were made"),
            (
                "activated again",
                "account was activated: the person has access again",
                "accounts were activated: these people have access again",
            ),
            ("deactivated", "account was deactivated", "accounts were deactivated"),
            ("account deleted", "account was deleted", "accounts were deleted"),
            (
                "old account deleted",
                "old account was deleted after a move",
                "old accounts were deleted after a move",
            ),
        ];
        let mut points: Vec<String> = told
            .into_iter()
            .filter_map(|(what, one, many)| {
                let count = *self.rows.get(what)?;
                Some(in_words(count, one, many))
            })
            .collect();
        let undone = |has_access: bool| {
            let fates = self.people.values();
            fates
                .filter(|fate| fate.is_undone && fate.has_access == has_access)
                .count() as u64
        };
        let (ended, given_back) = (undone(false), undone(true));
        if ended > 0 {
            points.push(in_words(
                ended,
                "person got access by one of these rows and lost it by a later one; both rows count as done",
                "people got access by one of these rows and lost it by a later one; both rows count as done",
            ));
        }
        if given_back > 0 {
            points.push(in_words(
                given_back,
                "person lost access by one of these rows and got it back by a later one; both rows count as done",
                "people lost access by one of these rows and got it back by a later one; both rows count as done",
            ));
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(what: &'static str, has_access: bool) -> Changed {
        Changed {
            account: vec![what],
            access: Some(has_access),
            ..Changed::default()
        }
    }

    #[test]
    fn what_one_row_did_and_a_later_one_took_back_is_told_whatever_the_order_of_the_files() {
        let mut access = AccessChanges::default();
        let at = |second| Timestamp::from_second(second).ok();
        access.take(Some(1), &change("account deleted", false), at(20));
        access.take(Some(1), &change("invited", true), at(10));
        access.take(Some(2), &change("deactivated", false), at(10));
        access.take(Some(2), &change("activated again", true), at(20));
        access.take(Some(3), &change("invited", true), at(10));
        assert_eq!(
            access.points(),
            [
                "2 people were invited",
                "1 account was activated: the person has access again",
                "1 account was deactivated",
                "1 account was deleted",
                "1 person got access by one of these rows and lost it by a later one; both rows count as done",
                "1 person lost access by one of these rows and got it back by a later one; both rows count as done",
            ]
        );
        assert!(AccessChanges::default().points().is_empty());
    }
}
