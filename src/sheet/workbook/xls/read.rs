//! An `.xls` workbook, from its bytes to its rows.

use std::io::{Read, Seek};

use super::compound::workbook_stream;
use super::globals::{BoundSheet, Globals};
use super::layout::{Layout, Unreadable};
use super::worksheet;
use crate::sheet::named_encoding::NamedEncoding;
use crate::sheet::visitor::Visitor;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::row_builder::RowBuilder;

/// Worksheets may share records; this many are looked at.
const MOST_RECORDS: usize = 64 << 20;

/// Gives the rows of every worksheet. Texts of Excel 5 and 95 without a code page are in `encoding`, or Windows-1252.
pub(in crate::sheet) fn read<R: Read + Seek>(
    file: R,
    encoding: Option<NamedEncoding>,
    visitor: &mut dyn Visitor,
) -> Result<(), WorkbookError> {
    let stream = workbook_stream(file)?;
    let globals = Globals::read(&stream, encoding)?;
    if globals.sheets.is_empty() {
        return Err(WorkbookError::Broken("it does not name its worksheets".to_owned()));
    }
    let mut left = MOST_RECORDS;
    for sheet in &globals.sheets {
        if let Some(reason) = no_table(sheet) {
            visitor.sheet_skipped(&sheet.name, reason);
            continue;
        }
        let layout = match Layout::read(&stream, sheet.start, &mut left) {
            Ok(layout) => layout,
            Err(Unreadable::TooMany) => return Err(WorkbookError::TooWide),
            Err(Unreadable::CutOff) => return Err(WorkbookError::Broken("it is cut off".to_owned())),
            Err(Unreadable::Missing) => {
                visitor.sheet_skipped(&sheet.name, "it is damaged: it is not where the workbook says");
                continue;
            }
            Err(Unreadable::Misplaced) => {
                visitor.sheet_skipped(&sheet.name, "it is damaged: a cell in it does not say where it is");
                continue;
            }
        };
        if let Some(mut rows) = RowBuilder::begin(&sheet.name, sheet.is_hidden, visitor) {
            if let Some(doubt) = globals.doubt {
                rows.doubt_encoding(doubt);
            }
            worksheet::read(&stream, &globals, layout, &mut rows);
            rows.finish()?;
        }
    }
    Ok(())
}

/// Why a sheet has no table, unless it is a worksheet.
fn no_table(sheet: &BoundSheet) -> Option<&'static str> {
    match sheet.kind {
        0 => None,
        1 => Some("it is a sheet of Excel 4 macros"),
        2 => Some("it is a chart"),
        6 => Some("it is a module of Visual Basic"),
        _ => Some("it is a sheet of a kind that is not known"),
    }
}
