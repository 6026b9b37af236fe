//! Which seats reseat itself gave and took, remembered for an organization in a small file of the state folder: by the
//! ids of accounts, without a name. It is only this computer's, and this user's.
//!
//! An account to which a seat was given a week ago has not used it yet, and one to which a seat was given back that had
//! been taken from it needs it; no service tells either.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize, Serializer};

use super::state_place::StatePlace;
use crate::ledger::{OpenError, SeatChange};
use crate::model::{BundleCode, UserId};

/// The end of the file's name.
const SEATS: &str = "seats.json";
/// The end of the name of the file that is locked while that one is changed.
const LOCK: &str = "seats.lock";
/// The form of the file; one with a greater number is a later reseat's.
const VERSION: u32 = 1;
/// What is longer ago is forgotten.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(3 * 366 * 24);
/// Of more accounts than these, those whose seats changed longest ago are forgotten.
const MOST_ACCOUNTS: usize = 200_000;

/// Which seats reseat gave and took, by account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SeatMemory {
    version: u32,
    accounts: BTreeMap<UserId, Seats>,
}

/// What a file of any version has.
#[derive(Debug, Deserialize)]
struct Form {
    version: u32,
}

/// By bundle, when it was last given and when it was last taken; in the order of the bundles. A list, because a million
/// accounts have one entry each, for which a map takes the room of eleven.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "BTreeMap<BundleCode, Times>")]
struct Seats(Vec<(BundleCode, Times)>);

impl From<BTreeMap<BundleCode, Times>> for Seats {
    fn from(seats: BTreeMap<BundleCode, Times>) -> Self {
        Self(seats.into_iter().collect())
    }
}

impl Serialize for Seats {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_map(self.0.iter().map(|(code, times)| (code, times)))
    }
}

impl Seats {
    fn times(&self) -> impl Iterator<Item = &Times> {
        self.0.iter().map(|(_, times)| times)
    }

    fn of(&mut self, code: &BundleCode) -> &mut Times {
        let place = self.0.binary_search_by(|(other, _)| other.cmp(code));
        let place = place.unwrap_or_else(|place| {
            self.0.reserve_exact(1);
            self.0.insert(place, (code.clone(), Times::default()));
            place
        });
        &mut self.0[place].1
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Times {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    given: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    taken: Option<Timestamp>,
}

/// What reseat did to an account's seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Remembered {
    /// Whose.
    pub(super) user: UserId,
    /// When it last gave the account a seat.
    pub(super) given: Timestamp,
    /// When it last gave back a seat that it had taken from the account.
    pub(super) put_back: Option<Timestamp>,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum SeatMemoryError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("`{path}` is damaged ({fault}); delete it to begin anew")]
    Damaged { path: String, fault: serde_json::Error },
    #[error("`{path}` was written by a later version of reseat")]
    Newer { path: String },
    #[error("failed to {0}")]
    Results(#[from] OpenError),
}

impl Default for SeatMemory {
    fn default() -> Self {
        Self {
            version: VERSION,
            accounts: BTreeMap::new(),
        }
    }
}

impl SeatMemory {
    /// What is remembered of the organization; nothing where there is no file.
    ///
    /// # Errors
    /// If there is one that cannot be read.
    pub(super) fn read(place: &StatePlace) -> Result<Self, SeatMemoryError> {
        let path = place.path(SEATS);
        let bytes = match fs_err::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error.into()),
        };
        let shown = || path.display().to_string();
        let damaged = |fault| SeatMemoryError::Damaged { path: shown(), fault };
        let form: Form = serde_json::from_slice(&bytes).map_err(damaged)?;
        if form.version > VERSION {
            return Err(SeatMemoryError::Newer { path: shown() });
        }
        serde_json::from_slice(&bytes).map_err(damaged)
    }

    /// Adds what a run did, and what the runs did that are recorded with it, to what is remembered. What is there already
    /// may be added again. Another process that does the same at this moment is waited for.
    ///
    /// # Errors
    /// If a change cannot be read, or the file cannot be read or written; it is then as it was.
    pub(super) fn keep(
        place: &StatePlace,
        changes: impl Iterator<Item = Result<SeatChange, OpenError>>,
        now: Timestamp,
    ) -> Result<(), SeatMemoryError> {
        let mut changes = changes.peekable();
        if changes.peek().is_none() {
            return Ok(());
        }
        let _lock = place.locked(LOCK)?;
        let mut memory = Self::read(place)?;
        let mut is_news = false;
        for change in changes {
            is_news |= memory.add(&change?);
        }
        is_news |= memory.forget(now);
        if is_news {
            let bytes = serde_json::to_vec(&memory).map_err(io::Error::from)?;
            place.write(SEATS, &bytes)?;
        }
        Ok(())
    }

    /// Everybody to whom a seat was given.
    pub(super) fn given(&self) -> impl Iterator<Item = Remembered> {
        self.accounts.iter().filter_map(|(user, seats)| {
            let put_back = |times: &Times| {
                times
                    .given
                    .filter(|given| times.taken.is_some_and(|taken| taken < *given))
            };
            Some(Remembered {
                user: *user,
                given: seats.times().filter_map(|times| times.given).max()?,
                put_back: seats.times().filter_map(put_back).max(),
            })
        })
    }

    /// Adds what was done to an account; whether that was not known.
    fn add(&mut self, change: &SeatChange) -> bool {
        if change.given.is_empty() && change.taken.is_empty() {
            return false;
        }
        let seats = self.accounts.entry(change.user).or_default();
        let at = Some(change.at);
        let mut is_news = false;
        for code in &change.given {
            let given = &mut seats.of(code).given;
            is_news |= at > *given;
            *given = at.max(*given);
        }
        for code in &change.taken {
            let taken = &mut seats.of(code).taken;
            is_news |= at > *taken;
            *taken = at.max(*taken);
        }
        is_news
    }

    /// Forgets what is too long ago, and what is too much; whether there was any.
    fn forget(&mut self, now: Timestamp) -> bool {
        let last = |times: &Times| times.given.max(times.taken);
        let mut has_forgotten = false;
        if let Ok(first) = now.checked_sub(KEPT_FOR) {
            for seats in self.accounts.values_mut() {
                let count = seats.0.len();
                seats
                    .0
                    .retain(|(_, times)| last(times).is_some_and(|last| last >= first));
                has_forgotten |= seats.0.len() < count;
            }
        }
        self.accounts.retain(|_, seats| !seats.0.is_empty());
        if let Some(surplus) = self
            .accounts
            .len()
            .checked_sub(MOST_ACCOUNTS)
            .filter(|surplus| *surplus > 0)
        {
            let lasts = self
                .accounts
                .iter()
                .map(|(user, seats)| (seats.times().filter_map(last).max(), *user));
            let mut oldest: Vec<_> = lasts.collect();
            oldest.sort_unstable();
            for (_, user) in oldest.into_iter().take(surplus) {
                self.accounts.remove(&user);
            }
            has_forgotten = true;
        }
        has_forgotten
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
        SeatMemory::keep(place, changes.iter().cloned().map(Ok), on(day)).unwrap();
    }

    fn given(place: &StatePlace) -> Vec<Remembered> {
        SeatMemory::read(place).unwrap().given().collect()
    }

    #[test]
    fn a_seat_that_was_taken_and_given_again_was_put_back_and_one_that_was_given_besides_was_not() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(&folder);
        assert_eq!(given(&place), []);
        keep(&place, &[change(1, 0, &[], &["A"])], 0);
        assert_eq!(given(&place), []);
        keep(&place, &[change(1, 1, &["B"], &[])], 1);
        let only_given = Remembered {
            user: ann(),
            given: on(1),
            put_back: None,
        };
        assert_eq!(given(&place), [only_given]);
        keep(&place, &[change(1, 2, &["a"], &["B"])], 2);
        let put_back = Remembered {
            given: on(2),
            put_back: Some(on(2)),
            ..only_given
        };
        assert_eq!(given(&place), [put_back]);
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
        let users: Vec<UserId> = given(&place).iter().map(|remembered| remembered.user).collect();
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
            place.write(SEATS, content.as_bytes()).unwrap();
            assert!(SeatMemory::read(&place).unwrap_err().to_string().contains(words));
            let changes = [Ok(change(1, 0, &["A"], &[]))];
            assert!(SeatMemory::keep(&place, changes.into_iter(), on(0)).is_err());
            assert_eq!(fs_err::read_to_string(place.path(SEATS)).unwrap(), content);
        }
    }

    #[cfg(unix)]
    #[test]
    fn it_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let place = place(&folder);
        keep(&place, &[change(1, 0, &["A"], &[])], 0);
        for kind in [SEATS, LOCK] {
            let mode = fs_err::metadata(place.path(kind)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{kind}");
        }
    }
}
