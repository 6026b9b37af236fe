//! The row as a line of cells: its quotes, what is struck through, and whether it is as wide as the header.

use super::header::Header;
use super::recurring_problems::{Recurring, RecurringProblems};
use super::row_cells::RowCells;
use crate::intake::cells::{
    Column, UnplacedProblem, bare_address, clean, direction_named, excerpt, is_line_of_text, is_of_a_client, order_in,
};
use crate::model::Email;
use crate::problem::ProblemCode;
use crate::sheet::{MalformedRow, Row, column_letters};
use crate::text::number;

/// What is wrong with the row as a line of cells, be it the header or a row under it.
pub(in crate::intake) fn malformed_row(header: &Header, row: &Row) -> Option<UnplacedProblem> {
    let malformed = row.malformed()?;
    let has_other_width = row.len() < header.width || row.len() > header.labels().len();
    Some(match malformed {
        MalformedRow::UnclosedQuote { column } => unclosed(header, column),
        MalformedRow::PerhapsUnclosed { column } if has_other_width => unclosed(header, column),
        MalformedRow::PerhapsUnclosed { .. } => return None,
        MalformedRow::TextAfterQuote { column } => {
            let what = format!(
                "the double quote that closes {} is followed by text, so it closes nothing or what follows is lost",
                header.label(column)
            );
            let help = "double the quotes inside the cell, or leave all of them out";
            UnplacedProblem::error(ProblemCode::TextAfterQuote, what, help)
        }
        MalformedRow::StrayQuote { column, is_rest } => {
            let what = format!("the double quote at the end of {} closes nothing", header.label(column));
            let help = "if one is missing at the beginning of the cell, put it there, or leave this one out";
            if is_rest || has_other_width {
                let what = format!("{what}, and the cells of the row are not where they belong");
                UnplacedProblem::error(ProblemCode::StrayQuote, what, help)
            } else {
                UnplacedProblem::warning(ProblemCode::StrayQuote, format!("{what}, and is read as text"), help)
            }
        }
        MalformedRow::SpaceBeforeQuote { column } => {
            let what = format!(
                "the spaces before the double quote in {} make it a part of the text",
                header.label(column)
            );
            UnplacedProblem::error(
                ProblemCode::SpaceBeforeQuote,
                what,
                "leave out the spaces, or the quotes",
            )
        }
        MalformedRow::TooLong => UnplacedProblem::error(
            ProblemCode::RowTooLong,
            "the row is longer than 4 MiB, or has more than the 16,384 cells of a spreadsheet program",
            "see whether this is a sheet at all",
        ),
    })
}

/// A line of text below the rows, `Approved by:`, that has an address behind it and would be a row about somebody who only
/// signed the sheet.
pub(super) fn line_of_text(header: &Header, row: &Row, cells: &RowCells<'_>) -> Option<UnplacedProblem> {
    let position = (0..row.len()).find(|position| !row.text(*position).trim_start().is_empty())?;
    let names = [Column::Name, Column::Surname, Column::DisplayName];
    let is_text =
        header.unused.contains(&position) || names.iter().any(|column| header.position(*column) == Some(position));
    let first = row.text(position).trim();
    if !is_text || !first.ends_with([':', '：']) || !first.contains(char::is_alphabetic) {
        return None;
    }
    let people = [Column::User, Column::Email, Column::Username];
    if !people.iter().any(|column| cells.has(*column)) {
        return None;
    }
    // Who only signed has a day beside the address at most; `Finance:` before the cells of a row is a team.
    let is_signed = |column: &Column| {
        people.contains(column)
            || matches!(column, Column::NotBefore | Column::Note)
            || header.position(*column) == Some(position)
    };
    let mut filled = header.present.iter().map(|(column, _)| column);
    if filled.any(|column| cells.has(*column) && !is_signed(column)) {
        return None;
    }
    let what = format!(
        "the row begins with `{}`, so it is rather a line of text than a row",
        excerpt(first)
    );
    let help = "take it out of the table, or the colon out of the cell if it is a row";
    Some(UnplacedProblem::error(ProblemCode::LineOfText, what, help))
}

/// What there is to say of a line of text where something else of a row belongs.
pub(super) fn no_row(text: &str, instead: &str) -> UnplacedProblem {
    let what = format!("`{}` is rather a line of text than {instead}", excerpt(text));
    let help = "take it out of the table, and look whether the rows below it are meant as well";
    UnplacedProblem::error(ProblemCode::LineOfText, what, help)
}

/// The cells that hold something, with their positions; not those of columns that reseat adds to failed rows.
fn filled<'r>(header: &'r Header, row: &'r Row) -> impl Iterator<Item = (usize, &'r str)> {
    let is_added = |position| {
        Column::ADDED
            .iter()
            .any(|column| header.position(*column) == Some(position))
    };
    let cells = row.cells().map(|cell| cell.text.trim()).enumerate();
    cells.filter(move |(position, text)| !text.is_empty() && !is_added(*position))
}

/// What there is to say of a row that is a heading among the rows, `Please remove:` or `Leavers`, and fills no cell that says whom a row is
/// about: the rows below it are not like those above.
pub(super) fn heading(header: &Header, row: &Row) -> Option<UnplacedProblem> {
    let mut filled = filled(header, row);
    let (position, first) = filled.next()?;
    let is_read_as_such = |(column, at): &(Column, usize)| {
        *at == position && (column.identifies() || matches!(column, Column::Operation | Column::Group | Column::Groups))
    };
    if filled.next().is_some() || header.present.iter().any(is_read_as_such) {
        return None;
    }
    let text = clean(first);
    (text.ends_with([':', '：']) || direction_named(&text).is_some()).then(|| no_row(&text, "a row"))
}

/// What there is to say of a line of text that fills one cell of its row alone, that of operations.
pub(super) fn text_for_operation(header: &Header, row: &Row, text: &str) -> Option<UnplacedProblem> {
    let is_alone = filled(header, row).count() == 1;
    let is_text = || is_line_of_text(text) || text.contains(char::is_whitespace) && order_in(text).is_none();
    (is_alone && is_text()).then(|| no_row(text, "an operation"))
}

/// Whether a row is a line that a database client, or a page of text, prints around the rows of a table: a ruler, `-----`,
/// or how many rows there are.
pub(super) fn is_printed(header: &Header, row: &Row) -> bool {
    /// Somebody may be called `--`.
    const SHORTEST: usize = 3;
    // As sheets of failed rows keep a spreadsheet program from computing it.
    let mut filled = filled(header, row).map(|(_, text)| text.trim_start_matches('\''));
    // So it is with nearly no row.
    let Some(first) = filled.next().filter(|text| {
        text.starts_with(|letter: char| letter.is_ascii_digit() || matches!(letter, '-' | '=' | '+' | '|' | ':' | '('))
    }) else {
        return false;
    };
    let Some(second) = filled.next() else {
        return is_of_a_client(first);
    };
    let is_ruler = |text: &str| text.len() >= SHORTEST && text.trim_matches(['-', '=', '+', ':', ' ']).is_empty();
    is_ruler(first) && is_ruler(second) && filled.all(is_ruler)
}

/// Whether a part of a list is struck through, which is rather an item than a slip of the pen.
pub(super) fn has_struck_item(header: &Header, row: &Row) -> bool {
    const LISTS: [Column; 4] = [Column::Groups, Column::RemoveGroups, Column::Licenses, Column::Quotas];
    let is_list = |position: &usize| LISTS.iter().any(|column| header.position(*column) == Some(*position));
    row.struck_parts().iter().any(is_list)
}

fn unclosed(header: &Header, column: usize) -> UnplacedProblem {
    let what = format!(
        "the double quote in {} is not closed, so the rows after it are lost in the cell",
        header.label(column)
    );
    UnplacedProblem::error(ProblemCode::UnclosedQuote, what, "close the quote, or leave it out")
}

/// Compares the cells of the row with those of the header, whatever they say.
pub(super) fn check_width(
    header: &Header,
    row: &Row,
    is_csv: bool,
    recurring: &mut RecurringProblems,
) -> Option<UnplacedProblem> {
    let mut surplus = None;
    let filled = |position: usize| !row.cell(position).text.trim().is_empty();
    let is_ours = |position| {
        let mut ours = Column::ADDED.iter();
        ours.any(|column| header.position(*column) == Some(position))
    };
    let extra = (header.width..row.len()).find(|position| filled(*position) && !is_ours(*position));
    if let Some(position) = extra {
        // In a CSV a cell too many is a delimiter that was not quoted, so that the cells after it are in wrong columns.
        if is_csv {
            let what = format!(
                "the row has more cells than the header's {}: column {} and what follows belong to nothing",
                number(header.width),
                column_letters(position)
            );
            let is_address = |position: usize| Email::fault(bare_address(&clean(row.text(position)))).is_none();
            let help = if (position - 1..row.len()).all(|position| !filled(position) || is_address(position)) {
                "write one person a row"
            } else {
                "put a cell that has the delimiter in it in double quotes"
            };
            surplus = Some(UnplacedProblem::error(ProblemCode::TooManyCells, what, help));
        } else {
            recurring.add(Recurring::CellWithoutHeader, row.number());
        }
    }
    if header.unnamed().iter().any(|position| filled(*position)) {
        recurring.add(Recurring::CellWithoutHeader, row.number());
    }
    if is_csv && row.len() < header.width {
        recurring.add(Recurring::ShortRow, row.number());
    }
    surplus
}
