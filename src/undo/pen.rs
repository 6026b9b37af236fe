//! How accounts and groups are written into cells, so that a run reads the very ones that are meant.

use super::changes::AccountChange;
use super::group::GroupMark;
use super::present::{Present, is_everyone};
use super::row::{RowKind, UndoRow, Why};
use crate::intake::{Column, is_kept, print_list};
use crate::model::{BundleCode, BundleSet, Email, GroupId, GroupRef, OperationKind, UserRef};

/// What writes rows: it knows the present, unless nothing is compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pen<'a> {
    pub(super) present: Option<Present<'a>>,
}

/// How a group is to be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// So.
    As(String),
    /// Not at all: everybody is in it anyway.
    Everyone,
    /// It is not there; why.
    Gone(String),
}

impl Pen<'_> {
    /// A row about the account, bound to its id.
    pub(super) fn row(self, change: &AccountChange, operation: OperationKind) -> UndoRow {
        self.about(change, RowKind::PutsBack(operation))
    }

    /// A row for a person about the account.
    pub(super) fn decide(self, change: &AccountChange, why: Why) -> UndoRow {
        self.about(change, RowKind::Decide(why))
    }

    fn about(self, change: &AccountChange, kind: RowKind) -> UndoRow {
        UndoRow::new(kind, &change.rows)
            .cell(Column::User, self.user(change))
            .cell(Column::UserId, change.id.to_string())
    }

    /// The account's address or user name where that names it without doubt, else its id.
    fn user(self, change: &AccountChange) -> String {
        let by_id = change.id.to_string();
        let Some(present) = self.present else {
            return if names_an_account(&change.label) {
                change.label.clone()
            } else {
                by_id
            };
        };
        let Some(user) = present.user(change.id) else {
            return change.label.clone();
        };
        let names = [user.email(), user.user_name()];
        let is_clear = |name: &&str| {
            names_an_account(name)
                && present
                    .snapshot
                    .user(&UserRef::parse(name))
                    .one()
                    .is_some_and(|found| found.id == user.id)
        };
        names.into_iter().find(is_clear).map_or(by_id, str::to_owned)
    }

    pub(super) fn group(self, mark: &GroupMark) -> Named {
        let Some(present) = self.present else {
            return Named::As(match mark.id {
                Some(id) if !names_a_group(&mark.name) => id.to_string(),
                _ => mark.name.clone(),
            });
        };
        match present.group(mark) {
            Some(group) if is_everyone(group) => Named::Everyone,
            Some(group) => Named::As(self.group_of(group.id, &group.name)),
            None => {
                let same_name = present.snapshot.group(&GroupRef::Name(mark.name.as_str().into()));
                Named::Gone(match (mark.id, same_name.one()) {
                    (Some(_), Some(_)) => format!("the group `{}` is gone, and another has its name now", mark.name),
                    (Some(_), None) => format!("the group `{}` is gone", mark.name),
                    (None, _) => format!(
                        "no group is called `{}` now: it is gone, or has another name",
                        mark.name
                    ),
                })
            }
        }
    }

    /// The group's name where that names it without doubt, else its id.
    fn group_of(self, id: GroupId, name: &str) -> String {
        let resolves = self.present.is_none_or(|present| {
            let found = present.snapshot.group(&GroupRef::parse(name)).one();
            found.is_some_and(|group| group.id == id)
        });
        if resolves && names_a_group(name) {
            name.to_owned()
        } else {
            id.to_string()
        }
    }
}

/// Whether a cell with this text names an account by it.
fn names_an_account(name: &str) -> bool {
    let is_address = !name.contains('@') || Email::fault(name).is_none();
    // What is taken off an address that was copied from somewhere.
    let is_plain = !name.contains(['<', '>', ':']) && !name.starts_with('\'') && !name.ends_with(['\'', ';', ',']);
    !name.is_empty()
        && is_address
        && is_plain
        && is_kept(Column::User, name)
        && matches!(UserRef::parse(name), UserRef::Name(_))
}

/// Whether a cell with this text names a group by it.
fn names_a_group(name: &str) -> bool {
    !name.is_empty() && is_kept(Column::Groups, name) && matches!(GroupRef::parse(name), GroupRef::Name(_))
}

/// A cell of licences.
pub(super) fn licenses(bundles: &BundleSet) -> String {
    let codes: Vec<&str> = bundles.iter().map(BundleCode::as_str).collect();
    print_list(&codes)
}
