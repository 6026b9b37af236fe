//! Whether somebody has more or less once something is done.

use crate::model::OperationKind;

/// Whether somebody has more or less once something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::intake) enum Direction {
    /// Something comes to them: an account, a group, a licence.
    Gives,
    /// Something is taken from them.
    Takes,
    /// Both, or neither, or that depends.
    Neither,
}

impl Direction {
    /// Of all rows of this operation.
    pub(in crate::intake) fn of_operation(kind: OperationKind) -> Self {
        match kind {
            OperationKind::Invite | OperationKind::Create | OperationKind::AddLicenses | OperationKind::AddToGroups => {
                Self::Gives
            }
            OperationKind::Delete
            | OperationKind::RemoveLicenses
            | OperationKind::ReleaseLicenses
            | OperationKind::BlockLicenses
            | OperationKind::RemoveFromGroups
            | OperationKind::ReleaseLease
            | OperationKind::Offboard
            | OperationKind::ClearGroupLicenses => Self::Takes,
            OperationKind::Update
            | OperationKind::SetLicenses
            | OperationKind::SetGroupLicenses
            | OperationKind::SetGroups
            | OperationKind::Migrate => Self::Neither,
        }
    }

    /// Of all rows of these operations, if it is the same of all.
    pub(in crate::intake) fn of_operations(kinds: &[OperationKind]) -> Option<Self> {
        let mut directions = kinds.iter().map(|kind| Self::of_operation(*kind));
        let first = directions.next()?;
        directions.all(|other| other == first).then_some(first)
    }

    /// Whether all rows of these operations only take something away.
    pub(in crate::intake) fn all_take(kinds: &[OperationKind]) -> bool {
        Self::of_operations(kinds) == Some(Self::Takes)
    }

    /// Whether one takes what the other gives.
    pub(in crate::intake) fn is_against(self, other: Self) -> bool {
        matches!((self, other), (Self::Gives, Self::Takes) | (Self::Takes, Self::Gives))
    }
}
