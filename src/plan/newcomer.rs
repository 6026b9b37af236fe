//! Rows that make an account, or find it made: `invite` and `create`.

use super::build::{Builder, Planned, ambiguous};
use super::{AccountIndex, LicenseEdit, Membership, Pending, RowIndex, Work};
use crate::api::{Invitation, NewUser};
use crate::directory::Found;
use crate::model::{BundleSet, Create, Email, GroupId, Invite, Operation, Row, RowKey};
use crate::text::fold;

impl Builder<'_> {
    /// Makes known the accounts that the row brings into being, so that other rows may name them.
    pub(super) fn announce(&mut self, row: &Row) {
        match &row.operation {
            Operation::Invite(invite) => self.announce_account(invite.email.as_str(), &[invite.email.fold()]),
            Operation::Migrate(migrate) => {
                self.announce_account(migrate.new_email.as_str(), &[migrate.new_email.fold()]);
            }
            Operation::Create(create) => {
                let names = [Some(fold(create.user_name())), create.email.as_ref().map(Email::fold)];
                let names: Vec<String> = names.into_iter().flatten().collect();
                self.announce_account(create.user_name(), &names);
            }
            _ => {}
        }
    }

    fn announce_account(&mut self, label: &str, names: &[String]) {
        let exists = names
            .iter()
            .any(|name| !matches!(self.snapshot.account(name), Found::None { .. }));
        if !exists {
            self.drafts.pending(label, names);
        }
    }

    pub(super) fn invite(&mut self, row: RowIndex, key: RowKey, invite: &Invite) -> Planned {
        let groups = self.groups(&invite.groups)?;
        let invitation = |groups: &[GroupId]| Invitation {
            email: invite.email.to_string(),
            name: invite.name.as_deref().map(str::to_owned),
            surname: invite.surname.as_deref().map(str::to_owned),
            language: invite.language.as_deref().map(str::to_owned),
            groups: groups.to_vec(),
        };
        match self.snapshot.account(invite.email.as_str()) {
            Found::Many(which) => Err(ambiguous("user", invite.email.as_str(), &which)),
            Found::One(user) => {
                let ours = self.begun.get(&key).is_some_and(|begun| begun.made(user.id));
                self.rows[row].made_earlier = ours;
                let account = self.drafts.existing(user, invite.email.as_str(), self.snapshot);
                self.rows[row].account = Some(account);
                if !user.invitation_accepted && self.rules.pending == Pending::Resend && !ours {
                    let draft = self.drafts.get(account);
                    draft.maker = Some((row, Work::Invite(Box::new(invitation(&[])))));
                } else {
                    self.rows[row].note = if ours {
                        "invited in an earlier run".to_owned()
                    } else if user.invitation_accepted {
                        "the address has an account already, so nobody was mailed".to_owned()
                    } else {
                        "the address is invited already, so nobody was mailed".to_owned()
                    };
                }
                self.bring_about(row, account, &groups, &invite.licenses)
            }
            Found::None { .. } => {
                let account = self.drafts.pending(invite.email.as_str(), &[invite.email.fold()]);
                self.rows[row].account = Some(account);
                self.make(row, account, Work::Invite(Box::new(invitation(&groups))), &groups);
                self.bring_about(row, account, &groups, &invite.licenses)
            }
        }
    }

    pub(super) fn create(&mut self, row: RowIndex, key: RowKey, create: &Create) -> Planned {
        let groups = self.groups(&create.groups)?;
        let mut present = self.snapshot.account(create.user_name());
        if let (Found::None { .. }, Some(email)) = (&present, &create.email) {
            present = self.snapshot.account(email.as_str());
        }
        let account = match present {
            Found::Many(which) => return Err(ambiguous("user", create.user_name(), &which)),
            Found::One(user) => {
                let ours = self.begun.get(&key).is_some_and(|begun| begun.made(user.id));
                self.rows[row].made_earlier = ours;
                let note = if ours {
                    "created in an earlier run"
                } else {
                    "the account exists already"
                };
                note.clone_into(&mut self.rows[row].note);
                self.drafts.existing(user, create.user_name(), self.snapshot)
            }
            Found::None { .. } => {
                let account = self.drafts.pending(create.user_name(), &[fold(create.user_name())]);
                let owned = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
                let user = NewUser {
                    user_name: create.user_name().to_owned(),
                    email: create.email.as_ref().map(ToString::to_string),
                    name: owned(&create.name),
                    surname: owned(&create.surname),
                    display_name: owned(&create.display_name),
                    invitation_accepted: create.invitation_accepted,
                    bypass_basic_auth: create.bypass_basic_auth,
                };
                let mut sorted = groups.clone();
                sorted.sort_unstable();
                self.make(row, account, Work::Create(Box::new(user), sorted), &groups);
                account
            }
        };
        self.rows[row].account = Some(account);
        self.bring_about(row, account, &groups, &create.licenses)
    }

    pub(super) fn make(&mut self, row: RowIndex, account: AccountIndex, work: Work, groups: &[GroupId]) {
        let draft = self.drafts.get(account);
        if draft.maker.is_none() {
            draft.maker = Some((row, work));
            draft.entered_with = groups.to_vec();
        }
    }

    /// The groups and licences of a row that makes an account, or finds it made.
    fn bring_about(
        &mut self,
        row: RowIndex,
        account: AccountIndex,
        groups: &[GroupId],
        licenses: &BundleSet,
    ) -> Planned {
        if !licenses.is_empty() {
            self.edit(row, account, LicenseEdit::Add(licenses.clone()))?;
        }
        self.membership(row, account, groups, Membership::Join);
        Ok(())
    }
}
