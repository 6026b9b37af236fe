//! The rows, one after the other.

use std::collections::{HashMap, HashSet};

use super::BegunRows;
use super::administrator_tally::{AdministratorTally, StandingChange};
use crate::api::{Group, UserUpdate};
use crate::directory::{Found, Snapshot};
use crate::model::{
    BundleSet, Email, GroupId, GroupRef, Operation, ProfileChange, Quota, Row, Status, UserId, UserRef,
};
use crate::plan::account_drafts::AccountDrafts;
use crate::plan::cautions::Cautions;
use crate::plan::licenses::shortage;
use crate::plan::profile::{changed_fields, is_the_directorys};
use crate::plan::seat_denials::Denied;
use crate::plan::settled::{contradicts, not_held_directly, not_made, verdict};
use crate::plan::{
    AccountIndex, GroupRuleChange, LicenseEdit, Membership, Plan, PlannedRow, RowIndex, RowReason, Rules, Verdict,
    assemble,
};
use crate::problem::ProblemCode;
use crate::text::fold;

/// Plans the rows against the state. `begun` holds the rows of earlier runs to continue.
pub fn plan(rows: &[Row], snapshot: &Snapshot, begun: &BegunRows, rules: &Rules) -> Plan {
    let mut denied = Denied::new();
    loop {
        let builder = Builder::fold(rows, snapshot, begun, rules, denied);
        let short = shortage(&builder.drafts.list, snapshot, rules);
        denied = builder.denied;
        if short.is_empty() {
            return assemble::plan(assemble::Parts {
                snapshot,
                rules,
                drafts: builder.drafts.list,
                rows: builder.rows,
                groups: builder.groups,
                group_rules: builder.group_rules,
                cautions: builder.cautions,
                denied,
                last_administrators: builder.administrators.found,
            });
        }
        // Other rows may depend on those that get no seat, so everything is planned again without these.
        denied.extend(short);
    }
}

pub(super) struct Builder<'a> {
    sheet: &'a [Row],
    pub(super) snapshot: &'a Snapshot,
    pub(super) begun: &'a BegunRows,
    pub(super) rules: &'a Rules,
    pub(super) drafts: AccountDrafts<'a>,
    pub(super) rows: Vec<PlannedRow>,
    pub(super) groups: HashMap<GroupId, Group>,
    group_rules: Vec<(RowIndex, GroupRuleChange)>,
    /// The row that sets a group's rule.
    ruled_by: HashMap<GroupId, RowIndex>,
    /// The accounts that rows activate, wherever in the sheet they stand.
    pub(super) activated: HashSet<UserId>,
    pub(super) cautions: Cautions,
    /// Rows that get no seat: their licences are left out.
    denied: Denied,
    pub(super) administrators: AdministratorTally,
}

pub(super) type Planned = Result<(), Verdict>;

impl<'a> Builder<'a> {
    fn fold(rows: &'a [Row], snapshot: &'a Snapshot, begun: &'a BegunRows, rules: &'a Rules, denied: Denied) -> Self {
        let mut builder = Self {
            sheet: rows,
            snapshot,
            begun,
            rules,
            drafts: AccountDrafts::with_room_for(rows.len()),
            rows: vec![PlannedRow::default(); rows.len()],
            groups: HashMap::new(),
            group_rules: Vec::new(),
            ruled_by: HashMap::new(),
            activated: HashSet::new(),
            cautions: Cautions::default(),
            denied,
            administrators: AdministratorTally::default(),
        };
        for row in rows {
            builder.announce(row);
        }
        for (index, row) in rows.iter().enumerate() {
            if let Err(verdict) = builder.row(index, row) {
                builder.rows[index].verdict = Some(Box::new(verdict));
            }
        }
        builder.give_up_unmade();
        builder
    }

    /// Rows about accounts that would be made by rows which cannot run.
    fn give_up_unmade(&mut self) {
        for row in &mut self.rows {
            if row.verdict.is_none()
                && let Some(draft) = row.account.map(|account| self.drafts.get(account))
                && draft.is_unmade()
            {
                row.verdict = Some(Box::new(not_made(&draft.label)));
            }
        }
        for draft in self.drafts.list.iter_mut().filter(|draft| draft.is_unmade()) {
            draft.forget();
        }
    }

    /// Registers the accounts that the row makes, so that other rows may name them.
    fn announce(&mut self, row: &Row) {
        match &row.operation {
            Operation::Invite(invite) => self.announce_account(invite.email.as_str(), &[invite.email.fold()]),
            Operation::Migrate(migrate) => {
                self.announce_account(migrate.new_email.as_str(), &[migrate.new_email.fold()]);
            }
            Operation::Create(create) => {
                let email = create.email.as_ref().map(Email::fold);
                let names: Vec<String> = std::iter::once(fold(create.user_name())).chain(email).collect();
                self.announce_account(create.user_name(), &names);
            }
            Operation::Update(update) => {
                if update.profile.active == Some(true)
                    && let Found::One(user) = self.snapshot.user(&update.user)
                {
                    self.activated.insert(user.id);
                }
            }
            Operation::Delete { .. }
            | Operation::SetLicenses { .. }
            | Operation::AddLicenses { .. }
            | Operation::RemoveLicenses { .. }
            | Operation::ReleaseLicenses { .. }
            | Operation::BlockLicenses { .. }
            | Operation::SetGroupLicenses { .. }
            | Operation::AddToGroups { .. }
            | Operation::RemoveFromGroups { .. } => {}
        }
    }

    fn announce_account(&mut self, label: &str, names: &[String]) {
        let exists = names
            .iter()
            .any(|name| !matches!(self.snapshot.account(name), Found::None { .. }));
        if !exists {
            self.drafts.pending(label.into(), names);
        }
    }

    fn row(&mut self, index: RowIndex, row: &Row) -> Planned {
        if self.begun.get(&row.key).is_some_and(|begun| begun.finished.is_some()) {
            return self.mail_again(index, &row.operation, row.key);
        }
        match &row.operation {
            Operation::Invite(invite) => self.invite(index, row.key, invite),
            Operation::Create(create) => self.create(index, row.key, create),
            Operation::Update(update) => {
                let account = self.account(index, &update.user)?;
                let joining = self.joining(index, &update.add_groups)?;
                let leaving = self.leaving(&update.remove_groups)?;
                let profile = self.profile(account, &update.profile)?;
                let change = StandingChange::of_update(&update.profile, &joining, &leaving);
                self.keeps_an_administrator(index, &[(account, change)])?;
                if let Some(profile) = profile {
                    self.drafts.get_mut(account).update(index, profile);
                }
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
            Operation::AddToGroups { user, groups } => {
                let account = self.account(index, user)?;
                let groups = self.joining(index, groups)?;
                let joins = StandingChange {
                    joining: &groups,
                    ..StandingChange::default()
                };
                self.keeps_an_administrator(index, &[(account, joins)])?;
                self.membership(index, account, &groups, Membership::Join);
                Ok(())
            }
            Operation::RemoveFromGroups { user, groups } => {
                let account = self.account(index, user)?;
                let groups = self.leaving(groups)?;
                let leaves = StandingChange {
                    leaving: &groups,
                    ..StandingChange::default()
                };
                self.keeps_an_administrator(index, &[(account, leaves)])?;
                self.membership(index, account, &groups, Membership::Leave);
                Ok(())
            }
            Operation::Migrate(migrate) => self.migrate(index, row, migrate),
        }
    }

    /// A row's place, for a message.
    pub(super) fn place(&self, row: RowIndex) -> String {
        self.sheet[row].place.to_string()
    }

    pub(super) fn note(&mut self, row: RowIndex, text: &str) {
        self.rows[row].add_note(text);
    }

    pub(super) fn membership(&mut self, row: RowIndex, account: AccountIndex, groups: &[GroupId], change: Membership) {
        let draft = self.drafts.get_mut(account);
        for group in groups {
            draft.member(row, *group, change);
        }
    }

    /// Notes which of these bundles are not held directly, so that taking them away changes nothing, and who gives them.
    fn tell_inherited(&mut self, row: RowIndex, account: AccountIndex, bundles: &BundleSet) {
        let draft = self.drafts.get(account);
        let Some(user) = draft.user else { return };
        let others = bundles.minus(&draft.now().direct.bundles());
        if !others.is_empty() {
            let note = not_held_directly(&others, self.snapshot.given_by_groups(user, &others).as_deref());
            self.note(row, &note);
        }
    }

    fn license(&mut self, row: RowIndex, user: &UserRef, edit: LicenseEdit) -> Planned {
        if let Some(orphan) = self.orphan(user) {
            return self.orphans_license(row, user, orphan, edit);
        }
        let account = self.account(row, user)?;
        if edit.builds_on_present() {
            self.knows_allocation(account)?;
        }
        match &edit {
            LicenseEdit::Set(licenses, _) | LicenseEdit::Add(licenses) => self.may_get_seats(account, licenses)?,
            LicenseEdit::Remove(licenses) => self.tell_inherited(row, account, licenses),
            LicenseEdit::Release | LicenseEdit::Block | LicenseEdit::Inherit(..) => {}
        }
        self.edit(row, account, edit);
        Ok(())
    }

    /// Whether the row is left out because no seat is free for it.
    pub(super) fn gets_no_seat(&self, row: RowIndex) -> bool {
        self.denied.contains_key(&row)
    }

    /// What a row does to an account's licences, unless it gets no seat.
    pub(super) fn edit(&mut self, row: RowIndex, account: AccountIndex, edit: LicenseEdit) {
        if !self.gets_no_seat(row) {
            self.drafts.get_mut(account).edit(row, edit);
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
                draft.label
            );
            return Err(verdict(Status::Rejected, RowReason::DirectoryUser, message));
        }
        Ok(Some(update))
    }

    fn group_rule(
        &mut self,
        row: RowIndex,
        group: &GroupRef,
        licenses: &BundleSet,
        quotas: &[Quota],
        external_license: Option<bool>,
    ) -> Planned {
        let Some(group) = self.resolve_groups(std::slice::from_ref(group))?.first().copied() else {
            return Ok(());
        };
        if let Some(other) = self.ruled_by.get(&group) {
            let message = format!("this row and {} both set the group's rule", self.place(*other));
            return Err(contradicts(ProblemCode::TwoRules, message));
        }
        self.ruled_by.insert(group, row);
        let present = self.snapshot.rule(group);
        let external_license = external_license
            .or_else(|| present.map(|rule| rule.external_license))
            .unwrap_or(false);
        // An empty quotas cell keeps the limits of the remaining codes.
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
