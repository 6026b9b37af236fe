//! Whose files are and who may do what with them, as Unix has it. Elsewhere nothing is known of that, and nothing is changed.

use std::fs::Metadata;
use std::io;
use std::path::Path;

/// What is known of a file or folder.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rights {
    /// The number of the account that it belongs to.
    pub(super) owner: u32,
    /// Who may do what.
    pub(super) mode: u32,
    /// How many names it has.
    pub(super) names: u64,
    /// Which one it is, whatever its name.
    pub(super) identity: (u64, u64),
}

impl Rights {
    /// Those of a file or folder; `None` where the system has none.
    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "other systems do not tell")]
    pub(super) fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;

        Some(Self {
            owner: metadata.uid(),
            mode: metadata.mode() & 0o7777,
            names: metadata.nlink(),
            identity: (metadata.dev(), metadata.ino()),
        })
    }

    /// Those of a file or folder; `None` where the system has none.
    #[cfg(not(unix))]
    pub(super) fn of(_metadata: &Metadata) -> Option<Self> {
        None
    }
}

/// Says who may do what with a file or folder.
pub(super) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    fs_err::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    #[cfg(not(unix))]
    let _ = (path, mode);
    Ok(())
}

/// Gives a file or folder to a group.
pub(super) fn give_to_group(path: &Path, group: u32) -> io::Result<()> {
    #[cfg(unix)]
    std::os::unix::fs::chown(path, None, Some(group))?;
    #[cfg(not(unix))]
    let _ = (path, group);
    Ok(())
}
