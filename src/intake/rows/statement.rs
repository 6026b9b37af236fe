//! What rows state about users and groups, small enough to be kept for a million rows and compared afterwards.

use strum::VariantArray;

use super::operations::states;
use super::statement_kind::StatementKind;
use super::values::Values;
use crate::intake::cells::{half, hash, hash_text, user_key};
use crate::model::OperationKind;

/// What kind of thing a statement is about. It enters the hash of the subject, so that subjects of different kinds are
/// different.
#[derive(Debug, Clone, Copy, Hash)]
enum SubjectKind {
    User,
    /// A user's membership of one group.
    Membership,
    /// A user's licence of one kind.
    License,
    /// One profile field of a user.
    ProfileField,
    GroupRule,
    /// A row that cannot run.
    RefusedRow,
}

/// The number of a row in the file as a whole: the rows of the worksheets before it, and its own number.
pub(in crate::intake) type RowNumber = u32;

const KIND_BITS: u32 = 6;
const _: () = assert!(StatementKind::VARIANTS.len() <= 1 << KIND_BITS);

/// The highest row number that statements can be kept for; rows beyond it share it.
pub(super) const LAST_ROW: RowNumber = (1 << (32 - KIND_BITS)) - 1;

/// One thing that one row states about one subject, in 16 bytes. Ordered by subject, then by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::intake) struct Statement {
    /// A hash of what the statement is about.
    pub(in crate::intake) subject: u64,
    /// Row and kind in one number: as two fields they would make it 24 bytes.
    packed: u32,
    /// What distinguishes two statements of a kind: a hash of the row's content, or of the new value of a profile
    /// field.
    pub(in crate::intake) value: u32,
}

impl Statement {
    fn new(subject: u64, row: RowNumber, kind: StatementKind, value: u32) -> Self {
        Self {
            subject,
            packed: row << KIND_BITS | u32::from(kind as u8),
            value,
        }
    }

    /// That a row with these cells is refused.
    pub(super) fn of_refused(content: &str, row: RowNumber) -> Self {
        let content = hash(content);
        let subject = hash(&(SubjectKind::RefusedRow, content));
        Self::new(subject, row, StatementKind::Refused, half(content))
    }

    /// What it states in turn: a deletion without a date is first of all a deletion.
    pub(in crate::intake) fn each(self) -> impl Iterator<Item = Self> {
        let deletes = (self.kind() == StatementKind::DeleteNow)
            .then(|| Self::new(self.subject, self.row(), StatementKind::Delete, self.value));
        deletes.into_iter().chain([self])
    }

    pub(in crate::intake) fn row(self) -> RowNumber {
        self.packed >> KIND_BITS
    }

    pub(in crate::intake) fn kind(self) -> StatementKind {
        // `new` puts nothing else there than the position of a variant.
        StatementKind::VARIANTS[(self.packed & ((1 << KIND_BITS) - 1)) as usize]
    }
}

/// A row that can run, where no other row contradicts it.
pub(super) struct ValidRow<'r, 'c> {
    pub(super) kind: OperationKind,
    pub(super) values: &'r Values<'c>,
    /// What distinguishes the row's canonical content.
    pub(super) content: u32,
    pub(super) number: RowNumber,
}

impl ValidRow<'_, '_> {
    /// Tells what the row states.
    pub(super) fn state(&self, mut tell: impl FnMut(Statement)) {
        let Self {
            kind,
            values,
            content,
            number,
        } = *self;
        let mut push = |subject, kind, value| tell(Statement::new(subject, number, kind, value));
        let user = |user: u64| hash(&(SubjectKind::User, user));
        let named_user = || hash(&*values.user_key);

        let states = states(kind);
        // Whom memberships and licences are about: the new account where there is one.
        let holder = match states.about {
            StatementKind::Invite => hash_text(values.email),
            StatementKind::Create if values.username.is_empty() => hash_text(values.email),
            StatementKind::Create => hash_text(values.username),
            StatementKind::MigrateTo => hash_text(values.new_email),
            StatementKind::SetRule => {
                let rule = hash(&(SubjectKind::GroupRule, hash_text(values.group)));
                push(rule, StatementKind::SetRule, content);
                return;
            }
            _ => named_user(),
        };
        let about = match states.about {
            // Of an update it depends on its cells, of a deletion on its date.
            StatementKind::ChangeUser if states.changes_profile => updates(values),
            StatementKind::Delete if values.not_before.is_none() => StatementKind::DeleteNow,
            about => about,
        };
        push(user(holder), about, content);
        if states.about == StatementKind::MigrateTo {
            push(user(named_user()), StatementKind::MigrateFrom, content);
        }
        // An account that is created has two names, and neither may be that of another row's account.
        if states.about == StatementKind::Create && !values.username.is_empty() && !values.email.is_empty() {
            let address = hash_text(values.email);
            if address != holder {
                push(user(address), StatementKind::Create, content);
            }
        }

        if states.changes_profile && about == StatementKind::LeaveGroups && values.active == Some(false) {
            // Another value than the row's own, which tells equal rows.
            push(user(holder), StatementKind::Deactivate, !content);
        }
        if !values.like.is_empty() {
            push(user(hash(&*user_key(values.like))), StatementKind::Model, content);
            // Another value than the row's own, which tells equal rows.
            let makes = matches!(states.about, StatementKind::Invite | StatementKind::Create);
            if !makes {
                push(user(holder), StatementKind::Copies, !content);
            }
        }

        for (list, kind) in [
            (&values.groups, states.groups),
            (&values.remove_groups, StatementKind::Leave),
        ] {
            for group in list.as_ref().map_or(&[][..], |list| &list.hashes) {
                push(hash(&(SubjectKind::Membership, holder, *group)), kind, 0);
            }
        }
        if let (Some(list), Some(kind)) = (&values.licenses, states.licenses) {
            for license in &list.hashes {
                push(hash(&(SubjectKind::License, holder, *license)), kind, 0);
            }
        }
        if states.changes_profile {
            for (kind, value) in profile(values) {
                if let Some(value) = value {
                    let field = hash(&(SubjectKind::ProfileField, holder, kind as u8));
                    push(field, kind, half(hash(value)));
                }
            }
        }
    }
}

/// What an `update` does to its user.
fn updates(values: &Values<'_>) -> StatementKind {
    if values.groups.is_some() {
        StatementKind::JoinGroups
    } else if values.active == Some(true) {
        StatementKind::Activate
    } else if values.remove_groups.is_some() {
        StatementKind::LeaveGroups
    } else if values.active == Some(false) {
        StatementKind::Deactivate
    } else {
        StatementKind::ChangeUser
    }
}

/// The profile fields that an `update` sets.
fn profile<'v>(values: &'v Values<'_>) -> [(StatementKind, Option<&'v str>); 8] {
    let text = |text: &'v str| Some(text).filter(|text| !text.is_empty());
    let flag = |value: Option<bool>| value.map(|value| if value { "yes" } else { "no" });
    [
        (StatementKind::SetName, text(&values.name)),
        (StatementKind::SetSurname, text(&values.surname)),
        (StatementKind::SetDisplayName, text(&values.display_name)),
        (StatementKind::SetEmail, text(values.email)),
        (StatementKind::SetActive, flag(values.active)),
        (StatementKind::SetPassword, text(values.password)),
        (StatementKind::SetBypassBasicAuth, flag(values.bypass_basic_auth)),
        (StatementKind::SetInvitationAccepted, flag(values.invitation_accepted)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_keeps_row_kind_and_value_in_16_bytes() {
        assert_eq!(size_of::<Statement>(), 16);
        for kind in StatementKind::VARIANTS {
            let statement = Statement::new(7, LAST_ROW, *kind, 9);
            assert_eq!(
                (statement.row(), statement.kind(), statement.value),
                (LAST_ROW, *kind, 9)
            );
        }
    }
}
