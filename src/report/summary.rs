//! The result of a run, as text and as JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use strum::IntoEnumIterator;

use super::hint::Hint;
use super::json::of_each;
use super::style::{ERROR, HEADING, HELP};
use super::table::{Align, Table};
use crate::api::CallStats;
use crate::engine::AfterStop;
use crate::event::Method;
use crate::model::Status;
use crate::text::{duration, joined, number, plural, shown_path};

/// The result of a run.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// The sheet's rows by status, those finished in earlier runs included.
    pub counts: BTreeMap<Status, usize>,
    /// What it cost.
    pub stats: CallStats,
    /// How long it took.
    pub elapsed: Duration,
    /// Why it stopped early, if it did.
    pub stopped: Option<String>,
    /// What was still finished after that, so that nobody was left without licences, and what was not.
    pub after_stop: AfterStop,
    /// The results file.
    pub results: Option<PathBuf>,
    /// The sheet of the rows that need attention.
    pub failed_sheet: Option<PathBuf>,
    /// What else is worth knowing.
    pub hints: Vec<Hint>,
    /// The exact command to type next.
    pub next_command: Option<String>,
}

impl Summary {
    /// Writes the summary as text.
    pub fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{HEADING}{}{HEADING:#}", self.headline())?;
        let mut table = Table::new([("", Align::Left), ("", Align::Left)]);
        let mut line = |name: &str, value: String| table.push([format!("  {name}"), value]);
        if let Some(reason) = &self.stopped {
            line("stopped", reason.clone());
        }
        if !self.after_stop.finished.is_empty() {
            let rows = plural(self.after_stop.finished.len(), "row");
            line("finished", format!("{rows} whose licences were taken off already"));
        }
        if !self.after_stop.left.is_empty() {
            let rows: Vec<String> = self.after_stop.left.iter().map(ToString::to_string).collect();
            let rows = joined(&rows, 5);
            line(
                "unfinished",
                format!("licences were taken off and nobody has them now: {rows}"),
            );
        }
        line("calls", self.calls());
        if self.stats.retries > 0 || !self.stats.waited.is_zero() {
            line("waits", self.waits());
        }
        line("elapsed", duration(self.elapsed));
        if let Some(path) = &self.results {
            line("results", shown_path(path));
        }
        if let Some(path) = &self.failed_sheet {
            line("failed", shown_path(path));
        }
        table.write(out)?;
        for hint in &self.hints {
            writeln!(out, "{HELP}hint{HELP:#}: {hint}")?;
        }
        if let Some(command) = &self.next_command {
            writeln!(out, "{HELP}next{HELP:#}: {command}")?;
        }
        Ok(())
    }

    /// The summary as members of a JSON object.
    pub fn shape(&self) -> impl Serialize + '_ {
        Shape::of(self)
    }

    fn headline(&self) -> String {
        let rows = plural(self.counts.values().sum::<usize>(), "row");
        let counts: Vec<String> = present(&self.counts)
            .map(|(status, count)| {
                let style = if status.is_failure() { ERROR } else { HEADING };
                format!("{style}{} {}{style:#}{HEADING}", number(count), words(status))
            })
            .collect();
        if counts.is_empty() {
            rows
        } else {
            format!("{rows}: {}", counts.join(", "))
        }
    }

    fn calls(&self) -> String {
        let counts: Vec<(Method, u64)> = calls(&self.stats).collect();
        if counts.is_empty() {
            return "none".to_owned();
        }
        let parts: Vec<String> = counts
            .iter()
            .map(|(method, count)| format!("{method} {}", number(*count)))
            .collect();
        parts.join(", ")
    }

    fn waits(&self) -> String {
        format!(
            "{} sent again, {} answered 429, held back for {}",
            number(self.stats.retries),
            number(self.stats.throttled),
            duration(self.stats.waited)
        )
    }
}

fn present(counts: &BTreeMap<Status, usize>) -> impl Iterator<Item = (Status, usize)> {
    counts
        .iter()
        .map(|(status, count)| (*status, *count))
        .filter(|(_, count)| *count > 0)
}

fn calls(stats: &CallStats) -> impl Iterator<Item = (Method, u64)> {
    Method::iter()
        .map(|method| (method, stats.of(method)))
        .filter(|(_, count)| *count > 0)
}

fn words(status: Status) -> String {
    status.as_str().replace('_', " ")
}

/// The JSON object; its member names are stable.
#[derive(Serialize)]
struct Shape<'a> {
    rows: BTreeMap<&'static str, usize>,
    calls: BTreeMap<&'static str, u64>,
    retries: u64,
    throttled: u64,
    waited_ms: u128,
    elapsed_ms: u128,
    stopped: Option<&'a str>,
    after_stop: &'a AfterStop,
    results: Option<String>,
    failed_sheet: Option<String>,
    hints: Vec<ShapeOfHint>,
    next_command: Option<&'a str>,
}

#[derive(Serialize)]
struct ShapeOfHint {
    code: &'static str,
    text: String,
}

impl<'a> Shape<'a> {
    fn of(summary: &'a Summary) -> Self {
        Self {
            rows: of_each(&summary.counts),
            calls: Method::iter()
                .map(|method| (method.as_str(), summary.stats.of(method)))
                .collect(),
            retries: summary.stats.retries,
            throttled: summary.stats.throttled,
            waited_ms: summary.stats.waited.as_millis(),
            elapsed_ms: summary.elapsed.as_millis(),
            stopped: summary.stopped.as_deref(),
            after_stop: &summary.after_stop,
            results: summary.results.as_deref().map(shown_path),
            failed_sheet: summary.failed_sheet.as_deref().map(shown_path),
            hints: summary
                .hints
                .iter()
                .map(|hint| ShapeOfHint {
                    code: hint.code(),
                    text: hint.to_string(),
                })
                .collect(),
            next_command: summary.next_command.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Service;

    fn summary() -> Summary {
        Summary {
            counts: BTreeMap::from([(Status::Done, 1_100), (Status::NotFound, 2), (Status::Failed, 0)]),
            stats: CallStats {
                calls: BTreeMap::from([
                    ((Service::Identity, Method::Get), 12),
                    ((Service::License, Method::Put), 20),
                    ((Service::Identity, Method::Put), 2),
                    ((Service::Token, Method::Post), 1),
                ]),
                retries: 3,
                throttled: 2,
                throttled_within_limits: 2,
                waited: Duration::from_secs(250),
            },
            elapsed: Duration::from_secs(362),
            results: Some("joiners.results.csv".into()),
            failed_sheet: Some("joiners.failed.csv".into()),
            hints: vec![Hint::NotRun {
                rows: 3,
                is_by_failures: false,
            }],
            next_command: Some("reseat run joiners.failed.csv".to_owned()),
            ..Summary::default()
        }
    }

    fn text(summary: &Summary) -> String {
        let mut out = anstream::StripStream::new(Vec::new());
        summary.write_text(&mut out).unwrap();
        String::from_utf8(out.into_inner()).unwrap()
    }

    #[test]
    fn a_person_reads_counts_cost_files_and_the_next_command() {
        assert_eq!(
            text(&summary()),
            "1,102 rows: 1,100 done, 2 not found\n\
             \x20 calls    GET 12, PUT 22\n\
             \x20 waits    3 sent again, 2 answered 429, held back for 4 min 10 s\n\
             \x20 elapsed  6 min 2 s\n\
             \x20 results  joiners.results.csv\n\
             \x20 failed   joiners.failed.csv\n\
             hint: 3 rows were not reached; the same command continues there\n\
             next: reseat run joiners.failed.csv\n"
        );
    }

    #[test]
    fn a_run_that_did_nothing_says_so_in_few_lines() {
        assert_eq!(text(&Summary::default()), "0 rows\n  calls    none\n  elapsed  0.0 s\n");
    }

    #[test]
    fn a_program_reads_the_same_numbers_by_name() {
        assert_eq!(
            serde_json::to_value(summary().shape()).unwrap(),
            serde_json::json!({
                "rows": {
                    "done": 1100, "unchanged": 0, "waiting": 0, "not_found": 2, "ambiguous": 0, "conflict": 0,
                    "rejected": 0, "failed": 0, "in_doubt": 0, "started": 0, "invalid": 0, "duplicate": 0,
                    "skipped": 0, "not_run": 0,
                },
                "calls": {"GET": 12, "POST": 0, "PUT": 22, "PATCH": 0, "DELETE": 0},
                "retries": 3, "throttled": 2, "waited_ms": 250_000, "elapsed_ms": 362_000,
                "stopped": null,
                "after_stop": {"finished": [], "left": []},
                "results": "joiners.results.csv",
                "failed_sheet": "joiners.failed.csv",
                "hints": [{"code": "rows-not-run", "text": "3 rows were not reached; the same command continues there"}],
                "next_command": "reseat run joiners.failed.csv",
            })
        );
    }
}
