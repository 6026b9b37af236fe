//! What is to be in a sheet of failed rows.

use std::collections::HashMap;

use crate::model::{RowKey, Shared};

/// What is written next to a row that needs attention.
#[derive(Debug, Clone)]
pub struct FailedRow {
    /// For the column `reseat_status`.
    pub status: String,
    /// For the column `reseat_message`.
    pub message: String,
    /// Whether the row does not run without its secret.
    pub needs_secret: bool,
    /// What the row is known by in the results of the sheet that it came from, for the column `reseat_key`.
    pub key: RowKey,
}

/// The rows to write, by worksheet (empty for a CSV) and row number.
pub type FailedRows = HashMap<(Shared<str>, u32), FailedRow>;

/// How a cell is written that is not certain without the others of its column; `None` where it is.
pub type Rewrite = fn(&str) -> Option<String>;

/// The columns that are rewritten, by worksheet and position.
pub type Rewrites = HashMap<Shared<str>, Vec<(usize, Rewrite)>>;

/// What to write in a sheet of failed rows.
#[derive(Debug)]
pub struct FailedSheet<'a> {
    /// The rows.
    pub rows: &'a FailedRows,
    /// The number of the header row of each worksheet that was read.
    pub headers: &'a HashMap<Shared<str>, u32>,
    /// The column of each worksheet whose cells are left out, because they are secrets.
    pub secrets: &'a HashMap<Shared<str>, usize>,
    /// The columns whose cells are written otherwise, so that they mean the same without the rest of the sheet.
    pub rewrites: &'a Rewrites,
    /// The file name of the sheet that the rows came from in the first place.
    pub of: &'a str,
}

/// Stands where a secret was left out of a sheet of failed rows. It is no value: a row must not run without what was in
/// its cell.
pub const LEFT_OUT: &str = "<left out>";
