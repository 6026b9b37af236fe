//! After a run: the final results file, the sheet of failed rows, the summary, the exit code.

pub(super) mod failed_sheet;
pub(super) mod run_ending;
mod what_is_left;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use self::failed_sheet::{is_only_a_mail_in_doubt, leave_failed_sheet};
use self::run_ending::{among, ended, is_waiting, stopped};
use self::what_is_left::{Next, Rest, part_flags, planned_words};
use super::chosen_rows::ChosenKeys;
use super::console::Console;
use super::ending::Ended;
use super::failure::Failure;
use super::guards::Interactivity;
use super::job::Job;
use super::object::Object;
use super::prepare::Loaded;
use super::results::{not_read, not_recorded, owed_by};
use super::run_record::{RunEnd, RunRecord};
use super::seat_changes::SeatChanges;
use super::seat_memory::SeatMemory;
use super::session::Session;
use super::undo::since::undone_since;
use crate::cli::RunOptions;
use crate::engine::{Ran, Stopped};
use crate::event::Service;
use crate::ledger::{FinishError, Finished, History, Order, Record, ResultsFile, Sheet};
use crate::model::{Place, RowKey, Status};
use crate::plan::RowReason;
use crate::report::{Deletions, Evidence, NotDue, Summary, hints};

/// The rows that delete an account, and whether they wait for an invitation to be accepted.
pub(super) type Deleting = HashMap<RowKey, bool>;

/// A run that was agreed to.
#[derive(Clone, Copy)]
pub(super) struct AgreedRun<'a> {
    pub(super) session: &'a Session<'a>,
    pub(super) loaded: &'a Loaded,
    pub(super) record: &'a RunRecord<'a>,
    /// The rows that delete an account, now or later.
    pub(super) deleting: &'a Deleting,
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
    /// Answers by service and HTTP status.
    pub(super) answers: BTreeMap<(Service, u16), u64>,
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
        answers,
        seats,
        elapsed,
        chosen:
            ChosenKeys {
                count: worked_on,
                deleting: chosen_deletions,
                replaced,
                left_behind,
                accounts_left,
                elsewhere,
                mails_left_out,
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
    let (console, signals, path) = (session.console, &session.signals, file.path().to_owned());
    let final_order = Order {
        rows: order,
        of: loaded.family.sheet,
        replaced: &replaced,
    };
    let (counts, history) = put_in_order(file, final_order, console)?;
    remember_seats(seats, run.record, &history, loaded, console);
    let may_fail = among(&counts, Status::needs_a_person);
    let left = leave_failed_sheet(&history, if may_fail { order } else { &[] }, loaded, console)?;
    let owed = owed(&history, &counts)?;
    let ended = ended(&ran, signals, &history, order, &counts);
    let stats = loaded.organization.client.stats();
    let run_end = RunEnd {
        counts: &counts,
        seats: &ran.seats,
        elapsed,
    };
    run.record.end(ended, &stats, &run_end);
    let part_flags = part_flags(job, console);
    let rest = Rest::of(part.as_ref(), &part_flags, &history, order).with_mails(mails_left_out);
    let postponed = postponed(&history, order, &counts);
    let next =
        Next::after(ended, &left, &history, final_order, &counts, rest).beyond_the_plan(job, ended, postponed, rest);
    let other_sheet = left.sheet.as_deref().filter(|_| !matches!(next, Next::FailedSheet(_)));
    let failed_command = other_sheet.map(|sheet| console.typed().with_sheet(sheet, &planned_words(job, options)));
    let next_command = next.command(console.typed(), || planned_words(job, options));
    let deletions = deletions_of_the_next(next, run.deleting, &chosen_deletions, &history);
    let in_doubt_for_good = in_doubt_for_good(&history, order, &counts);
    let undone_by = undone_by(worked_on < order.len() || in_doubt_for_good > 0, &path, loaded);
    let first_due = waiting.due.map(|(first, _)| shown_day(first, loaded));
    let summary = Summary {
        hints: hints(Evidence {
            counts: &counts,
            answers: &answers,
            throttled_within_limits: stats.throttled_within_limits,
            owed: &owed,
            failed_sheet: left.sheet.as_deref().map(|sheet| (sheet, failed_command.as_deref())),
            corrected_sheet: left.corrected.as_deref(),
            passwords_left_out: left.passwords,
            corrected_elsewhere: elsewhere,
            others_needing_somebody: others_needing_somebody(&history, final_order, &counts),
            left_behind: &left_behind,
            accounts_left: &accounts_left,
            in_doubt_for_good,
            not_due: not_due(postponed, first_due.as_deref(), job),
            stopped_midway: stopped_midway(&history, order, part.as_ref(), &counts),
            is_stopped_by_failures: matches!(ran.stopped, Some(Stopped::MaxFailures(_))),
            left_out: rest.new,
            undone_by: undone_by.as_ref().map(|(sheet, when)| (&**sheet, &**when)),
            deletions_to_allow: to_allow(deletions, options, run.interactivity),
            is_piped: loaded.source.is_piped() && !matches!(next, Next::Nothing | Next::FailedSheet(_)),
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
    print_summary(&summary, ended, loaded, &path, console);
    Ok(RunOutcome {
        ended,
        counts: summary.counts.clone(),
        worked_on,
        failed_sheet: summary.failed_sheet.clone(),
    })
}

/// The sheet that undid what rows of these results did, and when it was run, where that is of interest.
fn undone_by(is_of_interest: bool, results: &Path, loaded: &Loaded) -> Option<(PathBuf, String)> {
    let undone = is_of_interest.then(|| undone_since(results)).flatten()?;
    Some((undone.sheet, shown_day(undone.when, loaded)))
}

/// The rows that wait for their date; the first is due on this day.
fn not_due<'a>(rows: usize, first: Option<&'a str>, job: &Job) -> NotDue<'a> {
    let is_planned = job.saved.is_some();
    NotDue {
        rows,
        first,
        is_planned,
    }
}

fn print_summary(summary: &Summary, ended: Ended, loaded: &Loaded, results: &Path, console: Console<'_>) {
    let shape = summary.shape();
    let message = summary.stopped.as_deref().unwrap_or(ended.ending.meaning());
    let object = Object::of(ended, message, &shape)
        .with_organization(loaded.organization.shape())
        .with_sheet(&loaded.intake.problems);
    if let Err(error) = console.print(&object, |out| summary.write_text(out)) {
        console.complain(format!(
            "warning: the summary was not written to standard output: {error}; every row is in `{}`\n",
            results.display()
        ));
    }
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

/// The deletions that the next run has to be allowed, where that was not typed and nobody is asked.
fn to_allow(deletions: Deletions, options: &RunOptions, interactivity: Interactivity) -> Deletions {
    let is_asked = options.max_deletes.is_none() && interactivity == Interactivity::Interactive;
    let allowed = options.max_deletes.unwrap_or_default();
    let is_allowed = u64::try_from(deletions.most).is_ok_and(|most| most <= allowed);
    if is_asked || is_allowed {
        Deletions::default()
    } else {
        deletions
    }
}

/// The licences that are on neither account of a move, each with whose they were.
fn owed(history: &History, counts: &BTreeMap<Status, usize>) -> Result<Vec<String>, Failure> {
    let is_open = |status| !matches!(status, Status::Done | Status::Unchanged | Status::Waiting);
    if !among(counts, is_open) {
        return Ok(Vec::new());
    }
    let begun = history.begun_outside(&HashSet::new(), true);
    let begun = begun.map_err(|error| not_read(&error).once_begun())?;
    Ok(owed_by(&begun))
}

/// How many rows are in doubt of which the next run does not find out what happened: the account that an earlier run made
/// for them cannot be found, or a mail that was to be sent again may have been.
fn in_doubt_for_good(history: &History, order: &[(RowKey, Place)], counts: &BTreeMap<Status, usize>) -> usize {
    if !among(counts, |status| status == Status::InDoubt) {
        return 0;
    }
    let is_in_doubt = |(key, _): &&(RowKey, Place)| history.status(key) == Some(Status::InDoubt);
    let records = order
        .iter()
        .filter(is_in_doubt)
        .filter_map(|(key, _)| history.record(key).ok().flatten());
    let is_for_good = |record: &Record| {
        record.report.code.parse() == Ok(RowReason::AccountMissing) || is_only_a_mail_in_doubt(record)
    };
    records.filter(is_for_good).count()
}

/// How many rows need attention of the sheet that the rows of this one came from, and are not among them.
fn others_needing_somebody(history: &History, order: Order<'_>, counts: &BTreeMap<Status, usize>) -> usize {
    if order.of == Sheet::Whole {
        return 0;
    }
    Status::needing_a_person(&history.counts()).saturating_sub(Status::needing_a_person(counts))
}

/// The accounts that the next run deletes, at most.
fn deletions_of_the_next(
    next: Next<'_>,
    deleting: &Deleting,
    chosen: &HashSet<RowKey>,
    history: &History,
) -> Deletions {
    let mut deletions = Deletions::default();
    for (key, is_once_accepted) in deleting {
        if next.deletes(key, chosen, history.status(key)) {
            deletions.most += 1;
            deletions.once_accepted += usize::from(*is_once_accepted);
        }
    }
    deletions
}

/// How many rows of the part that was run have something done for them and something left, as the run was stopped.
fn stopped_midway(
    history: &History,
    order: &[(RowKey, Place)],
    part: Option<&HashSet<RowKey>>,
    counts: &BTreeMap<Status, usize>,
) -> usize {
    if !among(counts, |status| status == Status::NotRun) {
        return 0;
    }
    let is_of_part = |key: &RowKey| part.is_none_or(|part| part.contains(key));
    let keys = order.iter().map(|(key, _)| key);
    keys.filter(|key| is_of_part(key) && history.is_stopped_midway(key))
        .count()
}

fn shown_day(day: Timestamp, loaded: &Loaded) -> String {
    format!("{} ({})", loaded.as_of.show_briefly(day), loaded.as_of.zone_name())
}

/// How many rows wait for their dates.
fn postponed(history: &History, order: &[(RowKey, Place)], counts: &BTreeMap<Status, usize>) -> usize {
    if !among(counts, is_waiting) {
        return 0;
    }
    order.iter().filter(|(key, _)| history.is_postponed(key)).count()
}
