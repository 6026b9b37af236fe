//! What is remembered of an organization between runs: a small file, which may be missing or unreadable without harm.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::state_place::StatePlace;
use crate::api::{AllocationRoute, LeaseRoute};
use crate::event::{Method, Service};
use crate::pace::Spent;

/// The memory of one organization.
pub(super) struct Memory(Option<StatePlace>);

/// The file; each member may be missing. What another version of reseat remembers besides is left as it is.
#[derive(Default, Serialize, Deserialize)]
struct Remembered {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quota: Option<SavedQuota>,
    /// By which route users' allocations can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    allocation_route: Option<String>,
    /// How many members' seats can be given back in a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lease_route: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

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

impl Memory {
    /// The memory in this place; none without one, as of an organization that ends with the process.
    pub(super) fn of(place: Option<StatePlace>) -> Self {
        Self(place)
    }

    /// What earlier runs spent of the quota, aged to the present; nothing if the file cannot be read.
    pub(super) fn recall_spent(&self, now: Timestamp) -> Vec<Spent> {
        let quota = self.read().and_then(|remembered| remembered.quota);
        quota.map(|quota| quota.aged(now)).unwrap_or_default()
    }

    /// Adds what this process spent of the quota to what others have stored meanwhile; what is older than `window`
    /// counts no more. `spent` has what this process recalled at its start as well, and `calls` its own calls. Failing
    /// to store it costs the next run a 429 at worst, so it is not reported.
    pub(super) fn keep_spent(
        &self,
        spent: &[Spent],
        calls: &BTreeMap<(Service, Method), u64>,
        window: Duration,
        now: Timestamp,
    ) {
        self.update(|remembered| {
            let others = remembered.quota.take().map(|quota| quota.aged(now));
            let all = others.into_iter().flatten().chain(own(spent, calls));
            let counted = all.filter(|entry| entry.age < window);
            remembered.quota = Some(SavedQuota {
                saved_at: now,
                spent: counted.map(|entry| SavedCalls::of(&entry)).collect(),
            });
        });
    }

    /// By which route an earlier run found that users' allocations can be read.
    pub(super) fn recall_allocation_route(&self) -> Option<AllocationRoute> {
        self.read()?.allocation_route?.parse().ok()
    }

    /// Remembers by which route allocations can be read. Failing to costs the next run a probe.
    pub(super) fn keep_allocation_route(&self, route: Option<AllocationRoute>) {
        let route = route.map(|route| route.to_string());
        let known = self.read().unwrap_or_default().allocation_route;
        if route != known {
            self.update(|remembered| remembered.allocation_route = route);
        }
    }

    /// How many members' seats an earlier run found that can be given back in a call.
    pub(super) fn recall_lease_route(&self) -> Option<LeaseRoute> {
        self.read()?.lease_route?.parse().ok()
    }

    /// Remembers how many members' seats can be given back in a call, if this process has found out. Failing to costs the
    /// next run a call that is refused, or one that reads back.
    pub(super) fn keep_lease_route(&self, route: Option<LeaseRoute>) {
        let route = route.map(|route| route.to_string());
        if route.is_some() && route != self.read().unwrap_or_default().lease_route {
            self.update(|remembered| remembered.lease_route = route);
        }
    }

    /// Whether the next run will know what this one has found out.
    pub(super) fn lasts(&self) -> bool {
        self.0.is_some()
    }

    /// Changes what is remembered, from what the file says by now: another process may have written it meanwhile. A file
    /// that cannot be written is no memory, which does no harm.
    fn update(&self, change: impl FnOnce(&mut Remembered)) {
        let Some(place) = &self.0 else { return };
        let mut remembered = self.read().unwrap_or_default();
        change(&mut remembered);
        let _ = place.keep(MEMORY, &remembered);
    }

    fn read(&self) -> Option<Remembered> {
        self.0.as_ref()?.recall(MEMORY)
    }
}

/// The end of the file's name.
const MEMORY: &str = "memory.json";

/// The entries of this process's own calls: the youngest, because what was recalled is older than the process.
fn own(spent: &[Spent], calls: &BTreeMap<(Service, Method), u64>) -> Vec<Spent> {
    let mut youngest_first = spent.to_vec();
    youngest_first.sort_by_key(|entry| entry.age);
    let mut left = calls.clone();
    let of_it = youngest_first.into_iter().filter_map(|entry| {
        let left = left.get_mut(&(entry.service, entry.method))?;
        let calls = u32::try_from(*left).unwrap_or(u32::MAX).min(entry.calls);
        *left -= u64::from(calls);
        (calls > 0).then_some(Spent { calls, ..entry })
    });
    of_it.collect()
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
    use crate::model::OrganizationId;

    const WINDOW: Duration = Duration::from_mins(5);

    fn memory(folder: &tempfile::TempDir) -> Memory {
        let organization = OrganizationId(uuid::Uuid::from_u128(7));
        Memory::of(Some(StatePlace::of(
            folder.path(),
            "https://cloud.example",
            organization,
        )))
    }

    fn spent(age: u64) -> Spent {
        Spent {
            service: Service::Identity,
            method: Method::Put,
            age: Duration::from_secs(age),
            calls: 12,
        }
    }

    fn calls(count: u64) -> BTreeMap<(Service, Method), u64> {
        BTreeMap::from([((Service::Identity, Method::Put), count)])
    }

    fn after(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH
            .checked_add(jiff::SignedDuration::from_secs(seconds))
            .unwrap()
    }

    #[test]
    fn what_was_spent_is_known_to_the_next_run_and_has_aged() {
        let folder = tempfile::tempdir().unwrap();
        let memory = memory(&folder);
        memory.keep_spent(&[spent(3)], &calls(12), WINDOW, after(0));
        assert_eq!(memory.recall_spent(after(20)), [spent(23)]);
    }

    #[test]
    fn two_processes_at_once_add_up_and_neither_counts_what_both_recalled_twice() {
        let folder = tempfile::tempdir().unwrap();
        let memory = memory(&folder);
        memory.keep_spent(&[spent(3)], &calls(12), WINDOW, after(0));
        // Both begin with 12 calls of the past, which are 103 s old when the first ends and 113 s when the second does.
        memory.keep_spent(&[spent(9), spent(103)], &calls(12), WINDOW, after(100));
        memory.keep_spent(&[spent(113), spent(2), spent(7)], &calls(17), WINDOW, after(110));
        let known = memory.recall_spent(after(110));
        let ages: Vec<(u64, u32)> = known.iter().map(|entry| (entry.age.as_secs(), entry.calls)).collect();
        assert_eq!(ages, [(113, 12), (19, 12), (2, 12), (7, 5)]);
        memory.keep_spent(&[], &calls(0), WINDOW, after(399));
        assert_eq!(
            memory.recall_spent(after(399)).len(),
            2,
            "what is older than the window is forgotten"
        );
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_make_it_younger() {
        let folder = tempfile::tempdir().unwrap();
        let memory = memory(&folder);
        memory.keep_spent(&[spent(3)], &calls(12), WINDOW, after(900));
        assert_eq!(memory.recall_spent(after(0)), [spent(3)]);
    }

    #[test]
    fn a_file_that_is_missing_or_broken_is_no_memory_and_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let memory = memory(&folder);
        assert_eq!(memory.recall_spent(after(0)), []);
        memory.0.as_ref().unwrap().write(MEMORY, b"{").unwrap();
        assert_eq!(memory.recall_spent(after(0)), []);
    }

    #[test]
    fn the_route_that_allocations_can_be_read_by_is_remembered_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let memory = memory(&folder);
        assert_eq!(memory.recall_allocation_route(), None);
        memory.keep_allocation_route(Some(AllocationRoute::ManyUsers));
        memory.keep_spent(&[spent(3)], &calls(12), WINDOW, after(0));
        assert_eq!(memory.recall_allocation_route(), Some(AllocationRoute::ManyUsers));
        memory.keep_allocation_route(None);
        assert_eq!(memory.recall_allocation_route(), None);
        let place = memory.0.as_ref().unwrap();
        assert_eq!(memory.recall_lease_route(), None);
        memory.keep_lease_route(Some(LeaseRoute::Together));
        memory.keep_lease_route(None);
        assert_eq!(memory.recall_lease_route(), Some(LeaseRoute::Together));
        place.write(MEMORY, br#"{"allocation_route": "by-pigeon"}"#).unwrap();
        assert_eq!(memory.recall_allocation_route(), None);
    }

    #[test]
    fn what_another_version_remembers_besides_stays() {
        let folder = tempfile::tempdir().unwrap();
        let memory = memory(&folder);
        let place = memory.0.as_ref().unwrap();
        place.write(MEMORY, br#"{"later": {"kind": [1]}}"#).unwrap();
        memory.keep_spent(&[spent(3)], &calls(12), WINDOW, after(0));
        let text = fs_err::read_to_string(place.path(MEMORY)).unwrap();
        assert!(text.contains(r#""later":{"kind":[1]}"#), "{text}");
    }
}
