//! Whether a step can be made: its rows are well, its account is there, and there is something to do.

use super::dispatch::Dispatcher;
use super::rows::{Fault, StepState};
use crate::model::Status;
use crate::plan::{Direct, LicenseChange, RowIndex, Stage, StepIndex, Work};

impl Dispatcher<'_> {
    /// Whether a step can be made; ends it where it cannot, or need not. Afterwards its work is what is
    /// left to do for the rows that are well.
    pub(super) fn is_ready(&mut self, index: StepIndex) -> bool {
        if self.book.step(index) != StepState::Open {
            return false;
        }
        let step = self.plan.step(index);
        // What is given back is given back because the row has failed.
        if step.stage != Stage::GiveBack {
            let dead: Vec<RowIndex> = step
                .rows
                .iter()
                .copied()
                .filter(|row| !self.book.is_well(*row))
                .collect();
            if dead.len() == step.rows.len() {
                self.end_step(index, StepState::Dropped);
                return false;
            }
            if !self.account_is_there(index) {
                return false;
            }
            if !dead.is_empty() && !self.part_from(index, &dead) {
                return false;
            }
        }
        self.is_something(index)
    }

    fn account_is_there(&mut self, index: StepIndex) -> bool {
        let step = self.plan.step(index);
        let Some(account) = step.account.map(|account| self.plan.account(account)) else {
            return true;
        };
        if account.id.is_some() || matches!(step.work, Work::Invite(_) | Work::Create(..)) {
            return true;
        }
        let message = format!(
            "the account `{}` was not made, so nothing could be done to it",
            account.label
        );
        let fault = Fault::new(Status::Skipped, "no_account", message);
        for row in step.rows.clone() {
            self.book.fail(row, fault.clone(), None);
        }
        self.end_step(index, StepState::Dropped);
        false
    }

    /// Takes the parts of failed rows out of a step; says whether anything is left.
    fn part_from(&mut self, index: StepIndex, dead: &[RowIndex]) -> bool {
        let step = &mut self.plan.steps[index.0];
        step.rows.retain(|row| !dead.contains(row));
        let is_left = match &mut step.work {
            Work::Update(parts) => {
                parts.retain(|(row, _)| !dead.contains(row));
                !parts.is_empty()
            }
            Work::License(change) => {
                change.edits.retain(|(row, _)| !dead.contains(row));
                **change = LicenseChange::new(change.base.clone(), std::mem::take(&mut change.edits));
                !change.edits.is_empty()
            }
            _ => true,
        };
        let mut complete = Vec::new();
        for row in dead {
            self.plan.rows[*row].steps.retain(|step| *step != index);
            if self.book.leave_step(*row) {
                complete.push(*row);
            }
        }
        self.end_rows(&complete);
        if !is_left {
            self.end_step(index, StepState::Dropped);
        }
        is_left
    }

    /// Builds a licence change on what is held by now; says whether it changes anything.
    fn is_something(&mut self, index: StepIndex) -> bool {
        let Some(account) = self.plan.step(index).account else {
            return true;
        };
        let known = self.holdings.get(&account).cloned();
        let Work::License(change) = &mut self.plan.steps[index.0].work else {
            return true;
        };
        if let Some(now) = known.filter(|now| *now != change.base) {
            **change = LicenseChange::new(now, std::mem::take(&mut change.edits));
        }
        let is_blind = change.base.direct == Direct::Unknown
            && change.edits.first().is_some_and(|(_, edit)| edit.builds_on_present());
        if is_blind {
            let message = "what the account holds is not known after an earlier row, and adding to it might take licences away; run the same command again";
            self.fail_step(
                index,
                &Fault::new(Status::Conflict, "licenses_unreadable", message),
                None,
            );
            return false;
        }
        if change.is_nothing() {
            self.end_step(index, StepState::Done);
            return false;
        }
        true
    }
}
