//! Values of flags that are more than a word.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{BoolValueParser, PossibleValuesParser, StringValueParser, TypedValueParser};
use clap::{Arg, value_parser};
use strum::{IntoEnumIterator, VariantNames};

use super::choices::ColumnMapping;
use crate::engine::MaxFailures;
use crate::model::{BundleCode, OperationKind};
use crate::settings;
use crate::sheet::WrittenFormat;

/// What a flag without a value stands for where it is given; where it is not, that is the default.
pub(super) fn given<T: Default + Clone + Send + Sync + 'static>(value: T) -> impl TypedValueParser<Value = T> {
    BoolValueParser::new().map(move |is_given| if is_given { value.clone() } else { T::default() })
}

/// One of the words that a type has for its values.
pub(super) fn word<T>() -> impl TypedValueParser<Value = T>
where
    T: VariantNames + FromStr + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(T::VARIANTS).try_map(|word| word.parse().map_err(|_| format!("`{word}` is none of them")))
}

/// What stands for the value of an argument in help.
pub(super) fn value_name(arg: &Arg) -> String {
    let names = arg.get_value_names().and_then(|names| names.first());
    names.map_or_else(|| arg.get_id().to_string(), ToString::to_string)
}

/// A number of rows.
pub(super) fn limit() -> impl TypedValueParser<Value = usize> {
    value_parser!(u32).range(1..).map(|rows| rows as usize)
}

/// An operation by the name that the sheet uses.
pub(super) fn operation() -> impl TypedValueParser<Value = OperationKind> {
    PossibleValuesParser::new(OperationKind::iter().map(OperationKind::as_str))
        .try_map(|name| name.parse().map_err(|_| format!("`{name}` is no operation")))
}

pub(super) fn column_mapping(text: &str) -> Result<ColumnMapping, String> {
    let parts = text
        .rsplit_once('=')
        .map(|(header, column)| (header.trim(), column.trim()));
    match parts {
        Some((header, column)) if !header.is_empty() && !column.is_empty() => Ok(ColumnMapping {
            header: header.to_owned(),
            column: column.to_owned(),
        }),
        _ => Err("write a header of the sheet, `=`, and the column it stands for, as in `Work e-mail=user`".to_owned()),
    }
}

/// A licence's code, whether it is known or not.
pub(super) fn code() -> impl TypedValueParser<Value = BundleCode> {
    StringValueParser::new().map(|code| BundleCode::new(&code))
}

/// A number of seats of a licence: `ATTUNU=10`.
pub(super) fn seats(text: &str) -> Result<(BundleCode, u64), String> {
    let parts = text
        .split_once('=')
        .map(|(code, count)| (code.trim(), count.trim().parse()));
    match parts {
        Some((code, Ok(count))) if !code.is_empty() && count > 0 => Ok((BundleCode::new(code), count)),
        _ => Err("write a licence code, `=`, and a number of seats above 0, as in `ATTUNU=10`".to_owned()),
    }
}

/// A licence and the one that takes its place: `RPADEVNU=RPADEVPRONU`.
pub(super) fn swap(text: &str) -> Result<(BundleCode, BundleCode), String> {
    let parts = text.split_once('=').map(|(old, new)| (old.trim(), new.trim()));
    match parts {
        Some((old, new)) if !old.is_empty() && old.eq_ignore_ascii_case(new) => {
            Err(format!("both are `{old}`; write another licence behind the `=`"))
        }
        Some((old, new)) if !old.is_empty() && !new.is_empty() => Ok((BundleCode::new(old), BundleCode::new(new))),
        _ => Err("write the licence that goes, `=`, and the one that comes, as in `RPADEVNU=RPADEVPRONU`".to_owned()),
    }
}

/// For how long somebody was not seen, or something has been there: `90d`. Nobody means so few minutes, and whoever
/// writes `3m` means months.
pub(super) fn age(text: &str) -> Result<Duration, String> {
    let written = text.trim();
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = written.split_at(digits);
    let number: Option<u64> = number.parse().ok();
    let (hours, days_meant) = match unit.trim().to_ascii_lowercase().as_str() {
        "h" => (Some(1), None),
        "d" => (Some(24), None),
        "w" => (Some(7 * 24), None),
        "" => (None, Some(1)),
        "m" | "mo" | "month" | "months" => (None, Some(30)),
        "y" | "year" | "years" => (None, Some(365)),
        _ => (None, None),
    };
    let times = |each: Option<u64>| number?.checked_mul(each?);
    if let Some(seconds) = times(hours).and_then(|hours| hours.checked_mul(3600)) {
        return Ok(Duration::from_secs(seconds));
    }
    if settings::length(written) == Ok(Duration::ZERO) {
        return Ok(Duration::ZERO);
    }
    Err(match times(days_meant).filter(|days| *days > 0) {
        Some(days) => format!("`{written}` is no number of days; write `{days}d`"),
        None => {
            format!(
                "`{written}` is no length of time; write days, as in `90d`, weeks, as in `2w`, or hours, as in `36h`"
            )
        }
    })
}

/// The same, and some time at least.
pub(super) fn age_above_none(text: &str) -> Result<Duration, String> {
    match age(text)? {
        Duration::ZERO => Err("everybody would be idle; write days, as in `90d`, or hours, as in `36h`".to_owned()),
        age => Ok(age),
    }
}

pub(super) fn length(text: &str) -> Result<Duration, String> {
    settings::length(text)
}

/// How often something is done; less would leave the processor no rest.
pub(super) fn round(text: &str) -> Result<Duration, String> {
    const LEAST: Duration = Duration::from_millis(100);
    let round = length(text)?;
    if round < LEAST {
        return Err(format!(
            "`{}` is too short; write `100ms` or longer, as in `30s`",
            text.trim()
        ));
    }
    Ok(round)
}

pub(super) fn max_failures(text: &str) -> Result<MaxFailures, String> {
    settings::max_failures(text)
        .ok_or_else(|| format!("`{text}` is neither a number of rows above 0 nor a percentage, as in `50` or `5%`"))
}

/// A part of the whole, from 0 to 1.
pub(super) fn part(text: &str) -> Result<f64, String> {
    let part = text.trim().parse().ok().filter(|part| (0.0..=1.0).contains(part));
    part.ok_or_else(|| format!("`{text}` is no part of a whole; write a number from 0 to 1"))
}

/// A factor above 0.
pub(super) fn factor(text: &str) -> Result<f64, String> {
    let factor = text
        .trim()
        .parse()
        .ok()
        .filter(|factor: &f64| factor.is_finite() && *factor > 0.0);
    factor.ok_or_else(|| format!("`{text}` is no factor; write a number above 0"))
}

/// A path that is not empty; clap takes an empty one.
pub(super) fn path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() {
        return Err("the path is empty".to_owned());
    }
    Ok(PathBuf::from(text))
}

/// A path for results, which are CSV.
pub(super) fn results(text: &str) -> Result<PathBuf, String> {
    const WORKBOOKS: [&str; 5] = ["xlsx", "xlsm", "xlsb", "xls", "ods"];
    let path = path(text)?;
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if WORKBOOKS.contains(&extension.as_str()) {
        return Err(format!(
            "results are written as CSV: write `{}`",
            path.with_extension("csv").display()
        ));
    }
    Ok(path)
}

/// A path for a sheet that is written.
pub(super) fn sheet_to_write(text: &str) -> Result<PathBuf, String> {
    let path = path(text)?;
    match WrittenFormat::of_path(&path) {
        Some(_) => Ok(path),
        None => Err(format!(
            "sheets are written as `.xlsx` or `.csv`: write `{}` or `{}`",
            path.with_extension("xlsx").display(),
            path.with_extension("csv").display()
        )),
    }
}

/// A path for a report that is written.
pub(super) fn report_to_write(text: &str) -> Result<PathBuf, String> {
    let path = path(text)?;
    match ending(&path).as_deref() {
        Some("html" | "htm" | "xlsx") => Ok(path),
        _ => Err(format!(
            "reports are written as `.html` or `.xlsx`: write `{}` or `{}`",
            path.with_extension("html").display(),
            path.with_extension("xlsx").display()
        )),
    }
}

/// A path for a web page that is written.
pub(super) fn page_to_write(text: &str) -> Result<PathBuf, String> {
    let path = path(text)?;
    match ending(&path).as_deref() {
        Some("html" | "htm") => Ok(path),
        _ => Err(format!(
            "the plan is written as a web page: write `{}`; `--save FILE.json` saves it for `reseat run --plan`",
            path.with_extension("html").display()
        )),
    }
}

/// The ending of a file's name, in small letters.
fn ending(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_of_another_ending_is_answered_with_names_that_would_do() {
        assert_eq!(sheet_to_write("joiners.XLSX").unwrap(), PathBuf::from("joiners.XLSX"));
        for text in ["joiners", "joiners.xls"] {
            let told = sheet_to_write(text).unwrap_err();
            assert!(told.ends_with("write `joiners.xlsx` or `joiners.csv`"), "{told}");
        }
    }

    #[test]
    fn a_round_leaves_the_processor_some_rest() {
        assert_eq!(round("100ms"), Ok(Duration::from_millis(100)));
        for text in ["0s", "99ms", "soon"] {
            assert!(round(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_header_may_hold_an_equals_sign_and_a_column_never_does() {
        let mapping = column_mapping("A = B=user").unwrap();
        assert_eq!((mapping.header.as_str(), mapping.column.as_str()), ("A = B", "user"));
        for text in ["user", "=user", "Header=", ""] {
            assert!(column_mapping(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_age_is_asked_for_in_days_and_nobody_is_idle_after_no_time_at_all() {
        assert_eq!(age(" 90d "), Ok(Duration::from_hours(90 * 24)));
        assert_eq!(age("2w"), Ok(Duration::from_hours(14 * 24)));
        for text in ["0d", "0s"] {
            assert_eq!(age(text), Ok(Duration::ZERO), "{text}");
        }
        for text in [
            "90",
            "3m",
            "3M",
            "3 months",
            "",
            "3 weeks",
            "-5d",
            "90min",
            "7776000s",
            "99999999999999999999d",
        ] {
            assert!(age(text).unwrap_err().contains("`90d`"), "{text}");
            assert!(age_above_none(text).unwrap_err().contains("`90d`"), "{text}");
        }
        assert_eq!(age("3m").unwrap_err(), "`3m` is no number of days; write `90d`");
        assert_eq!(age_above_none("36h"), Ok(Duration::from_hours(36)));
        for text in ["0d", "0s", "0"] {
            assert!(age_above_none(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_swap_is_of_two_licences() {
        assert_eq!(swap("A = B"), Ok((BundleCode::new("A"), BundleCode::new("B"))));
        assert!(swap("A=a").unwrap_err().starts_with("both are `A`"));
        for text in ["A", "=", "A=", "=B"] {
            assert!(swap(text).unwrap_err().starts_with("write the licence"), "{text}");
        }
    }

    #[test]
    fn a_number_of_seats_is_above_none() {
        assert_eq!(seats("ATTUNU = 10"), Ok((BundleCode::new("ATTUNU"), 10)));
        for text in ["ATTUNU=0", "ATTUNU", "=3", "ATTUNU=-1", "ATTUNU=x"] {
            assert!(seats(text).is_err(), "{text}");
        }
    }

    #[test]
    fn results_are_csv_and_no_workbook() {
        assert_eq!(results("out/q4.csv"), Ok("out/q4.csv".into()));
        assert_eq!(results("q4"), Ok("q4".into()));
        for text in ["out/q4.xlsx", "q4.XLS", "q4.ods"] {
            assert!(results(text).unwrap_err().contains("q4.csv"), "{text}");
        }
    }

    #[test]
    fn a_sheet_is_written_as_csv_or_xlsx() {
        assert_eq!(sheet_to_write("out/undo.XLSX"), Ok("out/undo.XLSX".into()));
        assert_eq!(sheet_to_write("undo.csv"), Ok("undo.csv".into()));
        for text in ["undo", "undo.ods", "undo.xls", ".csv", ""] {
            assert!(sheet_to_write(text).is_err(), "{text}");
        }
    }

    #[test]
    fn parts_and_factors_are_held_within_their_bounds() {
        assert_eq!((part("0"), part("1"), part("0.05")), (Ok(0.0), Ok(1.0), Ok(0.05)));
        assert!(part("1.1").is_err() && part("NaN").is_err() && part("x").is_err());
        assert_eq!(factor("100"), Ok(100.0));
        assert!(factor("0").is_err() && factor("inf").is_err());
    }
}
