//! An `.xlsx` workbook, from its bytes to its rows.

use std::io::{Read, Seek};

use calamine::{DataRef, Reader, Xlsx};

use super::hidden_rows::hidden_rows;
use crate::sheet::row::CellKind;
use crate::sheet::visitor::{Visit, Visitor};
use crate::sheet::workbook::calamine_sheets::worksheets;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::reader_panics::catching_panics;
use crate::sheet::workbook::row_builder::RowBuilder;

pub(in crate::sheet) fn read<R: Read + Seek>(mut file: R, visitor: &mut dyn Visitor) -> Result<(), WorkbookError> {
    let mut hidden = hidden_rows(&mut file);
    let mut workbook = catching_panics(|| Xlsx::new(file))?;
    for sheet in worksheets(&workbook) {
        let Some(mut rows) = RowBuilder::begin(&sheet.name, sheet.is_hidden, visitor) else {
            continue;
        };
        for number in hidden.remove(&*sheet.name).unwrap_or_default() {
            rows.hide(number);
        }
        let mut cells = catching_panics(|| workbook.worksheet_cells_reader(&sheet.name))?;
        while let Some(cell) = catching_panics(|| cells.next_cell_with_formula_metadata())? {
            let put = if cell.value == DataRef::Empty && cell.formula.is_some() {
                rows.put(cell.pos, CellKind::Uncomputed, "")
            } else {
                rows.put_value(cell.pos, &cell.value)
            };
            if put == Visit::Skip {
                break;
            }
        }
        rows.finish()?;
    }
    Ok(())
}
