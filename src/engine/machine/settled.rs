//! Steps that turn out to need no call, or no other one: what they are for is so already. Where the answer to a call of
//! theirs was lost, that was this run's own doing, and nobody else's.

use super::state::Machine;
use super::steps::StepState;
use crate::model::Status;
use crate::plan::{Ending, RowCode, RowIndex, RowReason, StepIndex, Verdict};

impl Machine<'_> {
    /// A deletion was answered 404.
    pub(super) fn gone_already(&mut self, step: StepIndex) {
        if self.steps.is_perhaps_done(step) {
            let remark = "the answer was lost, and the account was gone when the deletion was tried again";
            return self.was_done_after_all(step, remark);
        }
        self.settle_step(step, RowReason::AlreadyGone, "the account was already gone");
    }

    /// What the step is to bring about is so without it; rows that have no other step end as unchanged.
    pub(super) fn settle_step(&mut self, step: StepIndex, code: impl Into<RowCode>, message: &str) {
        if self.steps.is_perhaps_done(step) {
            return self.was_done_after_all(step, &format!("the answer to the first try was lost; {message}"));
        }
        let code = code.into();
        for row in &self.steps.rows_of(step) {
            if self.is_its_only_step(*row) {
                let verdict = Verdict::new(Status::Unchanged, code.clone(), message);
                self.rows.settle(*row, verdict);
            }
        }
        self.end_step(step, StepState::Dropped);
    }

    /// What the step is for is so already.
    pub(super) fn was_done_by_somebody_else(&mut self, step: StepIndex, words: &str) {
        for row in &self.steps.rows_of(step) {
            if self.is_its_only_step(*row) {
                let verdict = Verdict::unchanged(format!("already so: {words}"));
                self.rows.settle(*row, verdict);
            } else {
                self.rows.remark(*row, words.to_owned());
            }
        }
        self.end_step(step, StepState::Dropped);
    }

    /// What was read again after a lost answer shows that the step was carried out.
    pub(super) fn reading_showed_it(&mut self, step: StepIndex) {
        self.was_done_after_all(step, "the answer was lost, and reading again showed that it was done");
    }

    fn was_done_after_all(&mut self, step: StepIndex, remark: &str) {
        self.remark_on(step, remark);
        self.end_step(step, StepState::Done);
    }

    /// Whether the row ends with its only step.
    fn is_its_only_step(&self, row: RowIndex) -> bool {
        self.steps.of_row(row).len() == 1 && !self.waits(row)
    }

    /// Whether the row waits for something that is not a step, so that it has not come to its end when its steps have.
    pub(super) fn waits(&self, row: RowIndex) -> bool {
        matches!(self.steps.plan().rows[row].ending(), Ending::Waiting(_))
    }
}
