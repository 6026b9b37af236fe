//! The part that lists the worksheets.

use std::io::Read;

use super::records::Records;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::package::{Sheet, Sheets};

const WORKBOOK_PROPERTIES: u16 = 153;
const SHEET: u16 = 156;
const CALCULATION: u16 = 157;

/// What the workbook says of itself.
#[derive(Debug, Default)]
pub(super) struct WorkbookPart {
    pub(super) sheets: Sheets,
    /// Whether day 0 is in 1904, as in files of old Macintoshes, not in 1900.
    pub(super) is_1904: bool,
    /// Whether the program that wrote it asks for everything to be computed by the one that opens it: what is stored
    /// with a formula may be a mere filler.
    pub(super) is_to_be_computed: bool,
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
                    workbook.is_to_be_computed = fields.u16()? & 1 != 0;
                }
                SHEET => {
                    let mut fields = records.fields()?;
                    let state = fields.u32()?;
                    fields.skip(4)?;
                    // A module of macros has none.
                    let id = fields.optional_text()?;
                    let mut name = String::new();
                    fields.text(&mut name)?;
                    workbook.sheets.add(Sheet {
                        name: name.into(),
                        is_hidden: state != 0,
                        id,
                    })?;
                }
                _ => {}
            }
        }
        Ok(workbook)
    }
}
