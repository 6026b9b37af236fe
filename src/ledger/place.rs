//! Where a results file lies, and where an old one is put away.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::lock::Lock;
use super::scan::scan;
use super::{OpenError, RunId, private};

/// The results file of a sheet: `joiners.csv` has `joiners.results.csv` beside it, and `-` (the
/// standard input) has `reseat.results.csv` in the working folder.
pub fn results_path(sheet: &Path) -> PathBuf {
    if sheet == Path::new("-") {
        return PathBuf::from("reseat.results.csv");
    }
    let mut name = sheet.file_stem().unwrap_or_default().to_owned();
    name.push(".results.csv");
    sheet.with_file_name(name)
}

/// Puts an old results file away under the date of its last run (`joiners.results.2026-11-21T10-00-00Z.csv`),
/// so that `run` starts anew; returns its new path, or `None` where there is no old file.
///
/// # Errors
/// Where another run holds the file, it is not a results file, or the file system refuses.
pub fn archive(path: &Path, run: &RunId) -> Result<Option<PathBuf>, OpenError> {
    if !path.exists() {
        return Ok(None);
    }
    let io = OpenError::io(path);
    let _lock = Lock::acquire(path, run)?;
    let last_run = match scan(path) {
        Ok(scan) => scan.runs.iter().map(RunId::started).max(),
        // Starting anew is the way out of a file that cannot be read.
        Err(OpenError::Damaged { .. }) => None,
        Err(refusal) => return Err(refusal),
    };
    let date = match last_run {
        Some(date) => date,
        None => modified(path).map_err(&io)?,
    };
    let away = free_name(path, date).map_err(&io)?;
    fs_err::rename(path, &away).map_err(&io)?;
    private::sync_folder(path).map_err(&io)?;
    Ok(Some(away))
}

fn modified(path: &Path) -> std::io::Result<Timestamp> {
    let time = fs_err::metadata(path)?.modified()?;
    Timestamp::try_from(time).map_err(std::io::Error::other)
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
