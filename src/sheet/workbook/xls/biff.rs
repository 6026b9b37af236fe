//! The records of an `.xls` workbook: how much room its worksheets take when they are laid out.

use super::shared_strings;
use crate::sheet::workbook::error::WorkbookError;

/// The most cells, empty ones between others included, that all worksheets together may be laid out to.
const MOST_CELLS: u64 = 8 << 20;
/// Worksheets may share records; this many are looked at.
const MOST_RECORDS: usize = 64 << 20;

/// The most MiB that the texts of all cells may take, at two bytes a letter: each cell has a copy of its own.
const MOST_TEXT: u64 = 512;

const BOUND_SHEET: u16 = 0x0085;
const SHARED_STRINGS: u16 = 0x00fc;
const CONTINUE: u16 = 0x003c;
const BEGIN: u16 = 0x0809;
const END: u16 = 0x000a;
const DIMENSIONS: u16 = 0x0200;
const FORMULA: u16 = 0x0006;
/// The text that the formula before it gives.
const FORMULA_TEXT: u16 = 0x0207;
const LABEL: u16 = 0x0204;
const RICH_LABEL: u16 = 0x00d6;
const SHARED_LABEL: u16 = 0x00fd;
/// Several short numbers in one row.
const CELL_RUN: u16 = 0x00bd;
/// Records of a single cell; those that have no name here: number, boolean, short number.
const CELLS: [u16; 7] = [FORMULA, 0x0203, LABEL, 0x0205, 0x027e, RICH_LABEL, SHARED_LABEL];

/// Refuses a workbook whose worksheets do not fit the memory.
pub(in crate::sheet) fn check(workbook: &[u8]) -> Result<(), WorkbookError> {
    let mut left = MOST_RECORDS;
    let mut cells = 0_u64;
    let mut letters = 0_u64;
    let globals = Globals::read(workbook);
    if globals.shared.len() as u64 > MOST_CELLS {
        return Err(WorkbookError::TooMuchText { limit: MOST_TEXT });
    }
    for start in globals.worksheets {
        let mut area = Area::default();
        // Charts are nested within a worksheet, with their own begin and end records, and have cells too.
        let mut begun = 0_usize;
        for (kind, data) in (Records {
            rest: workbook.get(start..).unwrap_or_default(),
        }) {
            left = left.saturating_sub(1);
            match kind {
                BEGIN => begun += 1,
                END if begun <= 1 => break,
                END => begun -= 1,
                _ if begun <= 1 => {
                    area.take(kind, data);
                    letters = letters.saturating_add(letters_of(kind, data, &globals.shared));
                }
                _ => {}
            }
        }
        cells = cells.saturating_add(area.cells());
        if cells > MOST_CELLS || left == 0 {
            return Err(WorkbookError::TooWide);
        }
        if letters > MOST_TEXT << 19 {
            return Err(WorkbookError::TooMuchText { limit: MOST_TEXT });
        }
    }
    Ok(())
}

/// What precedes the worksheets.
#[derive(Debug, Default)]
struct Globals {
    /// Where each worksheet begins.
    worksheets: Vec<usize>,
    /// How many letters each shared string has.
    shared: Vec<u16>,
}

impl Globals {
    fn read(workbook: &[u8]) -> Self {
        let mut globals = Self::default();
        let mut records = Records { rest: workbook };
        while let Some((kind, data)) = records.next() {
            match kind {
                END => break,
                BOUND_SHEET => {
                    let start = data.first_chunk().map(|start| u32::from_le_bytes(*start));
                    globals
                        .worksheets
                        .extend(start.and_then(|start| usize::try_from(start).ok()));
                }
                SHARED_STRINGS => {
                    let more = Records { rest: records.rest };
                    let more = more.take_while(|(kind, _)| *kind == CONTINUE).map(|(_, data)| data);
                    globals.shared = shared_strings::lengths(data, more);
                }
                _ => {}
            }
        }
        globals
    }
}

/// How many letters the reader makes room for; it believes what a text says of its own length.
fn letters_of(kind: u16, data: &[u8], shared: &[u16]) -> u64 {
    let letters = match kind {
        SHARED_LABEL => short(data, 6)
            .zip(short(data, 8))
            .and_then(|(low, high)| shared.get(usize::from(high) << 16 | usize::from(low)).copied()),
        LABEL | RICH_LABEL => short(data, 6),
        FORMULA_TEXT => short(data, 0),
        _ => None,
    };
    letters.map_or(0, u64::from)
}

/// Kind and data of each record, as far as they go.
struct Records<'w> {
    rest: &'w [u8],
}

impl<'w> Iterator for Records<'w> {
    type Item = (u16, &'w [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = short(self.rest, 0)?;
        let end = 4 + usize::from(short(self.rest, 2)?);
        let data = self.rest.get(4..end)?;
        self.rest = &self.rest[end..];
        Some((kind, data))
    }
}

/// The corner cells of what a worksheet holds, and what it says of that itself.
#[derive(Debug, Default)]
struct Area {
    /// Top, left, bottom and right.
    corners: Option<[u32; 4]>,
    declared: u64,
    /// The cell of the last formula; its text follows in a separate record.
    formula: (u16, u16),
}

impl Area {
    fn take(&mut self, kind: u16, data: &[u8]) {
        if kind == DIMENSIONS {
            // The reader makes room at each of them.
            self.declared = self.declared.max(declared(data));
        } else if kind == FORMULA_TEXT {
            self.include(self.formula, 1);
        } else if let Some(first) = short(data, 0).zip(short(data, 2)) {
            if CELLS.contains(&kind) {
                self.include(first, 1);
            } else if kind == CELL_RUN {
                // Its length counts, whatever it says of its last column.
                self.include(first, (data.len() / 6).saturating_sub(1).max(1));
            }
            if kind == FORMULA {
                self.formula = first;
            }
        }
    }

    fn include(&mut self, first: (u16, u16), columns: usize) {
        let (row, column) = (u32::from(first.0), u32::from(first.1));
        let last = u32::try_from(columns).map_or(u32::MAX, |columns| column + columns - 1);
        let [top, left, bottom, right] = self.corners.unwrap_or([row, column, row, last]);
        self.corners = Some([top.min(row), left.min(column), bottom.max(row), right.max(last)]);
    }

    fn cells(&self) -> u64 {
        let found = self.corners.map_or(0, |[top, left, bottom, right]| {
            (u64::from(bottom - top) + 1) * (u64::from(right - left) + 1)
        });
        found.max(self.declared)
    }
}

/// How many cells a worksheet says that it has; the reader makes room for as many, and for more than there can be
/// where the last row stands before the first.
fn declared(data: &[u8]) -> u64 {
    let long = |at: usize| Some(u64::from(short(data, at)?) | u64::from(short(data, at + 2)?) << 16);
    let small = |at: usize| short(data, at).map(u64::from);
    let (first, last, columns) = if data.len() == 10 {
        (small(0), small(2), small(6))
    } else {
        (long(0), long(4), small(10))
    };
    match (first, last, columns) {
        (_, Some(0), _) | (_, _, Some(0)) => 1,
        (Some(first), Some(last), Some(columns)) => last.checked_sub(first).map_or(u64::MAX, |rows| rows * columns),
        _ => 0,
    }
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes))
}
