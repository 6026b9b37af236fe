//! The sheet of the rows that need attention.

mod contents;
mod csv_file;
mod marks;
mod rows;
mod table;
mod workbook_cell;
mod workbook_file;

pub use contents::{FailedRow, FailedRows, FailedSheet, LEFT_OUT, Rewrite, Rewrites};
pub use marks::{FailedMarks, read_marks};
pub use rows::write_failed_rows;
