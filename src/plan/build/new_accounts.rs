//! Rows that make an account: `invite` and `create`.

use super::administrator_tally::StandingChange;
use super::begun::Begun;
use super::builder::{Builder, Planned};
use crate::api::{Invitation, NewUser};
use crate::directory::Found;
use crate::model::{BundleSet, Create, Email, GroupId, Invite, RowKey, Status, UserId};
use crate::plan::RowReason;
use crate::plan::settled::{bearer, person, user_ambiguous, verdict};
use crate::plan::{AccountIndex, Creation, LicenseEdit, Membership, Pending, RowIndex, Work};
use crate::text::fold;

impl Builder<'_> {
    pub(super) fn invite(&mut self, row: RowIndex, key: RowKey, invite: &Invite) -> Planned {
        let groups = self.joining(row, &invite.groups)?;
        let email = invite.email.as_str();
        let invitation = |groups: &[GroupId]| {
            Work::Invite(Box::new(Invitation {
                email: email.to_owned(),
                name: invite.name.as_deref().map(str::to_owned),
                surname: invite.surname.as_deref().map(str::to_owned),
                language: invite.language.as_deref().map(str::to_owned),
                groups: groups.to_vec(),
            }))
        };
        let account = match self.snapshot.account(email) {
            Found::Many(which) => return Err(user_ambiguous(email, &which)),
            Found::One(user) => {
                let account = self.existing(row, bearer(&invite.email, user)?, email.into())?;
                self.can_be_given(account, &invite.licenses)?;
                let ours = self.made_earlier(row, key, user.id);
                let again = !user.invitation_accepted && self.rules.pending == Pending::Resend && !ours;
                if again {
                    self.drafts.get_mut(account).make(row, invitation(&[]), &[]);
                } else {
                    self.note(
                        row,
                        match (ours, user.invitation_accepted) {
                            (true, _) => "invited in an earlier run",
                            (false, true) => "the address already has an account, so nobody was invited",
                            (false, false) => "the address is already invited, so nobody was invited again",
                        },
                    );
                }
                account
            }
            Found::None { .. } => {
                self.never_made(key)?;
                let account = self.drafts.pending(email.into(), &[invite.email.fold()]);
                self.drafts.get_mut(account).make(row, invitation(&groups), &groups);
                account
            }
        };
        self.bring_about(row, account, &groups, &invite.licenses)
    }

    pub(super) fn create(&mut self, row: RowIndex, key: RowKey, create: &Create) -> Planned {
        let groups = self.joining(row, &create.groups)?;
        let mut present = self.snapshot.account(create.user_name());
        if let (Found::None { .. }, Some(email)) = (&present, &create.email) {
            present = self.snapshot.account(email.as_str());
        }
        let account = match present {
            Found::Many(which) => return Err(user_ambiguous(create.user_name(), &which)),
            Found::One(user) => {
                person(create.user_name(), user)?;
                let account = self.existing(row, user, create.user_name().into())?;
                self.can_be_given(account, &create.licenses)?;
                let ours = self.made_earlier(row, key, user.id);
                self.note(
                    row,
                    if ours {
                        "created in an earlier run"
                    } else {
                        "the account exists already"
                    },
                );
                account
            }
            Found::None { .. } => {
                self.never_made(key)?;
                let email = create.email.as_ref().map(Email::fold);
                let names: Vec<String> = std::iter::once(fold(create.user_name())).chain(email).collect();
                let account = self.drafts.pending(create.user_name().into(), &names);
                // One call creates accounts with a single set of groups.
                let mut sorted = groups.clone();
                sorted.sort_unstable();
                let work = Work::Create(Box::new(Creation {
                    user: new_user(create),
                    groups: sorted,
                }));
                self.drafts.get_mut(account).make(row, work, &groups);
                account
            }
        };
        self.bring_about(row, account, &groups, &create.licenses)
    }

    /// Whether licences can be added to what the account holds without taking others away.
    pub(super) fn can_be_given(&self, account: AccountIndex, licenses: &BundleSet) -> Planned {
        if licenses.is_empty() {
            Ok(())
        } else {
            self.knows_allocation(account)
        }
    }

    /// Whether an earlier run made the account for this very row; then what that run did is kept.
    pub(super) fn made_earlier(&mut self, row: RowIndex, key: RowKey, user: UserId) -> bool {
        let begun = self.begun.get(&key).filter(|begun| begun.made(user));
        if let Some(begun) = begun {
            self.rows[row].more().made_earlier = Some(begun.clone());
        }
        begun.is_some()
    }

    /// If an earlier run got the account's id, the account is not made again when it cannot be found: it may not be
    /// readable yet, and nobody may be invited twice.
    pub(super) fn never_made(&self, key: RowKey) -> Planned {
        let Some(Begun {
            account: Some(account),
            made: true,
            ..
        }) = self.begun.get(&key)
        else {
            return Ok(());
        };
        let message = format!(
            "an earlier run made the account {account} for this row, but it cannot be found now; \
             run again later, or with `--again` if somebody deleted it and it is to be made anew"
        );
        Err(verdict(Status::InDoubt, RowReason::AccountMissing, message))
    }

    /// The groups and licences of a row that makes an account, or finds it made.
    fn bring_about(
        &mut self,
        row: RowIndex,
        account: AccountIndex,
        groups: &[GroupId],
        licenses: &BundleSet,
    ) -> Planned {
        let joins = StandingChange {
            joining: groups,
            ..StandingChange::default()
        };
        self.keeps_an_administrator(row, &[(account, joins)])?;
        self.rows[row].account = Some(account);
        self.membership(row, account, groups, Membership::Join);
        if !licenses.is_empty() {
            self.edit(row, account, LicenseEdit::Add(licenses.clone()));
        }
        Ok(())
    }
}

fn new_user(create: &Create) -> NewUser {
    let owned = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
    NewUser {
        user_name: create.user_name().to_owned(),
        email: create.email.as_ref().map(ToString::to_string),
        name: owned(&create.name),
        surname: owned(&create.surname),
        display_name: owned(&create.display_name),
        invitation_accepted: create.invitation_accepted,
        bypass_basic_auth: create.bypass_basic_auth,
    }
}
