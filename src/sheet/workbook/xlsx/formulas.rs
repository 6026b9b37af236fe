//! Formulas that fill more than the cell they stand in.

use std::collections::HashSet;

use crate::sheet::row::MOST_COLUMNS;
use crate::sheet::workbook::merged::Area;

/// The most that are kept at a time; nobody has more beside each other.
const MOST: usize = 1 << 8;

/// A formula over several cells.
#[derive(Debug, Clone, Copy)]
pub(super) struct ArrayFormula {
    pub(super) area: Area,
    /// Whether its first cell has no value that was computed.
    pub(super) is_uncomputed: bool,
}

/// The formulas over several cells that reach the current row or later ones.
#[derive(Debug, Default)]
pub(super) struct ArrayFormulas {
    formulas: Vec<ArrayFormula>,
    /// The columns of the current row that have a cell of their own; kept only where there is a formula.
    seen: HashSet<u32>,
}

impl ArrayFormulas {
    pub(super) fn add(&mut self, formula: ArrayFormula) {
        let Area { rows, columns } = formula.area;
        let is_single = rows.0 == rows.1 && columns.0 == columns.1;
        if !is_single && (columns.1 as usize) < MOST_COLUMNS && self.formulas.len() < MOST {
            if self.formulas.is_empty() {
                // Whatever is before it in its row is not in it.
                self.seen = (0..=columns.0).collect();
            }
            self.formulas.push(formula);
        }
    }

    /// Whether the cell is a part of one.
    pub(super) fn cover(&mut self, position: (u32, u32)) -> bool {
        if self.formulas.is_empty() {
            return false;
        }
        self.seen.insert(position.1);
        self.formulas.iter().any(|formula| formula.area.contains(position))
    }

    /// Ends a row; the columns in which a value is missing because nobody computed it.
    pub(super) fn end_row(&mut self, row: u32) -> Vec<u32> {
        if self.formulas.is_empty() {
            return Vec::new();
        }
        let uncomputed = self.formulas.iter().filter(|formula| formula.is_uncomputed);
        let missing = uncomputed
            .filter(|formula| formula.area.has_row(row))
            .flat_map(|formula| formula.area.columns.0..=formula.area.columns.1)
            .filter(|column| !self.seen.contains(column))
            .collect();
        self.seen.clear();
        self.formulas.retain(|formula| formula.area.rows.1 > row);
        missing
    }
}
