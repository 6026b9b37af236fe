//! What worksheets are called and have beside what their rows come to: whether all of them are meant.

use std::sync::Arc;

use crate::intake::cells::{Column, Direction, Instruction, UnplacedProblem, direction_named};
use crate::intake::options::Options;
use crate::intake::rows::Worksheet;
use crate::model::OperationKind;
use crate::problem::{Problem, ProblemCode};
use crate::text::plural;

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
        }
        (None, Some((speaking, _))) => {
            let inferred = silent().filter(|(worksheet, _)| worksheet.instruction.is_none());
            for (worksheet, rows) in inferred.filter(|(worksheet, rows)| is_overview(worksheet, *rows)) {
                let problem = inferred_rules(rows.rules, &speaking.name);
                problems.push(problem.placed(worksheet.name.clone(), None, None));
            }
        }
        (None, None) => {}
    }
    problems
}

/// A worksheet that is named after an operation, or after who comes or leaves, but whose rows are another.
fn overruled_name(worksheet: &Worksheet, operation: OperationKind) -> Option<UnplacedProblem> {
    let what = match worksheet.instruction {
        Some(Instruction::Run(named)) if named != operation => format!(
            "the worksheet is named after `{named}`, but its rows are `{operation}`, as `--operation` or the profile says"
        ),
        Some(_) => return None,
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
    if worksheet.instruction.is_some() || direction_named(&worksheet.name).is_some() {
        return None;
    }
    let named = &named_alike.name;
    let what = format!(
        "the rows of this worksheet are `{operation}` as well as those of `{named}`, as `--operation` or the profile says"
    );
    let help = format!("nothing to do if that is meant; `--sheet \"{named}\"` runs those of `{named}` alone");
    Some(UnplacedProblem::warning(ProblemCode::SheetNameOverruled, what, help))
}

/// Whether a worksheet has groups' rules that nothing says to set, and columns that say more of the groups.
fn is_overview(worksheet: &Worksheet, rows: WorksheetRows) -> bool {
    rows.rules > 0 && !worksheet.header.unused.is_empty()
}

fn inferred_rules(count: usize, speaking: &str) -> UnplacedProblem {
    let (rows, is) = (plural(count, "row"), if count == 1 { "is" } else { "are" });
    let what = format!(
        "the worksheet says not what to do, as `{speaking}` does in its column `operation`: {rows} {is} \
         `{}`, because of the groups and licences there",
        OperationKind::SetGroupLicenses
    );
    let help = format!(
        "nothing to do if that is meant; if it only shows how things are, `--sheet \"{speaking}\"` leaves it out"
    );
    UnplacedProblem::warning(ProblemCode::InferredRules, what, help)
}
