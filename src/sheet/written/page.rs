//! A worksheet to be read, none of which is run.

use std::borrow::Cow;

use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};

use super::choices::NOT_ROWS;
use crate::sheet::workbook_text::{cell_text, write_text};
use crate::sheet::worksheet_names::WorksheetNames;

/// A worksheet of help. A CSV has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenPage<'a> {
    /// The worksheet's name.
    pub name: Cow<'a, str>,
    /// What it says.
    pub lines: Vec<PageLine>,
}

/// A line of such a worksheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageLine {
    /// What the page is about.
    Title(String),
    /// What the next lines are about.
    Heading(String),
    /// A paragraph over the whole width.
    Text(String),
    /// A word and what it means.
    Entry(String, String),
    /// Nothing.
    Blank,
}

const WORD_WIDTH: u16 = 28;
const TEXT_WIDTH: u16 = 90;

pub(super) fn write_page(
    workbook: &mut Workbook,
    names: &mut WorksheetNames,
    page: &WrittenPage<'_>,
) -> Result<(), XlsxError> {
    let name = names.name(&page.name);
    let sheet = workbook.add_worksheet();
    sheet.set_name(&name)?;
    sheet.set_column_width(0, WORD_WIDTH)?;
    sheet.set_column_width(1, TEXT_WIDTH)?;
    let bold = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    write_text(sheet, (0, 0), NOT_ROWS, None)?;
    for (row, line) in (1..).zip(&page.lines) {
        match line {
            PageLine::Title(text) | PageLine::Heading(text) => {
                write_text(sheet, (row, 0), &cell_text(text), Some(&bold))?;
            }
            PageLine::Text(text) => write_text(sheet, (row, 0), &cell_text(text), None)?,
            PageLine::Entry(word, text) => {
                write_text(sheet, (row, 0), &cell_text(word), Some(&wrapped))?;
                write_text(sheet, (row, 1), &cell_text(text), Some(&wrapped))?;
            }
            PageLine::Blank => {}
        }
    }
    Ok(())
}
