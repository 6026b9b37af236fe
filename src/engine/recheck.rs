//! What a run does about changes that somebody else made since the state was read.

use std::time::Duration;

use crate::api::Waited;

/// When a run reads again what its calls rest on, and what it does about changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recheck {
    /// A call that was held back for longer is preceded by another reading.
    pub after: Duration,
    /// Whether the state has waited since it was read: for an answer, a quota, another run.
    pub waited: Waited,
    /// What to do about a change.
    pub on_change: OnChange,
}

/// What to do about a change that somebody else made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnChange {
    /// The rows concerned are planned anew.
    PlanAnew,
    /// Nothing is done but what was approved: before the first write the run stops, and later the rows concerned end as
    /// `conflict`.
    Refuse,
}

impl Recheck {
    /// For a run that begins as soon as the state is read.
    pub fn at_once(after: Duration) -> Self {
        Self {
            after,
            waited: Waited::Briefly,
            on_change: OnChange::PlanAnew,
        }
    }
}
