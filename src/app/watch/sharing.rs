//! Who besides the account that runs reseat may read what is left in the folders.

use std::io;
use std::path::Path;

use super::inbox::Inbox;
use crate::app::rights::{Rights, give_to_group, set_mode};
use crate::settings::WatchSettings;
use crate::watch::Folder;

/// A group that may read, if the settings name one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sharing {
    group: Option<u32>,
}

impl Sharing {
    /// As the settings say.
    ///
    /// # Errors
    /// If there is no such group; what is left is the account's alone then.
    pub(super) fn of(settings: &WatchSettings) -> Result<Self, String> {
        let Some(name) = &settings.unix_group else {
            return Ok(Self::default());
        };
        match number_of(name) {
            Some(number) => Ok(Self { group: Some(number) }),
            None => Err(format!(
                "there is no group `{name}` (`unix_group`), so nobody but this account can read what is left in the folders"
            )),
        }
    }

    /// Lets the group read a file.
    ///
    /// # Errors
    /// If the system refuses: an account can give files to groups only that it is in.
    pub(super) fn share(self, path: &Path) -> io::Result<()> {
        self.give(path, 0o640)
    }

    /// Lets the group look into the folders where something is left. Who may approve is for the administrator to say.
    pub(super) fn open_folders(self, inbox: &Inbox) -> io::Result<()> {
        for folder in [Folder::Done, Folder::Waiting, Folder::Failed, Folder::Approve] {
            let path = inbox.folder(folder);
            if is_private(&path)? {
                self.give(&path, 0o750)?;
            }
        }
        Ok(())
    }

    fn give(self, path: &Path, mode: u32) -> io::Result<()> {
        let Some(group) = self.group else { return Ok(()) };
        give_to_group(path, group).map_err(|error| {
            let what = format!(
                "cannot give `{}` to the group {group} (`unix_group`): {error}",
                path.display()
            );
            io::Error::new(error.kind(), what)
        })?;
        set_mode(path, mode)
    }
}

/// Whether a folder is as reseat made it: an administrator's own arrangement stays.
fn is_private(folder: &Path) -> io::Result<bool> {
    let rights = Rights::of(&fs_err::metadata(folder)?);
    // The bit by which a folder gives its group on comes from the drop folder.
    Ok(rights.is_some_and(|rights| rights.mode & 0o777 == 0o700))
}

/// The number of a group, given by name or number.
fn number_of(name: &str) -> Option<u32> {
    let in_line = |text: &str| {
        text.lines().find_map(|line| {
            let mut parts = line.split(':');
            let is_it = parts.next() == Some(name);
            is_it.then(|| parts.nth(1)?.parse().ok()).flatten()
        })
    };
    let in_file = || in_line(&fs_err::read_to_string("/etc/group").ok()?);
    // Groups of a directory service are in no file.
    let asked = || {
        let asked = std::process::Command::new("getent")
            .args(["group", "--", name])
            .output()
            .ok()?;
        in_line(&String::from_utf8_lossy(&asked.stdout))
    };
    name.parse().ok().or_else(in_file).or_else(asked)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_group_may_look_into_the_folders_also_where_the_drop_folder_gives_its_own_group_on() {
        use std::fs::Permissions;
        use std::os::unix::fs::{MetadataExt, PermissionsExt};

        for mode in [0o770, 0o2770, 0o3770] {
            let root = tempfile::tempdir().unwrap();
            fs_err::set_permissions(root.path(), Permissions::from_mode(mode)).unwrap();
            let inbox = Inbox::take(root.path(), None).unwrap();
            let group = fs_err::metadata(root.path()).unwrap().gid();
            let arranged = inbox.folder(Folder::Failed);
            fs_err::set_permissions(&arranged, Permissions::from_mode(0o755)).unwrap();
            Sharing { group: Some(group) }.open_folders(&inbox).unwrap();
            let mode = |folder| fs_err::metadata(inbox.folder(folder)).unwrap().mode() & 0o777;
            assert_eq!(mode(Folder::Approve), 0o750);
            assert_eq!(mode(Folder::Failed), 0o755);
            assert_eq!(mode(Folder::Approved), 0o700);
        }
    }

    #[test]
    fn a_group_is_known_by_number_and_by_name_and_an_unknown_one_is_told() {
        assert_eq!(number_of("4711"), Some(4711));
        assert_eq!(number_of("no such group"), None);
        let settings = WatchSettings {
            unix_group: Some("no such group".to_owned()),
            ..WatchSettings::default()
        };
        assert!(Sharing::of(&settings).unwrap_err().contains("no such group"));
    }
}
