//! Delimited text into rows, over any reader of UTF-8.
//!
//! The csv crate takes the cells apart. Added here is what it does not tell: the number that a
//! spreadsheet program shows beside the row (empty lines count, line breaks inside quotes do not),
//! and a quote that is not closed.

use std::io::{self, Read};

use super::quotes;
use super::raw_reader::RawReader;
use crate::sheet::row::{MalformedRow, Row};

const BUFFER: usize = 16 << 10;

/// Reads rows one by one.
#[derive(Debug)]
pub(in crate::sheet) struct RecordReader<R> {
    records: csv::Reader<RawReader<R>>,
    /// Memory that is used again.
    record: csv::StringRecord,
    delimiter: u8,
    number: u32,
    before: Before,
}

/// What the record before was like.
#[derive(Debug, Clone, Copy, Default)]
struct Before {
    cells: usize,
    /// Whether one of them may have swallowed the beginning of the next record.
    is_perhaps_unclosed: bool,
}

impl<R: Read> RecordReader<R> {
    pub(in crate::sheet) fn new(input: R, delimiter: u8) -> Self {
        Self::after(0, input, delimiter)
    }

    /// Reads what follows the line of this number.
    pub(super) fn after(number: u32, input: R, delimiter: u8) -> Self {
        Self {
            records: records(RawReader::new(input), delimiter),
            record: csv::StringRecord::new(),
            delimiter,
            number,
            before: Before::default(),
        }
    }

    /// Leaves out the first line, as a spreadsheet program does with `sep=;`: it has no number.
    pub(in crate::sheet) fn skip_line(&mut self) -> io::Result<()> {
        self.read(&mut Row::default())?;
        self.number = 0;
        self.before = Before::default();
        Ok(())
    }

    /// The next record that is not an empty line; `false` at the end.
    pub(in crate::sheet) fn read(&mut self, row: &mut Row) -> io::Result<bool> {
        let read = self.records.read_record(&mut self.record);
        let raw = self.records.get_ref();
        if matches!(read, Ok(false)) {
            return Ok(false);
        }
        self.number = self.number.saturating_add(raw.empty_lines()).saturating_add(1);
        row.start(self.number);
        if let Err(error) = read {
            if !raw.is_overlong() {
                return Err(error.into());
            }
            row.set_malformed(match quotes::fault(raw.since_record(), self.delimiter) {
                Some(fault @ MalformedRow::UnclosedQuote { .. }) => fault,
                _ => MalformedRow::TooLong,
            });
            return Ok(true);
        }
        row.take_record(&self.record);
        let end = self.records.position().byte();
        let fault = quotes::fault(self.records.get_ref().record(end), self.delimiter);
        if let Some(fault) = fault {
            row.set_malformed(self.with_the_row_before(fault, row));
        }
        self.before = Before {
            cells: row.len(),
            is_perhaps_unclosed: matches!(fault, Some(MalformedRow::PerhapsUnclosed { .. })),
        };
        self.records.get_mut().end_record(end);
        Ok(true)
    }

    /// Whether the last row was longer than any can be, so that nothing was read after it.
    pub(super) fn is_cut_short(&self) -> bool {
        self.records.get_ref().is_overlong()
    }

    /// The fault with what the row before says about it: a line break in a cell whose opening quote is missing leaves a
    /// row too short, and the rest of the cell at the beginning of the next.
    fn with_the_row_before(&self, fault: MalformedRow, row: &Row) -> MalformedRow {
        match fault {
            MalformedRow::StrayQuote { column, .. } => MalformedRow::StrayQuote {
                column,
                is_rest: column == 0 && (self.before.cells < row.len() || self.before.is_perhaps_unclosed),
            },
            other => other,
        }
    }
}

fn records<R: Read>(input: R, delimiter: u8) -> csv::Reader<R> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(BUFFER)
        .from_reader(input)
}

#[cfg(test)]
mod tests {
    use csv::QuoteStyle;
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
        for text in ["a,\"b\"", "a,\"b\"\"\"", "a,\"\"", "a,\"b\nc\""] {
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

    /// A cell that a spreadsheet may hold.
    const ANY_CELL: &str = "[ab,; '\n\r\u{85}é\"]{0,6}";

    /// As many rows of as many cells, at least two; no row is an empty line.
    fn table(cell: &'static str) -> impl Strategy<Value = Vec<Vec<String>>> {
        (2_usize..5).prop_flat_map(move |width| vec(vec(cell, width), 1..7))
    }

    /// The cells as a writer of its own way puts them down: `quoted` says which get quotes that need none.
    fn written(table: &[Vec<String>], quoted: &[bool], line_break: &str) -> String {
        let mut quoted = quoted.iter().cycle();
        let mut put = |cell: &String| {
            let needs_quotes = cell.contains([',', '"', '\n', '\r']);
            if *quoted.next().unwrap_or(&true) || needs_quotes {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.clone()
            }
        };
        let mut line = |cells: &Vec<String>| cells.iter().map(&mut put).collect::<Vec<_>>().join(",") + line_break;
        table.iter().map(&mut line).collect()
    }

    fn as_read(text: &str) -> (Vec<Vec<String>>, Vec<Option<MalformedRow>>) {
        rows(text, 7)
            .into_iter()
            .map(|(_, cells, fault)| (cells, fault))
            .unzip()
    }

    /// Whether the row is refused, in a sheet as wide as this.
    fn is_refused(cells: &[String], fault: Option<MalformedRow>, width: usize) -> bool {
        match fault {
            None => false,
            Some(MalformedRow::PerhapsUnclosed { .. } | MalformedRow::StrayQuote { is_rest: false, .. }) => {
                cells.len() != width
            }
            Some(_) => true,
        }
    }

    /// Whether the quote at this place opens a cell, in a text where every other one does.
    fn is_opening(quotes: &[usize], at: usize) -> bool {
        quotes
            .iter()
            .position(|quote| *quote == at)
            .is_some_and(|position| position % 2 == 0)
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

        #[test]
        fn what_the_csv_crate_writes_is_read_back_as_it_was(
            table in table(ANY_CELL),
            quotes_all in any::<bool>(),
            crlf in any::<bool>(),
        ) {
            let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
            let style = if quotes_all { QuoteStyle::Always } else { QuoteStyle::Necessary };
            let mut writer = csv::WriterBuilder::new().quote_style(style).terminator(terminator).from_writer(Vec::new());
            for cells in &table {
                writer.write_record(cells).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let (cells, faults) = as_read(&text);
            let width = table[0].len();
            let refused = faults.iter().zip(&cells).any(|(fault, cells)| is_refused(cells, *fault, width));
            prop_assert_eq!(cells, table);
            prop_assert!(!refused, "{:?}", faults);
        }

        #[test]
        fn what_any_writer_quotes_well_is_read_back_as_it_was(
            table in table(ANY_CELL),
            quoted in vec(any::<bool>(), 1..9),
            line_break in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        ) {
            let (cells, faults) = as_read(&written(&table, &quoted, line_break));
            let width = table[0].len();
            let refused = faults.iter().zip(&cells).any(|(fault, cells)| is_refused(cells, *fault, width));
            prop_assert_eq!(cells, table);
            prop_assert!(!refused, "{:?}", faults);
        }

        /// The texts have no quotes, delimiters or line breaks at their beginning. A cell whose *opening* quote is gone is
        /// cut at its delimiters and line breaks; where its pieces make whole rows, nothing but the closing quote in the
        /// text of the last shows it, and that is told (as a warning).
        #[test]
        fn a_quote_that_is_cut_off_is_found_and_moves_no_cell_without_a_word(
            table in table("([abé][ab,\né]{0,5})?"),
            quoted in vec(any::<bool>(), 1..9),
            cut in any::<prop::sample::Index>(),
        ) {
            let text = written(&table, &quoted, "\n");
            let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
            prop_assume!(!quotes.is_empty());
            let at = *cut.get(&quotes);
            let spoilt = format!("{}{}", &text[..at], &text[at + 1..]);
            let (cells, faults) = as_read(&spoilt);
            let width = table[0].len();
            // A row cannot have been moved before the one that the quote is of.
            let row = rows(&text[..at], 7).len().max(1) - 1;
            prop_assert_eq!(&cells[..row.min(cells.len())], &table[..row]);
            let first = (0..cells.len()).find(|row| is_refused(&cells[*row], faults[*row], width));
            let told = faults.iter().any(Option::is_some);
            // No cell was moved: the quote has become text of its cell, or was of an empty one.
            let same = cells.len() == table.len() && cells.iter().zip(&table).all(|(cells, before)| cells.len() == before.len());
            prop_assert!(told, "{spoilt:?} is {cells:?}");
            prop_assert!(first.is_some() || same || is_opening(&quotes, at), "{spoilt:?} is {cells:?}: {faults:?}");
        }
    }
}
