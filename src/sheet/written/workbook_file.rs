//! Tables as a workbook: text cells only, so that every program shows and keeps what was written.

use std::borrow::Cow;
use std::io::{Seek, Write};

use jiff::civil::DateTime;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, ExcelDateTime, Format, Workbook, Worksheet, XlsxError,
};

use super::table::{WrittenCell, WrittenColumn, WrittenTable};
use crate::sheet::worksheet_names::WorksheetNames;
use crate::text::{escape_formula, unescape_formula};

/// The width of a column, in characters, is at least and at most so much.
const WIDTHS: std::ops::RangeInclusive<usize> = 10..=60;
/// Room for the arrow of the filter beside a header.
const ARROW: usize = 4;
/// For so many rows below the last, choices are offered too. A whole column of them costs other programs gigabytes.
const ROWS_TO_ADD: u32 = 1_000;
/// The last row of a worksheet.
const LAST_ROW: u32 = 1_048_575;
/// How many letters the choices of a column may have together, by the format of the file; and a comma would part them.
const LONGEST_CHOICES: usize = 255;

/// Writes each table as a worksheet, with its header bold, frozen and filtered.
pub(super) fn write_workbook(
    tables: &[WrittenTable<'_>],
    file: &mut (impl Write + Seek + Send),
) -> Result<(), XlsxError> {
    let mut workbook = Workbook::new();
    let mut names = WorksheetNames::default();
    for table in tables {
        let sheet = workbook.add_worksheet();
        sheet.set_name(names.name(&table.name))?;
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        let time = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        let mut rows = 0;
        let mut widths: Vec<usize> = table
            .columns
            .iter()
            .map(|column| longest_line(&column.header) + ARROW)
            .collect();
        for (number, row) in (1..).zip((table.rows)()) {
            rows = number;
            for ((at, cell), width) in (0..).zip(&row).zip(&mut widths) {
                *width = (*width).max(longest_line(&cell.as_text()));
                write_cell(sheet, (number, at), cell, &time)?;
            }
        }
        for ((at, column), width) in (0..).zip(&table.columns).zip(&widths) {
            sheet.write_string_with_format(0, at, column.header.as_ref(), &bold)?;
            sheet.set_column_width(at, bounded(*width))?;
            offer(sheet, at, column, rows)?;
        }
        let last_row = rows.min(LAST_ROW);
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

fn write_cell(sheet: &mut Worksheet, at: (u32, u16), cell: &WrittenCell, time: &Format) -> Result<(), XlsxError> {
    let (row, column) = at;
    match cell {
        WrittenCell::Empty => {}
        WrittenCell::Text(text) => {
            sheet.write_string(row, column, guarded(text))?;
        }
        #[expect(clippy::cast_precision_loss, reason = "a workbook has no other numbers")]
        WrittenCell::Number(number) => {
            sheet.write_number(row, column, *number as f64)?;
        }
        WrittenCell::Time(moment) => {
            sheet.write_datetime_with_format(row, column, excel_time(*moment)?, time)?;
        }
    }
    Ok(())
}

fn longest_line(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap_or(0)
}

/// The writer's own estimate does not know of the arrows of the filter, and has no upper bound.
#[expect(clippy::cast_precision_loss, reason = "at most 60")]
fn bounded(width: usize) -> f64 {
    width.clamp(*WIDTHS.start(), *WIDTHS.end()) as f64
}

fn excel_time(time: DateTime) -> Result<ExcelDateTime, XlsxError> {
    let part = |number: i8| u8::try_from(number).unwrap_or(0);
    let date = ExcelDateTime::from_ymd(
        u16::try_from(time.year()).unwrap_or(1900),
        part(time.month()),
        part(time.day()),
    )?;
    date.and_hms(
        u16::from(part(time.hour())),
        part(time.minute()),
        f64::from(time.second()),
    )
}

/// Offers the column's choices in its cells, and in some below.
fn offer(sheet: &mut Worksheet, at: u16, column: &WrittenColumn<'_>, rows: u32) -> Result<(), XlsxError> {
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
    let last = rows.saturating_add(ROWS_TO_ADD).min(LAST_ROW);
    let validation = DataValidation::new()
        .allow_list_strings(&column.choices)?
        .set_error_style(DataValidationErrorStyle::Warning);
    sheet.add_data_validation(1, at, last, at, &validation)?;
    Ok(())
}
