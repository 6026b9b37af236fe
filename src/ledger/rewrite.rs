//! The final order of a results file: written next to it, then moved into place atomically.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use fs_err::File;

use super::error::help;
use super::files;
use super::format::{COLUMNS, line_writer, moved};
use super::history::read_line;
use super::lock::beside;
use super::scan::{IndexedLine, line_reader, scan};
use super::{JournalError, OpenError};
use crate::model::{Place, RowKey, Status};

/// The suffix of the new file's name until it replaces the old one.
pub(super) const TEMPORARY: &str = ".rewriting";

/// What a finished results file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// The sheet's rows by status, those finished in earlier runs included.
    pub counts: BTreeMap<Status, usize>,
    /// Lines of rows that are no longer in the sheet.
    pub kept: usize,
}

/// Why a results file could not be finished; reads after "failed to".
#[derive(Debug, thiserror::Error)]
pub enum FinishError {
    /// Records are missing from it.
    #[error(transparent)]
    Writing(JournalError),
    /// Every record is in it, in the order of writing: a warning, not a loss.
    #[error("put results file `{}` in the sheet's order: {fault}; nothing is missing from it, and {}", path.display(), help(fault))]
    Ordering {
        /// The results file.
        path: PathBuf,
        /// What prevented it.
        fault: io::Error,
    },
}

/// Replaces the file with one that has a line for each known row of `order`, then those of other rows for which
/// something was done.
pub(super) fn rewrite(path: &Path, order: &[(RowKey, Place)]) -> Result<Finished, FinishError> {
    let temporary = beside(path, TEMPORARY);
    let replaced = write_ordered(path, &temporary, order).and_then(|finished| {
        fs_err::rename(&temporary, path)?;
        files::sync_folder(path)?;
        Ok(finished)
    });
    replaced.map_err(|fault| {
        // It may never have been created.
        let _ = fs_err::remove_file(&temporary);
        if !path.exists() {
            return FinishError::Writing(JournalError(format!(
                "find results file `{}`: it was moved or deleted while the run was writing it",
                path.display()
            )));
        }
        FinishError::Ordering {
            path: path.to_owned(),
            fault,
        }
    })
}

fn write_ordered(path: &Path, temporary: &Path, order: &[(RowKey, Place)]) -> io::Result<Finished> {
    let mut index = scan(path).map_err(into_io)?.index;
    let old = File::open(path)?;
    let permissions = old.metadata()?.permissions();
    let mut old = line_reader(old, 4 << 10);
    let new = files::create_new(temporary)?;
    let mut new = line_writer(BufWriter::with_capacity(1 << 16, new));
    new.write_record(COLUMNS)?;

    let mut counts = BTreeMap::new();
    for (key, place) in order {
        if let Some(entry) = index.remove(key) {
            let line = read_line(path, &mut old, entry.offset).map_err(into_io)?;
            new.write_byte_record(&moved(&line, place))?;
            *counts.entry(entry.known.status).or_default() += 1;
        }
    }
    let kept = outliving(index);
    for offset in &kept {
        let line = read_line(path, &mut old, *offset).map_err(into_io)?;
        new.write_byte_record(&line)?;
    }

    let new = new
        .into_inner()
        .map_err(|fault| io::Error::from(fault.error().kind()))?;
    let new = new.into_inner().map_err(io::IntoInnerError::into_error)?;
    new.set_permissions(permissions)?;
    new.sync_all()?;
    Ok(Finished {
        counts,
        kept: kept.len(),
    })
}

/// The offsets of the lines that stay although their rows have left the sheet, in order.
fn outliving(index: HashMap<RowKey, IndexedLine>) -> Vec<u64> {
    let mut offsets: Vec<u64> = index
        .into_values()
        .filter(|entry| entry.known.outlives_its_row())
        .map(|entry| entry.offset)
        .collect();
    offsets.sort_unstable();
    offsets
}

fn into_io(fault: OpenError) -> io::Error {
    match fault {
        OpenError::Io { source, .. } => source,
        other => io::Error::other(other.to_string()),
    }
}
