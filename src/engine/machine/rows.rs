//! The rows of a run: what has happened to each so far, and the record that each ends with.

use std::borrow::Cow;
use std::sync::LazyLock;

use foldhash::HashMap;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::steps::{StepState, Steps};
use crate::api::{CallError, Failure, Receipt};
use crate::directory::ReadError;
use crate::ledger::Record;
use crate::model::{HANDED_OVER, Place, RowReport, RowSelection, Status, UNCLEAR, UserId};
use crate::plan::{
    Account, Change, PlannedSheet, RowCode, RowIndex, RowReason, Rules, Stage, StepIndex, StepSource, Verdict,
    describe, row_ended,
};
use crate::text::joined;

/// Why a step failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StepFailure {
    /// How its rows end.
    pub(super) verdict: Verdict,
    /// Whether the change may have been made all the same.
    pub(super) is_unclear: bool,
}

impl StepFailure {
    pub(super) fn new(status: Status, code: impl Into<RowCode>, message: impl Into<String>) -> Self {
        Self::with(Verdict::new(status, code, message))
    }

    /// The step's rows end like this.
    pub(super) fn with(verdict: Verdict) -> Self {
        Self {
            verdict,
            is_unclear: false,
        }
    }

    pub(super) fn of(error: &CallError) -> Self {
        Self {
            is_unclear: matches!(error.failure, Failure::Unclear | Failure::CutOff),
            ..Self::new(super::failed_call::status(error), &error.code, &error.message)
        }
    }

    /// Of what could not be read back, unless the run was stopped before it could.
    pub(super) fn unread(error: &ReadError, code: RowReason, message: String) -> Self {
        let is_stopped = error.call().is_some_and(|call| call.failure == Failure::Stopped);
        let status = if is_stopped { Status::NotRun } else { Status::Failed };
        Self::new(status, code, message)
    }

    /// The same, where the change may have been made all the same.
    pub(super) fn unclear(self) -> Self {
        Self {
            is_unclear: true,
            ..self
        }
    }

    pub(super) fn message(&self) -> &str {
        &self.verdict.message
    }

    /// The same, where rows end with another status.
    pub(super) fn ending(mut self, status: Status) -> Self {
        self.verdict.status = status;
        self
    }

    /// The same with another message.
    pub(super) fn saying(&self, message: String) -> Self {
        let mut failure = self.clone();
        failure.verdict.message = message;
        failure
    }
}

/// How far one row is.
#[derive(Debug, Clone, Copy)]
struct RowState {
    /// How many of its steps are open.
    open: u32,
    ended: bool,
}

/// What has happened to one row.
#[derive(Debug, Clone, Default)]
struct RowLog {
    calls: u32,
    attempts: u32,
    http_status: Option<u16>,
    trace_id: Option<String>,
    started_at: Option<Timestamp>,
    failure: Option<Verdict>,
    /// A failure after which the row has gone on.
    setback: Option<Verdict>,
    /// The end of a row that turned out to need no change.
    settled: Option<Verdict>,
    /// Said besides what the steps say: that an answer was lost and settled, that licences went back.
    remarks: Vec<String>,
    /// When this run, under `--resend`, mailed the person or set about it.
    mailed_at: Option<Timestamp>,
    /// What the service refused to carry over to a successor, so that the old account is kept.
    not_carried_over: Vec<String>,
    /// The steps of which a record says what they are to change.
    ahead: Vec<StepIndex>,
    /// What that record says.
    told: Option<Box<Told>>,
}

/// What is said of steps before they are carried out, and is so once they have been.
#[derive(Debug, Clone)]
struct Told {
    /// The steps, and whose they are.
    steps: Vec<(StepIndex, Option<UserId>)>,
    change: Change,
}

impl Told {
    /// Whether these steps, and no others, have been carried out for the row as they were described.
    fn has_come_about(&self, row: RowIndex, steps: &Steps<'_>) -> bool {
        let done = steps.done_of_row(row).map(|step| (step, steps.user_of(step)));
        self.steps.iter().all(|(step, _)| steps.is_as_planned(*step)) && done.eq(self.steps.iter().copied())
    }
}

impl RowLog {
    /// What a failed call cost.
    fn note(&mut self, error: Option<&CallError>) {
        if let Some(error) = error {
            self.attempts = error.attempts;
            self.http_status = error.status;
            self.trace_id.clone_from(&error.trace_id);
        }
    }
}

/// Whether rows get records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recording {
    /// They do.
    On,
    /// They do not: nothing is carried out, and nobody reads what would be written.
    Off,
}

/// The rows of a run.
pub(super) struct Rows<'a> {
    sheet: PlannedSheet<'a>,
    rules: &'a Rules,
    recording: Recording,
    states: Vec<RowState>,
    /// What has happened to those that are under way, and to those that have failed: there may be a million rows.
    logs: HashMap<RowIndex, Box<RowLog>>,
    failures: usize,
    is_any_cut_short: bool,
}

impl<'a> Rows<'a> {
    pub(super) fn new(sheet: PlannedSheet<'a>, rules: &'a Rules, recording: Recording) -> Self {
        let open = |steps: usize| RowState {
            open: u32::try_from(steps).unwrap_or(u32::MAX),
            ended: false,
        };
        Self {
            sheet,
            rules,
            recording,
            states: sheet.plan.rows.iter().map(|row| open(row.steps().len())).collect(),
            logs: HashMap::default(),
            failures: 0,
            is_any_cut_short: false,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    pub(super) fn sheet(&self) -> PlannedSheet<'a> {
        self.sheet
    }

    /// Whether anybody reads what becomes of them.
    pub(super) fn are_recorded(&self) -> bool {
        self.recording == Recording::On
    }

    /// The person whom the row invites is about to be mailed under `--resend`, which the next such run has to know.
    pub(super) fn mailed(&mut self, row: RowIndex, now: Timestamp) {
        self.edit(row).mailed_at = Some(now);
    }

    /// Nothing has come of that.
    pub(super) fn not_mailed(&mut self, row: RowIndex) {
        self.edit(row).mailed_at = None;
    }

    /// The service refuses to carry this over; whether the row goes on without it is for the user to say.
    pub(super) fn leave_behind(&mut self, row: RowIndex, what: &str, words: &str) {
        let words = format!("{what} ({words})");
        if self.rules.leaves_behind(&self.sheet.rows[row].place) {
            self.remark(row, format!("left behind: {words}"));
        } else {
            self.edit(row).not_carried_over.push(words);
        }
    }

    /// How the row ends where something could not be carried over.
    pub(super) fn not_carried_over(&self, row: RowIndex) -> Option<Verdict> {
        let what = &self.log(row).not_carried_over;
        (!what.is_empty()).then(|| Verdict::new(Status::Conflict, RowReason::NotCarriedOver, format!(
                "the old account was kept, because the service refuses to carry over {}; add `--without-carry-over {}` \
                 to go on without it",
                joined(what, usize::MAX),
                RowSelection::of(&self.sheet.rows[row].place),
            )))
    }

    /// How the sheet names the account.
    pub(super) fn label(&self, account: &Account) -> Cow<'a, str> {
        account.naming.label(self.sheet.rows)
    }

    pub(super) fn place(&self, row: RowIndex) -> Place {
        self.sheet.rows[row].place.clone()
    }

    /// Whether a row has ended that could not be tried to the end, because the run stopped.
    pub(super) fn is_any_cut_short(&self) -> bool {
        self.is_any_cut_short
    }

    /// How many rows have ended and need somebody.
    pub(super) fn failures(&self) -> usize {
        self.failures
    }

    /// Whether the row has not failed so far.
    pub(super) fn is_well(&self, row: RowIndex) -> bool {
        self.log(row).failure.is_none()
    }

    pub(super) fn has_ended(&self, row: RowIndex) -> bool {
        self.states[row].ended
    }

    pub(super) fn all_have_ended(&self) -> bool {
        self.states.iter().all(|state| state.ended)
    }

    /// One more step is to be made for the row.
    pub(super) fn expect_step(&mut self, row: RowIndex) {
        self.states[row].open += 1;
    }

    /// One step less is to be made; says whether none is left, so that the row ends.
    pub(super) fn step_ended(&mut self, row: RowIndex) -> bool {
        let state = &mut self.states[row];
        state.open = state.open.saturating_sub(1);
        state.open == 0 && !state.ended
    }

    /// A call for the row is on its way.
    pub(super) fn begin(&mut self, row: RowIndex, now: Timestamp) {
        if self.are_recorded() {
            self.edit(row).started_at.get_or_insert(now);
        }
    }

    /// The call never left.
    pub(super) fn never_left(&mut self, row: RowIndex) {
        let log = self.edit(row);
        if log.calls == 0 {
            log.started_at = None;
            log.mailed_at = None;
        }
    }

    /// A call for the row has left and come to its end, whatever that was.
    pub(super) fn called(&mut self, row: RowIndex) {
        if self.are_recorded() {
            self.edit(row).calls += 1;
        }
    }

    /// What a call that answered for the row cost.
    pub(super) fn answered(&mut self, row: RowIndex, receipt: &Receipt) {
        if !self.are_recorded() {
            return;
        }
        let log = self.edit(row);
        if log.failure.is_none() && log.setback.is_none() {
            log.attempts = receipt.attempts;
            log.http_status = Some(receipt.http_status);
            log.trace_id.clone_from(&receipt.trace_id);
        }
    }

    /// The failure that decides the row; the first one counts.
    pub(super) fn fail(&mut self, row: RowIndex, verdict: Verdict, error: Option<&CallError>) {
        let log = self.edit(row);
        if log.failure.is_some() {
            return;
        }
        log.failure = Some(verdict);
        if log.setback.is_none() {
            log.note(error);
        }
    }

    /// A failure that decides the row, unless it turns out that everything is as it should be, and after which the row's
    /// other steps are made all the same; the first one counts, and the words of others are remarked.
    pub(super) fn set_back(&mut self, row: RowIndex, verdict: Verdict, error: Option<&CallError>) {
        let log = self.edit(row);
        match &log.setback {
            None => {
                log.setback = Some(verdict);
                log.note(error);
            }
            Some(first) if first.message == verdict.message => {}
            Some(_) if log.remarks.contains(&verdict.message) => {}
            Some(_) => log.remarks.push(verdict.message),
        }
    }

    /// Whether the row has gone on after a failure.
    pub(super) fn has_setback(&self, row: RowIndex) -> bool {
        self.log(row).setback.is_some()
    }

    /// Forgets the failure after which the row has gone on.
    pub(super) fn take_setback(&mut self, row: RowIndex) -> Option<Verdict> {
        self.logs.get_mut(&row)?.setback.take()
    }

    /// The row turned out to need no change.
    pub(super) fn settle(&mut self, row: RowIndex, verdict: Verdict) {
        self.edit(row).settled = Some(verdict);
    }

    pub(super) fn remark(&mut self, row: RowIndex, remark: impl Into<String>) {
        self.edit(row).remarks.push(remark.into());
    }

    /// Whether a remark on the row names this.
    pub(super) fn has_said(&self, row: RowIndex, what: &str) -> bool {
        self.log(row).remarks.iter().any(|remark| remark.contains(what))
    }

    /// Ends a row; its record, where there are records.
    pub(super) fn end(&mut self, row: RowIndex, steps: &Steps<'_>, now: Timestamp) -> Option<Record> {
        self.states[row].ended = true;
        if self.recording == Recording::Off || self.sheet.plan.rows[row].is_on_record() {
            self.forget(row);
            return None;
        }
        let told = self.logs.get_mut(&row).and_then(|log| log.told.take());
        let told = told.filter(|told| told.has_come_about(row, steps));
        let log = self.log(row);
        let planned = self.sheet.plan.rows[row].verdict();
        let not_carried_over = self.not_carried_over(row);
        let verdict = (log.setback.as_ref())
            .or(log.failure.as_ref())
            .or(not_carried_over.as_ref())
            .or(log.settled.as_ref())
            .or(planned);
        let record = Record {
            started_at: Some(log.started_at.unwrap_or(now)),
            finished_at: Some(now),
            ..self.record(row, steps, told.map(|told| told.change), None, verdict, &log.remarks)
        };
        self.failures += usize::from(record.report.status.is_failure());
        self.is_any_cut_short |= planned.is_none() && record.report.status == Status::NotRun;
        self.forget(row);
        Some(record)
    }

    /// Ends a row that the run does not get to the end of, `because` of what is said of the stop.
    pub(super) fn leave(&mut self, row: RowIndex, steps: &Steps<'_>, because: &str, now: Timestamp) -> Option<Record> {
        let how_far = if steps.done_of_row(row).next().is_some() {
            "not finished"
        } else {
            "not reached"
        };
        let left = Verdict::new(Status::NotRun, RowReason::Stopped, format!("{how_far}{because}"));
        self.edit(row).failure.get_or_insert(left);
        self.end(row, steps, now)
    }

    /// The record ahead of a call that must not be repeated, or of a step that a rerun has to know of; it says what has
    /// been done so far, and what this step may have changed, if there is one.
    pub(super) fn begun(
        &mut self,
        row: RowIndex,
        ahead: Option<StepIndex>,
        steps: &Steps<'_>,
        code: RowReason,
        now: Timestamp,
    ) -> Option<Record> {
        if self.recording == Recording::Off {
            return None;
        }
        let begun = Verdict::new(Status::Started, code, "");
        let log = self.edit(row);
        if let Some(step) = ahead
            && !log.ahead.contains(&step)
        {
            log.ahead.push(step);
        }
        Some(Record {
            started_at: Some(self.log(row).started_at.unwrap_or(now)),
            ..self.record(row, steps, None, ahead, Some(&begun), &[])
        })
    }

    /// The record ahead of a call that has these steps of one row, and may be repeated: what was there, and what it is to
    /// become. `None` where this has been recorded already.
    pub(super) fn changing(
        &mut self,
        of_call: &[(RowIndex, StepIndex)],
        steps: &Steps<'_>,
        now: Timestamp,
    ) -> Option<Record> {
        let (row, _) = *of_call.first()?;
        if self.recording == Recording::Off {
            return None;
        }
        let of_call = of_call.iter().map(|(_, step)| *step);
        let log = self.edit(row);
        let untold: Vec<StepIndex> = of_call.clone().filter(|step| !log.ahead.contains(step)).collect();
        if untold.is_empty() {
            return None;
        }
        log.ahead.extend(untold);
        let verdict = Verdict::new(Status::Started, RowReason::Changing, "");
        let all: Vec<StepIndex> = steps.done_of_row(row).chain(of_call.clone()).collect();
        let change = self.change(row, steps, all.iter().copied());
        let ahead = Change {
            words: Vec::new(),
            before: change.before.clone(),
            after: kept_handed_over(change.after.clone(), steps, of_call),
        };
        if all.iter().all(|step| steps.is_as_planned(*step)) {
            let steps = all.into_iter().map(|step| (step, steps.user_of(step))).collect();
            self.edit(row).told = Some(Box::new(Told { steps, change }));
        }
        let mut record = self.recorded(row, row_ended(self.sheet, steps, row, ahead, Some(&verdict), &[]));
        // What the steps say is still to come about.
        "on its way; the next run of the sheet finds out what became of it".clone_into(&mut record.report.message);
        record.started_at = Some(self.log(row).started_at.unwrap_or(now));
        Some(record)
    }

    /// What these steps change for a row.
    fn change(&self, row: RowIndex, steps: &Steps<'_>, of: impl Iterator<Item = StepIndex>) -> Change {
        let PlannedSheet { plan, snapshot, .. } = self.sheet;
        describe(plan, snapshot, steps, row, of.map(|step| steps.step(step)))
    }

    /// The record of a row, and what its steps have changed, if that is known; `ahead` is one that is about to.
    fn record(
        &self,
        row: RowIndex,
        steps: &Steps<'_>,
        known: Option<Change>,
        ahead: Option<StepIndex>,
        verdict: Option<&Verdict>,
        remarks: &[String],
    ) -> Record {
        let described = || self.change(row, steps, steps.done_of_row(row));
        debug_assert!(known.as_ref().is_none_or(|known| *known == described()));
        let change = known.unwrap_or_else(described);
        let mut report = row_ended(self.sheet, steps, row, change, verdict, remarks);
        // Whatever becomes of a row of which a call may have been carried out, its line has what there was and what it may
        // have become.
        let is_open = |step: &StepIndex| steps.is_perhaps_done(*step) && steps.state(*step) != StepState::Done;
        let is_other = |step: &StepIndex| Some(*step) != ahead;
        let told = self.log(row).ahead.iter().copied();
        let perhaps = told.filter(is_open).filter(is_other).chain(ahead);
        if perhaps.clone().next().is_some() {
            let mut all: Vec<StepIndex> = steps.done_of_row(row).chain(perhaps.clone()).collect();
            all.sort_by_key(|step| steps.step(*step).stage);
            let change = self.change(row, steps, all.into_iter());
            let RowReport { before, after, .. } = row_ended(self.sheet, steps, row, change, verdict, remarks);
            report.before = before;
            report.after = kept_handed_over(after, steps, perhaps);
            // Where reading back has shown that all is well, it is no longer unclear.
            if report.status.is_failure() || report.status == Status::NotRun {
                report.after.get_or_insert_with(|| json!({}))[UNCLEAR] = json!(true);
            }
        }
        self.recorded(row, report)
    }

    fn recorded(&self, row: RowIndex, mut report: RowReport) -> Record {
        let log = self.log(row);
        if let Some(mailed_at) = log.mailed_at {
            let after = report.after.get_or_insert_with(|| json!({}));
            after["mailed"] = json!(mailed_at);
        }
        Record {
            http_status: log.http_status,
            attempts: log.attempts,
            // Of what was told ahead of a call, a later record says what came of it, whatever that was.
            calls: log.calls.max(u32::from(!log.ahead.is_empty())),
            trace_id: log.trace_id.clone(),
            ..Record::from(report)
        }
    }

    fn log(&self, row: RowIndex) -> &RowLog {
        static NONE: LazyLock<RowLog> = LazyLock::new(RowLog::default);
        self.logs.get(&row).map_or(&NONE, |log| &**log)
    }

    fn edit(&mut self, row: RowIndex) -> &mut RowLog {
        self.logs.entry(row).or_default()
    }

    /// Forgets what has happened to a row that has ended: from now on only whether it is well is asked for.
    fn forget(&mut self, row: RowIndex) {
        if self.is_well(row) {
            self.logs.remove(&row);
        }
    }
}

/// What is there after these steps, where it is not known whether licences have gone back to an old account: nothing else
/// would tell that they were taken off it.
fn kept_handed_over(
    after: Option<Value>,
    steps: &Steps<'_>,
    mut perhaps: impl Iterator<Item = StepIndex>,
) -> Option<Value> {
    if !perhaps.any(|step| steps.step(step).stage == Stage::GiveBack) {
        return after;
    }
    let mut after = after.unwrap_or_else(|| json!({}));
    after[HANDED_OVER] = json!(true);
    Some(after)
}
