//! One row of cells, in a buffer that is reused from row to row.

use std::ops::Range;

use csv::StringRecord;

use crate::text::is_plain;

/// What a cell held before it became text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CellKind {
    /// Text, or any cell of a CSV.
    #[default]
    Text,
    /// A number of a workbook: whatever was typed, leading zeros and digits past the 15th are gone.
    Number,
    /// `TRUE` or `FALSE` of a workbook.
    Bool,
    /// A date or time of a workbook.
    Date,
    /// An error value, `#N/A` for instance.
    Error,
    /// A formula whose value was never computed and stored.
    Uncomputed,
}

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'r> {
    /// What it shows.
    pub text: &'r str,
    /// What it held.
    pub kind: CellKind,
}

/// What is wrong with a row as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFault {
    /// The double quote that opens the cell at this position (from 0) is not closed, or only by
    /// the quote of a later row; what follows it is lost in the cell.
    UnclosedQuote {
        /// The column, from 0.
        column: usize,
    },
    /// Spaces before the double quote of the cell at this position (from 0) make the quote a part of
    /// its text, so that the quote holds nothing together.
    SpaceBeforeQuote {
        /// The column, from 0.
        column: usize,
    },
    /// The row is longer than any sheet's row can be.
    TooLong,
}

/// Where a cell is in the text of its row.
#[derive(Debug, Clone, Copy, Default)]
struct Span {
    start: usize,
    end: usize,
    kind: CellKind,
}

impl Span {
    fn text(place: Range<usize>) -> Self {
        Self {
            start: place.start,
            end: place.end,
            kind: CellKind::Text,
        }
    }
}

/// One row that is not empty.
#[derive(Debug, Default)]
pub struct Row {
    number: u32,
    text: String,
    spans: Vec<Span>,
    is_plain: bool,
    fault: Option<RowFault>,
}

impl Row {
    /// The number that a spreadsheet program shows beside the row.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// How many cells the row has, trailing empty ones of a CSV included.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether no cell holds anything but white space.
    pub fn is_empty(&self) -> bool {
        self.cells().all(|cell| is_blank(cell.text))
    }

    /// The cell at `position`, from 0; an empty one past the end.
    pub fn cell(&self, position: usize) -> Cell<'_> {
        let span = self.spans.get(position).copied().unwrap_or_default();
        Cell {
            text: &self.text[span.start..span.end],
            kind: span.kind,
        }
    }

    /// The cells in order.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        (0..self.spans.len()).map(|position| self.cell(position))
    }

    /// Whether all cells are of visible ASCII letters and spaces only, as most are.
    pub fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// What is wrong with the row as such.
    pub fn fault(&self) -> Option<RowFault> {
        self.fault
    }

    pub(super) fn start(&mut self, number: u32) {
        self.number = number;
        self.text.clear();
        self.spans.clear();
        self.is_plain = true;
        self.fault = None;
    }

    pub(super) fn set_fault(&mut self, fault: RowFault) {
        self.fault = Some(fault);
    }

    /// Puts a cell at `position`; cells may come in any order, gaps are empty cells.
    pub(super) fn put(&mut self, position: usize, kind: CellKind, write: impl FnOnce(&mut String)) {
        let start = self.text.len();
        write(&mut self.text);
        if self.spans.len() <= position {
            self.spans.resize(position + 1, Span::default());
        }
        self.spans[position] = Span {
            start,
            end: self.text.len(),
            kind,
        };
        self.is_plain &= is_plain(&self.text[start..]);
    }

    /// Takes all cells of a record.
    pub(super) fn fill(&mut self, record: &StringRecord) {
        self.text.push_str(record.as_slice());
        let ranges = (0..record.len()).filter_map(|position| record.range(position));
        self.spans.extend(ranges.map(Span::text));
        self.is_plain = is_plain(&self.text);
    }
}

/// Whether a cell holds nothing but white space.
fn is_blank(cell: &str) -> bool {
    // The first byte nearly always tells.
    !matches!(cell.as_bytes(), [b'!'..=b'~', ..]) && cell.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_may_come_out_of_order_and_gaps_are_empty() {
        let mut row = Row::default();
        row.start(7);
        row.put(2, CellKind::Number, |text| text.push_str("12"));
        row.put(0, CellKind::Text, |text| text.push_str("ann"));
        let texts: Vec<_> = row.cells().map(|cell| cell.text).collect();
        assert_eq!(texts, ["ann", "", "12"]);
        assert_eq!(row.cell(9).text, "");
        assert_eq!(row.number(), 7);
    }
}
