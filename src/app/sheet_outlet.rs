//! How a sheet that reseat made is given: in a file that was written, or on standard output.

use std::io::{self, Write};

use serde::Serialize;

use super::console::{Console, deliver};
use super::failure::Failure;
use super::object::Object;
use crate::cli::OutputFormat;
use crate::report::write_json;
use crate::sheet::{WrittenTable, write_sheet_csv};

/// Where a sheet has gone, or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outlet {
    /// It is in a file.
    File,
    /// It goes to standard output, unless programs get the object there.
    StandardOutput,
    /// There is nothing to write.
    Nowhere,
}

impl Outlet {
    /// By whether a file was asked for, and whether there is anything to write.
    pub(super) fn of(has_place: bool, is_written: bool) -> Self {
        match (has_place, is_written) {
            (_, false) => Self::Nowhere,
            (true, true) => Self::File,
            (false, true) => Self::StandardOutput,
        }
    }

    /// Prints what belongs on standard output: the object for programs, or the sheet as CSV if it is in no file.
    ///
    /// # Errors
    /// If standard output cannot be written and nothing else was done. A sheet in a file stays good.
    pub(super) fn print(
        self,
        console: Console<'_>,
        object: &Object<'_, impl Serialize>,
        tables: &[WrittenTable<'_>],
    ) -> Result<(), Failure> {
        match (self, console.output) {
            (Self::File, _) => {
                console.found(object, |_| Ok(()));
                Ok(())
            }
            (Self::StandardOutput | Self::Nowhere, OutputFormat::Json) => deliver(|out| write_json(object, out)),
            (Self::Nowhere, OutputFormat::Text) => Ok(()),
            (Self::StandardOutput, OutputFormat::Text) => deliver(|out: &mut dyn Write| -> io::Result<()> {
                tables.iter().try_for_each(|table| write_sheet_csv(table, out))
            }),
        }
    }
}
