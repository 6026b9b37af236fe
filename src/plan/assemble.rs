//! The requests for each account, turned into steps and stages.

use std::collections::{HashMap, HashSet};

use super::access_lost::access_lost;
use super::account_drafts::{AccountDraft, EndedLease, OldAccount, WantedChanges, WantedMembership};
use super::assembly::Assembly;
use super::cautions::Cautions;
use super::draft_list::DraftList;
use super::leases::FreedByRules;
use super::licenses::can_release;
use super::memberships::{Edge, Side, senders};
use super::near_domains::near_domains;
use super::postpone::postpone;
use super::seat_count::SeatCount;
use super::seat_denials::Denied;
use super::settled::without_steps;
use super::warnings::warnings;
use super::{
    AccountIndex, Deletion, Ending, Expectation, Family, GroupRuleChange, LastAdministrators, LeaseEnd, OneOrMany,
    Plan, PlannedRow, Predecessor, RowIndex, RuleRemoval, Rules, Stage, Step, StepIndex, Work,
};
use crate::api::{Group, User};
use crate::directory::Snapshot;
use crate::model::{BundleSet, GroupId, Row};

/// What the rows were folded into.
pub(super) struct Parts<'a> {
    pub(super) sheet: &'a [Row],
    pub(super) snapshot: &'a Snapshot,
    pub(super) rules: &'a Rules,
    pub(super) drafts: DraftList<'a>,
    pub(super) rows: Vec<PlannedRow>,
    pub(super) groups: HashMap<GroupId, Group>,
    pub(super) group_rules: Vec<(RowIndex, GroupRuleChange)>,
    pub(super) removed_rules: Vec<(RowIndex, RuleRemoval)>,
    pub(super) freed: FreedByRules,
    pub(super) cautions: Cautions,
    pub(super) denied: Denied,
    pub(super) last_administrators: LastAdministrators,
}

pub(super) fn plan(parts: Parts<'_>) -> Plan {
    let Parts {
        sheet,
        snapshot,
        rules,
        mut drafts,
        rows,
        groups,
        group_rules,
        removed_rules,
        freed,
        cautions,
        denied,
        last_administrators,
    } = parts;
    let mut assembly = Assembly {
        can_release: can_release(snapshot, rules),
        rules,
        plan: Plan {
            groups,
            steps: Vec::with_capacity(rows.len()),
            rows,
            last_administrators,
            ..Plan::default()
        },
        seats: SeatCount::default(),
        holdings: HashMap::new(),
        leaving: HashMap::new(),
        released_late: HashSet::new(),
        makers: Vec::new(),
        denied,
    };
    assembly.deny(snapshot);
    for draft in drafts.iter_mut() {
        draft.expect_what_is_left();
        draft.create_with_wanted_groups();
    }
    assembly.route_memberships(&mut drafts);
    for (account, draft) in drafts.indexed_mut() {
        assembly.enter(account, draft);
        assembly.profile_and_groups(account, draft);
    }
    let set = group_rules
        .into_iter()
        .map(|(row, change)| (row, Work::GroupRule(Box::new(change))));
    let removed = removed_rules
        .into_iter()
        .map(|(row, removal)| (row, Work::RemoveRule(Box::new(removal))));
    for (row, work) in set.chain(removed) {
        assembly.push(Stage::Change, None, OneOrMany::one(row), work);
    }
    assembly.seats.free_by_rules(&freed);
    assembly.deletions(&drafts);
    for (account, draft) in drafts.indexed() {
        assembly.succeed(account, draft, &drafts);
        assembly.offboard(account, draft);
    }
    let scarce = assembly.licenses(snapshot, drafts, &freed);
    let Assembly { plan, leaving, .. } = &mut assembly;
    let is_scarce = |bundles: &BundleSet| bundles.iter().any(|code| scarce.contains(code));
    let frees_scarce = |step: &Step| match (&step.work, step.account) {
        (Work::License(change), _) => is_scarce(change.frees()),
        (Work::Delete, Some(account)) => leaving.get(&account).is_some_and(is_scarce),
        _ => false,
    };
    postpone(&mut plan.steps, &rules.sizes, frees_scarce);
    assembly.finish(sheet, snapshot, &cautions)
}

impl Assembly<'_> {
    /// Moves the memberships that are cheaper from the user's side into the users' updates.
    fn route_memberships(&mut self, drafts: &mut DraftList<'_>) {
        let groups = &self.plan.groups;
        let side = |draft: &AccountDraft<'_>, group: GroupId| {
            // A leaver's account needs a PUT of its own whatever it is in, and the groups are left by the same one.
            let is_deactivated = draft.offboarded_by().is_some() && !draft.updates().is_empty();
            if draft.has_no_account_yet() {
                // There is no account to send a PUT to, so even a built-in group has to be asked.
                Side::Group
            } else if groups.get(&group).is_some_and(|group| group.built_in) {
                Side::User
            } else if draft.user.is_some_and(|user| user.from_directory) && !is_deactivated {
                Side::Group
            } else {
                Side::Either
            }
        };
        let edges: Vec<Edge> = drafts
            .indexed()
            .flat_map(|(account, draft)| {
                draft
                    .memberships()
                    .iter()
                    .map(move |WantedMembership { group, .. }| Edge {
                        account,
                        group: *group,
                        side: side(draft, *group),
                    })
            })
            .collect();
        let riders = drafts.iter().map(|draft| !draft.updates().is_empty()).collect();
        let senders = senders(&edges, riders, self.rules.sizes.of(Family::Members));
        for edge in edges {
            if senders[edge.account.position()] && edge.side != Side::Group {
                drafts[edge.account].move_into_update(edge.group);
            }
        }
    }

    fn enter(&mut self, account: AccountIndex, draft: &mut AccountDraft<'_>) {
        if let Some(maker) = draft.take_maker() {
            self.makers.push((account, maker.row));
            self.push(Stage::Enter, Some(account), OneOrMany::one(maker.row), maker.work);
        }
    }

    /// Takes the changes to profile and groups out of the draft.
    fn profile_and_groups(&mut self, account: AccountIndex, draft: &mut AccountDraft<'_>) {
        let WantedChanges {
            updates,
            memberships,
            leases,
        } = draft.take_wanted();
        draft.is_changed = updates.is_some() || !memberships.is_empty() || !leases.is_empty();
        let is_late = self.plan.last_administrators.leaving.contains(&account);
        let stage = if is_late { Stage::Leave } else { Stage::Change };
        if let Some(updates) = updates {
            let rows = updates.iter().map(|(row, _)| *row).collect();
            self.push(stage, Some(account), rows, Work::Update(updates));
        }
        for WantedMembership { group, change, rows } in memberships {
            self.push(stage, Some(account), rows, Work::Member(Box::new(group), change));
        }
        for EndedLease { group, bundles, rows } in leases {
            let end = LeaseEnd { group, bundles };
            self.push(Stage::Change, Some(account), rows, Work::EndLease(Box::new(end)));
        }
    }

    /// The end of a migration: the new account is read back, the old one deleted.
    fn succeed(&mut self, account: AccountIndex, draft: &AccountDraft<'_>, drafts: &DraftList<'_>) {
        let Some(succession) = draft.succession() else {
            return;
        };
        let row = succession.row;
        let old = &drafts[succession.from];
        self.holdings.insert(succession.from, old.held());
        if succession.end != OldAccount::Goes || *self.plan.rows[row].ending() != Ending::Done {
            return;
        }
        let expected = Expectation {
            address: succession.address.clone(),
            groups: succession.groups.clone(),
            licenses: succession.licenses.clone(),
            predecessor: old.user.map(|user| Predecessor {
                user: user.id,
                address: user.address().to_owned(),
                groups: succession.inherits.groups.then(|| old.groups()),
                licenses: succession.inherits.licenses.then(|| old.now().direct.bundles()),
            }),
        };
        self.push(
            Stage::Verify,
            Some(account),
            OneOrMany::one(row),
            Work::Verify(Box::new(expected)),
        );
        self.delete(Stage::Farewell, succession.from, row, old);
    }

    /// The end of an offboarding: once everything has been done, the account is read back.
    fn offboard(&mut self, account: AccountIndex, draft: &AccountDraft<'_>) {
        let Some(row) = draft.offboarded_by().filter(|_| draft.is_touched()) else {
            return;
        };
        if draft.is_changed {
            self.released_late.insert(account);
        }
        self.push(Stage::Verify, Some(account), OneOrMany::one(row), Work::VerifyLeaver);
    }

    fn delete(&mut self, stage: Stage, account: AccountIndex, row: RowIndex, draft: &AccountDraft<'_>) {
        self.push(stage, Some(account), OneOrMany::one(row), Work::Delete);
        let bundles = draft.now().direct.bundles();
        self.seats.free(&bundles);
        if !bundles.is_empty() {
            self.leaving.insert(account, bundles);
        }
        self.announce_deletion(row, draft.user);
    }

    fn deletions(&mut self, drafts: &DraftList<'_>) {
        for (account, draft) in drafts.indexed() {
            if let Some(row) = draft.deleted_by() {
                let is_late = self.plan.last_administrators.leaving.contains(&account);
                let stage = if is_late { Stage::Farewell } else { draft.departure() };
                self.delete(stage, account, row, draft);
            }
        }
    }

    fn announce_deletion(&mut self, row: RowIndex, user: Option<&User>) {
        if let Some(user) = user {
            self.plan.deletions.push(Deletion {
                row,
                user: user.id,
                label: name_and_address(user),
            });
        }
    }

    fn finish(self, sheet: &[Row], snapshot: &Snapshot, cautions: &Cautions) -> Plan {
        let Self {
            rules, mut plan, seats, ..
        } = self;
        plan.steps
            .sort_by(|one, other| (one.stage, &*one.rows).cmp(&(other.stage, &*other.rows)));
        depend_on_makers(&mut plan);
        for (position, step) in plan.steps.iter().enumerate() {
            for row in &step.rows {
                plan.rows[*row].add_step(StepIndex::new(position));
            }
        }
        for (row, _) in &cautions.newcomers {
            if !plan.rows[*row].steps().is_empty() {
                plan.rows[*row].add_note("only the organization's directory knew the person before");
            }
        }
        for row in &mut plan.rows {
            if row.verdict().is_none() && row.steps().is_empty() {
                row.settle(without_steps(row));
            }
        }
        plan.short.sort_by_key(|(row, _)| *row);
        plan.deletions.sort_by_key(|deletion| deletion.row);
        plan.seats = seats.lines(snapshot);
        plan.access_lost = access_lost(&plan, snapshot);
        plan.warnings = warnings(sheet, &plan, snapshot, rules);
        let more = cautions.warnings(sheet, &plan);
        plan.warnings.extend(more);
        plan.warnings.extend(near_domains(sheet, snapshot));
        plan
    }
}

/// A row that is satisfied by the creation of an account alone succeeds or fails with the row that makes it.
fn depend_on_makers(plan: &mut Plan) {
    let mut has_steps = vec![false; plan.rows.len()];
    for row in plan.steps.iter().flat_map(|step| &step.rows) {
        has_steps[*row] = true;
    }
    let mut waiting: HashMap<AccountIndex, Vec<RowIndex>> = HashMap::new();
    for (index, row) in plan.rows.iter().enumerate() {
        if let Some(account) = row.account
            && !has_steps[index]
            && row.verdict().is_none()
            && plan.account(account).id.is_none()
        {
            waiting.entry(account).or_default().push(index);
        }
    }
    for step in &mut plan.steps {
        if step.stage == Stage::Enter
            && let Some(rows) = step.account.and_then(|account| waiting.remove(&account))
        {
            step.rows.extend(rows);
            step.rows.sort_unstable();
        }
    }
}

fn name_and_address(user: &User) -> String {
    let name = if user.display_name().is_empty() {
        format!("{} {}", user.name(), user.surname())
    } else {
        user.display_name().to_owned()
    };
    let address = user.address();
    match name.trim() {
        "" => address.to_owned(),
        name => format!("{name} <{address}>"),
    }
}
