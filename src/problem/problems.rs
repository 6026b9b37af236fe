//! Findings about the input, and a bounded list of them.

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

/// Findings in the order they were made, unless they were sorted: the first [`Problems::MOST`] of each severity whole, the rest counted.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    kept: Vec<Problem>,
    errors: Count,
    warnings: Count,
}

/// The findings of one severity.
#[derive(Debug, Clone, Copy)]
struct Count {
    made: usize,
    /// How many more are kept whole.
    room: usize,
}

impl Default for Count {
    fn default() -> Self {
        Self {
            made: 0,
            room: Problems::MOST,
        }
    }
}

impl Problems {
    /// How many findings of each severity are kept whole.
    pub const MOST: usize = 100;

    /// Adds a finding.
    pub fn push(&mut self, problem: Problem) {
        let count = match problem.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        count.made += 1;
        if count.room > 0 {
            count.room -= 1;
            self.kept.push(problem);
        }
    }

    /// Adds findings that were made after these.
    pub fn append(&mut self, later: Self) {
        let errors = self.errors.made + later.errors.made;
        let warnings = self.warnings.made + later.warnings.made;
        for problem in later.kept {
            self.push(problem);
        }
        self.errors.made = errors;
        self.warnings.made = warnings;
    }

    /// An empty list for findings made after these, which keeps whole only what these leave room for.
    #[must_use]
    pub fn continued(&self) -> Self {
        Self {
            kept: Vec::new(),
            errors: Count { made: 0, ..self.errors },
            warnings: Count {
                made: 0,
                ..self.warnings
            },
        }
    }

    /// Puts the findings that are kept into the order of this key; those with the same key stay in the order they were
    /// made.
    pub fn sort_by_key<K: Ord>(&mut self, key: impl FnMut(&Problem) -> K) {
        self.kept.sort_by_key(key);
    }

    /// The findings that are kept whole.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.kept.iter()
    }

    /// How many errors there are in all.
    pub fn errors(&self) -> usize {
        self.errors.made
    }

    /// How many warnings there are in all.
    pub fn warnings(&self) -> usize {
        self.warnings.made
    }

    /// How many findings were counted but not kept.
    pub fn left_out(&self) -> usize {
        self.errors() + self.warnings() - self.kept.len()
    }
}
