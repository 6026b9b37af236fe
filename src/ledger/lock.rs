//! The lock file next to a results file, with a readable record of who holds it.
//!
//! It is a separate file, because the results file is replaced at the end of a run and a lock on the old one would not
//! cover the new one.

use std::fs::TryLockError;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use fs_err::File;

use super::files;
use super::{OpenError, RunId};
use crate::files::beside;
use crate::text::clean;

/// Longer than somebody who asks whether a run holds the lock does so itself.
const TIME_TO_ASK: Duration = Duration::from_millis(100);

/// Held while a run writes its results file; dropping it lets the next run in.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Takes the lock of a results file, or reports who has it.
    pub(super) fn acquire(results: &Path, owner: &RunId) -> Result<Self, OpenError> {
        let path = beside(results, ".lock");
        let io = OpenError::io(results);
        let mut may_be_asked_about = true;
        loop {
            let mut file = files::open(&path).map_err(&io)?;
            match file.file().try_lock() {
                Ok(()) if !is_same_file(&file, &path) => {}
                Ok(()) => {
                    file.set_len(0).map_err(&io)?;
                    file.write_all(owner_record(owner).as_bytes()).map_err(&io)?;
                    return Ok(Self { path, _file: file });
                }
                // [`writer_of`] holds it for as long as it takes to ask.
                Err(TryLockError::WouldBlock) if may_be_asked_about => {
                    may_be_asked_about = false;
                    thread::sleep(TIME_TO_ASK);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(OpenError::Locked {
                        path: results.to_owned(),
                        owner: read_owner(&mut file),
                    });
                }
                Err(TryLockError::Error(source)) => return Err(io(source)),
            }
        }
    }
}

impl Drop for Lock {
    /// Removed while it is still held, so that another process that opened it meanwhile notices through
    /// [`is_same_file`]. Windows cannot detect that, and keeps the file; an unheld lock file blocks nobody.
    fn drop(&mut self) {
        if cfg!(unix) {
            // A lock file that cannot be removed does no harm.
            let _ = fs_err::remove_file(&self.path);
        }
    }
}

/// How the run describes itself that is writing this results file now; `None` if none is.
pub fn writer_of(results: &Path) -> Option<String> {
    let mut file = File::open(beside(results, ".lock")).ok()?;
    match file.file().try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(read_owner(&mut file)),
        // What cannot be found out keeps nobody from reading.
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

fn owner_record(run: &RunId) -> String {
    format!(
        "run {} of process {} on {}, started {}\n",
        run.short(),
        std::process::id(),
        host(),
        run.started()
    )
}

/// Windows does not allow reading the record of a held lock.
fn read_owner(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(500).read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => clean(&text, 200),
        _ => "which one cannot be read".to_owned(),
    }
}

fn host() -> String {
    let name = ["HOSTNAME", "COMPUTERNAME"]
        .into_iter()
        .find_map(|variable| std::env::var(variable).ok())
        .or_else(|| fs_err::read_to_string("/etc/hostname").ok())
        .unwrap_or_default();
    match clean(&name, 80) {
        name if name.is_empty() => "this machine".to_owned(),
        name => name,
    }
}

/// Whether the locked file still has the name: its last holder may have removed it between our opening and locking it.
#[cfg(unix)]
fn is_same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    let identity = |metadata: io::Result<std::fs::Metadata>| metadata.map(|found| (found.dev(), found.ino())).ok();
    let held = identity(file.metadata());
    held.is_some() && held == identity(fs_err::metadata(path))
}

#[cfg(not(unix))]
fn is_same_file(_file: &File, _path: &Path) -> bool {
    true
}
