//! The worksheets of a file: headers are read here, the rows under them are handed on to be parsed.

use std::sync::Arc;
use std::thread::{Scope, scope};

use super::parallel::{ParallelParser, Parallelism};
use crate::intake::cells::{Column, Instruction, UnplacedProblem, instruction_named};
use crate::intake::options::Options;
use crate::intake::rows::{Header, Keep, ParseContext, ParsedRows, RowNumber, Worksheet, malformed_row};
use crate::problem::ProblemCode;
use crate::sheet::{Row, SheetError, Source, Visit, Visitor};
use crate::text::{fold, header_key, joined};

/// A worksheet that was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedSheet {
    /// Its name; empty for a CSV.
    pub name: Arc<str>,
    /// Why; reads after "skipped because".
    pub reason: String,
}

/// What a file says.
#[derive(Debug, Default)]
pub(in crate::intake) struct ParsedFile {
    pub(in crate::intake) worksheets: Vec<Arc<Worksheet>>,
    pub(in crate::intake) skipped: Vec<SkippedSheet>,
    /// The rows of all worksheets.
    pub(in crate::intake) parsed: ParsedRows,
}

/// Parses every worksheet of the source, each row by itself.
///
/// # Errors
///
/// When the file cannot be read.
pub(in crate::intake) fn parse_file(
    source: &Source,
    options: &Options,
    keep: Keep,
    parallelism: Parallelism,
) -> Result<ParsedFile, SheetError> {
    scope(|scope| {
        let mut parser = FileParser {
            scope,
            parallelism,
            options,
            keep,
            is_csv: !source.is_workbook(),
            map: Vec::new(),
            position: Position::BetweenSheets,
            last_row: 0,
            file: ParsedFile::default(),
        };
        parser.map_headers();
        source.read(&mut parser)?;
        parser.end_sheet();
        Ok(parser.file)
    })
}

/// Where in the file the parser is.
#[derive(Debug)]
enum Position<'scope, 'env> {
    /// Before the first worksheet, or in one that is not read.
    BetweenSheets,
    /// In a worksheet whose header is still to come.
    AboveHeader { name: Arc<str>, is_hidden: bool },
    /// Under the header of a worksheet.
    UnderHeader(Box<ParallelParser<'scope, 'env>>),
}

struct FileParser<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    parallelism: Parallelism,
    options: &'env Options,
    keep: Keep,
    is_csv: bool,
    /// Headers in their comparison form, and the columns that `--map` takes them for.
    map: Vec<(String, Column)>,
    position: Position<'scope, 'env>,
    /// The highest row number so far.
    last_row: RowNumber,
    file: ParsedFile,
}

impl<'scope, 'env> FileParser<'scope, 'env> {
    fn map_headers(&mut self) {
        for (header, column) in &self.options.map {
            match Column::named(column) {
                Some(column) => self.map.push((header_key(header), column)),
                None => {
                    let help = Column::nearest(column)
                        .map_or_else(String::new, |near| format!("did you mean `{}`?", near.as_str()));
                    let what = format!("`{column}` in --map is no column of reseat's");
                    let problem = UnplacedProblem::error(ProblemCode::UnknownColumn, what, help);
                    self.file.parsed.problems.push(problem.of_file());
                }
            }
        }
    }

    fn end_sheet(&mut self) {
        match std::mem::replace(&mut self.position, Position::BetweenSheets) {
            Position::BetweenSheets => {}
            Position::AboveHeader { name, .. } => self.skip(name, "it is empty".into()),
            Position::UnderHeader(parser) => {
                let worksheet = parser.worksheet().clone();
                let mut parsed = parser.finish();
                let recurring = std::mem::take(&mut parsed.recurring);
                self.file.parsed.append(parsed);
                for (occurrences, problem) in recurring.into_problems() {
                    self.file
                        .parsed
                        .problems
                        .push(worksheet.recurring(occurrences, problem));
                }
            }
        }
    }

    fn skip(&mut self, name: Arc<str>, reason: String) {
        self.file.skipped.push(SkippedSheet { name, reason });
    }

    /// Reads the header row; a worksheet without a recognisable one is not for reseat.
    fn header(&mut self, name: Arc<str>, is_hidden: bool, row: &Row) -> Position<'scope, 'env> {
        let (header, problems) = Header::read(row, &self.map);
        if Header::is_of_results(row) {
            let what = "this is a results file, which says what became of the rows of a sheet";
            let help = "run the sheet itself: what is done already is left alone, and the rest goes on";
            let problem = UnplacedProblem::error(ProblemCode::ResultsFile, what, help);
            self.file
                .parsed
                .problems
                .push(problem.placed(name.clone(), Some(row.number()), None));
            self.skip(name, "it is a results file".into());
            return Position::BetweenSheets;
        }
        if !header.is_recognisable() {
            self.unrecognised(name, &header, row);
            return Position::BetweenSheets;
        }
        let worksheet = Arc::new(Worksheet {
            // Rows must not be left out because of what a worksheet happens to be called.
            instruction: instruction_named(&name).filter(|instruction| *instruction != Instruction::Ignore),
            name,
            header,
            rows_before: self.last_row,
            is_csv: self.is_csv,
        });
        for problem in problems.into_iter().chain(malformed_row(&worksheet.header, row)) {
            let problem = worksheet.problem(row.number(), problem);
            self.file.parsed.problems.push(problem);
        }
        if is_hidden {
            let help = "its rows run like the others; --sheet NAME picks the worksheets that are meant";
            let what = "the worksheet is hidden in the spreadsheet program";
            let problem = UnplacedProblem::warning(ProblemCode::HiddenSheet, what, help);
            let problem = problem.placed(worksheet.name.clone(), None, None);
            self.file.parsed.problems.push(problem);
        }
        self.last_row = self.last_row.max(worksheet.row_number(row.number()));
        self.file.worksheets.push(worksheet.clone());
        let context = ParseContext {
            worksheet,
            options: self.options,
            keep: self.keep,
        };
        Position::UnderHeader(Box::new(ParallelParser::new(self.scope, self.parallelism, context)))
    }

    fn unrecognised(&mut self, name: Arc<str>, header: &Header, row: &Row) {
        let labels = header.labels();
        // A workbook may have worksheets for people; a CSV, or a worksheet that was asked for, is meant to run.
        if self.is_csv || self.options.sheets.is_some() {
            let what = format!(
                "the first row names no column that says whom a row is about: {}",
                joined(&labels, 6)
            );
            let help = "head one `user`, `email` or `group`, or say which it is: --map \"HEADER=user\"";
            let problem = UnplacedProblem::error(ProblemCode::NoHeader, what, help);
            let problem = problem.placed(name.clone(), Some(row.number()), None);
            self.file.parsed.problems.push(problem);
        }
        self.skip(name, format!("its first row is no header: {}", joined(&labels, 3)));
    }
}

impl Visitor for FileParser<'_, '_> {
    fn sheet(&mut self, name: &Arc<str>) -> Visit {
        self.end_sheet();
        if let Some(wanted) = &self.options.sheets
            && !wanted.iter().any(|sheet| fold(sheet) == fold(name))
        {
            self.skip(name.clone(), "it was not asked for".into());
            return Visit::Skip;
        }
        self.position = Position::AboveHeader {
            name: name.clone(),
            is_hidden: false,
        };
        Visit::Rows
    }

    fn sheet_is_hidden(&mut self) {
        if let Position::AboveHeader { is_hidden, .. } = &mut self.position {
            *is_hidden = true;
        }
    }

    fn sheet_skipped(&mut self, name: &Arc<str>, reason: &str) {
        self.end_sheet();
        self.skip(name.clone(), reason.to_owned());
    }

    fn row(&mut self, row: &mut Row) -> Visit {
        match &mut self.position {
            Position::BetweenSheets => Visit::Skip,
            Position::AboveHeader { .. } if row.is_empty() => Visit::Rows,
            Position::AboveHeader { name, is_hidden } => {
                let (name, is_hidden) = (name.clone(), *is_hidden);
                self.position = self.header(name, is_hidden, row);
                match self.position {
                    Position::UnderHeader(_) => Visit::Rows,
                    Position::BetweenSheets | Position::AboveHeader { .. } => Visit::Skip,
                }
            }
            Position::UnderHeader(parser) => {
                self.last_row = self.last_row.max(parser.worksheet().row_number(row.number()));
                if row.is_empty() && row.malformed().is_none() {
                    Visit::Rows
                } else {
                    parser.row(row)
                }
            }
        }
    }
}
