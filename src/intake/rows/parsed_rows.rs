//! What parsing some rows of a worksheet gives.

use std::collections::BTreeSet;

use strum::{EnumCount, IntoEnumIterator};

use super::date_columns::{DateColumns, refuse};
use super::doubtful_letters::DoubtfulLetters;
use super::header_again::below_header_again;
use super::recurring_problems::RecurringProblems;
use super::statements::Statements;
use super::unused_dates::UnusedDates;
use crate::intake::waiting_rows::WaitingRows;
use crate::model::{BundleCode, OperationKind, Place, Row, RowKey, RowReport};
use crate::problem::Problems;

/// What some consecutive rows of one worksheet say, and what is wrong with them. The results for rows that follow each
/// other are joined with [`append`](Self::append).
#[derive(Debug, Default)]
pub(in crate::intake) struct ParsedRows {
    pub(in crate::intake) problems: Problems,
    pub(in crate::intake) statements: Statements,
    pub(in crate::intake) rows: Vec<Row>,
    /// Rows that are finished, of which no more is kept.
    pub(in crate::intake) finished: Vec<(RowKey, Place)>,
    pub(in crate::intake) refused: Vec<RowReport>,
    /// The first row that is the header of another table, which what is below it belongs to.
    pub(in crate::intake) other_table: Option<u32>,
    /// How many rows there are of each operation, valid or not, by `OperationKind as usize`.
    pub(in crate::intake) operation_counts: [usize; OperationKind::COUNT],
    /// How many rows there are, ignored ones aside.
    pub(in crate::intake) row_count: usize,
    pub(in crate::intake) ignored: usize,
    /// How many of the ignored rows are examples of a template.
    pub(in crate::intake) examples: usize,
    pub(in crate::intake) recurring: RecurringProblems,
    pub(in crate::intake) letters: DoubtfulLetters,
    pub(in crate::intake) dates: DateColumns,
    pub(in crate::intake) unused_dates: UnusedDates,
    /// Those that are not due yet, of the worksheets that are read.
    pub(in crate::intake) waiting: WaitingRows,
    /// Words that mean no known bundle, for the organization to be asked about; each once.
    pub(in crate::intake) unknown_codes: Vec<String>,
    /// The codes in use that are known only from what is remembered of the organization.
    pub(in crate::intake) remembered_codes: BTreeSet<BundleCode>,
}

impl ParsedRows {
    /// How many unknown words are kept.
    const MOST_UNKNOWN: usize = 4096;

    /// Adds the result for the rows after these.
    pub(in crate::intake) fn append(&mut self, later: Self) {
        // Without `..`, so that a new field cannot be forgotten: it would be lost only on machines with several cores.
        let Self {
            problems,
            statements,
            rows,
            finished,
            refused,
            other_table,
            operation_counts,
            row_count,
            ignored,
            examples,
            recurring,
            letters,
            dates,
            unused_dates,
            waiting,
            unknown_codes,
            remembered_codes,
        } = later;
        self.problems.append(problems);
        self.statements.append(statements);
        if self.rows.is_empty() {
            // Mostly there is one worksheet, and its million rows need not be moved.
            self.rows = rows;
        } else {
            self.rows.extend(rows);
        }
        self.finished.extend(finished);
        self.refused.extend(refused);
        self.other_table = self.other_table.or(other_table);
        for (count, more) in self.operation_counts.iter_mut().zip(operation_counts) {
            *count += more;
        }
        self.row_count += row_count;
        self.ignored += ignored;
        self.examples += examples;
        self.recurring.append(recurring);
        self.letters.append(letters);
        self.dates.append(dates);
        self.unused_dates.append(unused_dates);
        self.waiting.append(waiting);
        self.remembered_codes.extend(remembered_codes);
        for word in unknown_codes {
            self.add_unknown_code(word);
        }
    }

    /// Moves the rows of a worksheet that are below the header of another table to the refused ones.
    pub(in crate::intake) fn refuse_other_table(&mut self) {
        let Some(header) = self.other_table.take() else { return };
        let below = self.rows.iter().map(|row| row.place.row).filter(|row| *row > header);
        let below: Vec<u32> = below.collect();
        refuse(&mut self.rows, &mut self.refused, &below, &below_header_again(header));
    }

    /// The operations that rows have, valid or not.
    pub(in crate::intake) fn operations(&self) -> Vec<OperationKind> {
        let counts = OperationKind::iter().zip(self.operation_counts);
        counts.filter(|(_, count)| *count > 0).map(|(kind, _)| kind).collect()
    }

    /// Adds a word that means no known bundle.
    pub(super) fn add_unknown_code(&mut self, word: String) {
        if self.unknown_codes.len() < Self::MOST_UNKNOWN && !self.unknown_codes.contains(&word) {
            self.unknown_codes.push(word);
        }
    }
}
