//! Sheets as they arrive in earnest: each ends with a message that a person in HR understands, or is read.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod compound;
mod files;
mod foreign;
mod memory;
mod ods;
mod origins;
mod support;
mod workbooks;
mod xls;
