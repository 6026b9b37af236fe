//! One line of the results file as text, both ways.

use std::str::FromStr;

use csv::ByteRecord;
use jiff::Timestamp;
use serde_json::Value;

use super::Record;
use crate::model::{Place, RowReport};
use crate::text::{clean, escape_formula, unescape_formula};

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

pub(super) const OPERATION: usize = 2;
pub(super) const STATUS: usize = 5;
pub(super) const CALLS: usize = 10;
pub(super) const AFTER: usize = 12;
pub(super) const USER_ID: usize = 13;
pub(super) const KEY: usize = 18;
pub(super) const RUN: usize = 19;

/// No text cell is longer than this many characters.
const MOST_LETTERS: usize = 2_000;

/// The header line, its line end included.
pub(super) fn header() -> String {
    COLUMNS.join(",") + "\n"
}

/// A writer of lines as this format has them.
pub(super) fn line_writer<W: std::io::Write>(sink: W) -> csv::Writer<W> {
    csv::WriterBuilder::new().flexible(false).from_writer(sink)
}

/// Fills `line` with a record's cells.
pub(super) fn encode(record: &Record, run: &str, line: &mut ByteRecord) {
    line.clear();
    let started = record.started_at.map(to_millisecond);
    let finished = record.finished_at.map(to_millisecond);
    push(line, &record.report.place.row.to_string());
    push_text(line, &record.report.place.sheet);
    push(line, record.report.operation.map_or("", |operation| operation.as_str()));
    push_text(line, &record.report.user);
    push_text(line, &record.report.target);
    push(line, record.report.status.as_str());
    push_shown(line, record.http_status);
    push_text(line, &record.report.code);
    push_text(line, &record.report.message);
    push(line, &record.attempts.to_string());
    push(line, &record.calls.to_string());
    push_json(line, record.report.before.as_ref());
    push_json(line, record.report.after.as_ref());
    push_shown(line, record.report.user_id);
    push_text(line, record.trace_id.as_deref().unwrap_or_default());
    push_shown(line, started.map(|time| format!("{time:.3}")));
    push_shown(line, finished.map(|time| format!("{time:.3}")));
    push_shown(line, record.duration_ms());
    push(line, &record.report.key.to_string());
    push(line, run);
}

/// A line with the row's present place in its first two cells and the others unchanged.
pub(super) fn moved(line: &ByteRecord, place: &Place) -> ByteRecord {
    let mut out = ByteRecord::with_capacity(line.as_slice().len() + 16, line.len());
    push(&mut out, &place.row.to_string());
    push_text(&mut out, &place.sheet);
    for cell in line.iter().skip(2) {
        out.push_field(cell);
    }
    out
}

/// The record in a line's cells; the error says which cell is wrong.
pub(super) fn decode(line: &ByteRecord) -> Result<Record, String> {
    let cells = Cells::of(line)?;
    let place = Place {
        row: cells.parsed(0)?,
        sheet: cells.text(1)?.into(),
    };
    Ok(Record {
        report: RowReport {
            place,
            key: cells.parsed(KEY)?,
            operation: cells.optional(OPERATION)?,
            user: cells.text(3)?.to_owned(),
            target: cells.text(4)?.to_owned(),
            status: cells.parsed(STATUS)?,
            code: cells.text(7)?.to_owned(),
            message: cells.text(8)?.to_owned(),
            user_id: cells.optional(USER_ID)?,
            before: cells.json(11)?,
            after: cells.json(AFTER)?,
        },
        http_status: cells.optional(6)?,
        attempts: cells.parsed(9)?,
        calls: cells.parsed(CALLS)?,
        trace_id: Some(cells.text(14)?).filter(|id| !id.is_empty()).map(str::to_owned),
        started_at: cells.optional::<Timestamp>(15)?,
        finished_at: cells.optional::<Timestamp>(16)?,
    })
}

/// Reading cells by number, faults named by column.
pub(super) struct Cells<'a>(&'a ByteRecord);

impl<'a> Cells<'a> {
    pub(super) fn of(line: &'a ByteRecord) -> Result<Self, String> {
        if line.len() == COLUMNS.len() {
            Ok(Self(line))
        } else {
            Err(format!("it has {} cells instead of {}", line.len(), COLUMNS.len()))
        }
    }

    /// The cell as it is written.
    pub(super) fn raw(&self, column: usize) -> Result<&'a str, String> {
        std::str::from_utf8(&self.0[column]).map_err(|_| format!("`{}` is not UTF-8", COLUMNS[column]))
    }

    fn text(&self, column: usize) -> Result<&'a str, String> {
        self.raw(column).map(unescape_formula)
    }

    pub(super) fn parsed<T: FromStr>(&self, column: usize) -> Result<T, String> {
        let cell = self.raw(column)?;
        cell.parse()
            .map_err(|_| format!("`{}` cannot be `{}`", COLUMNS[column], clean(cell, 40)))
    }

    pub(super) fn optional<T: FromStr>(&self, column: usize) -> Result<Option<T>, String> {
        if self.0[column].is_empty() {
            Ok(None)
        } else {
            self.parsed(column).map(Some)
        }
    }

    fn json(&self, column: usize) -> Result<Option<Value>, String> {
        let cell = self.text(column)?;
        if cell.is_empty() {
            return Ok(None);
        }
        serde_json::from_str(cell)
            .map(Some)
            .map_err(|fault| format!("`{}` is not JSON ({fault})", COLUMNS[column]))
    }
}

fn push(line: &mut ByteRecord, cell: &str) {
    line.push_field(cell.as_bytes());
}

fn push_text(line: &mut ByteRecord, text: &str) {
    push(line, &escape_formula(&clean(text, MOST_LETTERS)));
}

fn push_shown<T: ToString>(line: &mut ByteRecord, value: Option<T>) {
    push(line, &value.map_or_else(String::new, |value| value.to_string()));
}

/// JSON is not cleaned, because restoring a state needs it verbatim; its own escapes keep it on one line.
fn push_json(line: &mut ByteRecord, value: Option<&Value>) {
    push(
        line,
        &value.map_or_else(String::new, |value| escape_formula(&value.to_string()).into_owned()),
    );
}

fn to_millisecond(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}
