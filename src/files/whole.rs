//! A file that appears whole or not at all, readable only by its owner unless somebody says otherwise.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

use fs_err::{File, OpenOptions};
use tempfile::NamedTempFile;

use super::names::{behind_links, folder_of};

/// What becomes of a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Existing {
    /// It is kept, and nothing is written.
    #[default]
    Kept,
    /// It is replaced (`--force`).
    Replaced,
}

/// What is sure to be there if the power fails once a file was replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing: what is lost is made anew.
    Unsure,
    /// The old file or the new one.
    Whole,
    /// The new file.
    Lasting,
}

/// How the names of files begin and end that have no name of their own yet.
const TEMPORARY: (&str, &str) = (".reseat-", ".tmp");

/// Whether this is the name of a file that has none of its own yet.
pub fn is_temporary(name: &str) -> bool {
    let (start, end) = TEMPORARY;
    name.starts_with(start) && name.ends_with(end)
}

/// A private file in the folder of this one, which it becomes in the end. Errors do not tell the passing name, which nobody knows
/// and which is another each time.
pub fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    temporary_in(folder_of(&behind_links(path)))
}

/// A private file in this folder.
pub fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let (start, end) = TEMPORARY;
    let file = tempfile::Builder::new().prefix(start).suffix(end).tempfile_in(folder);
    file.map_err(|error| io::Error::new(error.kind(), without_name(&error)))
}

/// What an error says, without the name of the temporary file that it is about.
pub fn without_name(error: &io::Error) -> String {
    let told = error.to_string();
    told.split_once(" at path ")
        .map_or_else(|| told.clone(), |(told, _)| told.to_owned())
}

/// Says of an error which folder it is about.
pub fn cannot_write_to(folder: &Path) -> impl Fn(io::Error) -> io::Error + '_ {
    move |error| {
        let what = format!("cannot write to the folder `{}`: {error}", folder.display());
        io::Error::new(error.kind(), what)
    }
}

/// Writes what is in such a file.
pub fn fill(file: &NamedTempFile, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(file.as_file());
    write(&mut out)?;
    out.flush()
}

/// Gives such a file its name, once what is in it is on disk; `AlreadyExists` if a file is there that is to be kept.
pub fn finish(file: NamedTempFile, path: &Path, existing: Existing) -> io::Result<()> {
    file.as_file().sync_all()?;
    match existing {
        Existing::Kept => file.persist_noclobber(path)?,
        Existing::Replaced => file.persist(behind_links(path))?,
    };
    Ok(())
}

/// Replaces a file in one step by a private one.
pub fn replace(
    path: &Path,
    durability: Durability,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let path = &behind_links(path);
    let file = temporary_in(folder_of(path))?;
    fill(&file, write)?;
    if durability != Durability::Unsure {
        file.as_file().sync_all()?;
    }
    file.persist(path)?;
    if durability == Durability::Lasting {
        sync_folder(folder_of(path))?;
    }
    Ok(())
}

/// Makes what was created, renamed or removed in a folder survive a power loss.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        match File::open(folder)?.sync_all() {
            // There are file systems on which a folder cannot be synced.
            Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {}
            synced => synced?,
        }
    }
    Ok(())
}

/// A file that is made with these options is its owner's alone.
pub fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    fs_err::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for durability in [Durability::Unsure, Durability::Whole, Durability::Lasting] {
            let text = format!("{durability:?}");
            replace(&path, durability, |out| out.write_all(text.as_bytes())).unwrap();
            let failed = replace(&path, durability, |out| {
                out.write_all(b"half")?;
                Err(ErrorKind::StorageFull.into())
            });
            assert_eq!(failed.unwrap_err().kind(), ErrorKind::StorageFull);
            assert_eq!(fs_err::read_to_string(&path).unwrap(), text);
            assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 1);
        }
        let other = temporary_beside(&path).unwrap();
        let kept = finish(other, &path, Existing::Kept).unwrap_err();
        assert_eq!(kept.kind(), ErrorKind::AlreadyExists);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_stays_and_what_it_leads_to_is_replaced_in_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs_err::create_dir(path("far")).unwrap();
        fs_err::os::unix::fs::symlink("far/a", path("near")).unwrap();
        fs_err::os::unix::fs::symlink("near", path("link")).unwrap();
        for text in ["new", "newer"] {
            replace(&path("link"), Durability::Lasting, |out| out.write_all(text.as_bytes())).unwrap();
            assert_eq!(fs_err::read_to_string(path("far/a")).unwrap(), text);
            let other = temporary_beside(&path("link")).unwrap();
            assert_eq!(other.path().parent(), Some(&*path("far")));
            finish(other, &path("link"), Existing::Replaced).unwrap();
            assert_eq!(fs_err::read_to_string(path("far/a")).unwrap(), "");
            assert!(path("link").is_symlink() && path("near").is_symlink());
        }
    }

    #[test]
    fn an_error_does_not_tell_the_passing_name() {
        let error = temporary_beside(Path::new("no folder of this name/a")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        let told = error.to_string();
        assert!(
            !told.is_empty() && !told.contains(".reseat-") && !told.contains("at path"),
            "{told}"
        );
    }
}
