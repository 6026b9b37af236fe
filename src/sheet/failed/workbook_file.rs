//! A sheet of failed rows as a workbook.

use std::io::{Seek, Write};

use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};

use super::table::{FailedCell, Table};
use super::workbook_cell::WorkbookCell;
use crate::sheet::workbook_text::write_text;
use crate::sheet::worksheet_names::WorksheetNames;

/// A column of dates has this width, in characters; the writer's own estimate cuts it to `####`.
const DATE_WIDTH: f64 = 20.0;
/// No column can be wider.
const MOST_WIDE: f64 = 255.0;

/// Writes the rows: dates as dates and numbers as numbers where they are read again as the same text, all else as text,
/// which no spreadsheet program runs.
pub(super) fn write_workbook(
    file: &mut (impl Write + Seek + Send),
    tables: &[Table],
    (of, digest): (&str, &str),
) -> Result<(), XlsxError> {
    let mut workbook = Workbook::new();
    let mut names = WorksheetNames::default();
    for table in tables {
        let sheet = workbook.add_worksheet();
        sheet.set_name(names.name(&table.name))?;
        sheet.set_freeze_panes(1, 0)?;
        let mut with_dates = Vec::new();
        for (row, cells) in (0..).zip(table.rows(of, digest)) {
            for (column, cell) in (0..).zip(&cells) {
                let is_date = write_cell(sheet, (row, column), cell)?;
                if is_date && !with_dates.contains(&column) {
                    with_dates.push(column);
                }
            }
        }
        sheet.autofit();
        for column in &with_dates {
            sheet.set_column_width(*column, DATE_WIDTH)?;
        }
        for (position, width) in table.widths() {
            let column = u16::try_from(position).unwrap_or(u16::MAX);
            if !with_dates.contains(&column) || width > DATE_WIDTH {
                sheet.set_column_width(column, width.min(MOST_WIDE))?;
            }
        }
    }
    if workbook.worksheets().is_empty() {
        workbook.add_worksheet();
    }
    workbook.save_to_writer(file)
}

/// Whether the cell shows a date.
fn write_cell(sheet: &mut Worksheet, (row, column): (u32, u16), cell: &FailedCell) -> Result<bool, XlsxError> {
    let written = WorkbookCell::from(cell);
    let is_date = matches!(written, WorkbookCell::Date(..));
    let mut format = match written {
        WorkbookCell::Date(_, format) => Format::new().set_num_format(format),
        WorkbookCell::Text(_) if row == 0 => Format::new().set_bold(),
        _ => Format::new(),
    };
    if let Some(colour) = cell.fill {
        format = format.set_background_color(Color::RGB(colour));
    }
    match written {
        WorkbookCell::Empty => {}
        WorkbookCell::Text(text) => {
            write_text(sheet, (row, column), text, Some(&format))?;
        }
        WorkbookCell::Number(number) => {
            sheet.write_number_with_format(row, column, number, &format)?;
        }
        WorkbookCell::Bool(value) => {
            sheet.write_boolean_with_format(row, column, value, &format)?;
        }
        WorkbookCell::Date(day, _) => {
            sheet.write_number_with_format(row, column, day, &format)?;
        }
    }
    Ok(is_date)
}
