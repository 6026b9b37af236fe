//! Where an export goes: a workbook, a CSV or two beside each other, or standard output.

use crate::app::failure::Failure;
use crate::app::sheet_place::SheetPlace;
use crate::cli::{ExportOptions, ExportWhat};
use crate::files::instead_of_ending;
use crate::sheet::{WrittenFormat, WrittenTable};

/// The files of an export.
#[derive(Debug)]
pub(super) struct ExportPlace {
    /// What is run first.
    pub(super) sheet: SheetPlace,
    /// Where the second worksheet goes that no CSV has room for.
    pub(super) beside: Option<SheetPlace>,
}

impl ExportPlace {
    /// Makes sure, before anything is read, that nothing is lost by writing there; `None` is standard output.
    ///
    /// # Errors
    /// As [`SheetPlace::of`], and if standard output would have to hold two sheets.
    pub(super) fn of(options: &ExportOptions) -> Result<Option<Self>, Failure> {
        let has_two = matches!(options.what, ExportWhat::Users { exact: true });
        let Some(path) = options.sheet.out.as_deref() else {
            return if has_two {
                let message = "`--exact` writes two sheets, and standard output has room for one";
                Err(Failure::in_settings(message)
                    .with_help("add `-o users.xlsx`, or `-o users.csv`, beside which `users.groups.csv` is written"))
            } else {
                Ok(None)
            };
        };
        let sheet = SheetPlace::of(path, options.sheet.existing)?;
        let is_apart = has_two && sheet.format() == WrittenFormat::Csv;
        let beside = is_apart.then(|| SheetPlace::of(&instead_of_ending(path, ".groups.csv"), options.sheet.existing));
        Ok(Some(Self {
            sheet,
            beside: beside.transpose()?,
        }))
    }

    /// Writes the worksheets.
    pub(super) fn save(&self, tables: &[WrittenTable<'_>]) -> Result<(), Failure> {
        match (&self.beside, tables) {
            (Some(beside), [first, rest @ ..]) => {
                beside.save(rest)?;
                self.sheet.save(std::slice::from_ref(first))
            }
            (Some(_) | None, tables) => self.sheet.save(tables),
        }
    }

    /// The files.
    pub(super) fn files(&self) -> impl Iterator<Item = &SheetPlace> {
        [&self.sheet].into_iter().chain(&self.beside)
    }
}
