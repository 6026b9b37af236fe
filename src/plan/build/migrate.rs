//! Rows that move a user to a new address through a new account.

use serde_json::{Value, json};

use super::begun::{Begun, Captured};
use super::builder::{Builder, Planned};
use super::new_accounts::INVITED_EARLIER;
use crate::api::{Invitation, User, UserUpdate};
use crate::directory::Found;
use crate::model::{BundleSet, DeleteWhen, GroupId, Migrate, Row, Status};
use crate::plan::account_drafts::{Inherits, OldAccount, Succession};
use crate::plan::already_there::{deactivated, deactivated_successor, is_one_person, not_invited};
use crate::plan::describe::profile;
use crate::plan::settled::{another_account, bearer, contradicts, person, user_ambiguous};
use crate::plan::{
    AccountIndex, Direct, Ending, Inactive, LicenseEdit, Membership, Naming, RowIndex, RowReason, Verdict, Work,
};
use crate::problem::ProblemCode;
use crate::text::fold;

/// Said of a row that waits.
const UNTIL_ACCEPTED: &str = "the old account is deleted once the invitation is accepted; run the same command again \
     then; if the person signs in with the new account and the row still waits, the service does not show the \
     acceptance: `invited` in the row's `delete_when` ends it";

/// The two accounts of a migration, as far as they exist.
#[derive(Clone, Copy)]
struct Pair<'a> {
    old: Option<&'a User>,
    new: Option<&'a User>,
}

impl<'a> Builder<'a> {
    pub(super) fn migrate(&mut self, index: RowIndex, row: &Row, migrate: &Migrate) -> Planned {
        let begun = self.begun.get(&row.key);
        let captured = Captured::of(begun.and_then(|begun| begun.before.as_ref()));
        let named_groups = match &migrate.groups {
            Some(groups) => Some(self.joining(index, groups)?),
            None => None,
        };
        let pair = self.pair(index, migrate)?;
        if let (Some(begun_with), Some(old)) = (captured.user, pair.old)
            && begun_with != old.id
        {
            return Err(another_account(&migrate.user, begun_with, old.id));
        }
        let ours = match pair.new {
            Some(user) => self.goes_on_with(index, row, migrate, pair.old, user)?,
            None => {
                self.never_made(row.key)?;
                false
            }
        };
        self.may_be_moved(migrate, pair)?;
        let found = self.rows[index].account;
        let old = match pair.old.map(|user| self.old_account(index, user, migrate)) {
            Some(Err(verdict)) => {
                // The row is about the new account, also where it ends here.
                self.rows[index].account = found;
                return Err(verdict);
            }
            Some(Ok(old)) => Some(old),
            None => None,
        };
        let new = self.new_account(index, pair.new, migrate)?;

        let inherits = Inherits {
            groups: migrate.groups.is_none(),
            licenses: migrate.licenses.is_none(),
        };
        let groups = match (named_groups, old) {
            (Some(groups), _) => groups,
            (None, Some(old)) => {
                self.knows_groups(old)?;
                let groups = self.drafts.get(old).groups();
                self.inheritable(&groups)
            }
            (None, None) => self.inheritable(&captured.groups),
        };
        if !groups.is_empty() {
            self.knows_groups(new)?;
        }
        if let Some(user) = pair.new {
            self.made_with(index, user, &groups);
        }
        self.migration_keeps_an_administrator(index, migrate, (old, new), &groups)?;
        let held = self.held_by_old(old, &captured, begun);
        let recorded = begun.and_then(|begun| begun.before.as_ref());
        self.rows[index].more().captured = match (pair.old, old) {
            (Some(user), Some(old)) => Some(self.capture(user, old, held.as_ref(), recorded)),
            _ => recorded.cloned(),
        };
        match pair.new {
            Some(user) if self.is_mail_due(row.key, user) => {
                let names = old.map(|old| self.drafts.get(old).names());
                let again = successors_invitation(migrate, names, &[]);
                self.drafts.get_mut(new).make(index, Work::Invite(Box::new(again)), &[]);
            }
            Some(_) if ours => self.note(index, INVITED_EARLIER),
            Some(user) => self.note(index, &format!("the new address: {}", not_invited(user))),
            None => {
                let names = old.map(|old| self.drafts.get(old).names());
                let invitation = successors_invitation(migrate, names, &groups);
                self.drafts
                    .get_mut(new)
                    .make(index, Work::Invite(Box::new(invitation)), &groups);
            }
        }
        self.rows[index].account = Some(new);
        self.membership(index, new, &groups, Membership::Join);
        if let Some(old) = old {
            self.pass_profile_on((index, migrate), old, (pair.new, new), recorded);
        }
        let licenses = self.pass_licenses_on(index, migrate, held, new);

        let Some(old) = old else {
            if pair.old.is_none() && !ours {
                self.tell_that_nobody_is_moved(index, migrate);
            }
            return Ok(());
        };
        if pair.old.is_some_and(|user| user.from_directory) {
            let label = self.drafts.get(old).naming.label(self.sheet).into_owned();
            self.cautions.directory_accounts.push((index, label));
        }
        let end = self.end_of_the_old(index, migrate, pair.new);
        self.drafts.get_mut(old).leave(index);
        self.drafts.get_mut(new).succeed(Succession {
            row: index,
            from: old,
            address: migrate.new_email.to_string(),
            groups,
            licenses,
            inherits,
            end,
        });
        Ok(())
    }

    /// The message, and a warning, of a row whose old account is not there and that no earlier run has worked on.
    fn tell_that_nobody_is_moved(&mut self, index: RowIndex, migrate: &Migrate) {
        let label = migrate.user.to_string();
        let words = format!("there is no account `{label}`: it has been moved already, or its name is misspelt");
        self.note(index, &words);
        self.cautions.nobody_to_move.push((index, label));
    }

    /// What becomes of the old account, given the new one if it is there; a row whose old account goes later waits.
    fn end_of_the_old(&mut self, index: RowIndex, migrate: &Migrate, new: Option<&User>) -> OldAccount {
        let is_accepted = new.is_some_and(|user| user.invitation_accepted);
        match migrate.delete_when {
            DeleteWhen::Never => OldAccount::Stays,
            DeleteWhen::Accepted if !is_accepted => {
                self.rows[index].more().ending = Ending::Waiting(UNTIL_ACCEPTED.to_owned());
                OldAccount::GoesLater
            }
            DeleteWhen::Accepted | DeleteWhen::Invited => OldAccount::Goes,
        }
    }

    /// Whether the row may go on with the account that the new address has: one that an earlier run made or worked on
    /// for it, or one that is the same person's as far as names tell. Says whether it is of an earlier run.
    fn goes_on_with(
        &mut self,
        index: RowIndex,
        row: &Row,
        migrate: &Migrate,
        old: Option<&User>,
        user: &'a User,
    ) -> Result<bool, Verdict> {
        let begun = self.begun.get(&row.key);
        let is_known = begun.is_some_and(|begun| begun.account == Some(user.id) || self.is_made_by(begun, index, user));
        // A person who is gone is nobody's predecessor, and nothing is taken from anybody where nothing is given.
        let gives = old.is_some() || migrate.groups.is_some() || migrate.licenses.is_some();
        if !is_known && gives {
            is_one_person(migrate, old, user, &row.place, self.rules)?;
        }
        // From here on the row is about this account, and what was done for it is kept however the row ends.
        self.rows[index].more().captured = begun.and_then(|begun| begun.before.clone());
        let ours = self.made_earlier(index, row.key, user);
        self.existing(Naming::made(index), user)?;
        Ok(ours)
    }

    /// Whether both accounts are in use, so that the row neither moves somebody who has left nor to where nobody is.
    fn may_be_moved(&self, migrate: &Migrate, pair: Pair<'_>) -> Planned {
        if self.rules.inactive == Inactive::Included {
            return Ok(());
        }
        let is_out_of_use = |user: &&User| user.is_deactivated() && !self.activated.contains(&user.id);
        if pair.old.as_ref().is_some_and(is_out_of_use) {
            let what = match pair.new {
                None => "nobody was invited in its place",
                Some(_) => "nothing goes over to the new one, and the old one is kept",
            };
            return Err(deactivated(&migrate.user.label(), what));
        }
        if pair.new.as_ref().is_some_and(is_out_of_use) {
            return Err(deactivated_successor(migrate));
        }
        Ok(())
    }

    fn pair(&self, index: RowIndex, migrate: &Migrate) -> Result<Pair<'a>, Verdict> {
        let new = match self.snapshot.account(migrate.new_email.as_str()) {
            Found::Many(which) => return Err(user_ambiguous(migrate.new_email.as_str(), &which)),
            Found::One(user) => Some(bearer(&migrate.new_email, user)?),
            Found::None { .. } => None,
        };
        let label = migrate.user.to_string();
        let old = match self.meant(index, &migrate.user)? {
            Found::One(user) => Some(person(&label, user)?),
            Found::Many(which) => return Err(user_ambiguous(&label, &which)),
            Found::None { suggestion } if new.is_none() => {
                return Err(self.nobody(index, &migrate.user, suggestion.as_deref()));
            }
            // The old account is gone: an earlier run finished, or somebody else deleted it.
            Found::None { .. } => None,
        };
        if let (Some(old), Some(new)) = (old, new)
            && old.id == new.id
        {
            let message = format!("the account already has the address `{}`", migrate.new_email);
            return Err(Verdict::new(Status::Unchanged, RowReason::SameAccount, message));
        }
        Ok(Pair { old, new })
    }

    fn old_account(&mut self, row: RowIndex, user: &'a User, migrate: &Migrate) -> Result<AccountIndex, Verdict> {
        if migrate.delete_when != DeleteWhen::Never {
            self.may_be_deleted(user)?;
        }
        let account = self.existing(Naming::user(row), user)?;
        let draft = self.drafts.get(account);
        if let Some(other) = draft.offboarded_by() {
            return Err(self.is_offboarded(other, ProblemCode::MigrateAndOffboard));
        }
        match (draft.left_by(), draft.succession()) {
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
        let account = match user {
            Some(user) => self.existing(Naming::made(row), user)?,
            None => self.drafts.pending(Naming::made(row), &[migrate.new_email.fold()]),
        };
        self.stays(account)?;
        self.can_be_given(account, migrate.licenses.as_ref().unwrap_or(&BundleSet::default()))?;
        let draft = self.drafts.get(account);
        match (draft.left_by(), draft.succession()) {
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

    /// The licences that the old account has to hand on: its present ones. Those that an earlier run captured count
    /// where it is gone, and where that run may have taken them off and nobody got them.
    fn held_by_old(
        &self,
        old: Option<AccountIndex>,
        captured: &Captured,
        begun: Option<&Begun>,
    ) -> Option<(BundleSet, bool)> {
        let now = old.map(|old| self.drafts.get(old).now());
        match now.map(|now| (now.direct, now.external_license)) {
            Some((Direct::Holds(bundles), external_license)) => Some((bundles, external_license)),
            // The row waited well, so whoever took them away since was somebody else.
            Some((Direct::Inherits, _)) if begun.is_some_and(|begun| begun.is_waiting) => None,
            Some((Direct::Inherits | Direct::Unknown, _)) | None => {
                let licenses = captured.licenses.clone()?;
                Some((licenses, captured.external_license))
            }
        }
    }

    /// Hands the licences on to the new account; returns those it should hold.
    fn pass_licenses_on(
        &mut self,
        index: RowIndex,
        migrate: &Migrate,
        held: Option<(BundleSet, bool)>,
        new: AccountIndex,
    ) -> BundleSet {
        let (licenses, edit) = match (&migrate.licenses, held) {
            (Some(licenses), _) if licenses.is_empty() => return BundleSet::default(),
            (Some(licenses), _) => (licenses.clone(), LicenseEdit::Add(licenses.clone())),
            (None, Some((licenses, external_license))) => {
                (licenses.clone(), LicenseEdit::Inherit(licenses, external_license))
            }
            (None, None) => return BundleSet::default(),
        };
        self.edit(index, new, edit);
        licenses
    }

    /// Names and sign-in settings go over as far as the invitation does not carry them, and where the new account has none of
    /// its own: nothing, or still what an earlier run `recorded` of the old one. A display name that is made of the names
    /// follows from them.
    fn pass_profile_on(
        &mut self,
        (index, migrate): (RowIndex, &Migrate),
        old: AccountIndex,
        (user, new): (Option<&User>, AccountIndex),
        recorded: Option<&Value>,
    ) {
        if user.is_some_and(|user| user.from_directory) {
            return;
        }
        let old = self.drafts.get(old);
        let (first, last) = old.names();
        let (display_name, bypass_basic_auth) = old.appearance();
        let follows = fold(&format!("{first} {last}"));
        let (name, surname) = given_names(migrate, (first, last));
        let is_as_recorded = |field: &str, now: Value| recorded.is_some_and(|was| was.get(field) == Some(&now));
        let lacks = |field: &str, present: fn(&User) -> &str, given: &String| {
            user.map(present)
                .is_some_and(|present| present.is_empty() || present != given && is_as_recorded(field, json!(present)))
        };
        let display_name = Some(display_name).filter(|text| !text.is_empty() && fold(text) != follows);
        let bypasses = user.is_some_and(|user| user.bypass_basic_auth);
        let goes_over = bypass_basic_auth || is_as_recorded("bypass_basic_auth", json!(bypasses));
        let update = UserUpdate {
            name: name.filter(|given| lacks("name", User::name, given)),
            surname: surname.filter(|given| lacks("surname", User::surname, given)),
            display_name: display_name
                .filter(|given| user.is_none() || lacks("display_name", User::display_name, given)),
            bypass_basic_auth: (bypass_basic_auth != bypasses && goes_over).then_some(bypass_basic_auth),
            ..UserUpdate::default()
        };
        if !update.is_empty() {
            self.drafts.get_mut(new).update(index, update);
        }
    }

    /// What the old account has after the rows above, in the form of the `before` column. What an earlier run recorded of
    /// the new account, before it changed that, is kept.
    fn capture(
        &self,
        user: &User,
        old: AccountIndex,
        held: Option<&(BundleSet, bool)>,
        recorded: Option<&Value>,
    ) -> Value {
        let groups = self.drafts.get(old).groups();
        let names: Vec<&str> = groups
            .iter()
            .filter_map(|id| self.snapshot.group_by_id(*id))
            .map(|group| group.name.as_str())
            .collect();
        let mut captured = profile(user);
        let about = [
            ("user_id", json!(user.id)),
            ("groups", json!(names)),
            ("group_ids", json!(groups)),
            ("licenses", json!(held.map(|(licenses, _)| licenses))),
            (
                "external_license",
                json!(held.is_some_and(|(_, external_license)| *external_license)),
            ),
        ];
        captured.extend(about.map(|(name, value)| (name.to_owned(), value)));
        if let Some(new_account) = recorded.and_then(|recorded| recorded.get("new_account")) {
            captured.insert("new_account".to_owned(), new_account.clone());
        }
        captured.into()
    }
}

/// The invitation of a migration's new account; `old` are the old account's first and last name.
pub(super) fn successors_invitation(
    migrate: &Migrate,
    old: Option<(String, String)>,
    groups: &[GroupId],
) -> Invitation {
    let (name, surname) = given_names(migrate, old.unwrap_or_default());
    Invitation {
        email: migrate.new_email.to_string(),
        name,
        surname,
        language: None,
        groups: groups.to_vec(),
    }
}

/// The names that the row gives the new account, else the old account's.
fn given_names(migrate: &Migrate, old: (String, String)) -> (Option<String>, Option<String>) {
    let taken_over = |given: &Option<Box<str>>, old: String| {
        let given = given.as_deref().map(str::to_owned);
        Some(given.unwrap_or(old)).filter(|text| !text.is_empty())
    };
    (taken_over(&migrate.name, old.0), taken_over(&migrate.surname, old.1))
}
