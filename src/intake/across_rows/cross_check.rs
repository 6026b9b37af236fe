//! What only the file as a whole shows: missing worksheets and rows, and rows that repeat or contradict each other.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::comparison::{DuplicateRow, compare};
use super::contradiction::{Contradiction, ContradictionKind};
use super::file_parser::ParsedFile;
use super::parallel::Parallelism;
use crate::intake::cells::UnplacedProblem;
use crate::intake::options::Options;
use crate::intake::rows::{RowNumber, Worksheet};
use crate::model::{Place, Row, RowKey, RowReport, Status};
use crate::problem::{Problem, ProblemCode, Severity};
use crate::text::{fold, joined};

/// Compares the rows with each other, and takes those that cannot run out of the rows.
pub(in crate::intake) fn cross_check(file: &mut ParsedFile, options: &Options, parallelism: Parallelism) {
    check_sheets(file, options);
    let statements = std::mem::take(&mut file.parsed.statements);
    let (duplicates, contradictions) = compare(statements, parallelism.threads);
    report(file, &duplicates, &contradictions);
    sort_by_place(file);
    refuse(file, &duplicates, &contradictions);
    number_equal_keys(&mut file.parsed.refused);
}

/// Adds the problems of the file as a whole.
fn check_sheets(file: &mut ParsedFile, options: &Options) {
    let known = file.worksheets.iter().map(|sheet| &sheet.name);
    let known: Vec<&str> = known
        .chain(file.skipped.iter().map(|sheet| &sheet.name))
        .map(|name| &**name)
        .collect();
    let without_header = std::mem::take(&mut file.without_header);
    let is_without_any = file.worksheets.is_empty();
    let mut problems = Vec::new();
    for wanted in options.sheets.iter().flatten() {
        if !known.iter().any(|name| fold(name) == fold(wanted)) {
            let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            let help = if known == [""] {
                "a CSV has no worksheets; leave --sheet out".to_owned()
            } else {
                format!("it has {}", joined(&names, 8))
            };
            problems.push(UnplacedProblem::error(
                ProblemCode::NoSuchSheet,
                format!("there is no worksheet `{wanted}`"),
                help,
            ));
        }
    }
    if problems.is_empty() && file.parsed.problems.errors() == 0 {
        let is_without_rows = file.parsed.row_count == 0 && file.parsed.ignored == 0;
        if is_without_rows && (file.hidden.left_out > 0 || file.left_hidden_sheet) {
            problems.push(UnplacedProblem::error(
                ProblemCode::NoRows,
                "every row of the sheet is hidden, and `--visible-only` leaves them out",
                "show the rows and worksheets that are meant, or leave `--visible-only` out",
            ));
        } else if file.worksheets.is_empty() {
            let are_marked = !file.skipped.is_empty() && file.skipped.iter().all(|sheet| sheet.is_marked);
            let with_people = without_header
                .iter()
                .filter(|sheet| sheet.has_addresses || sheet.has_people);
            let told = file.parsed.problems.errors();
            if options.header_row.is_none() {
                with_people.for_each(|sheet| file.parsed.problems.push(sheet.problem.clone()));
            }
            if are_marked {
                problems.push(UnplacedProblem::error(
                    ProblemCode::NoRows,
                    "the sheet holds what there is to choose from, or help, and says itself that nothing on it is run",
                    "name the workbook that it is from, or another of its worksheets",
                ));
            } else if file.parsed.problems.errors() == told {
                problems.push(no_header(options.header_row));
            }
        } else if is_without_rows {
            problems.push(UnplacedProblem::error(
                ProblemCode::NoRows,
                "the sheet has no rows",
                "an empty export is seldom meant; look at where the sheet comes from",
            ));
        }
    }
    for problem in problems {
        file.parsed.problems.push(problem.of_file());
    }
    if !is_without_any {
        for sheet in without_header.into_iter().filter(|sheet| sheet.has_people) {
            file.parsed.problems.push(passed_over(sheet.problem));
        }
    }
    // Proposals and undone runs may come to nothing but rows that say why they are left alone; those are for nobody to fill in.
    if file.parsed.row_count == 0 && file.parsed.examples > 0 && file.parsed.problems.errors() == 0 {
        file.parsed.problems.push(nothing_to_run(file));
    }
}

/// A worksheet that is not read, beside others that are, although it has people in it.
fn passed_over(problem: Problem) -> Problem {
    let what = format!(
        "the worksheet is not read, although it seems to have people in it: {}",
        problem.what
    );
    Problem {
        severity: Severity::Warning,
        help: format!("{}; nothing to do if nothing on it is to run", problem.help),
        what,
        ..problem
    }
}

/// A template that nobody has filled in yet.
fn nothing_to_run(file: &ParsedFile) -> Problem {
    let what = "nothing to run yet: every row says `ignore`";
    let problem = |help| UnplacedProblem::warning(ProblemCode::NothingToRun, what, help);
    match file.worksheets.as_slice() {
        [only] => {
            let help = "fill in this row and those below it, each with an operation of its own";
            only.problem(file.last_row.saturating_add(1), problem(help))
        }
        _ => problem("fill in the rows below them, each with an operation of its own").of_file(),
    }
}

/// No worksheet has a header, at least not in the row that was `named`.
fn no_header(named: Option<RowNumber>) -> UnplacedProblem {
    let (what, help) = match named {
        Some(row) => (
            format!("row {row}, which `--header-row` names, is a header in no worksheet"),
            "give the number that the spreadsheet program shows beside the header, or leave `--header-row` out",
        ),
        None => (
            "no worksheet has a header that reseat knows".to_owned(),
            "head a column `user`, `email` or `group`, or say which it is: --map \"HEADER=user\"",
        ),
    };
    UnplacedProblem::error(ProblemCode::NoHeader, what, help)
}

/// Adds the problems of rows that repeat or contradict each other, by row.
fn report(file: &mut ParsedFile, duplicates: &[DuplicateRow], contradictions: &[Contradiction]) {
    let duplicates = duplicates.iter().map(|duplicate| Contradiction {
        later: duplicate.row,
        earlier: duplicate.first,
        kind: ContradictionKind::Duplicate,
    });
    let mut all: Vec<Contradiction> = duplicates.chain(contradictions.iter().copied()).collect();
    all.sort_unstable();
    for Contradiction { later, earlier, kind } in all {
        let later = place(&file.worksheets, later);
        let problem = kind.problem(&place(&file.worksheets, earlier).to_string());
        let column = problem.column.map(|column| column.as_str().to_owned());
        file.parsed
            .problems
            .push(problem.placed(later.sheet, Some(later.row), column));
    }
}

/// Puts the problems into the order of the rows, since some are found only at the end of a worksheet or of the file.
fn sort_by_place(file: &mut ParsedFile) {
    let sheets = &file.worksheets;
    file.parsed.problems.sort_by_key(|problem| {
        let sheet = sheets.iter().position(|sheet| sheet.name == problem.location.sheet);
        (sheet, problem.location.rows.first())
    });
}

/// Why a row that is valid by itself cannot run.
struct Refusal {
    status: Status,
    code: ProblemCode,
    message: String,
    occurrence: u32,
}

/// Moves the rows that repeat or contradict others from the rows to the refused ones. Of two that contradict each
/// other neither runs: which of them is meant cannot be known.
fn refuse(file: &mut ParsedFile, duplicates: &[DuplicateRow], contradictions: &[Contradiction]) {
    if duplicates.is_empty() && contradictions.is_empty() {
        return;
    }
    let mut refusals: BTreeMap<RowNumber, Refusal> = BTreeMap::new();
    let mut refuse = |row: RowNumber, other: RowNumber, kind: ContradictionKind, occurrence| {
        let problem = kind.problem(&place(&file.worksheets, other).to_string());
        let status = if kind == ContradictionKind::Duplicate {
            Status::Duplicate
        } else {
            Status::Invalid
        };
        refusals.entry(row).or_insert_with(|| Refusal {
            status,
            code: problem.code,
            message: problem.sentence(),
            occurrence,
        });
    };
    for DuplicateRow { row, first, occurrence } in duplicates {
        refuse(*row, *first, ContradictionKind::Duplicate, *occurrence);
    }
    for Contradiction { later, earlier, kind } in contradictions.iter().filter(|pair| pair.kind.is_error()) {
        refuse(*later, *earlier, *kind, 0);
        refuse(*earlier, *later, *kind, 0);
    }
    let mut rows = Vec::with_capacity(file.parsed.rows.len() - refusals.len().min(file.parsed.rows.len()));
    for row in std::mem::take(&mut file.parsed.rows) {
        match refusals.remove(&number(&file.worksheets, &row.place)) {
            Some(refusal) => file.parsed.refused.push(refused(&row, refusal)),
            None => rows.push(row),
        }
    }
    file.parsed.rows = rows;
    let is_refused = |(_, place): &(RowKey, Place)| refusals.contains_key(&number(&file.worksheets, place));
    file.lacks_rows = !refusals.is_empty() && file.parsed.finished.iter().any(is_refused);
    let sheets = &file.worksheets;
    file.parsed
        .refused
        .sort_by_key(|refused| number(sheets, &refused.place));
}

fn refused(row: &Row, refusal: Refusal) -> RowReport {
    RowReport {
        key: row.key.repeated(refusal.occurrence),
        code: refusal.code.to_string(),
        message: refusal.message,
        ..RowReport::of(row, refusal.status)
    }
}

/// Equal rows that are not valid must not share a key either.
fn number_equal_keys(refused: &mut [RowReport]) {
    let mut seen = HashMap::new();
    for row in refused.iter_mut() {
        let occurrence = seen.entry(row.key).or_insert(0);
        row.key = row.key.repeated(*occurrence);
        *occurrence += 1;
    }
}

fn place(sheets: &[Arc<Worksheet>], number: RowNumber) -> Place {
    let after = sheets.partition_point(|sheet| sheet.rows_before < number);
    match sheets.get(after.saturating_sub(1)) {
        Some(sheet) => Place {
            sheet: sheet.name.clone(),
            row: number - sheet.rows_before,
        },
        None => Place {
            sheet: "".into(),
            row: number,
        },
    }
}

fn number(sheets: &[Arc<Worksheet>], place: &Place) -> RowNumber {
    let sheet = sheets.iter().find(|sheet| sheet.name == place.sheet);
    sheet.map_or(0, |sheet| sheet.rows_before).saturating_add(place.row)
}
