//! Which cells of a worksheet were merged, which it says behind its rows.

use std::io::Read;

use super::records::Records;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::merged::{Area, Merged};

const MERGED: u16 = 176;

pub(super) fn merged_cells(part: impl Read) -> Result<Merged, WorkbookError> {
    let mut records = Records::new(part);
    let mut merged = Merged::default();
    while let Some(kind) = records.next_kind()? {
        if kind == MERGED {
            let mut fields = records.fields()?;
            let mut ends = || Ok::<_, WorkbookError>((fields.u32()?, fields.u32()?));
            let (rows, columns) = (ends()?, ends()?);
            merged.add(Area::of(rows, columns))?;
        }
    }
    Ok(merged)
}
