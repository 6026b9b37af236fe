//! What was read again after a long wait, and what follows where somebody else has changed it meanwhile.

use std::collections::BTreeSet;

use strum::IntoEnumIterator;

use super::freshness::Facts;
use super::protocol::{Effect, TaskId};
use super::rows::StepFailure;
use super::state::{Machine, Task};
use crate::api::Failure;
use crate::directory::{Again, Present, ReadError};
use crate::engine::outcome::Stopped;
use crate::model::{GroupId, Operation, Status, UserId};
use crate::plan::{CallKind, Family, RowReason, StepIndex, StepSource, Work};
use crate::text::joined;

/// How many changes are named when they end a run.
const MOST_CHANGES: usize = 20;

impl Machine<'_> {
    /// A call that was put off is back; it is sent again once what it rests on was read.
    pub(super) fn came_back(&mut self, task: TaskId, attempts: u32, perhaps_done: bool) {
        let Some(Task::Call { waiting, touched }) = self.tasks.remove(&task) else {
            return;
        };
        self.schedule.release(&touched);
        self.note_call(&waiting.call, attempts > 0);
        if perhaps_done {
            self.has_written = true;
            self.steps.leave_open_whether_done(&waiting.call.steps);
        }
        if waiting.call.kind.family().must_not_be_repeated() {
            for step in &waiting.call.steps {
                if let Some(count) = self.sendings.get_mut(step) {
                    *count = count.saturating_sub(1);
                }
            }
        }
        self.schedule.put_back([waiting]);
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
            let rests_on_it = |family: Family| self.freshness.carries(facts, family);
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
        let mut users: Vec<UserId> = steps.iter().filter_map(|step| self.steps.user_of(*step)).collect();
        if facts == Facts::People {
            users.extend(steps.iter().filter_map(|step| self.predecessor(*step)));
            // Whoever is to go may have become the last administrator.
            let known = self.known_administrators();
            if users.iter().any(|user| known.contains(user)) {
                users.extend(known);
            }
        }
        users.sort_unstable();
        users.dedup();
        match facts {
            Facts::GroupNames => Some(Again::Groups),
            Facts::Addresses => {
                let addresses = steps.iter().filter_map(|step| self.address(*step));
                Some(Again::Accounts(addresses.collect()))
            }
            // Where allocations could not be read for the plan they cannot be read now, and nothing was built on them.
            Facts::Allocations if self.snapshot.allocations().is_none() => None,
            Facts::Allocations | Facts::People if users.is_empty() => None,
            Facts::Allocations => {
                let held = |user: &&UserId| {
                    self.snapshot
                        .direct(**user)
                        .is_some_and(|held| !held.bundles.is_empty())
                };
                let holders = users.iter().filter(held).copied().collect();
                Some(Again::Allocations { users, holders })
            }
            Facts::People => Some(Again::Users(users)),
            Facts::LastUses if users.is_empty() => None,
            Facts::LastUses => Some(Again::LastUses(users)),
            Facts::Leases => self.leases_again(&steps),
            Facts::Rules => Some(self.rules_again(&steps)),
        }
    }

    /// The groups by whose rules these steps' seats are held.
    fn leases_again(&self, steps: &[StepIndex]) -> Option<Again> {
        let leases = self.snapshot.leases()?;
        let group = |step: &StepIndex| Some(self.steps.step(*step).work.lease_end()?.group);
        let groups: BTreeSet<GroupId> = steps.iter().filter_map(group).collect();
        let held = |group: GroupId| leases.of_group(group).map_or(0, <[_]>::len) as u64;
        Some(Again::Leases {
            groups: groups.into_iter().map(|group| (group, held(group))).collect(),
            service: leases.service()?,
        })
    }

    /// The old account of a move whose new one a step makes.
    pub(super) fn predecessor(&self, step: StepIndex) -> Option<UserId> {
        let Work::Invite(_) = &self.steps.step(step).work else {
            return None;
        };
        let rows = self.steps.rows_of(step);
        rows.iter()
            .find_map(|row| match &self.rows.sheet().rows[*row].operation {
                Operation::Migrate(migrate) => self.snapshot.user(&migrate.user).one(),
                _ => None,
            })
            .map(|user| user.id)
    }

    /// The open steps that rest on these facts, in the order of stages and rows.
    fn resting_on(&self, facts: Facts) -> Vec<StepIndex> {
        let rests = |step: &StepIndex| {
            let kind = CallKind::of(*step, self.steps.step(*step));
            let of_kind = kind.is_some_and(|kind| self.freshness.carries(facts, kind.family()));
            of_kind
                && match (facts, &self.steps.step(*step).work) {
                    // Somebody whose invitation is sent again has an account already.
                    (Facts::Addresses, _) => self.steps.user_of(*step).is_none(),
                    (Facts::People, Work::Invite(_)) => self.predecessor(*step).is_some(),
                    (Facts::LastUses, Work::License(_)) if self.snapshot.listings().tell_uses() => false,
                    (Facts::People, Work::License(_) | Work::EndLease(_)) | (Facts::Leases | Facts::LastUses, _) => {
                        self.is_for_the_unused(*step)
                    }
                    (Facts::Rules, _) => self.is_unless_changed(*step),
                    (Facts::People, Work::Member(..)) => {
                        self.is_of_exact_groups(*step) || self.unseats_an_administrator(*step)
                    }
                    (Facts::People, Work::Update(_)) => self.rests_on_people(*step),
                    _ => true,
                }
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
            Ok(Present::LastUses(uses)) => self.last_uses_are_now(&steps, &uses),
            Ok(Present::Leases(leases)) => self.leases_are_now(&steps, &leases),
            Ok(Present::Rules(rules)) => self.rules_are_now(&steps, &rules),
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
    pub(super) fn could_not_read_again(&mut self, steps: &[StepIndex], error: &ReadError) {
        if matches!(error.call().map(|call| call.failure), Some(Failure::Stopped)) {
            return;
        }
        let words = format!(
            "the run had to wait, and what may have changed meanwhile could not be read: failed to {error}; run the same command again"
        );
        let failure = StepFailure::new(Status::Failed, RowReason::NotReadAgain, words);
        for step in steps {
            // Updates rest on nothing else. What leavers are in by then shows once they are read back, and waiting would keep
            // them active; but nobody else may be left to administrate.
            let is_bound = self.is_unless_changed(*step) || self.unseats_an_administrator(*step);
            if is_bound || !matches!(self.steps.step(*step).work, Work::Update(_)) {
                let failure = StepFailure {
                    is_unclear: self.steps.is_perhaps_done(*step),
                    ..failure.clone()
                };
                self.fail_step(*step, &failure, error.call());
            }
        }
    }
}
