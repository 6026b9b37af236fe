//! Where something about one organization is kept between runs, in the state folder.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use fs_err::{File, OpenOptions};

use super::rights::private;
use crate::model::OrganizationId;

/// The files of one organization, which is told from others by the service's address and its own id.
#[derive(Debug, Clone)]
pub(super) struct StatePlace {
    folder: PathBuf,
    name: String,
}

impl StatePlace {
    /// The place of the organization with this id at this address.
    pub(super) fn of(folder: &Path, service: &str, organization: OrganizationId) -> Self {
        // An address has characters that no file name may have.
        let service = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, service.as_bytes());
        let (service, ..) = service.as_fields();
        Self {
            folder: folder.to_owned(),
            name: format!("{organization}-{service:08x}"),
        }
    }

    /// The place of the organization with this name at this address, for what has to be found where its id is not known:
    /// without asking anybody. Names are compared without case, as those of hosts are.
    pub(super) fn of_name(folder: &Path, service: &str, organization: &str) -> Self {
        let address = format!("{service}/{}", organization.to_lowercase());
        Self {
            folder: folder.to_owned(),
            name: uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, address.as_bytes()).to_string(),
        }
    }

    /// The file of this kind.
    pub(super) fn path(&self, kind: &str) -> PathBuf {
        self.folder.join(format!("{}.{kind}", self.name))
    }

    /// Creates the folder if it is missing, accessible only to its owner.
    pub(super) fn make_folder(&self) -> io::Result<()> {
        make_private_folder(&self.folder)
    }

    /// The file of this kind, to be locked; it is made if it is missing, accessible only to its owner.
    pub(super) fn lock_file(&self, kind: &str) -> io::Result<File> {
        self.make_folder()?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        private(&mut options).open(self.path(kind))
    }

    /// Holds the lock of this kind for as long as the file lives; another process that holds it is waited for.
    pub(super) fn locked(&self, kind: &str) -> io::Result<File> {
        let lock = self.lock_file(kind)?;
        match lock.file().lock() {
            // There are file systems without locks; the worst is that what one of two processes adds is forgotten.
            Err(error) if error.kind() == ErrorKind::Unsupported => {}
            locked => locked?,
        }
        Ok(lock)
    }

    /// Replaces the file of this kind in one step, so that nobody reads half of it. It is its owner's alone.
    pub(super) fn write(&self, kind: &str, bytes: &[u8]) -> io::Result<()> {
        self.make_folder()?;
        let file = tempfile::NamedTempFile::new_in(&self.folder)?;
        fs_err::write(file.path(), bytes)?;
        file.persist(self.path(kind))?;
        Ok(())
    }
}

/// Creates a folder, if it is missing, that only its owner may look into.
pub(super) fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_id_at_two_addresses_is_two_organizations() {
        let id = OrganizationId(uuid::Uuid::from_u128(7));
        let path = |service| StatePlace::of(Path::new("/state"), service, id).path("memory.json");
        let cloud = path("https://cloud.uipath.com");
        assert_ne!(cloud, path("https://staging.uipath.com"));
        assert_eq!(cloud, path("https://cloud.uipath.com"));
        assert!(cloud.starts_with("/state") && cloud.to_string_lossy().contains(&id.to_string()));
    }
}
