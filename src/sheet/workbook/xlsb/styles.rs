//! How cells are shown: which numbers are dates, and what is struck through.

use std::collections::HashMap;
use std::io::Read;

use super::records::Records;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::number_format::NumberFormat;

const FONT: u16 = 43;
const FORMAT: u16 = 44;
const CELL_FORMAT: u16 = 47;
const BEGIN_CELL_FORMATS: u16 = 617;
const END_CELL_FORMATS: u16 = 618;

/// In the flags of a font.
const IS_STRUCK: u16 = 1 << 3;

/// How a cell is shown.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CellFormat {
    pub(super) number: NumberFormat,
    /// Whether its text is struck through.
    pub(super) is_struck: bool,
}

/// The cell formats of a workbook.
#[derive(Debug, Default)]
pub(super) struct Styles {
    formats: Vec<CellFormat>,
    struck_fonts: Vec<bool>,
}

impl Styles {
    pub(super) fn read(part: impl Read) -> Result<Self, WorkbookError> {
        let mut records = Records::new(part);
        let mut styles = Self::default();
        let mut numbers: HashMap<u16, NumberFormat> = HashMap::new();
        let mut is_of_cells = false;
        let mut code = String::new();
        while let Some(kind) = records.next_kind()? {
            match kind {
                FONT => {
                    let mut fields = records.fields()?;
                    fields.skip(2)?;
                    styles.struck_fonts.push(fields.u16()? & IS_STRUCK != 0);
                }
                FORMAT => {
                    let mut fields = records.fields()?;
                    let id = fields.u16()?;
                    code.clear();
                    fields.text(&mut code)?;
                    numbers.insert(id, NumberFormat::of_code(&code));
                }
                BEGIN_CELL_FORMATS => is_of_cells = true,
                END_CELL_FORMATS => is_of_cells = false,
                CELL_FORMAT if is_of_cells => {
                    let mut fields = records.fields()?;
                    fields.skip(2)?;
                    let (number, font) = (fields.u16()?, fields.u16()?);
                    styles.formats.push(CellFormat {
                        number: numbers
                            .get(&number)
                            .copied()
                            .unwrap_or_else(|| NumberFormat::built_in(number)),
                        is_struck: styles.is_font_struck(font),
                    });
                }
                _ => {}
            }
        }
        Ok(styles)
    }

    /// Whether the font of this number, from 0, strikes its letters through.
    pub(super) fn is_font_struck(&self, font: u16) -> bool {
        self.struck_fonts.get(usize::from(font)).copied().unwrap_or_default()
    }

    /// The cell format of this number, from 0; the plain one if there are not so many.
    pub(super) fn get(&self, index: u32) -> CellFormat {
        let index = usize::try_from(index).ok();
        index
            .and_then(|index| self.formats.get(index))
            .copied()
            .unwrap_or_default()
    }
}
