//! A problem before it is known where in the file it is.

use super::{Column, ColumnSet};
use crate::model::Shared;
use crate::problem::{Location, Problem, ProblemCode, RowNumbers, Severity};

/// A problem of a cell, a row or a header, by those who do not know which row they look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::intake) struct UnplacedProblem {
    pub(in crate::intake) severity: Severity,
    pub(in crate::intake) code: ProblemCode,
    pub(in crate::intake) column: Option<Column>,
    pub(in crate::intake) what: String,
    pub(in crate::intake) help: String,
}

impl UnplacedProblem {
    /// The row cannot run.
    pub(in crate::intake) fn error(code: ProblemCode, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            column: None,
            what: what.into(),
            help: help.into(),
        }
    }

    /// The row runs, but is worth a look.
    pub(in crate::intake) fn warning(code: ProblemCode, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, what, help)
        }
    }

    /// The same problem, of a cell of this column.
    #[must_use]
    pub(in crate::intake) fn at(mut self, column: Column) -> Self {
        self.column = Some(column);
        self
    }

    /// The same problem, with this to do about it.
    #[must_use]
    pub(in crate::intake) fn answered(mut self, help: &str) -> Self {
        help.clone_into(&mut self.help);
        self
    }

    /// The problem at its place. `column` is what the sheet calls the column.
    pub(in crate::intake) fn placed(self, sheet: Shared<str>, row: Option<u32>, column: Option<String>) -> Problem {
        Problem {
            severity: self.severity,
            code: self.code,
            location: Location {
                sheet,
                rows: row.map(RowNumbers::from).unwrap_or_default(),
                column,
            },
            what: self.what,
            help: self.help,
            count: 1,
        }
    }

    /// The problem in one sentence, for the results file.
    pub(in crate::intake) fn sentence(&self) -> String {
        if self.help.is_empty() {
            self.what.clone()
        } else {
            format!("{} ({})", self.what, self.help)
        }
    }

    /// The problem of the file, or of the command line.
    pub(in crate::intake) fn of_file(self) -> Problem {
        self.placed("".into(), None, None)
    }
}

/// The columns for which an error is reported.
pub(in crate::intake) fn columns_with_errors(problems: &[UnplacedProblem]) -> ColumnSet {
    let mut columns = ColumnSet::default();
    for problem in problems.iter().filter(|problem| problem.severity == Severity::Error) {
        if let Some(column) = problem.column {
            columns.insert(column);
        }
    }
    columns
}

/// A cell as a message shows it: cells may be of any length, messages not.
pub(in crate::intake) fn excerpt(cell: &str) -> String {
    crate::text::clean(cell, 80)
}
