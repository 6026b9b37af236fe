//! Rows that make an account: `invite` and `create`.

use super::administrator_tally::StandingChange;
use super::begun::Begun;
use super::builder::{Builder, Planned};
use super::like::Copies;
use crate::api::{Invitation, NewUser, User, UserUpdate};
use crate::directory::Found;
use crate::model::{BundleSet, Create, Email, GroupId, Invite, RowKey, Status};
use crate::plan::already_there::{created_for, deactivated, is_named_otherwise, may_be_given, not_invited, other_name};
use crate::plan::settled::{bearer, person, user_ambiguous};
use crate::plan::{
    AccountIndex, Creation, Inactive, LicenseEdit, Membership, Naming, RowIndex, RowReason, Verdict, Work,
};
use crate::text::fold;

/// Of an account that an earlier run made for the row.
pub(super) const INVITED_EARLIER: &str = "invited in an earlier run";

impl Builder<'_> {
    pub(super) fn invite(&mut self, row: RowIndex, key: RowKey, invite: &Invite) -> Planned {
        let mut groups = self.joining(row, &invite.groups)?;
        let mut licenses = invite.licenses.clone();
        if let Some(like) = &invite.like {
            let copied = self.copied(row, like, None, Copies::BOTH)?;
            copied.join(&mut groups);
            licenses = licenses.union(&copied.licenses);
        }
        let email = invite.email.as_str();
        let invitation = |groups: &[GroupId]| Work::Invite(Box::new(invitation(invite, groups)));
        let account = match self.snapshot.account(email) {
            Found::Many(which) => return Err(user_ambiguous(email, &which)),
            Found::One(user) => {
                let account = self.existing(Naming::made(row), bearer(&invite.email, user)?)?;
                self.stays(account)?;
                let ours = self.made_earlier(row, key, user);
                self.made_with(row, user, &groups);
                if !self.activated.contains(&user.id) {
                    may_be_given(invite, user, self.rules)?;
                }
                self.can_be_given(account, &licenses)?;
                if self.is_mail_due(key, user) {
                    self.drafts.get_mut(account).make(row, invitation(&[]), &[]);
                } else if !ours {
                    self.note(row, not_invited(user));
                } else if !self.begun.get(&key).is_some_and(Begun::tells_what_was_made) {
                    self.note(row, INVITED_EARLIER);
                }
                self.tell_of_another_name(row, other_name(invite, user));
                if invite.active == Some(true) && !user.is_active {
                    let update = UserUpdate {
                        is_active: Some(true),
                        ..UserUpdate::default()
                    };
                    self.drafts.get_mut(account).update(row, update);
                }
                account
            }
            Found::None { .. } => {
                self.never_made(key)?;
                let account = self.drafts.pending(Naming::made(row), &[invite.email.fold()]);
                self.drafts.get_mut(account).make(row, invitation(&groups), &groups);
                account
            }
        };
        self.bring_about(row, account, &groups, &licenses)
    }

    pub(super) fn create(&mut self, row: RowIndex, key: RowKey, create: &Create) -> Planned {
        let mut groups = self.joining(row, &create.groups)?;
        let mut licenses = create.licenses.clone();
        if let Some(like) = &create.like {
            let copied = self.copied(row, like, None, Copies::BOTH)?;
            copied.join(&mut groups);
            licenses = licenses.union(&copied.licenses);
        }
        let mut present = self.snapshot.account(create.user_name());
        if let (Found::None { .. }, Some(email)) = (&present, &create.email) {
            present = self.snapshot.account(email.as_str());
        }
        let account = match present {
            Found::Many(which) => return Err(user_ambiguous(create.user_name(), &which)),
            Found::One(user) => {
                person(create.user_name(), user)?;
                let account = self.existing(Naming::made(row), user)?;
                self.stays(account)?;
                self.can_be_given(account, &licenses)?;
                let ours = self.made_earlier(row, key, user);
                let other_name = if ours { None } else { created_for(create, user)? };
                self.made_with(row, user, &groups);
                self.may_get_seats(account, &licenses)?;
                self.note(
                    row,
                    if ours {
                        "created in an earlier run"
                    } else {
                        "the account exists already"
                    },
                );
                self.tell_of_another_name(row, other_name);
                account
            }
            Found::None { .. } => {
                self.never_made(key)?;
                let email = create.email.as_ref().map(Email::fold);
                let names: Vec<String> = std::iter::once(fold(create.user_name())).chain(email).collect();
                let account = self.drafts.pending(Naming::made(row), &names);
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
        self.bring_about(row, account, &groups, &licenses)
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
    pub(super) fn made_earlier(&mut self, row: RowIndex, key: RowKey, user: &User) -> bool {
        let Some(begun) = self.begun.get(&key) else {
            return false;
        };
        let ours = self.is_made_by(begun, row, user);
        if ours || begun.account == Some(user.id) {
            self.rows[row].more().earlier = Some(begun.found(user.id));
        }
        ours
    }

    /// Whether what was begun made this account. Where nobody knows what became of its call, the account may be somebody
    /// else's work: then it goes by another name.
    pub(super) fn is_made_by(&self, begun: &Begun, row: RowIndex, user: &User) -> bool {
        let is_anothers = || is_named_otherwise(&self.sheet[row].operation, user, self.snapshot);
        begun.made(user.id) && !(begun.is_of_unknown_making() && is_anothers())
    }

    /// The row, which goes on with this account, or one below it, asks for these groups.
    pub(super) fn made_with(&mut self, row: RowIndex, user: &User, groups: &[GroupId]) {
        // Most rows have none, and need no memory for it.
        if self.rows[row].earlier().is_some()
            && let Some(earlier) = &mut self.rows[row].more().earlier
        {
            earlier.note_groups(user, groups);
        }
    }

    /// The message, and a warning, where the account goes by another name than the row says: both names.
    fn tell_of_another_name(&mut self, row: RowIndex, both: Option<String>) {
        if let Some(words) = both {
            self.note(row, &words);
            self.cautions.other_names.push((row, words));
        }
    }

    /// Whether the account may be given seats: a deactivated one only if somebody says so.
    pub(super) fn may_get_seats(&self, account: AccountIndex, licenses: &BundleSet) -> Planned {
        let draft = self.drafts.get(account);
        let is_refused = |user: &User| {
            user.is_deactivated() && !self.activated.contains(&user.id) && self.rules.inactive == Inactive::LeftAlone
        };
        let takes = || !licenses.is_subset(&draft.now().direct.bundles());
        if draft.user.is_some_and(is_refused) && takes() {
            return Err(deactivated(&draft.naming.label(self.sheet), "it gets no licence"));
        }
        Ok(())
    }

    /// If the server answered an earlier run that it made an account, none is made again when it cannot be found: it may
    /// not be readable yet, or go by another name, and nobody may be invited twice.
    pub(super) fn never_made(&self, key: RowKey) -> Planned {
        let Some(begun) = self.begun.get(&key) else {
            return Ok(());
        };
        let what = match begun.account {
            Some(account) if begun.made => {
                format!("an earlier run made the account {account} for this row, but it cannot be found now")
            }
            _ if begun.is_missing => "the server answered an earlier run with the name or id of another account, and \
                                      this one cannot be found"
                .to_owned(),
            _ => return Ok(()),
        };
        // A sheet of its own knows nothing of them.
        let with = begun
            .nobody_has(self.snapshot)
            .map(|taken| format!(", with `{taken}` in `licenses`"))
            .unwrap_or_default();
        let message = format!(
            "{what}; run again later; if the account is not there and is to be made anew, move the row to a sheet of its own{with}"
        );
        Err(Verdict::new(Status::InDoubt, RowReason::AccountMissing, message))
    }

    /// The groups and licences of a row that makes an account, or finds it made.
    fn bring_about(
        &mut self,
        row: RowIndex,
        account: AccountIndex,
        groups: &[GroupId],
        licenses: &BundleSet,
    ) -> Planned {
        if !groups.is_empty() {
            self.knows_groups(account)?;
        }
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

pub(super) fn invitation(invite: &Invite, groups: &[GroupId]) -> Invitation {
    let owned = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
    Invitation {
        email: invite.email.to_string(),
        name: owned(&invite.name),
        surname: owned(&invite.surname),
        language: owned(&invite.language),
        groups: groups.to_vec(),
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
