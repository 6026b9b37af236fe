//! Where something about one organization is kept between runs, in the state folder.

use std::io::{self, BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use fs_err::{File, OpenOptions};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};

use crate::files::{self, Durability, private};
use crate::model::OrganizationId;

/// A memory in the form of this version, which says so: a file that has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Version;

impl Version {
    /// A greater number is a later reseat's.
    const NUMBER: u32 = 1;
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u32(Self::NUMBER)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match u32::deserialize(from)? {
            0..=Self::NUMBER => Ok(Self),
            _ => Err(D::Error::custom("a later version")),
        }
    }
}

/// What a memory of any version has.
#[derive(Debug, Deserialize)]
struct AnyVersion {
    version: u32,
}

/// A memory of which it is told when it cannot be used.
#[derive(Debug, Clone, Copy)]
pub(super) struct MemoryFile {
    /// The end of its name.
    pub(super) kind: &'static str,
    /// The end of the name of the file that is locked while it is changed.
    pub(super) lock: &'static str,
    /// What is to be done where it is damaged.
    pub(super) mend: &'static str,
}

/// Why a memory cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum MemoryError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("`{path}` is damaged ({fault}); {mend}")]
    Damaged {
        path: String,
        fault: serde_json::Error,
        mend: &'static str,
    },
    #[error("`{path}` was written by a later version of reseat")]
    Newer { path: String },
}

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
        private(OpenOptions::new().create(true).truncate(false).write(true)).open(self.path(kind))
    }

    /// Holds the lock of this memory for as long as the file lives; another process that holds it is waited for.
    pub(super) fn locked(&self, memory: MemoryFile) -> io::Result<File> {
        let lock = self.lock_file(memory.lock)?;
        match lock.file().lock() {
            // There are file systems without locks; the worst is that what one of two processes adds is forgotten.
            Err(error) if error.kind() == ErrorKind::Unsupported => {}
            locked => locked?,
        }
        Ok(lock)
    }

    /// Reads a memory, which has a [`Version`]; `None` where there is none.
    pub(super) fn read<T: DeserializeOwned>(&self, memory: MemoryFile) -> Result<Option<T>, MemoryError> {
        let path = self.path(memory.kind);
        let open = || File::open(&path).map(BufReader::new);
        let file = match open() {
            Ok(file) => file,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        // Not taken in as a whole: most of it may be left out.
        serde_json::from_reader(file).map(Some).map_err(|fault| {
            if fault.is_io() {
                return io::Error::from(fault).into();
            }
            let version = open().map(serde_json::from_reader::<_, AnyVersion>);
            let path = path.display().to_string();
            // What a later version has in it may look like damage.
            match version {
                Ok(Ok(AnyVersion { version })) if version > Version::NUMBER => MemoryError::Newer { path },
                _ => MemoryError::Damaged {
                    path,
                    fault,
                    mend: memory.mend,
                },
            }
        })
    }

    /// What is in the file of this kind, whose loss does no harm; `None` where it cannot be read.
    pub(super) fn recall<T: DeserializeOwned>(&self, kind: &str) -> Option<T> {
        let text = fs_err::read(self.path(kind)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Replaces the file of this kind by one with this.
    pub(super) fn keep(&self, kind: &str, content: &impl Serialize) -> io::Result<()> {
        self.write(kind, &serde_json::to_vec(content)?)
    }

    /// Replaces the file of this kind in one step, so that nobody reads half of it. It is its owner's alone.
    pub(super) fn write(&self, kind: &str, bytes: &[u8]) -> io::Result<()> {
        self.make_folder()?;
        let written = files::replace(&self.path(kind), Durability::Unsure, |out| out.write_all(bytes));
        written.map_err(files::cannot_write_to(&self.folder))
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
