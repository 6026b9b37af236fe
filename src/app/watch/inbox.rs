//! A drop folder on disk: the folders below it, and the private one in which reseat keeps what it works on.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use fs_err::{File, OpenOptions};
use jiff::Timestamp;

use super::content::identity;
use super::moving::{clear_passing, sync_folder};
use crate::app::state_place::make_private_folder;
use crate::text::clean;
use crate::watch::{Folder, Memory, Remembered};

/// The private folder. Everything that a crash must not lose is in it.
const PRIVATE: &str = ".reseat";

/// A drop folder that this process has to itself, as long as it is held.
#[derive(Debug)]
pub(super) struct Inbox {
    root: PathBuf,
    identity: Option<(u64, u64)>,
    lock: File,
}

/// Why a drop folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum InboxError {
    /// Another process has it.
    #[error("another `reseat watch` has `{}` ({holder})", folder.display())]
    Taken {
        /// The drop folder.
        folder: PathBuf,
        /// Who it is.
        holder: String,
    },
    /// Somebody else made the private folder, or one whose content counts as approved.
    #[error("`{}` belongs to somebody else, who could put things there that reseat believes; remove it, or make it the account's that runs reseat", folder.display())]
    Foreign {
        /// That folder.
        folder: PathBuf,
    },
    /// The file system refuses.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Inbox {
    /// Takes the folder, and makes the folders below it that are missing.
    ///
    /// # Errors
    /// If it is not there, is another's, or cannot be written to.
    pub(super) fn take(root: &Path) -> Result<Self, InboxError> {
        let metadata = fs_err::metadata(root)?;
        let private = root.join(PRIVATE);
        make_private_folder(&private).map_err(at(&private))?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut lock = options.open(private.join("lock"))?;
        match lock.file().try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                let holder = fs_err::read_to_string(private.join("lock.txt")).unwrap_or_default();
                let holder = match clean(&holder, 200) {
                    holder if holder.is_empty() => "which one cannot be read".to_owned(),
                    holder => holder,
                };
                let folder = root.to_owned();
                return Err(InboxError::Taken { folder, holder });
            }
            // There are file systems without locks.
            Err(std::fs::TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
            Err(std::fs::TryLockError::Error(error)) => return Err(error.into()),
        }
        // Whose files are ours is seen by one that was just written: what an account is called differs on network shares.
        lock.write_all(b" ")?;
        lock.set_len(0)?;
        if !is_safe(&private, &lock)? {
            return Err(InboxError::Foreign { folder: private });
        }
        let holder = format!("process {}, since {:.0}\n", std::process::id(), Timestamp::now());
        // The lock holds without it; another process then cannot say who has it.
        let _ = super::moving::replace(&private.join("lock.txt"), holder.as_bytes());
        let inbox = Self {
            root: root.to_owned(),
            identity: identity(&metadata),
            lock,
        };
        for folder in Folder::all() {
            let path = inbox.folder(folder);
            if !path.is_dir() {
                make_private_folder(&path).map_err(at(&path))?;
            }
        }
        for name in ["running", "approvals"] {
            make_private_folder(&private.join(name))?;
        }
        let folders = Folder::all().map(|folder| inbox.folder(folder));
        for folder in folders.chain([private.clone(), inbox.approvals()]) {
            clear_passing(&folder)?;
        }
        sync_folder(&private)?;
        Ok(inbox)
    }

    /// Whether the folder is still the one that was taken: not renamed, nor deleted and made again.
    ///
    /// # Errors
    /// If it cannot be looked at.
    pub(super) fn is_still_there(&self) -> io::Result<bool> {
        let found = identity(&fs_err::metadata(&self.root)?);
        Ok(found == self.identity && self.root.join(PRIVATE).join("lock").exists())
    }

    /// Makes sure that what lies in `approved/` was put there by somebody who may: whoever may rename folders here could
    /// put another in its place.
    ///
    /// # Errors
    /// If somebody else made it.
    pub(super) fn check_approved(&self) -> Result<(), InboxError> {
        let folder = self.folder(Folder::Approved);
        if is_ours(&folder, &self.lock)? {
            Ok(())
        } else {
            Err(InboxError::Foreign { folder })
        }
    }

    /// The drop folder.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// A folder below it.
    pub(super) fn folder(&self, folder: Folder) -> PathBuf {
        self.root.join(folder.name())
    }

    /// The folder of a sheet that was taken.
    pub(super) fn job(&self, id: &str) -> PathBuf {
        self.running().join(id)
    }

    /// Where the sheets are that were taken.
    pub(super) fn running(&self) -> PathBuf {
        self.root.join(PRIVATE).join("running")
    }

    /// The plan of a sheet with these bytes, as it waits for approval.
    pub(super) fn plan(&self, sha256: &str) -> PathBuf {
        self.approvals().join(format!("{sha256}.json"))
    }

    /// The same once somebody has approved it.
    pub(super) fn approved_plan(&self, sha256: &str) -> PathBuf {
        self.approvals().join(format!("{sha256}.approved.json"))
    }

    fn approvals(&self) -> PathBuf {
        self.root.join(PRIVATE).join("approvals")
    }

    /// What is remembered of earlier sheets.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn memory(&self) -> io::Result<Memory> {
        match fs_err::read(self.seen()) {
            Ok(bytes) => Ok(Memory::of_lines(&String::from_utf8_lossy(&bytes))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Memory::default()),
            Err(error) => Err(error),
        }
    }

    /// Adds a line to it, on disk.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn remember(&self, remembered: &Remembered) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.create(true).append(true).read(true);
        #[cfg(unix)]
        fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(self.seen())?;
        let mut line = serde_json::to_vec(remembered)?;
        // Before it too: what a crash has cut off must not spoil the line after it.
        line.insert(0, b'\n');
        line.push(b'\n');
        file.write_all(&line)?;
        file.sync_all()
    }

    fn seen(&self) -> PathBuf {
        self.root.join(PRIVATE).join("seen.jsonl")
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> io::Error + '_ {
    |error| {
        io::Error::new(
            error.kind(),
            format!("cannot make the folder `{}`: {error}", path.display()),
        )
    }
}

/// Whether a folder is the account's own, and nobody else may write to it.
#[cfg(unix)]
fn is_safe(folder: &Path, ours: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;

    let folder = fs_err::symlink_metadata(folder)?;
    Ok(folder.is_dir() && folder.uid() == ours.metadata()?.uid())
}

#[cfg(not(unix))]
fn is_safe(_folder: &Path, _ours: &File) -> io::Result<bool> {
    Ok(true)
}

/// Whether a folder was made by the account itself, or by an administrator.
#[cfg(unix)]
fn is_ours(folder: &Path, ours: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;

    let folder = fs_err::symlink_metadata(folder)?;
    Ok(folder.is_dir() && (folder.uid() == 0 || folder.uid() == ours.metadata()?.uid()))
}

#[cfg(not(unix))]
fn is_ours(_folder: &Path, _ours: &File) -> io::Result<bool> {
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_taken_once_and_free_again_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let inbox = Inbox::take(folder.path()).unwrap();
        let refused = Inbox::take(folder.path()).unwrap_err().to_string();
        assert!(
            refused.contains(&format!("process {}", std::process::id())),
            "{refused}"
        );
        drop(inbox);
        let inbox = Inbox::take(folder.path()).unwrap();
        assert!(inbox.is_still_there().unwrap());
        for folder in Folder::all() {
            assert!(inbox.folder(folder).is_dir());
        }
    }

    #[test]
    fn a_folder_that_is_made_again_is_another() {
        let parent = tempfile::tempdir().unwrap();
        let root = parent.path().join("inbox");
        fs_err::create_dir(&root).unwrap();
        let inbox = Inbox::take(&root).unwrap();
        fs_err::rename(&root, parent.path().join("elsewhere")).unwrap();
        assert!(inbox.is_still_there().is_err());
        fs_err::create_dir(&root).unwrap();
        assert!(!inbox.is_still_there().unwrap());
    }

    #[test]
    fn what_is_remembered_is_there_after_a_restart_also_behind_half_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let remembered = Remembered {
            sha256: "5a".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            folder: Folder::Done,
            sheet: "a.csv".to_owned(),
            exit_code: Some(0),
        };
        let inbox = Inbox::take(folder.path()).unwrap();
        fs_err::write(inbox.seen(), "{\"sha256\":\"5").unwrap();
        inbox.remember(&remembered).unwrap();
        assert_eq!(inbox.memory().unwrap().of("5a"), Some(&remembered));
    }
}
