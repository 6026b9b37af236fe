//! Bytes of a CSV or a workbook into rows of cells with positions.
//!
//! Knows files, encodings, delimiters and worksheets; knows nothing of operations, headers
//! or users. Rows are streamed, one at a time, through a [`Row`] whose memory is used again.

mod column_letters;
mod delimited;
mod distinct_names;
mod encoding_doubt;
mod error;
mod failed;
mod foreign;
mod input;
mod named_encoding;
mod recognise;
mod row;
mod source;
mod visitor;
mod workbook;
mod workbook_text;
mod worksheet_names;
mod written;

pub use column_letters::column_letters;
pub use delimited::{DecodingReader, Lines, TextEncoding, detect_encoding};
pub use encoding_doubt::EncodingDoubt;
pub use error::SheetError;
pub use failed::{
    FailedMarks, FailedRow, FailedRows, FailedSheet, LEFT_OUT, Rewrite, Rewrites, read_marks, write_failed_rows,
};
pub use named_encoding::{NamedEncoding, is_no_letter};
pub use row::{Cell, CellKind, HEADER_ROWS, MalformedRow, Row, Under};
pub use source::{STDIN, Source};
pub use visitor::{Visit, Visitor};
pub use written::{
    Existing, MOST_ROWS, NOT_ROWS, PageLine, WrittenCell, WrittenColumn, WrittenFormat, WrittenPage, WrittenPart,
    WrittenRows, WrittenTable, disk_error, may_write_sheet, save_file, save_readings, save_sheet, write_refusal,
    write_sheet_csv,
};
