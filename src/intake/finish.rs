//! The end of a pass: what only the whole sheet tells.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::contradiction::{Contradiction, Pair, Repetition, contradictions, repetitions, shared};
use super::fact::RowNumber;
use super::fault::Fault;
use super::options::Options;
use super::pass::Whole;
use super::refusal::sentence;
use super::result::Refused;
use super::typist::Sheet;
use crate::model::{Place, Row, Status};
use crate::problem::ProblemCode;
use crate::text::{fold, joined};

/// Compares the rows with each other, and takes those that cannot run out of the rows.
pub(super) fn finish(whole: &mut Whole, options: &Options) {
    check_sheets(whole, options);
    let facts = shared(&std::mem::take(&mut whole.found.facts));
    let repeated = repetitions(&facts);
    let left_out: HashSet<RowNumber> = repeated.iter().map(|repetition| repetition.row).collect();
    let pairs = contradictions(&facts, &left_out);
    tell(whole, &repeated, &pairs);
    sort_by_place(whole);
    refuse(whole, &repeated, &pairs);
    number_equal_refusals(&mut whole.found.refused);
}

/// Adds the findings about the file as a whole.
fn check_sheets(whole: &mut Whole, options: &Options) {
    let known = whole.sheets.iter().map(|sheet| &sheet.name);
    let known: Vec<&str> = known
        .chain(whole.skipped.iter().map(|sheet| &sheet.name))
        .map(AsRef::as_ref)
        .collect();
    let mut faults = Vec::new();
    for wanted in options.sheets.iter().flatten() {
        if !known.iter().any(|name| fold(name) == fold(wanted)) {
            let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            let help = if known == [""] {
                "a CSV has no worksheets; leave --sheet out".to_owned()
            } else {
                format!("it has {}", joined(&names, 8))
            };
            faults.push(Fault::error(
                ProblemCode::NoSuchSheet,
                format!("there is no worksheet `{wanted}`"),
                help,
            ));
        }
    }
    if faults.is_empty() && whole.found.problems.errors() == 0 {
        if whole.sheets.is_empty() {
            let help = "head a column `user`, `email` or `group`, or say which it is: --map \"HEADER=user\"";
            faults.push(Fault::error(
                ProblemCode::NoHeader,
                "no worksheet has a header that reseat knows",
                help,
            ));
        } else if whole.found.row_count == 0 && whole.found.ignored == 0 {
            faults.push(Fault::error(
                ProblemCode::NoRows,
                "the sheet has no rows",
                "an empty export is seldom meant; look at where the sheet comes from",
            ));
        }
    }
    for fault in faults {
        whole.found.problems.push(fault.into_problem("".into(), None, None));
    }
}

/// Adds the findings about rows that repeat or contradict each other, by row.
fn tell(whole: &mut Whole, repeated: &[Repetition], pairs: &[Pair]) {
    let repeated = repeated.iter().map(|repetition| Pair {
        later: repetition.row,
        earlier: repetition.first,
        contradiction: Contradiction::Duplicate,
    });
    let mut all: Vec<Pair> = repeated.chain(pairs.iter().copied()).collect();
    all.sort_unstable();
    for pair in all {
        let later = place(&whole.sheets, pair.later);
        let fault = pair
            .contradiction
            .told_of(&place(&whole.sheets, pair.earlier).to_string());
        let column = fault.column.map(|column| column.as_str().to_owned());
        whole
            .found
            .problems
            .push(fault.into_problem(later.sheet, Some(later.row), column));
    }
}

/// Puts the findings into the order of the rows, since some are made only at the end of a sheet or of the file.
fn sort_by_place(whole: &mut Whole) {
    let sheets = &whole.sheets;
    whole.found.problems.sort_by_key(|problem| {
        let sheet = sheets.iter().position(|sheet| sheet.name == problem.location.sheet);
        (sheet, problem.location.row)
    });
}

/// Why a row that is valid by itself cannot run.
struct Verdict {
    status: Status,
    code: ProblemCode,
    message: String,
    occurrence: u32,
}

/// Moves the rows that repeat or contradict others from the rows to the refused ones. Of two that contradict each
/// other neither runs: which of them is meant cannot be known.
fn refuse(whole: &mut Whole, repeated: &[Repetition], pairs: &[Pair]) {
    if whole.found.rows.is_empty() || (repeated.is_empty() && pairs.is_empty()) {
        return;
    }
    let mut verdicts: BTreeMap<RowNumber, Verdict> = BTreeMap::new();
    let mut judge = |row: RowNumber, other: RowNumber, contradiction: Contradiction, occurrence| {
        let fault = contradiction.told_of(&place(&whole.sheets, other).to_string());
        let status = if contradiction == Contradiction::Duplicate {
            Status::Duplicate
        } else {
            Status::Invalid
        };
        verdicts.entry(row).or_insert_with(|| Verdict {
            status,
            code: fault.code,
            message: sentence(&fault),
            occurrence,
        });
    };
    for repetition in repeated {
        judge(
            repetition.row,
            repetition.first,
            Contradiction::Duplicate,
            repetition.occurrence,
        );
    }
    for pair in pairs.iter().filter(|pair| pair.contradiction.is_error()) {
        judge(pair.later, pair.earlier, pair.contradiction, 0);
        judge(pair.earlier, pair.later, pair.contradiction, 0);
    }
    let mut rows = Vec::with_capacity(whole.found.rows.len() - verdicts.len().min(whole.found.rows.len()));
    for row in std::mem::take(&mut whole.found.rows) {
        match verdicts.remove(&number(&whole.sheets, &row.place)) {
            Some(verdict) => whole.found.refused.push(refused(row, verdict)),
            None => rows.push(row),
        }
    }
    whole.found.rows = rows;
    let sheets = &whole.sheets;
    whole
        .found
        .refused
        .sort_by_key(|refused| number(sheets, &refused.place));
}

fn refused(row: Row, verdict: Verdict) -> Refused {
    Refused {
        key: row.key.repeated(verdict.occurrence),
        operation: Some(row.operation.kind()),
        user: row.operation.user_label(),
        target: row.operation.target_label(),
        place: row.place,
        status: verdict.status,
        code: verdict.code,
        message: verdict.message,
    }
}

/// Equal rows that are refused for themselves must not share a key either.
fn number_equal_refusals(refused: &mut [Refused]) {
    let mut seen = HashMap::new();
    for row in refused.iter_mut() {
        let occurrence = seen.entry(row.key).or_insert(0);
        row.key = row.key.repeated(*occurrence);
        *occurrence += 1;
    }
}

fn place(sheets: &[Arc<Sheet>], number: RowNumber) -> Place {
    let after = sheets.partition_point(|sheet| sheet.before < number);
    match sheets.get(after.saturating_sub(1)) {
        Some(sheet) => Place {
            sheet: sheet.name.clone(),
            row: number - sheet.before,
        },
        None => Place {
            sheet: "".into(),
            row: number,
        },
    }
}

fn number(sheets: &[Arc<Sheet>], place: &Place) -> RowNumber {
    let sheet = sheets.iter().find(|sheet| sheet.name == place.sheet);
    sheet.map_or(0, |sheet| sheet.before).saturating_add(place.row)
}
