//! The rows of one worksheet dealt out to threads, and the results put back in order.
//!
//! A short worksheet is parsed by the caller's own thread. The result is the same whoever parses a row, because a
//! [`RowParser`] looks at nothing but the row and its worksheet, and the chunks are numbered.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Builder, Scope, ScopedJoinHandle};

use crate::intake::rows::{ParseContext, ParsedRows, RowParser, Statements, Worksheet};
use crate::sheet::{Lines, Row, Visit};

/// How the rows are dealt out.
#[derive(Debug, Clone, Copy)]
pub(in crate::intake) struct Parallelism {
    /// How many threads parse rows in addition to the caller's, which splits the file into rows; 0 if it does
    /// everything.
    pub(super) threads: usize,
    /// How many rows are dealt out at once.
    pub(super) chunk_rows: usize,
}

impl Parallelism {
    /// As many threads as the machine can run.
    pub(in crate::intake) fn for_this_machine() -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        Self {
            // More threads would only wait for the one that splits the file.
            threads: if threads == 1 { 0 } else { threads.min(4) },
            chunk_rows: 512,
        }
    }
}

/// With so many bytes of text a chunk is full, however few its rows are: some chunks are in memory at once.
const CHUNK_BYTES: usize = 1 << 20;
/// The memory of longer rows is not used again.
const LONG_ROW: usize = 16 << 10;

/// Rows in the order of the worksheet; those past `filled` are only memory to be used again.
#[derive(Debug, Default)]
struct Chunk {
    number: usize,
    /// Rows that are still together, which come after the others; those that are read are only memory.
    lines: Lines,
    rows: Vec<Row>,
    filled: usize,
    /// How much text the filled ones have.
    bytes: usize,
}

impl Chunk {
    /// Takes the row and leaves another in its place.
    fn take(&mut self, row: &mut Row) {
        if self.filled == self.rows.len() {
            self.rows.push(Row::default());
        }
        // Swapped rather than copied or freed: the memory of a row is what a million rows would spend most time on.
        std::mem::swap(&mut self.rows[self.filled], row);
        self.bytes += self.rows[self.filled].size();
        self.filled += 1;
    }

    fn parse_with(&mut self, parser: &mut RowParser<'_>) {
        parser.parse(&self.rows[..self.filled]);
        parser.parse_lines(&mut self.lines);
        if self.bytes > LONG_ROW {
            for row in self.rows.iter_mut().filter(|row| row.size() > LONG_ROW) {
                *row = Row::default();
            }
        }
        self.filled = 0;
        self.bytes = 0;
    }
}

/// Parses the rows of one worksheet, with other threads once there are enough rows.
#[derive(Debug)]
pub(super) struct ParallelParser<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    parallelism: Parallelism,
    context: ParseContext<'env>,
    chunk: Chunk,
    workers: Option<Workers<'scope>>,
    parser: RowParser<'env>,
    /// The result for the chunks that no worker has parsed.
    parsed: ParsedRows,
}

impl<'scope, 'env> ParallelParser<'scope, 'env> {
    pub(super) fn new(
        scope: &'scope Scope<'scope, 'env>,
        parallelism: Parallelism,
        context: ParseContext<'env>,
    ) -> Self {
        Self {
            scope,
            parallelism,
            parser: RowParser::new(context.clone()),
            context,
            chunk: Chunk::default(),
            workers: None,
            parsed: ParsedRows::default(),
        }
    }

    pub(super) fn worksheet(&self) -> &Arc<Worksheet> {
        &self.context.worksheet
    }

    /// Takes a row, and leaves another in its place.
    pub(super) fn row(&mut self, row: &mut Row) -> Visit {
        if !self.chunk.lines.is_empty() && self.hand_over() == Visit::Skip {
            return Visit::Skip;
        }
        self.chunk.take(row);
        if self.chunk.filled < self.parallelism.chunk_rows && self.chunk.bytes < CHUNK_BYTES {
            return Visit::Rows;
        }
        self.hand_over()
    }

    /// Takes rows that are still together, and leaves others in their place.
    pub(super) fn lines(&mut self, lines: &mut Lines) -> Visit {
        if !self.chunk.lines.is_empty() && self.hand_over() == Visit::Skip {
            return Visit::Skip;
        }
        std::mem::swap(&mut self.chunk.lines, lines);
        Visit::Rows
    }

    /// Has the chunk parsed, and begins the next.
    fn hand_over(&mut self) -> Visit {
        if self.workers.is_none() && self.parallelism.threads > 0 {
            self.workers = Workers::start(self.scope, self.parallelism.threads, &self.context);
        }
        match &mut self.workers {
            Some(workers) => workers.send(&mut self.chunk),
            None => {
                // The system has no thread to spare, or was not asked for one.
                self.parallelism.threads = 0;
                self.chunk.parse_with(&mut self.parser);
                self.parsed.append(self.parser.take_parsed());
                Visit::Rows
            }
        }
    }

    /// The result for all rows, in the order of the worksheet.
    pub(super) fn finish(mut self) -> ParsedRows {
        // The last chunk, which comes after all others, is parsed while the workers finish theirs.
        self.chunk.parse_with(&mut self.parser);
        let mut parsed = self.workers.map_or(self.parsed, Workers::finish);
        parsed.append(self.parser.take_parsed());
        parsed.statements.append(self.parser.into_statements());
        parsed
    }
}

/// Threads that parse chunks.
#[derive(Debug)]
struct Workers<'scope> {
    /// Bounded, so that splitting the file does not run ahead of parsing and fill the memory.
    unparsed: SyncSender<Chunk>,
    parsed: Receiver<(Chunk, ParsedRows)>,
    threads: Vec<ScopedJoinHandle<'scope, Statements>>,
    results: OrderedResults,
}

/// The results for chunks, joined in the order of the chunks as they arrive, so that they are in memory once.
#[derive(Debug, Default)]
struct OrderedResults {
    joined: ParsedRows,
    /// How many chunks are in it.
    chunks: usize,
    /// Of chunks after one that is not parsed yet.
    early: BTreeMap<usize, ParsedRows>,
}

impl OrderedResults {
    fn add(&mut self, number: usize, parsed: ParsedRows) {
        self.early.insert(number, parsed);
        while let Some(next) = self.early.remove(&self.chunks) {
            self.joined.append(next);
            self.chunks += 1;
        }
    }
}

impl<'scope> Workers<'scope> {
    /// Starts as many threads as can be had; `None` if that is none.
    fn start<'env>(scope: &'scope Scope<'scope, 'env>, threads: usize, context: &ParseContext<'env>) -> Option<Self> {
        let (unparsed, chunks) = sync_channel(threads);
        let (done, parsed) = channel();
        let chunks = Arc::new(Mutex::new(chunks));
        let start = |number| {
            let (context, chunks, done) = (context.clone(), chunks.clone(), done.clone());
            Builder::new()
                .name(format!("row parser {number}"))
                .spawn_scoped(scope, move || work(context, &chunks, &done))
                .ok()
        };
        let threads: Vec<_> = (1..=threads).map_while(start).collect();
        (!threads.is_empty()).then(|| Self {
            unparsed,
            parsed,
            threads,
            results: OrderedResults::default(),
        })
    }

    /// Hands the chunk over, and leaves an empty one with the next number in its place.
    fn send(&mut self, chunk: &mut Chunk) -> Visit {
        let used = self.parsed.try_recv().map(|(used, parsed)| {
            self.results.add(used.number, parsed);
            used
        });
        // The rows of a chunk that came back are filled again.
        let next = Chunk {
            number: chunk.number + 1,
            ..used.unwrap_or_default()
        };
        match self.unparsed.send(std::mem::replace(chunk, next)) {
            Ok(()) => Visit::Rows,
            // No thread is left, which only panics bring about: `finish` passes them on.
            Err(_) => Visit::Skip,
        }
    }

    fn finish(self) -> ParsedRows {
        let Self {
            unparsed,
            parsed,
            threads,
            mut results,
        } = self;
        // Without a sender the workers end once there is no chunk left.
        drop(unparsed);
        for thread in threads {
            let statements = thread.join().unwrap_or_else(|panic| resume_unwind(panic));
            results.joined.statements.append(statements);
        }
        for (chunk, parsed) in parsed.try_iter() {
            results.add(chunk.number, parsed);
        }
        results.joined
    }
}

/// Parses chunks until there are no more, and sends each back with its result; what their rows state is kept until then.
fn work(context: ParseContext<'_>, chunks: &Mutex<Receiver<Chunk>>, done: &Sender<(Chunk, ParsedRows)>) -> Statements {
    let mut parser = RowParser::new(context);
    loop {
        // The lock is held while waiting, so the other workers wait for it in their turn; none holds it while parsing.
        let next = chunks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(mut chunk) = next else {
            return parser.into_statements();
        };
        chunk.parse_with(&mut parser);
        // Nobody wants it where the other end has panicked.
        let _ = done.send((chunk, parser.take_parsed()));
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::intake::across_rows::{cross_check, parse_file};
    use crate::intake::options::Options;
    use crate::intake::rows::Keep;
    use crate::sheet::Source;

    fn user() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec!["ann@x.example", "Bob@x.example", "cid@x.example", "d@x", ""])
    }

    /// The cells of one person: user, new address, name and surname.
    fn person() -> impl Strategy<Value = [&'static str; 4]> {
        let names = [
            "",
            "",
            "Ann",
            "Lee",
            "O'Hara",
            "Mar-24",
            "tbd",
            "Zo\u{eb}",
            "<clear>",
            "#N/A",
            "Ann &amp; Bob",
        ];
        let addresses = ["", "", "", "ann@new.example", "ANN@x.example", "ann@example.invalid"];
        let (name, surname) = (
            prop::sample::select(names.to_vec()),
            prop::sample::select(names.to_vec()),
        );
        (user(), prop::sample::select(addresses.to_vec()), name, surname)
            .prop_map(|(user, new_email, name, surname)| [user, new_email, name, surname])
    }

    /// What else a row says that may be right, wrong, at odds with another, or no row at all.
    fn request() -> impl Strategy<Value = [&'static str; 5]> {
        let operation = prop::sample::select(vec![
            "invite",
            "create",
            "delete",
            "update",
            "migrate",
            "set-licenses",
            "add-to-groups",
            "remove-from-groups",
            "ignore",
            "frobnicate",
            "",
        ]);
        let email = prop::sample::select(vec!["", "", "ann@x.example", "bob@x.example"]);
        let groups = prop::sample::select(vec!["", "Finance", "HR; nan", "HR; #N/A", "\"\"\"HR\""]);
        let licenses = prop::sample::select(vec!["", "ATTUNU", "TSTNU; RPADEVPRONU", "FOO", "BAR; FOO"]);
        let surplus = prop::sample::select(vec!["", "", "", ",x", "\n"]);
        (operation, email, groups, licenses, surplus).prop_map(Into::into)
    }

    fn written(request: [&str; 5], person: [&str; 4]) -> String {
        let [operation, email, groups, licenses, surplus] = request;
        let [user, new_email, name, surname] = person;
        format!("{operation},{user},{email},{name},{groups},{surname},{new_email},{licenses}{surplus}\n")
    }

    fn row() -> impl Strategy<Value = String> {
        (request(), person()).prop_map(|(request, person)| written(request, person))
    }

    /// Rows most of which say what others say, of somebody else, and in most of which nothing is wrong.
    fn alike() -> impl Strategy<Value = Vec<String>> {
        let right = prop::sample::select(vec![
            ["invite", "", "Finance", "ATTUNU", ""],
            ["update", "", "", "", ""],
            ["migrate", "", "", "", ""],
            ["delete", "", "", "", ""],
        ]);
        let user = prop::sample::select(vec!["ann@x.example", "bob@x.example", "cid@x.example", "dan@x.example"]);
        let new_email = prop::sample::select(vec!["", "ann@new.example", "bob@x.example", "x@example.invalid"]);
        let name = prop::sample::select(vec!["", "Ann", "Lee", "O'Hara"]);
        let ordinary = (user, new_email, name.clone(), name).prop_map(Into::into);
        let rows = vec(
            (any::<prop::sample::Index>(), prop_oneof![4 => ordinary, 1 => person()]),
            0..60,
        );
        (vec(prop_oneof![3 => right, 1 => request()], 1..5), rows).prop_map(|(requests, rows)| {
            let row = |(request, person): (prop::sample::Index, _)| written(*request.get(&requests), person);
            rows.into_iter().map(row).collect()
        })
    }

    fn parsed(sheet: &str, threads: usize, chunk_rows: usize) -> String {
        let source = Source::from_reader(&mut sheet.as_bytes()).unwrap();
        let options = Options::default();
        let parallelism = Parallelism { threads, chunk_rows };
        let mut file = parse_file(&source, &options, Keep::Rows, parallelism).unwrap();
        cross_check(&mut file, &options, parallelism);
        format!("{file:#?}")
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_result_is_the_same_whichever_thread_parses_a_row(
            rows in prop_oneof![vec(row(), 0..60), alike()],
            threads in 1_usize..4,
            chunk_rows in 1_usize..9,
        ) {
            let header = "operation,user,email,name,groups,surname,new_email,licenses";
            let sheet = format!("{header}\n{}", rows.concat());
            let whole = parsed(&sheet, 0, chunk_rows);
            prop_assert_eq!(&parsed(&sheet, threads, chunk_rows), &whole);
            // With a quote in it, it is not read as lines.
            prop_assert_eq!(&parsed(&format!("\"operation\"{}", &sheet[9..]), threads, chunk_rows), &whole);
        }
    }

    #[test]
    fn rows_with_long_cells_are_dealt_out_a_few_at_a_time_and_none_is_lost() {
        let name = "x".repeat(40 << 10);
        let rows: Vec<String> = (0..100).map(|row| format!("update,ann{row},{name},,")).collect();
        let sheet = format!("operation,user,email,name,groups,licenses\n{}", rows.join("\n"));
        assert_eq!(parsed(&sheet, 3, 512), parsed(&sheet, 0, 1));
    }

    #[test]
    fn lines_are_dealt_out_in_blocks_and_none_is_lost() {
        let row = |row: usize| match row % 5 {
            0 => format!("delete,ann{row}@x.example,,,"),
            1 => format!("update,ann{}@x.example,Zo\u{eb},HR; Finance,\r", row % 700),
            2 => String::new(),
            3 => format!("remove-from-groups,ann{}@x.example,,HR", row % 900),
            _ => format!("frobnicate,bob{row},,,,x"),
        };
        let rows: Vec<String> = (0..12_000).map(row).collect();
        let sheet = format!("operation,user,email,name,groups,licenses\n{}", rows.join("\n"));
        let whole = parsed(&sheet, 0, 512);
        assert!(parsed(&sheet, 3, 512) == whole);
        assert!(parsed(&format!("\"operation\"{}", &sheet[9..]), 3, 512) == whole);
    }

    #[test]
    fn of_more_problems_than_are_kept_the_first_are_kept_whichever_thread_finds_them() {
        // Every row has a slip of its own and one of a few that come back.
        let rows: Vec<String> = (0..1000)
            .map(|row| format!("delete,ann{row}@,{},,FOO{}", row / 2 % 2, row % 150))
            .collect();
        let sheet = format!("operation,user,email,name,groups,licenses\n{}", rows.join("\n"));
        assert_eq!(parsed(&sheet, 3, 7), parsed(&sheet, 0, 7));
    }
}
