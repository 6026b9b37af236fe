//! Tables as a workbook: text cells only, so that every program shows and keeps what was written.

use std::borrow::Cow;
use std::io::{Seek, Write};

use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, Format, Workbook, Worksheet, XlsxError};

use super::table::{WrittenColumn, WrittenTable};
use crate::sheet::worksheet_names::WorksheetNames;
use crate::text::{escape_formula, unescape_formula};

/// The width of a column, in characters, is at least and at most so much.
const WIDTHS: std::ops::RangeInclusive<usize> = 10..=60;
/// Room for the arrow of the filter beside a header.
const ARROW: usize = 4;
/// For so many rows below the last, choices are offered too. A whole column of them costs other programs gigabytes.
const ROWS_TO_ADD: usize = 1_000;
/// The last row of a worksheet.
const LAST_ROW: u32 = 1_048_575;
/// How many letters the choices of a column may have together, by the format of the file; and a comma would part them.
const LONGEST_CHOICES: usize = 255;

/// Writes each table as a worksheet, with its header bold, frozen and filtered.
pub(super) fn write_workbook(tables: &[WrittenTable], file: &mut (impl Write + Seek + Send)) -> Result<(), XlsxError> {
    let mut workbook = Workbook::new();
    let mut names = WorksheetNames::default();
    for table in tables {
        let sheet = workbook.add_worksheet();
        sheet.set_name(names.name(&table.name))?;
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (at, column) in (0..).zip(&table.columns) {
            sheet.write_string_with_format(0, at, &column.header, &bold)?;
            sheet.set_column_width(at, width(table, usize::from(at)))?;
            offer(sheet, at, column, table.rows.len())?;
        }
        for (number, row) in (1..).zip(&table.rows) {
            for (at, cell) in (0..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(number, at, guarded(cell))?;
            }
        }
        let last_row = u32::try_from(table.rows.len()).unwrap_or(LAST_ROW).min(LAST_ROW);
        if let Some(last_column) = u16::try_from(table.columns.len())
            .ok()
            .and_then(|count| count.checked_sub(1))
        {
            sheet.autofilter(0, 0, last_row, last_column)?;
        }
    }
    workbook.save_to_writer(file)
}

/// A text cell needs a guard only where its text would be taken for something else when it is read.
fn guarded(cell: &str) -> Cow<'_, str> {
    if cell.starts_with('=') || unescape_formula(cell) != cell {
        escape_formula(cell)
    } else {
        Cow::Borrowed(cell)
    }
}

/// The writer's own estimate does not know of the arrows of the filter, and has no upper bound.
#[expect(clippy::cast_precision_loss, reason = "at most 60")]
fn width(table: &WrittenTable, at: usize) -> f64 {
    let cells = table.rows.iter().filter_map(|row| row.get(at));
    let longest = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    let widest = cells.map(|cell| longest(cell)).max().unwrap_or(0);
    let header = longest(&table.columns[at].header) + ARROW;
    widest.max(header).clamp(*WIDTHS.start(), *WIDTHS.end()) as f64
}

/// Offers the column's choices in its cells, and in some below.
fn offer(sheet: &mut Worksheet, at: u16, column: &WrittenColumn, rows: usize) -> Result<(), XlsxError> {
    let letters: usize = column
        .choices
        .iter()
        .map(|choice| choice.encode_utf16().count() + 1)
        .sum();
    let is_offered = !column.choices.is_empty()
        && letters <= LONGEST_CHOICES
        && !column.choices.iter().any(|choice| choice.contains(','));
    if !is_offered {
        return Ok(());
    }
    let last = u32::try_from(rows + ROWS_TO_ADD).unwrap_or(LAST_ROW).min(LAST_ROW);
    let validation = DataValidation::new()
        .allow_list_strings(&column.choices)?
        .set_error_style(DataValidationErrorStyle::Warning);
    sheet.add_data_validation(1, at, last, at, &validation)?;
    Ok(())
}
