//! What is known of each row while a run lasts, and the record it ends with.

use jiff::Timestamp;

use crate::api::{CallError, Failure, Receipt};
use crate::directory::Snapshot;
use crate::ledger::Record;
use crate::model::{Row, Status};
use crate::plan::{Ending, Plan, RowIndex, StepIndex, describe, short_of};

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum StepState {
    /// Not tried yet, or being tried.
    #[default]
    Open,
    Done,
    Failed,
    /// Not tried, because its row had failed or its account was not made.
    Dropped,
}

/// Why a row failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) status: Status,
    pub(super) code: String,
    pub(super) message: String,
    /// Whether the change may have been made all the same.
    pub(super) is_unclear: bool,
}

impl Fault {
    pub(super) fn new(status: Status, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
            is_unclear: false,
        }
    }

    pub(super) fn of(error: &CallError) -> Self {
        Self {
            is_unclear: matches!(error.failure, Failure::Unclear | Failure::CutOff),
            ..Self::new(super::judge::status(error), &error.code, error.message.clone())
        }
    }

    /// The same, where the change may have been made all the same.
    pub(super) fn unclear(self) -> Self {
        Self {
            is_unclear: true,
            ..self
        }
    }
}

/// What is known of one row.
#[derive(Debug, Clone, Default)]
struct RowState {
    open: u32,
    ended: bool,
    /// Kept from the row's first call to its end only, because there may be a million rows.
    story: Option<Box<Story>>,
}

/// What has happened to one row.
#[derive(Debug, Clone)]
struct Story {
    calls: u32,
    attempts: u32,
    http_status: Option<u16>,
    trace_id: Option<String>,
    started_at: Option<Timestamp>,
    fault: Option<Fault>,
    /// Said besides what the steps say: that an answer was lost and settled, that licences went back.
    remarks: Vec<String>,
}

impl Story {
    const fn new() -> Self {
        Self {
            calls: 0,
            attempts: 0,
            http_status: None,
            trace_id: None,
            started_at: None,
            fault: None,
            remarks: Vec::new(),
        }
    }
}

impl RowState {
    fn story(&mut self) -> &mut Story {
        self.story.get_or_insert_with(|| Box::new(Story::new()))
    }

    fn fault(&self) -> Option<&Fault> {
        self.story.as_ref()?.fault.as_ref()
    }
}

/// What is known of each row and step.
pub(super) struct RowBook<'a> {
    rows: &'a [Row],
    states: Vec<RowState>,
    steps: Vec<StepState>,
}

impl<'a> RowBook<'a> {
    pub(super) fn new(rows: &'a [Row], plan: &Plan) -> Self {
        let states = plan
            .rows
            .iter()
            .map(|row| RowState {
                open: u32::try_from(row.steps.len()).unwrap_or(u32::MAX),
                ..RowState::default()
            })
            .collect();
        Self {
            rows,
            states,
            steps: vec![StepState::Open; plan.steps.len()],
        }
    }

    pub(super) fn step(&self, step: StepIndex) -> StepState {
        self.steps[step.0]
    }

    /// Takes in a step that was added to the plan while it ran.
    pub(super) fn add_step(&mut self, rows: &[RowIndex]) {
        self.steps.push(StepState::Open);
        for row in rows {
            self.states[*row].open += 1;
        }
    }

    /// A step goes on without this row; says whether the row has no open step left.
    pub(super) fn leave_step(&mut self, row: RowIndex) -> bool {
        let state = &mut self.states[row];
        state.open = state.open.saturating_sub(1);
        state.open == 0 && !state.ended
    }

    /// Whether the row has not failed so far.
    pub(super) fn is_well(&self, row: RowIndex) -> bool {
        self.states[row].fault().is_none()
    }

    pub(super) fn has_ended(&self, row: RowIndex) -> bool {
        self.states[row].ended
    }

    /// Notes that a call for the row is about to be sent.
    pub(super) fn begin(&mut self, row: RowIndex, now: Timestamp) {
        let story = self.states[row].story();
        story.started_at.get_or_insert(now);
        story.calls += 1;
    }

    /// Notes what a call that answered for the row cost.
    pub(super) fn answered(&mut self, row: RowIndex, receipt: &Receipt) {
        let story = self.states[row].story();
        if story.fault.is_none() {
            story.attempts = receipt.attempts;
            story.http_status = Some(receipt.http_status);
            story.trace_id.clone_from(&receipt.trace_id);
        }
    }

    /// Notes the failure that decides the row; the first one stands.
    pub(super) fn fail(&mut self, row: RowIndex, fault: Fault, error: Option<&CallError>) {
        let story = self.states[row].story();
        if story.fault.is_some() {
            return;
        }
        story.fault = Some(fault);
        if let Some(error) = error {
            story.attempts = error.attempts;
            story.http_status = error.status;
            story.trace_id.clone_from(&error.trace_id);
        }
    }

    pub(super) fn remark(&mut self, row: RowIndex, remark: impl Into<String>) {
        self.states[row].story().remarks.push(remark.into());
    }

    /// Ends a step; says which of its rows have no open step left.
    pub(super) fn end_step(&mut self, step: StepIndex, state: StepState, rows: &[RowIndex]) -> Vec<RowIndex> {
        if self.steps[step.0] != StepState::Open {
            return Vec::new();
        }
        self.steps[step.0] = state;
        let mut complete = Vec::new();
        for row in rows {
            let state = &mut self.states[*row];
            state.open = state.open.saturating_sub(1);
            if state.open == 0 && !state.ended {
                complete.push(*row);
            }
        }
        complete
    }

    /// The record of a row that ends now.
    pub(super) fn end(&mut self, plan: &Plan, snapshot: &Snapshot, row: RowIndex, now: Timestamp) -> Record {
        self.states[row].ended = true;
        let change = describe(plan, snapshot, row, |step| self.step(step) == StepState::Done);
        let story = self.story(row);
        let planned = &plan.rows[row];
        let mut parts: Vec<String> = Vec::new();
        let (status, code) = match (&story.fault, &planned.verdict, planned.ending()) {
            (Some(fault), _, _) => {
                parts.push(fault.message.clone());
                (fault.status, fault.code.clone())
            }
            (None, Some(verdict), _) => {
                parts.push(verdict.message.clone());
                (verdict.status, verdict.code.to_owned())
            }
            (None, None, Ending::Done) => (Status::Done, String::new()),
            (None, None, Ending::Waiting(text)) => {
                parts.push(text.clone());
                (Status::Waiting, "not_accepted".to_owned())
            }
            (None, None, Ending::Short(bundles)) => {
                parts.push(short_of(bundles));
                (Status::Conflict, "seats_short".to_owned())
            }
        };
        let failed = !matches!(status, Status::Done | Status::Unchanged | Status::Waiting);
        if failed && !change.words.is_empty() {
            parts.push(format!("done before that: {}", change.words.join("; ")));
        } else {
            parts.splice(0..0, change.words.iter().cloned());
        }
        if planned.verdict.is_none() && !planned.note().is_empty() {
            parts.push(planned.note().to_owned());
        }
        parts.extend(story.remarks.iter().cloned());
        let record = Record {
            status,
            code,
            message: parts.join("; "),
            before: change.before,
            after: change.after,
            started_at: Some(story.started_at.unwrap_or(now)),
            finished_at: Some(now),
            ..self.blank(plan, row)
        };
        // Nobody asks again, unless for whether the row is well.
        self.states[row].story.take_if(|story| story.fault.is_none());
        record
    }

    /// The record of a row that the run did not get to the end of.
    pub(super) fn leave(
        &mut self,
        plan: &Plan,
        snapshot: &Snapshot,
        row: RowIndex,
        why: &str,
        now: Timestamp,
    ) -> Record {
        let story = self.states[row].story();
        story
            .fault
            .get_or_insert_with(|| Fault::new(Status::NotRun, "stopped", why));
        self.end(plan, snapshot, row, now)
    }

    /// The record ahead of a call that must not be repeated, or of a stage that a rerun has to know of;
    /// it tells what has been done so far.
    pub(super) fn started(
        &self,
        plan: &Plan,
        snapshot: &Snapshot,
        row: RowIndex,
        code: &str,
        now: Timestamp,
    ) -> Record {
        let change = describe(plan, snapshot, row, |step| self.step(step) == StepState::Done);
        Record {
            status: Status::Started,
            code: code.to_owned(),
            message: change.words.join("; "),
            before: change.before,
            after: change.after,
            started_at: Some(self.story(row).started_at.unwrap_or(now)),
            ..self.blank(plan, row)
        }
    }

    fn story(&self, row: RowIndex) -> &Story {
        static NONE: Story = Story::new();
        self.states[row].story.as_deref().unwrap_or(&NONE)
    }

    fn blank(&self, plan: &Plan, row: RowIndex) -> Record {
        let story = self.story(row);
        let Row { place, key, operation } = &self.rows[row];
        Record {
            operation: Some(operation.kind()),
            user: operation.user_label(),
            target: operation.target_label(),
            http_status: story.http_status,
            attempts: story.attempts,
            calls: story.calls,
            user_id: plan.rows[row].account.and_then(|account| plan.account(account).id),
            trace_id: story.trace_id.clone(),
            ..Record::blank(place.clone(), *key, Status::NotRun)
        }
    }
}
