//! The final order of a results file: written next to it, then moved into place atomically.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use csv::ByteRecord;

use super::cells::Cells;
use super::error::help;
use super::files;
use super::format::{moved, unlinked};
use super::lock::beside;
use super::resume::continues;
use super::scan::{Care, IndexedLine, Scan, scan};
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

/// In which order a finished file has its lines.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The rows of the sheet that was run, in its order.
    pub rows: &'a [(RowKey, Place)],
    /// What the sheet is.
    pub of: Sheet,
    /// Rows that have left the sheet, and whose place others took that went on with what was begun for them.
    pub replaced: &'a [RowKey],
}

impl<'a> Order<'a> {
    /// The order of a whole sheet, in which no row took another's place.
    pub fn of_sheet(rows: &'a [(RowKey, Place)]) -> Self {
        Self {
            rows,
            of: Sheet::Whole,
            replaced: &[],
        }
    }
}

/// What a sheet is to its results file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// The one that the file belongs to: its order is the file's, and lines of rows that have left it go.
    Whole,
    /// One with some of its rows, corrected: the file keeps its order and its rows.
    Part,
}

/// Replaces the file with one in this order. A corrected row takes the place of the one that it corrects; lines that
/// are no row's any more stay where something was done for them.
pub(super) fn rewrite(path: &Path, order: Order<'_>) -> Result<Finished, FinishError> {
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

fn write_ordered(path: &Path, temporary: &Path, order: Order<'_>) -> io::Result<Finished> {
    let mut scan = scan(path, Care::Index).map_err(into_io)?;
    let counts = counts(&scan, order.rows);
    let lines = match order.of {
        Sheet::Whole => in_order_of_the_sheet(&mut scan, order)?,
        Sheet::Part => in_order_of_the_file(&mut scan)?,
    };
    let mut stored = scan.stored;
    let permissions = fs_err::metadata(path)?.permissions();
    let mut new = BufWriter::with_capacity(1 << 16, files::create_new(temporary)?);
    new.write_all(&stored.form.beginning()?)?;
    for some in lines.chunks(WRITTEN_AT_ONCE) {
        let mut text = stored.form.writer();
        for kept in some {
            let line = stored.line_at(kept.offset)?;
            let line = match kept.change {
                Change::None => line,
                Change::Moved(place) => moved(&line, place),
                Change::Unlinked => unlinked(&line),
            };
            text.write_byte_record(&stored.form.in_its_order(&line))?;
        }
        let text = text.into_inner().map_err(csv::IntoInnerError::into_error)?;
        new.write_all(&stored.form.encoded(text))?;
    }
    let new = new.into_inner().map_err(io::IntoInnerError::into_error)?;
    new.set_permissions(permissions)?;
    new.sync_all()?;
    let rows: usize = counts.values().sum();
    Ok(Finished {
        counts,
        kept: lines.len() - rows.min(lines.len()),
    })
}

/// How many lines are put together before they are written.
const WRITTEN_AT_ONCE: usize = 1 << 10;

/// A line that stays.
#[derive(Debug, Clone, Copy)]
struct Kept<'a> {
    offset: u64,
    change: Change<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Change<'a> {
    None,
    /// The row is here now.
    Moved(&'a Place),
    /// It was a correction, and no longer counts as one.
    Unlinked,
}

/// The rows by status.
fn counts(scan: &Scan, rows: &[(RowKey, Place)]) -> BTreeMap<Status, usize> {
    let mut counts = BTreeMap::new();
    for (key, _) in rows {
        let key = scan.corrections.get(key).map_or(key, |correction| &correction.key);
        if let Some(line) = scan.index.get(key) {
            *counts.entry(line.known.status).or_default() += 1;
        }
    }
    counts
}

/// A line for each known row, then those of other rows for which something was done.
fn in_order_of_the_sheet<'a>(scan: &mut Scan, order: Order<'a>) -> io::Result<Vec<Kept<'a>>> {
    let current = current_corrections(scan);
    let mut lines = Vec::with_capacity(scan.index.len());
    for (key, place) in order.rows {
        let change = Change::Moved(place);
        let correction = scan.corrections.get(key).map(|correction| correction.key);
        if let Some(correction) = correction
            && let Some(own) = scan.index.remove(key)
            && is_still_told(&own, &correction, scan)?
        {
            // Before the other: of a row and its correction the later line counts.
            lines.push(Kept {
                offset: own.offset,
                change: Change::None,
            });
        }
        if let Some(line) = scan.index.remove(&correction.unwrap_or(*key)) {
            lines.push(Kept {
                offset: line.offset,
                change,
            });
        }
    }
    let others = scan
        .index
        .iter()
        .filter(|(key, line)| line.known.outlives_its_row() && !order.replaced.contains(key));
    let mut others: Vec<Kept<'_>> = others
        .map(|(key, line)| Kept {
            offset: line.offset,
            change: link(line, current.contains(key)),
        })
        .collect();
    others.sort_unstable_by_key(|kept| kept.offset);
    lines.extend(others);
    Ok(lines)
}

/// Every row where its first line is, and a correction where the row is that it corrects.
fn in_order_of_the_file(scan: &mut Scan) -> io::Result<Vec<Kept<'static>>> {
    let first = first_lines(scan)?;
    let first_of = |key: &RowKey| first.get(key).copied().unwrap_or(u64::MAX);
    let places: HashMap<RowKey, u64> = scan
        .corrections
        .iter()
        .map(|(key, correction)| (correction.key, correction.first.min(first_of(key))))
        .collect();
    let mut staying = Vec::with_capacity(scan.index.len());
    let all: Vec<(RowKey, IndexedLine)> = scan.index.iter().map(|(key, line)| (*key, *line)).collect();
    for (key, line) in all {
        let place = places.get(&key).copied();
        let stays = match scan.corrections.get(&key).map(|correction| correction.key) {
            Some(correction) => is_still_told(&line, &correction, scan)?,
            None => !line.corrects || place.is_some() || line.known.outlives_its_row(),
        };
        if stays {
            let kept = Kept {
                offset: line.offset,
                change: link(&line, place.is_some()),
            };
            // At one place the row comes before its correction, so that the correction counts.
            staying.push((place.unwrap_or_else(|| first_of(&key)), place.is_some(), kept));
        }
    }
    staying.sort_unstable_by_key(|(place, is_correction, kept)| (*place, *is_correction, kept.offset));
    Ok(staying.into_iter().map(|(_, _, kept)| kept).collect())
}

/// Where the first line of each row begins.
fn first_lines(scan: &mut Scan) -> io::Result<HashMap<RowKey, u64>> {
    let mut first = HashMap::with_capacity(scan.index.len());
    let mut lines = scan.stored.reader()?;
    let mut line = ByteRecord::new();
    loop {
        let at = lines.position().byte();
        if !lines.read_byte_record(&mut line)? {
            return Ok(first);
        }
        // Lines that cannot be read were dropped or refused when the file was opened.
        if let Ok((key, _)) = Cells::of(&line).and_then(Cells::keys) {
            first.entry(key).or_insert(at);
        }
    }
}

fn current_corrections(scan: &Scan) -> HashSet<RowKey> {
    scan.corrections.values().map(|correction| correction.key).collect()
}

/// A line that was a correction of a row, and is not the last one, must not be taken for it.
fn link(line: &IndexedLine, is_current: bool) -> Change<'static> {
    if line.corrects && !is_current {
        Change::Unlinked
    } else {
        Change::None
    }
}

/// Whether a corrected row is still told of: something was done for it that its correction does not tell.
fn is_still_told(line: &IndexedLine, correction: &RowKey, scan: &mut Scan) -> io::Result<bool> {
    let later = scan.index.get(correction).map(|line| line.offset);
    let Some(later) = later.filter(|_| line.known.outlives_its_row()) else {
        return Ok(line.known.outlives_its_row());
    };
    let mut record_at = |offset| {
        let line = scan.stored.line_at(offset)?;
        let record = Cells::of(&line).and_then(Cells::record);
        record.map_err(io::Error::other)
    };
    let (earlier, later) = (record_at(line.offset)?, record_at(later)?);
    let report = &later.report;
    let goes_on = |operation| continues(&earlier, operation, &report.user, &report.target);
    Ok(!report.operation.is_some_and(goes_on))
}

fn into_io(fault: OpenError) -> io::Error {
    match fault {
        OpenError::Io { source, .. } => source,
        other => io::Error::other(other.to_string()),
    }
}
