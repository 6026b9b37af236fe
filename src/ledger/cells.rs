//! The cells of a line, read as reseat wrote them or as a spreadsheet program left them.
//!
//! What a rerun or an undo needs has to be whole: place, operation, status, calls, `before`, `after`, `user_id`, `key`,
//! `run`. The rest is for people, and a cell that a program has rewritten (a time, a number with decimals) is as good
//! as an empty one.

use std::borrow::Cow;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::Record;
use super::columns::{
    AFTER, ATTEMPTS, BEFORE, CALLS, CODE, COLUMNS, FINISHED_AT, HTTP_STATUS, KEY, MESSAGE, NOT_A_NUMBER, OPERATION,
    ROW, RUN, SHEET, STARTED_AT, STATUS, TARGET, TRACE_ID, USER, USER_ID,
};
use super::line::{Line, LineFault};
use super::resume::{Changes, Facts, Known};
use super::run_id::{RunId, RunIdFault};
use super::seat_change::{SeatChange, TELLS_OF_SEATS};
use crate::model::{CHANGING, NOT_BEFORE, OperationKind, Place, RowKey, RowReport, Status, UserId};
use crate::text::{clean, unescape_formula};

/// What a line's cells say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells<'l, 'a>(pub(super) &'l Line<'a>);

impl<'a> Cells<'_, 'a> {
    /// The run that wrote the line.
    pub(super) fn run(self) -> Result<RunId, LineFault> {
        self.typed(RUN)?.parse().map_err(|fault| match fault {
            RunIdFault::Newer(version) => LineFault::Newer(version),
            RunIdFault::Malformed => LineFault::Damaged("`run` is not as reseat writes it".to_owned()),
        })
    }

    /// The row's own key, and the key of the row that it corrects.
    pub(super) fn keys(self) -> Result<(RowKey, Option<RowKey>), String> {
        let cell = self.typed(KEY)?;
        let (own, corrected) = match cell.split_once(' ') {
            Some((own, corrected)) => (own, Some(corrected.trim_start())),
            None => (&*cell, None),
        };
        let parsed = |text: &str| key_of(text).ok_or_else(|| lost_key(&cell));
        Ok((parsed(own)?, corrected.map(parsed).transpose()?))
    }

    /// What the decision of a rerun needs.
    pub(super) fn known(self) -> Result<Known, String> {
        let status = self.status()?;
        Ok(Known {
            status,
            changes: Changes::of(Facts {
                status,
                operation: self.operation()?,
                calls: self.count(CALLS)?,
                has_after: !self.is_blank(AFTER)?,
                has_user_id: !self.is_blank(USER_ID)?,
                is_before_its_date: self.0.written(CODE) == NOT_BEFORE.as_bytes(),
                is_ahead: self.0.written(CODE) == CHANGING.as_bytes(),
            }),
        })
    }

    /// Looks at every cell that [`record`](Self::record) needs, by the same rules and without keeping anything.
    pub(super) fn check(self) -> Result<(), String> {
        self.count(ROW)?;
        self.user_id()?;
        for column in [BEFORE, AFTER] {
            // Whether an escape is half a letter is only seen when it is made one.
            if self.0.written(column).contains(&b'\\') {
                self.json::<Value>(column)?;
            } else {
                self.json::<IgnoredAny>(column)?;
            }
        }
        Ok(())
    }

    /// The whole line.
    pub(super) fn record(self) -> Result<Record, String> {
        let (key, corrects) = self.keys()?;
        Ok(Record {
            report: RowReport {
                place: Place {
                    row: self.count(ROW)?,
                    sheet: self.text(SHEET).into(),
                },
                key,
                operation: self.operation()?,
                user: self.text(USER),
                target: self.text(TARGET),
                status: self.status()?,
                code: self.text(CODE),
                message: self.text(MESSAGE),
                user_id: self.user_id()?,
                before: self.json::<Value>(BEFORE)?,
                after: self.json::<Value>(AFTER)?,
            },
            corrects,
            http_status: self.number_for_people(HTTP_STATUS),
            attempts: self.number_for_people(ATTEMPTS).unwrap_or_default(),
            calls: self.count(CALLS)?,
            trace_id: Some(self.text(TRACE_ID)).filter(|id| !id.is_empty()),
            started_at: self.time(STARTED_AT),
            finished_at: self.time(FINISHED_AT),
        })
    }

    /// The seats that the row gave and took.
    pub(super) fn seat_change(self) -> Result<Option<SeatChange>, String> {
        let after = self.0.written(AFTER);
        let tells = |member: &&str| memchr::memmem::find(after, member.as_bytes()).is_some();
        if !TELLS_OF_SEATS.iter().any(tells) {
            return Ok(None);
        }
        Ok(SeatChange::of(&self.record()?))
    }

    /// The cell without the blanks around it.
    fn typed(self, column: usize) -> Result<Cow<'a, str>, String> {
        let no_text = |_| format!("`{}` has bytes that are no text", COLUMNS[column]);
        Ok(match self.0.cell(column) {
            Cow::Borrowed(cell) => Cow::Borrowed(std::str::from_utf8(cell).map_err(no_text)?.trim()),
            Cow::Owned(cell) => Cow::Owned(std::str::from_utf8(&cell).map_err(no_text)?.trim().to_owned()),
        })
    }

    /// Text for people; bytes that are none do no harm.
    fn text(self, column: usize) -> String {
        unescape_formula(&String::from_utf8_lossy(&self.0.cell(column))).to_owned()
    }

    fn is_blank(self, column: usize) -> Result<bool, String> {
        let written = self.0.written(column);
        if written.starts_with(b"\"{") && std::str::from_utf8(written).is_ok() {
            // An object need not be taken out of its quotation marks to be seen.
            return Ok(false);
        }
        Ok(stands_for_nothing(&self.typed(column)?))
    }

    fn status(self) -> Result<Status, String> {
        let cell = self.typed(STATUS)?;
        let near = || Status::from_str(&as_we_write(&cell)).map(Status::as_str);
        cell.parse().map_err(|_| unknown(STATUS, &cell, near().ok()))
    }

    fn operation(self) -> Result<Option<OperationKind>, String> {
        let cell = self.typed(OPERATION)?;
        if stands_for_nothing(&cell) {
            return Ok(None);
        }
        let near = || OperationKind::from_str(&cell.to_lowercase()).map(OperationKind::as_str);
        cell.parse()
            .map(Some)
            .map_err(|_| unknown(OPERATION, &cell, near().ok()))
    }

    fn user_id(self) -> Result<Option<UserId>, String> {
        let cell = self.typed(USER_ID)?;
        if stands_for_nothing(&cell) {
            return Ok(None);
        }
        cell.parse().map(Some).map_err(|_| unknown(USER_ID, &cell, None))
    }

    /// A whole number, which a program may have given decimals.
    pub(super) fn count(self, column: usize) -> Result<u32, String> {
        let cell = self.typed(column)?;
        whole_number(&cell).ok_or_else(|| unknown(column, &cell, None))
    }

    fn number_for_people<T: TryFrom<u32>>(self, column: usize) -> Option<T> {
        let cell = self.typed(column).ok()?;
        whole_number(&cell).and_then(|number| T::try_from(number).ok())
    }

    fn json<T: DeserializeOwned>(self, column: usize) -> Result<Option<T>, String> {
        let cell = self.typed(column)?;
        let cell = unescape_formula(&cell);
        if stands_for_nothing(cell) {
            return Ok(None);
        }
        serde_json::from_str(cell)
            .map(Some)
            .map_err(|fault| format!("`{}` is no whole JSON ({fault})", COLUMNS[column]))
    }

    /// A time as reseat writes it, or as programs that know times write that; any other is as good as none.
    fn time(self, column: usize) -> Option<Timestamp> {
        let cell = self.typed(column).ok()?;
        let without_zone = || cell.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok();
        let known = cell.parse().ok();
        known.or_else(|| without_zone().map(|time| time.timestamp()))
    }
}

/// Whether a cell is empty, or has one of the words that programs put in empty ones.
fn stands_for_nothing(cell: &str) -> bool {
    const WORDS: [&str; 8] = ["NA", "N/A", "#N/A", "<NA>", "NaN", "NaT", "NULL", "None"];
    cell.is_empty() || WORDS.iter().any(|word| cell.eq_ignore_ascii_case(word))
}

/// `200`, and `200.0` or `200,0` as programs write it that take every number for one with decimals.
fn whole_number(cell: &str) -> Option<u32> {
    let whole = match cell.split_once(['.', ',']) {
        Some((whole, decimals)) if !decimals.is_empty() && decimals.bytes().all(|digit| digit == b'0') => whole,
        _ => cell,
    };
    whole.parse().ok()
}

fn key_of(text: &str) -> Option<RowKey> {
    text.strip_prefix(char::from(NOT_A_NUMBER)).unwrap_or(text).parse().ok()
}

fn lost_key(cell: &str) -> String {
    if cell.contains(['+', '.', ',']) && cell.contains(['e', 'E']) {
        format!(
            "a spreadsheet program has made a number of `key`, `{}`, and digits are lost",
            clean(cell, 40)
        )
    } else {
        unknown(KEY, cell, None)
    }
}

/// What a capitalised or spaced word would be if reseat had written it.
fn as_we_write(word: &str) -> String {
    word.to_lowercase().replace([' ', '-'], "_")
}

fn unknown(column: usize, cell: &str, ours: Option<&str>) -> String {
    let (column, cell) = (COLUMNS[column], clean(cell, 40));
    match ours {
        Some(ours) => format!("`{column}` is `{cell}`, where reseat writes `{ours}`"),
        None if cell.is_empty() => format!("`{column}` is empty"),
        None => format!("`{column}` cannot be `{cell}`"),
    }
}
