//! How a run can end.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::model::{BundleCode, Place};

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
    /// Somebody else has changed what an approved plan rests on; the text says what.
    ChangedSincePlan(String),
    /// More accounts are gone than were to be deleted; the text says how many, and what to do.
    MoreGone(String),
    /// Sign-in; the text says what to do.
    SignIn(String),
    /// The application lacks a permission; the text says which.
    Permission(String),
}

impl fmt::Display for Stopped {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Interrupted => "interrupted",
            Self::MaxFailures(words)
            | Self::Hopeless(words)
            | Self::MoreGone(words)
            | Self::SignIn(words)
            | Self::Permission(words) => words,
            Self::ChangedSincePlan(words) => return write!(out, "the plan no longer holds: {words}"),
        })
    }
}

/// The rows for which licences had been taken off when a run was stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AfterStop {
    /// Their last licence step was still carried out.
    pub finished: Vec<Place>,
    /// Licences were taken off for them and nobody has them.
    pub left: Vec<Place>,
}

/// What a run did to the seats of one bundle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SeatsMoved {
    /// How many it gave.
    pub given: u64,
    /// How many it freed.
    pub freed: u64,
    /// Whether more may have been given or freed: an answer was lost, or how many there were is not told.
    pub is_open: bool,
}

/// How a run went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ran {
    /// Why it stopped early, if it did.
    pub stopped: Option<Stopped>,
    /// What was still finished after that, and what was not.
    pub after_stop: AfterStop,
    /// Whether licence calls were ended because the licence service does not know the organization.
    pub is_without_license: bool,
    /// The seats that it gave and freed: those of what was carried out, whatever was planned.
    pub seats: BTreeMap<BundleCode, SeatsMoved>,
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
