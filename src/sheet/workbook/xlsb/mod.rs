//! `.xlsb`: parts of binary records in a zip file.

mod read;

pub(super) use read::read;
