//! The record of a run beside its results: written when it begins and again when it ends, whichever way it ends.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use strum::IntoEnumIterator;

use super::console::Console;
use super::ending::Ended;
use super::organization::Organization;
use super::organization::label::OrganizationLabel;
use crate::api::CallStats;
use crate::directory::Snapshot;
use crate::engine::SeatsMoved;
use crate::event::Method;
use crate::ledger::{RunEntry, RunId, RunLog, RunOrganization, RunSeats};
use crate::model::{BundleCode, Catalogue, Status};
use crate::plan::Plan;

/// Writes the record of a run.
#[derive(Debug)]
pub(super) struct RunRecord<'a> {
    /// The results file.
    pub(super) results: PathBuf,
    entry: RunEntry,
    /// Whether its end has been written.
    is_ended: AtomicBool,
    /// Whether it was told that it cannot be written.
    is_told: AtomicBool,
    console: Console<'a>,
}

/// A run that has come to its end.
pub(super) struct RunEnd<'a> {
    /// The rows of the sheet by status.
    pub(super) counts: &'a BTreeMap<Status, usize>,
    /// The seats that it gave and freed.
    pub(super) seats: &'a BTreeMap<BundleCode, SeatsMoved>,
    /// How long it took.
    pub(super) elapsed: Duration,
}

impl<'a> RunRecord<'a> {
    /// What is known of a run before it begins.
    pub(super) fn of(
        results: &Path,
        run: &RunId,
        sheet: &Path,
        organization: &Organization,
        console: Console<'a>,
    ) -> Self {
        let (name, uri) = match &organization.label {
            OrganizationLabel::Simulated => (None, None),
            OrganizationLabel::Configured { name, uri, .. } => (Some(name.clone()), Some(uri.clone())),
        };
        let id = organization.id;
        let sheet = sheet.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self {
            results: results.to_owned(),
            entry: RunEntry::begun(run.clone(), RunOrganization { id, name, uri }, sheet, now()),
            is_ended: AtomicBool::new(false),
            is_told: AtomicBool::new(false),
            console,
        }
    }

    /// The run, as the results name it.
    pub(super) fn run(&self) -> &RunId {
        &self.entry.run
    }

    /// The same, where the results file begins with the run.
    pub(super) fn beginning_the_file(mut self, begins: bool) -> Self {
        self.entry.begins = begins;
        self
    }

    /// The same, with the seats that the plan gives and frees, as they were read.
    pub(super) fn with_seats(mut self, plan: &Plan, snapshot: &Snapshot, catalogue: &Catalogue) -> Self {
        let name = |code: &BundleCode| {
            let owned = snapshot.seats_of(code).and_then(|seats| seats.name.clone());
            let known = catalogue.find(code.as_str()).map(|bundle| bundle.name.clone());
            owned.or(known).filter(|name| !name.is_empty())
        };
        self.entry.seats = plan
            .seats
            .iter()
            .map(|line| RunSeats {
                code: line.code.clone(),
                name: name(&line.code),
                owned: line.total,
                taken_before: line.allocated,
                taken_after: None,
                given: None,
                freed: None,
            })
            .collect();
        self
    }

    /// The run begins. One that finds nothing to do leaves no record, unless the last one was killed or there is none: a watched
    /// folder has a sheet that waits run again and again.
    pub(super) fn begin(self, rows: usize) -> Self {
        let is_told = || {
            let last = RunLog::read(&self.results).ok().and_then(|mut log| log.runs.pop());
            last.is_some_and(|last| last.finished_at.is_some())
        };
        if rows == 0 && !self.entry.begins && is_told() {
            self.is_ended.store(true, Ordering::Relaxed);
        } else {
            self.write(&self.entry);
        }
        self
    }

    /// The run has ended.
    pub(super) fn end(&self, ended: Ended, stats: &CallStats, end: &RunEnd<'_>) {
        let mut entry = self.ended(ended, stats);
        entry.rows = Some(counts(Status::iter().map(|status| {
            let count = end.counts.get(&status).copied().unwrap_or_default();
            (status.as_str(), count as u64)
        })));
        entry.elapsed_ms = Some(milliseconds(end.elapsed));
        entry.seats = seats(&self.entry.seats, end.seats);
        self.end_with(&entry);
    }

    /// The run broke off: what became of its rows, and so of seats, is not known.
    pub(super) fn break_off(&self, ended: Ended, stats: &CallStats) {
        self.end_with(&self.ended(ended, stats));
    }

    /// The run was abandoned, and calls with it.
    pub(super) fn abandon(&self, ended: Ended) {
        self.end_with(&RunEntry {
            calls: None,
            retries: None,
            throttled: None,
            waited_ms: None,
            ..self.ended(ended, &CallStats::default())
        });
    }

    fn ended(&self, ended: Ended, stats: &CallStats) -> RunEntry {
        RunEntry {
            finished_at: Some(now()),
            status: ended.status().as_str().to_owned(),
            reason: Some(ended.reason.as_str().to_owned()),
            exit_code: Some(ended.ending.code()),
            calls: Some(counts(Method::iter().map(|method| (method.as_str(), stats.of(method))))),
            retries: Some(stats.retries),
            throttled: Some(stats.throttled),
            waited_ms: Some(milliseconds(stats.waited)),
            ..self.entry.clone()
        }
    }

    fn end_with(&self, entry: &RunEntry) {
        if !self.is_ended.swap(true, Ordering::Relaxed) {
            self.write(entry);
        }
    }

    fn write(&self, entry: &RunEntry) {
        if let Err(error) = entry.append(&self.results)
            && !self.is_told.swap(true, Ordering::Relaxed)
        {
            self.console.tell(format!(
                "warning: a report of the results will not know when this run began and ended, nor which seats there \
                 were: {error}\n"
            ));
        }
    }
}

/// To the millisecond: runs of one second have their order.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

fn milliseconds(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

/// Counts of nothing are there too.
fn counts(of: impl Iterator<Item = (&'static str, u64)>) -> BTreeMap<String, u64> {
    of.map(|(name, count)| (name.to_owned(), count)).collect()
}

/// The seats after a run, given those before it and what it has moved.
fn seats(before: &[RunSeats], moved: &BTreeMap<BundleCode, SeatsMoved>) -> Vec<RunSeats> {
    let unplanned = moved
        .keys()
        .filter(|code| before.iter().all(|seats| seats.code != **code));
    let unplanned = unplanned.map(|code| RunSeats {
        code: code.clone(),
        name: None,
        owned: None,
        taken_before: None,
        taken_after: None,
        given: None,
        freed: None,
    });
    let after = |before: RunSeats| {
        let moved = moved.get(&before.code).copied().unwrap_or_default();
        let taken = before.taken_before.filter(|_| !moved.is_open);
        RunSeats {
            taken_after: taken.map(|taken| (taken + moved.given).saturating_sub(moved.freed)),
            given: Some(moved.given),
            freed: Some(moved.freed),
            ..before
        }
    };
    before.iter().cloned().chain(unplanned).map(after).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(taken: Option<u64>) -> RunSeats {
        RunSeats {
            code: BundleCode::new("A"),
            name: None,
            owned: Some(10),
            taken_before: taken,
            taken_after: None,
            given: None,
            freed: None,
        }
    }

    fn moved(given: u64, freed: u64, is_open: bool) -> BTreeMap<BundleCode, SeatsMoved> {
        let moved = SeatsMoved { given, freed, is_open };
        BTreeMap::from([(BundleCode::new("A"), moved)])
    }

    #[test]
    fn what_is_taken_after_a_run_is_what_was_taken_before_and_what_the_run_did() {
        for (taken, moves, after) in [
            (Some(5), moved(2, 1, false), Some(6)),
            (Some(5), moved(2, 1, true), None),
            (None, moved(2, 1, false), None),
            (Some(5), BTreeMap::new(), Some(5)),
        ] {
            let seats = seats(&[before(taken)], &moves);
            assert_eq!(seats[0].taken_after, after, "{taken:?} {moves:?}");
        }
        let unplanned = seats(&[], &moved(0, 1, false));
        assert_eq!((unplanned[0].freed, unplanned[0].taken_after), (Some(1), None));
    }
}
