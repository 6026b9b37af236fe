//! What is known of the seats that the server has left, once it has refused one.

use std::collections::HashMap;
use std::time::Duration;

use crate::api::{CallError, Seats};
use crate::model::{BundleCode, BundleSet};

/// What is known of the seats that the server has left.
#[derive(Debug, Default)]
pub(super) struct SeatsLeft {
    /// Bundles without free seats, as read after a refusal.
    exhausted: BundleSet,
    /// The bundles that the organization owns, as read after a refusal; `None` if nothing is known.
    owned: Option<BundleSet>,
    are_being_read: bool,
    /// They cannot be read here, so nobody tries again.
    are_unreadable: bool,
    /// They were read since a refusal.
    were_read: bool,
    /// How many more seats were taken than owned when the run began, less those that it has freed since.
    excess: HashMap<BundleCode, u64>,
    /// Bundles of which this run has freed seats that are not needed to cure an excess, and how long it had been going on when it freed the last one.
    freed: HashMap<BundleCode, Duration>,
    /// How many calls wait until freed seats are there.
    waiting: usize,
    /// Bundles whose freed seats did not come in all the time that they may take.
    never_came: BundleSet,
}

impl SeatsLeft {
    /// What is known before any refusal: these were read before the run.
    pub(super) fn new(before: &[Seats]) -> Self {
        let excess = |seats: &Seats| (seats.code.clone(), seats.allocated.saturating_sub(seats.total));
        Self {
            excess: before.iter().map(excess).filter(|(_, excess)| *excess > 0).collect(),
            ..Self::default()
        }
    }

    /// Which of these bundles have no free seat.
    pub(super) fn missing(&self, wanted: &BundleSet) -> BundleSet {
        wanted.common(&self.exhausted)
    }

    /// Which of these bundles the organization does not own, as read after a refusal.
    pub(super) fn unowned(&self, wanted: &BundleSet) -> BundleSet {
        self.owned.as_ref().map(|owned| wanted.minus(owned)).unwrap_or_default()
    }

    /// Whether they have been read, or cannot be.
    pub(super) fn are_settled(&self) -> bool {
        self.owned.is_some() || self.are_unreadable
    }

    /// Whether they are being read: until then no call should be sent that may take one.
    pub(super) fn are_being_read(&self) -> bool {
        self.are_being_read
    }

    /// Whether they should be read now; from here on they are being read.
    pub(super) fn begin_reading(&mut self) -> bool {
        let should_be = !self.are_being_read && !self.are_unreadable;
        self.are_being_read |= should_be;
        should_be
    }

    /// Whether what is known of seats leaves a refusal of these bundles unexplained.
    pub(super) fn explain_nothing(&self, wanted: &BundleSet) -> bool {
        self.are_unreadable || (self.were_read && self.missing(wanted).is_empty())
    }

    /// So many seats of each of these bundles were freed. Where more are taken than owned, the first ones only cure that, and
    /// there is none to wait for.
    pub(super) fn freed(&mut self, bundles: &BundleSet, count: u64, now: Duration) {
        for code in bundles {
            let cured = self.excess.get_mut(code).map_or(0, |excess| {
                let cured = count.min(*excess);
                *excess -= cured;
                cured
            });
            if cured < count {
                self.freed.insert(code.clone(), now);
            }
        }
    }

    /// Whether seats of one of these bundles were freed so shortly before `now` that they may still come.
    pub(super) fn may_still_come(&self, wanted: &BundleSet, now: Duration, settle: Duration) -> bool {
        wanted.iter().any(|code| {
            let is_recent = |freed: &Duration| now.saturating_sub(*freed) < settle;
            self.freed.get(code).is_some_and(is_recent) && !self.never_came.contains(code)
        })
    }

    /// A call waits for seats: until it has been tried again, no other call should take them.
    pub(super) fn begin_waiting(&mut self) {
        self.waiting += 1;
    }

    /// It is tried again.
    pub(super) fn end_waiting(&mut self) {
        self.waiting = self.waiting.saturating_sub(1);
    }

    /// Whether a call waits for seats.
    pub(super) fn are_awaited(&self) -> bool {
        self.waiting > 0
    }

    /// Seats of these bundles were waited for in vain.
    pub(super) fn did_not_come(&mut self, bundles: &BundleSet) {
        self.never_came = self.never_came.union(bundles);
    }

    /// They were read, or could not be.
    pub(super) fn read(&mut self, seats: Result<Vec<Seats>, CallError>) {
        self.are_being_read = false;
        self.were_read = true;
        match seats {
            Ok(seats) => {
                // An empty inventory says nothing.
                let owned: BundleSet = seats.iter().map(|seats| seats.code.clone()).collect();
                self.owned = Some(owned).filter(|owned| !owned.is_empty());
                self.are_unreadable = self.owned.is_none();
                let empty = seats.into_iter().filter(|seats| seats.free() == 0);
                self.exhausted = empty.map(|seats| seats.code).collect();
            }
            Err(_) => self.are_unreadable = true,
        }
    }

    /// Seats may have become free since.
    pub(super) fn forget(&mut self) {
        self.exhausted = BundleSet::default();
        self.were_read = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_that_only_cure_an_excess_are_not_waited_for() {
        let code = BundleCode::new("ATTUNU");
        let bundles = BundleSet::from(vec![code.clone()]);
        let before = |total| Seats {
            code: code.clone(),
            total,
            allocated: 8,
            name: None,
        };
        for (total, frees, may_come) in [(5, 3, false), (5, 4, true), (8, 1, true), (9, 1, true)] {
            let mut seats = SeatsLeft::new(&[before(total)]);
            for _ in 0..frees {
                seats.freed(&bundles, 1, Duration::ZERO);
            }
            let settle = Duration::from_secs(1);
            assert_eq!(
                seats.may_still_come(&bundles, Duration::ZERO, settle),
                may_come,
                "{total} {frees}"
            );
            let mut at_once = SeatsLeft::new(&[before(total)]);
            at_once.freed(&bundles, frees, Duration::ZERO);
            assert_eq!(at_once.may_still_come(&bundles, Duration::ZERO, settle), may_come);
        }
    }
}
