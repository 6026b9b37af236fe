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
        let (first, last) = formula.area.columns().into_inner();
        if !formula.area.is_single() && (last as usize) < MOST_COLUMNS && self.formulas.len() < MOST {
            if self.formulas.is_empty() {
                // Whatever is before it in its row is not in it.
                self.seen = (0..=first).collect();
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
        let mut missing = Vec::new();
        for ArrayFormula { area, is_uncomputed } in &self.formulas {
            if *is_uncomputed && area.rows().contains(&row) {
                missing.extend(area.columns().filter(|column| self.seen.insert(*column)));
            }
        }
        self.seen.clear();
        self.formulas.retain(|formula| *formula.area.rows().end() > row);
        missing
    }
}
