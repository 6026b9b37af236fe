//! The part with the texts that cells refer to by number.

use memchr::memchr3;
use quick_xml::events::Event;

use super::escapes::unescape;
use super::rich_text;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::package::XmlPart;
use crate::sheet::workbook::shared_texts::SharedTexts;

pub(super) fn read(mut part: XmlPart<'_>) -> Result<SharedTexts, WorkbookError> {
    let mut strings = SharedTexts::default();
    loop {
        match part.next()? {
            Event::Start(element) if element.local_name().as_ref() == "sst" => {}
            Event::Start(element) if element.local_name().as_ref() == "si" => {
                strings.add(|text| rich_text::read(&mut part, text))?;
            }
            Event::Empty(element) if element.local_name().as_ref() == "si" => strings.add(|_| Ok(None))?,
            Event::Eof => return Ok(strings),
            _ => continue,
        }
        add_usual(&mut part, &mut strings)?;
    }
}

/// Adds the next texts that are written as most programs write them, without taking each of their elements apart.
fn add_usual(part: &mut XmlPart<'_>, strings: &mut SharedTexts) -> Result<(), WorkbookError> {
    let xml = part.buffered()?;
    let mut rest = xml;
    while let Some((found, after)) = usual(rest) {
        strings.add(|text| {
            let start = text.len();
            text.push_str(found);
            unescape(text, start);
            Ok(None)
        })?;
        rest = after;
    }
    let taken = xml.len() - rest.len();
    part.leave_out(taken);
    Ok(())
}

/// The text that stands at the beginning as `<si><t>Ann</t></si>`, and what comes after it; `None` if it is written
/// otherwise, or not all of it is there.
fn usual(xml: &[u8]) -> Option<(&str, &[u8])> {
    let text = xml.trim_ascii_start().strip_prefix(b"<si><t")?;
    let text = text
        .strip_prefix(b">")
        .or_else(|| text.strip_prefix(b" xml:space=\"preserve\">"))?;
    let length = memchr3(b'<', b'&', b'\r', text)?;
    let after = text[length..].strip_prefix(b"</t></si>")?;
    Some((str::from_utf8(&text[..length]).ok()?, after))
}
