//! What a run leaves for the next one: the quota it spent, and by which route allocations can be read. A small file for
//! each organization at each address, which may be missing or unreadable without harm.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api::AllocationRoute;
use crate::model::OrganizationId;
use crate::pace::Spent;

/// The file of one organization.
pub(super) struct MemoryFile(Option<PathBuf>);

/// What is known from earlier runs, aged to the present.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Memory {
    /// What counts against the quotas.
    pub(super) spent: Vec<Spent>,
    /// By which route allocations can be read.
    pub(super) allocation_route: Option<AllocationRoute>,
}

#[derive(Serialize, Deserialize)]
struct SavedMemory {
    saved_at: Timestamp,
    spent: Vec<SavedCalls>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    allocation_route: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct SavedCalls {
    service: String,
    method: String,
    age_ms: u64,
    calls: u32,
}

impl MemoryFile {
    /// The file of this organization at this address in the state folder; none if there is no such folder.
    pub(super) fn of(address: &str, organization: OrganizationId, state_folder: Option<&Path>) -> Self {
        let host = address.split_once("://").map_or(address, |(_, host)| host);
        let plain = |letter: char| {
            if letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-') {
                letter
            } else {
                '_'
            }
        };
        let host: String = host.chars().map(plain).collect();
        Self(state_folder.map(|folder| folder.join(format!("{host}-{organization}.json"))))
    }

    /// No file, for an organization that ends with the process.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// Whether the next run will know what this one found out.
    pub(super) fn lasts(&self) -> bool {
        self.0.is_some()
    }

    /// What earlier runs left; nothing if the file cannot be read.
    pub(super) fn recall(&self, now: Timestamp) -> Memory {
        let text = self.0.as_ref().and_then(|path| fs_err::read_to_string(path).ok());
        let kept = text.and_then(|text| serde_json::from_str::<SavedMemory>(&text).ok());
        kept.map(|kept| kept.aged(now)).unwrap_or_default()
    }

    /// Stores this. Failing to store it costs the next run a 429 or a probe at worst, so it is not reported.
    pub(super) fn keep(&self, memory: &Memory, now: Timestamp) {
        let Some(path) = &self.0 else { return };
        let kept = SavedMemory {
            saved_at: now,
            spent: memory.spent.iter().map(SavedCalls::of).collect(),
            allocation_route: memory.allocation_route.map(|route| route.to_string()),
        };
        let saved = serde_json::to_vec(&kept)
            .map_err(std::io::Error::from)
            .and_then(|bytes| write(path, &bytes));
        drop(saved);
    }
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    private_folder(folder)?;
    let file = tempfile::NamedTempFile::new_in(folder)?;
    fs_err::write(file.path(), bytes)?;
    file.persist(path)?;
    Ok(())
}

/// Creates the folder if it is missing, accessible only to its owner.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

impl SavedMemory {
    fn aged(self, now: Timestamp) -> Memory {
        // A clock that was set back must not make entries younger.
        let since = u64::try_from(now.duration_since(self.saved_at).as_millis()).unwrap_or(0);
        let spent = |entry: SavedCalls| {
            let service = entry.service.parse().ok()?;
            let method = entry.method.parse().ok()?;
            let age = Duration::from_millis(entry.age_ms.saturating_add(since));
            Some(Spent {
                service,
                method,
                age,
                calls: entry.calls,
            })
        };
        Memory {
            spent: self.spent.into_iter().filter_map(spent).collect(),
            allocation_route: self.allocation_route.and_then(|route| route.parse().ok()),
        }
    }
}

impl SavedCalls {
    fn of(spent: &Spent) -> Self {
        Self {
            service: spent.service.as_str().to_owned(),
            method: spent.method.as_str().to_owned(),
            age_ms: u64::try_from(spent.age.as_millis()).unwrap_or(u64::MAX),
            calls: spent.calls,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Method, Service};

    fn organization() -> OrganizationId {
        OrganizationId(uuid::Uuid::from_u128(7))
    }

    fn spent(age: u64) -> Spent {
        Spent {
            service: Service::Identity,
            method: Method::Put,
            age: Duration::from_secs(age),
            calls: 12,
        }
    }

    fn file(folder: &Path) -> MemoryFile {
        MemoryFile::of("https://cloud.uipath.com", organization(), Some(folder))
    }

    fn memory(age: u64) -> Memory {
        Memory {
            spent: vec![spent(age)],
            allocation_route: Some(AllocationRoute::ManyUsers),
        }
    }

    #[test]
    fn what_was_found_out_is_known_to_the_next_run_and_what_was_spent_has_aged() {
        let folder = tempfile::tempdir().unwrap();
        let then = Timestamp::UNIX_EPOCH;
        file(folder.path()).keep(&memory(3), then);
        let later = then.checked_add(jiff::SignedDuration::from_secs(20)).unwrap();
        assert_eq!(file(folder.path()).recall(later), memory(23));
        let elsewhere = MemoryFile::of("https://cloud.uipath.com:444/x", organization(), Some(folder.path()));
        assert_eq!(elsewhere.recall(later), Memory::default());
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_make_it_younger() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::UNIX_EPOCH
            .checked_add(jiff::SignedDuration::from_secs(900))
            .unwrap();
        file(folder.path()).keep(&memory(3), now);
        assert_eq!(file(folder.path()).recall(Timestamp::UNIX_EPOCH), memory(3));
    }

    #[test]
    fn a_file_that_is_missing_or_broken_is_no_memory_and_no_error() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(file(folder.path()).recall(Timestamp::UNIX_EPOCH), Memory::default());
        let path = folder.path().join(format!("cloud.uipath.com-{}.json", organization()));
        for text in [
            "{",
            r#"{"saved_at":"1970-01-01T00:00:00Z","spent":[],"allocation_route":"by-pigeon"}"#,
        ] {
            fs_err::write(&path, text).unwrap();
            assert_eq!(file(folder.path()).recall(Timestamp::UNIX_EPOCH), Memory::default());
        }
    }
}
