//! How often something is found in a worksheet, and where.

use crate::problem::RowNumbers;

/// How many cells or rows have a problem, and which rows they are or stand in.
#[derive(Debug, Clone, Default)]
pub(in crate::intake) struct Occurrences {
    pub(in crate::intake) count: usize,
    pub(in crate::intake) rows: RowNumbers,
}

impl Occurrences {
    /// Counts cells of this row, or the row itself.
    pub(super) fn add(&mut self, count: usize, row: u32) {
        self.count += count;
        self.rows.add(row);
    }

    /// Adds those of the rows after these.
    pub(super) fn append(&mut self, later: &Self) {
        self.count += later.count;
        self.rows.append(&later.rows);
    }
}
