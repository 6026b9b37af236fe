//! Workbooks: a folder for each format, and what they have in common.

mod archive;
mod bounded_xml;
mod error;
mod error_code;
mod excel_value;
mod merged;
mod number;
mod number_format;
mod ods;
mod package;
mod read;
mod row_builder;
mod shared_texts;
mod struck;
mod styles;
mod xls;
mod xlsb;
mod xlsx;

pub(in crate::sheet) use archive::{Archive, inspect};
pub(in crate::sheet) use error::{LIMIT_MIB, WorkbookError};
pub(in crate::sheet) use number::{write_date, write_number};
pub(in crate::sheet) use read::{WorkbookFormat, read};
