//! What is told of a row by which cells are filled.

use super::column::{Column, ColumnSet};
use super::fault::Fault;
use super::header::Header;
use super::row::Cells;
use super::tally::Tally;
use crate::model::OperationKind;
use crate::problem::{ProblemCode, Severity};
use crate::sheet::{Row, RowFault, column_letters};

/// Columns that any row may have.
const FREE: ColumnSet = ColumnSet::of(&[
    Column::Operation,
    Column::Note,
    Column::ReseatStatus,
    Column::ReseatMessage,
]);

/// What is wrong with the row as such, be it the header or under it.
pub(super) fn row_fault(header: &Header, row: &Row) -> Option<Fault> {
    Some(match row.fault()? {
        RowFault::UnclosedQuote { column } => {
            let what = format!(
                "the double quote in {} is not closed, so the rows after it are lost in the cell",
                header.label(column)
            );
            Fault::error(ProblemCode::UnclosedQuote, what, "close the quote, or leave it out")
        }
        RowFault::SpaceBeforeQuote { column } => {
            let what = format!(
                "the spaces before the double quote in {} make it a part of the text",
                header.label(column)
            );
            Fault::error(
                ProblemCode::SpaceBeforeQuote,
                what,
                "leave out the spaces, or the quotes",
            )
        }
        RowFault::TooLong => Fault::error(
            ProblemCode::RowTooLong,
            "the row is longer than 4 MiB, or has more than the 16,384 cells of a spreadsheet program",
            "see whether this is a sheet at all",
        ),
    })
}

/// Looks at where cells are and are not, whatever they say.
pub(super) fn check_shape(header: &Header, row: &Row, is_csv: bool, tally: &mut Tally) -> Option<Fault> {
    let mut surplus = None;
    let filled = |position: usize| !row.cell(position).text.trim().is_empty();
    let is_ours = |position| {
        let ours = [Column::ReseatStatus, Column::ReseatMessage];
        ours.iter().any(|column| header.position(*column) == Some(position))
    };
    let extra = (header.width..row.len()).find(|position| filled(*position) && !is_ours(*position));
    if let Some(position) = extra {
        if is_csv {
            let what = format!(
                "the row has more cells than the header's {}: column {} and what follows belong to nothing",
                header.width,
                column_letters(position)
            );
            let help = "put a cell that has the delimiter in it in double quotes";
            surplus = Some(Fault::error(ProblemCode::TooManyCells, what, help));
        } else {
            tally.unnamed(row.number());
        }
    }
    if header.unnamed().iter().any(|position| filled(*position)) {
        tally.unnamed(row.number());
    }
    if is_csv && row.len() < header.width {
        tally.short(row.number());
    }
    surplus
}

/// Takes out what is told of a cell that is known not to hold a value at all: the findings from `from` on about a column
/// of which an error before them speaks.
pub(super) fn drop_echoes(faults: &mut Vec<Fault>, from: usize) {
    let spoilt = erroneous(&faults[..from]);
    if spoilt.is_empty() {
        return;
    }
    let mut position = 0;
    faults.retain(|fault| {
        position += 1;
        position <= from || !fault.column.is_some_and(|column| spoilt.contains(column))
    });
}

/// The columns that an error is about.
pub(super) fn erroneous(faults: &[Fault]) -> ColumnSet {
    let mut columns = ColumnSet::default();
    for fault in faults.iter().filter(|fault| fault.severity == Severity::Error) {
        if let Some(column) = fault.column {
            columns.insert(column);
        }
    }
    columns
}

/// The cells of a row after it was read as its operation asks.
pub(super) struct Unused<'c, 'r> {
    pub(super) kind: OperationKind,
    pub(super) cells: &'c Cells<'r>,
    /// The columns that were made use of.
    pub(super) used: ColumnSet,
    pub(super) row: u32,
}

impl Unused<'_, '_> {
    /// Counts the cells that the operation does not take, and the numbers where text is expected.
    pub(super) fn note(&self, header: &Header, tally: &mut Tally) {
        let Self { kind, cells, used, row } = *self;
        if cells.filled.minus(used).minus(FREE).is_empty() && cells.numbers.is_empty() {
            return;
        }
        for (column, _) in &header.present {
            if cells.has(*column) && !used.contains(*column) && !FREE.contains(*column) {
                tally.ignored(kind, *column, row);
            }
            if cells.numbers.contains(*column) && used.contains(*column) {
                tally.number(*column, row);
            }
        }
    }
}
