//! What each operation needs, and what it may have.

use super::column::Column;
use crate::model::OperationKind;

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
        Kind::Delete | Kind::ReleaseLicenses | Kind::BlockLicenses => &[USER],
        Kind::SetLicenses | Kind::AddLicenses | Kind::RemoveLicenses => &[USER, Need::Column(Column::Licenses)],
        Kind::SetGroupLicenses => &[Need::Column(Column::Group), Need::Column(Column::Licenses)],
        Kind::AddToGroups | Kind::RemoveFromGroups => &[USER, Need::Column(Column::Groups)],
        Kind::Migrate => &[USER, Need::Column(Column::NewEmail)],
    }
}

/// Every column that a row of this operation may have, those it needs included; `operation` and `note` aside.
pub fn takes(kind: OperationKind) -> &'static [Column] {
    use Column as C;
    use OperationKind as Kind;
    match kind {
        Kind::Invite => &[C::Email, C::Name, C::Surname, C::Groups, C::Licenses, C::Language],
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
        ],
        Kind::Delete | Kind::ReleaseLicenses | Kind::BlockLicenses => &[C::User],
        Kind::SetLicenses => &[C::User, C::Licenses, C::ExternalLicense],
        Kind::AddLicenses | Kind::RemoveLicenses => &[C::User, C::Licenses],
        Kind::SetGroupLicenses => &[C::Group, C::Licenses, C::Quotas, C::ExternalLicense],
        Kind::AddToGroups | Kind::RemoveFromGroups => &[C::User, C::Groups],
        Kind::Migrate => &[
            C::User,
            C::NewEmail,
            C::Name,
            C::Surname,
            C::Groups,
            C::Licenses,
            C::DeleteWhen,
        ],
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

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
