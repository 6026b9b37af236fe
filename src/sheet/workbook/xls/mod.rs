//! `.xls`, the older format of Excel: records in a compound file.

mod biff;
mod compound;
mod read;
mod shared_strings;

pub(super) use read::read;
