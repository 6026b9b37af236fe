//! Numbers and dates of a workbook as the person sees them.

use std::fmt::Write;

use calamine::ExcelDateTime;

/// Appends a number as a spreadsheet program shows it in a cell without a format: whole numbers
/// without `.0`, at most 15 digits, and an exponent (`1.2E+20`) where they are more.
pub(in crate::sheet) fn write_number(value: f64, text: &mut String) {
    let size = value.abs();
    if size < 1e15 && value.fract() == 0.0 {
        // Also turns -0 into 0.
        let _ = write!(text, "{}", value + 0.0);
    } else if (1e-9..1e15).contains(&size) {
        let decimals = if size >= 1.0 {
            15 - digits_before_point(size)
        } else {
            15
        };
        let shown = format!("{value:.decimals$}");
        text.push_str(shown.trim_end_matches('0').trim_end_matches('.'));
    } else {
        let shown = format!("{value:.14E}");
        let (mantissa, exponent) = shown.split_once('E').unwrap_or((&shown, "0"));
        let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
        let sign = if exponent.starts_with('-') { "" } else { "+" };
        let _ = write!(text, "{mantissa}E{sign}{exponent}");
    }
}

fn digits_before_point(size: f64) -> usize {
    let mut digits = 1;
    let mut bound = 10.0;
    while size >= bound {
        bound *= 10.0;
        digits += 1;
    }
    digits
}

/// Appends a date as `2026-03-01`, with ` 09:30:00` where it has a time, a mere time as `09:30:00`, and a length of time
/// with all its hours, as `36:00:00`.
pub(in crate::sheet) fn write_date(date: &ExcelDateTime, text: &mut String) {
    if date.is_duration() {
        write_duration(date.as_f64(), text);
        return;
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let whole_day = date.as_f64().fract() == 0.0;
    let time_only = date.as_f64().abs() < 1.0;
    if !time_only {
        let _ = write!(text, "{year:04}-{month:02}-{day:02}");
    }
    if !whole_day || time_only {
        let gap = if time_only { "" } else { " " };
        let _ = write!(text, "{gap}{hour:02}:{minute:02}:{second:02}");
    }
}

/// Appends a number of days as hours, minutes and seconds.
fn write_duration(days: f64, text: &mut String) {
    let seconds = (days * 86_400.0).round();
    let (hours, minutes) = ((seconds / 3600.0).floor(), (seconds % 3600.0 / 60.0).floor());
    let _ = write!(text, "{hours:02}:{minutes:02}:{:02}", seconds % 60.0);
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    fn number(value: f64) -> String {
        let mut text = String::new();
        write_number(value, &mut text);
        text
    }

    #[test]
    fn numbers_are_shown_as_they_were_typed() {
        for (value, shown) in [
            (0.0, "0"),
            (-0.0, "0"),
            (42.0, "42"),
            (-7.0, "-7"),
            (100_200_300_400.0, "100200300400"),
            (0.1 + 0.2, "0.3"),
            (1234.5, "1234.5"),
            (0.000_001, "0.000001"),
            (1.2e20, "1.2E+20"),
            (1.234_567_890_123_456_7e19, "1.23456789012346E+19"),
            (1.5e-12, "1.5E-12"),
        ] {
            assert_eq!(number(value), shown);
        }
    }

    #[test]
    fn dates_are_shown_with_a_time_only_where_they_have_one() {
        for (value, shown) in [
            (46_082.0, "2026-03-01"),
            (46_082.5, "2026-03-01 12:00:00"),
            (0.25, "06:00:00"),
        ] {
            let mut text = String::new();
            write_date(
                &ExcelDateTime::new(value, ExcelDateTimeType::DateTime, false),
                &mut text,
            );
            assert_eq!(text, shown);
        }
        for (days, shown) in [
            (0.25, "06:00:00"),
            (1.5, "36:00:00"),
            (1.0 + 1.0 / 86_400.0, "24:00:01"),
        ] {
            let mut text = String::new();
            write_date(
                &ExcelDateTime::new(days, ExcelDateTimeType::TimeDelta, false),
                &mut text,
            );
            assert_eq!(text, shown);
        }
    }
}
