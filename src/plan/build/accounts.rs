//! Which account and groups a row means, and whether it may work on them.

use super::administrator_tally::StandingChange;
use super::builder::{Builder, Planned};
use super::unchanged::AsWritten;
use crate::api::{Allocation, Group, User};
use crate::directory::Found;
use crate::model::{GroupId, GroupRef, Status, UserRef};
use crate::plan::settled::{
    already_gone, contradicts, group_ambiguous, group_and_no_user, groups_not_found, groups_unreadable,
    licenses_unreadable, perhaps_a_group, person, user_ambiguous, user_not_found,
};
use crate::plan::{AccountIndex, Administrators, Direct, LicenseEdit, Naming, RowCode, RowIndex, RowReason, Verdict};
use crate::problem::ProblemCode;

impl<'a> Builder<'a> {
    /// The account that a row is about: one of the organization, else one that the sheet makes.
    pub(super) fn account(&mut self, row: RowIndex, user: &UserRef) -> Result<AccountIndex, Verdict> {
        self.somebody(row, user, person)
    }

    /// The same, for a row that may be about somebody whom only the directory knows: the service makes the account.
    pub(super) fn account_or_newcomer(&mut self, row: RowIndex, user: &UserRef) -> Result<AccountIndex, Verdict> {
        let or_newcomer = |name: &str, user: &'a User| {
            if user.is_newcomer() {
                Ok(user)
            } else {
                person(name, user)
            }
        };
        let account = self.somebody(row, user, or_newcomer)?;
        if self.drafts.get(account).has_no_account_yet() {
            self.cautions.newcomers.push((row, user.label().to_string()));
        }
        Ok(account)
    }

    fn somebody(
        &mut self,
        row: RowIndex,
        user: &UserRef,
        may_be: impl FnOnce(&str, &'a User) -> Result<&'a User, Verdict>,
    ) -> Result<AccountIndex, Verdict> {
        let account = match self.meant(row, user)? {
            Found::One(found) => self.existing(Naming::user(row), may_be(&user.label(), found)?)?,
            Found::Many(which) => return Err(user_ambiguous(&user.label(), &which)),
            Found::None { suggestion } => match self.pending(row, user) {
                Some(pending) => pending,
                None => return Err(self.nobody(row, user, suggestion.as_deref())),
            },
        };
        self.rows[row].account = Some(account);
        Ok(account)
    }

    /// The end of a row about somebody who has no account, and for whom the sheet makes none now.
    pub(super) fn nobody(&self, row: RowIndex, user: &UserRef, suggestion: Option<&str>) -> Verdict {
        let waits = self.awaited(row, user);
        waits.unwrap_or_else(|| {
            let kind = self.sheet[row].operation.kind();
            match user {
                UserRef::Name(name) if self.snapshot.has_group_called(name) => group_and_no_user(name, kind),
                // Rows about licences alone have no groups read, and few names of people who are gone are without an @.
                UserRef::Name(name)
                    if self.snapshot.groups().is_empty() && suggestion.is_none() && !name.contains('@') =>
                {
                    perhaps_a_group(name, kind)
                }
                UserRef::Name(_) | UserRef::Id(_) => user_not_found(&user.label(), suggestion),
            }
        })
    }

    /// The end of a row about somebody for whom the sheet makes an account later.
    fn awaited(&self, row: RowIndex, user: &UserRef) -> Option<Verdict> {
        // An account that is yet to be made has no id.
        let has_id = self.sheet[row].user_id().is_some();
        self.rules.awaited.verdict(user).filter(|_| !has_id)
    }

    /// The allocation that is left of an account that is gone, if the id is such an account's.
    pub(super) fn orphan(&self, user: &UserRef) -> Option<&'a Allocation> {
        match user {
            UserRef::Id(id) => self.snapshot.orphan(**id),
            UserRef::Name(_) => None,
        }
    }

    /// A row about the licences of an account that is gone: its seats can be given back, and nothing else.
    pub(super) fn orphans_license(
        &mut self,
        row: RowIndex,
        user: &UserRef,
        orphan: &'a Allocation,
        edit: LicenseEdit,
    ) -> Planned {
        let account = self.drafts.orphan(orphan, Naming::user(row));
        if self.licenses_as_written(row, account, &edit)? == AsWritten::Reached {
            return Ok(());
        }
        let gives_back = edit.apply(&self.drafts.get(account).now()).direct == Direct::Inherits;
        if !gives_back {
            let message = format!(
                "the account `{}` is gone, and what is left of it holds {}: only `release-licenses` is possible",
                user.label(),
                orphan.bundles
            );
            return Err(Verdict::new(Status::NotFound, RowReason::UserNotFound, message));
        }
        self.may_release(row, account, &edit, user)?;
        self.rows[row].account = Some(account);
        self.note(row, "the account is gone: an orphan, whose seats are free again");
        self.edit(row, account, edit);
        Ok(())
    }

    /// The draft of an account of the organization, unless an earlier row deletes it.
    pub(super) fn existing(&mut self, naming: Naming, user: &'a User) -> Result<AccountIndex, Verdict> {
        let account = self.drafts.existing(user, naming, self.snapshot);
        self.rows[naming.row()].account = Some(account);
        match self.drafts.get(account).deleted_by() {
            None => Ok(account),
            Some(other) => Err(contradicts(
                ProblemCode::WorkAfterDelete,
                format!("the row works on an account that {} deletes", self.place(other)),
            )),
        }
    }

    /// Whether the account's present licences are known, so that an edit can be based on them.
    pub(super) fn knows_allocation(&self, account: AccountIndex) -> Planned {
        match self.drafts.get(account).now().direct {
            Direct::Unknown => Err(licenses_unreadable()),
            Direct::Inherits | Direct::Holds(_) => Ok(()),
        }
    }

    /// Whether it is known which groups the account is in, so that the row can build on them.
    pub(super) fn knows_groups(&self, account: AccountIndex) -> Planned {
        let draft = self.drafts.get(account);
        match draft.user {
            Some(user) if !user.tells_groups => Err(groups_unreadable(&draft.naming.label(self.sheet), self.snapshot)),
            Some(_) | None => Ok(()),
        }
    }

    pub(super) fn delete(&mut self, row: RowIndex, user: &UserRef) -> Planned {
        let label = user.label();
        let found = match self.meant(row, user)? {
            Found::One(found) if found.is_newcomer() => return Err(already_gone(&label, None)),
            Found::One(found) => person(&label, found)?,
            Found::Many(which) => return Err(user_ambiguous(&label, &which)),
            Found::None { suggestion } if self.pending(row, user).is_none() => {
                let waits = self.awaited(row, user);
                return Err(waits.unwrap_or_else(|| already_gone(&label, suggestion.as_deref())));
            }
            Found::None { .. } => {
                let message = format!("`{label}` is created by this same sheet; delete it in a separate sheet");
                return Err(contradicts(ProblemCode::MadeAndDeleted, message));
            }
        };
        self.may_be_deleted(found)?;
        let account = self.drafts.existing(found, Naming::user(row), self.snapshot);
        self.rows[row].account = Some(account);
        let draft = self.drafts.get(account);
        if let Some(other) = draft.offboarded_by() {
            return Err(self.is_offboarded(other, ProblemCode::OffboardAndDelete));
        }
        match (draft.deleted_by(), draft.left_by(), draft.succession()) {
            (Some(other), ..) => {
                let message = format!("{} deletes the same account", self.place(other));
                return Err(Verdict::new(
                    Status::Duplicate,
                    RowCode::Problem(ProblemCode::DuplicateRow),
                    message,
                ));
            }
            (None, Some(other), _) => {
                let message = format!(
                    "{} moves the same account's owner, and deletes it (see `delete_when`)",
                    self.place(other)
                );
                return Err(contradicts(ProblemCode::MigrateAndDelete, message));
            }
            (None, None, Some(succession)) => {
                let message = format!("{} moves somebody to the same account", self.place(succession.row));
                return Err(contradicts(ProblemCode::MadeAndDeleted, message));
            }
            (None, None, None) => {}
        }
        self.keeps_an_administrator(row, &[(account, StandingChange::GOES)])?;
        self.drafts.get_mut(account).delete(row);
        Ok(())
    }

    pub(super) fn may_be_deleted(&self, user: &User) -> Planned {
        if self.snapshot.acting_user() == Some(user.id) {
            let message = "this is the account that reseat is signed in as, which it never deletes";
            return Err(Verdict::new(Status::Skipped, RowReason::OwnAccount, message));
        }
        self.is_no_administrator(user, "delete")
    }

    /// Whether the account is sure to be no administrator's, unless administrators may be removed too. `what` is done to it.
    pub(super) fn is_no_administrator(&self, user: &User, what: &str) -> Planned {
        let message = match self.rules.administrators {
            Administrators::MayGo => return Ok(()),
            Administrators::Protected if self.snapshot.is_administrator(user) => {
                format!("the account is a member of Administrators; add `--allow-admins` to {what} it")
            }
            Administrators::Protected if self.snapshot.is_perhaps_administrator(user) => format!(
                "whether the account is a member of Administrators is not told here; if it is not, or is to go all the \
                 same, add `--allow-admins` to {what} it"
            ),
            Administrators::Protected => return Ok(()),
        };
        Err(Verdict::new(Status::Skipped, RowReason::Administrator, message))
    }

    pub(super) fn resolve_groups(&mut self, groups: &[GroupRef]) -> Result<Vec<GroupId>, Verdict> {
        let mut found = Vec::with_capacity(groups.len());
        let mut missing = Vec::new();
        for reference in groups {
            match self.snapshot.group(reference) {
                Found::One(group) => {
                    self.groups.entry(group.id).or_insert_with(|| group.clone());
                    if !found.contains(&group.id) {
                        found.push(group.id);
                    }
                }
                Found::Many(which) => return Err(group_ambiguous(&reference.to_string(), &which)),
                Found::None { suggestion } => missing.push((reference.to_string(), suggestion)),
            }
        }
        if missing.is_empty() {
            Ok(found)
        } else {
            Err(groups_not_found(&missing))
        }
    }

    /// The groups that an account should join. Everyone is left out, because every account is in it.
    pub(super) fn joining(&mut self, row: RowIndex, groups: &[GroupRef]) -> Result<Vec<GroupId>, Verdict> {
        let mut found = self.resolve_groups(groups)?;
        let named = found.len();
        found.retain(|group| !self.groups.get(group).is_some_and(Group::is_everyone));
        if found.len() < named {
            self.note(row, "every account is in Everyone");
        }
        Ok(found)
    }

    /// The groups that an account should leave. No account can leave Everyone.
    pub(super) fn leaving(&mut self, groups: &[GroupRef]) -> Result<Vec<GroupId>, Verdict> {
        let found = self.resolve_groups(groups)?;
        if found
            .iter()
            .any(|group| self.groups.get(group).is_some_and(Group::is_everyone))
        {
            let message = "every account is in Everyone, and none can leave it";
            return Err(Verdict::new(Status::Rejected, RowReason::Everyone, message));
        }
        Ok(found)
    }

    /// Groups that another account can join: those that still exist, without Everyone.
    pub(super) fn inheritable(&mut self, groups: &[GroupId]) -> Vec<GroupId> {
        let mut kept = Vec::new();
        for id in groups {
            if let Some(group) = self.snapshot.group_by_id(*id)
                && !group.is_everyone()
            {
                self.groups.entry(group.id).or_insert_with(|| group.clone());
                kept.push(group.id);
            }
        }
        kept
    }
}
