//! Which seats reseat itself gave and took, remembered for an organization in a small file of the state folder: by the
//! ids of accounts, without a name. It is only this computer's, and this user's.
//!
//! An account to which a seat was given a week ago has not used it yet, and one to which a seat was given back that had
//! been taken from it needs it; no service tells either.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize, Serializer};

use super::seat_changes::{Change, MOST_ACCOUNTS, SeatChanges};
use super::state_place::{MemoryError, MemoryFile, StatePlace, Version};
use crate::ledger::{History, OpenError, RunId, SeatChange, SeatMove};
use crate::model::{BundleCode, UserId};
use crate::rebalance::OwnGrant;

const SEATS: MemoryFile = MemoryFile {
    kind: "seats.json",
    lock: "seats.lock",
    mend: "delete it to begin anew",
};
/// What is longer ago is forgotten.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(3 * 366 * 24);
/// Of more runs than these, what those did that began longest ago may be added again.
const MOST_RUNS: usize = 1_000;

/// Which seats reseat gave and took, by account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SeatMemory {
    version: Version,
    accounts: BTreeMap<UserId, Seats>,
    /// The runs of which everything is remembered, in the order in which they began: they need not be looked at again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    runs: BTreeSet<String>,
}

/// The same without the accounts, which may be many.
#[derive(Debug, Deserialize)]
struct KnownRuns {
    #[serde(rename = "version")]
    _version: Version,
    #[serde(default)]
    runs: BTreeSet<String>,
}

/// By bundle, in their order, when it was last given and when it was last taken. Most accounts have one, for which a map is too
/// large.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "BTreeMap<BundleCode, Times>")]
struct Seats(Vec<(BundleCode, Times)>);

impl From<BTreeMap<BundleCode, Times>> for Seats {
    fn from(times: BTreeMap<BundleCode, Times>) -> Self {
        Self(times.into_iter().collect())
    }
}

impl Serialize for Seats {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_map(self.0.iter().map(|(code, times)| (code, times)))
    }
}

impl Seats {
    fn times_of(&mut self, code: &BundleCode) -> &mut Times {
        let place = self
            .0
            .binary_search_by(|(known, _)| known.cmp(code))
            .unwrap_or_else(|place| {
                self.0.reserve_exact(1);
                self.0.insert(place, (code.clone(), Times::default()));
                place
            });
        &mut self.0[place].1
    }

    /// When any of them changed last.
    fn last(&self) -> Option<Timestamp> {
        self.0.iter().filter_map(|(_, times)| times.last()).max()
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Times {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    given: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    taken: Option<Timestamp>,
}

impl Times {
    fn last(&self) -> Option<Timestamp> {
        self.given.max(self.taken)
    }
}

/// Why the seats of a run cannot be remembered.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotKept {
    #[error(transparent)]
    Memory(#[from] MemoryError),
    #[error("failed to {0}")]
    Results(#[from] OpenError),
}

/// What a run is called here: without its sheet, which may be called as anybody.
fn name(run: &RunId) -> String {
    format!("{} {}", run.started(), run.short())
}

/// The runs of which everything is remembered, if the file is of a form that can be read.
fn known_runs(place: &StatePlace) -> Result<BTreeSet<String>, MemoryError> {
    let known: Option<KnownRuns> = place.read(SEATS)?;
    Ok(known.map(|known| known.runs).unwrap_or_default())
}

impl SeatMemory {
    /// What is remembered of the organization; nothing where there is no file.
    ///
    /// # Errors
    /// If there is one that cannot be read.
    pub(super) fn read(place: &StatePlace) -> Result<Self, MemoryError> {
        Ok(place.read(SEATS)?.unwrap_or_default())
    }

    /// Adds what this run did, and what other runs did that are recorded with it, to what is remembered. What is there already
    /// may be added again. Another process that does the same at this moment is waited for.
    ///
    /// # Errors
    /// If a change cannot be read, or the file cannot be read or written; it is then as it was.
    pub(super) fn keep(
        place: &StatePlace,
        run: &RunId,
        changes: SeatChanges,
        history: &History,
        now: Timestamp,
    ) -> Result<(), NotKept> {
        let (runs, ours) = (history.runs(), name(run));
        let known = if runs.iter().all(|run| name(run) == ours) {
            BTreeSet::new()
        } else {
            known_runs(place)?
        };
        let earlier = history.seat_changes(|run| name(run) != ours && !known.contains(&name(run)));
        Self::keep_changes(place, changes, earlier, runs, now)
    }

    /// Adds these changes, which are all that these runs made.
    fn keep_changes(
        place: &StatePlace,
        mut changes: SeatChanges,
        earlier: impl Iterator<Item = Result<SeatChange, OpenError>>,
        runs: &[RunId],
        now: Timestamp,
    ) -> Result<(), NotKept> {
        for change in earlier {
            changes.add(&change?);
        }
        let mut changes = changes.into_changes().peekable();
        if changes.peek().is_none() {
            return Ok(());
        }
        let _lock = place.locked(SEATS).map_err(MemoryError::from)?;
        let mut memory = Self::read(place)?;
        for change in changes {
            memory.add(&change);
        }
        memory.forget(now);
        memory.runs.extend(runs.iter().map(name));
        while memory.runs.len() > MOST_RUNS {
            memory.runs.pop_first();
        }
        Ok(place.keep(SEATS.kind, &memory).map_err(MemoryError::from)?)
    }

    /// Everybody to whom a seat was given, and when that was last so.
    pub(super) fn grants(&self) -> impl Iterator<Item = (UserId, OwnGrant)> {
        let is_put_back = |times: &Times| times.taken.is_some_and(|taken| Some(taken) < times.given);
        self.accounts.iter().filter_map(move |(user, Seats(seats))| {
            let at = seats.iter().filter_map(|(_, times)| times.given).max()?;
            let puts_back = seats.iter().any(|(_, times)| is_put_back(times));
            Some((*user, OwnGrant { at, puts_back }))
        })
    }

    fn add(&mut self, change: &Change) {
        let times = self.accounts.entry(change.user).or_default().times_of(&change.code);
        let last = match change.seat {
            SeatMove::Given => &mut times.given,
            SeatMove::Taken => &mut times.taken,
        };
        *last = (*last).max(Some(change.at));
    }

    fn forget(&mut self, now: Timestamp) {
        if let Ok(first) = now.checked_sub(KEPT_FOR) {
            for seats in self.accounts.values_mut() {
                seats
                    .0
                    .retain(|(_, times)| times.last().is_some_and(|last| last >= first));
            }
        }
        self.accounts.retain(|_, seats| !seats.0.is_empty());
        if let Some(surplus) = self
            .accounts
            .len()
            .checked_sub(MOST_ACCOUNTS)
            .filter(|surplus| *surplus > 0)
        {
            let lasts = self.accounts.iter().map(|(user, seats)| (seats.last(), *user));
            let mut oldest: Vec<_> = lasts.collect();
            oldest.sort_unstable();
            for (_, user) in oldest.into_iter().take(surplus) {
                self.accounts.remove(&user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::model::{BundleSet, OrganizationId};

    fn place(folder: &tempfile::TempDir) -> StatePlace {
        StatePlace::of(
            folder.path(),
            "https://cloud.example",
            OrganizationId(Uuid::from_u128(7)),
        )
    }

    fn on(day: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + day * 86_400).unwrap()
    }

    fn ann() -> UserId {
        UserId(Uuid::from_u128(1))
    }

    fn change(user: u128, day: i64, given: &[&str], taken: &[&str]) -> SeatChange {
        let set = |codes: &[&str]| codes.iter().map(|code| BundleCode::new(code)).collect::<BundleSet>();
        SeatChange {
            user: UserId(Uuid::from_u128(user)),
            at: on(day),
            given: set(given),
            taken: set(taken),
        }
    }

    fn keep(place: &StatePlace, changes: &[SeatChange], day: i64) {
        let changes = changes.iter().cloned().map(Ok);
        SeatMemory::keep_changes(place, SeatChanges::default(), changes, &[], on(day)).unwrap();
    }

    fn given(place: &StatePlace) -> Vec<(UserId, OwnGrant)> {
        SeatMemory::read(place).unwrap().grants().collect()
    }

    fn grant(day: i64, puts_back: bool) -> (UserId, OwnGrant) {
        (ann(), OwnGrant { at: on(day), puts_back })
    }

    #[test]
    fn a_seat_that_was_taken_and_given_again_was_put_back_and_one_that_was_given_besides_was_not() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(&folder);
        assert_eq!(given(&place), []);
        keep(&place, &[change(1, 0, &[], &["A"])], 0);
        assert_eq!(given(&place), []);
        keep(&place, &[change(1, 1, &["B"], &[])], 1);
        assert_eq!(given(&place), [grant(1, false)]);
        keep(&place, &[change(1, 2, &["a"], &["B"])], 2);
        assert_eq!(given(&place), [grant(2, true)]);
    }

    #[test]
    fn what_is_told_twice_or_late_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(&folder);
        let (taken, back) = (change(1, 1, &[], &["A"]), change(1, 2, &["A"], &[]));
        keep(&place, &[back.clone(), taken.clone()], 2);
        let first = SeatMemory::read(&place).unwrap();
        keep(&place, &[taken], 3);
        keep(&place, &[back], 4);
        assert_eq!(SeatMemory::read(&place).unwrap(), first);
    }

    #[test]
    fn runs_that_are_noted_are_named_without_their_sheets_and_the_latest_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(&folder);
        let run = |day| RunId::new(on(day), OrganizationId(Uuid::from_u128(7)), 9).of_sheet("ann.csv");
        let runs: Vec<RunId> = (0..1_010).map(run).collect();
        let changes = [Ok(change(1, 0, &["A"], &[]))].into_iter();
        SeatMemory::keep_changes(&place, SeatChanges::default(), changes, &runs, on(0)).unwrap();
        let known = known_runs(&place).unwrap();
        assert_eq!(known.len(), MOST_RUNS);
        assert!(known.contains(&name(&run(1_009))) && !known.contains(&name(&run(0))));
        assert!(known.iter().all(|run| !run.contains("ann")));
        // A file of the version before names none, and what it remembers stays.
        let bytes = fs_err::read_to_string(place.path(SEATS.kind)).unwrap();
        let (older, _) = bytes.split_once(",\"runs\"").unwrap();
        place.write(SEATS.kind, format!("{older}}}").as_bytes()).unwrap();
        assert_eq!(given(&place).len(), 1);
        assert_eq!(known_runs(&place).unwrap().len(), 0);
    }

    #[test]
    fn two_processes_that_end_at_once_lose_nothing_of_each_other() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for user in 1..=8 {
                let place = place(&folder);
                scope.spawn(move || keep(&place, &[change(user, 0, &["A"], &[])], 0));
            }
        });
        assert_eq!(given(&place(&folder)).len(), 8);
    }

    #[test]
    fn what_is_years_ago_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(&folder);
        keep(&place, &[change(1, 0, &["A"], &[]), change(2, 900, &["A"], &[])], 0);
        keep(&place, &[change(3, 1_200, &["A"], &[])], 1_200);
        let users: Vec<UserId> = given(&place).iter().map(|(user, _)| *user).collect();
        assert_eq!(users, [UserId(Uuid::from_u128(2)), UserId(Uuid::from_u128(3))]);
    }

    #[test]
    fn a_file_that_is_damaged_or_of_a_later_version_is_told_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(&folder);
        for (content, words) in [
            (r#"{"version":1,"accou"#, "is damaged"),
            (r#"{"version":2,"people":[]}"#, "a later version"),
        ] {
            place.write(SEATS.kind, content.as_bytes()).unwrap();
            assert!(SeatMemory::read(&place).unwrap_err().to_string().contains(words));
            let changes = [Ok(change(1, 0, &["A"], &[]))].into_iter();
            assert!(SeatMemory::keep_changes(&place, SeatChanges::default(), changes, &[], on(0)).is_err());
            assert_eq!(fs_err::read_to_string(place.path(SEATS.kind)).unwrap(), content);
        }
    }

    #[cfg(unix)]
    #[test]
    fn it_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let place = place(&folder);
        keep(&place, &[change(1, 0, &["A"], &[])], 0);
        for kind in [SEATS.kind, SEATS.lock] {
            let mode = fs_err::metadata(place.path(kind)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{kind}");
        }
    }
}
