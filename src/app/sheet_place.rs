//! Where a sheet that reseat writes goes, and what is there already.

use std::path::{Path, PathBuf};

use super::console::Console;
use super::failure::Failure;
use super::next::Typed;
use crate::cli::WrittenSheet;
use crate::ledger::{History, OpenError, results_path};
use crate::model::Status;
use crate::sheet::{Existing, WrittenFormat, WrittenPage, WrittenTable, may_write_sheet, save_sheet};

/// Where the sheet is to be written.
#[derive(Debug)]
pub(super) struct SheetPlace {
    path: PathBuf,
    existing: Existing,
    /// Whether the results of an earlier sheet of this name are there. Rows that are the same there would count as done.
    has_earlier_run: bool,
}

impl SheetPlace {
    /// The place that the flags name, as [`of`](Self::of) has it; `None` is standard output.
    pub(super) fn asked_for(sheet: &WrittenSheet) -> Result<Option<Self>, Failure> {
        let path = sheet.out.as_deref();
        path.map(|path| Self::of(path, sheet.existing)).transpose()
    }

    /// Makes sure, before anything is worked out, that nothing is lost by writing there.
    ///
    /// # Errors
    /// If a sheet is there that is to be kept, or the results of a run, with `--force` or without; if there is no such
    /// folder; or if a sheet of this name was run and is not finished, since its results would be continued.
    pub(super) fn of(path: &Path, existing: Existing) -> Result<Self, Failure> {
        may_write_sheet(path, existing).map_err(|error| Failure::of_file(&error))?;
        let refused = |message: String| Failure::in_file(message).with_help("name another file with `-o`");
        if path.exists() && holds_results(path) {
            let path = path.display();
            return Err(refused(format!(
                "`{path}` holds the results of a run, and without them it can be neither continued nor undone: it was kept"
            )));
        }
        let results = results_path(path);
        let has_earlier_run = results.exists();
        if has_earlier_run && !History::read(&results).is_ok_and(|history| is_finished(&history)) {
            let results = results.display();
            return Err(refused(format!(
                "`{results}` is of a sheet of this name that is not finished: running this one would continue that"
            )));
        }
        Ok(Self {
            path: path.to_owned(),
            existing,
            has_earlier_run,
        })
    }

    /// Where that is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The form of the sheet, by the name of the file.
    pub(super) fn format(&self) -> WrittenFormat {
        WrittenFormat::of_path(&self.path).unwrap_or(WrittenFormat::Csv)
    }

    /// Writes the worksheets there.
    pub(super) fn save(&self, tables: &[WrittenTable<'_>]) -> Result<(), Failure> {
        self.save_with_pages(tables, &[])
    }

    /// Writes the worksheets there, and the pages to be read after them.
    pub(super) fn save_with_pages(
        &self,
        tables: &[WrittenTable<'_>],
        pages: &[WrittenPage<'_>],
    ) -> Result<(), Failure> {
        save_sheet(tables, pages, self.format(), &self.path, self.existing).map_err(|error| Failure::of_file(&error))
    }

    /// The command that runs the sheet, all of it.
    pub(super) fn run_command(&self) -> String {
        let run = Typed::here().run_of(&self.path);
        if self.has_earlier_run {
            format!("{run} --again")
        } else {
            run
        }
    }

    /// The command with which to go on where nobody should run the sheet before looking at its plan. A plan knows no
    /// `--again`, and would show rows of an earlier sheet as done.
    pub(super) fn plan_command(&self) -> String {
        if self.has_earlier_run {
            self.run_command()
        } else {
            Typed::here().plan_of(&self.path)
        }
    }

    /// The command that checks the sheet.
    pub(super) fn check_command(&self) -> String {
        Typed::here().check_of(&self.path)
    }

    /// Says that an earlier sheet of this name was run, if one was.
    pub(super) fn tell_of_earlier_run(&self, console: Console<'_>) {
        if self.has_earlier_run {
            console.tell(format!(
                "`{}` is of an earlier sheet of this name; `--again` keeps it under its date\n",
                results_path(&self.path).display()
            ));
        }
    }

    /// Says that a file which is there is not of this command, which had nothing to write.
    pub(super) fn tell_of_older_file(&self, console: Console<'_>) {
        if self.path.exists() {
            console.tell(format!(
                "`{}` was there before, and was left as it was\n",
                self.path.display()
            ));
        }
    }
}

/// Whether two names are of one file, whether it is there or not.
pub(super) fn is_same_file(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| fs_err::canonicalize(path).ok();
    one == other || whole(one).is_some_and(|one| whole(other) == Some(one))
}

fn is_finished(history: &History) -> bool {
    !history.has_begun() && !history.counts().contains_key(&Status::Waiting)
}

fn holds_results(path: &Path) -> bool {
    match History::read(path) {
        Ok(history) => !history.is_empty(),
        Err(OpenError::Damaged { .. } | OpenError::LostColumn { .. } | OpenError::Newer { .. }) => true,
        Err(
            OpenError::Io { .. }
            | OpenError::Locked { .. }
            | OpenError::NotResults { .. }
            | OpenError::OtherSheet { .. }
            | OpenError::OtherOrganization { .. },
        ) => false,
    }
}
