//! The runs that results are of: when, how long, how they ended, what they cost.

use jiff::Timestamp;

use super::reported_file::ReportedFile;
use crate::ledger::{RunEntry, RunId};
use crate::text::{duration, number};

/// A run.
#[derive(Debug, Clone)]
pub struct RunFacts {
    /// Which results file it is of, by position.
    pub file: usize,
    /// Which run.
    pub run: RunId,
    /// The file name of the sheet that it ran, where that is known.
    pub sheet: Option<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// What was recorded of it; nothing of a run by an earlier version of reseat, or where the record is lost.
    pub record: Option<RunEntry>,
}

/// The runs of all files, in the order of time.
pub(super) fn runs_of(files: &[ReportedFile]) -> Vec<RunFacts> {
    let mut runs: Vec<RunFacts> = Vec::new();
    for (file, reported) in files.iter().enumerate() {
        let recorded = reported.log.runs.iter();
        runs.extend(recorded.map(|entry| RunFacts {
            file,
            run: entry.run.clone(),
            sheet: Some(entry.sheet.clone()).filter(|sheet| !sheet.is_empty()),
            started_at: entry.started_at,
            record: Some(entry.clone()),
        }));
        runs.extend(reported.unrecorded().map(|run| RunFacts {
            file,
            run: run.clone(),
            sheet: run.sheet().map(str::to_owned),
            started_at: run.started(),
            record: None,
        }));
    }
    runs.sort_by_key(|run| run.started_at);
    runs
}

impl RunFacts {
    /// When it ended, where that is known.
    pub fn finished_at(&self) -> Option<Timestamp> {
        self.record.as_ref()?.finished_at
    }

    /// Whether it was cut off: it began and never ended.
    pub fn was_cut_off(&self) -> bool {
        self.record.as_ref().is_some_and(|record| record.finished_at.is_none())
    }

    /// How it ended, in words.
    pub fn how_it_ended(&self) -> String {
        let Some(record) = &self.record else {
            return "not recorded".to_owned();
        };
        if record.finished_at.is_none() {
            return "was cut off, or its computer was".to_owned();
        }
        let why = record.reason.as_deref().map(why).unwrap_or_default();
        match (record.status.as_str(), why) {
            ("done", _) => "everything is done".to_owned(),
            ("needs_person", _) => "to its end; some rows need attention".to_owned(),
            ("waiting", _) => "to its end; some rows wait".to_owned(),
            ("interrupted", _) => "was interrupted".to_owned(),
            ("refused" | "could_not_start", "") => "changed nothing".to_owned(),
            ("refused" | "could_not_start", why) => format!("changed nothing: {why}"),
            ("stopped", "") => "stopped early".to_owned(),
            ("stopped", why) => format!("stopped early: {why}"),
            (other, _) => other.replace('_', " "),
        }
    }

    /// How long it took, in words; empty where that is not known.
    pub fn how_long(&self) -> String {
        let record = self.record.as_ref();
        record
            .and_then(|record| record.elapsed_ms)
            .map_or_else(String::new, in_words)
    }

    /// How many calls it sent, in words; empty where that is not known.
    pub fn calls(&self) -> String {
        let Some(calls) = self.record.as_ref().and_then(|record| record.calls.as_ref()) else {
            return String::new();
        };
        let total: u64 = calls.values().sum();
        let parts: Vec<String> = calls
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(method, count)| format!("{method} {}", number(*count)))
            .collect();
        match parts.as_slice() {
            [] => "none".to_owned(),
            parts => format!("{} ({})", number(total), parts.join(", ")),
        }
    }

    /// How long calls were held back, in words; empty where they were not.
    pub fn waits(&self) -> String {
        let Some(record) = &self.record else {
            return String::new();
        };
        let mut parts = Vec::new();
        let counted = [(record.retries, "sent again"), (record.throttled, "answered 429")];
        for (count, what) in counted {
            parts.extend(
                count
                    .filter(|count| *count > 0)
                    .map(|count| format!("{} {what}", number(count))),
            );
        }
        let waited = record.waited_ms.filter(|waited| *waited > 0);
        parts.extend(waited.map(|waited| format!("held back for {}", in_words(waited))));
        parts.join(", ")
    }
}

fn in_words(milliseconds: u64) -> String {
    duration(std::time::Duration::from_millis(milliseconds))
}

/// A reason of an ending, in words; empty where the status says it all.
fn why(reason: &str) -> &'static str {
    match reason {
        "max_failures" => "as many rows failed as were allowed",
        "same_failure" => "everything failed in the same way",
        "changed_since_plan" => "the organization was no longer as the approved plan had it",
        "guard" => "a guard stepped in",
        "sign_in" => "the sign-in was not accepted",
        "permission" => "a permission was missing",
        "locked" => "another run was at work",
        "shortage" => "there were too few seats",
        "deletions_unconfirmed" => "nobody had confirmed the deletions",
        "access_lost_unconfirmed" => "nobody had confirmed that so many people lose access",
        "not_confirmed" => "nobody had confirmed it",
        "sheet_invalid" => "the sheet was not valid",
        "settings" => "the settings were not right",
        "file" => "a file could not be read or written",
        _ => "",
    }
}
