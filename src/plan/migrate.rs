//! `migrate`: an old account's successor, and what of the old one it takes over.

use serde_json::{Value, json};

use super::build::{Builder, Planned, ambiguous, not_found, verdict};
use super::draft::Succession;
use super::{AccountIndex, Ending, LicenseEdit, Membership, RowIndex, Work};
use crate::api::{Invitation, User};
use crate::directory::Found;
use crate::model::{BundleSet, DeleteWhen, GroupId, GroupRef, Migrate, RowKey, Status};
use crate::text::fold;

impl Builder<'_> {
    pub(super) fn migrate(&mut self, row: RowIndex, key: RowKey, migrate: &Migrate) -> Planned {
        let begun = self.begun.get(&key);
        let captured = Captured::of(begun.and_then(|begun| begun.before.as_ref()));
        let new_user = match self.snapshot.account(migrate.new_email.as_str()) {
            Found::Many(which) => return Err(ambiguous("user", migrate.new_email.as_str(), &which)),
            Found::One(user) => Some(user),
            Found::None { .. } => None,
        };
        let named_groups = migrate.groups.as_ref().map(|groups| self.groups(groups)).transpose()?;
        let old_user = match self.snapshot.user(&migrate.user) {
            Found::One(user) => Some(user),
            Found::Many(which) => return Err(ambiguous("user", &migrate.user.to_string(), &which)),
            Found::None { near } => match new_user {
                Some(_) => None,
                None => return Err(not_found("user", &migrate.user.to_string(), near.as_deref())),
            },
        };
        if let (Some(old), Some(new)) = (old_user, new_user)
            && old.id == new.id
        {
            let message = format!("the account already bears the address `{}`", migrate.new_email);
            return Err(verdict(Status::Unchanged, "same_account", message));
        }
        if let Some(old) = old_user
            && migrate.delete_when != DeleteWhen::Never
        {
            self.may_be_deleted(old)?;
        }

        let groups = match (named_groups, old_user) {
            (Some(groups), _) => groups,
            (None, Some(old)) => self.inheritable(&old.groups),
            (None, None) => self.inheritable(&captured.groups),
        };
        let old = old_user.map(|user| self.drafts.existing(user, &migrate.user.to_string(), self.snapshot));
        let licenses = match (&migrate.licenses, &captured.licenses, old) {
            (Some(licenses), _, _) => licenses.clone(),
            // What an earlier run captured stands, for it may have handed the licences over already.
            (None, Some(licenses), _) => licenses.clone(),
            (None, None, Some(old)) => self.drafts.get(old).base.bundles(),
            (None, None, None) => BundleSet::default(),
        };

        self.rows[row].captured = match old_user {
            Some(old) => Some(Box::new(self.capture(old, &captured))),
            None => begun.and_then(|begun| begun.before.clone()).map(Box::new),
        };

        let new = match new_user {
            Some(user) => {
                let label = migrate.new_email.as_str();
                let account = self.drafts.existing(user, label, self.snapshot);
                let ours = begun.is_some_and(|begun| begun.made(user.id));
                self.rows[row].made_earlier = ours;
                self.rows[row].note = match (ours, user.invitation_accepted) {
                    (true, _) => "invited in an earlier run".to_owned(),
                    (false, true) => "the new address has an account already, so nobody was mailed".to_owned(),
                    (false, false) => "the new address is invited already, so nobody was mailed".to_owned(),
                };
                account
            }
            None => self.invite_successor(row, migrate, old_user, &groups),
        };
        self.rows[row].account = Some(new);
        self.membership(row, new, &groups, Membership::Join);

        let accepted = new_user.is_some_and(|user| user.invitation_accepted);
        let ends = old.is_some() && migrate.delete_when != DeleteWhen::Never;
        let completes = ends && (migrate.delete_when == DeleteWhen::Invited || accepted);
        if ends && !completes {
            let text = "the old account is deleted once the invitation is accepted; run the same command again then";
            self.rows[row].ending = Ending::Waiting(text.to_owned());
        }
        match old {
            Some(old) => {
                if !licenses.is_empty() {
                    self.can_build_on(new)?;
                }
                self.drafts.get(new).succession = Some(Succession {
                    row,
                    from: old,
                    groups,
                    licenses,
                    completes,
                    ends,
                });
                if completes {
                    self.drafts.get(old).farewell = Some(row);
                }
            }
            None if !licenses.is_empty() => {
                self.edit(row, new, LicenseEdit::Add(licenses))?;
            }
            None => {}
        }
        Ok(())
    }

    /// What the old account has, as the `before` column keeps it; licences that an earlier run captured stand.
    fn capture(&self, old: &User, earlier: &Captured) -> Value {
        let licenses = earlier.licenses.clone().or_else(|| {
            self.snapshot
                .direct(old.id)
                .map(|allocation| allocation.bundles.clone())
        });
        let names: Vec<&str> = old
            .groups
            .iter()
            .filter_map(|id| self.snapshot.group_by_id(*id))
            .map(|group| group.name.as_str())
            .collect();
        json!({ "user_id": old.id, "groups": names, "group_ids": old.groups, "licenses": licenses })
    }

    fn invite_successor(
        &mut self,
        row: RowIndex,
        migrate: &Migrate,
        old: Option<&User>,
        groups: &[GroupId],
    ) -> AccountIndex {
        let account = self
            .drafts
            .pending(migrate.new_email.as_str(), &[migrate.new_email.fold()]);
        let taken_over = |given: &Option<Box<str>>, old: Option<&str>| {
            given
                .as_deref()
                .or(old)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let invitation = Invitation {
            email: migrate.new_email.to_string(),
            name: taken_over(&migrate.name, old.map(|user| user.name.as_str())),
            surname: taken_over(&migrate.surname, old.map(|user| user.surname.as_str())),
            language: None,
            groups: groups.to_vec(),
        };
        self.make(row, account, Work::Invite(Box::new(invitation)), groups);
        account
    }

    /// An old account's groups that its successor can be put in: those that still exist, without
    /// Everyone, whose members nobody chooses (`uipath-api`, 5.1).
    fn inheritable(&mut self, groups: &[GroupId]) -> Vec<GroupId> {
        let mut kept = Vec::new();
        for id in groups {
            if let Found::One(group) = self.snapshot.group(&GroupRef::Id(*id))
                && !(group.built_in && fold(&group.name) == "everyone")
            {
                self.groups.entry(group.id).or_insert_with(|| group.clone());
                kept.push(group.id);
            }
        }
        kept
    }
}

/// What an earlier run captured of a migration's old account, as its `before` column holds it.
#[derive(Debug, Default)]
struct Captured {
    groups: Vec<GroupId>,
    licenses: Option<BundleSet>,
}

impl Captured {
    fn of(before: Option<&Value>) -> Self {
        let read = |name: &str| before.and_then(|before| before.get(name)).cloned();
        Self {
            groups: read("group_ids")
                .and_then(|ids| serde_json::from_value(ids).ok())
                .unwrap_or_default(),
            licenses: read("licenses").and_then(|codes| serde_json::from_value(codes).ok()),
        }
    }
}
