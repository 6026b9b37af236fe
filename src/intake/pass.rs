//! One pass over a sheet: every row into what it says, findings on the way.

use std::rc::Rc;
use std::sync::Arc;

use super::column::Column;
use super::content::{write_content, write_raw_content};
use super::fact::{Fact, LAST_ROW, RowNumber, ValidRow};
use super::fault::Fault;
use super::header::Header;
use super::infer::inferred;
use super::operation::operation;
use super::options::Options;
use super::refusal::Refusal;
use super::result::{Refused, SkippedSheet};
use super::row::{Cells, Cleaned};
use super::shape::{check_shape, drop_echoes, erroneous, note_unused, row_fault};
use super::tally::Tally;
use super::value_reader::ValueReader;
use super::values::Values;
use super::word::{Word, Words, mend, word_named};
use crate::model::{OperationKind, Place, Row as TypedRow, RowKey};
use crate::problem::{Problem, Problems, Severity, Spot};
use crate::sheet::{Row, Visit, Visitor};
use crate::text::{fold, header_key};

/// Whether rows are kept, or only compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Rows,
    Nothing,
}

/// A worksheet that is being read.
#[derive(Debug)]
struct Sheet {
    name: Arc<str>,
    /// What its name says of the operation.
    word: Option<Word>,
    header: Option<Rc<Header>>,
    tally: Tally,
}

/// A worksheet that was read, and the number before its first row in the whole of the file.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) name: Arc<str>,
    pub(super) before: RowNumber,
}

/// Everything that a pass over the sheet finds out.
#[derive(Debug)]
pub(super) struct Pass<'o> {
    options: &'o Options,
    map: Vec<(String, Column)>,
    keep: Keep,
    /// Whether the cells come from a CSV, in which a cell too many shifts those after it.
    is_csv: bool,
    sheet: Option<Box<Sheet>>,
    last_number: RowNumber,
    words: Words,
    values: ValueReader<'o>,
    content: String,
    cleaned: Cleaned,
    faults: Vec<Fault>,
    pub(super) sections: Vec<Section>,
    pub(super) skipped: Vec<SkippedSheet>,
    pub(super) problems: Problems,
    pub(super) facts: Vec<Fact>,
    pub(super) rows: Vec<TypedRow>,
    pub(super) refused: Vec<Refused>,
    pub(super) counts: [usize; OperationKind::ALL.len()],
    pub(super) row_count: usize,
    pub(super) ignored: usize,
}

impl<'o> Pass<'o> {
    pub(super) fn new(options: &'o Options, is_csv: bool, keep: Keep) -> Self {
        let mut pass = Self {
            options,
            map: Vec::new(),
            keep,
            is_csv,
            sheet: None,
            last_number: 0,
            words: Words::default(),
            values: ValueReader::new(options),
            content: String::new(),
            cleaned: Cleaned::new(),
            faults: Vec::new(),
            sections: Vec::new(),
            skipped: Vec::new(),
            problems: Problems::default(),
            facts: Vec::new(),
            rows: Vec::new(),
            refused: Vec::new(),
            counts: [0; OperationKind::ALL.len()],
            row_count: 0,
            ignored: 0,
        };
        for (header, column) in &options.map {
            match Column::named(column) {
                Some(column) => pass.map.push((header_key(header), column)),
                None => {
                    let near = Column::nearest(column)
                        .map_or_else(String::new, |near| format!("did you mean `{}`?", near.as_str()));
                    let fault = Fault::error(
                        "unknown-column",
                        format!("`{column}` in --map is no column of reseat's"),
                        near,
                    );
                    pass.tell(&"".into(), None, None, fault);
                }
            }
        }
        pass
    }

    /// Ends the last worksheet and gives the words that the organization may know.
    pub(super) fn end(&mut self) -> Vec<String> {
        self.end_sheet();
        std::mem::take(&mut self.values.unknown_codes)
    }

    /// Adds a finding.
    fn tell(&mut self, sheet: &Arc<str>, header: Option<&Header>, row: Option<u32>, fault: Fault) {
        let column = fault.column.map(|column| {
            let label = header.and_then(|header| Some(header.label(header.position(column)?)));
            label.unwrap_or_else(|| column.as_str().to_owned())
        });
        self.problems.push(Problem {
            severity: fault.severity,
            code: fault.code,
            spot: Spot {
                sheet: sheet.clone(),
                row,
                column,
            },
            what: fault.what,
            mend: fault.mend,
        });
    }

    fn end_sheet(&mut self) {
        let Some(mut sheet) = self.sheet.take() else {
            return;
        };
        if sheet.header.is_none() {
            self.skipped.push(SkippedSheet {
                name: sheet.name.clone(),
                reason: "it is empty".into(),
            });
        }
        for (row, fault) in std::mem::take(&mut sheet.tally).into_faults() {
            self.tell(&sheet.name, sheet.header.as_deref(), Some(row), fault);
        }
    }

    /// Reads the header row; a worksheet without a recognisable one is not for reseat.
    fn header(&mut self, sheet: &mut Sheet, row: &Row) -> Visit {
        let (header, faults) = Header::read(row, &self.map);
        if !header.is_recognisable() {
            let labels = header.labels();
            if self.is_csv || self.options.sheets.is_some() {
                let what = format!(
                    "the first row names no column that says whom a row is about: {}",
                    crate::text::joined(&labels, 6)
                );
                let fault = Fault::error(
                    "no-header",
                    what,
                    "head one `user`, `email` or `group`, or say which it is: --map \"HEADER=user\"",
                );
                self.tell(&sheet.name, None, Some(row.number()), fault);
            }
            self.skipped.push(SkippedSheet {
                name: sheet.name.clone(),
                reason: format!("its first row is no header: {}", crate::text::joined(&labels, 3)),
            });
            sheet.header = Some(Rc::new(header));
            return Visit::Skip;
        }
        for fault in faults.into_iter().chain(row_fault(&header, row)) {
            self.tell(&sheet.name, Some(&header), Some(row.number()), fault);
        }
        sheet.header = Some(Rc::new(header));
        self.sections.push(Section {
            name: sheet.name.clone(),
            before: self.last_number,
        });
        Visit::Rows
    }

    /// What the row asks for: its own word, else the command line's, else the worksheet's name, else
    /// what its cells leave no doubt of.
    fn word(&mut self, sheet: &mut Sheet, header: &Header, cells: &Cells<'_>, row: u32) -> Option<Word> {
        let text = cells.get(Column::Operation);
        if !text.is_empty() {
            let word = self.words.find(text);
            if word.is_none() {
                let what = format!("`{}` is no operation", crate::text::clean(text, 60));
                self.faults
                    .push(Fault::error("unknown-operation", what, mend(text)).at(Column::Operation));
            }
            return word;
        }
        let given = self.options.operation.map(Word::Operation).or(sheet.word);
        let word = given.or_else(|| inferred(header, cells).map(Word::Operation));
        if word.is_none() {
            sheet.tally.without_operation(row);
        }
        word
    }

    fn typed_row(&mut self, sheet: &mut Sheet, header: &Header, row: &Row) {
        self.faults.clear();
        self.faults.extend(row_fault(header, row));
        self.faults
            .extend(check_shape(header, row, self.is_csv, &mut sheet.tally));
        let mut cleaned = std::mem::take(&mut self.cleaned);
        let cells = Cells::take(header, row, &mut cleaned, &mut self.faults);
        let told_of_cells = self.faults.len();
        let word = self.word(sheet, header, &cells, row.number());
        let kind = match word {
            // Not where a quote that is not closed has swallowed other rows.
            Some(Word::Ignore) if row.fault().is_none() => {
                self.ignored += 1;
                return;
            }
            Some(Word::Operation(kind)) => Some(kind),
            Some(Word::Ignore) | None => None,
        };
        self.row_count += 1;
        let mut faults = std::mem::take(&mut self.faults);
        let mut values = Values::default();
        if let Some(kind) = kind {
            self.values.read(kind, &cells, &mut values, &mut faults);
        }
        drop_echoes(&mut faults, told_of_cells);
        let valid = !faults.iter().any(|fault| fault.severity == Severity::Error);
        if let Some(kind) = kind {
            self.counts[kind as usize] += 1;
            if !valid {
                // A cell that is wrong in itself is not also told to be left out.
                values.used.insert_all(erroneous(&faults));
            }
            note_unused(kind, header, &cells, &values, row.number(), &mut sheet.tally);
            if valid {
                self.accept(sheet, kind, &values, row.number());
            }
        }
        if (!valid || kind.is_none()) && self.keep == Keep::Rows {
            write_raw_content(&cells, &mut self.content);
            let refusal = Refusal {
                place: Place {
                    sheet: sheet.name.clone(),
                    row: row.number(),
                },
                key: RowKey::of(&self.content, 0),
                operation: kind,
            };
            self.refused.push(refusal.told(&cells, &values, &faults));
        }
        for fault in faults.drain(..) {
            self.tell(&sheet.name, Some(header), Some(row.number()), fault);
        }
        self.faults = faults;
        self.cleaned = cleaned;
    }

    fn accept(&mut self, sheet: &Sheet, kind: OperationKind, values: &Values<'_>, row: u32) {
        let number = self.number(row);
        write_content(kind, values, &mut self.content);
        let valid = ValidRow {
            kind,
            values,
            content: &self.content,
            number,
        };
        valid.collect(&mut self.facts);
        if self.keep == Keep::Rows
            && let Ok(operation) = operation(kind, values)
        {
            self.rows.push(TypedRow {
                place: Place {
                    sheet: sheet.name.clone(),
                    row,
                },
                key: RowKey::of(&self.content, 0),
                operation,
            });
        }
    }

    fn number(&self, row: u32) -> RowNumber {
        let before = self.sections.last().map_or(0, |section| section.before);
        before.saturating_add(row).min(LAST_ROW)
    }
}

impl Visitor for Pass<'_> {
    fn sheet(&mut self, name: &Arc<str>) -> Visit {
        self.end_sheet();
        if let Some(wanted) = &self.options.sheets
            && !wanted.iter().any(|sheet| fold(sheet) == fold(name))
        {
            self.skipped.push(SkippedSheet {
                name: name.clone(),
                reason: "it was not asked for".into(),
            });
            return Visit::Skip;
        }
        self.sheet = Some(Box::new(Sheet {
            name: name.clone(),
            word: word_named(name).filter(|word| *word != Word::Ignore),
            header: None,
            tally: Tally::default(),
        }));
        Visit::Rows
    }

    fn row(&mut self, row: &Row) -> Visit {
        let Some(mut sheet) = self.sheet.take() else {
            return Visit::Skip;
        };
        let visit = match sheet.header.clone() {
            None if row.is_empty() => Visit::Rows,
            None => self.header(&mut sheet, row),
            Some(header) => {
                if !row.is_empty() || row.fault().is_some() {
                    self.typed_row(&mut sheet, &header, row);
                }
                Visit::Rows
            }
        };
        self.last_number = self.last_number.max(self.number(row.number()));
        self.sheet = Some(sheet);
        visit
    }
}
