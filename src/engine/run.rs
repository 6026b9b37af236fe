//! What a run is given and what it gives back.

use std::fmt;

use super::ReadBack;
use super::driver::drive;
use crate::directory::Snapshot;
use crate::ledger::{Journal, JournalError};
use crate::model::{Place, Row};
use crate::plan::{Plan, Rules};

/// How many failed rows stop a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MaxFailures {
    /// This many.
    Count(usize),
    /// This share of the run's rows, in percent.
    Percent(f64),
}

impl MaxFailures {
    /// Whether `failures` of `rows` are enough to stop.
    pub fn reached(self, failures: usize, rows: usize) -> bool {
        match self {
            Self::Count(most) => failures >= most.max(1),
            #[expect(clippy::cast_precision_loss, reason = "a sheet has far fewer rows than 2^52")]
            Self::Percent(most) => failures > 0 && failures as f64 * 100.0 >= most * rows as f64,
        }
    }
}

/// Why a run stopped before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stopped {
    /// The user asked (Ctrl-C, SIGTERM, SIGHUP).
    Interrupted,
    /// `--max-failures`; the text says how many.
    MaxFailures(String),
    /// Everything fails the same way; the text says how, and what to do.
    Hopeless(String),
    /// Sign-in or permission; the text says what to do.
    SignIn(String),
}

impl fmt::Display for Stopped {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Interrupted => "interrupted",
            Self::MaxFailures(words) | Self::Hopeless(words) | Self::SignIn(words) => words,
        })
    }
}

/// What became of rows for which licences had been taken off when a run was stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AfterStop {
    /// Their last licence step was made although the run was stopping.
    pub finished: Vec<Place>,
    /// Licences were taken off for them and are on nobody.
    pub left: Vec<Place>,
}

/// How a run went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ran {
    /// Why it stopped early, if it did.
    pub stopped: Option<Stopped>,
    /// What was done after that, and what was not.
    pub after_stop: AfterStop,
}

/// All that a run works with.
pub struct Engine<'a> {
    /// The rows, as they were planned.
    pub rows: &'a [Row],
    /// The state they were planned against.
    pub snapshot: &'a Snapshot,
    /// What the user chose.
    pub rules: &'a Rules,
    /// Where rows are recorded.
    pub journal: &'a dyn Journal,
    /// The organization's API, and how lost answers are settled; its observer is told everything, and
    /// its stop token stops the run politely: nothing new is sent, what is in flight is waited for.
    pub read_back: ReadBack,
    /// When to give up.
    pub max_failures: Option<MaxFailures>,
    /// How many calls may be under way.
    pub concurrency: usize,
}

impl Engine<'_> {
    /// Carries the plan out. Every row has its record on disk when this returns `Ok`; an error means
    /// that the results file could not be written, and nothing more was sent after that.
    pub async fn run(self, plan: &Plan) -> Result<Ran, JournalError> {
        drive(self, plan).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_stop_a_run_when_the_count_or_the_share_is_reached() {
        assert!(!MaxFailures::Count(3).reached(2, 100));
        assert!(MaxFailures::Count(3).reached(3, 100));
        assert!(!MaxFailures::Percent(5.0).reached(4, 100));
        assert!(MaxFailures::Percent(5.0).reached(5, 100));
        assert!(!MaxFailures::Percent(0.0).reached(0, 100));
        assert!(MaxFailures::Percent(0.0).reached(1, 100));
    }
}
