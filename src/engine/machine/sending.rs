//! Sending: which call is next, whether its steps still apply, what its payload is by now, and what must be on disk
//! before it leaves.

use super::freshness::Facts;
use super::protocol::{Departure, Effect, TaskId};
use super::rows::StepFailure;
use super::schedule::Waiting;
use super::state::{Machine, Task};
use super::steps::{Change, StepState};
use crate::api::UserUpdate;
use crate::engine::request::Request;
use crate::ledger::Record;
use crate::model::{Status, UserId};
use crate::plan::{
    Call, CallKind, Family, Membership, Pending, RowIndex, RowReason, Stage, StepIndex, StepSource, Verdict, Work,
    not_owned,
};

impl Machine<'_> {
    pub(super) fn send_what_fits(&mut self) {
        self.settle_sizes();
        loop {
            let are_seats_awaited = self.seats.are_being_read() || self.seats.are_awaited();
            let holds_deletions = self.deletions.hold_others();
            let (freshness, is_stopping) = (&self.freshness, self.is_stopping());
            // Until the first call has left, a change can still end the whole run, so every reading is awaited.
            let is_everything_held = !self.has_written && !is_stopping && freshness.is_anything_due();
            let is_held = |family| {
                let is_due = |facts: &Facts| freshness.are_stale(*facts) || freshness.are_being_read(*facts);
                (are_seats_awaited && family == Family::Allocate)
                    || (holds_deletions && family == Family::Delete)
                    || is_everything_held
                    || (!is_stopping && freshness.facts_of(family).iter().any(is_due))
            };
            let Some(waiting) = self.schedule.take(&self.steps, |family| !is_held(family)) else {
                // The last part of a given-up call may have been dropped a moment ago.
                if self.settle_sizes() {
                    continue;
                }
                return self.read_again_what_is_stale();
            };
            self.send(waiting);
        }
    }

    /// Learns from parts of given-up calls what size calls may have, once all of them have ended; whether any had.
    fn settle_sizes(&mut self) -> bool {
        let mut has_learned = false;
        for family in self.schedule.sizes.families_in_doubt() {
            let is_open =
                self.schedule.has_continued(family) || self.tasks.values().any(|task| task.is_continued(family));
            if !is_open {
                self.schedule.sizes.settle(family);
                has_learned = true;
            }
        }
        has_learned
    }

    fn send(&mut self, waiting: Waiting) {
        let Waiting {
            call,
            sibling,
            tries,
            put_off,
        } = waiting;
        let alike = |call| Waiting::tried(call, tries);
        let mut call = match self.schedule.cut(call) {
            Ok(call) => call,
            Err(parts) => {
                let parts: Vec<Call> = parts.into_iter().chain(sibling).collect();
                return self.schedule.put_first(parts.into_iter().map(alike));
            }
        };
        call.steps.retain(|step| self.is_still_wanted(*step));
        self.move_steps_of_another_kind(&mut call);
        if call.steps.is_empty() {
            return self.schedule.put_first(sibling.map(alike));
        }
        if self.counts_first(&call) {
            return self.schedule.put_first([Waiting {
                call,
                sibling,
                tries,
                put_off,
            }]);
        }
        // Counted because, unlike other calls, these may only be sent again a limited number of times.
        if call.kind.family().must_not_be_repeated() {
            for step in &call.steps {
                *self.sendings.entry(*step).or_default() += 1;
            }
        }
        let departure = match (self.code_ahead(&call), self.facts_of(&call)) {
            (Some(_), _) => Departure::Recorded,
            (None, []) => Departure::Free,
            (None, _) => Departure::AskedAfterLongWaits,
        };
        let urgency = self.urgency();
        let touched = self.schedule.occupy(&self.steps, &call);
        let waiting = Waiting {
            call,
            sibling,
            tries,
            put_off,
        };
        let task = self.ask(Task::Call { waiting, touched });
        self.effects.push_back(Effect::Send {
            task,
            departure,
            urgency,
            tries,
        });
    }

    /// What a call rests on: of updates, only those of leavers, and of rows with a condition, rest on anything, and of calls
    /// about groups' rules those of rows with one.
    pub(super) fn facts_of(&self, call: &Call) -> &'static [Facts] {
        match (self.freshness.facts_of(call.kind.family()), &call.kind) {
            // Of most runs nothing has to be asked of the rows.
            ([], _) => &[],
            (_, CallKind::Update(step)) if !self.rests_on_people(*step) => &[],
            (_, CallKind::GroupRule(step) | CallKind::RemoveRule(step)) if !self.is_unless_changed(*step) => &[],
            (facts, _) => facts,
        }
    }

    fn begin_rows(&mut self, call: &Call) {
        for step in &call.steps {
            for row in &self.steps.step(*step).rows {
                self.rows.begin(*row, self.now);
            }
        }
    }

    /// A call has been held back for long. It goes on only if what it rests on was read since.
    pub(super) fn waited(&mut self, task: TaskId) {
        let Some(call) = self.asking(task) else { return };
        self.freshness.waited(self.elapsed);
        self.deletions.waited();
        if !self.is_put_off(task, &call) {
            self.effects.push_back(Effect::LetGo(task));
        }
    }

    /// A call is about to leave: its rows begin, so that a stop before this leaves them not reached. What a rerun must know
    /// about the call goes into the results file first; of one that may be repeated the disk is not waited for, since a
    /// rerun only loses what the account was like before, and only if the power fails at this moment.
    pub(super) fn departing(&mut self, task: TaskId) {
        let Some(call) = self.asking(task) else { return };
        if self.is_put_off(task, &call) {
            return;
        }
        self.begin_rows(&call);
        let mut rows: Vec<(RowIndex, StepIndex)> = Vec::new();
        for step in &call.steps {
            rows.extend(self.steps.step(*step).rows.iter().map(|row| (*row, *step)));
        }
        if let Some(code) = self.code_ahead(&call) {
            if self.rules.pending == Pending::Resend && call.kind == CallKind::Invite {
                // A run that is killed may have mailed them.
                for (row, _) in &rows {
                    self.rows.mailed(*row, self.now);
                }
            }
            let is_handed_over = code == RowReason::HandingOver;
            let mut begun = |(row, step): &(RowIndex, StepIndex)| {
                let ahead = is_handed_over.then_some(*step);
                self.rows.begun(*row, ahead, &self.steps, code, self.now)
            };
            let records: Vec<Record> = rows.iter().filter_map(&mut begun).collect();
            self.record(records);
            self.let_go_once_recorded(task);
            return;
        }
        rows.sort_by_key(|(row, _)| *row);
        rows.dedup();
        let of_row = rows.chunk_by(|(row, _), (other, _)| row == other);
        let changing = |steps: &[(RowIndex, StepIndex)]| self.rows.changing(steps, &self.steps, self.now);
        let records: Vec<Record> = of_row.filter_map(changing).collect();
        self.effects.push_back(if records.is_empty() {
            Effect::LetGo(task)
        } else {
            Effect::RecordAhead(task, records)
        });
    }

    /// The call that asks whether it may leave or go on. Once the run is stopping it is withheld, so that no row is
    /// recorded as started for which nothing was sent.
    fn asking(&mut self, task: TaskId) -> Option<Call> {
        let call = match self.tasks.get(&task) {
            Some(Task::Call { waiting, .. }) => Some(waiting.call.clone()),
            // A call that nobody knows of must not leave, nor wait for a word for ever.
            _ => None,
        };
        let is_owed = |call: &Call| call.steps.iter().all(|step| self.is_owed(*step));
        let call = call.filter(|call| !self.is_stopping() || is_owed(call));
        if call.is_none() {
            self.effects.push_back(Effect::Withhold(task));
        }
        call
    }

    fn is_put_off(&mut self, task: TaskId, call: &Call) -> bool {
        let are_stale = |facts: &Facts| self.freshness.are_stale(*facts);
        let is_put_off = !self.is_stopping() && self.facts_of(call).iter().any(are_stale);
        if is_put_off {
            self.effects.push_back(Effect::PutOff(task));
        }
        is_put_off
    }

    /// The code of the records that must be on disk before the call leaves: a rerun has to know that a mail may have
    /// gone out, and what an old account held before its licences were handed over.
    fn code_ahead(&self, call: &Call) -> Option<RowReason> {
        let is_hand_over = |step: &StepIndex| self.steps.step(*step).stage == Stage::HandOver;
        match call.kind.family() {
            Family::Invite => Some(RowReason::Inviting),
            Family::Create => Some(RowReason::Creating),
            Family::Release if call.steps.iter().any(is_hand_over) => Some(RowReason::HandingOver),
            _ => None,
        }
    }

    /// Whether a queued step still applies: its rows may have failed meanwhile, the run may be stopping, or its seats
    /// may have run out.
    pub(super) fn is_still_wanted(&mut self, step: StepIndex) -> bool {
        if (self.is_stopping() && !self.is_owed(step)) || !self.is_ready(step) {
            return false;
        }
        if self.ends_without_license(step) || !self.leaves_what_can_be_left(step) {
            return false;
        }
        let Work::License(change) = &self.steps.step(step).work else {
            return true;
        };
        let gains = change.gains();
        let unowned = self.seats.unowned(gains);
        if !unowned.is_empty() {
            self.fail_with(
                step,
                Verdict::new(Status::Conflict, RowReason::NotOwned, not_owned(&unowned)),
            );
            return false;
        }
        let missing = self.seats.missing(gains);
        if missing.is_empty() {
            return true;
        }
        let message = format!("no seat is left of {missing}: the server refused an earlier row and the pool is empty");
        self.fail_with(step, Verdict::new(Status::Conflict, RowReason::SeatsShort, message));
        false
    }

    /// A step that has changed since it was put into the call, because one of its rows failed, may now need a different
    /// kind of call.
    fn move_steps_of_another_kind(&mut self, call: &mut Call) {
        let fits = |step: &StepIndex| CallKind::of(*step, self.steps.step(*step)).as_ref() == Some(&call.kind);
        let (same, others): (Vec<StepIndex>, Vec<StepIndex>) = call.steps.iter().partition(|step| fits(step));
        if !others.is_empty() {
            self.schedule.add_first(&self.steps, others);
        }
        call.steps = same;
    }

    /// Whether a step can be carried out; ends it if it cannot or need not be. Afterwards its work is what is left to
    /// do for the rows that have not failed.
    pub(super) fn is_ready(&mut self, step: StepIndex) -> bool {
        if !self.steps.is_open(step) || self.is_held_back(step) {
            return false;
        }
        // Licences are given back precisely because the row has failed.
        let is_give_back = self.steps.step(step).stage == Stage::GiveBack;
        (is_give_back || (self.has_a_row(step) && self.account_is_there(step) && self.leaves_an_administrator(step)))
            && self.changes_something(step)
    }

    /// Removes the parts of failed rows from a step; ends it if nothing is left.
    fn has_a_row(&mut self, step: StepIndex) -> bool {
        let rows = self.steps.rows_of(step);
        let failed: Vec<RowIndex> = rows.iter().copied().filter(|row| !self.rows.is_well(*row)).collect();
        failed.is_empty() || self.leave_out(step, &failed)
    }

    /// Removes the parts of these rows, which need nothing more of it, from a step; ends it if nothing is left.
    pub(super) fn leave_out(&mut self, step: StepIndex, rows: &[RowIndex]) -> bool {
        if self.steps.rows_of(step).iter().all(|row| rows.contains(row)) {
            self.end_step(step, StepState::Dropped);
            return false;
        }
        let is_left = self.steps.take_out(step, rows);
        let complete: Vec<RowIndex> = rows.iter().copied().filter(|row| self.rows.step_ended(*row)).collect();
        self.end_rows(&complete);
        if !is_left {
            self.end_step(step, StepState::Dropped);
        }
        is_left
    }

    fn account_is_there(&mut self, index: StepIndex) -> bool {
        let step = self.steps.step(index);
        let Some(account) = step.account else { return true };
        if self.steps.account_id(account).is_some() || matches!(step.work, Work::Invite(_) | Work::Create(..)) {
            return true;
        }
        let label = self.rows.label(self.steps.plan().account(account));
        let message = format!("the account `{label}` was not made, so nothing could be done to it");
        let failure = StepFailure::new(Status::Skipped, RowReason::NoAccount, message);
        for row in &self.steps.rows_of(index) {
            self.rows.fail(*row, failure.verdict.clone(), None);
        }
        self.end_step(index, StepState::Dropped);
        false
    }

    fn changes_something(&mut self, step: StepIndex) -> bool {
        match self.steps.build_on_present(step) {
            Change::Something => true,
            Change::Nothing => {
                self.end_step(step, StepState::Done);
                false
            }
            Change::Unknowable => {
                let message = "what the account holds is not known after an earlier row, and adding to it might take licences away; run the same command again";
                self.fail_with(
                    step,
                    Verdict::new(Status::Conflict, RowReason::LicensesUnreadable, message),
                );
                false
            }
        }
    }

    /// The kind of a call in flight; `None` for another task.
    pub fn kind(&self, task: TaskId) -> Option<&CallKind> {
        match self.tasks.get(&task)? {
            Task::Call { waiting, .. } => Some(&waiting.call.kind),
            _ => None,
        }
    }

    /// How many entries a call in flight has; 0 for another task.
    pub fn entries(&self, task: TaskId) -> usize {
        match self.tasks.get(&task) {
            Some(Task::Call { waiting, .. }) => waiting.call.steps.len(),
            _ => 0,
        }
    }

    /// The payload of a call in flight, from its steps as they are now; `None` for another task.
    pub fn request(&self, task: TaskId) -> Option<Request> {
        let Some(Task::Call { waiting, .. }) = self.tasks.get(&task) else {
            return None;
        };
        let call = &waiting.call;
        let work = |step: &StepIndex| &self.steps.step(*step).work;
        let users = || call.steps.iter().filter_map(|step| self.steps.user_of(*step)).collect();
        Some(match &call.kind {
            CallKind::Invite => {
                let invitations = call.steps.iter().filter_map(|step| match work(step) {
                    Work::Invite(invitation) => Some((**invitation).clone()),
                    _ => None,
                });
                Request::Invite(invitations.collect())
            }
            CallKind::Create(groups) => {
                let made = call.steps.iter().filter_map(|step| match work(step) {
                    Work::Create(creation) => Some(creation.user.clone()),
                    _ => None,
                });
                Request::Create(made.collect(), groups.clone())
            }
            CallKind::Update(step) => {
                let Work::Update(parts) = work(step) else { return None };
                let update = UserUpdate::of_parts(parts.iter().map(|(_, part)| part));
                Request::Update(self.steps.user_of(*step)?, update)
            }
            CallKind::Members(group) => {
                let members = |wanted: Membership| -> Vec<UserId> {
                    let steps = call.steps.iter();
                    let of_kind = steps.filter(|step| matches!(work(step), Work::Member(_, is) if *is == wanted));
                    of_kind.filter_map(|step| self.steps.user_of(*step)).collect()
                };
                Request::Members {
                    group: self.group(*group)?.clone(),
                    join: members(Membership::Join),
                    leave: members(Membership::Leave),
                }
            }
            CallKind::Allocate(bundles, external_license) => {
                Request::Allocate(users(), self.snapshot.as_owned(bundles), *external_license)
            }
            CallKind::Release => Request::Release(users()),
            CallKind::GroupRule(step) => {
                let Work::GroupRule(change) = work(step) else {
                    return None;
                };
                let mut change = (**change).clone();
                change.bundles = self.snapshot.as_owned(&change.bundles);
                for quota in change.quotas.iter_mut().flatten() {
                    quota.code = self.snapshot.as_owned_code(&quota.code);
                }
                Request::GroupRule(change)
            }
            CallKind::RemoveRule(step) => match work(step) {
                Work::RemoveRule(removal) => Request::RemoveRule(removal.group),
                _ => return None,
            },
            CallKind::EndLeases(group) => Request::EndLeases(*group, users()),
            CallKind::Delete => Request::Delete(users()),
        })
    }
}
