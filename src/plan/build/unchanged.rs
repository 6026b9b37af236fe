//! Rows that are only done while what they replace is as it was when their sheet was written.

use std::collections::BTreeSet;

use super::Begun;
use super::builder::{Builder, Planned};
use crate::api::GroupRule;
use crate::model::{GroupId, Status, WrittenState};
use crate::plan::as_written::{
    changed_since_export, groups_are_as_written, groups_in_words, licenses_are_as_written, licenses_are_own,
    licenses_in_words, listed_groups, rule_in_words, rule_is_as_written, without_own_moves,
};
use crate::plan::{AccountIndex, Direct, LicenseEdit, RowIndex, RowReason, Verdict};

/// What a row's `unless_changed_from` says of the state before the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AsWritten {
    /// The row may go on: nothing has changed, or it does not ask.
    Still,
    /// All is as the row wants it, whatever it was. It changes nothing then, also where a row above it does.
    Reached,
}

impl Builder<'_> {
    /// Whether a row about an account's groups may go on.
    pub(super) fn groups_as_written(
        &self,
        row: RowIndex,
        account: AccountIndex,
        wanted: &[GroupId],
    ) -> Result<AsWritten, Verdict> {
        let Some(state @ WrittenState::Groups(written)) = self.sheet[row].unless_changed_from() else {
            return Ok(AsWritten::Still);
        };
        let user = self.drafts.get(account).user;
        let now = user.map_or_else(BTreeSet::new, |user| listed_groups(&user.groups, self.snapshot));
        if now == listed_groups(wanted, self.snapshot) {
            return Ok(AsWritten::Reached);
        }
        let before = without_own_moves(now.clone(), self.begun_for(row));
        if groups_are_as_written(written, &before, self.snapshot) {
            return Ok(AsWritten::Still);
        }
        Err(changed_since_export(state, &groups_in_words(&now, self.snapshot)))
    }

    /// Whether a row about what an account holds directly may go on.
    pub(super) fn licenses_as_written(
        &self,
        row: RowIndex,
        account: AccountIndex,
        edit: &LicenseEdit,
    ) -> Result<AsWritten, Verdict> {
        let Some(state @ WrittenState::Licenses(written)) = self.sheet[row].unless_changed_from() else {
            return Ok(AsWritten::Still);
        };
        let held = self.drafts.get(account).held();
        if held.direct == Direct::Unknown {
            let message = "what the account holds cannot be read here, so whether it is as it was when the sheet was written \
                           cannot be told; empty the row's `unless_changed_from` to do without";
            return Err(Verdict::new(Status::Rejected, RowReason::LicensesUnreadable, message));
        }
        if edit.apply(&held).is_like(&held) {
            return Ok(AsWritten::Reached);
        }
        if licenses_are_as_written(written.as_ref(), &held.direct)
            || licenses_are_own(&held.direct, self.begun_for(row))
        {
            return Ok(AsWritten::Still);
        }
        Err(changed_since_export(state, &licenses_in_words(&held.direct)))
    }

    /// Whether a row that changes a group's rule may go on.
    pub(super) fn rule_as_written(&self, row: RowIndex, now: Option<&GroupRule>) -> Planned {
        match self.sheet[row].unless_changed_from() {
            Some(state @ WrittenState::Rule(written)) if !rule_is_as_written(written, now) => {
                Err(changed_since_export(state, &rule_in_words(now)))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn begun_for(&self, row: RowIndex) -> Option<&Begun> {
        self.begun.get(&self.sheet[row].key)
    }
}
