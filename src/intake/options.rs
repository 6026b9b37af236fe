//! The options for reading a sheet.

use std::fmt;
use std::sync::Arc;

use super::cells::Column;
use crate::model::{AsOf, Capabilities, Catalogue, Operation, OperationKind, RowKey};

/// How a sheet is to be read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The operation of rows that name none (`--operation`).
    pub operation: Option<OperationKind>,
    /// Headers and the columns they mean (`--map "Work e-mail=user"`). A sheet without one of them is refused.
    pub map: Vec<(String, String)>,
    /// Headers and the columns they mean wherever a sheet has them; those of `map` come first.
    pub usual_map: Vec<(String, Column)>,
    /// The number of the header row (`--header-row`); it is looked for where `None`.
    pub header_row: Option<u32>,
    /// The worksheets to read (`--sheet`); all that have a recognisable header where `None`.
    pub sheets: Option<Vec<String>>,
    /// Whether rows and worksheets that the spreadsheet program hides are left out (`--visible-only`).
    pub visible_only: bool,
    /// Whether an `update` may give an account its first address (`--allow-email-update`).
    pub allow_email_update: bool,
    /// What the installation offers.
    pub capabilities: Capabilities,
    /// Whether rows may build on what users hold now.
    pub present_licenses: PresentLicenses,
    /// When it is, and in which zone the dates of the sheet are.
    pub as_of: AsOf,
    /// The bundle codes that are known.
    pub catalogue: Catalogue,
    /// Which rows are finished, and need not be kept.
    pub finished: FinishedRows,
}

type IsFinished = dyn Fn(&RowKey) -> bool + Send + Sync;

/// Which rows are finished, by what earlier runs recorded.
#[derive(Clone, Default)]
pub struct FinishedRows(Option<Arc<IsFinished>>);

impl FinishedRows {
    /// Those of which this is so.
    pub fn those(are_finished: impl Fn(&RowKey) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(are_finished)))
    }

    /// Whether a row need not be kept. One that may mail somebody again is, and so is one that deletes an account: they are
    /// counted, finished or not.
    pub(super) fn include(&self, key: &RowKey, operation: &Operation) -> bool {
        let mails = matches!(operation, Operation::Invite(_) | Operation::Migrate(_));
        let is_needed = mails || operation.deletes();
        !is_needed && self.0.as_ref().is_some_and(|are_finished| are_finished(key))
    }
}

impl fmt::Debug for FinishedRows {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = if self.0.is_some() { "some" } else { "none" };
        write!(out, "FinishedRows({known})")
    }
}

/// Whether what users hold now can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PresentLicenses {
    /// It can.
    #[default]
    Readable,
    /// It has to be found out from the organization.
    ToBeFoundOut,
    /// It cannot.
    Unreadable,
}
