//! The worksheets of a workbook that calamine reads.

use std::io::{Read, Seek};
use std::sync::Arc;

use calamine::{Reader, SheetType, SheetVisible};

/// A worksheet, by the list of them.
pub(super) struct Worksheet {
    pub(super) name: Arc<str>,
    pub(super) is_hidden: bool,
}

/// The worksheets in order; sheets of other kinds have no table.
pub(super) fn worksheets<R: Read + Seek>(workbook: &impl Reader<R>) -> Vec<Worksheet> {
    let sheets = workbook.sheets_metadata().iter();
    sheets
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| Worksheet {
            name: sheet.name.as_str().into(),
            is_hidden: sheet.visible != SheetVisible::Visible,
        })
        .collect()
}
