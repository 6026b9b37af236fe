//! The stored value of a formula in an `.xls`, and whether anybody has computed it.

use std::ops::Range;

use super::bytes::{float, long, short};
use super::records::{Record, kind};
use crate::sheet::workbook::excel_value::FormulaValue;

/// In the flags of a formula: to be computed when the workbook is opened. Another flag means "whenever anything is
/// computed"; Excel sets it for `TODAY()` and the like, whose values are true.
const IS_TO_COMPUTE: u16 = 1 << 1;

/// What `JExcelApi` stores for every formula, and what it writes where others have room for a note of their own.
const FILLER_OF_JEXCELAPI: (f64, u32) = (4.0, 0xfce0_0000);
/// What xlwt stores for every formula: an empty text. Excel leaves something of its own in the zeros.
const FILLER_OF_XLWT: [u8; 8] = [3, 0, 0, 0, 0, 0, 0xff, 0xff];
/// Where the value stands in the record.
const VALUE: Range<usize> = 6..14;

/// What stands in the record of a formula for its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stored {
    Number(f64),
    /// A text, in a record of its own.
    Text,
    /// An empty text, without a record of its own.
    NoText,
    Bool(u8),
    /// The code of the error.
    Error(u8),
    /// Something else, of this kind.
    Unknown(u8),
}

impl Stored {
    /// The value, of eight bytes.
    fn read(value: &[u8]) -> Option<Self> {
        if short(value, 6) != Some(u16::MAX) {
            return float(value, 0).map(Self::Number);
        }
        let stored = match *value {
            [0, ..] => Self::Text,
            [1, _, value, ..] => Self::Bool(value),
            [2, _, code, ..] => Self::Error(code),
            [3, ..] => Self::NoText,
            [kind, ..] => Self::Unknown(kind),
            [] => return None,
        };
        Some(stored)
    }
}

/// Who computed the formulas of a workbook, as far as it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Calculator {
    /// Nobody, perhaps.
    Unknown,
    /// Excel, which says so since Excel 2000.
    Excel,
    /// The Calc of `OpenOffice`, which sets the flag for values that it has computed.
    OpenOffice,
    /// That of `LibreOffice`, which sets no flag, and stores 0 for many a formula that gives a text.
    LibreOffice,
}

impl Calculator {
    /// What is known after a record of the workbook that tells something of it.
    pub(super) fn after(self, record: Record<'_>) -> Self {
        match (record.kind, self) {
            (kind::WRITE_ACCESS, Self::Unknown) if is_by_calc(record.data) => Self::OpenOffice,
            (kind::WRITE_ACCESS, Self::Excel) if is_by_calc(record.data) => Self::LibreOffice,
            (kind::RECALC_ID, Self::Unknown) => Self::Excel,
            (kind::RECALC_ID, Self::OpenOffice) => Self::LibreOffice,
            _ => self,
        }
    }
}

/// Whether the name of who wrote the workbook is that of a program: its length, since Excel 97 flags, and the name.
fn is_by_calc(data: &[u8]) -> bool {
    [&b"\x04\0\0Calc "[..], b"\x04Calc "]
        .iter()
        .any(|name| data.starts_with(name))
}

/// A formula as its record has it, without the text that it may give.
#[derive(Debug, Clone, Copy)]
pub(super) struct Formula<'w> {
    pub(super) stored: Option<Stored>,
    data: &'w [u8],
}

impl<'w> Formula<'w> {
    /// The formula of this record.
    pub(super) fn read(data: &'w [u8]) -> Self {
        Self {
            stored: data.get(VALUE).and_then(Stored::read),
            data,
        }
    }

    /// Whether it has what a program stores that does not compute: Apache POI and Perl's modules 0, `JExcelApi` 4, xlwt
    /// an empty text. `text` is what it gives; `is_uncalculated`, whether its worksheet says that it was saved as it was.
    pub(super) fn is_filler(self, text: &str, calculator: Calculator, is_uncalculated: bool) -> bool {
        let has_flag = short(self.data, 14).is_some_and(|flags| flags & IS_TO_COMPUTE != 0);
        let is_due = (has_flag || is_uncalculated) && calculator != Calculator::OpenOffice;
        let note = long(self.data, 16).unwrap_or_default();
        match self.stored {
            Some(Stored::Number(number)) if FormulaValue::Number(number).is_filler() => {
                is_due || calculator == Calculator::LibreOffice
            }
            Some(Stored::Number(number)) => is_due && (number, note) == FILLER_OF_JEXCELAPI,
            Some(Stored::Text) => is_due && FormulaValue::Text(text).is_filler(),
            // xlwt sets no flag, but writes nothing that is not needed.
            Some(Stored::NoText) => {
                let is_bare = note == 0 && self.data.get(VALUE) == Some(&FILLER_OF_XLWT);
                is_due || (is_bare && calculator == Calculator::Unknown)
            }
            Some(Stored::Bool(_) | Stored::Error(_) | Stored::Unknown(_)) | None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The record of a formula: position and format, then the value, flags and the program's own.
    fn record(value: [u8; 8], flags: u16, note: u32) -> Vec<u8> {
        [
            &[1, 0, 3, 0, 15, 0],
            &value[..],
            &flags.to_le_bytes(),
            &note.to_le_bytes(),
            &[0, 0],
        ]
        .concat()
    }

    const TEXT: [u8; 8] = [0, 0, 0, 0, 0, 0, 0xff, 0xff];
    const NO_TEXT: [u8; 8] = [3, 0, 0, 0, 0, 0, 0xff, 0xff];
    /// As one Excel for Mac wrote it.
    const NO_TEXT_OF_EXCEL: [u8; 8] = [3, 0, 0x5c, 0x25, 0x32, 0x01, 0xff, 0xff];

    #[test]
    fn what_programs_store_that_do_not_compute_is_told_from_values() {
        use Calculator::{Excel, LibreOffice, OpenOffice, Unknown};
        let number = f64::to_le_bytes;
        for (what, value, flags, note, calculator, is_filler) in [
            ("Apache POI", number(0.0), 2, 0, Unknown, true),
            ("Apache POI, evaluated", number(3.0), 2, 0, Unknown, false),
            ("Apache POI, evaluated to 4", number(4.0), 2, 0, Unknown, false),
            (
                "Apache POI, evaluated to true",
                [1, 0, 1, 0, 0, 0, 0xff, 0xff],
                2,
                0,
                Unknown,
                false,
            ),
            ("Spreadsheet::WriteExcel", number(0.0), 3, 0, Unknown, true),
            (
                "Spreadsheet::WriteExcel, with a value",
                number(2.0),
                3,
                0,
                Unknown,
                false,
            ),
            ("JExcelApi", number(4.0), 2, 0xfce0_0000, Unknown, true),
            ("xlwt", NO_TEXT, 0, 0, Unknown, true),
            ("xlwt, told to recalculate", NO_TEXT, 3, 0, Unknown, true),
            ("Excel", number(0.0), 0, 0xfd0c_0006, Excel, false),
            ("Excel, TODAY()-TODAY()", number(0.0), 1, 0, Excel, false),
            ("Excel, an empty text", NO_TEXT, 0, 0, Excel, false),
            (
                "Excel for Mac, an empty text",
                NO_TEXT_OF_EXCEL,
                0,
                0xfd0c_0006,
                Unknown,
                false,
            ),
            ("Gnumeric, an empty text", TEXT, 0, 0, Unknown, false),
            ("OpenOffice", number(0.0), 2, 0, OpenOffice, false),
            ("OpenOffice, an empty text", NO_TEXT, 10, 0, OpenOffice, false),
            ("LibreOffice, perhaps a text", number(0.0), 0, 0, LibreOffice, true),
            ("LibreOffice", number(1.0), 0, 0, LibreOffice, false),
            ("LibreOffice, an empty text", NO_TEXT, 0, 0, LibreOffice, false),
        ] {
            let record = record(value, flags, note);
            assert_eq!(
                Formula::read(&record).is_filler("", calculator, false),
                is_filler,
                "{what}"
            );
        }
    }

    #[test]
    fn a_worksheet_that_was_saved_as_it_was_has_no_zeros_to_believe() {
        for (value, is_filler) in [(0.0_f64, true), (1.0, false)] {
            let record = record(value.to_le_bytes(), 0, 0xfd0c_0006);
            assert_eq!(Formula::read(&record).is_filler("", Calculator::Excel, true), is_filler);
        }
    }

    #[test]
    fn programs_are_told_by_what_they_write_in_either_order() {
        let name = |data| Record {
            kind: kind::WRITE_ACCESS,
            data,
            start: 0,
        };
        let version = Record {
            kind: kind::RECALC_ID,
            data: &[],
            start: 0,
        };
        let calc: [&[u8]; 2] = [b"\x04\0\0Calc    ", b"\x04Calc    "];
        let after = |records: &[Record<'static>]| {
            records
                .iter()
                .fold(Calculator::Unknown, |calculator, record| calculator.after(*record))
        };
        for calc in calc.map(name) {
            assert_eq!(after(&[calc]), Calculator::OpenOffice);
            assert_eq!(after(&[calc, version]), Calculator::LibreOffice);
            assert_eq!(after(&[version, calc]), Calculator::LibreOffice);
        }
        let somebody = name(b"\x07\0\0Calcula ");
        assert_eq!(after(&[somebody]), Calculator::Unknown);
        assert_eq!(after(&[somebody, version]), Calculator::Excel);
    }
}
