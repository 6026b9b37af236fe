//! The results file: format, lock, writer, reader, and the pure decision what a rerun does with each row.

mod journal;
mod record;

pub use journal::{Durable, Journal, JournalError};
pub use record::Record;
