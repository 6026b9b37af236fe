//! The kinds of things that a row states.

use strum::VariantArray;

use crate::intake::cells::Column;

/// What a row states about its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, VariantArray)]
#[repr(u8)]
pub(in crate::intake) enum StatementKind {
    // About a user.
    Invite,
    Create,
    MigrateTo,
    MigrateFrom,
    Delete,
    /// The same without a date.
    DeleteNow,
    Offboard,
    /// The direct licences become exactly these.
    SetLicenses,
    ReleaseLicenses,
    BlockLicenses,
    /// Some licences more.
    AddLicenses,
    /// Some licences fewer.
    RemoveLicenses,
    /// The groups become exactly these.
    SetGroups,
    /// Some groups more, perhaps others fewer.
    JoinGroups,
    /// Some groups fewer.
    LeaveGroups,
    /// The account is activated; no group is joined.
    Activate,
    /// The account is deactivated; no group is joined.
    Deactivate,
    /// Something else is changed.
    ChangeUser,
    /// Somebody else is given what the user has.
    Model,
    /// The user, who has an account, is given what somebody else has.
    Copies,
    // About a membership.
    Join,
    Leave,
    // About a licence.
    Give,
    Take,
    // About a group's rule.
    SetRule,
    // About a profile field.
    SetName,
    SetSurname,
    SetDisplayName,
    SetEmail,
    SetActive,
    SetPassword,
    SetBypassBasicAuth,
    SetInvitationAccepted,
    // About a row that cannot run.
    /// Its cells are these.
    Refused,
}

impl StatementKind {
    /// Whether the statement is made by every row of its kind and has a hash of the row's content as its value, so that
    /// two such statements with one subject and one value mean equal rows.
    pub(in crate::intake) fn identifies_row(self) -> bool {
        !self.adds() && !self.removes() && self.profile_column().is_none()
    }

    /// Whether it gives the user that it is about a group or a licence, or activates the account.
    pub(in crate::intake) fn gives(self) -> bool {
        matches!(
            self,
            Self::SetLicenses | Self::AddLicenses | Self::SetGroups | Self::JoinGroups | Self::Activate
        )
    }

    /// Whether it can contradict only statements that remove.
    pub(in crate::intake) fn adds(self) -> bool {
        matches!(self, Self::Join | Self::Give)
    }

    /// Whether it is the opposite of one that adds.
    pub(in crate::intake) fn removes(self) -> bool {
        matches!(self, Self::Leave | Self::Take)
    }

    /// The column of the profile field that is set.
    pub(in crate::intake) fn profile_column(self) -> Option<Column> {
        Some(match self {
            Self::SetName => Column::Name,
            Self::SetSurname => Column::Surname,
            Self::SetDisplayName => Column::DisplayName,
            Self::SetEmail => Column::Email,
            Self::SetActive => Column::Active,
            Self::SetPassword => Column::Password,
            Self::SetBypassBasicAuth => Column::BypassBasicAuth,
            Self::SetInvitationAccepted => Column::InvitationAccepted,
            Self::Invite
            | Self::Create
            | Self::MigrateTo
            | Self::MigrateFrom
            | Self::Delete
            | Self::DeleteNow
            | Self::Offboard
            | Self::SetLicenses
            | Self::ReleaseLicenses
            | Self::BlockLicenses
            | Self::AddLicenses
            | Self::RemoveLicenses
            | Self::SetGroups
            | Self::JoinGroups
            | Self::LeaveGroups
            | Self::Activate
            | Self::Deactivate
            | Self::ChangeUser
            | Self::Model
            | Self::Copies
            | Self::Join
            | Self::Leave
            | Self::Give
            | Self::Take
            | Self::SetRule
            | Self::Refused => return None,
        })
    }
}
