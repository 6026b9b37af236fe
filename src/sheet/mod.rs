//! Bytes of a CSV or a workbook into rows of cells with positions.
//!
//! Knows files, encodings, delimiters and worksheets; knows nothing of operations, headers
//! or users. Rows are streamed, one at a time, through a [`Row`] whose memory is used again.

mod archive;
mod biff;
mod bounded_xml;
mod column_letters;
mod compound;
mod decode;
mod delimiter;
mod encoding;
mod error;
mod failed_marks;
mod failed_rows;
mod hidden_rows;
mod input;
mod number;
mod ods;
mod ods_cell;
mod raw_reader;
mod reader_panics;
mod record;
mod row;
mod row_builder;
mod shared_strings;
mod source;
mod text_file;
mod visitor;
mod workbook;
mod workbook_error;

pub use column_letters::column_letters;
pub use decode::DecodingReader;
pub use encoding::{TextEncoding, detect as detect_encoding};
pub use error::SheetError;
pub use failed_marks::{FailedMarks, read_marks};
pub use failed_rows::{FailedRow, FailedRows, FailedSheet, LEFT_OUT, write_failed_rows};
pub use reader_panics::is_catching_panics;
pub use row::{Cell, CellKind, MalformedRow, Row};
pub use source::{STDIN, Source};
pub use visitor::{Visit, Visitor};
