//! What a sheet may say of each operation: the cells it needs and may have, what it states about its user, and the
//! typed operation that it makes. Whatever differs from operation to operation in this room is decided here.

use std::rc::Rc;

use jiff::tz::TimeZone;
use secrecy::SecretString;

use super::statement_kind::StatementKind;
use super::values::Values;
use crate::intake::cells::{Column, Direction, GroupList, LicenseList, WrittenDate, is_clear};
use crate::model::{
    BundleSet, Conditions, Create, Email, EmailError, Field, GroupLicenses, GroupRef, Invite, Migrate, Operation,
    OperationKind, Password, ProfileChange, Shared, Update, UserRef,
};

/// What a row must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// This column.
    Column(Column),
    /// At least one of these.
    OneOf(&'static [Column]),
}

/// What a row of this operation must have.
pub fn needs(kind: OperationKind) -> &'static [Need] {
    use OperationKind as Kind;
    const USER: Need = Need::Column(Column::User);
    match kind {
        Kind::Invite => &[Need::Column(Column::Email)],
        Kind::Create => &[Need::OneOf(&[Column::Username, Column::Email])],
        Kind::Update => &[
            USER,
            Need::OneOf(&[
                Column::Name,
                Column::Surname,
                Column::DisplayName,
                Column::Active,
                Column::Password,
                Column::BypassBasicAuth,
                Column::InvitationAccepted,
                Column::Groups,
                Column::RemoveGroups,
                Column::Email,
            ]),
        ],
        Kind::Delete | Kind::ReleaseLicenses | Kind::BlockLicenses | Kind::Offboard => &[USER],
        Kind::SetLicenses | Kind::RemoveLicenses => &[USER, Need::Column(Column::Licenses)],
        Kind::AddLicenses => &[USER, Need::OneOf(&[Column::Licenses, Column::Like])],
        Kind::SetGroupLicenses => &[Need::Column(Column::Group), Need::Column(Column::Licenses)],
        Kind::ClearGroupLicenses => &[Need::Column(Column::Group)],
        Kind::ReleaseLease => &[USER, Need::Column(Column::Group)],
        Kind::AddToGroups => &[USER, Need::OneOf(&[Column::Groups, Column::Like])],
        Kind::RemoveFromGroups | Kind::SetGroups => &[USER, Need::Column(Column::Groups)],
        Kind::Migrate => &[USER, Need::Column(Column::NewEmail)],
    }
}

/// The columns that can hold the groups of a row, by preference: the groups to join, or for `remove-from-groups` to leave.
pub(super) fn group_columns(kind: OperationKind) -> &'static [Column] {
    match kind {
        OperationKind::AddToGroups => &[Column::Groups, Column::Group],
        OperationKind::RemoveFromGroups => &[Column::Groups, Column::Group, Column::RemoveGroups],
        _ => &[Column::Groups],
    }
}

/// Every column that a row of this operation may have, those it needs included; `operation`, `not_before` and
/// `note` aside.
pub fn takes(kind: OperationKind) -> &'static [Column] {
    use Column as C;
    use OperationKind as Kind;
    match kind {
        Kind::Invite => &[
            C::Email,
            C::Name,
            C::Surname,
            C::Groups,
            C::Licenses,
            C::Active,
            C::Language,
            C::Like,
        ],
        Kind::Create => &[
            C::Username,
            C::Email,
            C::Name,
            C::Surname,
            C::DisplayName,
            C::Groups,
            C::Licenses,
            C::InvitationAccepted,
            C::BypassBasicAuth,
            C::Like,
        ],
        Kind::Update => &[
            C::User,
            C::Email,
            C::Name,
            C::Surname,
            C::DisplayName,
            C::Active,
            C::Password,
            C::BypassBasicAuth,
            C::InvitationAccepted,
            C::Groups,
            C::RemoveGroups,
            C::UserId,
        ],
        Kind::Delete | Kind::Offboard => &[C::User, C::UserId, C::UnlessUsedSince],
        Kind::ReleaseLicenses | Kind::BlockLicenses => &[C::User, C::UserId, C::UnlessUsedSince, C::UnlessChangedFrom],
        Kind::SetLicenses => &[
            C::User,
            C::Licenses,
            C::ExternalLicense,
            C::UserId,
            C::UnlessUsedSince,
            C::UnlessChangedFrom,
        ],
        Kind::AddLicenses => &[C::User, C::Licenses, C::Like, C::UserId, C::UnlessChangedFrom],
        Kind::RemoveLicenses => &[
            C::User,
            C::Licenses,
            C::UserId,
            C::UnlessUsedSince,
            C::UnlessChangedFrom,
        ],
        Kind::SetGroupLicenses => &[
            C::Group,
            C::Licenses,
            C::Quotas,
            C::ExternalLicense,
            C::UnlessChangedFrom,
        ],
        Kind::ClearGroupLicenses => &[C::Group, C::UnlessChangedFrom],
        Kind::ReleaseLease => &[C::User, C::Group, C::UserId, C::UnlessUsedSince],
        Kind::AddToGroups => &[C::User, C::Groups, C::Like, C::UserId],
        Kind::RemoveFromGroups => &[C::User, C::Groups, C::UserId],
        Kind::SetGroups => &[C::User, C::Groups, C::UserId, C::UnlessChangedFrom],
        Kind::Migrate => &[
            C::User,
            C::UserId,
            C::NewEmail,
            C::Name,
            C::Surname,
            C::Groups,
            C::Licenses,
            C::DeleteWhen,
        ],
    }
}

/// What a row of this operation replaces, and so what its `unless_changed_from` is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replaced {
    /// The groups of a user.
    Groups,
    /// What a user holds directly.
    Licenses,
    /// A group's licence rule.
    Rule,
}

/// What a row of this operation replaces; `None` for one that takes no `unless_changed_from`.
pub(super) fn replaced(kind: OperationKind) -> Option<Replaced> {
    use OperationKind as Kind;
    match kind {
        Kind::SetGroups => Some(Replaced::Groups),
        Kind::SetLicenses | Kind::AddLicenses | Kind::RemoveLicenses | Kind::ReleaseLicenses | Kind::BlockLicenses => {
            Some(Replaced::Licenses)
        }
        Kind::SetGroupLicenses | Kind::ClearGroupLicenses => Some(Replaced::Rule),
        Kind::Invite
        | Kind::Create
        | Kind::Update
        | Kind::Delete
        | Kind::ReleaseLease
        | Kind::AddToGroups
        | Kind::RemoveFromGroups
        | Kind::Offboard
        | Kind::Migrate => None,
    }
}

/// What to write instead where a user's present licences cannot be read; `None` for an operation that does not build on
/// them.
pub(super) fn instead_of_present_licenses(
    kind: OperationKind,
    names_licenses: bool,
    is_like_somebody: bool,
) -> Option<&'static str> {
    use OperationKind as Kind;
    match kind {
        Kind::AddLicenses | Kind::RemoveLicenses => Some("write `set-licenses` with the whole list"),
        Kind::ReleaseLicenses => Some("use `block-licenses`, or release the licence in the web interface"),
        Kind::Migrate if !names_licenses => Some("name the new account's licences in the column `licenses`"),
        Kind::Invite | Kind::Create if is_like_somebody => {
            Some("leave `like` empty, and write the groups and licences into `groups` and `licenses`")
        }
        Kind::Migrate
        | Kind::Invite
        | Kind::Create
        | Kind::Update
        | Kind::Delete
        | Kind::SetLicenses
        | Kind::BlockLicenses
        | Kind::SetGroupLicenses
        | Kind::AddToGroups
        | Kind::RemoveFromGroups
        | Kind::SetGroups
        | Kind::ReleaseLease
        | Kind::Offboard
        | Kind::ClearGroupLicenses => None,
    }
}

/// What a row states, for the comparison with other rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct States {
    /// About its user, or its group's rule.
    pub(super) about: StatementKind,
    /// About each group in `groups`.
    pub(super) groups: StatementKind,
    /// About each licence; `None` where the row is compared by the set as a whole.
    pub(super) licenses: Option<StatementKind>,
    /// Whether it changes fields of an account's profile.
    pub(super) changes_profile: bool,
}

/// What a row of this operation states.
pub(super) fn states(kind: OperationKind) -> States {
    use OperationKind as Kind;
    let about = |about| States {
        about,
        groups: StatementKind::Join,
        licenses: Some(StatementKind::Give),
        changes_profile: false,
    };
    match kind {
        Kind::Invite => about(StatementKind::Invite),
        Kind::Create => about(StatementKind::Create),
        Kind::Update => States {
            changes_profile: true,
            ..about(StatementKind::ChangeUser)
        },
        Kind::Delete => about(StatementKind::Delete),
        Kind::SetLicenses => States {
            licenses: None,
            ..about(StatementKind::SetLicenses)
        },
        Kind::AddLicenses => about(StatementKind::AddLicenses),
        Kind::RemoveLicenses => States {
            licenses: Some(StatementKind::Take),
            ..about(StatementKind::RemoveLicenses)
        },
        Kind::ReleaseLicenses => about(StatementKind::ReleaseLicenses),
        Kind::BlockLicenses => about(StatementKind::BlockLicenses),
        Kind::SetGroupLicenses | Kind::ClearGroupLicenses => about(StatementKind::SetRule),
        Kind::AddToGroups => about(StatementKind::JoinGroups),
        Kind::SetGroups => about(StatementKind::SetGroups),
        Kind::ReleaseLease => about(StatementKind::ChangeUser),
        Kind::Offboard => about(StatementKind::Offboard),
        Kind::RemoveFromGroups => States {
            groups: StatementKind::Leave,
            ..about(StatementKind::LeaveGroups)
        },
        Kind::Migrate => about(StatementKind::MigrateTo),
    }
}

/// The operation that a row without problems asks for.
///
/// # Errors
///
/// When an address is not one, which a row without problems excludes.
pub(super) fn operation(kind: OperationKind, values: &Values<'_>) -> Result<Operation, EmailError> {
    let user = || UserRef::parse(values.user);
    Ok(match kind {
        OperationKind::Invite => Operation::Invite(Box::new(Invite {
            email: values.email.parse()?,
            name: optional(&values.name),
            surname: optional(&values.surname),
            groups: groups(values.groups.as_ref()),
            licenses: licenses(values.licenses.as_ref()),
            language: optional(values.language),
            active: values.active,
            like: like(values),
        })),
        OperationKind::Create => Operation::Create(Box::new(Create {
            username: optional(values.username),
            email: optional_email(values.email)?,
            name: optional(&values.name),
            surname: optional(&values.surname),
            display_name: optional(&values.display_name),
            groups: groups(values.groups.as_ref()),
            licenses: licenses(values.licenses.as_ref()),
            invitation_accepted: values.invitation_accepted,
            bypass_basic_auth: values.bypass_basic_auth,
            like: like(values),
        })),
        OperationKind::Update => Operation::Update(Box::new(Update {
            user: user(),
            profile: ProfileChange {
                name: field(&values.name),
                surname: field(&values.surname),
                display_name: field(&values.display_name),
                email: optional_email(values.email)?,
                active: values.active,
                password: optional(values.password)
                    .map(|password| Password(SecretString::from(password.into_string()))),
                bypass_basic_auth: values.bypass_basic_auth,
                invitation_accepted: values.invitation_accepted,
            },
            add_groups: groups(values.groups.as_ref()),
            remove_groups: groups(values.remove_groups.as_ref()),
        })),
        OperationKind::Delete => Operation::Delete { user: user() },
        OperationKind::SetLicenses => Operation::SetLicenses {
            user: user(),
            licenses: licenses(values.licenses.as_ref()),
            external_license: values.external_license,
        },
        OperationKind::AddLicenses => Operation::AddLicenses {
            user: user(),
            licenses: licenses(values.licenses.as_ref()),
            like: like(values),
        },
        OperationKind::RemoveLicenses => Operation::RemoveLicenses {
            user: user(),
            licenses: licenses(values.licenses.as_ref()),
        },
        OperationKind::ReleaseLicenses => Operation::ReleaseLicenses { user: user() },
        OperationKind::BlockLicenses => Operation::BlockLicenses { user: user() },
        OperationKind::SetGroupLicenses => Operation::SetGroupLicenses(Box::new(GroupLicenses {
            group: GroupRef::parse(values.group),
            licenses: licenses(values.licenses.as_ref()),
            quotas: values.quotas.clone(),
            external_license: values.external_license,
        })),
        OperationKind::AddToGroups => Operation::AddToGroups {
            user: user(),
            groups: groups(values.groups.as_ref()),
            like: like(values),
        },
        OperationKind::RemoveFromGroups => Operation::RemoveFromGroups {
            user: user(),
            groups: groups(values.groups.as_ref()),
        },
        OperationKind::SetGroups => Operation::SetGroups {
            user: user(),
            groups: groups(values.groups.as_ref()),
        },
        OperationKind::ReleaseLease => Operation::ReleaseLease {
            user: user(),
            group: Box::new(GroupRef::parse(values.group)),
        },
        OperationKind::Offboard => Operation::Offboard { user: user() },
        OperationKind::ClearGroupLicenses => Operation::ClearGroupLicenses {
            group: GroupRef::parse(values.group),
        },
        OperationKind::Migrate => Operation::Migrate(Box::new(Migrate {
            user: user(),
            new_email: values.new_email.parse()?,
            name: optional(&values.name),
            surname: optional(&values.surname),
            groups: values.groups.as_ref().map(|list| list.groups.clone()),
            licenses: values.licenses.as_ref().map(|list| list.set.clone()),
            delete_when: values.delete_when,
        })),
    })
}

/// The conditions of a row, if it has any. Where a date has to wait for the order of its column, it is read as if the day
/// came first.
pub(super) fn conditions(values: &Values<'_>, zone: &TimeZone) -> Option<Box<Conditions>> {
    let instant = |written: Option<WrittenDate>| written.map(|written| written.day_first().instant(zone));
    let conditions = Conditions {
        not_before: instant(values.not_before),
        user_id: values.user_id,
        unless_used_since: instant(values.unless_used_since),
        unless_changed_from: values.unless_changed_from.as_ref().map(|written| written.state.clone()),
    };
    (conditions != Conditions::default()).then(|| Box::new(conditions))
}

fn like(values: &Values<'_>) -> Option<Box<UserRef>> {
    (!values.like.is_empty()).then(|| Box::new(UserRef::parse(values.like)))
}

fn optional(text: &str) -> Option<Box<str>> {
    (!text.is_empty()).then(|| text.into())
}

fn optional_email(text: &str) -> Result<Option<Email>, EmailError> {
    if text.is_empty() {
        Ok(None)
    } else {
        text.parse().map(Some)
    }
}

fn field(text: &str) -> Field {
    if text.is_empty() {
        Field::Keep
    } else if is_clear(text) {
        Field::Clear
    } else {
        Field::Set(text.into())
    }
}

fn groups(list: Option<&Rc<GroupList>>) -> Shared<[GroupRef]> {
    list.map(|list| list.groups.clone()).unwrap_or_default()
}

fn licenses(list: Option<&Rc<LicenseList>>) -> BundleSet {
    list.map(|list| list.set.clone()).unwrap_or_default()
}

/// Whether a row takes access or licences away, so that it does harm where it runs before its day. What sets a whole state
/// gives as well as it takes, and an old account goes only once the new one is accepted.
pub(super) fn takes_away(kind: OperationKind, values: &Values<'_>) -> bool {
    Direction::of_operation(kind) == Direction::Takes
        || kind == OperationKind::Update && (values.active == Some(false) || values.remove_groups.is_some())
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn what_replaces_something_takes_the_column_that_says_what_it_replaces() {
        for kind in OperationKind::iter() {
            assert_eq!(
                replaced(kind).is_some(),
                takes(kind).contains(&Column::UnlessChangedFrom),
                "{kind}"
            );
        }
    }

    #[test]
    fn whatever_an_operation_needs_it_also_takes() {
        for kind in OperationKind::iter() {
            for need in needs(kind) {
                let columns = match need {
                    Need::Column(column) => std::slice::from_ref(column),
                    Need::OneOf(columns) => columns,
                };
                for column in columns {
                    assert!(takes(kind).contains(column), "{kind} {column:?}");
                }
            }
        }
    }
}
