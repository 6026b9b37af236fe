//! Whose a folder is. Whoever made one could put things there that reseat believes, or have it lead elsewhere.

use std::fs::Metadata;
use std::io;
use std::path::Path;

use super::moving::passing_file;
use crate::app::rights::Rights;

/// The account that runs reseat, as the file system of a drop folder sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Account {
    number: Option<u32>,
}

impl Account {
    /// Seen by a file that is written into this folder just now: what an account is called differs on network shares, and a
    /// file that is there already may be anybody's.
    pub(super) fn that_writes_to(folder: &Path) -> io::Result<Self> {
        let number = owner(&passing_file(folder)?.as_file().metadata()?);
        Ok(Self { number })
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
            self.is_owner(&metadata) || is_roots(&metadata) || owner(&metadata) == owner(&fs_err::metadata(above)?);
        Ok(is_trusted && folder.is_dir())
    }

    fn is_owner(self, metadata: &Metadata) -> bool {
        owner(metadata) == self.number
    }
}

fn is_roots(metadata: &Metadata) -> bool {
    owner(metadata).is_none_or(|owner| owner == 0)
}

/// The number of the account that a file or folder belongs to, where the system tells.
fn owner(metadata: &Metadata) -> Option<u32> {
    Rights::of(metadata).map(|rights| rights.owner)
}
