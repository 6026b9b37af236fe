//! What the styles of cells say about their values.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::rich_text;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::number_format::NumberFormat;
use crate::sheet::workbook::package::{XmlPart, attribute};

/// Excel has 65,490 at most.
const MOST: usize = 1 << 20;

/// What the style of a cell says about its value.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Style {
    pub(super) format: NumberFormat,
    /// Whether its font is struck through.
    pub(super) is_struck: bool,
}

/// The styles of cells, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Styles(Vec<Style>);

/// The part as it is written: styles name formats and fonts, which may come after them.
#[derive(Default)]
struct Written {
    formats: HashMap<u16, NumberFormat>,
    struck_fonts: Vec<bool>,
    /// The numbers of the format and the font.
    styles: Vec<(u16, usize)>,
}

impl Styles {
    pub(super) fn read(mut part: XmlPart<'_>) -> Result<Self, WorkbookError> {
        let mut written = Written::default();
        loop {
            let group = match part.next()? {
                Event::Start(element) => element.local_name().as_ref().to_owned(),
                Event::Eof => return Ok(written.resolved()),
                _ => continue,
            };
            match group.as_str() {
                "numFmts" | "fonts" | "cellXfs" => written.group(&mut part)?,
                "styleSheet" => {}
                _ => part.skip()?,
            }
        }
    }

    /// The style of this number.
    pub(super) fn get(&self, number: usize) -> Style {
        self.0.get(number).copied().unwrap_or_default()
    }
}

impl Written {
    /// Reads the group of formats, fonts or styles that has just begun.
    fn group(&mut self, part: &mut XmlPart<'_>) -> Result<(), WorkbookError> {
        loop {
            let (is_whole, is_font) = match part.next()? {
                Event::Start(element) => (false, self.member(&element)?),
                Event::Empty(element) => (true, self.member(&element)?),
                Event::End(_) | Event::Eof => return Ok(()),
                _ => continue,
            };
            let is_struck = match (is_whole, is_font) {
                (false, true) => rich_text::is_struck(part)?,
                (false, false) => {
                    part.skip()?;
                    false
                }
                (true, _) => false,
            };
            if is_font {
                self.struck_fonts.push(is_struck);
            }
            if self.formats.len().max(self.struck_fonts.len()).max(self.styles.len()) > MOST {
                return Err(WorkbookError::Broken("it has more than a million styles".into()));
            }
        }
    }

    /// Takes a member of a group; whether it is a font, of which the rest is still to come.
    fn member(&mut self, element: &BytesStart<'_>) -> Result<bool, WorkbookError> {
        let number = |name| -> Result<u16, WorkbookError> {
            Ok(attribute(element, name)?
                .and_then(|number| number.trim().parse().ok())
                .unwrap_or_default())
        };
        match element.local_name().as_ref() {
            "font" => return Ok(true),
            "numFmt" => {
                let code = attribute(element, "formatCode")?.unwrap_or_default();
                self.formats.insert(number("numFmtId")?, NumberFormat::of_code(&code));
            }
            "xf" => self.styles.push((number("numFmtId")?, usize::from(number("fontId")?))),
            _ => {}
        }
        Ok(false)
    }

    fn resolved(self) -> Styles {
        let style = |(format, font): &(u16, usize)| Style {
            format: match self.formats.get(format) {
                Some(format) => *format,
                None => NumberFormat::built_in(*format),
            },
            is_struck: self.struck_fonts.get(*font).copied().unwrap_or_default(),
        };
        Styles(self.styles.iter().map(style).collect())
    }
}
