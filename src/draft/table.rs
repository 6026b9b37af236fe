//! Rows as the table that is written.

use super::{DraftRow, IGNORE, Offers};
use crate::intake::{Column, FactColumn};
use crate::sheet::{WrittenCell, WrittenColumn, WrittenRows, WrittenTable};

/// What is asked of whoever types something that is not offered where a cell may hold several.
const QUESTION: (&str, &str) = (
    "Not on the list",
    "The list offers something else. Keep this if it is meant, or if there are several with ; between them.",
);

/// A column between `operation`, which is the first, and `note`, which is the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftColumn {
    /// One that a run reads.
    Read(Column),
    /// One for people.
    Fact(FactColumn),
}

/// A table of such rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftTable<'a> {
    /// The worksheet's name.
    pub name: &'a str,
    /// The columns besides `operation` and `note`.
    pub columns: Vec<DraftColumn>,
}

impl<'a> DraftTable<'a> {
    /// The table as it is written. `rows` makes the rows, perhaps more than once.
    pub fn written<R: Iterator<Item = DraftRow> + 'a>(
        self,
        rows: impl Fn() -> R + Send + Sync + 'a,
    ) -> WrittenTable<'a> {
        self.written_offering(&Offers::default(), rows)
    }

    /// The same, whose cells of groups and licences offer those of the organization.
    pub fn written_offering<R: Iterator<Item = DraftRow> + 'a>(
        self,
        offers: &Offers,
        rows: impl Fn() -> R + Send + Sync + 'a,
    ) -> WrittenTable<'a> {
        let read = |column: Column| {
            let written = WrittenColumn::new(column.as_str()).offering(offers.in_column(column));
            match column {
                Column::NotBefore => written.of_times(),
                Column::Operation => written.greying_rows(IGNORE),
                Column::Groups | Column::RemoveGroups | Column::Licenses => written.asking(QUESTION.0, QUESTION.1),
                _ => written,
            }
        };
        let first = read(Column::Operation);
        let headers = self.columns.iter().map(|column| match column {
            DraftColumn::Read(column) => read(*column),
            DraftColumn::Fact(fact) => WrittenColumn::new(fact.as_str()).for_people(),
        });
        let last = WrittenColumn::new(Column::Note.as_str()).for_people();
        let columns = self.columns.clone();
        WrittenTable {
            name: self.name.into(),
            columns: [first].into_iter().chain(headers).chain([last]).collect(),
            rows: Box::new(move || -> WrittenRows<'a> {
                let columns = columns.clone();
                Box::new(rows().map(move |row| cells(row, &columns)))
            }),
        }
    }
}

fn cells(mut row: DraftRow, columns: &[DraftColumn]) -> Vec<WrittenCell> {
    let mut cells = Vec::with_capacity(columns.len() + 2);
    cells.push(WrittenCell::text(row.operation_name()));
    cells.extend(columns.iter().map(|column| match column {
        DraftColumn::Read(column) => WrittenCell::text(row.cells.remove(column).unwrap_or_default()),
        DraftColumn::Fact(fact) => row.facts.remove(fact).unwrap_or_default(),
    }));
    cells.push(WrittenCell::text(row.note));
    cells
}
