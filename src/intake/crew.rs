//! The rows of one worksheet dealt out to threads, and what they found put back in order.
//!
//! A short worksheet is typed by the caller's own thread. What is found is the same whoever found it:
//! a typist looks at nothing but the row and its worksheet, and the batches have numbers.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::slice;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Builder, Scope, ScopedJoinHandle};

use super::found::Found;
use super::typist::{Assignment, Sheet, Typist};
use crate::sheet::{Row, Visit};

/// How the work is dealt out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shifts {
    /// How many threads type rows beside the caller's, which takes the file apart; 0 where it does all.
    pub(super) threads: usize,
    /// How many rows are dealt out at once.
    pub(super) batch: usize,
}

impl Shifts {
    /// As many as the machine can run.
    pub(super) fn for_this_machine() -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        Self {
            // Beyond these the threads would wait for the one that takes the file apart.
            threads: if threads == 1 { 0 } else { threads.min(4) },
            batch: 512,
        }
    }
}

/// Rows in the order of the worksheet; those past `filled` are only memory to be used again.
#[derive(Debug, Default)]
struct Batch {
    number: usize,
    rows: Vec<Row>,
    filled: usize,
}

impl Batch {
    /// Takes the row and leaves another in its place.
    fn take(&mut self, row: &mut Row) {
        if self.filled == self.rows.len() {
            self.rows.push(Row::default());
        }
        std::mem::swap(&mut self.rows[self.filled], row);
        self.filled += 1;
    }

    fn type_with(&mut self, typist: &mut Typist<'_>) {
        typist.rows(&self.rows[..self.filled]);
        self.filled = 0;
    }
}

/// Those who type the rows of one worksheet.
#[derive(Debug)]
pub(super) struct Crew<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    shifts: Shifts,
    assignment: Assignment<'env>,
    batch: Batch,
    helpers: Option<Helpers<'scope>>,
    typist: Typist<'env>,
}

impl<'scope, 'env> Crew<'scope, 'env> {
    pub(super) fn new(scope: &'scope Scope<'scope, 'env>, shifts: Shifts, assignment: Assignment<'env>) -> Self {
        Self {
            scope,
            shifts,
            typist: Typist::new(assignment.clone()),
            assignment,
            batch: Batch::default(),
            helpers: None,
        }
    }

    pub(super) fn sheet(&self) -> &Arc<Sheet> {
        &self.assignment.sheet
    }

    /// Takes a row, and leaves another in its place.
    pub(super) fn row(&mut self, row: &mut Row) -> Visit {
        if self.shifts.threads == 0 {
            self.typist.rows(slice::from_ref(row));
            return Visit::Rows;
        }
        self.batch.take(row);
        if self.batch.filled < self.shifts.batch {
            return Visit::Rows;
        }
        if self.helpers.is_none() {
            self.helpers = Helpers::start(self.scope, self.shifts.threads, &self.assignment);
        }
        match &mut self.helpers {
            Some(helpers) => helpers.type_batch(&mut self.batch),
            None => {
                // The system has no thread to spare.
                self.shifts.threads = 0;
                self.batch.type_with(&mut self.typist);
                Visit::Rows
            }
        }
    }

    /// Types what is left, and gives what was found in all rows.
    pub(super) fn finish(mut self) -> Found {
        // Meanwhile the helpers end theirs, all of which come before.
        self.batch.type_with(&mut self.typist);
        let mut found = self.helpers.map_or_else(Found::default, Helpers::finish);
        found.append(self.typist.hand_over());
        found
    }
}

/// Threads that type batches.
#[derive(Debug)]
struct Helpers<'scope> {
    full: SyncSender<Batch>,
    typed: Receiver<(Batch, Found)>,
    threads: Vec<ScopedJoinHandle<'scope, ()>>,
    order: Order,
}

/// What batches brought, put together in their order as it comes, so that it is in memory once.
#[derive(Debug, Default)]
struct Order {
    found: Found,
    /// How many batches are in it.
    batches: usize,
    /// Of batches after one that is not typed yet.
    early: BTreeMap<usize, Found>,
}

impl Order {
    fn take_in(&mut self, number: usize, found: Found) {
        self.early.insert(number, found);
        while let Some(next) = self.early.remove(&self.batches) {
            self.found.append(next);
            self.batches += 1;
        }
    }
}

impl<'scope> Helpers<'scope> {
    /// Starts as many threads as can be had; `None` where that is none.
    fn start<'env>(scope: &'scope Scope<'scope, 'env>, threads: usize, assignment: &Assignment<'env>) -> Option<Self> {
        let (full, batches) = sync_channel(threads);
        let (done, typed) = channel();
        let batches = Arc::new(Mutex::new(batches));
        let start = |number| {
            let (assignment, batches, done) = (assignment.clone(), batches.clone(), done.clone());
            Builder::new()
                .name(format!("typist {number}"))
                .spawn_scoped(scope, move || help(assignment, &batches, &done))
                .ok()
        };
        let threads: Vec<_> = (1..=threads).map_while(start).collect();
        (!threads.is_empty()).then(|| Self {
            full,
            typed,
            threads,
            order: Order::default(),
        })
    }

    /// Hands the batch over, and leaves an empty one with the next number in its place.
    fn type_batch(&mut self, batch: &mut Batch) -> Visit {
        let used = self.typed.try_recv().map(|(used, found)| {
            self.order.take_in(used.number, found);
            used
        });
        let next = Batch {
            number: batch.number + 1,
            ..used.unwrap_or_default()
        };
        match self.full.send(std::mem::replace(batch, next)) {
            Ok(()) => Visit::Rows,
            // No thread is left, which only panics bring about: `finish` passes them on.
            Err(_) => Visit::Skip,
        }
    }

    fn finish(self) -> Found {
        let Self {
            full,
            typed,
            threads,
            mut order,
        } = self;
        drop(full);
        for thread in threads {
            thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
        for (batch, found) in typed.try_iter() {
            order.take_in(batch.number, found);
        }
        order.found
    }
}

/// Types batches until there are no more, and gives each back with what was found in it.
fn help(assignment: Assignment<'_>, batches: &Mutex<Receiver<Batch>>, done: &Sender<(Batch, Found)>) {
    let mut typist = Typist::new(assignment);
    loop {
        let next = batches.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(mut batch) = next else {
            return;
        };
        batch.type_with(&mut typist);
        // Nobody wants it where the other end has panicked.
        let _ = done.send((batch, typist.hand_over()));
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::intake::options::Options;
    use crate::intake::result::read_in;
    use crate::sheet::Source;

    /// A row that may be right, wrong, at odds with another, or no row at all.
    fn row() -> impl Strategy<Value = String> {
        let operation = prop::sample::select(vec![
            "invite",
            "delete",
            "update",
            "set-licenses",
            "add-to-groups",
            "remove-from-groups",
            "ignore",
            "frobnicate",
            "",
        ]);
        let user = prop::sample::select(vec!["ann@x.example", "Bob@x.example", "cid@x.example", "d@x", ""]);
        let name = prop::sample::select(vec!["", "Ann", "Zo\u{eb}", "<clear>", "#N/A"]);
        let groups = prop::sample::select(vec!["", "Finance", "HR; Finance", "\"\"\"HR\""]);
        let licenses = prop::sample::select(vec!["", "ATTUNU", "TSTNU; RPADEVPRONU", "FOO", "BAR; FOO"]);
        let surplus = prop::sample::select(vec!["", "", "", ",x", "\n"]);
        (operation, user, name, groups, licenses, surplus).prop_map(
            |(operation, user, name, groups, licenses, surplus)| {
                format!("{operation},{user},{name},{groups},{licenses}{surplus}\n")
            },
        )
    }

    fn found(sheet: &str, threads: usize, batch: usize) -> String {
        let source = Source::from_reader(&mut sheet.as_bytes()).unwrap();
        let intake = read_in(&source, &Options::default(), Shifts { threads, batch }).unwrap();
        format!("{intake:#?}")
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_found_is_the_same_whoever_finds_it(
            rows in vec(row(), 0..60),
            threads in 1_usize..4,
            batch in 1_usize..9,
        ) {
            let sheet = format!("operation,user,name,groups,licenses\n{}", rows.concat());
            prop_assert_eq!(found(&sheet, threads, batch), found(&sheet, 0, batch));
        }
    }

    #[test]
    fn of_more_findings_than_are_kept_the_first_are_kept_whoever_makes_them() {
        let rows: Vec<String> = (0..1000).map(|row| format!("delete,ann{row}@,x")).collect();
        let sheet = format!("operation,user,name\n{}", rows.join("\n"));
        assert_eq!(found(&sheet, 3, 7), found(&sheet, 0, 7));
    }
}
