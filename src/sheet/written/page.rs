//! A worksheet to be read, none of which is run.

use std::borrow::Cow;

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::choices::NOT_ROWS;
use super::line_breaks::lines;
use crate::sheet::workbook_text::{read_text, write_text};
use crate::sheet::worksheet_names::WorksheetNames;

/// A worksheet of help. A CSV has none. Its first cell says to programs and in English that nothing on it is run; a
/// [`PageLine::Aside`] as the first line says so in another language.
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
    /// Something in small letters that readers need once, if at all.
    Aside(String),
    /// Nothing.
    Blank,
}

/// The widths of the two columns, in digits of the usual letters. Together they fill a page in print.
const WORD_WIDTH: u16 = 26;
const TEXT_WIDTH: u16 = 76;
/// The column behind them, hidden, in which every row says that nothing is run.
const MARKS: u16 = 2;
/// Every program has these letters, or some of the same widths.
const FONT: &str = "Arial";
const FONT_SIZE: u16 = 10;
/// The height of a line, what surrounds a row of them, and the most that a row can have, in points.
const LINE_HEIGHT: u16 = 13;
const ROW_SPACE: u16 = 4;
const TALLEST: u16 = 409;
/// A4.
pub(super) const PAPER: u8 = 9;

/// How lines look.
struct Looks {
    title: Format,
    heading: Format,
    word: Format,
    text: Format,
    aside: Format,
}

impl Looks {
    fn new() -> Self {
        let font = Format::new().set_font_name(FONT).set_font_size(FONT_SIZE);
        let text = font.clone().set_text_wrap().set_align(FormatAlign::Top);
        let blue = Color::RGB(0x001F_3864);
        Self {
            title: font
                .clone()
                .set_font_size(20)
                .set_bold()
                .set_font_color(blue)
                .set_align(FormatAlign::VerticalCenter),
            heading: font
                .clone()
                .set_font_size(13)
                .set_bold()
                .set_font_color(blue)
                .set_border_bottom(FormatBorder::Thin)
                .set_border_bottom_color(Color::RGB(0x00BF_BFBF)),
            word: text.clone().set_bold(),
            text,
            aside: font.set_font_size(8).set_font_color(Color::RGB(0x0076_7676)),
        }
    }
}

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
    sheet.set_screen_gridlines(false);
    sheet.set_paper_size(PAPER).set_portrait().set_print_fit_to_pages(1, 0);
    sheet
        .set_margins(0.6, 0.6, 0.6, 0.8, 0.3, 0.4)
        .set_footer("&L&A&R&P / &N");
    sheet.set_column_hidden(MARKS)?;
    let looks = Looks::new();
    for (row, line) in (0..).zip(&page.lines) {
        write_line(sheet, row, line, &looks)?;
        // In every row, since people delete the first.
        write_text(sheet, (row, MARKS), NOT_ROWS, None)?;
    }
    Ok(())
}

fn write_line(sheet: &mut Worksheet, row: u32, line: &PageLine, looks: &Looks) -> Result<(), XlsxError> {
    match line {
        PageLine::Title(text) => {
            write_text(sheet, (row, 0), &read_text(text), Some(&looks.title))?;
            sheet.set_row_height(row, 44)?;
        }
        PageLine::Heading(text) => {
            write_text(sheet, (row, 0), &read_text(text), Some(&looks.heading))?;
            sheet.write_blank(row, 1, &looks.heading)?;
            sheet.set_row_height(row, 30)?;
        }
        PageLine::Text(text) => {
            let text = read_text(text);
            sheet.merge_range(row, 0, row, 1, "", &looks.text)?;
            write_text(sheet, (row, 0), &text, Some(&looks.text))?;
            set_height(sheet, row, lines(&text, WORD_WIDTH + TEXT_WIDTH))?;
        }
        PageLine::Entry(word, text) => {
            let (word, text) = (read_text(word), read_text(text));
            write_text(sheet, (row, 0), &word, Some(&looks.word))?;
            write_text(sheet, (row, 1), &text, Some(&looks.text))?;
            set_height(sheet, row, lines(&word, WORD_WIDTH).max(lines(&text, TEXT_WIDTH)))?;
        }
        PageLine::Aside(text) => write_text(sheet, (row, 0), &read_text(text), Some(&looks.aside))?,
        PageLine::Blank => {
            sheet.set_row_height(row, LINE_HEIGHT)?;
        }
    }
    Ok(())
}

/// Every row says its height: Excel would find that of wrapped text itself, but not where cells are merged, and other
/// programs print only a line of a row that does not say.
fn set_height(sheet: &mut Worksheet, row: u32, lines: u16) -> Result<(), XlsxError> {
    let height = lines.saturating_mul(LINE_HEIGHT).saturating_add(ROW_SPACE);
    sheet.set_row_height(row, height.min(TALLEST))?;
    Ok(())
}
