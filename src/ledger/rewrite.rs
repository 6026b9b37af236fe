//! The final order of a results file: written next to it, then moved into place atomically.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use fs_err::File;

use super::cells::Cells;
use super::error::help;
use super::format::{SheetCells, ends_with, moved, unlinked};
use super::history::History;
use super::index::{Index, IndexedLine};
use super::line::Line;
use super::new_file::NewFile;
use super::resume::continues;
use super::scan::{End, Scan, scan};
use super::stored::Stored;
use super::{JournalError, OpenError};
use crate::files::{beside, folder_of, sync_folder};
use crate::model::{Place, RowKey, Status};

/// The suffix of the new file's name until it replaces the old one.
pub(super) const TEMPORARY: &str = ".rewriting";

/// What a finished results file holds.
#[derive(Debug)]
pub struct Finished {
    /// The sheet's rows by status, those finished in earlier runs included.
    pub counts: BTreeMap<Status, usize>,
    /// Lines of rows that are no longer in the sheet.
    pub kept: usize,
    /// What the file now knows.
    pub history: History,
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
    /// Rows that have left the sheet, and corrections of rows that have been corrected anew, whose place others took that went
    /// on with what was begun for them.
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

/// Puts the lines in this order: in a new file that takes the place of the old one, unless they are in it. A corrected row
/// takes the place of the one that it corrects; lines that are no row's any more stay where something was done for them.
///
/// `known` is what was found in the file, if that is known already.
pub(super) fn put_in_order(path: &Path, known: Option<Scan>, order: Order<'_>) -> Result<Finished, FinishError> {
    // What is known may no longer be so: then the file is read again, which says what is wrong with it.
    let finished = match known.map(|known| in_order(path, known, order)) {
        Some(Ok(finished)) => Ok(finished),
        Some(Err(_)) | None => scan_again(path).and_then(|scan| in_order(path, scan, order)),
    };
    finished.map_err(|fault| {
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

fn scan_again(path: &Path) -> io::Result<Scan> {
    scan(path).map_err(|fault| match fault {
        OpenError::Io { source, .. } => source,
        other => io::Error::other(other.to_string()),
    })
}

fn in_order(path: &Path, mut scan: Scan, order: Order<'_>) -> io::Result<Finished> {
    let counts = counts(&scan.index, order.rows);
    let lines = match order.of {
        Sheet::Whole => in_order_of_the_sheet(&mut scan, order)?,
        Sheet::Part => in_order_of_the_file(&mut scan, order)?,
    };
    let rows: usize = counts.values().sum();
    let kept = lines.len() - rows.min(lines.len());
    let scan = if is_in_order(&scan, &lines, order) {
        scan
    } else {
        let temporary = beside(path, TEMPORARY);
        let replaced = replace(path, &temporary, scan, &lines, order);
        replaced.inspect_err(|_| {
            // It may never have been created.
            let _ = fs_err::remove_file(&temporary);
        })?
    };
    let history = History::of(scan);
    Ok(Finished { counts, kept, history })
}

/// Whether the file has these lines, in this order and no others.
fn is_in_order(scan: &Scan, lines: &[Kept], order: Order<'_>) -> bool {
    let mut sheets = SheetCells::default();
    let is_there =
        |(position, kept): (u32, &Kept)| kept.line == position && kept.is_as_it_is(&scan.index, order, &mut sheets);
    let has_all = scan.index.is_one_for_one() && lines.len() == scan.index.lines().len();
    scan.end == End::Whole && !scan.stored.is_copy && has_all && (0..).zip(lines).all(is_there)
}

/// Writes the lines to a new file, and puts that in the place of the old one.
fn replace(path: &Path, temporary: &Path, scan: Scan, lines: &[Kept], order: Order<'_>) -> io::Result<Scan> {
    let Scan { mut stored, index, .. } = scan;
    let form = stored.form.clone();
    let permissions = fs_err::metadata(path)?.permissions();
    let mut new = NewFile::create(temporary, &form)?;
    let mut known = index.emptied();
    let mut sheets = SheetCells::default();
    let runs = index.run_cells();
    let (mut text, mut end) = (Vec::new(), Vec::new());
    let is_copy = stored.is_copy;
    for kept in lines {
        let mut entry = *index.at(kept.line);
        let line = stored.line_at(entry.offset)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        text.clear();
        let mut corrected = None;
        let is_it = |run: &&[u8]| ends_with(line.text, entry.key, run, &mut end);
        if !is_copy && kept.is_as_it_is(&index, order, &mut sheets) && entry.run.of(&runs).is_some_and(is_it) {
            // Most lines are so, and need not be taken apart.
            text.extend_from_slice(line.text);
        } else {
            let parts = Line::of(line.text).map_err(|_| io::ErrorKind::InvalidData)?;
            let (key, other) = Cells(&parts).keys().map_err(io::Error::other)?;
            if key != entry.key {
                return Err(io::ErrorKind::InvalidData.into());
            }
            corrected = other;
            match kept.change {
                Change::None => text.extend_from_slice(line.text),
                Change::Moved(row) => {
                    let place = &order.rows[row as usize].1;
                    let sheet = sheets.of(place);
                    moved(line.text, &parts, place.row, sheet, &mut text);
                    (entry.row, entry.sheet) = (place.row, known.sheet_named(sheet));
                }
                Change::Unlinked => {
                    unlinked(line.text, &parts, &mut text);
                    corrected = None;
                }
            }
        }
        entry.offset = new.length;
        known.take(entry, corrected);
        new.line(&mut text)?;
    }
    let (file, length) = new.finish()?;
    file.set_permissions(permissions)?;
    file.sync_all()?;
    drop(stored);
    fs_err::rename(temporary, path)?;
    sync_folder(folder_of(path))?;
    if !form.is_ours() {
        return scan_again(path);
    }
    let (file, _) = file.into_parts();
    Ok(Scan {
        stored: Stored::written(path, File::from_parts(file, path), length),
        index: known,
        end: End::Whole,
    })
}

/// A line that stays.
#[derive(Debug, Clone, Copy)]
struct Kept {
    /// Which of the indexed ones.
    line: u32,
    change: Change,
}

#[derive(Debug, Clone, Copy)]
enum Change {
    None,
    /// The row is where the sheet has this one now.
    Moved(u32),
    /// It was a correction, and no longer counts as one.
    Unlinked,
}

impl Kept {
    /// Whether the line stays as it is.
    fn is_as_it_is(self, index: &Index, order: Order<'_>, sheets: &mut SheetCells) -> bool {
        let line = index.at(self.line);
        match self.change {
            Change::None => true,
            Change::Moved(row) => {
                let place = &order.rows[row as usize].1;
                line.row == place.row && index.is_on(line, sheets.of(place))
            }
            Change::Unlinked => false,
        }
    }
}

/// The rows by status.
fn counts(index: &Index, rows: &[(RowKey, Place)]) -> BTreeMap<Status, usize> {
    let mut counts = BTreeMap::new();
    for line in rows.iter().filter_map(|(key, _)| index.line_of(key)) {
        *counts.entry(line.known.status).or_default() += 1;
    }
    counts
}

/// A line for each known row, then those of other rows for which something was done.
fn in_order_of_the_sheet(scan: &mut Scan, order: Order<'_>) -> io::Result<Vec<Kept>> {
    let Scan { stored, index, .. } = scan;
    let mut lines = Vec::with_capacity(index.lines().len());
    let mut is_taken = vec![false; index.lines().len()];
    let mut taken = |key: &RowKey| {
        let position = index.position(key)?;
        (!std::mem::replace(&mut is_taken[position as usize], true)).then_some(position)
    };
    for (row, (key, _)) in (0..).zip(order.rows) {
        let correction = index.correction_of(key);
        if let Some(correction) = correction
            && let Some(line) = taken(key)
            && is_still_told(index.at(line), &correction, index, stored)?
        {
            // Before the other: of a row and its correction the later line counts.
            let change = Change::None;
            lines.push(Kept { line, change });
        }
        if let Some(line) = taken(&correction.unwrap_or(*key)) {
            let change = Change::Moved(row);
            lines.push(Kept { line, change });
        }
    }
    let current = index.current_corrections();
    let replaced: HashSet<&RowKey> = order.replaced.iter().collect();
    let others = (0..).zip(index.lines()).filter(|(position, line)| {
        !is_taken[*position as usize] && line.known.outlives_its_row() && !replaced.contains(&line.key)
    });
    let first_other = lines.len();
    lines.extend(others.map(|(position, line)| Kept {
        line: position,
        change: link(index, &line.key, current.contains(&line.key)),
    }));
    lines[first_other..].sort_unstable_by_key(|kept| index.at(kept.line).offset);
    Ok(lines)
}

/// Every row where its first line is, and a correction where the row is that it corrects.
fn in_order_of_the_file(scan: &mut Scan, order: Order<'_>) -> io::Result<Vec<Kept>> {
    let Scan { stored, index, .. } = scan;
    let first = first_lines(index, stored)?;
    let first_of = |key: &RowKey| {
        index
            .position(key)
            .map_or(u64::MAX, |position| first[position as usize])
    };
    let mut places: HashMap<RowKey, u64> = HashMap::new();
    for (key, correction) in &index.corrections {
        // One that corrects two rows is where the first of them is.
        let place = places.entry(correction.key).or_insert(u64::MAX);
        *place = correction.first.min(first_of(key)).min(*place);
    }
    let replaced: HashSet<&RowKey> = order.replaced.iter().collect();
    let mut staying = Vec::with_capacity(index.lines().len());
    for (position, line) in (0..).zip(index.lines()) {
        let key = &line.key;
        let place = places.get(key).copied();
        let stays = match index.correction_of(key) {
            Some(correction) => is_still_told(line, &correction, index, stored)?,
            // Where what took its place was not attempted, it is still the one that counts.
            None if replaced.contains(key) && place.is_none() => false,
            None => index.corrected_by(key).is_none() || place.is_some() || line.known.outlives_its_row(),
        };
        if stays {
            let change = link(index, key, place.is_some());
            let kept = Kept { line: position, change };
            // At one place the row comes before its correction, so that the correction counts.
            staying.push((
                place.unwrap_or(first[position as usize]),
                place.is_some(),
                line.offset,
                kept,
            ));
        }
    }
    staying.sort_unstable_by_key(|(place, is_correction, offset, _)| (*place, *is_correction, *offset));
    Ok(staying.into_iter().map(|(.., kept)| kept).collect())
}

/// Where the first line of each row begins.
fn first_lines(index: &Index, stored: &mut Stored) -> io::Result<Vec<u64>> {
    let mut first = vec![u64::MAX; index.lines().len()];
    let mut at = Stored::first();
    while let Some(line) = stored.line_at(at)? {
        // Lines that cannot be read were dropped or refused when the file was opened.
        let keys = Line::of(line.text).ok().and_then(|line| Cells(&line).keys().ok());
        if let Some(position) = keys.and_then(|(key, _)| index.position(&key)) {
            let first = &mut first[position as usize];
            *first = at.min(*first);
        }
        at += line.text.len() as u64 + 1;
    }
    Ok(first)
}

/// A line that was a correction of a row, and is not the last one, must not be taken for it.
fn link(index: &Index, key: &RowKey, is_current: bool) -> Change {
    if index.corrected_by(key).is_some() && !is_current {
        Change::Unlinked
    } else {
        Change::None
    }
}

/// Whether a corrected row is still told of: something was done for it that its correction does not tell.
fn is_still_told(line: &IndexedLine, correction: &RowKey, index: &Index, stored: &mut Stored) -> io::Result<bool> {
    let later = index.get(correction).map(|line| line.offset);
    let Some(later) = later.filter(|_| line.known.outlives_its_row()) else {
        return Ok(line.known.outlives_its_row());
    };
    let mut record_at = |offset| {
        let line = stored.line_at(offset)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let record = Line::of(line.text).and_then(|line| Ok(Cells(&line).record()?));
        record.map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
    };
    let (earlier, later) = (record_at(line.offset)?, record_at(later)?);
    let report = &later.report;
    let goes_on = |operation| continues(&earlier, operation, &report.user, &report.target);
    Ok(!report.operation.is_some_and(goes_on))
}
