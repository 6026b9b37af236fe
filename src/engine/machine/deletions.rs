//! Which accounts are gone: after a lost answer to a bulk deletion, and, once in a run, whether as many are gone as were
//! to be deleted.
//!
//! A bulk deletion names its accounts in the body of a DELETE, which something in between may drop; without a body the
//! route is documented to delete everybody (`uipath-api`, 4.7). After the first one the organization's accounts are
//! therefore counted. Its answer names nobody, so where too many are left, whoever was to go is looked for.

use std::collections::HashSet;

use super::deletion_count::Check;
use super::protocol::{Effect, TaskId};
use super::rows::StepFailure;
use super::schedule::{OneAtATime, Tries, Waiting};
use super::state::{Machine, Task};
use super::steps::StepState;
use crate::api::{CallError, Failure};
use crate::directory::ReadError;
use crate::engine::outcome::Stopped;
use crate::event::Event;
use crate::model::{Status, UserId};
use crate::plan::{Call, Family, RowReason, StepIndex, StepSource, Verdict};
use crate::text::{number, plural};

impl Machine<'_> {
    /// A call is about to be sent: whether the accounts have to be counted first.
    pub(super) fn counts_first(&mut self, call: &Call) -> bool {
        if call.kind.family() != Family::Delete || self.deletions.check == Check::Over {
            return false;
        }
        if call.steps.len() > 1 && self.deletions.check == Check::Due {
            // The first one is judged before others are sent.
            self.schedule.send_one_at_a_time(Family::Delete, OneAtATime::Counting);
            if self.deletions.before.is_none() {
                self.deletions.check = Check::Before;
                self.count_accounts();
                return true;
            }
            self.deletions.check = Check::Begun;
        }
        self.deletions.sent.extend(&call.steps);
        false
    }

    pub(super) fn count_accounts(&mut self) {
        let task = self.ask(Task::Count);
        self.effects.push_back(Effect::CountUsers(task));
    }

    /// A deletion was answered as carried out. Its rows end with it, unless it is the first of several accounts, after
    /// which they are counted, or such answers have turned out to be wrong.
    pub(super) fn deleted(&mut self, call: Call) {
        self.deletions.answered += call.steps.len() as u64;
        if call.steps.len() > 1 && self.deletions.are_read_back {
            self.see_whether_gone(call, 0);
        } else if self.is_counted_after(&call) {
            self.deletions.unconfirmed = Some(call);
        } else {
            self.end_steps(&call.steps, StepState::Done);
        }
    }

    /// Accounts are gone; after the first bulk deletion they are counted.
    fn is_counted_after(&mut self, call: &Call) -> bool {
        let is_first = call.steps.len() > 1 && self.deletions.check == Check::Begun;
        if is_first {
            self.deletions.check = Check::After;
            self.count_accounts();
        }
        is_first
    }

    /// How many accounts there should be by now, where all is well.
    pub(in crate::engine) fn accounts_expected(&self) -> u64 {
        let (before, made_before) = self.deletions.before.unwrap_or((u64::from(u32::MAX), 0));
        let made = self.steps.count_made().saturating_sub(made_before) as u64;
        before.saturating_add(made).saturating_sub(self.deletions.answered)
    }

    /// The accounts were counted, before or after the first bulk deletion.
    pub(super) fn users_counted(&mut self, task: TaskId, count: Result<Option<u64>, CallError>) {
        self.tasks.remove(&task);
        let made = self.steps.count_made();
        let count = match count {
            Ok(count) => count,
            Err(error) => {
                if error.failure != Failure::Stopped {
                    let words = format!(
                        "whether as many accounts are gone as were to be deleted could not be checked, because counting them \
                         failed: {error}"
                    );
                    self.tell(Event::Notice(words));
                }
                None
            }
        };
        match (self.deletions.check, count, self.deletions.before) {
            (Check::Before, Some(count), _) => {
                self.deletions.before = Some((count, made));
                self.deletions.answered = 0;
                self.deletions.check = Check::Due;
            }
            (Check::After, Some(count), Some((before, made_before))) => {
                let made_since = made.saturating_sub(made_before) as u64;
                let sent = self.deletions.sent.len() as u64;
                let least = before.saturating_add(made_since).saturating_sub(sent);
                if count < least {
                    // Accounts that were just made may not be listed yet.
                    let may_be_late = count.saturating_add(made_since) >= least;
                    if may_be_late && self.may_look_again(self.deletions.put_off) {
                        self.look_again_later(Task::CountLater, self.deletions.put_off);
                        self.deletions.put_off += 1;
                        return;
                    }
                    self.stop(Stopped::MoreGone(more_gone(before + made_since, sent, count)));
                }
                // Others may have made accounts meanwhile, so that too many are there says nothing by itself.
                let are_too_many = count > self.accounts_expected();
                match self.deletions.unconfirmed.take_if(|_| are_too_many) {
                    Some(call) => self.see_whether_gone(call, 0),
                    None => self.end_check(),
                }
            }
            _ => self.end_check(),
        }
    }

    fn end_check(&mut self) {
        self.deletions.check = Check::Over;
        self.deletions.sent = HashSet::new();
        self.schedule.send_freely(Family::Delete, OneAtATime::Counting);
        if let Some(call) = self.deletions.unconfirmed.take() {
            self.end_steps(&call.steps, StepState::Done);
        }
    }

    /// Reads whether the accounts of a deletion that was answered as carried out are gone.
    pub(super) fn see_whether_gone(&mut self, call: Call, looks: usize) {
        let users = self.users_of(&call);
        let task = self.ask(Task::SeeWhetherGone { call, looks });
        self.effects.push_back(Effect::FindUsers(task, users));
    }

    fn users_of(&self, call: &Call) -> Vec<UserId> {
        call.steps.iter().filter_map(|step| self.steps.user_of(*step)).collect()
    }

    /// Parts steps into those whose accounts are there and those whose accounts are not.
    fn part_by_accounts(&self, steps: Vec<StepIndex>, there: &HashSet<UserId>) -> (Vec<StepIndex>, Vec<StepIndex>) {
        let is_there = |step: &StepIndex| self.steps.user_of(*step).is_some_and(|user| there.contains(&user));
        steps.into_iter().partition(is_there)
    }

    fn seen_whether_gone(&mut self, call: Call, looks: usize, there: Result<HashSet<UserId>, ReadError>) {
        let Call { kind, steps } = call;
        match there {
            Ok(there) => {
                let (left, gone) = self.part_by_accounts(steps, &there);
                self.end_steps(&gone, StepState::Done);
                // The listing may show who is gone for a while.
                if !left.is_empty() && self.may_look_again(looks) {
                    let call = Call { kind, steps: left };
                    return self.look_again_later(Task::SeeWhetherGone { call, looks: looks + 1 }, looks);
                }
                self.deletions.are_read_back |= !left.is_empty();
                for step in left {
                    let words = format!(
                        "the service answered that {} was deleted, and it is still there; run the same command again, or \
                         delete it in the admin portal",
                        self.account_in_words(step)
                    );
                    self.fail_with(step, Verdict::new(Status::Failed, RowReason::StillThere, words));
                }
            }
            Err(error) => {
                self.deletions.are_read_back = true;
                self.steps.leave_open_whether_done(&steps);
                for step in steps {
                    let words = format!(
                        "the service answered that {} was deleted, although more accounts are left than there should be, \
                         and whether it is gone could not be read: failed to {error}; run the same command again",
                        self.account_in_words(step)
                    );
                    let failure = StepFailure::unread(&error, RowReason::StillThere, words).unclear();
                    self.fail_step(step, &failure, error.call());
                }
            }
        }
        if self.deletions.check == Check::After {
            self.end_check();
        }
    }

    fn account_in_words(&self, step: StepIndex) -> String {
        match self.steps.step(step).account {
            Some(account) => format!("`{}`", self.rows.label(self.steps.plan().account(account))),
            None => "the account".to_owned(),
        }
    }

    /// Some accounts of a bulk deletion are gone, perhaps all, because an earlier attempt was carried out: which, is read.
    pub(super) fn look_for_deleted(&mut self, call: Call, tries: Tries, error: &CallError) {
        let users = self.users_of(&call);
        if error.failure == Failure::Unclear {
            self.schedule.sizes.is_uncertain(&call.kind, call.steps.len());
        }
        let waiting = Waiting::tried(call, tries);
        let task = self.ask(Task::LookForDeleted {
            waiting,
            error: error.clone(),
        });
        self.effects.push_back(Effect::FindUsers(task, users));
    }

    pub(super) fn users_found(&mut self, task: TaskId, there: Result<HashSet<UserId>, ReadError>) {
        let (waiting, error) = match self.tasks.remove(&task) {
            Some(Task::LookForDeleted { waiting, error }) => (waiting, error),
            Some(Task::SeeWhetherGone { call, looks }) => return self.seen_whether_gone(call, looks, there),
            _ => return,
        };
        let Waiting {
            call: Call { kind, steps },
            tries,
            ..
        } = waiting;
        let entries = steps.len();
        let (left, gone): (Vec<StepIndex>, Vec<StepIndex>) = match there {
            Ok(there) => self.part_by_accounts(steps, &there),
            Err(_) => (steps, Vec::new()),
        };
        // A refusal alone has deleted nobody: whoever is gone then was deleted by somebody else.
        if error.perhaps_done || error.failure == Failure::Unclear {
            self.is_counted_after(&Call {
                kind: kind.clone(),
                steps: gone.clone(),
            });
        }
        if !gone.is_empty() {
            self.schedule.sizes.is_not_the_size(kind.family());
        }
        for step in gone {
            self.gone_already(step);
        }
        let is_shorter = left.len() < entries;
        let left = Call { kind, steps: left };
        match error.failure {
            _ if left.steps.is_empty() => {}
            Failure::Refused if is_shorter => self.schedule.put_first([Waiting {
                tries,
                put_off: 1,
                ..Waiting::from(left)
            }]),
            Failure::Refused => self.split_or_blame(left, None, &error),
            _ => self.go_on_in_parts(left, &error),
        }
    }
}

fn more_gone(before: u64, sent: u64, now: u64) -> String {
    let more = number(before.saturating_sub(sent).saturating_sub(now));
    let (before, sent, now) = (plural(before, "account"), number(sent), number(now));
    format!(
        "more accounts are gone than were to be deleted: of {before} {sent} were to go, and {now} are left, {more} \
         fewer than there should be. Something between reseat and the organization may have dropped the list of whom to \
         delete, or somebody else deletes accounts at the same time: look at the organization's users and its audit log \
         before you run anything again, and set `users_per_delete = 1` to delete one by one"
    )
}
