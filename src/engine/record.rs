//! Rows end: their records go to the journal, and are told of once they are on disk.

use std::collections::VecDeque;

use futures::FutureExt;
use jiff::Timestamp;

use super::dispatch::Dispatcher;
use super::run::Stopped;
use crate::event::Event;
use crate::ledger::{Durable, JournalError, Record};
use crate::model::{Place, Status};
use crate::plan::RowIndex;
use crate::text::plural;

/// What is told of rows once their records are on disk.
type Told = Vec<(Place, Status, String)>;

/// Records on their way to the disk, in the order in which they were handed over and get there. Only the first are
/// waited for, so that a group that gets there together wakes the dispatcher once.
#[derive(Default)]
pub(super) struct Saves {
    lists: VecDeque<(Told, Durable)>,
    rows: usize,
}

/// How many rows may be on their way to the disk before answers have to wait for it, so that a slow disk does not
/// fill the memory.
const MOST_ROWS: usize = 4096;

impl Saves {
    pub(super) fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows >= MOST_ROWS
    }

    fn push(&mut self, told: Told, durable: Durable) {
        self.rows += told.len();
        self.lists.push_back((told, durable));
    }

    /// Waits for the first; `None` if there are none. Nothing is lost if the wait is given up.
    pub(super) async fn next(&mut self) -> Option<Saved> {
        let (_, durable) = self.lists.front_mut()?;
        let result = durable.await;
        let (told, _) = self.lists.pop_front()?;
        self.rows -= told.len();
        Some((told, result))
    }
}

/// Rows whose records were handed over, and whether they are on disk.
pub(super) type Saved = (Told, Result<(), JournalError>);

impl Dispatcher<'_> {
    pub(super) fn end_rows(&mut self, rows: &[RowIndex]) {
        if rows.is_empty() {
            return;
        }
        let now = Timestamp::now();
        let records: Vec<Record> = rows
            .iter()
            .map(|row| self.book.end(&self.plan, self.engine.snapshot, *row, now))
            .collect();
        self.failures += records.iter().filter(|record| record.status.is_failure()).count();
        self.save(records);
        if let Some(most) = self.engine.max_failures
            && most.reached(self.failures, self.engine.rows.len())
        {
            let words = format!(
                "{} failed, which `--max-failures` allows no more of",
                plural(self.failures, "row")
            );
            self.stop(Stopped::MaxFailures(words.clone()), &words);
        }
    }

    /// Hands records to the journal; rows are told as ended once they are on disk.
    pub(super) fn save(&mut self, records: Vec<Record>) {
        let told = records
            .iter()
            .filter(|record| record.status != Status::Started)
            .map(|record| (record.place.clone(), record.status, record.message.clone()))
            .collect();
        let durable = self.engine.journal.append(records);
        self.saves.push(told, durable);
    }

    /// Tells of rows that are on disk, and of those that got there with them.
    pub(super) fn saved(&mut self, first: Saved) -> Result<(), JournalError> {
        let mut next = Some(first);
        while let Some((told, result)) = next {
            result?;
            for (place, status, message) in told {
                (self.engine.read_back.observer)(Event::RowEnded { place, status, message });
            }
            next = self.saves.next().now_or_never().flatten();
        }
        Ok(())
    }

    /// Waits until everything handed over so far is on disk.
    pub(super) async fn flush(&mut self) -> Result<(), JournalError> {
        while let Some(saved) = self.saves.next().await {
            self.saved(saved)?;
        }
        Ok(())
    }

    /// Records the rows that the run did not get to the end of.
    pub(super) async fn leave_the_rest(&mut self) -> Result<(), JournalError> {
        let why = match &self.stopped {
            Some(Stopped::MaxFailures(words) | Stopped::Hopeless(words) | Stopped::SignIn(words)) => {
                format!("not reached: {words}")
            }
            Some(Stopped::Interrupted) | None => "not reached before the run was interrupted".to_owned(),
        };
        let open: Vec<RowIndex> = (0..self.plan.rows.len())
            .filter(|row| !self.book.has_ended(*row))
            .collect();
        for rows in open.chunks(1000) {
            let now = Timestamp::now();
            let records = rows
                .iter()
                .map(|row| self.book.leave(&self.plan, self.engine.snapshot, *row, &why, now))
                .collect();
            self.save(records);
            self.flush().await?;
        }
        self.flush().await
    }
}
