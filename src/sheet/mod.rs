//! Bytes of a CSV or a workbook into rows of cells with positions.
//!
//! Knows files, encodings, delimiters and worksheets; knows nothing of operations, headers
//! or users. Rows are streamed, one at a time, through a [`Row`] whose memory is used again.

mod archive;
mod biff;
mod bounded;
mod compound;
mod decode;
mod delimiter;
mod encoding;
mod error;
mod extract;
mod guard;
mod hidden_rows;
mod input;
mod letters;
mod number;
mod ods;
mod ods_cell;
mod raw;
mod record;
mod row;
mod row_builder;
mod shared_strings;
mod source;
mod text_file;
mod visitor;
mod workbook;
mod workbook_fault;

pub use error::SheetError;
pub use extract::{Mark, Marks, write_extract};
pub use guard::is_guarded;
pub use letters::column_letters;
pub use row::{Cell, CellKind, Row, RowFault};
pub use source::{STDIN, Source};
pub use visitor::{Visit, Visitor};
