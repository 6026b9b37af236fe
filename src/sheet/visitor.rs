//! Whoever looks at the rows of a sheet.

use super::delimited::Lines;
use super::encoding_doubt::EncodingDoubt;
use super::row::Row;
use crate::model::Shared;

/// What a visitor wants to see next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visit {
    /// The rows of this sheet.
    Rows,
    /// No more of this sheet; the next one.
    Skip,
}

/// Someone who looks at every row of a sheet, unless it says otherwise.
pub trait Visitor {
    /// A worksheet begins; its name is empty for a CSV.
    fn sheet(&mut self, _sheet: &Shared<str>) -> Visit {
        Visit::Rows
    }

    /// The worksheet that has just begun is one that the spreadsheet program hides.
    fn sheet_is_hidden(&mut self) {}

    /// The letters beyond ASCII of the worksheet that has just begun may be read wrongly.
    fn encoding_is_doubtful(&mut self, _doubt: EncodingDoubt) {}

    /// A worksheet that cannot be read, or has no table; the reason reads after "skipped because".
    fn sheet_skipped(&mut self, _sheet: &Shared<str>, _reason: &str) {}

    /// In the worksheet that has just begun, the columns from the first of these positions to the last, from 0, have this
    /// width, in digits.
    fn columns_have_width(&mut self, _columns: (usize, usize), _width: f64) {}

    /// In the worksheet that has just begun, the spreadsheet program hides the columns from the first of these positions to
    /// the last, from 0; before the first row.
    fn columns_are_hidden(&mut self, _columns: (usize, usize)) {}

    /// A row that is not empty. Whoever wants to keep it may leave another in its place, of which
    /// only the memory is used.
    fn row(&mut self, _row: &mut Row) -> Visit {
        Visit::Rows
    }

    /// Rows of a CSV that are still together, for whoever wants to take them apart elsewhere, and may leave others in their
    /// place as with [`row`](Self::row).
    fn lines(&mut self, lines: &mut Lines) -> Visit {
        let mut row = Row::default();
        while lines.read(&mut row) {
            if self.row(&mut row) == Visit::Skip {
                return Visit::Skip;
            }
        }
        Visit::Rows
    }
}
