//! Values as the formats of Excel write them, into what a person sees.

use std::fmt::Write;

use calamine::{ExcelDateTime, ExcelDateTimeType};

use super::error_code::error_word;
use super::number::{write_date, write_number};
use super::number_format::NumberFormat;
use crate::sheet::row::CellKind;

/// The first day that no spreadsheet program has, the first of January 10000.
const END_OF_DAYS: f64 = 2_958_466.0;

/// A number in four bytes: a whole one of thirty bits, or the upper thirty bits of a fraction; either may be a hundred
/// times as large as what is meant.
pub(in crate::sheet) fn rk_number(rk: u32) -> f64 {
    const IS_HUNDREDFOLD: u32 = 1;
    const IS_WHOLE: u32 = 2;
    let number = if rk & IS_WHOLE != 0 {
        f64::from(rk.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(rk & !3) << 32)
    };
    if rk & IS_HUNDREDFOLD != 0 {
        number / 100.0
    } else {
        number
    }
}

/// Appends a number as its format shows it, a date counted from 1904 where the workbook does so.
pub(in crate::sheet) fn write_formatted(
    number: f64,
    format: NumberFormat,
    is_1904: bool,
    text: &mut String,
) -> CellKind {
    if !number.is_finite() {
        text.push_str(&number.to_string());
        return CellKind::Unreadable;
    }
    let kind = match format {
        NumberFormat::Number => None,
        NumberFormat::Date => Some(ExcelDateTimeType::DateTime),
        NumberFormat::Duration => Some(ExcelDateTimeType::TimeDelta),
    };
    if let Some(kind) = kind
        && (0.0..END_OF_DAYS).contains(&number)
    {
        write_date(&ExcelDateTime::new(to_the_second(number), kind, is_1904), text);
        CellKind::Date
    } else {
        write_number(number, text);
        CellKind::Number
    }
}

/// A time, in days, as it is shown, which is not cut to the second but rounded.
fn to_the_second(days: f64) -> f64 {
    const SECONDS: f64 = 86_400.0;
    let seconds = (days * SECONDS).round();
    // A mere time of day does not become a day.
    let last = if days < 1.0 { SECONDS - 1.0 } else { f64::MAX };
    seconds.min(last) / SECONDS
}

/// What a program has stored as the value of a formula.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::sheet) enum FormulaValue<'v> {
    Number(f64),
    Text(&'v str),
}

impl FormulaValue<'_> {
    /// Whether it is what programs store that do not compute, so that it says nothing where the file asks for a
    /// computation: 0 as a number or as a text, or an empty text. True or false, an error, and any other number come from a computation
    /// or from whoever wrote the formula, and so do not count.
    pub(in crate::sheet) fn is_filler(self) -> bool {
        match self {
            Self::Number(number) => number == 0.0,
            Self::Text(text) => text.is_empty() || text == "0",
        }
    }
}

/// Appends what stands for true or false; other numbers are neither.
pub(in crate::sheet) fn write_bool(value: u8, text: &mut String) -> CellKind {
    match value {
        0 => text.push_str("FALSE"),
        1 => text.push_str("TRUE"),
        other => {
            text.push_str(&other.to_string());
            return CellKind::Unreadable;
        }
    }
    CellKind::Bool
}

/// Appends the word for the error of this code, or the code where there is none.
pub(in crate::sheet) fn write_error(code: u8, text: &mut String) -> CellKind {
    match error_word(code) {
        Some(word) => text.push_str(word),
        None => {
            let _ = write!(text, "#ERROR{code}!");
        }
    }
    CellKind::Error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_four_bytes_are_whole_or_fractions_and_perhaps_hundredfold() {
        // The examples of Microsoft's description of the format, and numbers below zero.
        for (rk, number) in [
            (0x3ff0_0000, 1.0),
            (0x3ff0_0001, 0.01),
            (12_345_678 << 2 | 2, 12_345_678.0),
            (12_345_678 << 2 | 3, 123_456.78),
            (0xc000_0000, -2.0),
            (0xffff_fffe, -1.0),
        ] {
            assert!(
                (rk_number(rk) - number).abs() < f64::EPSILON,
                "{rk:x}: {}",
                rk_number(rk)
            );
        }
    }

    #[test]
    fn only_days_that_a_calendar_has_are_dates() {
        use NumberFormat::{Date, Duration, Number};
        for (number, format, is_1904, shown, kind) in [
            (46_082.0, Number, false, "46082", CellKind::Number),
            (46_082.0, Date, false, "2026-03-01", CellKind::Date),
            (44_620.0, Date, true, "2026-03-01", CellKind::Date),
            (0.25, Duration, false, "06:00:00", CellKind::Date),
            (-1.0, Date, false, "-1", CellKind::Number),
            (2_958_466.0, Date, false, "2958466", CellKind::Number),
            (f64::NAN, Date, false, "NaN", CellKind::Unreadable),
            (f64::NEG_INFINITY, Number, false, "-inf", CellKind::Unreadable),
        ] {
            let mut text = String::new();
            assert_eq!(write_formatted(number, format, is_1904, &mut text), kind, "{number}");
            assert_eq!(text, shown);
        }
    }
}
