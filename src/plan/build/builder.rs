//! The rows, one after the other.

use std::collections::{HashMap, HashSet};

use super::administrator_tally::AdministratorTally;
use super::makers::{copiers, makers};
use super::{Begun, BegunRows};
use crate::api::Group;
use crate::directory::{Found, Snapshot};
use crate::model::{GroupId, Operation, Row, Status, UserId};
use crate::plan::cautions::Cautions;
use crate::plan::leases::FreedByRules;
use crate::plan::licenses::shortage;
use crate::plan::seat_denials::Denied;
use crate::plan::settled::not_made;
use crate::plan::sheet_accounts::AccountDrafts;
use crate::plan::{
    GroupRuleChange, LicenseEdit, Naming, Plan, PlannedRow, RowCode, RowIndex, RuleRemoval, Rules, Verdict, assemble,
};
use crate::text::fold;

/// Plans the rows against the state. `begun` holds the rows of earlier runs to continue.
pub fn plan(rows: &[Row], snapshot: &Snapshot, begun: &BegunRows, rules: &Rules) -> Plan {
    let mut denied = Denied::new();
    loop {
        let mut builder = Builder::fold(rows, snapshot, begun, rules, denied);
        builder.keep_overtaken();
        FreedByRules::tell_kept(&mut builder.drafts.list, &builder.removed_rules, snapshot);
        let freed = FreedByRules::of(&builder.drafts.list, &builder.removed_rules, snapshot);
        let short = shortage(&builder.drafts.list, snapshot, rules, &freed);
        if short.is_empty() {
            return assemble::plan(builder.into_parts(freed));
        }
        denied = builder.denied;
        // Other rows may depend on those that get no seat, so everything is planned again without these.
        denied.extend(short);
    }
}

pub(super) struct Builder<'a> {
    pub(super) sheet: &'a [Row],
    pub(super) snapshot: &'a Snapshot,
    pub(super) begun: &'a BegunRows,
    pub(super) rules: &'a Rules,
    pub(super) drafts: AccountDrafts<'a>,
    pub(super) rows: Vec<PlannedRow>,
    pub(super) groups: HashMap<GroupId, Group>,
    pub(super) group_rules: Vec<(RowIndex, GroupRuleChange)>,
    /// Rules that are taken away.
    pub(super) removed_rules: Vec<(RowIndex, RuleRemoval)>,
    /// The row that sets a group's rule, or takes it away.
    pub(super) ruled_by: HashMap<GroupId, RowIndex>,
    /// The accounts that rows activate, wherever in the sheet they stand.
    pub(super) activated: HashSet<UserId>,
    pub(super) cautions: Cautions,
    /// Rows that get no seat: their licences are left out.
    pub(super) denied: Denied,
    pub(super) administrators: AdministratorTally,
    /// The rows that make accounts, by the accounts' names; filled where a row says `like`.
    pub(super) makers: HashMap<String, RowIndex>,
    /// The rows that copy what another account has, by the accounts that get it.
    pub(super) copiers: HashMap<UserId, RowIndex>,
}

pub(super) type Planned = Result<(), Verdict>;

impl<'a> Builder<'a> {
    fn fold(rows: &'a [Row], snapshot: &'a Snapshot, begun: &'a BegunRows, rules: &'a Rules, denied: Denied) -> Self {
        let mut builder = Self {
            sheet: rows,
            snapshot,
            begun,
            rules,
            drafts: AccountDrafts::default(),
            rows: vec![PlannedRow::default(); rows.len()],
            groups: HashMap::new(),
            group_rules: Vec::new(),
            removed_rules: Vec::new(),
            ruled_by: HashMap::new(),
            activated: HashSet::new(),
            cautions: Cautions::default(),
            denied,
            administrators: AdministratorTally::default(),
            makers: makers(rows),
            copiers: copiers(rows, snapshot),
        };
        for (index, row) in rows.iter().enumerate() {
            builder.announce(index, row);
        }
        for (index, row) in rows.iter().enumerate() {
            if let Err(verdict) = builder.row(index, row) {
                let verdict = builder.as_begun(index, row, verdict);
                builder.rows[index].settle(verdict);
                builder.keep_begun(index, row);
            }
        }
        builder.give_up_unmade();
        builder
    }

    /// What the rows were folded into. The rest is dropped, because the steps need the memory.
    fn into_parts(self, freed: FreedByRules) -> assemble::Parts<'a> {
        assemble::Parts {
            sheet: self.sheet,
            snapshot: self.snapshot,
            rules: self.rules,
            drafts: self.drafts.list,
            rows: self.rows,
            groups: self.groups,
            group_rules: self.group_rules,
            removed_rules: self.removed_rules,
            freed,
            cautions: self.cautions,
            denied: self.denied,
            last_administrators: self.administrators.found,
        }
    }

    /// A row that needs nothing more because an interrupted run has done it is done, and not unchanged. One that is refused
    /// while nobody knows what became of a call stays in doubt.
    fn as_begun(&self, index: RowIndex, row: &Row, verdict: Verdict) -> Verdict {
        let Some(begun) = self.rows[index].earlier().or_else(|| self.begun.get(&row.key)) else {
            return verdict;
        };
        if begun.is_on_the_way && verdict.status == Status::Unchanged {
            return Verdict {
                status: Status::Done,
                code: RowCode::None,
                message: "done by a run that was interrupted".to_owned(),
            };
        }
        let is_settled = matches!(verdict.status, Status::Done | Status::Unchanged | Status::Waiting);
        if begun.is_of_unknown_making() && begun.is_planned_on(row) && !is_settled {
            return Verdict {
                status: Status::InDoubt,
                message: format!(
                    "{}; whether an earlier run made the account is not known yet",
                    verdict.message
                ),
                ..verdict
            };
        }
        verdict
    }

    /// What earlier runs did for a row that does not go on is kept, because its line replaces theirs.
    fn keep_begun(&mut self, index: RowIndex, row: &Row) {
        if let Some(begun) = self.begun.get(&row.key).filter(|begun| begun.is_planned_on(row)) {
            let earlier = &mut self.rows[index].more().earlier;
            earlier.get_or_insert_with(|| begun.clone());
        }
    }

    /// Rows about accounts that would be made by rows which cannot run.
    fn give_up_unmade(&mut self) {
        for row in &mut self.rows {
            if row.verdict().is_none()
                && let Some(draft) = row.account.map(|account| self.drafts.get(account))
                && draft.is_unmade()
            {
                row.settle(not_made(&draft.naming.label(self.sheet)));
            }
        }
        for draft in self.drafts.list.iter_mut().filter(|draft| draft.is_unmade()) {
            draft.forget();
        }
    }

    /// Registers the accounts that the row makes, so that other rows may name them.
    fn announce(&mut self, index: RowIndex, row: &Row) {
        let names: Vec<String> = row.operation.names_made().map(fold).collect();
        let is_there = |name: &String| !matches!(self.snapshot.account(name), Found::None { .. });
        if !names.is_empty() && !names.iter().any(is_there) {
            self.drafts.pending(Naming::made(index), &names);
        }
        match &row.operation {
            Operation::Invite(invite) => {
                if invite.active == Some(true)
                    && let Found::One(user) = self.snapshot.account(invite.email.as_str())
                {
                    self.activated.insert(user.id);
                }
            }
            Operation::Update(update) => {
                if update.profile.active == Some(true)
                    && let Found::One(user) = self.snapshot.user(&update.user)
                    && row.user_id().is_none_or(|expected| expected == user.id)
                {
                    self.activated.insert(user.id);
                }
            }
            _ => {}
        }
    }

    fn row(&mut self, index: RowIndex, row: &Row) -> Planned {
        if self.begun.get(&row.key).is_some_and(|begun| begun.finished.is_some()) {
            return self.mail_again(index, &row.operation, row.key);
        }
        if let Some(begun) = self.begun.get(&row.key).filter(|begun| begun.is_on_the_way) {
            let before = begun.before.clone().filter(|_| begun.is_planned_on(row));
            // What there was of any other row the ledger knows, and there this run's own finding is compared with it.
            self.rows[index].more().earlier = Some(Begun {
                before,
                ..begun.clone()
            });
        }
        self.may_take_the_seat(index, row)?;
        match &row.operation {
            Operation::Invite(invite) => self.invite(index, row.key, invite),
            Operation::Create(create) => self.create(index, row.key, create),
            Operation::Update(update) => self.update(index, update),
            Operation::Delete { user } => self.delete(index, user),
            Operation::SetLicenses {
                user,
                licenses,
                external_license,
            } => self.license(index, user, LicenseEdit::Set(licenses.clone(), *external_license)),
            Operation::AddLicenses { user, licenses, like } => {
                self.add_licenses(index, user, licenses, like.as_deref())
            }
            Operation::RemoveLicenses { user, licenses } => {
                self.license(index, user, LicenseEdit::Remove(licenses.clone()))
            }
            Operation::ReleaseLicenses { user } => self.license(index, user, LicenseEdit::Release),
            Operation::BlockLicenses { user } => self.license(index, user, LicenseEdit::Block),
            Operation::SetGroupLicenses(rule) => self.group_rule(index, rule),
            Operation::AddToGroups { user, groups, like } => self.add_to_groups(index, user, groups, like.as_deref()),
            Operation::RemoveFromGroups { user, groups } => self.remove_from_groups(index, user, groups),
            Operation::SetGroups { user, groups } => self.set_groups(index, user, groups),
            Operation::ReleaseLease { user, group } => self.release_lease(index, user, group),
            Operation::Offboard { user } => self.offboard(index, user),
            Operation::ClearGroupLicenses { group } => self.clear_group_rule(index, group),
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
}
