//! What was read again after a long wait, and what follows where somebody else has changed it meanwhile.

use std::collections::HashSet;

use strum::IntoEnumIterator;

use super::freshness::Facts;
use super::protocol::{Effect, TaskId};
use super::rows::StepFailure;
use super::state::{Machine, Task};
use super::steps::{Change, StepState};
use crate::api::{Failure, Group};
use crate::directory::{Accounts, Again, Allocations, Groups, Present, ReadError};
use crate::engine::outcome::Stopped;
use crate::engine::recheck::OnChange;
use crate::model::{GroupId, Status};
use crate::plan::{
    AccountIndex, Administrators, CallKind, Direct, Family, Holding, RowCode, RowReason, StepIndex, StepSource,
    Verdict, Work,
};
use crate::text::joined;

/// How many changes are named when they end a run.
const MOST_CHANGES: usize = 20;

impl Machine<'_> {
    /// A call that was put off is back; it is sent again once what it rests on was read.
    pub(super) fn came_back(&mut self, task: TaskId, attempts: u32) {
        self.put_off.remove(&task);
        let Some(Task::Call { waiting, touched }) = self.tasks.remove(&task) else {
            return;
        };
        self.schedule.release(&touched);
        let is_once_only = matches!(waiting.call.kind.family(), Family::Invite | Family::Create);
        for step in &waiting.call.steps {
            for row in &self.steps.step(*step).rows {
                if attempts > 0 {
                    self.rows.called(*row);
                } else {
                    self.rows.never_left(*row);
                }
            }
            if is_once_only && let Some(count) = self.sendings.get_mut(step) {
                *count = count.saturating_sub(1);
            }
        }
        self.schedule.put_back([waiting]);
    }

    /// The group as it is called now; `None` if the plan does not name it.
    pub(super) fn group(&self, id: GroupId) -> Option<&Group> {
        self.renamed.get(&id).or_else(|| self.steps.plan().groups.get(&id))
    }

    /// Reads again what queued calls rest on, once no call is under way that might change it. Before the first call of
    /// a run everything is read that any of its calls will rest on.
    pub(super) fn read_again_what_is_stale(&mut self) {
        if self.is_stopping() {
            return;
        }
        let mut was_held_for_nothing = false;
        for facts in Facts::iter() {
            if !self.freshness.are_stale(facts) || self.freshness.are_being_read(facts) {
                continue;
            }
            let rests_on_it = |family: Family| Facts::of(family) == Some(facts);
            let is_under_way = self
                .tasks
                .values()
                .any(|task| matches!(task, Task::Call { waiting, .. } if rests_on_it(waiting.call.kind.family())));
            let is_wanted = !self.has_written || self.schedule.has_any(rests_on_it);
            if is_under_way || !is_wanted {
                continue;
            }
            match self.again(facts) {
                Some(again) => {
                    self.freshness.begin_reading(facts);
                    let task = self.ask(Task::Again(facts));
                    self.effects.push_back(Effect::ReadAgain(task, again));
                }
                None => {
                    self.freshness.end_reading(facts, self.elapsed);
                    was_held_for_nothing = true;
                }
            }
        }
        if was_held_for_nothing {
            self.send_what_fits();
        }
    }

    /// What to read; `None` if no open step rests on it.
    fn again(&self, facts: Facts) -> Option<Again> {
        let steps = self.resting_on(facts);
        if steps.is_empty() {
            return None;
        }
        let users = || {
            let mut users: Vec<_> = steps.iter().filter_map(|step| self.steps.user_of(*step)).collect();
            users.sort_unstable();
            users.dedup();
            users
        };
        match facts {
            Facts::GroupNames => Some(Again::Groups),
            Facts::Addresses => {
                let addresses = steps.iter().filter_map(|step| self.address(*step));
                Some(Again::Accounts(addresses.collect()))
            }
            // Where allocations could not be read for the plan they cannot be read now, and nothing was built on them.
            Facts::Allocations if self.snapshot.allocations().is_none() => None,
            Facts::Allocations => Some(Again::Allocations(users())).filter(|_| !users().is_empty()),
            Facts::People => Some(Again::Users(users())).filter(|_| !users().is_empty()),
        }
    }

    /// The open steps that rest on these facts, in the order of stages and rows.
    fn resting_on(&self, facts: Facts) -> Vec<StepIndex> {
        let rests = |step: &StepIndex| {
            let kind = CallKind::of(*step, self.steps.step(*step));
            let of_kind = kind.is_some_and(|kind| Facts::of(kind.family()) == Some(facts));
            // Somebody whose invitation is sent again has an account already.
            of_kind && (facts != Facts::Addresses || self.steps.user_of(*step).is_none())
        };
        let mut steps: Vec<StepIndex> = self.steps.open().filter(rests).collect();
        steps.sort_by_key(|step| (self.steps.step(*step).stage, *step));
        steps
    }

    pub(super) fn was_read_again(&mut self, task: TaskId, present: Result<Present, ReadError>) {
        let Some(Task::Again(facts)) = self.tasks.remove(&task) else {
            return;
        };
        self.freshness.end_reading(facts, self.elapsed);
        let steps = self.resting_on(facts);
        match present {
            Ok(Present::Allocations(held)) => self.allocations_are_now(&steps, &held),
            Ok(Present::Groups(groups)) => self.groups_are_now(&steps, &groups),
            Ok(Present::Accounts(accounts)) if facts == Facts::Addresses => self.accounts_are_now(&steps, &accounts),
            Ok(Present::Accounts(accounts)) => self.people_are_now(&steps, &accounts),
            Ok(Present::NotRead) => {}
            Err(error) => self.could_not_read_again(&steps, &error),
        }
        // All changes are named at once.
        let is_last = !self.tasks.values().any(|task| matches!(task, Task::Again(_)));
        if is_last && !self.changed_since_plan.is_empty() {
            let changes = std::mem::take(&mut self.changed_since_plan);
            self.stop(Stopped::ChangedSincePlan(joined(&changes, MOST_CHANGES)));
        }
    }

    /// Without another reading these steps might undo what somebody else did.
    fn could_not_read_again(&mut self, steps: &[StepIndex], error: &ReadError) {
        if matches!(error.call().map(|call| call.failure), Some(Failure::Stopped)) {
            return;
        }
        let words = format!(
            "the run had to wait, and what may have changed meanwhile could not be read: failed to {error}; run the same command again"
        );
        let failure = StepFailure::new(Status::Failed, RowReason::NotReadAgain, words);
        for step in steps {
            self.fail_step(*step, &failure, error.call());
        }
    }

    fn allocations_are_now(&mut self, steps: &[StepIndex], held: &Allocations) {
        // What this run has changed it knows better than a listing that may lag behind.
        let mut seen: HashSet<AccountIndex> = self.steps.with_changed_licenses();
        let mut changes = Vec::new();
        for step in steps {
            let Work::License(change) = &self.steps.step(*step).work else {
                continue;
            };
            let (Some(account), Some(user)) = (self.steps.step(*step).account, self.steps.user_of(*step)) else {
                continue;
            };
            // Later steps of the same account are planned on top of its first one.
            if !seen.insert(account) {
                continue;
            }
            let known = self.steps.holding_of(*step).unwrap_or(&change.base);
            let allocation = held.of(user);
            // A bulk read does not name those whose account is gone.
            let is_orphan = allocation.is_none() && self.snapshot.orphan(user).is_some();
            let before = match &known.direct {
                Direct::Holds(bundles) => Some(bundles),
                Direct::Inherits | Direct::Unknown => None,
            };
            if is_orphan || held.agrees_with(user, before) {
                continue;
            }
            let now = Holding {
                direct: allocation.map_or(Direct::Inherits, |held| Direct::Holds(held.bundles.clone())),
                external_license: allocation.is_some_and(|held| held.external_license),
            };
            let words = format!(
                "meanwhile somebody else changed the licences from {} to {}",
                in_words(known),
                in_words(&now)
            );
            changes.push((*step, account, now, words));
        }
        let all: Vec<(StepIndex, String)> = changes
            .iter()
            .map(|(step, _, _, words)| (*step, words.clone()))
            .collect();
        if self.refuses(&all) {
            return;
        }
        for (step, account, now, words) in changes {
            self.steps.learn_holding(account, now);
            if self.steps.build_on_present(step) == Change::Nothing {
                self.was_done_by_somebody_else(step, &words);
                continue;
            }
            for row in &self.steps.rows_of(step) {
                self.rows.remark(*row, words.clone());
            }
        }
    }

    /// What the step is for is so already.
    fn was_done_by_somebody_else(&mut self, step: StepIndex, words: &str) {
        for row in &self.steps.rows_of(step) {
            if self.steps.of_row(*row).len() == 1 {
                let verdict = Verdict {
                    status: Status::Unchanged,
                    code: RowCode::None,
                    message: format!("already so: {words}"),
                };
                self.rows.settle(*row, verdict);
            } else {
                self.rows.remark(*row, words.to_owned());
            }
        }
        self.end_step(step, StepState::Dropped);
    }

    fn groups_are_now(&mut self, steps: &[StepIndex], groups: &Groups) {
        let mut changes = Vec::new();
        let mut renamed = Vec::new();
        for step in steps {
            let Work::Member(id, _) = &self.steps.step(*step).work else {
                continue;
            };
            // A group that is gone is for the server to say.
            let (Some(known), Some(now)) = (self.group(*id), groups.get(*id)) else {
                continue;
            };
            if known.name != now.name {
                let words = format!(
                    "meanwhile somebody else renamed the group `{}` to `{}`",
                    known.name, now.name
                );
                changes.push((*step, words));
                renamed.push(now.clone());
            }
        }
        if self.refuses(&changes) {
            return;
        }
        for (step, words) in changes {
            for row in &self.steps.rows_of(step) {
                self.rows.remark(*row, words.clone());
            }
        }
        self.renamed.extend(renamed.into_iter().map(|group| (group.id, group)));
    }

    fn accounts_are_now(&mut self, steps: &[StepIndex], accounts: &Accounts) {
        let is_there = |step: &StepIndex| {
            let address = self.address(*step)?;
            Some((*step, accounts.find(&address).one()?.clone()))
        };
        let there: Vec<_> = steps.iter().filter_map(is_there).collect();
        let words = "meanwhile somebody else made the account";
        let changes: Vec<_> = there.iter().map(|(step, _)| (*step, words.to_owned())).collect();
        if self.refuses(&changes) {
            return;
        }
        for (step, user) in there {
            self.account_was_there(step, &user);
        }
    }

    fn people_are_now(&mut self, steps: &[StepIndex], accounts: &Accounts) {
        if self.administrators == Administrators::MayGo {
            return;
        }
        let is_administrator_now = |step: &StepIndex| {
            let user = accounts.get(self.steps.user_of(*step)?)?;
            let was = self
                .snapshot
                .user_by_id(user.id)
                .is_some_and(|user| self.snapshot.is_administrator(user));
            (!was && self.snapshot.is_administrator(user)).then_some(*step)
        };
        let protected: Vec<StepIndex> = steps.iter().filter_map(is_administrator_now).collect();
        let words = "meanwhile somebody else made the account an administrator";
        let changes: Vec<_> = protected.iter().map(|step| (*step, words.to_owned())).collect();
        if self.refuses(&changes) {
            return;
        }
        let failure = StepFailure::new(
            Status::Skipped,
            RowReason::Administrator,
            format!("{words}; `--allow-admins` deletes administrators too"),
        );
        for step in protected {
            self.fail_step(step, &failure, None);
        }
    }

    /// Whether the changes are refused, because only what was approved may be done: before the first write the whole
    /// run, later the rows concerned.
    fn refuses(&mut self, changes: &[(StepIndex, String)]) -> bool {
        if changes.is_empty() || self.recheck.on_change == OnChange::PlanAnew {
            return false;
        }
        let is_under_way = self.tasks.values().any(|task| matches!(task, Task::Call { .. }));
        if self.has_written || is_under_way {
            for (step, words) in changes {
                let failure = StepFailure::new(Status::Conflict, RowReason::ChangedSincePlan, words.clone());
                self.fail_step(*step, &failure, None);
            }
        } else {
            let said = changes.iter().map(|(step, words)| {
                let rows = self.steps.rows_of(*step);
                let place = rows.first().map(|row| self.rows.place(*row).to_string());
                format!("{}: {words}", place.unwrap_or_default())
            });
            let said: Vec<String> = said.collect();
            self.changed_since_plan.extend(said);
        }
        true
    }
}

fn in_words(holding: &Holding) -> String {
    match &holding.direct {
        Direct::Unknown => "unknown".to_owned(),
        Direct::Inherits => "none of its own".to_owned(),
        Direct::Holds(bundles) if bundles.is_empty() => "blocked".to_owned(),
        Direct::Holds(bundles) => bundles.to_string(),
    }
}
