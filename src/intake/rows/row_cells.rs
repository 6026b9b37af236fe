//! The cells of one row by column, cleaned; and cells that are not where the header has a column.

use std::borrow::Cow;

use strum::EnumCount;

use super::header::Header;
use super::recurring_problems::RecurringProblems;
use crate::intake::cells::{
    Column, ColumnSet, UnplacedProblem, clean, defect, is_clear, may_be_defective, too_long, trimmed,
};
use crate::problem::ProblemCode;
use crate::sheet::{Cell, CellKind, MalformedRow, Row, column_letters};
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
    /// The columns whose cell is a formula with a value.
    pub(super) formulas: ColumnSet,
    /// Whether any cell is `<clear>`.
    pub(super) has_clear: bool,
    /// Whether no cell has odd letters or several lines.
    pub(super) is_plain: bool,
}

impl<'r> RowCells<'r> {
    /// Takes the known columns of a row; cells that hold no value are problems.
    pub(super) fn take(
        header: &Header,
        row: &'r Row,
        cleaned: &'r mut CleanedCells,
        problems: &mut Vec<UnplacedProblem>,
    ) -> Self {
        let mut cells = Self {
            texts: [""; Column::COUNT],
            row: row.number(),
            filled: ColumnSet::default(),
            numbers: ColumnSet::default(),
            formulas: ColumnSet::default(),
            has_clear: false,
            is_plain: row.is_plain(),
        };
        cleaned.clear();
        for (column, position) in &header.present {
            let cell = row.cell(*position);
            if cell.is_formula && cell.kind != CellKind::Uncomputed {
                cells.formulas.insert(*column);
            }
            if cell.text.is_empty() && cell.kind == CellKind::Text {
                continue;
            }
            if cell.kind == CellKind::Text && (cells.is_plain || is_plain(cell.text)) {
                let text = trimmed(cell.text);
                if let Some(problem) = too_long(*column, text) {
                    problems.push(problem);
                    continue;
                }
                cells.put(*column, text);
                if may_be_defective(text) {
                    problems.extend(defect(*column, cell, text));
                }
            } else {
                cells.take_odd(*column, cell, cleaned, problems);
            }
        }
        // Only now, since the buffer may move while it grows.
        for (column, text) in &*cleaned {
            cells.put(*column, text);
        }
        cells
    }

    /// A cell that is empty in some other way than by having no letters, is of a workbook, or has odd letters.
    fn take_odd(
        &mut self,
        column: Column,
        cell: Cell<'r>,
        cleaned: &mut CleanedCells,
        problems: &mut Vec<UnplacedProblem>,
    ) {
        let text = clean(cell.text);
        if let Some(problem) = too_long(column, &text) {
            problems.push(problem);
            return;
        }
        problems.extend(defect(column, cell, &text));
        if matches!(cell.kind, CellKind::Number | CellKind::Date) && column.holds_text() {
            self.numbers.insert(column);
        }
        match text {
            Cow::Borrowed(text) => self.put(column, text),
            Cow::Owned(text) => cleaned.push((column, text)),
        }
    }

    fn put(&mut self, column: Column, text: &'r str) {
        self.texts[column as usize] = text;
        if !text.is_empty() {
            self.filled.insert(column);
            self.has_clear |= is_clear(text);
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

/// What is wrong with the row as a line of cells, be it the header or a row under it.
pub(in crate::intake) fn malformed_row(header: &Header, row: &Row) -> Option<UnplacedProblem> {
    let malformed = row.malformed()?;
    let has_other_width = row.len() < header.width || row.len() > header.labels().len();
    Some(match malformed {
        MalformedRow::UnclosedQuote { column } => unclosed(header, column),
        MalformedRow::PerhapsUnclosed { column } if has_other_width => unclosed(header, column),
        MalformedRow::PerhapsUnclosed { .. } => return None,
        MalformedRow::TextAfterQuote { column } => {
            let what = format!(
                "the double quote that closes {} is followed by text, so it closes nothing or what follows is lost",
                header.label(column)
            );
            let help = "double the quotes inside the cell, or leave all of them out";
            UnplacedProblem::error(ProblemCode::TextAfterQuote, what, help)
        }
        MalformedRow::StrayQuote { column, is_rest } => {
            let what = format!("the double quote at the end of {} closes nothing", header.label(column));
            let help = "if one is missing at the beginning of the cell, put it there, or leave this one out";
            if is_rest || has_other_width {
                let what = format!("{what}, and the cells of the row are not where they belong");
                UnplacedProblem::error(ProblemCode::StrayQuote, what, help)
            } else {
                UnplacedProblem::warning(ProblemCode::StrayQuote, format!("{what}, and is read as text"), help)
            }
        }
        MalformedRow::SpaceBeforeQuote { column } => {
            let what = format!(
                "the spaces before the double quote in {} make it a part of the text",
                header.label(column)
            );
            UnplacedProblem::error(
                ProblemCode::SpaceBeforeQuote,
                what,
                "leave out the spaces, or the quotes",
            )
        }
        MalformedRow::TooLong => UnplacedProblem::error(
            ProblemCode::RowTooLong,
            "the row is longer than 4 MiB, or has more than the 16,384 cells of a spreadsheet program",
            "see whether this is a sheet at all",
        ),
    })
}

fn unclosed(header: &Header, column: usize) -> UnplacedProblem {
    let what = format!(
        "the double quote in {} is not closed, so the rows after it are lost in the cell",
        header.label(column)
    );
    UnplacedProblem::error(ProblemCode::UnclosedQuote, what, "close the quote, or leave it out")
}

/// Compares the cells of the row with those of the header, whatever they say.
pub(super) fn check_width(
    header: &Header,
    row: &Row,
    is_csv: bool,
    recurring: &mut RecurringProblems,
) -> Option<UnplacedProblem> {
    let mut surplus = None;
    let filled = |position: usize| !row.cell(position).text.trim().is_empty();
    let is_ours = |position| {
        let mut ours = Column::ADDED.iter();
        ours.any(|column| header.position(*column) == Some(position))
    };
    let extra = (header.width..row.len()).find(|position| filled(*position) && !is_ours(*position));
    if let Some(position) = extra {
        // In a CSV a cell too many is a delimiter that was not quoted, so that the cells after it are in wrong columns.
        if is_csv {
            let what = format!(
                "the row has more cells than the header's {}: column {} and what follows belong to nothing",
                header.width,
                column_letters(position)
            );
            let help = "put a cell that has the delimiter in it in double quotes";
            surplus = Some(UnplacedProblem::error(ProblemCode::TooManyCells, what, help));
        } else {
            recurring.add_cell_without_header(row.number());
        }
    }
    if header.unnamed().iter().any(|position| filled(*position)) {
        recurring.add_cell_without_header(row.number());
    }
    if is_csv && row.len() < header.width {
        recurring.add_short_row(row.number());
    }
    surplus
}
