//! Rows about seats that are held by a group's licence rule.

use super::builder::{Builder, Planned};
use crate::directory::{Found, Leases};
use crate::model::{GroupId, GroupRef, UserId, UserRef};
use crate::plan::settled::{holds_no_lease, leases_unreadable};
use crate::plan::{AccountIndex, Naming, RowIndex, Verdict};

impl Builder<'_> {
    /// Gives back the seat that the user holds by this group's rule.
    pub(super) fn release_lease(&mut self, row: RowIndex, user: &UserRef, group: &GroupRef) -> Planned {
        let group = self.ruled_group(group)?;
        if self.snapshot.leases().is_some()
            && self.gone_holder(user, group).is_none()
            && let Some(gone) = self.all_gone(row, user)
        {
            self.nothing_is_left(row, gone);
            return Ok(());
        }
        let account = self.holder(row, user, group)?;
        let Some(leases) = self.snapshot.leases() else {
            return Err(leases_unreadable());
        };
        let id = self.drafts.get(account).id();
        match id.and_then(|id| leases.of(group, id)) {
            Some(lease) => self.drafts.get_mut(account).end_lease(row, group, &lease.bundles),
            None => {
                let words = self.why_nothing_is_held(leases, id, group);
                self.note(row, &words);
            }
        }
        Ok(())
    }

    /// The account that holds the seat: one of the organization, or what is left of one that is gone.
    fn holder(&mut self, row: RowIndex, user: &UserRef, group: GroupId) -> Result<AccountIndex, Verdict> {
        if let Some(id) = self.gone_holder(user, group) {
            let account = self.drafts.gone(id, Naming::user(row));
            self.rows[row].account = Some(account);
            self.note(row, "the account is gone: an orphan, whose seat is free again");
            return Ok(account);
        }
        self.account(row, user)
    }

    /// The account that is gone and whose seat by this group's rule is still taken, if that is whom the row means.
    pub(super) fn gone_holder(&self, user: &UserRef, group: GroupId) -> Option<UserId> {
        let UserRef::Id(id) = user else { return None };
        let is_gone = matches!(self.snapshot.user(user), Found::None { .. });
        let holds = |leases: &Leases| leases.of(group, **id).is_some();
        (is_gone && self.snapshot.leases().is_some_and(holds)).then_some(**id)
    }

    fn why_nothing_is_held(&self, leases: &Leases, user: Option<UserId>, group: GroupId) -> String {
        let name = |group: GroupId| self.snapshot.rule_name(group);
        let Some(user) = user else {
            return holds_no_lease(&name(group), None, &[], None);
        };
        let others: Vec<(String, _)> = leases
            .of_user(user)
            .map(|(of, lease)| (name(of), &lease.bundles))
            .collect();
        let direct = self.snapshot.direct(user).map(|allocation| &allocation.bundles);
        let inherited = self.snapshot.inherited(user);
        holds_no_lease(&name(group), direct, &others, inherited)
    }
}
