//! The end of a row that gets no call.

use super::RowCode;
use crate::model::Status;

/// The end of a row that needs no call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Its status.
    pub status: Status,
    /// Why, for programs.
    pub code: RowCode,
    /// The message of the results file.
    pub message: String,
}
