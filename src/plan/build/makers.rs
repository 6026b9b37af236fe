//! Which row makes which account, and which gives which account a copy.

use std::collections::HashMap;

use crate::directory::{Found, Snapshot};
use crate::model::{Row, UserId};
use crate::plan::RowIndex;
use crate::text::fold;

/// The rows that make accounts, by each name of these; empty where no row is to be like somebody.
pub(super) fn makers(rows: &[Row]) -> HashMap<String, RowIndex> {
    if rows.iter().all(|row| row.operation.like().is_none()) {
        return HashMap::new();
    }
    let mut makers = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        for name in row.operation.names_made() {
            makers.entry(fold(name)).or_insert(index);
        }
    }
    makers
}

/// The rows that give accounts a copy of what another has, by these accounts.
pub(super) fn copiers(rows: &[Row], snapshot: &Snapshot) -> HashMap<UserId, RowIndex> {
    let mut copiers = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        if row.operation.like().is_some()
            && let Some(user) = row.operation.named_user()
            && let Found::One(user) = snapshot.user(user)
        {
            copiers.entry(user.id).or_insert(index);
        }
    }
    copiers
}
