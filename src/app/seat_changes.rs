//! Which seats a run gives and takes, noted while its records are on their way to the results file.

use std::cmp::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::ledger::{Durable, Journal, Record, SeatChange, SeatMove};
use crate::model::{BundleCode, UserId};

/// Of more accounts than these, those whose seats changed longest ago are forgotten.
pub(super) const MOST_ACCOUNTS: usize = 200_000;

/// Changes of seats: of each account that is not forgotten, the last of every kind.
#[derive(Debug, Default)]
pub(super) struct SeatChanges {
    list: Vec<Noted>,
    /// The codes in them, which are few.
    codes: Vec<BundleCode>,
    /// How many there were when they were looked through.
    looked_through: usize,
}

/// A change as it is noted, in the order in which changes are looked through. There are many, so it takes little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Noted {
    user: UserId,
    /// Which of the codes.
    code: u32,
    seat: SeatMove,
    at: Millisecond,
}

/// Since the epoch.
type Millisecond = i64;

/// A seat that an account was given, or that was taken from it.
#[derive(Debug, Clone, PartialEq, Eq)]
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
        let is_it = |known: &BundleCode| known.as_str().eq_ignore_ascii_case(code);
        let place = self.codes.iter().position(is_it).unwrap_or_else(|| {
            self.codes.push(BundleCode::new(code));
            self.codes.len() - 1
        });
        // No organization has so many codes.
        let code = u32::try_from(place).unwrap_or(u32::MAX);
        // As the results have it.
        let at = at.as_millisecond();
        self.list.push(Noted { user, code, seat, at });
        if self.list.len() > 2 * self.looked_through.max(MOST_ACCOUNTS) {
            self.look_through();
        }
    }

    /// The changes, by account; those left out that later ones have replaced, and the accounts that are to be forgotten.
    pub(super) fn into_changes(mut self) -> impl Iterator<Item = Change> {
        self.look_through();
        let Self { list, codes, .. } = self;
        list.into_iter().filter_map(move |noted| {
            Some(Change {
                user: noted.user,
                code: codes.get(noted.code as usize)?.clone(),
                seat: noted.seat,
                at: Timestamp::from_millisecond(noted.at).ok()?,
            })
        })
    }

    fn look_through(&mut self) {
        self.list.sort_unstable();
        self.list.dedup_by(|later, kept| {
            let is_same = (later.user, later.code, later.seat) == (kept.user, kept.code, kept.seat);
            if is_same {
                kept.at = later.at;
            }
            is_same
        });
        let of_an_account = |one: &Noted, other: &Noted| one.user == other.user;
        let last = |of: &[Noted]| of.iter().map(|noted| noted.at).max();
        let accounts = self.list.chunk_by(of_an_account).count();
        if accounts > MOST_ACCOUNTS {
            let mut lasts = Vec::with_capacity(accounts);
            lasts.extend(self.list.chunk_by(of_an_account).filter_map(last));
            let surplus = accounts - MOST_ACCOUNTS;
            let (_, newest_gone, _) = lasts.select_nth_unstable(surplus - 1);
            let newest_gone = *newest_gone;
            // Of those that changed in the same millisecond as the newest that goes, not all may have to.
            let mut gone_with_it = surplus - lasts.iter().filter(|last| **last < newest_gone).count();
            self.retain_accounts(|of| match last(of).cmp(&Some(newest_gone)) {
                Ordering::Less => false,
                Ordering::Greater => true,
                Ordering::Equal => {
                    let is_kept = gone_with_it == 0;
                    gone_with_it = gone_with_it.saturating_sub(1);
                    is_kept
                }
            });
        }
        self.looked_through = self.list.len();
    }

    /// Keeps the changes of the accounts for which the predicate holds.
    fn retain_accounts(&mut self, mut is_kept: impl FnMut(&[Noted]) -> bool) {
        let (mut begin, mut kept) = (0, 0);
        while let Some(first) = self.list.get(begin) {
            let of_it = self.list[begin..].iter().take_while(|noted| noted.user == first.user);
            let end = begin + of_it.count();
            if is_kept(&self.list[begin..end]) {
                self.list.copy_within(begin..end, kept);
                kept += end - begin;
            }
            begin = end;
        }
        self.list.truncate(kept);
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
        let list = changes.into_changes();
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
        let list: Vec<Change> = changes.into_changes().collect();
        assert_eq!(list.len(), MOST_ACCOUNTS);
        let first = at(i64::try_from(all - MOST_ACCOUNTS).unwrap());
        assert!(list.iter().all(|change| change.at >= first));
    }
}
