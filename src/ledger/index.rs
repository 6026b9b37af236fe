//! Which record of each row counts, and where it is.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::Record;
use super::resume::Known;
use super::run_id::RunId;
use crate::model::RowKey;

/// A line that counts, and what is known from it.
#[derive(Debug, Clone, Copy)]
pub(super) struct IndexedLine {
    pub(super) key: RowKey,
    /// Where it begins.
    pub(super) offset: u64,
    /// The row's number.
    pub(super) row: u32,
    /// The row's worksheet, of those that lines name.
    pub(super) sheet: Named,
    /// The run that wrote it, of those that lines name.
    pub(super) run: Named,
    pub(super) known: Known,
}

/// Which of the few things that many lines name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named(u8);

impl Named {
    /// One of those that come after so many that they are not told apart.
    pub(super) const OTHER: Self = Self(u8::MAX);

    /// What is its own of a list that has one thing for each; `None` of one that is not told apart.
    pub(super) fn of<T>(self, list: &[T]) -> Option<&T> {
        (self != Self::OTHER).then(|| list.get(usize::from(self.0))).flatten()
    }

    /// Marks it in a list that has one entry for each; one that is not told apart is any of them.
    pub(super) fn mark(self, list: &mut [bool]) {
        match list.get_mut(usize::from(self.0)) {
            Some(entry) if self != Self::OTHER => *entry = true,
            _ => list.fill(true),
        }
    }

    /// Whether it may be one that is marked.
    pub(super) fn is_among(self, marked: &[bool]) -> bool {
        self.of(marked).is_none_or(|is_marked| *is_marked)
    }
}

/// How a row was corrected in a sheet of failed rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Correction {
    /// The key of the last correction.
    pub(super) key: RowKey,
    /// Where the first line of any correction begins.
    pub(super) first: u64,
}

/// The lines of a results file. Takes about 45 bytes a row.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    /// One for each row, in the order in which the rows came up first.
    lines: Vec<IndexedLine>,
    /// Where each row's is among them.
    places: HashTable<u32>,
    /// How many lines there are, those that no longer count included.
    count: usize,
    /// The rows that lines correct which count, by their own.
    corrected: HashMap<RowKey, RowKey>,
    /// The rows that were corrected and not run themselves since.
    pub(super) corrections: HashMap<RowKey, Correction>,
    /// The runs that lines name, or named, by their numbers.
    pub(super) runs: Vec<RunId>,
    run_cells: Names,
    sheet_cells: Names,
}

impl Index {
    /// One without lines, in which runs and worksheets have the same numbers.
    pub(super) fn emptied(&self) -> Self {
        Self {
            lines: Vec::with_capacity(self.lines.len()),
            places: HashTable::with_capacity(self.lines.len()),
            runs: self.runs.clone(),
            run_cells: self.run_cells.clone(),
            sheet_cells: self.sheet_cells.clone(),
            ..Self::default()
        }
    }

    /// Makes room for the lines of so many rows: growing by doubling would hold them all twice meanwhile.
    pub(super) fn expect(&mut self, rows: usize) {
        let more = rows.saturating_sub(self.lines.len());
        self.lines.reserve_exact(more);
        let lines = &self.lines;
        self.places.reserve(more, |place| hash(&lines[*place as usize].key));
    }

    /// One for each row, in the order in which the rows came up first.
    pub(super) fn lines(&self) -> &[IndexedLine] {
        &self.lines
    }

    /// Whether each line is the only one of its row.
    pub(super) fn is_one_for_one(&self) -> bool {
        self.count == self.lines.len()
    }

    pub(super) fn get(&self, key: &RowKey) -> Option<&IndexedLine> {
        self.position(key).map(|position| self.at(position))
    }

    /// Where a row's line is among [`lines`](Self::lines).
    pub(super) fn position(&self, key: &RowKey) -> Option<u32> {
        let is_it = |place: &u32| self.at(*place).key == *key;
        self.places.find(hash(key), is_it).copied()
    }

    /// The line at this position.
    pub(super) fn at(&self, position: u32) -> &IndexedLine {
        &self.lines[position as usize]
    }

    /// The row that this row's line corrects.
    pub(super) fn corrected_by(&self, key: &RowKey) -> Option<RowKey> {
        self.corrected.get(key).copied()
    }

    /// The line that tells of a row: its own, or that of its correction.
    pub(super) fn line_of(&self, key: &RowKey) -> Option<&IndexedLine> {
        self.get(&self.correction_of(key).unwrap_or(*key))
    }

    /// The last correction of a row.
    pub(super) fn correction_of(&self, key: &RowKey) -> Option<RowKey> {
        if self.corrections.is_empty() {
            return None;
        }
        self.corrections.get(key).map(|correction| correction.key)
    }

    /// The last correction of each row.
    pub(super) fn current_corrections(&self) -> HashSet<RowKey> {
        self.corrections.values().map(|correction| correction.key).collect()
    }

    /// Whether `cell` names a run that is known, and which one it is.
    pub(super) fn run_named(&self, cell: &[u8]) -> Option<Named> {
        self.run_cells.find(cell)
    }

    /// Notes a run that is not known yet.
    pub(super) fn add_run(&mut self, cell: &[u8], run: RunId) -> Named {
        self.runs.push(run);
        self.run_cells.add(cell)
    }

    /// The cells of the runs that are told apart, by their numbers.
    pub(super) fn run_cells(&self) -> Vec<&[u8]> {
        self.run_cells.in_order()
    }

    /// The worksheet that this cell names.
    pub(super) fn sheet_named(&mut self, cell: &[u8]) -> Named {
        match self.sheet_cells.find(cell) {
            Some(named) => named,
            // Programs put anything there, and it may be something else in each line.
            None if self.sheet_cells.numbers.len() >= usize::from(u8::MAX) => Named::OTHER,
            None => self.sheet_cells.add(cell),
        }
    }

    /// Whether a line names the worksheet with this cell.
    pub(super) fn is_on(&self, line: &IndexedLine, cell: &[u8]) -> bool {
        line.sheet != Named::OTHER && self.sheet_cells.find(cell) == Some(line.sheet)
    }

    /// Notes the next line, which is that of a record, given where it begins and what its cells `sheet` and `run` are.
    pub(super) fn take_record(&mut self, record: &Record, offset: u64, sheet: &[u8], (cell, run): (&[u8], &RunId)) {
        let line = IndexedLine {
            key: record.report.key,
            offset,
            row: record.report.place.row,
            sheet: self.sheet_named(sheet),
            run: self.run_named(cell).unwrap_or_else(|| self.add_run(cell, run.clone())),
            known: Known::of(record),
        };
        self.take(line, record.corrects);
    }

    /// Notes the next line, and the row that it corrects.
    pub(super) fn take(&mut self, line: IndexedLine, corrected: Option<RowKey>) {
        let (key, known) = (line.key, line.known);
        self.count += 1;
        let counts = match self.position(&key) {
            Some(place) if self.at(place).known.gives_way_to(known) => {
                self.lines[place as usize] = line;
                true
            }
            Some(_) => false,
            None => {
                // More lines than that fit into no memory.
                let place = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
                self.lines.push(line);
                let lines = &self.lines;
                let hash_of = |place: &u32| hash(&lines[*place as usize].key);
                self.places.insert_unique(hash(&key), place, hash_of);
                true
            }
        };
        if !counts || corrected.is_none() && self.corrected.is_empty() && self.corrections.is_empty() {
            return;
        }
        match corrected {
            Some(corrected) => self.corrected.insert(key, corrected),
            None => self.corrected.remove(&key),
        };
        match corrected {
            Some(corrected) if corrected != key && self.may_be_corrected(&corrected, known) => {
                let earlier = self.corrections.get(&corrected);
                let first = earlier.map_or(line.offset, |earlier| earlier.first);
                self.corrections.insert(corrected, Correction { key, first });
            }
            // The row itself was run again after it had been corrected. One that was only refused again was not.
            None if self.may_be_corrected(&key, known) => {
                self.corrections.remove(&key);
            }
            _ => {}
        }
    }

    /// Whether a correction takes a row's place. One that was not attempted hides nothing that was done for the row.
    fn may_be_corrected(&self, row: &RowKey, later: Known) -> bool {
        let line = self.line_of(row);
        line.is_none_or(|line| line.known.gives_way_to(later))
    }
}

fn hash(key: &RowKey) -> u64 {
    FixedState::default().hash_one(key)
}

/// Cells that many lines have, numbered.
#[derive(Debug, Clone, Default)]
struct Names {
    numbers: HashMap<Box<[u8]>, Named, FixedState>,
}

impl Names {
    fn find(&self, cell: &[u8]) -> Option<Named> {
        self.numbers.get(cell).copied()
    }

    fn in_order(&self) -> Vec<&[u8]> {
        let mut cells: Vec<_> = self
            .numbers
            .iter()
            .filter(|(_, named)| **named != Named::OTHER)
            .collect();
        cells.sort_unstable_by_key(|(_, named)| named.0);
        cells.into_iter().map(|(cell, _)| &**cell).collect()
    }

    fn add(&mut self, cell: &[u8]) -> Named {
        let number = u8::try_from(self.numbers.len()).map_or(Named::OTHER, Named);
        self.numbers.insert(cell.into(), number);
        number
    }
}
