//! After a run: the final results file, the sheet of failed rows, the summary, the exit code.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use super::Ending;
use super::console::{Console, complain};
use super::ending::{Ended, Reason};
use super::failure::Failure;
use super::guards::Interactivity;
use super::job::Job;
use super::next::Typed;
use super::object::Object;
use super::prepare::Loaded;
use super::results::{not_read, not_recorded};
use super::signals::Signals;
use crate::cli::RunOptions;
use crate::engine::{Ran, Stopped};
use crate::ledger::{FinishError, Finished, History, ResultsFile};
use crate::model::{Place, Rerun, RowKey, Status};
use crate::report::{Evidence, Observed, Summary, hints};
use crate::saved_plan::SavedOptions;
use crate::sheet::{FailedRow, FailedRows, write_failed_rows};

/// What remains after a run.
pub(super) struct Aftermath<'a> {
    pub(super) console: Console,
    pub(super) signals: &'a Signals,
    pub(super) file: ResultsFile,
    pub(super) order: &'a [(RowKey, Place)],
    pub(super) loaded: &'a Loaded,
    pub(super) ran: Ran,
    pub(super) observed: Observed,
    pub(super) elapsed: Duration,
    /// The rows that this run worked on.
    pub(super) chosen: HashSet<RowKey>,
    /// The rows that delete an account, now or later.
    pub(super) deleting: &'a HashSet<RowKey>,
    pub(super) job: &'a Job,
    pub(super) options: &'a RunOptions,
    pub(super) interactivity: Interactivity,
}

pub(super) fn after(aftermath: Aftermath<'_>) -> Result<Ending, Failure> {
    let Aftermath {
        console,
        signals,
        file,
        order,
        loaded,
        ran,
        observed,
        elapsed,
        chosen,
        deleting,
        job,
        options,
        interactivity,
    } = aftermath;
    let path = file.path().to_owned();
    let counts = match file.finish(order) {
        Ok(Finished { counts, .. }) => counts,
        Err(error @ FinishError::Ordering { .. }) => {
            console.tell(format!("warning: failed to {error}\n"));
            History::read(&path)
                .map_err(|error| not_read(&error).once_begun())?
                .counts()
        }
        Err(error) => return Err(not_recorded(&error).once_begun()),
    };
    let history = History::read(&path).map_err(|error| not_read(&error).once_begun())?;
    let failed_sheet = failed_sheet(&history, order, loaded, console)?;
    let ended = ended(&ran, signals, &history, order, &chosen);
    let ending = ended.ending;
    let stats = loaded.organization.client.stats();
    let allows_deletions = options.max_deletes.is_some() || interactivity == Interactivity::Unattended;
    let saved = job.saved.as_ref();
    let typed_flags = SavedOptions::of(&options.planning);
    let typed = |is_next: &dyn Fn(&RowKey, Status) -> bool| {
        let next = deleting
            .iter()
            .filter(|key| history.status(key).is_some_and(|status| is_next(key, status)));
        Typed {
            words: std::env::args_os()
                .map(|word| word.to_string_lossy().into_owned())
                .collect(),
            sheet: options.path.as_deref(),
            planned: saved
                .map(|saved| saved.header.options.missing_from(&typed_flags))
                .unwrap_or_default(),
            deletions: allows_deletions.then(|| next.count()),
        }
    };
    let next_command = match (ending, &failed_sheet) {
        (Ending::Done, _) => None,
        (Ending::NeedsPerson, Some(path)) if !counts.contains_key(&Status::InDoubt) => {
            Some(typed(&|_, status| status.needs_a_person()).with_sheet(path))
        }
        // Rows left out by this run are left out again, so their deletions must not be allowed.
        _ => Some(typed(&|key, status| chosen.contains(key) && status.rerun() != Rerun::Skip).again()),
    };
    let summary = Summary {
        hints: hints(Evidence {
            counts: &counts,
            answers: &observed.answers,
            throttled_within_limits: stats.throttled_within_limits,
            failed_sheet: failed_sheet.as_deref(),
        }),
        next_command,
        counts,
        stats,
        elapsed,
        stopped: stopped(&ran, signals),
        after_stop: ran.after_stop,
        results: Some(path.clone()),
        failed_sheet,
    };
    let shape = summary.shape();
    let message = summary.stopped.as_deref().unwrap_or(ending.meaning());
    let object = Object::of(ended, message, &shape);
    if let Err(error) = console.print(&object, |out| summary.write_text(out)) {
        complain(format!(
            "warning: the summary was not written to standard output: {error}; every row is in `{}`\n",
            path.display()
        ));
    }
    Ok(ending)
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

fn ended(
    ran: &Ran,
    signals: &Signals,
    history: &History,
    order: &[(RowKey, Place)],
    chosen: &HashSet<RowKey>,
) -> Ended {
    match &ran.stopped {
        Some(Stopped::Interrupted) => return Ended::begun(signals.interrupted(), Reason::Interrupted),
        Some(Stopped::MaxFailures(_)) => return Ended::begun(Ending::Stopped, Reason::MaxFailures),
        Some(Stopped::Hopeless(_)) => return Ended::begun(Ending::Stopped, Reason::SameFailure),
        Some(Stopped::ChangedSincePlan(_)) => return Ended::before(Ending::Stopped, Reason::ChangedSincePlan),
        Some(Stopped::SignIn(_)) => return Ended::begun(Ending::SignIn, Reason::SignIn),
        Some(Stopped::Permission(_)) => return Ended::begun(Ending::SignIn, Reason::Permission),
        None => {}
    }
    let statuses: Vec<Status> = order
        .iter()
        .filter_map(|(key, _)| {
            let status = history.status(key)?;
            // Rows left out by `--only` and `--limit` need no attention now.
            (chosen.contains(key) || status != Status::NotRun).then_some(status)
        })
        .collect();
    if statuses.iter().any(|status| status.needs_a_person()) {
        Ended::begun(Ending::NeedsPerson, Reason::Rows)
    } else if statuses.contains(&Status::Waiting) {
        Ended::begun(Ending::Waiting, Reason::Rows)
    } else {
        Ended::DONE
    }
}

/// Writes the rows that need attention, with the reason, as a sheet in the input's format.
fn failed_sheet(
    history: &History,
    order: &[(RowKey, Place)],
    loaded: &Loaded,
    console: Console,
) -> Result<Option<PathBuf>, Failure> {
    let mut failed = FailedRows::new();
    for (key, place) in order {
        if !history.status(key).is_some_and(Status::needs_a_person) {
            continue;
        }
        if let Some(record) = history.record(key).map_err(|error| not_read(&error).once_begun())? {
            let row = FailedRow {
                status: record.report.status.to_string(),
                message: record.report.message,
            };
            failed.insert((place.sheet.clone(), place.row), row);
        }
    }
    let path = loaded.source.failed_rows_path();
    if failed.is_empty() {
        // A sheet left by an earlier run lists rows that no longer need attention.
        if path.exists() && fs_err::remove_file(&path).is_err() {
            console.tell(format!("warning: `{}` is from an earlier run\n", path.display()));
        }
        return Ok(None);
    }
    match write_failed_rows(&loaded.source, &failed, &path) {
        Ok(()) => Ok(Some(path)),
        Err(error) => {
            // The results file has everything; this sheet is only a convenience, so failing to write it is no error.
            console.tell(format!("warning: the sheet of failed rows was not written: {error}\n"));
            Ok(None)
        }
    }
}
