//! Findings about the input: all at once, each with a stable code, a place and a mend.

mod list;

pub use list::Problems;

use std::fmt;
use std::sync::Arc;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look; the sheet runs.
    Warning,
    /// The row (or the sheet) cannot run.
    Error,
}

/// Where a finding is: as much of file, sheet, row and column as applies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spot {
    /// The worksheet; empty for a CSV.
    pub sheet: Arc<str>,
    /// The row, as the spreadsheet program numbers it.
    pub row: Option<u32>,
    /// The column's header as the sheet writes it, and its letter: `E-mail (column B)`.
    pub column: Option<String>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// A stable code in kebab-case, for machines: `unknown-bundle-code`.
    pub code: &'static str,
    /// Where it is.
    pub spot: Spot,
    /// What is wrong.
    pub what: String,
    /// What to write instead; may be empty.
    pub help: String,
}

impl fmt::Display for Spot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if !self.sheet.is_empty() {
            parts.push(format!("sheet `{}`", self.sheet));
        }
        if let Some(row) = self.row {
            parts.push(format!("row {row}"));
        }
        if let Some(column) = &self.column {
            parts.push(format!("column {column}"));
        }
        out.write_str(&parts.join(", "))
    }
}
