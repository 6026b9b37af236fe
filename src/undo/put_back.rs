//! Changes and the present state into rows.

use std::collections::HashSet;

use super::account::{lasting, profile_and_groups};
use super::changes::{AccountChange, Changes, Loose, Made, Parting};
use super::deactivated::tell_of_deactivated;
use super::gone::gone;
use super::licenses::licenses;
use super::made::made;
use super::moved::{back, made_and_gone, made_anew, unsettled};
use super::pen::Pen;
use super::present::Present;
use super::row::{RowKind, UndoRow, Why};
use super::rule::rule;
use super::seats::tell_of_full_pools;
use super::told::in_backticks;
use crate::api::User;
use crate::intake::Column;
use crate::model::{Status, UserId};

/// The rows that put these changes back, the newest change first; compared with the present, unless there is none to
/// compare with.
pub fn put_back(changes: &Changes, present: Option<Present<'_>>) -> Vec<UndoRow> {
    let pen = Pen { present };
    let left = left_accounts(changes, pen);
    let accounts = changes
        .accounts
        .iter()
        .map(|change| (change.last, account(change, &left, pen)));
    let rules = changes.rules.iter().map(|change| (change.last, rule(change, pen)));
    let unsettled = changes.loose.iter().map(|record| (record.last, vec![loose(record)]));
    let mut parts: Vec<(usize, Vec<UndoRow>)> = accounts.chain(rules).chain(unsettled).collect();
    parts.sort_by_key(|(last, _)| std::cmp::Reverse(*last));
    let mut rows: Vec<UndoRow> = parts.into_iter().flat_map(|(_, rows)| rows).collect();
    if let Some(present) = present {
        tell_of_full_pools(&mut rows, present.snapshot);
        tell_of_deactivated(&mut rows, present.snapshot);
    }
    rows
}

/// The accounts whose people the run moved on, and deleted. What it did to them before is put back with the move.
fn left_accounts(changes: &Changes, pen: Pen<'_>) -> HashSet<UserId> {
    let moves = changes.accounts.iter().flat_map(|change| &change.moved);
    let gone = moves.filter(|moved| moved.parting(pen) != Parting::Kept);
    gone.filter_map(|moved| moved.left).collect()
}

fn account(change: &AccountChange, left: &HashSet<UserId>, pen: Pen<'_>) -> Vec<UndoRow> {
    let user = pen.present.and_then(|present| present.user(change.id));
    let parted = |parting| change.moved.iter().filter(move |moved| moved.parting(pen) == parting);
    let mut over = parted(Parting::Deleted);
    // Whoever came first to an account that the run made goes back by a move, and the others, who came together with that
    // person in it, are made anew.
    let first = change.made.and_then(|how| Some((how, over.next()?)));
    let mut rows = match (first, change.made) {
        _ if left.contains(&change.id) => Vec::new(),
        (Some((how, moved)), _) => back(change, moved, how, user, pen),
        (None, Some(how)) => undo_making(change, how, user, left, pen),
        (None, None) => match &change.gone {
            Some(old) => gone(change, old, pen),
            None => fields(change, pen),
        },
    };
    let others: Vec<UndoRow> = over.flat_map(|moved| made_anew(change, moved, pen)).collect();
    rows.splice(0..0, others);
    rows.extend(parted(Parting::NotTold).map(|moved| unsettled(change, moved, pen)));
    rows
}

/// The rows about an account that the run made.
fn undo_making(
    change: &AccountChange,
    how: Made,
    user: Option<&User>,
    left: &HashSet<UserId>,
    pen: Pen<'_>,
) -> Vec<UndoRow> {
    // What the run made and deleted was not there before.
    if change.gone.is_some() {
        return Vec::new();
    }
    if pen.present.is_some() && user.is_none() {
        return made_and_gone(change, pen).into_iter().collect();
    }
    if change.moved.iter().any(|moved| moved.parting(pen) == Parting::NotTold) {
        return Vec::new();
    }
    let mut row = made(change, how, user, pen);
    for moved in &change.moved {
        let is_there = |id| pen.present.is_none_or(|present| present.user(id).is_some());
        if moved.left.is_some_and(|id| !left.contains(&id) && !is_there(id)) {
            let address = in_backticks(moved.old_address());
            row = row.noting(format!("somebody else has deleted the old account, {address}"));
        }
    }
    vec![row]
}

/// Licences first, then memberships and profile, so that whoever is deactivated stays so until all is there.
fn fields(change: &AccountChange, pen: Pen<'_>) -> Vec<UndoRow> {
    let user = pen.present.and_then(|present| present.user(change.id));
    if let Some(present) = pen.present.filter(|_| user.is_none()) {
        let note = match present.bearer(&change.label) {
            None => format!("the account {} is gone", change.id),
            Some(other) => {
                format!(
                    "the account {} is gone, and its name has another account now{other}",
                    change.id
                )
            }
        };
        return vec![pen.decide(change, Why::Gone).noting(note)];
    }
    let mut rows = licenses(change, pen);
    rows.extend(profile_and_groups(change, user, pen));
    rows.extend(lasting(change, pen));
    rows
}

/// A record that does not say what it changed.
fn loose(record: &Loose) -> UndoRow {
    let note = match record.status {
        Status::InDoubt | Status::Started => {
            "it is not known whether what the row asked for was done: run the sheet again first, which finds out"
        }
        _ => "the results file does not say what this row changed, or about whom",
    };
    let row = UndoRow::new(RowKind::Decide(Why::NotKnown), std::slice::from_ref(&record.place));
    let id = record.user_id.map(|id| id.to_string()).unwrap_or_default();
    row.cell(Column::User, record.user.as_str())
        .cell(Column::UserId, id)
        .noting(note)
}
