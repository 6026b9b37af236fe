//! What keeps rows from being carried out, by cause, with what to do.

use std::collections::BTreeMap;

use super::super::plan::PlanView;
use super::super::words::and_more;
use super::names::Names;
use super::rows::{NO_SEAT, is_left_alone, outcome};
use crate::model::{BundleSet, Row, RowReport, Status};
use crate::page::{Cause, Tone};
use crate::plan::{Fate, RowIndex, Verdict, not_owned};
use crate::run_report;
use crate::text::with_quotation_marks;

/// How many of the rows of one cause are named with it; the table has every one.
const NAMED: usize = 10;

/// How many of the rows without a seat are named.
const NAMED_WITHOUT_SEAT: usize = 200;

/// Why rows cannot be carried out, the cause of the most rows first, and a shortage of seats last.
pub(super) fn obstacles(view: &PlanView<'_>, names: Names<'_>) -> Vec<Cause> {
    let mut causes: BTreeMap<String, Rows> = BTreeMap::new();
    let blocked = view.blocked().into_iter().map(|(row, verdict)| as_report(row, verdict));
    let blocked = blocked
        .filter(|report| !is_left_alone(&report.code))
        .map(|report| (Fate::CannotRun, report));
    let invalid = view.not_due.invalid().map(|report| (Fate::Invalid, report.clone()));
    for (fate, report) in blocked.chain(invalid) {
        let (outcome, _) = outcome(fate, &report);
        causes.entry(outcome.into_owned()).or_default().add(&report, names);
    }
    let mut causes: Vec<Cause> = causes.into_iter().map(|(outcome, rows)| rows.cause(outcome)).collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.rows));
    causes.extend(shortage(view, names));
    causes
}

/// The rows that leave a seat alone because it is in use.
pub(super) fn left_alone(view: &PlanView<'_>) -> impl Iterator<Item = RowReport> {
    let blocked = view.blocked().into_iter().map(|(row, verdict)| as_report(row, verdict));
    blocked.filter(|report| is_left_alone(&report.code))
}

fn as_report(row: &Row, verdict: &Verdict) -> RowReport {
    RowReport {
        code: verdict.code.to_string(),
        message: verdict.message.clone(),
        ..RowReport::of(row, verdict.status)
    }
}

/// Rows of one cause.
#[derive(Default)]
struct Rows {
    count: usize,
    cause: Option<run_report::Cause>,
    /// What is said of the first of them.
    told: Vec<String>,
}

impl Rows {
    fn add(&mut self, report: &RowReport, names: Names<'_>) {
        self.count += 1;
        self.cause = run_report::Cause::of(report.status, &report.code, None);
        if self.told.len() < NAMED {
            self.told.push(names.said_of(report));
        }
    }

    fn cause(self, outcome: String) -> Cause {
        let (what, help) = self.cause.map_or(("", ""), |cause| (cause.what, cause.help));
        let named = format!("{help} In {}", listed(&self.told, self.count));
        let stop = if named.ends_with(['.', '?', '!']) { "" } else { "." };
        Cause {
            what: what.to_owned(),
            rows: self.count as u64,
            help: format!("{named}{stop}").trim().to_owned(),
            tone: Tone::Bad,
            filter: Some(outcome),
        }
    }
}

fn shortage(view: &PlanView<'_>, names: Names<'_>) -> Option<Cause> {
    let sheet = view.sheet;
    let short = &sheet.plan.short;
    if short.is_empty() {
        return None;
    }
    let cause = run_report::Cause::of(Status::Conflict, "seats_short", None);
    let line = |(index, bundles): &(RowIndex, BundleSet)| {
        let unowned = sheet.snapshot.unowned(bundles);
        let misses = format!("{} misses {bundles}", names.row(*index));
        if unowned.is_empty() {
            misses
        } else {
            format!("{misses}; {}", with_quotation_marks(&not_owned(&unowned)))
        }
    };
    let first: Vec<String> = short.iter().take(NAMED_WITHOUT_SEAT).map(line).collect();
    Some(Cause {
        what: "There is no free seat for them.".to_owned(),
        rows: short.len() as u64,
        help: format!(
            "{} {}.",
            cause.map_or("", |cause| cause.help),
            listed(&first, short.len())
        ),
        tone: Tone::Bad,
        filter: Some(NO_SEAT.to_owned()),
    })
}

/// The first of them, and how many more there are.
fn listed(first: &[String], all: usize) -> String {
    match and_more(all, first.len()).as_str() {
        "" => first.join("; "),
        more => format!("{};{more}", first.join("; ")),
    }
}
