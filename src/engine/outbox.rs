//! Records on their way to the results file. Those of one turn of the engine go together, so that however many calls
//! were answered or are about to leave, the thread that writes the file is woken once, and wakes the engine once.

use std::collections::VecDeque;

use futures::FutureExt;

use super::machine::{Input, TaskId};
use crate::ledger::{Durable, Journal, JournalError, Record};

/// How many records may be on their way to the disk before answers have to wait; otherwise a slow disk would fill the
/// memory.
const MOST_RECORDS: usize = 4096;

/// Records that belong together, and what is told once the file has them.
struct Parcel<T> {
    records: Vec<Record>,
    told: T,
}

/// What has not been handed over yet, in the machine's order.
enum Next {
    /// Batches, which have to be on disk.
    Final(Parcel<usize>),
    /// What is told ahead of calls, which have to be in the file.
    Ahead(Parcel<Vec<TaskId>>),
}

/// What was handed over, in the order in which it arrives.
struct UnderWay<T>(VecDeque<(T, usize, Durable)>);

impl<T> Default for UnderWay<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T> UnderWay<T> {
    fn push(&mut self, parcel: Parcel<T>, journal: &dyn Journal) {
        let count = parcel.records.len();
        self.0.push_back((parcel.told, count, journal.append(parcel.records)));
    }

    /// Waits for the first; only that one is awaited, so that a group written together wakes the engine once. Never ends
    /// if there is none. Cancel-safe.
    async fn arrived(&mut self) -> Result<(T, usize), JournalError> {
        match self.0.front_mut() {
            Some((_, _, durable)) => durable.await?,
            None => std::future::pending().await,
        }
        match self.0.pop_front() {
            Some((told, count, _)) => Ok((told, count)),
            None => std::future::pending().await,
        }
    }
}

/// Records from the machine to the results file.
#[derive(Default)]
pub(super) struct Outbox {
    next: Vec<Next>,
    saves: UnderWay<usize>,
    ahead: UnderWay<Vec<TaskId>>,
    /// How many records are not on disk.
    unsaved: usize,
}

impl Outbox {
    /// A batch that has to be on disk.
    pub(super) fn record(&mut self, mut records: Vec<Record>) {
        self.unsaved += records.len();
        match self.next.last_mut() {
            Some(Next::Final(parcel)) => {
                parcel.records.append(&mut records);
                parcel.told += 1;
            }
            _ => self.next.push(Next::Final(Parcel { records, told: 1 })),
        }
    }

    /// What a call waits for that is about to leave.
    pub(super) fn tell_ahead(&mut self, task: TaskId, mut records: Vec<Record>) {
        match self.next.last_mut() {
            Some(Next::Ahead(parcel)) => {
                parcel.records.append(&mut records);
                parcel.told.push(task);
            }
            _ => self.next.push(Next::Ahead(Parcel {
                records,
                told: vec![task],
            })),
        }
    }

    /// Whether everything was handed over.
    pub(super) fn is_empty(&self) -> bool {
        self.next.is_empty()
    }

    /// Whether so much is on its way to the disk that answers have to wait.
    pub(super) fn is_full(&self) -> bool {
        self.unsaved >= MOST_RECORDS
    }

    /// Hands everything over, in the machine's order: a row's last record is what counts.
    pub(super) fn hand_over(&mut self, journal: &dyn Journal) {
        for next in self.next.drain(..) {
            match next {
                Next::Final(parcel) => self.saves.push(parcel, journal),
                Next::Ahead(parcel) => self.ahead.push(parcel, journal),
            }
        }
    }

    /// Waits until the file has something more of what was handed over. Cancel-safe.
    pub(super) async fn arrived(&mut self) -> Result<Input, JournalError> {
        tokio::select! {
            biased;
            saved = self.saves.arrived() => {
                let (mut batches, mut records) = saved?;
                // What was synced with it.
                while let Some(saved) = self.saves.arrived().now_or_never() {
                    let more = saved?;
                    batches += more.0;
                    records += more.1;
                }
                self.unsaved -= records;
                Ok(Input::Recorded(batches))
            }
            told = self.ahead.arrived() => told.map(|(tasks, _)| Input::ToldAhead(tasks)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::model::{Place, RowKey, RowReport, Status};

    /// Remembers which rows came together.
    #[derive(Default)]
    struct Pages(Mutex<Vec<Vec<u32>>>);

    impl Journal for Pages {
        fn append(&self, records: Vec<Record>) -> Durable {
            let rows = records.iter().map(|record| record.report.place.row).collect();
            self.0.lock().unwrap().push(rows);
            futures::future::ready(Ok(())).boxed()
        }
    }

    fn record(row: u32) -> Record {
        let place = Place { sheet: "".into(), row };
        Record::from(RowReport::blank(place, RowKey::of("row", row), Status::Done))
    }

    #[test]
    fn what_is_alike_goes_together_and_all_in_the_order_in_which_it_came() {
        let (mut outbox, pages) = (Outbox::default(), Pages::default());
        outbox.record(vec![record(1), record(2)]);
        outbox.tell_ahead(TaskId(7), vec![record(3)]);
        outbox.tell_ahead(TaskId(8), vec![record(4), record(5)]);
        outbox.record(vec![record(3)]);
        outbox.record(vec![record(4)]);
        assert!(outbox.arrived().now_or_never().is_none(), "nothing was handed over");
        outbox.hand_over(&pages);
        assert!(outbox.is_empty());
        assert_eq!(*pages.0.lock().unwrap(), [vec![1, 2], vec![3, 4, 5], vec![3, 4]]);
        let inputs = [outbox.arrived().now_or_never(), outbox.arrived().now_or_never()];
        let [Some(Ok(Input::Recorded(3))), Some(Ok(Input::ToldAhead(tasks)))] = inputs else {
            panic!("{inputs:?}");
        };
        assert_eq!(tasks, [TaskId(7), TaskId(8)]);
        assert!(outbox.arrived().now_or_never().is_none(), "everything has arrived");
    }

    #[test]
    fn answers_wait_while_too_much_is_on_its_way_to_the_disk() {
        let (mut outbox, pages) = (Outbox::default(), Pages::default());
        outbox.record((0..4096).map(record).collect());
        assert!(outbox.is_full());
        outbox.hand_over(&pages);
        assert!(outbox.is_full());
        assert!(outbox.arrived().now_or_never().is_some());
        assert!(!outbox.is_full());
    }
}
