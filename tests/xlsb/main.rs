//! `.xlsb`, record by record: written here with every kind of record, and by other programs.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod cells;
mod files;
mod seen;
mod workbooks;
mod writer;
