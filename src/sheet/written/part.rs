//! The worksheets of a workbook that is only read.

use super::page::WrittenPage;
use super::table::WrittenTable;

/// A worksheet of a workbook that is only read.
#[derive(Debug)]
pub enum WrittenPart<'a> {
    /// Text.
    Page(WrittenPage<'a>),
    /// A table, which no run takes for a sheet.
    Table(WrittenTable<'a>),
}
