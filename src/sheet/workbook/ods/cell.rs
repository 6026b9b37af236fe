//! What one cell of an `.ods` workbook shows.

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart};

use crate::sheet::row::{CellKind, LONGEST_ROW};
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::number::write_number;

/// A cell being read: its value is in attributes, its displayed text in paragraphs.
#[derive(Debug)]
pub(in crate::sheet) struct OdsCell {
    kind: CellKind,
    value: Option<String>,
    shown: String,
    paragraphs: usize,
}

impl OdsCell {
    pub(in crate::sheet) fn begin(start: &BytesStart<'_>) -> Result<Self, WorkbookError> {
        let kind_of = |name| attribute(start, name).map(Option::unwrap_or_default);
        let (kind, value) = match kind_of("office:value-type")?.as_str() {
            _ if kind_of("calcext:value-type")? == "error" => (CellKind::Error, None),
            "float" | "percentage" | "currency" => (CellKind::Number, attribute(start, "office:value")?.map(number)),
            "date" => (
                CellKind::Date,
                attribute(start, "office:date-value")?.map(|date| date.replace('T', " ")),
            ),
            "time" => (CellKind::Date, None),
            "boolean" => (
                CellKind::Bool,
                attribute(start, "office:boolean-value")?.map(|value| value.to_uppercase()),
            ),
            "" if attribute(start, "table:formula")?.is_some() => (CellKind::Uncomputed, None),
            _ => (CellKind::Text, attribute(start, "office:string-value")?),
        };
        Ok(Self {
            kind,
            value,
            shown: String::new(),
            paragraphs: 0,
        })
    }

    /// An element of what the cell shows begins.
    pub(in crate::sheet) fn element(&mut self, start: &BytesStart<'_>) -> Result<(), WorkbookError> {
        match start.name().0 {
            "text:p" => {
                if self.paragraphs > 0 {
                    self.push("\n");
                }
                self.paragraphs += 1;
            }
            "text:s" => {
                let count = attribute(start, "text:c")?.and_then(|count| count.parse().ok());
                self.push(&" ".repeat(count.unwrap_or(1).min(LONGEST_ROW)));
            }
            "text:tab" => self.push("\t"),
            "text:line-break" => self.push("\n"),
            _ => {}
        }
        Ok(())
    }

    /// More of what the cell shows; of a text without end, the beginning.
    pub(in crate::sheet) fn push(&mut self, text: &str) {
        if self.paragraphs > 0 && self.shown.len() <= LONGEST_ROW {
            self.shown.push_str(text);
        }
    }

    /// An `&amp;` or `&#38;` in what the cell shows.
    pub(in crate::sheet) fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), WorkbookError> {
        if let Some(text) = resolve_xml_entity(reference) {
            self.push(text);
        } else if let Some(letter) = reference.resolve_char_ref()? {
            self.push(letter.encode_utf8(&mut [0; 4]));
        }
        Ok(())
    }

    /// What the cell held and shows; `None` for an empty one.
    pub(in crate::sheet) fn finish(self) -> Option<(CellKind, String)> {
        let text = self.value.filter(|value| !value.is_empty()).unwrap_or(self.shown);
        (!text.is_empty() || self.kind == CellKind::Uncomputed).then_some((self.kind, text))
    }
}

fn number(value: String) -> String {
    let Ok(number) = value.parse() else {
        return value;
    };
    let mut text = String::new();
    write_number(number, &mut text);
    text
}

/// The attribute's value, where the element has it.
pub(in crate::sheet) fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, WorkbookError> {
    let found = start.try_get_attribute(name)?;
    Ok(match found {
        Some(attribute) => Some(
            attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)?
                .into_owned(),
        ),
        None => None,
    })
}
