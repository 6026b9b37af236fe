//! Endpoints that are known in two variants: the one that answers is learned once a run.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

use super::session::{ApiRequest, Reply, Session};
use super::{AllocationRoute, CallError, Certainty, Evidence, LeaseRoute, Seats};

/// One of the two variants of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    First,
    Second,
}

/// What is known of an endpoint's variants: one of the constants below.
#[derive(Default)]
pub(super) struct KnownVariant(AtomicU8);

/// Neither has answered yet; the first is tried first.
const UNKNOWN: u8 = 0;
/// The first has answered.
const FIRST: u8 = 1;
/// The second has answered.
const SECOND: u8 = 2;
/// Neither has answered yet; the second is tried first.
const SECOND_IS_LIKELY: u8 = 3;
/// Both were tried, and are not there.
const NEITHER: u8 = 4;

impl KnownVariant {
    /// Tries first what has answered on a sibling endpoint, as long as nothing is known of this one.
    pub(super) fn starting_like(&self, sibling: &Self) -> &Self {
        if sibling.0.load(Ordering::Relaxed) == SECOND {
            // Fails where another call has learned more meanwhile, which is then kept.
            let _ = self
                .0
                .compare_exchange(UNKNOWN, SECOND_IS_LIKELY, Ordering::Relaxed, Ordering::Relaxed);
        }
        self
    }

    /// Whether one of the variants has answered.
    pub(super) fn is_known(&self) -> bool {
        matches!(self.0.load(Ordering::Relaxed), FIRST | SECOND)
    }

    /// Whether it is the second that has answered; `None` as long as neither has.
    pub(super) fn is_second(&self) -> Option<bool> {
        match self.0.load(Ordering::Relaxed) {
            FIRST => Some(false),
            SECOND => Some(true),
            _ => None,
        }
    }

    /// Whether both variants were tried, and neither is there.
    pub(super) fn is_missing(&self) -> bool {
        self.0.load(Ordering::Relaxed) == NEITHER
    }

    /// Sends the request in the variant that is known to answer. While none is known, the other is tried where the
    /// first turns out to be wrong; where both are, the error is that of the one tried first.
    pub(super) async fn send(
        &self,
        session: &Session,
        request: impl Fn(Variant) -> ApiRequest,
        is_wrong_variant: impl Fn(&CallError) -> bool,
    ) -> Result<Reply, CallError> {
        let (first, second) = match self.0.load(Ordering::Relaxed) {
            FIRST => (Variant::First, None),
            SECOND => (Variant::Second, None),
            SECOND_IS_LIKELY => (Variant::Second, Some(Variant::First)),
            _ => (Variant::First, Some(Variant::Second)),
        };
        let (variant, outcome) = match (session.call(request(first)).await, second) {
            (Err(error), Some(second)) if is_wrong_variant(&error) => match session.call(request(second)).await {
                // The first error names the route that the settings give.
                Err(again) if is_wrong_variant(&again) => {
                    self.0.store(NEITHER, Ordering::Relaxed);
                    (first, Err(error))
                }
                outcome => (second, outcome),
            },
            (outcome, _) => (first, outcome),
        };
        // A refusal shows nothing: a wrong route may refuse as well.
        if outcome.is_ok() {
            let known = match variant {
                Variant::First => FIRST,
                Variant::Second => SECOND,
            };
            self.0.store(known, Ordering::Relaxed);
        }
        outcome
    }
}

/// What was found out of this organization's routes, once it is known.
pub(super) struct Known<T>(Mutex<Option<T>>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone> Known<T> {
    pub(super) fn get(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set(&self, known: Option<T>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

/// The listings of those who hold seats by a group's rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeaseListing {
    /// The licence accountant's of the documents (`uipath-api`, 3.4).
    Documented,
    /// The portal's.
    Portal,
    /// The licence accountant's of the schema.
    OfTheSchema,
}

/// What is known of each endpoint that has two variants, and of those that only some installations have.
#[derive(Default)]
pub(super) struct KnownVariants {
    /// The seats of each bundle, as they were last read.
    pub(super) inventory: Known<Vec<Seats>>,
    /// By which route allocations are read, and whether that is certain enough for later processes.
    pub(super) allocation_route: Known<(AllocationRoute, Certainty)>,
    /// How many members' seats can be given back in a call.
    pub(super) lease_route: Known<LeaseRoute>,
    /// Which listing of the seats held by a group's rule answers.
    pub(super) lease_listing: Known<LeaseListing>,
    /// Whether it is told since when seats by groups' rules are held.
    pub(super) lease_starts: Known<bool>,
    /// What the answers of the licence accountant's routes are worth that take a seat or a rule away.
    pub(super) license_evidence: Known<Evidence>,
    /// One `portal_` or two, for each portal route.
    pub(super) portal_seats: KnownVariant,
    pub(super) portal_users: KnownVariant,
    pub(super) portal_groups: KnownVariant,
    pub(super) portal_release: KnownVariant,
    pub(super) portal_leases: KnownVariant,
    pub(super) portal_end_lease: KnownVariant,
    pub(super) portal_end_rule: KnownVariant,
}
