//! The records that an `.xls` consists of, one after the other: kind, length, data.

use super::bytes::short;

/// The kinds of record that are read, by the names that Microsoft's description gives them.
pub(super) mod kind {
    pub(in crate::sheet) const FORMULA: u16 = 0x0006;
    pub(in crate::sheet) const EOF: u16 = 0x000a;
    pub(in crate::sheet) const DATE_MODE: u16 = 0x0022;
    pub(in crate::sheet) const FILE_PASS: u16 = 0x002f;
    pub(in crate::sheet) const FONT: u16 = 0x0031;
    pub(in crate::sheet) const CONTINUE: u16 = 0x003c;
    pub(in crate::sheet) const CODE_PAGE: u16 = 0x0042;
    /// Who wrote the workbook last.
    pub(in crate::sheet) const WRITE_ACCESS: u16 = 0x005c;
    /// The formulas of the worksheet were not computed when it was saved.
    pub(in crate::sheet) const UNCALCED: u16 = 0x005e;
    pub(in crate::sheet) const COLUMN_INFO: u16 = 0x007d;
    pub(in crate::sheet) const BOUND_SHEET: u16 = 0x0085;
    pub(in crate::sheet) const MUL_RK: u16 = 0x00bd;
    pub(in crate::sheet) const R_STRING: u16 = 0x00d6;
    pub(in crate::sheet) const XF: u16 = 0x00e0;
    pub(in crate::sheet) const MERGE_CELLS: u16 = 0x00e5;
    pub(in crate::sheet) const SST: u16 = 0x00fc;
    pub(in crate::sheet) const LABEL_SST: u16 = 0x00fd;
    /// Which version of the program has computed the workbook.
    pub(in crate::sheet) const RECALC_ID: u16 = 0x01c1;
    pub(in crate::sheet) const NUMBER: u16 = 0x0203;
    pub(in crate::sheet) const LABEL: u16 = 0x0204;
    pub(in crate::sheet) const BOOL_ERR: u16 = 0x0205;
    /// Formulas as older programs write them into newer files.
    pub(in crate::sheet) const FORMULA_3: u16 = 0x0206;
    pub(in crate::sheet) const STRING: u16 = 0x0207;
    pub(in crate::sheet) const ROW: u16 = 0x0208;
    pub(in crate::sheet) const DEFAULT_ROW_HEIGHT: u16 = 0x0225;
    pub(in crate::sheet) const RK: u16 = 0x027e;
    pub(in crate::sheet) const FORMULA_4: u16 = 0x0406;
    pub(in crate::sheet) const FORMAT: u16 = 0x041e;
    pub(in crate::sheet) const BOF: u16 = 0x0809;

    /// Whether the record has the value of one or more cells.
    pub(in crate::sheet) fn has_cells(kind: u16) -> bool {
        matches!(
            kind,
            FORMULA | FORMULA_3 | FORMULA_4 | MUL_RK | R_STRING | LABEL_SST | NUMBER | LABEL | BOOL_ERR | RK
        )
    }
}

/// One record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'w> {
    pub(super) kind: u16,
    pub(super) data: &'w [u8],
    /// Where it begins.
    pub(super) start: usize,
}

/// Records up to the end of the stream, or to the first that is cut off.
#[derive(Debug, Clone)]
pub(super) struct Records<'w> {
    stream: &'w [u8],
    at: usize,
}

impl<'w> Records<'w> {
    pub(super) fn from(stream: &'w [u8], start: usize) -> Self {
        Self { stream, at: start }
    }

    /// Where the next record begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The data of the next record, if it goes on with the one before.
    pub(super) fn continued(&mut self) -> Option<&'w [u8]> {
        let mut ahead = self.clone();
        let record = ahead.next().filter(|record| record.kind == kind::CONTINUE)?;
        *self = ahead;
        Some(record.data)
    }
}

impl<'w> Iterator for Records<'w> {
    type Item = Record<'w>;

    fn next(&mut self) -> Option<Record<'w>> {
        let start = self.at;
        let rest = self.stream.get(start..)?;
        let end = 4 + usize::from(short(rest, 2)?);
        let record = Record {
            kind: short(rest, 0)?,
            data: rest.get(4..end)?,
            start,
        };
        self.at = start + end;
        Some(record)
    }
}
