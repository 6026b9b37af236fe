//! The rows as the sheet that is written.

use strum::IntoEnumIterator;

use super::row::{RowKind, UndoRow};
use crate::draft::{IGNORE, Offers};
use crate::intake::Column;
use crate::model::Place;
use crate::sheet::{WrittenCell, WrittenColumn, WrittenRows, WrittenTable};

/// How many rows of the results file a note names.
const MOST_ROWS: usize = 5;

/// The sheet of these rows: `operation`, `user`, `user_id`, the columns that any of them fills, and `note`.
pub fn table(rows: &[UndoRow]) -> WrittenTable<'_> {
    let always = [Column::User, Column::UserId];
    let used: Vec<Column> = always
        .into_iter()
        .chain(
            Column::iter()
                .filter(|column| !always.contains(column) && rows.iter().any(|row| row.cells.contains_key(column))),
        )
        .collect();
    let offers = Offers::default();
    let read = |column: Column| WrittenColumn::new(column.as_str()).offering(offers.in_column(column));
    let mut columns = vec![read(Column::Operation)];
    columns.extend(used.iter().copied().map(read));
    columns.push(WrittenColumn::new(Column::Note.as_str()).for_people());
    let rows = move || -> WrittenRows<'_> {
        let used = used.clone();
        let cells = move |row: &UndoRow| {
            let columns = used.iter();
            let cells = columns.map(|column| row.cells.get(column).cloned().unwrap_or_default());
            let first = operation(row).to_owned();
            let whole = [first].into_iter().chain(cells).chain([note(row)]);
            whole.map(WrittenCell::text).collect()
        };
        Box::new(rows.iter().map(cells))
    };
    WrittenTable {
        name: "Undo".into(),
        columns,
        rows: Box::new(rows),
    }
}

pub(super) fn operation(row: &UndoRow) -> &'static str {
    match row.kind {
        RowKind::PutsBack(kind) => kind.as_str(),
        RowKind::Decide(_) => IGNORE,
    }
}

fn note(row: &UndoRow) -> String {
    let mut places: Vec<String> = row.undoes.iter().take(MOST_ROWS).map(Place::to_string).collect();
    if row.undoes.len() > MOST_ROWS {
        places.push(format!("{} more", row.undoes.len() - MOST_ROWS));
    }
    let undoes = format!("undoes {}", places.join(", "));
    if row.note.is_empty() {
        undoes
    } else {
        format!("{undoes}: {}", row.note)
    }
}
