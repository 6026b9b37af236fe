//! Rows about a user's direct licences.

use super::builder::{Builder, Planned};
use super::like::Copies;
use super::unchanged::AsWritten;
use crate::api::ReleaseRoute;
use crate::model::{BundleSet, UserId, UserRef};
use crate::plan::settled::{not_held_directly, release_not_offered};
use crate::plan::{AccountIndex, Direct, LicenseEdit, Naming, RowIndex};

impl Builder<'_> {
    /// Notes which of these bundles are not held directly, so that taking them away changes nothing, and who gives them.
    fn tell_inherited(&mut self, row: RowIndex, account: AccountIndex, bundles: &BundleSet) {
        let draft = self.drafts.get(account);
        let Some(user) = draft.user else { return };
        let others = bundles.minus(&draft.now().direct.bundles());
        if !others.is_empty() {
            let note = not_held_directly(&others, self.snapshot.given_by_groups(user, &others).as_deref());
            self.note(row, &note);
        }
    }

    pub(super) fn add_licenses(
        &mut self,
        row: RowIndex,
        user: &UserRef,
        licenses: &BundleSet,
        like: Option<&UserRef>,
    ) -> Planned {
        let mut licenses = licenses.clone();
        if let Some(like) = like {
            let own = self.meant(row, user)?.one().map(|user| user.id);
            let copied = self.copied(row, like, own, Copies::LICENSES)?;
            licenses = licenses.union(&copied.licenses);
        }
        self.license(row, user, LicenseEdit::Add(licenses))
    }

    pub(super) fn license(&mut self, row: RowIndex, user: &UserRef, edit: LicenseEdit) -> Planned {
        if let Some(orphan) = self.orphan_meant(row, user) {
            return self.orphans_license(row, user, orphan, edit);
        }
        if edit == LicenseEdit::Release
            && self.snapshot.allocations().is_some()
            && let Some(gone) = self.all_gone(row, user)
        {
            self.nothing_is_left(row, gone);
            return Ok(());
        }
        let account = self.account_or_newcomer(row, user)?;
        if edit.may_give() {
            self.stays(account)?;
        }
        if edit.builds_on_present() {
            self.knows_allocation(account)?;
        }
        if self.licenses_as_written(row, account, &edit)? == AsWritten::Reached {
            if let LicenseEdit::Remove(licenses) = &edit {
                self.tell_inherited(row, account, licenses);
            }
            return Ok(());
        }
        self.may_release(row, account, &edit, user)?;
        match &edit {
            LicenseEdit::Set(licenses, _) | LicenseEdit::Add(licenses) => self.may_get_seats(account, licenses)?,
            LicenseEdit::Remove(licenses) => self.tell_inherited(row, account, licenses),
            LicenseEdit::Release | LicenseEdit::Block | LicenseEdit::Inherit(..) => {}
        }
        self.edit(row, account, edit);
        Ok(())
    }

    /// Whether all that is held directly can be released, if that is what the edit does.
    pub(super) fn may_release(
        &mut self,
        row: RowIndex,
        account: AccountIndex,
        edit: &LicenseEdit,
        user: &UserRef,
    ) -> Planned {
        let now = self.drafts.get(account).now();
        if now.direct == Direct::Inherits || edit.apply(&now).direct != Direct::Inherits {
            return Ok(());
        }
        match self.snapshot.release_route() {
            ReleaseRoute::Portal => Ok(()),
            ReleaseRoute::MissingPortal => Err(release_not_offered()),
            ReleaseRoute::LicenseService => {
                self.cautions.untried_releases.push((row, user.to_string()));
                Ok(())
            }
        }
    }

    /// A row that gives back what an account held that is gone, where somebody has done so already.
    pub(super) fn nothing_is_left(&mut self, row: RowIndex, gone: UserId) {
        self.rows[row].account = Some(self.drafts.gone(gone, Naming::user(row)));
        self.note(row, "the account is gone, and nothing is held for it any more");
    }

    /// Whether the row is left out because no seat is free for it.
    pub(super) fn gets_no_seat(&self, row: RowIndex) -> bool {
        self.denied.contains_key(&row)
    }

    /// What a row does to an account's licences, unless it gets no seat.
    pub(super) fn edit(&mut self, row: RowIndex, account: AccountIndex, edit: LicenseEdit) {
        if !self.gets_no_seat(row) {
            self.drafts.edit(account, row, edit);
        }
    }
}
