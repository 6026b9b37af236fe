//! One pass over a sheet: every row into what it says, findings on the way.

use std::rc::Rc;
use std::sync::Arc;

use super::column::{Column, ColumnSet};
use super::content::{write_content, write_raw_content};
use super::fact::{Fact, LAST_ROW, RowNumber, collect};
use super::fault::Fault;
use super::header::Header;
use super::operation::operation;
use super::options::Options;
use super::result::{Refused, SkippedSheet};
use super::row::{Cells, Cleaned};
use super::tally::Tally;
use super::values::{ValueReader, Values};
use super::word::{Word, mend, word_named};
use crate::model::{OperationKind, Place, Row as TypedRow, RowKey, Status};
use crate::problem::{Problem, Problems, Severity, Spot};
use crate::sheet::{Row, RowFault, Visit, Visitor};
use crate::text::{fold, header_key};

/// Whether rows are kept, or only compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Rows,
    Nothing,
}

/// Columns that any row may have.
const FREE: ColumnSet = ColumnSet::of(&[
    Column::Operation,
    Column::Note,
    Column::ReseatStatus,
    Column::ReseatMessage,
]);

/// How many different operation cells are remembered.
const MOST_WORDS: usize = 32;

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
    /// The operation cells seen so far: a sheet has few different ones.
    words: Vec<(Box<str>, Option<Word>)>,
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
            words: Vec::new(),
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
        for fault in faults {
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
            let word = self.known_word(text);
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

    fn known_word(&mut self, text: &str) -> Option<Word> {
        if let Some((_, word)) = self.words.iter().find(|(known, _)| **known == *text) {
            return *word;
        }
        let word = word_named(text);
        if self.words.len() < MOST_WORDS {
            self.words.push((text.into(), word));
        }
        word
    }

    fn typed_row(&mut self, sheet: &mut Sheet, header: &Header, row: &Row) {
        self.faults.clear();
        self.check_shape(sheet, header, row);
        let mut cleaned = std::mem::take(&mut self.cleaned);
        let cells = Cells::take(header, row, &mut cleaned, &mut self.faults);
        let word = self.word(sheet, header, &cells, row.number());
        let kind = match word {
            Some(Word::Ignore) => {
                self.ignored += 1;
                return;
            }
            Some(Word::Operation(kind)) => Some(kind),
            None => None,
        };
        self.row_count += 1;
        let mut faults = std::mem::take(&mut self.faults);
        let mut values = Values::default();
        if let Some(kind) = kind {
            self.values.read(kind, &cells, &mut values, &mut faults);
        }
        let valid = !faults.iter().any(|fault| fault.severity == Severity::Error);
        if let Some(kind) = kind {
            self.counts[kind as usize] += 1;
            note_unused(kind, header, &cells, &values, row.number(), &mut sheet.tally);
            if valid {
                self.accept(sheet, kind, &values, row.number());
            }
        }
        if !valid || kind.is_none() {
            self.refuse(sheet, kind, &cells, &values, row.number(), &faults);
        }
        for fault in faults.drain(..) {
            self.tell(&sheet.name, Some(header), Some(row.number()), fault);
        }
        self.faults = faults;
        self.cleaned = cleaned;
    }

    fn check_shape(&mut self, sheet: &mut Sheet, header: &Header, row: &Row) {
        match row.fault() {
            Some(RowFault::UnclosedQuote { column }) => {
                let what = format!(
                    "the double quote in {} is not closed, so the rows after it are lost in the cell",
                    header.label(column)
                );
                self.faults
                    .push(Fault::error("unclosed-quote", what, "close the quote, or leave it out"));
            }
            Some(RowFault::TooLong) => {
                self.faults.push(Fault::error(
                    "row-too-long",
                    "the row is longer than 4 MiB",
                    "see whether this is a sheet at all",
                ));
            }
            None => {}
        }
        let filled = |position: usize| !row.cell(position).text.trim().is_empty();
        let ours = [Column::ReseatStatus, Column::ReseatMessage].map(|column| header.position(column));
        if (header.width..row.len()).any(|position| filled(position) && !ours.contains(&Some(position))) {
            if self.is_csv {
                let what = format!("the row has more cells than the header's {}", header.width);
                let mend = "put a cell that has the delimiter in it in double quotes";
                self.faults.push(Fault::error("too-many-cells", what, mend));
            } else {
                sheet.tally.unnamed(row.number());
            }
        }
        if header.unnamed().iter().any(|position| filled(*position)) {
            sheet.tally.unnamed(row.number());
        }
        if self.is_csv && row.len() < header.width {
            sheet.tally.short(row.number());
        }
    }

    fn accept(&mut self, sheet: &Sheet, kind: OperationKind, values: &Values<'_>, row: u32) {
        let number = self.number(row);
        write_content(kind, values, &mut self.content);
        collect(kind, values, &self.content, number, &mut self.facts);
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

    fn refuse(
        &mut self,
        sheet: &Sheet,
        kind: Option<OperationKind>,
        cells: &Cells<'_>,
        values: &Values<'_>,
        row: u32,
        faults: &[Fault],
    ) {
        if self.keep == Keep::Rows {
            write_raw_content(cells, &mut self.content);
            let errors: Vec<&Fault> = faults
                .iter()
                .filter(|fault| fault.severity == Severity::Error)
                .collect();
            let messages: Vec<String> = errors.iter().map(|fault| sentence(fault)).collect();
            let user = [
                values.user,
                values.email,
                values.username,
                cells.get(Column::User),
                cells.get(Column::Email),
            ];
            self.refused.push(Refused {
                place: Place {
                    sheet: sheet.name.clone(),
                    row,
                },
                key: RowKey::of(&self.content, 0),
                operation: kind,
                user: user
                    .into_iter()
                    .find(|text| !text.is_empty())
                    .unwrap_or_default()
                    .to_owned(),
                target: [values.new_email, values.group]
                    .into_iter()
                    .find(|text| !text.is_empty())
                    .unwrap_or_default()
                    .to_owned(),
                status: Status::Invalid,
                code: errors.first().map_or("no-operation", |fault| fault.code),
                message: if messages.is_empty() {
                    "the row says not what to do".into()
                } else {
                    messages.join("; ")
                },
            });
        }
    }

    fn number(&self, row: u32) -> RowNumber {
        let before = self.sections.last().map_or(0, |section| section.before);
        before.saturating_add(row).min(LAST_ROW)
    }
}

/// A finding as one sentence for the results file.
pub(super) fn sentence(fault: &Fault) -> String {
    if fault.mend.is_empty() {
        fault.what.clone()
    } else {
        format!("{} ({})", fault.what, fault.mend)
    }
}

/// What a row asks for when nothing says so and nothing else can be meant.
fn inferred(header: &Header, cells: &Cells<'_>) -> Option<OperationKind> {
    let names_a_user = [Column::User, Column::Email, Column::Username]
        .iter()
        .any(|column| cells.has(*column));
    if cells.has(Column::NewEmail) && names_a_user {
        Some(OperationKind::Migrate)
    } else if header.is_portal && cells.has(Column::Email) {
        Some(OperationKind::Invite)
    } else if cells.has(Column::Group) && cells.has(Column::Licenses) && !names_a_user {
        Some(OperationKind::SetGroupLicenses)
    } else {
        None
    }
}

fn note_unused(
    kind: OperationKind,
    header: &Header,
    cells: &Cells<'_>,
    values: &Values<'_>,
    row: u32,
    tally: &mut Tally,
) {
    if cells.filled.minus(values.used).minus(FREE).is_empty() && cells.numbers.is_empty() {
        return;
    }
    for (column, _) in &header.present {
        if cells.has(*column) && !values.used.contains(*column) && !FREE.contains(*column) {
            tally.ignored(kind, *column, row);
        }
        if cells.numbers.contains(*column) && values.used.contains(*column) {
            tally.number(*column, row);
        }
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
