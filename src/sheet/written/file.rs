//! Where such a sheet goes: a file that appears whole or not at all, or standard output.

use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::csv_file::write_csv;
use super::page::WrittenPage;
use super::part::WrittenPart;
use super::table::{WrittenCell, WrittenTable};
use super::workbook_file::{WorkbookError, write_readings, write_workbook};
use crate::files::{self, Existing, folder_of};
use crate::sheet::error::SheetError;

/// In which form a sheet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenFormat {
    /// Comma-separated, in UTF-8.
    Csv,
    /// `.xlsx`
    Workbook,
}

impl WrittenFormat {
    /// The form that a file of this name has; `None` where it is neither `.csv` nor `.xlsx`.
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?;
        if extension.eq_ignore_ascii_case("csv") {
            Some(Self::Csv)
        } else if extension.eq_ignore_ascii_case("xlsx") {
            Some(Self::Workbook)
        } else {
            None
        }
    }
}

/// Whether a sheet may be written to this path, before anything is worked out for it.
///
/// # Errors
///
/// When a file is there that is to be kept, or a folder, or nothing to put it in.
pub fn may_write_sheet(path: &Path, existing: Existing) -> Result<(), SheetError> {
    let shown = || path.display().to_string();
    if path.is_dir() {
        return Err(SheetError::Directory { path: shown() });
    }
    if existing == Existing::Kept && path.symlink_metadata().is_ok() {
        return Err(SheetError::Exists { path: shown() });
    }
    let folder = folder_of(path);
    if !folder.is_dir() {
        return Err(SheetError::NoFolder {
            path: shown(),
            folder: folder.display().to_string(),
        });
    }
    Ok(())
}

/// Writes the tables to a file: a worksheet each and the pages after them, or, as CSV, the first table. The file is private (mode 0600 on unix)
/// and appears whole or not at all.
///
/// # Errors
///
/// When a file is there that is to be kept, the file system refuses, or a workbook cannot hold all rows or all of a cell that
/// a run reads.
pub fn save_sheet(
    tables: &[WrittenTable<'_>],
    pages: &[WrittenPage<'_>],
    format: WrittenFormat,
    path: &Path,
    existing: Existing,
) -> Result<(), SheetError> {
    let mut file = begin(path, existing)?;
    match format {
        WrittenFormat::Csv => {
            if let Some(table) = tables.first() {
                if !is_ascii(table) {
                    // Without it Excel takes the letters for those of another encoding, and saves them so.
                    file.as_file_mut()
                        .write_all("\u{feff}".as_bytes())
                        .map_err(|error| refused(path, write_refusal(&error)))?;
                }
                write_csv(table, file.as_file_mut()).map_err(|error| refused(path, error.to_string()))?;
            }
        }
        WrittenFormat::Workbook => {
            write_workbook(tables, pages, file.as_file_mut(), folder_of(path))
                .map_err(|error| workbook_error(path, error))?;
        }
    }
    finish(file, path, existing)
}

/// Writes a workbook that is only read: worksheets in this order, of which no run takes any for a sheet. The file is private
/// (mode 0600 on unix), and appears whole or not at all; `is_whole` is asked once all rows are written.
///
/// # Errors
///
/// When a file is there that is to be kept, the file system refuses, a table has more rows than a worksheet, or `is_whole`
/// says that rows are missing.
pub fn save_readings(
    parts: &[WrittenPart<'_>],
    path: &Path,
    existing: Existing,
    is_whole: impl FnOnce() -> io::Result<()>,
) -> Result<(), SheetError> {
    let mut file = begin(path, existing)?;
    write_readings(parts, file.as_file_mut(), folder_of(path)).map_err(|error| workbook_error(path, error))?;
    is_whole().map_err(|error| refused(path, error.to_string()))?;
    finish(file, path, existing)
}

fn workbook_error(path: &Path, error: WorkbookError) -> SheetError {
    let shown = || path.display().to_string();
    match error {
        WorkbookError::TooManyRows => SheetError::TooManyRows { path: shown() },
        WorkbookError::CellTooFull { column, row, letters } => SheetError::CellTooFull {
            path: shown(),
            column,
            row,
            letters,
        },
        WorkbookError::Disk(error) => refused(path, error.to_string()),
        WorkbookError::Writer(error) => refused(path, error.to_string()),
    }
}

fn refused(path: &Path, reason: String) -> SheetError {
    SheetError::Write {
        path: path.display().to_string(),
        reason,
    }
}

/// Writes any other file as a sheet is written: it is private (mode 0600 on unix), and appears whole or not at all.
///
/// # Errors
///
/// When a file is there that is to be kept, the file system refuses, or `write` fails.
pub fn save_file(
    path: &Path,
    existing: Existing,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), SheetError> {
    let file = begin(path, existing)?;
    files::fill(&file, write).map_err(|error| refused(path, write_refusal(&error)))?;
    finish(file, path, existing)
}

/// A private file in the folder of this one, which it becomes in the end.
fn begin(path: &Path, existing: Existing) -> Result<NamedTempFile, SheetError> {
    may_write_sheet(path, existing)?;
    files::temporary_beside(path).map_err(|error| refused(path, write_refusal(&error)))
}

fn finish(file: NamedTempFile, path: &Path, existing: Existing) -> Result<(), SheetError> {
    files::finish(file, path, existing).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => SheetError::Exists {
            path: path.display().to_string(),
        },
        _ => refused(path, write_refusal(&error)),
    })
}

/// Writes a table as CSV to anything else than a file.
///
/// # Errors
///
/// When it cannot be written.
pub fn write_sheet_csv(table: &WrittenTable<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_csv(table, out).map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    })
}

/// What the file system said, without the name of the temporary file, which means nothing to the user, and what helps.
pub fn write_refusal(error: &io::Error) -> String {
    let told = files::without_name(error);
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            format!("{told}; choose a folder that you may write to")
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            format!("{told}; free some space, or choose another folder")
        }
        _ => told,
    }
}

fn is_ascii(table: &WrittenTable<'_>) -> bool {
    let is_ascii = |cell: &WrittenCell| cell.as_text().is_ascii();
    table.columns.iter().all(|column| column.header.is_ascii()) && (table.rows)().all(|row| row.iter().all(is_ascii))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_file_system_refuses_is_told_with_what_helps() {
        for (kind, helps) in [
            (
                io::ErrorKind::PermissionDenied,
                "; choose a folder that you may write to",
            ),
            (
                io::ErrorKind::StorageFull,
                "; free some space, or choose another folder",
            ),
            (io::ErrorKind::Interrupted, "interrupted"),
        ] {
            let told = write_refusal(&io::Error::from(kind));
            assert!(told.ends_with(helps), "{told}");
        }
    }
}
