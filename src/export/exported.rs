//! What an export gives.

use jiff::tz::TimeZone;

use super::Why;
use crate::draft::{DraftColumn, DraftRow, DraftTable, Offers};
use crate::sheet::WrittenTable;

/// The worksheets of an export, and what is to be said about them.
#[derive(Debug)]
pub struct Exported<'a> {
    /// The worksheets; in CSV each has a file of its own.
    pub tables: Vec<ExportTable<'a>>,
    /// What whoever asked should know of the filters: where they draw the line, and whom they cannot judge.
    pub told: Vec<String>,
}

impl Exported<'_> {
    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.tables.iter().all(|table| table.len == 0)
    }
}

/// A worksheet whose rows are made when they are wanted, so that a large one is never held whole.
pub struct ExportTable<'a> {
    /// Its name.
    pub name: &'static str,
    /// Its columns besides `operation` and `note`.
    pub columns: Vec<DraftColumn>,
    len: usize,
    row: RowMaker<'a>,
}

/// Makes the row of this number, with times on the clocks of a zone.
type RowMaker<'a> = Box<dyn Fn(usize, &TimeZone) -> ExportRow + Send + Sync + 'a>;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRow {
    /// Its cells.
    pub draft: DraftRow,
    /// Why it is not run; `None` if it is.
    pub why: Option<Why>,
}

impl<'a> ExportTable<'a> {
    /// A worksheet of so many rows. `row` makes one of them, the same each time, with times on the clocks of a zone.
    pub fn new(
        name: &'static str,
        columns: Vec<DraftColumn>,
        len: usize,
        row: impl Fn(usize, &TimeZone) -> ExportRow + Send + Sync + 'a,
    ) -> Self {
        let row = Box::new(row);
        Self {
            name,
            columns,
            len,
            row,
        }
    }

    /// The rows, with times on the clocks of this zone.
    pub fn rows(&self, zone: TimeZone) -> impl Iterator<Item = ExportRow> + '_ {
        (0..self.len).map(move |at| (self.row)(at, &zone))
    }

    /// The worksheet as it is written, with times on the clocks of this zone; its cells offer what the organization has.
    pub fn written(&self, zone: &TimeZone, offers: &Offers) -> WrittenTable<'_> {
        let table = DraftTable {
            name: self.name,
            columns: self.columns.clone(),
        };
        let zone = zone.clone();
        table.written_offering(offers, move || self.rows(zone.clone()).map(|row| row.draft))
    }
}

impl std::fmt::Debug for ExportTable<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = out.debug_struct("ExportTable");
        shown.field("name", &self.name).field("columns", &self.columns);
        shown.field("len", &self.len).finish_non_exhaustive()
    }
}

impl ExportRow {
    /// A row that a run does.
    pub fn run(draft: DraftRow) -> Self {
        Self { draft, why: None }
    }

    /// A row that is for a person to read.
    pub fn ignored(draft: DraftRow, why: Why) -> Self {
        let operation = None;
        Self {
            draft: DraftRow { operation, ..draft },
            why: Some(why),
        }
    }
}
