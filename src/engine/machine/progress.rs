//! How far a run has come, and how much of it is on disk.

use std::collections::VecDeque;

use super::protocol::TaskId;
use crate::event::Event;
use crate::plan::{RowIndex, Stage};

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Ending the rows that the plan settled without a call.
    Settled { next: RowIndex },
    /// A stage has ended, and its records are on their way to the disk: the next stage builds on them.
    Between { last: Option<Stage> },
    /// Calls of a stage are queued or in flight.
    Stage(Stage),
    /// Recording the rows that the run did not finish.
    Leaving { next: RowIndex },
    /// Nothing left to do.
    Ended,
}

/// Records that were handed over, until they are on disk.
#[derive(Default)]
pub(super) struct Reported {
    /// The events of each batch's rows, emitted once it is on disk.
    pub(super) batches: VecDeque<Vec<Event>>,
    /// Calls that may leave once this many more batches are on disk.
    pub(super) departing: Vec<(usize, TaskId)>,
}

impl Reported {
    /// Whether everything that was handed over is on disk.
    pub(super) fn is_on_disk(&self) -> bool {
        self.batches.is_empty()
    }
}
