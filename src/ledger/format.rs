//! One line of the results file as text; [`Cells`](super::cells::Cells) is the way back.

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use memchr::memchr2;
use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};
use serde_json::{Serializer, Value};
use uuid::Uuid;

use super::columns::{KEY, NOT_A_NUMBER, ROW, SHEET};
use super::line::{Line, push_quoted};
use super::{Record, RunId};
use crate::model::{Place, RowKey, Shared};
use crate::text::{clean_text, escape_formula};

/// No text cell is longer than this many characters.
const MOST_LETTERS: usize = 2_000;

/// Puts the records of a run into lines.
pub(super) struct Encoder {
    /// The `run` cell.
    pub(super) run: Vec<u8>,
    pub(super) sheets: SheetCells,
    times: TimeCells,
}

impl Encoder {
    /// Of the run with this name.
    pub(super) fn of(run: &RunId) -> Self {
        let mut cell = Vec::new();
        push_quoted(&mut cell, &run.to_string());
        Self {
            run: cell,
            sheets: SheetCells::default(),
            times: TimeCells::default(),
        }
    }

    /// Adds the line of a record to `out`, without its end.
    pub(super) fn encode(&mut self, record: &Record, out: &mut Vec<u8>) {
        let report = &record.report;
        push_number(out, Some(report.place.row));
        push_cell(out, self.sheets.of(&report.place));
        push_cell(
            out,
            report.operation.map_or("", |operation| operation.as_str()).as_bytes(),
        );
        push_text(out, &report.user);
        push_text(out, &report.target);
        push_cell(out, report.status.as_str().as_bytes());
        push_number(out, record.http_status);
        push_text(out, &report.code);
        push_text(out, &report.message);
        push_number(out, Some(record.attempts));
        push_number(out, Some(record.calls));
        push_json(out, report.before.as_ref());
        push_json(out, report.after.as_ref());
        let mut id = Uuid::encode_buffer();
        let id = report.user_id.map(|user| user.0.as_hyphenated().encode_lower(&mut id));
        push_cell(out, id.as_deref().unwrap_or_default().as_bytes());
        push_text(out, record.trace_id.as_deref().unwrap_or_default());
        push_cell(out, self.times.of(record.started_at));
        push_cell(out, self.times.of(record.finished_at));
        push_number(out, record.duration_ms());
        push_key(out, report.key);
        if let Some(corrects) = record.corrects {
            out.push(b' ');
            push_key(out, corrects);
        }
        out.push(b',');
        out.extend_from_slice(&self.run);
    }
}

/// Adds a line to `out` that no longer says which row it corrects.
pub(super) fn unlinked(text: &[u8], line: &Line<'_>, out: &mut Vec<u8>) {
    let before: usize = (0..KEY).map(|column| line.written(column).len() + 1).sum();
    let key = line.cell(KEY);
    let own = key.split(|byte| *byte == b' ').next().unwrap_or_default();
    out.extend_from_slice(&text[..before]);
    push_quoted(out, &String::from_utf8_lossy(own));
    out.extend_from_slice(&text[before + line.written(KEY).len()..]);
}

/// Adds a line to `out` with the row's present place in its first two cells and the others unchanged.
pub(super) fn moved(text: &[u8], line: &Line<'_>, row: u32, sheet: &[u8], out: &mut Vec<u8>) {
    let rest = line.written(ROW).len() + 1 + line.written(SHEET).len();
    push_number(out, Some(row));
    out.extend_from_slice(sheet);
    out.extend_from_slice(&text[rest..]);
}

/// Whether a line ends with this key, alone in its cell, and this cell for its run. `end` is where that is put together.
pub(super) fn ends_with(line: &[u8], key: RowKey, run: &[u8], end: &mut Vec<u8>) -> bool {
    end.clear();
    end.push(b',');
    push_key(end, key);
    end.push(b',');
    end.extend_from_slice(run);
    line.ends_with(end)
}

/// The `sheet` cell of one row after the other.
#[derive(Default)]
pub(super) struct SheetCells {
    last: Option<(Shared<str>, Vec<u8>)>,
}

impl SheetCells {
    pub(super) fn of(&mut self, place: &Place) -> &[u8] {
        if self.last.as_ref().is_none_or(|(sheet, _)| **sheet != *place.sheet) {
            let mut cell = Vec::new();
            add_text(&mut cell, &place.sheet);
            self.last = Some((place.sheet.clone(), cell));
        }
        self.last.as_ref().map_or(&[], |(_, cell)| cell)
    }
}

/// The cell of a time; those of the last two are kept, because many rows begin together, and end together.
#[derive(Default)]
struct TimeCells([(Option<Timestamp>, Vec<u8>); 2]);

impl TimeCells {
    fn of(&mut self, time: Option<Timestamp>) -> &[u8] {
        const TO_MILLISECOND: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
        if self.0[0].0 != time {
            self.0.swap(0, 1);
        }
        let [(known, cell), _] = &mut self.0;
        if *known != time {
            *known = time;
            cell.clear();
            // Writing to memory cannot fail.
            let _ = time.map(|time| TO_MILLISECOND.print_timestamp(&time, &mut *cell));
        }
        cell
    }
}

/// Adds a cell with text for people.
fn add_text(out: &mut Vec<u8>, text: &str) {
    if is_plain(text) {
        out.extend_from_slice(text.as_bytes());
    } else {
        push_quoted(out, &escape_formula(&clean_text(text, MOST_LETTERS)));
    }
}

/// Whether a cell certainly has the text as it is, seen at one glance: most are words and addresses.
fn is_plain(text: &str) -> bool {
    let mut before = b' ';
    let is_fit = |byte: u8| {
        let is_fit = (b'-'..=b'~').contains(&byte) || (byte == b' ' && before != b' ');
        before = byte;
        is_fit
    };
    let begins = text.bytes().next().is_none_or(|first| first.is_ascii_alphanumeric());
    begins && text.len() <= MOST_LETTERS && text.bytes().all(is_fit) && (text.is_empty() || before != b' ')
}

/// Digits alone, or digits with one `e` among them. Programs that do so keep 15 digits, and the key would be lost.
fn looks_like_a_number(key: &[u8]) -> bool {
    let mut letters = key.iter().filter(|byte| !byte.is_ascii_digit());
    match (letters.next(), letters.next()) {
        (None, _) => true,
        (Some(b'e'), None) => !key.starts_with(b"e") && !key.ends_with(b"e"),
        _ => false,
    }
}

/// Adds a key, after the comma that ends the cell before it.
fn push_key(out: &mut Vec<u8>, key: RowKey) {
    let start = out.len();
    // Writing to memory cannot fail.
    let _ = write!(out, "{key}");
    if looks_like_a_number(&out[start..]) {
        out.insert(start, NOT_A_NUMBER);
    }
}

/// Adds a cell as it is, and the comma after it.
fn push_cell(out: &mut Vec<u8>, cell: &[u8]) {
    out.extend_from_slice(cell);
    out.push(b',');
}

fn push_number(out: &mut Vec<u8>, number: Option<impl Serialize>) {
    // As JSON it is the same, and made sooner. Writing to memory cannot fail.
    let _ = number.map(|number| serde_json::to_writer(&mut *out, &number));
    out.push(b',');
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    add_text(out, text);
    out.push(b',');
}

/// JSON is not cleaned, because restoring a state needs it verbatim; its own escapes keep it on one line, and in ASCII,
/// so that a name survives a program that saves the file in an encoding without its letters.
fn push_json(out: &mut Vec<u8>, value: Option<&Value>) {
    if let Some(value) = value {
        let start = out.len();
        out.push(b'"');
        // Writing to memory cannot fail.
        let _ = value.serialize(&mut Serializer::with_formatter(&mut *out, InQuotes));
        if memchr2(b'"', b',', &out[start + 1..]).is_some() {
            out.push(b'"');
        } else if out.get(start + 1) == Some(&b'-') {
            // A number is the only JSON that a spreadsheet program could take for a formula.
            out[start] = b'\'';
        } else {
            out.remove(start);
        }
    }
    out.push(b',');
}

/// JSON in ASCII for a cell within quotation marks, so that its own are doubled.
struct InQuotes;

impl Formatter for InQuotes {
    fn begin_string<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b"\"\"")
    }

    fn end_string<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b"\"\"")
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.is_ascii() {
            return out.write_all(fragment.as_bytes());
        }
        for part in fragment.split_inclusive(|letter: char| !letter.is_ascii()) {
            let plain = part.trim_end_matches(|letter: char| !letter.is_ascii());
            out.write_all(plain.as_bytes())?;
            for unit in part[plain.len()..].encode_utf16() {
                write!(out, "\\u{unit:04x}")?;
            }
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, out: &mut W, escape: CharEscape) -> io::Result<()> {
        match escape {
            CharEscape::Quote => out.write_all(b"\\\"\""),
            other => CompactFormatter.write_char_escape(out, other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::unescape_formula;

    proptest::proptest! {
        #[test]
        fn text_that_is_plain_is_written_as_any_other(
            text in "( |  |a|Z|0|_|~|-|@|=|\\+|'|,|\"|\\t|\\.|é){0,6}",
            more in proptest::sample::select(vec![0, MOST_LETTERS - 1, MOST_LETTERS, MOST_LETTERS + 1]),
        ) {
            let text = text + &"x".repeat(more);
            let (mut cell, mut slowly) = (Vec::new(), Vec::new());
            add_text(&mut cell, &text);
            push_quoted(&mut slowly, &escape_formula(&clean_text(&text, MOST_LETTERS)));
            proptest::prop_assert_eq!(cell, slowly);
        }
    }

    #[test]
    fn a_time_is_written_as_itself_whatever_came_before() {
        let mut cells = TimeCells::default();
        let (one, other) = ("2026-11-21T10:00:00.123Z", "2026-11-21T10:00:00.456Z");
        for time in ["", one, one, other, one, "", other, "2026-11-21T10:00:01.000Z", one] {
            assert_eq!(cells.of(time.parse().ok()), time.as_bytes());
        }
    }

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
    fn json_is_ascii_and_written_as_csv_would_write_it() {
        for json in [
            r#"{"name":"Zoë 𝄞 \"Łukasz\"","groups":["日本","a日","日本a"]}"#,
            r#"{"a":null,"b":[],"c":{},"d":[true,-1.5,1e300]}"#,
            r#""\\ \" \u0001 \n""#,
            r#""-1""#,
            "-1",
            "[1,2]",
            "[-1]",
            "{}",
            "null",
        ] {
            let value: Value = serde_json::from_str(json).unwrap();
            let mut cell = Vec::new();
            push_json(&mut cell, Some(&value));
            assert!(cell.is_ascii(), "{json}");
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&cell[..]);
            let record = reader.records().next().unwrap().unwrap();
            let mut again = csv::Writer::from_writer(Vec::new());
            again.write_record(&record).unwrap();
            assert_eq!(again.into_inner().unwrap(), [&cell[..], b"\n"].concat(), "{json}");
            let text = unescape_formula(&record[0]);
            assert_eq!(escape_formula(text), record[0], "{json}");
            assert_eq!(serde_json::from_str::<Value>(text).unwrap(), value);
            if json.is_ascii() {
                assert_eq!(text, value.to_string());
            }
        }
    }
}
