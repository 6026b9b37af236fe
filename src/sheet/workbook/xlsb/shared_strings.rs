//! The part with the texts that cells refer to by number.

use std::io::Read;

use super::records::Records;
use super::rich_text;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::shared_texts::SharedTexts;
use crate::sheet::workbook::styles::Styles;

const STRING: u16 = 19;

pub(super) fn read(part: impl Read, styles: &Styles) -> Result<SharedTexts, WorkbookError> {
    let mut records = Records::new(part);
    let mut strings = SharedTexts::default();
    while let Some(kind) = records.next_kind()? {
        if kind == STRING {
            let mut fields = records.fields()?;
            strings.add(|text| rich_text::read(&mut fields, styles, text))?;
        }
    }
    Ok(strings)
}
