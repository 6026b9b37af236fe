//! Moving a file without ever replacing one.

use std::io;
use std::path::Path;

use fs_err::OpenOptions;

use super::whole::private;

/// Moves a file to a name that nobody has, on the same file system; `AlreadyExists` if somebody has it.
pub fn move_to_free_name(from: &Path, to: &Path) -> io::Result<()> {
    rename(from, to).map_err(|error| {
        let what = format!("cannot move `{}` to `{}`: {error}", from.display(), to.display());
        io::Error::new(error.kind(), what)
    })
}

/// In one step where the file system has that.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;

    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => rename_over_placeholder(from, to),
        renamed => renamed.map_err(io::Error::from),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
use self::rename_over_placeholder as rename;

/// Takes the name with an empty file first.
fn rename_over_placeholder(from: &Path, to: &Path) -> io::Result<()> {
    // Told first, since a placeholder would be in the way of the next attempt.
    from.symlink_metadata()?;
    private(OpenOptions::new().write(true).create_new(true)).open(to)?;
    let renamed = fs_err::rename(from, to);
    if renamed.is_err() {
        // The empty file; if it stays, the next attempt uses another name.
        let _ = fs_err::remove_file(to);
    }
    renamed
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    type Rename = fn(&Path, &Path) -> io::Result<()>;

    #[test]
    fn no_file_is_ever_replaced_and_what_is_not_there_leaves_no_name_taken() {
        for rename in [move_to_free_name as Rename, rename_over_placeholder as Rename] {
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
        }
    }
}
