//! A problem with its place, and a bounded list of them.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

use super::{ProblemCode, RowNumbers};
use crate::model::Shared;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth a look; the sheet runs.
    Warning,
    /// The row (or the sheet) cannot run.
    Error,
}

impl Severity {
    /// The word for it, for people and for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Where a problem is: as much of worksheet, rows and column as applies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// The worksheet; empty for a CSV.
    pub sheet: Shared<str>,
    /// The rows, as the spreadsheet program numbers them.
    pub rows: RowNumbers,
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
    /// How many cells have it, or how many rows where it is not about a cell; 1 for the file as a whole.
    pub count: usize,
}

impl Problem {
    /// Whether the other says the same of other rows.
    fn is_same(&self, other: &Self) -> bool {
        let Self {
            severity,
            code,
            location: Location { sheet, rows: _, column },
            what,
            help,
            count: _,
        } = self;
        (*severity, *code) == (other.severity, other.code)
            && *what == other.what
            && *sheet == other.location.sheet
            && *column == other.location.column
            && *help == other.help
    }

    /// Equal for problems that are the same.
    fn fingerprint(&self) -> u64 {
        // Without a seed, so that a list is the same in every run.
        let mut hasher = DefaultHasher::new();
        (self.severity, self.code, &self.location.sheet, &self.location.column).hash(&mut hasher);
        self.what.hash(&mut hasher);
        hasher.finish()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if !self.sheet.is_empty() {
            parts.push(format!("sheet `{}`", self.sheet));
        }
        if self.rows.count() > 0 {
            parts.push(self.rows.to_string());
        }
        if let Some(column) = &self.column {
            parts.push(format!("column {column}"));
        }
        out.write_str(&parts.join(", "))
    }
}

/// Problems in the order they were found, unless they were sorted. Those that say the same of several rows are one, at
/// the first of them. The first [`Problems::MOST`] of each severity are kept, the rest are only counted.
#[derive(Debug, Clone)]
pub struct Problems {
    kept: Vec<Problem>,
    /// Where each is, by its fingerprint.
    positions: BTreeMap<u64, usize>,
    errors: Count,
    warnings: Count,
}

/// How many problems there are of one severity.
#[derive(Debug, Clone, Copy)]
struct Count {
    /// How many cells or rows have one.
    found: usize,
    /// How many more can be kept.
    room: usize,
}

impl Default for Problems {
    fn default() -> Self {
        Self::with_room(Self::MOST)
    }
}

impl Problems {
    /// How many problems of each severity are kept.
    pub const MOST: usize = 100;

    /// A list that keeps all, for the problems of a few rows: which of them say the same as earlier ones only shows
    /// when they are [appended](Self::append).
    pub fn of_few_rows() -> Self {
        Self::with_room(usize::MAX)
    }

    fn with_room(room: usize) -> Self {
        let count = Count { found: 0, room };
        Self {
            kept: Vec::new(),
            positions: BTreeMap::new(),
            errors: count,
            warnings: count,
        }
    }

    /// Adds a problem.
    pub fn push(&mut self, problem: Problem) {
        let count = match problem.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        count.found += problem.count;
        let fingerprint = problem.fingerprint();
        let same = self
            .positions
            .get(&fingerprint)
            .map(|position| &mut self.kept[*position]);
        if let Some(same) = same.filter(|same| same.is_same(&problem)) {
            same.location.rows.append(&problem.location.rows);
            same.count += problem.count;
        } else if count.room > 0 {
            count.room -= 1;
            self.positions.insert(fingerprint, self.kept.len());
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

    /// Sorts the problems that are kept by this key; those with the same key stay in the order they were found.
    pub fn sort_by_key<K: Ord>(&mut self, key: impl FnMut(&Problem) -> K) {
        self.kept.sort_by_key(key);
        self.index();
    }

    /// Notes anew where each problem is.
    fn index(&mut self) {
        let positions = self.kept.iter().enumerate();
        self.positions = positions
            .map(|(position, kept)| (kept.fingerprint(), position))
            .collect();
    }

    /// The same, with other names of worksheets, where problems of several files are told together.
    #[must_use]
    pub fn with_sheets(mut self, name: impl Fn(&str) -> Shared<str>) -> Self {
        for problem in &mut self.kept {
            problem.location.sheet = name(&problem.location.sheet);
        }
        // What says the same is found by where it is.
        self.index();
        self
    }

    /// The problems that are kept.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.kept.iter()
    }

    /// How many errors there are in all: every cell and row that has one counts.
    pub fn errors(&self) -> usize {
        self.errors.found
    }

    /// How many warnings there are in all, likewise.
    pub fn warnings(&self) -> usize {
        self.warnings.found
    }

    /// How many errors and warnings were counted but not kept.
    pub fn left_out(&self) -> usize {
        self.errors() + self.warnings() - self.kept.iter().map(|problem| problem.count).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn problem(row: u32, word: usize) -> Problem {
        Problem {
            severity: if word.is_multiple_of(3) {
                Severity::Warning
            } else {
                Severity::Error
            },
            code: ProblemCode::UnknownBundleCode,
            location: Location {
                rows: row.into(),
                ..Location::default()
            },
            what: format!("`{word}` is no known licence"),
            help: String::new(),
            count: 1,
        }
    }

    fn told(problems: &Problems) -> Vec<(String, usize)> {
        let told = problems.iter();
        told.map(|problem| (format!("{}: {}", problem.location, problem.what), problem.count))
            .collect()
    }

    #[test]
    fn ten_thousand_cells_with_one_slip_are_one_problem_that_names_them() {
        let mut problems = Problems::default();
        for row in 2..10_002 {
            problems.push(problem(row, 1));
        }
        problems.push(problem(20_000, 2));
        assert_eq!(
            told(&problems),
            [
                ("rows 2–10001: `1` is no known licence".to_owned(), 10_000),
                ("row 20000: `2` is no known licence".to_owned(), 1)
            ]
        );
        assert_eq!((problems.errors(), problems.left_out()), (10_001, 0));
    }

    proptest! {
        /// Whichever thread reads which rows, a person is told the same.
        #[test]
        fn problems_of_parts_say_the_same_as_those_of_the_whole(
            words in prop::collection::vec(0_usize..700, 0..1_500),
            part in 1_usize..400,
        ) {
            let rows: Vec<Problem> = (2..).zip(words).map(|(row, word)| problem(row, word)).collect();
            let mut whole = Problems::default();
            for problem in &rows {
                whole.push(problem.clone());
            }
            let mut joined = Problems::default();
            for rows in rows.chunks(part) {
                let mut some = Problems::of_few_rows();
                for problem in rows {
                    some.push(problem.clone());
                }
                joined.append(some);
            }
            prop_assert_eq!(told(&joined), told(&whole));
            prop_assert_eq!(
                (joined.errors(), joined.warnings(), joined.left_out()),
                (whole.errors(), whole.warnings(), whole.left_out())
            );
            prop_assert_eq!(whole.errors() + whole.warnings(), rows.len());
        }
    }
}
