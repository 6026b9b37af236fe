//! The part with the texts that cells refer to by number.

use quick_xml::events::Event;

use super::rich_text;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::package::XmlPart;
use crate::sheet::workbook::shared_texts::SharedTexts;

pub(super) fn read(mut part: XmlPart<'_>) -> Result<SharedTexts, WorkbookError> {
    let mut strings = SharedTexts::default();
    loop {
        match part.next()? {
            Event::Start(element) if element.local_name().as_ref() == "si" => {
                strings.add(|text| rich_text::read(&mut part, text))?;
            }
            Event::Empty(element) if element.local_name().as_ref() == "si" => strings.add(|_| Ok(None))?,
            Event::Eof => return Ok(strings),
            _ => {}
        }
    }
}
