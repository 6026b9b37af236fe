//! A drop folder on disk: the folders below it, and the private one in which reseat keeps what it works on.

use std::fs::Metadata;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use fs_err::{File, OpenOptions};
use jiff::Timestamp;

use super::content::unfollowed;
use super::moving::clear_passing;
use super::owners::Account;
use crate::app::rights::{Rights, set_mode};
use crate::app::state_place::make_private_folder;
use crate::files::{private, sync_folder};
use crate::text::clean;
use crate::watch::{Folder, Memory, Remembered};

/// The private folder. Everything that a crash must not lose is in it.
const PRIVATE: &str = ".reseat";

/// A drop folder that this process has to itself, as long as it is held.
#[derive(Debug)]
pub(super) struct Inbox {
    root: PathBuf,
    within: Option<PathBuf>,
    identity: Option<(u64, u64)>,
    account: Account,
    _lock: File,
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
    /// Somebody else made the private folder, or one of those that sheets are moved to.
    #[error("`{}` belongs to somebody else, who could put things there that reseat believes; remove it, or make it the account's that runs reseat", folder.display())]
    Foreign {
        /// That folder.
        folder: PathBuf,
    },
    /// Whoever may write to a folder may also rename what lies in it.
    #[error("whoever may write to `{}` can rename the folders in it, so that nothing in `approved` counts as approved: set the sticky bit, chmod +t", folder.display())]
    Renamable {
        /// That folder.
        folder: PathBuf,
    },
    /// The file system refuses.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Inbox {
    /// Takes the folder, and makes the folders below it that are missing. `within` is the drop folder that this one lies in,
    /// if it is a profile's.
    ///
    /// # Errors
    /// If it is not there, is another's, or cannot be written to.
    pub(super) fn take(root: &Path, within: Option<&Path>) -> Result<Self, InboxError> {
        let metadata = fs_err::metadata(root)?;
        if let Some(outer) = within
            && !Account::that_writes_to(outer)?.follows(root, outer)?
        {
            // Whoever made it may rename what lies in it, and so approve.
            let folder = root.to_owned();
            return Err(InboxError::Foreign { folder });
        }
        let private = root.join(PRIVATE);
        let account = private_folder(&private)?;
        let lock = lock(root, &private)?;
        let holder = format!("process {}, since {:.0}\n", std::process::id(), Timestamp::now());
        // The lock holds without it; another process then cannot say who has it.
        let _ = super::moving::replace(&private.join("lock.txt"), holder.as_bytes());
        let inbox = Self {
            root: root.to_owned(),
            within: within.map(Path::to_owned),
            identity: identity(&metadata),
            account,
            _lock: lock,
        };
        for folder in Folder::all() {
            let path = inbox.folder(folder);
            if path.symlink_metadata().is_err() {
                make_private_folder(&path).map_err(at(&path))?;
            }
            // What is put there would else be led elsewhere, or be counted as approved.
            if !account.follows(&path, root)? {
                return Err(InboxError::Foreign { folder: path });
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
    pub(super) fn is_still_there(&self) -> io::Result<bool> {
        let found = identity(&fs_err::metadata(&self.root)?);
        Ok(found == self.identity && self.root.join(PRIVATE).join("lock").exists())
    }

    /// Makes sure that what lies in `approved/` was put there by somebody who may: whoever may rename folders here could
    /// put another in its place.
    ///
    /// # Errors
    /// If somebody else made it, or could rename another to it.
    pub(super) fn check_approved(&self) -> Result<(), InboxError> {
        for folder in std::iter::once(&self.root).chain(&self.within) {
            if others_may_rename_in(folder)? {
                let folder = folder.clone();
                return Err(InboxError::Renamable { folder });
            }
        }
        let folder = self.folder(Folder::Approved);
        if self.account.trusts(&folder)? {
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
    pub(super) fn memory(&self) -> io::Result<Memory> {
        match fs_err::read(self.seen()) {
            Ok(bytes) => Ok(Memory::of_lines(&String::from_utf8_lossy(&bytes))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Memory::default()),
            Err(error) => Err(error),
        }
    }

    /// Adds a line to it, on disk.
    pub(super) fn remember(&self, remembered: &Remembered) -> io::Result<()> {
        let mut file =
            unfollowed(private(OpenOptions::new().create(true).append(true).read(true))).open(self.seen())?;
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

/// Makes the private folder if it is missing. Nothing that is in it is opened before it is known whose it is: whoever may
/// write to a drop folder could have made it, with links in it to any file of the account.
fn private_folder(folder: &Path) -> Result<Account, InboxError> {
    let foreign = || InboxError::Foreign {
        folder: folder.to_owned(),
    };
    match fs_err::symlink_metadata(folder) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(foreign()),
        Err(error) if error.kind() == ErrorKind::NotFound => make_private_folder(folder).map_err(at(folder))?,
        Err(error) => return Err(error.into()),
    }
    let account = Account::that_writes_to(folder)?;
    if !account.has_made(folder)? {
        return Err(foreign());
    }
    // There are file systems on which everything is everybody's.
    let _ = set_mode(folder, 0o700);
    Ok(account)
}

/// Whether others than its owner may rename what they have not made themselves.
fn others_may_rename_in(folder: &Path) -> io::Result<bool> {
    let rights = Rights::of(&fs_err::metadata(folder)?);
    Ok(rights.is_some_and(|Rights { mode, .. }| mode & 0o022 != 0 && mode & 0o1000 == 0))
}

/// Which folder it is, where the system tells.
fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    Rights::of(metadata).map(|rights| rights.identity)
}

/// Takes the lock, which is never written to.
fn lock(root: &Path, folder: &Path) -> Result<File, InboxError> {
    let mut options = OpenOptions::new();
    private(options.create(true).truncate(false).read(true).write(true));
    let lock = unfollowed(&mut options).open(folder.join("lock"))?;
    match lock.file().try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => {
            let holder = fs_err::read_to_string(folder.join("lock.txt")).unwrap_or_default();
            let holder = match clean(&holder, 200) {
                holder if holder.is_empty() => "which one cannot be read".to_owned(),
                holder => holder,
            };
            let folder = root.to_owned();
            Err(InboxError::Taken { folder, holder })
        }
        // There are file systems without locks.
        Err(std::fs::TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => Ok(lock),
        Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remembered() -> Remembered {
        Remembered {
            sha256: "5a".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            folder: Folder::Done,
            sheet: "a.csv".to_owned(),
            exit_code: Some(0),
        }
    }

    #[test]
    fn a_folder_is_taken_once_and_free_again_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let inbox = Inbox::take(folder.path(), None).unwrap();
        let refused = Inbox::take(folder.path(), None).unwrap_err().to_string();
        assert!(
            refused.contains(&format!("process {}", std::process::id())),
            "{refused}"
        );
        drop(inbox);
        let inbox = Inbox::take(folder.path(), None).unwrap();
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
        let inbox = Inbox::take(&root, None).unwrap();
        fs_err::rename(&root, parent.path().join("elsewhere")).unwrap();
        assert!(inbox.is_still_there().is_err());
        fs_err::create_dir(&root).unwrap();
        assert!(!inbox.is_still_there().unwrap());
    }

    #[test]
    fn what_is_remembered_is_there_after_a_restart_also_behind_half_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let remembered = remembered();
        let inbox = Inbox::take(folder.path(), None).unwrap();
        fs_err::write(inbox.seen(), "{\"sha256\":\"5").unwrap();
        inbox.remember(&remembered).unwrap();
        assert_eq!(inbox.memory().unwrap().of("5a"), Some(&remembered));
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_opened_through_a_link_in_the_place_of_a_folder_or_a_file_of_ours() {
        use std::os::unix::fs::symlink;

        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        let secret = path("secret");
        fs_err::write(&secret, "mine").unwrap();
        fs_err::create_dir_all(path("led/.reseat")).unwrap();
        symlink(&secret, path("led/.reseat/lock")).unwrap();
        assert!(Inbox::take(&path("led"), None).is_err());
        fs_err::remove_file(path("led/.reseat/lock")).unwrap();
        let inbox = Inbox::take(&path("led"), None).unwrap();
        symlink(&secret, inbox.seen()).unwrap();
        let remembered = remembered();
        assert!(inbox.remember(&remembered).is_err());
        assert_eq!(fs_err::read_to_string(&secret).unwrap(), "mine");
        fs_err::create_dir_all(path("elsewhere")).unwrap();
        fs_err::create_dir_all(path("linked")).unwrap();
        symlink(path("elsewhere"), path("linked/.reseat")).unwrap();
        let refused = Inbox::take(&path("linked"), None).unwrap_err();
        assert!(matches!(refused, InboxError::Foreign { .. }), "{refused}");
        assert_eq!(fs_err::read_dir(path("elsewhere")).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn nothing_counts_as_approved_where_others_may_rename_folders() {
        use std::os::unix::fs::PermissionsExt;

        let root = tempfile::tempdir().unwrap();
        let inbox = Inbox::take(root.path(), None).unwrap();
        for (mode, is_safe) in [
            (0o700, true),
            (0o755, true),
            (0o770, false),
            (0o2775, false),
            (0o707, false),
            (0o1777, true),
            (0o3770, true),
        ] {
            fs_err::set_permissions(root.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(inbox.check_approved().is_ok(), is_safe, "{mode:o}");
        }
    }

    /// Only root can make what is somebody else's.
    #[cfg(unix)]
    fn is_given_away(path: &Path) -> bool {
        std::os::unix::fs::lchown(path, Some(4711), None).is_ok()
    }

    #[cfg(unix)]
    #[test]
    fn what_somebody_else_has_made_is_neither_opened_nor_moved_into() {
        use std::os::unix::fs::symlink;

        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        let secret = path("secret");
        fs_err::write(&secret, "mine").unwrap();
        fs_err::create_dir_all(path("a/.reseat")).unwrap();
        symlink(&secret, path("a/.reseat/lock")).unwrap();
        fs_err::create_dir(path("b")).unwrap();
        symlink(place.path(), path("b/done")).unwrap();
        fs_err::create_dir_all(path("c/acme")).unwrap();
        let foreign = |root: &str, within: Option<&str>| {
            let taken = Inbox::take(&path(root), within.map(path).as_deref());
            matches!(taken, Err(InboxError::Foreign { .. }))
        };
        if ["a/.reseat", "b/done", "c/acme"]
            .iter()
            .all(|name| is_given_away(&path(name)))
        {
            // Its own lock in it makes it no less somebody else's.
            assert!(foreign("a", None));
            fs_err::remove_file(path("a/.reseat/lock")).unwrap();
            fs_err::write(path("a/.reseat/lock"), "").unwrap();
            assert!(is_given_away(&path("a/.reseat/lock")) && foreign("a", None));
            assert!(foreign("b", None));
            assert!(foreign("c/acme", Some("c")));
            // Whoever has the drop folder may make folders in it.
            assert!(is_given_away(&path("c")) && !foreign("c/acme", Some("c")));
        }
        assert_eq!(fs_err::read_to_string(&secret).unwrap(), "mine");
    }
}
