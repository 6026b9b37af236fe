//! What the dispatcher does with answers: steps end, refused calls are split, lost ones are settled.

use std::collections::HashMap;

use jiff::Timestamp;

use super::alike::Hopeless;
use super::dispatch::{Dispatcher, Message};
use super::judge::{self, Next};
use super::perform::Reply;
use super::queue::{self, Alone, Waiting};
use super::rows::{Fault, StepState};
use super::run::Stopped;
use crate::api::{Allocation, CallError, Failure, InviteReply, Receipt};
use crate::directory::Found;
use crate::model::{BundleSet, Status, UserId, UserRef};
use crate::plan::{AccountIndex, Call, CallKind, Family, RowIndex, Stage, StepIndex, Verdict};

impl Dispatcher<'_> {
    pub(super) fn succeeded(&mut self, waiting: Waiting, reply: Reply, receipt: &Receipt) {
        let Waiting { call, sibling } = waiting;
        let family = call.kind.family();
        self.permissions.allowed(family);
        self.alike.passed(family);
        self.busy.prove(family);
        self.busy.spread_out(family, Alone::Measuring);
        for step in &call.steps {
            for row in &self.plan.step(*step).rows {
                self.book.answered(*row, receipt);
            }
        }
        match reply {
            Reply::Whole => self.end_steps(&call.steps, StepState::Done),
            Reply::Allocated(allocations) => self.allocated(&call, &allocations),
            Reply::Invited(replies) => {
                let mut lost = Vec::new();
                for (step, reply) in call.steps.iter().zip(replies) {
                    match reply {
                        InviteReply::Invited(user) => self.made(*step, user),
                        InviteReply::Refused(words) => {
                            let fault = Fault::new(Status::Rejected, "invitation_refused", words);
                            self.fail_step(*step, &fault, None);
                        }
                        InviteReply::Missing => lost.push(*step),
                    }
                }
                self.read_back_missing(&call, lost);
            }
            Reply::Created(users) => {
                let mut lost = Vec::new();
                for (step, user) in call.steps.iter().zip(users) {
                    match user {
                        Some(user) => self.made(*step, user),
                        None => lost.push(*step),
                    }
                }
                self.read_back_missing(&call, lost);
            }
        }
        if let Some(sibling) = sibling {
            self.queue.put_back(vec![queue::after(true, sibling)]);
        }
    }

    /// A 200 counts for the users that it names with the bundles that were asked for.
    fn allocated(&mut self, call: &Call, allocations: &[Allocation]) {
        let CallKind::Allocate(bundles, _) = &call.kind else {
            return;
        };
        let held: HashMap<UserId, &BundleSet> = allocations
            .iter()
            .map(|allocation| (allocation.user, &allocation.bundles))
            .collect();
        let mut confirmed = Vec::with_capacity(call.steps.len());
        for step in &call.steps {
            let account = self.plan.step(*step).account;
            let user = account.and_then(|account| self.plan.account(account).id);
            let words = match user.and_then(|user| held.get(&user)) {
                Some(held) if *held == bundles => {
                    confirmed.push(*step);
                    continue;
                }
                Some(held) => format!("the server answered that the account holds {held} instead of {bundles}"),
                None => "the server's answer does not name this account".to_owned(),
            };
            let fault = Fault::new(Status::Conflict, "not_confirmed", words).unclear();
            self.fail_or_ask(&[*step], &fault, None);
        }
        self.end_steps(&confirmed, StepState::Done);
    }

    /// Entries that the answer does not tell of.
    fn read_back_missing(&mut self, call: &Call, steps: Vec<StepIndex>) {
        if !steps.is_empty() {
            let lost = Fault::new(
                Status::InDoubt,
                "answer_incomplete",
                "the server's answer does not name this account",
            );
            self.read_back(
                Call {
                    kind: call.kind.clone(),
                    steps,
                },
                lost,
            );
        }
    }

    /// An account was made; rows that go on from here are recorded with its id, so that a rerun never
    /// makes it again. An answer that names somebody else's account is not believed: the groups and licences
    /// would go to that person, and a migration would lead to the account that it deletes.
    pub(super) fn made(&mut self, step: StepIndex, user: UserId) {
        if let Some(account) = self.plan.step(step).account {
            if !self.may_be(account, user) {
                let words = format!("the server answered with {user}, which is another account's id");
                self.fail_step(step, &Fault::new(Status::InDoubt, "another_account", words), None);
                return;
            }
            self.plan.accounts[account.position()].id = Some(user);
        }
        self.end_step(step, StepState::Done);
        let now = Timestamp::now();
        let rows = self.plan.step(step).rows.clone();
        let going_on: Vec<RowIndex> = rows.into_iter().filter(|row| !self.book.has_ended(*row)).collect();
        let records = going_on
            .iter()
            .map(|row| self.book.started(&self.plan, self.engine.snapshot, *row, "made", now))
            .collect::<Vec<_>>();
        if !records.is_empty() {
            self.save(records);
        }
    }

    /// Whether an account that was to be made, or invited again, may have this id.
    fn may_be(&mut self, account: AccountIndex, user: UserId) -> bool {
        match self.plan.account(account).id {
            Some(known) => known == user,
            None => {
                let known = self.engine.snapshot.user(&UserRef::Id(user));
                matches!(known, Found::None { .. }) && self.made_ids.insert(user)
            }
        }
    }

    pub(super) fn refused(&mut self, waiting: Waiting, error: &CallError) {
        let Waiting { call, sibling } = waiting;
        let family = call.kind.family();
        let sibling = sibling.map(Waiting::from);
        if self.is_about_rows(family, error) {
            self.busy.prove(family);
        }
        if error.perhaps_done && family == Family::Delete {
            self.perhaps_deleted.extend(&call.steps);
        }
        let hopeless = self.alike.failed(error);
        match judge::next(error, family) {
            Next::Split => self.split_or_blame(call, sibling, error),
            Next::Shrink if call.steps.len() > 1 => {
                self.sizes.shrink(family, call.steps.len() / 2);
                // Until a size passes, the others of the kind would only be refused as well.
                self.busy.queue_up(family, Alone::Measuring);
                // Sending it again cuts it to the new size.
                self.queue
                    .put_back(std::iter::once(Waiting::from(call)).chain(sibling).collect());
            }
            Next::Shrink => {
                self.blame(&call, error);
                self.queue.put_back(sibling.into_iter().collect());
            }
            Next::ReadBack => {
                let lost = Fault::new(Status::InDoubt, &error.code, error.message.clone());
                self.read_back(call, lost);
                self.queue.put_back(sibling.into_iter().collect());
            }
            Next::Fail => {
                self.fail_or_ask(&call.steps, &Fault::of(error), Some(error));
                self.queue.put_back(sibling.into_iter().collect());
            }
            Next::Stop => self.stop(Stopped::SignIn(error.message.clone()), &error.message),
            Next::Leave => {}
        }
        self.stop_where(hopeless, error);
    }

    /// Whether a failed call shows that calls of its kind work here, so that others may be sent beside it. Until it is
    /// known whether rows are refused for what is theirs, they are tried one by one.
    fn is_about_rows(&self, family: Family, error: &CallError) -> bool {
        let is_open = || self.engine.max_failures.is_none() && !self.alike.differ(family);
        match error.failure {
            _ if error.status == Some(403) || error.is_page() => false,
            Failure::Refused => !is_open(),
            _ => true,
        }
    }

    /// Stops the run where everything would fail the same way. A user who said how many failures are too many has the
    /// last word on rows that fail; but a page is no answer about any row.
    fn stop_where(&mut self, hopeless: Option<Hopeless>, error: &CallError) {
        let Some(hopeless) = hopeless else { return };
        let message = &error.message;
        let why = match hopeless {
            Hopeless::Pages => Stopped::SignIn(message.clone()),
            _ if self.engine.max_failures.is_some() || self.has_nothing_left() => return,
            Hopeless::Lost(calls) => Stopped::Hopeless(format!(
                "{calls} calls in a row were given up, the last because {message}; run the same command again once the organization can be reached"
            )),
            Hopeless::Refused(rows) => Stopped::Hopeless(format!(
                "{rows} rows were refused for the same reason and none of their kind passed: {message}; mend what they have in common and run the same command again, or try every row with `--max-failures 100%`"
            )),
        };
        let words = why.to_string();
        self.stop(why, &words);
    }

    /// Whether every row has come to its end, so that there is nothing to be stopped.
    fn has_nothing_left(&self) -> bool {
        (0..self.plan.rows.len()).all(|row| self.book.has_ended(row))
    }

    /// The steps fail; but whether licences were taken over is asked first, if that is not known.
    fn fail_or_ask(&mut self, steps: &[StepIndex], fault: &Fault, error: Option<&CallError>) {
        let (unknown, failed): (Vec<StepIndex>, Vec<StepIndex>) = steps
            .iter()
            .partition(|step| fault.is_unclear && self.takes_over(**step));
        for step in failed {
            self.fail_step(step, fault, error);
        }
        if !unknown.is_empty() {
            self.ask_after_take_over(unknown, fault.clone());
        }
    }

    /// Whether the step takes licences over that another account has given up for it. Ordinary grants may wait for the
    /// same stage, to fill its calls.
    fn takes_over(&self, step: StepIndex) -> bool {
        let is_hand_over = |other: &StepIndex| self.plan.step(*other).stage == Stage::HandOver;
        let step = self.plan.step(step);
        step.stage == Stage::TakeOver
            && (step.rows.iter()).any(|row| self.plan.rows[*row].steps.iter().any(is_hand_over))
    }

    fn split_or_blame(&mut self, call: Call, sibling: Option<Waiting>, error: &CallError) {
        let family = call.kind.family();
        if family == Family::Allocate && error.status == Some(409) {
            self.busy.queue_up(family, Alone::LastSeats);
        }
        let call = self.fail_unowned(call, error);
        let is_suspect = self.alike.suspects(family) && !self.busy.keeps_order(family);
        let is_sampled = error.status == Some(403) || is_suspect;
        let parts = if is_sampled {
            self.permissions.split(call)
        } else {
            queue::split(call).map(|halves| vec![halves])
        };
        match parts {
            // The order of the parts is the order in which they tell most.
            Ok(parts) if is_sampled => self
                .queue
                .push_first(parts.into_iter().chain(sibling).collect::<Vec<_>>()),
            Ok(parts) => self.queue.put_back(parts.into_iter().chain(sibling).collect()),
            Err(single) => {
                self.queue.put_back(sibling.into_iter().collect());
                self.blame(&single, error);
            }
        }
    }

    /// A single step was refused: it is the guilty one.
    fn blame(&mut self, call: &Call, error: &CallError) {
        let Some(step) = call.steps.first().copied() else {
            return;
        };
        let family = call.kind.family();
        if judge::already_gone(error, family) {
            self.gone_already(step);
            return;
        }
        if self.unmerge(step) {
            return;
        }
        self.fail_step(step, &Fault::of(error), Some(error));
        if error.status == Some(403) && self.permissions.forbidden(family) {
            let words = format!("{}; {}", error.message, missing_permission(family));
            self.stop(Stopped::SignIn(words.clone()), &words);
        }
        // That seats run out is nobody's fault, and their order is the sheet's.
        if (family, error.status) != (Family::Allocate, Some(409)) {
            let hopeless = self.alike.refused(family, error);
            self.stop_where(hopeless, error);
            if self.alike.suspects(family) && !self.busy.keeps_order(family) {
                self.queue.sample(family, self.alike.count(family));
            }
        }
        let is_wanted = !self.seats.reading && !self.seats.unreadable;
        if family == Family::Allocate && error.status == Some(409) && is_wanted {
            self.seats.reading = true;
            let client = self.engine.read_back.client.clone();
            self.jobs.push(Box::pin(async move {
                Message::SeatsRead(client.seats().await.map(|answer| answer.value))
            }));
        }
    }

    fn gone_already(&mut self, step: StepIndex) {
        if self.perhaps_deleted.contains(&step) {
            for row in self.plan.step(step).rows.clone() {
                let remark = "the answer was lost, and the account was gone when the deletion was tried again";
                self.book.remark(row, remark);
            }
            self.end_step(step, StepState::Done);
            return;
        }
        for row in self.plan.step(step).rows.clone() {
            let planned = &mut self.plan.rows[row];
            if planned.steps.len() == 1 {
                let message = "the account was gone already".to_owned();
                planned.verdict = Some(Box::new(Verdict {
                    status: Status::Unchanged,
                    code: "already_gone",
                    message,
                }));
            }
        }
        self.end_step(step, StepState::Dropped);
    }
}

fn missing_permission(family: Family) -> &'static str {
    match family {
        Family::Invite | Family::Create | Family::Update | Family::Delete => {
            "the application needs the application scope `PM.User`, and for group changes the role Organization Administrator"
        }
        Family::Members => "the application needs the application scope `PM.Group`",
        Family::Allocate | Family::Release | Family::GroupRule => {
            "the application needs the application scope `PM.License`"
        }
    }
}
