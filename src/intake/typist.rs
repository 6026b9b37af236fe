//! Rows into what they say, one by one.
//!
//! What a row is found to say depends on the row, its worksheet and the options alone: not on the
//! rows before it, so that several typists may share a worksheet.

use std::sync::Arc;

use super::column::Column;
use super::content::{write_content, write_raw_content};
use super::fact::{Fact, LAST_ROW, RowNumber, ValidRow};
use super::fault::Fault;
use super::found::Found;
use super::header::Header;
use super::infer::inferred;
use super::operation::operation;
use super::options::Options;
use super::refusal::Refusal;
use super::row::{Cells, Cleaned};
use super::shape::{Unused, check_shape, drop_echoes, erroneous, row_fault};
use super::value_reader::ValueReader;
use super::values::Values;
use super::word::{Word, Words, help};
use crate::model::{EmailFault, OperationKind, Place, Row as TypedRow, RowKey};
use crate::problem::{Problem, ProblemCode, Severity};
use crate::sheet::Row;

/// Whether rows are kept, or only compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Rows,
    Nothing,
}

/// A worksheet whose header was read.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: Arc<str>,
    /// What its name says of the operation.
    pub(super) word: Option<Word>,
    pub(super) header: Header,
    /// The number before its first row in the whole of the file.
    pub(super) before: RowNumber,
    /// Whether the cells come from a CSV, in which a cell too many shifts those after it.
    pub(super) is_csv: bool,
}

impl Sheet {
    /// The number of a row of this worksheet in the whole of the file.
    pub(super) fn number(&self, row: u32) -> RowNumber {
        self.before.saturating_add(row).min(LAST_ROW)
    }

    /// A finding about a row of this worksheet.
    pub(super) fn problem(&self, row: u32, fault: Fault) -> Problem {
        let label = fault.column.map(|column| match self.header.position(column) {
            Some(position) => self.header.label(position),
            None => column.as_str().to_owned(),
        });
        fault.into_problem(self.name.clone(), Some(row), label)
    }
}

/// Which rows are to be typed, and how.
#[derive(Debug, Clone)]
pub(super) struct Assignment<'o> {
    pub(super) sheet: Arc<Sheet>,
    pub(super) options: &'o Options,
    pub(super) keep: Keep,
}

/// Turns the rows of one worksheet into what they say.
#[derive(Debug)]
pub(super) struct Typist<'o> {
    options: &'o Options,
    keep: Keep,
    sheet: Arc<Sheet>,
    words: Words,
    values: ValueReader<'o>,
    content: String,
    cleaned: Cleaned,
    faults: Vec<Fault>,
    facts: Vec<Fact>,
    found: Found,
}

impl<'o> Typist<'o> {
    pub(super) fn new(assignment: Assignment<'o>) -> Self {
        let Assignment { sheet, options, keep } = assignment;
        Self {
            options,
            keep,
            sheet,
            words: Words::default(),
            values: ValueReader::new(options),
            content: String::new(),
            cleaned: Cleaned::new(),
            faults: Vec::new(),
            facts: Vec::new(),
            found: Found::default(),
        }
    }

    /// Gives what was found since the last time.
    pub(super) fn hand_over(&mut self) -> Found {
        let next = Found {
            problems: self.found.problems.continued(),
            ..Found::default()
        };
        let mut found = std::mem::replace(&mut self.found, next);
        found.facts.push(std::mem::take(&mut self.facts));
        found
    }

    /// Reads rows.
    pub(super) fn rows(&mut self, rows: &[Row]) {
        let sheet = Arc::clone(&self.sheet);
        for row in rows {
            self.row(&sheet, row);
        }
    }

    fn row(&mut self, sheet: &Sheet, row: &Row) {
        let header = &sheet.header;
        let mut faults = std::mem::take(&mut self.faults);
        let mut cleaned = std::mem::take(&mut self.cleaned);
        faults.extend(row_fault(header, row));
        faults.extend(check_shape(header, row, sheet.is_csv, &mut self.found.tally));
        let cells = Cells::take(header, row, &mut cleaned, &mut faults);
        let told_of_cells = faults.len();
        let word = self.word(&cells, row.number(), &mut faults);
        match word {
            // Not where a quote that is not closed has swallowed other rows.
            Some(Word::Ignore) if row.fault().is_none() => {
                self.found.ignored += 1;
                faults.clear();
            }
            _ => {
                let kind = match word {
                    Some(Word::Operation(kind)) => Some(kind),
                    Some(Word::Ignore) | None => None,
                };
                if row.is_hidden() {
                    self.found.tally.hidden(row.number());
                }
                self.typed(kind, &cells, row.number(), told_of_cells, &mut faults);
            }
        }
        for fault in faults.drain(..) {
            self.found.problems.push(sheet.problem(row.number(), fault));
        }
        self.faults = faults;
        self.cleaned = cleaned;
    }

    /// What the row asks for: its own word, else the command line's, else the worksheet's name, else
    /// what its cells leave no doubt of.
    fn word(&mut self, cells: &Cells<'_>, row: u32, faults: &mut Vec<Fault>) -> Option<Word> {
        let text = cells.get(Column::Operation);
        if !text.is_empty() {
            let word = self.words.find(text);
            if word.is_none() {
                let what = format!("`{}` is no operation", crate::text::clean(text, 60));
                faults.push(Fault::error(ProblemCode::UnknownOperation, what, help(text)).at(Column::Operation));
            }
            return word;
        }
        let given = self.options.operation.map(Word::Operation).or(self.sheet.word);
        let word = given.or_else(|| inferred(&self.sheet.header, cells).map(Word::Operation));
        if word.is_none() {
            self.found.tally.without_operation(row);
        }
        word
    }

    /// Reads the cells of a row as this operation asks; the findings up to `told_of_cells` are about cells as such.
    fn typed(
        &mut self,
        kind: Option<OperationKind>,
        cells: &Cells<'_>,
        row: u32,
        told_of_cells: usize,
        faults: &mut Vec<Fault>,
    ) {
        self.found.row_count += 1;
        let mut values = Values::default();
        if let Some(kind) = kind {
            self.values.read(kind, cells, &mut values, faults);
            for word in self.values.unknown_codes.drain(..) {
                self.found.unknown_code(word);
            }
        }
        drop_echoes(faults, told_of_cells);
        let mut valid = !faults.iter().any(|fault| fault.severity == Severity::Error);
        if let Some(kind) = kind {
            self.found.counts[kind as usize] += 1;
            if !valid {
                // A cell that is wrong in itself is not also told to be left out.
                values.used.insert_all(erroneous(faults));
            }
            let unused = Unused {
                kind,
                cells,
                used: values.used,
                row,
            };
            unused.note(&self.sheet.header, &mut self.found.tally);
            if valid && let Err(fault) = self.accept(kind, &values, row) {
                faults.push(Fault::error(
                    ProblemCode::BadEmail,
                    fault.to_string(),
                    "write one address: ann.lee@corp.example",
                ));
                valid = false;
            }
        }
        if (!valid || kind.is_none()) && self.keep == Keep::Rows {
            write_raw_content(cells, &mut self.content);
            let refusal = Refusal {
                place: self.place(row),
                key: RowKey::of(&self.content, 0),
                operation: kind,
            };
            self.found.refused.push(refusal.told(cells, &values, faults));
        }
    }

    fn accept(&mut self, kind: OperationKind, values: &Values<'_>, row: u32) -> Result<(), EmailFault> {
        write_content(kind, values, &mut self.content);
        if self.keep == Keep::Rows {
            self.found.rows.push(TypedRow {
                place: self.place(row),
                key: RowKey::of(&self.content, 0),
                operation: operation(kind, values)?,
            });
        }
        let valid = ValidRow {
            kind,
            values,
            content: &self.content,
            number: self.sheet.number(row),
        };
        valid.collect(&mut self.facts);
        Ok(())
    }

    fn place(&self, row: u32) -> Place {
        Place {
            sheet: self.sheet.name.clone(),
            row,
        }
    }
}
