//! Where a results file lies, and the name under which an old one is put away.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{OpenError, private};

/// The results file of a sheet: `joiners.csv` has `joiners.results.csv` beside it.
pub fn results_path(sheet: &Path) -> PathBuf {
    let mut name = sheet.file_stem().unwrap_or_default().to_owned();
    name.push(".results.csv");
    sheet.with_file_name(name)
}

pub(super) fn modified(path: &Path) -> std::io::Result<Timestamp> {
    let time = fs_err::metadata(path)?.modified()?;
    Timestamp::try_from(time).map_err(std::io::Error::other)
}

/// Renames a file to a name that tells its date and that no file has; says which.
pub(super) fn put_away(path: &Path, date: Timestamp) -> std::io::Result<PathBuf> {
    let away = free_name(path, date)?;
    match fs_err::rename(path, &away) {
        Ok(()) => Ok(away),
        Err(refusal) => {
            // The empty file that kept the name free; should it stay, the next attempt takes another name.
            let _ = fs_err::remove_file(&away);
            Err(refusal)
        }
    }
}

/// Takes a name that no file has, by creating it empty: the rename that follows replaces only that.
fn free_name(path: &Path, date: Timestamp) -> std::io::Result<PathBuf> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let date = date.strftime("%Y-%m-%dT%H-%M-%SZ");
    let mut count = 1;
    loop {
        let suffix = if count == 1 { String::new() } else { format!("-{count}") };
        let name = path.with_file_name(format!("{stem}.{date}{suffix}.{extension}"));
        match private::create_new(&name) {
            Ok(_) => return Ok(name),
            Err(taken) if taken.kind() == std::io::ErrorKind::AlreadyExists => count += 1,
            Err(refusal) => return Err(refusal),
        }
    }
}

/// A link is followed, because the file is replaced at the end and the link should stay one.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, OpenError> {
    if path.is_symlink() && path.exists() {
        fs_err::canonicalize(path).map_err(OpenError::io(path))
    } else {
        Ok(path.to_owned())
    }
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
