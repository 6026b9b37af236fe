//! Cells that were merged into one, which shows the value of the first.

/// A block of cells; rows and columns from 0, the last ones included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) struct Area {
    pub(in crate::sheet) rows: (u32, u32),
    pub(in crate::sheet) columns: (u32, u32),
}

impl Area {
    /// Whether the block reaches this row.
    pub(in crate::sheet) fn has_row(&self, row: u32) -> bool {
        (self.rows.0..=self.rows.1).contains(&row)
    }

    /// Whether the cell at this row and column is in the block.
    pub(in crate::sheet) fn contains(&self, (row, column): (u32, u32)) -> bool {
        self.has_row(row) && (self.columns.0..=self.columns.1).contains(&column)
    }

    /// Whether the cell is in the block and not its first, which alone is shown where they are merged.
    fn covers(&self, position: (u32, u32)) -> bool {
        self.contains(position) && position != (self.rows.0, self.columns.0)
    }
}

/// The merged cells of a worksheet.
#[derive(Debug, Default)]
pub(in crate::sheet) struct Merged {
    /// By their first rows, once it is asked for one.
    areas: Vec<Area>,
    is_sorted: bool,
    /// How many of them begin in the current row or above it.
    begun: usize,
    /// Those of them that reach it, by their first columns.
    current: Vec<Area>,
    row: u32,
}

impl Merged {
    /// Takes note of merged cells.
    pub(in crate::sheet) fn add(&mut self, area: Area) {
        self.areas.push(area);
        self.is_sorted = false;
    }

    /// Whether the cell at this row and column is hidden under the first of merged cells.
    pub(in crate::sheet) fn cover(&mut self, position: (u32, u32)) -> bool {
        if self.areas.is_empty() {
            return false;
        }
        self.go_to(position.0);
        let after = self.current.partition_point(|area| area.columns.0 <= position.1);
        // No two of them have a cell in common.
        after
            .checked_sub(1)
            .is_some_and(|last| self.current[last].covers(position))
    }

    fn go_to(&mut self, row: u32) {
        if self.is_sorted && row == self.row {
            return;
        }
        if !self.is_sorted || row < self.row {
            self.areas.sort_unstable_by_key(|area| area.rows.0);
            self.is_sorted = true;
            self.begun = 0;
            self.current.clear();
        }
        self.row = row;
        self.current.retain(|area| area.rows.1 >= row);
        let known = self.current.len();
        while let Some(area) = self.areas.get(self.begun).filter(|area| area.rows.0 <= row) {
            if area.rows.1 >= row {
                self.current.push(*area);
            }
            self.begun += 1;
        }
        if self.current.len() > known {
            self.current.sort_unstable_by_key(|area| area.columns.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn area(rows: (u32, u32), columns: (u32, u32)) -> Area {
        Area { rows, columns }
    }

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
                    area((top, top + height), (left, left + width))
                })
                .collect();
            let mut merged = Merged::default();
            for area in areas.iter().rev() {
                merged.add(*area);
            }
            for cell in cells {
                let covered = areas.iter().any(|area| area.covers(cell));
                prop_assert_eq!(merged.cover(cell), covered);
            }
        }
    }
}
