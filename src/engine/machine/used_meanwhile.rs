//! Whoever has used their seat while the run waited keeps it, where the row says so.

use super::changed_meanwhile::told;
use super::state::Machine;
use crate::directory::{LastUses, Leases};
use crate::model::UserId;
use crate::plan::{RowReason, Seen, StepIndex, StepSource, Verdict, Work, unused_since};

impl Machine<'_> {
    /// Whether the step is of a row that is only for whoever has not used the seat.
    pub(super) fn is_for_the_unused(&self, step: StepIndex) -> bool {
        let rows = &self.rows.sheet().rows;
        let rows_of_step = self.steps.rows_of(step);
        rows_of_step.iter().any(|row| rows[*row].unless_used_since().is_some())
    }

    /// Whether an update rests on what its account is like by then.
    pub(super) fn rests_on_people(&self, step: StepIndex) -> bool {
        self.is_a_leavers(step)
            || self.is_for_the_unused(step)
            || self.is_of_exact_groups(step)
            || self.unseats_an_administrator(step)
    }

    /// What was known, when the plan was made, of the last use of what the step takes away.
    fn seen_before(&self, step: StepIndex, user: UserId) -> Seen {
        let group = self.steps.step(step).work.lease_end().map(|end| end.group);
        Seen::of(user, group, self.snapshot)
    }

    /// How the step ends if its user has used the seat since; `now` adds what is known by now.
    pub(super) fn is_used_now(
        &self,
        step: StepIndex,
        now: impl FnOnce(UserId, Seen) -> Option<Seen>,
    ) -> Option<Verdict> {
        let user = self.steps.user_of(step)?;
        let seen = now(user, self.seen_before(step, user))?;
        let rows = self.steps.rows_of(step);
        let conditions = rows
            .iter()
            .filter_map(|row| self.rows.sheet().rows[*row].unless_used_since());
        let verdicts = conditions.filter_map(|since| unused_since(since, seen, self.rules.as_of()).err());
        let mut ends = verdicts.filter(|verdict| verdict.code == RowReason::UsedSince.into());
        ends.next()
    }

    /// Those of these steps whose user has used the seat since, with how they end.
    pub(super) fn used_meanwhile<'s>(
        &self,
        steps: impl IntoIterator<Item = &'s StepIndex>,
        now: impl Fn(UserId, Seen) -> Option<Seen>,
    ) -> Vec<(StepIndex, Verdict)> {
        let used = steps
            .into_iter()
            .filter_map(|step| Some((*step, self.is_used_now(*step, &now)?)));
        used.collect()
    }

    /// Last uses were read again: whoever has used the seat since keeps it.
    pub(super) fn last_uses_are_now(&mut self, steps: &[StepIndex], uses: &LastUses) {
        let kept = self.used_meanwhile(steps, |user, seen| Some(seen.in_use_at(uses.of(user))));
        if !self.refuses(&told(&kept).collect::<Vec<_>>()) {
            self.fail_each(kept);
        }
    }

    /// What is held by groups' rules was read again: whoever has used the seat since keeps it, and of whoever holds it no
    /// more nothing is taken.
    pub(super) fn leases_are_now(&mut self, steps: &[StepIndex], leases: &Leases) {
        let (mut kept, mut given_back) = (Vec::new(), Vec::new());
        for step in steps {
            let (Work::EndLease(end), Some(holder)) = (&self.steps.step(*step).work, self.steps.user_of(*step)) else {
                continue;
            };
            match leases.of(end.group, holder) {
                None => given_back.push(*step),
                Some(lease) => {
                    let verdict = self.is_used_now(*step, |_, seen| Some(seen.in_use_at(lease.last_in_use)));
                    kept.extend(verdict.map(|verdict| (*step, verdict)));
                }
            }
        }
        let (own, given_back): (Vec<StepIndex>, Vec<StepIndex>) = given_back
            .into_iter()
            .partition(|step| self.steps.is_perhaps_done(*step));
        for step in own {
            self.reading_showed_it(step);
        }
        let words = "meanwhile the seat was given back, or the account has left the group";
        let mut changes: Vec<_> = told(&kept).collect();
        changes.extend(given_back.iter().map(|step| (*step, words.to_owned())));
        if self.refuses(&changes) {
            return;
        }
        self.fail_each(kept);
        for step in given_back {
            self.was_done_by_somebody_else(step, words);
        }
    }
}
