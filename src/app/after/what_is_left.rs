//! What is left to do after a run, and the command that does it. Pure.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::path::Path;

use super::failed_sheet::Left;
use super::run_ending::{among, by_rows, is_waiting};
use crate::app::Ending;
use crate::app::console::Console;
use crate::app::ending::{Ended, Reason};
use crate::app::job::Job;
use crate::app::next::Typed;
use crate::cli::RunOptions;
use crate::ledger::{History, Order, Sheet};
use crate::model::{Place, Rerun, RowKey, Status};
use crate::report::LeftOut;
use crate::saved_plan::{SavedOptions, SavedPlan};

/// What a run of a part of the sheet has left of it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rest<'a> {
    /// The rows that were left out and that no run has worked on.
    pub(super) new: LeftOut<'a>,
    /// Whether any row that was left out is not finished.
    is_unfinished: bool,
    /// Whether the rows of the part are finished, or wait.
    is_part_over: bool,
}

impl<'a> Rest<'a> {
    /// What is left where these flags have chosen the part.
    pub(super) fn of(
        part: Option<&HashSet<RowKey>>,
        flags: &'a [&'static str],
        history: &History,
        order: &[(RowKey, Place)],
    ) -> Self {
        let Some(part) = part else { return Self::default() };
        let mut rest = Self {
            new: LeftOut {
                by: flags,
                ..LeftOut::default()
            },
            is_unfinished: false,
            is_part_over: true,
        };
        for (key, _) in order {
            let Some(status) = history.status(key) else { continue };
            let is_finished = status.rerun() == Rerun::Skip;
            if part.contains(key) {
                rest.is_part_over &= is_finished || is_waiting(status);
            } else {
                rest.is_unfinished |= !is_finished && status != Status::Duplicate;
                rest.new.rows += usize::from(status == Status::NotRun);
            }
        }
        rest
    }

    /// The same with so many finished rows left out whose mail may be due again.
    pub(super) fn with_mails(mut self, mails: usize) -> Self {
        self.new.mails = mails;
        self.is_unfinished |= mails > 0;
        self
    }

    /// Whether the same command is to run it: not after a saved plan, which has rows of its own.
    fn is_next(self) -> bool {
        self.is_left() && !self.new.by.is_empty()
    }

    /// Whether it is all that is left.
    fn is_left(self) -> bool {
        self.is_part_over && self.is_unfinished
    }
}

/// The flags that were typed to choose a part of the sheet, unless a saved plan has chosen it.
pub(super) fn part_flags(job: &Job, console: Console<'_>) -> Vec<&'static str> {
    match job.saved {
        Some(_) => Vec::new(),
        None => console.typed().flags_of_a_part(),
    }
}

/// What finishes the job after a run.
#[derive(Debug, Clone, Copy)]
pub(super) enum Next<'a> {
    /// It is finished.
    Nothing,
    /// The sheet of failed rows, once it is corrected.
    FailedSheet(&'a Path),
    /// The same command.
    Again,
    /// The same command for the rows that it left out as well.
    Rest,
    /// The sheet itself, which has rows that its saved plan has not, or that the plan is too early for for ever.
    Sheet(&'a Path),
}

impl<'a> Next<'a> {
    /// What finishes the job after a run that ended so and left this.
    pub(super) fn after(
        ended: Ended,
        left: &'a Left,
        history: &History,
        order: Order<'_>,
        counts: &BTreeMap<Status, usize>,
        rest: Rest<'_>,
    ) -> Self {
        // A signal that came when every row was on its way has kept none from its end.
        let not_run = counts.get(&Status::NotRun).copied().unwrap_or_default();
        let is_over = ended.reason == Reason::Interrupted && not_run <= rest.new.rows;
        let ending = if is_over {
            by_rows(history, order.rows, counts).ending
        } else {
            ended.ending
        };
        match (ending, left.to_run()) {
            (Ending::Done, _) if !rest.is_next() => Self::Nothing,
            // What only failed runs again as it is, and the sheet has all of it.
            (Ending::NeedsPerson, Some(sheet))
                if (left.corrected.is_some() || among(counts, Status::needs_more_than_another_try))
                    && all_is_in_the_failed_sheet(history, order, left) =>
            {
                Self::FailedSheet(sheet)
            }
            (Ending::Done | Ending::NeedsPerson | Ending::Waiting, _) if rest.is_next() => Self::Rest,
            _ => Self::Again,
        }
    }

    /// The same where a saved plan was run, which may have a part of the sheet only. Its rows that wait for dates are judged
    /// as of the plan, however late it is run, and those that it has no seat for never get one by it.
    pub(super) fn beyond_the_plan(self, job: &'a Job, ended: Ended, postponed: usize, rest: Rest<'_>) -> Self {
        let is_spent = match self {
            Self::Again => {
                matches!(ended.ending, Ending::NeedsPerson | Ending::Waiting)
                    && (postponed > 0 || job.saved.as_ref().is_some_and(SavedPlan::leaves_rows_undone))
            }
            Self::Nothing => rest.is_left(),
            Self::FailedSheet(_) | Self::Rest | Self::Sheet(_) => false,
        };
        if job.saved.is_some() && is_spent {
            Self::Sheet(&job.path)
        } else {
            self
        }
    }

    /// The command to type, given what a saved plan says that was not typed.
    pub(super) fn command(self, typed: &Typed, planned: impl FnOnce() -> Vec<OsString>) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::FailedSheet(sheet) => Some(typed.with_sheet(sheet, &planned())),
            Self::Sheet(sheet) => Some(typed.with_sheet(sheet, &planned())),
            Self::Again => Some(typed.again()),
            Self::Rest => Some(typed.for_all_rows()),
        }
    }

    /// Whether a row of the sheet that deletes somebody, with this status now, is among those that it runs, given those of this
    /// run.
    pub(super) fn deletes(self, row: &RowKey, chosen: &HashSet<RowKey>, status: Option<Status>) -> bool {
        match self {
            Self::Nothing => false,
            Self::FailedSheet(_) => status.is_some_and(Status::needs_a_person),
            Self::Rest | Self::Sheet(_) => status.is_some_and(|status| status.rerun() != Rerun::Skip),
            // Rows left out by this run are left out again, so their deletions must not be allowed.
            Self::Again => chosen.contains(row) && status.is_some_and(|status| status.rerun() != Rerun::Skip),
        }
    }
}

/// Whether the sheet of failed rows finishes the job once it is corrected: every row that is left is in it, and none of
/// them has to be finished by the sheet that was run, because something was begun for it or its password is nowhere else.
fn all_is_in_the_failed_sheet(history: &History, order: Order<'_>, left: &Left) -> bool {
    // The sheet itself leaves alone what was corrected elsewhere.
    let is_elsewhere = |key| history.is_corrected(key) && history.status(key).is_some_and(Status::needs_a_person);
    let goes_on_there =
        order.of == Sheet::Part || left.corrected.is_some() && order.rows.iter().any(|(key, _)| is_elsewhere(key));
    let mut statuses = order
        .rows
        .iter()
        .filter_map(|(key, _)| Some((key, history.status(key)?)));
    left.passwords == 0
        && statuses.all(|(key, status)| match status {
            Status::Done | Status::Unchanged | Status::Duplicate => true,
            status => status.needs_a_person() && (goes_on_there || !history.is_begun(key)),
        })
}

/// What a saved plan says that was not typed.
pub(super) fn planned_words(job: &Job, options: &RunOptions) -> Vec<OsString> {
    let Some(saved) = &job.saved else {
        return Vec::new();
    };
    let flags = saved.header.options.missing_from(&SavedOptions::of(&options.planning));
    let mut planned: Vec<OsString> = flags.into_iter().map(OsString::from).collect();
    if let (None, Some(results)) = (&options.planning.results, &job.planning.results) {
        planned.extend([OsString::from("--results"), results.clone().into_os_string()]);
    }
    planned
}
