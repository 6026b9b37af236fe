//! Leavers: what fails for one keeps nothing else from being taken away, and in the end it is read what is left.

use super::protocol::{Effect, TaskId};
use super::rows::StepFailure;
use super::schedule::OneAtATime;
use super::state::{Machine, Task};
use super::steps::StepState;
use crate::api::{CallError, Failure, UserUpdate};
use crate::directory::{Accounts, ReadError};
use crate::engine::read_back::{Leavers, Remnant};
use crate::model::{BundleSet, GroupId, OperationKind, Status, UserId};
use crate::plan::{
    Family, Membership, RowCode, RowIndex, RowReason, Stage, Step, StepIndex, StepSource, Verdict, Work,
};
use crate::text::{joined as joined_list, listed};

/// How many leavers have to show that a group cannot be left. So many try each group by itself at once; the groups of
/// later ones wait for each other, so that they share calls.
const ENOUGH: usize = 2;

/// What an update has to take from a leaver by now.
pub(super) struct Departure {
    pub(super) step: StepIndex,
    /// What somebody else did.
    pub(super) words: String,
    /// Whether the account is still active.
    is_active: bool,
    /// The groups that it was put into.
    joined: Vec<GroupId>,
    /// Those that it is in.
    groups: Vec<GroupId>,
}

impl Machine<'_> {
    fn offboards(&self, row: RowIndex) -> bool {
        self.rows.sheet().rows[row].operation.kind() == OperationKind::Offboard
    }

    /// Whether the step is one that takes something from a leaver.
    pub(super) fn is_a_leavers(&self, step: StepIndex) -> bool {
        self.steps.step(step).rows.iter().any(|row| self.offboards(*row))
    }

    /// Whether the row goes on although this step has failed: nobody keeps a licence because a group cannot be left. What
    /// a guard refuses, and what nobody reached, ends it.
    pub(super) fn goes_on_after(&self, row: RowIndex, step: StepIndex, failure: &StepFailure) -> bool {
        let is_a_failure = matches!(
            failure.verdict.status,
            Status::NotFound | Status::Conflict | Status::Rejected | Status::Failed
        );
        is_a_failure
            && failure.verdict.code != RowCode::from(RowReason::ChangedSincePlan)
            && !matches!(self.steps.step(step).work, Work::VerifyLeaver)
            && self.offboards(row)
    }

    /// Splits a refused update of a leaver that does several things, so that the account is deactivated whatever group
    /// it cannot leave. Groups are left from their own side then, where leavers share calls, and built-in ones, of which
    /// that is not possible, by another update.
    pub(super) fn split_what_a_leaver_loses(&mut self, step: StepIndex) -> bool {
        if !self.is_a_leavers(step) {
            return false;
        }
        let snapshot = self.snapshot;
        let is_built_in = |group: &GroupId| snapshot.group_by_id(*group).is_some_and(|group| group.built_in);
        let Some(parts) = self.steps.split_departure(step, is_built_in) else {
            return false;
        };
        self.split_leavers += 1;
        let is_at_once = self.split_leavers <= ENOUGH || self.steps.step(step).stage >= Stage::Leave;
        let mut steps = vec![step];
        for part in parts {
            if is_at_once {
                let part = self.add_part(step, part);
                self.departure_trials.insert(part);
                steps.push(part);
            } else {
                let part = Step {
                    stage: Stage::Leave,
                    ..part
                };
                self.add_part(step, part);
            }
        }
        if is_at_once {
            self.schedule.send_one_at_a_time(Family::Update, OneAtATime::Departing);
        }
        self.schedule.add_first(&self.steps, steps);
        true
    }

    /// Steps have ended: once those have that find out whether groups can be left, other leavers' updates go on.
    pub(super) fn end_departure_trials(&mut self, steps: &[StepIndex]) {
        if self.departure_trials.is_empty() {
            return;
        }
        for step in steps {
            self.departure_trials.remove(step);
        }
        if self.departure_trials.is_empty() {
            self.schedule.send_freely(Family::Update, OneAtATime::Departing);
        }
    }

    /// Notes that a leaver's group refused to let go.
    pub(super) fn note_held_by_group(&mut self, step: StepIndex, failure: &StepFailure, error: Option<&CallError>) {
        let Work::Member(group, Membership::Leave) = &self.steps.step(step).work else {
            return;
        };
        let group = **group;
        let is_refusal = error.is_some_and(|error| error.failure == Failure::Refused && error.status != Some(403));
        if is_refusal && self.is_a_leavers(step) {
            let held = self.held_by_groups.entry(group).or_default();
            held.push(failure.verdict.clone());
        }
    }

    /// Why the group cannot be left, if that was found out with others.
    fn cannot_be_left(&self, group: GroupId) -> Option<Verdict> {
        let [first, second, ..] = self.held_by_groups.get(&group)?.as_slice() else {
            return None;
        };
        (first.message == second.message).then(|| Verdict {
            message: format!(
                "{} (as for others in the {})",
                first.message,
                self.group_in_words(group)
            ),
            ..first.clone()
        })
    }

    /// Takes groups out of a leaver's step that others could not leave; whether anything is left to do.
    pub(super) fn leaves_what_can_be_left(&mut self, step: StepIndex) -> bool {
        if self.held_by_groups.is_empty() || !self.is_a_leavers(step) {
            return true;
        }
        let rows = self.steps.rows_of(step);
        let Some(row) = rows.iter().copied().find(|row| self.offboards(*row)) else {
            return true;
        };
        let groups = match &self.steps.step(step).work {
            Work::Update(parts) => {
                let own = parts.iter().filter(|(of, _)| *of == row);
                own.flat_map(|(_, part)| part.remove_groups.clone()).collect()
            }
            Work::Member(group, Membership::Leave) if rows.len() == 1 => vec![**group],
            _ => return true,
        };
        let held: Vec<(GroupId, Verdict)> = groups
            .into_iter()
            .filter_map(|group| Some((group, self.cannot_be_left(group)?)))
            .collect();
        if held.is_empty() {
            return true;
        }
        for (_, verdict) in &held {
            self.rows.set_back(row, verdict.clone(), None);
        }
        let is_held = |group: &GroupId| held.iter().any(|(of, _)| of == group);
        let is_update = matches!(self.steps.step(step).work, Work::Update(_));
        let is_left = is_update
            && self
                .steps
                .edit_part(step, row, |part| part.remove_groups.retain(|group| !is_held(group)));
        if !is_left {
            self.end_step(step, StepState::Failed);
        }
        is_left
    }

    /// What a leaver's update has to do by now, if somebody else has changed the account since the plan was made.
    pub(super) fn departure_now(&self, step: StepIndex, accounts: &Accounts) -> Option<Departure> {
        let is_update = matches!(self.steps.step(step).work, Work::Update(_));
        let user = self
            .steps
            .user_of(step)
            .filter(|_| is_update && self.is_a_leavers(step))?;
        let (before, now) = (self.snapshot.user_by_id(user)?, accounts.get(user)?);
        if !now.tells_groups {
            return None;
        }
        let is_left = |id: &GroupId| self.snapshot.group_by_id(*id).is_some_and(|group| !group.is_everyone());
        let joined = now.groups.iter().copied().filter(|id| !before.groups.contains(id));
        let joined: Vec<GroupId> = joined.filter(is_left).collect();
        // What this run may have done itself, without having heard of it, is done again.
        let own = match &self.steps.step(step).work {
            Work::Update(parts) if self.steps.is_perhaps_done(step) => {
                UserUpdate::of_parts(parts.iter().map(|(_, part)| part))
            }
            _ => UserUpdate::default(),
        };
        let is_there = |id: &GroupId| now.groups.contains(id) || own.remove_groups.contains(id);
        let left = before.groups.iter().copied().filter(|id| !is_there(id));
        let left: Vec<GroupId> = left.filter(is_left).collect();
        let mut words = self.moved_in_words(&joined, &left);
        if before.is_active && !now.is_active && own.is_active.is_none() {
            words.push("deactivated the account".to_owned());
        }
        (!words.is_empty()).then(|| Departure {
            step,
            words: format!("meanwhile somebody else {}", words.join(" and ")),
            is_active: now.is_active,
            joined,
            groups: now.groups.to_vec(),
        })
    }

    /// The leaver leaves what it is in by now.
    pub(super) fn departs_from(&mut self, now: Departure) {
        let leavers = self
            .steps
            .rows_of(now.step)
            .iter()
            .copied()
            .find(|row| self.offboards(*row));
        let Some(row) = leavers.filter(|_| self.steps.is_open(now.step)) else {
            return;
        };
        let is_perhaps_done = self.steps.is_perhaps_done(now.step);
        let is_left = self.steps.edit_part(now.step, row, |part| {
            if !is_perhaps_done {
                part.is_active = part.is_active.filter(|_| now.is_active);
                part.remove_groups.retain(|group| now.groups.contains(group));
            }
            part.remove_groups.extend(&now.joined);
        });
        if is_left {
            self.rows.remark(row, now.words);
        } else {
            self.was_done_by_somebody_else(now.step, &now.words);
        }
    }

    /// Reads leavers back.
    pub(super) fn verify_leavers(&mut self, steps: &[StepIndex]) {
        let leaver = |step: &StepIndex| {
            let is_leaver = matches!(self.steps.step(*step).work, Work::VerifyLeaver);
            Some((*step, self.steps.user_of(*step).filter(|_| is_leaver)?))
        };
        let (steps, users): (Vec<StepIndex>, Vec<_>) = steps.iter().filter_map(leaver).unzip();
        if steps.is_empty() {
            return;
        }
        let kept = self.groups_that_stay(&users);
        let task = self.ask(Task::VerifyLeavers { steps });
        self.effects
            .push_back(Effect::ReadLeavers(task, Leavers { users, kept }));
    }

    /// The group that no account can leave, and those of these users that the organization does not list.
    fn groups_that_stay(&self, users: &[UserId]) -> Vec<GroupId> {
        let everyone = self.snapshot.groups().iter().filter(|group| group.is_everyone());
        let users = users.iter().filter_map(|user| self.snapshot.user_by_id(*user));
        let unlisted = users.flat_map(|user| user.groups.iter().copied());
        let unlisted = unlisted.filter(|group| self.snapshot.group_by_id(*group).is_none());
        let mut kept: Vec<GroupId> = everyone.map(|group| group.id).chain(unlisted).collect();
        kept.sort_unstable();
        kept.dedup();
        kept
    }

    pub(super) fn leavers_read(&mut self, task: TaskId, remnants: Result<Vec<Remnant>, ReadError>) {
        let Some(Task::VerifyLeavers { steps }) = self.tasks.remove(&task) else {
            return;
        };
        match remnants {
            Ok(remnants) => {
                for (step, remnant) in steps.into_iter().zip(remnants) {
                    self.leaver_was_read(step, &remnant);
                }
            }
            Err(error) => {
                let words = format!(
                    "whether anything is left of the account's access could not be read back: failed to {error}; run the \
                     same command again"
                );
                let failure = StepFailure::unread(&error, RowReason::NotReadBack, words);
                for step in steps {
                    self.fail_after_setback(step, &failure, &error);
                }
            }
        }
    }

    /// What could not be read back is said, also where the row fails for another reason already.
    fn fail_after_setback(&mut self, step: StepIndex, failure: &StepFailure, error: &ReadError) {
        for row in &self.steps.rows_of(step) {
            if self.rows.has_setback(*row) {
                self.rows.remark(*row, failure.message());
            }
        }
        self.fail_step(step, failure, error.call());
    }

    fn leaver_was_read(&mut self, step: StepIndex, remnant: &Remnant) {
        let rows = self.steps.rows_of(step);
        let inherited = inherited_in_words(remnant);
        if remnant.is_nothing() {
            for row in &rows {
                if let Some(setback) = self.rows.take_setback(*row) {
                    let words = format!(
                        "a call failed ({}), and reading back showed that it is so",
                        setback.message
                    );
                    self.rows.remark(*row, words);
                }
                if remnant.is_gone {
                    self.rows.remark(*row, "somebody else deleted the account meanwhile");
                }
                if let Some(words) = &inherited {
                    self.rows.remark(*row, format!("it still {words}"));
                }
                let mut own = self.steps.of_row(*row).iter();
                if own.all(|step| self.steps.state(*step) != StepState::Done && !self.steps.is_perhaps_done(*step)) {
                    let unchanged = Verdict::unchanged("already so");
                    self.rows.settle(*row, unchanged);
                }
            }
            return self.end_step(step, StepState::Done);
        }
        let mut left: Vec<String> = Vec::new();
        left.extend(remnant.is_active.then(|| "is active".to_owned()));
        if !remnant.groups.is_empty() {
            let names: Vec<String> = remnant
                .groups
                .iter()
                .map(|group| format!("the {}", self.group_in_words(*group)))
                .collect();
            left.push(format!("is in {}", joined_list(&names, 10)));
        }
        if remnant.are_groups_untold {
            left.push("may be in groups, which are not told".to_owned());
        }
        if !remnant.licenses.is_empty() {
            left.push(format!("holds {} directly", remnant.licenses));
        }
        left.extend(inherited);
        let left = left.join(", ");
        for row in &rows {
            if self.rows.has_setback(*row) {
                self.rows
                    .remark(*row, format!("reading back showed that the account still {left}"));
            }
        }
        let words = format!("reading back showed that the account still {left}; run the same command again");
        self.fail_with(step, Verdict::new(Status::Conflict, RowReason::StillHasAccess, words));
    }
}

/// What groups' rules give still, if anything: those of Everyone, or of groups that the service does not tell.
fn inherited_in_words(remnant: &Remnant) -> Option<String> {
    let bundles: &BundleSet = remnant.inherited.as_ref()?;
    let by = match remnant.given_by.as_slice() {
        [] => "a group's rule".to_owned(),
        [name] => format!("the rule of `{name}`"),
        names => format!("the rules of {}", listed(names.iter(), 10)),
    };
    (!bundles.is_empty()).then(|| format!("is given {bundles} by {by}"))
}
