//! The worksheets of a file: headers are read here, the rows under them are handed on to be parsed.

use std::sync::Arc;
use std::thread::{Scope, scope};

use super::header_search::{HeaderSearch, Sought, above_header, has_address, table_above, text_of};
use super::mapping::Mapping;
use super::parallel::{ParallelParser, Parallelism};
use super::worksheet_names::{WorksheetRows, doubtful_worksheets};
use crate::intake::cells::DateOrder::{DayFirst, MonthFirst};
use crate::intake::cells::{Column, Instruction, Separator, UnplacedProblem, certain_date, instruction_named};
use crate::intake::options::Options;
use crate::intake::rows::{
    Header, Keep, MaybeGroups, ParseContext, ParsedRows, RowNumber, UnusedColumns, Worksheet, help_for_headers,
    leaving_on_a_day_to_come, malformed_row,
};
use crate::model::{OperationKind, Shared};
use crate::problem::{Problem, ProblemCode, Severity};
use crate::sheet::{EncodingDoubt, Lines, Rewrite, Rewrites, Row, SheetError, Source, Visit, Visitor};
use crate::text::{fold, joined};

/// A worksheet that was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedSheet {
    /// Its name; empty for a CSV.
    pub name: Shared<str>,
    /// Why; reads after "skipped because".
    pub reason: String,
    /// Whether it says itself that nothing on it is run.
    pub is_marked: bool,
}

impl SkippedSheet {
    /// What people should hear of it: nothing of a worksheet that is marked, and often hidden, nor of a CSV, whose problems
    /// say what is wrong with it.
    pub fn notice(&self) -> Option<String> {
        let is_told = !self.is_marked && !self.name.is_empty();
        is_told.then(|| format!("worksheet `{}` skipped because {}", self.name, self.reason))
    }
}

/// A worksheet of a workbook that is passed over, because none of its rows is a header.
#[derive(Debug)]
pub(in crate::intake) struct WithoutHeader {
    /// What to say of the row that comes closest.
    pub(in crate::intake) problem: Problem,
    /// Whether a column below that row has addresses.
    pub(in crate::intake) has_addresses: bool,
    /// Whether its rows seem to be meant to run, also beside others.
    pub(in crate::intake) has_people: bool,
}

/// How many rows the spreadsheet program hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HiddenRows {
    /// Those that run like the others.
    pub read: usize,
    /// Those that were left out, as was asked for.
    pub left_out: usize,
}

/// What a file says.
#[derive(Debug, Default)]
pub(in crate::intake) struct ParsedFile {
    pub(in crate::intake) worksheets: Vec<Arc<Worksheet>>,
    /// The rows of each of them.
    rows: Vec<WorksheetRows>,
    pub(in crate::intake) skipped: Vec<SkippedSheet>,
    pub(in crate::intake) without_header: Vec<WithoutHeader>,
    /// Whether a worksheet with a header was left out because it is hidden.
    pub(in crate::intake) left_hidden_sheet: bool,
    /// The columns that are not used and whose cells may be groups.
    pub(in crate::intake) maybe_groups: Vec<MaybeGroups>,
    /// The columns, by worksheet, whose cells are not certain without the others of the column, and how they are
    /// written to be.
    pub(in crate::intake) rewrites: Rewrites,
    /// The rows that the spreadsheet program hides.
    pub(in crate::intake) hidden: HiddenRows,
    /// The highest row number.
    pub(in crate::intake) last_row: RowNumber,
    /// The rows of all worksheets.
    pub(in crate::intake) parsed: ParsedRows,
    /// Whether a row is refused of which too little was kept to say so.
    pub(in crate::intake) lacks_rows: bool,
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
        let mut parser = source.read_new(|| FileParser {
            scope,
            parallelism,
            options,
            keep,
            is_csv: !source.is_workbook(),
            doubt: None,
            mapping: Mapping::new(options),
            position: Position::BetweenSheets,
            last_row: 0,
            file: ParsedFile::default(),
        })?;
        parser.end_sheet();
        parser.file.last_row = parser.last_row;
        let worksheets: Vec<_> = parser
            .file
            .worksheets
            .iter()
            .zip(parser.file.rows.iter().copied())
            .collect();
        for problem in doubtful_worksheets(&worksheets, options) {
            parser.file.parsed.problems.push(problem);
        }
        for problem in parser.mapping.problems() {
            parser.file.parsed.problems.push(problem.of_file());
        }
        Ok(parser.file)
    })
}

/// Where in the file the parser is.
#[derive(Debug)]
enum Position<'scope, 'env> {
    /// Before the first worksheet, or in one that is not read.
    BetweenSheets,
    /// In a worksheet whose header is still to come.
    AboveHeader {
        name: Shared<str>,
        is_hidden: bool,
        /// The first and the last of columns that are hidden.
        hidden_columns: Vec<(usize, usize)>,
        search: HeaderSearch,
    },
    /// Under the header of a worksheet.
    UnderHeader(Box<UnderHeader<'scope, 'env>>),
}

/// A worksheet whose rows are parsed.
#[derive(Debug)]
struct UnderHeader<'scope, 'env> {
    parser: ParallelParser<'scope, 'env>,
    unused: UnusedColumns,
}

struct FileParser<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    parallelism: Parallelism,
    options: &'env Options,
    keep: Keep,
    is_csv: bool,
    /// Whether letters beyond ASCII of the worksheet may have been read wrongly.
    doubt: Option<EncodingDoubt>,
    mapping: Mapping<'env>,
    position: Position<'scope, 'env>,
    /// The highest row number so far.
    last_row: RowNumber,
    file: ParsedFile,
}

impl FileParser<'_, '_> {
    fn end_sheet(&mut self) {
        self.end_search();
        if let Position::UnderHeader(sheet) = std::mem::replace(&mut self.position, Position::BetweenSheets) {
            let UnderHeader { parser, unused } = *sheet;
            let worksheet = parser.worksheet().clone();
            let mut parsed = parser.finish();
            parsed.refuse_other_table();
            let unused_dates = std::mem::take(&mut parsed.unused_dates).settle(
                &worksheet.header,
                &mut parsed.rows,
                &mut parsed.refused,
            );
            let (catalogue, operations) = (&self.options.catalogue, parsed.operations());
            for problem in unused.problems(&worksheet, catalogue, &operations, &unused_dates.columns) {
                let problem = worksheet.problem(worksheet.header_row, problem);
                self.file.parsed.problems.push(problem);
            }
            if let Some(problem) = leaving_on_a_day_to_come(&worksheet, &operations, &self.options.as_of) {
                let problem = worksheet.problem(worksheet.header_row, problem);
                self.file.parsed.problems.push(problem);
            }
            let maybe_groups = unused.into_maybe_groups(&worksheet, catalogue, &operations);
            self.file.maybe_groups.extend(maybe_groups);
            let letters = std::mem::take(&mut parsed.letters);
            let recurring = std::mem::take(&mut parsed.recurring);
            let dates = std::mem::take(&mut parsed.dates).settle(&mut parsed.rows, &mut parsed.refused);
            parsed.waiting = dates.waiting;
            let rewrites = dates.orders.into_iter().filter_map(|(column, separator, order)| {
                let rewrite: Rewrite = match (separator, order) {
                    // With dots, none may be two days.
                    (Separator::Dot, _) => return None,
                    (Separator::Dash, DayFirst) => |cell| certain_date(cell, Separator::Dash, DayFirst),
                    (Separator::Dash, MonthFirst) => |cell| certain_date(cell, Separator::Dash, MonthFirst),
                    (Separator::Slash, DayFirst) => |cell| certain_date(cell, Separator::Slash, DayFirst),
                    (Separator::Slash, MonthFirst) => |cell| certain_date(cell, Separator::Slash, MonthFirst),
                };
                Some((worksheet.header.position(column)?, rewrite))
            });
            self.file.rewrites.insert(worksheet.name.clone(), rewrites.collect());
            self.file.hidden.read += recurring.hidden_rows();
            self.file.rows.push(WorksheetRows {
                count: parsed.row_count,
                rules: parsed.operation_counts[OperationKind::SetGroupLicenses as usize],
            });
            self.file.parsed.append(parsed);
            if let Some((row, problem)) = letters.into_problem() {
                self.file.parsed.problems.push(worksheet.problem(row, problem));
            }
            let found = recurring.into_problems(&worksheet).into_iter();
            for (occurrences, problem) in found.chain(dates.problems).chain(unused_dates.problems) {
                self.file
                    .parsed
                    .problems
                    .push(worksheet.recurring(occurrences, problem));
            }
        }
    }

    fn skip(&mut self, name: Shared<str>, reason: String) {
        self.file.skipped.push(SkippedSheet {
            name,
            reason,
            is_marked: false,
        });
    }

    /// Decides which of the rows so far is the header, if that is still open, and parses those under it; a worksheet
    /// without a recognisable one is not for reseat.
    fn end_search(&mut self) {
        let (name, is_hidden, hidden_columns, search) =
            match std::mem::replace(&mut self.position, Position::BetweenSheets) {
                Position::AboveHeader {
                    name,
                    is_hidden,
                    hidden_columns,
                    search,
                } => (name, is_hidden, hidden_columns, search),
                other => {
                    self.position = other;
                    return;
                }
            };
        match search.end(self.mapping.map()) {
            Sought::Nothing => self.no_rows(name),
            Sought::NotRun => self.file.skipped.push(SkippedSheet {
                name,
                reason: "it holds what there is to choose from, or help, and no rows".into(),
                is_marked: true,
            }),
            Sought::NoHeader {
                closest,
                mut problem,
                has_addresses,
                has_people,
            } => {
                let has_odd_letters = closest.cells().any(|cell| !cell.text.is_ascii());
                if let Some(help) = self.doubt.filter(|_| has_odd_letters).and_then(help_for_headers) {
                    problem.help = help;
                }
                let (header, _) = Header::read(&closest, self.mapping.map());
                self.mapping.saw(&header);
                let labels = joined(&header.labels(), 3);
                // A workbook may have worksheets for people; a CSV, or a worksheet that was asked for, is meant to run.
                if self.is_csv || self.options.sheets.is_some() {
                    let problem = problem.placed(name.clone(), Some(closest.number()), None);
                    self.file.parsed.problems.push(problem);
                } else {
                    self.file.without_header.push(WithoutHeader {
                        problem: problem.placed(name.clone(), Some(closest.number()), None),
                        has_addresses,
                        has_people,
                    });
                }
                self.skip(
                    name,
                    format!(
                        "none of its first rows is a header; row {} comes closest: {labels}",
                        closest.number()
                    ),
                );
            }
            Sought::Header { above, header, below } => {
                let hidden = (is_hidden, hidden_columns.as_slice());
                self.header(name, hidden, &above, &header, below);
            }
        }
    }

    fn no_rows(&mut self, name: Shared<str>) {
        let Some(wanted) = self.options.header_row else {
            self.skip(name, "it is empty".into());
            return;
        };
        if self.is_csv || self.options.sheets.is_some() {
            let what = "the row that `--header-row` names is empty, or not there";
            let problem = UnplacedProblem::error(
                ProblemCode::NoHeader,
                what,
                "give the number that the spreadsheet program shows beside the header",
            );
            self.file
                .parsed
                .problems
                .push(problem.placed(name.clone(), Some(wanted), None));
        }
        self.skip(name, format!("its row {wanted} is empty, or not there"));
    }

    /// Reads the header row; what is hidden is the worksheet, or columns from the first to the last.
    fn header(
        &mut self,
        name: Shared<str>,
        (is_hidden, hidden_columns): (bool, &[(usize, usize)]),
        above: &[Row],
        row: &Row,
        below: Vec<Row>,
    ) {
        if Header::is_of_results(row) {
            let what = "this is a results file, which says what became of the rows of a sheet";
            let help = "run the sheet itself: what is done already is left alone, and the rest goes on";
            let problem = UnplacedProblem::error(ProblemCode::ResultsFile, what, help);
            self.file
                .parsed
                .problems
                .push(problem.placed(name.clone(), Some(row.number()), None));
            self.skip(name, "it is a results file".into());
            return;
        }
        if is_hidden && self.options.visible_only && self.options.sheets.is_none() {
            self.file.left_hidden_sheet = true;
            self.skip(name, "it is hidden, and `--visible-only` leaves it out".into());
            return;
        }
        let (mut header, problems) = Header::read(row, self.mapping.map());
        header.hide(hidden_columns);
        self.mapping.saw(&header);
        let says_itself = |header: &Header| header.position(Column::Operation).is_some();
        let mut earlier = self.file.worksheets.iter();
        let speaking = earlier.find(|earlier| says_itself(&earlier.header) && !says_itself(&header));
        let worksheet = Arc::new(Worksheet {
            speaking: speaking.map(|speaking| speaking.name.clone()),
            titles: above.iter().map(text_of).collect(),
            // Rows must not be left out because of what a worksheet happens to be called.
            instruction: instruction_named(&name).filter(|instruction| *instruction != Instruction::Ignore),
            name,
            header,
            header_row: row.number(),
            rows_before: self.last_row,
            is_csv: self.is_csv,
            doubt: self.doubt,
        });
        let of_above = table_above(above, self.mapping.map(), row.number()).or_else(|| above_header(above));
        let of_header = problems.into_iter().chain(malformed_row(&worksheet.header, row));
        let of_header = of_header.map(|problem| (row.number(), problem));
        for (number, mut problem) in of_above.into_iter().chain(of_header) {
            if problem.severity == Severity::Error {
                problem.help = worksheet.or_left_out(problem.help);
            }
            self.file.parsed.problems.push(worksheet.problem(number, problem));
        }
        if is_hidden {
            let help = "its rows run like the others; `--visible-only` leaves them out, and `--sheet NAME` picks the worksheets that are meant";
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
        self.position = Position::UnderHeader(Box::new(UnderHeader {
            unused: UnusedColumns::under(&context.worksheet.header),
            parser: ParallelParser::new(self.scope, self.parallelism, context),
        }));
        for mut row in below {
            self.row(&mut row);
        }
    }
}

/// What there is to say of the total row of a table.
fn total_row(row: &Row) -> UnplacedProblem {
    let what = format!(
        "the row is the total row of a table, and is not read: `{}`",
        text_of(row)
    );
    let help = "nothing to do if that is meant; else turn the table's total row off";
    UnplacedProblem::warning(ProblemCode::TotalRow, what, help)
}

impl Visitor for FileParser<'_, '_> {
    fn sheet(&mut self, name: &Shared<str>) -> Visit {
        self.end_sheet();
        self.doubt = None;
        if let Some(wanted) = &self.options.sheets
            && !wanted.iter().any(|sheet| fold(sheet) == fold(name))
        {
            self.skip(name.clone(), "it was not asked for".into());
            return Visit::Skip;
        }
        self.position = Position::AboveHeader {
            name: name.clone(),
            is_hidden: false,
            hidden_columns: Vec::new(),
            search: HeaderSearch::new(self.options.header_row),
        };
        Visit::Rows
    }

    fn sheet_is_hidden(&mut self) {
        if let Position::AboveHeader { is_hidden, .. } = &mut self.position {
            *is_hidden = true;
        }
    }

    fn columns_are_hidden(&mut self, columns: (usize, usize)) {
        if let Position::AboveHeader { hidden_columns, .. } = &mut self.position {
            hidden_columns.push(columns);
        }
    }

    fn encoding_is_doubtful(&mut self, doubt: EncodingDoubt) {
        self.doubt = Some(doubt);
    }

    fn sheet_skipped(&mut self, name: &Shared<str>, reason: &str) {
        self.end_sheet();
        self.skip(name.clone(), reason.to_owned());
    }

    fn row(&mut self, row: &mut Row) -> Visit {
        if let Position::AboveHeader { search, .. } = &mut self.position {
            if search.takes(row) {
                return Visit::Rows;
            }
            self.end_search();
        }
        match &mut self.position {
            Position::BetweenSheets | Position::AboveHeader { .. } => Visit::Skip,
            Position::UnderHeader(sheet) => {
                let UnderHeader { parser, unused } = sheet.as_mut();
                self.last_row = self.last_row.max(parser.worksheet().row_number(row.number()));
                if row.is_empty() && row.malformed().is_none() {
                    Visit::Rows
                } else if row.is_hidden() && self.options.visible_only {
                    self.file.hidden.left_out += 1;
                    Visit::Rows
                } else if row.is_total() && !has_address(row) {
                    let problem = total_row(row);
                    let problem = parser.worksheet().problem(row.number(), problem);
                    self.file.parsed.problems.push(problem);
                    Visit::Rows
                } else {
                    unused.look_at(row);
                    parser.row(row)
                }
            }
        }
    }

    fn lines(&mut self, lines: &mut Lines) -> Visit {
        let mut row = Row::default();
        loop {
            match &mut self.position {
                Position::UnderHeader(sheet) if !sheet.unused.wants_more() => {
                    let parser = &mut sheet.parser;
                    self.last_row = self.last_row.max(parser.worksheet().row_number(lines.last_number()));
                    return parser.lines(lines);
                }
                _ => {}
            }
            if !lines.read(&mut row) {
                return Visit::Rows;
            }
            if self.row(&mut row) == Visit::Skip {
                return Visit::Skip;
            }
        }
    }
}
