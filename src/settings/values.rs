//! Values as people write them: lengths of time, and words that must be one of a few.

use std::time::Duration;

use crate::engine::MaxFailures;

/// A length of time: a whole number with `ms`, `s`, `m` or `h`, as in `5m`, `300s`, `5000ms`.
///
/// # Errors
/// Says what is wrong, in a sentence that begins with the text.
pub fn length(text: &str) -> Result<Duration, String> {
    let written = text.trim();
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = written.split_at(digits);
    let refused = || format!("`{written}` is no length of time; write `5m`, `300s` or `5000ms`");
    let number: u64 = number.parse().map_err(|_| refused())?;
    let milliseconds = match unit.trim() {
        "ms" => Some(number),
        "s" => number.checked_mul(1000),
        "m" | "min" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        "d" => number.checked_mul(86_400_000),
        _ => None,
    };
    milliseconds.map(Duration::from_millis).ok_or_else(refused)
}

/// After how many failures a run stops: a number of rows above 0, or a percentage, as in `50` or `5%`.
pub fn max_failures(text: &str) -> Option<MaxFailures> {
    match text.trim().strip_suffix('%') {
        Some(percent) => {
            let percent: f64 = percent.trim().parse().ok()?;
            (percent > 0.0 && percent <= 100.0).then_some(MaxFailures::Percent(percent))
        }
        None => {
            let rows = text.trim().parse().ok()?;
            (rows > 0).then_some(MaxFailures::Count(rows))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::length_text;

    #[test]
    fn failures_are_counted_in_rows_or_percent() {
        assert_eq!(max_failures("50"), Some(MaxFailures::Count(50)));
        assert_eq!(max_failures("2.5 %"), Some(MaxFailures::Percent(2.5)));
        for text in ["0", "-1", "0%", "101%", "five", "NaN%", ""] {
            assert_eq!(max_failures(text), None, "{text}");
        }
    }

    #[test]
    fn a_length_is_a_whole_number_with_its_unit() {
        for (text, milliseconds) in [
            ("5m", 300_000),
            ("300s", 300_000),
            ("5000ms", 5000),
            ("2h", 7_200_000),
            ("7d", 604_800_000),
            (" 10 min ", 600_000),
            ("0s", 0),
        ] {
            assert_eq!(length(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
    }

    #[test]
    fn a_length_is_written_as_it_is_read() {
        for text in ["7d", "36h", "90m", "5s", "1500ms", "0ms"] {
            assert_eq!(length(text).map(length_text), Ok(text.to_owned()));
        }
    }

    #[test]
    fn a_number_without_its_unit_is_not_guessed_at() {
        for text in [
            "300",
            "",
            "m",
            "-5s",
            "1.5s",
            "5 weeks",
            "99999999999999999999s",
            "18446744073709551615h",
        ] {
            assert!(length(text).is_err(), "{text}");
        }
    }
}
