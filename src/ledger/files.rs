//! Where a results file is, how an old one is renamed, and how files with personal data are created: readable only by
//! their owner from the moment they exist.

use std::io;
use std::path::{Path, PathBuf};

use fs_err::{File, OpenOptions};
use jiff::Timestamp;

use super::OpenError;

/// The results file of a sheet: `joiners.csv` has `joiners.results.csv` next to it.
pub fn results_path(sheet: &Path) -> PathBuf {
    let mut name = sheet.file_stem().unwrap_or_default().to_owned();
    name.push(".results.csv");
    sheet.with_file_name(name)
}

pub(super) fn modified(path: &Path) -> io::Result<Timestamp> {
    let time = fs_err::metadata(path)?.modified()?;
    Timestamp::try_from(time).map_err(io::Error::other)
}

/// Renames a file to an unused name that includes its date; returns that name.
pub(super) fn put_away(path: &Path, date: Timestamp) -> io::Result<PathBuf> {
    let away = free_name(path, date)?;
    match fs_err::rename(path, &away) {
        Ok(()) => Ok(away),
        Err(refusal) => {
            // The empty file that reserved the name; if it stays, the next attempt uses another name.
            let _ = fs_err::remove_file(&away);
            Err(refusal)
        }
    }
}

/// Reserves an unused name by creating an empty file, so that the rename that follows replaces nothing else.
fn free_name(path: &Path, date: Timestamp) -> io::Result<PathBuf> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let date = date.strftime("%Y-%m-%dT%H-%M-%SZ");
    let mut count = 1;
    loop {
        let suffix = if count == 1 { String::new() } else { format!("-{count}") };
        let name = path.with_file_name(format!("{stem}.{date}{suffix}.{extension}"));
        match create_new(&name) {
            Ok(_) => return Ok(name),
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
        Ok(path.to_owned())
    }
}

/// Opens a file for reading and writing, creating it if it is missing.
pub(super) fn open(path: &Path) -> io::Result<File> {
    options().create(true).open(path)
}

/// Creates a file that must not exist yet, for reading and writing.
pub(super) fn create_new(path: &Path) -> io::Result<File> {
    options().create_new(true).open(path)
}

/// Makes a rename or creation in the file's folder survive a power loss.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_put_away_leaves_no_empty_one_under_the_name_that_was_meant_for_it() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("joiners.results.csv");
        for _ in 0..2 {
            // There is no such file to rename.
            put_away(&path, Timestamp::UNIX_EPOCH).unwrap_err();
            assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 0);
        }
    }
}
