//! Cells that were merged into one, which shows the value of the first.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::error::WorkbookError;
use crate::sheet::row::Under;

/// A block of cells; rows and columns from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) struct Area {
    /// The first and the last row and column.
    rows: (u32, u32),
    columns: (u32, u32),
}

impl Area {
    /// The block that has these rows and columns for its ends, in whichever order.
    pub(in crate::sheet) fn of(rows: (u32, u32), columns: (u32, u32)) -> Self {
        let ordered = |(one, other): (u32, u32)| (one.min(other), one.max(other));
        Self {
            rows: ordered(rows),
            columns: ordered(columns),
        }
    }

    pub(in crate::sheet) fn rows(&self) -> RangeInclusive<u32> {
        self.rows.0..=self.rows.1
    }

    pub(in crate::sheet) fn columns(&self) -> RangeInclusive<u32> {
        self.columns.0..=self.columns.1
    }

    /// Whether it is one cell.
    pub(in crate::sheet) fn is_single(&self) -> bool {
        self.rows.0 == self.rows.1 && self.columns.0 == self.columns.1
    }

    /// Whether the cell at this row and column is in the block.
    pub(in crate::sheet) fn contains(&self, (row, column): (u32, u32)) -> bool {
        self.rows().contains(&row) && self.columns().contains(&column)
    }

    /// Whether the cell is in the block and not its first, which alone is shown where they are merged.
    fn covers(&self, position: (u32, u32)) -> bool {
        self.contains(position) && position != (self.rows.0, self.columns.0)
    }
}

/// More of them than any person has made.
const MOST: usize = 1 << 20;

/// For rows that are not in order, so many of them are gone through anew.
const MOST_AGAIN: usize = 1 << 22;

/// The merged cells of a worksheet.
#[derive(Debug, Default)]
pub(in crate::sheet) struct Merged {
    /// By their first rows, once it is asked for one.
    areas: Vec<Area>,
    is_sorted: bool,
    /// How many of them begin in the current row or above it.
    begun: usize,
    /// The last ones that began in their columns, by their first column, and whether each shows something.
    current: BTreeMap<u32, (Area, bool)>,
    row: u32,
    /// How many have been gone through anew.
    again: usize,
}

impl Merged {
    /// Takes note of merged cells.
    pub(in crate::sheet) fn add(&mut self, area: Area) -> Result<(), WorkbookError> {
        if self.areas.len() == MOST {
            return Err(WorkbookError::TooWide);
        }
        self.areas.push(area);
        self.is_sorted = false;
        Ok(())
    }

    /// Whether the cell at this row and column is hidden under the first of merged cells.
    pub(in crate::sheet) fn cover(&mut self, position: (u32, u32)) -> bool {
        if self.areas.is_empty() {
            return false;
        }
        self.go_to(position.0);
        // No two of them have a cell in common.
        let last = self.current.range(..=position.1).next_back();
        last.is_some_and(|(_, (area, _))| area.covers(position))
    }

    /// Takes note that the cell shows something, after it was asked whether it is covered.
    pub(in crate::sheet) fn fill(&mut self, (row, column): (u32, u32)) {
        if let Some((area, is_filled)) = self.current.get_mut(&column) {
            *is_filled |= area.rows.0 == row;
        }
    }

    /// The cells of the row, the last that was asked about, that lie under merged cells which begin above it and show
    /// something.
    pub(in crate::sheet) fn under(&self, row: u32) -> impl Iterator<Item = Under> {
        let is_above = move |area: &Area| area.rows.0 < row && row <= area.rows.1;
        let shown = self.current.values().filter(|(_, is_filled)| *is_filled);
        shown.filter(move |(area, _)| is_above(area)).map(|(area, _)| Under {
            columns: (area.columns.0 as usize, area.columns.1 as usize),
            top: area.rows.0 + 1,
        })
    }

    /// Whether the rows were so out of order that the answers were not looked for any more.
    pub(in crate::sheet) fn is_lost(&self) -> bool {
        self.again > MOST_AGAIN
    }

    fn go_to(&mut self, row: u32) {
        if !self.is_sorted {
            self.areas.sort_unstable_by_key(|area| area.rows.0);
            self.is_sorted = true;
            self.start_anew();
        } else if row < self.row {
            self.again = self.again.saturating_add(self.begun);
            self.start_anew();
        }
        self.row = row;
        if self.is_lost() {
            return;
        }
        while let Some(area) = self.areas.get(self.begun).filter(|area| area.rows.0 <= row) {
            // Those that are in its way have ended above it.
            while let Some((column, _)) = self.current.range(area.columns()).next() {
                let column = *column;
                self.current.remove(&column);
            }
            self.current.insert(area.columns.0, (*area, false));
            self.begun += 1;
        }
    }

    fn start_anew(&mut self) {
        self.begun = 0;
        self.current.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cell_is_covered_by_the_merged_cells_that_have_it(
            blocks in prop::collection::btree_map((0_u32..6, 0_u32..6), (0_u32..4, 0_u32..4), 0..12),
            cells in prop::collection::vec((0_u32..24, 0_u32..24), 1..60),
        ) {
            // A block in each of some squares of four by four cells, so that no two overlap.
            let areas: Vec<Area> = blocks
                .iter()
                .map(|((row, column), (height, width))| {
                    let (top, left) = (row * 4, column * 4);
                    Area::of((top, top + height), (left, left + width))
                })
                .collect();
            let mut merged = Merged::default();
            for area in areas.iter().rev() {
                merged.add(*area).unwrap();
            }
            for cell in cells {
                let covered = areas.iter().any(|area| area.covers(cell));
                prop_assert_eq!(merged.cover(cell), covered);
            }
        }
    }
    #[test]
    fn rows_that_are_not_in_order_do_not_take_for_ever() {
        let mut merged = Merged::default();
        for row in 0..1000 {
            merged.add(Area::of((row, row), (0, 1))).unwrap();
        }
        assert!((0..1000).all(|row| merged.cover((row, 1))));
        assert!((0..1000).rev().all(|row| merged.cover((row, 1))), "a few may be so");
        assert!(!merged.is_lost());
        for row in (0..1 << 20).rev() {
            merged.cover((row, 1));
        }
        assert!(merged.is_lost());
    }
}
