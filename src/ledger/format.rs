//! One line of the results file as text; [`Cells`](super::cells::Cells) is the way back.

use std::fmt::{self, Write as _};
use std::io::Write as _;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde_json::Value;

use super::Record;
use super::columns::{KEY, NOT_A_NUMBER, ROW, SHEET};
use super::line::{Line, quoted};
use crate::model::RowKey;
use crate::text::{clean, escape_formula};

/// No text cell is longer than this many characters.
const MOST_LETTERS: usize = 2_000;

/// Adds the line of a record to `out`, without its end; `run` is its last cell.
pub(super) fn encode(record: &Record, run: &str, out: &mut Vec<u8>) {
    let report = &record.report;
    push(out, report.place.row);
    push_text(out, &report.place.sheet);
    push(out, report.operation.map_or("", |operation| operation.as_str()));
    push_text(out, &report.user);
    push_text(out, &report.target);
    push(out, report.status.as_str());
    push_shown(out, record.http_status);
    push_text(out, &report.code);
    push_text(out, &report.message);
    push(out, record.attempts);
    push(out, record.calls);
    push_json(out, report.before.as_ref());
    push_json(out, report.after.as_ref());
    push_shown(out, report.user_id);
    push_text(out, record.trace_id.as_deref().unwrap_or_default());
    push_time(out, record.started_at);
    push_time(out, record.finished_at);
    push_shown(out, record.duration_ms());
    push_key(out, report.key);
    if let Some(corrects) = record.corrects {
        out.push(b' ');
        push_key(out, corrects);
    }
    out.push(b',');
    out.extend_from_slice(run.as_bytes());
}

/// Adds a line to `out` that no longer says which row it corrects.
pub(super) fn unlinked(text: &[u8], line: &Line<'_>, out: &mut Vec<u8>) {
    let before: usize = (0..KEY).map(|column| line.written(column).len() + 1).sum();
    let key = line.cell(KEY);
    let own = key.split(|byte| *byte == b' ').next().unwrap_or_default();
    out.extend_from_slice(&text[..before]);
    out.extend_from_slice(quoted(&String::from_utf8_lossy(own)).as_bytes());
    out.extend_from_slice(&text[before + line.written(KEY).len()..]);
}

/// Adds a line to `out` with the row's present place in its first two cells and the others unchanged.
pub(super) fn moved(text: &[u8], line: &Line<'_>, row: u32, sheet: &[u8], out: &mut Vec<u8>) {
    let rest = line.written(ROW).len() + 1 + line.written(SHEET).len();
    push(out, row);
    out.extend_from_slice(sheet);
    out.extend_from_slice(&text[rest..]);
}

/// Adds a cell with text for people.
pub(super) fn add_text(out: &mut Vec<u8>, text: &str) {
    let text = clean(text, MOST_LETTERS);
    out.extend_from_slice(quoted(&escape_formula(&text)).as_bytes());
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

/// Adds a key, after the comma that ends the cell before it.
fn push_key(out: &mut Vec<u8>, key: RowKey) {
    let text = key.to_string();
    if looks_like_a_number(&text) {
        // Writing to memory cannot fail.
        let _ = write!(out, "{NOT_A_NUMBER}");
    }
    out.extend_from_slice(text.as_bytes());
}

/// Adds a cell that never needs quotation marks, and the comma after it.
fn push(out: &mut Vec<u8>, cell: impl fmt::Display) {
    // Writing to memory cannot fail.
    let _ = write!(out, "{cell},");
}

fn push_shown(out: &mut Vec<u8>, value: Option<impl fmt::Display>) {
    match value {
        Some(value) => push(out, value),
        None => out.push(b','),
    }
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    add_text(out, text);
    out.push(b',');
}

/// JSON is not cleaned, because restoring a state needs it verbatim; its own escapes keep it on one line, and in ASCII,
/// so that a name survives a program that saves the file in an encoding without its letters.
fn push_json(out: &mut Vec<u8>, value: Option<&Value>) {
    if let Some(value) = value {
        let text = in_ascii(value.to_string());
        out.extend_from_slice(quoted(&escape_formula(&text)).as_bytes());
    }
    out.push(b',');
}

fn push_time(out: &mut Vec<u8>, time: Option<Timestamp>) {
    const TO_MILLISECOND: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
    if let Some(time) = time {
        // Writing to memory cannot fail.
        let _ = TO_MILLISECOND.print_timestamp(&time, &mut *out);
    }
    out.push(b',');
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
            let mut cell = Vec::new();
            push_key(&mut cell, key.parse().unwrap());
            let cell = String::from_utf8(cell).unwrap();
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
