//! What the styles of cells say about their values.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::rich_text;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::number_format::NumberFormat;
use crate::sheet::workbook::package::{XmlPart, attribute, cut_off};

/// Excel has 65,490 at most.
const MOST: usize = 1 << 20;

/// What the style of a cell says about its value.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Style {
    pub(super) format: NumberFormat,
    /// Whether its font is struck through.
    pub(super) is_struck: bool,
    /// The colour behind it, as `0xRRGGBB`, where it is one that does not depend on the workbook's theme.
    pub(super) fill: Option<u32>,
}

/// The styles of cells, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Styles(Vec<Style>);

/// The part as it is written: styles name formats and fonts, which may come after them.
#[derive(Default)]
struct Written {
    formats: HashMap<u16, NumberFormat>,
    struck_fonts: Vec<bool>,
    fills: Vec<Option<u32>>,
    styles: Vec<WrittenStyle>,
}

/// The numbers of what a style is made of.
struct WrittenStyle {
    format: u16,
    font: usize,
    fill: usize,
}

/// A member of a group.
enum Member {
    Font,
    Fill,
    Other,
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
                "numFmts" | "fonts" | "fills" | "cellXfs" => written.group(&mut part)?,
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
            let (is_whole, member) = match part.next()? {
                Event::Start(element) => (false, self.member(&element)?),
                Event::Empty(element) => (true, self.member(&element)?),
                Event::End(_) | Event::Eof => return Ok(()),
                _ => continue,
            };
            match member {
                Member::Font => self.struck_fonts.push(!is_whole && rich_text::is_struck(part)?),
                Member::Fill => self.fills.push(if is_whole { None } else { fill(part)? }),
                Member::Other if !is_whole => part.skip()?,
                Member::Other => {}
            }
            let most = [
                self.formats.len(),
                self.struck_fonts.len(),
                self.fills.len(),
                self.styles.len(),
            ];
            if most.into_iter().any(|length| length > MOST) {
                return Err(WorkbookError::Broken("it has more than a million styles".into()));
            }
        }
    }

    /// Takes a member of a group; of a font and a fill, the rest is still to come.
    fn member(&mut self, element: &BytesStart<'_>) -> Result<Member, WorkbookError> {
        let number = |name| -> Result<u16, WorkbookError> {
            Ok(attribute(element, name)?
                .and_then(|number| number.trim().parse().ok())
                .unwrap_or_default())
        };
        match element.local_name().as_ref() {
            "font" => return Ok(Member::Font),
            "fill" => return Ok(Member::Fill),
            "numFmt" => {
                let code = attribute(element, "formatCode")?.unwrap_or_default();
                self.formats.insert(number("numFmtId")?, NumberFormat::of_code(&code));
            }
            "xf" => self.styles.push(WrittenStyle {
                format: number("numFmtId")?,
                font: usize::from(number("fontId")?),
                fill: usize::from(number("fillId")?),
            }),
            _ => {}
        }
        Ok(Member::Other)
    }

    fn resolved(self) -> Styles {
        let style = |style: &WrittenStyle| Style {
            format: match self.formats.get(&style.format) {
                Some(format) => *format,
                None => NumberFormat::built_in(style.format),
            },
            is_struck: self.struck_fonts.get(style.font).copied().unwrap_or_default(),
            fill: self.fills.get(style.fill).copied().flatten(),
        };
        Styles(self.styles.iter().map(style).collect())
    }
}

/// The colour of the fill that has just begun, if it is a plain one.
fn fill(part: &mut XmlPart<'_>) -> Result<Option<u32>, WorkbookError> {
    let (mut is_solid, mut colour) = (false, None);
    let mut depth = 0_usize;
    loop {
        let event = part.next()?;
        match &event {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "patternFill" => is_solid = attribute(element, "patternType")?.as_deref() == Some("solid"),
                "fgColor" => {
                    // The first two digits say how much shines through, which spreadsheet programs ignore.
                    let rgb = attribute(element, "rgb")?;
                    colour = rgb.and_then(|rgb| Some(u32::from_str_radix(&rgb, 16).ok()? & 0x00ff_ffff));
                }
                _ => {}
            },
            Event::End(_) if depth == 0 => return Ok(colour.filter(|_| is_solid)),
            Event::Eof => return Err(cut_off()),
            _ => {}
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
}
