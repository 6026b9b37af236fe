//! The cells of one row by column, cleaned.

use std::borrow::Cow;

use super::address::look_alike;
use super::clean::{clean, is_error_value, is_exponent};
use super::column::{Column, ColumnSet};
use super::fault::Fault;
use super::header::Header;
use crate::sheet::{Cell, CellKind, Row};

/// Cells that had to be changed to be clean, in a buffer that is reused from row to row.
pub(super) type Cleaned = Vec<(Column, String)>;

/// The cells of one row by column, cleaned; an absent column is an empty cell.
#[derive(Debug)]
pub(super) struct Cells<'r> {
    texts: [&'r str; Column::ALL.len()],
    /// The columns whose cell is not empty.
    pub(super) filled: ColumnSet,
    /// The columns whose cell was a number or a date of a workbook where text is expected.
    pub(super) numbers: ColumnSet,
}

impl<'r> Cells<'r> {
    /// Takes the known columns of a row; cells that hold no value are findings.
    pub(super) fn take(header: &Header, row: &'r Row, cleaned: &'r mut Cleaned, faults: &mut Vec<Fault>) -> Self {
        let mut cells = Self {
            texts: [""; Column::ALL.len()],
            filled: ColumnSet::default(),
            numbers: ColumnSet::default(),
        };
        cleaned.clear();
        for (column, position) in &header.present {
            let cell = row.cell(*position);
            if cell.text.is_empty() && cell.kind == CellKind::Text {
                continue;
            }
            let text = clean(cell.text);
            if column.is_meaningful() {
                faults.extend(spoilt(*column, cell, &text).map(|fault| fault.at(*column)));
            }
            if text.is_empty() {
                continue;
            }
            cells.filled.insert(*column);
            if matches!(cell.kind, CellKind::Number | CellKind::Date) && is_textual(*column) {
                cells.numbers.insert(*column);
            }
            match text {
                Cow::Borrowed(text) => cells.texts[*column as usize] = text,
                Cow::Owned(text) => cleaned.push((*column, text)),
            }
        }
        for (column, text) in &*cleaned {
            cells.texts[*column as usize] = text;
        }
        cells
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

/// Cells in which a number is likely to be an identifier that lost digits.
fn is_textual(column: Column) -> bool {
    matches!(
        column,
        Column::User
            | Column::Username
            | Column::Group
            | Column::Groups
            | Column::RemoveGroups
            | Column::Password
            | Column::Name
            | Column::Surname
            | Column::DisplayName
    )
}

/// What keeps a cell from being a value, or makes it suspicious.
fn spoilt(column: Column, cell: Cell<'_>, text: &str) -> Option<Fault> {
    if cell.kind == CellKind::Uncomputed {
        return Some(Fault::error(
            "formula-without-value",
            "the cell holds a formula whose value was never computed",
            "open the workbook in the spreadsheet program, let it compute, and save it",
        ));
    }
    if cell.kind == CellKind::Error || is_error_value(text) {
        return Some(Fault::error(
            "error-value",
            format!("the cell shows the error `{text}`"),
            "mend the formula, or write the value in its place",
        ));
    }
    if is_textual(column) && is_exponent(text) {
        return Some(Fault::error(
            "lost-digits",
            format!("`{text}` is a long number that the spreadsheet program shortened"),
            "format the column as text and write the number again",
        ));
    }
    if text.is_ascii() && cell.text.is_ascii() {
        return None;
    }
    if text.contains('\u{fffd}') {
        return Some(Fault::error(
            "lost-letters",
            format!("`{text}` has letters that were lost in a conversion"),
            "write them again, and save the sheet as CSV UTF-8 or as a workbook",
        ));
    }
    let address = matches!(
        column,
        Column::User | Column::Email | Column::NewEmail | Column::Username
    );
    let odd = look_alike(cell.text, text).filter(|_| address)?;
    Some(Fault::warning(
        "look-alike-address",
        format!("`{text}` {odd}"),
        "type it by hand if it came from a message or a web page",
    ))
}
