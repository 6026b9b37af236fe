//! Rows that are not due yet.

use jiff::Timestamp;

/// How many rows wait for a date, and from when until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WaitingRows {
    /// How many.
    pub count: usize,
    /// The first and the last instant at which one is due; none where no row waits.
    pub due: Option<(Timestamp, Timestamp)>,
}

impl WaitingRows {
    /// Adds a row that is due at this instant.
    pub fn add(&mut self, instant: Timestamp) {
        self.append(Self {
            count: 1,
            due: Some((instant, instant)),
        });
    }

    /// Adds other rows.
    pub fn append(&mut self, others: Self) {
        let Self { count, due } = others;
        self.count += count;
        self.due = match (self.due, due) {
            (Some((first, last)), Some((other_first, other_last))) => {
                Some((first.min(other_first), last.max(other_last)))
            }
            (one, None) => one,
            (None, other) => other,
        };
    }
}
