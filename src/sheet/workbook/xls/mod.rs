//! `.xls`, the older format of Excel: records in a compound file.

mod bytes;
mod code_page;
mod compound;
mod formula;
mod globals;
mod layout;
mod read;
mod records;
mod shared_strings;
mod text;
mod worksheet;

pub(super) use read::read;
