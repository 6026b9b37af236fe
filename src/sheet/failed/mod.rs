//! The sheet of the rows that need attention.

mod marks;
mod rows;

pub use marks::{FailedMarks, read_marks};
pub use rows::{FailedRow, FailedRows, FailedSheet, LEFT_OUT, write_failed_rows};
