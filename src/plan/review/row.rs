//! What a plan says of one row.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::directory::Snapshot;
use crate::model::{OperationKind, Place, Row, RowKey, Status, UserId};
use crate::plan::{Plan, RowEnd, RowIndex, Work};

/// What a plan does with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Calls are made for it.
    ToChange,
    /// The state is so already.
    AlreadySo,
    /// It waits for an invitation to be accepted.
    Waits,
    /// A person has to look at it, and no call is made.
    CannotRun,
    /// It did not pass validation, or stands twice.
    Invalid,
    /// The user chose other rows.
    LeftOut,
    /// An earlier run finished it.
    Finished,
}

/// What a plan says of one row. `docs/plan.md` has its form in JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowPlan {
    /// Where it stands.
    pub at: Place,
    /// What it is known by.
    pub key: RowKey,
    /// Its operation; `None` where it could not be read, and for a row that an earlier run finished.
    pub operation: Option<OperationKind>,
    /// The account as the sheet names it.
    pub user: String,
    /// What it is given or loses.
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
    /// What is there now; absent where nothing of it changes.
    pub before: Option<Value>,
    /// What will be there.
    pub after: Option<Value>,
    /// Whether an account is deleted for it in this run.
    pub deletes: bool,
}

impl RowPlan {
    /// A row of which the plan says no more than this.
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

impl Fate {
    /// The fate of a row that gets no call.
    pub fn of(status: Status) -> Self {
        match status {
            Status::Unchanged | Status::Done => Self::AlreadySo,
            Status::Waiting => Self::Waits,
            _ => Self::CannotRun,
        }
    }
}

/// Tells what the plan says of the row at this position of `rows`.
pub fn review(rows: &[Row], plan: &Plan, snapshot: &Snapshot, index: RowIndex) -> RowPlan {
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
        code,
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
