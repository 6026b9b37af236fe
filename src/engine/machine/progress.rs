//! How far a run has come, and what of it is on disk.

use std::collections::VecDeque;

use super::protocol::TaskId;
use crate::event::Event;
use crate::plan::{RowIndex, Stage};

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Rows end that the plan has settled without a call.
    Settled { next: RowIndex },
    /// A stage has ended, and its records are on their way to the disk: the next stage builds on them.
    Between { last: Option<Stage> },
    /// Calls of a stage wait or are on their way.
    Stage(Stage),
    /// Rows are recorded that the run did not get to the end of.
    Leaving { next: RowIndex },
    /// Nothing is left to do.
    Ended,
}

/// Records that were handed over, until they are on disk.
#[derive(Default)]
pub(super) struct Reported {
    /// What is told of the rows of each batch once it is on disk.
    pub(super) batches: VecDeque<Vec<Event>>,
    /// Calls that may leave once so many more batches are on disk.
    pub(super) departing: Vec<(usize, TaskId)>,
}

impl Reported {
    /// Whether everything that was handed over is on disk.
    pub(super) fn is_on_disk(&self) -> bool {
        self.batches.is_empty()
    }
}
