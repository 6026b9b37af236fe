//! Whoever has used their seat while the run waited keeps it, where the row says so.

use super::state::Machine;
use crate::directory::Allocations;
use crate::model::UserId;
use crate::plan::{RowReason, Seen, StepIndex, Verdict, unused_since};

impl Machine<'_> {
    /// Whether the step is of a row that is only for whoever has not used the seat.
    pub(super) fn is_for_the_unused(&self, step: StepIndex) -> bool {
        let rows = &self.rows.sheet().rows;
        let rows_of_step = self.steps.rows_of(step);
        rows_of_step.iter().any(|row| rows[*row].unless_used_since().is_some())
    }

    /// Whether an update rests on what its account is like by then.
    pub(super) fn rests_on_people(&self, step: StepIndex) -> bool {
        self.is_a_leavers(step) || self.is_for_the_unused(step) || self.is_of_exact_groups(step)
    }

    /// What was known of the user's last use when the plan was made.
    pub(super) fn seen_before(&self, user: UserId) -> Seen {
        let signed_in = self.snapshot.user_by_id(user).map(|user| user.last_login);
        Seen {
            in_use: self.snapshot.last_in_use(user),
            signed_in: signed_in.unwrap_or_default(),
        }
    }

    /// How the step ends if its user, of whom this is known now, has used the seat since.
    pub(super) fn is_used_now(&self, step: StepIndex, seen: impl Fn(UserId) -> Option<Seen>) -> Option<Verdict> {
        let user = self.steps.user_of(step)?;
        let seen = seen(user)?;
        let rows = self.steps.rows_of(step);
        let conditions = rows
            .iter()
            .filter_map(|row| self.rows.sheet().rows[*row].unless_used_since());
        let verdicts = conditions.filter_map(|since| unused_since(since, seen).err());
        let mut ends = verdicts.filter(|verdict| verdict.code == RowReason::UsedSince.into());
        ends.next()
    }

    /// The steps about licences that were used meanwhile, as far as the allocations tell.
    pub(super) fn used_meanwhile(&self, steps: &[StepIndex], held: &Allocations) -> Vec<(StepIndex, Verdict)> {
        let seen = |user| Some(self.seen_before(user).in_use_at(held.of(user)?.last_in_use));
        let conditional = steps.iter().filter(|step| self.is_for_the_unused(**step));
        conditional
            .filter_map(|step| Some((*step, self.is_used_now(*step, seen)?)))
            .collect()
    }
}
