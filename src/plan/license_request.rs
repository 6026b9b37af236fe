//! What rows request of one account's direct allocation.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::{Holding, LicenseChange, LicenseEdit, OneOrMany, RowIndex};
use crate::model::BundleSet;

/// A change of one account's direct allocation, and the rows that request it, in sheet order.
#[derive(Debug, Clone)]
pub(super) struct LicenseRequest {
    pub(super) rows: OneOrMany<RowIndex>,
    pub(super) change: Arc<LicenseChange>,
}

impl LicenseRequest {
    /// What these rows do to `base` of an account that holds the other bundles by groups' rules.
    pub(super) fn new(base: Holding, by_rules: BundleSet, edits: Vec<(RowIndex, LicenseEdit)>) -> Self {
        let rows: OneOrMany<RowIndex> = edits.iter().map(|(row, _)| *row).collect();
        let change = LicenseChange::of_rows(&rows, base, edits).beside(by_rules);
        Self {
            rows,
            change: Arc::new(change),
        }
    }

    /// What each row does, in sheet order.
    pub(super) fn edits(&self) -> impl Iterator<Item = (RowIndex, &LicenseEdit)> {
        self.change.edits_of(&self.rows)
    }

    /// Adds what a later row does.
    pub(super) fn push(&mut self, row: RowIndex, edit: LicenseEdit) {
        Arc::make_mut(&mut self.change).push(self.rows.len(), edit);
        self.rows.push(row);
    }
}

/// The changes of single rows so far: accounts that hold the same and get the same share one.
#[derive(Debug, Default)]
pub(super) struct SharedChanges(HashMap<(Holding, LicenseEdit), Arc<LicenseChange>, RandomState>);

/// How many changes are remembered; where there are more, hardly any is requested twice.
const MOST_SHARED: usize = 4096;

impl SharedChanges {
    /// What the row does to `base`; `None` if that changes nothing.
    pub(super) fn request(&mut self, row: RowIndex, base: Holding, edit: LicenseEdit) -> Option<LicenseRequest> {
        let key = (base, edit);
        let change = match self.0.get(&key) {
            Some(known) => Arc::clone(known),
            None => {
                let change = Arc::new(LicenseChange::new(key.0.clone(), vec![(0, key.1.clone())]));
                if self.0.len() < MOST_SHARED {
                    self.0.insert(key, Arc::clone(&change));
                }
                change
            }
        };
        let rows = OneOrMany::one(row);
        (change.target != change.base).then_some(LicenseRequest { rows, change })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::BundleCode;

    fn add(code: &str) -> LicenseEdit {
        LicenseEdit::Add([BundleCode::new(code)].into_iter().collect())
    }

    #[test]
    fn accounts_that_get_the_same_share_a_change_until_another_row_adds_to_it() {
        let mut shared = SharedChanges::default();
        let mut request = |row, edit| shared.request(row, Holding::nothing(), edit);
        let (one, mut other) = (request(1, add("A")).unwrap(), request(2, add("A")).unwrap());
        assert!(Arc::ptr_eq(&one.change, &other.change));
        assert_ne!(request(3, add("B")).unwrap().change, one.change);
        assert!(request(4, LicenseEdit::Release).is_none());
        other.push(5, add("B"));
        assert_eq!(one.edits().collect::<Vec<_>>(), [(1, &add("A"))]);
        assert_eq!(other.edits().collect::<Vec<_>>(), [(2, &add("A")), (5, &add("B"))]);
        let both = LicenseRequest::new(
            Holding::nothing(),
            BundleSet::default(),
            vec![(2, add("A")), (5, add("B"))],
        );
        assert_eq!(other.change, both.change);
    }
}
