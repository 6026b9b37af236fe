//! What a plan says about a sheet, row by row, in a form that can be shown, saved, and compared with a later plan of
//! the same rows.

use std::collections::HashMap;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::ledger::Record;
use crate::model::{OperationKind, Place, RowKey, RowReport, Status, UserId};
use crate::plan::{Fate, PlannedSheet, RowIndex, StepIndex, Work};

/// A complete sheet as a plan sees it. Serialized as a list, row by row, so that only the current one is in memory.
#[derive(Clone, Copy)]
pub struct SheetPlan<'a> {
    /// Every row of the sheet, in its order.
    pub order: &'a [(RowKey, Place)],
    /// The rows that are planned, and what is planned for them.
    pub planned: PlannedSheet<'a>,
    /// Records of rows that are not attempted.
    pub not_attempted: &'a [Record],
}

impl<'a> SheetPlan<'a> {
    /// What the plan says about each row, in the sheet's order.
    pub fn rows(self) -> impl Iterator<Item = RowPlan> + 'a {
        self.rows_by_index().map(|(_, row)| row)
    }

    /// The same, each with its position among the rows that are planned, where it is one of these.
    pub fn rows_by_index(self) -> impl Iterator<Item = (Option<RowIndex>, RowPlan)> + 'a {
        let Self {
            order,
            planned: sheet,
            not_attempted,
        } = self;
        let planned = sheet.rows.iter().enumerate();
        let planned: HashMap<RowKey, usize> = planned.map(|(index, row)| (row.key, index)).collect();
        let left: HashMap<RowKey, &Record> = not_attempted.iter().map(|record| (record.report.key, record)).collect();
        order.iter().map(move |(key, place)| {
            if let Some(index) = planned.get(key) {
                (Some(*index), row_plan(sheet, *index))
            } else if let Some(record) = left.get(key) {
                (None, left_out(record))
            } else {
                (None, RowPlan::finished(place.clone(), *key))
            }
        })
    }
}

impl Serialize for SheetPlan<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(self.rows())
    }
}

fn left_out(record: &Record) -> RowPlan {
    let fate = match record.report.status {
        Status::NotRun => Fate::LeftOut,
        Status::Invalid | Status::Duplicate => Fate::Invalid,
        // It is before its date, whatever has become of it so far.
        _ => Fate::Waits,
    };
    RowPlan {
        report: record.report.clone(),
        fate,
        deletes: false,
    }
}

/// What a plan says about one row. `docs/json.md` describes its JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "RowPlanShape", into = "RowPlanShape")]
pub struct RowPlan {
    /// What is there now, what will be there, and what the results file is expected to say. The status of a row that an
    /// earlier run finished is of no meaning.
    pub report: RowReport,
    /// What the plan does with it.
    pub fate: Fate,
    /// Whether an account is deleted for it in this run.
    pub deletes: bool,
}

/// The JSON of one row; its member names are a promise.
#[derive(Serialize, Deserialize)]
struct RowPlanShape {
    at: Place,
    key: RowKey,
    /// `null` where it could not be read, and for a row that an earlier run finished.
    operation: Option<OperationKind>,
    /// `null` from here on, `fate` and `deletes` aside, for a row that an earlier run finished: it is not looked at again.
    user: Option<String>,
    target: Option<String>,
    fate: Fate,
    status: Option<Status>,
    code: Option<String>,
    message: Option<String>,
    user_id: Option<UserId>,
    before: Option<Value>,
    after: Option<Value>,
    deletes: bool,
}

impl From<RowPlan> for RowPlanShape {
    fn from(plan: RowPlan) -> Self {
        let status = plan.status();
        let RowPlan { report, fate, deletes } = plan;
        let told = |text: String| Some(text).filter(|_| status.is_some());
        Self {
            at: report.place,
            key: report.key,
            operation: report.operation,
            user: told(report.user),
            target: told(report.target),
            fate,
            status,
            code: told(report.code),
            message: told(report.message),
            user_id: report.user_id,
            before: report.before,
            after: report.after,
            deletes,
        }
    }
}

impl From<RowPlanShape> for RowPlan {
    fn from(shape: RowPlanShape) -> Self {
        Self {
            report: RowReport {
                place: shape.at,
                key: shape.key,
                operation: shape.operation,
                user: shape.user.unwrap_or_default(),
                target: shape.target.unwrap_or_default(),
                status: shape.status.unwrap_or(Status::Done),
                code: shape.code.unwrap_or_default(),
                message: shape.message.unwrap_or_default(),
                user_id: shape.user_id,
                before: shape.before,
                after: shape.after,
            },
            fate: shape.fate,
            deletes: shape.deletes,
        }
    }
}

impl RowPlan {
    /// A row that an earlier run finished.
    pub fn finished(place: Place, key: RowKey) -> Self {
        Self {
            report: RowReport::blank(place, key, Status::Done),
            fate: Fate::Finished,
            deletes: false,
        }
    }

    /// How it is expected to end; `None` for a row that an earlier run finished.
    pub fn status(&self) -> Option<Status> {
        (self.fate != Fate::Finished).then_some(self.report.status)
    }

    /// Whether the plan has looked at the row.
    pub fn is_planned(&self) -> bool {
        matches!(
            self.fate,
            Fate::ToChange | Fate::AlreadySo | Fate::Waits | Fate::CannotRun
        )
    }
}

/// What the plan says of the row at this position.
fn row_plan(sheet: PlannedSheet<'_>, row: RowIndex) -> RowPlan {
    let planned = &sheet.plan.rows[row];
    let report = sheet.expected_end(row);
    let is_deletion = |step: &StepIndex| matches!(sheet.plan.step(*step).work, Work::Delete);
    RowPlan {
        fate: match planned.verdict() {
            Some(_) => Fate::of(report.status),
            None => Fate::ToChange,
        },
        deletes: planned.steps().iter().any(is_deletion),
        report,
    }
}
