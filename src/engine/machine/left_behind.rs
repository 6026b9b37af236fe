//! What the service refuses to carry over from an old account to its successor: it is named, and the old account is
//! kept, unless the row is one of `--without-carry-over`.

use super::rows::StepFailure;
use super::state::Machine;
use super::steps::StepState;
use crate::api::{CallError, UserUpdate};
use crate::model::{GroupId, OperationKind, Status};
use crate::plan::{Membership, RowIndex, Stage, StepIndex, StepSource, Work};
use crate::text::joined;

impl Machine<'_> {
    fn is_move(&self, row: RowIndex) -> bool {
        self.rows.sheet().rows[row].operation.kind() == OperationKind::Migrate
    }

    /// Whether a failed step is a refusal to carry something over; then its migrations go on with what else there is.
    /// Rows of other operations that share the step fail.
    pub(super) fn is_left_behind(&mut self, step: StepIndex, failure: &StepFailure, error: Option<&CallError>) -> bool {
        let is_refused = matches!(
            failure.verdict.status,
            Status::Rejected | Status::NotFound | Status::Conflict
        );
        // Without the permission nothing could be carried over to anybody.
        let is_forbidden = error.is_some_and(|error| error.status == Some(403));
        if !is_refused || failure.is_unclear || is_forbidden {
            return false;
        }
        let Some(what) = self.what_is_carried_over(step) else {
            return false;
        };
        let rows = self.steps.rows_of(step);
        if !rows.iter().any(|row| self.is_move(*row)) {
            return false;
        }
        for row in &rows {
            if self.is_move(*row) {
                self.rows.leave_behind(*row, &what, failure.message());
            } else {
                self.rows.fail(*row, failure.verdict.clone(), error);
            }
        }
        self.end_step(step, StepState::Failed);
        true
    }

    /// The groups and profile fields of a step that gives them to a successor.
    fn what_is_carried_over(&self, step: StepIndex) -> Option<String> {
        let name = |id: &GroupId| self.group_in_words(*id);
        match &self.steps.step(step).work {
            Work::Member(group, Membership::Join) => Some(name(group)),
            Work::Update(parts) => {
                let update = UserUpdate::of_parts(parts.iter().map(|(_, part)| part));
                let mut what: Vec<String> = update.add_groups.iter().map(name).collect();
                let groups = std::mem::take(&mut what);
                if update.changes_profile() {
                    what.push("names and sign-in settings".to_owned());
                }
                what.extend(groups);
                (!what.is_empty()).then(|| joined(&what, usize::MAX))
            }
            _ => None,
        }
    }

    /// Splits a refused update of a successor that carries several things over, so that each is tried alone.
    pub(super) fn split_what_is_carried_over(&mut self, step: StepIndex) -> bool {
        let rows = self.steps.rows_of(step);
        if !rows.iter().any(|row| self.is_move(*row)) {
            return false;
        }
        let Some(rest) = self.steps.split_update(step) else {
            return false;
        };
        let rest = self.add_part(step, rest);
        self.schedule.add_first(&self.steps, [step, rest]);
        true
    }

    /// Takes the groups out of a migration's invitation, which was refused with them, and adds them afterwards; whether
    /// there were any.
    pub(super) fn invite_without_groups(&mut self, step: StepIndex, words: &str) -> bool {
        let rows = self.steps.rows_of(step);
        if !rows.iter().any(|row| self.is_move(*row)) || self.is_stopping() {
            return false;
        }
        let groups = self.steps.take_groups(step);
        if groups.is_empty() {
            return false;
        }
        for row in &rows {
            let remark = format!(
                "the invitation was refused with its groups, so it was tried without them, to add them afterwards: {words}"
            );
            self.rows.remark(*row, remark);
        }
        self.join_later(step, groups);
        true
    }

    /// Fails a step that would take something from an old account whose successor lacks something.
    pub(super) fn is_held_back(&mut self, step: StepIndex) -> bool {
        let stage = self.steps.step(step).stage;
        if stage < Stage::HandOver || stage == Stage::GiveBack {
            return false;
        }
        let rows = self.steps.rows_of(step);
        let Some(verdict) = rows.iter().find_map(|row| self.rows.not_carried_over(*row)) else {
            return false;
        };
        self.fail_with(step, verdict);
        true
    }
}
