//! What an `.xls` says of all its worksheets, before them: their names, formats, texts.

use super::bytes::{long, short};
use super::code_page::{guess, of_code_page};
use super::formula::Calculator;
use super::records::{Record, Records, kind};
use super::shared_strings::SharedStrings;
use super::text::{Coding, Length, Text};
use crate::model::Shared;
use crate::sheet::encoding_doubt::EncodingDoubt;
use crate::sheet::foreign::Foreign;
use crate::sheet::named_encoding::NamedEncoding;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::styles::{StyleParts, Styles, WrittenStyles};

/// The records that begin a workbook of Excel 2, 3 and 4.
const OLDER: [(u16, &str); 3] = [
    (0x0009, "an Excel 2 worksheet"),
    (0x0209, "an Excel 3 worksheet"),
    (0x0409, "an Excel 4 worksheet"),
];
/// The version in the first record of Excel 5 and 95.
const EXCEL_5: u16 = 0x0500;
/// In the flags of a font.
const IS_STRUCK: u16 = 1 << 3;
/// A font of this number never is; the one after it has the place.
const NO_FONT: u16 = 4;

/// A sheet of the workbook, of any kind.
#[derive(Debug)]
pub(super) struct BoundSheet {
    pub(super) name: Shared<str>,
    /// Where its records begin.
    pub(super) start: usize,
    pub(super) is_hidden: bool,
    /// The number of its kind; 0 is a worksheet.
    pub(super) kind: u8,
}

/// What precedes the worksheets.
#[derive(Debug)]
pub(super) struct Globals<'w> {
    pub(super) coding: Coding,
    /// What may be wrong about how the texts are read.
    pub(super) doubt: Option<EncodingDoubt>,
    pub(super) sheets: Vec<BoundSheet>,
    pub(super) shared_strings: SharedStrings<'w>,
    /// Whether days are counted from 1904.
    pub(super) is_1904: bool,
    pub(super) calculator: Calculator,
    pub(super) styles: Styles,
}

impl<'w> Globals<'w> {
    /// Reads them; texts without a code page, or with one that is not known, are in `encoding` or Windows-1252.
    pub(super) fn read(stream: &'w [u8], encoding: Option<NamedEncoding>) -> Result<Self, WorkbookError> {
        let (coding, doubt) = coding(stream, encoding)?;
        let mut globals = Self {
            coding,
            doubt,
            sheets: Vec::new(),
            shared_strings: SharedStrings::default(),
            is_1904: false,
            calculator: Calculator::Unknown,
            styles: Styles::default(),
        };
        let mut styles = WrittenStyles::default();
        let mut records = Records::from(stream, 0);
        while let Some(record) = records.next() {
            match record.kind {
                kind::EOF => {
                    globals.styles = styles.resolved();
                    return Ok(globals);
                }
                kind::BOUND_SHEET => globals.sheets.extend(globals.bound_sheet(record, &records)),
                kind::SST => globals.shared_strings = SharedStrings::locate(stream, record, &records)?,
                kind::DATE_MODE => globals.is_1904 = short(record.data, 0) == Some(1),
                kind::RECALC_ID | kind::WRITE_ACCESS => {
                    globals.calculator = globals.calculator.after(record);
                }
                kind::FONT => {
                    styles.add_font(short(record.data, 2).is_some_and(|flags| flags & IS_STRUCK != 0))?;
                }
                kind::XF => styles.add_style(style_parts(record))?,
                kind::FORMAT => add_format(&mut styles, record, &records, globals.coding),
                _ => {}
            }
        }
        Err(WorkbookError::Broken("it is cut off".to_owned()))
    }

    fn bound_sheet(&self, record: Record<'w>, after: &Records<'w>) -> Option<BoundSheet> {
        let start = usize::try_from(long(record.data, 0)?).ok()?;
        let [visibility, kind] = short(record.data, 4)?.to_le_bytes();
        let mut name = String::new();
        // A name that is cut off is still one.
        let _ = Text::new(record.data.get(6..)?, after.clone()).read(self.coding, Length::Byte, &mut name);
        name.retain(|letter| letter != '\0');
        Some(BoundSheet {
            name: name.into(),
            start,
            is_hidden: visibility & 3 != 0,
            kind,
        })
    }
}

/// How texts are written, and what there is to doubt; the record of a code page may follow the first text.
fn coding(stream: &[u8], encoding: Option<NamedEncoding>) -> Result<(Coding, Option<EncodingDoubt>), WorkbookError> {
    let mut records = Records::from(stream, 0);
    let cut_off = || WorkbookError::Broken("it is cut off".to_owned());
    let first = records.next().ok_or_else(cut_off)?;
    if let Some((_, what)) = OLDER.into_iter().find(|(kind, _)| *kind == first.kind) {
        return Err(WorkbookError::Foreign(Foreign::opened(what)));
    }
    if first.kind != kind::BOF {
        return Err(WorkbookError::Broken("it does not begin as a workbook does".to_owned()));
    }
    let mut code_page = None;
    for record in records.take_while(|record| record.kind != kind::EOF) {
        match record.kind {
            kind::FILE_PASS => return Err(WorkbookError::Encrypted),
            kind::CODE_PAGE => code_page = short(record.data, 0),
            _ => {}
        }
    }
    if short(first.data, 0) != Some(EXCEL_5) {
        return Ok((Coding::Utf16, None));
    }
    if let Some(known) = code_page.and_then(of_code_page).or(encoding) {
        return Ok((Coding::Bytes(known), None));
    }
    let (encoding, doubt) = guess(stream);
    Ok((Coding::Bytes(encoding), Some(doubt)))
}

/// Adds the format of numbers that this record has.
fn add_format<'w>(styles: &mut WrittenStyles, record: Record<'w>, after: &Records<'w>, coding: Coding) {
    let length = match coding {
        Coding::Utf16 => Length::Short,
        Coding::Bytes(_) => Length::Byte,
    };
    let mut code = String::new();
    if let (Some(number), Some(rest)) = (short(record.data, 0), record.data.get(2..)) {
        let _ = Text::new(rest, after.clone()).read(coding, length, &mut code);
        styles.add_format(number, &code);
    }
}

/// What the format of cells in this record is made of.
fn style_parts(record: Record<'_>) -> StyleParts {
    let font = short(record.data, 0).unwrap_or_default();
    StyleParts {
        format: short(record.data, 2).unwrap_or_default(),
        font: if font > NO_FONT { font - 1 } else { font },
        fill: None,
    }
}
