//! Cells of a workbook, one after the other, into whole rows.

use std::collections::HashSet;

use super::error::{LIMIT_MIB, WorkbookError};
use super::merged::Merged;
use super::struck::Struck;
use crate::model::Shared;
use crate::sheet::encoding_doubt::EncodingDoubt;
use crate::sheet::row::{CellKind, MOST_COLUMNS, MalformedRow, Origin, Row, Under};
use crate::sheet::visitor::{Visit, Visitor};

/// No spreadsheet program has more.
pub(in crate::sheet) const MOST_ROWS: u32 = 1 << 20;

/// The most cells of a worksheet, the empty ones before others included: a stray cell in the last column of every row
/// makes seventeen thousand millions.
const MOST_CELLS: usize = 1 << 28;

/// The most that the texts of its rows may take, those included that are written once and stand in many cells.
const MOST_TEXT: u64 = LIMIT_MIB << 20;

/// What a cell shows, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) struct Shown<'c> {
    pub(in crate::sheet) origin: Origin,
    pub(in crate::sheet) text: &'c str,
    /// How much of the text is struck through.
    pub(in crate::sheet) struck: Struck,
    /// The colour behind it, as `0xRRGGBB`.
    pub(in crate::sheet) fill: Option<u32>,
}

impl<'c> Shown<'c> {
    /// A text of which no more is known.
    pub(in crate::sheet) fn plain(origin: Origin, text: &'c str) -> Self {
        Self {
            origin,
            text,
            struck: Struck::Nothing,
            fill: None,
        }
    }

    /// A formula whose value nobody has computed.
    pub(in crate::sheet) fn uncomputed() -> Self {
        let origin = Origin {
            kind: CellKind::Uncomputed,
            is_formula: true,
        };
        Self::plain(origin, "")
    }

    /// Whether there is nothing in the cell that could be missed.
    fn is_nothing(&self) -> bool {
        self.text.is_empty() && self.origin.kind != CellKind::Uncomputed
    }
}

/// Gathers cells into rows and gives each whole row to the visitor.
pub(in crate::sheet) struct RowBuilder<'v> {
    visitor: &'v mut dyn Visitor,
    row: Row,
    visit: Visit,
    /// Of the rows so far, and how many bytes their texts took.
    cells: usize,
    text: u64,
    /// Whether a cell was further down than any spreadsheet program has rows.
    is_too_tall: bool,
    /// The numbers of the rows that the spreadsheet program hides.
    hidden: HashSet<u32>,
    /// The numbers of the total rows of tables.
    totals: Vec<u32>,
    merged: Merged,
}

impl<'v> RowBuilder<'v> {
    /// Tells the visitor of a worksheet; `None` if its rows are not wanted.
    pub(in crate::sheet) fn begin(name: &Shared<str>, is_hidden: bool, visitor: &'v mut dyn Visitor) -> Option<Self> {
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
            text: 0,
            is_too_tall: false,
            hidden: HashSet::new(),
            totals: Vec::new(),
            merged: Merged::default(),
        })
    }

    /// Tells the visitor that letters beyond ASCII may be read wrongly; before the first row.
    pub(in crate::sheet) fn doubt_encoding(&mut self, doubt: EncodingDoubt) {
        self.visitor.encoding_is_doubtful(doubt);
    }

    /// Puts a cell that shows this at this row and column, from 0.
    pub(in crate::sheet) fn put(&mut self, position: (u32, u32), shown: Shown<'_>) -> Visit {
        let column = position.1 as usize;
        if position.0 >= MOST_ROWS {
            self.is_too_tall |= !shown.is_nothing();
        } else if self.go_to(position.0) {
            if column >= MOST_COLUMNS {
                if !shown.is_nothing() {
                    self.row.set_malformed(MalformedRow::TooLong);
                }
            } else if self.merged.cover(position) {
                if !shown.text.is_empty() {
                    self.row.add_covered();
                }
            } else {
                if !shown.is_nothing() {
                    self.merged.fill(position);
                }
                self.put_shown(column, shown);
            }
        }
        self.visit
    }

    fn put_shown(&mut self, column: usize, shown: Shown<'_>) {
        let before = self.row.cell(column);
        let before = Shown::plain(before.kind.into(), before.text);
        if !before.is_nothing() {
            if shown.is_nothing() {
                return;
            }
            // Of a cell that is there twice one program shows the first value, and another the last.
            if (before.text, before.origin.kind) != (shown.text, shown.origin.kind) {
                let both = format!("{} / {}", before.text, shown.text);
                let fits = self.row.has_room(both.len());
                self.row
                    .put(column, CellKind::Unreadable, if fits { &both } else { "" });
                return;
            }
        }
        let fits = self.row.has_room(shown.text.len());
        self.row.put(column, shown.origin, if fits { shown.text } else { "" });
        if let Some(colour) = shown.fill {
            self.row.set_fill(column, colour);
        }
        match shown.struck {
            Struck::Wholly if !shown.text.is_empty() => self.row.strike(),
            Struck::Partly => self.row.strike_part(column),
            Struck::Wholly | Struck::Nothing => {}
        }
    }

    /// Counts a value of this row, from 0, that a merged cell hides.
    pub(in crate::sheet) fn put_covered(&mut self, row: u32) -> Visit {
        if row < MOST_ROWS && self.go_to(row) {
            self.row.add_covered();
        }
        self.visit
    }

    /// Tells of a row, from 0, that cells of it lie under a merged cell of a row above.
    pub(in crate::sheet) fn lie_under(&mut self, row: u32, under: Under) {
        if row < MOST_ROWS && self.go_to(row) {
            self.row.add_under(under);
        }
    }

    /// Begins this row, from 0, unless it is the one that is being filled; `false` where no more is wanted.
    fn go_to(&mut self, row: u32) -> bool {
        let number = row + 1;
        if number != self.row.number() {
            self.emit();
            self.row.start(number);
            if self.hidden.contains(&number) {
                self.row.hide();
            }
            if self.totals.contains(&number) {
                self.row.set_total();
            }
        }
        self.visit == Visit::Rows
    }

    /// Gives the row that was filled; the next cell begins another, even under the same number.
    pub(in crate::sheet) fn end_row(&mut self) {
        self.emit();
        self.row.start(0);
    }

    /// Gives the row that was filled, and the same again under the numbers up to `last`.
    pub(in crate::sheet) fn repeat_until(&mut self, last: u32) -> Visit {
        if last > MOST_ROWS {
            self.is_too_tall = true;
            self.visit = Visit::Skip;
        }
        while self.visit == Visit::Rows && self.row.number() < last {
            let mut next = self.row.clone();
            next.set_number(self.row.number() + 1);
            self.emit();
            self.row = next;
        }
        self.visit
    }

    /// Marks a row, by its number, as hidden by the spreadsheet program; must be called before its cells.
    pub(in crate::sheet) fn hide(&mut self, number: u32) {
        if number <= MOST_ROWS {
            self.hidden.insert(number);
        }
    }

    /// Takes note of the total rows of tables, by their numbers; must be called before the first row.
    pub(in crate::sheet) fn set_totals(&mut self, totals: Vec<u32>) {
        self.totals = totals;
    }

    /// Of merged cells only the first is shown; must be called before the first row.
    pub(in crate::sheet) fn set_merged(&mut self, merged: Merged) {
        self.merged = merged;
    }

    /// Tells how wide the columns from one to another are, from 0, in digits; before the first row.
    pub(in crate::sheet) fn set_width(&mut self, (first, last): (u32, u32), width: f64) {
        self.visitor.columns_have_width((first as usize, last as usize), width);
    }

    /// Tells that the columns from one to another, from 0, are hidden by the spreadsheet program; before the first row.
    pub(in crate::sheet) fn hide_columns(&mut self, (first, last): (u32, u32)) {
        self.visitor.columns_are_hidden((first as usize, last as usize));
    }

    /// Whether no more cells are wanted.
    pub(in crate::sheet) fn is_over(&self) -> bool {
        self.visit == Visit::Skip
    }

    fn emit(&mut self) {
        if self.visit == Visit::Skip {
            return;
        }
        self.cells += self.row.len();
        self.text += self.row.size() as u64;
        if self.cells > MOST_CELLS || self.text > MOST_TEXT || self.merged.is_lost() {
            self.visit = Visit::Skip;
            return;
        }
        if let Some(row) = self.row.number().checked_sub(1) {
            for under in self.merged.under(row) {
                self.row.add_under(under);
            }
        }
        if !self.row.is_empty() || self.row.malformed().is_some() {
            self.visit = self.visitor.row(&mut self.row);
        }
    }

    /// Gives the last row.
    pub(in crate::sheet) fn finish(mut self) -> Result<(), WorkbookError> {
        self.emit();
        if self.text > MOST_TEXT {
            Err(WorkbookError::TooMuchText { limit: LIMIT_MIB })
        } else if self.is_too_tall || self.cells > MOST_CELLS {
            Err(WorkbookError::TooWide)
        } else if self.merged.is_lost() {
            Err(WorkbookError::Broken("its rows are not in order".into()))
        } else {
            Ok(())
        }
    }
}
