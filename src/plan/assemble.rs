//! What the rows ask of each account, put into steps and stages.

use std::collections::{HashMap, HashSet};

use super::draft::{Draft, Drafts, Succession};
use super::route::{Edge, user_side};
use super::seats::{Pools, Slot, Turn, schedule};
use super::{
    Account, AccountIndex, Deletion, Direct, Ending, Expectation, GroupRuleChange, LicenseChange, LicenseEdit,
    Membership, OnShortage, Plan, PlannedRow, RowIndex, Rules, SeatLine, Stage, Step, StepIndex, Verdict, Work,
};
use crate::api::{Group, UserUpdate};
use crate::directory::Snapshot;
use crate::model::{BundleCode, BundleSet, GroupId, Status};

/// What the rows were folded into.
pub(super) struct Parts<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) rules: &'a Rules,
    pub(super) drafts: Drafts<'a>,
    pub(super) rows: Vec<PlannedRow>,
    pub(super) groups: HashMap<GroupId, Group>,
    pub(super) group_rules: Vec<(RowIndex, GroupRuleChange)>,
}

pub(super) fn plan(parts: Parts<'_>) -> Plan {
    let Parts {
        snapshot,
        rules,
        mut drafts,
        rows,
        groups,
        group_rules,
    } = parts;
    let plan = Plan {
        groups,
        rows,
        ..Plan::default()
    };
    let seats = SeatCount::default();
    let mut assembly = Assembly { rules, plan, seats };
    assembly.route_memberships(&mut drafts.list);
    let accounts: Vec<AccountIndex> = (0..drafts.list.len()).map(AccountIndex).collect();
    for (account, draft) in accounts.iter().zip(&drafts.list) {
        assembly.enter(*account, draft);
        assembly.profile_and_groups(*account, draft);
    }
    for (row, change) in group_rules {
        assembly.push(Stage::Change, None, vec![row], Work::GroupRule(Box::new(change)));
    }
    assembly.licenses(snapshot, &drafts.list);
    for (account, draft) in accounts.iter().zip(&drafts.list) {
        assembly.delete(*account, draft);
    }
    let accounts = drafts
        .list
        .into_iter()
        .map(|draft| Account {
            label: draft.label,
            id: draft.user.map(|user| user.id),
        })
        .collect();
    assembly.finish(snapshot, accounts)
}

struct Assembly<'a> {
    rules: &'a Rules,
    plan: Plan,
    seats: SeatCount,
}

/// How many seats of each bundle the plan takes and frees.
#[derive(Default)]
struct SeatCount {
    taken: HashMap<BundleCode, u64>,
    freed: HashMap<BundleCode, u64>,
}

impl SeatCount {
    fn add(&mut self, gains: &BundleSet, frees: &BundleSet) {
        for code in gains {
            *self.taken.entry(code.clone()).or_default() += 1;
        }
        for code in frees {
            *self.freed.entry(code.clone()).or_default() += 1;
        }
    }
}

/// A licence change that takes seats, waiting for its place in the waves.
struct Grant<'d> {
    account: AccountIndex,
    change: LicenseChange,
    succession: Option<&'d Succession>,
}

impl Assembly<'_> {
    fn push(&mut self, stage: Stage, account: Option<AccountIndex>, mut rows: Vec<RowIndex>, work: Work) {
        rows.sort_unstable();
        rows.dedup();
        self.plan.steps.push(Step {
            stage,
            account,
            rows,
            work,
        });
    }

    /// Moves the memberships that are cheaper from the user's side into the users' updates.
    fn route_memberships(&mut self, drafts: &mut [Draft<'_>]) {
        let mut edges = Vec::new();
        let mut forced = HashSet::new();
        let mut riders = HashSet::new();
        for (position, draft) in drafts.iter().enumerate() {
            let account = AccountIndex(position);
            if !draft.updates.is_empty() {
                riders.insert(account);
            }
            for group in draft.memberships.keys() {
                let edge = Edge { account, group: *group };
                if self.plan.groups.get(group).is_some_and(|group| group.built_in) {
                    forced.insert(edge);
                }
                edges.push(edge);
            }
        }
        for edge in user_side(&edges, &forced, &riders, self.rules.sizes.members_per_group_call) {
            let draft = &mut drafts[edge.account.0];
            if let Some((change, rows)) = draft.memberships.remove(&edge.group) {
                for row in rows {
                    let mut part = UserUpdate::default();
                    match change {
                        Membership::Join => part.add_groups.push(edge.group),
                        Membership::Leave => part.remove_groups.push(edge.group),
                    }
                    match draft.updates.iter_mut().find(|(of, _)| *of == row) {
                        Some((_, update)) => *update = std::mem::take(update).then(&part),
                        None => draft.updates.push((row, part)),
                    }
                }
                draft.updates.sort_by_key(|(row, _)| *row);
            }
        }
    }

    fn enter(&mut self, account: AccountIndex, draft: &Draft<'_>) {
        if let Some((row, work)) = &draft.maker {
            self.push(Stage::Enter, Some(account), vec![*row], work.clone());
        }
    }

    fn profile_and_groups(&mut self, account: AccountIndex, draft: &Draft<'_>) {
        if !draft.updates.is_empty() {
            let rows = draft.updates.iter().map(|(row, _)| *row).collect();
            self.push(Stage::Change, Some(account), rows, Work::Update(draft.updates.clone()));
        }
        for (group, (change, rows)) in &draft.memberships {
            self.push(
                Stage::Change,
                Some(account),
                rows.clone(),
                Work::Member(*group, *change),
            );
        }
    }

    fn licenses(&mut self, snapshot: &Snapshot, drafts: &[Draft<'_>]) {
        let mut pools = Pools::new(
            snapshot
                .seats()
                .unwrap_or_default()
                .iter()
                .map(|seats| (seats.code.clone(), seats.free())),
        );
        let mut grants = Vec::new();
        for (position, draft) in drafts.iter().enumerate() {
            let account = AccountIndex(position);
            if draft.delete.is_some() && !draft.is_touched() {
                pools.free(&draft.base.bundles());
            }
            let Some(change) = draft.license_change() else { continue };
            if change.gains().is_empty() {
                pools.free(&change.frees());
                self.license_step(Stage::Change, account, change);
            } else {
                grants.push(Grant {
                    account,
                    change,
                    succession: None,
                });
            }
        }
        grants.sort_by_key(|grant| grant.change.edits.first().map(|(row, _)| *row));
        let last = self.grant(grants, &mut pools);
        let mut successions: Vec<(AccountIndex, &Succession)> = drafts
            .iter()
            .enumerate()
            .filter_map(|(position, draft)| Some((AccountIndex(position), draft.succession.as_ref()?)))
            .collect();
        successions.sort_by_key(|(_, succession)| succession.row);
        for (account, succession) in successions {
            self.succeed(account, succession, drafts, &mut pools, last);
        }
    }

    /// Places the changes that take seats; says which wave is the last.
    fn grant(&mut self, grants: Vec<Grant<'_>>, pools: &mut Pools) -> u16 {
        let turns: Vec<Turn> = grants
            .iter()
            .map(|grant| Turn {
                gains: grant.change.gains(),
                frees: grant.change.frees(),
            })
            .collect();
        let mut last = 0;
        for (grant, slot) in grants.into_iter().zip(schedule(&turns, pools)) {
            debug_assert!(grant.succession.is_none(), "successions are placed one by one");
            match slot {
                Slot::Wave(wave) => {
                    last = last.max(wave);
                    self.license_step(Stage::Grant(wave), grant.account, grant.change);
                }
                Slot::Shrink(wave) => {
                    last = last.max(wave + 1);
                    self.shrink_then_grant(wave, grant);
                }
                Slot::Short => self.short(&grant.change),
            }
        }
        last
    }

    fn license_step(&mut self, stage: Stage, account: AccountIndex, change: LicenseChange) {
        self.seats.add(&change.gains(), &change.frees());
        let rows = change.edits.iter().map(|(row, _)| *row).collect();
        self.push(stage, Some(account), rows, Work::License(Box::new(change)));
    }

    /// Two calls for one change: what is given up first, what is taken next.
    fn shrink_then_grant(&mut self, wave: u16, grant: Grant<'_>) {
        let Grant { account, change, .. } = grant;
        self.seats.add(&change.gains(), &change.frees());
        let rows: Vec<RowIndex> = change.edits.iter().map(|(row, _)| *row).collect();
        let Some(first) = rows.first().copied() else { return };
        let kept = change.base.bundles().common(&change.target.bundles());
        let give_up = if kept.is_empty() && self.rules.portal {
            LicenseEdit::Release
        } else {
            LicenseEdit::Set(kept, None)
        };
        let external_license = change.external_license;
        let shrunk = LicenseChange::new(change.base, external_license, vec![(first, give_up)]);
        let take = LicenseEdit::Set(change.target.bundles(), None);
        let grown = LicenseChange::new(shrunk.target.clone(), external_license, vec![(first, take)]);
        self.push(
            Stage::Grant(wave),
            Some(account),
            rows.clone(),
            Work::License(Box::new(shrunk)),
        );
        self.push(
            Stage::Grant(wave + 1),
            Some(account),
            rows,
            Work::License(Box::new(grown)),
        );
    }

    fn short(&mut self, change: &LicenseChange) {
        for (row, _) in &change.edits {
            self.plan.rows[*row].ending = Ending::Short(change.gains());
            self.plan.short.push((*row, change.gains()));
        }
    }

    /// The licences of a migration: side by side where seats are free, else handed over when the old
    /// account goes.
    fn succeed(
        &mut self,
        account: AccountIndex,
        succession: &Succession,
        drafts: &[Draft<'_>],
        pools: &mut Pools,
        wave: u16,
    ) {
        let Succession {
            row,
            from,
            licenses,
            completes,
            ends,
            ..
        } = succession;
        let new = &drafts[account.0];
        let old = &drafts[from.0];
        let edits = vec![(*row, LicenseEdit::Add(licenses.clone()))];
        let change = LicenseChange::new(new.direct(), new.external_license || old.external_license, edits);
        let gains = change.gains();
        let old_holds = old.direct();
        let can_hand_over = *ends && gains.common(&old_holds.bundles()) == gains && self.rules.portal;
        if gains.is_empty() || pools.take(&gains) {
            if !gains.is_empty() {
                // A change that other rows ask of the same account comes first.
                let wave = if new.license_change().is_some() { wave + 2 } else { wave };
                self.license_step(Stage::Grant(wave), account, change);
            }
        } else if can_hand_over && *completes {
            let release = LicenseChange::new(old_holds, old.external_license, vec![(*row, LicenseEdit::Release)]);
            self.push(
                Stage::HandOver,
                Some(*from),
                vec![*row],
                Work::License(Box::new(release)),
            );
            self.push(
                Stage::TakeOver,
                Some(account),
                vec![*row],
                Work::License(Box::new(change)),
            );
        } else if can_hand_over {
            "no seat is free for the time of overlap, so the licences are handed over when the old account is deleted"
                .clone_into(&mut self.plan.rows[*row].note);
        } else {
            self.short(&change);
            return;
        }
        if *completes {
            let expected = Expectation {
                groups: succession.groups.clone(),
                licenses: licenses.clone(),
            };
            self.push(
                Stage::Verify,
                Some(account),
                vec![*row],
                Work::Verify(Box::new(expected)),
            );
            self.push(Stage::Farewell, Some(*from), vec![*row], Work::Delete);
            self.seats.add(&BundleSet::default(), &old.direct().bundles());
        }
    }

    fn delete(&mut self, account: AccountIndex, draft: &Draft<'_>) {
        let Some(user) = draft.user else { return };
        if let Some(row) = draft.delete {
            let takes_seats = draft.license_change().is_some_and(|change| !change.gains().is_empty());
            let stage = match (takes_seats, draft.is_touched()) {
                (true, _) => Stage::Farewell,
                (false, true) => Stage::Leave,
                (false, false) => Stage::Change,
            };
            self.push(stage, Some(account), vec![row], Work::Delete);
            self.seats.add(&BundleSet::default(), &draft.direct().bundles());
        }
        let goes = draft
            .delete
            .or_else(|| draft.farewell.filter(|row| self.plan.rows[*row].ending == Ending::Done));
        if let Some(row) = goes {
            let name = if user.display_name.is_empty() {
                format!("{} {}", user.name, user.surname)
            } else {
                user.display_name.clone()
            };
            let address = if user.email.is_empty() {
                &user.user_name
            } else {
                &user.email
            };
            let label = match name.trim() {
                "" => address.clone(),
                name => format!("{name} <{address}>"),
            };
            self.plan.deletions.push(Deletion {
                row,
                user: user.id,
                label,
            });
        }
    }

    fn finish(self, snapshot: &Snapshot, accounts: Vec<Account>) -> Plan {
        let Self { rules, mut plan, seats } = self;
        plan.accounts = accounts;
        plan.steps
            .sort_by(|one, other| (one.stage, &one.rows).cmp(&(other.stage, &other.rows)));
        for position in 0..plan.steps.len() {
            for place in 0..plan.steps[position].rows.len() {
                let row = plan.steps[position].rows[place];
                plan.rows[row].steps.push(StepIndex(position));
            }
        }
        for row in &mut plan.rows {
            if row.verdict.is_none() && row.steps.is_empty() {
                row.verdict = Some(without_steps(row));
            }
        }
        plan.short.sort_by_key(|(row, _)| *row);
        plan.short.dedup_by_key(|(row, _)| *row);
        plan.deletions.sort_by_key(|deletion| deletion.row);
        plan.seats = seat_lines(snapshot, &seats);
        plan.warnings = warnings(&plan, rules);
        plan
    }
}

fn without_steps(row: &PlannedRow) -> Verdict {
    let note = |otherwise: &str| {
        if row.note.is_empty() {
            otherwise.to_owned()
        } else {
            row.note.clone()
        }
    };
    match &row.ending {
        Ending::Done if row.made_earlier => Verdict {
            status: Status::Done,
            code: "",
            message: note("done earlier"),
        },
        Ending::Done => Verdict {
            status: Status::Unchanged,
            code: "",
            message: note("already so"),
        },
        Ending::Waiting(text) => {
            let message = if row.note.is_empty() {
                text.clone()
            } else {
                format!("{}; {text}", row.note)
            };
            Verdict {
                status: Status::Waiting,
                code: "not_accepted",
                message,
            }
        }
        Ending::Short(bundles) => Verdict {
            status: Status::Conflict,
            code: "seats_short",
            message: short_of(bundles),
        },
    }
}

/// The message of a row that misses out on seats.
pub fn short_of(bundles: &BundleSet) -> String {
    format!("no seat is left of {bundles} for this row")
}

fn seat_lines(snapshot: &Snapshot, seats: &SeatCount) -> Vec<SeatLine> {
    let mut codes: Vec<&BundleCode> = seats.taken.keys().chain(seats.freed.keys()).collect();
    codes.sort_unstable();
    codes.dedup();
    let pools = snapshot.seats().unwrap_or_default();
    codes
        .into_iter()
        .map(|code| {
            let pool = pools.iter().find(|pool| pool.code == *code);
            SeatLine {
                code: code.clone(),
                total: pool.map(|pool| pool.total),
                allocated: pool.map(|pool| pool.allocated),
                taken: seats.taken.get(code).copied().unwrap_or_default(),
                freed: seats.freed.get(code).copied().unwrap_or_default(),
            }
        })
        .collect()
}

fn warnings(plan: &Plan, rules: &Rules) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut overriding = 0;
    let mut releasing = 0;
    for step in &plan.steps {
        if let Work::License(change) = &step.work {
            overriding += usize::from(change.base == Direct::Inherits && matches!(change.target, Direct::Holds(_)));
            releasing += usize::from(change.target == Direct::Inherits && step.stage == Stage::Change);
        }
    }
    if overriding > 0 {
        warnings.push(format!(
            "{} a first direct allocation, which overrides what groups give them",
            accounts_verb(overriding, "gets", "get")
        ));
    }
    if releasing > 0 {
        warnings.push(format!(
            "{} direct allocation; group rules apply again, and a licence they give may be taken again at the next sign-in",
            accounts_verb(releasing, "loses its", "lose their")
        ));
    }
    if !plan.short.is_empty() && rules.on_shortage == OnShortage::Fill {
        warnings.push(format!("{} out on seats", rows_verb(plan.short.len())));
    }
    warnings
}

fn accounts_verb(count: usize, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        crate::text::plural(count, "account"),
        if count == 1 { one } else { many }
    )
}

fn rows_verb(count: usize) -> String {
    format!(
        "{} {}",
        crate::text::plural(count, "row"),
        if count == 1 { "misses" } else { "miss" }
    )
}
