//! The sheet of the rows that need attention: the input's own columns, and what became of each row.
//!
//! Its last column marks each row: the key of the row that it came from, so that what was begun for that counts when the
//! corrected row is run; a digest of the sheet as it was written, so that nobody's corrections are overwritten; and the
//! file name of the sheet that it came from. The marks are in the sheet itself, so they go where it goes.

use std::fmt::Display;
use std::path::Path;

use tempfile::NamedTempFile;

use super::contents::FailedSheet;
use super::csv_file::write_csv;
use super::marks::read_marks;
use super::table::{Table, Tables};
use super::workbook_file::write_workbook;
use crate::files::{self, Existing};
use crate::sheet::error::SheetError;
use crate::sheet::recognise::Format;
use crate::sheet::source::Source;

/// Writes the marked rows of `source` to `path`, in sheet order under the sheet's own header, with
/// `reseat_status`, `reseat_message` and `reseat_key` after the columns; a workbook where the source is one. Returns how
/// many secrets were left out.
///
/// The file is private (mode 0600 on unix) and appears whole or not at all. Cells that a
/// spreadsheet program would run as a formula are defused. Columns that an earlier run added are
/// left out, so that a sheet of failed rows that is run again does not grow.
///
/// # Errors
///
/// When the source can no longer be read as it was, or the file cannot be written.
pub fn write_failed_rows(source: &Source, failed: &FailedSheet<'_>, path: &Path) -> Result<usize, SheetError> {
    let mut tables = Tables::of(failed);
    source.read(&mut tables)?;
    let (tables, left_out) = tables.finish();
    // What the marks vouch for is the sheet as it is read back, so it is written, read, and written with them.
    let draft = write(source, &tables, failed.of, "", path)?;
    let digest = match read_marks(&Source::open(draft.path())?)? {
        Some(marks) => marks.digest,
        None => String::new(),
    };
    drop(draft);
    let file = write(source, &tables, failed.of, &digest, path)?;
    files::finish(file, path, Existing::Replaced).map_err(refused(path))?;
    Ok(left_out)
}

/// The sheet in a temporary file beside where it will be.
fn write(source: &Source, tables: &[Table], of: &str, digest: &str, path: &Path) -> Result<NamedTempFile, SheetError> {
    let mut file = files::temporary_beside(path).map_err(refused(path))?;
    match source.format() {
        Format::Text(format) => {
            let mark = format.reading.mark > 0 || format.reading.encoding != encoding_rs::UTF_8;
            write_csv(file.as_file_mut(), tables, (of, digest), format.dialect.delimiter, mark)
                .map_err(refused(path))?;
        }
        Format::Workbook(_) => {
            write_workbook(file.as_file_mut(), tables, (of, digest)).map_err(refused(path))?;
        }
    }
    Ok(file)
}

fn refused<E: Display>(path: &Path) -> impl Fn(E) -> SheetError + '_ {
    |reason| SheetError::Write {
        path: path.display().to_string(),
        reason: reason.to_string(),
    }
}
