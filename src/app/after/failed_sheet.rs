//! The sheet of the rows that need attention, which a run leaves beside its own.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::app::console::Console;
use crate::app::failure::Failure;
use crate::app::family::failed_sheet;
use crate::app::prepare::Loaded;
use crate::app::results::not_read;
use crate::app::sheet_place::is_same_file;
use crate::intake::{Column, takes};
use crate::ledger::{History, Record};
use crate::model::{Place, RowKey, Status};
use crate::plan::RowReason;
use crate::sheet::{FailedMarks, FailedRow, FailedRows, FailedSheet, Source, read_marks, write_failed_rows};

/// What a run leaves for the person who corrects it.
#[derive(Debug, Default)]
pub(in crate::app) struct Left {
    /// The sheet of the rows that need attention.
    pub(in crate::app) sheet: Option<PathBuf>,
    /// An earlier one that has all of these rows, and in which somebody has corrected them since.
    pub(in crate::app) corrected: Option<PathBuf>,
    /// How many passwords were left out.
    pub(in crate::app) passwords: usize,
}

impl Left {
    /// Of two sheets with the same rows, the one that somebody has worked on.
    pub(in crate::app) fn to_run(&self) -> Option<&Path> {
        self.corrected.as_deref().or(self.sheet.as_deref())
    }
}

/// A place for the sheet, and what is in the other places.
struct Places {
    /// Where nothing is, or what reseat wrote itself and nobody has changed since.
    free: PathBuf,
    /// What somebody has changed, or written.
    kept: Vec<PathBuf>,
    /// What reseat wrote and nobody needs any more.
    stale: Vec<PathBuf>,
}

/// Writes the rows that need attention, with the reason, as a sheet in the input's format.
pub(in crate::app) fn leave_failed_sheet(
    history: &History,
    order: &[(RowKey, Place)],
    loaded: &Loaded,
    console: Console<'_>,
) -> Result<Left, Failure> {
    let mut failed = FailedRows::new();
    for (key, place) in order {
        if !history.status(key).is_some_and(Status::needs_a_person) {
            continue;
        }
        let record = history.record(key).map_err(|error| not_read(&error).once_begun())?;
        if let Some(record) = record.filter(|record| !is_only_a_mail_in_doubt(record)) {
            let row = FailedRow {
                status: record.report.status.to_string(),
                message: record.report.message,
                needs_secret: record
                    .report
                    .operation
                    .is_none_or(|kind| takes(kind).contains(&Column::Password)),
                key: loaded.family.key_at(place).unwrap_or(*key),
            };
            failed.insert((place.sheet.clone(), place.row), row);
        }
    }
    let Places { free, kept, stale } = places(history.path(), loaded);
    let mut unneeded = stale;
    if failed.is_empty() {
        // One that was just run is not taken away from whoever ran it.
        unneeded.extend((free.exists() && !is_run(&free, loaded)).then(|| free.clone()));
    }
    for path in unneeded {
        if fs_err::remove_file(&path).is_err() {
            console.tell(format!("warning: `{}` is from an earlier run\n", path.display()));
        }
    }
    if failed.is_empty() {
        return Ok(Left::default());
    }
    let keys: HashSet<RowKey> = failed.values().map(|row| row.key).collect();
    let sheet = FailedSheet {
        rows: &failed,
        headers: &loaded.intake.headers,
        secrets: &loaded.intake.passwords,
        rewrites: &loaded.intake.rewrites,
        of: loaded.family.name(),
    };
    match write_failed_rows(&loaded.source, &sheet, &free) {
        Ok(passwords) => Ok(Left {
            sheet: Some(free),
            corrected: kept
                .into_iter()
                .rfind(|path| !is_run(path, loaded) && has_all(path, &keys)),
            passwords,
        }),
        Err(error) => {
            // The results file has everything; this sheet is only a convenience, so failing to write it is no error.
            console.tell(format!("warning: the sheet of failed rows was not written: {error}\n"));
            Ok(Left::default())
        }
    }
}

/// Whether nothing of the row is open but whether its person was mailed again, which nothing tells: there is nothing to
/// correct, and a rerun takes the row as it was before that.
pub(in crate::app) fn is_only_a_mail_in_doubt(record: &Record) -> bool {
    let report = &record.report;
    report.status == Status::InDoubt
        && report.user_id.is_some()
        && report.code.parse() != Ok(RowReason::AccountMissing)
        && report.after.as_ref().is_some_and(|after| after.get("mailed").is_some())
}

/// Whether it is the sheet that is run.
fn is_run(path: &Path, loaded: &Loaded) -> bool {
    is_same_file(path, loaded.source.path())
}

fn places(results: &Path, loaded: &Loaded) -> Places {
    let (family, source) = (&loaded.family, &loaded.source);
    let (mut free, mut kept, mut stale) = (None, Vec::new(), Vec::new());
    for number in 1.. {
        let path = failed_sheet(results, number, source.is_workbook());
        let is_there = path.symlink_metadata().is_ok();
        let is_ours = if is_run(&path, loaded) {
            family.is_as_written
        } else {
            is_there && marks(&path).is_some_and(|marks| marks.is_as_written && marks.of.contains(family.name()))
        };
        if is_there && !is_ours {
            kept.push(path);
        } else if free.is_none() {
            free = Some(path);
        } else if is_there && !is_run(&path, loaded) {
            stale.push(path);
        }
        if !is_there {
            break;
        }
    }
    Places {
        free: free.unwrap_or_default(),
        kept,
        stale,
    }
}

/// The marks of a sheet of failed rows; `None` if it cannot be one.
pub(in crate::app) fn marks(path: &Path) -> Option<FailedMarks> {
    Source::open(path).and_then(|source| read_marks(&source)).ok().flatten()
}

fn has_all(path: &Path, keys: &HashSet<RowKey>) -> bool {
    let marked: HashSet<RowKey> = marks(path)
        .map(|marks| marks.keys.into_values().collect())
        .unwrap_or_default();
    keys.is_subset(&marked)
}
