//! What is known of the seats that the server has left, once it has refused one.

use crate::api::{CallError, Seats};
use crate::model::BundleSet;

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
}

impl SeatsLeft {
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

    /// They were read, or could not be.
    pub(super) fn read(&mut self, seats: Result<Vec<Seats>, CallError>) {
        self.are_being_read = false;
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
    }
}
