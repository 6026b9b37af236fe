//! Changes and the present state into rows.

use super::account::{lasting, profile_and_groups};
use super::changes::{AccountChange, Changes, Loose};
use super::deactivated::tell_of_deactivated;
use super::gone::gone;
use super::licenses::licenses;
use super::made::made;
use super::moved::{back, hand_back};
use super::pen::Pen;
use super::present::Present;
use super::row::{RowKind, UndoRow, Why};
use super::rule::rule;
use super::seats::tell_of_full_pools;
use crate::intake::Column;
use crate::model::Status;

/// The rows that put these changes back, the newest change first; compared with the present, unless there is none to
/// compare with.
pub fn put_back(changes: &Changes, present: Option<Present<'_>>) -> Vec<UndoRow> {
    let pen = Pen { present };
    let accounts = changes
        .accounts
        .iter()
        .map(|change| (change.last, account(change, pen)));
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

fn account(change: &AccountChange, pen: Pen<'_>) -> Vec<UndoRow> {
    if let Some(old) = &change.gone {
        let is_back = pen.present.is_some_and(|present| present.user(change.id).is_some());
        // What the run made and deleted was not there before.
        return if change.made.is_some() || is_back {
            Vec::new()
        } else {
            gone(change, old, pen)
        };
    }
    let user = pen.present.and_then(|present| present.user(change.id));
    if let Some(moved) = change.moved.as_deref().filter(|moved| moved.is_over(pen)) {
        let mut rows = back(change, moved, user, pen);
        if change.made.is_none() {
            rows.extend(fields(change, pen));
        }
        return rows;
    }
    let mut rows: Vec<UndoRow> = Vec::new();
    if let Some(moved) = &change.moved {
        rows.extend(hand_back(change, moved, pen));
    }
    rows.extend(match change.made {
        // Somebody has deleted it already.
        Some(_) if pen.present.is_some() && user.is_none() => Vec::new(),
        Some(how) => vec![made(change, how, user, pen)],
        None => fields(change, pen),
    });
    rows
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
