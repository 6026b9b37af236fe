//! Where a file is, and files that are named after it.

use std::path::{Path, PathBuf};

/// The folder that a file is in, which a bare name does not say.
pub fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// A file next to another: `a.csv.lock` is beside `a.csv`.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

/// A file next to another, with another ending: `a.results.csv` is beside `a.csv`.
pub fn instead_of_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}
