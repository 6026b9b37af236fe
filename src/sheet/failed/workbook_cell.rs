//! How a cell is written into a workbook, so that the same is read from it again.

use calamine::{ExcelDateTime as Read, ExcelDateTimeType};
use rust_xlsxwriter::ExcelDateTime;

use super::table::FailedCell;
use crate::sheet::row::CellKind;
use crate::sheet::workbook::{write_date, write_number};
use crate::sheet::workbook_text::{LONGEST, units};

/// Stands where a formula has no value: a row must not run with what the writer put in its place.
const UNCOMPUTED: &str = "#UNCOMPUTED!";
/// Likewise where there was no value at all.
const UNREADABLE: &str = "#UNREADABLE!";
/// Likewise where the text is longer than fits a cell.
const TOO_LONG: &str = "#TOO_LONG!";

/// A cell of a workbook.
#[derive(Debug, PartialEq)]
pub(super) enum WorkbookCell<'c> {
    Empty,
    Text(&'c str),
    Number(f64),
    Bool(bool),
    /// A date, a time, or both as the number of its day, and the format that shows it.
    Date(f64, &'static str),
}

impl<'c> From<&'c FailedCell> for WorkbookCell<'c> {
    fn from(cell: &'c FailedCell) -> Self {
        let text = cell.text.as_str();
        let typed = match cell.kind {
            CellKind::Uncomputed => return Self::Text(UNCOMPUTED),
            CellKind::Unreadable => return Self::Text(UNREADABLE),
            CellKind::Number => number(text).map(Self::Number),
            CellKind::Date => date(text).map(|(day, format)| Self::Date(day, format)),
            CellKind::Bool => match text {
                "TRUE" => Some(Self::Bool(true)),
                "FALSE" => Some(Self::Bool(false)),
                _ => None,
            },
            CellKind::Text | CellKind::Error => None,
        };
        match typed {
            Some(typed) => typed,
            None if text.is_empty() => Self::Empty,
            None if units(text) > LONGEST => Self::Text(TOO_LONG),
            None => Self::Text(text),
        }
    }
}

/// The number, if it is read again as the same text.
fn number(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok().filter(|number: &f64| number.is_finite())?;
    let mut again = String::new();
    write_number(number, &mut again);
    (again == text).then_some(number)
}

/// The date, if it is read again as the same text.
fn date(text: &str) -> Option<(f64, &'static str)> {
    let format = match text.len() {
        8 => "hh:mm:ss",
        10 => "yyyy-mm-dd",
        19 => "yyyy-mm-dd hh:mm:ss",
        _ => return None,
    };
    let day = ExcelDateTime::parse_from_str(text).ok()?.to_excel();
    let mut again = String::new();
    write_date(&Read::new(day, ExcelDateTimeType::DateTime, false), &mut again);
    (again == text).then_some((day, format))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(kind: CellKind, text: &str) -> FailedCell {
        FailedCell {
            text: text.to_owned(),
            kind,
            fill: None,
        }
    }

    #[test]
    fn a_cell_keeps_its_kind_where_the_same_text_is_read_again_and_is_a_text_where_not() {
        let long = "x".repeat(LONGEST + 1);
        for (kind, text, written) in [
            (CellKind::Number, "42", WorkbookCell::Number(42.0)),
            (CellKind::Number, "1.5E-12", WorkbookCell::Number(1.5e-12)),
            (CellKind::Number, "007", WorkbookCell::Text("007")),
            (CellKind::Number, "NaN", WorkbookCell::Text("NaN")),
            (CellKind::Bool, "TRUE", WorkbookCell::Bool(true)),
            (CellKind::Text, "42", WorkbookCell::Text("42")),
            (CellKind::Text, "=1+1", WorkbookCell::Text("=1+1")),
            (CellKind::Text, "", WorkbookCell::Empty),
            (CellKind::Text, &long[1..], WorkbookCell::Text(&long[1..])),
            (CellKind::Text, &long, WorkbookCell::Text("#TOO_LONG!")),
            (CellKind::Error, "#N/A", WorkbookCell::Text("#N/A")),
            (CellKind::Uncomputed, "0", WorkbookCell::Text("#UNCOMPUTED!")),
            (CellKind::Unreadable, "NaN", WorkbookCell::Text("#UNREADABLE!")),
            (CellKind::Date, "0044-03-15", WorkbookCell::Text("0044-03-15")),
            (CellKind::Date, "2026-02-30", WorkbookCell::Text("2026-02-30")),
            (CellKind::Date, "27:30:00", WorkbookCell::Text("27:30:00")),
            (CellKind::Date, "9 March", WorkbookCell::Text("9 March")),
        ] {
            assert_eq!(WorkbookCell::from(&cell(kind, text)), written, "{kind:?} {text}");
        }
        for (text, shown) in [
            ("2026-03-01", "yyyy-mm-dd"),
            ("2026-03-01 09:30:01", "yyyy-mm-dd hh:mm:ss"),
            ("09:30:00", "hh:mm:ss"),
        ] {
            let cell = cell(CellKind::Date, text);
            let written = WorkbookCell::from(&cell);
            assert!(
                matches!(written, WorkbookCell::Date(_, format) if format == shown),
                "{written:?}"
            );
        }
    }
}
