//! What a results file knows about each row: an index in memory, with records read from disk on demand.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use csv::{ByteRecord, Position};
use fs_err::File;

use super::format::{COLUMNS, RUN, decode};
use super::resume::{self, Resume};
use super::scan::{End, IndexedLine, Scan, line_reader, scan};
use super::{OpenError, Record, RunId};
use crate::model::{OrganizationId, Rerun, RowKey, Status};

/// How much is read at a time for a single record.
const RECORD_BUFFER: usize = 4 << 10;

/// Room for most lines.
const LINE_BYTES: usize = 512;

/// The record that counts for each row, in a results file as it was when opened. Takes about 60 bytes a row; lines
/// appended later are not seen.
#[derive(Debug)]
pub struct History {
    path: PathBuf,
    index: HashMap<RowKey, IndexedLine>,
    runs: Vec<RunId>,
    end: End,
    lines: Mutex<csv::Reader<File>>,
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
        let Scan { index, runs, end } = scan(path)?;
        let file = File::open(path).map_err(OpenError::io(path))?;
        Ok(Self {
            path: path.to_owned(),
            index,
            runs,
            end,
            lines: Mutex::new(line_reader(file, RECORD_BUFFER)),
        })
    }

    /// How many rows it knows.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether it knows no row.
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// The status recorded of a row.
    pub fn status(&self, key: &RowKey) -> Option<Status> {
        self.index.get(key).map(|entry| entry.known.status)
    }

    /// How many rows there are of each status.
    pub fn counts(&self) -> BTreeMap<Status, usize> {
        let mut counts = BTreeMap::new();
        for entry in self.index.values() {
            *counts.entry(entry.known.status).or_default() += 1;
        }
        counts
    }

    /// The run that started last.
    pub fn last_run(&self) -> Option<&RunId> {
        self.runs.iter().max_by_key(|run| run.started())
    }

    /// Every run that a line names, in order of appearance.
    pub fn runs(&self) -> &[RunId] {
        &self.runs
    }

    /// Makes sure that every run was against this organization.
    ///
    /// # Errors
    /// [`OpenError::OtherOrganization`] if one was not.
    pub fn belongs_to(&self, ours: OrganizationId) -> Result<(), OpenError> {
        match self.runs.iter().find(|run| run.organization() != ours) {
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

    /// The record of a row, read from disk.
    pub fn record(&self, key: &RowKey) -> Result<Option<Record>, OpenError> {
        match self.index.get(key) {
            Some(entry) => self.read_at(entry.offset).map(Some),
            None => Ok(None),
        }
    }

    /// What a rerun does with a row; reads only what is needed from disk.
    pub fn resume(&self, key: &RowKey) -> Result<Resume, OpenError> {
        let Some(entry) = self.index.get(key) else {
            return Ok(Resume::Run);
        };
        match resume::rerun(Some(entry.known)) {
            Rerun::Skip => Ok(Resume::Skip),
            Rerun::Run => Ok(Resume::Run),
            Rerun::GoOn | Rerun::Settle => Ok(resume::resume(Some(self.read_at(entry.offset)?))),
        }
    }

    /// The records that count, in the order of their lines, streamed from disk.
    pub fn entries(&self) -> Result<impl Iterator<Item = Result<RunRecord, OpenError>>, OpenError> {
        let mut offsets: Vec<u64> = self.index.values().map(|entry| entry.offset).collect();
        offsets.sort_unstable();
        let file = File::open(&self.path).map_err(OpenError::io(&self.path))?;
        let mut lines = line_reader(file, 1 << 16);
        Ok(offsets.into_iter().map(move |offset| {
            let line = read_line(&self.path, &mut lines, offset)?;
            let run = std::str::from_utf8(&line[RUN]).ok().and_then(|run| run.parse().ok());
            Ok(RunRecord {
                record: self.decoded(&line, offset)?,
                run: run.ok_or_else(|| self.damaged(offset, "`run` is not as reseat writes it".to_owned()))?,
            })
        }))
    }

    pub(super) fn end(&self) -> End {
        self.end
    }

    fn read_at(&self, offset: u64) -> Result<Record, OpenError> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let line = read_line(&self.path, &mut lines, offset)?;
        self.decoded(&line, offset)
    }

    fn decoded(&self, line: &ByteRecord, offset: u64) -> Result<Record, OpenError> {
        decode(line).map_err(|fault| self.damaged(offset, fault))
    }

    /// The index has no line numbers, so the number of a damaged line is only counted when one is found.
    fn damaged(&self, offset: u64, fault: String) -> OpenError {
        OpenError::Damaged {
            path: self.path.clone(),
            line: line_number(&self.path, offset),
            fault,
        }
    }
}

/// The line that begins at this offset.
pub(super) fn read_line(path: &Path, lines: &mut csv::Reader<File>, offset: u64) -> Result<ByteRecord, OpenError> {
    let mut line = ByteRecord::with_capacity(LINE_BYTES, COLUMNS.len());
    let mut position = Position::new();
    position.set_byte(offset);
    lines
        .seek(position)
        .and_then(|()| lines.read_byte_record(&mut line))
        .map_err(|fault| OpenError::io(path)(fault.into()))?;
    Ok(line)
}

fn line_number(path: &Path, offset: u64) -> u64 {
    let Ok(file) = File::open(path) else {
        return 0;
    };
    let ends = BufReader::new(file.take(offset))
        .bytes()
        .filter(|byte| matches!(byte, Ok(b'\n')))
        .count();
    ends as u64 + 1
}
