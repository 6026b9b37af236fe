//! Moving files without ever replacing one.

use std::fs::Metadata;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use fs_err::{File, OpenOptions};

use super::content::open_plain;
use crate::app::rights::{Rights, set_mode};

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
    io::copy(&mut open_plain(from)?, copy.as_file_mut())?;
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
pub(super) fn passing_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let (start, end) = PASSING;
    let file = tempfile::Builder::new().prefix(start).suffix(end).tempfile_in(folder);
    // Without the name, which is another each time: what is wrong is said once.
    file.map_err(|error| {
        let why = error.get_ref().and_then(std::error::Error::source);
        let why = why.map_or_else(|| error.to_string(), ToString::to_string);
        let what = format!("cannot write to the folder `{}`: {why}", folder.display());
        io::Error::new(error.kind(), what)
    })
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
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut own = passing_file(folder)?;
    if is_as_private(&metadata, &own.as_file().metadata()?) {
        set_mode(path, 0o600)?;
        return Ok(true);
    }
    io::copy(&mut open_plain(path)?, own.as_file_mut())?;
    own.as_file().sync_all()?;
    own.persist(path).map_err(|error| error.error)?;
    Ok(true)
}

/// Whether a file is its owner's alone, who is that of a file of our own, and has no second name.
fn is_as_private(file: &Metadata, own: &Metadata) -> bool {
    let (file, own) = (Rights::of(file), Rights::of(own));
    file.zip(own)
        .is_none_or(|(file, own)| file.owner == own.owner && file.names == 1)
}

/// Whether a name is one of these.
pub(super) fn is_passing(name: &str) -> bool {
    let (start, end) = PASSING;
    name.starts_with(start) && name.ends_with(end)
}

/// Takes away what a crash has left under passing names, in a folder where nobody else makes such files.
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
