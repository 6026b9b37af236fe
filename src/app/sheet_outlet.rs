//! How a sheet that reseat made is given: in a file that was written, or on standard output.

use std::io::{self, Write};

use serde::Serialize;

use super::console::{Console, deliver};
use super::failure::Failure;
use super::object::Object;
use crate::cli::OutputFormat;
use crate::report::write_json;
use crate::sheet::{WrittenTable, write_sheet_csv};

/// Prints what belongs on standard output: the object for programs, or the sheet as CSV if it is in no file. `is_written`
/// says whether there is anything of it to write.
///
/// # Errors
/// If standard output cannot be written and nothing else was done. A sheet in a file stays good.
pub(super) fn print_sheet(
    console: Console<'_>,
    object: &Object<'_, impl Serialize>,
    tables: &[WrittenTable<'_>],
    has_place: bool,
    is_written: bool,
) -> Result<(), Failure> {
    if has_place && is_written {
        console.found(object, |_| Ok(()));
        return Ok(());
    }
    match console.output {
        OutputFormat::Json => deliver(|out| write_json(object, out)),
        OutputFormat::Text if is_written => deliver(|out: &mut dyn Write| -> io::Result<()> {
            tables.iter().try_for_each(|table| write_sheet_csv(table, out))
        }),
        OutputFormat::Text => Ok(()),
    }
}
