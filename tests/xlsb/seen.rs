//! What is read of a file.

use reseat::model::Shared;
use reseat::sheet::{CellKind, Row, SheetError, Source, Visit, Visitor};

/// All that a visitor is shown.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The worksheets with rows, in order.
    pub(crate) sheets: Vec<String>,
    pub(crate) hidden_sheets: Vec<String>,
    /// The first and the last of each.
    pub(crate) hidden_columns: Vec<(usize, usize)>,
    /// Name and reason.
    pub(crate) skipped: Vec<(String, String)>,
    pub(crate) rows: Vec<Row>,
}

impl Visitor for Seen {
    fn sheet(&mut self, sheet: &Shared<str>) -> Visit {
        self.sheets.push(sheet.to_string());
        Visit::Rows
    }

    fn sheet_is_hidden(&mut self) {
        self.hidden_sheets.extend(self.sheets.last().cloned());
    }

    fn columns_are_hidden(&mut self, columns: (usize, usize)) {
        self.hidden_columns.push(columns);
    }

    fn sheet_skipped(&mut self, sheet: &Shared<str>, reason: &str) {
        self.skipped.push((sheet.to_string(), reason.to_owned()));
    }

    fn row(&mut self, row: &mut Row) -> Visit {
        self.rows.push(row.clone());
        Visit::Rows
    }
}

impl Seen {
    pub(crate) fn of(mut bytes: &[u8]) -> Result<Self, SheetError> {
        let mut seen = Self::default();
        Source::from_reader(&mut bytes)?.read(&mut seen)?;
        Ok(seen)
    }

    /// Each row as its number and its cells: `2: ann | TRUE`.
    pub(crate) fn shown(&self) -> Vec<String> {
        let shown = |row: &Row| {
            let cells: Vec<_> = row.cells().map(|cell| cell.text.to_owned()).collect();
            format!("{}: {}", row.number(), cells.join(" | "))
        };
        self.rows.iter().map(shown).collect()
    }

    /// The text and the kind of each cell of the only row.
    pub(crate) fn cells(&self) -> Vec<(&str, CellKind)> {
        assert_eq!(self.rows.len(), 1);
        self.rows[0].cells().map(|cell| (cell.text, cell.kind)).collect()
    }
}
