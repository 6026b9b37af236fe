//! Text in blocks of whole lines, as far as every row is a line: any thread can take such a block apart.

use std::io::{self, Read};

use memchr::{memchr_iter, memchr2_iter, memrchr};

use super::record::RecordReader;
use crate::sheet::row::Row;

/// How much is read at once: some blocks are in memory together.
const BLOCK: usize = 128 << 10;

/// A longer line is not kept in a block.
const LONGEST_LINE: usize = 1 << 20;

/// Some lines of a CSV, one below the other, of which each is a row.
#[derive(Debug, Default)]
pub struct Lines {
    text: String,
    /// Where the next line begins.
    next: usize,
    /// The number of the line before that.
    number: u32,
    /// The number of the last line that is not empty.
    last: u32,
    delimiter: u8,
}

impl Lines {
    /// Takes the next row; `false` at the end. Empty lines are counted and left out.
    pub fn read(&mut self, row: &mut Row) -> bool {
        while !self.is_empty() {
            self.number = self.number.saturating_add(1);
            row.start(self.number);
            self.next += row.take_line(&self.text[self.next..], self.delimiter) + 1;
            if row.len() > 1 || row.size() > 0 {
                return true;
            }
        }
        false
    }

    /// Whether all lines are read.
    pub fn is_empty(&self) -> bool {
        self.next >= self.text.len()
    }

    /// The number of the last row.
    pub fn last_number(&self) -> u32 {
        self.last
    }
}

/// Reads UTF-8 block by block, up to what keeps a line break from being the end of a row, or makes it hard to number rows:
/// quotes, carriage returns without a line feed, lines without end.
#[derive(Debug)]
pub(super) struct LinesReader<R> {
    input: R,
    /// What was read and not given: the last row, by which the next may have to be judged, and the beginning of a line.
    ahead: Vec<u8>,
    /// How many lines were given.
    number: u32,
    delimiter: u8,
    /// How much is read at once.
    block: usize,
    is_first: bool,
}

impl<R: Read> LinesReader<R> {
    pub(super) fn new(input: R, delimiter: u8) -> Self {
        Self {
            input,
            ahead: Vec::new(),
            number: 0,
            delimiter,
            block: BLOCK,
            is_first: true,
        }
    }

    /// The next lines, in the memory of those that were in their place; `false` where there are no more of which each is a
    /// row.
    pub(super) fn read(&mut self, lines: &mut Lines) -> io::Result<bool> {
        let mut bytes = std::mem::take(&mut lines.text).into_bytes();
        bytes.clear();
        bytes.append(&mut self.ahead);
        bytes.reserve(self.block);
        loop {
            let known = bytes.len();
            self.input.by_ref().take(self.block as u64).read_to_end(&mut bytes)?;
            let is_end = bytes.len() - known < self.block;
            let is_long = !is_end && bytes.len() > LONGEST_LINE + self.block;
            // With the byte before, which may be a carriage return.
            if is_long || !are_rows(&bytes[known.saturating_sub(1)..], is_end) {
                self.ahead = bytes;
                return Ok(false);
            }
            if is_end {
                break;
            }
            if let Some(start) = last_row(&bytes) {
                self.ahead.extend(bytes.drain(start..));
                break;
            }
        }
        let text = String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        *lines = self.lines(text);
        Ok(!lines.text.is_empty())
    }

    /// Reads the rows that are left.
    pub(super) fn into_rows(self) -> RecordReader<impl Read> {
        let rest = io::Cursor::new(self.ahead).chain(self.input);
        RecordReader::after(self.number, rest, self.delimiter)
    }

    fn lines(&mut self, text: String) -> Lines {
        let number = self.number;
        let count = |text: &str| u32::try_from(memchr_iter(b'\n', text.as_bytes()).count()).unwrap_or(u32::MAX);
        let breaks = count(&text);
        self.number = number.saturating_add(breaks);
        // Mostly one, at the end of the last row.
        let rows = text.trim_end_matches(['\r', '\n']);
        let breaks_after = count(&text[rows.len()..]);
        // As the csv crate does, whatever reads the text beforehand.
        let is_marked = std::mem::take(&mut self.is_first) && text.starts_with('\u{feff}');
        Lines {
            next: if is_marked { '\u{feff}'.len_utf8() } else { 0 },
            number,
            last: number.saturating_add(breaks - breaks_after + u32::from(!rows.is_empty())),
            delimiter: self.delimiter,
            text,
        }
    }

    /// Leaves out the first line of the first block, as a spreadsheet program does with `sep=;`: it has no number.
    pub(super) fn skip_line(&mut self, lines: &mut Lines) {
        lines.read(&mut Row::default());
        self.number = self.number.saturating_sub(lines.number);
        lines.last = lines.last.saturating_sub(lines.number);
        lines.number = 0;
    }
}

/// Whether every line is a row; at the end, a carriage return may not be the last byte.
fn are_rows(bytes: &[u8], is_end: bool) -> bool {
    let is_lone = |at: usize| bytes.get(at + 1).map_or(is_end, |next| *next != b'\n');
    !memchr2_iter(b'"', b'\r', bytes).any(|at| bytes[at] == b'"' || is_lone(at))
}

/// Where the last whole line begins that is not empty, if there is anything before it.
fn last_row(bytes: &[u8]) -> Option<usize> {
    let end = memrchr(b'\n', bytes)?;
    let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let last = bytes[..end].iter().rposition(|byte| !is_break(byte))?;
    Some(memrchr(b'\n', &bytes[..last])? + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sheet::row::{LONGEST_ROW, MalformedRow};

    /// Of each row the number, the cells, whether it is plain, and what is wrong with it.
    type Rows = Vec<(u32, Vec<String>, bool, Option<MalformedRow>)>;

    fn push(row: &Row, rows: &mut Rows) {
        let cells = row.cells().map(|cell| cell.text.to_owned()).collect();
        rows.push((row.number(), cells, row.is_plain(), row.malformed()));
    }

    fn push_all(reader: &mut RecordReader<impl Read>, rows: &mut Rows) {
        let mut row = Row::default();
        while reader.read(&mut row).unwrap() {
            push(&row, rows);
        }
    }

    fn as_records(text: &str, delimiter: u8, skips_line: bool) -> Rows {
        let mut reader = RecordReader::after(0, text.as_bytes(), delimiter);
        if skips_line {
            reader.skip_line().unwrap();
        }
        let mut rows = Rows::new();
        push_all(&mut reader, &mut rows);
        rows
    }

    fn as_lines(text: &str, delimiter: u8, skips_line: bool, block: usize) -> Rows {
        let mut reader = LinesReader {
            block,
            ..LinesReader::new(text.as_bytes(), delimiter)
        };
        let (mut row, mut rows) = (Row::default(), Rows::new());
        let mut is_to_skip = skips_line;
        let mut lines = Lines::default();
        while reader.read(&mut lines).unwrap() {
            if std::mem::take(&mut is_to_skip) {
                reader.skip_line(&mut lines);
            }
            let (last, before) = (lines.last_number(), rows.len());
            while lines.read(&mut row) {
                push(&row, &mut rows);
            }
            assert!(rows.len() == before || rows.last().is_some_and(|row| row.0 == last));
        }
        let mut rest = reader.into_rows();
        if is_to_skip {
            rest.skip_line().unwrap();
        }
        push_all(&mut rest, &mut rows);
        rows
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn lines_are_the_rows_that_the_csv_crate_reads(
            text in "(\u{feff}{1,2}[ab])?([ab;,\t é~\u{0}\u{1a}\u{85}]{0,9}(\n|\r\n|\n\n|\r|\"|\n|\n){0,2}){0,16}",
            delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
            block in 1_usize..40,
        ) {
            prop_assert_eq!(as_lines(&text, delimiter, false, block), as_records(&text, delimiter, false));
        }

        #[test]
        fn a_line_that_names_the_delimiter_has_no_number(
            text in "sep=;\n([ab;é]{0,5}(\n|\r\n|\n|\"\n)){0,6}",
            block in 1_usize..40,
        ) {
            prop_assert_eq!(as_lines(&text, b';', true, block), as_records(&text, b';', true));
        }
    }

    #[test]
    fn a_line_has_no_more_cells_than_a_row_of_a_spreadsheet_program_and_is_no_longer() {
        let cells = |count: usize| format!("{}a\nb,c\n", ",".repeat(count - 1));
        let letters = |count| format!("a\n{}\nb\n", "x".repeat(count));
        for text in [
            cells((1 << 14) - 1),
            cells(1 << 14),
            cells((1 << 14) + 1),
            letters(LONGEST_LINE),
            letters(LONGEST_LINE + 2 * BLOCK),
            letters(LONGEST_ROW + 2 * BLOCK),
        ] {
            assert!(as_lines(&text, b',', false, BLOCK) == as_records(&text, b',', false));
        }
    }

    #[test]
    fn lines_are_rows_up_to_the_first_quote() {
        let text = format!("{}\"c\"\n", "a,b\n".repeat(BLOCK));
        let (mut reader, mut lines, mut row) = (
            LinesReader::new(text.as_bytes(), b','),
            Lines::default(),
            Row::default(),
        );
        let mut count = 0;
        while reader.read(&mut lines).unwrap() {
            while lines.read(&mut row) {
                count += 1;
            }
        }
        assert!((BLOCK * 3 / 4..BLOCK).contains(&count), "{count}");
    }

    #[test]
    fn a_text_that_has_become_another_is_an_error() {
        assert!(
            LinesReader::new(&b"Zo\xeb\n"[..], b',')
                .read(&mut Lines::default())
                .is_err()
        );
    }
}
