//! Text without quotes, in blocks of whole lines: any thread can take such a block apart.

use std::io::{self, Read};

use memchr::{memchr_iter, memrchr};

use crate::sheet::row::{LONGEST_ROW, Row};
use crate::text::has_plain_lines;

/// How much is read at once: some blocks are in memory together.
const BLOCK: usize = 128 << 10;

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
    /// Whether all lines are plain; found out by whoever takes them apart.
    are_plain: Option<bool>,
}

impl Lines {
    /// Takes the next row; `false` at the end. Empty lines are counted and left out.
    pub fn read(&mut self, row: &mut Row) -> bool {
        while !self.is_empty() {
            let are_plain = *self.are_plain.get_or_insert_with(|| has_plain_lines(&self.text));
            self.number = self.number.saturating_add(1);
            row.start(self.number);
            self.next += row.take_line(&self.text[self.next..], self.delimiter, are_plain);
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

/// Reads UTF-8 whose rows are lines, block by block.
#[derive(Debug)]
pub(super) struct LinesReader<R> {
    input: R,
    /// The beginning of a line that goes on.
    cut: Vec<u8>,
    /// How many lines there were.
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
            cut: Vec::new(),
            number: 0,
            delimiter,
            block: BLOCK,
            is_first: true,
        }
    }

    /// The next lines, in the memory of those that were in their place; `false` at the end.
    pub(super) fn read(&mut self, lines: &mut Lines) -> io::Result<bool> {
        let mut bytes = std::mem::take(&mut lines.text).into_bytes();
        bytes.clear();
        bytes.append(&mut self.cut);
        bytes.reserve(self.block);
        loop {
            let known = bytes.len();
            self.input.by_ref().take(self.block as u64).read_to_end(&mut bytes)?;
            if bytes.len() == known {
                break;
            }
            if let Some(end) = memrchr(b'\n', &bytes[known..]) {
                self.cut.extend(bytes.drain(known + end + 1..));
                break;
            }
            // Whoever found that it has none looked at another text.
            if bytes.len() > LONGEST_ROW {
                return Err(io::Error::other("a line of it goes on without end"));
            }
        }
        let text = String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        *lines = self.lines(text);
        Ok(!lines.text.is_empty())
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
            are_plain: None,
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::layout::LayoutScan;
    use super::super::record::RecordReader;
    use super::*;
    use crate::sheet::row::MalformedRow;

    /// Of each row the number, the cells, whether it is plain, and what is wrong with it.
    type Rows = Vec<(u32, Vec<String>, bool, Option<MalformedRow>)>;

    fn push(row: &Row, rows: &mut Rows) {
        let cells = row.cells().map(|cell| cell.text.to_owned()).collect();
        rows.push((row.number(), cells, row.is_plain(), row.malformed()));
    }

    fn as_records(text: &str, delimiter: u8, skips_line: bool) -> Rows {
        let mut reader = RecordReader::new(text.as_bytes(), delimiter);
        if skips_line {
            reader.skip_line().unwrap();
        }
        let (mut row, mut rows) = (Row::default(), Rows::new());
        while reader.read(&mut row).unwrap() {
            push(&row, &mut rows);
        }
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
        rows
    }

    fn has_plain_lines(text: &str) -> bool {
        let mut scan = LayoutScan::new(text.as_bytes());
        io::copy(&mut scan, &mut io::sink()).unwrap();
        scan.is_plain()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn lines_are_the_rows_that_the_csv_crate_reads(
            text in "(\u{feff}{1,2}[ab])?([ab;,\t é~\u{0}\u{1a}\u{85}]{0,9}(\n|\r\n|\n\n|\r|\"){0,2}){0,12}",
            delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
            block in 1_usize..40,
        ) {
            if has_plain_lines(&text) {
                prop_assert_eq!(as_lines(&text, delimiter, false, block), as_records(&text, delimiter, false));
            } else {
                prop_assert!(text.contains(['\r', '"']));
            }
        }

        #[test]
        fn a_line_that_names_the_delimiter_has_no_number(
            text in "sep=;\n([ab;é]{0,5}(\n|\r\n)){0,6}",
            block in 1_usize..40,
        ) {
            prop_assert_eq!(as_lines(&text, b';', true, block), as_records(&text, b';', true));
        }
    }

    #[test]
    fn a_line_has_no_more_cells_than_a_row_of_a_spreadsheet_program() {
        for cells in [(1 << 14) - 1, 1 << 14, (1 << 14) + 1] {
            let text = format!("{}a\nb,c\n", ",".repeat(cells - 1));
            assert!(has_plain_lines(&text));
            assert_eq!(
                as_lines(&text, b',', false, BLOCK),
                as_records(&text, b',', false),
                "{cells}"
            );
        }
    }

    #[test]
    fn a_text_that_has_become_another_is_an_error() {
        let endless = "x".repeat(LONGEST_ROW + BLOCK);
        for text in [endless.as_bytes(), b"Zo\xeb\n"] {
            assert!(LinesReader::new(text, b',').read(&mut Lines::default()).is_err());
        }
    }
}
