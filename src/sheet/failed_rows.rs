//! The sheet of the rows that need attention: the input's own columns, and what became of each row.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rust_xlsxwriter::{Format as CellFormat, Workbook, XlsxError};
use tempfile::NamedTempFile;

use super::error::SheetError;
use super::row::Row;
use super::source::{Format, Source};
use super::visitor::{Visit, Visitor};
use crate::text::{escape_formula, header_key};

/// What is written next to a row that needs attention.
#[derive(Debug, Clone)]
pub struct FailedRow {
    /// For the column `reseat_status`.
    pub status: String,
    /// For the column `reseat_message`.
    pub message: String,
}

/// The rows to write, by worksheet (empty for a CSV) and row number.
pub type FailedRows = HashMap<(Arc<str>, u32), FailedRow>;

const STATUS: &str = "reseat_status";
const MESSAGE: &str = "reseat_message";

impl Source {
    /// Where the rows that need attention go: `<stem>.failed.csv` beside the sheet, or
    /// `<stem>.failed.xlsx` for a workbook.
    pub fn failed_rows_path(&self) -> PathBuf {
        let extension = if self.is_workbook() {
            "failed.xlsx"
        } else {
            "failed.csv"
        };
        self.path().with_extension(extension)
    }
}

/// Writes the marked rows of `source` to `path`, in sheet order under the sheet's own header, with
/// `reseat_status` and `reseat_message` after the columns; a workbook where the source is one.
///
/// The file is private (mode 0600 on unix) and appears whole or not at all. Cells that a
/// spreadsheet program would run as a formula are defused. Columns that an earlier run added are
/// left out, so that a sheet of failed rows that is run again does not grow.
///
/// # Errors
///
/// When the source can no longer be read as it was, or the file cannot be written.
pub fn write_failed_rows(source: &Source, failed: &FailedRows, path: &Path) -> Result<(), SheetError> {
    let mut tables = Tables {
        failed,
        tables: Vec::new(),
    };
    source.read(&mut tables)?;
    let tables = tables.tables.into_iter().filter(|table| table.rows.len() > 1);
    let write_error = |reason: String| SheetError::Write {
        path: path.display().to_string(),
        reason,
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::Builder::new()
        .prefix(".reseat-")
        .tempfile_in(folder.unwrap_or(Path::new(".")))
        .map_err(|error| write_error(error.to_string()))?;
    match source.format() {
        Format::Text(format) => {
            let mark = format.encoding.mark > 0 || format.encoding.encoding != encoding_rs::UTF_8;
            write_csv(&mut file, tables, format.dialect.delimiter, mark)
                .map_err(|error| write_error(error.to_string()))?;
        }
        Format::Workbook(_) => write_workbook(&mut file, tables).map_err(|error| write_error(error.to_string()))?,
    }
    file.as_file()
        .sync_all()
        .map_err(|error| write_error(error.to_string()))?;
    file.persist(path)
        .map_err(|error| write_error(error.error.to_string()))?;
    Ok(())
}

/// One worksheet's header and marked rows.
struct Table {
    name: Arc<str>,
    /// The positions of the columns that an earlier run did not add; cells past the header count.
    ours: Vec<usize>,
    rows: Vec<(Vec<String>, FailedRow)>,
}

impl Table {
    fn push(&mut self, row: &Row, failed: FailedRow) {
        let own = row
            .cells()
            .enumerate()
            .filter(|(position, _)| !self.ours.contains(position));
        let cells = own.map(|(_, cell)| cell.text.to_owned()).collect();
        self.rows.push((cells, failed));
    }

    /// Rows of equal length, so that status and message are under their headers.
    fn into_rows(self) -> impl Iterator<Item = Vec<String>> {
        let width = self.rows.iter().map(|(cells, _)| cells.len()).max().unwrap_or(0);
        self.rows.into_iter().map(move |(mut cells, failed)| {
            cells.resize(width, String::new());
            cells.extend([failed.status, failed.message]);
            cells
        })
    }
}

struct Tables<'m> {
    failed: &'m FailedRows,
    tables: Vec<Table>,
}

impl Visitor for Tables<'_> {
    fn sheet(&mut self, sheet: &Arc<str>) -> Visit {
        self.tables.push(Table {
            name: sheet.clone(),
            ours: Vec::new(),
            rows: Vec::new(),
        });
        Visit::Rows
    }

    fn row(&mut self, row: &mut Row) -> Visit {
        let Some(table) = self.tables.last_mut() else {
            return Visit::Skip;
        };
        if table.rows.is_empty() {
            if !row.is_empty() {
                let names = [STATUS, MESSAGE].map(header_key);
                let ours = row
                    .cells()
                    .enumerate()
                    .filter(|(_, cell)| names.contains(&header_key(cell.text)));
                table.ours = ours.map(|(position, _)| position).collect();
                let header = FailedRow {
                    status: STATUS.into(),
                    message: MESSAGE.into(),
                };
                table.push(row, header);
            }
        } else if let Some(failed) = self.failed.get(&(table.name.clone(), row.number())) {
            table.push(row, failed.clone());
        }
        Visit::Rows
    }
}

fn write_csv(
    file: &mut NamedTempFile,
    tables: impl Iterator<Item = Table>,
    delimiter: u8,
    byte_order_mark: bool,
) -> Result<(), csv::Error> {
    if byte_order_mark {
        file.write_all("\u{feff}".as_bytes())?;
    }
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(file);
    for cells in tables.flat_map(Table::into_rows) {
        let cells: Vec<Cow<'_, str>> = cells.iter().map(|cell| escape_formula(cell)).collect();
        writer.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
    }
    writer.flush()?;
    Ok(())
}

/// Every cell is written as text, which no spreadsheet program runs.
fn write_workbook(file: &mut NamedTempFile, tables: impl Iterator<Item = Table>) -> Result<(), XlsxError> {
    let mut workbook = Workbook::new();
    let bold = CellFormat::new().set_bold();
    for table in tables {
        let sheet = workbook.add_worksheet();
        // Names that only other programs allow give way to the writer's own.
        let _ = sheet.set_name(table.name.as_ref());
        sheet.set_freeze_panes(1, 0)?;
        for (row, cells) in (0..).zip(table.into_rows()) {
            for (column, cell) in (0..).zip(&cells).filter(|(_, cell)| !cell.is_empty()) {
                if row == 0 {
                    sheet.write_string_with_format(row, column, cell, &bold)?;
                } else {
                    sheet.write_string(row, column, cell)?;
                }
            }
        }
        sheet.autofit();
    }
    if workbook.worksheets().is_empty() {
        workbook.add_worksheet();
    }
    workbook.save_to_writer(file)
}
