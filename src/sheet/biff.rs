//! The records of an `.xls` workbook: how much room its worksheets take when they are laid out.

use super::workbook::WorkbookFault;

/// The most cells, empty ones between others included, that all worksheets together may be laid out to.
const MOST_CELLS: u64 = 8 << 20;
/// Worksheets may share records; this many are looked at.
const MOST_RECORDS: usize = 64 << 20;

const BOUND_SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;
const END_OF_STREAM: u16 = 0x000a;
/// Records of a single cell: formula, number, label, boolean, short number, rich label, shared label.
const CELLS: [u16; 7] = [0x0006, 0x0203, 0x0204, 0x0205, 0x027e, 0x00d6, 0x00fd];
/// Several short numbers in one row.
const CELL_RUN: u16 = 0x00bd;

/// Refuses a workbook whose worksheets do not fit the memory.
pub(super) fn check(workbook: &[u8]) -> Result<(), WorkbookFault> {
    let mut left = MOST_RECORDS;
    let starts: Vec<usize> = Records { rest: workbook }
        .take_while(|(kind, _)| *kind != END_OF_STREAM)
        .filter(|(kind, _)| *kind == BOUND_SHEET)
        .filter_map(|(_, data)| usize::try_from(u32::from_le_bytes(*data.first_chunk()?)).ok())
        .collect();
    let mut cells = 0_u64;
    for start in starts {
        let mut area = Area::default();
        for (kind, data) in (Records {
            rest: workbook.get(start..).unwrap_or_default(),
        }) {
            left = left.saturating_sub(1);
            area.take(kind, data);
        }
        cells = cells.saturating_add(area.cells());
        if cells > MOST_CELLS || left == 0 {
            return Err(WorkbookFault::TooWide);
        }
    }
    Ok(())
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
    corners: Option<[u16; 4]>,
    declared: u64,
}

impl Area {
    fn take(&mut self, kind: u16, data: &[u8]) {
        if kind == DIMENSIONS {
            self.declared = declared(data);
        } else if (CELLS.contains(&kind) || kind == CELL_RUN)
            && let (Some(row), Some(column)) = (short(data, 0), short(data, 2))
        {
            let last = match data {
                [.., low, high] if kind == CELL_RUN => u16::from_le_bytes([*low, *high]).max(column),
                _ => column,
            };
            let [top, left, bottom, right] = self.corners.unwrap_or([row, column, row, last]);
            self.corners = Some([top.min(row), left.min(column), bottom.max(row), right.max(last)]);
        }
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
