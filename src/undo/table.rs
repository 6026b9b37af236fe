//! The rows as the sheet that is written.

use std::collections::HashSet;

use strum::IntoEnumIterator;

use super::row::UndoRow;
use crate::draft::{DraftColumn, DraftRow, DraftTable};
use crate::intake::Column;
use crate::model::Place;
use crate::sheet::WrittenTable;
use crate::text::number;

/// How many rows of the results file a note names.
const MOST_ROWS: usize = 5;

/// The sheet of these rows: `operation`, `user`, `user_id`, the columns that any of them fills, and `note`.
pub fn table(rows: &[UndoRow]) -> WrittenTable<'_> {
    let always = [Column::User, Column::UserId];
    let is_used =
        |column: &Column| !always.contains(column) && rows.iter().any(|row| row.draft.cells.contains_key(column));
    let columns = always.into_iter().chain(Column::iter().filter(is_used));
    let table = DraftTable {
        name: "Undo",
        columns: columns.map(DraftColumn::Read).collect(),
    };
    table.written(move || rows.iter().map(draft))
}

fn draft(row: &UndoRow) -> DraftRow {
    DraftRow {
        note: note(row),
        ..row.draft.clone()
    }
}

fn note(row: &UndoRow) -> String {
    // A row that has left the sheet keeps its number, which another row may have by now.
    let mut seen = HashSet::new();
    let places = row
        .undoes
        .iter()
        .filter(|place| seen.insert((&*place.sheet, place.row)));
    let mut places: Vec<String> = places.map(place).collect();
    let more = places.len().saturating_sub(MOST_ROWS);
    places.truncate(MOST_ROWS);
    if more > 0 {
        places.push(format!("{} more", number(more)));
    }
    let undoes = format!("undoes {}", places.join(", "));
    if row.draft.note.is_empty() {
        undoes
    } else {
        format!("{undoes}: {}", row.draft.note)
    }
}

fn place(place: &Place) -> String {
    if place.sheet.is_empty() {
        place.to_string()
    } else {
        format!("row {} of `{}`", place.row, place.sheet)
    }
}
