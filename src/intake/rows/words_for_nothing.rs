//! What to write where a cell holds a word for nothing or everything: `NULL`, `-`, `Keine`, `all`.

use super::operations::{Need, needs};
use super::row_cells::RowCells;
use crate::intake::cells::{
    Column, ColumnSet, UnplacedProblem, columns_with_errors, excerpt, is_everything, is_never, is_none_wanted,
    is_nothing,
};
use crate::model::OperationKind;
use crate::problem::{ProblemCode, Severity};

/// Says with the problems of words for nothing what to write if nothing is meant, which depends on the operation: an empty
/// cell is no answer where a row needs one. Where the cell is refused, its warning is dropped, and the error says it; unless it
/// is the cell that says whom the row is about.
pub(super) fn answer_words_for_nothing(
    kind: Option<OperationKind>,
    cells: &RowCells<'_>,
    problems: &mut Vec<UnplacedProblem>,
) {
    let refused = columns_with_errors(problems);
    // Where no operation takes such a name, people's words for nothing are answered as those of programs.
    let mut answered = ColumnSet::default();
    for column in [Column::Licenses, Column::UnlessChangedFrom] {
        if refused.contains(column) && is_none_wanted(cells.get(column)) {
            answered.insert(column);
        }
    }
    problems.retain_mut(|problem| {
        if problem.code != ProblemCode::WordForNothing {
            return true;
        }
        let Some(column) = problem.column else {
            return true;
        };
        if refused.contains(column) {
            answered.insert(column);
            return false;
        }
        if let Some(instead) = instead_of_nothing(kind, column, cells) {
            instead.clone_into(&mut problem.help);
        }
        true
    });
    let says_never = is_never(cells.get(Column::UnlessUsedSince));
    let says_everything = kind == Some(OperationKind::RemoveLicenses) && is_everything(cells.get(Column::Licenses));
    let has_quotas = || {
        let cell = cells.get(Column::Licenses);
        kind == Some(OperationKind::SetGroupLicenses)
            && cell.contains(['=', ':', '('])
            && cell.contains(|letter: char| letter.is_ascii_digit())
    };
    for problem in problems {
        let Some(column) = problem.column.filter(|_| problem.severity == Severity::Error) else {
            continue;
        };
        let instead = match column {
            Column::UnlessUsedSince if says_never => {
                "leave the cell empty for somebody who never signed in".clone_into(&mut problem.help);
                continue;
            }
            Column::Licenses if says_everything => {
                "to take all away, write `release-licenses` as the operation to let group rules apply again, or \
                 `block-licenses` for no licence at all"
            }
            Column::Licenses if has_quotas() => {
                "how many seats a group may take stands in a column `quotas`: ATTUNU=10; TSTNU=5"
            }
            _ if answered.contains(column) && !column.identifies() => {
                instead_of_nothing(kind, column, cells).unwrap_or("leave the cell empty if nothing is meant")
            }
            _ => continue,
        };
        problem.help = format!("{instead}; else {}", problem.help);
    }
}

/// A warning of a word for all groups where somebody is to leave some, or for none where those of somebody are set. A group
/// may be called so.
pub(super) fn word_for_groups(kind: OperationKind, cells: &RowCells<'_>) -> Option<UnplacedProblem> {
    /// No such word is longer, in bytes.
    const LONGEST: usize = 14;
    let is_word = |column: &&Column| (1..=LONGEST).contains(&cells.get(**column).len());
    let leaves = |column: &Column| kind == OperationKind::RemoveFromGroups || *column == Column::RemoveGroups;
    let columns = [Column::Groups, Column::Group, Column::RemoveGroups];
    columns.iter().filter(is_word).find_map(|column| {
        let cell = cells.get(*column);
        let help = if leaves(column) && is_everything(cell) {
            "to take somebody out of every group, write `set-groups` as the operation and <clear> into `groups`; nothing to do if \
             a group is called so"
        } else if kind == OperationKind::SetGroups
            && *column == Column::Groups
            && is_none_wanted(cell)
            && !is_nothing(cell)
        {
            "write <clear> if none but Everyone is meant; nothing to do if a group is called so"
        } else {
            return None;
        };
        let what = format!("`{}` is read as the name of a group", excerpt(cell));
        Some(UnplacedProblem::warning(ProblemCode::WordForNothing, what, help).at(*column))
    })
}

/// What to write if nothing is meant by a cell that cannot be left empty; `None` if it can.
fn instead_of_nothing(kind: Option<OperationKind>, column: Column, cells: &RowCells<'_>) -> Option<&'static str> {
    let kind = kind?;
    match (kind, column) {
        (_, Column::UnlessChangedFrom) => Some("write <none> if there was nothing"),
        (OperationKind::SetLicenses, Column::Licenses) => Some(
            "if none is meant, write `release-licenses` as the operation to let group rules apply again, or \
             `block-licenses` for no licence at all",
        ),
        (OperationKind::SetGroupLicenses, Column::Licenses) => {
            Some("if none is meant, write `clear-group-licenses` as the operation")
        }
        (OperationKind::Migrate, Column::Licenses | Column::Groups) => {
            Some("leave the cell empty if what the old account has is to be taken over")
        }
        (OperationKind::SetGroups, Column::Groups) => Some("write <clear> if none but Everyone is meant"),
        _ => needs(kind)
            .iter()
            .any(|need| match need {
                Need::Column(needed) => *needed == column,
                Need::OneOf(columns) => {
                    let is_another = |other: &&Column| **other != column;
                    columns.contains(&column) && !columns.iter().filter(is_another).any(|other| cells.has(*other))
                }
            })
            .then_some("leave the row out, or write `ignore` as its operation, if nothing is to be done"),
    }
}
