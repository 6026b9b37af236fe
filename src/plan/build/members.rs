//! Rows about an account's profile and groups.

use super::administrator_tally::StandingChange;
use super::builder::{Builder, Planned};
use super::like::Copies;
use super::unchanged::AsWritten;
use crate::api::UserUpdate;
use crate::model::{GroupId, GroupRef, ProfileChange, Status, Update, UserRef};
use crate::plan::as_written::listed_groups;
use crate::plan::cautions::FewerGroups;
use crate::plan::profile::{changed_fields, is_the_directorys};
use crate::plan::{AccountIndex, Membership, Naming, RowIndex, RowReason, Verdict};

impl Builder<'_> {
    pub(super) fn update(&mut self, row: RowIndex, update: &Update) -> Planned {
        let account = self.account(row, &update.user)?;
        let joining = self.joining(row, &update.add_groups)?;
        let leaving = self.leaving(&update.remove_groups)?;
        if !joining.is_empty() || !leaving.is_empty() {
            self.knows_groups(account)?;
        }
        if !joining.is_empty() || update.profile.active == Some(true) {
            self.stays(account)?;
        }
        let profile = self.profile(account, &update.profile)?;
        let change = StandingChange::of_update(&update.profile, &joining, &leaving);
        self.keeps_an_administrator(row, &[(account, change)])?;
        if !joining.is_empty() {
            self.compare_groups(row, account, &joining, &leaving);
        }
        if let Some(profile) = profile {
            self.drafts.get_mut(account).update(row, profile);
        }
        self.membership(row, account, &joining, Membership::Join);
        self.membership(row, account, &leaving, Membership::Leave);
        Ok(())
    }

    /// Notes whether the groups that an update joins are fewer than those that its account is in, or the very same.
    fn compare_groups(&mut self, row: RowIndex, account: AccountIndex, joining: &[GroupId], leaving: &[GroupId]) {
        let Some(user) = self.drafts.get(account).user else {
            return;
        };
        let mut present = listed_groups(&user.groups, self.snapshot);
        let joins = joining.iter().any(|group| !present.contains(group));
        present.retain(|group| !leaving.contains(group));
        if present.iter().any(|group| !joining.contains(group)) {
            self.cautions.fewer_groups.push(FewerGroups { row, joins });
        } else if !joins {
            self.cautions.very_groups += 1;
        }
    }

    pub(super) fn add_to_groups(
        &mut self,
        row: RowIndex,
        user: &UserRef,
        groups: &[GroupRef],
        like: Option<&UserRef>,
    ) -> Planned {
        let account = self.account_or_newcomer(row, user)?;
        let mut joining = self.joining(row, groups)?;
        if let Some(like) = like {
            let own = self.drafts.get(account).id();
            let copied = self.copied(row, like, own, Copies::GROUPS)?;
            copied.join(&mut joining);
        }
        self.change_groups(row, account, &joining, &[])
    }

    pub(super) fn remove_from_groups(&mut self, row: RowIndex, user: &UserRef, groups: &[GroupRef]) -> Planned {
        let account = self.account_or_newcomer(row, user)?;
        let leaving = self.leaving(groups)?;
        self.change_groups(row, account, &[], &leaving)
    }

    /// The account is to be in these groups, and in no other but Everyone.
    pub(super) fn set_groups(&mut self, row: RowIndex, user: &UserRef, groups: &[GroupRef]) -> Planned {
        let account = self.account(row, user)?;
        self.knows_groups(account)?;
        let joining = self.joining(row, groups)?;
        if self.groups_as_written(row, account, &joining)? == AsWritten::Reached {
            return Ok(());
        }
        let present = self.drafts.get(account).groups();
        let mut leaving = self.inheritable(&present);
        leaving.retain(|group| !joining.contains(group));
        self.change_groups(row, account, &joining, &leaving)
    }

    /// Joins and leaves, unless nobody could administrate the organization any more.
    pub(super) fn change_groups(
        &mut self,
        row: RowIndex,
        account: AccountIndex,
        joining: &[GroupId],
        leaving: &[GroupId],
    ) -> Planned {
        self.knows_groups(account)?;
        if !joining.is_empty() {
            self.stays(account)?;
        }
        let change = StandingChange {
            joining,
            leaving,
            ..StandingChange::default()
        };
        self.keeps_an_administrator(row, &[(account, change)])?;
        self.membership(row, account, joining, Membership::Join);
        self.membership(row, account, leaving, Membership::Leave);
        Ok(())
    }

    pub(super) fn membership(&mut self, row: RowIndex, account: AccountIndex, groups: &[GroupId], change: Membership) {
        let draft = self.drafts.get_mut(account);
        for group in groups {
            draft.member(row, *group, change);
        }
        let (maker, user) = (draft.naming.row(), draft.user);
        let is_made_above = maker != row && draft.naming == Naming::made(maker);
        if let Some(user) = user.filter(|_| change == Membership::Join && is_made_above) {
            // What rows below ask for goes into the call that makes the account.
            self.made_with(maker, user, groups);
        }
    }

    /// What the row changes of the account's profile, if anything.
    fn profile(&self, account: AccountIndex, profile: &ProfileChange) -> Result<Option<UserUpdate>, Verdict> {
        let draft = self.drafts.get(account);
        let earlier = draft
            .updates()
            .iter()
            .fold(UserUpdate::default(), |sum, (_, part)| sum.then(part));
        let Some(update) = changed_fields(profile, draft.user, &earlier) else {
            return Ok(None);
        };
        if draft.user.is_some_and(|user| user.from_directory) && is_the_directorys(&update) {
            let message = format!(
                "`{}` comes from an external directory; change its profile there",
                draft.naming.label(self.sheet)
            );
            return Err(Verdict::new(Status::Rejected, RowReason::DirectoryUser, message));
        }
        Ok(Some(update))
    }
}
