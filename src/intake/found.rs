//! What rows say, and what is found out about them on the way.

use strum::EnumCount;

use super::fact::Fact;
use super::result::Refused;
use super::tally::Tally;
use crate::model::{OperationKind, Row};
use crate::problem::Problems;

/// What a run of rows says, and what was found out about them. That of two runs which follow each
/// other is put together with [`append`](Self::append).
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) problems: Problems,
    /// In no order that matters.
    pub(super) facts: Vec<Vec<Fact>>,
    pub(super) rows: Vec<Row>,
    pub(super) refused: Vec<Refused>,
    pub(super) counts: [usize; OperationKind::COUNT],
    pub(super) row_count: usize,
    pub(super) ignored: usize,
    /// Of the rows of one worksheet.
    pub(super) tally: Tally,
    /// Words that mean no known bundle, for the organization to be asked; each once.
    pub(super) unknown_codes: Vec<String>,
}

impl Found {
    /// How many unknown words are kept.
    pub(super) const MOST_UNKNOWN: usize = 4096;

    /// Adds what was found in the rows after these.
    pub(super) fn append(&mut self, later: Self) {
        self.problems.append(later.problems);
        self.facts.extend(later.facts);
        self.rows.extend(later.rows);
        self.refused.extend(later.refused);
        for (count, more) in self.counts.iter_mut().zip(later.counts) {
            *count += more;
        }
        self.row_count += later.row_count;
        self.ignored += later.ignored;
        self.tally.append(later.tally);
        for word in later.unknown_codes {
            self.unknown_code(word);
        }
    }

    /// Adds a word that means no known bundle.
    pub(super) fn unknown_code(&mut self, word: String) {
        if self.unknown_codes.len() < Self::MOST_UNKNOWN && !self.unknown_codes.contains(&word) {
            self.unknown_codes.push(word);
        }
    }
}
