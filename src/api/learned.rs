//! Which of two ways the server has answered on; learned once a run, where the documents disagree.

use std::sync::atomic::{AtomicU8, Ordering};

use super::CallError;
use super::session::{Call, Reply, Session};

/// One of two ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    First,
    Second,
}

/// The way that has answered, once one has.
#[derive(Default)]
pub(super) struct Learned(AtomicU8);

/// The second way is to be tried first, and the first where that turns out wrong.
const SECOND_IS_LIKELY: u8 = 3;

impl Learned {
    /// Begins with the way that a kindred endpoint has answered on, as long as nothing is known of this one.
    pub(super) fn likely_as(&self, kindred: &Self) -> &Self {
        if kindred.0.load(Ordering::Relaxed) == Way::Second as u8 + 1 {
            // Whatever has been learned meanwhile stands.
            let _ = self
                .0
                .compare_exchange(0, SECOND_IS_LIKELY, Ordering::Relaxed, Ordering::Relaxed);
        }
        self
    }

    /// Tries the way that is known to answer. While none is known, the other is tried where the first turns out to be
    /// the wrong way; where both are wrong, the error is that of the one tried first.
    pub(super) async fn on_either(
        &self,
        session: &Session,
        call: impl Fn(Way) -> Call,
        is_wrong_way: impl Fn(&CallError) -> bool,
    ) -> Result<Reply, CallError> {
        let (first, second) = match self.0.load(Ordering::Relaxed) {
            0 => (Way::First, Some(Way::Second)),
            1 => (Way::First, None),
            SECOND_IS_LIKELY => (Way::Second, Some(Way::First)),
            _ => (Way::Second, None),
        };
        let (way, outcome) = match (session.call(call(first)).await, second) {
            (Err(error), Some(second)) if is_wrong_way(&error) => match session.call(call(second)).await {
                Err(again) if is_wrong_way(&again) => (first, Err(error)),
                outcome => (second, outcome),
            },
            (outcome, _) => (first, outcome),
        };
        if outcome.is_ok() {
            self.0.store(way as u8 + 1, Ordering::Relaxed);
        }
        outcome
    }
}

/// What has been learned about each endpoint on which the documents disagree.
#[derive(Default)]
pub(super) struct Memory {
    /// PUT or POST, for users.
    pub(super) allocate_to_users: Learned,
    /// PUT or POST, for groups.
    pub(super) allocate_to_group: Learned,
    /// One `portal_` or two, for each portal route.
    pub(super) portal_seats: Learned,
    pub(super) portal_users: Learned,
    pub(super) portal_groups: Learned,
    pub(super) portal_release: Learned,
}
