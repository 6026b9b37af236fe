//! One line of the results file.

use jiff::Timestamp;

use crate::model::{CHANGING, RowKey, RowReport, Status};

/// One line of the results file, columns as `docs/results.md` has them.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What is said of the row.
    pub report: RowReport,
    /// The row of the sheet that this one corrects, or took the place of: the second key in `key`.
    pub corrects: Option<RowKey>,
    /// `http_status` of the answer that decided.
    pub http_status: Option<u16>,
    /// `attempts`: how often the deciding request was sent.
    pub attempts: u32,
    /// `calls`: how many calls this row had a part in.
    pub calls: u32,
    /// `trace_id` of the deciding answer.
    pub trace_id: Option<String>,
    /// `started_at`; `None` for a row that was not attempted.
    pub started_at: Option<Timestamp>,
    /// `finished_at`; `None` for a `started` record.
    pub finished_at: Option<Timestamp>,
}

impl From<RowReport> for Record {
    /// The record of a row that was not attempted.
    fn from(report: RowReport) -> Self {
        Self {
            report,
            corrects: None,
            http_status: None,
            attempts: 0,
            calls: 0,
            trace_id: None,
            started_at: None,
            finished_at: None,
        }
    }
}

impl Record {
    /// Whether it only tells what a call that may be repeated is to change.
    pub fn is_told_ahead(&self) -> bool {
        self.report.status == Status::Started && self.report.code == CHANGING
    }

    /// `duration_ms`, from the two times; 0 where the clock was set back between them.
    pub fn duration_ms(&self) -> Option<i64> {
        Some((self.finished_at?.as_millisecond() - self.started_at?.as_millisecond()).max(0))
    }
}
