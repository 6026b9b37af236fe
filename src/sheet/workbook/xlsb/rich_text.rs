//! A text whose parts may have fonts of their own.

use super::records::Fields;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::struck::Struck;
use crate::sheet::workbook::styles::Styles;

/// In the flags of a text.
const HAS_RUNS: u8 = 1;

/// Appends the text, without how it is pronounced. Answers how much of it is struck through; `None` where the font
/// of the cell says that.
pub(super) fn read(
    fields: &mut Fields<'_>,
    styles: &Styles,
    text: &mut String,
) -> Result<Option<Struck>, WorkbookError> {
    let flags = fields.u8()?;
    let start = text.len();
    fields.text(text)?;
    if flags & HAS_RUNS == 0 {
        return Ok(None);
    }
    let length = text[start..].encode_utf16().count();
    let mut struck = None;
    let mut is_first = true;
    for _ in 0..fields.u32()? {
        let (begin, font) = (fields.u16()?, fields.u16()?);
        if usize::from(begin) >= length {
            continue;
        }
        let run = Some(Struck::of(styles.is_font_struck(font)));
        // What is before the first run has the font of the cell.
        struck = if is_first && begin == 0 {
            run
        } else {
            Struck::both(struck, run)
        };
        is_first = false;
    }
    Ok(struck)
}
