//! Delimited text into records, over any reader of UTF-8.
//!
//! Written by hand because a row must keep the number that a spreadsheet program shows (empty
//! lines count, line breaks inside quotes do not) and an unclosed quote must be told, neither
//! of which the csv crate lets one see. What it takes for a cell agrees with the csv crate, but
//! for spaces before an opening quote, which are forgiven.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memchr3};

use super::row::{Row, RowFault, Span};

/// A record longer than this is taken for an unclosed quote, or for no sheet at all.
const LONGEST: usize = 4 << 20;
const BUFFER: usize = 256 << 10;

/// What is parsed of the bytes at hand.
#[derive(Debug, PartialEq, Eq)]
enum Parsed {
    /// The record goes on past the bytes at hand.
    Incomplete,
    /// An empty line of this many bytes.
    Blank(usize),
    /// A record of this many bytes; the position of the cell whose quote is not closed.
    Record(usize, Option<usize>),
}

/// The cells of one record: those without quotes where they stand in it, those with quotes taken out.
#[derive(Debug, Default)]
struct Cells {
    /// Where each cell is: in the record, or from [`OUTSIDE`] on in `unquoted`.
    spans: Vec<Span>,
    unquoted: Vec<u8>,
    /// The first cell with a line break in it.
    broken: Option<usize>,
}

/// Added to positions in `Cells::unquoted`; no record is as long.
const OUTSIDE: usize = 1 << 24;

impl Cells {
    fn clear(&mut self) {
        self.spans.clear();
        self.unquoted.clear();
        self.broken = None;
    }

    /// Adds a cell that was taken out of its quotes.
    fn push_unquoted(&mut self, start: usize) {
        self.spans
            .push(Span::text(OUTSIDE + start, OUTSIDE + self.unquoted.len()));
    }

    /// Makes the positions those in the record followed by what was taken out of quotes.
    fn place_after(&mut self, record_length: usize) {
        for span in self.spans.iter_mut().filter(|span| span.start >= OUTSIDE) {
            span.start = span.start - OUTSIDE + record_length;
            span.end = span.end - OUTSIDE + record_length;
        }
    }
}

/// Reads records one by one.
#[derive(Debug)]
pub(super) struct RecordReader<R> {
    input: R,
    delimiter: u8,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    number: u32,
    width: usize,
    cells: Cells,
}

impl<R: Read> RecordReader<R> {
    pub(super) fn new(input: R, delimiter: u8) -> Self {
        Self {
            input,
            delimiter,
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            at_end: false,
            number: 0,
            width: 0,
            cells: Cells::default(),
        }
    }

    /// Leaves out the first line, as a spreadsheet program does with `sep=;`: it has no number.
    pub(super) fn skip_line(&mut self) -> io::Result<()> {
        self.read(&mut Row::default())?;
        self.number = 0;
        self.width = 0;
        Ok(())
    }

    /// The next record that is not an empty line; `false` at the end.
    pub(super) fn read(&mut self, row: &mut Row) -> io::Result<bool> {
        loop {
            let pending = &self.buffer[self.start..self.end];
            if pending.is_empty() && self.at_end {
                return Ok(false);
            }
            match parse(pending, self.at_end, self.delimiter, &mut self.cells) {
                Parsed::Incomplete if pending.len() >= LONGEST => {
                    self.number += 1;
                    row.start(self.number);
                    row.set_fault(match self.open_quote() {
                        Some(column) => RowFault::UnclosedQuote { column },
                        None => RowFault::TooLong,
                    });
                    (self.start, self.end, self.at_end) = (0, 0, true);
                    return Ok(true);
                }
                Parsed::Incomplete => self.refill()?,
                Parsed::Blank(length) => {
                    self.start += length;
                    self.number += 1;
                }
                Parsed::Record(length, unclosed) => {
                    self.start += length;
                    self.number += 1;
                    row.start(self.number);
                    if let Some(column) = unclosed.or_else(|| self.swallowed_rows()) {
                        row.set_fault(RowFault::UnclosedQuote { column });
                    }
                    if self.width == 0 {
                        self.width = self.cells.spans.len();
                    }
                    let record = without_line_end(&self.buffer[self.start - length..self.start]);
                    self.cells.place_after(record.len());
                    row.fill(record, &self.cells.unquoted, &mut self.cells.spans);
                    return Ok(true);
                }
            }
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            self.buffer.resize(self.end * 2, 0);
        }
        loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.at_end = true,
                Ok(length) => self.end += length,
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => continue,
                Err(fault) => return Err(fault),
            }
            return Ok(());
        }
    }

    /// The cell whose quote is open at the end of the bytes at hand, if one is.
    fn open_quote(&mut self) -> Option<usize> {
        let pending = &self.buffer[self.start..self.end];
        match parse(pending, true, self.delimiter, &mut self.cells) {
            Parsed::Record(_, unclosed) => unclosed,
            Parsed::Incomplete | Parsed::Blank(_) => None,
        }
    }

    /// A quote that is closed only by the opening quote of a later row leaves a cell with whole
    /// rows in it. Where a line inside a cell has as many delimiters as a row, that is what happened.
    fn swallowed_rows(&self) -> Option<usize> {
        let column = self.cells.broken?;
        let needed = self.width.saturating_sub(1);
        // Two columns make for a single delimiter, which a list in a cell may have as well.
        let enough = if needed >= 2 { 1 } else { 3 };
        if needed == 0 {
            return None;
        }
        let Span { start, end, .. } = self.cells.spans[column];
        let cell = &self.cells.unquoted[start - OUTSIDE..end - OUTSIDE];
        let rows = cell
            .split(|byte| *byte == b'\n')
            .skip(1)
            .filter(|line| memchr_iter(self.delimiter, line).count() >= needed)
            .count();
        (rows >= enough).then_some(column)
    }
}

/// Parses the record at the start of `bytes`. With `at_end`, nothing follows them.
fn parse(bytes: &[u8], at_end: bool, delimiter: u8, cells: &mut Cells) -> Parsed {
    cells.clear();
    match line_break(bytes, 0, at_end) {
        LineBreak::Until(length) => return Parsed::Blank(length),
        LineBreak::Undecided => return Parsed::Incomplete,
        LineBreak::None => {}
    }
    let mut position = 0;
    loop {
        let quote = match bytes.get(position) {
            Some(b'"' | b' ') => opening_quote(bytes, position),
            _ => None,
        };
        let taken_out = cells.unquoted.len();
        if let Some(quote) = quote {
            match unquote(bytes, quote + 1, at_end, &mut cells.unquoted) {
                Quoted::Closed(after) => position = after,
                Quoted::Incomplete => return Parsed::Incomplete,
                Quoted::Unclosed => {
                    cells.push_unquoted(taken_out);
                    return Parsed::Record(bytes.len(), Some(cells.spans.len() - 1));
                }
            }
            if cells.broken.is_none() && memchr(b'\n', &cells.unquoted[taken_out..]).is_some() {
                cells.broken = Some(cells.spans.len());
            }
        }
        let found = cell_end(&bytes[position..], delimiter).map(|length| position + length);
        let end = match found {
            Some(end) => end,
            None if at_end => bytes.len(),
            None => return Parsed::Incomplete,
        };
        if quote.is_some() {
            cells.unquoted.extend_from_slice(&bytes[position..end]);
            cells.push_unquoted(taken_out);
        } else {
            cells.spans.push(Span::text(position, end));
        }
        if found.is_none() {
            return Parsed::Record(bytes.len(), None);
        }
        position = end;
        if bytes[position] == delimiter {
            position += 1;
            continue;
        }
        return match line_break(bytes, position, at_end) {
            LineBreak::Until(after) => Parsed::Record(after, None),
            LineBreak::None | LineBreak::Undecided => Parsed::Incomplete,
        };
    }
}

/// Where the quote is that opens the cell at `position`, spaces before it forgiven.
fn opening_quote(bytes: &[u8], position: usize) -> Option<usize> {
    let spaces = bytes[position..].iter().take_while(|byte| **byte == b' ').count();
    (bytes.get(position + spaces) == Some(&b'"')).then_some(position + spaces)
}

/// No cell outside quotes ends in a line break.
fn without_line_end(mut record: &[u8]) -> &[u8] {
    while let [before @ .., b'\n' | b'\r'] = record {
        record = before;
    }
    record
}

/// Where the next delimiter or line break is. Cells are short, so the first bytes are looked at eight at a
/// time here rather than by a search that is made for long texts.
fn cell_end(bytes: &[u8], delimiter: u8) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([0x01; 8]);
    const TOPS: u64 = u64::from_le_bytes([0x80; 8]);
    // The lowest top bit that is set is that of the first byte which equals `wanted`.
    let equal = |word: u64, wanted: u8| {
        let differing = word ^ (ONES * u64::from(wanted));
        differing.wrapping_sub(ONES) & !differing & TOPS
    };
    let (words, _) = bytes.as_chunks::<8>();
    let words = &words[..words.len().min(4)];
    for (position, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = equal(word, delimiter) | equal(word, b'\n') | equal(word, b'\r');
        if found != 0 {
            return Some(position * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let looked_at = words.len() * 8;
    memchr3(delimiter, b'\n', b'\r', &bytes[looked_at..]).map(|length| looked_at + length)
}

/// What stands at a position.
enum LineBreak {
    /// A line break that ends here.
    Until(usize),
    /// Something else.
    None,
    /// What follows decides.
    Undecided,
}

fn line_break(bytes: &[u8], position: usize, at_end: bool) -> LineBreak {
    match (bytes.get(position), bytes.get(position + 1)) {
        (Some(b'\n'), _) => LineBreak::Until(position + 1),
        (Some(b'\r'), Some(b'\n')) => LineBreak::Until(position + 2),
        (None, _) | (Some(b'\r'), None) if !at_end => LineBreak::Undecided,
        (Some(b'\r'), _) => LineBreak::Until(position + 1),
        _ => LineBreak::None,
    }
}

enum Quoted {
    Closed(usize),
    Incomplete,
    Unclosed,
}

/// The text up to the closing quote, doubled quotes made single.
fn unquote(bytes: &[u8], mut position: usize, at_end: bool, text: &mut Vec<u8>) -> Quoted {
    loop {
        let Some(length) = memchr(b'"', &bytes[position..]) else {
            if at_end {
                text.extend_from_slice(&bytes[position..]);
                return Quoted::Unclosed;
            }
            return Quoted::Incomplete;
        };
        text.extend_from_slice(&bytes[position..position + length]);
        position += length + 1;
        match bytes.get(position) {
            Some(b'"') => {
                text.push(b'"');
                position += 1;
            }
            None if !at_end => return Quoted::Incomplete,
            _ => return Quoted::Closed(position),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A reader that gives a few bytes at a time, so that records are cut anywhere.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(self.0.len()).min(out.len());
            out[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    type Rows = Vec<(u32, Vec<String>, Option<RowFault>)>;

    fn rows(text: &str, step: usize) -> Rows {
        let mut reader = RecordReader::new(Drip(text.as_bytes(), step), b',');
        let (mut row, mut rows) = (Row::default(), Vec::new());
        while reader.read(&mut row).unwrap() {
            let cells = row.cells().map(|cell| cell.text.to_owned()).collect();
            rows.push((row.number(), cells, row.fault()));
        }
        rows
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        rows(text, 3).into_iter().map(|(_, cells, _)| cells).collect()
    }

    #[test]
    fn every_kind_of_line_break_ends_a_row_and_empty_lines_are_counted() {
        for text in ["a,b\n\nc,d\n", "a,b\r\n\r\nc,d\r\n", "a,b\r\rc,d\r", "a,b\n\nc,d"] {
            let numbered: Vec<_> = rows(text, 1)
                .into_iter()
                .map(|(number, cells, _)| (number, cells.join("|")))
                .collect();
            assert_eq!(numbered, [(1, "a|b".to_owned()), (3, "c|d".to_owned())], "{text:?}");
        }
    }

    #[test]
    fn a_line_break_in_quotes_belongs_to_the_cell_and_not_to_the_numbering() {
        let rows = rows("a,b\n1,\"x\r\ny\"\n2,z\n", 2);
        assert_eq!(rows[1], (2, vec!["1".into(), "x\r\ny".into()], None));
        assert_eq!(rows[2].0, 3);
    }

    #[test]
    fn quotes_are_undone_and_spaces_before_them_forgiven() {
        assert_eq!(
            cells("a, \"b, c\",\"say \"\"hi\"\"\",d \"e\"\n")[0],
            ["a", "b, c", "say \"hi\"", "d \"e\""]
        );
        assert_eq!(cells("\"\",\n")[0], ["", ""]);
    }

    #[test]
    fn a_quote_open_at_the_end_is_told_with_its_row_and_column() {
        let rows = rows("a,b\n1,2\n3,\"four\n5,6\n", 4);
        assert_eq!(rows.last().unwrap().0, 3);
        assert_eq!(rows.last().unwrap().2, Some(RowFault::UnclosedQuote { column: 1 }));
    }

    #[test]
    fn a_quote_closed_only_by_a_later_rows_quote_is_told() {
        let rows = rows("a,b,c\n1,\"2,3\n4,5,6\n7,8,9\n10,\"11\",12\n13,14,15\n", 5);
        assert_eq!((rows[1].0, rows[1].2), (2, Some(RowFault::UnclosedQuote { column: 1 })));
        let fine = "a,b,c\n1,\"x, y\nz\",3\n";
        assert_eq!(self::rows(fine, 5)[1].2, None);
    }

    #[test]
    fn a_quote_open_for_megabytes_does_not_fill_the_memory() {
        let text = format!("a,b\n1,\"{}", "x,y\n".repeat(3 << 20));
        let rows = rows(&text, 1 << 16);
        assert_eq!(rows.last().unwrap().2, Some(RowFault::UnclosedQuote { column: 1 }));
        let rows = self::rows(&"x".repeat(9 << 20), 1 << 16);
        assert_eq!(rows[0].2, Some(RowFault::TooLong));
    }

    #[test]
    fn the_end_of_a_cell_is_found_wherever_it_is() {
        for length in 0..100 {
            for end in [b',', b'\n', b'\r'] {
                let mut bytes = vec![0xac; length];
                bytes.extend([end, b',', b'x', 0x2d, end]);
                assert_eq!(cell_end(&bytes, b','), Some(length));
                assert_eq!(cell_end(&bytes[..length], b','), None);
            }
        }
    }

    #[test]
    fn an_empty_file_has_no_rows() {
        assert_eq!(rows("", 1), []);
        assert_eq!(rows("\n\n", 1), []);
    }

    proptest! {
        #[test]
        fn cells_agree_with_the_csv_crate(text in "([ab,\"\n\r]|\r\n|\"\"|, ){0,40}", step in 1_usize..9) {
            // Spaces before a quote are the one difference.
            prop_assume!(!text.contains(" \""));
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> = reader
                .records()
                .map(|record| record.unwrap().iter().map(str::to_owned).collect())
                .collect();
            let found: Vec<Vec<String>> = rows(&text, step).into_iter().map(|(_, cells, _)| cells).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn how_the_bytes_arrive_makes_no_difference(text in "[ab,\"\n\r é]{0,60}", step in 1_usize..9) {
            prop_assert_eq!(rows(&text, step), rows(&text, 1000));
        }
    }
}
