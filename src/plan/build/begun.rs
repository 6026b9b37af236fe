//! What earlier runs recorded about rows that were started and not finished.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::api::User;
use crate::directory::Snapshot;
use crate::model::{BundleSet, GroupId, HANDED_OVER, Row, RowKey, Status, UserId};
use crate::plan::Verdict;

/// What earlier runs recorded about a row that was started and not finished.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Begun {
    /// The account it is about, if an answer named it.
    pub account: Option<UserId>,
    /// Whether that account was, or may have been, invited or created for the row.
    pub made: bool,
    /// Whether its last run could not find the account that was made for the row, as far as the server's answer told.
    pub is_missing: bool,
    /// The groups that it was made with, where no answer has told of that and it is in those that the row, or one below it, asks for.
    pub made_with: Vec<GroupId>,
    /// The `before` column: for a migration, what the old account had.
    pub before: Option<Value>,
    /// The `after` column: what has been changed for the row.
    pub after: Option<Value>,
    /// Whether its last run ended while a call was on its way that may be repeated, so that `after` may have come about.
    pub is_on_the_way: bool,
    /// Whether it was left waiting by the last run in which anything was done for it: licences were then taken off no account.
    pub is_waiting: bool,
    /// When a run under `--resend` mailed the person last, or set about it before it was killed.
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

    /// Whether it is not known if a call that was sent has made an account. Once the account is found, it is known.
    pub fn is_of_unknown_making(&self) -> bool {
        self.made && self.account.is_none() && self.told_making().is_none()
    }

    /// The same once the account is found.
    pub(super) fn found(&self, account: UserId) -> Self {
        Self {
            account: Some(account),
            ..self.clone()
        }
    }

    /// Notes with which of the groups that the row, or one below it, asks for its account was made, unless a record tells of
    /// that.
    pub(super) fn note_groups(&mut self, account: &User, groups: &[GroupId]) {
        let is_told = self.after.as_ref().is_some_and(|after| after.get("groups").is_some());
        let is_made_unseen = self.told_making().is_none_or(|made| made == "earlier");
        if self.made && is_made_unseen && !is_told {
            let is_in = |group: &&GroupId| account.groups.contains(group);
            let is_new = |group: &GroupId| !self.made_with.contains(group);
            let with: Vec<GroupId> = groups.iter().filter(is_in).copied().filter(is_new).collect();
            self.made_with.extend(with);
        }
    }

    /// What a line says of whether the row was left waiting: one for which nothing was done has to, so that a rerun goes on
    /// with it as it was left; others say it by their status, or by what was done.
    pub fn waited(&self, status: Status, is_refused: bool, has_after: bool) -> Option<bool> {
        let is_idle = match status {
            Status::Done | Status::Unchanged | Status::Waiting => false,
            Status::NotRun | Status::Skipped => true,
            _ => is_refused && !self.is_of_unknown_making(),
        };
        let needs_a_word = is_refused && !has_after && !self.is_of_unknown_making();
        (is_idle && (self.is_waiting || needs_a_word)).then_some(self.is_waiting)
    }

    /// Whether the end of the row tells by itself what was made for it.
    pub fn tells_what_was_made(&self) -> bool {
        self.finished.is_none() && self.told_making().is_some_and(|made| made != "earlier")
    }

    /// The licences that an earlier run took off the old account of a move, where that has none now and its successor has not
    /// got them.
    pub(in crate::plan) fn nobody_has(&self, snapshot: &Snapshot) -> Option<BundleSet> {
        let after = self.after.as_ref()?;
        let captured = Captured::of(self.before.as_ref());
        let old = captured.user?;
        let successor_has_them = self
            .account
            .is_some_and(|account| snapshot.user_by_id(account).is_some())
            && after.get("licenses").is_some_and(|licenses| !licenses.is_null());
        let is_off = after.get(HANDED_OVER).is_some()
            && snapshot.user_by_id(old).is_some()
            && !snapshot.is_direct_unknown(old)
            && snapshot.direct(old).is_none();
        captured
            .licenses
            .filter(|licenses| is_off && !successor_has_them && !licenses.is_empty())
    }

    /// What is recorded of how the account was made.
    fn told_making(&self) -> Option<&Value> {
        self.after.as_ref()?.get("made")
    }

    /// Whether an existing account is the one that was made for the row.
    pub(in crate::plan) fn made(&self, user: UserId) -> bool {
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

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    /// What a line says of whether its row waited, by what the row was, how it ends, whether the plan refused it, and whether
    /// the line tells of anything else.
    #[test]
    fn a_line_says_whether_its_row_waited_only_where_nothing_else_in_it_does() {
        let waiting = Begun {
            is_waiting: true,
            ..Begun::default()
        };
        let of_unknown_making = Begun {
            made: true,
            ..Begun::default()
        };
        for status in Status::iter() {
            let (is_over, is_left) = (
                matches!(status, Status::Done | Status::Unchanged | Status::Waiting),
                matches!(status, Status::NotRun | Status::Skipped),
            );
            for (is_refused, has_after) in [(false, false), (false, true), (true, false), (true, true)] {
                let said = |begun: &Begun| begun.waited(status, is_refused, has_after);
                let what = format!("{status}, refused: {is_refused}, tells of something: {has_after}");
                let waits = !is_over && (is_left || is_refused);
                assert_eq!(said(&waiting), waits.then_some(true), "{what}");
                let has_nothing_else = !is_over && is_refused && !has_after;
                assert_eq!(said(&Begun::default()), has_nothing_else.then_some(false), "{what}");
                assert_eq!(said(&of_unknown_making), None, "{what}");
            }
        }
    }
}
