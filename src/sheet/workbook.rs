//! A workbook, from its bytes to its rows.

use std::io::{Read, Seek};
use std::sync::Arc;

use calamine::{
    Data, DataRef, Ods, OdsError, Range, Reader, SheetType, Xls, XlsError, Xlsb, XlsbError, Xlsx, XlsxError,
};

use super::guard::guarded;
use super::number::{write_date, write_number};
use super::row::{CellKind, Row};
use super::source::{Visit, Visitor};

/// The formats of workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WorkbookFormat {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

/// Why a workbook cannot be read.
#[derive(Debug)]
pub(super) enum WorkbookFault {
    Encrypted,
    Broken(String),
}

/// No spreadsheet program has more.
const MOST_ROWS: u32 = 1 << 20;
const MOST_COLUMNS: u32 = 1 << 14;

/// Gives every row that is not empty, worksheet by worksheet (hidden ones too), to `visitor`.
pub(super) fn read<R: Read + Seek>(
    file: R,
    format: WorkbookFormat,
    visitor: &mut dyn Visitor,
) -> Result<(), WorkbookFault> {
    match format {
        WorkbookFormat::Xlsx => read_xlsx(file, visitor),
        WorkbookFormat::Xlsb => read_xlsb(file, visitor),
        WorkbookFormat::Ods => read_ranges(guarded(|| Ods::new(file))?, visitor),
        WorkbookFormat::Xls => read_xls(file, visitor),
    }
}

/// An encrypted `.xlsx` is wrapped like an `.xls`; only the reader of the former knows it.
fn read_xls<R: Read + Seek>(mut file: R, visitor: &mut dyn Visitor) -> Result<(), WorkbookFault> {
    if let Err(WorkbookFault::Encrypted) = guarded(|| Xlsx::new(&mut file)) {
        return Err(WorkbookFault::Encrypted);
    }
    file.rewind()
        .map_err(|fault| WorkbookFault::Broken(fault.to_string()))?;
    read_ranges(guarded(|| Xls::new(file))?, visitor)
}

fn worksheets<R: Read + Seek>(workbook: &impl Reader<R>) -> Vec<Arc<str>> {
    let sheets = workbook.sheets_metadata().iter();
    sheets
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.as_str().into())
        .collect()
}

fn read_xlsx<R: Read + Seek>(file: R, visitor: &mut dyn Visitor) -> Result<(), WorkbookFault> {
    let mut workbook = guarded(|| Xlsx::new(file))?;
    for sheet in worksheets(&workbook) {
        if visitor.sheet(&sheet) == Visit::Skip {
            continue;
        }
        let mut rows = RowBuilder::new(visitor);
        let mut cells = guarded(|| workbook.worksheet_cells_reader(&sheet))?;
        while let Some(cell) = guarded(|| cells.next_cell_with_formula_metadata())? {
            let put = if cell.value == DataRef::Empty && cell.formula.is_some() {
                rows.put(cell.pos, CellKind::Uncomputed, "")
            } else {
                rows.put_value(cell.pos, &cell.value)
            };
            if put == Visit::Skip {
                break;
            }
        }
        rows.finish();
    }
    Ok(())
}

fn read_xlsb<R: Read + Seek>(file: R, visitor: &mut dyn Visitor) -> Result<(), WorkbookFault> {
    let mut workbook = guarded(|| Xlsb::new(file))?;
    for sheet in worksheets(&workbook) {
        if visitor.sheet(&sheet) == Visit::Skip {
            continue;
        }
        let mut rows = RowBuilder::new(visitor);
        let mut cells = guarded(|| workbook.worksheet_cells_reader(&sheet))?;
        while let Some(cell) = guarded(|| cells.next_cell())? {
            if rows.put_value(cell.get_position(), cell.get_value()) == Visit::Skip {
                break;
            }
        }
        rows.finish();
    }
    Ok(())
}

/// The older formats come as whole tables.
fn read_ranges<R, W>(mut workbook: W, visitor: &mut dyn Visitor) -> Result<(), WorkbookFault>
where
    R: Read + Seek,
    W: Reader<R>,
    W::Error: Into<WorkbookFault>,
{
    for sheet in worksheets(&workbook) {
        if visitor.sheet(&sheet) == Visit::Skip {
            continue;
        }
        let range: Range<Data> = guarded(|| workbook.worksheet_range(&sheet))?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        let mut rows = RowBuilder::new(visitor);
        'sheet: for (row, cells) in (first_row..).zip(range.rows()) {
            for (column, value) in (first_column..).zip(cells) {
                if rows.put_value((row, column), &borrowed(value)) == Visit::Skip {
                    break 'sheet;
                }
            }
        }
        rows.finish();
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

/// Gathers cells into rows and gives each whole row to the visitor.
struct RowBuilder<'v> {
    visitor: &'v mut dyn Visitor,
    row: Row,
    /// A number or date as text, in a buffer that is reused.
    written: String,
    visit: Visit,
}

impl<'v> RowBuilder<'v> {
    fn new(visitor: &'v mut dyn Visitor) -> Self {
        Self {
            visitor,
            row: Row::default(),
            written: String::new(),
            visit: Visit::Rows,
        }
    }

    fn put_value(&mut self, position: (u32, u32), value: &DataRef<'_>) -> Visit {
        let mut written = std::mem::take(&mut self.written);
        written.clear();
        let (kind, text) = match value {
            DataRef::Empty => (None, ""),
            DataRef::SharedString(text) => (Some(CellKind::Text), *text),
            DataRef::String(text) => (Some(CellKind::Text), text.as_str()),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => (Some(CellKind::Date), text.as_str()),
            DataRef::Bool(true) => (Some(CellKind::Bool), "TRUE"),
            DataRef::Bool(false) => (Some(CellKind::Bool), "FALSE"),
            DataRef::Int(value) => {
                written.push_str(&value.to_string());
                (Some(CellKind::Number), written.as_str())
            }
            DataRef::Float(value) => {
                write_number(*value, &mut written);
                (Some(CellKind::Number), written.as_str())
            }
            DataRef::DateTime(date) => {
                write_date(date, &mut written);
                (Some(CellKind::Date), written.as_str())
            }
            DataRef::Error(error) => {
                written.push_str(&error.to_string());
                (Some(CellKind::Error), written.as_str())
            }
        };
        if let Some(kind) = kind {
            self.put(position, kind, text);
        }
        self.written = written;
        self.visit
    }

    fn put(&mut self, (row, column): (u32, u32), kind: CellKind, text: &str) -> Visit {
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return self.visit;
        }
        if row + 1 != self.row.number() {
            self.emit();
            self.row.start(row + 1);
        }
        if self.visit == Visit::Rows {
            self.row.put(column as usize, kind, text);
        }
        self.visit
    }

    fn emit(&mut self) {
        if !self.row.is_empty() && self.visit == Visit::Rows {
            self.visit = self.visitor.row(&mut self.row);
        }
    }

    fn finish(mut self) {
        self.emit();
    }
}

macro_rules! fault_from {
    ($($error:ident),*) => {
        $(impl From<$error> for WorkbookFault {
            fn from(error: $error) -> Self {
                match error {
                    $error::Password => Self::Encrypted,
                    other => Self::Broken(other.to_string()),
                }
            }
        })*
    };
}

fault_from!(XlsxError, XlsbError, XlsError, OdsError);
