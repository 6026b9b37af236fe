//! Where a file is, and files that are named after it.

use std::path::{Path, PathBuf};

/// The folder that a file is in, which a bare name does not say.
pub fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// The file that a symbolic link leads to, be it there or not; the path itself where it is none. A file that is replaced
/// there leaves the link in its place.
pub fn behind_links(path: &Path) -> PathBuf {
    /// As many as systems follow.
    const MOST: usize = 40;
    let mut place = path.to_owned();
    for _ in 0..MOST {
        let Ok(target) = fs_err::read_link(&place) else {
            break;
        };
        place = folder_of(&place).join(target);
    }
    place
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
