//! What reading back shows: accounts whose creation had no clear answer, and successors before their predecessors are
//! deleted.

use crate::plan::RowReason;
use std::collections::HashMap;

use super::protocol::{Effect, TaskId};
use super::rows::StepFailure;
use super::schedule::Waiting;
use super::state::{Machine, Task};
use super::steps::StepState;
use crate::api::{Failure, User, UserUpdate};
use crate::directory::ReadError;
use crate::engine::read_back::{Lack, Successor};
use crate::model::Status;
use crate::plan::{Call, OneOrMany, Stage, Step, StepIndex, StepSource, Work};
use crate::text::{fold, joined};

/// How often an invitation is sent at most: again only after reading back showed that it did nothing.
const MOST_SENDINGS: u32 = 3;

impl Machine<'_> {
    /// Looks for the accounts of a call whose answer was lost. For an account that existed before (its invitation was
    /// being sent again), looking shows nothing.
    pub(super) fn look_for_made(&mut self, mut call: Call, lost: &StepFailure) {
        let was_there = |step: &StepIndex| self.steps.user_of(*step).is_some();
        let (there, made): (Vec<StepIndex>, Vec<StepIndex>) = call.steps.iter().partition(|step| was_there(step));
        for step in there {
            let words = format!(
                "{}; whether the invitation was mailed again is not known",
                lost.message()
            );
            self.fail_step(step, &lost.saying(words), None);
        }
        if made.is_empty() {
            return;
        }
        call.steps = made;
        let addresses = call.steps.iter().filter_map(|step| self.address(*step)).collect();
        let task = self.ask(Task::LookForMade {
            call,
            lost: lost.clone(),
        });
        self.effects.push_back(Effect::FindAccounts { task, addresses });
    }

    pub(super) fn address(&self, step: StepIndex) -> Option<String> {
        match &self.steps.step(step).work {
            Work::Invite(invitation) => Some(invitation.email.clone()),
            Work::Create(creation) => Some(creation.user.user_name.clone()),
            _ => None,
        }
    }

    pub(super) fn accounts_found(&mut self, task: TaskId, found: Result<HashMap<String, User>, ReadError>) {
        let Some(Task::LookForMade { call, lost }) = self.tasks.remove(&task) else {
            return;
        };
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                let words = format!("{}; reading back failed too: failed to {error}", lost.message());
                let failure = lost.saying(words);
                for step in &call.steps {
                    self.fail_step(*step, &failure, error.call());
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
                None if !self.is_stopping() && sendings < MOST_SENDINGS => again.push(step),
                None => {
                    let words = format!("{}; the account was not there when it was looked for", lost.message());
                    self.fail_step(step, &lost.saying(words), None);
                }
            }
        }
        if !again.is_empty() {
            let call = Call {
                kind: call.kind,
                steps: again,
            };
            self.schedule.put_first([Waiting::from(call)]);
        }
    }

    /// The answer was lost, but the account is there; groups that it lacks are added one stage later.
    fn found(&mut self, step: StepIndex, user: &User) {
        self.go_on_with(
            step,
            user,
            "the answer was lost, and reading back showed that it was done",
        );
    }

    /// The address has an account already, made by somebody else since the state was read: the row goes on with it.
    pub(super) fn account_was_there(&mut self, step: StepIndex, user: &User) {
        self.go_on_with(
            step,
            user,
            "somebody else made the account meanwhile, so nothing was mailed",
        );
    }

    fn go_on_with(&mut self, step: StepIndex, user: &User, remark: &str) {
        let wanted = match &self.steps.step(step).work {
            Work::Invite(invitation) => invitation.groups.clone(),
            Work::Create(creation) => creation.groups.clone(),
            _ => Vec::new(),
        };
        let rows = self.steps.rows_of(step);
        for row in &rows {
            self.rows.remark(*row, remark);
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
            self.add_step(Step {
                stage: Stage::Change,
                account: self.steps.step(step).account,
                rows: rows.clone(),
                work: Work::Update(Box::new(OneOrMany::one((*row, part)))),
            });
        }
        self.made(step, user.id);
    }

    /// Reads successors back.
    pub(super) fn verify(&mut self, steps: &[StepIndex]) {
        let successor = |index: &StepIndex| {
            let Work::Verify(expected) = &self.steps.step(*index).work else {
                return None;
            };
            let successor = Successor {
                user: self.steps.user_of(*index)?,
                address: expected.address.clone(),
                groups: expected.groups.clone(),
                licenses: expected.licenses.clone(),
            };
            Some((*index, successor))
        };
        let (steps, successors): (Vec<StepIndex>, Vec<Successor>) = steps.iter().filter_map(successor).unzip();
        if !steps.is_empty() {
            let task = self.ask(Task::Verify { steps });
            self.effects.push_back(Effect::ReadSuccessors(task, successors));
        }
    }

    pub(super) fn successors_read(&mut self, task: TaskId, lacks: Result<Vec<Lack>, ReadError>) {
        let Some(Task::Verify { steps }) = self.tasks.remove(&task) else {
            return;
        };
        match lacks {
            Err(error) => {
                let status = match error.call().map(|call| call.failure) {
                    Some(Failure::Stopped) => Status::NotRun,
                    _ => Status::Failed,
                };
                let words = format!("the old account was kept: failed to {error}");
                let failure = StepFailure::new(status, RowReason::NotVerified, words);
                for step in steps {
                    self.fail_step(step, &failure, error.call());
                }
            }
            Ok(lacks) => {
                for (step, lack) in steps.into_iter().zip(lacks) {
                    match self.lacking(&lack) {
                        None => self.end_step(step, StepState::Done),
                        Some(words) => {
                            let words = format!("the old account was kept, because the new one {words}");
                            let failure = StepFailure::new(Status::Conflict, RowReason::NotVerified, words);
                            self.fail_step(step, &failure, None);
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
        let groups = &self.steps.plan().groups;
        let name = |id| match groups.get(id) {
            Some(group) => format!("group `{}`", group.name),
            None => id.to_string(),
        };
        let mut parts: Vec<String> = lack.groups.iter().map(name).collect();
        parts.extend(lack.licenses.iter().map(|code| format!("licence {code}")));
        (!parts.is_empty()).then(|| format!("lacks {}", joined(&parts, 10)))
    }
}
