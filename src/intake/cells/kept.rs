//! Whether a value survives being written into a cell, for sheets that reseat writes.

use super::Column;
use super::cleaning::{clean, is_clear};
use super::defects::{defect, too_long};
use super::scalar::{names_several_people, user_name_fault};
use crate::problem::Severity;
use crate::sheet::{Cell, CellKind};
use crate::text::escape_formula;

/// Whether a cell of this column that holds this text is read back as this very text, without an error. A name of
/// somebody who is called `<clear>` is not, nor one with a space at its end.
pub fn is_kept(column: Column, text: &str) -> bool {
    let written = escape_formula(text);
    let cell = Cell {
        text: &written,
        kind: CellKind::Text,
        is_formula: false,
    };
    let is_error = || defect(column, cell, text).is_some_and(|problem| problem.severity == Severity::Error);
    let is_called_so = || user_name_fault(text).is_none() && !names_several_people(text);
    clean(&written) == text
        && (column != Column::Username || is_called_so())
        && !text.contains('\n')
        && !is_clear(text)
        && too_long(column, &written, text).is_none()
        && !is_error()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_read_as_something_else_is_not_kept() {
        for text in [
            "Ann",
            "=1+1",
            "'=1+1",
            "-Bar",
            "'t Hooft",
            "Zoë \"Z\" O'Hara",
            "N/A",
            "None",
            "007",
            "@me",
        ] {
            assert!(is_kept(Column::Name, text), "{text}");
        }
        for text in [
            "<clear>",
            "<CLEAR>",
            "Ann ",
            "Ann\nLee",
            "#N/A",
            "#NAME?",
            "1.2E+10",
            "An\u{200b}n",
            "Zo\u{fffd}",
        ] {
            assert!(!is_kept(Column::Name, text), "{text}");
        }
        for text in ["ann; bob", "Total: 2"] {
            assert!(!is_kept(Column::Username, text), "{text}");
        }
        assert!(is_kept(Column::Username, "ann"));
    }
}
