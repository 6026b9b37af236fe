//! One pass over a sheet: headers are read here, the rows under them are handed on to be typed.

use std::sync::Arc;
use std::thread::{Scope, scope};

use super::column::Column;
use super::crew::{Crew, Shifts};
use super::fact::RowNumber;
use super::fault::Fault;
use super::found::Found;
use super::header::Header;
use super::options::Options;
use super::result::SkippedSheet;
use super::shape::row_fault;
use super::typist::{Assignment, Keep, Sheet};
use super::word::{Word, word_named};
use crate::problem::ProblemCode;
use crate::sheet::{Row, SheetError, Source, Visit, Visitor};
use crate::text::{fold, header_key, joined};

/// What a whole file says.
#[derive(Debug, Default)]
pub(super) struct Whole {
    pub(super) sheets: Vec<Arc<Sheet>>,
    pub(super) skipped: Vec<SkippedSheet>,
    pub(super) found: Found,
}

/// Reads every worksheet of the source, each row by itself.
///
/// # Errors
///
/// When the file cannot be read.
pub(super) fn pass_over(source: &Source, options: &Options, keep: Keep, shifts: Shifts) -> Result<Whole, SheetError> {
    scope(|scope| {
        let mut pass = Pass {
            scope,
            shifts,
            options,
            keep,
            is_csv: !source.is_workbook(),
            map: Vec::new(),
            stage: Stage::Between,
            last_number: 0,
            whole: Whole::default(),
        };
        pass.map_headers();
        source.read(&mut pass)?;
        pass.end_sheet();
        Ok(pass.whole)
    })
}

/// Where in the file a pass is.
#[derive(Debug)]
enum Stage<'scope, 'env> {
    /// Not in a worksheet that is read.
    Between,
    /// In one whose header is still to come.
    Header { name: Arc<str>, is_hidden: bool },
    /// Under a header.
    Rows(Box<Crew<'scope, 'env>>),
}

struct Pass<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    shifts: Shifts,
    options: &'env Options,
    keep: Keep,
    is_csv: bool,
    map: Vec<(String, Column)>,
    stage: Stage<'scope, 'env>,
    last_number: RowNumber,
    whole: Whole,
}

impl<'scope, 'env> Pass<'scope, 'env> {
    fn map_headers(&mut self) {
        for (header, column) in &self.options.map {
            match Column::named(column) {
                Some(column) => self.map.push((header_key(header), column)),
                None => {
                    let near = Column::nearest(column)
                        .map_or_else(String::new, |near| format!("did you mean `{}`?", near.as_str()));
                    let what = format!("`{column}` in --map is no column of reseat's");
                    let fault = Fault::error(ProblemCode::UnknownColumn, what, near);
                    self.whole
                        .found
                        .problems
                        .push(fault.into_problem("".into(), None, None));
                }
            }
        }
    }

    fn end_sheet(&mut self) {
        match std::mem::replace(&mut self.stage, Stage::Between) {
            Stage::Between => {}
            Stage::Header { name, .. } => self.skip(name, "it is empty".into()),
            Stage::Rows(crew) => {
                let sheet = crew.sheet().clone();
                let mut found = crew.finish();
                let tally = std::mem::take(&mut found.tally);
                self.whole.found.append(found);
                for (row, fault) in tally.into_faults() {
                    self.whole.found.problems.push(sheet.problem(row, fault));
                }
            }
        }
    }

    fn skip(&mut self, name: Arc<str>, reason: String) {
        self.whole.skipped.push(SkippedSheet { name, reason });
    }

    /// Reads the header row; a worksheet without a recognisable one is not for reseat.
    fn header(&mut self, name: Arc<str>, is_hidden: bool, row: &Row) -> Stage<'scope, 'env> {
        let (header, faults) = Header::read(row, &self.map);
        if !header.is_recognisable() {
            self.unrecognised(name, &header, row);
            return Stage::Between;
        }
        let sheet = Sheet {
            word: word_named(&name).filter(|word| *word != Word::Ignore),
            name,
            header,
            before: self.last_number,
            is_csv: self.is_csv,
        };
        for fault in faults.into_iter().chain(row_fault(&sheet.header, row)) {
            self.whole.found.problems.push(sheet.problem(row.number(), fault));
        }
        if is_hidden {
            let help = "its rows run like the others; --sheet NAME picks the worksheets that are meant";
            let what = "the worksheet is hidden in the spreadsheet program";
            let problem =
                Fault::warning(ProblemCode::HiddenSheet, what, help).into_problem(sheet.name.clone(), None, None);
            self.whole.found.problems.push(problem);
        }
        self.last_number = self.last_number.max(sheet.number(row.number()));
        let sheet = Arc::new(sheet);
        self.whole.sheets.push(sheet.clone());
        let assignment = Assignment {
            sheet,
            options: self.options,
            keep: self.keep,
        };
        Stage::Rows(Box::new(Crew::new(self.scope, self.shifts, assignment)))
    }

    fn unrecognised(&mut self, name: Arc<str>, header: &Header, row: &Row) {
        let labels = header.labels();
        if self.is_csv || self.options.sheets.is_some() {
            let what = format!(
                "the first row names no column that says whom a row is about: {}",
                joined(&labels, 6)
            );
            let help = "head one `user`, `email` or `group`, or say which it is: --map \"HEADER=user\"";
            let fault = Fault::error(ProblemCode::NoHeader, what, help);
            let problem = fault.into_problem(name.clone(), Some(row.number()), None);
            self.whole.found.problems.push(problem);
        }
        self.skip(name, format!("its first row is no header: {}", joined(&labels, 3)));
    }
}

impl Visitor for Pass<'_, '_> {
    fn sheet(&mut self, name: &Arc<str>) -> Visit {
        self.end_sheet();
        if let Some(wanted) = &self.options.sheets
            && !wanted.iter().any(|sheet| fold(sheet) == fold(name))
        {
            self.skip(name.clone(), "it was not asked for".into());
            return Visit::Skip;
        }
        self.stage = Stage::Header {
            name: name.clone(),
            is_hidden: false,
        };
        Visit::Rows
    }

    fn sheet_is_hidden(&mut self) {
        if let Stage::Header { is_hidden, .. } = &mut self.stage {
            *is_hidden = true;
        }
    }

    fn row(&mut self, row: &mut Row) -> Visit {
        match &mut self.stage {
            Stage::Between => Visit::Skip,
            Stage::Header { .. } if row.is_empty() => Visit::Rows,
            Stage::Header { name, is_hidden } => {
                let (name, is_hidden) = (name.clone(), *is_hidden);
                self.stage = self.header(name, is_hidden, row);
                match self.stage {
                    Stage::Rows(_) => Visit::Rows,
                    Stage::Between | Stage::Header { .. } => Visit::Skip,
                }
            }
            Stage::Rows(crew) => {
                self.last_number = self.last_number.max(crew.sheet().number(row.number()));
                if row.is_empty() && row.fault().is_none() {
                    Visit::Rows
                } else {
                    crew.row(row)
                }
            }
        }
    }
}
