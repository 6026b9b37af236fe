//! What one cell of an `.xlsx` workbook holds.

use std::fmt::Write;

use jiff::civil::{DateTime, Time};
use memchr::memchr3;
use quick_xml::events::BytesStart;

use super::book::Book;
use super::cell_reference;
use super::escapes::unescape;
use crate::sheet::row::{CellKind, Origin};
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::excel_value::{FormulaValue, write_formatted};
use crate::sheet::workbook::row_builder::Shown;
use crate::sheet::workbook::shared_texts::no_texts;
use crate::sheet::workbook::struck::Struck;

/// In which way a cell has its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Kind {
    #[default]
    Number,
    /// By its number among the shared strings.
    SharedString,
    /// As the text that a formula gives.
    Text,
    /// As a text of its own.
    InlineString,
    Bool,
    Error,
    /// As a date in letters.
    Date,
    Unknown,
}

/// The parts of a cell as they are written, in buffers that are used again.
#[derive(Debug, Default)]
pub(super) struct RawCell {
    /// Where it says that it is.
    pub(super) position: Option<(u32, u32)>,
    kind: Kind,
    style: usize,
    /// The value.
    pub(super) value: String,
    /// Whether the cell has one, if only an empty one.
    pub(super) has_value: bool,
    /// A text of its own, if the cell has one, and how much of that is struck through.
    pub(super) inline: Option<(String, Option<Struck>)>,
    pub(super) is_formula: bool,
    /// A number or a date as it is shown.
    shown: String,
}

impl RawCell {
    /// Begins a cell with the attributes of its element.
    pub(super) fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), WorkbookError> {
        self.clear();
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute?;
            self.set(attribute.key.as_ref(), attribute.value.as_ref())?;
        }
        Ok(())
    }

    /// Takes a whole cell from the beginning of `xml`, and answers its length there. `None` if not all of it is there, or
    /// it is written otherwise than by most programs: `<c r="B2" s="1" t="s"><v>7</v></c>`.
    pub(super) fn take_usual(&mut self, xml: &[u8]) -> Option<usize> {
        self.clear();
        let mut rest = xml.trim_ascii_start().strip_prefix(b"<c")?;
        while let [b' ', key @ (b'r' | b's' | b't'), b'=', b'"', value @ ..] = rest {
            let length = value.iter().position(|byte| !byte.is_ascii_alphanumeric())?;
            let text = str::from_utf8(&value[..length]).ok()?;
            self.set(str::from_utf8(&[*key]).ok()?, text).ok()?;
            rest = value[length..].strip_prefix(b"\"")?;
        }
        if let Some(value) = rest.strip_prefix(b"><v>") {
            let length = memchr3(b'<', b'&', b'\r', value)?;
            self.value.push_str(str::from_utf8(&value[..length]).ok()?);
            self.has_value = true;
            rest = value[length..].strip_prefix(b"</v></c>")?;
        } else {
            rest = rest.strip_prefix(b"/>")?;
        }
        Some(xml.len() - rest.len())
    }

    fn clear(&mut self) {
        self.position = None;
        self.kind = Kind::Number;
        self.style = 0;
        self.value.clear();
        self.has_value = false;
        self.inline = None;
        self.is_formula = false;
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), WorkbookError> {
        match key {
            "r" => {
                let wrong = || WorkbookError::Broken(format!("a cell in it says that it is at `{value}`"));
                self.position = Some(cell_reference::position(value).ok_or_else(wrong)?);
            }
            "s" => self.style = value.trim().parse().unwrap_or_default(),
            "t" => {
                self.kind = match value.trim() {
                    "n" | "" => Kind::Number,
                    "s" => Kind::SharedString,
                    "str" => Kind::Text,
                    "inlineStr" | "is" => Kind::InlineString,
                    "b" => Kind::Bool,
                    "e" => Kind::Error,
                    "d" => Kind::Date,
                    _ => Kind::Unknown,
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// What the cell shows; `None` if it is empty.
    pub(super) fn shown<'c>(&'c mut self, book: &'c Book) -> Result<Option<Shown<'c>>, WorkbookError> {
        let style = book.styles.get(self.style);
        let is_formula = self.is_formula;
        let shown = |kind, text| {
            Some(Shown {
                origin: Origin { kind, is_formula },
                text,
                struck: Struck::of(style.is_struck),
                fill: style.fill,
            })
        };
        let struck = |text, own: Option<Struck>| {
            shown(CellKind::Text, text).map(|shown| Shown {
                struck: Struck::in_cell(own, style.is_struck),
                ..shown
            })
        };
        let nothing = if is_formula {
            shown(CellKind::Uncomputed, "")
        } else {
            None
        };
        if let Some((text, own)) = &self.inline
            && (self.kind == Kind::InlineString || !self.has_value)
        {
            return Ok(if text.is_empty() && !is_formula {
                None
            } else {
                struck(text, *own)
            });
        }
        if !self.has_value {
            return Ok(nothing);
        }
        let is_filler = |value: FormulaValue<'_>| is_formula && book.is_to_be_computed && value.is_filler();
        let value = &mut self.value;
        if matches!(self.kind, Kind::Text | Kind::InlineString) {
            unescape(value, 0);
            // A formula may give an empty text.
            let is_nothing = value.is_empty() && !is_formula || is_filler(FormulaValue::Text(value));
            return Ok(if is_nothing {
                nothing
            } else {
                shown(CellKind::Text, value)
            });
        }
        let value = value.trim_matches([' ', '\t', '\r', '\n']);
        if value.is_empty() {
            return Ok(nothing);
        }
        self.shown.clear();
        Ok(match self.kind {
            Kind::SharedString => {
                let strings = book.strings.as_ref().ok_or_else(no_texts)?;
                let index = value.parse().ok();
                match index.and_then(|index| Some((index, strings.get(index)?))) {
                    // Many a writer has a cell for it.
                    Some((_, "")) => None,
                    Some((index, text)) => struck(text, strings.struck(index)),
                    None => shown(CellKind::Unreadable, value),
                }
            }
            Kind::Number => match number(value) {
                Some(number) if is_filler(FormulaValue::Number(number)) => nothing,
                Some(number) => {
                    let kind = write_formatted(number, style.format, book.is_1904, &mut self.shown);
                    shown(kind, &self.shown)
                }
                None => shown(CellKind::Unreadable, value),
            },
            Kind::Bool => match value {
                "0" | "false" => shown(CellKind::Bool, "FALSE"),
                "1" | "true" => shown(CellKind::Bool, "TRUE"),
                _ => shown(CellKind::Unreadable, value),
            },
            Kind::Error => shown(CellKind::Error, value),
            Kind::Date if write_iso_date(value, &mut self.shown) => shown(CellKind::Date, &self.shown),
            _ => shown(CellKind::Unreadable, value),
        })
    }
}

/// The number, where it is one to a spreadsheet program, which knows neither NaN nor infinity.
fn number(value: &str) -> Option<f64> {
    let is_plain = value
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    let number: f64 = value.parse().ok().filter(|_| is_plain)?;
    number.is_finite().then_some(number)
}

/// Writes a date of ISO 8601 as dates are shown; `false` if it is none.
fn write_iso_date(value: &str, text: &mut String) -> bool {
    let value = value.trim_end_matches(['Z', 'z']);
    if let Ok(date) = value.parse::<DateTime>() {
        let _ = write!(text, "{}", date.date());
        if date.time() != Time::midnight() {
            let _ = write!(text, " {}", date.time().strftime("%H:%M:%S"));
        }
        true
    } else if let Ok(time) = value.trim_start_matches(['T', 't']).parse::<Time>() {
        let _ = write!(text, "{}", time.strftime("%H:%M:%S"));
        true
    } else {
        false
    }
}
