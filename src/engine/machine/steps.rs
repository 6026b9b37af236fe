//! The current steps of a run: the plan's, with what the run has learned. The plan itself never changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::api::UserUpdate;
use crate::model::{GroupId, UserId};
use crate::plan::{
    AccountIndex, Direct, Holding, LicenseChange, LicenseEdit, Membership, OneOrMany, Plan, RowIndex, Stage, Step,
    StepIndex, StepSource, Work,
};

/// The state of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum StepState {
    /// Not tried yet, or being tried.
    #[default]
    Open,
    Done,
    Failed,
    /// Skipped, because its row had failed or its account was not made.
    Dropped,
}

/// Whether a step changes anything, given what the account holds now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Something,
    Nothing,
    /// It depends on what the account holds, and that is unknown.
    Unknowable,
}

/// The steps of a run. There may be a million, so only what differs from the plan is kept here.
pub(super) struct Steps<'a> {
    plan: &'a Plan,
    states: Vec<StepState>,
    /// Steps of the plan that have changed since.
    changed: HashMap<StepIndex, Step>,
    /// Steps that the plan did not have; they come after its own.
    added: Vec<Step>,
    /// The steps of rows that are no longer those of the plan.
    of_rows: HashMap<RowIndex, Vec<StepIndex>>,
    /// The ids of accounts that were made.
    ids: HashMap<AccountIndex, UserId>,
    made: HashSet<UserId>,
    /// People of the directory whom a call has given a first group or licence, so that the service makes their account.
    taken_in: HashSet<UserId>,
    /// The second part of a step that several rows shared; it begins when the first has ended.
    second_parts: HashMap<StepIndex, StepIndex>,
    /// Accounts whose allocations are changed more than once, or may be.
    changed_again: HashSet<AccountIndex>,
    /// What these hold now, including accounts for which it is unknown.
    holdings: HashMap<AccountIndex, Holding>,
    /// Steps that have failed and may have been carried out all the same.
    unclear: Vec<StepIndex>,
    /// Steps of which a call may have been carried out, because its answer was lost, whatever became of them since.
    perhaps_done: HashSet<StepIndex>,
}

impl StepSource for Steps<'_> {
    fn step(&self, index: StepIndex) -> &Step {
        match index.position().checked_sub(self.plan.steps.len()) {
            Some(position) => &self.added[position],
            None => self.changed.get(&index).unwrap_or_else(|| self.plan.step(index)),
        }
    }

    fn account_id(&self, index: AccountIndex) -> Option<UserId> {
        self.ids.get(&index).copied().or(self.plan.account(index).id)
    }
}

impl<'a> Steps<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            states: vec![StepState::Open; plan.steps.len()],
            changed: HashMap::new(),
            added: Vec::new(),
            of_rows: HashMap::new(),
            ids: HashMap::new(),
            made: HashSet::new(),
            taken_in: HashSet::new(),
            second_parts: HashMap::new(),
            changed_again: changed_again(plan),
            holdings: HashMap::new(),
            unclear: Vec::new(),
            perhaps_done: HashSet::new(),
        }
    }

    pub(super) fn plan(&self) -> &'a Plan {
        self.plan
    }

    pub(super) fn state(&self, index: StepIndex) -> StepState {
        self.states[index.position()]
    }

    pub(super) fn is_open(&self, index: StepIndex) -> bool {
        self.state(index) == StepState::Open
    }

    /// The steps of a row, in the order of their stages.
    pub(super) fn of_row(&self, row: RowIndex) -> &[StepIndex] {
        self.of_rows
            .get(&row)
            .map_or_else(|| self.plan.rows[row].steps(), Vec::as_slice)
    }

    /// The steps of a row that have been carried out.
    pub(super) fn done_of_row(&self, row: RowIndex) -> impl Iterator<Item = StepIndex> {
        let done = |index: &StepIndex| self.state(*index) == StepState::Done;
        self.of_row(row).iter().copied().filter(done)
    }

    /// Whether the step is one of the plan, and has never changed.
    pub(super) fn is_as_planned(&self, index: StepIndex) -> bool {
        index.position() < self.plan.steps.len() && !self.changed.contains_key(&index)
    }

    /// The rows of a step; a copy, because acting on them changes the steps.
    pub(super) fn rows_of(&self, index: StepIndex) -> OneOrMany<RowIndex> {
        self.step(index).rows.clone()
    }

    fn all(&self) -> impl Iterator<Item = StepIndex> {
        (0..self.states.len()).map(StepIndex::new)
    }

    /// The steps that have not ended.
    pub(super) fn open(&self) -> impl Iterator<Item = StepIndex> {
        self.all().filter(|index| self.is_open(*index))
    }

    /// Those that have been carried out.
    pub(super) fn done(&self) -> impl Iterator<Item = StepIndex> {
        self.all().filter(|index| self.state(*index) == StepState::Done)
    }

    /// Those that have not been.
    pub(super) fn not_done(&self) -> impl Iterator<Item = StepIndex> {
        self.all().filter(|index| self.state(*index) != StepState::Done)
    }

    /// Those that have failed and may have been carried out all the same.
    pub(super) fn unclear(&self) -> &[StepIndex] {
        &self.unclear
    }

    /// The step fails, and nobody knows what became of it.
    pub(super) fn leave_open_what_became_of(&mut self, index: StepIndex) {
        self.unclear.push(index);
    }

    /// An answer to a call of these steps was lost.
    pub(super) fn leave_open_whether_done(&mut self, steps: &[StepIndex]) {
        self.perhaps_done.extend(steps);
    }

    /// Whether a call of the step may have been carried out although no answer says so.
    pub(super) fn is_perhaps_done(&self, index: StepIndex) -> bool {
        self.perhaps_done.contains(&index)
    }

    /// The rows of these steps, each once, with the first of the steps.
    pub(super) fn rows_once(&self, steps: &[StepIndex]) -> impl Iterator<Item = (StepIndex, RowIndex)> {
        let mut seen = HashSet::new();
        let rows = steps
            .iter()
            .flat_map(|step| self.rows_of(*step).into_iter().map(|row| (*step, row)));
        rows.filter(move |(_, row)| seen.insert(*row))
    }

    /// What holds of a step in that respect holds of what is split off it.
    pub(super) fn note_part(&mut self, index: StepIndex, part: StepIndex) {
        if self.is_perhaps_done(index) {
            self.perhaps_done.insert(part);
        }
    }

    /// The accounts whose licences this run has changed.
    pub(super) fn with_changed_licenses(&self) -> HashSet<AccountIndex> {
        let steps = self.done().map(|index| self.step(index));
        let licenses = steps.filter(|step| matches!(step.work, Work::License(_)));
        licenses.filter_map(|step| step.account).collect()
    }

    /// The groups that this run has put the account into or taken it out of, or may have.
    pub(super) fn moved_between(&self, account: AccountIndex) -> BTreeSet<GroupId> {
        let moves = |index: &StepIndex| self.state(*index) == StepState::Done || self.is_perhaps_done(*index);
        let steps = self.all().filter(moves).map(|index| self.step(index));
        let mut groups = BTreeSet::new();
        for step in steps.filter(|step| step.account == Some(account)) {
            match &step.work {
                Work::Member(group, _) => {
                    groups.insert(**group);
                }
                Work::Update(parts) => {
                    for (_, part) in parts.iter() {
                        groups.extend(part.add_groups.iter().chain(&part.remove_groups));
                    }
                }
                _ => {}
            }
        }
        groups
    }

    /// The first stage after `last` that has a step which is `wanted`.
    pub(super) fn next_stage(&self, last: Option<Stage>, wanted: impl Fn(StepIndex) -> bool) -> Option<Stage> {
        let stages = self.all().map(|index| (index, self.step(index).stage));
        let later = stages.filter(|(index, stage)| Some(*stage) > last && wanted(*index));
        later.map(|(_, stage)| stage).min()
    }

    /// The steps of a stage, in sheet order.
    pub(super) fn of_stage(&self, stage: Stage) -> impl Iterator<Item = StepIndex> {
        self.all().filter(move |index| self.step(*index).stage == stage)
    }

    /// The user that a step is about, if the account exists.
    pub(super) fn user_of(&self, index: StepIndex) -> Option<UserId> {
        self.account_id(self.step(index).account?)
    }

    /// A newly made account has this id. Refused if the id is another account's: `is_somebodys` says whether an account
    /// of the organization had it before the run.
    pub(super) fn learn_id(&mut self, account: AccountIndex, user: UserId, is_somebodys: bool) -> Result<(), UserId> {
        let is_new = match self.account_id(account) {
            Some(known) => known == user,
            None => !is_somebodys && self.made.insert(user),
        };
        if !is_new {
            return Err(user);
        }
        self.ids.insert(account, user);
        Ok(())
    }

    /// Somebody of the directory has been given a first group or licence.
    pub(super) fn take_in(&mut self, user: UserId) {
        self.taken_in.insert(user);
    }

    /// Whether this run has made the account, or has made the service make it.
    pub(super) fn has_made(&self, user: UserId) -> bool {
        self.made.contains(&user) || self.taken_in.contains(&user)
    }

    /// How many accounts this run has made.
    pub(super) fn count_made(&self) -> usize {
        self.made.len()
    }

    /// Adds a step.
    pub(super) fn add(&mut self, step: Step) -> StepIndex {
        let index = self.push(step);
        let stage = self.step(index).stage;
        for row in self.rows_of(index) {
            let mut steps = std::mem::take(self.steps_of_row(row));
            let later = steps.iter().position(|other| self.step(*other).stage > stage);
            steps.insert(later.unwrap_or(steps.len()), index);
            *self.steps_of_row(row) = steps;
        }
        index
    }

    /// Whether an open step changes what the account holds.
    pub(super) fn changes_licenses(&self, account: AccountIndex) -> bool {
        self.all().any(|index| {
            let step = self.step(index);
            step.account == Some(account) && self.is_open(index) && matches!(step.work, Work::License(_))
        })
    }

    /// What the account holds now, as it was read.
    pub(super) fn learn_holding(&mut self, account: AccountIndex, holding: Holding) {
        self.changed_again.insert(account);
        self.holdings.insert(account, holding);
    }

    /// Takes the groups out of an invitation.
    pub(super) fn take_groups(&mut self, index: StepIndex) -> Vec<GroupId> {
        match &mut self.edit(index).work {
            Work::Invite(invitation) => std::mem::take(&mut invitation.groups),
            _ => Vec::new(),
        }
    }

    /// Changes one row's part of an update; whether the update still does anything.
    pub(super) fn edit_part(&mut self, index: StepIndex, row: RowIndex, edit: impl FnOnce(&mut UserUpdate)) -> bool {
        let Work::Update(parts) = &mut self.edit(index).work else {
            return true;
        };
        if let Some((_, part)) = parts.iter_mut().find(|(of, _)| *of == row) {
            edit(part);
        }
        parts.iter().any(|(_, part)| !part.is_empty())
    }

    /// Takes everything but the first thing out of one row's update of several: the profile, else the first group. The
    /// rest is a step that has not been added yet.
    pub(super) fn split_update(&mut self, index: StepIndex) -> Option<Step> {
        let Work::Update(parts) = &self.step(index).work else {
            return None;
        };
        let [(row, update)] = &***parts else {
            return None;
        };
        let kept = usize::from(!update.changes_profile());
        if update.add_groups.len() <= kept {
            return None;
        }
        let rest = UserUpdate {
            add_groups: update.add_groups[kept..].to_vec(),
            ..UserUpdate::default()
        };
        let step = Step {
            work: Work::Update(Box::new(OneOrMany::one((*row, rest)))),
            ..self.step(index).clone()
        };
        if let Work::Update(parts) = &mut self.edit(index).work
            && let Some((_, update)) = parts.first_mut()
        {
            update.add_groups.truncate(kept);
        }
        Some(step)
    }

    /// Takes the groups out of one row's update that does several things, and leaves only the deactivation, or else the
    /// first group. The rest are steps that have not been added yet: one for each group from the group's side, and one
    /// for all built-in groups. `None` if the update does one thing only.
    pub(super) fn split_departure(
        &mut self,
        index: StepIndex,
        is_built_in: impl Fn(&GroupId) -> bool,
    ) -> Option<Vec<Step>> {
        let Work::Update(parts) = &self.step(index).work else {
            return None;
        };
        let [(row, update)] = &***parts else {
            return None;
        };
        let row = *row;
        let changes_profile = update.changes_profile();
        if usize::from(changes_profile) + update.remove_groups.len() < 2 || !update.add_groups.is_empty() {
            return None;
        }
        let (built_in, others): (Vec<GroupId>, Vec<GroupId>) =
            update.remove_groups.iter().partition(|id| is_built_in(id));
        let leave = |groups: Vec<GroupId>| {
            let part = UserUpdate {
                remove_groups: groups,
                ..UserUpdate::default()
            };
            Work::Update(Box::new(OneOrMany::one((row, part))))
        };
        let mut works: Vec<Work> = others
            .into_iter()
            .map(|group| Work::Member(Box::new(group), Membership::Leave))
            .collect();
        if works.is_empty() && !changes_profile {
            works.extend(built_in.into_iter().map(|group| leave(vec![group])));
        } else if !built_in.is_empty() {
            works.push(leave(built_in));
        }
        if changes_profile {
            if let Work::Update(parts) = &mut self.edit(index).work
                && let Some((_, update)) = parts.first_mut()
            {
                update.remove_groups.clear();
            }
        } else {
            self.edit(index).work = works.remove(0);
        }
        let template = self.step(index).clone();
        let steps = works.into_iter().map(|work| Step {
            work,
            ..template.clone()
        });
        Some(steps.collect())
    }

    fn push(&mut self, step: Step) -> StepIndex {
        let index = StepIndex::new(self.states.len());
        self.states.push(StepState::Open);
        self.added.push(step);
        index
    }

    fn steps_of_row(&mut self, row: RowIndex) -> &mut Vec<StepIndex> {
        let planned = self.plan.rows[row].steps();
        self.of_rows.entry(row).or_insert_with(|| planned.to_vec())
    }

    fn edit(&mut self, index: StepIndex) -> &mut Step {
        match index.position().checked_sub(self.plan.steps.len()) {
            Some(position) => &mut self.added[position],
            None => self
                .changed
                .entry(index)
                .or_insert_with(|| self.plan.step(index).clone()),
        }
    }

    /// Ends a step; `false` if it had already ended.
    pub(super) fn end(&mut self, index: StepIndex, state: StepState) -> bool {
        if !self.is_open(index) {
            return false;
        }
        self.states[index.position()] = state;
        let step = self.step(index);
        if let (Work::License(change), Some(account)) = (&step.work, step.account)
            && self.changed_again.contains(&account)
        {
            let (base, target) = (change.base.clone(), change.target.clone());
            match state {
                StepState::Done => {
                    self.holdings.insert(account, target);
                }
                // The account's next change was planned on top of this one, which did not happen.
                _ => {
                    self.holdings.entry(account).or_insert(base);
                }
            }
        }
        true
    }

    /// What the account of a licence step holds is now unknown: the change may have been made.
    pub(super) fn forget_holding(&mut self, index: StepIndex) {
        let step = self.step(index);
        if let (Work::License(change), Some(account)) = (&step.work, step.account) {
            let unknown = Holding {
                direct: Direct::Unknown,
                ..change.base.clone()
            };
            self.holdings.insert(account, unknown);
        }
    }

    /// What the account of a licence step holds now, as far as the run has learned it.
    pub(super) fn holding_of(&self, index: StepIndex) -> Option<&Holding> {
        self.holdings.get(&self.step(index).account?)
    }

    /// Removes these rows' parts from a step; returns whether anything is left of it.
    pub(super) fn take_out(&mut self, index: StepIndex, rows: &[RowIndex]) -> bool {
        let step = self.edit(index);
        let before = step.rows.clone();
        step.rows.retain(|row| !rows.contains(row));
        let is_left = match &mut step.work {
            Work::Update(parts) => {
                parts.retain(|(row, _)| !rows.contains(row));
                !parts.is_empty()
            }
            Work::License(change) => {
                let edits = change.edits_of(&before).map(|(row, edit)| (row, edit.clone()));
                let left = LicenseChange::of_rows(&step.rows, change.base.clone(), edits);
                *change = Arc::new(left.beside(change.by_rules.clone()));
                !change.edits.is_empty()
            }
            _ => true,
        };
        for row in rows {
            self.steps_of_row(*row).retain(|step| *step != index);
        }
        is_left
    }

    /// Rebases a licence change on what is held now; returns whether it changes anything.
    pub(super) fn build_on_present(&mut self, index: StepIndex) -> Change {
        let known = self.holding_of(index).cloned();
        let Work::License(change) = &self.step(index).work else {
            return Change::Something;
        };
        if let Some(now) = known.filter(|now| *now != change.base)
            && let Work::License(change) = &mut self.edit(index).work
        {
            *change = Arc::new(LicenseChange::new(now, change.edits.clone()).beside(change.by_rules.clone()));
        }
        let Work::License(change) = &self.step(index).work else {
            return Change::Something;
        };
        let builds_on_present = (change.edits.first()).is_some_and(|(_, edit)| edit.builds_on_present());
        if change.base.direct == Direct::Unknown && builds_on_present {
            Change::Unknowable
        } else if change.is_nothing() {
            Change::Nothing
        } else {
            Change::Something
        }
    }

    /// Splits a step that several rows share: the first row's part stays, and the others' becomes a separate step that
    /// begins once the first has ended. `false` if the step has a single row.
    pub(super) fn split_shared(&mut self, index: StepIndex) -> bool {
        let step = self.step(index);
        let is_shared = match &step.work {
            Work::License(change) => change.edits.len() > 1,
            Work::Update(parts) => parts.len() > 1,
            _ => false,
        };
        if !is_shared {
            return false;
        }
        let step = self.edit(index);
        let (rows, work) = match &mut step.work {
            Work::License(change) => {
                let edits = change.edits_of(&step.rows).map(|(row, edit)| (row, edit.clone()));
                let mut edits: Vec<(RowIndex, LicenseEdit)> = edits.collect();
                let rest = edits.split_off(1);
                let rows = sharing(&rest);
                step.rows = sharing(&edits);
                let first =
                    LicenseChange::of_rows(&step.rows, change.base.clone(), edits).beside(change.by_rules.clone());
                let rest = LicenseChange::of_rows(&rows, first.target.clone(), rest).beside(change.by_rules.clone());
                *change = Arc::new(first);
                (rows, Work::License(Arc::new(rest)))
            }
            Work::Update(parts) => {
                let rest = parts.split_off(1);
                step.rows = sharing(parts);
                (sharing(&rest), Work::Update(Box::new(rest)))
            }
            _ => return false,
        };
        let second = Step {
            rows,
            work,
            ..step.clone()
        };
        let (account, rows) = (second.account, second.rows.clone());
        let place = self.push(second);
        // The rows' counts of open steps do not change: they wait for the new step instead.
        for row in rows {
            for planned in self.steps_of_row(row).iter_mut() {
                if *planned == index {
                    *planned = place;
                }
            }
        }
        self.changed_again.extend(account);
        self.note_part(index, place);
        self.second_parts.insert(index, place);
        true
    }

    /// The second part of a split step, whose turn it is now that the first has ended.
    pub(super) fn take_second_part(&mut self, index: StepIndex) -> Option<StepIndex> {
        self.second_parts.remove(&index)
    }
}

/// The rows that have these parts of a step.
fn sharing<T>(parts: &[(RowIndex, T)]) -> OneOrMany<RowIndex> {
    parts.iter().map(|(row, _)| *row).collect()
}

/// Accounts whose allocations are changed more than once, or may be, since what is handed over may be given back.
fn changed_again(plan: &Plan) -> HashSet<AccountIndex> {
    let mut is_changed = vec![false; plan.accounts.len()];
    let mut again = HashSet::new();
    for step in &plan.steps {
        if let (Work::License(_), Some(account)) = (&step.work, step.account)
            && (std::mem::replace(&mut is_changed[account.position()], true) || step.stage == Stage::HandOver)
        {
            again.insert(account);
        }
    }
    again
}
