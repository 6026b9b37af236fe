//! Worksheets by names of their own.

use std::collections::HashSet;

use super::encoding_doubt::EncodingDoubt;
use super::row::Row;
use super::visitor::{Visit, Visitor};
use crate::model::Shared;

/// Shows a workbook to a visitor. A worksheet that is called as one before it, which no spreadsheet program allows and a
/// file may have all the same, gets a number behind its name: rows are known by worksheet and number.
pub(super) struct DistinctNames<'v> {
    visitor: &'v mut dyn Visitor,
    given: HashSet<Shared<str>>,
}

impl<'v> DistinctNames<'v> {
    pub(super) fn for_visitor(visitor: &'v mut dyn Visitor) -> Self {
        Self {
            visitor,
            given: HashSet::new(),
        }
    }

    fn distinct(&mut self, name: &Shared<str>) -> Shared<str> {
        let mut distinct = name.clone();
        for number in 2_u32.. {
            if self.given.insert(distinct.clone()) {
                break;
            }
            distinct = format!("{name} ({number})").into();
        }
        distinct
    }
}

impl Visitor for DistinctNames<'_> {
    fn sheet(&mut self, sheet: &Shared<str>) -> Visit {
        let name = self.distinct(sheet);
        self.visitor.sheet(&name)
    }

    fn sheet_is_hidden(&mut self) {
        self.visitor.sheet_is_hidden();
    }

    fn encoding_is_doubtful(&mut self, doubt: EncodingDoubt) {
        self.visitor.encoding_is_doubtful(doubt);
    }

    fn sheet_skipped(&mut self, sheet: &Shared<str>, reason: &str) {
        self.visitor.sheet_skipped(sheet, reason);
    }

    fn columns_are_hidden(&mut self, columns: (usize, usize)) {
        self.visitor.columns_are_hidden(columns);
    }

    fn columns_have_width(&mut self, columns: (usize, usize), width: f64) {
        self.visitor.columns_have_width(columns, width);
    }

    fn row(&mut self, row: &mut Row) -> Visit {
        self.visitor.row(row)
    }
}
