//! What rows take away that are not due yet.

use std::collections::HashSet;

use crate::model::{AsOf, Row, RowKey, RowReport, Status};
use crate::text::fold;

/// The rows of a sheet that are not due yet and will take something away.
#[derive(Debug, Clone, Default)]
pub struct TakingLater {
    /// Rows that delete an account.
    deleting: HashSet<RowKey>,
    /// Rows by which people lose access, most of these among them.
    taking: HashSet<RowKey>,
}

/// How much they take away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TakenLater {
    /// Accounts that are deleted.
    pub deletions: usize,
    /// People who lose access.
    pub people: usize,
}

impl TakingLater {
    /// Those of these rows.
    pub fn of(rows: &[Row], as_of: &AsOf) -> Self {
        let mut later = Self::default();
        for row in rows.iter().filter(|row| as_of.until(row).is_some()) {
            if row.operation.deletes() {
                later.deleting.insert(row.key);
            }
            if row.operation.may_take_access() {
                later.taking.insert(row.key);
            }
        }
        later
    }

    /// Whether the row of this report is one of them, and still to be done.
    pub fn has(&self, report: &RowReport) -> bool {
        let key = &report.key;
        report.status == Status::Waiting && (self.deleting.contains(key) || self.taking.contains(key))
    }

    /// What those among the rows of these reports take away; several rows of one person are one.
    pub fn among<'a>(&self, reports: impl Iterator<Item = &'a RowReport>) -> TakenLater {
        let mut deleted: HashSet<String> = HashSet::new();
        let mut losing: HashSet<String> = HashSet::new();
        for report in reports.filter(|report| self.has(report)) {
            if self.deleting.contains(&report.key) {
                deleted.insert(fold(&report.user));
            }
            if self.taking.contains(&report.key) {
                losing.insert(fold(&report.user));
            }
        }
        TakenLater {
            deletions: deleted.len(),
            people: losing.len(),
        }
    }
}
