//! Rows that take everything from a leaver but the account.

use super::administrator_tally::StandingChange;
use super::builder::{Builder, Planned};
use crate::api::UserUpdate;
use crate::model::UserRef;
use crate::plan::{LicenseEdit, Membership, RowIndex};

impl Builder<'_> {
    /// Deactivates the account, takes it out of all groups (Everyone apart) and releases its direct licences.
    pub(super) fn offboard(&mut self, row: RowIndex, user: &UserRef) -> Planned {
        let account = self.account(row, user)?;
        self.knows_allocation(account)?;
        let present = self.drafts.get(account).groups();
        let leaving = self.inheritable(&present);
        let change = StandingChange {
            leaving: &leaving,
            active: Some(false),
            ..StandingChange::default()
        };
        self.keeps_an_administrator(row, &[(account, change)])?;
        let is_active = self.drafts.get(account).standing().is_none_or(|(active, _)| active);
        if is_active {
            let update = UserUpdate {
                is_active: Some(false),
                ..UserUpdate::default()
            };
            self.drafts.get_mut(account).update(row, update);
        }
        self.membership(row, account, &leaving, Membership::Leave);
        self.edit(row, account, LicenseEdit::Release);
        Ok(())
    }
}
