//! A problem with its place, and a bounded list of them.

use std::fmt;
use std::sync::Arc;

use super::ProblemCode;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look; the sheet runs.
    Warning,
    /// The row (or the sheet) cannot run.
    Error,
}

/// Where a problem is: as much of worksheet, row and column as applies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// The worksheet; empty for a CSV.
    pub sheet: Arc<str>,
    /// The row, as the spreadsheet program numbers it.
    pub row: Option<u32>,
    /// The column's header as the sheet writes it, and its letter: `E-mail (column B)`.
    pub column: Option<String>,
}

/// One thing that is wrong with the input, or worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What it is, for programs.
    pub code: ProblemCode,
    /// Where it is.
    pub location: Location,
    /// What is wrong.
    pub what: String,
    /// What to write instead; may be empty.
    pub help: String,
}

impl fmt::Display for Location {
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

/// Problems in the order they were found, unless they were sorted. The first [`Problems::MOST`] of each severity are
/// kept, the rest are only counted.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    kept: Vec<Problem>,
    errors: Count,
    warnings: Count,
}

/// How many problems there are of one severity.
#[derive(Debug, Clone, Copy)]
struct Count {
    found: usize,
    /// How many more can be kept.
    room: usize,
}

impl Default for Count {
    fn default() -> Self {
        Self {
            found: 0,
            room: Problems::MOST,
        }
    }
}

impl Problems {
    /// How many problems of each severity are kept.
    pub const MOST: usize = 100;

    /// Adds a problem.
    pub fn push(&mut self, problem: Problem) {
        let count = match problem.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        count.found += 1;
        if count.room > 0 {
            count.room -= 1;
            self.kept.push(problem);
        }
    }

    /// Adds problems that were found after these.
    pub fn append(&mut self, later: Self) {
        // Counted before the pushes below, which see only those that `later` has kept.
        let errors = self.errors.found + later.errors.found;
        let warnings = self.warnings.found + later.warnings.found;
        for problem in later.kept {
            self.push(problem);
        }
        self.errors.found = errors;
        self.warnings.found = warnings;
    }

    /// An empty list for problems found after these. It keeps only as many as these leave room for: the others would be
    /// dropped by [`append`](Self::append) anyway.
    #[must_use]
    pub fn continued(&self) -> Self {
        Self {
            kept: Vec::new(),
            errors: Count {
                found: 0,
                ..self.errors
            },
            warnings: Count {
                found: 0,
                ..self.warnings
            },
        }
    }

    /// Sorts the problems that are kept by this key; those with the same key stay in the order they were found.
    pub fn sort_by_key<K: Ord>(&mut self, key: impl FnMut(&Problem) -> K) {
        self.kept.sort_by_key(key);
    }

    /// The problems that are kept.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.kept.iter()
    }

    /// How many errors there are in all.
    pub fn errors(&self) -> usize {
        self.errors.found
    }

    /// How many warnings there are in all.
    pub fn warnings(&self) -> usize {
        self.warnings.found
    }

    /// How many problems were counted but not kept.
    pub fn left_out(&self) -> usize {
        self.errors() + self.warnings() - self.kept.len()
    }
}
