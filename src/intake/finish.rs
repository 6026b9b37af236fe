//! The end of a pass: what only the whole sheet tells.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::contradiction::{Contradiction, Pair, Repetition, contradictions, keep_shared, repetitions};
use super::fact::RowNumber;
use super::fault::Fault;
use super::options::Options;
use super::pass::{Pass, Section};
use super::refusal::sentence;
use super::result::Refused;
use crate::model::{Place, Row, Status};
use crate::problem::{Problem, Spot};
use crate::text::{fold, joined};

/// Compares the rows with each other, takes those that cannot run out of the rows, and gives the
/// words in licence cells that mean no known bundle.
pub(super) fn finish(pass: &mut Pass<'_>, options: &Options) -> Vec<String> {
    let unknown_codes = pass.end();
    check_sheets(pass, options);
    keep_shared(&mut pass.facts);
    let repeated = repetitions(&pass.facts);
    let left_out: HashSet<RowNumber> = repeated.iter().map(|repetition| repetition.row).collect();
    let pairs = contradictions(&pass.facts, &left_out);
    pass.facts = Vec::new();
    tell(pass, &repeated, &pairs);
    sort_by_place(pass);
    refuse(pass, &repeated, &pairs);
    number_equal_refusals(&mut pass.refused);
    unknown_codes
}

/// Adds the findings about the file as a whole.
fn check_sheets(pass: &mut Pass<'_>, options: &Options) {
    let known = pass.sections.iter().map(|section| &section.name);
    let known: Vec<&str> = known
        .chain(pass.skipped.iter().map(|sheet| &sheet.name))
        .map(AsRef::as_ref)
        .collect();
    let mut faults = Vec::new();
    for wanted in options.sheets.iter().flatten() {
        if !known.iter().any(|name| fold(name) == fold(wanted)) {
            let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            let mend = if known == [""] {
                "a CSV has no worksheets; leave --sheet out".to_owned()
            } else {
                format!("it has {}", joined(&names, 8))
            };
            faults.push(Fault::error(
                "no-such-sheet",
                format!("there is no worksheet `{wanted}`"),
                mend,
            ));
        }
    }
    if faults.is_empty() && pass.problems.errors() == 0 {
        if pass.sections.is_empty() {
            let mend = "head a column `user`, `email` or `group`, or say which it is: --map \"HEADER=user\"";
            faults.push(Fault::error(
                "no-header",
                "no worksheet has a header that reseat knows",
                mend,
            ));
        } else if pass.row_count == 0 && pass.ignored == 0 {
            faults.push(Fault::error(
                "no-rows",
                "the sheet has no rows",
                "an empty export is seldom meant; look at where the sheet comes from",
            ));
        }
    }
    for fault in faults {
        pass.problems.push(Problem {
            severity: fault.severity,
            code: fault.code,
            spot: Spot::default(),
            what: fault.what,
            mend: fault.mend,
        });
    }
}

/// Adds the findings about rows that repeat or contradict each other, by row.
fn tell(pass: &mut Pass<'_>, repeated: &[Repetition], pairs: &[Pair]) {
    let repeated = repeated.iter().map(|repetition| Pair {
        later: repetition.row,
        earlier: repetition.first,
        contradiction: Contradiction::Duplicate,
    });
    let mut all: Vec<Pair> = repeated.chain(pairs.iter().copied()).collect();
    all.sort_unstable();
    for pair in all {
        let later = place(&pass.sections, pair.later);
        let fault = pair
            .contradiction
            .told_of(&place(&pass.sections, pair.earlier).to_string());
        pass.problems.push(Problem {
            severity: fault.severity,
            code: fault.code,
            spot: Spot {
                sheet: later.sheet,
                row: Some(later.row),
                column: fault.column.map(|column| column.as_str().to_owned()),
            },
            what: fault.what,
            mend: fault.mend,
        });
    }
}

/// Puts the findings into the order of the rows, since some are made only at the end of a sheet or of the file.
fn sort_by_place(pass: &mut Pass<'_>) {
    let sections = &pass.sections;
    pass.problems.sort_by_key(|problem| {
        let sheet = sections.iter().position(|section| section.name == problem.spot.sheet);
        (sheet, problem.spot.row)
    });
}

/// Why a row that is valid by itself cannot run.
struct Verdict {
    status: Status,
    code: &'static str,
    message: String,
    occurrence: u32,
}

/// Moves the rows that repeat or contradict others from the rows to the refused ones. Of two that contradict each
/// other neither runs: which of them is meant cannot be known.
fn refuse(pass: &mut Pass<'_>, repeated: &[Repetition], pairs: &[Pair]) {
    if pass.rows.is_empty() || (repeated.is_empty() && pairs.is_empty()) {
        return;
    }
    let mut verdicts: BTreeMap<RowNumber, Verdict> = BTreeMap::new();
    let mut judge = |row: RowNumber, other: RowNumber, contradiction: Contradiction, occurrence| {
        let fault = contradiction.told_of(&place(&pass.sections, other).to_string());
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
    let mut rows = Vec::with_capacity(pass.rows.len() - verdicts.len().min(pass.rows.len()));
    for row in std::mem::take(&mut pass.rows) {
        match verdicts.remove(&number(&pass.sections, &row.place)) {
            Some(verdict) => pass.refused.push(refused(row, verdict)),
            None => rows.push(row),
        }
    }
    pass.rows = rows;
    let sections = &pass.sections;
    pass.refused.sort_by_key(|refused| number(sections, &refused.place));
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

fn place(sections: &[Section], number: RowNumber) -> Place {
    let after = sections.partition_point(|section| section.before < number);
    match sections.get(after.saturating_sub(1)) {
        Some(section) => Place {
            sheet: section.name.clone(),
            row: number - section.before,
        },
        None => Place {
            sheet: "".into(),
            row: number,
        },
    }
}

fn number(sections: &[Section], place: &Place) -> RowNumber {
    let section = sections.iter().find(|section| section.name == place.sheet);
    section.map_or(0, |section| section.before).saturating_add(place.row)
}
