//! A line as reseat writes it, taken apart where it lies.
//!
//! Quotation marks are where they have to be and nowhere else, so a line that is taken apart can also be copied as it is.
//! What another program has written otherwise is read by the csv crate first, into a copy that is as reseat writes it.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use super::columns::COLUMNS;
use crate::text::plural;

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LineFault {
    /// It is of a newer format version.
    Newer(u32),
    /// It is not as reseat writes it.
    Damaged(String),
    /// It may say the same as a line of reseat's, and another program has written it.
    Foreign,
}

impl From<String> for LineFault {
    fn from(fault: String) -> Self {
        Self::Damaged(fault)
    }
}

/// The cells of a line, by column.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    cells: [&'a [u8]; COLUMNS.len()],
    /// Cells that are not reseat's.
    others: Others<'a>,
}

impl<'a> Line<'a> {
    /// Takes a line apart, its end not included.
    pub(super) fn of(text: &'a [u8]) -> Result<Self, LineFault> {
        let mut others = Others(Some(text));
        let mut cells = [&text[..0]; COLUMNS.len()];
        for (column, cell) in cells.iter_mut().enumerate() {
            *cell = match others.next() {
                Some(cell) => cell?,
                None => {
                    let (cells, wanted) = (plural(column, "cell"), COLUMNS.len());
                    return Err(LineFault::Damaged(format!("it has {cells} instead of {wanted}")));
                }
            };
        }
        Ok(Self { cells, others })
    }

    /// What is in a cell.
    pub(super) fn cell(&self, column: usize) -> Cow<'a, [u8]> {
        unquoted(self.cells[column])
    }

    /// A cell as it is in the file.
    pub(super) fn written(&self, column: usize) -> &'a [u8] {
        self.cells[column]
    }

    /// All cells, those that are not reseat's after the others.
    pub(super) fn all(&self) -> impl Iterator<Item = Result<Cow<'a, [u8]>, LineFault>> {
        let ours = self.cells.into_iter().map(Ok);
        ours.chain(self.others.clone()).map(|cell| cell.map(unquoted))
    }

    /// The cells that are not reseat's.
    pub(super) fn others(&self) -> impl Iterator<Item = Result<&'a [u8], LineFault>> {
        self.others.clone()
    }
}

/// Cells as they are in the file, one after the other.
#[derive(Debug, Clone)]
struct Others<'a>(Option<&'a [u8]>);

impl<'a> Iterator for Others<'a> {
    type Item = Result<&'a [u8], LineFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.0.take()?;
        let Some(length) = length_of_cell(text) else {
            return Some(Err(LineFault::Foreign));
        };
        self.0 = text.get(length + 1..);
        Some(Ok(&text[..length]))
    }
}

/// How long the first cell is; `None` if reseat would have written it otherwise.
fn length_of_cell(text: &[u8]) -> Option<usize> {
    if text.first() != Some(&b'"') {
        let end = text.iter().position(|byte| needs_quotes(*byte)).unwrap_or(text.len());
        return matches!(text.get(end), None | Some(b',')).then_some(end);
    }
    let (mut at, mut has_needed_them) = (1, false);
    loop {
        let byte = text.get(at)?;
        if *byte == b'"' {
            at += 1;
            if text.get(at) != Some(&b'"') {
                break;
            }
        }
        has_needed_them |= needs_quotes(*byte);
        at += 1;
    }
    (has_needed_them && matches!(text.get(at), None | Some(b','))).then_some(at)
}

/// Whether a cell with this byte needs quotation marks. Cells are short: byte by byte they are searched faster than by
/// `memchr`.
fn needs_quotes(byte: u8) -> bool {
    // Almost all bytes are told by this alone.
    byte <= b',' && matches!(byte, b',' | b'"' | b'\n' | b'\r')
}

fn unquoted(cell: &[u8]) -> Cow<'_, [u8]> {
    let [b'"', inside @ .., b'"'] = cell else {
        return Cow::Borrowed(cell);
    };
    if memchr(b'"', inside).is_none() {
        return Cow::Borrowed(inside);
    }
    let mut text = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(mark) = memchr(b'"', rest) {
        text.extend_from_slice(&rest[..=mark]);
        // It is followed by its double.
        rest = rest.get(mark + 2..).unwrap_or_default();
    }
    text.extend_from_slice(rest);
    Cow::Owned(text)
}

/// Adds a cell as it is to be in the file.
pub(super) fn push_quoted(out: &mut Vec<u8>, cell: &str) {
    if !cell.as_bytes().iter().any(|byte| needs_quotes(*byte)) {
        return out.extend_from_slice(cell.as_bytes());
    }
    out.push(b'"');
    out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

/// Where the line ends that begins here; `None` if that is not to be seen yet. A line end within quotation marks is none.
pub(super) fn end_of_line(text: &[u8]) -> Option<usize> {
    let mut is_quoted = false;
    let mut begins = 0;
    for end in memchr_iter(b'\n', text) {
        is_quoted ^= memchr_iter(b'"', &text[begins..end]).count() % 2 == 1;
        if !is_quoted {
            return Some(end);
        }
        begins = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use csv::ByteRecord;
    use proptest::prelude::*;

    use super::*;

    /// Twenty cells that need quotation marks now and then.
    fn cells() -> impl Strategy<Value = Vec<String>> {
        let cell = proptest::sample::select(vec!["", "a", "é", ",", "\"", "\"\"", "a\"", "\r", "\n", "=", " ,\"x"]);
        let cell = proptest::collection::vec(cell, 0..4).prop_map(|parts| parts.concat());
        proptest::collection::vec(cell, COLUMNS.len()..COLUMNS.len() + 2)
    }

    fn written(cells: &[String], style: csv::QuoteStyle) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().quote_style(style).from_writer(Vec::new());
        writer.write_record(cells).unwrap();
        writer.into_inner().unwrap()
    }

    proptest! {
        #[test]
        fn a_line_that_csv_wrote_is_taken_apart_into_the_cells_that_csv_was_given(cells in cells(), more in cells()) {
            let mut text = written(&cells, csv::QuoteStyle::Necessary);
            let length = text.len() - 1;
            text.extend(written(&more, csv::QuoteStyle::Necessary));
            prop_assert_eq!(end_of_line(&text), Some(length));
            let line = Line::of(&text[..length]).unwrap();
            let found: Vec<_> = line.all().map(|cell| cell.unwrap().into_owned()).collect();
            prop_assert_eq!(found, cells.iter().map(|cell| cell.as_bytes().to_vec()).collect::<Vec<_>>());
            for (column, cell) in cells.iter().take(COLUMNS.len()).enumerate() {
                let mut again = Vec::new();
                push_quoted(&mut again, cell);
                prop_assert_eq!(again, line.written(column));
            }
        }

        /// A line is copied as it is only if csv would write the same.
        #[test]
        fn of_any_text_only_what_csv_would_write_is_taken_for_a_line(
            parts in proptest::collection::vec(proptest::sample::select(vec!["\"", "\"\"", ",", "a", "\r", "\n", "\",\""]), 0..60),
        ) {
            let text = parts.concat().into_bytes();
            let end = end_of_line(&text).unwrap_or(text.len());
            if let Ok(line) = Line::of(&text[..end]) && line.others().all(|cell| cell.is_ok()) {
                let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&text[..end]);
                let mut record = ByteRecord::new();
                prop_assert!(reader.read_byte_record(&mut record).unwrap());
                let found: Vec<Vec<u8>> = line.all().map(|cell| cell.unwrap().into_owned()).collect();
                prop_assert_eq!(&found, &record.iter().map(<[u8]>::to_vec).collect::<Vec<_>>());
                let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
                writer.write_byte_record(&record).unwrap();
                prop_assert_eq!(writer.into_inner().unwrap(), [&text[..end], &b"\n"[..]].concat());
            }
        }
    }

    #[test]
    fn what_csv_would_have_written_otherwise_is_foreign() {
        let others = ",".repeat(COLUMNS.len() - 2);
        for cells in ["\"a\",b", "a\"b,c", "\"a,\"b,c", "\"a,b,c", "a\r,b", "\"\",b"] {
            let text = format!("{cells}{others}");
            assert_eq!(Line::of(text.as_bytes()).unwrap_err(), LineFault::Foreign, "{cells}");
        }
    }
}
