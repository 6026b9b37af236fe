//! Keeps somebody who can administrate the organization, where that rests on what the run itself does.

use super::Machine;
use super::rows::StepFailure;
use super::steps::StepState;
use crate::model::Status;
use crate::plan::{RowReason, Stage, StepIndex, StepSource};

impl Machine<'_> {
    /// Whether whoever is to administrate after this step has become an administrator; ends the step if not.
    pub(super) fn leaves_an_administrator(&mut self, step: StepIndex) -> bool {
        let after = &self.steps.plan().last_administrators.after;
        if after.is_empty() || self.steps.step(step).stage < Stage::Leave {
            return true;
        }
        let rows = self.steps.rows_of(step);
        let newcomers = rows.iter().filter_map(|row| after.get(row)).flatten();
        let has_become_one = |row: &usize| {
            let mut steps = self.steps.of_row(*row).iter();
            steps.all(|step| self.steps.step(*step).stage > Stage::Change || self.steps.state(*step) == StepState::Done)
        };
        if newcomers.into_iter().all(has_become_one) {
            return true;
        }
        let message = "whom the sheet makes an administrator has not become one, so nobody could administrate the \
                       organization any more";
        let failure = StepFailure::new(Status::Skipped, RowReason::LastAdministrator, message);
        self.fail_step(step, &failure, None);
        false
    }
}
