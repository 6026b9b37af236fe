//! Cells that lie under a merged cell of a row above, which alone has the value that all of them seem to have.

use super::row_cells::RowCells;
use super::worksheet::Worksheet;
use crate::intake::cells::{Column, ColumnSet, UnplacedProblem};
use crate::problem::ProblemCode;
use crate::sheet::{Row, Under, column_letters};

/// What there is to say of cells that an operation would take, if they did not lie under a merged cell.
pub(super) fn missed(worksheet: &Worksheet, row: &Row, cells: &RowCells<'_>, takes: ColumnSet) -> Vec<UnplacedProblem> {
    let present = worksheet.header.present.iter().map(|(column, _)| *column);
    let names_somebody = present.clone().any(|column| column.identifies() && cells.has(column));
    let is_missed = |column: Column| {
        takes.contains(column) || column == Column::NotBefore || column.identifies() && !names_somebody
    };
    present
        .filter(|column| !cells.has(*column) && is_missed(*column))
        .filter_map(|column| under_merged(worksheet, row, column))
        .collect()
}

/// What there is to say where the cell of this column lies under a merged cell of a row above, the header's aside.
pub(super) fn under_merged(worksheet: &Worksheet, row: &Row, column: Column) -> Option<UnplacedProblem> {
    let position = worksheet.header.position(column)?;
    let covers =
        |under: &&Under| under.top > worksheet.header_row && (under.columns.0..=under.columns.1).contains(&position);
    let Under { columns, top } = row.under().iter().find(covers)?;
    let what = format!(
        "the cell lies under {}{top}, which is merged with the cells below it: only that row has its value",
        column_letters(columns.0)
    );
    let help = "unmerge the cells, and write the value into each row that is to have it";
    Some(UnplacedProblem::error(ProblemCode::MergedDown, what, help).at(column))
}
