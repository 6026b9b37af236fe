//! Which seats a run gives and takes, noted while its records are on their way to the results file.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::ledger::{Durable, Journal, Record, SeatChange, SeatMove};
use crate::model::{BundleCode, UserId};

/// Of more accounts than these, those whose seats changed longest ago are forgotten.
pub(super) const MOST_ACCOUNTS: usize = 200_000;

/// Changes of seats: of each account that is not forgotten, the last of every kind.
#[derive(Debug, Default)]
pub(super) struct SeatChanges {
    list: Vec<Change>,
    /// The codes in them, which are few.
    codes: Vec<BundleCode>,
    /// How many there were when they were looked through.
    looked_through: usize,
}

/// A seat that an account was given, or that was taken from it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    pub(super) user: UserId,
    pub(super) code: BundleCode,
    pub(super) seat: SeatMove,
    pub(super) at: Timestamp,
}

impl SeatChanges {
    /// Adds what a record tells.
    pub(super) fn note(&mut self, record: &Record) {
        SeatChange::each(record, |user, at, code, seat| self.push(user, at, code, seat));
    }

    /// Adds a change.
    pub(super) fn add(&mut self, change: &SeatChange) {
        let given = change.given.iter().map(|code| (code, SeatMove::Given));
        for (code, seat) in given.chain(change.taken.iter().map(|code| (code, SeatMove::Taken))) {
            self.push(change.user, change.at, code.as_str(), seat);
        }
    }

    fn push(&mut self, user: UserId, at: Timestamp, code: &str, seat: SeatMove) {
        let known = self.codes.iter().find(|known| known.as_str() == code).cloned();
        let code = known.unwrap_or_else(|| {
            let code = BundleCode::new(code);
            self.codes.push(code.clone());
            code
        });
        // As the results have it.
        let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
        self.list.push(Change { user, code, seat, at });
        if self.list.len() > 2 * self.looked_through.max(MOST_ACCOUNTS) {
            self.look_through();
        }
    }

    /// The changes, by account; those left out that later ones have replaced, and the accounts that are to be forgotten.
    pub(super) fn into_list(mut self) -> Vec<Change> {
        self.look_through();
        self.list
    }

    fn look_through(&mut self) {
        self.list.sort_unstable();
        self.list.dedup_by(|later, kept| {
            let is_same = later.user == kept.user && later.seat == kept.seat && later.code == kept.code;
            if is_same {
                kept.at = later.at;
            }
            is_same
        });
        let last = |of: &[Change]| of.iter().map(|change| (change.at, change.user)).max();
        let of_an_account = |one: &Change, other: &Change| one.user == other.user;
        let mut lasts: Vec<_> = self.list.chunk_by(of_an_account).filter_map(last).collect();
        if let Some(surplus) = lasts.len().checked_sub(MOST_ACCOUNTS + 1) {
            let (_, newest_gone, _) = lasts.select_nth_unstable(surplus);
            let newest_gone = Some(*newest_gone);
            let kept = self.list.chunk_by(of_an_account).filter(|of| last(of) > newest_gone);
            self.list = kept.flatten().cloned().collect();
        }
        self.looked_through = self.list.len();
    }
}

/// A journal that notes the seats which records tell of, and passes all records on. What a record tells of has been done, so
/// it is noted whatever later record of the row follows.
pub(super) struct SeatNotes {
    journal: Arc<dyn Journal>,
    changes: Mutex<SeatChanges>,
}

impl SeatNotes {
    pub(super) fn new(journal: Arc<dyn Journal>) -> Self {
        Self {
            journal,
            changes: Mutex::default(),
        }
    }

    /// What was noted so far.
    pub(super) fn take(&self) -> SeatChanges {
        std::mem::take(&mut *self.changes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Journal for SeatNotes {
    fn append(&self, records: Vec<Record>) -> Durable {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        for record in &records {
            changes.note(record);
        }
        drop(changes);
        self.journal.append(records)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::model::BundleSet;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    fn given(user: usize, second: i64, code: &str) -> SeatChange {
        SeatChange {
            user: UserId(Uuid::from_u128(user as u128)),
            at: at(second),
            given: [BundleCode::new(code)].into_iter().collect(),
            taken: BundleSet::default(),
        }
    }

    #[test]
    fn of_what_happened_to_a_seat_again_and_again_the_last_is_kept() {
        let mut changes = SeatChanges::default();
        for (second, code) in [(5, "A"), (7, "a"), (6, "A"), (1, "B")] {
            changes.add(&given(1, second, code));
        }
        changes.add(&SeatChange {
            taken: [BundleCode::new("A")].into_iter().collect(),
            given: BundleSet::default(),
            ..given(1, 2, "A")
        });
        let list = changes.into_list().into_iter();
        let told: Vec<_> = list
            .map(|change| (change.code.to_string(), change.seat, change.at))
            .collect();
        assert_eq!(
            told.iter()
                .map(|(code, seat, at)| (code.to_uppercase(), *seat, *at))
                .collect::<Vec<_>>(),
            [
                ("A".to_owned(), SeatMove::Given, at(7)),
                ("A".to_owned(), SeatMove::Taken, at(2)),
                ("B".to_owned(), SeatMove::Given, at(1)),
            ]
        );
    }

    #[test]
    fn of_very_many_accounts_those_stay_whose_seats_changed_last() {
        let mut changes = SeatChanges::default();
        let all = 5 * MOST_ACCOUNTS / 2 + 7;
        for user in 0..all {
            // In no order of their ids.
            changes.add(&given(user * 7 % all, i64::try_from(user).unwrap(), "A"));
            assert!(changes.list.len() <= 2 * MOST_ACCOUNTS);
        }
        let list = changes.into_list();
        assert_eq!(list.len(), MOST_ACCOUNTS);
        let first = at(i64::try_from(all - MOST_ACCOUNTS).unwrap());
        assert!(list.iter().all(|change| change.at >= first));
    }
}
