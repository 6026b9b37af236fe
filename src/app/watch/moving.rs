//! Moving files without ever replacing one.

use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::path::Path;

use tempfile::NamedTempFile;

use super::content::open_plain;
use crate::app::rights::{Rights, set_mode};
use crate::files::{self, Durability, Existing, folder_of};

/// What came of moving a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrived {
    /// It is there.
    Moved,
    /// Another file has the name.
    NameTaken,
    /// There is nothing to move.
    Nothing,
}

/// Moves a file to a name that nobody has, also to another file system.
///
/// # Errors
/// If the file system refuses; the file is where it was then.
pub(super) fn move_to_free_name(from: &Path, to: &Path) -> io::Result<Arrived> {
    match files::move_to_free_name(from, to) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => carried_across(from, to),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Arrived::NameTaken),
        Err(error) if error.kind() == ErrorKind::NotFound && from.symlink_metadata().is_err() => Ok(Arrived::Nothing),
        moved => moved.map(|()| Arrived::Moved),
    }
}

/// Copies it under a passing name, makes sure that it is on disk, gives it its name, and only then removes the first.
fn carried_across(from: &Path, to: &Path) -> io::Result<Arrived> {
    let folder = folder_of(to);
    let mut copy = passing_file(folder)?;
    io::copy(&mut open_plain(from)?, copy.as_file_mut())?;
    match files::finish(copy, to, Existing::Kept) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(Arrived::NameTaken),
        finished => finished?,
    }
    files::sync_folder(folder)?;
    fs_err::remove_file(from)?;
    Ok(Arrived::Moved)
}

/// A file under a passing name, its owner's alone.
pub(super) fn passing_file(folder: &Path) -> io::Result<NamedTempFile> {
    files::temporary_in(folder).map_err(files::cannot_write_to(folder))
}

/// Puts a file of the account's own in the place of one that somebody else has made, and may have open still; a link, or
/// whatever else is no file, goes. Whether a file is there.
pub(super) fn make_own(path: &Path) -> io::Result<bool> {
    let metadata = match fs_err::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    if metadata.is_dir() {
        fs_err::remove_dir_all(path)?;
        return Ok(false);
    }
    if !metadata.is_file() {
        fs_err::remove_file(path)?;
        return Ok(false);
    }
    let mut own = passing_file(folder_of(path))?;
    if is_as_private(&metadata, &own.as_file().metadata()?) {
        set_mode(path, 0o600)?;
        return Ok(true);
    }
    io::copy(&mut open_plain(path)?, own.as_file_mut())?;
    files::finish(own, path, Existing::Replaced)?;
    Ok(true)
}

/// Whether a file is its owner's alone, who is that of a file of our own, and has no second name.
fn is_as_private(file: &Metadata, own: &Metadata) -> bool {
    let (file, own) = (Rights::of(file), Rights::of(own));
    file.zip(own)
        .is_none_or(|(file, own)| file.owner == own.owner && file.names == 1)
}

/// Takes away what a crash has left under passing names, in a folder where nobody else makes such files.
pub(super) fn clear_passing(folder: &Path) -> io::Result<()> {
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        if files::is_temporary(&entry.file_name().to_string_lossy()) {
            // One that cannot be removed does no harm.
            let _ = fs_err::remove_file(entry.path());
        }
    }
    Ok(())
}

/// Replaces a file of ours in one step, its owner's alone.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let replaced = files::replace(path, Durability::Lasting, |out| out.write_all(bytes));
    replaced.map_err(files::cannot_write_to(folder_of(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_and_a_name_that_is_taken_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs_err::write(path("b"), "theirs").unwrap();
        fs_err::write(path("c"), "mine").unwrap();
        assert_eq!(move_to_free_name(&path("a"), &path("d")).unwrap(), Arrived::Nothing);
        assert_eq!(move_to_free_name(&path("c"), &path("b")).unwrap(), Arrived::NameTaken);
        assert_eq!(move_to_free_name(&path("c"), &path("d")).unwrap(), Arrived::Moved);
    }

    #[test]
    fn what_goes_to_another_file_system_is_copied_and_then_removed_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs_err::write(path("a"), "mine").unwrap();
        fs_err::write(path("b"), "theirs").unwrap();
        assert_eq!(carried_across(&path("a"), &path("b")).unwrap(), Arrived::NameTaken);
        assert_eq!(carried_across(&path("a"), &path("c")).unwrap(), Arrived::Moved);
        let mut left: Vec<String> = fs_err::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["b", "c"]);
        assert_eq!(fs_err::read_to_string(path("c")).unwrap(), "mine");
    }

    #[cfg(unix)]
    #[test]
    fn what_others_may_change_becomes_a_file_of_ones_own_and_links_go() {
        use std::os::unix::fs::{MetadataExt, symlink};

        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs_err::write(path("theirs"), "theirs").unwrap();
        fs_err::hard_link(path("theirs"), path("a")).unwrap();
        assert!(make_own(&path("a")).unwrap());
        fs_err::write(path("theirs"), "changed").unwrap();
        assert_eq!(fs_err::read_to_string(path("a")).unwrap(), "theirs");
        assert_eq!(fs_err::metadata(path("a")).unwrap().mode() & 0o7777, 0o600);
        symlink(path("theirs"), path("link")).unwrap();
        assert!(!make_own(&path("link")).unwrap() && !make_own(&path("missing")).unwrap());
        assert!(path("link").symlink_metadata().is_err() && path("theirs").exists());
    }
}
