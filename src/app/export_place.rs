//! Where an export goes: a workbook, a CSV or two beside each other, or standard output.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Ending;
use super::ending::Reason;
use super::failure::Failure;
use super::sheet_place::{SheetPlace, not_written};
use crate::cli::{ExportOptions, ExportWhat};
use crate::sheet::{Existing, WrittenFormat, WrittenTable, save_sheet};

/// The files of an export.
#[derive(Debug)]
pub(super) struct ExportPlace<'a> {
    /// What is run first.
    pub(super) sheet: SheetPlace<'a>,
    /// Where the second worksheet goes that no CSV has room for.
    pub(super) beside: Option<Beside>,
    format: WrittenFormat,
}

/// A second CSV.
#[derive(Debug)]
pub(super) struct Beside {
    /// Where.
    pub(super) path: PathBuf,
    existing: Existing,
}

impl<'a> ExportPlace<'a> {
    /// Makes sure, before anything is read, that nothing is lost by writing there; `None` is standard output.
    ///
    /// # Errors
    /// As [`SheetPlace::of`], and if standard output would have to hold two sheets.
    pub(super) fn of(options: &'a ExportOptions) -> Result<Option<Self>, Failure> {
        let has_two = matches!(options.what, ExportWhat::Users { exact: true });
        let Some(path) = options.out.as_deref() else {
            return if has_two {
                let message = "`--exact` writes two sheets, and standard output has room for one";
                Err(Failure::new(Ending::CouldNotStart, Reason::Settings, message)
                    .with_help("add `-o users.xlsx`, or `-o users.csv`, beside which `users.groups.csv` is written"))
            } else {
                Ok(None)
            };
        };
        let existing = options.existing;
        let format = WrittenFormat::of_path(path).unwrap_or(WrittenFormat::Csv);
        let sheet = SheetPlace::of(path, existing)?;
        let beside = (has_two && format == WrittenFormat::Csv).then(|| Beside {
            path: beside(path),
            existing,
        });
        if let Some(beside) = &beside {
            SheetPlace::of(&beside.path, existing)?;
        }
        Ok(Some(Self { sheet, beside, format }))
    }

    /// Writes the worksheets.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub(super) fn save(&self, tables: &[WrittenTable<'_>]) -> Result<(), Failure> {
        let SheetPlace { path, existing, .. } = self.sheet;
        let save = |tables: &[WrittenTable<'_>], path: &Path, existing| {
            save_sheet(tables, self.format, path, existing).map_err(|error| not_written(&error))
        };
        match (&self.beside, tables) {
            (Some(beside), [first, rest @ ..]) => {
                save(rest, &beside.path, beside.existing)?;
                save(std::slice::from_ref(first), path, existing)
            }
            (Some(_) | None, tables) => save(tables, path, existing),
        }
    }

    /// The files.
    pub(super) fn paths(&self) -> Vec<&Path> {
        let beside = self.beside.iter().map(|beside| beside.path.as_path());
        [self.sheet.path].into_iter().chain(beside).collect()
    }
}

/// `users.groups.csv` beside `users.csv`.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_stem().map(OsString::from).unwrap_or_default();
    name.push(".groups.csv");
    path.with_file_name(name)
}
