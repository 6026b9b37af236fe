//! Steps end, fail, and bring others about.

use super::dispatch::Dispatcher;
use super::queue::Waiting;
use super::rows::{Fault, StepState};
use crate::api::CallError;
use crate::plan::{Direct, Holding, Stage, Step, StepIndex, Work, batch};

impl Dispatcher<'_> {
    pub(super) fn end_step(&mut self, index: StepIndex, state: StepState) {
        self.end_steps(&[index], state);
    }

    /// Ends steps; rows that have no open step left end with them, and what waited for the steps begins.
    pub(super) fn end_steps(&mut self, steps: &[StepIndex], state: StepState) {
        let mut complete = Vec::new();
        for index in steps {
            let step = self.plan.step(*index);
            if let (Work::License(change), Some(account)) = (&step.work, step.account)
                && self.changed_again.contains(&account)
            {
                match state {
                    StepState::Done => {
                        self.holdings.insert(account, change.target.clone());
                    }
                    // What the next change was planned to build on has not come about.
                    _ => {
                        self.holdings.entry(account).or_insert_with(|| change.base.clone());
                    }
                }
            }
            complete.extend(self.book.end_step(*index, state, &step.rows));
        }
        self.end_rows(&complete);
        for index in steps {
            if let Some(follower) = self.followers.remove(index)
                && self.is_ready(follower)
            {
                let calls = batch(&self.plan, [follower], &self.sizes);
                self.queue.push_first(calls.into_iter().map(Waiting::from));
            }
        }
    }

    pub(super) fn fail_step(&mut self, index: StepIndex, fault: &Fault, error: Option<&CallError>) {
        let step = self.plan.step(index);
        let (stage, account, rows) = (step.stage, step.account, step.rows.clone());
        if fault.is_unclear
            && let (Work::License(change), Some(account)) = (&step.work, account)
        {
            let unknown = Holding {
                direct: Direct::Unknown,
                ..change.base.clone()
            };
            self.holdings.insert(account, unknown);
        }
        for row in &rows {
            if stage == Stage::GiveBack {
                let words = format!("giving the licences back failed too: {}", fault.message);
                self.book.remark(*row, words);
            }
            self.book.fail(*row, fault.clone(), error);
        }
        match stage {
            Stage::HandOver if fault.is_unclear => self.give_back(index),
            Stage::TakeOver if !fault.is_unclear => self.give_back_after(index),
            _ => {}
        }
        self.end_step(index, StepState::Failed);
    }

    /// Adds a step for a later stage while the plan runs.
    pub(super) fn add_step(&mut self, step: Step) {
        let index = StepIndex(self.plan.steps.len());
        self.book.add_step(&step.rows);
        for row in &step.rows {
            self.plan.rows[*row].steps.push(index);
        }
        self.plan.steps.push(step);
    }
}
