//! A workbook, from its bytes to its rows.

use std::io::{Read, Seek};

use super::error::WorkbookError;
use super::{ods, xls, xlsb, xlsx};
use crate::sheet::named_encoding::NamedEncoding;
use crate::sheet::visitor::Visitor;

/// The formats of workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) enum WorkbookFormat {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

/// Gives every row that is not empty, worksheet by worksheet (hidden ones too), to `visitor`. `encoding` is that of a
/// workbook's text which does not say it itself.
pub(in crate::sheet) fn read<R: Read + Seek>(
    file: R,
    format: WorkbookFormat,
    encoding: Option<NamedEncoding>,
    visitor: &mut dyn Visitor,
) -> Result<(), WorkbookError> {
    match format {
        WorkbookFormat::Xlsx => xlsx::read(file, visitor),
        WorkbookFormat::Xlsb => xlsb::read(file, visitor),
        WorkbookFormat::Ods => ods::read(file, visitor),
        WorkbookFormat::Xls => xls::read(file, encoding, visitor),
    }
}
