//! Which row makes which account.

use std::collections::HashMap;

use crate::model::{Email, Operation, Row};
use crate::plan::RowIndex;
use crate::text::fold;

/// The rows that make accounts, by each name of these; empty where no row is to be like somebody.
pub(super) fn makers(rows: &[Row]) -> HashMap<String, RowIndex> {
    if rows.iter().all(|row| row.operation.like().is_none()) {
        return HashMap::new();
    }
    let mut makers = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        let address = match &row.operation {
            Operation::Create(create) => create.email.as_ref().map(Email::fold),
            _ => None,
        };
        for name in row.operation.makes().map(fold).into_iter().chain(address) {
            makers.entry(name).or_insert(index);
        }
    }
    makers
}
