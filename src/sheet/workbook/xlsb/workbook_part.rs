//! The part that lists the worksheets.

use std::io::Read;
use std::sync::Arc;

use super::records::Records;
use crate::sheet::workbook::error::WorkbookError;

const WORKBOOK_PROPERTIES: u16 = 153;
const SHEET: u16 = 156;
const CALCULATION: u16 = 157;

/// What the workbook says of itself.
#[derive(Debug, Default)]
pub(super) struct WorkbookPart {
    pub(super) sheets: Vec<Sheet>,
    /// Whether day 0 is in 1904, as in files of old Macintoshes, not in 1900.
    pub(super) is_1904: bool,
    /// Whether all formulas are to be computed when the workbook is opened, because nobody has done so.
    pub(super) computes_on_load: bool,
}

/// A sheet by the list of them; of which kind it is, its relationship says.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: Arc<str>,
    pub(super) is_hidden: bool,
    /// The id of the relationship that leads to its part; a module of macros has none.
    pub(super) relationship: Option<String>,
}

impl WorkbookPart {
    pub(super) fn read(part: impl Read) -> Result<Self, WorkbookError> {
        let mut records = Records::new(part);
        let mut workbook = Self::default();
        while let Some(kind) = records.next_kind()? {
            match kind {
                WORKBOOK_PROPERTIES => workbook.is_1904 = records.fields()?.u32()? & 1 != 0,
                CALCULATION => {
                    let mut fields = records.fields()?;
                    fields.skip(24)?;
                    workbook.computes_on_load = fields.u16()? & 1 != 0;
                }
                SHEET => {
                    let mut fields = records.fields()?;
                    let state = fields.u32()?;
                    fields.skip(4)?;
                    let relationship = fields.optional_text()?;
                    let mut name = String::new();
                    fields.text(&mut name)?;
                    workbook.sheets.push(Sheet {
                        name: name.into(),
                        is_hidden: state != 0,
                        relationship,
                    });
                }
                _ => {}
            }
        }
        Ok(workbook)
    }
}
