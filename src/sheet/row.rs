//! One row of cells, in a buffer that is reused from row to row.

use std::io::Read;

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

/// What is wrong with a row as a line of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MalformedRow {
    /// The double quote that opens the cell at this position (from 0) is not closed, or only by
    /// the quote of a later row; what follows it is lost in the cell.
    UnclosedQuote {
        /// The column, from 0.
        column: usize,
    },
    /// Spaces before the double quote of the cell at this position (from 0) make the quote a part of
    /// its text, so that it keeps nothing together.
    SpaceBeforeQuote {
        /// The column, from 0.
        column: usize,
    },
    /// The row is longer, or has more cells, than any sheet's row can have.
    TooLong,
}

/// One row that is not empty.
#[derive(Debug, Clone, Default)]
pub struct Row {
    number: u32,
    cells: StringRecord,
    /// What the cells of a workbook held; empty for a CSV, whose cells are all text.
    kinds: Vec<CellKind>,
    is_plain: bool,
    is_hidden: bool,
    malformed: Option<MalformedRow>,
}

/// No spreadsheet program has more columns.
pub(super) const MOST_COLUMNS: usize = 1 << 14;

/// A row longer than this, in bytes, is taken for an unclosed quote, or for no sheet at all.
pub(super) const LONGEST_ROW: usize = 4 << 20;

impl Row {
    /// The number that a spreadsheet program shows next to the row.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// How many cells the row has, trailing empty ones of a CSV included.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether no cell holds anything but white space.
    pub fn is_empty(&self) -> bool {
        self.cells().all(|cell| is_blank(cell.text))
    }

    /// The cell at `position`, from 0; an empty one past the end.
    pub fn cell(&self, position: usize) -> Cell<'_> {
        Cell {
            text: self.cells.get(position).unwrap_or_default(),
            kind: self.kinds.get(position).copied().unwrap_or_default(),
        }
    }

    /// The cells in order.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        (0..self.cells.len()).map(|position| self.cell(position))
    }

    /// Whether all cells are of visible ASCII letters and spaces only, as most are.
    pub fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Whether the spreadsheet program hides the row.
    pub fn is_hidden(&self) -> bool {
        self.is_hidden
    }

    /// What is wrong with the row as a line of cells, if anything is.
    pub fn malformed(&self) -> Option<MalformedRow> {
        self.malformed
    }

    /// Empties the row.
    pub(super) fn start(&mut self, number: u32) {
        self.number = number;
        self.cells.clear();
        self.kinds.clear();
        self.is_plain = true;
        self.is_hidden = false;
        self.malformed = None;
    }

    /// Takes the next record of a CSV for its cells, as many as a spreadsheet program has columns; `false` at
    /// the end.
    pub(super) fn read_cells<R: Read>(&mut self, records: &mut csv::Reader<R>) -> csv::Result<bool> {
        self.start(0);
        let read = records.read_record(&mut self.cells)?;
        if self.cells.len() > MOST_COLUMNS {
            self.cells.truncate(MOST_COLUMNS);
            self.malformed = Some(MalformedRow::TooLong);
        }
        self.is_plain = is_plain(self.cells.as_slice());
        Ok(read)
    }

    pub(super) fn set_number(&mut self, number: u32) {
        self.number = number;
    }

    pub(super) fn hide(&mut self) {
        self.is_hidden = true;
    }

    pub(super) fn set_malformed(&mut self, malformed: MalformedRow) {
        self.malformed = Some(malformed);
    }

    /// Puts a cell at `position`; cells may come in any order, gaps are empty cells.
    pub(super) fn put(&mut self, position: usize, kind: CellKind, text: &str) {
        while self.cells.len() < position {
            self.cells.push_field("");
        }
        if self.cells.len() == position {
            self.cells.push_field(text);
        } else {
            // No spreadsheet program goes back in a row.
            let cells = self.cells.iter().enumerate();
            self.cells = cells
                .map(|(at, cell)| if at == position { text } else { cell })
                .collect();
        }
        self.kinds.resize(self.cells.len(), CellKind::Text);
        self.kinds[position] = kind;
        self.is_plain &= is_plain(text);
    }

    /// Whether there is room for a cell of this length; where not, the row is too long.
    pub(super) fn has_room(&mut self, length: usize) -> bool {
        let fits = self.cells.as_slice().len() + length <= LONGEST_ROW;
        if !fits {
            self.malformed = Some(MalformedRow::TooLong);
        }
        fits
    }
}

/// Whether a cell holds nothing but white space.
fn is_blank(cell: &str) -> bool {
    // The first byte is nearly always enough.
    !matches!(cell.as_bytes(), [b'!'..=b'~', ..]) && cell.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_may_come_out_of_order_and_gaps_are_empty() {
        let mut row = Row::default();
        row.start(7);
        row.put(2, CellKind::Bool, "TRUE");
        row.put(0, CellKind::Text, "ann");
        row.put(2, CellKind::Number, "12");
        let texts: Vec<_> = row.cells().map(|cell| cell.text).collect();
        assert_eq!(texts, ["ann", "", "12"]);
        assert_eq!(row.cell(2).kind, CellKind::Number);
        assert_eq!(row.cell(9).text, "");
        assert_eq!(row.number(), 7);
    }
}
