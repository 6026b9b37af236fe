//! A results file to be set aside so that a run starts over: locked at once, but changed only once that is certain.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::files::{modified, put_away, resolve};
use super::lock::Lock;
use super::scan::scan;
use super::{History, OpenError, Opened, Record, ResultsFile, RunId, RunLog};
use crate::files::{folder_of, sync_folder};

/// A results file locked against other runs. Dropping it leaves everything as it was.
#[derive(Debug)]
pub struct LockedResults {
    path: PathBuf,
    lock: Lock,
}

/// An old results file under its new name, and the new one.
#[derive(Debug)]
pub struct StartedAnew {
    /// The new file.
    pub opened: Opened,
    /// Where the old one is kept; `None` if there was none.
    pub kept: Option<PathBuf>,
}

impl LockedResults {
    /// Locks a results file, which need not exist yet.
    ///
    /// # Errors
    /// If another run has it, or the file system refuses.
    pub fn take(path: &Path, run: &RunId) -> Result<Self, OpenError> {
        let path = resolve(path)?;
        let lock = Lock::acquire(&path, run)?;
        Ok(Self { path, lock })
    }

    /// Makes sure that the file may be set aside; a damaged file may. Says which rows were begun and not finished.
    ///
    /// # Errors
    /// If it is not a results file, is of a newer version, or cannot be read.
    pub fn may_start_anew(&self) -> Result<Vec<Record>, OpenError> {
        if !self.path.exists() {
            return Ok(Vec::new());
        }
        let begun = scan(&self.path).and_then(|scan| History::of(scan).begun_outside(&HashSet::new(), true));
        match begun {
            // Starting over is the remedy for a damaged file, so damage is no reason to refuse.
            Err(OpenError::Damaged { .. }) => Ok(Vec::new()),
            begun => begun,
        }
    }

    /// Renames the old file after the date of its last run (`joiners.results.2026-11-21T10-00-00Z.csv`), and opens a
    /// new one.
    ///
    /// # Errors
    /// If the file is not a results file, or the file system refuses.
    pub fn start_anew(self, run: &RunId) -> Result<StartedAnew, OpenError> {
        let kept = if self.path.exists() {
            Some(self.put_away()?)
        } else {
            None
        };
        let opened = ResultsFile::open_locked(&self.path, self.lock, run, None)?;
        Ok(StartedAnew { opened, kept })
    }

    fn put_away(&self) -> Result<PathBuf, OpenError> {
        let path = &self.path;
        let io = OpenError::io(path);
        let last_run = match scan(path) {
            Ok(scan) => scan.index.runs.iter().map(RunId::started).max(),
            Err(OpenError::Damaged { .. }) => None,
            Err(refusal) => return Err(refusal),
        };
        let date = match last_run {
            Some(date) => date,
            None => modified(path).map_err(&io)?,
        };
        let away = put_away(path, date).map_err(&io)?;
        RunLog::follow(path, &away)?;
        sync_folder(folder_of(path)).map_err(&io)?;
        Ok(away)
    }
}
