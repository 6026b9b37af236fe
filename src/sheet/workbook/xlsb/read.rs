//! An `.xlsb` workbook, from its bytes to its rows.

use std::io::{Read, Seek};

use calamine::{Reader, Xlsb};

use crate::sheet::visitor::{Visit, Visitor};
use crate::sheet::workbook::calamine_sheets::worksheets;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::reader_panics::catching_panics;
use crate::sheet::workbook::row_builder::RowBuilder;

pub(in crate::sheet) fn read<R: Read + Seek>(file: R, visitor: &mut dyn Visitor) -> Result<(), WorkbookError> {
    let mut workbook = catching_panics(|| Xlsb::new(file))?;
    for sheet in worksheets(&workbook) {
        let Some(mut rows) = RowBuilder::begin(&sheet.name, sheet.is_hidden, visitor) else {
            continue;
        };
        let mut cells = catching_panics(|| workbook.worksheet_cells_reader(&sheet.name))?;
        while let Some(cell) = catching_panics(|| cells.next_cell())? {
            if rows.put_value(cell.get_position(), cell.get_value()) == Visit::Skip {
                break;
            }
        }
        rows.finish()?;
    }
    Ok(())
}
