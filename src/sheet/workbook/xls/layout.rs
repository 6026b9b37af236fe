//! A worksheet of an `.xls` before its cells are read: where they are, and what is hidden or merged.

use std::collections::BTreeMap;

use super::bytes::short;
use super::records::{Record, Records, kind};
use crate::sheet::row::MOST_COLUMNS;
use crate::sheet::workbook::merged::{Area, Merged};

/// No worksheet has more cells.
const MOST_CELLS: usize = 1 << 24;

/// The kind of what begins, in its first record.
const WORKSHEET: u16 = 0x0010;

/// In the flags of a row, and in those of all rows that are not described.
const IS_ROW_HIDDEN: u16 = 0x0020;
const ARE_ROWS_HIDDEN: u16 = 0x0002;

/// In the flags of columns.
const ARE_COLUMNS_HIDDEN: u16 = 0x0001;

/// Where the cells of a worksheet are.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The row of each record of cells, and where the record begins, by row. Excel writes them like that, others as
    /// their user put them in.
    pub(super) cells: Vec<(u16, u32)>,
    /// The rows that are hidden, from 0, ascending.
    pub(super) hidden: Vec<u16>,
    /// The first and the last of columns that are hidden, from 0.
    pub(super) hidden_columns: Vec<(u16, u16)>,
    pub(super) merged: Merged,
    /// Whether its formulas were not computed when it was saved.
    pub(super) is_uncalculated: bool,
}

/// Why a worksheet cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is not where the workbook says.
    Missing,
    /// It is cut off, and the rest of the file with it.
    CutOff,
    /// A cell in it does not say where it is, or is where none can be.
    Misplaced,
    /// It has more cells, or merged ones, than a worksheet can have.
    TooMany,
}

impl Layout {
    /// Looks through the worksheet that begins at `start`; takes its records from those `left` to be looked at.
    pub(super) fn read(stream: &[u8], start: usize, left: &mut usize) -> Result<Self, Unreadable> {
        let mut records = Records::from(stream, start);
        let begin = records.next().ok_or(Unreadable::Missing)?;
        if begin.kind != kind::BOF || short(begin.data, 2) != Some(WORKSHEET) {
            return Err(Unreadable::Missing);
        }
        let mut layout = Self::default();
        let mut rows = Rows::default();
        // Charts are nested within a worksheet, with their own begin and end records, and have cells too.
        let mut nested = 0_usize;
        for record in records.by_ref() {
            *left = left.checked_sub(1).ok_or(Unreadable::TooMany)?;
            match record.kind {
                kind::BOF => nested += 1,
                kind::EOF if nested == 0 => {
                    layout.cells.sort_by_key(|(row, _)| *row);
                    layout.hidden = rows.hidden(&layout.cells);
                    return Ok(layout);
                }
                kind::EOF => nested -= 1,
                _ if nested > 0 => {}
                kind::ROW => rows.describe(record.data),
                kind::DEFAULT_ROW_HEIGHT => {
                    rows.are_hidden = short(record.data, 0).is_some_and(|flags| flags & ARE_ROWS_HIDDEN != 0);
                }
                kind::COLUMN_INFO => layout.hidden_columns.extend(hidden_columns(record.data)),
                kind::UNCALCED => layout.is_uncalculated = true,
                kind::MERGE_CELLS => {
                    for area in merged(record.data) {
                        layout.merged.add(area).map_err(|_| Unreadable::TooMany)?;
                    }
                }
                other if kind::has_cells(other) => layout.add_cells(record)?,
                _ => {}
            }
        }
        Err(Unreadable::CutOff)
    }

    fn add_cells(&mut self, record: Record<'_>) -> Result<(), Unreadable> {
        let row = row(record).ok_or(Unreadable::Misplaced)?;
        if self.cells.len() == MOST_CELLS {
            return Err(Unreadable::TooMany);
        }
        let start = u32::try_from(record.start).map_err(|_| Unreadable::TooMany)?;
        self.cells.push((row, start));
        Ok(())
    }
}

/// The row of a record of cells; `None` if it, or a column, is not said or cannot be.
fn row(record: Record<'_>) -> Option<u16> {
    let (row, first) = (short(record.data, 0)?, short(record.data, 2)?);
    let mut last = usize::from(first);
    if record.kind == kind::MUL_RK {
        // Each takes six bytes, and so do the position and the last column, which is said again.
        let others = (record.data.len() / 6).checked_sub(2)?;
        last += others;
        if !record.data.len().is_multiple_of(6)
            || short(record.data, record.data.len() - 2).map(usize::from) != Some(last)
        {
            return None;
        }
    }
    (record.data.len() >= 6 && last < MOST_COLUMNS).then_some(row)
}

/// What is said of rows.
#[derive(Debug, Default)]
struct Rows {
    /// Whether each row that is described is hidden.
    described: BTreeMap<u16, bool>,
    /// Whether those that are not are.
    are_hidden: bool,
}

impl Rows {
    fn describe(&mut self, data: &[u8]) {
        if let (Some(row), Some(height), Some(flags)) = (short(data, 0), short(data, 6), short(data, 12)) {
            self.described.insert(row, height == 0 || flags & IS_ROW_HIDDEN != 0);
        }
    }

    fn hidden(mut self, cells: &[(u16, u32)]) -> Vec<u16> {
        if self.are_hidden {
            for (row, _) in cells {
                self.described.entry(*row).or_insert(true);
            }
        }
        let hidden = self.described.into_iter().filter(|(_, is_hidden)| *is_hidden);
        hidden.map(|(row, _)| row).collect()
    }
}

/// The first and the last of the columns that a record describes, where they are hidden or without width.
fn hidden_columns(data: &[u8]) -> Option<(u16, u16)> {
    let (width, flags) = (short(data, 4)?, short(data, 8)?);
    let columns = (short(data, 0)?, short(data, 2)?);
    (width == 0 || flags & ARE_COLUMNS_HIDDEN != 0).then_some(columns)
}

/// A count, then the first and last row and column of each.
fn merged(data: &[u8]) -> impl Iterator<Item = Area> {
    let areas = data.get(2..).unwrap_or_default().as_chunks::<8>().0.iter();
    areas.map(|area| {
        let [top, bottom, left, right] = [0, 2, 4, 6].map(|at| short(area, at).map_or(0, u32::from));
        Area::of((top, bottom), (left, right))
    })
}
