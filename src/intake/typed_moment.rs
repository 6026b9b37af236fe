//! A day or a moment that is typed, and read as the cells of a sheet are.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::cells::{Moment, WrittenDate, clean, read_date};

/// A day, or a day and a time, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypedMoment(Moment);

impl TypedMoment {
    /// The instant, where clocks show the time of this zone; a day alone is its beginning, as in a cell of `not_before`.
    pub fn instant(&self, zone: &TimeZone) -> Timestamp {
        self.0.instant(zone)
    }

    /// The day that was typed.
    pub fn day(&self) -> Date {
        self.0.day()
    }
}

/// What is not a date, and what to type instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}; {help}")]
pub struct TypedMomentError {
    what: String,
    help: String,
}

impl FromStr for TypedMoment {
    type Err = TypedMomentError;

    /// # Errors
    /// If it is no date, or may be two: there is no column that would show which.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match read_date(&clean(text)) {
            Ok(WrittenDate::Sure(moment) | WrittenDate::Ordered(.., moment)) => Ok(Self(moment)),
            Ok(WrittenDate::Either {
                day_first, month_first, ..
            }) => Err(TypedMomentError {
                what: format!("it may be {} or {}", day_first.day(), month_first.day()),
                help: "write the year first".to_owned(),
            }),
            Err(problem) => Err(TypedMomentError {
                what: problem.what,
                help: problem.help,
            }),
        }
    }
}

impl fmt::Display for TypedMoment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_a_cell_is_and_refused_where_it_may_be_two() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        for (typed, expected) in [
            ("2026-12-01", "2026-11-30T23:00:00Z"),
            ("2026-12-01 08:30", "2026-12-01T07:30:00Z"),
            ("2026-12-01T08:30:00+02:00", "2026-12-01T06:30:00Z"),
            ("24.12.2026", "2026-12-23T23:00:00Z"),
        ] {
            let instant = typed.parse::<TypedMoment>().unwrap().instant(&zone);
            assert_eq!(instant.to_string(), expected, "{typed}");
        }
        let refused = |typed: &str| typed.parse::<TypedMoment>().unwrap_err().to_string();
        assert_eq!(
            refused("01/12/2026"),
            "it may be 2026-12-01 or 2026-01-12; write the year first"
        );
        assert!(refused("tomorrow").contains("is no date"), "{}", refused("tomorrow"));
    }
}
