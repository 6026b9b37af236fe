//! The quota that a run spent, stored for the next run within the window: a small file per organization, which may be
//! missing or unreadable without harm.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::OrganizationId;
use crate::pace::Spent;

/// The file of one organization.
pub(super) struct SpentQuotaFile(Option<PathBuf>);

#[derive(Serialize, Deserialize)]
struct SavedQuota {
    saved_at: Timestamp,
    spent: Vec<SavedCalls>,
}

#[derive(Serialize, Deserialize)]
struct SavedCalls {
    service: String,
    method: String,
    age_ms: u64,
    calls: u32,
}

impl SpentQuotaFile {
    /// The file of this organization in the state folder; none if there is no such folder.
    pub(super) fn of(organization: OrganizationId, state_folder: Option<&Path>) -> Self {
        Self(state_folder.map(|folder| folder.join(format!("quota-{organization}.json"))))
    }

    /// No file, for an organization that ends with the process.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// What earlier runs spent, aged to the present; nothing if the file cannot be read.
    pub(super) fn recall(&self, now: Timestamp) -> Vec<Spent> {
        let text = self.0.as_ref().and_then(|path| fs_err::read_to_string(path).ok());
        let kept = text.and_then(|text| serde_json::from_str::<SavedQuota>(&text).ok());
        kept.map(|kept| kept.aged(now)).unwrap_or_default()
    }

    /// Stores what was spent. Failing to store it costs the next run a 429 at worst, so it is not reported.
    pub(super) fn keep(&self, spent: &[Spent], now: Timestamp) {
        let Some(path) = &self.0 else { return };
        let kept = SavedQuota {
            saved_at: now,
            spent: spent.iter().map(SavedCalls::of).collect(),
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

impl SavedQuota {
    fn aged(self, now: Timestamp) -> Vec<Spent> {
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
        self.spent.into_iter().filter_map(spent).collect()
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

    #[test]
    fn what_was_spent_is_known_to_the_next_run_and_has_aged() {
        let folder = tempfile::tempdir().unwrap();
        let spent_quota = SpentQuotaFile::of(organization(), Some(folder.path()));
        let then = Timestamp::UNIX_EPOCH;
        spent_quota.keep(&[spent(3)], then);
        let later = then.checked_add(jiff::SignedDuration::from_secs(20)).unwrap();
        assert_eq!(spent_quota.recall(later), [spent(23)]);
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_make_it_younger() {
        let folder = tempfile::tempdir().unwrap();
        let spent_quota = SpentQuotaFile::of(organization(), Some(folder.path()));
        let now = Timestamp::UNIX_EPOCH
            .checked_add(jiff::SignedDuration::from_secs(900))
            .unwrap();
        spent_quota.keep(&[spent(3)], now);
        assert_eq!(spent_quota.recall(Timestamp::UNIX_EPOCH), [spent(3)]);
    }

    #[test]
    fn a_file_that_is_missing_or_broken_is_no_memory_and_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let spent_quota = SpentQuotaFile::of(organization(), Some(folder.path()));
        assert_eq!(spent_quota.recall(Timestamp::UNIX_EPOCH), []);
        fs_err::write(folder.path().join(format!("quota-{}.json", organization())), "{").unwrap();
        assert_eq!(spent_quota.recall(Timestamp::UNIX_EPOCH), []);
    }
}
