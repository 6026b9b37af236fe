//! Licences that have been taken off and are owed to somebody: to a successor, to the account itself, or back to an old
//! account whose successor could not take them.

use std::sync::Arc;

use super::protocol::{Effect, TaskId, Urgency};
use super::rows::StepFailure;
use super::state::{Machine, Task};
use super::steps::StepState;
use crate::directory::{Allocations, ReadError};
use crate::plan::{Direct, LicenseChange, LicenseEdit, RowIndex, Stage, Step, StepIndex, StepSource, Work};

impl Machine<'_> {
    /// Whether the step is carried out even though the run is stopping.
    pub(super) fn is_owed(&self, step: StepIndex) -> bool {
        self.has_grace && self.would_be_missed(step)
    }

    /// What may stop a call or a read that is requested now: once the run is stopping, only what is owed still is.
    pub(super) fn urgency(&self) -> Urgency {
        if self.is_stopping() && self.has_grace {
            Urgency::DespiteStop
        } else {
            Urgency::Ordinary
        }
    }

    /// Whether skipping the step would leave somebody worse off than before the run: licences were taken off for it,
    /// from an old account or from the same one, and nobody has them yet.
    fn would_be_missed(&self, index: StepIndex) -> bool {
        let step = self.steps.step(index);
        let Work::License(change) = &step.work else {
            return false;
        };
        self.steps.is_open(index)
            && (step.stage == Stage::GiveBack
                || (change.may_take() && step.rows.iter().any(|row| self.has_given_up(*row))))
    }

    /// Whether licences have been taken off for the row in this run.
    fn has_given_up(&self, row: RowIndex) -> bool {
        let mut done = self.steps.done_of_row(row).map(|step| self.steps.step(step));
        done.any(|step| match &step.work {
            Work::License(change) => step.stage == Stage::HandOver || !change.loses().is_empty(),
            _ => false,
        })
    }

    /// An owed step was carried out even though the run is stopping.
    pub(super) fn finished_despite_stop(&mut self, row: RowIndex) {
        let place = self.rows.place(row);
        self.after_stop.finished.push(place);
        let remark = "the last step was made although the run was stopping, so that nobody is left without licences";
        self.rows.remark(row, remark);
    }

    /// A stop leaves this row unfinished: notes it if its licences were taken off and nobody has them.
    pub(super) fn note_what_is_owed(&mut self, row: RowIndex) {
        if self.steps.of_row(row).iter().any(|step| self.would_be_missed(*step)) {
            let place = self.rows.place(row);
            self.after_stop.left.push(place);
            let remark = "the licences were taken off and could not be handed on before the run ended: run the same command again soon";
            self.rows.remark(row, remark);
        }
    }

    /// Gives licences back that were, or may have been, taken off an old account in vain.
    pub(super) fn give_back_if_needed(&mut self, failed: StepIndex, failure: &StepFailure) {
        match self.steps.step(failed).stage {
            // The licences may have been taken off although the answer was lost.
            Stage::HandOver if failure.is_unclear => self.give_back(failed),
            // If it is unknown whether the successor has them, giving them back might leave both accounts with them.
            Stage::TakeOver if !failure.is_unclear => {
                let handed_over = self
                    .hand_overs_for(failed)
                    .find(|step| self.steps.state(*step) == StepState::Done);
                if let Some(handed_over) = handed_over {
                    self.give_back(handed_over);
                }
            }
            _ => {}
        }
    }

    /// The steps that took licences off an old account for this one.
    fn hand_overs_for(&self, take_over: StepIndex) -> impl Iterator<Item = StepIndex> {
        let rows = self.steps.step(take_over).rows.iter();
        let steps = rows.flat_map(|row| self.steps.of_row(*row)).copied();
        steps.filter(|step| self.steps.step(*step).stage == Stage::HandOver)
    }

    fn give_back(&mut self, hand_over: StepIndex) {
        let step = self.steps.step(hand_over).clone();
        let Work::License(taken) = step.work else {
            return;
        };
        let now = self.steps.holding_of(hand_over).unwrap_or(&taken.target).clone();
        let edit = LicenseEdit::Set(taken.base.direct.bundles(), Some(taken.base.external_license));
        let back = LicenseChange::new(now, vec![(0, edit)]);
        self.add_step(Step {
            stage: Stage::GiveBack,
            account: step.account,
            rows: step.rows,
            work: Work::License(Arc::new(back)),
        });
    }

    /// Adds a step for a later stage, or for this one if it is queued as well.
    pub(super) fn add_step(&mut self, step: Step) -> StepIndex {
        for row in &step.rows {
            self.rows.expect_step(*row);
        }
        self.steps.add(step)
    }

    /// Adds what was split off a step, of which is known what is known of that step.
    pub(super) fn add_part(&mut self, of: StepIndex, part: Step) -> StepIndex {
        let part = self.add_step(part);
        self.steps.note_part(of, part);
        part
    }

    /// Whether the step takes over licences that another account has given up for it. Ordinary grants may be postponed
    /// to the same stage to fill its calls.
    pub(super) fn takes_over(&self, step: StepIndex) -> bool {
        self.steps.step(step).stage == Stage::TakeOver && self.hand_overs_for(step).next().is_some()
    }

    /// It is unknown what these accounts hold now, so that is read before their steps end, as the failures say unless it is
    /// what was wanted. A change that was made and counts as failed could not be undone, and a successor might have its
    /// licences, so that giving them back would leave both accounts with them.
    pub(super) fn look_for_held(&mut self, steps: Vec<(StepIndex, StepFailure)>) {
        if steps.is_empty() {
            return;
        }
        let indices: Vec<StepIndex> = steps.iter().map(|(step, _)| *step).collect();
        self.steps.leave_open_whether_done(&indices);
        let users = steps.iter().filter_map(|(step, _)| self.steps.user_of(*step)).collect();
        let task = self.ask(Task::LookForHeld { steps });
        self.effects.push_back(Effect::ReadAllocations {
            task,
            users,
            urgency: self.urgency(),
        });
    }

    pub(super) fn allocations_read(&mut self, task: TaskId, held: Result<Allocations, ReadError>) {
        let steps = match self.tasks.remove(&task) {
            Some(Task::LookForHeld { steps }) => steps,
            Some(Task::ReadHoldings { accounts }) => return self.holdings_read(accounts, held.as_ref().ok()),
            _ => return,
        };
        let held = match held {
            Ok(held) => held,
            Err(error) => {
                for (step, lost) in steps {
                    let message = if self.takes_over(step) {
                        format!(
                            "{}; the old account did not get its licences back, because it is not known whether the new \
                             one has them (failed to {error}); run the same command again",
                            lost.message()
                        )
                    } else {
                        format!(
                            "{}, and what it holds now is not known (failed to {error})",
                            lost.message()
                        )
                    };
                    self.fail_step(step, &lost.saying(message), None);
                }
                return;
            }
        };
        for (step, lost) in steps {
            if self.holds_what_was_wanted(step, &held) {
                let remark = if self.takes_over(step) {
                    "the answer was lost, and reading back showed that the licences were taken over"
                } else {
                    "the answer did not show it, and reading back did"
                };
                self.remark_on(step, remark);
                self.end_step(step, StepState::Done);
            } else {
                let failure = StepFailure {
                    is_unclear: false,
                    ..lost
                };
                self.fail_step(step, &failure, None);
            }
        }
    }

    fn holds_what_was_wanted(&self, step: StepIndex, held: &Allocations) -> bool {
        let (Work::License(change), Some(user)) = (&self.steps.step(step).work, self.steps.user_of(step)) else {
            return false;
        };
        match (&change.target.direct, held.of(user)) {
            (Direct::Holds(wanted), Some(held)) if self.takes_over(step) => wanted.is_subset(&held.bundles),
            (Direct::Holds(wanted), Some(held)) => *wanted == held.bundles,
            (Direct::Inherits, None) => !held.is_unclear(user),
            _ => false,
        }
    }
}
