//! Sheets that reseat itself writes for people to look at, change and run: tables as CSV or as a workbook.
//!
//! Whatever is written here is read again as it was by [`intake`](crate::intake); no cell is a formula for any program.

mod choices;
mod csv_file;
mod file;
mod line_breaks;
mod page;
mod part;
mod table;
mod workbook_file;

pub use crate::files::Existing;
pub use choices::{MOST_ROWS, NOT_ROWS};
pub use file::{WrittenFormat, may_write_sheet, save_file, save_readings, save_sheet, write_refusal, write_sheet_csv};
pub use page::{PageLine, WrittenPage};
pub use part::WrittenPart;
pub use table::{WrittenCell, WrittenColumn, WrittenRows, WrittenTable};
pub use workbook_file::disk_error;
