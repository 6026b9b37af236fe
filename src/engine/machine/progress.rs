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
    batches: VecDeque<Vec<Event>>,
    /// Calls that may leave once this many more batches are on disk.
    departing: Vec<(usize, TaskId)>,
}

impl Reported {
    /// Whether everything that was handed over is on disk.
    pub(super) fn is_on_disk(&self) -> bool {
        self.batches.is_empty()
    }

    /// A batch of records was handed over; its events are emitted once it is on disk.
    pub(super) fn hand_over(&mut self, events: Vec<Event>) {
        self.batches.push_back(events);
    }

    /// Whether a call that relies on everything handed over so far may leave at once; else it is kept until it may.
    pub(super) fn may_leave(&mut self, task: TaskId) -> bool {
        if !self.is_on_disk() {
            self.departing.push((self.batches.len(), task));
        }
        self.is_on_disk()
    }

    /// This many more batches are on disk: their events, and the calls that may leave now.
    pub(super) fn written(&mut self, batches: usize) -> (Vec<Event>, Vec<TaskId>) {
        let batches = batches.min(self.batches.len());
        let events = self.batches.drain(..batches).flatten().collect();
        let mut leaving = Vec::new();
        self.departing.retain_mut(|(missing, task)| {
            *missing = missing.saturating_sub(batches);
            if *missing == 0 {
                leaving.push(*task);
            }
            *missing > 0
        });
        (events, leaving)
    }
}
