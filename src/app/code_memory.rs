//! Which licence codes an organization had when its inventory was last read, remembered in a small file of the state folder,
//! so that a sheet can be checked offline. The file is found by the service's address and the organization's name, because
//! that is all that is known without signing in.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::state_place::{MemoryError, MemoryFile, StatePlace, Version};
use crate::api::{BaseUrl, Seats};
use crate::model::{Inventory, OrganizationId, OwnedBundle};
use crate::settings;
use crate::text::clean;

const CODES: MemoryFile = MemoryFile {
    kind: "codes.json",
    lock: "codes.lock",
    mend: "the next command that asks the organization writes it anew",
};
/// A code that was last seen longer ago is forgotten: an older sheet is none to be run without a look at it.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Of more codes than these, those that were last seen longest ago are forgotten.
const MOST_CODES: usize = 1_000;

/// An inventory that was read just now.
pub(super) fn inventory_of(organization: &str, seats: &[Seats], now: Timestamp) -> Inventory {
    Inventory {
        organization: organization.to_owned(),
        read: now,
        is_remembered: false,
        bundles: seats.iter().map(|seats| owned(seats, now)).collect(),
    }
}

/// The file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    version: Version,
    /// The service's address and the organization's name, for people who look into the folder.
    service: String,
    organization: String,
    organization_id: OrganizationId,
    /// When the inventory was last read.
    read: Timestamp,
    /// In the order of the inventory, those that are no longer in it last.
    codes: Vec<OwnedBundle>,
}

/// The name and the service of the organization with this id, in words, if its codes are remembered. It is asked only to
/// explain a mistake, so files that cannot be read are passed over.
pub(super) fn name_of(id: OrganizationId) -> Option<String> {
    let folder = settings::state_folder(&|name| std::env::var(name).ok())?;
    name_within(&folder, id)
}

fn name_within(folder: &Path, id: OrganizationId) -> Option<String> {
    let files = fs_err::read_dir(folder).ok()?.flatten();
    let is_codes = |path: &Path| path.to_string_lossy().ends_with(&format!(".{}", CODES.kind));
    files
        .map(|file| file.path())
        .filter(|path| is_codes(path))
        .find_map(|path| {
            let text = fs_err::read_to_string(path).ok()?;
            let remembered: Remembered = serde_json::from_str(&text).ok()?;
            (remembered.organization_id == id).then(|| {
                let (name, service) = (clean(&remembered.organization, 80), clean(&remembered.service, 200));
                format!("`{name}` ({service})")
            })
        })
}

/// Where the codes of one organization are remembered.
#[derive(Debug, Clone)]
pub(super) struct CodeMemory {
    place: StatePlace,
    service: String,
    organization: String,
}

impl CodeMemory {
    /// The memory of the organization of this name at this address.
    pub(super) fn of(folder: &Path, service: &BaseUrl, organization: &str) -> Self {
        let service = service.to_string();
        Self {
            place: StatePlace::of_name(folder, &service, organization),
            service,
            organization: organization.to_owned(),
        }
    }

    /// The same in the state folder; `None` where there is none.
    pub(super) fn configured(service: &BaseUrl, organization: &str) -> Option<Self> {
        let folder = settings::state_folder(&|name| std::env::var(name).ok())?;
        Some(Self::of(&folder, service, organization))
    }

    /// The inventory as it is remembered; `None` where nothing is, or only what was last seen too long before `now`, and
    /// where what is remembered is of another organization than the one with this id, which had the name before.
    ///
    /// # Errors
    /// If there is a file that cannot be read.
    pub(super) fn recall(&self, id: Option<OrganizationId>, now: Timestamp) -> Result<Option<Inventory>, MemoryError> {
        let remembered: Option<Remembered> = self.place.read(CODES)?;
        let theirs = remembered.filter(|remembered| id.is_none_or(|id| remembered.organization_id == id));
        let inventory = theirs.map(|remembered| {
            let kept = remembered.codes.into_iter().filter(|code| is_kept(code, now));
            Inventory {
                organization: self.organization.clone(),
                read: remembered.read,
                is_remembered: true,
                bundles: kept.collect(),
            }
        });
        Ok(inventory.filter(|inventory| !inventory.bundles.is_empty()))
    }

    /// An inventory that was read just now, and after its bundles those that are remembered of earlier ones.
    pub(super) fn with_earlier(&self, id: OrganizationId, inventory: Inventory) -> Inventory {
        let mut inventory = inventory;
        // What cannot be read is told where it alone is all that is known.
        let earlier = self.recall(Some(id), inventory.read).ok().flatten();
        for bundle in earlier.into_iter().flat_map(|earlier| earlier.bundles) {
            if inventory.of(&bundle.code).is_none() {
                inventory.bundles.push(bundle);
            }
        }
        inventory
    }

    /// Remembers an inventory that was read just now, and until when codes were in it that it has no more. One without any
    /// code tells nothing. Another process that does the same at this moment is waited for. A damaged file is replaced.
    ///
    /// # Errors
    /// If the file cannot be read or written, or is of a later version; it is then as it was.
    pub(super) fn keep(&self, id: OrganizationId, seats: &[Seats], now: Timestamp) -> Result<(), MemoryError> {
        if seats.is_empty() {
            return Ok(());
        }
        let _lock = self.place.locked(CODES)?;
        let earlier: Option<Remembered> = match self.place.read(CODES) {
            Err(MemoryError::Damaged { .. }) => None,
            earlier => earlier?,
        };
        let same = earlier.filter(|earlier| earlier.organization_id == id);
        let mut codes: Vec<OwnedBundle> = seats.iter().map(|seats| owned(seats, now)).collect();
        let gone = same.into_iter().flat_map(|earlier| earlier.codes);
        let gone = gone.filter(|code| seats.iter().all(|seats| seats.code != code.code));
        let gone = gone.map(|code| OwnedBundle {
            // Where the clock was set back, it must not seem to be there still.
            seen: code.seen.min(now - SignedDuration::from_secs(1)),
            ..code
        });
        codes.extend(gone.filter(|code| is_kept(code, now)));
        codes.truncate(MOST_CODES);
        let remembered = Remembered {
            version: Version,
            service: self.service.clone(),
            organization: self.organization.clone(),
            organization_id: id,
            read: now,
            codes,
        };
        Ok(self.place.keep(CODES.kind, &remembered)?)
    }
}

fn owned(seats: &Seats, now: Timestamp) -> OwnedBundle {
    OwnedBundle {
        code: seats.code.clone(),
        name: seats.name.clone(),
        total: seats.total,
        taken: seats.allocated,
        seen: now,
    }
}

fn is_kept(bundle: &OwnedBundle, now: Timestamp) -> bool {
    now.duration_since(bundle.seen) <= KEPT_FOR
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::model::BundleCode;

    fn memory(folder: &tempfile::TempDir, service: &str, organization: &str) -> CodeMemory {
        CodeMemory::of(folder.path(), &BaseUrl::parse(service).unwrap(), organization)
    }

    fn acme(folder: &tempfile::TempDir) -> CodeMemory {
        memory(folder, "https://cloud.example", "acme")
    }

    fn id(number: u128) -> OrganizationId {
        OrganizationId(Uuid::from_u128(number))
    }

    fn on(day: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + day * 86_400).unwrap()
    }

    fn seats(codes: &[&str]) -> Vec<Seats> {
        let one = |code: &&str| Seats {
            code: BundleCode::new(code),
            total: 50,
            allocated: 38,
            name: None,
        };
        codes.iter().map(one).collect()
    }

    /// Each code with the day on which it was last seen, as it is known on day 400.
    fn known(memory: &CodeMemory, id: Option<OrganizationId>) -> String {
        let inventory = memory.recall(id, on(400)).unwrap();
        let bundles = inventory.into_iter().flat_map(|inventory| inventory.bundles);
        let shown = bundles.map(|bundle| {
            let days = bundle.seen.duration_since(on(0)).as_hours() / 24;
            format!("{} {days}", bundle.code)
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn what_was_in_an_inventory_is_known_afterwards_and_what_left_it_keeps_its_day_for_a_year_and_a_month() {
        let folder = tempfile::tempdir().unwrap();
        let memory = acme(&folder);
        assert_eq!(known(&memory, None), "");
        memory.keep(id(1), &seats(&["PLUSNU", "OLDNU"]), on(0)).unwrap();
        memory.keep(id(1), &seats(&["plusnu", "NEWNU"]), on(10)).unwrap();
        assert_eq!(known(&memory, Some(id(1))), "plusnu 10, NEWNU 10, OLDNU 0");
        let inventory = memory.recall(None, on(0)).unwrap().unwrap();
        let now: Vec<bool> = inventory
            .bundles
            .iter()
            .map(|bundle| inventory.has_now(bundle))
            .collect();
        assert_eq!(now, [true, true, false]);
        memory.keep(id(1), &[], on(20)).unwrap();
        assert_eq!(known(&memory, None), "plusnu 10, NEWNU 10, OLDNU 0");
        memory.keep(id(1), &seats(&["PLUSNU"]), on(400)).unwrap();
        assert_eq!(known(&memory, None), "PLUSNU 400, NEWNU 10, OLDNU 0");
        memory.keep(id(1), &seats(&["PLUSNU"]), on(401)).unwrap();
        assert_eq!(known(&memory, None), "PLUSNU 401, NEWNU 10");
    }

    #[test]
    fn what_was_seen_too_long_ago_is_not_known_though_nothing_was_written_since() {
        let folder = tempfile::tempdir().unwrap();
        let memory = acme(&folder);
        memory.keep(id(1), &seats(&["OLDNU"]), on(0)).unwrap();
        memory.keep(id(1), &seats(&["PLUSNU"]), on(10)).unwrap();
        let codes = |day: i64| {
            let inventory = memory.recall(None, on(day)).unwrap()?;
            let codes = inventory.bundles.iter().map(|bundle| bundle.code.to_string());
            Some(codes.collect::<Vec<_>>().join(", "))
        };
        assert_eq!(codes(400).as_deref(), Some("PLUSNU, OLDNU"));
        assert_eq!(codes(401).as_deref(), Some("PLUSNU"));
        assert_eq!(codes(411), None);
    }

    #[test]
    fn organizations_are_told_apart_by_address_and_name_and_a_name_with_another_id_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        acme(&folder).keep(id(1), &seats(&["PLUSNU"]), on(0)).unwrap();
        assert_eq!(
            known(&memory(&folder, "https://cloud.example/", "ACME"), None),
            "PLUSNU 0"
        );
        for (service, name) in [("https://cloud.example", "acme2"), ("https://staging.example", "acme")] {
            assert_eq!(known(&memory(&folder, service, name), None), "", "{service} {name}");
        }
        assert_eq!(known(&acme(&folder), Some(id(2))), "");
        acme(&folder).keep(id(2), &seats(&["PRONU"]), on(1)).unwrap();
        assert_eq!(known(&acme(&folder), Some(id(2))), "PRONU 1");
        assert_eq!(known(&acme(&folder), Some(id(1))), "");
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_keep_a_code_that_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        acme(&folder).keep(id(1), &seats(&["OLDNU"]), on(9)).unwrap();
        acme(&folder).keep(id(1), &seats(&["PLUSNU"]), on(3)).unwrap();
        let inventory = acme(&folder).recall(None, on(0)).unwrap().unwrap();
        assert!(!inventory.has_now(&inventory.bundles[1]));
    }

    #[test]
    fn a_damaged_file_is_told_and_written_anew_and_one_of_a_later_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let memory = acme(&folder);
        for content in [r#"{"version":1,"cod"#, r#"{"version":1}"#, "", "[]"] {
            memory.place.write(CODES.kind, content.as_bytes()).unwrap();
            let told = memory.recall(None, on(0)).unwrap_err().to_string();
            assert!(told.contains("is damaged"), "{told}");
            memory.keep(id(1), &seats(&["PLUSNU"]), on(0)).unwrap();
            assert_eq!(known(&memory, None), "PLUSNU 0");
        }
        let later = r#"{"version":2,"people":[]}"#;
        memory.place.write(CODES.kind, later.as_bytes()).unwrap();
        assert!(
            memory
                .recall(None, on(0))
                .unwrap_err()
                .to_string()
                .contains("a later version")
        );
        assert!(memory.keep(id(1), &seats(&["PLUSNU"]), on(0)).is_err());
        assert_eq!(fs_err::read_to_string(memory.place.path(CODES.kind)).unwrap(), later);
    }

    #[test]
    fn processes_that_end_at_once_leave_a_whole_file_in_which_every_code_is_known() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for number in 0..8 {
                let memory = acme(&folder);
                scope.spawn(move || memory.keep(id(1), &seats(&[&format!("CODE{number}")]), on(0)).unwrap());
            }
        });
        assert_eq!(acme(&folder).recall(None, on(0)).unwrap().unwrap().bundles.len(), 8);
    }

    #[cfg(unix)]
    #[test]
    fn an_organization_is_known_by_name_where_its_codes_are_remembered() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(name_within(folder.path(), id(1)), None);
        acme(&folder).keep(id(1), &seats(&["PLUSNU"]), on(0)).unwrap();
        memory(&folder, "https://cloud.example", "other")
            .keep(id(2), &seats(&["PLUSNU"]), on(0))
            .unwrap();
        fs_err::write(folder.path().join("a.codes.json"), "{").unwrap();
        assert_eq!(
            name_within(folder.path(), id(2)).as_deref(),
            Some("`other` (https://cloud.example)")
        );
        assert_eq!(name_within(folder.path(), id(3)), None);
    }

    #[test]
    fn it_is_its_owners_alone_and_has_no_limitless_size() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let many: Vec<String> = (0..2 * MOST_CODES).map(|number| format!("CODE{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        acme(&folder).keep(id(1), &seats(&many), on(0)).unwrap();
        assert_eq!(
            acme(&folder).recall(None, on(0)).unwrap().unwrap().bundles.len(),
            MOST_CODES
        );
        for kind in [CODES.kind, CODES.lock] {
            let mode = fs_err::metadata(acme(&folder).place.path(kind))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{kind}");
        }
    }
}
