//! Cells with a date, or a date and a time.
//!
//! A cell alone does not always say which of its numbers is the day and which the month. It is then read both ways, and
//! the column as a whole decides.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use strum::{EnumCount, EnumIter};

use super::{UnplacedProblem, clean, excerpt, is_clear};
use crate::problem::ProblemCode;

/// What to write for a date.
const DATE_HELP: &str = "write 2026-12-01, or 2026-12-01 08:30";

/// The years in which a date can be meant; others are slips, or zeros of programs.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2100;

/// What a cell says, before it is known which zone's clocks it speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::intake) enum Moment {
    /// What clocks and calendars show.
    Local(DateTime),
    /// A time with its distance from UTC.
    Exact(Timestamp),
}

/// Which comes first in `01/12/2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::intake) enum DateOrder {
    DayFirst,
    MonthFirst,
}

/// What parts day, month and year in `01/12/2026`. Each shows an order of its own: who writes `31.12.2026` beside
/// `12/31/2026` has lists of two programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumCount, EnumIter)]
pub(in crate::intake) enum Separator {
    Dot,
    Dash,
    Slash,
}

/// What a cell says, as far as it shows by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::intake) enum WrittenDate {
    /// It is the same whatever the order of the column.
    Sure(Moment),
    /// It is a date in this order only.
    Ordered(DateOrder, Separator, Moment),
    /// It is a date in either order, each time another.
    Either {
        day_first: Moment,
        month_first: Moment,
        separator: Separator,
    },
}

impl WrittenDate {
    /// What the cell says where the day comes first, unless it shows that the month does.
    pub(in crate::intake) fn day_first(self) -> Moment {
        match self {
            Self::Sure(moment) | Self::Ordered(.., moment) | Self::Either { day_first: moment, .. } => moment,
        }
    }

    /// What the cell says where the day comes first, and where the month does; the same unless that is open.
    pub(in crate::intake) fn readings(self) -> (Moment, Moment) {
        match self {
            Self::Sure(moment) | Self::Ordered(.., moment) => (moment, moment),
            Self::Either {
                day_first, month_first, ..
            } => (day_first, month_first),
        }
    }
}

impl Moment {
    /// The day that is written.
    pub(in crate::intake) fn day(self) -> Date {
        match self {
            Self::Local(local) => local.date(),
            Self::Exact(instant) => Offset::UTC.to_datetime(instant).date(),
        }
    }

    /// When what is written is over: the end of a day without a time; a time itself.
    pub(in crate::intake) fn end(self) -> Self {
        match self {
            Self::Local(local) if local.time() == Time::midnight() => {
                // Never so for the years that are read.
                Self::Local(local.tomorrow().unwrap_or(local))
            }
            Self::Local(_) | Self::Exact(_) => self,
        }
    }

    /// The instant, where clocks show the time of this zone: the first of two where they are put back, and where they
    /// are put forward over the time, the one at which that is done.
    pub(in crate::intake) fn instant(self, zone: &TimeZone) -> Timestamp {
        let local = match self {
            Self::Exact(instant) => return instant,
            Self::Local(local) => local,
        };
        let first = |offset: Offset| offset.to_timestamp(local).ok();
        let instant = match zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => first(offset),
            AmbiguousOffset::Fold { before, .. } => first(before),
            AmbiguousOffset::Gap { before, after } => first(after)
                .and_then(|earlier| zone.following(earlier).next())
                .map(|change| change.timestamp())
                .or_else(|| first(before)),
        };
        // Never so for the years that are read; who waits for ever does no harm.
        instant.unwrap_or(Timestamp::MAX)
    }
}

/// As it enters the keys of rows: the same whatever the zone.
impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(local) => write!(out, "{local}"),
            Self::Exact(instant) => write!(out, "{instant}"),
        }
    }
}

/// As it enters the keys of rows, which are made before the order of the column is known.
impl fmt::Display for WrittenDate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sure(moment) | Self::Ordered(.., moment) => write!(out, "{moment}"),
            Self::Either {
                day_first, month_first, ..
            } => write!(out, "{day_first}|{month_first}"),
        }
    }
}

/// Reads a cell that is not empty.
///
/// # Errors
///
/// When it holds no date, or one that cannot be meant; the problem says what to write.
pub(in crate::intake) fn read_date(cell: &str) -> Result<WrittenDate, UnplacedProblem> {
    parse(cell).map_err(|fault| fault.problem(cell))
}

/// What a cell of an unknown column says, if it is a date rather than a number. It is asked of nearly every such cell.
pub(in crate::intake) fn likely_date(cell: &str) -> Option<WrittenDate> {
    /// `1.1.2027`, and a day and a time with its distance from UTC.
    const LENGTHS: std::ops::RangeInclusive<usize> = 8..=40;
    let cell = cell.trim();
    let is_likely = LENGTHS.contains(&cell.len())
        && cell.starts_with(|first: char| first.is_ascii_digit())
        && cell.bytes().take(5).any(|byte| !byte.is_ascii_digit());
    if is_likely { parse(cell).ok() } else { None }
}

/// A cell that may be two days, as one that is a day alone, since it may leave the column that shows its order; any other
/// stays as it is.
pub(in crate::intake) fn certain_date(cell: &str, parted_by: Separator, order: DateOrder) -> Option<String> {
    let Ok(WrittenDate::Either {
        day_first,
        month_first,
        separator,
    }) = read_date(&clean(cell))
    else {
        return None;
    };
    if separator != parted_by {
        return None;
    }
    let moment = match order {
        DateOrder::DayFirst => day_first,
        DateOrder::MonthFirst => month_first,
    };
    Some(match moment {
        Moment::Local(local) if local.time() == Time::midnight() => local.date().to_string(),
        Moment::Local(local) => local.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Moment::Exact(instant) => instant.to_string(),
    })
}

/// Why a cell is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    NoDate,
    /// A number: the day that a spreadsheet program counts like that, where it is one.
    Number(Option<Date>),
    /// Seconds or milliseconds since 1970, probably.
    Epoch,
    ShortYear,
    Year(i16),
    NoSuchDay,
    NoSuchTime,
}

impl Fault {
    fn problem(self, cell: &str) -> UnplacedProblem {
        let shown = excerpt(cell);
        let (what, help) = match self {
            Self::NoDate if is_clear(cell) => {
                return UnplacedProblem::error(
                    ProblemCode::CannotClear,
                    "a date cannot be cleared",
                    "leave the cell empty for no date",
                );
            }
            Self::NoDate => (format!("`{shown}` is no date"), word_help(cell)),
            Self::Number(Some(day)) => (
                format!("`{shown}` is a number, and not certainly a date"),
                format!(
                    "write {day} if a spreadsheet program counted the days from 1900, and the cell lost its format; else the date that is meant, like that"
                ),
            ),
            Self::Number(None) => (format!("`{shown}` is a number, and no date"), DATE_HELP.to_owned()),
            Self::Epoch => (
                format!("`{shown}` is a number, and may count seconds or milliseconds"),
                DATE_HELP.to_owned(),
            ),
            Self::ShortYear => (
                format!("`{shown}` does not show which of its numbers is the year"),
                "write the year with four digits: 2026-12-01".to_owned(),
            ),
            Self::Year(year) => (
                format!("`{shown}` is of the year {year}, which cannot be meant"),
                format!("years from {} to {} are read", YEARS.start(), YEARS.end()),
            ),
            Self::NoSuchDay => (format!("`{shown}`: no calendar has this day"), DATE_HELP.to_owned()),
            Self::NoSuchTime => (
                format!("`{shown}`: no clock shows this time"),
                "write the time as 08:30 or 17:00; 24:00 is the end of the day".to_owned(),
            ),
        };
        UnplacedProblem::error(ProblemCode::BadDate, what, help)
    }
}

/// Whether the cell says that there is no such day.
pub(in crate::intake) fn is_never(cell: &str) -> bool {
    const NEVER: [&str; 8] = ["never", "nie", "niemals", "jamais", "nunca", "mai", "nooit", "nigdy"];
    NEVER.contains(&cell.to_lowercase().as_str())
}

/// What to write instead of a word.
fn word_help(cell: &str) -> String {
    const AT_ONCE: [&str; 14] = [
        "asap",
        "now",
        "immediately",
        "today",
        "sofort",
        "ab sofort",
        "heute",
        "immédiatement",
        "aujourd'hui",
        "inmediatamente",
        "imediatamente",
        "subito",
        "direct",
        "natychmiast",
    ];
    let word = cell.to_lowercase();
    if AT_ONCE.contains(&word.as_str()) {
        format!("leave the cell empty if nothing is to be waited for; else {DATE_HELP}")
    } else if is_never(cell) {
        format!("write `ignore` as the row's operation if it is not to run; else {DATE_HELP}")
    } else if cell.chars().any(char::is_alphabetic) {
        format!("{DATE_HELP}; words, also those of months, are not read")
    } else {
        DATE_HELP.to_owned()
    }
}

fn parse(cell: &str) -> Result<WrittenDate, Fault> {
    if let Some(date) = parse_number(cell)? {
        return Ok(WrittenDate::Sure(Moment::Local(date.at(0, 0, 0, 0))));
    }
    let mut rest = Rest(cell);
    let day = rest.day()?;
    let clock = rest.clock()?;
    let at = |date: Date| clock.on(date);
    match day {
        WrittenDay::Sure(day) => Ok(WrittenDate::Sure(at(day)?)),
        WrittenDay::Parted {
            first,
            second,
            year,
            separator,
        } => {
            let ordered = |order, day| Ok(WrittenDate::Ordered(order, separator, at(day)?));
            let day_first = day_of(year, second, first);
            let month_first = day_of(year, first, second);
            match (day_first, month_first) {
                (Ok(day), Ok(same)) if day == same => Ok(WrittenDate::Sure(at(day)?)),
                // Nobody parts the numbers by dots who writes the month first.
                (Ok(day), Ok(_)) if separator == Separator::Dot => ordered(DateOrder::DayFirst, day),
                (Ok(day), Ok(other)) => Ok(WrittenDate::Either {
                    day_first: at(day)?,
                    month_first: at(other)?,
                    separator,
                }),
                (Ok(day), Err(_)) => ordered(DateOrder::DayFirst, day),
                (Err(_), Ok(day)) => ordered(DateOrder::MonthFirst, day),
                (Err(fault), Err(_)) => Err(fault),
            }
        }
    }
}

/// Eight digits that are year, month and day; any other number is a fault, any other text none.
fn parse_number(cell: &str) -> Result<Option<Date>, Fault> {
    let whole = cell.split_once(['.', ',']).map_or(cell, |(whole, fraction)| {
        let is_fraction = whole.len() > 4 && fraction.bytes().all(|byte| byte.is_ascii_digit());
        if is_fraction { whole } else { cell }
    });
    if whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    if cell.len() == 8
        && let (Some(year), Some(month), Some(day)) = (number(&cell[..4]), number(&cell[4..6]), number(&cell[6..]))
        && YEARS.contains(&year)
        && let Ok(date) = day_of(year, month, day)
    {
        return Ok(Some(date));
    }
    if whole.len() >= 9 {
        return Err(Fault::Epoch);
    }
    // The last day before the first of March 1900 that spreadsheet programs agree on.
    let counted = number::<i32>(whole)
        .and_then(|days| {
            jiff::civil::date(1899, 12, 30)
                .checked_add(jiff::Span::new().try_days(days).ok()?)
                .ok()
        })
        .filter(|day| YEARS.contains(&day.year()));
    Err(Fault::Number(counted))
}

fn number<N: std::str::FromStr>(digits: &str) -> Option<N> {
    digits.parse().ok()
}

fn day_of(year: i16, month: i16, day: i16) -> Result<Date, Fault> {
    let small = |number: i16| i8::try_from(number).map_err(|_| Fault::NoSuchDay);
    Date::new(year, small(month)?, small(day)?).map_err(|_| Fault::NoSuchDay)
}

fn day_in_range(day: Date) -> Result<Date, Fault> {
    if YEARS.contains(&day.year()) {
        Ok(day)
    } else {
        Err(Fault::Year(day.year()))
    }
}

/// The day that a cell begins with.
enum WrittenDay {
    Sure(Date),
    /// Two numbers in either order, and the year.
    Parted {
        first: i16,
        second: i16,
        year: i16,
        separator: Separator,
    },
}

/// What follows the day.
struct Clock {
    time: Time,
    /// Whether it is midnight at the end of the day.
    is_end_of_day: bool,
    offset: Option<Offset>,
}

impl Clock {
    fn on(&self, day: Date) -> Result<Moment, Fault> {
        let day = day_in_range(day)?;
        let day = if self.is_end_of_day {
            day.tomorrow().map_err(|_| Fault::NoSuchDay)?
        } else {
            day
        };
        let local = day.to_datetime(self.time);
        match self.offset {
            None => Ok(Moment::Local(local)),
            Some(offset) => offset
                .to_timestamp(local)
                .map(Moment::Exact)
                .map_err(|_| Fault::NoSuchTime),
        }
    }
}

/// What of a cell is still to be read.
struct Rest<'c>(&'c str);

impl<'c> Rest<'c> {
    /// Digits, at least one and at most so many.
    fn digits(&mut self, most: usize) -> Option<&'c str> {
        let end = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(end);
        if digits.is_empty() || end > most {
            return None;
        }
        self.0 = rest;
        Some(digits)
    }

    fn eat(&mut self, letter: char) -> bool {
        let rest = self.0.strip_prefix(letter);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// A word in letters of either case.
    fn eat_word(&mut self, word: &str) -> bool {
        let is_next = self
            .0
            .get(..word.len())
            .is_some_and(|next| next.eq_ignore_ascii_case(word));
        if is_next {
            self.0 = &self.0[word.len()..];
        }
        is_next
    }

    fn spaces(&mut self) -> bool {
        let rest = self.0.trim_start();
        let found = rest.len() < self.0.len();
        self.0 = rest;
        found
    }

    fn day(&mut self) -> Result<WrittenDay, Fault> {
        let first = self.digits(4).ok_or(Fault::NoDate)?;
        let parts = ['-', '/', '.', '年'];
        let part = parts.into_iter().find(|part| self.eat(*part)).ok_or(Fault::NoDate)?;
        let is_dotted = part == '.';
        if is_dotted {
            self.spaces();
        }
        let second = self.digits(2).ok_or(Fault::NoDate)?;
        if !self.eat(if part == '年' { '月' } else { part }) {
            return Err(Fault::NoDate);
        }
        if is_dotted {
            self.spaces();
        }
        let third = self.digits(4).ok_or(Fault::NoDate)?;
        if part == '年' && !self.eat('日') {
            return Err(Fault::NoDate);
        }
        let numbers = (number::<i16>(first), number::<i16>(second), number::<i16>(third));
        let (Some(first_number), Some(second), Some(third_number)) = numbers else {
            return Err(Fault::NoDate);
        };
        match (first.len(), third.len()) {
            (4, 1 | 2) => {
                // The dot after the day, as Hungarian writes it.
                if is_dotted {
                    self.eat('.');
                }
                Ok(WrittenDay::Sure(day_of(first_number, second, third_number)?))
            }
            (1 | 2, 4) => Ok(WrittenDay::Parted {
                first: first_number,
                second,
                year: third_number,
                separator: match part {
                    '.' => Separator::Dot,
                    '/' => Separator::Slash,
                    _ => Separator::Dash,
                },
            }),
            (1 | 2, 1 | 2) => Err(Fault::ShortYear),
            _ => Err(Fault::NoDate),
        }
    }

    fn clock(&mut self) -> Result<Clock, Fault> {
        if self.0.is_empty() {
            return Ok(Clock {
                time: Time::midnight(),
                is_end_of_day: false,
                offset: None,
            });
        }
        let is_parted = self.eat('T') || self.eat('t') || {
            self.eat(',');
            self.spaces()
        };
        let hours = self.digits(2).filter(|_| is_parted).ok_or(Fault::NoDate)?;
        let minutes = self.two_digits()?.ok_or(Fault::NoDate)?;
        let seconds = self.two_digits()?.unwrap_or(0);
        // A fraction of a second makes no difference to when a row runs.
        if (self.eat('.') || self.eat(',')) && self.digits(9).is_none() {
            return Err(Fault::NoDate);
        }
        let written: i8 = number(hours).ok_or(Fault::NoDate)?;
        self.spaces();
        let is_morning = self.eat_word("am") || self.eat_word("a.m.");
        let is_afternoon = !is_morning && (self.eat_word("pm") || self.eat_word("p.m."));
        let hour = match written {
            1..=12 if is_morning => written % 12,
            1..=12 if is_afternoon => written % 12 + 12,
            _ if is_morning || is_afternoon => return Err(Fault::NoSuchTime),
            _ => written,
        };
        let is_end_of_day = (hour, minutes, seconds) == (24, 0, 0);
        let hour = if is_end_of_day { 0 } else { hour };
        let time = Time::new(hour, minutes, seconds, 0).map_err(|_| Fault::NoSuchTime)?;
        self.spaces();
        let offset = self.offset()?;
        if !self.0.is_empty() {
            return Err(Fault::NoDate);
        }
        Ok(Clock {
            time,
            is_end_of_day,
            offset,
        })
    }

    /// `:30`, if a colon follows.
    fn two_digits(&mut self) -> Result<Option<i8>, Fault> {
        if !self.eat(':') {
            return Ok(None);
        }
        let digits = self.digits(2).filter(|digits| digits.len() == 2).ok_or(Fault::NoDate)?;
        number(digits).map(Some).ok_or(Fault::NoDate)
    }

    /// `Z`, `UTC`, `+01:00`, `+0100`, `+01`, or nothing.
    fn offset(&mut self) -> Result<Option<Offset>, Fault> {
        if self.0.is_empty() {
            return Ok(None);
        }
        if ["z", "utc", "gmt"].iter().any(|word| self.eat_word(word)) {
            return Ok(Some(Offset::UTC));
        }
        let sign = if self.eat('+') {
            1
        } else if self.eat('-') || self.eat('−') {
            -1
        } else {
            return Err(Fault::NoDate);
        };
        let digits = self.digits(4).ok_or(Fault::NoDate)?;
        let (hours, minutes) = match digits.len() {
            4 => (number::<i32>(&digits[..2]), number::<i32>(&digits[2..])),
            2 => (number(digits), self.two_digits()?.map(i32::from).or(Some(0))),
            _ => return Err(Fault::NoDate),
        };
        let (Some(hours), Some(minutes)) = (hours, minutes) else {
            return Err(Fault::NoDate);
        };
        if hours > 14 || minutes > 59 {
            return Err(Fault::NoSuchTime);
        }
        let seconds = sign * (hours * 3600 + minutes * 60);
        Offset::from_seconds(seconds).map(Some).map_err(|_| Fault::NoSuchTime)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn local(text: &str) -> Moment {
        Moment::Local(text.parse().expect("a date and a time"))
    }

    fn exact(text: &str) -> Moment {
        Moment::Exact(text.parse().expect("an instant"))
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a zone")
    }

    #[test]
    fn dates_that_leave_no_doubt_are_read_by_themselves() {
        for (cell, moment) in [
            ("2026-12-01", "2026-12-01T00:00"),
            ("2026-12-01 08:30", "2026-12-01T08:30"),
            ("2026-12-01T08:30:15", "2026-12-01T08:30:15"),
            ("2026-12-01 08:30:15.123", "2026-12-01T08:30:15"),
            ("2026-12-1 8:30", "2026-12-01T08:30"),
            ("2026-12-01 8:30 PM", "2026-12-01T20:30"),
            ("2026-12-01, 12:05 a.m.", "2026-12-01T00:05"),
            ("2026-12-01 24:00", "2026-12-02T00:00"),
            ("2026-12-31T24:00:00", "2027-01-01T00:00"),
            ("2026/12/01", "2026-12-01T00:00"),
            ("2026.12.01", "2026-12-01T00:00"),
            ("2026. 12. 01.", "2026-12-01T00:00"),
            ("2026年12月1日", "2026-12-01T00:00"),
            ("2026年12月1日 8:30", "2026-12-01T08:30"),
            ("20261201", "2026-12-01T00:00"),
            ("12/12/2026", "2026-12-12T00:00"),
        ] {
            assert_eq!(read_date(cell), Ok(WrittenDate::Sure(local(moment))), "{cell}");
        }
        for (cell, moment) in [
            ("2026-12-01T08:30:00Z", "2026-12-01T08:30:00Z"),
            ("2026-12-01T08:30+01:00", "2026-12-01T07:30:00Z"),
            ("2026-12-01 08:30:00 -0530", "2026-12-01T14:00:00Z"),
            ("2026-12-01 08:30 UTC", "2026-12-01T08:30:00Z"),
            ("2026-12-01T24:00+14", "2026-12-01T10:00:00Z"),
        ] {
            assert_eq!(read_date(cell), Ok(WrittenDate::Sure(exact(moment))), "{cell}");
        }
    }

    #[test]
    fn the_order_of_day_and_month_shows_by_numbers_over_twelve_and_by_dots() {
        use DateOrder::{DayFirst, MonthFirst};
        use Separator::{Dash, Dot, Slash};
        for (cell, order, separator, moment) in [
            ("13/12/2026", DayFirst, Slash, "2026-12-13T00:00"),
            ("12/13/2026", MonthFirst, Slash, "2026-12-13T00:00"),
            ("31-1-2027 7:00", DayFirst, Dash, "2027-01-31T07:00"),
            ("1.12.2026", DayFirst, Dot, "2026-12-01T00:00"),
            ("01. 12. 2026", DayFirst, Dot, "2026-12-01T00:00"),
            ("12.31.2026", MonthFirst, Dot, "2026-12-31T00:00"),
        ] {
            assert_eq!(
                read_date(cell),
                Ok(WrittenDate::Ordered(order, separator, local(moment))),
                "{cell}"
            );
        }
        assert_eq!(
            read_date("1/12/2026, 8:30:00 AM"),
            Ok(WrittenDate::Either {
                day_first: local("2026-12-01T08:30"),
                month_first: local("2026-01-12T08:30"),
                separator: Slash,
            })
        );
    }

    #[test]
    fn a_cell_that_leaves_its_column_is_written_so_that_it_is_certain() {
        for (cell, day_first, month_first) in [
            (" 01/02/2026", Some("2026-02-01"), Some("2026-01-02")),
            (
                "1-2-2026 8:30 PM",
                Some("2026-02-01 20:30:00"),
                Some("2026-01-02 20:30:00"),
            ),
            (
                "01/02/2026 08:30Z",
                Some("2026-02-01T08:30:00Z"),
                Some("2026-01-02T08:30:00Z"),
            ),
            ("13/02/2026", None, None),
            ("1.2.2026", None, None),
            ("2026-02-01", None, None),
            ("asap", None, None),
        ] {
            let (own, other) = if cell.contains('-') {
                (Separator::Dash, Separator::Slash)
            } else {
                (Separator::Slash, Separator::Dash)
            };
            for (order, certain) in [(DateOrder::DayFirst, day_first), (DateOrder::MonthFirst, month_first)] {
                assert_eq!(certain_date(cell, own, order).as_deref(), certain, "{cell}");
                assert_eq!(certain_date(cell, other, order), None, "{cell}");
            }
        }
    }

    #[test]
    fn what_is_no_date_is_refused_with_what_to_write() {
        for (cell, what, help) in [
            ("<clear>", "cannot be cleared", "leave the cell empty"),
            ("asap", "is no date", "leave the cell empty"),
            ("Never", "is no date", "`ignore`"),
            ("1 Dec 2026", "is no date", "those of months"),
            ("01-DEC-2026", "is no date", "those of months"),
            ("08:30:00", "is no date", "write 2026-12-01"),
            ("2026-12", "is no date", "write 2026-12-01"),
            ("2026-12-01 morning", "is no date", "write 2026-12-01"),
            ("2026-12-01Z", "is no date", "write 2026-12-01"),
            ("2026-12-01/2026-12-05", "is no date", "write 2026-12-01"),
            ("1/12-2026", "is no date", "write 2026-12-01"),
            ("1.12.26", "the year", "four digits"),
            ("26-12-01", "the year", "four digits"),
            ("46357", "is a number", "write 2026-12-01 if"),
            ("46357.354", "is a number", "write 2026-12-01 if"),
            ("12", "is a number", "write 2026-12-01"),
            ("01122026", "is a number", "write 2026-12-01"),
            ("1796083200", "seconds", "write 2026-12-01"),
            ("1796083200000", "seconds", "write 2026-12-01"),
            ("1899-12-30", "year 1899", "2000"),
            ("0001-01-01", "year 1", "2000"),
            ("1.1.2206", "year 2206", "2100"),
            ("99991231", "is a number", "write"),
            ("2026-02-30", "no calendar", "write"),
            ("32/01/2026", "no calendar", "write"),
            ("13/13/2026", "no calendar", "write"),
            ("2026-12-01 25:00", "no clock", "24:00"),
            ("2026-12-01 24:01", "no clock", "24:00"),
            ("2026-12-01 13:00 PM", "no clock", "24:00"),
            ("2026-12-01 08:30+15:00", "no clock", "24:00"),
        ] {
            let problem = read_date(cell).expect_err(cell);
            assert!(problem.what.contains(what), "{cell}: {}", problem.what);
            assert!(problem.help.contains(help), "{cell}: {}", problem.help);
        }
    }

    #[test]
    fn a_local_time_is_the_first_instant_at_which_clocks_show_it_or_have_passed_it() {
        for (name, cell, instant) in [
            ("UTC", "2026-12-01T00:00", "2026-12-01T00:00:00Z"),
            ("Europe/Berlin", "2026-12-01T00:00", "2026-11-30T23:00:00Z"),
            ("Europe/Berlin", "2026-07-01T00:00", "2026-06-30T22:00:00Z"),
            // Clocks go from 02:00 to 03:00, at 01:00 UTC.
            ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00:00Z"),
            ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00:00Z"),
            ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00:00Z"),
            // And from 03:00 back to 02:00.
            ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z"),
            ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00:00Z"),
            ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00Z"),
            // Here midnight itself is left out.
            ("Africa/Cairo", "2026-04-24T00:00", "2026-04-23T22:00:00Z"),
            ("Asia/Kolkata", "2026-12-01T00:00", "2026-11-30T18:30:00Z"),
        ] {
            assert_eq!(local(cell).instant(&zone(name)).to_string(), instant, "{name} {cell}");
        }
        assert_eq!(
            exact("2026-12-01T08:30:00Z").instant(&zone("Asia/Tokyo")).to_string(),
            "2026-12-01T08:30:00Z"
        );
    }

    proptest! {
        /// Whichever way a day is written, its column's order gives it back.
        #[test]
        fn every_day_is_read_back_in_every_order(
            year in 2000_i16..=2100, month in 1_i8..=12, day in 1_i8..=28,
            hour in 0_i8..24, minute in 0_i8..60, part in prop::sample::select(vec!['-', '/', '.']),
        ) {
            let meant = Moment::Local(jiff::civil::date(year, month, day).at(hour, minute, 0, 0));
            let read = |text: String, order: DateOrder| match read_date(&text) {
                Ok(WrittenDate::Sure(moment)) => Some(moment),
                Ok(WrittenDate::Ordered(shown, _, moment)) => (shown == order).then_some(moment),
                Ok(WrittenDate::Either {
                    day_first, month_first, ..
                }) => Some(match order {
                    DateOrder::DayFirst => day_first,
                    DateOrder::MonthFirst => month_first,
                }),
                Err(_) => None,
            };
            let time = format!("{hour:02}:{minute:02}");
            let iso = format!("{year}{part}{month:02}{part}{day:02} {time}");
            prop_assert_eq!(read(iso, DateOrder::MonthFirst), Some(meant));
            let day_first = format!("{day}{part}{month}{part}{year} {time}");
            prop_assert_eq!(read(day_first, DateOrder::DayFirst), Some(meant));
            if part != '.' {
                let month_first = format!("{month}{part}{day}{part}{year} {time}");
                prop_assert_eq!(read(month_first, DateOrder::MonthFirst), Some(meant));
            }
        }

        #[test]
        fn no_text_makes_the_reader_fail(cell in any::<String>()) {
            let _ = read_date(&cell);
        }

        #[test]
        fn no_numbers_make_the_reader_fail(cell in "[0-9./: T+年月日-]{0,24}") {
            let _ = read_date(&cell);
        }
    }
}
