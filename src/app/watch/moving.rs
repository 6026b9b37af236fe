//! Moving files without ever replacing one.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use fs_err::{File, OpenOptions};

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
    match rename_to_free_name(from, to) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => carried_across(from, to),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Arrived::NameTaken),
        Err(error) if error.kind() == ErrorKind::NotFound && from.symlink_metadata().is_err() => Ok(Arrived::Nothing),
        Err(error) => Err(io::Error::new(
            error.kind(),
            format!("cannot move `{}` to `{}`: {error}", from.display(), to.display()),
        )),
        Ok(()) => Ok(Arrived::Moved),
    }
}

/// In one step where the file system has that.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn rename_to_free_name(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;

    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => rename_over_placeholder(from, to),
        renamed => renamed.map_err(io::Error::from),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn rename_to_free_name(from: &Path, to: &Path) -> io::Result<()> {
    rename_over_placeholder(from, to)
}

/// Takes the name with an empty file first.
fn rename_over_placeholder(from: &Path, to: &Path) -> io::Result<()> {
    // Told first, since a placeholder would be in the way of the next attempt.
    from.symlink_metadata()?;
    OpenOptions::new().write(true).create_new(true).open(to)?;
    let renamed = fs_err::rename(from, to);
    if renamed.is_err() {
        // The empty file; if it stays, the next attempt uses another name.
        let _ = fs_err::remove_file(to);
    }
    renamed
}

/// Copies it under a passing name, makes sure that it is on disk, gives it its name, and only then removes the first.
fn carried_across(from: &Path, to: &Path) -> io::Result<Arrived> {
    let folder = to.parent().unwrap_or(Path::new("."));
    let mut copy = passing_file(folder)?;
    io::copy(&mut File::open(from)?, copy.as_file_mut())?;
    copy.as_file_mut().flush()?;
    copy.as_file().sync_all()?;
    match copy.persist_noclobber(to) {
        Ok(_) => {}
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => return Ok(Arrived::NameTaken),
        Err(error) => return Err(error.error),
    }
    sync_folder(folder)?;
    fs_err::remove_file(from)?;
    Ok(Arrived::Moved)
}

/// How the names of files begin and end that have no name of their own yet.
const PASSING: (&str, &str) = (".reseat-", ".tmp");

/// A file under a passing name, its owner's alone.
///
/// # Errors
/// If the disk refuses.
pub(super) fn passing_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let (start, end) = PASSING;
    tempfile::Builder::new().prefix(start).suffix(end).tempfile_in(folder)
}

/// Whether a name is one of these.
pub(super) fn is_passing(name: &str) -> bool {
    let (start, end) = PASSING;
    name.starts_with(start) && name.ends_with(end)
}

/// Takes away what a crash has left under passing names, in a folder where nobody else makes such files.
///
/// # Errors
/// If the folder cannot be read.
pub(super) fn clear_passing(folder: &Path) -> io::Result<()> {
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        if is_passing(&entry.file_name().to_string_lossy()) {
            // One that cannot be removed does no harm.
            let _ = fs_err::remove_file(entry.path());
        }
    }
    Ok(())
}

/// Makes what was created, renamed or removed in a folder survive a power loss.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        match File::open(folder)?.sync_all() {
            // There are file systems on which a folder cannot be synced.
            Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {}
            synced => synced?,
        }
    }
    Ok(())
}

/// Replaces a file of ours in one step, its owner's alone.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = passing_file(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_folder(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rename = fn(&Path, &Path) -> io::Result<()>;

    #[test]
    fn no_file_is_ever_replaced_and_what_is_not_there_is_told() {
        for rename in [rename_to_free_name as Rename, rename_over_placeholder as Rename] {
            let folder = tempfile::tempdir().unwrap();
            let path = |name: &str| folder.path().join(name);
            fs_err::write(path("a"), "mine").unwrap();
            fs_err::write(path("b"), "theirs").unwrap();
            let taken = rename(&path("a"), &path("b")).unwrap_err();
            assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
            assert_eq!(fs_err::read_to_string(path("b")).unwrap(), "theirs");
            rename(&path("a"), &path("c")).unwrap();
            assert_eq!(fs_err::read_to_string(path("c")).unwrap(), "mine");
            assert_eq!(rename(&path("a"), &path("d")).unwrap_err().kind(), ErrorKind::NotFound);
            assert!(!path("a").exists() && !path("d").exists());
            assert_eq!(move_to_free_name(&path("a"), &path("d")).unwrap(), Arrived::Nothing);
            assert_eq!(move_to_free_name(&path("c"), &path("b")).unwrap(), Arrived::NameTaken);
        }
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
}
