//! One row from its cells to a typed operation, or to problems.

use std::sync::Arc;

use super::against_header::{groups_to_add, opposite_orders};
use super::alike::{AlikeRows, LineAbout};
use super::date_columns::ends_as_its_day_begins;
use super::doubtful_letters::is_of_the_sheet;
use super::header::Header;
use super::header_again::header_again;
use super::key_content::{hash_content, write_content, write_raw_content};
use super::merged_down::{missed, under_merged};
use super::operations::{Need, conditions, needs, operation, states, takes_away};
use super::parsed_rows::ParsedRows;
use super::recurring_problems::{Recurring, printed};
use super::row_cells::{CleanedCells, RowCells};
use super::row_shape::{
    check_width, has_struck_item, heading, is_printed, line_of_text, malformed_row, text_for_operation,
};
use super::statement::{Statement, ValidRow};
use super::statement_kind::StatementKind;
use super::statements::Statements;
use super::value_reader::ValueReader;
use super::values::Values;
use super::words_for_nothing::{answer_words_for_nothing, word_for_groups};
use super::worksheet::Worksheet;
use crate::intake::cells::{
    Column, ColumnSet, Instruction, InstructionCache, NAMES, UnplacedProblem, bare_address, columns_with_errors,
    is_of_an_example, marks_an_example, may_be_changed, operation_help,
};
use crate::intake::options::Options;
use crate::model::{EmailError, OperationKind, Place, Row as TypedRow, RowKey, RowReport, Status};
use crate::problem::{ProblemCode, Problems, Severity};
use crate::sheet::{Lines, Row};
use crate::text::clean;

/// Columns that a row of any operation may have.
const ALWAYS_ALLOWED: ColumnSet = ColumnSet::of(&[
    Column::Operation,
    Column::NotBefore,
    Column::Note,
    Column::ReseatStatus,
    Column::ReseatMessage,
    Column::ReseatKey,
]);

/// Whether rows are kept, or only compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::intake) enum Keep {
    Rows,
    Nothing,
}

/// Which rows to parse, and how.
#[derive(Debug, Clone)]
pub(in crate::intake) struct ParseContext<'o> {
    pub(in crate::intake) worksheet: Arc<Worksheet>,
    pub(in crate::intake) options: &'o Options,
    pub(in crate::intake) keep: Keep,
}

/// Parses rows of one worksheet, one by one.
#[derive(Debug)]
pub(in crate::intake) struct RowParser<'o> {
    context: ParseContext<'o>,
    /// Whether the worksheet has a column of dates.
    is_dated: bool,
    instructions: InstructionCache,
    values: ValueReader<'o>,
    alike: AlikeRows,
    parsed: ParsedRows,
    statements: Statements,
    content: String,
    buffers: Buffers,
}

/// Memory that is used again for the next row; taken out meanwhile, because cells borrow it while the parser is changed.
#[derive(Debug, Default)]
struct Buffers {
    line: Row,
    cleaned: CleanedCells,
    problems: Vec<UnplacedProblem>,
}

impl<'o> RowParser<'o> {
    pub(in crate::intake) fn new(context: ParseContext<'o>) -> Self {
        let is_dated = [Column::NotBefore, Column::UnlessUsedSince]
            .iter()
            .any(|column| context.worksheet.header.position(*column).is_some());
        Self {
            values: ValueReader::new(context.options),
            alike: AlikeRows::of(&context.worksheet, is_dated),
            is_dated,
            context,
            instructions: InstructionCache::default(),
            parsed: no_rows(),
            statements: Statements::default(),
            content: String::new(),
            buffers: Buffers::default(),
        }
    }

    /// Parses rows, a few between one [`take_parsed`](Self::take_parsed) and the next: all their problems are kept.
    pub(in crate::intake) fn parse(&mut self, rows: &[Row]) {
        let worksheet = Arc::clone(&self.context.worksheet);
        let mut buffers = std::mem::take(&mut self.buffers);
        for row in rows {
            self.row(&worksheet, row, &mut buffers.cleaned, &mut buffers.problems);
        }
        self.buffers = buffers;
    }

    /// Parses rows that are still together, as [`parse`](Self::parse) does.
    pub(in crate::intake) fn parse_lines(&mut self, lines: &mut Lines) {
        let worksheet = Arc::clone(&self.context.worksheet);
        let mut buffers = std::mem::take(&mut self.buffers);
        while lines.read(&mut buffers.line) {
            let row = &buffers.line;
            if !row.is_empty() || row.malformed().is_some() {
                self.row(&worksheet, row, &mut buffers.cleaned, &mut buffers.problems);
            }
        }
        self.buffers = buffers;
    }

    /// The result for the rows since the last time it was taken, without what they state.
    pub(in crate::intake) fn take_parsed(&mut self) -> ParsedRows {
        std::mem::replace(&mut self.parsed, no_rows())
    }

    /// What all rows state.
    pub(in crate::intake) fn into_statements(self) -> Statements {
        self.statements
    }

    fn row(
        &mut self,
        worksheet: &Worksheet,
        row: &Row,
        cleaned: &mut CleanedCells,
        problems: &mut Vec<UnplacedProblem>,
    ) {
        let line = self.alike.line(row);
        if line
            .as_ref()
            .is_some_and(|line| self.is_like_another(line, row.number()))
        {
            return;
        }
        let header = &worksheet.header;
        let noted = self.parsed.recurring.noted();
        if row.malformed().is_some() {
            problems.extend(malformed_row(header, row));
        }
        let is_torn = problems.iter().any(|problem| problem.severity == Severity::Error);
        let is_whole = row.malformed().is_none();
        if is_whole && is_printed(header, row) {
            self.refuse_line(header, row, cleaned, printed(1));
            self.parsed.recurring.add(Recurring::Printed, row.number());
            return;
        }
        if let Some(problem) = heading(header, row).filter(|_| is_whole) {
            self.refuse_line(header, row, cleaned, problem.clone());
            self.parsed.problems.push(worksheet.problem(row.number(), problem));
            return;
        }
        if let Some(problem) = check_width(header, row, worksheet.is_csv, &mut self.parsed.recurring) {
            problems.push(problem);
        }
        let mut cells = RowCells::none_of(header, row);
        cells.take(header, row, cleaned, problems);
        if let Some(doubt) = worksheet.doubt
            && !cells.is_plain
        {
            self.parsed.letters.note(doubt, header, row, problems);
        }
        problems.extend(line_of_text(header, row, &cells));
        let cell_problems = problems.len();
        let instruction = self.instruction(worksheet, row, &cells, problems);
        match instruction {
            // Not if an unclosed quote has swallowed other rows, which were not meant to be ignored.
            Some(Instruction::Ignore) if !is_torn => {
                self.parsed.ignored += 1;
                problems.clear();
                if marks_an_example(cells.get(Column::Note)) {
                    self.parsed.examples += 1;
                    if is_about_somebody_real(&cells) {
                        self.parsed.recurring.add(Recurring::IgnoredExample, cells.row);
                    }
                }
            }
            _ => {
                let kind = match instruction {
                    Some(Instruction::Run(kind)) => Some(kind),
                    Some(Instruction::Ignore) | None => None,
                };
                if row.is_hidden() {
                    self.parsed.recurring.add(Recurring::HiddenRow, row.number());
                }
                if row.is_struck() || has_struck_item(header, row) {
                    self.parsed.recurring.add(Recurring::StruckRow, row.number());
                }
                if row.covered() > 0 {
                    let covered = row.covered() as usize;
                    self.parsed
                        .recurring
                        .add_several(Recurring::CoveredCell, covered, row.number());
                }
                let values = self.operation(kind, row, &cells, cell_problems, problems);
                let has_nothing_to_tell = problems.is_empty() && self.parsed.recurring.noted() == noted;
                if let (Some(line), Some(kind)) = (&line.filter(|_| has_nothing_to_tell), kind) {
                    self.alike.remember(line, kind, &cells, &values);
                }
            }
        }
        for problem in problems
            .drain(..)
            .filter(|problem| !is_of_the_sheet(problem, worksheet, row))
        {
            self.parsed.problems.push(worksheet.problem(row.number(), problem));
        }
    }

    /// Refuses a line among the rows that is no row; who asks for that tells of it.
    fn refuse_line(&mut self, header: &Header, row: &Row, cleaned: &mut CleanedCells, problem: UnplacedProblem) {
        let mut cells = RowCells::none_of(header, row);
        cells.take(header, row, cleaned, &mut Vec::new());
        self.operation(None, row, &cells, 0, &mut vec![problem]);
    }

    /// What to do with the row: what its own cell says, else the command line, else the worksheet's name, else
    /// what its cells leave no doubt of.
    fn instruction(
        &mut self,
        worksheet: &Worksheet,
        row: &Row,
        cells: &RowCells<'_>,
        problems: &mut Vec<UnplacedProblem>,
    ) -> Option<Instruction> {
        let options = self.context.options;
        let text = cells.get(Column::Operation);
        let written = if text.is_empty() {
            None
        } else {
            self.instructions.find(text)
        };
        if written.is_some() {
            return written;
        }
        if !row.under().is_empty()
            && let Some(problem) = under_merged(worksheet, row, Column::Operation)
        {
            problems.push(problem);
            return None;
        }
        if let Some(again) = header_again(worksheet, row, cells) {
            problems.push(again.problem);
            if again.is_of_another_table && self.parsed.other_table.is_none() {
                self.parsed.other_table = Some(row.number());
            }
            return None;
        }
        if !text.is_empty() {
            if let Some(problem) = text_for_operation(&worksheet.header, row, text) {
                problems.push(problem.at(Column::Operation));
                return None;
            }
            let what = format!("`{}` is no operation", clean(text, 60));
            let mut help = operation_help(text);
            // `Vorgang` is an operation, and the number of a request as well.
            if options.operation.is_some() && text.contains(char::is_numeric) {
                help.insert_str(0, "--map \"HEADER=note\" if the column does not say what to do; else ");
            }
            let problem = UnplacedProblem::error(ProblemCode::UnknownOperation, what, help);
            problems.push(problem.at(Column::Operation));
            return None;
        }
        let instruction = options
            .operation
            .map(Instruction::Run)
            .or(worksheet.instruction)
            .or_else(|| implied_operation(&worksheet.header, cells).map(Instruction::Run));
        if instruction.is_none() {
            self.parsed.recurring.add(Recurring::NoOperation, cells.row);
        }
        instruction
    }

    /// Reads the cells of a row as this operation asks. The first `cell_problems` of the problems are those of cells that
    /// hold no value, whatever the operation.
    fn operation<'c>(
        &mut self,
        kind: Option<OperationKind>,
        row: &Row,
        cells: &'c RowCells<'_>,
        cell_problems: usize,
        problems: &mut Vec<UnplacedProblem>,
    ) -> Values<'c> {
        self.parsed.row_count += 1;
        let mut values = Values::default();
        let mut cell_problems = cell_problems;
        if !row.under().is_empty()
            && let Some(kind) = kind
        {
            let found = missed(&self.context.worksheet, row, cells, self.values.takes(kind));
            cell_problems += found.len();
            problems.splice(0..0, found);
        }
        if let Some(kind) = kind {
            self.values.read(kind, cells, &mut values, problems);
            for word in self.values.unknown_codes.drain(..) {
                self.parsed.add_unknown_code(word);
            }
            self.parsed.remembered_codes.append(&mut self.values.remembered_codes);
            if self.is_dated {
                self.parsed.dates.saw(&values, cells);
            }
        }
        if !problems.is_empty() {
            drop_repeated(problems, cell_problems);
            answer_words_for_nothing(kind, cells, problems);
        }
        if let Some(kind) = kind {
            let header = &self.context.worksheet.header;
            problems.extend(opposite_orders(header, row, kind));
            problems.extend(groups_to_add(header, cells, kind));
            problems.extend(word_for_groups(kind, cells));
        }
        for problem in problems.iter_mut() {
            self.context.worksheet.header.name_in_help(problem);
        }
        let mut is_valid = !problems.iter().any(|problem| problem.severity == Severity::Error);
        if let Some(kind) = kind {
            self.parsed.operation_counts[kind as usize] += 1;
            if !is_valid {
                // A cell that is reported as wrong is not reported as unused as well.
                values.used.extend(columns_with_errors(problems));
            }
            self.note_unused(kind, cells, values.used);
            self.note_hidden(cells, values.used);
            self.note_changed_names(cells, values.used);
            self.note_formulas(kind, cells, values.used);
            if is_valid && let Err(fault) = self.accept(kind, &values, cells.row) {
                problems.push(UnplacedProblem::error(
                    ProblemCode::BadEmail,
                    fault.to_string(),
                    "write one address: ann.lee@corp.example",
                ));
                is_valid = false;
            }
            let ParseContext {
                worksheet,
                options,
                keep,
            } = &self.context;
            if is_valid && worksheet.header.waits_for_last_day {
                let is_last_day =
                    |written| ends_as_its_day_begins(written, cells.get(Column::NotBefore), &options.as_of);
                if takes_away(kind, &values) && values.not_before.is_some_and(is_last_day) {
                    self.parsed.recurring.add(Recurring::LastDay, cells.row);
                }
            }
            if !worksheet.header.unused.is_empty() || !worksheet.header.remarks.is_empty() {
                let is_kept = is_valid && *keep == Keep::Rows;
                let dates = &mut self.parsed.unused_dates;
                dates.look_at(&worksheet.header, row, (kind, &values), is_kept, &options.as_of);
            }
        }
        if !is_valid || kind.is_none() {
            write_raw_content(cells, &mut self.content);
            if let Some(kind) = kind {
                self.state_refused(kind, cells, columns_with_errors(problems));
            }
            if self.context.keep == Keep::Rows {
                let refused = self.refused(kind, cells, &values, problems);
                self.parsed.refused.push(refused);
            }
        }
        values
    }

    /// Accepts a row for what was read of one that says the same of somebody else, if there was such a row.
    fn is_like_another(&mut self, line: &LineAbout<'_>, row: u32) -> bool {
        let Some(request) = self.alike.find(line).cloned() else {
            return false;
        };
        let kind = request.kind;
        let is_accepted = self.accept(kind, &request.values(line), row).is_ok();
        if is_accepted {
            self.parsed.row_count += 1;
            self.parsed.operation_counts[kind as usize] += 1;
        }
        is_accepted
    }

    /// Counts the cells that the operation does not take, and the numbers where text is expected.
    fn note_unused(&mut self, kind: OperationKind, cells: &RowCells<'_>, used: ColumnSet) {
        let unexpected = cells.filled.difference(used).difference(ALWAYS_ALLOWED);
        // So it is with nearly every row.
        if unexpected.is_empty() && cells.numbers.is_empty() {
            return;
        }
        for (column, _) in &self.context.worksheet.header.present {
            if unexpected.contains(*column) {
                self.parsed
                    .recurring
                    .add(Recurring::CellNotUsed(kind, *column), cells.row);
            }
            if cells.numbers.contains(*column) && used.contains(*column) {
                self.parsed.recurring.add(Recurring::NumberCell(*column), cells.row);
            }
        }
    }

    /// Counts the cells of hidden columns that are used.
    fn note_hidden(&mut self, cells: &RowCells<'_>, mut used: ColumnSet) {
        let hidden = self.context.worksheet.header.hidden;
        used.insert(Column::Operation);
        if hidden.intersects(used) && hidden.intersects(cells.filled) {
            for (column, _) in &self.context.worksheet.header.present {
                if hidden.contains(*column) && used.contains(*column) && cells.has(*column) {
                    self.parsed.recurring.add(Recurring::HiddenColumn(*column), cells.row);
                }
            }
        }
    }

    /// Counts the names that a spreadsheet program may have changed. In a workbook it says itself what is a number or a
    /// date.
    fn note_changed_names(&mut self, cells: &RowCells<'_>, used: ColumnSet) {
        if !self.context.worksheet.is_csv {
            return;
        }
        for column in NAMES {
            if used.contains(column) && may_be_changed(column, cells.get(column)) {
                self.parsed.recurring.add(Recurring::ChangedName(column), cells.row);
            }
        }
    }

    /// Counts the formulas of the row by whether they have what programs store that do not compute.
    fn note_formulas(&mut self, kind: OperationKind, cells: &RowCells<'_>, mut used: ColumnSet) {
        if cells.formulas.is_empty() {
            return;
        }
        // An empty cell is not read, but would be if its formula had been computed.
        used.extend(self.values.takes(kind));
        used.insert(Column::Operation);
        for (column, _) in &self.context.worksheet.header.present {
            if cells.formulas.contains(*column) && used.contains(*column) {
                let formulas = self.parsed.recurring.formulas(*column);
                formulas.add(cells.get(*column), cells.row);
            }
        }
    }

    fn accept(&mut self, kind: OperationKind, values: &Values<'_>, row: u32) -> Result<(), EmailError> {
        let is_kept = self.context.keep == Keep::Rows;
        if is_kept {
            write_content(kind, values, &mut self.content);
            let row = TypedRow {
                place: self.place(row),
                key: RowKey::of(&self.content, 0),
                operation: operation(kind, values)?,
                conditions: conditions(values, &self.context.options.as_of.zone),
            };
            if row.conditions.is_none() && self.context.options.finished.include(&row.key, &row.operation) {
                self.parsed.finished.push((row.key, row.place));
            } else {
                self.parsed.rows.push(row);
            }
        }
        if self.is_dated {
            let as_of = &self.context.options.as_of;
            self.parsed.dates.accepted(values, row, is_kept, as_of);
        }
        let valid = ValidRow {
            kind,
            values,
            content: hash_content(kind, values),
            number: self.context.worksheet.row_number(row),
        };
        valid.state(|statement| self.statements.push(statement));
        Ok(())
    }

    /// States what cells a refused row has, so that it is told which rows repeat it. Those that do not say whom they are
    /// about may be about different people.
    fn state_refused(&mut self, kind: OperationKind, cells: &RowCells<'_>, wrong: ColumnSet) {
        let says_whom = |column: Column| match states(kind).about {
            StatementKind::SetRule => column == Column::Group,
            _ => column.names_people(),
        };
        let mut present = self.context.worksheet.header.present.iter();
        if present.any(|(column, _)| says_whom(*column) && cells.has(*column) && !wrong.contains(*column)) {
            let number = self.context.worksheet.row_number(cells.row);
            self.statements.push(Statement::of_refused(&self.content, number));
        }
    }

    /// The row with as much as can be said of it; its content is written.
    fn refused(
        &mut self,
        operation: Option<OperationKind>,
        cells: &RowCells<'_>,
        values: &Values<'_>,
        problems: &[UnplacedProblem],
    ) -> RowReport {
        let first = |texts: &[&str]| {
            let found = texts.iter().find(|text| !text.is_empty());
            found.copied().unwrap_or_default().to_owned()
        };
        let errors = || problems.iter().filter(|problem| problem.severity == Severity::Error);
        let message = errors().map(UnplacedProblem::sentence).collect::<Vec<_>>().join("; ");
        let key = RowKey::of(&self.content, 0);
        RowReport {
            operation,
            user: first(&[
                values.user,
                values.email,
                values.username,
                cells.get(Column::User),
                cells.get(Column::Email),
            ]),
            target: first(&[
                values.new_email,
                values.group,
                cells.get(Column::Licenses),
                cells.get(Column::Groups),
            ]),
            // Rows without an operation are a problem of the worksheet, reported once; each is refused all the same.
            code: (errors().next().map_or(ProblemCode::NoOperation, |problem| problem.code)).to_string(),
            message: if message.is_empty() {
                "the row does not say what to do".to_owned()
            } else {
                message
            },
            ..RowReport::blank(self.place(cells.row), key, Status::Invalid)
        }
    }

    fn place(&self, row: u32) -> Place {
        Place {
            sheet: self.context.worksheet.name.clone(),
            row,
        }
    }
}

/// Whether a row that was an example names an address that is none of an example.
fn is_about_somebody_real(cells: &RowCells<'_>) -> bool {
    let is_real = |column: &Column| {
        let address = bare_address(cells.get(*column));
        address.contains('@') && !is_of_an_example(address)
    };
    [Column::User, Column::Email, Column::NewEmail].iter().any(is_real)
}

/// The result before the first row.
fn no_rows() -> ParsedRows {
    ParsedRows {
        problems: Problems::of_few_rows(),
        ..ParsedRows::default()
    }
}

/// What a row asks for when nothing says so and nothing else can be meant.
fn implied_operation(header: &Header, cells: &RowCells<'_>) -> Option<OperationKind> {
    let people = [Column::User, Column::Email, Column::Username, Column::UserId];
    if cells.has(Column::NewEmail) && people.iter().any(|column| cells.has(*column)) {
        return Some(OperationKind::Migrate);
    }
    let is_filled = |need: &Need| matches!(need, Need::Column(column) if cells.has(*column));
    header.implied.filter(|kind| needs(*kind).iter().all(is_filled))
}

/// Of the problems after the first `cell_problems`, drops those of a column that one of the first reports as an error: a
/// cell that holds no value is not also reported as a wrong one.
fn drop_repeated(problems: &mut Vec<UnplacedProblem>, cell_problems: usize) {
    let reported = columns_with_errors(&problems[..cell_problems]);
    if reported.is_empty() {
        return;
    }
    let mut position = 0;
    problems.retain(|problem| {
        position += 1;
        // What a row misses of several columns may be what stands in the cell.
        let repeats = match problem.column {
            Some(column) => reported.contains(column),
            None => problem.code == ProblemCode::MissingCell,
        };
        position <= cell_problems || !repeats
    });
}
