//! The cells of one row by column, cleaned.

use std::borrow::Cow;

use strum::EnumCount;

use super::header::Header;
use crate::intake::cells::{Column, ColumnSet, UnplacedProblem, clean, defect, is_clear, is_sound, too_long};
use crate::sheet::{Cell, CellKind, Row};
use crate::text::is_plain;

/// Cells that had to be changed to be clean, in a buffer that is reused from row to row.
pub(super) type CleanedCells = Vec<(Column, String)>;

/// The cells of one row by column, cleaned; an absent column is an empty cell.
#[derive(Debug)]
pub(super) struct RowCells<'r> {
    texts: [&'r str; Column::COUNT],
    /// The number of the row.
    pub(super) row: u32,
    /// The columns whose cell is not empty.
    pub(super) filled: ColumnSet,
    /// The columns whose cell was a number or a date of a workbook where text is expected.
    pub(super) numbers: ColumnSet,
    /// The columns whose cell is a date of a workbook.
    pub(super) dates: ColumnSet,
    /// The columns whose cell is a formula with a value.
    pub(super) formulas: ColumnSet,
    /// Whether the sheet has no column of people but `user_id`.
    pub(super) has_only_user_ids: bool,
    /// Whether any cell is `<clear>`.
    pub(super) has_clear: bool,
    /// Whether no cell has odd letters or several lines.
    pub(super) is_plain: bool,
}

impl<'r> RowCells<'r> {
    /// The cells of a row, none of which is taken yet.
    pub(super) fn none_of(header: &Header, row: &Row) -> Self {
        Self {
            texts: [""; Column::COUNT],
            row: row.number(),
            filled: ColumnSet::default(),
            numbers: ColumnSet::default(),
            dates: ColumnSet::default(),
            formulas: ColumnSet::default(),
            has_only_user_ids: header.has_only_user_ids,
            has_clear: false,
            is_plain: row.is_plain(),
        }
    }

    /// Takes the known columns of the row; cells that hold no value are problems. Not what makes them, because they are too
    /// large to be handed on.
    pub(super) fn take(
        &mut self,
        header: &Header,
        row: &'r Row,
        cleaned: &'r mut CleanedCells,
        problems: &mut Vec<UnplacedProblem>,
    ) {
        cleaned.clear();
        let is_plain_text = row.is_plain_text();
        for (column, position) in &header.present {
            // So it is with nearly every cell of a CSV.
            if is_plain_text && is_sound(row.text(*position)) {
                self.put(*column, row.text(*position));
                continue;
            }
            let cell = row.cell(*position);
            let is_text = cell.kind == CellKind::Text && !cell.is_formula;
            if is_text && cell.text.is_empty() {
                continue;
            }
            if is_text && (self.is_plain || is_plain(cell.text)) && is_sound(cell.text) {
                self.put(*column, cell.text);
            } else {
                self.take_odd(*column, cell, cleaned, problems);
            }
        }
        // Only now, since the buffer may move while it grows.
        for (column, text) in &*cleaned {
            self.put(*column, text);
        }
    }

    /// A cell that has odd letters, may have a defect, or held something else than text.
    fn take_odd(
        &mut self,
        column: Column,
        cell: Cell<'r>,
        cleaned: &mut CleanedCells,
        problems: &mut Vec<UnplacedProblem>,
    ) {
        if cell.is_formula && cell.kind != CellKind::Uncomputed {
            self.formulas.insert(column);
        }
        let text = clean(cell.text);
        if let Some(problem) = too_long(column, cell.text, &text) {
            problems.push(problem);
            return;
        }
        problems.extend(defect(column, cell, &text));
        if matches!(cell.kind, CellKind::Number | CellKind::Date) && column.holds_text() {
            self.numbers.insert(column);
        }
        if cell.kind == CellKind::Date {
            self.dates.insert(column);
        }
        self.has_clear |= is_clear(&text);
        match text {
            Cow::Borrowed(text) => self.put(column, text),
            Cow::Owned(text) => cleaned.push((column, text)),
        }
    }

    fn put(&mut self, column: Column, text: &'r str) {
        self.texts[column as usize] = text;
        if !text.is_empty() {
            self.filled.insert(column);
        }
    }

    /// The cell's text.
    pub(super) fn get(&self, column: Column) -> &'r str {
        self.texts[column as usize]
    }

    /// Whether the cell holds something.
    pub(super) fn has(&self, column: Column) -> bool {
        self.filled.contains(column)
    }
}
