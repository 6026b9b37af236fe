//! What worksheets are called and have beside what their rows come to: whether all of them are meant.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::intake::cells::{
    Column, Direction, Instruction, UnplacedProblem, column_key, direction_named, names_who_stays, sheet_flag,
};
use crate::intake::options::Options;
use crate::intake::rows::Worksheet;
use crate::model::OperationKind;
use crate::problem::{Problem, ProblemCode};
use crate::text::{joined, plural};

/// How many rows of a worksheet are to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WorksheetRows {
    pub(super) count: usize,
    /// Those that set a group's rule.
    pub(super) rules: usize,
}

/// What may not be meant of the worksheets of a file, each with its rows.
pub(super) fn doubtful_worksheets(worksheets: &[(&Arc<Worksheet>, WorksheetRows)], options: &Options) -> Vec<Problem> {
    let says_itself = |worksheet: &Worksheet| worksheet.header.position(Column::Operation).is_some();
    let speaking = worksheets.iter().find(|(worksheet, _)| says_itself(worksheet));
    let silent = || worksheets.iter().filter(|(worksheet, _)| !says_itself(worksheet));
    let mut problems = Vec::new();
    match (options.operation, speaking) {
        (Some(operation), _) => {
            let named_alike = silent().find(|(worksheet, _)| is_named_alike(worksheet, operation));
            for (worksheet, rows) in silent() {
                let problem = overruled_name(worksheet, operation).or_else(|| {
                    let (named_alike, _) = named_alike.filter(|_| rows.count > 0)?;
                    beside_one_named_alike(worksheet, operation, named_alike)
                });
                problems.extend(problem.map(|problem| problem.placed(worksheet.name.clone(), None, None)));
            }
            let takes = Direction::of_operation(operation) == Direction::Takes;
            if takes && named_alike.is_none() && options.sheets.is_none() {
                let anything = silent().filter(|(worksheet, rows)| rows.count > 0 && is_called_anything(worksheet));
                let anything: Vec<_> = anything.map(|(worksheet, _)| &***worksheet).collect();
                if let Some((speaking, _)) = speaking {
                    problems.extend(
                        anything
                            .iter()
                            .map(|worksheet| beside_one_that_says(worksheet, operation, speaking)),
                    );
                } else {
                    problems.extend(other_columns(&anything, operation).map(UnplacedProblem::of_file));
                }
            }
        }
        (None, _) => {
            let of_another_kind = || worksheets.iter().find(|(_, rows)| rows.count > rows.rules);
            let Some((other, _)) = speaking.or_else(of_another_kind) else {
                return problems;
            };
            let inferred = silent().filter(|(worksheet, _)| worksheet.instruction.is_none());
            for (worksheet, rows) in inferred.filter(|(worksheet, rows)| may_be_overview(worksheet, *rows)) {
                if worksheet.name != other.name {
                    let problem = inferred_rules(rows.rules, &other.name);
                    problems.push(problem.placed(worksheet.name.clone(), None, None));
                }
            }
        }
    }
    problems
}

/// A worksheet that is called anything and loses something, beside one whose rows say themselves what to do.
fn beside_one_that_says(worksheet: &Worksheet, operation: OperationKind, speaking: &Worksheet) -> Problem {
    let speaking = &speaking.name;
    let what = format!(
        "the worksheet does not say what to do, as `{speaking}` does in its column `operation`: its rows are `{operation}`, as \
         `--operation` or the profile says"
    );
    let help = format!(
        "nothing to do if that is meant; `{}` leaves it out",
        sheet_flag(speaking)
    );
    let problem = UnplacedProblem::warning(ProblemCode::SheetNameOverruled, what, help);
    problem.placed(worksheet.name.clone(), None, None)
}

/// Worksheets that are called anything and have other columns than each other, though all of them lose something: one may
/// be of contacts.
fn other_columns(worksheets: &[&Worksheet], operation: OperationKind) -> Option<UnplacedProblem> {
    let columns = |worksheet: &Worksheet| {
        let header = &worksheet.header;
        let known = header.present.iter().filter(|(column, _)| column.is_meaningful());
        let known = known.map(|(column, _)| column.as_str().to_owned());
        let unused = header.unused.iter().map(|position| column_key(header.name(*position)));
        known.chain(unused).collect::<BTreeSet<_>>()
    };
    let (first, others) = worksheets.split_first()?;
    if others.iter().all(|other| columns(other) == columns(first)) {
        return None;
    }
    let names: Vec<String> = worksheets
        .iter()
        .map(|worksheet| format!("`{}`", worksheet.name))
        .collect();
    let what = format!(
        "worksheets of different columns all have rows that are `{operation}`, as `--operation` or the profile says: {}",
        joined(&names, 4)
    );
    let help = format!(
        "nothing to do if all of them are meant; `{}` runs the rows of one alone",
        sheet_flag(&first.name)
    );
    Some(UnplacedProblem::warning(ProblemCode::SheetNameOverruled, what, help))
}

/// A worksheet that is named after an operation, or after who comes or leaves, but whose rows are another.
fn overruled_name(worksheet: &Worksheet, operation: OperationKind) -> Option<UnplacedProblem> {
    let what = match worksheet.instruction {
        Some(Instruction::Run(named)) if named != operation => format!(
            "the worksheet is named after `{named}`, but its rows are `{operation}`, as `--operation` or the profile says"
        ),
        Some(_) => return None,
        None if Direction::of_operation(operation) == Direction::Takes && names_who_stays(&worksheet.name) => format!(
            "the worksheet is named after who stays, but its rows are `{operation}`, as `--operation` or the profile says"
        ),
        None => {
            let direction = direction_named(&worksheet.name)?;
            if !direction.is_against(Direction::of_operation(operation)) {
                return None;
            }
            let named = if direction == Direction::Gives {
                "who comes or gets something"
            } else {
                "who leaves or loses something"
            };
            format!(
                "the worksheet is named after {named}, but its rows are `{operation}`, as `--operation` or the profile says"
            )
        }
    };
    let help =
        "give each row its own in a column `operation`, or pick the worksheets that are meant with `--sheet NAME`";
    Some(UnplacedProblem::warning(ProblemCode::SheetNameOverruled, what, help))
}

/// Whether the name of the worksheet says that its rows take something away, as this operation does.
fn is_named_alike(worksheet: &Worksheet, operation: OperationKind) -> bool {
    let named = match worksheet.instruction {
        Some(Instruction::Run(named)) => Some(Direction::of_operation(named)),
        Some(Instruction::Ignore) | None => direction_named(&worksheet.name),
    };
    Direction::of_operation(operation) == Direction::Takes && named == Some(Direction::Takes)
}

/// A worksheet that is called anything, and would lose as much as the one that is named after it.
fn beside_one_named_alike(
    worksheet: &Worksheet,
    operation: OperationKind,
    named_alike: &Worksheet,
) -> Option<UnplacedProblem> {
    if !is_called_anything(worksheet) {
        return None;
    }
    let named = &named_alike.name;
    let what = format!(
        "the rows of this worksheet are `{operation}` as well as those of `{named}`, as `--operation` or the profile says"
    );
    let help = format!(
        "nothing to do if that is meant; `{}` runs those of `{named}` alone",
        sheet_flag(named)
    );
    Some(UnplacedProblem::warning(ProblemCode::SheetNameOverruled, what, help))
}

/// Whether neither an operation nor who comes or leaves is what the worksheet is called after.
fn is_called_anything(worksheet: &Worksheet) -> bool {
    worksheet.instruction.is_none() && direction_named(&worksheet.name).is_none()
}

/// Whether a worksheet has groups' rules that nothing says to set, and is called after something else than rules, as lists
/// to choose from are.
fn may_be_overview(worksheet: &Worksheet, rows: WorksheetRows) -> bool {
    const RULES: [&str; 9] = [
        "rule", "regel", "regle", "regla", "regra", "regol", "regul", "licen", "lizen",
    ];
    let key = column_key(&worksheet.name);
    let is_of_rules = || RULES.iter().any(|word| key.contains(word)) || key.contains("ルール");
    rows.rules > 0 && !is_of_rules()
}

fn inferred_rules(count: usize, other: &str) -> UnplacedProblem {
    let (rows, is) = (plural(count, "row"), if count == 1 { "is" } else { "are" });
    let what = format!(
        "the worksheet does not say what to do, and `{other}` has rows of another kind: {rows} {is} `{}`, because of the \
         groups and licences there",
        OperationKind::SetGroupLicenses
    );
    let help = format!(
        "nothing to do if that is meant; if it only shows how things are, or what to choose from, `{}` leaves it out",
        sheet_flag(other)
    );
    UnplacedProblem::warning(ProblemCode::InferredRules, what, help)
}
