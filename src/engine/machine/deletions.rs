//! Which accounts are gone: after a lost answer to a bulk deletion, and, once in a run, whether more are gone than were
//! to be deleted.
//!
//! A bulk deletion names its accounts in the body of a DELETE, which something in between may drop; without a body the
//! route is documented to delete everybody (`uipath-api`, 4.7). After the first one the organization's accounts are
//! therefore counted.

use std::collections::HashSet;

use super::deletion_count::Check;
use super::protocol::{Effect, TaskId};
use super::schedule::{OneAtATime, Tries, Waiting};
use super::state::{Machine, Task};
use crate::api::{CallError, Failure};
use crate::directory::ReadError;
use crate::engine::outcome::Stopped;
use crate::event::Event;
use crate::model::UserId;
use crate::plan::{Call, Family, StepIndex};
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

    /// A call was carried out; after the first bulk deletion the accounts are counted.
    pub(super) fn note_deleted(&mut self, call: &Call) {
        let is_bulk = call.kind.family() == Family::Delete && call.steps.len() > 1;
        if is_bulk && self.deletions.check == Check::Begun {
            self.deletions.check = Check::After;
            self.count_accounts();
        }
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
                        "whether more accounts are gone than were to be deleted could not be checked, because counting them \
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
                self.deletions.check = Check::Due;
            }
            (Check::After, Some(count), Some((before, made_before))) => {
                let made_since = made.saturating_sub(made_before) as u64;
                let sent = self.deletions.sent.len() as u64;
                let least = before.saturating_add(made_since).saturating_sub(sent);
                if count < least {
                    // Accounts that were just made may not be listed yet.
                    let may_be_late = count.saturating_add(made_since) >= least;
                    if may_be_late && self.count_later(self.deletions.put_off) {
                        self.deletions.put_off += 1;
                        return;
                    }
                    self.stop(Stopped::MoreGone(more_gone(before + made_since, sent, count)));
                }
                self.end_check();
            }
            _ => self.end_check(),
        }
    }

    fn end_check(&mut self) {
        self.deletions.check = Check::Over;
        self.deletions.sent = HashSet::new();
        self.schedule.send_freely(Family::Delete, OneAtATime::Counting);
    }

    /// Some accounts of a bulk deletion are gone, perhaps all, because an earlier attempt was carried out: which, is read.
    pub(super) fn look_for_deleted(&mut self, call: Call, tries: Tries, error: &CallError) {
        let users: Vec<UserId> = call.steps.iter().filter_map(|step| self.steps.user_of(*step)).collect();
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
        let Some(Task::LookForDeleted { waiting, error }) = self.tasks.remove(&task) else {
            return;
        };
        let Waiting {
            call: Call { kind, steps },
            tries,
            ..
        } = waiting;
        let entries = steps.len();
        let (left, gone): (Vec<StepIndex>, Vec<StepIndex>) = match there {
            Ok(there) => steps
                .into_iter()
                .partition(|step| self.steps.user_of(*step).is_some_and(|user| there.contains(&user))),
            Err(_) => (steps, Vec::new()),
        };
        if !gone.is_empty() {
            self.note_deleted(&Call {
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
