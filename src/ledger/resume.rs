//! What a rerun does with a row, decided from what the results file knows about it. Pure.

use jiff::Timestamp;
use serde_json::Value;

use super::Record;
use crate::model::{CHANGING, HANDING_OVER, NOT_BEFORE, OperationKind, Rerun, Status, UNCLEAR, UserId};
use crate::text::fold;

/// As much of a row's last record as the decision needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The status recorded.
    pub status: Status,
    /// Whether the row had changed anything.
    pub changes: Changes,
}

/// Whether a row had changed anything, according to its last record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changes {
    /// Something was changed, as `after` says, so the original `before` is only found here; or a migrate has its new
    /// account and made further calls, so the old one may have lost its licences.
    Made,
    /// Nothing was done, and nothing was to be done yet: the row waited for its date.
    Postponed,
    /// Calls were made for a row that the run then left out, and nothing came of them: what an earlier line
    /// of that run said of them is settled.
    Refused,
    /// A call was on its way that may be repeated: whether `after` has come about, the present state shows.
    OnTheWay,
    /// Nothing was changed: the present state is all there is to know.
    None,
}

/// What an earlier run knew about a row that is resumed.
#[derive(Debug, Clone, PartialEq)]
pub struct Prior {
    /// The status recorded.
    pub status: Status,
    /// The account that was found, invited or created.
    pub user_id: Option<UserId>,
    /// The state before.
    pub before: Option<Value>,
    /// What the row had changed.
    pub after: Option<Value>,
    /// The code recorded.
    pub code: String,
    /// The message recorded.
    pub message: String,
    /// When that attempt began.
    pub started_at: Option<Timestamp>,
}

/// What a rerun does with a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Resume {
    /// Nothing: the row is finished.
    Skip,
    /// Runs it as the sheet now says.
    Run,
    /// Continues from what has been done.
    GoOn(Box<Prior>),
    /// Reads back what the lost call did before anything is sent.
    Settle(Box<Prior>),
    /// Nothing: the row was corrected in a sheet of failed rows, and that one has to be run again.
    Leave,
}

impl Known {
    /// The part of a record that matters.
    pub fn of(record: &Record) -> Self {
        Self {
            status: record.report.status,
            changes: Changes::of(Facts {
                status: record.report.status,
                operation: record.report.operation,
                calls: record.calls,
                // As the cell is read back.
                has_after: record.report.after.as_ref().is_some_and(|after| !after.is_null()),
                has_user_id: record.report.user_id.is_some(),
                is_before_its_date: record.report.code == NOT_BEFORE,
                is_ahead: record.report.code == CHANGING,
            }),
        }
    }

    /// Whether a later record replaces this one: the last of a key wins, but a record that the row was *not* attempted
    /// never hides an earlier attempt, unless it includes what that changed.
    pub fn gives_way_to(self, later: Self) -> bool {
        later.tells() || !self.tells()
    }

    /// Whether the row was attempted, or something was done for it.
    pub(super) fn tells(self) -> bool {
        is_attempt(self.status) || self.changes != Changes::None
    }

    /// Whether something was, or may have been, done for the row, and it is not finished.
    pub fn is_begun(self) -> bool {
        !matches!(self.status, Status::Done | Status::Unchanged) && self.outlives_its_row()
    }

    /// Whether the run that wrote the line did not get to the end of the row, and something was, or may have been, done for it.
    pub fn is_stopped_midway(self) -> bool {
        self.status == Status::NotRun && self.is_begun()
    }

    /// Whether the line stays in the file after its row has left the sheet: something was, or may have been, done for
    /// the row.
    pub fn outlives_its_row(self) -> bool {
        match self.status {
            Status::Done | Status::InDoubt | Status::Started => true,
            Status::Waiting => self.changes != Changes::Postponed,
            _ => self.changes == Changes::Made,
        }
    }
}

/// The cells of a record that show whether it changed anything.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Facts {
    pub(super) status: Status,
    pub(super) operation: Option<OperationKind>,
    pub(super) calls: u32,
    pub(super) has_after: bool,
    pub(super) has_user_id: bool,
    pub(super) is_before_its_date: bool,
    pub(super) is_ahead: bool,
}

impl Changes {
    pub(super) fn of(facts: Facts) -> Self {
        let goes_on = facts.operation.is_some_and(OperationKind::takes_several_runs);
        let works_on_its_account = goes_on && facts.has_user_id && facts.calls > 0;
        if facts.status == Status::Started && facts.is_ahead {
            Self::OnTheWay
        } else if facts.has_after || works_on_its_account {
            Self::Made
        } else if facts.status == Status::Waiting && facts.is_before_its_date {
            Self::Postponed
        } else if matches!(facts.status, Status::NotRun | Status::Skipped) && facts.calls > 0 {
            Self::Refused
        } else {
            Self::None
        }
    }
}

/// What a rerun does with a row, given this knowledge.
pub fn rerun(known: Option<Known>) -> Rerun {
    let Some(Known { status, changes }) = known else {
        return Rerun::Run;
    };
    match (status.rerun(), changes) {
        // The account may already have lost its licences; starting over would take that for its original state.
        (Rerun::Run, Changes::Made) | (Rerun::Settle, Changes::OnTheWay) => Rerun::GoOn,
        // There is nothing to go on with.
        (Rerun::GoOn, Changes::Postponed) => Rerun::Run,
        (otherwise, _) => otherwise,
    }
}

/// What a rerun does with a row whose last record is this one.
pub fn resume(previous: Option<Record>) -> Resume {
    let decision = rerun(previous.as_ref().map(Known::of));
    match (decision, previous) {
        (Rerun::Skip, _) => Resume::Skip,
        (Rerun::Run, _) | (_, None) => Resume::Run,
        (Rerun::GoOn, Some(record)) => Resume::GoOn(Box::new(record.into())),
        (Rerun::Settle, Some(record)) => Resume::Settle(Box::new(record.into())),
    }
}

/// Whether a row goes on with what this record tells of another row, which it replaces: it does the same to the same
/// account, so that what was captured and begun is its own. Groups, licences and names may differ.
pub fn continues(record: &Record, operation: OperationKind, user: &str, target: &str) -> bool {
    let earlier = &record.report;
    let same = |one: &str, other: &str| fold(one) == fold(other);
    earlier.operation == Some(operation)
        && same(&earlier.user, user)
        && (!operation.is_about_its_target() || same(&earlier.target, target))
}

/// What is left of a record for a row that moves the same user to another address than the row that it replaces: what the
/// old account had is known from nowhere else, and what was made at the other address is not this row's. `None` if it
/// moves nobody, or somebody else.
pub fn captured(record: Record, operation: OperationKind, user: &str) -> Option<Prior> {
    let moves_the_same = continues(&record, operation, user, &record.report.target);
    if !moves_the_same || !operation.takes_several_runs() || !Known::of(&record).is_begun() {
        return None;
    }
    Some(Prior {
        user_id: None,
        after: None,
        ..record.into()
    })
}

impl Prior {
    /// Whether a call that may be repeated was on its way, so that `after` need not have come about.
    pub fn is_on_the_way(&self) -> bool {
        let is_unclear = self.after.as_ref().is_some_and(|after| after.get(UNCLEAR).is_some());
        self.status == Status::Started && [CHANGING, HANDING_OVER].contains(&self.code.as_str()) || is_unclear
    }
}

impl From<Record> for Prior {
    fn from(record: Record) -> Self {
        Self {
            status: record.report.status,
            user_id: record.report.user_id,
            before: record.report.before,
            after: record.report.after,
            code: record.report.code,
            message: record.report.message,
            started_at: record.started_at,
        }
    }
}

fn is_attempt(status: Status) -> bool {
    !matches!(
        status,
        Status::Invalid | Status::Duplicate | Status::Skipped | Status::NotRun
    )
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    /// The rule of `docs/results.md`, written out a second time.
    const TABLE: [(Status, Rerun, Rerun); 14] = [
        (Status::Done, Rerun::Skip, Rerun::Skip),
        (Status::Unchanged, Rerun::Skip, Rerun::Skip),
        (Status::Waiting, Rerun::GoOn, Rerun::GoOn),
        (Status::NotFound, Rerun::Run, Rerun::GoOn),
        (Status::Ambiguous, Rerun::Run, Rerun::GoOn),
        (Status::Conflict, Rerun::Run, Rerun::GoOn),
        (Status::Rejected, Rerun::Run, Rerun::GoOn),
        (Status::Failed, Rerun::Run, Rerun::GoOn),
        (Status::InDoubt, Rerun::Settle, Rerun::Settle),
        (Status::Started, Rerun::Settle, Rerun::Settle),
        (Status::Invalid, Rerun::Run, Rerun::GoOn),
        (Status::Duplicate, Rerun::Run, Rerun::GoOn),
        (Status::Skipped, Rerun::Run, Rerun::GoOn),
        (Status::NotRun, Rerun::Run, Rerun::GoOn),
    ];

    #[test]
    fn every_status_resumes_as_the_table_says_whether_or_not_something_was_changed() {
        assert!(TABLE.iter().map(|(status, ..)| *status).eq(Status::iter()));
        for (status, plain, staged) in TABLE {
            let known = |changes| Some(Known { status, changes });
            assert_eq!(rerun(known(Changes::None)), plain, "{status}");
            assert_eq!(rerun(known(Changes::Made)), staged, "{status}");
        }
        assert_eq!(rerun(None), Rerun::Run);
    }

    #[test]
    fn a_row_whose_calls_were_refused_before_the_run_stopped_or_skipped_it_is_no_longer_begun() {
        let left = |status, calls| Known {
            status,
            changes: Changes::of(Facts {
                status,
                operation: Some(OperationKind::Invite),
                calls,
                has_after: false,
                has_user_id: false,
                is_before_its_date: false,
                is_ahead: false,
            }),
        };
        for changes in [Changes::None, Changes::OnTheWay] {
            let status = Status::Started;
            let begun = Known { status, changes };
            for status in [Status::NotRun, Status::Skipped] {
                assert!(begun.gives_way_to(left(status, 1)), "{status}");
                assert!(
                    !begun.gives_way_to(left(status, 0)),
                    "{status}: nobody knows what became of it"
                );
                assert_eq!(rerun(Some(left(status, 1))), Rerun::Run, "{status}");
            }
        }
    }

    #[test]
    fn a_row_that_waited_for_its_date_begins_afresh_and_its_line_goes_with_it() {
        let waited = |is_before_its_date, has_after| {
            let status = Status::Waiting;
            Known {
                status,
                changes: Changes::of(Facts {
                    status,
                    operation: Some(OperationKind::Migrate),
                    calls: 0,
                    has_after,
                    has_user_id: false,
                    is_before_its_date,
                    is_ahead: false,
                }),
            }
        };
        for (known, then) in [
            (waited(true, false), Rerun::Run),
            (waited(false, false), Rerun::GoOn),
            (waited(true, true), Rerun::GoOn),
        ] {
            assert_eq!(rerun(Some(known)), then, "{known:?}");
            assert_eq!(known.outlives_its_row(), then == Rerun::GoOn, "{known:?}");
        }
    }

    #[test]
    fn a_row_not_reached_this_time_keeps_what_an_earlier_run_did_for_it() {
        for earlier in Status::iter() {
            for later in Status::iter() {
                let known = Known {
                    status: earlier,
                    changes: Changes::None,
                };
                let idle = [Status::Invalid, Status::Duplicate, Status::Skipped, Status::NotRun];
                let hides = idle.contains(&later) && !idle.contains(&earlier);
                let then = |changes| known.gives_way_to(Known { status: later, changes });
                assert_eq!(then(Changes::None), !hides, "{earlier} then {later}");
                let changed = Known {
                    changes: Changes::Made,
                    ..known
                };
                let blank = Known {
                    status: later,
                    changes: Changes::None,
                };
                assert_eq!(
                    changed.gives_way_to(blank),
                    !idle.contains(&later),
                    "{earlier} that changed something, then {later}"
                );
                assert!(then(Changes::Made), "{earlier} then {later}, which tells what was done");
            }
        }
    }

    #[test]
    fn changes_are_made_once_something_is_changed_or_a_migrate_works_on_its_account() {
        let facts = |operation, calls, has_after, has_user_id| Facts {
            status: Status::Failed,
            operation: Some(operation),
            calls,
            has_after,
            has_user_id,
            is_before_its_date: false,
            is_ahead: false,
        };
        let made = |facts| Changes::of(facts) == Changes::Made;
        for kind in OperationKind::iter() {
            let migrates = kind == OperationKind::Migrate;
            assert!(!made(facts(kind, 1, false, false)), "{kind}");
            assert!(!made(facts(kind, 0, false, true)), "{kind}");
            assert!(made(facts(kind, 1, true, true)), "{kind}");
            assert_eq!(made(facts(kind, 1, false, true)), migrates, "{kind}");
        }
    }
}
