//! Rows and the present state into a plan. Pure: no network, no clock.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::draft::{Drafts, Succession};
use super::{
    AccountIndex, Administrators, Direct, Ending, GroupRuleChange, LicenseEdit, Membership, Pending, Plan, PlannedRow,
    RowIndex, Rules, Verdict, Work, assemble,
};
use crate::api::{Group, Invitation, NewUser, User, UserUpdate};
use crate::directory::{Found, Snapshot};
use crate::model::{
    BundleSet, Create, DeleteWhen, Field, GroupId, GroupRef, Invite, Migrate, Operation, ProfileChange, Quota, Row,
    RowKey, Status, UserId, UserRef,
};
use crate::text::{fold, joined};

/// What earlier runs recorded of a row that was begun and not finished.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Begun {
    /// The account that it is about, where an answer named it.
    pub account: Option<UserId>,
    /// Whether that account was, or may have been, invited or created for the row.
    pub made: bool,
    /// The `before` column: for a migration, what the old account had.
    pub before: Option<Value>,
}

impl Begun {
    /// Whether an account that is there now is the one that was made for the row.
    fn made(&self, user: UserId) -> bool {
        self.made && self.account.is_none_or(|account| account == user)
    }
}

/// The rows of earlier runs that are to go on.
pub type BegunRows = HashMap<RowKey, Begun>;

/// Plans the rows against the state. `begun` holds the rows of earlier runs that are to go on.
pub fn plan(rows: &[Row], snapshot: &Snapshot, begun: &BegunRows, rules: &Rules) -> Plan {
    let mut builder = Builder {
        snapshot,
        begun,
        rules,
        drafts: Drafts::default(),
        rows: vec![PlannedRow::default(); rows.len()],
        groups: HashMap::new(),
        group_rules: Vec::new(),
    };
    for row in rows {
        builder.announce(row);
    }
    for (index, row) in rows.iter().enumerate() {
        if let Err(verdict) = builder.row(index, row) {
            builder.rows[index].verdict = Some(verdict);
        }
    }
    let Builder {
        drafts,
        rows,
        groups,
        group_rules,
        ..
    } = builder;
    assemble::plan(assemble::Parts {
        snapshot,
        rules,
        drafts,
        rows,
        groups,
        group_rules,
    })
}

struct Builder<'a> {
    snapshot: &'a Snapshot,
    begun: &'a BegunRows,
    rules: &'a Rules,
    drafts: Drafts<'a>,
    rows: Vec<PlannedRow>,
    groups: HashMap<GroupId, Group>,
    group_rules: Vec<(RowIndex, GroupRuleChange)>,
}

type Planned = Result<(), Verdict>;

fn verdict(status: Status, code: &'static str, message: String) -> Verdict {
    Verdict { status, code, message }
}

impl Builder<'_> {
    /// Makes known the accounts that the row brings into being, so that other rows may name them.
    fn announce(&mut self, row: &Row) {
        match &row.operation {
            Operation::Invite(invite) => self.announce_account(invite.email.as_str(), &[invite.email.fold()]),
            Operation::Migrate(migrate) => {
                self.announce_account(migrate.new_email.as_str(), &[migrate.new_email.fold()]);
            }
            Operation::Create(create) => {
                let names = [
                    Some(fold(create.user_name())),
                    create.email.as_ref().map(crate::model::Email::fold),
                ];
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

    fn row(&mut self, index: RowIndex, row: &Row) -> Planned {
        match &row.operation {
            Operation::Invite(invite) => self.invite(index, row.key, invite),
            Operation::Create(create) => self.create(index, row.key, create),
            Operation::Update(update) => {
                let account = self.account(index, &update.user)?;
                let joining = self.groups(&update.add_groups)?;
                let leaving = self.groups(&update.remove_groups)?;
                self.update(index, account, &update.profile);
                self.membership(index, account, &joining, Membership::Join);
                self.membership(index, account, &leaving, Membership::Leave);
                Ok(())
            }
            Operation::Delete { user } => self.delete(index, user),
            Operation::SetLicenses {
                user,
                licenses,
                external_license,
            } => self.license(index, user, LicenseEdit::Set(licenses.clone(), *external_license)),
            Operation::AddLicenses { user, licenses } => self.license(index, user, LicenseEdit::Add(licenses.clone())),
            Operation::RemoveLicenses { user, licenses } => {
                self.license(index, user, LicenseEdit::Remove(licenses.clone()))
            }
            Operation::ReleaseLicenses { user } => self.license(index, user, LicenseEdit::Release),
            Operation::BlockLicenses { user } => self.license(index, user, LicenseEdit::Block),
            Operation::SetGroupLicenses {
                group,
                licenses,
                quotas,
                external_license,
            } => self.group_rule(index, group, licenses, quotas, *external_license),
            Operation::AddToGroups { user, groups } => self.change_groups(index, user, groups, Membership::Join),
            Operation::RemoveFromGroups { user, groups } => self.change_groups(index, user, groups, Membership::Leave),
            Operation::Migrate(migrate) => self.migrate(index, row.key, migrate),
        }
    }

    /// The account that a row is about: one of the organization, else one that the sheet makes.
    fn account(&mut self, row: RowIndex, user: &UserRef) -> Result<AccountIndex, Verdict> {
        let label = user.to_string();
        let account = match self.snapshot.user(user) {
            Found::One(user) => self.drafts.existing(user, &label, self.snapshot),
            Found::Many(which) => return Err(ambiguous("user", &label, &which)),
            Found::None { near } => match self.drafts.find_pending(&user.fold()) {
                Some(pending) => pending,
                None => return Err(not_found("user", &label, near.as_deref())),
            },
        };
        self.rows[row].account = Some(account);
        Ok(account)
    }

    fn groups(&mut self, groups: &[GroupRef]) -> Result<Vec<GroupId>, Verdict> {
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
                Found::Many(which) => return Err(ambiguous("group", &reference.to_string(), &which)),
                Found::None { near } => {
                    missing.push(not_found("group", &reference.to_string(), near.as_deref()).message);
                }
            }
        }
        if missing.is_empty() {
            Ok(found)
        } else {
            Err(verdict(Status::NotFound, "group_not_found", missing.join("; ")))
        }
    }

    fn invite(&mut self, row: RowIndex, key: RowKey, invite: &Invite) -> Planned {
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

    fn create(&mut self, row: RowIndex, key: RowKey, create: &Create) -> Planned {
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

    fn make(&mut self, row: RowIndex, account: AccountIndex, work: Work, groups: &[GroupId]) {
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

    /// Adds a licence edit.
    fn edit(&mut self, row: RowIndex, account: AccountIndex, edit: LicenseEdit) -> Planned {
        if matches!(edit, LicenseEdit::Add(_) | LicenseEdit::Remove(_)) {
            self.can_build_on(account)?;
        }
        self.drafts.get(account).edit(row, edit);
        Ok(())
    }

    /// An edit that builds on what the account holds is refused where that cannot be read, because the
    /// call replaces the whole set (`uipath-api`, 3.1).
    fn can_build_on(&mut self, account: AccountIndex) -> Planned {
        if self.drafts.get(account).direct() != Direct::Unknown {
            return Ok(());
        }
        let message = "what the account holds cannot be read here, and writing would replace it; \
            use `set-licenses` with the whole set"
            .to_owned();
        Err(verdict(Status::Rejected, "licenses_unreadable", message))
    }

    fn membership(&mut self, row: RowIndex, account: AccountIndex, groups: &[GroupId], change: Membership) {
        let draft = self.drafts.get(account);
        for group in groups {
            draft.member(row, *group, change);
        }
    }

    fn change_groups(&mut self, row: RowIndex, user: &UserRef, groups: &[GroupRef], change: Membership) -> Planned {
        let account = self.account(row, user)?;
        let groups = self.groups(groups)?;
        self.membership(row, account, &groups, change);
        Ok(())
    }

    fn license(&mut self, row: RowIndex, user: &UserRef, edit: LicenseEdit) -> Planned {
        let account = self.account(row, user)?;
        self.edit(row, account, edit)
    }

    fn update(&mut self, row: RowIndex, account: AccountIndex, profile: &ProfileChange) {
        let draft = self.drafts.get(account);
        let update = changed_fields(profile, draft.user);
        if let Some(update) = update {
            draft.updates.push((row, update));
        }
    }

    fn delete(&mut self, row: RowIndex, user: &UserRef) -> Planned {
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

    fn may_be_deleted(&self, user: &User) -> Planned {
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

    fn group_rule(
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

    fn migrate(&mut self, row: RowIndex, key: RowKey, migrate: &Migrate) -> Planned {
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

fn not_found(what: &str, name: &str, near: Option<&str>) -> Verdict {
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    let code = if what == "group" {
        "group_not_found"
    } else {
        "user_not_found"
    };
    verdict(Status::NotFound, code, format!("there is no {what} `{name}`{hint}"))
}

fn ambiguous(what: &str, name: &str, which: &[String]) -> Verdict {
    let message = format!(
        "`{name}` could be more than one {what}: {}; write the id of the one you mean",
        joined(which, 4)
    );
    verdict(
        Status::Ambiguous,
        if what == "group" {
            "group_ambiguous"
        } else {
            "user_ambiguous"
        },
        message,
    )
}
