//! Which rows of a sheet a run works on, given what earlier runs recorded and what the user selected.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::earlier_moves::EarlierMoves;
use crate::cli::{PendingInvites, PlanningOptions};
use crate::ledger::{History, OpenError, Prior, Record, Resume};
use crate::model::{Operation, Place, Row, RowKey, RowReport, RowSelection, Status};
use crate::plan::{Begun, BegunRows, RowCode, RowReason, Verdict};

/// What a run does with the rows of its sheet.
#[derive(Debug, Default)]
pub(super) struct ChosenRows {
    /// The rows to run, in sheet order.
    pub(super) rows: Vec<Row>,
    /// What earlier runs knew about those that were started.
    pub(super) begun: BegunRows,
    /// The same for rows that are planned from the present state alone; their records carry it forward.
    pub(super) earlier: HashMap<RowKey, Prior>,
    /// Rows whose account was, or may have been, made by an earlier run, and when that started: the account may not be
    /// readable yet.
    pub(super) unsettled: HashMap<RowKey, Option<Timestamp>>,
    /// Finished by earlier runs.
    pub(super) finished: usize,
    /// The rows of the sheet that are not in `rows`, except refused ones.
    pub(super) others: Vec<(RowKey, Place)>,
    /// Records of rows that are not attempted.
    pub(super) left: Vec<Record>,
}

/// What a run looks at.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    /// Which rows.
    pub(super) scope: RowScope,
    /// Whether that includes finished ones whose invitation is pending.
    pub(super) pending: PendingInvites,
}

/// Which rows of the sheet the user selected.
#[derive(Debug, Clone)]
pub(super) enum RowScope {
    /// What was typed.
    Typed {
        only: Option<RowSelection>,
        limit: Option<usize>,
    },
    /// The rows of a saved plan.
    Saved(HashSet<RowKey>),
}

impl RowScope {
    /// What was typed.
    pub(super) fn of(planning: &PlanningOptions) -> Self {
        Self::Typed {
            only: planning.only.clone(),
            limit: planning.limit,
        }
    }

    /// Why a row is left out, given how many are already chosen; `None` if it is not.
    fn leaves_out(&self, row: &Row, chosen: usize) -> Option<&'static str> {
        match self {
            Self::Typed { only: Some(only), .. } if !only.contains(&row.place) => Some("left out by `--only`"),
            Self::Typed { limit: Some(limit), .. } if chosen >= *limit => Some("left out by `--limit`"),
            Self::Saved(keys) if !keys.contains(&row.key) => Some("left out by the saved plan"),
            Self::Typed { .. } | Self::Saved(_) => None,
        }
    }
}

/// Chooses the rows, given the records of refused ones. Without a history every row is new; otherwise its file is read.
pub(super) fn choose(
    rows: Vec<Row>,
    refused: Vec<Record>,
    history: Option<&History>,
    selection: &Selection,
) -> Result<ChosenRows, OpenError> {
    let mut choice = ChosenRows {
        left: refused,
        ..ChosenRows::default()
    };
    let Selection { scope, pending } = selection;
    let mut moves = EarlierMoves::default();
    for row in rows {
        let resume = match history {
            Some(history) => history.resume(&row.key)?,
            None => Resume::Run,
        };
        let resume = match (resume, history, &row.operation) {
            (Resume::Run, Some(history), Operation::Migrate(migrate)) if history.status(&row.key).is_none() => {
                moves.resume(history, migrate)?
            }
            (resume, ..) => resume,
        };
        // Under `--resend` a finished row may still have a mail due.
        let is_mailed = matches!(row.operation, Operation::Invite(_) | Operation::Migrate(_));
        let finished = match (&resume, history) {
            (Resume::Skip, Some(history)) if is_mailed && *pending == PendingInvites::Resend => {
                history.record(&row.key)?
            }
            _ => None,
        };
        if resume == Resume::Skip && finished.is_none() {
            choice.finished += 1;
            choice.others.push((row.key, row.place));
            continue;
        }
        if let Some(why) = scope.leaves_out(&row, choice.rows.len()) {
            choice.left.push(not_run(&row, why));
            choice.others.push((row.key, row.place));
            continue;
        }
        if let Some(record) = finished {
            let prior = Prior::from(record);
            let begun = Begun {
                finished: Some(Box::new(as_it_ended(&prior))),
                ..begun(&prior)
            };
            choice.go_on(&row, begun, prior);
        }
        match resume {
            Resume::Skip | Resume::Run => {}
            Resume::GoOn(prior) => {
                let begun = begun(&prior);
                choice.go_on(&row, begun, *prior);
            }
            Resume::Settle(prior) => {
                let begun = begun(&prior);
                choice.go_on(&row, Begun { made: true, ..begun }, *prior);
            }
        }
        choice.rows.push(row);
    }
    Ok(choice)
}

impl ChosenRows {
    /// How many rows did not pass validation, or are duplicates.
    pub(super) fn invalid(&self) -> usize {
        let left = self.left.iter();
        left.filter(|record| record.report.status != Status::NotRun).count()
    }

    /// The keys of the rows that are run; the rest of the rows is dropped, because there may be a million.
    pub(super) fn into_keys(self) -> HashSet<RowKey> {
        self.rows.into_iter().map(|row| row.key).collect()
    }

    fn go_on(&mut self, row: &Row, begun: Begun, prior: Prior) {
        if begun.made {
            self.unsettled.insert(row.key, prior.started_at);
        }
        let is_planned_on = row.operation.kind().takes_several_runs()
            || begun.finished.is_some()
            || begun.made && row.operation.makes().is_some();
        if !is_planned_on {
            self.earlier.insert(row.key, prior);
        }
        self.begun.insert(row.key, begun);
    }
}

fn begun(prior: &Prior) -> Begun {
    let after = |name: &str| prior.after.as_ref().and_then(|after| after.get(name));
    let mailed_at = after("mailed").and_then(|time| time.as_str()?.parse().ok());
    let may_have_mailed = matches!(prior.status, Status::Started | Status::InDoubt);
    Begun {
        account: prior.user_id,
        made: after("made").is_some(),
        before: prior.before.clone(),
        after: prior.after.clone(),
        is_waiting: prior.status == Status::Waiting,
        mailed_at: mailed_at.max(prior.started_at.filter(|_| may_have_mailed)),
        finished: after("finished").map(|_| Box::new(as_it_is_known(prior))),
    }
}

/// How a row ended that an earlier run finished.
fn as_it_ended(prior: &Prior) -> Verdict {
    Verdict {
        status: prior.status,
        code: prior.code.parse().map_or(RowCode::None, RowReason::into),
        message: prior.message.clone(),
    }
}

/// The same of a row that was finished before a run tried to mail its person again.
fn as_it_is_known(prior: &Prior) -> Verdict {
    let message = match prior.status {
        Status::Started | Status::InDoubt => {
            "done in an earlier run; whether the person was mailed again is not known".to_owned()
        }
        _ => format!(
            "done in an earlier run; when the person was to be mailed again: {}",
            prior.message
        ),
    };
    Verdict {
        status: Status::Done,
        code: RowCode::None,
        message,
    }
}

fn not_run(row: &Row, why: &str) -> Record {
    Record::from(RowReport {
        message: why.to_owned(),
        ..RowReport::of(row, Status::NotRun)
    })
}

/// Whether reading back an unsettled row needs patience: its call may be so recent that the account is not readable
/// yet. An account that is older than this exists by now or was never made.
pub(super) fn is_fresh(started: Option<Timestamp>, now: Timestamp) -> bool {
    const LAG: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
    started.is_none_or(|started| now.duration_since(started) < LAG)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_a_moment_ago_or_by_a_clock_that_went_ahead_is_looked_for_patiently() {
        let now: Timestamp = "2026-11-21T10:00:00Z".parse().unwrap();
        for (started, expected) in [
            (None, true),
            (Some("2026-11-21T09:59:30Z"), true),
            (Some("2026-11-21T09:58:59Z"), false),
            (Some("2026-11-20T10:00:00Z"), false),
            // The clock has been set back since.
            (Some("2026-11-21T10:30:00Z"), true),
        ] {
            let started = started.map(|time| time.parse().unwrap());
            assert_eq!(is_fresh(started, now), expected, "{started:?}");
        }
    }
}
