//! Endpoints that are known in two variants: the one that answers is learned once a run.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::session::{ApiRequest, Reply, Session};
use super::{AllocationRoute, CallError, Certainty, Evidence, LeaseRoute, Seats};

/// One of the two variants of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    First,
    Second,
}

/// What was found out of an endpoint's variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Finding {
    /// This one has answered.
    Answers(Variant),
    /// Neither has answered yet; the second is tried first.
    SecondIsLikely,
    /// Both were tried, and are not there.
    Missing,
}

/// What is known of an endpoint's variants.
#[derive(Default)]
pub(super) struct KnownVariant(Known<Finding>);

impl KnownVariant {
    /// Tries first what has answered on a sibling endpoint, as long as nothing is known of this one.
    pub(super) fn starting_like(&self, sibling: &Self) -> &Self {
        if sibling.is_second() == Some(true) {
            self.0.known().get_or_insert(Finding::SecondIsLikely);
        }
        self
    }

    /// Whether one of the variants has answered.
    pub(super) fn is_known(&self) -> bool {
        self.is_second().is_some()
    }

    /// Whether it is the second that has answered; `None` as long as neither has.
    pub(super) fn is_second(&self) -> Option<bool> {
        match self.0.get() {
            Some(Finding::Answers(variant)) => Some(variant == Variant::Second),
            Some(Finding::SecondIsLikely | Finding::Missing) | None => None,
        }
    }

    /// Whether both variants were tried, and neither is there.
    pub(super) fn is_missing(&self) -> bool {
        self.0.get() == Some(Finding::Missing)
    }

    /// Sends the request in the variant that is known to answer. While none is known, the other is tried where the
    /// first turns out to be wrong; where both are, the error is that of the one tried first.
    pub(super) async fn send(
        &self,
        session: &Session,
        request: impl Fn(Variant) -> ApiRequest,
        is_wrong_variant: impl Fn(&CallError) -> bool,
    ) -> Result<Reply, CallError> {
        let (first, second) = match self.0.get() {
            Some(Finding::Answers(variant)) => (variant, None),
            Some(Finding::SecondIsLikely) => (Variant::Second, Some(Variant::First)),
            Some(Finding::Missing) | None => (Variant::First, Some(Variant::Second)),
        };
        let (variant, outcome) = match (session.call(request(first)).await, second) {
            (Err(error), Some(second)) if is_wrong_variant(&error) => match session.call(request(second)).await {
                // The first error names the route that the settings give.
                Err(again) if is_wrong_variant(&again) => {
                    self.0.set(Some(Finding::Missing));
                    (first, Err(error))
                }
                Err(again) => {
                    let perhaps_done = error.perhaps_done || again.perhaps_done;
                    (second, Err(CallError { perhaps_done, ..again }))
                }
                outcome => (second, outcome),
            },
            (outcome, _) => (first, outcome),
        };
        // A refusal shows nothing: a wrong route may refuse as well.
        if outcome.is_ok() {
            self.0.set(Some(Finding::Answers(variant)));
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
        self.known().clone()
    }

    pub(super) fn set(&self, known: Option<T>) {
        *self.known() = known;
    }

    fn known(&self) -> MutexGuard<'_, Option<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
