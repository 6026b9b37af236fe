//! What an answer means for the steps of a call: they are done, the call is split or made smaller, its effect is read
//! back, or the faulty step fails.

use std::collections::HashMap;

use super::failed_call::{self, Next, Sendings};
use super::giving_up::{LEAST_OUTAGE, Reason};
use super::protocol::{Effect, TaskId};
use super::refused_alike::is_about_licenses;
use super::rows::StepFailure;
use super::schedule::{OneAtATime, Tries, Waiting, after_its_half_passed, split, split_off_one};
use super::state::{Machine, Task};
use super::steps::StepState;
use crate::api::{Allocation, CallError, ErrorCode, Failure, OwnCode, Receipt, ReleaseReply, Seats, UserUpdate};
use crate::engine::outcome::Stopped;
use crate::engine::reply::Reply;
use crate::ledger::Record;
use crate::model::{BundleSet, Status, UserId};
use crate::plan::{
    Call, CallKind, Family, Membership, RowCode, RowReason, StepIndex, StepSource, Verdict, Work, not_owned,
};

impl Machine<'_> {
    /// A call ended.
    pub(super) fn answered(&mut self, task: TaskId, result: Result<(Reply, Receipt), CallError>) {
        let Some(Task::Call { waiting, touched }) = self.tasks.remove(&task) else {
            return;
        };
        self.schedule.release(&touched);
        let has_left = result
            .as_ref()
            .map_or_else(|error| error.attempts, |(_, receipt)| receipt.attempts)
            > 0;
        if has_left {
            self.has_written = true;
            for facts in self.facts_of(&waiting.call) {
                self.freshness.were_used(*facts);
            }
        }
        self.note_call(&waiting.call, has_left);
        match result {
            Ok((reply, receipt)) => self.succeeded(waiting, reply, &receipt),
            Err(error) => self.failed(waiting, &error),
        }
    }

    /// A call for these rows has come to its end, and has left or not.
    pub(super) fn note_call(&mut self, call: &Call, has_left: bool) {
        for step in &call.steps {
            for row in &self.steps.step(*step).rows {
                if has_left {
                    self.rows.called(*row);
                } else {
                    self.rows.never_left(*row);
                }
            }
        }
    }

    fn succeeded(&mut self, waiting: Waiting, reply: Reply, receipt: &Receipt) {
        if reply == Reply::NotTogether {
            return self.go_on_one_by_one(waiting);
        }
        let Waiting {
            call, sibling, tries, ..
        } = waiting;
        self.giving_up.passed(call.kind.family());
        self.schedule.passed(&call);
        if is_about_licenses(call.kind.family()) {
            self.accounts_were_unknown();
        }
        self.causes.passed(&call.kind);
        for step in &call.steps {
            for row in &self.steps.step(*step).rows {
                self.rows.answered(*row, receipt);
            }
        }
        if receipt.perhaps_done {
            self.steps.leave_open_whether_done(&call.steps);
        }
        match reply {
            Reply::Done if call.kind == CallKind::Delete => self.deleted(call),
            Reply::Done => self.end_steps(&call.steps, StepState::Done),
            Reply::Allocated(allocations) => self.allocated(&call, &allocations),
            Reply::Released(replies) => self.released(&call, &replies),
            Reply::TakenAway(taken) => self.taken_away(&call, &taken),
            Reply::NotTogether => {}
            Reply::Made(replies) => self.all_made(&call, replies, tries),
        }
        if let Some(sibling) = sibling {
            // The parts of a call that was given up may all pass, if it was too large.
            self.schedule.put_back([match tries {
                Tries::Usual => after_its_half_passed(sibling),
                Tries::Few => Waiting::part(sibling),
            }]);
        }
    }

    /// A 200 only counts for the users that it names with the requested bundles.
    fn allocated(&mut self, call: &Call, allocations: &[Allocation]) {
        let CallKind::Allocate(bundles, _) = &call.kind else {
            return;
        };
        let mut held: HashMap<UserId, Vec<&BundleSet>> = HashMap::new();
        for allocation in allocations {
            held.entry(allocation.user).or_default().push(&allocation.bundles);
        }
        let mut confirmed = Vec::with_capacity(call.steps.len());
        let mut doubtful = Vec::new();
        for step in &call.steps {
            let user = self.steps.user_of(*step);
            let told = user.and_then(|user| held.get(&user));
            let other = told.and_then(|told| told.iter().find(|held| *held != &bundles));
            match (told, other) {
                (None, _) => doubtful.push((*step, unnamed())),
                (Some(_), None) => confirmed.push(*step),
                (Some(_), Some(held)) => {
                    let words = format!("the server answered that the account holds {held} instead of {bundles}");
                    let failure = StepFailure::new(Status::Conflict, RowReason::NotConfirmed, words).unclear();
                    doubtful.push((*step, failure));
                }
            }
        }
        self.look_for_held(doubtful);
        self.end_steps(&confirmed, StepState::Done);
    }

    /// A 200 to a release counts for the users that it does not name as failed.
    fn released(&mut self, call: &Call, replies: &[ReleaseReply]) {
        let (mut released, mut missing) = (Vec::with_capacity(call.steps.len()), Vec::new());
        for (step, reply) in call.steps.iter().zip(replies) {
            match reply {
                ReleaseReply::Released => released.push(*step),
                ReleaseReply::Missing => missing.push((*step, unnamed())),
                // There may be nothing left to release.
                ReleaseReply::Failed if self.steps.is_perhaps_done(*step) => missing.push((*step, unnamed())),
                ReleaseReply::Failed => {
                    let words = "the licence service answered that it could not release this account's licences; run the \
                                 same command again, or release them in the admin portal";
                    self.fail_with(*step, Verdict::new(Status::Failed, RowReason::ReleaseFailed, words));
                }
            }
        }
        self.look_for_held(missing);
        self.end_steps(&released, StepState::Done);
    }

    /// Entries that the answer does not mention, or may mention by another name.
    pub(super) fn look_for_missing(
        &mut self,
        call: &Call,
        steps: Vec<StepIndex>,
        tries: Tries,
        most: Option<Sendings>,
    ) {
        if !steps.is_empty() {
            let (reason, words) = match most {
                Some(_) => (
                    RowReason::AnswerIncomplete,
                    "the server's answer does not name this account",
                ),
                None => (
                    RowReason::AccountMissing,
                    "the server's answer names an account that nobody asked for, and not this one: it may be this one in \
                     another spelling, so look for it",
                ),
            };
            let kind = call.kind.clone();
            let lost = StepFailure::new(Status::InDoubt, reason, words);
            self.look_for_made(Call { kind, steps }, &lost, tries, most);
        }
    }

    /// An account was made; rows that continue are recorded with its id, so that a rerun never makes it again. An
    /// answer that names somebody else's account is rejected: the groups and licences would go to that user, and a
    /// migration could end at the very account that it deletes.
    pub(super) fn made(&mut self, step: StepIndex, user: UserId) {
        if let Some(account) = self.steps.step(step).account {
            let is_somebodys = self.snapshot.has_user(user);
            if let Err(user) = self.steps.learn_id(account, user, is_somebodys) {
                let words = format!("the server answered with {user}, which is another account's id");
                return self.fail_with(step, Verdict::new(Status::InDoubt, RowReason::AccountMissing, words));
            }
        }
        self.last_made = Some(self.elapsed);
        let rows = self.steps.rows_of(step);
        self.end_step(step, StepState::Done);
        let mut records: Vec<Record> = Vec::new();
        for row in &rows {
            if !self.rows.has_ended(*row) {
                records.extend(self.rows.begun(*row, None, &self.steps, RowReason::Made, self.now));
            }
        }
        self.record(records);
    }

    fn failed(&mut self, waiting: Waiting, error: &CallError) {
        let family = waiting.call.kind.family();
        if self.shows_that_the_kind_works(family, error) {
            self.schedule.prove(family);
        }
        let is_unclear_deletion = family == Family::Delete && error.failure == Failure::Unclear;
        if error.perhaps_done || is_unclear_deletion {
            self.steps.leave_open_whether_done(&waiting.call.steps);
        }
        let reason = self.giving_up.failed(family, error);
        if let Some(outage) = self.giving_up.begun_outage() {
            self.effects.push_back(Effect::TimeOutage(outage, LEAST_OUTAGE));
        }
        let Some(waiting) = self.put_off_if_too_early(waiting, error) else {
            return;
        };
        let Some(waiting) = self.end_without_license(waiting, error) else {
            return;
        };
        let Waiting {
            call, sibling, tries, ..
        } = waiting;
        let sibling = sibling.map(|call| Waiting::tried(call, tries));
        match failed_call::next(error, family, call.steps.len()) {
            Next::Split if self.may_be_done_in_part(&call, error) => {
                self.schedule.put_back(sibling);
                self.look_for_done_in_part(call, tries, error);
            }
            Next::Split => self.split_or_blame(call, sibling, error),
            Next::LookForDeleted if tries == Tries::Usual || error.failure == Failure::Refused => {
                self.schedule.put_back(sibling);
                self.look_for_deleted(call, tries, error);
            }
            // Which accounts of a part are gone shows once an attempt is refused.
            Next::InParts | Next::LookForDeleted => {
                self.schedule.put_back(sibling);
                self.go_on_in_parts(call, error);
            }
            Next::Shrink if call.steps.len() > 1 => {
                self.schedule.shrink(family, call.steps.len() / 2);
                // It is cut to the new size when it is sent again.
                self.schedule
                    .put_back(std::iter::once(Waiting::from(call)).chain(sibling));
            }
            Next::Shrink => {
                self.blame(&call, error);
                self.schedule.put_back(sibling);
            }
            Next::ReadBack => {
                let lost = StepFailure::new(Status::InDoubt, &error.code, &error.message);
                self.look_for_made(call, &lost, tries, Some(Sendings::after(error)));
                self.schedule.put_back(sibling);
            }
            Next::Fail => {
                self.schedule.put_back(sibling);
                self.give_up_on(&call, error);
            }
            Next::Stop => self.stop(Stopped::SignIn(error.message.clone())),
            Next::Leave => {
                // Calls are only stopped because the run is, even if that input has not arrived yet.
                self.stop(Stopped::Interrupted);
                // Only what is owed to somebody is still sent.
                self.schedule
                    .put_back(std::iter::once(Waiting::from(call)).chain(sibling));
            }
        }
        self.stop_for(reason, error);
    }

    /// A call of several entries has used up its retries: it goes on in halves, which are tried less often. It may be that
    /// one entry is at fault, or that the call is too large for a gateway in between.
    pub(super) fn go_on_in_parts(&mut self, call: Call, error: &CallError) {
        let entries = call.steps.len();
        match split(call) {
            Ok(halves) => {
                self.schedule
                    .sizes
                    .gave_up(&halves.call.kind, entries, entries.div_ceil(2));
                self.schedule.put_back([Waiting {
                    tries: Tries::Few,
                    ..halves
                }]);
            }
            Err(single) => self.give_up_on(&single, error),
        }
    }

    /// A call is not tried again, although the server has not judged it.
    fn give_up_on(&mut self, call: &Call, error: &CallError) {
        let single = match call.steps.as_slice() {
            [step] if error.failure == Failure::Unclear && !error.is_page() => Some(*step),
            _ => None,
        };
        let Some(step) = single else {
            return self.fail_or_look(&call.steps, &StepFailure::of(error), Some(error));
        };
        if !self.takes_over(step) && self.steps.split_shared(step) {
            // Of the rows that share the step only one may be at fault.
            let kind = CallKind::of(step, self.steps.step(step));
            let part = kind.map(|kind| Call {
                kind,
                steps: vec![step],
            });
            return self.schedule.put_first(part.map(Waiting::part));
        }
        self.schedule.sizes.is_not_the_size(call.kind.family());
        let finding = self.compare(&call.kind, step, error);
        self.fail_or_look(&[step], &StepFailure::of(error), Some(error));
        self.act_on(&call.kind, finding, error);
    }

    /// Whether a failed call shows that calls of its kind work here, so that others may be sent concurrently. Until it
    /// is known whether rows are refused for their own faults, they are tried one by one.
    fn shows_that_the_kind_works(&self, family: Family, error: &CallError) -> bool {
        match error.failure {
            _ if error.status == Some(403) || error.is_page() => false,
            Failure::Refused => !self.giving_up.is_open(family),
            _ => true,
        }
    }

    /// Stops the run if everything would fail the same way.
    fn stop_for(&mut self, reason: Option<Reason>, error: &CallError) {
        let Some(reason) = reason else { return };
        let is_about_rows = matches!(reason, Reason::Lost(_) | Reason::Refused(_));
        // If every row has ended, there is nothing to stop.
        if is_about_rows && self.rows.all_have_ended() {
            return;
        }
        if let Some(why) = self.giving_up.stopping(reason, error) {
            self.stop(why);
        }
    }

    /// The steps fail; but if it is unknown whether licences were taken over, that is looked up first.
    pub(super) fn fail_or_look(&mut self, steps: &[StepIndex], failure: &StepFailure, error: Option<&CallError>) {
        let is_open = |step: &StepIndex| failure.is_unclear && self.takes_over(*step);
        let (unknown, failed): (Vec<StepIndex>, Vec<StepIndex>) = steps.iter().partition(|step| is_open(step));
        for step in failed {
            self.fail_step(step, failure, error);
        }
        self.look_for_held(unknown.into_iter().map(|step| (step, failure.clone())).collect());
    }

    pub(super) fn split_or_blame(&mut self, call: Call, sibling: Option<Waiting>, error: &CallError) {
        let family = call.kind.family();
        if family == Family::Allocate && error.status == Some(409) {
            // 409 on an allocation: seats are short, and the earlier rows of the sheet should get the last ones.
            self.schedule.send_one_at_a_time(family, OneAtATime::LastSeats);
            // Or the organization does not own the code, which the inventory shows: nobody then is tried in vain.
            if call.steps.len() > 1 && self.snapshot.seats().is_none() && !self.seats.are_settled() {
                self.read_seats();
            }
        }
        let call = self.fail_unowned(call, error);
        let is_suspect = self.giving_up.suspects(family) && !self.schedule.keeps_order(family);
        let is_sampled = (error.status == Some(403) || is_suspect) && !self.giving_up.has_passed(family);
        let parts = if is_sampled {
            self.giving_up.split_by_samples(call)
        } else if self.schedule.is_proven(&call.kind) || self.schedule.keeps_order(family) {
            split(call).map(|halves| vec![halves])
        } else {
            split_off_one(call).map(|single| vec![single])
        };
        match parts {
            // The parts are ordered so that the most informative come first.
            Ok(parts) if is_sampled => {
                let parts: Vec<Waiting> = parts.into_iter().chain(sibling).collect();
                self.schedule.put_first(parts);
            }
            Ok(parts) => self.schedule.put_back(parts.into_iter().chain(sibling)),
            Err(single) => {
                self.schedule.put_back(sibling);
                self.blame(&single, error);
            }
        }
    }

    /// If a licence call names a bundle that the organization does not own, every row is refused, and splitting would
    /// cost two calls a row. Fails those rows; returns what still has to be split.
    fn fail_unowned(&mut self, call: Call, error: &CallError) -> Call {
        let CallKind::Allocate(bundles, _) = &call.kind else {
            return call;
        };
        let unowned = if error.status == Some(409) {
            self.unowned(bundles)
        } else {
            BundleSet::default()
        };
        if unowned.is_empty() {
            return call;
        }
        let failure = StepFailure::new(Status::Conflict, RowReason::NotOwned, not_owned(&unowned));
        let Call { kind, steps } = call;
        // Not all of the rows that share a step need name the bundle.
        let is_one_rows =
            |step: &StepIndex| matches!(&self.steps.step(*step).work, Work::License(change) if change.edits.len() == 1);
        let (single, shared): (Vec<StepIndex>, Vec<StepIndex>) = steps.into_iter().partition(|step| is_one_rows(step));
        for step in single {
            self.fail_step(step, &failure, Some(error));
        }
        Call { kind, steps: shared }
    }

    /// Whether a call was answered 409 and names a bundle that the organization does not own.
    pub(super) fn names_unowned(&self, call: &Call, error: &CallError) -> bool {
        match &call.kind {
            CallKind::Allocate(bundles, _) => error.status == Some(409) && !self.unowned(bundles).is_empty(),
            _ => false,
        }
    }

    /// Those of these bundles that the organization does not own, by the latest inventory.
    pub(super) fn unowned(&self, bundles: &BundleSet) -> BundleSet {
        if self.seats.are_settled() {
            self.seats.unowned(bundles)
        } else {
            self.snapshot.unowned(bundles)
        }
    }

    /// A single step was refused: it is the one at fault.
    fn blame(&mut self, call: &Call, error: &CallError) {
        let Some(step) = call.steps.first().copied() else {
            return;
        };
        let family = call.kind.family();
        if failed_call::already_gone(error, family) {
            self.gone_already(step);
            return;
        }
        if self.is_looked_for(step, error) {
            return;
        }
        if self.is_so_already(step, error) {
            let message = format!("it was so already: {}", error.message);
            return self.settle_step(step, RowCode::None, &message);
        }
        if self.split_what_is_carried_over(step) {
            return;
        }
        if self.steps.split_shared(step) {
            // The first row's part is tried alone; the others' follows, whatever the result.
            self.schedule.add_first(&self.steps, [step]);
            return;
        }
        if self.split_what_a_leaver_loses(step) {
            return;
        }
        if let Some(failure) = self.not_owned_by_rule(step, error) {
            self.fail_step(step, &failure, Some(error));
            return;
        }
        let finding = self.compare(&call.kind, step, error);
        if !self.may_be_unknown_organization(step, &call.kind, finding, error) {
            self.fail_step(step, &StepFailure::of(error), Some(error));
        }
        // A firewall's page says nothing of permissions.
        if error.status == Some(403) && error.code != ErrorCode::Own(OwnCode::HtmlAnswer) {
            let reason = self.giving_up.forbidden(family);
            self.stop_for(reason, error);
        }
        if (family, error.status) == (Family::Allocate, Some(409)) {
            // Running out of seats is no row's own fault, and seats go out in sheet order.
            self.read_seats();
            return self.act_on(&call.kind, finding, error);
        }
        // Nobody keeps groups and licences because others cannot be deactivated.
        if finding.counts_for_all_kinds() && !self.is_a_leavers(step) {
            let reason = self.giving_up.refused(family, error);
            self.stop_for(reason, error);
        }
        if self.giving_up.suspects(family) && !self.schedule.keeps_order(family) {
            self.schedule.sample(family, self.giving_up.count(family));
        }
        self.act_on(&call.kind, finding, error);
    }

    /// Whether a membership was refused because it is as it should be.
    fn is_so_already(&self, step: StepIndex, error: &CallError) -> bool {
        match &self.steps.step(step).work {
            Work::Member(_, Membership::Join) => error.says_already_a_member(),
            Work::Member(_, Membership::Leave) => error.says_not_a_member(),
            Work::Update(parts) => {
                let update = UserUpdate::of_parts(parts.iter().map(|(_, part)| part));
                let (joins, leaves) = (update.add_groups.len(), update.remove_groups.len());
                // What was refused with it is not known to be so.
                !update.changes_profile()
                    && match (joins, leaves) {
                        (1, 0) => error.says_already_a_member(),
                        (0, 1) => error.says_not_a_member(),
                        _ => false,
                    }
            }
            _ => false,
        }
    }

    /// A 409 to a group's rule that names what the organization does not own.
    fn not_owned_by_rule(&self, step: StepIndex, error: &CallError) -> Option<StepFailure> {
        let Work::GroupRule(change) = &self.steps.step(step).work else {
            return None;
        };
        let unowned = self.unowned(&change.bundles);
        let is_about_codes = error.status == Some(409) && !unowned.is_empty();
        is_about_codes.then(|| StepFailure::new(Status::Conflict, RowReason::NotOwned, not_owned(&unowned)))
    }

    fn read_seats(&mut self) {
        if self.seats.begin_reading() {
            let task = self.ask(Task::Seats);
            self.effects.push_back(Effect::ReadSeats(task));
        }
    }

    pub(super) fn seats_read(&mut self, task: TaskId, seats: Result<Vec<Seats>, CallError>) {
        self.tasks.remove(&task);
        self.seats.read(seats);
    }
}

/// A successful answer about licences leaves the account out.
fn unnamed() -> StepFailure {
    let words = "the server's answer does not name this account";
    StepFailure::new(Status::Conflict, RowReason::NotConfirmed, words).unclear()
}
