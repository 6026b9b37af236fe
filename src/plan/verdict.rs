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

impl Verdict {
    /// The end of a row with this status, for this reason, in these words.
    pub fn new(status: Status, code: impl Into<RowCode>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
        }
    }

    /// All is as the row wants it already.
    pub fn unchanged(message: impl Into<String>) -> Self {
        Self::new(Status::Unchanged, RowCode::None, message)
    }

    /// Whether somebody has to do something before the row can succeed. What a guard refused is `skipped` and needs
    /// that too; rows that the sheet itself leaves out have no verdict.
    pub fn needs_a_person(&self) -> bool {
        self.status.needs_a_person()
    }
}
