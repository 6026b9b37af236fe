//! Rows that change or delete an account that is there, and rows that set a group's rule.

use super::build::{Builder, Planned, ambiguous, verdict};
use super::{AccountIndex, Administrators, GroupRuleChange, RowIndex};
use crate::api::{User, UserUpdate};
use crate::directory::Found;
use crate::model::{BundleSet, Field, GroupRef, ProfileChange, Quota, Status, UserRef};
use crate::text::fold;

impl Builder<'_> {
    pub(super) fn update(&mut self, row: RowIndex, account: AccountIndex, profile: &ProfileChange) {
        let draft = self.drafts.get(account);
        let update = changed_fields(profile, draft.user);
        if let Some(update) = update {
            draft.updates.push((row, update));
        }
    }

    pub(super) fn delete(&mut self, row: RowIndex, user: &UserRef) -> Planned {
        let found = match self.snapshot.user(user) {
            Found::One(found) => found,
            Found::Many(which) => return Err(ambiguous("user", &user.to_string(), &which)),
            Found::None { near } => {
                let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                return Err(verdict(
                    Status::Unchanged,
                    "already_gone",
                    format!("there is no account `{user}`{hint}"),
                ));
            }
        };
        self.may_be_deleted(found)?;
        let account = self.account(row, user)?;
        self.drafts.get(account).delete = Some(row);
        Ok(())
    }

    pub(super) fn may_be_deleted(&self, user: &User) -> Planned {
        if self.snapshot.acting_user() == Some(user.id) {
            let message = "this is the account that reseat is signed in as, which it never deletes".to_owned();
            return Err(verdict(Status::Skipped, "own_account", message));
        }
        if self.rules.administrators == Administrators::Protected && self.snapshot.is_administrator(user) {
            let message = "the account is a member of Administrators; add `--allow-admins` to delete it".to_owned();
            return Err(verdict(Status::Skipped, "administrator", message));
        }
        Ok(())
    }

    pub(super) fn group_rule(
        &mut self,
        row: RowIndex,
        group: &GroupRef,
        licenses: &BundleSet,
        quotas: &[Quota],
        external_license: Option<bool>,
    ) -> Planned {
        let group = match self.groups(std::slice::from_ref(group))?.first() {
            Some(group) => *group,
            None => return Ok(()),
        };
        let present = self.snapshot.rule(group);
        let external_license = external_license
            .or_else(|| present.map(|rule| rule.external_license))
            .unwrap_or(false);
        // An empty quotas cell leaves the limits of the codes that stay alone.
        let mut wanted: Vec<Quota> = match present {
            Some(rule) if quotas.is_empty() => rule
                .quotas
                .iter()
                .filter(|quota| licenses.contains(&quota.code))
                .cloned()
                .collect(),
            _ => quotas.to_vec(),
        };
        wanted.sort_by(|one, other| one.code.cmp(&other.code));
        let already_so = present.is_some_and(|rule| {
            let mut quotas = rule.quotas.clone();
            quotas.sort_by(|one, other| one.code.cmp(&other.code));
            rule.bundles == *licenses && quotas == wanted && rule.external_license == external_license
        });
        if !already_so {
            let has_quotas = !wanted.is_empty() || present.is_some_and(|rule| !rule.quotas.is_empty());
            let change = GroupRuleChange {
                group,
                bundles: licenses.clone(),
                quotas: has_quotas.then_some(wanted),
                external_license,
            };
            self.group_rules.push((row, change));
        }
        Ok(())
    }
}

/// The fields of `profile` that differ from the account's present ones; `None` where none does.
fn changed_fields(profile: &ProfileChange, user: Option<&User>) -> Option<UserUpdate> {
    let text = |wanted: &Field, present: Option<&str>| {
        wanted
            .as_sent()
            .filter(|wanted| present != Some(*wanted))
            .map(str::to_owned)
    };
    let flag = |wanted: Option<bool>, present: Option<bool>| wanted.filter(|wanted| present != Some(*wanted));
    let update = UserUpdate {
        name: text(&profile.name, user.map(|user| user.name.as_str())),
        surname: text(&profile.surname, user.map(|user| user.surname.as_str())),
        display_name: text(&profile.display_name, user.map(|user| user.display_name.as_str())),
        email: profile
            .email
            .as_ref()
            .filter(|email| user.is_none_or(|user| fold(&user.email) != email.fold()))
            .map(ToString::to_string),
        is_active: flag(profile.active, user.map(|user| user.is_active)),
        password: profile.password.clone(),
        bypass_basic_auth: flag(profile.bypass_basic_auth, user.map(|user| user.bypass_basic_auth)),
        invitation_accepted: flag(profile.invitation_accepted, user.map(|user| user.invitation_accepted)),
        add_groups: Vec::new(),
        remove_groups: Vec::new(),
    };
    (!update.is_empty()).then_some(update)
}
