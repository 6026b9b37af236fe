//! One line of the results file.

use jiff::Timestamp;

use crate::model::{OperationKind, Place, RowKey, Status, UserId};

/// One line of the results file, columns as `docs/results.md` has them.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// `row` and `sheet`: where the row stands.
    pub place: Place,
    /// `operation`; `None` for a row whose operation could not be read.
    pub operation: Option<OperationKind>,
    /// `user`: the account as the sheet names it.
    pub user: String,
    /// `target`: what it is given or loses.
    pub target: String,
    /// `status`.
    pub status: Status,
    /// `http_status` of the answer that decided.
    pub http_status: Option<u16>,
    /// `code`: the server's or ours.
    pub code: String,
    /// `message`, cleaned and cut.
    pub message: String,
    /// `attempts`: how often the deciding request was sent.
    pub attempts: u32,
    /// `calls`: how many calls this row had a part in.
    pub calls: u32,
    /// `before`: compact JSON of what was there.
    pub before: Option<serde_json::Value>,
    /// `after`: compact JSON of what is there now.
    pub after: Option<serde_json::Value>,
    /// `user_id`: the account that was found, invited or created.
    pub user_id: Option<UserId>,
    /// `trace_id` of the deciding answer.
    pub trace_id: Option<String>,
    /// `started_at`; `None` for a row that was not attempted.
    pub started_at: Option<Timestamp>,
    /// `finished_at`; `None` for a `started` record.
    pub finished_at: Option<Timestamp>,
    /// `key`.
    pub key: RowKey,
}

impl Record {
    /// A record with nothing but its place, key and status.
    pub fn blank(place: Place, key: RowKey, status: Status) -> Self {
        Self {
            place,
            operation: None,
            user: String::new(),
            target: String::new(),
            status,
            http_status: None,
            code: String::new(),
            message: String::new(),
            attempts: 0,
            calls: 0,
            before: None,
            after: None,
            user_id: None,
            trace_id: None,
            started_at: None,
            finished_at: None,
            key,
        }
    }

    /// `duration_ms`, from the two times; 0 where the clock was set back between them.
    pub fn duration_ms(&self) -> Option<i64> {
        Some((self.finished_at?.as_millisecond() - self.started_at?.as_millisecond()).max(0))
    }
}
