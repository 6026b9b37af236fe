//! Somebody whom the run moved to another account.

use super::changes::{AccountChange, Move};
use super::gone::{come_back, groups, obstacle};
use super::group::GroupMark;
use super::held::Held;
use super::pen::Pen;
use super::portrait::Portrait;
use super::row::{RowKind, UndoRow};
use super::told::quoted;
use crate::api::User;
use crate::draft::licenses;
use crate::intake::Column;
use crate::model::{BundleSet, Email, GroupId, OperationKind};

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
    let old = Portrait {
        email: moved.old_address().to_owned(),
        ..moved.old.clone()
    };
    let is_there = pen.present.is_none() || user.is_some();
    if change.made.is_none() || !is_there || Email::fault(&old.email).is_some() {
        return come_back(&old, &change.rows, pen);
    }
    let (row, reason) = match obstacle(&old, OperationKind::Migrate, pen.present) {
        Some((why, reason)) => (pen.decide(change, why), Some(reason)),
        None => (pen.row(change, OperationKind::Migrate), None),
    };
    let since = Since::of(change, &old, user, pen);
    let (groups, lost) = groups(&[old.groups.clone(), since.groups.clone()].concat(), pen);
    let bundles = old.held.as_ref().map(Held::bundles).unwrap_or_default();
    let bundles = bundles.union(&since.bundles);
    let id = old.id.map(|id| format!(" (it was {id})")).unwrap_or_default();
    let mut row = row
        .cell(Column::NewEmail, old.email.as_str())
        .cell(Column::Groups, groups)
        .cell(Column::Licenses, licenses(&bundles))
        .seats(bundles, BundleSet::default())
        .noting(format!(
            "the old account was deleted{id}: the person is invited to the old address, and the account of the run is \
             deleted once that is accepted; roles in tenants and folders, the personal workspace, assets and tokens do \
             not come back"
        ));
    for text in lost.into_iter().chain(since.note()).chain(reason) {
        row = row.noting(text);
    }
    vec![row]
}

/// What somebody has given the new account since the run, and that goes over to the old address with the rest.
struct Since {
    groups: Vec<GroupMark>,
    bundles: BundleSet,
}

impl Since {
    fn of(change: &AccountChange, old: &Portrait, user: Option<&User>, pen: Pen<'_>) -> Self {
        let (Some(present), Some(user)) = (pen.present, user) else {
            return Self {
                groups: Vec::new(),
                bundles: BundleSet::default(),
            };
        };
        let mark = |id: &GroupId| {
            let group = present.snapshot.group_by_id(*id).filter(|group| !group.is_everyone())?;
            Some(GroupMark {
                id: Some(group.id),
                name: group.name.clone(),
            })
        };
        let is_of_the_run = |group: &GroupMark| {
            let given = change.groups.iter().filter(|known| known.is).map(|known| &known.group);
            given.chain(&old.groups).any(|known| known.is(group))
        };
        let left = change.held.as_ref().map(|flip| flip.is.bundles()).unwrap_or_default();
        let held = present.held(user.id).map(|now| now.held.bundles()).unwrap_or_default();
        Self {
            groups: user
                .groups
                .iter()
                .filter_map(mark)
                .filter(|group| !is_of_the_run(group))
                .collect(),
            bundles: held.minus(&left),
        }
    }

    fn note(&self) -> Option<String> {
        let names = self.groups.iter().map(|group| quoted(&group.name));
        let gained: Vec<String> = names.chain(self.bundles.iter().map(ToString::to_string)).collect();
        (!gained.is_empty()).then(|| {
            format!(
                "somebody has given the account {} since, which goes over",
                gained.join(", ")
            )
        })
    }
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
