//! The results file of a run, from opening to the final order.

use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fs_err::File;

use super::columns::header;
use super::files::{self, resolve};
use super::history::History;
use super::lock::Lock;
use super::rewrite::{TEMPORARY, put_in_order};
use super::scan::{End, Scan};
use super::writer::{Writer, WriterHandle};
use super::{FinishError, Finished, Journal, OpenError, Order, RunId};
use crate::files::{beside, folder_of, sync_folder};

/// The results file of a run: locked, and ready to be appended to.
///
/// Dropped without [`finish`](Self::finish), it stays as appended, which is valid; a file without rows is removed
/// again.
#[derive(Debug)]
pub struct ResultsFile {
    path: PathBuf,
    // Fields are dropped in order: the writer finishes before the file is checked for emptiness, and the lock is
    // released last.
    writer: Writer,
    blank: Blank,
    _lock: Lock,
}

/// Removes the file when dropped, if it has no rows.
#[derive(Debug)]
struct Blank(Option<PathBuf>);

impl Drop for Blank {
    fn drop(&mut self) {
        if let Some(path) = self.0.take()
            && fs_err::metadata(&path).is_ok_and(|file| file.len() == header().len() as u64)
        {
            // Nothing was recorded, so nothing is lost; a file that cannot be removed does no harm.
            let _ = fs_err::remove_file(&path);
        }
    }
}

/// An opened results file, and what it already contained.
#[derive(Debug)]
pub struct Opened {
    /// The file.
    pub file: ResultsFile,
    /// What earlier runs recorded.
    pub history: History,
    /// What the user should know: that a torn line was dropped.
    pub notice: Option<String>,
}

impl ResultsFile {
    /// Opens the results file of a run, creating it if there is none. One that has been read before is not read again if
    /// nobody has changed it since.
    ///
    /// # Errors
    /// If the file cannot be locked, read or written, is not a results file, is damaged, or is about another
    /// organization. The file is then left as it was.
    pub fn open(path: &Path, run: &RunId, known: Option<History>) -> Result<Opened, OpenError> {
        let path = resolve(path)?;
        let lock = Lock::acquire(&path, run)?;
        Self::open_locked(&path, lock, run, known)
    }

    /// The same, with the lock already held.
    pub(super) fn open_locked(
        path: &Path,
        lock: Lock,
        run: &RunId,
        known: Option<History>,
    ) -> Result<Opened, OpenError> {
        let io = OpenError::io(path);
        let mut file = files::open(path).map_err(&io)?;
        let history = match known.filter(|known| known.is_still(path)) {
            Some(known) => known,
            None => History::read(path)?,
        };
        history.belongs_to(run.organization())?;
        let unfinished = beside(path, TEMPORARY);
        if unfinished.exists() {
            fs_err::remove_file(&unfinished).map_err(&io)?;
        }
        let length = mend_end(path, &mut file, &history).map_err(&io)?;
        let index = history.is_as_written().then(|| history.index().clone());
        let writer = Writer::start(file, length, path.to_owned(), run, history.form().clone(), index).map_err(&io)?;
        let notice = history.is_torn().then(|| {
            format!(
                "the last line of `{}` was cut off when an earlier run was interrupted, and was dropped",
                path.display()
            )
        });
        Ok(Opened {
            file: Self {
                path: path.to_owned(),
                writer,
                blank: Blank(Some(path.to_owned())),
                _lock: lock,
            },
            history,
            notice,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The sheet has so many rows.
    pub fn expect(&self, rows: usize) {
        self.writer.expect(rows);
    }

    /// Where the engine writes.
    pub fn journal(&self) -> Arc<dyn Journal> {
        let handle: WriterHandle = self.writer.handle();
        Arc::new(handle)
    }

    /// Waits for the writer, then puts the file in its final order: one line per row, in the sheet's present order;
    /// after these, the lines of rows that are no longer in the sheet and for which something was done. After a sheet of
    /// failed rows it keeps the order it had. Blocks; records handed over later are refused.
    ///
    /// # Errors
    /// [`FinishError::Writing`] if records are missing from the file; [`FinishError::Ordering`] if nothing
    /// is missing, but the file could not be put in order.
    pub fn finish(mut self, order: Order<'_>) -> Result<Finished, FinishError> {
        self.blank.0 = None;
        let written = self.writer.close().map_err(FinishError::Writing)?;
        let known = written
            .index
            .and_then(|index| Scan::of_written(&self.path, index, written.length));
        put_in_order(&self.path, known, order)
    }
}

/// Makes the file end where the next line can begin; returns its length.
fn mend_end(path: &Path, file: &mut File, history: &History) -> std::io::Result<u64> {
    match history.end() {
        End::Whole => {}
        End::Empty => {
            file.set_len(0)?;
            file.write_all(header().as_bytes())?;
            file.sync_all()?;
            sync_folder(folder_of(path))?;
        }
        End::Unended => {
            file.seek(SeekFrom::End(0))?;
            file.write_all(&history.form().line_end())?;
        }
        End::Torn { at } => file.set_len(at)?,
    }
    file.seek(SeekFrom::End(0))
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use strum::IntoEnumIterator;

    use super::super::Record;
    use super::super::index::Index;
    use super::super::scan::scan;
    use super::*;
    use crate::model::{CHANGING, NOT_BEFORE, OperationKind, OrganizationId, Place, RowKey, RowReport, Status, UserId};

    fn run(of: u128) -> RunId {
        RunId::new(jiff::Timestamp::UNIX_EPOCH, OrganizationId(uuid::Uuid::nil()), 7).of_sheet(&format!("{of},.csv"))
    }

    fn code() -> impl Strategy<Value = &'static str> {
        proptest::sample::select(vec!["", NOT_BEFORE, CHANGING])
    }

    fn after() -> impl Strategy<Value = Option<Value>> {
        proptest::sample::select(vec![None, Some(Value::Null), Some(json!({"name": "An, \"n\""}))])
    }

    prop_compose! {
        /// A record of one of a few rows, some of which correct others.
        fn any_record()(
            (row, corrected, is_correction) in (0..5_u32, 0..5_u32, any::<bool>()),
            status in proptest::sample::select(Status::iter().collect::<Vec<_>>()),
            operation in proptest::option::of(proptest::sample::select(OperationKind::iter().collect::<Vec<_>>())),
            (code, after, is_known, calls) in (code(), after(), any::<bool>(), 0..2_u32),
            sheet in proptest::sample::select(vec!["", "A", "=B\n,"]),
        ) -> Record {
            Record {
                corrects: (is_correction && corrected != row).then(|| RowKey::of("row", corrected)),
                calls,
                ..Record::from(RowReport {
                    operation,
                    code: code.to_owned(),
                    after,
                    user_id: is_known.then_some(UserId(uuid::Uuid::nil())),
                    ..RowReport::blank(Place { sheet: sheet.into(), row }, RowKey::of("row", row), status)
                })
            }
        }
    }

    /// What is known of the rows by an index.
    fn known(index: &Index) -> Vec<String> {
        let of_row = |row| {
            let key = RowKey::of("row", row);
            format!(
                "{:?} {:?} {:?}",
                index.get(&key),
                index.correction_of(&key),
                index.corrected_by(&key)
            )
        };
        let whole = format!("{:?} {:?} {:?}", index.runs, index.is_one_for_one(), index.run_cells());
        (0..5).map(of_row).chain([whole]).collect()
    }

    proptest! {
        #[test]
        fn the_lines_that_are_noted_while_they_are_written_are_those_that_are_read_back(
            runs in proptest::collection::vec(proptest::collection::vec(any_record(), 0..8), 1..4),
        ) {
            let folder = tempfile::TempDir::new().unwrap();
            let path = folder.path().join("joiners.results.csv");
            for (of, records) in (0..).zip(runs) {
                let opened = ResultsFile::open(&path, &run(of), None).unwrap();
                let written = opened.file.journal().append(records);
                let ResultsFile { writer, mut blank, .. } = opened.file;
                blank.0 = None;
                let noted = writer.close().unwrap();
                written.now_or_never().unwrap().unwrap();
                prop_assert_eq!(noted.length, fs_err::metadata(&path).unwrap().len());
                prop_assert_eq!(known(&noted.index.unwrap()), known(&scan(&path).unwrap().index));
            }
        }
    }
}
