//! What the dispatcher does with answers: steps end, refused calls are split, lost ones are settled.

use std::collections::HashMap;

use jiff::Timestamp;

use super::dispatch::{Dispatcher, Message};
use super::judge::{self, Next};
use super::perform::Reply;
use super::queue::{self, Alone, Waiting};
use super::read_back::Lack;
use super::rows::{Fault, StepState};
use super::run::Stopped;
use crate::api::{Allocation, CallError, InviteReply, Receipt, User, UserUpdate};
use crate::directory::ReadError;
use crate::model::{BundleSet, Status, UserId};
use crate::plan::{Call, CallKind, Family, RowIndex, Stage, Step, StepIndex, Verdict, Work};
use crate::text::{fold, joined};

/// How often an invitation is sent at most: again only after reading back showed that it did nothing.
const MOST_SENDINGS: u32 = 3;

impl Dispatcher<'_> {
    pub(super) fn succeeded(&mut self, waiting: Waiting, reply: Reply, receipt: &Receipt) {
        let Waiting { call, sibling } = waiting;
        let family = call.kind.family();
        self.permissions.allowed(family);
        self.busy.one_at_a_time.remove(&(family, Alone::Measuring));
        for step in &call.steps {
            for row in self.plan.step(*step).rows.clone() {
                self.book.answered(row, receipt);
            }
        }
        match reply {
            Reply::Whole => {
                for step in &call.steps {
                    self.end_step(*step, StepState::Done);
                }
            }
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
            self.queue.push_first([queue::after(true, sibling)]);
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
        for step in &call.steps {
            let user = self
                .plan
                .step(*step)
                .account
                .and_then(|account| self.plan.account(account).id);
            match user.and_then(|user| held.get(&user)) {
                Some(held) if *held == bundles => self.end_step(*step, StepState::Done),
                other => {
                    let words = match other {
                        Some(held) => format!("the server answered that the account holds {held} instead of {bundles}"),
                        None => "the server's answer does not name this account".to_owned(),
                    };
                    self.fail_step(*step, &Fault::new(Status::Conflict, "not_confirmed", words), None);
                }
            }
        }
    }

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
    /// makes it again.
    fn made(&mut self, step: StepIndex, user: UserId) {
        if let Some(account) = self.plan.step(step).account {
            self.plan.accounts[account.0].id = Some(user);
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

    pub(super) fn refused(&mut self, waiting: Waiting, error: &CallError) {
        let Waiting { call, sibling } = waiting;
        let family = call.kind.family();
        let sibling = sibling.map(Waiting::from);
        match judge::next(error, family) {
            Next::Split => self.split_or_blame(call, sibling, error),
            Next::Shrink if call.steps.len() > 1 => {
                self.sizes.shrink(family, call.steps.len() / 2);
                // Until a size passes, the others of the kind would only be refused as well.
                self.busy.one_at_a_time.insert((family, Alone::Measuring));
                // Sending it again cuts it to the new size.
                self.queue
                    .push_first(std::iter::once(Waiting::from(call)).chain(sibling).collect::<Vec<_>>());
            }
            Next::Shrink => {
                self.blame(&call, error);
                self.queue.push_first(sibling);
            }
            Next::ReadBack => {
                let lost = Fault::new(Status::InDoubt, &error.code, error.message.clone());
                self.read_back(call, lost);
                self.queue.push_first(sibling);
            }
            Next::Fail => {
                for step in &call.steps {
                    self.fail_step(*step, &Fault::of(error), Some(error));
                }
                self.queue.push_first(sibling);
            }
            Next::Stop => self.stop(Stopped::SignIn(error.message.clone()), &error.message),
            Next::Leave => {}
        }
    }

    fn split_or_blame(&mut self, call: Call, sibling: Option<Waiting>, error: &CallError) {
        let family = call.kind.family();
        if family == Family::Allocate && error.status == Some(409) {
            self.busy.one_at_a_time.insert((family, Alone::LastSeats));
        }
        let halves = if error.status == Some(403) {
            self.permissions.split(call)
        } else {
            queue::split(call).map(|halves| vec![halves])
        };
        match halves {
            Ok(halves) => self
                .queue
                .push_first(halves.into_iter().chain(sibling).collect::<Vec<_>>()),
            Err(single) => {
                self.queue.push_first(sibling);
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
        if self.unmerge(step, call) {
            return;
        }
        self.fail_step(step, &Fault::of(error), Some(error));
        if error.status == Some(403) && self.permissions.forbidden(family) {
            let words = format!("{}; {}", error.message, missing_permission(family));
            self.stop(Stopped::SignIn(words.clone()), &words);
        }
        if family == Family::Allocate && error.status == Some(409) && !self.reading_seats {
            self.reading_seats = true;
            let client = self.engine.read_back.client.clone();
            self.jobs.push(Box::pin(async move {
                Message::SeatsRead(client.seats().await.map(|answer| answer.value))
            }));
        }
    }

    fn gone_already(&mut self, step: StepIndex) {
        for row in self.plan.step(step).rows.clone() {
            let planned = &mut self.plan.rows[row];
            if planned.steps.len() == 1 {
                let message = "the account was gone already".to_owned();
                planned.verdict = Some(Verdict {
                    status: Status::Unchanged,
                    code: "already_gone",
                    message,
                });
            }
        }
        self.end_step(step, StepState::Dropped);
    }

    /// Parts a step that several rows were merged into: the first row's part is tried alone, the others
    /// follow. Says whether there was something to part.
    fn unmerge(&mut self, index: StepIndex, call: &Call) -> bool {
        let step = &mut self.plan.steps[index.0];
        let rest = match &mut step.work {
            Work::License(change) if change.edits.len() > 1 => {
                let rest = change.edits.split_off(1);
                let follower = crate::plan::LicenseChange::new(change.base.clone(), change.external_license, rest);
                **change = crate::plan::LicenseChange::new(
                    change.base.clone(),
                    change.external_license,
                    std::mem::take(&mut change.edits),
                );
                Work::License(Box::new(follower))
            }
            Work::Update(parts) if parts.len() > 1 => Work::Update(parts.split_off(1)),
            _ => return false,
        };
        let rows_of = |work: &Work| -> Vec<RowIndex> {
            match work {
                Work::License(change) => change.edits.iter().map(|(row, _)| *row).collect(),
                Work::Update(parts) => parts.iter().map(|(row, _)| *row).collect(),
                _ => Vec::new(),
            }
        };
        let follower_rows = rows_of(&rest);
        step.rows = rows_of(&step.work);
        let follower = Step {
            rows: follower_rows.clone(),
            work: rest,
            ..step.clone()
        };
        let place = StepIndex(self.plan.steps.len());
        for row in follower_rows {
            for planned in &mut self.plan.rows[row].steps {
                if *planned == index {
                    *planned = place;
                }
            }
        }
        self.book.add_step(&[]);
        self.plan.steps.push(follower);
        self.followers.insert(index, place);
        let kind = CallKind::of(index, self.plan.step(index)).unwrap_or_else(|| call.kind.clone());
        self.queue.push_first([Waiting::from(Call {
            kind,
            steps: vec![index],
        })]);
        true
    }

    /// Looks for the accounts of a call whose answer was lost.
    fn read_back(&mut self, call: Call, lost: Fault) {
        let addresses: Vec<String> = call.steps.iter().filter_map(|step| self.address(*step)).collect();
        let read_back = self.engine.read_back.clone();
        self.jobs.push(Box::pin(async move {
            let found = read_back.settle(&addresses).await;
            Message::Settled { call, found, lost }
        }));
    }

    fn address(&self, step: StepIndex) -> Option<String> {
        match &self.plan.step(step).work {
            Work::Invite(invitation) => Some(invitation.email.clone()),
            Work::Create(user, _) => Some(user.user_name.clone()),
            _ => None,
        }
    }

    pub(super) fn settled(&mut self, call: Call, found: Result<HashMap<String, User>, ReadError>, lost: &Fault) {
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                for step in &call.steps {
                    let words = format!("{}; reading back failed too: failed to {error}", lost.message);
                    self.fail_step(*step, &Fault::new(Status::InDoubt, &lost.code, words), error.call());
                }
                return;
            }
        };
        let mut again = Vec::new();
        for step in call.steps {
            let user = self.address(step).and_then(|address| found.get(&fold(&address)));
            let sendings = self.sendings.get(&step).copied().unwrap_or_default();
            match user {
                Some(user) => self.found(step, user),
                None if self.stopped.is_none()
                    && !self.engine.read_back.stop.is_cancelled()
                    && sendings < MOST_SENDINGS =>
                {
                    again.push(step);
                }
                None => {
                    let words = format!("{}; the account was not there when it was looked for", lost.message);
                    self.fail_step(step, &Fault::new(Status::InDoubt, &lost.code, words), None);
                }
            }
        }
        if !again.is_empty() {
            self.queue.push_first([Waiting::from(Call {
                kind: call.kind,
                steps: again,
            })]);
        }
    }

    /// The answer was lost, but the account is there; groups that it lacks are added one stage later.
    fn found(&mut self, step: StepIndex, user: &User) {
        let wanted = match &self.plan.step(step).work {
            Work::Invite(invitation) => invitation.groups.clone(),
            Work::Create(_, groups) => groups.clone(),
            _ => Vec::new(),
        };
        let rows = self.plan.step(step).rows.clone();
        for row in &rows {
            self.book
                .remark(*row, "the answer was lost, and reading back showed that it was done");
        }
        let missing: Vec<_> = wanted
            .into_iter()
            .filter(|group| !user.groups.contains(group))
            .collect();
        if let (false, Some(row)) = (missing.is_empty(), rows.first()) {
            let part = UserUpdate {
                add_groups: missing,
                ..UserUpdate::default()
            };
            let account = self.plan.step(step).account;
            self.add_step(Step {
                stage: Stage::Change,
                account,
                rows: rows.clone(),
                work: Work::Update(vec![(*row, part)]),
            });
        }
        self.made(step, user.id);
    }

    pub(super) fn verified(&mut self, steps: &[StepIndex], lacks: Result<Vec<Lack>, ReadError>) {
        match lacks {
            Err(error) => {
                let fault = Fault::new(
                    Status::Failed,
                    "not_verified",
                    format!("the old account was kept: failed to {error}"),
                );
                for step in steps {
                    self.fail_step(*step, &fault, error.call());
                }
            }
            Ok(lacks) => {
                for (step, lack) in steps.iter().zip(lacks) {
                    match self.lacking(&lack) {
                        None => self.end_step(*step, StepState::Done),
                        Some(words) => {
                            let words = format!("the old account was kept, because the new one {words}");
                            self.fail_step(*step, &Fault::new(Status::Conflict, "not_verified", words), None);
                        }
                    }
                }
            }
        }
    }

    fn lacking(&self, lack: &Lack) -> Option<String> {
        if lack.account {
            return Some("could not be read back".to_owned());
        }
        let mut parts: Vec<String> = lack
            .groups
            .iter()
            .map(|id| {
                self.plan
                    .groups
                    .get(id)
                    .map_or_else(|| id.to_string(), |group| format!("group `{}`", group.name))
            })
            .collect();
        parts.extend(lack.licenses.iter().map(|code| format!("licence {code}")));
        (!parts.is_empty()).then(|| format!("lacks {}", joined(&parts, 10)))
    }
}

fn missing_permission(family: Family) -> &'static str {
    match family {
        Family::Invite | Family::Create | Family::Single | Family::Delete => {
            "the application needs the application scope `PM.User`, and for group changes the role Organization Administrator"
        }
        Family::Members => "the application needs the application scope `PM.Group`",
        Family::Allocate | Family::Release => "the application needs the application scope `PM.License`",
    }
}
