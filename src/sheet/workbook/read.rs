//! A workbook, from its bytes to its rows.

use std::io::{Read, Seek};

use super::error::WorkbookError;
use super::{ods, xls, xlsb, xlsx};
use crate::sheet::visitor::Visitor;

/// The formats of workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) enum WorkbookFormat {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

/// Gives every row that is not empty, worksheet by worksheet (hidden ones too), to `visitor`.
pub(in crate::sheet) fn read<R: Read + Seek>(
    file: R,
    format: WorkbookFormat,
    visitor: &mut dyn Visitor,
) -> Result<(), WorkbookError> {
    match format {
        WorkbookFormat::Xlsx => xlsx::read(file, visitor),
        WorkbookFormat::Xlsb => xlsb::read(file, visitor),
        WorkbookFormat::Ods => ods::read(file, visitor),
        WorkbookFormat::Xls => xls::read(file, visitor),
    }
}
