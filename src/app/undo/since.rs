//! Whether what the rows of results did was undone since: `undo` notes in the records of runs which sheet it wrote of them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::ledger::{History, RunEntry, RunLog, results_path};
use crate::model::{OperationKind, Status};
use crate::saved_plan::path_beside;
use crate::text::fold;

/// A run that undid what rows did.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::app) struct UndoneBy {
    /// Its sheet.
    pub(in crate::app) sheet: PathBuf,
    /// When it began.
    pub(in crate::app) when: Timestamp,
}

/// Notes that this sheet undoes these results, unless another does that was run. Whoever may only read them undoes all the same.
pub(in crate::app) fn note_undo(results: &Path, sheet: &Path) {
    if undone_since(results).is_some() {
        return;
    }
    let last = RunLog::read(results).ok().and_then(|mut log| log.runs.pop());
    let Some(last) = last else { return };
    let undone_by = path_beside(results, sheet).to_str().map(str::to_owned);
    let _ = RunEntry { undone_by, ..last }.append(results);
}

/// The last run of a sheet that undoes these results, unless that was undone as well.
pub(in crate::app) fn undone_since(results: &Path) -> Option<UndoneBy> {
    since(results, Timestamp::MIN)
}

/// The same of what was run after a moment, so that sheets that undo each other come to an end.
fn since(results: &Path, moment: Timestamp) -> Option<UndoneBy> {
    let log = RunLog::read(results).ok()?;
    log.runs.iter().rev().find_map(|entry| {
        let sheet = results.with_file_name(entry.undone_by.as_ref()?);
        let of_undo = results_path(&sheet);
        let when = RunLog::read(&of_undo).ok()?.runs.last()?.started_at;
        let is_so = when > entry.started_at.max(moment) && are_about_the_same(results, &of_undo);
        (is_so && since(&of_undo, when).is_none()).then_some(UndoneBy { sheet, when })
    })
}

/// Whether what was done by both is about the same people or groups: another sheet may have taken the name since.
fn are_about_the_same(results: &Path, of_undo: &Path) -> bool {
    let (Ok(these), Ok(undo)) = (History::read(results), History::read(of_undo)) else {
        return false;
    };
    let of_these: HashSet<String> = names(&these).collect();
    names(&undo).any(|name| of_these.contains(&name))
}

/// What the rows are about for which something was done, each by its account's id and by the names that it has for it. A move
/// that waits for its invitation has made an account.
fn names(history: &History) -> impl Iterator<Item = String> {
    let reports = history.entries().filter_map(|entry| Some(entry.ok()?.record.report));
    let done = reports.filter(|report| report.status == Status::Done || report.after.is_some());
    done.flat_map(|report| {
        let is_of_target = report.operation.is_some_and(OperationKind::is_about_its_target);
        let target = Some(report.target).filter(|_| is_of_target);
        let id = report.user_id.map(|id| id.to_string());
        let names = [id, Some(report.user), target].into_iter().flatten();
        names.map(|name| fold(&name)).filter(|name| !name.is_empty())
    })
}
