//! Licences handed over from an old account to its successor, and given back where that fails.

use super::dispatch::{Dispatcher, Message};
use super::rows::{Fault, StepState};
use crate::directory::{self, Allocations, ReadError};
use crate::plan::{Few, LicenseChange, LicenseEdit, Stage, Step, StepIndex, Work};

impl Dispatcher<'_> {
    /// A successor could not take the licences over: the old account gets them back.
    pub(super) fn give_back_after(&mut self, take_over: StepIndex) {
        let rows = self.plan.step(take_over).rows.clone();
        let handed = rows
            .iter()
            .flat_map(|row| &self.plan.rows[*row].steps)
            .copied()
            .find(|index| self.plan.step(*index).stage == Stage::HandOver && self.book.step(*index) == StepState::Done);
        if let Some(handed) = handed {
            self.give_back(handed);
        }
    }

    /// Puts back what a hand-over took, or may have taken, off an old account.
    pub(super) fn give_back(&mut self, hand_over: StepIndex) {
        let step = self.plan.step(hand_over).clone();
        let (Work::License(taken), Some(account), Some(row)) = (step.work, step.account, step.rows.first()) else {
            return;
        };
        let now = self.holdings.get(&account).unwrap_or(&taken.target).clone();
        let edit = LicenseEdit::Set(taken.base.direct.bundles(), Some(taken.base.external_license));
        let back = LicenseChange::new(now, Few::one((*row, edit)));
        self.add_step(Step {
            stage: Stage::GiveBack,
            account: step.account,
            rows: step.rows,
            work: Work::License(Box::new(back)),
        });
    }

    /// Whether successors have the licences is not known: their allocations are read before anything is
    /// given back, for else both accounts might hold them.
    pub(super) fn ask_after_take_over(&mut self, steps: Vec<StepIndex>, lost: Fault) {
        let read_back = self.engine.read_back.clone();
        self.jobs.push(Box::pin(async move {
            let held = directory::read_allocations(&read_back.client, &read_back.options, &read_back.observer).await;
            Message::TakenOver { steps, held, lost }
        }));
    }

    pub(super) fn taken_over(&mut self, steps: &[StepIndex], held: Result<Allocations, ReadError>, lost: Fault) {
        match held {
            Ok(held) => {
                let fault = Fault {
                    is_unclear: false,
                    ..lost
                };
                for step in steps {
                    if self.has_taken_over(*step, &held) {
                        self.took_over(*step);
                    } else {
                        self.fail_step(*step, &fault, None);
                    }
                }
            }
            Err(error) => {
                let message = format!(
                    "{}; the old account did not get its licences back, because it is not known whether the new one has them (failed to {error}); run the same command again",
                    lost.message
                );
                let fault = Fault { message, ..lost };
                for step in steps {
                    self.fail_step(*step, &fault, None);
                }
            }
        }
    }

    fn took_over(&mut self, step: StepIndex) {
        for row in self.plan.step(step).rows.clone() {
            let remark = "the answer was lost, and reading back showed that the licences were taken over";
            self.book.remark(row, remark);
        }
        self.end_step(step, StepState::Done);
    }

    fn has_taken_over(&self, index: StepIndex, held: &Allocations) -> bool {
        let step = self.plan.step(index);
        let user = step.account.and_then(|account| self.plan.account(account).id);
        let (Work::License(change), Some(user)) = (&step.work, user) else {
            return false;
        };
        held.of(user)
            .is_some_and(|allocation| change.target.direct.bundles().is_subset(&allocation.bundles))
    }
}
