//! Which results a sheet belongs to: its own, or those of the sheet whose failed rows it has.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::results::not_read;
use crate::cli::EarlierResults;
use crate::files::beside;
use crate::ledger::{self, History, RunId, results_path};
use crate::model::{Place, RowKey, Shared};
use crate::sheet::{SheetError, Source, read_marks};
use crate::watch::parent_stem;

/// A sheet, and the one that its results belong to: itself, unless it has the failed rows of another.
#[derive(Debug)]
pub(super) struct Family {
    /// The folder and the name, without extension, of the sheet that the results belong to.
    stem: PathBuf,
    /// The file name of that sheet; `None` where a sheet of failed rows does not say.
    name: Option<String>,
    /// Whether that sheet is this one.
    pub(super) sheet: ledger::Sheet,
    /// What the rows were known by in that sheet.
    keys: HashMap<(Shared<str>, u32), RowKey>,
    /// Whether a sheet of failed rows is as reseat wrote it.
    pub(super) is_as_written: bool,
}

impl Family {
    /// Finds out, given whether the sheet has reseat's marks.
    pub(super) fn of(source: &Source, is_marked: bool) -> Result<Self, SheetError> {
        let path = source.path();
        let whole = Self {
            stem: path.with_extension(""),
            name: Some(file_name(path)),
            sheet: ledger::Sheet::Whole,
            keys: HashMap::new(),
            is_as_written: false,
        };
        let marks = if is_marked { read_marks(source)? } else { None };
        let marks = marks.filter(|marks| !marks.of.is_empty());
        let by_name = path.file_name().and_then(OsStr::to_str).and_then(parent_stem);
        let by_name = by_name.map(|stem| path.with_file_name(stem));
        let Some(marks) = marks else {
            // Somebody took the marks out. What an earlier version kept of such a sheet on its own goes on.
            let is_part = |stem: &PathBuf| beside(stem, ".results.csv").exists() && !results_path(path).exists();
            return Ok(match by_name.filter(is_part) {
                Some(stem) => Self {
                    stem,
                    name: None,
                    sheet: ledger::Sheet::Part,
                    ..whole
                },
                None => whole,
            });
        };
        let name = (marks.of.len() == 1).then(|| marks.of.first().cloned()).flatten();
        let stem = match (&name, by_name) {
            (Some(name), _) => path.with_file_name(name).with_extension(""),
            (None, Some(stem)) => stem,
            (None, None) => whole.stem,
        };
        Ok(Self {
            stem,
            name,
            sheet: ledger::Sheet::Part,
            keys: marks.keys,
            is_as_written: marks.is_as_written,
        })
    }

    /// The results file, unless another is given.
    pub(super) fn results(&self, given: Option<&Path>) -> PathBuf {
        given.map_or_else(|| beside(&self.stem, ".results.csv"), Path::to_owned)
    }

    /// A file beside the sheet that the results belong to, under its name.
    pub(super) fn beside(&self, ending: &str) -> PathBuf {
        beside(&self.stem, ending)
    }

    /// The file name of the sheet that the results belong to.
    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// What the row at this place was known by in the sheet that it came from.
    pub(super) fn key_at(&self, place: &Place) -> Option<RowKey> {
        if self.keys.is_empty() {
            return None;
        }
        self.keys.get(&(place.sheet.clone(), place.row)).copied()
    }

    /// The run, as its lines name it.
    pub(super) fn named(&self, run: RunId) -> RunId {
        run.of_sheet(self.name())
    }

    /// Makes sure that a sheet of failed rows does not set aside what is known of all the others.
    pub(super) fn may_start_over(&self, earlier: EarlierResults, given: Option<&Path>) -> Result<(), Failure> {
        if earlier == EarlierResults::Resume || self.sheet == ledger::Sheet::Whole || given.is_some() {
            return Ok(());
        }
        let message = "`--again` would set aside the results of the sheet that these failed rows came from";
        Err(Failure::in_settings(message).with_help(
            "run the rows without it; or run that sheet with `--again`, or name a file of its own for these rows with `--results`",
        ))
    }

    /// Makes sure that the results are those of this sheet, unless the user named them. There may be none yet.
    ///
    /// # Errors
    /// If they are another sheet's.
    pub(super) fn check(&self, history: Option<&History>, results: &Path) -> Result<(), Failure> {
        if let (Some(name), Some(history)) = (&self.name, history) {
            history.is_of_sheet(name).map_err(|error| not_read(&error))?;
        }
        if self.keys.is_empty() {
            return Ok(());
        }
        let is_known = history.is_some_and(|history| self.keys.values().any(|key| history.knows(key)));
        if is_known {
            return Ok(());
        }
        let message = format!(
            "the sheet has failed rows of `{}`, and what was begun for them is not in `{}`",
            self.name.as_deref().unwrap_or("several sheets"),
            results.display()
        );
        Err(Failure::in_file(message).with_help(
            "name the results file of that sheet with `--results`, or a file of its own to start over without what was begun",
        ))
    }
}

/// The sheet of failed rows with this number, from 1: beside the results that its rows are known by, under their name.
pub(super) fn failed_sheet(results: &Path, number: u32, is_workbook: bool) -> PathBuf {
    let of_results = results.file_name().and_then(OsStr::to_str);
    let stem = match of_results.and_then(|name| name.strip_suffix(".results.csv")) {
        Some(stem) if !stem.is_empty() => results.with_file_name(stem),
        _ => results.with_extension(""),
    };
    let extension = if is_workbook { "xlsx" } else { "csv" };
    match number {
        1 => beside(&stem, &format!(".failed.{extension}")),
        _ => beside(&stem, &format!(".failed-{number}.{extension}")),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_named_after_the_sheet_that_the_rows_came_from() {
        let family = Family {
            stem: "in/q4.licences".into(),
            name: None,
            sheet: ledger::Sheet::Part,
            keys: HashMap::new(),
            is_as_written: true,
        };
        assert_eq!(family.results(None), Path::new("in/q4.licences.results.csv"));
    }

    #[test]
    fn sheets_of_failed_rows_are_named_after_the_results() {
        for (results, number, is_workbook, named) in [
            ("in/q4.licences.results.csv", 1, false, "in/q4.licences.failed.csv"),
            ("in/q4.licences.results.csv", 2, true, "in/q4.licences.failed-2.xlsx"),
            ("out/again.csv", 1, true, "out/again.failed.xlsx"),
            ("again", 2, false, "again.failed-2.csv"),
            (".results.csv", 1, false, ".results.failed.csv"),
        ] {
            assert_eq!(failed_sheet(Path::new(results), number, is_workbook), Path::new(named));
        }
    }
}
