//! Cells of a workbook, one after the other, into whole rows.

use std::sync::Arc;

use super::error::WorkbookError;
pub(in crate::sheet) use super::merged::Area;
use super::merged::Merged;
use crate::sheet::encoding_doubt::EncodingDoubt;
use crate::sheet::row::{MOST_COLUMNS, MalformedRow, Origin, Row};
use crate::sheet::visitor::{Visit, Visitor};

/// No spreadsheet program has more.
pub(in crate::sheet) const MOST_ROWS: u32 = 1 << 20;

/// The most cells of a worksheet, the empty ones before others included: a stray cell in the last column of every row
/// makes seventeen thousand millions.
const MOST_CELLS: usize = 1 << 28;

/// Gathers cells into rows and gives each whole row to the visitor.
pub(in crate::sheet) struct RowBuilder<'v> {
    visitor: &'v mut dyn Visitor,
    row: Row,
    visit: Visit,
    /// Of the rows given so far.
    cells: usize,
    /// Whether a cell was further down than any spreadsheet program has rows.
    is_too_tall: bool,
    /// The numbers of the rows that the spreadsheet program hides, ascending.
    hidden: Vec<u32>,
    merged: Merged,
}

impl<'v> RowBuilder<'v> {
    /// Tells the visitor of a worksheet; `None` if its rows are not wanted.
    pub(in crate::sheet) fn begin(name: &Arc<str>, is_hidden: bool, visitor: &'v mut dyn Visitor) -> Option<Self> {
        if visitor.sheet(name) == Visit::Skip {
            return None;
        }
        if is_hidden {
            visitor.sheet_is_hidden();
        }
        Some(Self {
            visitor,
            row: Row::default(),
            visit: Visit::Rows,
            cells: 0,
            is_too_tall: false,
            hidden: Vec::new(),
            merged: Merged::default(),
        })
    }

    /// Tells the visitor that letters beyond ASCII may be read wrongly; before the first row.
    pub(in crate::sheet) fn doubt_encoding(&mut self, doubt: EncodingDoubt) {
        self.visitor.encoding_is_doubtful(doubt);
    }

    /// Puts a cell that shows this text at this row and column, from 0.
    pub(in crate::sheet) fn put(&mut self, position: (u32, u32), origin: impl Into<Origin>, text: &str) -> Visit {
        let column = position.1 as usize;
        if position.0 >= MOST_ROWS {
            self.is_too_tall |= !text.is_empty();
        } else if self.go_to(position.0) {
            if column >= MOST_COLUMNS {
                if !text.is_empty() {
                    self.row.set_malformed(MalformedRow::TooLong);
                }
            } else if self.merged.cover(position) {
                if !text.is_empty() {
                    self.row.add_covered();
                }
            } else {
                let fits = self.row.has_room(text.len());
                self.row.put(column, origin, if fits { text } else { "" });
            }
        }
        self.visit
    }

    /// Counts a value of this row, from 0, that a merged cell hides.
    pub(in crate::sheet) fn put_covered(&mut self, row: u32) -> Visit {
        if row < MOST_ROWS && self.go_to(row) {
            self.row.add_covered();
        }
        self.visit
    }

    /// Begins this row, from 0, unless it is the one that is being filled; `false` where no more is wanted.
    fn go_to(&mut self, row: u32) -> bool {
        let number = row + 1;
        if number != self.row.number() {
            self.emit();
            self.row.start(number);
            if self.hidden.binary_search(&number).is_ok() {
                self.row.hide();
            }
        }
        self.visit == Visit::Rows
    }

    /// Gives the row that was filled, and the same again under the numbers up to `last`.
    pub(in crate::sheet) fn repeat_until(&mut self, last: u32) -> Visit {
        while self.visit == Visit::Rows && self.row.number() < last.min(MOST_ROWS) {
            let mut next = self.row.clone();
            next.set_number(self.row.number() + 1);
            self.emit();
            self.row = next;
        }
        self.visit
    }

    /// Marks a row, by its number, as hidden by the spreadsheet program; must be called before its cells.
    pub(in crate::sheet) fn hide(&mut self, number: u32) {
        let place = self.hidden.partition_point(|hidden| *hidden < number);
        self.hidden.insert(place, number);
    }

    /// Of these cells only the first is shown; must be called before their rows.
    pub(in crate::sheet) fn merge(&mut self, area: Area) {
        self.merged.add(area);
    }

    /// Tells how wide the columns from one to another are, from 0, in digits; before the first row.
    pub(in crate::sheet) fn set_width(&mut self, (first, last): (u32, u32), width: f64) {
        self.visitor.columns_have_width((first as usize, last as usize), width);
    }

    /// Gives the last cell, which was in this column, a colour behind it.
    pub(in crate::sheet) fn fill(&mut self, column: u32, colour: u32) {
        self.row.set_fill(column as usize, colour);
    }

    /// Marks the row of the last cell as having one that is struck through.
    pub(in crate::sheet) fn strike(&mut self) {
        self.row.strike();
    }

    fn emit(&mut self) {
        if self.visit == Visit::Skip || (self.row.is_empty() && self.row.malformed().is_none()) {
            return;
        }
        self.cells += self.row.len();
        self.visit = if self.cells > MOST_CELLS {
            Visit::Skip
        } else {
            self.visitor.row(&mut self.row)
        };
    }

    /// Gives the last row.
    pub(in crate::sheet) fn finish(mut self) -> Result<(), WorkbookError> {
        self.emit();
        if self.is_too_tall || self.cells > MOST_CELLS {
            Err(WorkbookError::TooWide)
        } else {
            Ok(())
        }
    }
}
