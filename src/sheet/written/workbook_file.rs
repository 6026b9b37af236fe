//! Tables as a workbook: what a run reads is in cells of text, so that every program shows and keeps what was written.

use std::io::{self, Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;

use jiff::civil::DateTime;
use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{
    Color, ConditionalFormatDataBar, ConditionalFormatFormula, ConditionalFormatType, DocProperties, ExcelDateTime,
    Format, FormatAlign, FormatBorder, IgnoreError, Workbook, Worksheet, XlsxError,
};

use super::choices::{LAST_ROW, Lists, NOT_ROWS, last_row_to_fill};
use super::page::{PAPER, WrittenPage, write_page};
use super::part::WrittenPart;
use super::table::{WrittenCell, WrittenColumn, WrittenTable};
use crate::sheet::workbook_text::{LONGEST, cell_text, cut, read_text, units, write_text};
use crate::sheet::worksheet_names::WorksheetNames;

/// The width of a column, in characters, is at least and at most so much.
const WIDTHS: std::ops::RangeInclusive<usize> = 10..=60;
/// Room for the arrow of the filter beside a header.
const ARROW: usize = 4;
/// A date with its time has so many characters; the writer's own estimate cuts it to `####`.
const TIME_WIDTH: usize = 20;
/// From this year on all programs count the days alike.
const FIRST_YEAR: i16 = 1901;
/// Beyond this number not all are told apart.
const LARGEST_NUMBER: u64 = 1 << 53;

/// Why a workbook is not written.
#[derive(Debug)]
pub(super) enum WorkbookError {
    /// There are more rows than a worksheet has.
    TooManyRows,
    /// A cell that a run reads holds too much.
    CellTooFull { column: String, row: u32, letters: usize },
    /// The disk refuses what is written for the time being.
    Disk(io::Error),
    /// Whatever else the writer says.
    Writer(XlsxError),
}

impl From<XlsxError> for WorkbookError {
    fn from(error: XlsxError) -> Self {
        Self::Writer(error)
    }
}

/// How cells look.
struct Looks {
    read: Format,
    for_people: Format,
    text: Format,
    lines: Format,
    time: Format,
    typed_time: Format,
    grey: Format,
}

impl Looks {
    fn new() -> Self {
        let header = Format::new()
            .set_bold()
            .set_border_bottom(FormatBorder::Thin)
            .set_align(FormatAlign::Top);
        // What is typed into such a cell stays as it is typed: no number is made of `007`, and no date of `2026-03`.
        let text = Format::new().set_num_format("@");
        Self {
            read: header.clone().set_background_color(Color::RGB(0x00DD_EBF7)),
            for_people: header.set_background_color(Color::RGB(0x00ED_EDED)),
            lines: text.clone().set_text_wrap().set_align(FormatAlign::Top),
            text,
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            typed_time: Format::new()
                .set_num_format("yyyy-mm-dd hh:mm")
                .set_align(FormatAlign::Left),
            grey: Format::new().set_italic().set_font_color(Color::RGB(0x0076_7676)),
        }
    }
}

/// Writes each table as a worksheet, with its header frozen and filtered. Rows go through a file in `folder` that nobody
/// else can open, so that memory holds none of them but each text once.
pub(super) fn write_workbook(
    tables: &[WrittenTable<'_>],
    pages: &[WrittenPage<'_>],
    file: &mut (impl Write + Seek + Send),
    folder: &Path,
) -> Result<(), WorkbookError> {
    caught(|| write(tables, pages, file, folder))
}

/// Writes worksheets to be read, in this order; none of them is ever run.
pub(super) fn write_readings(
    parts: &[WrittenPart<'_>],
    file: &mut (impl Write + Seek + Send),
    folder: &Path,
) -> Result<(), WorkbookError> {
    caught(|| {
        let mut workbook = blank(folder)?;
        let mut names = WorksheetNames::default();
        let mut lists = Lists::default();
        let looks = Looks::new();
        for part in parts {
            match part {
                WrittenPart::Page(page) => write_page(&mut workbook, &mut names, page)?,
                WrittenPart::Table(table) => {
                    let sheet = workbook.add_worksheet_with_low_memory()?;
                    sheet.set_name(names.name(&table.name))?;
                    write_table(sheet, table, &mut lists, &looks, Use::Read)?;
                }
            }
        }
        Ok(workbook.save_to_writer(file)?)
    })
}

/// What the disk refuses the writer says by a panic.
fn caught(write: impl FnOnce() -> Result<(), WorkbookError>) -> Result<(), WorkbookError> {
    let written = catch_unwind(AssertUnwindSafe(write));
    written.unwrap_or_else(|panic| match disk_error(panic_message(&*panic)) {
        Some(error) => Err(WorkbookError::Disk(error)),
        None => resume_unwind(panic),
    })
}

fn write(
    tables: &[WrittenTable<'_>],
    pages: &[WrittenPage<'_>],
    file: &mut (impl Write + Seek + Send),
    folder: &Path,
) -> Result<(), WorkbookError> {
    let mut workbook = blank(folder)?;
    let mut names = WorksheetNames::default();
    let mut lists = Lists::default();
    let looks = Looks::new();
    for table in tables {
        let sheet = workbook.add_worksheet_with_low_memory()?;
        sheet.set_name(names.name(&table.name))?;
        write_table(sheet, table, &mut lists, &looks, Use::Run)?;
    }
    for page in pages {
        write_page(&mut workbook, &mut names, page)?;
    }
    lists.write(&mut workbook, &mut names)?;
    Ok(workbook.save_to_writer(file)?)
}

fn blank(folder: &Path) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_tempdir(folder)?;
    // Without a moment the writer takes that of now, and no two files of one state are the same.
    let properties = DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    workbook.set_properties(&properties);
    Ok(workbook)
}

/// What a table is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// To be run.
    Run,
    /// To be read: its header says, in a hidden column, that nothing on the worksheet is run.
    Read,
}

fn write_table(
    sheet: &mut Worksheet,
    table: &WrittenTable<'_>,
    lists: &mut Lists,
    looks: &Looks,
    for_what: Use,
) -> Result<(), WorkbookError> {
    sheet.set_freeze_panes(1, 0)?;
    // On paper all columns stand side by side, below the header on each page.
    sheet.set_paper_size(PAPER).set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 0)?.set_footer("&L&A&R&P / &N");
    let mut widths = Vec::with_capacity(table.columns.len());
    for (at, column) in (0..).zip(&table.columns) {
        let look = if column.is_for_people {
            &looks.for_people
        } else {
            // Only cells that are written later take it over.
            sheet.set_column_format(
                at,
                if column.holds_times {
                    &looks.typed_time
                } else {
                    &looks.text
                },
            )?;
            &looks.read
        };
        write_text(sheet, (0, at), &column.header, Some(look))?;
        widths.push(longest_line(&column.header) + ARROW);
    }
    let count = u16::try_from(table.columns.len()).unwrap_or(u16::MAX);
    if for_what == Use::Read {
        write_text(sheet, (0, count), NOT_ROWS, None)?;
        sheet.set_column_hidden(count)?;
    }
    let mut rows = 0;
    for (number, row) in (1..).zip((table.rows)()) {
        if number > LAST_ROW {
            return Err(WorkbookError::TooManyRows);
        }
        rows = number;
        for (((at, cell), column), width) in (0..).zip(&row).zip(&table.columns).zip(&mut widths) {
            *width = (*width).max(write_cell(sheet, (number, at), cell, column, (looks, for_what))?);
        }
    }
    for ((at, column), width) in (0..).zip(&table.columns).zip(&widths) {
        sheet.set_column_width(at, bounded(*width))?;
        lists.offer(sheet, at, column, rows)?;
    }
    draw_bars(sheet, table, rows)?;
    if let Some(last_column) = count.checked_sub(1) {
        for (at, column) in (0..)
            .zip(&table.columns)
            .filter(|(_, column)| !column.grey_word.is_empty())
        {
            let rule = ConditionalFormatFormula::new()
                .set_rule(grey_rule(at, &column.grey_word).as_str())
                .set_format(&looks.grey);
            sheet.add_conditional_format(1, 0, last_row_to_fill(rows), last_column, &rule)?;
        }
        sheet.autofilter(0, 0, rows, last_column)?;
        if rows > 0 {
            // It is meant, and does not want a green corner.
            sheet.ignore_error_range(1, 0, rows, last_column, IgnoreError::NumberStoredAsText)?;
        }
    }
    Ok(())
}

/// Draws the numbers of columns as bars, which begin at nought.
fn draw_bars(sheet: &mut Worksheet, table: &WrittenTable<'_>, rows: u32) -> Result<(), XlsxError> {
    let mut first = 0;
    for group in table.columns.chunk_by(|one, other| one.has_bars == other.has_bars) {
        let next = first + u16::try_from(group.len()).unwrap_or(u16::MAX);
        if rows > 0 && group.iter().all(|column| column.has_bars) {
            let bars = ConditionalFormatDataBar::new()
                .set_minimum(ConditionalFormatType::Number, 0)
                .set_fill_color(Color::RGB(0x009C_C3E6))
                .set_solid_fill(true);
            sheet.add_conditional_format(1, first, rows, next - 1, &bars)?;
        }
        first = next;
    }
    Ok(())
}

/// Whether the cell of this column says the word, as a formula for the first row.
fn grey_rule(at: u16, word: &str) -> String {
    let letters = column_number_to_name(at);
    format!("=TRIM(${letters}2)=\"{}\"", word.replace('"', "\"\""))
}

/// How many characters wide the cell is.
fn write_cell(
    sheet: &mut Worksheet,
    (row, at): (u32, u16),
    cell: &WrittenCell,
    column: &WrittenColumn<'_>,
    (looks, for_what): (&Looks, Use),
) -> Result<usize, WorkbookError> {
    match cell {
        WrittenCell::Empty => return Ok(0),
        WrittenCell::Text(text) => {
            let text = match for_what {
                Use::Run => cell_text(text),
                Use::Read => read_text(text),
            };
            let letters = units(&text);
            if letters > LONGEST && !column.is_for_people {
                return Err(WorkbookError::CellTooFull {
                    column: column.header.to_string(),
                    row: row + 1,
                    letters,
                });
            }
            let look = text.contains('\n').then_some(&looks.lines);
            write_text(sheet, (row, at), &cut(&text), look)?;
            return Ok(longest_line(&text));
        }
        #[expect(clippy::cast_precision_loss, reason = "a workbook has no other numbers")]
        WrittenCell::Number(number) if *number <= LARGEST_NUMBER => {
            sheet.write_number(row, at, *number as f64)?;
        }
        WrittenCell::Time(moment) => {
            if let Some(time) = excel_time(*moment) {
                sheet.write_datetime_with_format(row, at, time, &looks.time)?;
                return Ok(TIME_WIDTH);
            }
            write_text(sheet, (row, at), &cell.as_text(), None)?;
        }
        WrittenCell::Number(_) => write_text(sheet, (row, at), &cell.as_text(), None)?,
    }
    Ok(cell.as_text().len())
}

/// How wide the longest line of a text is, in Latin letters.
fn longest_line(text: &str) -> usize {
    // Letters of East Asia are twice as wide as others.
    let width = |letter: char| {
        if ('\u{1100}'..'\u{fffe}').contains(&letter) {
            2
        } else {
            1
        }
    };
    text.lines()
        .map(|line| line.chars().map(width).sum())
        .max()
        .unwrap_or(0)
}

/// The writer's own estimate does not know of the arrows of the filter, and has no upper bound.
#[expect(clippy::cast_precision_loss, reason = "at most 60")]
fn bounded(width: usize) -> f64 {
    width.clamp(*WIDTHS.start(), *WIDTHS.end()) as f64
}

/// The moment as a workbook has it, in whole seconds, since programs round the parts of one differently; `None` where
/// programs do not agree on the day.
fn excel_time(time: DateTime) -> Option<ExcelDateTime> {
    if time.year() < FIRST_YEAR {
        return None;
    }
    let part = |number: i8| u8::try_from(number).ok();
    let date =
        ExcelDateTime::from_ymd(u16::try_from(time.year()).ok()?, part(time.month())?, part(time.day())?).ok()?;
    date.and_hms(
        u16::from(part(time.hour())?),
        part(time.minute())?,
        f64::from(time.second()),
    )
    .ok()
}

/// What the disk said, if a panic of the writer with this message is about that: it writes rows to a file of its own, and
/// has no other way to say that the file was refused.
pub fn disk_error(panic: &str) -> Option<io::Error> {
    let (_, code) = panic.split_once("Os { code: ")?;
    let digits = code.split(|letter: char| !letter.is_ascii_digit()).next()?;
    Some(io::Error::from_raw_os_error(digits.parse().ok()?))
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or_default()
}
