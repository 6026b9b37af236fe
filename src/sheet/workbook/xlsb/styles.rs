//! How cells are shown: which numbers are dates, and what is struck through.

use std::io::Read;

use super::records::Records;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::styles::{StyleParts, Styles, WrittenStyles};

const FONT: u16 = 43;
const FORMAT: u16 = 44;
const CELL_FORMAT: u16 = 47;
const BEGIN_CELL_FORMATS: u16 = 617;
const END_CELL_FORMATS: u16 = 618;

/// In the flags of a font.
const IS_STRUCK: u16 = 1 << 3;

pub(super) fn read(part: impl Read) -> Result<Styles, WorkbookError> {
    let mut records = Records::new(part);
    let mut written = WrittenStyles::default();
    let mut is_of_cells = false;
    let mut code = String::new();
    while let Some(kind) = records.next_kind()? {
        match kind {
            FONT => {
                let mut fields = records.fields()?;
                fields.skip(2)?;
                written.add_font(fields.u16()? & IS_STRUCK != 0)?;
            }
            FORMAT => {
                let mut fields = records.fields()?;
                let number = fields.u16()?;
                code.clear();
                fields.text(&mut code)?;
                written.add_format(number, &code);
            }
            BEGIN_CELL_FORMATS => is_of_cells = true,
            END_CELL_FORMATS => is_of_cells = false,
            CELL_FORMAT if is_of_cells => {
                let mut fields = records.fields()?;
                fields.skip(2)?;
                written.add_style(StyleParts {
                    format: fields.u16()?,
                    font: fields.u16()?,
                    fill: None,
                })?;
            }
            _ => {}
        }
    }
    Ok(written.resolved())
}
