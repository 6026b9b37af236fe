//! What is said of a row wherever one is reported.

use serde_json::Value;

use super::{OperationKind, Place, Row, RowKey, Status, UserId};

/// The code of a line that is written ahead of a call which may be repeated: `before` says what was there, and `after`
/// what it is to become.
pub const CHANGING: &str = "changing";

/// The code of a line that is written ahead of the call which takes licences off an old account, so that its successor
/// gets them. It says the same.
pub const HANDING_OVER: &str = "handing_over";

/// The member of `after` of a move which says that the licences were taken off the old account, and not given back as far
/// as is known.
pub const HANDED_OVER: &str = "handed_over";

/// The member of `after` which says that the answer of a call was lost, so that the row may have what `after` says, or still
/// what `before` says. A rerun goes by it.
pub const UNCLEAR: &str = "unclear";

/// The member of `after` which says of a row that was begun and that a later run refused before it did anything whether it
/// waited when it was worked on last. A rerun goes on with the row by it.
pub const WAITED: &str = "waited";

/// The member of `after` with what earlier runs of the row changed of that which a later one found changed since: a list of
/// objects with `at`, when that run began with the row, and its own `before` and `after`.
pub const CHANGED_EARLIER: &str = "changed_earlier";

/// The code of a row that waits for its date, and for which nothing was done. A rerun goes by it.
pub const NOT_BEFORE: &str = "not_before";

/// What a line of the results file, a row that cannot run and a row of a plan say alike.
#[derive(Debug, Clone, PartialEq)]
pub struct RowReport {
    /// Where the row is: `row` and `sheet`.
    pub place: Place,
    /// What it is known by between runs.
    pub key: RowKey,
    /// Its operation; `None` where that could not be read.
    pub operation: Option<OperationKind>,
    /// The account it is about, as the sheet names it; may be empty.
    pub user: String,
    /// What the account is given or loses; may be empty.
    pub target: String,
    /// How it ended, or is expected to end.
    pub status: Status,
    /// Why, for programs: the server's code or ours; empty where the status says it all.
    pub code: String,
    /// Why, and what was done, in words.
    pub message: String,
    /// The account that was found, invited or created.
    pub user_id: Option<UserId>,
    /// What was there before; absent where nothing of it changed.
    pub before: Option<Value>,
    /// What is there afterwards.
    pub after: Option<Value>,
}

impl RowReport {
    /// A report that says no more than where the row is and how it ended.
    pub fn blank(place: Place, key: RowKey, status: Status) -> Self {
        Self {
            place,
            key,
            operation: None,
            user: String::new(),
            target: String::new(),
            status,
            code: String::new(),
            message: String::new(),
            user_id: None,
            before: None,
            after: None,
        }
    }

    /// A report on a row that could be read.
    pub fn of(row: &Row, status: Status) -> Self {
        Self {
            operation: Some(row.operation.kind()),
            user: row.operation.user_label(),
            target: row.operation.target_label(),
            ..Self::blank(row.place.clone(), row.key, status)
        }
    }

    /// Whether licences were, or may have been, taken off an old account and given to no other since.
    pub fn owes_licenses(&self) -> bool {
        let Some(after) = &self.after else { return false };
        // What a call was to change need not have come about.
        let is_perhaps = self.status == Status::Started || after.get(UNCLEAR).is_some();
        let has_successor_got_them = !is_perhaps && after.get("licenses").is_some_and(|held| !held.is_null());
        after.get(HANDED_OVER).is_some() && !has_successor_got_them
    }
}
