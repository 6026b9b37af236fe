//! `.xlsx` and `.xlsm`: parts of XML in a zip file.

mod hidden_rows;
mod read;

pub(super) use read::read;
