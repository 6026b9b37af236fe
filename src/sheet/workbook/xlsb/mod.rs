//! `.xlsb`: parts of binary records in a zip file.

mod cell;
mod merged;
mod read;
mod records;
mod rich_text;
mod shared_strings;
mod styles;
mod workbook_part;
mod worksheet;

pub(super) use read::read;
