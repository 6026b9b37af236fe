//! Which records `--only` means: a row that has left its sheet keeps its number, which another row may have by now.

use std::collections::HashMap;
use std::path::Path;

use crate::app::failure::Failure;
use crate::ledger::{Record, RunLog, RunRecord};
use crate::model::{Place, RowKey, RowSelection};
use crate::text::{self, joined};

/// How many rows are named.
const MOST_NAMED: usize = 10;

/// How to come at what a number does not name any more.
const HOW: &str = "leave `--only` out, and take what is not meant out of the sheet that is written";

/// The chosen records.
pub(super) struct ChosenRecords {
    /// Those that are folded.
    pub(super) records: Vec<RunRecord>,
    /// What is said of rows that had these numbers once.
    pub(super) warning: Option<String>,
}

impl ChosenRecords {
    /// All of these.
    pub(super) fn all(records: Vec<RunRecord>) -> Self {
        Self { records, warning: None }
    }
}

/// The records without those of rows that have left the sheet and whose numbers, which are chosen, are those of other rows now.
///
/// # Errors
/// If it cannot be told which row has the number now.
pub(super) fn choose(results: &Path, records: Vec<RunRecord>, only: &RowSelection) -> Result<ChosenRecords, Failure> {
    // A finished file has the rows of the sheet before those that have left it.
    let mut first: HashMap<(String, u32), Line> = HashMap::new();
    for RunRecord { record, .. } in &records {
        let place = &record.report.place;
        if only.contains(place) {
            first.entry(at(place)).or_insert_with(|| Line::of(record));
        }
    }
    let is_meant = |record: &Record| {
        let first = first.get(&at(&record.report.place));
        first.is_none_or(|first| first.is_of_the_same_row(record))
    };
    let (meant, others): (Vec<_>, Vec<_>) = records.into_iter().partition(|of_run| is_meant(&of_run.record));
    if others.is_empty() {
        return Ok(ChosenRecords::all(meant));
    }
    let named: Vec<String> = others.iter().map(|of_run| named(&of_run.record)).collect();
    let mut now: Vec<&str> = others
        .iter()
        .filter_map(|of_run| Some(first.get(&at(&of_run.record.report.place))?.name.as_str()))
        .collect();
    now.dedup();
    let last = RunLog::read(results).ok().and_then(|mut log| log.runs.pop());
    if last.is_none_or(|run| run.finished_at.is_none()) {
        let all = [now, named.iter().map(String::as_str).collect()].concat();
        let message = format!(
            "`--only` names numbers that several rows have had, and no record says that the last run came to its end, so it is \
             not known which had them last: {}",
            joined(&all, MOST_NAMED)
        );
        let help = format!("run the sheet again first, which finds that out; or {HOW}");
        return Err(Failure::in_settings(message).with_help(help));
    }
    let (left, now) = (joined(&named, MOST_NAMED), joined(&now, MOST_NAMED));
    let (one, several) = (("is", "that", "its number"), ("are", "those", "their numbers"));
    let (is, them, its) = text::choose(others.len(), one, several);
    let warning =
        format!("{left} left the sheet and {is} left out: {now} had {its} last; to undo {them} as well, {HOW}");
    Ok(ChosenRecords {
        records: meant,
        warning: Some(warning),
    })
}

fn at(place: &Place) -> (String, u32) {
    (place.sheet.to_string(), place.row)
}

/// The record that stands first for a place.
struct Line {
    key: RowKey,
    corrects: Option<RowKey>,
    name: String,
}

impl Line {
    fn of(record: &Record) -> Self {
        Self {
            key: record.report.key,
            corrects: record.corrects,
            name: named(record),
        }
    }

    /// Of a row and its correction, both may be told of.
    fn is_of_the_same_row(&self, record: &Record) -> bool {
        let key = record.report.key;
        self.key == key || self.corrects == Some(key) || record.corrects == Some(self.key)
    }
}

/// A row by its number, what it does and to whom.
fn named(record: &Record) -> String {
    let report = &record.report;
    let operation = report
        .operation
        .map_or_else(String::new, |operation| operation.to_string());
    let whom = if report.user.is_empty() {
        &report.target
    } else {
        &report.user
    };
    let mut words = format!("{operation} `{whom}`");
    if !report.user.is_empty() && !report.target.is_empty() && report.target != report.user {
        words = format!("{words} `{}`", report.target);
    }
    format!("{words} ({})", report.place)
}
