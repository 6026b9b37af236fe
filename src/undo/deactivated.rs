//! Whether accounts are active that are to get something back.

use std::collections::BTreeSet;

use super::row::{RowKind, UndoRow};
use crate::api::User;
use crate::directory::Snapshot;
use crate::intake::Column;
use crate::model::{OperationKind, UserId};

/// Marks the rows that a run leaves alone because their account is deactivated, and notes what lets them through. Accounts
/// that another row activates are none of them.
pub(super) fn tell_of_deactivated(rows: &mut [UndoRow], snapshot: &Snapshot) {
    let activated: BTreeSet<UserId> = rows.iter().filter(|row| activates(row)).filter_map(account).collect();
    for row in rows {
        let is_guarded =
            matches!(row.kind, RowKind::PutsBack(kind) if kind == OperationKind::Migrate || !row.takes.is_empty());
        let user = account(row).filter(|id| !activated.contains(id));
        let is_deactivated = user
            .and_then(|id| snapshot.user_by_id(id))
            .is_some_and(User::is_deactivated);
        if is_guarded && is_deactivated {
            let note = "the account is deactivated, so this row runs with `--include-inactive` only";
            *row = UndoRow {
                is_for_deactivated: true,
                ..row.clone().noting(note)
            };
        }
    }
}

fn activates(row: &UndoRow) -> bool {
    matches!(row.kind, RowKind::PutsBack(_)) && row.draft.cells.get(&Column::Active).is_some_and(|cell| cell == "yes")
}

fn account(row: &UndoRow) -> Option<UserId> {
    row.draft.cells.get(&Column::UserId)?.parse().ok()
}
