//! What earlier runs recorded about rows that were started and not finished.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::model::{BundleSet, GroupId, Row, RowKey, UserId};
use crate::plan::Verdict;

/// What earlier runs recorded about a row that was started and not finished.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Begun {
    /// The account it is about, if an answer named it.
    pub account: Option<UserId>,
    /// Whether that account was, or may have been, invited or created for the row.
    pub made: bool,
    /// The `before` column: for a migration, what the old account had.
    pub before: Option<Value>,
    /// The `after` column: what has been changed for the row.
    pub after: Option<Value>,
    /// Whether its last run ended while a call was on its way that may be repeated, so that `after` may have come about.
    pub is_on_the_way: bool,
    /// Whether it was left waiting by the last run in which anything was done for it: licences were then taken off no account.
    pub is_waiting: bool,
    /// When a run under `--resend` mailed the person last, or may have.
    pub mailed_at: Option<Timestamp>,
    /// For a row that an earlier run finished, and that is only planned for a mail that may be due again.
    pub finished: Option<Box<Finished>>,
}

/// How a row ended that an earlier run finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// How it ends if nobody is mailed.
    pub verdict: Verdict,
    /// Whether its line in the results file says so already.
    pub is_on_record: bool,
}

/// The rows of earlier runs to continue.
pub type BegunRows = HashMap<RowKey, Begun>;

impl Begun {
    /// Whether the row is planned on from this, and not from the present state alone.
    pub fn is_planned_on(&self, row: &Row) -> bool {
        row.operation.kind().takes_several_runs()
            || self.finished.is_some()
            || self.made && row.operation.makes().is_some()
    }

    /// Whether it is not known if a call that was sent has made an account.
    pub fn is_of_unknown_making(&self) -> bool {
        self.made && self.account.is_none() && self.told_making().is_none()
    }

    /// Whether the end of the row tells by itself what was made for it.
    pub fn tells_what_was_made(&self) -> bool {
        self.finished.is_none() && self.told_making().is_some_and(|made| made != "earlier")
    }

    /// What is recorded of how the account was made.
    fn told_making(&self) -> Option<&Value> {
        self.after.as_ref()?.get("made")
    }

    /// Whether an existing account is the one that was made for the row.
    pub(super) fn made(&self, user: UserId) -> bool {
        self.made && self.account.is_none_or(|account| account == user)
    }
}

/// What an earlier run captured about a migration's old account, from its `before` column.
#[derive(Debug, Default)]
pub(super) struct Captured {
    /// Which account that was.
    pub(super) user: Option<UserId>,
    pub(super) groups: Vec<GroupId>,
    /// `None` if the account had no direct allocation.
    pub(super) licenses: Option<BundleSet>,
    pub(super) external_license: bool,
}

impl Captured {
    pub(super) fn of(before: Option<&Value>) -> Self {
        let read = |name: &str| before.and_then(|before| before.get(name)).cloned();
        Self {
            user: read("user_id").and_then(|id| serde_json::from_value(id).ok()),
            groups: read("group_ids")
                .and_then(|ids| serde_json::from_value(ids).ok())
                .unwrap_or_default(),
            licenses: read("licenses").and_then(|codes| serde_json::from_value(codes).ok()),
            external_license: read("external_license")
                .and_then(|flag| flag.as_bool())
                .unwrap_or(false),
        }
    }
}
