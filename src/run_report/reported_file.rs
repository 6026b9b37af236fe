//! A results file and the records of its runs, as they were read.

use crate::ledger::{History, RunLog};

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
