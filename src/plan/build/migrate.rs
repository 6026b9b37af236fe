//! Rows that move a user to a new address through a new account.

use crate::plan::RowReason;
use crate::problem::ProblemCode;
use serde_json::{Value, json};

use super::begun::Captured;
use super::builder::{Builder, Planned};
use crate::api::{Invitation, User};
use crate::directory::Found;
use crate::model::{BundleSet, DeleteWhen, GroupId, Migrate, RowKey, UserId};
use crate::plan::account_drafts::{OldAccount, Succession};
use crate::plan::settled::{another_account, bearer, contradicts, person, user_ambiguous, user_not_found, verdict};
use crate::plan::{AccountIndex, Direct, Ending, LicenseEdit, Membership, RowIndex, Verdict, Work};

/// The two accounts of a migration, as far as they exist.
struct Pair<'a> {
    old: Option<&'a User>,
    new: Option<&'a User>,
}

impl<'a> Builder<'a> {
    pub(super) fn migrate(&mut self, row: RowIndex, key: RowKey, migrate: &Migrate) -> Planned {
        let begun = self.begun.get(&key);
        let captured = Captured::of(begun.and_then(|begun| begun.before.as_ref()));
        let named_groups = match &migrate.groups {
            Some(groups) => Some(self.joining(row, groups)?),
            None => None,
        };
        let pair = self.pair(migrate)?;
        if let (Some(begun_with), Some(old)) = (captured.user, pair.old)
            && begun_with != old.id
        {
            return Err(another_account(&migrate.user, begun_with, old.id));
        }
        if pair.new.is_none() {
            self.never_made(key)?;
        }
        let old = match pair.old {
            Some(user) => Some(self.old_account(row, user, migrate)?),
            None => None,
        };
        let new = self.new_account(row, pair.new, migrate)?;

        let groups = match (named_groups, old) {
            (Some(groups), _) => groups,
            (None, Some(old)) => {
                let groups = self.drafts.get(old).groups();
                self.inheritable(&groups)
            }
            (None, None) => self.inheritable(&captured.groups),
        };
        self.migration_keeps_an_administrator(row, migrate, (old, new), &groups)?;
        self.rows[row].more().captured = match (pair.old, old) {
            (Some(user), Some(old)) => Some(self.capture(user.id, old, &captured)),
            _ => begun.and_then(|begun| begun.before.clone()),
        };
        match pair.new {
            Some(user) => {
                let ours = self.made_earlier(row, key, user.id);
                self.note(
                    row,
                    match (ours, user.invitation_accepted) {
                        (true, _) => "invited in an earlier run",
                        (false, true) => "the new address already has an account, so nobody was invited",
                        (false, false) => "the new address is already invited, so nobody was invited again",
                    },
                );
            }
            None => self.invite_successor(row, migrate, old, new, &groups),
        }
        self.rows[row].account = Some(new);
        self.membership(row, new, &groups, Membership::Join);
        let licenses = self.pass_on(row, migrate, &captured, old, new);

        let Some(old) = old else { return Ok(()) };
        let accepted = pair.new.is_some_and(|user| user.invitation_accepted);
        let end = match migrate.delete_when {
            DeleteWhen::Never => OldAccount::Stays,
            DeleteWhen::Accepted if !accepted => OldAccount::GoesLater,
            DeleteWhen::Accepted | DeleteWhen::Invited => OldAccount::Goes,
        };
        if end == OldAccount::GoesLater {
            let text = "the old account is deleted once the invitation is accepted; run the same command again then";
            self.rows[row].more().ending = Ending::Waiting(text.to_owned());
        }
        self.drafts.get_mut(old).leave(row);
        self.drafts.get_mut(new).succession = Some(Box::new(Succession {
            row,
            from: old,
            address: migrate.new_email.to_string(),
            groups,
            licenses,
            end,
        }));
        Ok(())
    }

    fn pair(&self, migrate: &Migrate) -> Result<Pair<'a>, Verdict> {
        let new = match self.snapshot.account(migrate.new_email.as_str()) {
            Found::Many(which) => return Err(user_ambiguous(migrate.new_email.as_str(), &which)),
            Found::One(user) => Some(bearer(&migrate.new_email, user)?),
            Found::None { .. } => None,
        };
        let label = migrate.user.to_string();
        let old = match self.snapshot.user(&migrate.user) {
            Found::One(user) => Some(person(&label, user)?),
            Found::Many(which) => return Err(user_ambiguous(&label, &which)),
            Found::None { suggestion } if new.is_none() => return Err(user_not_found(&label, suggestion.as_deref())),
            // The old account is gone: an earlier run finished, or somebody else deleted it.
            Found::None { .. } => None,
        };
        if let (Some(old), Some(new)) = (old, new)
            && old.id == new.id
        {
            let message = format!("the account already has the address `{}`", migrate.new_email);
            return Err(verdict(
                crate::model::Status::Unchanged,
                RowReason::SameAccount,
                message,
            ));
        }
        Ok(Pair { old, new })
    }

    fn old_account(&mut self, row: RowIndex, user: &'a User, migrate: &Migrate) -> Result<AccountIndex, Verdict> {
        if migrate.delete_when != DeleteWhen::Never {
            self.may_be_deleted(user)?;
        }
        let account = self.existing(row, user, migrate.user.label())?;
        let draft = self.drafts.get(account);
        match (draft.left_by(), &draft.succession) {
            (Some(other), _) => {
                let message = format!("this row and {} both move the same user", self.place(other));
                Err(contradicts(ProblemCode::MigrateTwice, message))
            }
            (None, Some(succession)) => {
                let message = format!(
                    "{} moves somebody to the account that this row moves away from",
                    self.place(succession.row)
                );
                Err(contradicts(ProblemCode::MadeAndLeft, message))
            }
            (None, None) => Ok(account),
        }
    }

    fn new_account(
        &mut self,
        row: RowIndex,
        user: Option<&'a User>,
        migrate: &Migrate,
    ) -> Result<AccountIndex, Verdict> {
        let email = migrate.new_email.as_str();
        let account = match user {
            Some(user) => self.existing(row, user, email.into())?,
            None => self.drafts.pending(email.into(), &[migrate.new_email.fold()]),
        };
        self.can_be_given(account, migrate.licenses.as_ref().unwrap_or(&BundleSet::default()))?;
        let draft = self.drafts.get(account);
        match (draft.left_by(), &draft.succession) {
            (Some(other), _) => {
                let message = format!(
                    "{} moves away from the account that this row moves to",
                    self.place(other)
                );
                Err(contradicts(ProblemCode::MadeAndLeft, message))
            }
            (None, Some(succession)) => {
                let message = format!(
                    "this row and {} both move somebody to the same account",
                    self.place(succession.row)
                );
                Err(contradicts(ProblemCode::AddressTwice, message))
            }
            (None, None) => Ok(account),
        }
    }

    /// Hands the licences on to the new account; returns those it should hold.
    fn pass_on(
        &mut self,
        row: RowIndex,
        migrate: &Migrate,
        captured: &Captured,
        old: Option<AccountIndex>,
        new: AccountIndex,
    ) -> BundleSet {
        let edit = match (&migrate.licenses, &captured.licenses, old) {
            (Some(licenses), ..) if licenses.is_empty() => None,
            (Some(licenses), ..) => Some(LicenseEdit::Add(licenses.clone())),
            // What an earlier run captured takes precedence, because it may already have handed the licences over.
            (None, Some(licenses), _) => Some(LicenseEdit::Inherit(licenses.clone(), captured.external_license)),
            (None, None, Some(old)) => {
                let held = self.drafts.get(old).now();
                match &held.direct {
                    Direct::Holds(bundles) => Some(LicenseEdit::Inherit(bundles.clone(), held.external_license)),
                    Direct::Inherits | Direct::Unknown => None,
                }
            }
            (None, None, None) => None,
        };
        let licenses = match &edit {
            Some(LicenseEdit::Add(licenses) | LicenseEdit::Inherit(licenses, _)) => licenses.clone(),
            _ => BundleSet::default(),
        };
        if let Some(edit) = edit {
            self.edit(row, new, edit);
        }
        licenses
    }

    /// What the old account has after the rows above, in the form of the `before` column; licences captured by an
    /// earlier run take precedence.
    fn capture(&self, id: UserId, old: AccountIndex, earlier: &Captured) -> Value {
        let draft = self.drafts.get(old);
        let now = draft.now();
        let (licenses, external_license) = match (&earlier.licenses, &now.direct) {
            (Some(licenses), _) => (Some(licenses), earlier.external_license),
            (None, Direct::Holds(licenses)) => (Some(licenses), now.external_license),
            (None, Direct::Inherits | Direct::Unknown) => (None, false),
        };
        let groups = draft.groups();
        let names: Vec<&str> = groups
            .iter()
            .filter_map(|id| self.snapshot.group_by_id(*id))
            .map(|group| group.name.as_str())
            .collect();
        json!({
            "user_id": id,
            "groups": names,
            "group_ids": groups,
            "licenses": licenses,
            "external_license": external_license,
        })
    }

    fn invite_successor(
        &mut self,
        row: RowIndex,
        migrate: &Migrate,
        old: Option<AccountIndex>,
        new: AccountIndex,
        groups: &[GroupId],
    ) {
        let (name, surname) = old.map(|old| self.drafts.get(old).names()).unwrap_or_default();
        let taken_over = |given: &Option<Box<str>>, old: String| {
            let given = given.as_deref().map(str::to_owned);
            Some(given.unwrap_or(old)).filter(|text| !text.is_empty())
        };
        let invitation = Invitation {
            email: migrate.new_email.to_string(),
            name: taken_over(&migrate.name, name),
            surname: taken_over(&migrate.surname, surname),
            language: None,
            groups: groups.to_vec(),
        };
        self.drafts
            .get_mut(new)
            .make(row, Work::Invite(Box::new(invitation)), groups);
    }
}
