//! A results file and the records of its runs, as they were read.

use crate::ledger::{History, RunId, RunLog};

/// A results file to be reported on.
pub struct ReportedFile {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub history: History,
    /// The records of its runs.
    pub log: RunLog,
    /// The name of the sheet whose run has undone what was done, where one has.
    pub undone_by: Option<String>,
}

impl ReportedFile {
    /// The runs that lines name and of which there is no record: they were of an earlier version of reseat, or the record is
    /// lost. Beside records, one that has only left rows out is none of them.
    pub(super) fn unrecorded(&self) -> impl Iterator<Item = &RunId> {
        let named = if self.log.runs.is_empty() {
            self.history.runs().iter().collect()
        } else {
            self.history.runs_at_work()
        };
        let has_none = |run: &&RunId| self.log.runs.iter().all(|entry| entry.run != **run);
        named.into_iter().filter(has_none)
    }
}
