//! Seats of several runs, added up by organization and bundle.
//!
//! How many were taken before and after is told by the records of runs alone; how many were given and freed, by the rows
//! as well.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use crate::ledger::{Record, RunEntry, RunId, SeatChange};
use crate::model::{BundleCode, BundleSet, OperationKind, OrganizationId, Status};

/// The seats of one bundle of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeatFacts {
    /// Whose.
    pub organization: OrganizationId,
    /// Its code.
    pub code: BundleCode,
    /// Its product name, where it is known.
    pub name: Option<String>,
    /// How many are owned; `None` where that is not known.
    pub owned: Option<u64>,
    /// How many were taken before the first run; `None` where that is not known.
    #[serde(rename = "taken_before")]
    pub before: Option<u64>,
    /// How many were taken after the last one; `None` where that is not known.
    #[serde(rename = "taken_after")]
    pub after: Option<u64>,
    /// How many were given.
    pub given: u64,
    /// How many were freed.
    pub freed: u64,
    /// How many rows missed out on one.
    pub missed: u64,
}

/// What rows and records tell of seats.
#[derive(Debug, Default)]
pub(super) struct SeatSums {
    by_rows: BTreeMap<(OrganizationId, BundleCode), (u64, u64)>,
    missed: HashMap<(OrganizationId, String), u64>,
}

/// More different words are not looked at; there are not so many bundles.
const MOST_WORDS: usize = 1_000;

impl SeatSums {
    pub(super) fn take(&mut self, record: &Record, run: &RunId) {
        let organization = run.organization();
        let (given, freed) = moved(record);
        for code in &given {
            self.by_rows.entry((organization, code.clone())).or_default().0 += 1;
        }
        for code in &freed {
            self.by_rows.entry((organization, code.clone())).or_default().1 += 1;
        }
        if misses_out(record) {
            let words = record.report.message.split(|letter: char| !is_of_a_code(letter));
            // The service's own words may name what it was about once more.
            let words: BTreeSet<&str> = words.filter(|word| word.len() > 2).collect();
            for word in words {
                let key = (organization, word.to_owned());
                if self.missed.len() < MOST_WORDS || self.missed.contains_key(&key) {
                    *self.missed.entry(key).or_default() += 1;
                }
            }
        }
    }

    /// The sums, given the records of all runs in the order of time, and those that have none.
    pub(super) fn facts(self, recorded: &[&RunEntry], unrecorded: &[RunId]) -> Vec<SeatFacts> {
        let mut facts: BTreeMap<(OrganizationId, BundleCode), SeatFacts> = BTreeMap::new();
        let mut organizations: Vec<OrganizationId> = recorded.iter().map(|run| run.organization.id).collect();
        organizations.extend(self.by_rows.keys().map(|(organization, _)| *organization));
        organizations.sort_unstable();
        organizations.dedup();
        for organization in organizations {
            let runs: Vec<&RunEntry> = recorded
                .iter()
                .copied()
                .filter(|run| run.organization.id == organization)
                .collect();
            let others = || unrecorded.iter().filter(|run| run.organization() == organization);
            let known = Known {
                are_ended: runs.iter().all(|run| run.finished_at.is_some()) && others().next().is_none(),
                first: others().all(|other| runs.iter().any(|run| run.started_at <= other.started())),
                last: others().all(|other| runs.iter().any(|run| run.started_at >= other.started())),
            };
            for seats in runs.iter().flat_map(|run| &run.seats) {
                let key = (organization, seats.code.clone());
                facts
                    .entry(key)
                    .or_insert_with(|| known.of_bundle(organization, &seats.code, &runs));
            }
            for ((of, code), (given, freed)) in self.by_rows.iter().filter(|((of, _), _)| *of == organization) {
                let key = (*of, code.clone());
                let fact = facts
                    .entry(key)
                    .or_insert_with(|| known.of_bundle(organization, code, &runs));
                if !known.are_ended {
                    (fact.given, fact.freed) = (*given, *freed);
                }
            }
        }
        let mut facts: Vec<SeatFacts> = facts.into_values().collect();
        for fact in &mut facts {
            let missed = self.missed.get(&(fact.organization, fact.code.to_string()));
            fact.missed = missed.copied().unwrap_or_default();
        }
        facts.retain(|fact| fact.given + fact.freed + fact.missed > 0 || fact.before.is_some());
        facts
    }
}

/// What the records of an organization's runs can tell.
#[derive(Clone, Copy)]
struct Known {
    /// Every run has a record, and has ended.
    are_ended: bool,
    /// The first run has a record.
    first: bool,
    /// The last one has.
    last: bool,
}

impl Known {
    fn of_bundle(self, organization: OrganizationId, code: &BundleCode, runs: &[&RunEntry]) -> SeatFacts {
        let seats: Vec<_> = runs
            .iter()
            .flat_map(|run| run.seats.iter().filter(|seats| seats.code == *code))
            .collect();
        let sum = |count: fn(&crate::ledger::RunSeats) -> Option<u64>| {
            seats.iter().filter_map(|seats| count(seats)).sum::<u64>()
        };
        let last = seats.last();
        SeatFacts {
            organization,
            code: code.clone(),
            name: seats.iter().rev().find_map(|seats| seats.name.clone()),
            owned: seats.iter().rev().find_map(|seats| seats.owned),
            before: seats
                .first()
                .and_then(|seats| seats.taken_before)
                .filter(|_| self.first),
            after: last.and_then(|seats| seats.taken_after).filter(|_| self.last),
            given: if self.are_ended { sum(|seats| seats.given) } else { 0 },
            freed: if self.are_ended { sum(|seats| seats.freed) } else { 0 },
            missed: 0,
        }
    }
}

/// Whether a row got no seat.
pub(super) fn misses_out(record: &Record) -> bool {
    matches!(record.report.code.as_str(), "seats_short" | "not_owned")
}

fn is_of_a_code(letter: char) -> bool {
    letter.is_ascii_uppercase() || letter.is_ascii_digit() || matches!(letter, '-' | '_')
}

/// The seats that a row gave and freed.
fn moved(record: &Record) -> (BundleSet, BundleSet) {
    let change = SeatChange::of(record);
    let (given, freed) = change.map(|change| (change.given, change.taken)).unwrap_or_default();
    let report = &record.report;
    let was_deleted = match report.operation {
        Some(OperationKind::Delete) => report.status == Status::Done,
        Some(OperationKind::Migrate) => report
            .after
            .as_ref()
            .is_some_and(|after| after.get("deleted").is_some()),
        _ => false,
    };
    let held = report.before.as_ref().and_then(|before| before.get("licenses"));
    let held = held.and_then(|codes| serde_json::from_value::<BundleSet>(codes.clone()).ok());
    match held.filter(|_| was_deleted) {
        Some(held) => (given, freed.union(&held)),
        None => (given, freed),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::{Place, RowKey, RowReport};

    #[test]
    fn a_row_misses_out_on_a_seat_once_however_often_its_words_name_the_licence() {
        let run = RunId::new(Timestamp::UNIX_EPOCH, OrganizationId(uuid::Uuid::nil()), 7);
        let mut sums = SeatSums::default();
        let place = Place {
            sheet: "".into(),
            row: 2,
        };
        let report = RowReport {
            code: "seats_short".to_owned(),
            message: "no seat is left of ACNU: 2 taken of ACNU".to_owned(),
            ..RowReport::blank(place, RowKey::of("row", 0), Status::Conflict)
        };
        sums.take(&Record::from(report), &run);
        assert_eq!(sums.missed.get(&(run.organization(), "ACNU".to_owned())), Some(&1));
    }
}
