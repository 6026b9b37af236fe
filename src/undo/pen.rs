//! How accounts and groups are written into cells, so that a run reads the very ones that are meant.

use super::changes::AccountChange;
use super::group::GroupMark;
use super::present::Present;
use super::row::{RowKind, UndoRow, Why};
use crate::draft::{account_name, group_name, names_a_group, names_an_account};
use crate::intake::Column;
use crate::model::{GroupRef, OperationKind};
use crate::text::fold;

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
        account_name(present.snapshot, user)
    }

    pub(super) fn group(self, mark: &GroupMark) -> Named {
        let Some(present) = self.present else {
            // The old account of a move was in it, and its record says so; no row can put anybody into it.
            if fold(&mark.name) == "everyone" {
                return Named::Everyone;
            }
            return Named::As(match mark.id {
                Some(id) if !names_a_group(&mark.name) => id.to_string(),
                _ => mark.name.clone(),
            });
        };
        match present.group(mark) {
            Some(group) if group.is_everyone() => Named::Everyone,
            Some(group) => Named::As(group_name(present.snapshot, group.id, &group.name)),
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_is_compared_everyone_is_known_by_its_name() {
        let pen = Pen { present: None };
        let named = |name: &str| {
            pen.group(&GroupMark {
                id: None,
                name: name.to_owned(),
            })
        };
        assert_eq!(named("Everyone"), Named::Everyone);
        assert_eq!(named("Finance"), Named::As("Finance".to_owned()));
    }
}
