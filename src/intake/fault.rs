//! What is wrong with a row, before it is known where the row stands.

use std::sync::Arc;

use super::column::Column;
use crate::problem::{Location, Problem, ProblemCode, Severity};

/// A finding about one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) severity: Severity,
    pub(super) code: ProblemCode,
    pub(super) column: Option<Column>,
    pub(super) what: String,
    pub(super) help: String,
}

/// A cell as a message shows it: cells may be of any length, messages not.
pub(super) fn shown(cell: &str) -> String {
    crate::text::clean(cell, 80)
}

impl Fault {
    /// The row cannot run.
    pub(super) fn error(code: ProblemCode, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            column: None,
            what: what.into(),
            help: help.into(),
        }
    }

    /// The row runs, but is worth a look.
    pub(super) fn warning(code: ProblemCode, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, what, help)
        }
    }

    /// The same finding, about a cell of this column.
    #[must_use]
    pub(super) fn at(mut self, column: Column) -> Self {
        self.column = Some(column);
        self
    }

    /// The finding at its place; `column` is what the column is called there.
    pub(super) fn into_problem(self, sheet: Arc<str>, row: Option<u32>, column: Option<String>) -> Problem {
        Problem {
            severity: self.severity,
            code: self.code,
            location: Location { sheet, row, column },
            what: self.what,
            help: self.help,
        }
    }
}
