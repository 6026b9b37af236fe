//! The columns of the results file.

/// The columns, in their order.
pub const COLUMNS: [&str; 20] = [
    "row",
    "sheet",
    "operation",
    "user",
    "target",
    "status",
    "http_status",
    "code",
    "message",
    "attempts",
    "calls",
    "before",
    "after",
    "user_id",
    "trace_id",
    "started_at",
    "finished_at",
    "duration_ms",
    "key",
    "run",
];

pub(super) const ROW: usize = 0;
pub(super) const SHEET: usize = 1;
pub(super) const OPERATION: usize = 2;
pub(super) const USER: usize = 3;
pub(super) const TARGET: usize = 4;
pub(super) const STATUS: usize = 5;
pub(super) const HTTP_STATUS: usize = 6;
pub(super) const CODE: usize = 7;
pub(super) const MESSAGE: usize = 8;
pub(super) const ATTEMPTS: usize = 9;
pub(super) const CALLS: usize = 10;
pub(super) const BEFORE: usize = 11;
pub(super) const AFTER: usize = 12;
pub(super) const USER_ID: usize = 13;
pub(super) const TRACE_ID: usize = 14;
pub(super) const STARTED_AT: usize = 15;
pub(super) const FINISHED_AT: usize = 16;
pub(super) const KEY: usize = 18;
pub(super) const RUN: usize = 19;

/// Stands before a key that spreadsheet programs would take for a number, as in `12e45…`.
pub(super) const NOT_A_NUMBER: u8 = b'k';

/// The header line, its line end included.
pub(super) fn header() -> String {
    COLUMNS.join(",") + "\n"
}
