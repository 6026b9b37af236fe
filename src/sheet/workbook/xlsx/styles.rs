//! What the styles of cells say about their values.

use quick_xml::events::{BytesStart, Event};

use super::rich_text;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::package::{XmlPart, attribute, cut_off};
use crate::sheet::workbook::styles::{StyleParts, Styles, WrittenStyles};

/// A member of a group.
enum Member {
    Font,
    Fill,
    Other,
}

pub(super) fn read(mut part: XmlPart<'_>) -> Result<Styles, WorkbookError> {
    let mut written = WrittenStyles::default();
    loop {
        let group = match part.next()? {
            Event::Start(element) => element.local_name().as_ref().to_owned(),
            Event::Eof => return Ok(written.resolved()),
            _ => continue,
        };
        match group.as_str() {
            "numFmts" | "fonts" | "fills" | "cellXfs" => read_group(&mut part, &mut written)?,
            "styleSheet" => {}
            _ => part.skip()?,
        }
    }
}

/// Reads the group of formats, fonts, fills or styles that has just begun.
fn read_group(part: &mut XmlPart<'_>, written: &mut WrittenStyles) -> Result<(), WorkbookError> {
    loop {
        let (is_whole, member) = match part.next()? {
            Event::Start(element) => (false, member(&element, written)?),
            Event::Empty(element) => (true, member(&element, written)?),
            Event::End(_) | Event::Eof => return Ok(()),
            _ => continue,
        };
        match member {
            Member::Font => written.add_font(!is_whole && rich_text::is_struck(part)?)?,
            Member::Fill => written.add_fill(if is_whole { None } else { fill(part)? })?,
            Member::Other if !is_whole => part.skip()?,
            Member::Other => {}
        }
    }
}

/// Takes a member of a group; of a font and a fill, the rest is still to come.
fn member(element: &BytesStart<'_>, written: &mut WrittenStyles) -> Result<Member, WorkbookError> {
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
            written.add_format(number("numFmtId")?, &code);
        }
        "xf" => written.add_style(StyleParts {
            format: number("numFmtId")?,
            font: number("fontId")?,
            fill: Some(number("fillId")?),
        })?,
        _ => {}
    }
    Ok(Member::Other)
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
