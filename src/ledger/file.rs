//! The results file of a run, from opening to the final order.

use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fs_err::File;

use super::columns::header;
use super::files::{self, resolve};
use super::history::History;
use super::index::Index;
use super::lock::{Lock, beside};
use super::rewrite::{TEMPORARY, put_in_order};
use super::scan::{End, Scan};
use super::stored::{Stored, Trust};
use super::writer::{Writer, WriterHandle};
use super::{FinishError, Finished, Journal, OpenError, Order, RunId};

/// The results file of a run: locked, and ready to be appended to.
///
/// Dropped without [`finish`](Self::finish), it stays as appended, which is valid; a file without rows is removed
/// again.
#[derive(Debug)]
pub struct ResultsFile {
    path: PathBuf,
    /// What was found in the file when it was opened, if it is as reseat writes it.
    known: Option<Known>,
    // Fields are dropped in order: the writer finishes before the file is checked for emptiness, and the lock is
    // released last.
    writer: Writer,
    blank: Blank,
    _lock: Lock,
}

/// What is known of a file, as far as it was written then.
#[derive(Debug)]
struct Known {
    index: Arc<Index>,
    length: u64,
}

impl Known {
    /// The same with what was written since, up to this length.
    fn with_new_lines(self, path: &Path, length: u64) -> Option<Scan> {
        let file = File::open(path).ok()?;
        let is_ours = file.metadata().is_ok_and(|file| file.len() == length);
        let stored = Stored::open(path, file, Trust::Beginning).ok()?;
        let scan = Scan {
            index: Arc::unwrap_or_clone(self.index),
            end: End::Whole,
            stored,
        };
        let scan = Some(scan).filter(|scan| is_ours && !scan.stored.is_copy);
        scan?.with_new_lines(self.length, length).ok()
    }
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
    /// Opens the results file of a run, creating it if there is none.
    ///
    /// # Errors
    /// If the file cannot be locked, read or written, is not a results file, is damaged, or is about another
    /// organization. The file is then left as it was.
    pub fn open(path: &Path, run: &RunId) -> Result<Opened, OpenError> {
        Self::open_known(path, run, None)
    }

    /// The same of a file that may have been read before, and is not read again if nobody has changed it since.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_known(path: &Path, run: &RunId, known: Option<History>) -> Result<Opened, OpenError> {
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
        let writer = Writer::start(file, length, path.to_owned(), run, history.form().clone()).map_err(&io)?;
        let notice = history.is_torn().then(|| {
            format!(
                "the last line of `{}` was cut off when an earlier run was interrupted, and was dropped",
                path.display()
            )
        });
        Ok(Opened {
            file: Self {
                path: path.to_owned(),
                known: history.is_as_written().then(|| Known {
                    index: history.index().clone(),
                    length,
                }),
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
        let length = self.writer.close().map_err(FinishError::Writing)?;
        let known = self.known.and_then(|known| known.with_new_lines(&self.path, length));
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
            files::sync_folder(path)?;
        }
        End::Unended => {
            file.seek(SeekFrom::End(0))?;
            file.write_all(&history.form().line_end())?;
        }
        End::Torn { at } => file.set_len(at)?,
    }
    file.seek(SeekFrom::End(0))
}
