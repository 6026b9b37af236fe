//! What a plan says about a sheet, row by row, in a form that can be shown, saved, and compared with a later plan of
//! the same rows.

use std::collections::HashMap;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::directory::Snapshot;
use crate::ledger::Record;
use crate::model::{OperationKind, Place, Row, RowKey, Status, UserId};
use crate::plan::{Fate, Plan, RowEnd, RowIndex, Work};

/// A complete sheet as a plan sees it. Serialized as a list, row by row, so that only the current one is in memory.
#[derive(Clone, Copy)]
pub struct SheetPlan<'a> {
    /// Every row of the sheet, in its order.
    pub order: &'a [(RowKey, Place)],
    /// The rows that are planned.
    pub rows: &'a [Row],
    /// Records of rows that are not attempted.
    pub not_attempted: &'a [Record],
    /// What is planned.
    pub plan: &'a Plan,
    /// The state it was planned against.
    pub snapshot: &'a Snapshot,
}

impl<'a> SheetPlan<'a> {
    /// What the plan says about each row, in the sheet's order.
    pub fn rows(self) -> impl Iterator<Item = RowPlan> + 'a {
        let Self {
            order,
            rows,
            not_attempted,
            plan,
            snapshot,
        } = self;
        let planned = rows.iter().enumerate();
        let planned: HashMap<RowKey, usize> = planned.map(|(index, row)| (row.key, index)).collect();
        let left: HashMap<RowKey, &Record> = not_attempted.iter().map(|record| (record.key, record)).collect();
        order.iter().map(move |(key, place)| {
            if let Some(index) = planned.get(key) {
                row_plan(rows, plan, snapshot, *index)
            } else if let Some(record) = left.get(key) {
                left_out(record)
            } else {
                RowPlan::bare(place.clone(), *key, Fate::Finished)
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
    let fate = match record.status {
        Status::NotRun => Fate::LeftOut,
        _ => Fate::Invalid,
    };
    RowPlan {
        operation: record.operation,
        user: record.user.clone(),
        target: record.target.clone(),
        status: Some(record.status),
        code: record.code.clone(),
        message: record.message.clone(),
        ..RowPlan::bare(record.place.clone(), record.key, fate)
    }
}

/// What a plan says about one row. `docs/plan.md` describes its JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowPlan {
    /// Its place in the sheet.
    pub at: Place,
    /// Identifies it across runs.
    pub key: RowKey,
    /// Its operation; `None` if it could not be read, and for a row that an earlier run finished.
    pub operation: Option<OperationKind>,
    /// The account as the sheet names it.
    pub user: String,
    /// What it gets or loses.
    pub target: String,
    /// What the plan does with it.
    pub fate: Fate,
    /// How it is expected to end; `None` for a row that an earlier run finished.
    pub status: Option<Status>,
    /// A code in snake case; empty where the status says it all.
    pub code: String,
    /// What the results file is expected to say.
    pub message: String,
    /// The account that was found.
    pub user_id: Option<UserId>,
    /// The present state; absent where nothing changes.
    pub before: Option<Value>,
    /// The state afterwards.
    pub after: Option<Value>,
    /// Whether an account is deleted for it in this run.
    pub deletes: bool,
}

impl RowPlan {
    /// A row about which the plan says nothing more than this.
    pub fn bare(at: Place, key: RowKey, fate: Fate) -> Self {
        Self {
            at,
            key,
            operation: None,
            user: String::new(),
            target: String::new(),
            fate,
            status: None,
            code: String::new(),
            message: String::new(),
            user_id: None,
            before: None,
            after: None,
            deletes: false,
        }
    }

    /// Whether the plan has looked at the row.
    pub fn is_planned(&self) -> bool {
        matches!(
            self.fate,
            Fate::ToChange | Fate::AlreadySo | Fate::Waits | Fate::CannotRun
        )
    }
}

/// What the plan says about the row at this position of `rows`.
fn row_plan(rows: &[Row], plan: &Plan, snapshot: &Snapshot, index: RowIndex) -> RowPlan {
    let row = &rows[index];
    let planned = &plan.rows[index];
    let about = RowPlan {
        operation: Some(row.operation.kind()),
        user: row.operation.user_label(),
        target: row.operation.target_label(),
        user_id: planned.account.and_then(|account| plan.account(account).id),
        ..RowPlan::bare(row.place.clone(), row.key, Fate::ToChange)
    };
    let RowEnd {
        status,
        code,
        message,
        before,
        after,
    } = plan.expected_end(snapshot, index);
    RowPlan {
        fate: match &planned.verdict {
            Some(_) => Fate::of(status),
            None => Fate::ToChange,
        },
        status: Some(status),
        code: code.to_string(),
        message,
        before,
        after,
        deletes: planned
            .steps
            .iter()
            .any(|step| matches!(plan.step(*step).work, Work::Delete)),
        ..about
    }
}
