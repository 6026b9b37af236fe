//! Where a results file is, how an old one is renamed, and how files with personal data are created: readable only by
//! their owner from the moment they exist.

use std::io;
use std::path::{Path, PathBuf};

use fs_err::{File, OpenOptions};
use jiff::Timestamp;

use super::OpenError;
use crate::files::{behind_links, instead_of_ending, move_to_free_name, private};

/// The results file of a sheet: `joiners.csv` has `joiners.results.csv` next to it.
pub fn results_path(sheet: &Path) -> PathBuf {
    instead_of_ending(sheet, ".results.csv")
}

pub(super) fn modified(path: &Path) -> io::Result<Timestamp> {
    let time = fs_err::metadata(path)?.modified()?;
    Timestamp::try_from(time).map_err(io::Error::other)
}

/// Renames a file to an unused name that includes its date; returns that name.
pub(super) fn put_away(path: &Path, date: Timestamp) -> io::Result<PathBuf> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let date = date.strftime("%Y-%m-%dT%H-%M-%SZ");
    let mut count = 1;
    loop {
        let suffix = if count == 1 { String::new() } else { format!("-{count}") };
        let name = path.with_file_name(format!("{stem}.{date}{suffix}.{extension}"));
        match move_to_free_name(path, &name) {
            Ok(()) => return Ok(name),
            Err(taken) if taken.kind() == io::ErrorKind::AlreadyExists => count += 1,
            Err(refusal) => return Err(refusal),
        }
    }
}

/// A symbolic link is followed, because the file is replaced at the end and the link should remain.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, OpenError> {
    if path.is_symlink() && path.exists() {
        fs_err::canonicalize(path).map_err(OpenError::io(path))
    } else {
        Ok(behind_links(path))
    }
}

/// Opens a file for reading. A pipe would keep whoever opens it waiting for ever.
pub(super) fn open_to_read(path: &Path) -> io::Result<File> {
    refuse_what_is_no_file(path)?;
    File::open(path)
}

fn refuse_what_is_no_file(path: &Path) -> io::Result<()> {
    match fs_err::metadata(path) {
        // What is said of a folder is said by others.
        Ok(found) if !found.is_file() && !found.is_dir() => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("`{}` is no file", path.display()),
        )),
        _ => Ok(()),
    }
}

/// Opens a file for reading and writing, creating it if it is missing.
pub(super) fn open(path: &Path) -> io::Result<File> {
    refuse_what_is_no_file(path)?;
    private(OpenOptions::new().read(true).write(true).create(true).truncate(false)).open(path)
}

/// Creates a file that must not exist yet, for reading and writing.
pub(super) fn create_new(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().read(true).write(true).create_new(true)).open(path)
}
