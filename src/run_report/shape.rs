//! The report for programs; `docs/report.md` is its contract.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use strum::IntoEnumIterator;

use super::fold::{MissedOut, RunReport, SIMULATED, UnreadRecords, Waits};
use super::masking::Masking;
use super::outcome::Counts;
use super::runs::RunFacts;
use super::seats::SeatFacts;
use crate::ledger::RunEntry;
use crate::model::{OperationKind, OrganizationId, Status};

/// The members of the JSON object; their names are stable.
#[derive(Serialize)]
pub struct ReportShape<'a> {
    written: Option<String>,
    masked: bool,
    organizations: Vec<OrganizationShape<'a>>,
    files: Vec<FileShape<'a>>,
    rows: BTreeMap<&'static str, u64>,
    outcomes: Counts,
    people: Counts,
    operations: Vec<OperationShape>,
    waits: &'a Waits,
    causes: Vec<CauseShape<'a>>,
    seats: &'a [SeatFacts],
    missed_out: &'a MissedOut,
    runs: Vec<RunShape<'a>>,
    unread_records: UnreadRecords,
}

#[derive(Serialize)]
struct OrganizationShape<'a> {
    id: OrganizationId,
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct FileShape<'a> {
    file: &'a str,
    sheet: Option<&'a str>,
    torn: bool,
    outcomes: Counts,
}

#[derive(Serialize)]
struct OperationShape {
    operation: Option<&'static str>,
    #[serde(flatten)]
    outcomes: Counts,
}

#[derive(Serialize)]
struct CauseShape<'a> {
    status: Status,
    code: &'a str,
    rows: u64,
    label: &'static str,
    what: &'static str,
    help: &'static str,
}

#[derive(Serialize)]
struct RunShape<'a> {
    file: &'a str,
    run: String,
    sheet: Option<&'a str>,
    started_at: Timestamp,
    finished_at: Option<Timestamp>,
    status: Option<&'a str>,
    reason: Option<&'a str>,
    exit_code: Option<u8>,
    calls: Option<&'a BTreeMap<String, u64>>,
    retries: Option<u64>,
    throttled: Option<u64>,
    waited_ms: Option<u64>,
    elapsed_ms: Option<u64>,
}

impl<'a> ReportShape<'a> {
    /// The report, and the file that it was written to.
    pub fn of(report: &'a RunReport, written: Option<String>) -> Self {
        Self {
            written,
            masked: report.masking == Masking::Masked,
            organizations: report
                .organizations
                .iter()
                .map(|(id, name)| OrganizationShape {
                    id: *id,
                    name: name.as_deref().filter(|name| *name != SIMULATED),
                })
                .collect(),
            files: report
                .files
                .iter()
                .map(|file| FileShape {
                    file: &file.name,
                    sheet: file.sheet.as_deref(),
                    torn: file.is_torn,
                    outcomes: file.rows,
                })
                .collect(),
            rows: Status::iter()
                .map(|status| {
                    (
                        status.as_str(),
                        report.statuses.get(&status).copied().unwrap_or_default(),
                    )
                })
                .collect(),
            outcomes: report.rows,
            people: report.people,
            operations: report
                .operations
                .iter()
                .map(|(operation, outcomes)| OperationShape {
                    operation: operation.map(OperationKind::as_str),
                    outcomes: *outcomes,
                })
                .collect(),
            waits: &report.waits,
            causes: causes(report),
            seats: &report.seats,
            missed_out: &report.missed_out,
            runs: report.runs.iter().map(|run| RunShape::of(run, report)).collect(),
            unread_records: report.unread_records,
        }
    }
}

fn causes(report: &RunReport) -> Vec<CauseShape<'_>> {
    let causes = report.causes.iter().flat_map(|facts| {
        facts.codes.iter().map(|((status, code), rows)| CauseShape {
            status: *status,
            code,
            rows: *rows,
            label: facts.cause.label,
            what: facts.cause.what,
            help: facts.cause.help,
        })
    });
    causes.collect()
}

impl<'a> RunShape<'a> {
    fn of(run: &'a RunFacts, report: &'a RunReport) -> Self {
        let record = run.record.as_ref();
        let number = |of: fn(&RunEntry) -> Option<u64>| record.and_then(of);
        Self {
            file: &report.files[run.file].name,
            run: run.run.to_string(),
            sheet: run.sheet.as_deref(),
            started_at: run.started_at,
            finished_at: run.finished_at(),
            status: record.map(|record| record.status.as_str()),
            reason: record.and_then(|record| record.reason.as_deref()),
            exit_code: record.and_then(|record| record.exit_code),
            calls: record.and_then(|record| record.calls.as_ref()),
            retries: number(|record| record.retries),
            throttled: number(|record| record.throttled),
            waited_ms: number(|record| record.waited_ms),
            elapsed_ms: number(|record| record.elapsed_ms),
        }
    }
}
