//! Reading back: accounts whose making had no clear answer, and successors before their predecessors go.

use std::collections::HashMap;

use super::dispatch::{Dispatcher, Message};
use super::queue::Waiting;
use super::read_back::{Lack, Successor};
use super::rows::{Fault, StepState};
use crate::api::{Failure, User, UserUpdate};
use crate::directory::ReadError;
use crate::model::Status;
use crate::plan::{Call, Few, Stage, Step, StepIndex, Work};
use crate::text::{fold, joined};

/// How often an invitation is sent at most: again only after reading back showed that it did nothing.
const MOST_SENDINGS: u32 = 3;

impl Dispatcher<'_> {
    /// Looks for the accounts of a call whose answer was lost. Of an account that was there before,
    /// because its invitation was to be sent again, looking tells nothing.
    pub(super) fn read_back(&mut self, mut call: Call, lost: Fault) {
        let is_there = |step: &StepIndex| {
            let account = self.plan.step(*step).account;
            account.is_some_and(|account| self.plan.account(account).id.is_some())
        };
        let (there, made): (Vec<StepIndex>, Vec<StepIndex>) = call.steps.iter().partition(|step| is_there(step));
        for step in there {
            let words = format!("{}; whether the invitation was mailed again is not known", lost.message);
            self.fail_step(step, &Fault::new(Status::InDoubt, &lost.code, words), None);
        }
        if made.is_empty() {
            return;
        }
        call.steps = made;
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
            Work::Create(creation) => Some(creation.user.user_name.clone()),
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
            Work::Create(creation) => creation.groups.clone(),
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
                work: Work::Update(Box::new(Few::one((*row, part)))),
            });
        }
        self.made(step, user.id);
    }

    /// Reads successors back.
    pub(super) fn verify(&mut self, steps: &[StepIndex]) {
        let (steps, successors): (Vec<StepIndex>, Vec<Successor>) = steps
            .iter()
            .filter_map(|index| {
                let step = self.plan.step(*index);
                let Work::Verify(expected) = &step.work else {
                    return None;
                };
                let successor = Successor {
                    user: self.plan.account(step.account?).id?,
                    address: expected.address.clone(),
                    groups: expected.groups.clone(),
                    licenses: expected.licenses.clone(),
                };
                Some((*index, successor))
            })
            .unzip();
        if steps.is_empty() {
            return;
        }
        let read_back = self.engine.read_back.clone();
        self.jobs.push(Box::pin(async move {
            let lacks = read_back.verify(&successors).await;
            Message::Verified { steps, lacks }
        }));
    }

    pub(super) fn verified(&mut self, steps: &[StepIndex], lacks: Result<Vec<Lack>, ReadError>) {
        match lacks {
            Err(error) => {
                let status = match error.call().map(|call| call.failure) {
                    Some(Failure::Stopped) => Status::NotRun,
                    _ => Status::Failed,
                };
                let fault = Fault::new(
                    status,
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
