//! Calls that come too early: the licence service does not know an account yet that this run has just made, or a seat
//! that this run has freed is not back in the pool. They are tried again until the time is over that such things take.

use std::time::Duration;

use super::failed_call::is_without_license;
use super::protocol::{Effect, TaskId};
use super::schedule::{OneAtATime, Waiting};
use super::state::{Machine, Task, TooEarly};
use crate::api::{CallError, Failure};
use crate::plan::{Call, CallKind, Direct, Family, Membership, StepIndex, StepSource, Work};

/// How often a call is put off, each time twice as long as the time before.
const MOST_TIMES: usize = 6;

/// How long to put something off that was put off so often before: all times together are `settle`.
fn length(settle: Duration, times: usize) -> Duration {
    settle * (1 << times.min(MOST_TIMES)) / ((1 << MOST_TIMES) - 1)
}

impl Machine<'_> {
    /// Puts a refused call off if it came too early; gives it back if it did not.
    pub(super) fn put_off_if_too_early(&mut self, waiting: Waiting, error: &CallError) -> Option<Waiting> {
        if error.failure != Failure::Refused || self.is_stopping() || self.settle.is_zero() {
            return Some(waiting);
        }
        let waiting = self.put_off_for_accounts(waiting, error)?;
        self.put_off_for_seats(waiting, error)
    }

    /// The entries that a service may not know yet wait; the others go on without them.
    fn put_off_for_accounts(&mut self, waiting: Waiting, error: &CallError) -> Option<Waiting> {
        let is_fresh = |step: &StepIndex| {
            let made = self.steps.user_of(*step).filter(|user| self.steps.has_made(*user));
            made.is_some_and(|user| !self.unknown_for_good.contains(&user))
        };
        let (fresh, known): (Vec<StepIndex>, Vec<StepIndex>) =
            waiting.call.steps.iter().partition(|step| is_fresh(step));
        if fresh.is_empty() || !self.may_be_unknown(&waiting, &fresh, error) {
            return Some(waiting);
        }
        if waiting.put_off >= MOST_TIMES {
            let users = fresh.iter().filter_map(|step| self.steps.user_of(*step));
            self.unknown_for_good.extend(users.collect::<Vec<_>>());
            return Some(waiting);
        }
        let Waiting {
            call: Call { kind, .. },
            sibling,
            tries,
            put_off,
        } = waiting;
        let alike = |call| Waiting::tried(call, tries);
        let known = (!known.is_empty()).then(|| Call {
            kind: kind.clone(),
            steps: known,
        });
        self.schedule.put_back(known.into_iter().chain(sibling).map(alike));
        let fresh = Waiting {
            put_off,
            ..alike(Call { kind, steps: fresh })
        };
        self.put_off(fresh, TooEarly::ForAccounts);
        None
    }

    /// Whether the refusal may be due to accounts that were just made.
    fn may_be_unknown(&self, waiting: &Waiting, fresh: &[StepIndex], error: &CallError) -> bool {
        let family = waiting.call.kind.family();
        let is_about_accounts = matches!(
            family,
            Family::Members | Family::Allocate | Family::Release | Family::Update
        );
        let is_recent = || {
            self.last_made
                .is_some_and(|made| self.elapsed.saturating_sub(made) < self.settle)
        };
        let names_one = || {
            let ids = fresh.iter().filter_map(|step| self.steps.user_of(*step));
            let words = error.message.to_lowercase();
            ids.into_iter().any(|id| words.contains(&id.to_string().to_lowercase()))
        };
        is_about_accounts
            && (waiting.put_off > 0 || is_recent())
            && (error.says_unknown() || is_without_license(error) || names_one())
    }

    fn put_off_for_seats(&mut self, waiting: Waiting, error: &CallError) -> Option<Waiting> {
        let CallKind::Allocate(bundles, _) = &waiting.call.kind else {
            return Some(waiting);
        };
        let may_come = self.seats.may_still_come(bundles, self.elapsed, self.settle) || waiting.put_off > 0;
        if error.status != Some(409) || !may_come {
            return Some(waiting);
        }
        if waiting.put_off >= MOST_TIMES {
            self.seats.did_not_come(bundles);
            return Some(waiting);
        }
        // Until the freed seats are there, later rows must not take them.
        self.schedule
            .send_one_at_a_time(Family::Allocate, OneAtATime::LastSeats);
        self.seats.begin_waiting();
        self.put_off(waiting, TooEarly::ForSeats);
        None
    }

    fn put_off(&mut self, waiting: Waiting, why: TooEarly) {
        let length = length(self.settle, waiting.put_off);
        let waiting = Waiting {
            put_off: waiting.put_off + 1,
            ..waiting
        };
        let task = self.ask(Task::TooEarly { waiting, why });
        self.effects.push_back(Effect::Wait(task, length));
    }

    /// Whether what was looked at again so often may still show.
    pub(super) fn may_look_again(&self, times: usize) -> bool {
        times < MOST_TIMES && !self.settle.is_zero() && !self.is_stopping()
    }

    /// Takes the task up again later.
    pub(super) fn look_again_later(&mut self, task: Task, times: usize) {
        let task = self.ask(task);
        self.effects.push_back(Effect::Wait(task, length(self.settle, times)));
    }

    /// What was put off goes on.
    pub(super) fn resumed(&mut self, task: TaskId) {
        match self.tasks.remove(&task) {
            Some(Task::TooEarly { waiting, why }) => {
                if why == TooEarly::ForSeats {
                    self.seats.end_waiting();
                }
                self.schedule.put_first([waiting]);
            }
            Some(Task::CountLater) => self.count_accounts(),
            Some(Task::SeeWhetherGone { call, looks }) => self.see_whether_gone(call, looks),
            Some(other) => {
                self.tasks.insert(task, other);
            }
            None => {}
        }
    }

    /// Notes of whom only the directory knew and who has got a first group or licence by these steps: the service makes
    /// the account then, and another service may not know it at once.
    pub(super) fn note_taken_in(&mut self, steps: &[StepIndex]) {
        for step in steps {
            let gives = match &self.steps.step(*step).work {
                Work::Member(_, Membership::Join) => true,
                Work::License(change) => matches!(change.target.direct, Direct::Holds(_)),
                _ => false,
            };
            if !gives {
                continue;
            }
            let user = self.steps.user_of(*step).and_then(|id| self.snapshot.user_by_id(id));
            if let Some(newcomer) = user.filter(|user| user.is_newcomer()) {
                self.steps.take_in(newcomer.id);
                self.last_made = Some(self.elapsed);
            }
        }
    }

    /// Notes which seats steps that have been carried out have freed.
    pub(super) fn note_freed_seats(&mut self, steps: &[StepIndex]) {
        for step in steps {
            let (freed, count) = match &self.steps.step(*step).work {
                Work::License(change) => (change.frees().clone(), 1),
                Work::EndLease(end) => (end.bundles.clone(), 1),
                // How many, is not always told.
                Work::RemoveRule(removal) => (
                    removal.bundles.clone(),
                    removal.holders.map_or(u64::MAX, |holders| holders as u64),
                ),
                Work::Delete => match self.steps.user_of(*step).and_then(|user| self.snapshot.direct(user)) {
                    Some(allocation) => (allocation.bundles.clone(), 1),
                    None => continue,
                },
                _ => continue,
            };
            self.seats.freed(&freed, count, self.elapsed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_the_times_together_are_as_long_as_things_may_take_to_settle() {
        let settle = Duration::from_secs(63);
        let lengths: Vec<u64> = (0..MOST_TIMES).map(|times| length(settle, times).as_secs()).collect();
        assert_eq!(lengths, [1, 2, 4, 8, 16, 32]);
    }
}
