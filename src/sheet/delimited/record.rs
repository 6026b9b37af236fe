//! Delimited text into rows, over any reader of UTF-8.
//!
//! The csv crate takes the cells apart. Added here is what it does not tell: the number that a
//! spreadsheet program shows beside the row (empty lines count, line breaks inside quotes do not),
//! and a quote that is not closed.

use std::io::{self, Read};

use csv::ByteRecord;

use super::raw_reader::RawReader;
use crate::sheet::row::{MalformedRow, Row};

const BUFFER: usize = 64 << 10;

/// Reads rows one by one.
#[derive(Debug)]
pub(in crate::sheet) struct RecordReader<R> {
    records: csv::Reader<RawReader<R>>,
    delimiter: u8,
    number: u32,
    width: usize,
}

impl<R: Read> RecordReader<R> {
    pub(in crate::sheet) fn new(input: R, delimiter: u8) -> Self {
        Self {
            records: records(RawReader::new(input), delimiter),
            delimiter,
            number: 0,
            width: 0,
        }
    }

    /// Leaves out the first line, as a spreadsheet program does with `sep=;`: it has no number.
    pub(in crate::sheet) fn skip_line(&mut self) -> io::Result<()> {
        self.read(&mut Row::default())?;
        self.number = 0;
        self.width = 0;
        Ok(())
    }

    /// The next record that is not an empty line; `false` at the end.
    pub(in crate::sheet) fn read(&mut self, row: &mut Row) -> io::Result<bool> {
        let read = row.read_cells(&mut self.records);
        let raw = self.records.get_ref();
        if matches!(read, Ok(false)) {
            return Ok(false);
        }
        self.number = self.number.saturating_add(raw.empty_lines()).saturating_add(1);
        if let Err(error) = read {
            if !raw.is_overlong() {
                return Err(error.into());
            }
            row.start(self.number);
            row.set_malformed(match open_quote(raw.since_record(), self.delimiter) {
                Some(column) => MalformedRow::UnclosedQuote { column },
                None => MalformedRow::TooLong,
            });
            return Ok(true);
        }
        row.set_number(self.number);
        let unclosed = if raw.is_at_end() {
            open_quote(raw.since_record(), self.delimiter)
        } else {
            None
        };
        // Line breaks are not plain.
        let swallowing = || if row.is_plain() { None } else { self.swallowed_rows(row) };
        let spaced = || row.cells().position(|cell| is_spaced_quote(cell.text));
        if let Some(column) = unclosed.or_else(swallowing) {
            row.set_malformed(MalformedRow::UnclosedQuote { column });
        } else if let Some(column) = spaced() {
            row.set_malformed(MalformedRow::SpaceBeforeQuote { column });
        }
        if self.width == 0 {
            self.width = row.len();
        }
        let end = self.records.position().byte();
        self.records.get_mut().end_record(end);
        Ok(true)
    }

    /// A quote that is closed only by the opening quote of a later row leaves a cell with whole
    /// rows in it. Where a line inside a cell has as many delimiters as a row, that is what happened.
    fn swallowed_rows(&self, row: &Row) -> Option<usize> {
        let needed = self.width.saturating_sub(1);
        // Two columns make for a single delimiter, which a list in a cell may have as well.
        let enough = if needed >= 2 { 1 } else { 3 };
        if needed == 0 {
            return None;
        }
        let column = row.cells().position(|cell| cell.text.contains('\n'))?;
        let delimiter = char::from(self.delimiter);
        let lines = row.cell(column).text.split('\n').skip(1);
        let rows = lines.filter(|line| line.matches(delimiter).count() >= needed).count();
        (rows >= enough).then_some(column)
    }
}

/// Whether the cell was meant to be in quotes, and is not.
fn is_spaced_quote(cell: &str) -> bool {
    cell.starts_with(' ') && cell.trim_start_matches(' ').starts_with('"')
}

fn records<R: Read>(input: R, delimiter: u8) -> csv::Reader<R> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(BUFFER)
        .from_reader(input)
}

/// The cell whose quote is still open where the bytes of a record end: one that takes in a line more.
fn open_quote(record: &[u8], delimiter: u8) -> Option<usize> {
    const LINE: &[u8] = b"\n.";
    let mut cells = ByteRecord::new();
    records(record.chain(LINE), delimiter)
        .read_byte_record(&mut cells)
        .ok()?;
    let last = cells.len().checked_sub(1)?;
    cells[last].ends_with(LINE).then_some(last)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
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

    type Rows = Vec<(u32, Vec<String>, Option<MalformedRow>)>;

    fn rows(text: &str, step: usize) -> Rows {
        let mut reader = RecordReader::new(Drip(text.as_bytes(), step), b',');
        let (mut row, mut rows) = (Row::default(), Vec::new());
        while reader.read(&mut row).unwrap() {
            let cells = row.cells().map(|cell| cell.text.to_owned()).collect();
            rows.push((row.number(), cells, row.malformed()));
        }
        rows
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        rows(text, 3).into_iter().map(|(_, cells, _)| cells).collect()
    }

    #[test]
    fn every_kind_of_line_break_ends_a_row_and_empty_lines_are_counted() {
        for text in [
            "a,b\n\nc,d\n",
            "a,b\r\n\r\nc,d\r\n",
            "a,b\r\rc,d\r",
            "a,b\n\nc,d",
            "a,b\n\rc,d",
            "a,b\r\r\nc,d\n\n",
            "a,b\r\n\nc,d\r\n\r",
        ] {
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
    fn quotes_are_undone() {
        assert_eq!(
            cells("a,\"b, c\",\"say \"\"hi\"\"\",d \"e\"\n")[0],
            ["a", "b, c", "say \"hi\"", "d \"e\""]
        );
        assert_eq!(cells("\"\",\n")[0], ["", ""]);
    }

    #[test]
    fn spaces_before_a_quote_are_told_since_they_make_it_text() {
        let rows = rows("a,b,c\n1, \"Lee, Ann\"\n", 4);
        assert_eq!(rows[1].1, ["1", " \"Lee", " Ann\""]);
        assert_eq!(rows[1].2, Some(MalformedRow::SpaceBeforeQuote { column: 1 }));
    }

    #[test]
    fn a_quote_open_at_the_end_is_told_with_its_row_and_column() {
        let rows = rows("a,b\n1,2\n3,\"four\n5,6\n", 4);
        assert_eq!(rows.last().unwrap().0, 3);
        assert_eq!(rows.last().unwrap().2, Some(MalformedRow::UnclosedQuote { column: 1 }));
    }

    #[test]
    fn a_quote_closed_where_the_file_ends_is_closed() {
        for text in ["a,\"b\"", "a,\"b\"\"\"", "a,\"\"", "a,b\"", "a,\"b\nc\""] {
            assert_eq!(rows(text, 3)[0].2, None, "{text:?}");
        }
        for text in ["a,\"b", "a,\"b\"\"", "a,\"", "a,\"b,c\n", "a,\"b\r"] {
            assert_eq!(
                rows(text, 3)[0].2,
                Some(MalformedRow::UnclosedQuote { column: 1 }),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_quote_closed_only_by_a_later_rows_quote_is_told() {
        let rows = rows("a,b,c\n1,\"2,3\n4,5,6\n7,8,9\n10,\"11\",12\n13,14,15\n", 5);
        assert_eq!(
            (rows[1].0, rows[1].2),
            (2, Some(MalformedRow::UnclosedQuote { column: 1 }))
        );
        let fine = "a,b,c\n1,\"x, y\nz\",3\n";
        assert_eq!(self::rows(fine, 5)[1].2, None);
    }

    #[test]
    fn a_quote_open_for_megabytes_does_not_fill_the_memory() {
        let text = format!("a,b\n\n1,\"{}", "x,y\n".repeat(3 << 20));
        let rows = rows(&text, 1 << 16);
        assert_eq!(
            rows[1],
            (3, Vec::new(), Some(MalformedRow::UnclosedQuote { column: 1 }))
        );
        assert_eq!(rows.len(), 2, "nothing is read after it");
        let rows = self::rows(&"x".repeat(9 << 20), 1 << 16);
        assert_eq!(rows[0].2, Some(MalformedRow::TooLong));
    }

    #[test]
    fn an_empty_file_has_no_rows() {
        assert_eq!(rows("", 1), []);
        assert_eq!(rows("\n\n", 1), []);
    }

    proptest! {
        #[test]
        fn a_row_has_the_number_that_a_spreadsheet_program_shows(
            lines in vec(prop_oneof![Just(None), vec("[ab, \"\n\r]{0,5}", 1..4).prop_map(Some)], 0..12),
            line_break in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
            step in 1_usize..9,
        ) {
            let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let line = |cells: &Option<Vec<String>>| cells.iter().flatten().map(quoted).collect::<Vec<_>>().join(",");
            let text: String = lines.iter().map(|cells| line(cells) + line_break).collect();
            let numbered = (1..).zip(lines).filter_map(|(number, cells)| Some((number, cells?)));
            let found = rows(&text, step).into_iter().map(|(number, cells, _)| (number, cells));
            prop_assert_eq!(found.collect::<Vec<_>>(), numbered.collect::<Vec<_>>());
        }

        #[test]
        fn how_the_bytes_arrive_makes_no_difference(text in "[ab,\"\n\r é]{0,60}", step in 1_usize..9) {
            prop_assert_eq!(rows(&text, step), rows(&text, 1000));
        }
    }
}
