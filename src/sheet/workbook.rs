//! A workbook, from its bytes to its rows.

use std::io::{Read, Seek};
use std::sync::Arc;

use calamine::{Data, DataRef, Range, Reader, SheetType, SheetVisible, Xls, Xlsb, Xlsx};

use super::compound;
use super::hidden_rows::hidden_rows;
use super::ods;
use super::reader_panics::catching_panics;
use super::row::CellKind;
use super::row_builder::RowBuilder;
use super::visitor::{Visit, Visitor};
use super::workbook_error::WorkbookError;

/// The formats of workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WorkbookFormat {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

/// Gives every row that is not empty, worksheet by worksheet (hidden ones too), to `visitor`.
pub(super) fn read<R: Read + Seek>(
    file: R,
    format: WorkbookFormat,
    visitor: &mut dyn Visitor,
) -> Result<(), WorkbookError> {
    match format {
        WorkbookFormat::Xlsx => read_xlsx(file, visitor),
        WorkbookFormat::Xlsb => read_xlsb(file, visitor),
        WorkbookFormat::Ods => ods::read(file, visitor),
        WorkbookFormat::Xls => read_xls(file, visitor),
    }
}

/// The older format's reader holds all of the workbook in memory, however far apart its cells are.
fn read_xls<R: Read + Seek>(mut file: R, visitor: &mut dyn Visitor) -> Result<(), WorkbookError> {
    compound::check(&mut file)?;
    let mut workbook = catching_panics(|| Xls::new(file))?;
    for sheet in worksheets(&workbook) {
        if let Some(rows) = begin(&sheet, Vec::new, visitor) {
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

struct Worksheet {
    name: Arc<str>,
    is_hidden: bool,
}

fn worksheets<R: Read + Seek>(workbook: &impl Reader<R>) -> Vec<Worksheet> {
    let sheets = workbook.sheets_metadata().iter();
    sheets
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| Worksheet {
            name: sheet.name.as_str().into(),
            is_hidden: sheet.visible != SheetVisible::Visible,
        })
        .collect()
}

/// Tells the visitor of the worksheet; `None` if its rows are not wanted.
fn begin<'v>(
    sheet: &Worksheet,
    hidden_rows: impl FnOnce() -> Vec<u32>,
    visitor: &'v mut dyn Visitor,
) -> Option<RowBuilder<'v>> {
    if visitor.sheet(&sheet.name) == Visit::Skip {
        return None;
    }
    if sheet.is_hidden {
        visitor.sheet_is_hidden();
    }
    Some(RowBuilder::new(visitor, hidden_rows()))
}

fn read_xlsx<R: Read + Seek>(mut file: R, visitor: &mut dyn Visitor) -> Result<(), WorkbookError> {
    let mut hidden = hidden_rows(&mut file);
    let mut workbook = catching_panics(|| Xlsx::new(file))?;
    for sheet in worksheets(&workbook) {
        let hidden_rows = || hidden.remove(&*sheet.name).unwrap_or_default();
        let Some(mut rows) = begin(&sheet, hidden_rows, visitor) else {
            continue;
        };
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

fn read_xlsb<R: Read + Seek>(file: R, visitor: &mut dyn Visitor) -> Result<(), WorkbookError> {
    let mut workbook = catching_panics(|| Xlsb::new(file))?;
    for sheet in worksheets(&workbook) {
        let Some(mut rows) = begin(&sheet, Vec::new, visitor) else {
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
