//! An `.xls` workbook, from its bytes to its rows.

use std::io::{Read, Seek};

use calamine::{Data, DataRef, Range, Reader, Xls};

use super::compound;
use crate::sheet::named_encoding::NamedEncoding;
use crate::sheet::visitor::{Visit, Visitor};
use crate::sheet::workbook::calamine_sheets::worksheets;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::reader_panics::catching_panics;
use crate::sheet::workbook::row_builder::RowBuilder;

/// The older format's reader holds all of the workbook in memory, however far apart its cells are.
pub(in crate::sheet) fn read<R: Read + Seek>(
    mut file: R,
    _encoding: Option<NamedEncoding>,
    visitor: &mut dyn Visitor,
) -> Result<(), WorkbookError> {
    compound::check(&mut file)?;
    let mut workbook = catching_panics(|| Xls::new(file))?;
    for sheet in worksheets(&workbook) {
        if let Some(rows) = RowBuilder::begin(&sheet.name, sheet.is_hidden, visitor) {
            let range: Range<Data> = catching_panics(|| workbook.worksheet_range(&sheet.name))?;
            read_range(&range, rows)?;
        }
    }
    Ok(())
}

fn read_range(range: &Range<Data>, mut rows: RowBuilder<'_>) -> Result<(), WorkbookError> {
    let (first_row, first_column) = range.start().unwrap_or_default();
    'rows: for (row, cells) in (first_row..).zip(range.rows()) {
        for (column, value) in (first_column..).zip(cells) {
            if rows.put_value((row, column), &borrowed(value)) == Visit::Skip {
                break 'rows;
            }
        }
    }
    rows.finish()
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(value) => DataRef::Int(*value),
        Data::Float(value) => DataRef::Float(*value),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(value) => DataRef::Bool(*value),
        Data::DateTime(date) => DataRef::DateTime(*date),
        Data::DateTimeIso(text) | Data::DurationIso(text) => DataRef::SharedString(text),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}
