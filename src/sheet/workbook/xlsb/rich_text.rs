//! A text whose parts may have fonts of their own.

use super::records::Fields;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::styles::Styles;

/// In the flags of a text.
const HAS_RUNS: u8 = 1;

/// Appends the text, without how it is pronounced. Answers whether all of it is struck through; `None` where the font of
/// the cell says that.
pub(super) fn read(fields: &mut Fields<'_>, styles: &Styles, text: &mut String) -> Result<Option<bool>, WorkbookError> {
    let flags = fields.u8()?;
    let start = text.len();
    fields.text(text)?;
    if flags & HAS_RUNS == 0 {
        return Ok(None);
    }
    let length = text[start..].encode_utf16().count();
    let mut is_struck = None;
    for _ in 0..fields.u32()? {
        let (begin, font) = (fields.u16()?, fields.u16()?);
        let is_inside = usize::from(begin) < length;
        is_struck = match is_struck {
            // What is before the first run has the font of the cell.
            None if begin > 0 => return Ok(None),
            None => Some(styles.is_font_struck(font)),
            Some(so_far) => Some(so_far && (!is_inside || styles.is_font_struck(font))),
        };
    }
    Ok(is_struck)
}
