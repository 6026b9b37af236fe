//! The state file: the organization between two runs.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::World;
use crate::files::{self, Durability};
use crate::model::OrganizationId;

/// What the file holds.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Stored<W> {
    pub(super) organization_id: OrganizationId,
    pub(super) world: W,
}

/// Reads a state file; `None` if there is none yet.
pub(super) fn load(path: &Path) -> io::Result<Option<Stored<World>>> {
    let bytes = match fs_err::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => read?,
    };
    let mut stored: Stored<World> = serde_json::from_slice(&bytes).map_err(|error| {
        let words = format!("`{}` is not the state of a sandbox: {error}", path.display());
        io::Error::new(io::ErrorKind::InvalidData, words)
    })?;
    stored.world.reindex();
    Ok(Some(stored))
}

/// The file's content.
pub(super) fn written(organization_id: OrganizationId, world: &World) -> io::Result<Vec<u8>> {
    Ok(serde_json::to_vec(&Stored { organization_id, world })?)
}

/// Replaces the file at once and whole, for its owner's eyes only.
pub(super) fn save(path: &Path, content: &[u8]) -> io::Result<()> {
    files::replace(path, Durability::Whole, |out| out.write_all(content))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_stored_organization_comes_back_with_its_indexes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        assert!(load(&path).unwrap().is_none());
        let world = World::demo(1, Timestamp::UNIX_EPOCH);
        let id = OrganizationId(uuid::Uuid::nil());
        save(&path, &written(id, &world).unwrap()).unwrap();
        let stored = load(&path).unwrap().unwrap();
        assert_eq!(stored.organization_id, id);
        assert_eq!(stored.world.seats(), world.seats());
        let anna = |world: &World| world.user_called("ANNA.BERG@contoso.example").cloned();
        assert!(anna(&world).is_some());
        assert_eq!(anna(&stored.world), anna(&world));
    }

    #[test]
    fn a_file_of_something_else_is_named_in_the_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        fs_err::write(&path, "[]").unwrap();
        let error = load(&path).err().unwrap().to_string();
        assert!(
            error.contains("state.json") && error.contains("not the state of a sandbox"),
            "{error}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_state_file_is_for_its_owners_eyes_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        save(&path, b"{}").unwrap();
        let mode = fs_err::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
