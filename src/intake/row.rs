//! The cells of one row by column, cleaned.

use std::borrow::Cow;

use super::address::look_alike;
use super::clean::{clean, is_clear, is_error_value, is_exponent, trimmed};
use super::column::{Column, ColumnSet};
use super::fault::{Fault, shown};
use super::header::Header;
use crate::problem::ProblemCode;
use crate::sheet::{Cell, CellKind, Row};
use crate::text::{is_plain, plural};

/// Cells that had to be changed to be clean, in a buffer that is reused from row to row.
pub(super) type Cleaned = Vec<(Column, String)>;

/// How many letters a cell of a spreadsheet program holds, at up to four bytes each.
const LONGEST_CELL: usize = 32_767 * 4;

/// The cells of one row by column, cleaned; an absent column is an empty cell.
#[derive(Debug)]
pub(super) struct Cells<'r> {
    texts: [&'r str; Column::ALL.len()],
    /// The columns whose cell is not empty.
    pub(super) filled: ColumnSet,
    /// The columns whose cell was a number or a date of a workbook where text is expected.
    pub(super) numbers: ColumnSet,
    /// Whether any cell is `<clear>`.
    pub(super) has_clear: bool,
    /// Whether no cell has odd letters or several lines.
    pub(super) is_plain: bool,
}

impl<'r> Cells<'r> {
    /// Takes the known columns of a row; cells that hold no value are findings.
    pub(super) fn take(header: &Header, row: &'r Row, cleaned: &'r mut Cleaned, faults: &mut Vec<Fault>) -> Self {
        let mut cells = Self {
            texts: [""; Column::ALL.len()],
            filled: ColumnSet::default(),
            numbers: ColumnSet::default(),
            has_clear: false,
            is_plain: row.is_plain(),
        };
        cleaned.clear();
        for (column, position) in &header.present {
            let cell = row.cell(*position);
            if cell.text.is_empty() && cell.kind == CellKind::Text {
                continue;
            }
            if cell.kind == CellKind::Text && (cells.is_plain || is_plain(cell.text)) {
                let text = trimmed(cell.text);
                if text.len() > LONGEST_CELL && column.is_meaningful() {
                    faults.push(too_long(text).at(*column));
                    continue;
                }
                cells.put(*column, text);
                if matches!(text.as_bytes(), [b'#' | b'=' | b'E' | b'0'..=b'9', ..]) {
                    faults.extend(spoilt(*column, cell, text));
                }
            } else {
                cells.take_odd(*column, cell, cleaned, faults);
            }
        }
        for (column, text) in &*cleaned {
            cells.put(*column, text);
        }
        cells
    }

    /// A cell that is empty in some other way than by having no letters, is of a workbook, or has odd letters.
    fn take_odd(&mut self, column: Column, cell: Cell<'r>, cleaned: &mut Cleaned, faults: &mut Vec<Fault>) {
        let text = clean(cell.text);
        if text.len() > LONGEST_CELL && column.is_meaningful() {
            faults.push(too_long(&text).at(column));
            return;
        }
        faults.extend(spoilt(column, cell, &text));
        if matches!(cell.kind, CellKind::Number | CellKind::Date) && is_textual(column) {
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

fn too_long(text: &str) -> Fault {
    Fault::error(
        ProblemCode::CellTooLong,
        format!(
            "the cell holds {}, more than any cell of a spreadsheet program",
            plural(text.chars().count(), "character")
        ),
        "see whether a double quote is missing, or whether this is a sheet at all",
    )
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
    let fault = fault(column, cell, text)?;
    Some(fault.at(column))
}

/// A formula that stands in the cell itself: no address, group or licence begins like that, while a person's name is
/// taken as it is written.
fn formula_as_text(column: Column, text: &str) -> Option<Fault> {
    match column {
        Column::Password => None,
        Column::Name | Column::Surname | Column::DisplayName => Some(Fault::warning(
            ProblemCode::FormulaAsText,
            format!(
                "`{}` looks like a formula, and is sent as the text that it is",
                shown(text)
            ),
            "if it is one, let the spreadsheet program compute it and save the sheet again",
        )),
        _ => Some(Fault::error(
            ProblemCode::FormulaAsText,
            format!("the cell holds a formula, `{}`, and not its value", shown(text)),
            "let the spreadsheet program compute it and save the sheet again, or write the value",
        )),
    }
}

fn fault(column: Column, cell: Cell<'_>, text: &str) -> Option<Fault> {
    if !column.is_meaningful() {
        return None;
    }
    if cell.kind == CellKind::Uncomputed {
        return Some(Fault::error(
            ProblemCode::FormulaWithoutValue,
            "the cell holds a formula whose value was never computed",
            "open the workbook in the spreadsheet program, let it compute, and save it",
        ));
    }
    if cell.kind == CellKind::Error || is_error_value(text) {
        return Some(Fault::error(
            ProblemCode::ErrorValue,
            format!("the cell shows the error `{text}`"),
            "mend the formula, or write the value in its place",
        ));
    }
    if cell.text.trim_start().starts_with('=') {
        return formula_as_text(column, text);
    }
    if is_textual(column) && is_exponent(text) {
        return Some(Fault::error(
            ProblemCode::LostDigits,
            format!(
                "`{}` is a long number that the spreadsheet program shortened",
                shown(text)
            ),
            "format the column as text and write the number again",
        ));
    }
    if is_plain(cell.text) {
        return None;
    }
    if text.contains('\u{fffd}') {
        return Some(Fault::error(
            ProblemCode::LostLetters,
            format!("`{}` has letters that were lost in a conversion", shown(text)),
            "write them again, and save the sheet as CSV UTF-8 or as a workbook",
        ));
    }
    let address = matches!(
        column,
        Column::User | Column::Email | Column::NewEmail | Column::Username
    );
    let odd = look_alike(cell.text, text).filter(|_| address)?;
    Some(Fault::warning(
        ProblemCode::LookAlikeAddress,
        format!("`{}` {odd}", shown(text)),
        "type it by hand if it came from a message or a web page",
    ))
}
