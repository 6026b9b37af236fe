//! One line of the results file as text; [`Cells`](super::cells::Cells) is the way back.

use std::fmt::Write as _;

use csv::ByteRecord;
use jiff::Timestamp;
use serde_json::Value;

use super::Record;
use crate::model::{Place, RowKey};
use crate::text::{clean, escape_formula};

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
pub(super) const NOT_A_NUMBER: char = 'k';

/// No text cell is longer than this many characters.
const MOST_LETTERS: usize = 2_000;

/// The header line, its line end included.
pub(super) fn header() -> String {
    COLUMNS.join(",") + "\n"
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
    push(line, &key_cell(record.report.key, record.corrects));
    push(line, run);
}

/// A line that no longer says which row it corrects.
pub(super) fn unlinked(line: &ByteRecord) -> ByteRecord {
    let own = |key: &[u8]| key.split(|byte| *byte == b' ').next().unwrap_or_default().to_vec();
    let cells = line.iter().enumerate();
    cells
        .map(|(column, cell)| if column == KEY { own(cell) } else { cell.to_vec() })
        .collect()
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

/// The `key` cell.
pub(super) fn key_cell(own: RowKey, corrects: Option<RowKey>) -> String {
    let mut cell = String::new();
    for key in [Some(own), corrects].into_iter().flatten() {
        if !cell.is_empty() {
            cell.push(' ');
        }
        let text = key.to_string();
        if looks_like_a_number(&text) {
            cell.push(NOT_A_NUMBER);
        }
        cell.push_str(&text);
    }
    cell
}

/// Digits alone, or digits with one `e` among them. Programs that do so keep 15 digits, and the key would be lost.
fn looks_like_a_number(key: &str) -> bool {
    let mut letters = key.bytes().filter(|byte| !byte.is_ascii_digit());
    match (letters.next(), letters.next()) {
        (None, _) => true,
        (Some(b'e'), None) => !key.starts_with('e') && !key.ends_with('e'),
        _ => false,
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

/// JSON is not cleaned, because restoring a state needs it verbatim; its own escapes keep it on one line, and in ASCII,
/// so that a name survives a program that saves the file in an encoding without its letters.
fn push_json(line: &mut ByteRecord, value: Option<&Value>) {
    let text = value.map(|value| in_ascii(value.to_string())).unwrap_or_default();
    push(line, &escape_formula(&text));
}

/// The same JSON; letters beyond ASCII occur in its strings only.
fn in_ascii(json: String) -> String {
    if json.is_ascii() {
        return json;
    }
    let mut ascii = String::with_capacity(json.len() + 16);
    for letter in json.chars() {
        if letter.is_ascii() {
            ascii.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(ascii, "\\u{unit:04x}");
            }
        }
    }
    ascii
}

fn to_millisecond(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_never_looks_like_a_number() {
        for (key, is_marked) in [
            ("12345678901234567890123456789012", true),
            ("1234567890123456789012345678e012", true),
            ("e2345678901234567890123456789012", false),
            ("1234567890123456789012345678901e", false),
            ("12345e789012345e7890123456789012", false),
            ("1234567890123456789012345678901d", false),
        ] {
            let own: RowKey = key.parse().unwrap();
            let cell = key_cell(own, None);
            assert_eq!(cell.starts_with('k'), is_marked, "{key}");
            assert_eq!(cell.trim_start_matches('k'), key);
        }
    }

    #[test]
    fn json_is_ascii_and_says_the_same() {
        let value = serde_json::json!({"name": "Zoë 𝄞 \"Łukasz\"", "groups": ["日本"]});
        let text = in_ascii(value.to_string());
        assert!(text.is_ascii());
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
