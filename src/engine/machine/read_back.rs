//! What reading back shows: accounts whose creation had no clear answer, and successors before their predecessors are
//! deleted.

use std::collections::HashMap;

use super::failed_call::Sendings;
use super::protocol::{Effect, Looks, TaskId};
use super::rows::StepFailure;
use super::schedule::{Tries, Waiting};
use super::state::{Machine, Task};
use super::steps::StepState;
use crate::api::User;
use crate::directory::ReadError;
use crate::engine::read_back::{Lack, Successor};
use crate::model::{GroupId, RowSelection, Status};
use crate::plan::{Call, RowIndex, RowReason, StepIndex, StepSource, Work, goes_by_another_name};
use crate::text::{fold, joined};

/// What is said of an account that was made by a call whose answer was lost.
pub(super) const DONE_WITHOUT_AN_ANSWER: &str = "the answer was lost, and reading back showed that it was done";

/// What is said of an invitation that was being sent again for an account that was there: looking shows nothing of it.
pub(super) fn mailed_again(why: &str) -> String {
    format!(
        "{why}; whether the invitation was mailed again is not known, and nothing tells: `--resend` mails it once more when \
         the time of `--resend-after` has passed"
    )
}

/// How large the parts of a call are: about as many entries as there are parts, and always fewer than the call has.
fn part_size(entries: usize) -> usize {
    let root = entries.isqrt();
    let root = root + usize::from(root * root < entries);
    root.min(entries / 2).max(1)
}

impl Machine<'_> {
    /// Looks for the accounts of a call whose answer was lost. For an account that existed before (its invitation was
    /// being sent again), looking shows nothing. Entries without an account are sent again, so often at `most`, or not.
    pub(super) fn look_for_made(&mut self, mut call: Call, lost: &StepFailure, tries: Tries, most: Option<Sendings>) {
        let was_there = |step: &StepIndex| self.steps.user_of(*step).is_some();
        let (there, made): (Vec<StepIndex>, Vec<StepIndex>) = call.steps.iter().partition(|step| was_there(step));
        for step in there {
            self.fail_step(step, &lost.saying(mailed_again(lost.message())), None);
        }
        if made.is_empty() {
            return;
        }
        call.steps = made;
        self.steps.leave_open_whether_done(&call.steps);
        self.schedule.sizes.is_uncertain(&call.kind, call.steps.len());
        let addresses = call.steps.iter().filter_map(|step| self.address(*step)).collect();
        let task = self.ask(Task::LookForMade {
            call,
            lost: lost.clone(),
            tries,
            most,
        });
        self.effects.push_back(Effect::FindAccounts {
            task,
            addresses,
            looks: Looks::Patiently,
        });
    }

    pub(super) fn address(&self, step: StepIndex) -> Option<String> {
        match &self.steps.step(step).work {
            Work::Invite(invitation) => Some(invitation.email.clone()),
            Work::Create(creation) => Some(creation.user.user_name.clone()),
            _ => None,
        }
    }

    pub(super) fn accounts_found(&mut self, task: TaskId, found: Result<HashMap<String, User>, ReadError>) {
        let (call, lost, tries, most) = match self.tasks.remove(&task) {
            Some(Task::LookForMade {
                call,
                lost,
                tries,
                most,
            }) => (call, lost, tries, most),
            Some(Task::LookForTaken { refused }) => return self.taken_found(refused, found),
            Some(Task::LookForDoneInPart { call, tries, error }) => {
                return self.done_in_part((call, tries), &error, found);
            }
            _ => return,
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
        let Call { kind, steps } = call;
        let sent = steps.len();
        let mut missing = Vec::new();
        for step in steps {
            let user = self.address(step).and_then(|address| found.get(&fold(&address)));
            match user {
                Some(user) => self.found(step, user, DONE_WITHOUT_AN_ANSWER),
                None => missing.push(step),
            }
        }
        if !missing.is_empty() {
            let call = Call { kind, steps: missing };
            self.send_again(call, sent, &lost, (tries, most));
        }
    }

    /// Reading back showed that nothing was done for these entries of a call that had `sent` entries. They are sent again
    /// together, then in parts, then each alone, so that one of them does not keep the others from being made.
    ///
    /// The parts are so many that only one sending lies between those together and the entry alone: each sending costs a
    /// wait until it is certain that it did nothing.
    fn send_again(&mut self, call: Call, sent: usize, lost: &StepFailure, (tries, most): (Tries, Option<Sendings>)) {
        let sendings = |step: &StepIndex| self.sendings.get(step).copied().unwrap_or_default();
        let so_often = call.steps.iter().map(sendings).max().unwrap_or_default();
        let entries = call.steps.len();
        let is_alone = sent == 1;
        let most = most.filter(|most| !self.is_stopping() && (!is_alone || so_often < most.in_all));
        let Some(most) = most else {
            let words = format!("{}; the account was not there when it was looked for", lost.message());
            let failure = if self.is_stopping() && self.has_grace {
                // Looking has not been cut short, so that it shows as much as in a run that goes on.
                lost.saying(format!("{words}, and the run stopped before it was sent again"))
                    .ending(Status::NotRun)
            } else {
                lost.saying(words)
            };
            for step in &call.steps {
                self.fail_step(*step, &failure, None);
            }
            if is_alone {
                self.schedule.sizes.is_not_the_size(call.kind.family());
            }
            return;
        };
        if is_alone || so_often < most.together {
            self.schedule.put_first([Waiting {
                tries,
                put_off: so_often as usize,
                ..Waiting::from(call)
            }]);
        } else {
            let part = part_size(entries);
            // A server that turns everybody away for a while says nothing of sizes.
            if entries > 1 && most == Sendings::OF_LOST {
                self.schedule.sizes.gave_up(&call.kind, sent, part);
            }
            self.schedule
                .put_first(call.chunks(part).into_iter().map(Waiting::part));
        }
    }

    /// No answer says so, but the account is there, as the `remark` on its rows says; groups that it lacks are added one stage
    /// later.
    pub(super) fn found(&mut self, step: StepIndex, user: &User, remark: &str) {
        if goes_by_another_name(&self.steps.step(step).work, user) {
            return self.account_was_there(step, user);
        }
        let rows = self.steps.rows_of(step);
        for row in &rows {
            self.rows.remark(*row, remark);
        }
        self.join_what_is_missing(step, user);
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
                groups: self.carried_over(*index, &expected.groups),
                licenses: expected.licenses.clone(),
                predecessor: expected.predecessor.clone(),
            };
            Some((*index, successor))
        };
        let (steps, successors): (Vec<StepIndex>, Vec<Successor>) = steps.iter().filter_map(successor).unzip();
        if !steps.is_empty() {
            let task = self.ask(Task::Verify { steps });
            self.effects.push_back(Effect::ReadSuccessors(task, successors));
        }
    }

    /// The groups that are worth looking for: a row of `--without-carry-over` waits for none that the service has refused it.
    fn carried_over(&self, step: StepIndex, groups: &[GroupId]) -> Vec<GroupId> {
        let rows = self.steps.rows_of(step);
        let is_left_behind = |group: &GroupId| {
            let name = self.group_in_words(*group);
            rows.iter()
                .all(|row| self.does_without(*row) && self.rows.has_said(*row, &name))
        };
        groups.iter().filter(|group| !is_left_behind(group)).copied().collect()
    }

    fn does_without(&self, row: RowIndex) -> bool {
        self.rules.leaves_behind(&self.rows.sheet().rows[row].place)
    }

    pub(super) fn successors_read(&mut self, task: TaskId, lacks: Result<Vec<Lack>, ReadError>) {
        let Some(Task::Verify { steps }) = self.tasks.remove(&task) else {
            return;
        };
        match lacks {
            Err(error) => {
                let words = format!("the old account was kept: failed to {error}");
                let failure = StepFailure::unread(&error, RowReason::NotVerified, words);
                for step in steps {
                    self.fail_step(step, &failure, error.call());
                }
            }
            Ok(lacks) => {
                for (step, lack) in steps.into_iter().zip(lacks) {
                    match self.lacking(step, lack) {
                        None => self.end_step(step, StepState::Done),
                        Some(failure) => self.fail_step(step, &failure, None),
                    }
                }
            }
        }
    }

    /// Why the old account must be kept, if it must. Groups that a row of `--without-carry-over` does without are
    /// remarked.
    fn lacking(&mut self, step: StepIndex, mut lack: Lack) -> Option<StepFailure> {
        let kept = |reason, words: &str| {
            let words = format!("the old account was kept, because the new one {words}");
            Some(StepFailure::new(Status::Conflict, reason, words))
        };
        if lack.account {
            return kept(RowReason::NotVerified, "could not be read back");
        }
        if lack.is_deactivated {
            return kept(RowReason::Inactive, "is deactivated");
        }
        let rows = self.steps.rows_of(step);
        if !lack.groups.is_empty() && rows.iter().all(|row| self.does_without(*row)) {
            let names: Vec<String> = lack.groups.iter().map(|id| self.group_in_words(*id)).collect();
            lack.groups.clear();
            for row in &rows {
                let unsaid: Vec<&String> = names.iter().filter(|name| !self.rows.has_said(*row, name)).collect();
                if !unsaid.is_empty() {
                    self.rows.remark(*row, format!("left behind: {}", joined(&unsaid, 10)));
                }
            }
        }
        let mut parts: Vec<String> = lack.groups.iter().map(|id| self.group_in_words(*id)).collect();
        parts.extend(lack.licenses.iter().map(|code| format!("licence {code}")));
        if parts.is_empty() {
            return None;
        }
        let since = if lack.is_since_planned {
            ", which the old one has been given since; run the same command again".to_owned()
        } else if lack.groups.is_empty() {
            String::new()
        } else {
            let places = rows.iter().map(|row| &self.rows.sheet().rows[*row].place);
            let only: Vec<String> = places.map(|place| RowSelection::of(place).to_string()).collect();
            format!(
                "; run the same command again, and if nothing puts it there, `--without-carry-over {}` goes on without it",
                only.join(",")
            )
        };
        kept(RowReason::NotVerified, &format!("lacks {}{since}", joined(&parts, 10)))
    }
}
