//! What a results file knows about each row: an index in memory, with records read from disk on demand.

use std::collections::{BTreeMap, HashSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::cells::Cells;
use super::form::Form;
use super::index::{Index, IndexedLine};
use super::line::{Line, LineFault};
use super::resume::{self, Changes, Known, Resume};
use super::scan::{End, Scan, damaged, scan};
use super::stored::Stored;
use super::{OpenError, Record, RunId, SeatChange};
use crate::model::{OrganizationId, Rerun, RowKey, Status};

/// The record that counts for each row, in a results file as it was when opened. Takes about 45 bytes a row; lines
/// appended later are not seen.
#[derive(Debug)]
pub struct History {
    path: PathBuf,
    /// How long the file was and when it was changed, before it was read.
    state: Option<FileState>,
    index: Arc<Index>,
    end: End,
    form: Form,
    stored: Mutex<Stored>,
}

/// A file's length and when it was changed.
type FileState = (u64, SystemTime);

fn state_of(path: &Path) -> Option<FileState> {
    let file = fs_err::metadata(path).ok()?;
    Some((file.len(), file.modified().ok()?))
}

/// A record and the run that made it.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    /// The record.
    pub record: Record,
    /// The run that made it.
    pub run: RunId,
}

impl History {
    /// Reads a results file of any organization, without a lock and without changing it.
    pub fn read(path: &Path) -> Result<Self, OpenError> {
        let state = state_of(path);
        Ok(Self {
            state,
            ..Self::of(scan(path)?)
        })
    }

    /// The file that was read.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file at this path is the one that was read, as it was then.
    pub(super) fn is_still(&self, path: &Path) -> bool {
        self.path == path && self.state.is_some() && self.state == state_of(path)
    }

    /// What was found in a file.
    pub(super) fn of(Scan { stored, index, end }: Scan) -> Self {
        Self {
            path: stored.path.clone(),
            state: None,
            index: Arc::new(index),
            end,
            form: stored.form.clone(),
            stored: Mutex::new(stored),
        }
    }

    /// How many rows it knows.
    pub fn len(&self) -> usize {
        self.index.lines().len()
    }

    /// Whether it knows no row.
    pub fn is_empty(&self) -> bool {
        self.index.lines().is_empty()
    }

    /// The status recorded of a row, or of its correction.
    pub fn status(&self, key: &RowKey) -> Option<Status> {
        self.line_of(key).map(|line| line.known.status)
    }

    /// Whether a row was begun and not finished, or its correction was.
    pub fn is_begun(&self, key: &RowKey) -> bool {
        self.line_of(key).is_some_and(|line| line.known.is_begun())
    }

    /// Whether a run did not get to the end of a row, or of its correction, and something was done for it.
    pub fn is_stopped_midway(&self, key: &RowKey) -> bool {
        self.line_of(key).is_some_and(|line| line.known.is_stopped_midway())
    }

    /// Whether a row waits for its date, and nothing was done for it.
    pub fn is_postponed(&self, key: &RowKey) -> bool {
        self.line_of(key)
            .is_some_and(|line| line.known.changes == Changes::Postponed)
    }

    /// Whether nothing was tried for a row so far, or it only waited for its date.
    pub fn is_untried(&self, key: &RowKey) -> bool {
        self.line_of(key)
            .is_none_or(|line| !line.known.tells() || line.known.changes == Changes::Postponed)
    }

    /// Whether nothing is left to be done for a row, whatever else the sheet says.
    pub fn is_finished(&self, key: &RowKey) -> bool {
        self.line_of(key)
            .is_some_and(|line| resume::rerun(Some(line.known)) == Rerun::Skip)
    }

    /// The line that tells of a row: its own, or that of its correction.
    fn line_of(&self, key: &RowKey) -> Option<&IndexedLine> {
        self.index.line_of(key)
    }

    /// How many rows there are of each status.
    pub fn counts(&self) -> BTreeMap<Status, usize> {
        let mut counts = BTreeMap::new();
        for entry in self.index.lines() {
            *counts.entry(entry.known.status).or_default() += 1;
        }
        counts
    }

    /// The run that started last.
    pub fn last_run(&self) -> Option<&RunId> {
        self.index.runs.iter().max_by_key(|run| run.started())
    }

    /// Every run that a line names, in order of appearance.
    pub fn runs(&self) -> &[RunId] {
        &self.index.runs
    }

    /// The runs that lines of rows name for which something was done, or tried. One that has left rows out, or found that
    /// they wait, has written its name all the same, and keeps no record where it did nothing else.
    pub fn runs_at_work(&self) -> Vec<&RunId> {
        let mut at_work = vec![false; self.index.runs.len()];
        for line in self.index.lines() {
            let Known { status, changes } = line.known;
            let is_idle = matches!(
                status,
                Status::Invalid | Status::Duplicate | Status::Skipped | Status::NotRun | Status::Waiting
            ) && matches!(changes, Changes::None | Changes::Postponed);
            if !is_idle {
                line.run.mark(&mut at_work);
            }
        }
        let marked = self.index.runs.iter().zip(at_work);
        marked
            .filter_map(|(run, is_at_work)| is_at_work.then_some(run))
            .collect()
    }

    /// Makes sure that every run was against this organization.
    ///
    /// # Errors
    /// [`OpenError::OtherOrganization`] if one was not.
    pub fn belongs_to(&self, ours: OrganizationId) -> Result<(), OpenError> {
        match self.index.runs.iter().find(|run| run.organization() != ours) {
            Some(run) => Err(OpenError::OtherOrganization {
                path: self.path.clone(),
                run: run.clone(),
                ours,
            }),
            None => Ok(()),
        }
    }

    /// Whether the last line was cut off by a crash and is ignored.
    pub fn is_torn(&self) -> bool {
        matches!(self.end, End::Torn { .. })
    }

    /// Makes sure that the last run was of the sheet with this file name, as far as that was recorded: `joiners.csv` and
    /// `joiners.xlsx` have results of one name and are two.
    ///
    /// # Errors
    /// [`OpenError::OtherSheet`] if it was not.
    pub fn is_of_sheet(&self, file_name: &str) -> Result<(), OpenError> {
        match self.last_run().filter(|run| !run.may_be_of_sheet(file_name)) {
            Some(run) => Err(OpenError::OtherSheet {
                path: self.path.clone(),
                theirs: run.sheet().unwrap_or_default().to_owned(),
                ours: file_name.to_owned(),
            }),
            None => Ok(()),
        }
    }

    /// The rows that were begun and not finished, those of `sheet` aside. Where these are the rows of the whole sheet, one that
    /// was corrected in a sheet of failed rows is told of by its correction.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn begun_outside(&self, sheet: &HashSet<RowKey>, is_whole: bool) -> Result<Vec<Record>, OpenError> {
        let is_outside = |line: &IndexedLine| {
            let is_corrected = self.index.corrections.contains_key(&line.key);
            let corrected = self.index.corrected_by(&line.key);
            let is_of_the_sheet = corrected.is_some_and(|row| !is_whole || sheet.contains(&row));
            !is_of_the_sheet && !is_corrected && !sheet.contains(&line.key)
        };
        let offsets = self.offsets(|line| line.known.is_begun() && is_outside(line));
        offsets.into_iter().map(|offset| self.read_at(offset)).collect()
    }

    /// Whether any row was begun and not finished.
    pub fn has_begun(&self) -> bool {
        self.index.lines().iter().any(|line| line.known.is_begun())
    }

    /// Whether a row with this content was recorded, or one that was corrected to something else.
    pub fn knows(&self, key: &RowKey) -> bool {
        self.index.get(key).is_some() || self.index.corrections.contains_key(key)
    }

    /// Whether a row was corrected in a sheet of failed rows, and its correction was run.
    pub fn is_corrected(&self, key: &RowKey) -> bool {
        self.index.corrections.contains_key(key) && self.line_of(key).is_some_and(|line| line.known.tells())
    }

    /// The record of a row or of its correction, read from disk.
    pub fn record(&self, key: &RowKey) -> Result<Option<Record>, OpenError> {
        match self.line_of(key) {
            Some(entry) => self.read_at(entry.offset).map(Some),
            None => Ok(None),
        }
    }

    /// What a rerun does with a row; reads only what is needed from disk.
    pub fn resume(&self, key: &RowKey) -> Result<Resume, OpenError> {
        let Some(line) = self.line_of(key) else {
            return Ok(Resume::Run);
        };
        let is_corrected = self.index.corrections.contains_key(key);
        match resume::rerun(Some(line.known)) {
            Rerun::Skip => Ok(Resume::Skip),
            // The sheet still has the row as it was, and the correction waits for its date.
            Rerun::Run if is_corrected && line.known.changes == Changes::Postponed => Ok(Resume::Leave),
            Rerun::Run => Ok(Resume::Run),
            // The sheet still has the row as it was before the correction, and the correction is on its way.
            Rerun::GoOn | Rerun::Settle if is_corrected && line.known.status.rerun() != Rerun::Run => Ok(Resume::Leave),
            Rerun::GoOn | Rerun::Settle => Ok(resume::resume(Some(self.read_at(line.offset)?))),
        }
    }

    /// The records that count, in the order of their lines, streamed from disk.
    pub fn entries(&self) -> impl Iterator<Item = Result<RunRecord, OpenError>> {
        self.offsets(|_| true).into_iter().map(|offset| {
            self.at(offset, |cells| {
                Ok(RunRecord {
                    record: cells.record()?,
                    run: cells.run()?,
                })
            })
        })
    }

    /// The seats that rows gave and took in some of the runs, in the order of their lines, streamed from disk.
    pub fn seat_changes(&self, of: impl Fn(&RunId) -> bool) -> impl Iterator<Item = Result<SeatChange, OpenError>> {
        let is_wanted: Vec<bool> = self.index.runs.iter().map(of).collect();
        let offsets = self.offsets(|line| line.run.is_among(&is_wanted));
        offsets.into_iter().filter_map(|offset| {
            let read = self.at(offset, |cells| Ok(cells.seat_change()?));
            read.transpose()
        })
    }

    /// Where these lines are, in the order of the file.
    fn offsets(&self, which: impl Fn(&IndexedLine) -> bool) -> Vec<u64> {
        let lines = self.index.lines().iter().filter(|line| which(line));
        let mut offsets: Vec<u64> = lines.map(|line| line.offset).collect();
        offsets.sort_unstable();
        offsets
    }

    /// Which lines count.
    pub(super) fn index(&self) -> &Arc<Index> {
        &self.index
    }

    /// Whether the file is as reseat writes it.
    pub(super) fn is_as_written(&self) -> bool {
        !self.stored().is_copy
    }

    pub(super) fn end(&self) -> End {
        self.end
    }

    /// The form in which the file is written.
    pub(super) fn form(&self) -> &Form {
        &self.form
    }

    fn read_at(&self, offset: u64) -> Result<Record, OpenError> {
        self.at(offset, |cells| Ok(cells.record()?))
    }

    fn at<T>(&self, offset: u64, read: impl FnOnce(Cells<'_, '_>) -> Result<T, LineFault>) -> Result<T, OpenError> {
        let mut stored = self.stored();
        let io = OpenError::io(&self.path);
        let line = stored.line_at(offset).map_err(&io)?;
        let line = line.ok_or_else(|| io(ErrorKind::UnexpectedEof.into()))?;
        let fault = match Line::of(line.text).and_then(|line| read(Cells(&line))) {
            Ok(value) => return Ok(value),
            Err(LineFault::Damaged(fault)) => fault,
            Err(LineFault::Newer(version)) => format!("it is of format version {version}"),
            Err(LineFault::Foreign) => "it was changed meanwhile".to_owned(),
        };
        Err(damaged(&mut stored, offset, fault))
    }

    fn stored(&self) -> MutexGuard<'_, Stored> {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
