//! Rows about seats that are held by a group's licence rule.

use super::builder::{Builder, Planned};
use crate::model::{GroupRef, UserRef};
use crate::plan::RowIndex;

impl Builder<'_> {
    /// Gives back the seat that the user holds by this group's rule.
    pub(super) fn release_lease(&mut self, row: RowIndex, user: &UserRef, group: &GroupRef) -> Planned {
        todo!("{row} {user} {group}")
    }
}
