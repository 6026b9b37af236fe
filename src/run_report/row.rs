//! A row as the report shows it.

use std::borrow::Cow;

use jiff::Timestamp;

use super::cause::Cause;
use super::changed::Changed;
use super::masking::Masking;
use super::outcome::Outcome;
use super::people::{People, called, is_about_a_group};
use crate::ledger::Record;
use crate::model::{OperationKind, RowReport};
use crate::page::Tone;
use crate::text::clean;

/// How much of a text is shown.
const MOST: usize = 1_000;

/// A row in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowInWords {
    /// Its number.
    pub row: u32,
    /// Its worksheet; empty for a CSV.
    pub worksheet: String,
    /// The operation; empty where it could not be read.
    pub operation: &'static str,
    /// Whom it is about; empty where that is a group.
    pub person: String,
    /// What the person gets or loses: groups and licences; or which group it is about.
    pub target: String,
    /// How it ended.
    pub status: Cow<'static, str>,
    /// How that is meant.
    pub tone: Tone,
    /// Why, or what was done.
    pub why: String,
    /// When it ended.
    pub finished: Option<Timestamp>,
}

impl RowInWords {
    /// The row of this record.
    pub fn of(record: &Record, people: &People, masking: Masking) -> Self {
        let report = &record.report;
        let outcome = Outcome::of(record);
        let cause = Cause::of_record(record);
        let changed = Changed::of(report);
        let (person, target, why) = match masking {
            Masking::Shown => (named(report), clean(&report.target, MOST), clean(&report.message, MOST)),
            Masking::Masked => (
                people.number(report).map_or_else(String::new, called),
                masked_target(report, people),
                // The row's own words, and the service's in them, may name anybody.
                masked_why(&people.masked(&changed.words()), cause),
            ),
        };
        let target = completed(target, &changed, report, masking, people);
        Self {
            row: report.place.row,
            worksheet: clean(&report.place.sheet, MOST),
            operation: report.operation.map_or("", OperationKind::as_str),
            person,
            target,
            status: status(outcome, cause),
            tone: tone(outcome),
            why,
            finished: record.finished_at,
        }
    }
}

/// The status in words; what a [`CauseFacts`](super::CauseFacts) finds its rows by.
pub(super) fn status(outcome: Outcome, cause: Option<Cause>) -> Cow<'static, str> {
    let label = cause.map_or("", |cause| cause.label);
    match outcome {
        Outcome::Done => "done".into(),
        Outcome::AlreadySo => "already so".into(),
        Outcome::Twice => "stands twice".into(),
        Outcome::NotReached => "not reached".into(),
        Outcome::Waits => format!("waits: {label}").into(),
        Outcome::Needs => format!("needs attention: {label}").into(),
    }
}

pub(super) fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Done => Tone::Good,
        Outcome::AlreadySo | Outcome::Twice => Tone::Plain,
        Outcome::Waits | Outcome::NotReached => Tone::Waiting,
        Outcome::Needs => Tone::Bad,
    }
}

/// Somebody's name and address, where the results know the name: of an account that is deleted or moved all is recorded.
fn named(report: &RowReport) -> String {
    let has_all = matches!(report.operation, Some(OperationKind::Delete | OperationKind::Migrate));
    let before = report.before.as_ref().filter(|_| has_all);
    let part = |member: &str| before.and_then(|before| before.get(member)?.as_str());
    let full = [part("name"), part("surname")].into_iter().flatten();
    let full: Vec<&str> = full.filter(|part| !part.is_empty()).collect();
    if full.is_empty() {
        return clean(&report.user, MOST);
    }
    clean(&format!("{}, {}", full.join(" "), report.user), MOST)
}

/// With the groups and licences that the row names no more than in other columns of its sheet.
fn completed(target: String, changed: &Changed, report: &RowReport, masking: Masking, people: &People) -> String {
    // The group is what such a row is about, and a migration's target is an address.
    let is_all_there = matches!(
        report.operation,
        Some(OperationKind::ReleaseLease | OperationKind::Migrate)
    );
    if is_about_a_group(report) || is_all_there {
        return target;
    }
    let besides = changed.besides(&target).into_iter().map(|name| match masking {
        Masking::Shown => name,
        Masking::Masked => people.masked(&name),
    });
    let listed = Some(target).filter(|target| !target.is_empty());
    let all: Vec<String> = listed.into_iter().chain(besides).collect();
    clean(&all.join("; "), MOST)
}

/// What was done, and why no more was.
fn masked_why(changed: &str, cause: Option<Cause>) -> String {
    match (changed, cause) {
        (changed, None) => clean(changed, MOST),
        ("", Some(cause)) => cause.what.to_owned(),
        (changed, Some(cause)) => clean(&format!("{} Done before that: {changed}", cause.what), MOST),
    }
}

/// Groups and licences are no people; addresses beside them are hidden, and where a person moves to.
fn masked_target(report: &RowReport, people: &People) -> String {
    if report.operation == Some(OperationKind::Migrate) {
        return String::new();
    }
    let target = match report.target.rsplit_once("like ") {
        Some((rest, _)) if rest.is_empty() || rest.ends_with("; ") => format!("{rest}like a colleague"),
        _ => people.masked(&report.target),
    };
    clean(&people.masked(&target), MOST)
}
