//! Somebody whom the run moved to another account.

use super::changes::{AccountChange, Move};
use super::gone::{come_back, groups};
use super::held::Held;
use super::pen::{Pen, licenses};
use super::portrait::Portrait;
use super::row::{RowKind, UndoRow, Why};
use super::told::quoted;
use crate::api::User;
use crate::intake::Column;
use crate::model::{BundleSet, Email, OperationKind};

impl Move {
    /// The old account's address; older files have only the name by which the sheet called it.
    pub(super) fn old_address(&self) -> &str {
        if self.old.email.is_empty() && Email::fault(&self.name).is_none() {
            &self.name
        } else {
            self.old.address()
        }
    }

    /// Whether the old account is gone.
    pub(super) fn is_over(&self, pen: Pen<'_>) -> bool {
        match (pen.present, self.old.id) {
            (Some(present), Some(id)) => present.user(id).is_none(),
            _ => self.is_deleted,
        }
    }
}

/// The rows that take the person back to an address whose account was deleted: a move the other way where the new account
/// is the run's own, which mails the person; else only a new account at the old address.
pub(super) fn back(change: &AccountChange, moved: &Move, user: Option<&User>, pen: Pen<'_>) -> Vec<UndoRow> {
    let address = moved.old_address();
    let bearer = pen.present.and_then(|present| present.bearer(address));
    let is_there = pen.present.is_none() || user.is_some();
    if let Some(other) = bearer {
        let note = format!(
            "{} has an account again{other}, so nobody was moved back",
            quoted(address)
        );
        return vec![pen.decide(change, Why::Gone).noting(note)];
    }
    if change.made.is_none() || !is_there || Email::fault(address).is_some() {
        let old = Portrait {
            email: address.to_owned(),
            ..moved.old.clone()
        };
        return come_back(&old, &change.rows, pen);
    }
    let old = &moved.old;
    let (groups, lost) = groups(&old.groups, pen);
    let bundles = old.held.as_ref().map(Held::bundles).unwrap_or_default();
    let id = old.id.map(|id| format!(" (it was {id})")).unwrap_or_default();
    let mut row = pen
        .row(change, OperationKind::Migrate)
        .cell(Column::NewEmail, address)
        .cell(Column::Groups, groups)
        .cell(Column::Licenses, licenses(&bundles))
        .seats(bundles, BundleSet::default())
        .noting(format!(
            "the old account was deleted{id}: the person is invited to the old address, and the account of the run is \
             deleted once that is accepted; roles in tenants and folders, the personal workspace, assets and tokens do \
             not come back"
        ));
    for text in lost {
        row = row.noting(text);
    }
    vec![row]
}

/// The row that gives the old account the licences that were taken off it, where it is still there without any.
pub(super) fn hand_back(change: &AccountChange, moved: &Move, pen: Pen<'_>) -> Option<UndoRow> {
    let old = &moved.old;
    let (true, Some(id), Some(Held::Set(bundles))) = (moved.is_handed_over, old.id, &old.held) else {
        return None;
    };
    let is_bare = pen
        .present
        .and_then(|present| present.held(id))
        .is_none_or(|now| now.held == Held::Nothing);
    if !is_bare {
        return None;
    }
    let row = UndoRow::new(RowKind::PutsBack(OperationKind::SetLicenses), &change.rows)
        .cell(Column::User, moved.old_address())
        .cell(Column::UserId, id.to_string())
        .cell(Column::Licenses, licenses(bundles))
        .cell(Column::ExternalLicense, if old.external { "yes" } else { "" });
    let row = row.seats(bundles.clone(), BundleSet::default());
    Some(row.noting("the run took these licences off the old account"))
}
