//! After a run: the final results file, the sheet of failed rows, the summary, the exit code.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::Ending;
use super::chosen_rows::ChosenKeys;
use super::console::Console;
use super::ending::{Ended, Reason};
use super::failed_sheet::{Left, leave_failed_sheet};
use super::failure::Failure;
use super::guards::Interactivity;
use super::job::Job;
use super::next::Typed;
use super::object::Object;
use super::prepare::Loaded;
use super::results::{not_read, not_recorded};
use super::run_record::{RunEnd, RunRecord};
use super::seat_changes::SeatChanges;
use super::seat_memory::SeatMemory;
use super::session::Session;
use super::signals::Signals;
use crate::cli::RunOptions;
use crate::engine::{Ran, Stopped};
use crate::ledger::{FinishError, Finished, History, Order, ResultsFile, Sheet};
use crate::model::{Place, Rerun, RowKey, Status};
use crate::report::{Evidence, LeftOut, NotDue, Observed, Summary, hints};
use crate::saved_plan::SavedOptions;

/// A run that was agreed to.
#[derive(Clone, Copy)]
pub(super) struct AgreedRun<'a> {
    pub(super) session: &'a Session<'a>,
    pub(super) loaded: &'a Loaded,
    pub(super) record: &'a RunRecord<'a>,
    /// The rows that delete an account, now or later.
    pub(super) deleting: &'a HashSet<RowKey>,
    pub(super) job: &'a Job,
    pub(super) options: &'a RunOptions,
    pub(super) interactivity: Interactivity,
}

/// What remains after a run.
pub(super) struct Aftermath<'a> {
    pub(super) run: AgreedRun<'a>,
    pub(super) file: ResultsFile,
    pub(super) order: &'a [(RowKey, Place)],
    pub(super) ran: Ran,
    pub(super) observed: Observed,
    /// The seats that it gave and took.
    pub(super) seats: SeatChanges,
    pub(super) elapsed: Duration,
    /// The rows that this run worked on.
    pub(super) chosen: ChosenKeys,
}

/// What a run has come to.
#[derive(Debug)]
pub(super) struct RunOutcome {
    /// How it ended.
    pub(super) ended: Ended,
    /// The rows of the sheet by status.
    pub(super) counts: BTreeMap<Status, usize>,
    /// How many rows this run worked on.
    pub(super) worked_on: usize,
    /// The sheet of the rows that need attention.
    pub(super) failed_sheet: Option<PathBuf>,
}

pub(super) fn after(aftermath: Aftermath<'_>) -> Result<RunOutcome, Failure> {
    let Aftermath {
        run,
        file,
        order,
        ran,
        observed,
        seats,
        elapsed,
        chosen:
            ChosenKeys {
                count: worked_on,
                deleting: chosen_deletions,
                replaced,
                left_behind,
                elsewhere,
                waiting,
                part,
            },
    } = aftermath;
    let AgreedRun {
        session,
        loaded,
        job,
        options,
        ..
    } = run;
    let (console, signals) = (session.console, &session.signals);
    let path = file.path().to_owned();
    let final_order = Order {
        rows: order,
        of: loaded.family.sheet,
        replaced: &replaced,
    };
    let (counts, history) = put_in_order(file, final_order, console)?;
    remember_seats(seats, run.record, &history, loaded, console);
    let may_fail = among(&counts, Status::needs_a_person);
    let left = leave_failed_sheet(&history, if may_fail { order } else { &[] }, loaded, console)?;
    let ended = ended(&ran, signals, &history, order, &counts);
    let ending = ended.ending;
    let stats = loaded.organization.client.stats();
    let run_end = RunEnd {
        counts: &counts,
        seats: &ran.seats,
        elapsed,
    };
    run.record.end(ended, &stats, &run_end);
    let part_flags = part_flags(job, console);
    let rest = Rest::of(part.as_ref(), &part_flags, &history, order);
    let next = Next::after(ended, &left, &history, final_order, &counts, rest);
    let next_command = next.command(console.typed(), || planned_words(job, options));
    let deletes = |key: &&RowKey| next.deletes(key, &chosen_deletions, history.status(key));
    let deletions = run.deleting.iter().filter(deletes).count();
    let first_due = waiting
        .due
        .map(|(first, _)| format!("{} ({})", loaded.as_of.show_briefly(first), loaded.as_of.zone_name()));
    let summary = Summary {
        hints: hints(Evidence {
            counts: &counts,
            answers: &observed.answers,
            throttled_within_limits: stats.throttled_within_limits,
            failed_sheet: left.sheet.as_deref(),
            corrected_sheet: left.corrected.as_deref(),
            passwords_left_out: left.passwords,
            corrected_elsewhere: elsewhere,
            left_behind: &left_behind,
            not_due: NotDue {
                rows: postponed(&history, order, &counts),
                first: first_due.as_deref(),
            },
            left_out: rest.new,
            deletions_to_allow: to_allow(deletions, options, run.interactivity),
            is_piped: next_command.is_some() && loaded.source.is_piped(),
            without_license: ran.is_without_license.then_some(loaded.organization.id),
        }),
        next_command,
        counts,
        stats,
        elapsed,
        stopped: stopped(&ran, signals),
        after_stop: ran.after_stop,
        results: Some(path.clone()),
        failed_sheet: left.sheet,
    };
    let shape = summary.shape();
    let message = summary.stopped.as_deref().unwrap_or(ending.meaning());
    let object = Object::of(ended, message, &shape)
        .with_organization(loaded.organization.shape())
        .with_sheet(&loaded.intake.problems);
    if let Err(error) = console.print(&object, |out| summary.write_text(out)) {
        console.complain(format!(
            "warning: the summary was not written to standard output: {error}; every row is in `{}`\n",
            path.display()
        ));
    }
    Ok(RunOutcome {
        ended,
        counts: summary.counts.clone(),
        worked_on,
        failed_sheet: summary.failed_sheet.clone(),
    })
}

/// Puts the lines of the results in the sheet's order. How many rows have which status, and what is now known of them.
fn put_in_order(
    file: ResultsFile,
    order: Order<'_>,
    console: Console<'_>,
) -> Result<(BTreeMap<Status, usize>, History), Failure> {
    let path = file.path().to_owned();
    let busy = console.busy("putting the results in order");
    let finished = file.finish(order);
    drop(busy);
    match finished {
        Ok(Finished { counts, history, .. }) => Ok((counts, history)),
        Err(error @ FinishError::Ordering { .. }) => {
            console.tell(format!("warning: failed to {error}\n"));
            let history = History::read(&path).map_err(|error| not_read(&error).once_begun())?;
            Ok((history.counts(), history))
        }
        Err(error) => Err(not_recorded(&error).once_begun()),
    }
}

/// Remembers which seats the run gave and took, which no service tells later. Without it `rebalance` may propose somebody
/// whose seat is new.
fn remember_seats(
    seats: SeatChanges,
    record: &RunRecord<'_>,
    history: &History,
    loaded: &Loaded,
    console: Console<'_>,
) {
    let Some(place) = &loaded.organization.place else {
        return;
    };
    if let Err(error) = SeatMemory::keep(place, record.run(), seats, history, Timestamp::now()) {
        console.tell(format!(
            "warning: `rebalance` will not know which seats this run gave and took: {error}\n"
        ));
    }
}

/// What a run of a part of the sheet has left of it.
#[derive(Debug, Clone, Copy, Default)]
struct Rest<'a> {
    /// The rows that were left out and that no run has worked on.
    new: LeftOut<'a>,
    /// Whether any row that was left out is not finished.
    is_unfinished: bool,
    /// Whether the rows of the part are finished, or wait.
    is_part_over: bool,
}

impl<'a> Rest<'a> {
    /// What is left where these flags have chosen the part.
    fn of(
        part: Option<&HashSet<RowKey>>,
        flags: &'a [&'static str],
        history: &History,
        order: &[(RowKey, Place)],
    ) -> Self {
        let Some(part) = part else { return Self::default() };
        let mut rest = Self {
            new: LeftOut { rows: 0, by: flags },
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

    /// Whether the next command is to run it: not after a saved plan, which has rows of its own.
    fn is_next(self) -> bool {
        self.is_part_over && self.is_unfinished && !self.new.by.is_empty()
    }
}

/// The flags that were typed to choose a part of the sheet, unless a saved plan has chosen it.
fn part_flags(job: &Job, console: Console<'_>) -> Vec<&'static str> {
    match job.saved {
        Some(_) => Vec::new(),
        None => console.typed().flags_of_a_part(),
    }
}

/// What finishes the job after a run.
#[derive(Debug, Clone, Copy)]
enum Next<'a> {
    /// It is finished.
    Nothing,
    /// The sheet of failed rows, once it is corrected.
    FailedSheet(&'a Path),
    /// The same command.
    Again,
    /// The same command for the rows that it left out as well.
    Rest,
}

impl<'a> Next<'a> {
    /// What finishes the job after a run that ended so and left this.
    fn after(
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
            (Ending::NeedsPerson, Some(sheet)) if all_is_in_the_failed_sheet(history, order, left) => {
                Self::FailedSheet(sheet)
            }
            (Ending::Done | Ending::NeedsPerson | Ending::Waiting, _) if rest.is_next() => Self::Rest,
            _ => Self::Again,
        }
    }

    /// The command to type, given what a saved plan says that was not typed.
    fn command(self, typed: &Typed, planned: impl FnOnce() -> Vec<OsString>) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::FailedSheet(sheet) => Some(typed.with_sheet(sheet, &planned())),
            Self::Again => Some(typed.again()),
            Self::Rest => Some(typed.for_all_rows()),
        }
    }

    /// Whether a row of the sheet that deletes somebody, with this status now, is among those that it runs, given those of this
    /// run.
    fn deletes(self, row: &RowKey, chosen: &HashSet<RowKey>, status: Option<Status>) -> bool {
        match self {
            Self::Nothing => false,
            Self::FailedSheet(_) => status.is_some_and(Status::needs_a_person),
            Self::Rest => status.is_some_and(|status| status.rerun() != Rerun::Skip),
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
fn planned_words(job: &Job, options: &RunOptions) -> Vec<OsString> {
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

/// How many deletions the next run has to be allowed, where that was not typed and nobody is asked.
fn to_allow(deletions: usize, options: &RunOptions, interactivity: Interactivity) -> usize {
    let is_asked = options.max_deletes.is_none() && interactivity == Interactivity::Interactive;
    let allowed = options.max_deletes.unwrap_or_default();
    let is_allowed = u64::try_from(deletions).is_ok_and(|deletions| deletions <= allowed);
    if is_asked || is_allowed { 0 } else { deletions }
}

fn stopped(ran: &Ran, signals: &Signals) -> Option<String> {
    match &ran.stopped {
        None => None,
        Some(Stopped::Interrupted) => Some(match signals.interrupted() {
            Ending::Terminated => "by SIGTERM".to_owned(),
            Ending::HungUp => "because the terminal was closed".to_owned(),
            _ => "by Ctrl-C".to_owned(),
        }),
        Some(stopped) => Some(stopped.to_string()),
    }
}

fn is_waiting(status: Status) -> bool {
    status == Status::Waiting
}

/// How many rows wait for their dates.
fn postponed(history: &History, order: &[(RowKey, Place)], counts: &BTreeMap<Status, usize>) -> usize {
    if !among(counts, is_waiting) {
        return 0;
    }
    order.iter().filter(|(key, _)| history.is_postponed(key)).count()
}

/// Whether any row has such a status; where none has, a million rows need not be looked at.
fn among(counts: &BTreeMap<Status, usize>, is_so: fn(Status) -> bool) -> bool {
    counts.keys().copied().any(is_so)
}

fn ended(
    ran: &Ran,
    signals: &Signals,
    history: &History,
    order: &[(RowKey, Place)],
    counts: &BTreeMap<Status, usize>,
) -> Ended {
    match &ran.stopped {
        Some(Stopped::Interrupted) => Ended::begun(signals.interrupted(), Reason::Interrupted),
        Some(Stopped::MaxFailures(_)) => Ended::begun(Ending::Stopped, Reason::MaxFailures),
        Some(Stopped::Hopeless(_)) => Ended::begun(Ending::Stopped, Reason::SameFailure),
        Some(Stopped::MoreGone(_)) => Ended::begun(Ending::Stopped, Reason::Guard),
        Some(Stopped::ChangedSincePlan(_)) => Ended::before(Ending::Stopped, Reason::ChangedSincePlan),
        Some(Stopped::SignIn(_)) => Ended::begun(Ending::SignIn, Reason::SignIn),
        Some(Stopped::Permission(_)) => Ended::begun(Ending::SignIn, Reason::Permission),
        None => by_rows(history, order, counts),
    }
}

/// How a run ended that nothing has stopped.
fn by_rows(history: &History, order: &[(RowKey, Place)], counts: &BTreeMap<Status, usize>) -> Ended {
    let has = |is_so: fn(Status) -> bool| {
        let mut statuses = order.iter().filter_map(|(key, _)| history.status(key));
        among(counts, is_so) && statuses.any(is_so)
    };
    if has(Status::needs_a_person) {
        Ended::begun(Ending::NeedsPerson, Reason::Rows)
    } else if has(is_waiting) {
        Ended::begun(Ending::Waiting, Reason::Rows)
    } else {
        Ended::DONE
    }
}
