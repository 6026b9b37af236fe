//! The sheet of the rows that need attention: the input's own columns, and what became of each row.
//!
//! Its last column marks each row: the key of the row that it came from, so that what was begun for that counts when the
//! corrected row is run; a digest of the sheet as it was written, so that nobody's corrections are overwritten; and the
//! file name of the sheet that it came from. The marks are in the sheet itself, so they go where it goes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use rust_xlsxwriter::{Format as CellFormat, Workbook, XlsxError};
use tempfile::NamedTempFile;

use super::marks::{MARK, Mark, read_marks};
use crate::model::RowKey;
use crate::sheet::error::SheetError;
use crate::sheet::recognise::Format;
use crate::sheet::row::Row;
use crate::sheet::source::Source;
use crate::sheet::visitor::{Visit, Visitor};
use crate::text::{escape_formula, header_key};

/// What is written next to a row that needs attention.
#[derive(Debug, Clone)]
pub struct FailedRow {
    /// For the column `reseat_status`.
    pub status: String,
    /// For the column `reseat_message`.
    pub message: String,
    /// What the row is known by in the results of the sheet that it came from, for the column `reseat_key`.
    pub key: RowKey,
}

/// The rows to write, by worksheet (empty for a CSV) and row number.
pub type FailedRows = HashMap<(Arc<str>, u32), FailedRow>;

/// What to write in a sheet of failed rows.
#[derive(Debug)]
pub struct FailedSheet<'a> {
    /// The rows.
    pub rows: &'a FailedRows,
    /// The number of the header row of each worksheet that was read.
    pub headers: &'a HashMap<Arc<str>, u32>,
    /// The column of each worksheet whose cells are left out, because they are secrets.
    pub secrets: &'a HashMap<Arc<str>, usize>,
    /// The file name of the sheet that the rows came from in the first place.
    pub of: &'a str,
}

/// Stands where a secret was left out of a sheet of failed rows. It is no value: a row must not run without what was in
/// its cell.
pub const LEFT_OUT: &str = "<left out>";

const STATUS: &str = "reseat_status";
const MESSAGE: &str = "reseat_message";

/// Writes the marked rows of `source` to `path`, in sheet order under the sheet's own header, with
/// `reseat_status`, `reseat_message` and `reseat_key` after the columns; a workbook where the source is one. Returns how
/// many secrets were left out.
///
/// The file is private (mode 0600 on unix) and appears whole or not at all. Cells that a
/// spreadsheet program would run as a formula are defused. Columns that an earlier run added are
/// left out, so that a sheet of failed rows that is run again does not grow.
///
/// # Errors
///
/// When the source can no longer be read as it was, or the file cannot be written.
pub fn write_failed_rows(source: &Source, failed: &FailedSheet<'_>, path: &Path) -> Result<usize, SheetError> {
    let mut collector = Collector {
        failed,
        header: 0,
        tables: Vec::new(),
        left_out: 0,
    };
    source.read(&mut collector)?;
    let Collector {
        mut tables, left_out, ..
    } = collector;
    tables.retain(|table| table.rows.len() > 1);
    // What the marks vouch for is the sheet as it is read back, so it is written, read, and written with them.
    let draft = write(source, &tables, failed.of, "", path)?;
    let digest = match read_marks(&Source::open(draft.path())?)? {
        Some(marks) => marks.digest,
        None => String::new(),
    };
    drop(draft);
    let file = write(source, &tables, failed.of, &digest, path)?;
    let write_error = |reason: std::io::Error| SheetError::Write {
        path: path.display().to_string(),
        reason: reason.to_string(),
    };
    file.as_file().sync_all().map_err(write_error)?;
    file.persist(path).map_err(|error| write_error(error.error))?;
    Ok(left_out)
}

/// The sheet in a temporary file beside where it will be.
fn write(source: &Source, tables: &[Table], of: &str, digest: &str, path: &Path) -> Result<NamedTempFile, SheetError> {
    let write_error = |reason: String| SheetError::Write {
        path: path.display().to_string(),
        reason,
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::Builder::new()
        .prefix(".reseat-")
        .tempfile_in(folder.unwrap_or(Path::new(".")))
        .map_err(|error| write_error(error.to_string()))?;
    let tables = tables.iter().map(|table| (table, table.rows(of, digest)));
    match source.format() {
        Format::Text(format) => {
            let mark = format.reading.mark > 0 || format.reading.encoding != encoding_rs::UTF_8;
            write_csv(&mut file, tables, format.dialect.delimiter, mark)
                .map_err(|error| write_error(error.to_string()))?;
        }
        Format::Workbook(_) => write_workbook(&mut file, tables).map_err(|error| write_error(error.to_string()))?,
    }
    Ok(file)
}

/// One worksheet's header and marked rows.
struct Table {
    name: Arc<str>,
    /// The positions of the columns that an earlier run added.
    ours: Vec<usize>,
    /// The position of the column that holds secrets.
    secret: Option<usize>,
    rows: Vec<(Vec<String>, Option<FailedRow>)>,
}

impl Table {
    /// Adds a row, or the header; returns how many secrets were left out.
    fn push(&mut self, row: &Row, failed: Option<FailedRow>) -> usize {
        let mut left_out = 0;
        let own = row
            .cells()
            .enumerate()
            .filter(|(position, _)| !self.ours.contains(position));
        let cells = own.map(|(position, cell)| {
            if failed.is_some() && self.secret == Some(position) && !cell.text.trim().is_empty() {
                left_out += 1;
                LEFT_OUT.to_owned()
            } else {
                cell.text.to_owned()
            }
        });
        let cells = cells.collect();
        self.rows.push((cells, failed));
        left_out
    }

    /// Rows of equal length, so that what is added is under its headers.
    fn rows<'t>(&'t self, of: &'t str, digest: &'t str) -> impl Iterator<Item = Vec<String>> + 't {
        let width = self.rows.iter().map(|(cells, _)| cells.len()).max().unwrap_or(0);
        self.rows.iter().map(move |(cells, failed)| {
            let mut cells = cells.clone();
            cells.resize(width, String::new());
            match failed {
                None => cells.extend([STATUS, MESSAGE, MARK].map(str::to_owned)),
                Some(FailedRow { status, message, key }) => {
                    let mark = Mark {
                        key: *key,
                        digest: digest.to_owned(),
                        of: of.to_owned(),
                    };
                    cells.extend([status.clone(), message.clone(), mark.to_string()]);
                }
            }
            cells
        })
    }
}

struct Collector<'m> {
    failed: &'m FailedSheet<'m>,
    /// The number of the header row of the worksheet.
    header: u32,
    tables: Vec<Table>,
    left_out: usize,
}

impl Visitor for Collector<'_> {
    fn sheet(&mut self, sheet: &Arc<str>) -> Visit {
        let Some(header) = self.failed.headers.get(sheet) else {
            return Visit::Skip;
        };
        self.header = *header;
        self.tables.push(Table {
            name: sheet.clone(),
            ours: Vec::new(),
            secret: self.failed.secrets.get(sheet).copied(),
            rows: Vec::new(),
        });
        Visit::Rows
    }

    fn row(&mut self, row: &mut Row) -> Visit {
        let Some(table) = self.tables.last_mut() else {
            return Visit::Skip;
        };
        if table.rows.is_empty() {
            // What stands above the header is no row.
            if row.number() == self.header {
                let names = [STATUS, MESSAGE, MARK].map(header_key);
                let ours = row
                    .cells()
                    .enumerate()
                    .filter(|(_, cell)| names.contains(&header_key(cell.text)));
                table.ours = ours.map(|(position, _)| position).collect();
                table.push(row, None);
            }
        } else if let Some(failed) = self.failed.rows.get(&(table.name.clone(), row.number())) {
            self.left_out += table.push(row, Some(failed.clone()));
        }
        Visit::Rows
    }
}

fn write_csv<'t>(
    file: &mut NamedTempFile,
    tables: impl Iterator<Item = (&'t Table, impl Iterator<Item = Vec<String>>)>,
    delimiter: u8,
    byte_order_mark: bool,
) -> Result<(), csv::Error> {
    if byte_order_mark {
        file.write_all("\u{feff}".as_bytes())?;
    }
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(file);
    for cells in tables.flat_map(|(_, rows)| rows) {
        let cells: Vec<Cow<'_, str>> = cells.iter().map(|cell| escape_formula(cell)).collect();
        writer.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
    }
    writer.flush()?;
    Ok(())
}

/// Every cell is written as text, which no spreadsheet program runs.
fn write_workbook<'t>(
    file: &mut NamedTempFile,
    tables: impl Iterator<Item = (&'t Table, impl Iterator<Item = Vec<String>>)>,
) -> Result<(), XlsxError> {
    let mut workbook = Workbook::new();
    let bold = CellFormat::new().set_bold();
    for (table, rows) in tables {
        let sheet = workbook.add_worksheet();
        // Names that only other programs allow give way to the writer's own.
        let _ = sheet.set_name(table.name.as_ref());
        sheet.set_freeze_panes(1, 0)?;
        for (row, cells) in (0..).zip(rows) {
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
