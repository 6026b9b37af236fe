//! One row.

use std::collections::BTreeMap;

use super::names::account_name;
use super::offers::IGNORE;
use crate::api::User;
use crate::directory::Snapshot;
use crate::intake::{Column, FactColumn};
use crate::model::OperationKind;
use crate::sheet::WrittenCell;

/// A row of a sheet that reseat writes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DraftRow {
    /// What it does; `None` is an `ignore` row, which is for a person to read.
    pub operation: Option<OperationKind>,
    /// What a run reads of it; `operation` and `note` aside, and without empty ones.
    pub cells: BTreeMap<Column, String>,
    /// What is for people.
    pub facts: BTreeMap<FactColumn, WrittenCell>,
    /// What a person should know.
    pub note: String,
}

impl DraftRow {
    /// A row of this operation, without cells.
    pub fn new(operation: OperationKind) -> Self {
        Self {
            operation: Some(operation),
            ..Self::default()
        }
    }

    /// A row that is not run.
    pub fn ignored() -> Self {
        Self::default()
    }

    /// The word in its operation cell.
    pub fn operation_name(&self) -> &'static str {
        self.operation.map_or(IGNORE, OperationKind::as_str)
    }

    /// The same with this cell; an empty text leaves it empty.
    #[must_use]
    pub fn cell(mut self, column: Column, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.cells.insert(column, text);
        }
        self
    }

    /// The same about this account: by its name, and bound to its id.
    #[must_use]
    pub fn about(self, snapshot: &Snapshot, user: &User) -> Self {
        let row = self.cell(Column::User, account_name(snapshot, user));
        row.cell(Column::UserId, user.id.to_string())
    }

    /// The same with this fact.
    #[must_use]
    pub fn fact(mut self, fact: FactColumn, cell: WrittenCell) -> Self {
        if cell != WrittenCell::Empty {
            self.facts.insert(fact, cell);
        }
        self
    }

    /// The same, noting this beside what is noted.
    #[must_use]
    pub fn noting(mut self, text: impl AsRef<str>) -> Self {
        if !self.note.is_empty() && !text.as_ref().is_empty() {
            self.note.push_str("; ");
        }
        self.note.push_str(text.as_ref());
        self
    }
}
