//! Whose a folder is. Whoever made one could put things there that reseat believes, or have it lead elsewhere.

use std::io;
use std::path::Path;

use super::moving::passing_file;

/// The account that runs reseat, as the file system of a drop folder sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Account {
    #[cfg(unix)]
    number: u32,
}

impl Account {
    /// Seen by a file that is written into this folder just now: what an account is called differs on network shares, and a
    /// file that is there already may be anybody's.
    pub(super) fn that_writes_to(folder: &Path) -> io::Result<Self> {
        let file = passing_file(folder)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;

            let number = file.as_file().metadata()?.uid();
            Ok(Self { number })
        }
        #[cfg(not(unix))]
        {
            drop(file);
            Ok(Self {})
        }
    }

    /// Whether it has made this folder itself. A link is no folder.
    pub(super) fn has_made(self, folder: &Path) -> io::Result<bool> {
        let metadata = fs_err::symlink_metadata(folder)?;
        Ok(metadata.is_dir() && self.is_owner(&metadata))
    }

    /// Whether the account or an administrator has made this folder. A link is no folder.
    pub(super) fn trusts(self, folder: &Path) -> io::Result<bool> {
        let metadata = fs_err::symlink_metadata(folder)?;
        Ok(metadata.is_dir() && (self.is_owner(&metadata) || is_roots(&metadata)))
    }

    /// Whether the account, an administrator, or whoever made `above` has made this folder, or the link to it: they could have
    /// everything otherwise in any case.
    pub(super) fn follows(self, folder: &Path, above: &Path) -> io::Result<bool> {
        let metadata = fs_err::symlink_metadata(folder)?;
        let is_trusted =
            self.is_owner(&metadata) || is_roots(&metadata) || have_one_owner(&metadata, &fs_err::metadata(above)?);
        Ok(is_trusted && folder.is_dir())
    }

    #[cfg(unix)]
    fn is_owner(self, metadata: &std::fs::Metadata) -> bool {
        use std::os::unix::fs::MetadataExt;

        metadata.uid() == self.number
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, reason = "other systems do not tell")]
    fn is_owner(self, _metadata: &std::fs::Metadata) -> bool {
        true
    }
}

#[cfg(unix)]
fn is_roots(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    metadata.uid() == 0
}

#[cfg(not(unix))]
fn is_roots(_metadata: &std::fs::Metadata) -> bool {
    true
}

/// Whether two files or folders belong to the same account, where the system tells.
#[cfg(unix)]
fn have_one_owner(one: &std::fs::Metadata, other: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    one.uid() == other.uid()
}

#[cfg(not(unix))]
fn have_one_owner(_one: &std::fs::Metadata, _other: &std::fs::Metadata) -> bool {
    true
}
