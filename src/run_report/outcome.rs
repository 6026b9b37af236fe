//! What became of rows and of people, as coarsely as whoever asked for the job wants to know.

use serde::Serialize;

use crate::ledger::{Known, Record};
use crate::model::Status;

/// What became of a row, or of somebody: of several the worst. In the order of what is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The same row stands further up.
    Twice,
    /// It was so before.
    AlreadySo,
    /// It was done.
    Done,
    /// It is not over: an invitation is to be accepted, a date to come.
    Waits,
    /// The run ended before it, and nothing was done.
    NotReached,
    /// It is not done, and somebody has to do something about it.
    Needs,
}

impl Outcome {
    /// That of the row of this record.
    pub fn of(record: &Record) -> Self {
        match record.report.status {
            Status::Done => Self::Done,
            Status::Unchanged => Self::AlreadySo,
            Status::Waiting => Self::Waits,
            Status::Duplicate => Self::Twice,
            // Somebody was invited, and has nothing yet of what else the row says.
            Status::NotRun if Known::of(record).is_stopped_midway() => Self::Needs,
            Status::NotRun => Self::NotReached,
            Status::NotFound
            | Status::Ambiguous
            | Status::Conflict
            | Status::Rejected
            | Status::Failed
            | Status::InDoubt
            | Status::Started
            | Status::Invalid
            | Status::Skipped => Self::Needs,
        }
    }
}

/// How many there are of each outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Done.
    pub done: u64,
    /// So before.
    pub already_so: u64,
    /// Not over.
    pub waits: u64,
    /// Not reached.
    pub not_reached: u64,
    /// To be seen to by somebody.
    pub needs_attention: u64,
    /// Standing further up as well.
    pub twice: u64,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Done => &mut self.done,
            Outcome::AlreadySo => &mut self.already_so,
            Outcome::Waits => &mut self.waits,
            Outcome::NotReached => &mut self.not_reached,
            Outcome::Needs => &mut self.needs_attention,
            Outcome::Twice => &mut self.twice,
        } += 1;
    }

    /// How many are as they were asked for.
    pub fn well(&self) -> u64 {
        self.done + self.already_so
    }

    /// How many were asked for; what stands twice was asked once.
    pub fn asked(&self) -> u64 {
        self.well() + self.waits + self.not_reached + self.needs_attention
    }
}
