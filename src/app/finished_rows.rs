//! Rows that earlier runs finished: what is known of them before the sheet is read, so that a million of them need not be in
//! memory only to be left alone.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::job::Job;
use super::organization::label::OrganizationLabel;
use super::prepare::Loaded;
use super::runtime::off_thread;
use super::session::Session;
use crate::cli::EarlierResults;
use crate::intake::FinishedRows;
use crate::ledger::{History, RunLog, Sheet, results_path};
use crate::sheet::Source;

/// What earlier runs recorded, as far as that can be told before the sheet is read. Nothing is said of a file that cannot be
/// used: that is for whoever locks it.
pub(super) async fn known_results(
    session: &Session<'_>,
    sheet: &Source,
    job: &Job,
    earlier: EarlierResults,
) -> Option<Arc<History>> {
    let given = job.planning.results.as_deref();
    let path = given.map_or_else(|| results_path(sheet.path()), Path::to_owned);
    let _busy = session.console.busy("reading the results");
    let read = |path: PathBuf| move || History::read(&path).ok().map(Arc::new);
    match earlier {
        EarlierResults::Resume if path.exists() => off_thread(read(path)).await,
        EarlierResults::Resume | EarlierResults::Again => None,
    }
}

/// The rows that are finished by these results.
pub(super) fn finished_rows(known: Option<&Arc<History>>) -> FinishedRows {
    known.cloned().map_or_else(FinishedRows::default, |known| {
        FinishedRows::those(move |key| known.is_finished(key))
    })
}

/// Whether the rows that were taken for finished are so by the results of this run, which may be others by now.
pub(super) fn are_finished(loaded: &Loaded, history: Option<&History>) -> bool {
    let mut finished = loaded.intake.finished.iter();
    let is_finished = |key| history.is_some_and(|history| history.is_finished(key));
    let is_whole = loaded.family.sheet == Sheet::Whole;
    finished.all(|(key, _)| is_whole && is_finished(key))
}

/// Whether the last run of these results found the organization by another name, or at another address. Its id may be one that
/// is only configured, so it does not show that a name which was mistyped is that of another organization.
pub(super) fn was_called_otherwise(results: &Path, label: &OrganizationLabel) -> bool {
    let OrganizationLabel::Configured { name, uri, .. } = label else {
        return false;
    };
    let log = RunLog::read(results).unwrap_or_default();
    log.runs.last().is_some_and(|run| {
        let of_run = &run.organization;
        let is_other = |theirs: &Option<String>, ours: &str| theirs.as_ref().is_some_and(|theirs| theirs != ours);
        is_other(&of_run.name, name) || is_other(&of_run.uri, uri)
    })
}
