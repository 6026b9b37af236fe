//! How a row ends: the one place that turns what happened to a row into its status, code, message, `before` and `after`.
//!
//! A run asks it for the line of the results file, a plan for the line that is to be expected, and a saved plan is
//! compared by the same answer. Pure.

use serde_json::{Value, json};

use super::{
    Begun, Change, Ending, Plan, RowCode, RowIndex, RowReason, Step, StepSource, Verdict, describe, not_owned, short_of,
};
use crate::directory::Snapshot;
use crate::model::{BundleSet, OperationKind, Row, RowReport, Status, UNCLEAR, WAITED};

/// Rows, what is planned for them, and the state that they were planned against.
#[derive(Clone, Copy)]
pub struct PlannedSheet<'a> {
    /// The rows.
    pub rows: &'a [Row],
    /// What is planned for them, in the same order.
    pub plan: &'a Plan,
    /// The state that they were planned against.
    pub snapshot: &'a Snapshot,
}

/// What has become of a row.
pub struct Course<'a, Steps> {
    /// The steps that were carried out, in the order of their stages.
    pub steps: Steps,
    /// What decides the row although its steps have not all been carried out, or none was needed.
    pub verdict: Option<&'a Verdict>,
    /// Facts that the steps do not show: that an answer was lost and settled, that licences went back.
    pub remarks: &'a [String],
}

/// How the row ends after this course.
pub fn row_end<'a>(
    sheet: PlannedSheet<'_>,
    source: &'a dyn StepSource,
    row: RowIndex,
    course: Course<'_, impl Iterator<Item = &'a Step>>,
) -> RowReport {
    let change = describe(sheet.plan, sheet.snapshot, source, row, course.steps);
    row_ended(sheet, source, row, change, course.verdict, course.remarks)
}

/// The same, where it is known what the steps have changed.
pub fn row_ended(
    sheet: PlannedSheet<'_>,
    source: &dyn StepSource,
    row: RowIndex,
    change: Change,
    verdict: Option<&Verdict>,
    remarks: &[String],
) -> RowReport {
    let planned = &sheet.plan.rows[row];
    let (status, code, reason) = match (verdict, planned.ending()) {
        (Some(verdict), _) => (
            verdict.status,
            verdict.code.clone(),
            Some(verdict.message.clone()).filter(|message| !message.is_empty()),
        ),
        (None, Ending::Done) => (Status::Done, RowCode::None, None),
        (None, Ending::Waiting(rest)) => (Status::Waiting, RowReason::NotAccepted.into(), Some(rest.clone())),
        (None, Ending::Overtaken(words)) => (
            Status::Conflict,
            RowReason::NotVerified.into(),
            Some((*words).to_owned()),
        ),
        (None, Ending::NotOwned(bundles)) => (Status::Conflict, RowReason::NotOwned.into(), Some(not_owned(bundles))),
        (None, Ending::Short(bundles)) => (Status::Conflict, RowReason::SeatsShort.into(), Some(short_of(bundles))),
    };
    let mut parts: Vec<String> = Vec::new();
    let went_well = matches!(
        status,
        Status::Done | Status::Unchanged | Status::Waiting | Status::Started
    );
    if went_well {
        parts.extend(change.words);
        parts.extend(reason);
    } else {
        // Whoever reads a failure wants its reason first, and then what the account has got all the same.
        parts.extend(reason);
        let when = match sheet.rows[row].operation.kind() {
            // Nothing else waits for what fails.
            OperationKind::Offboard => "done all the same",
            _ => "done before that",
        };
        parts.extend((!change.words.is_empty()).then(|| format!("{when}: {}", change.words.join("; "))));
    }
    // Of a row that fails, not all that it was to take over was given.
    if planned.verdict().is_none() && !status.is_failure() && !planned.note().is_empty() {
        parts.push(planned.note().to_owned());
    }
    if !sheet.rows[row].operation.kind().takes_several_runs() {
        parts.extend(planned.earlier().and_then(done_earlier));
    }
    if !matches!(
        status,
        Status::Done | Status::Unchanged | Status::Waiting | Status::Started
    ) {
        let taken = planned.earlier().and_then(|earlier| earlier.nobody_has(sheet.snapshot));
        parts.extend(taken.as_ref().map(in_words));
    }
    parts.extend(remarks.iter().cloned());
    let mut after = change.after;
    if let Some(copied) = planned.copied()
        && matches!(status, Status::Started | Status::InDoubt)
    {
        // Whatever came of the call, a rerun finishes what was planned with it.
        after.get_or_insert_with(|| json!({}))["like"] = copied.clone();
    }
    let is_refused = planned.verdict().is_some();
    if let Some(earlier) = planned.earlier() {
        if let Some(waited) = earlier.waited(status, is_refused, after.is_some()) {
            after.get_or_insert_with(|| json!({}))[WAITED] = json!(waited);
        }
        if earlier.is_on_the_way
            && !went_well
            && let Some(after) = &mut after
        {
            // What was on its way need not have come about.
            after[UNCLEAR] = json!(true);
        }
    }
    // A row that makes an account may be refused for the sake of another one.
    let made = planned.earlier().filter(|earlier| earlier.made && is_refused);
    let user_id = match made {
        Some(earlier) => earlier.account,
        None => planned
            .account
            .and_then(|account| source.account_id(account))
            .or_else(|| planned.earlier()?.account),
    };
    RowReport {
        code: code.to_string(),
        message: parts.join("; "),
        user_id,
        before: change.before,
        after,
        ..RowReport::of(&sheet.rows[row], status)
    }
}

/// Licences that an earlier run took off an old account, and that its successor has not got.
fn in_words(taken: &BundleSet) -> String {
    format!("an earlier run took {taken} off the old account, which holds no licences now")
}

/// What an earlier run did for a row that makes an account and is not finished, in words.
fn done_earlier(begun: &Begun) -> Option<String> {
    if !begun.tells_what_was_made() {
        return None;
    }
    let after = begun.after.as_ref()?;
    let made = after.get("made")?.as_str()?;
    let groups = after.get("groups").and_then(Value::as_object);
    let joined: Vec<&str> = groups
        .into_iter()
        .flatten()
        .filter(|(_, is_in)| **is_in == Value::Bool(true))
        .map(|(name, _)| name.as_str())
        .collect();
    Some(match joined.as_slice() {
        [] => format!("{made} by an earlier run"),
        names => format!("{made} and joined {} by an earlier run", names.join(", ")),
    })
}

impl PlannedSheet<'_> {
    /// How the row is expected to end: every step succeeds.
    pub fn expected_end(self, row: RowIndex) -> RowReport {
        let planned = &self.plan.rows[row];
        let course = Course {
            steps: planned.steps().iter().map(|step| self.plan.step(*step)),
            verdict: planned.verdict(),
            remarks: &[],
        };
        row_end(self, self.plan, row, course)
    }
}

impl Plan {
    /// What the row changes if every step succeeds.
    pub fn expected_change(&self, snapshot: &Snapshot, row: RowIndex) -> Change {
        let steps = self.rows[row].steps().iter().map(|step| self.step(*step));
        describe(self, snapshot, self, row, steps)
    }
}
