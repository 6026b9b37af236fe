//! Rows that do the opposite of what the header or the cell of a column says.

use super::header::Header;
use super::row_cells::RowCells;
use crate::intake::cells::{Column, Direction, UnplacedProblem, clean, excerpt, map_flag, order_in};
use crate::model::OperationKind;
use crate::problem::ProblemCode;
use crate::sheet::Row;

/// What to do about a column, by its header, that is not used and seems to say what is to be done.
pub(super) fn order_help(name: &str) -> String {
    let (order, none) = (map_flag(name, "operation"), map_flag(name, "note"));
    format!("{order} has each row do what its cell says; {none} says that the column is for people only")
}

/// What there is to say where a column that is not used orders the opposite of what the row does.
pub(super) fn opposite_orders<'h>(
    header: &'h Header,
    row: &'h Row,
    kind: OperationKind,
) -> impl Iterator<Item = UnplacedProblem> + 'h {
    header.orders.iter().filter_map(move |position| {
        let cell = clean(row.cell(*position).text);
        order_in(&cell).filter(|order| order.is_against(Direction::of_operation(kind)))?;
        let what = format!(
            "the column `{}` is not used, and says `{}`, but the row is `{kind}`",
            header.label(*position),
            excerpt(&cell)
        );
        let help = order_help(header.name(*position));
        Some(UnplacedProblem::error(ProblemCode::OperationNotUsed, what, help))
    })
}

/// What there is to say where a row takes people out of groups that a header says they are to be added to.
pub(super) fn groups_to_add(header: &Header, cells: &RowCells<'_>, kind: OperationKind) -> Option<UnplacedProblem> {
    let position = header.groups_to_add.filter(|_| cells.has(Column::Groups))?;
    let label = header.label(position);
    let does = match kind {
        OperationKind::SetGroups => "takes people out of all groups that are not in it",
        OperationKind::RemoveFromGroups => "takes people out of the groups in it",
        _ => return None,
    };
    let what = format!("by its header, `{label}` has groups to add, but `{kind}` {does}");
    let meant = map_flag(header.name(position), "groups");
    let help = format!("write `add-to-groups` as the operation; {meant} if they are the groups that `{kind}` is about");
    Some(UnplacedProblem::error(ProblemCode::DoubtfulHeader, what, help).at(Column::Groups))
}
