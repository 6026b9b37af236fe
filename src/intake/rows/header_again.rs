//! A header among the rows: of a second table, in a second language, or of another file that was put below the first.

use super::header::names;
use super::meanings::{HeaderMap, Meanings};
use super::row_cells::RowCells;
use super::worksheet::Worksheet;
use crate::intake::cells::{Column, UnplacedProblem, column_key, is_header};
use crate::problem::ProblemCode;
use crate::sheet::{Row, column_letters};
use crate::text::{clean, joined};

/// A longer cell is no header.
const LONGEST: usize = 40;

/// A row that is a header.
#[derive(Debug)]
pub(super) struct HeaderAgain {
    pub(super) problem: UnplacedProblem,
    /// Whether what is below it cannot be read under the first one, because a column is another there.
    pub(super) is_of_another_table: bool,
}

/// What there is to say of a row whose cells are headers, one of them in a column that says whom rows are about.
pub(super) fn header_again(worksheet: &Worksheet, row: &Row, cells: &RowCells<'_>) -> Option<HeaderAgain> {
    let header = &worksheet.header;
    let mut identifying = header.present.iter().filter(|(column, _)| column.identifies());
    let (subject, position) = identifying.find(|(column, _)| cells.has(*column))?;
    if !is_header_word(cells.get(*subject), header.name(*position)) {
        return None;
    }
    let names = names(row);
    let meanings = Meanings::of(&names, &HeaderMap::new());
    let (mut known, mut repeated, mut is_of_another_table) = (0, 0, false);
    for (position, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        let above = header.present.iter().find(|(_, at)| *at == position);
        let above = above.map(|(column, _)| *column).filter(|column| column.is_meaningful());
        let meant = meanings.columns[position];
        if above.is_some() && column_key(name) == column_key(header.name(position)) {
            repeated += 1;
        } else if above.is_some() && meant.is_none() {
            return None;
        } else {
            is_of_another_table |= meant.is_some_and(Column::is_meaningful) && meant != above;
        }
        known += usize::from(above.is_some());
    }
    // One word may be what somebody is called.
    let is_header = known > 1 || repeated == 1 || *subject == Column::Email;
    is_header.then(|| HeaderAgain {
        problem: problem(&names, worksheet, row.number(), is_of_another_table),
        is_of_another_table,
    })
}

/// Whether a cell is a header by itself, or the one above it.
fn is_header_word(cell: &str, above: &str) -> bool {
    // Asked of every row that does not say itself what to do; nearly all name somebody by an address.
    let is_of_names = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'@' | b'.' | b'\\');
    if cell.len() > LONGEST || cell.as_bytes().iter().any(is_of_names) {
        return false;
    }
    cell.eq_ignore_ascii_case(above) || is_header(&column_key(cell))
}

fn problem(names: &[String], worksheet: &Worksheet, row: u32, is_of_another_table: bool) -> UnplacedProblem {
    let header_row = worksheet.header_row;
    let filled = names.iter().enumerate().filter(|(_, name)| !name.is_empty());
    let labels: Vec<String> = filled
        .map(|(position, name)| format!("{} (column {})", clean(name, 60), column_letters(position)))
        .collect();
    let what = format!("the row is a header again: {}", joined(&labels, 4));
    let help = if is_of_another_table {
        format!(
            "what is below it is not read under the header in row {header_row}: put it into a worksheet or a file of its own; \
             --header-row {row} reads it alone"
        )
    } else {
        format!(
            "take it out, and look whether the rows below it are meant as well: they are read under the header in row {header_row}"
        )
    };
    UnplacedProblem::error(ProblemCode::HeaderAgain, what, worksheet.or_left_out(help))
}

/// What there is to say of a row below the header of another table, which stands in this row.
pub(super) fn below_header_again(header: u32) -> UnplacedProblem {
    UnplacedProblem::error(
        ProblemCode::HeaderAgain,
        format!("the row stands below row {header}, which is the header of another table"),
        "put that table into a worksheet or a file of its own",
    )
}
