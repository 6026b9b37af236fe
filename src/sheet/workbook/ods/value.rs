//! What the attributes of a cell of an `.ods` say that it holds.

use super::content::Element;
use super::names::Space;
use crate::sheet::row::CellKind;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::number::write_number;

/// What a cell says of its value.
#[derive(Debug, Default)]
pub(super) struct Value {
    kind: String,
    number: Option<String>,
    date: Option<String>,
    time: Option<String>,
    boolean: Option<String>,
    string: Option<String>,
    is_error: bool,
    pub(super) is_formula: bool,
    /// How many cells, one beside the other, this one stands for.
    pub(super) repeats: u32,
    /// How many rows and columns it takes, where it is merged with others.
    pub(super) spans: (u32, u32),
}

impl Value {
    pub(super) fn of(cell: &Element<'_>) -> Result<Self, WorkbookError> {
        let mut told = Self {
            repeats: 1,
            spans: (1, 1),
            ..Self::default()
        };
        cell.attributes(|space, name, text| match (space, name) {
            (Space::Office, "value-type") => told.kind = text.into_owned(),
            (Space::Office, "value") => told.number = Some(text.into_owned()),
            (Space::Office, "date-value") => told.date = Some(text.into_owned()),
            (Space::Office, "time-value") => told.time = Some(text.into_owned()),
            (Space::Office, "boolean-value") => told.boolean = Some(text.into_owned()),
            (Space::Office, "string-value") => told.string = Some(text.into_owned()),
            (Space::CalcExt, "value-type") => told.is_error = text == "error",
            (Space::Table, "formula") => told.is_formula = true,
            (Space::Table, "number-columns-repeated") => told.repeats = times(&text),
            (Space::Table, "number-rows-spanned") => told.spans.0 = times(&text),
            (Space::Table, "number-columns-spanned") => told.spans.1 = times(&text),
            _ => {}
        })?;
        Ok(told)
    }

    /// The kind and the text of a cell that shows `shown`, which is `None` for a cell without a paragraph.
    pub(super) fn finish(self, shown: Option<String>) -> (CellKind, String) {
        let is_formula = self.is_formula;
        let has_text = shown.is_some();
        let shown = shown.unwrap_or_default();
        // What the value should be and is not stands in the file as this.
        let (kind, value) = match self.kind.as_str() {
            _ if self.is_error => return (CellKind::Error, shown),
            "float" | "percentage" | "currency" => {
                // What OpenOffice.org wrote for an error, whose value is 0.
                if is_formula && is_error_word(&shown) {
                    return (CellKind::Error, shown);
                }
                (CellKind::Number, self.number.or_else(|| text_of(&shown)).map(number))
            }
            "date" => (CellKind::Date, self.date.or_else(|| text_of(&shown)).map(date)),
            "time" => (CellKind::Date, self.time.map(time).or_else(|| text_of(&shown).map(Ok))),
            "boolean" => (CellKind::Bool, self.boolean.or_else(|| text_of(&shown)).map(boolean)),
            "string" => {
                let is_computed = has_text || self.string.is_some();
                let text = self.string.filter(|text| !text.is_empty()).unwrap_or(shown);
                (CellKind::Text, is_computed.then_some(Ok(text)))
            }
            // A formula whose result is an empty text has a paragraph all the same.
            "" if is_formula && !has_text => (CellKind::Text, None),
            "" | "void" => (CellKind::Text, Some(Ok(shown))),
            _ => (CellKind::Text, Some(Err(shown))),
        };
        match value {
            Some(Ok(text)) => (kind, text),
            Some(Err(odd)) => (CellKind::Unreadable, odd),
            None if is_formula => (CellKind::Uncomputed, String::new()),
            None => (CellKind::Text, String::new()),
        }
    }
}

/// How often something stands there; a number that is too long for one is too large for a worksheet as well.
pub(super) fn times(count: &str) -> u32 {
    let count = count.trim();
    let is_number = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    let most = if is_number { u32::MAX } else { 1 };
    count.parse().unwrap_or(most).max(1)
}

fn text_of(shown: &str) -> Option<String> {
    Some(shown.to_owned()).filter(|shown| !shown.is_empty())
}

/// A number as it is shown without a format, or what stands there instead of one.
fn number(value: String) -> Result<String, String> {
    match value.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => {
            let mut text = String::new();
            write_number(number, &mut text);
            Ok(text)
        }
        _ => Err(value),
    }
}

/// `2026-03-01` or `2026-03-01 09:30:00`.
fn date(value: String) -> Result<String, String> {
    let whole = value.trim().trim_end_matches('Z');
    let (day, time) = whole.split_once('T').unwrap_or((whole, ""));
    let time = time.split('.').next().unwrap_or_default();
    let is_like = |text: &str, pattern: &[u8]| {
        text.len() == pattern.len()
            && text.bytes().zip(pattern).all(|(byte, like)| match like {
                b'0' => byte.is_ascii_digit(),
                _ => byte == *like,
            })
    };
    if !is_like(day, b"0000-00-00") || !(time.is_empty() || is_like(time, b"00:00:00")) {
        return Err(value);
    }
    Ok(if matches!(time, "" | "00:00:00") {
        day.to_owned()
    } else {
        format!("{day} {time}")
    })
}

/// `PT09H30M00S` as `09:30:00`.
fn time(value: String) -> Result<String, String> {
    fn parts(value: &str) -> Option<(u64, u64, u64)> {
        let (hours, rest) = value.trim().strip_prefix("PT")?.split_once('H')?;
        let (minutes, rest) = rest.split_once('M')?;
        let seconds = rest.strip_suffix('S')?.split('.').next()?;
        Some((hours.parse().ok()?, minutes.parse().ok()?, seconds.parse().ok()?))
    }
    match parts(&value) {
        Some((hours, minutes, seconds)) => Ok(format!("{hours:02}:{minutes:02}:{seconds:02}")),
        None => Err(value),
    }
}

fn boolean(value: String) -> Result<String, String> {
    let upper = value.trim().to_uppercase();
    if matches!(upper.as_str(), "TRUE" | "FALSE") {
        Ok(upper)
    } else {
        Err(value)
    }
}

/// `#N/A`, `#DIV/0!`, `Err:508`.
fn is_error_word(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_hashed = text
        .strip_prefix('#')
        .is_some_and(|word| word.ends_with(['!', '?']) || word.contains('/'));
    is_hashed || text.strip_prefix("Err:").is_some_and(is_number)
}
