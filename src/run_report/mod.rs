//! What became of a job, for whoever asked for it: results files and the records of their runs, folded into what was
//! asked, done, not done and why, and which seats that took. Pure: shown as a web page or as a workbook.

mod access;
mod cause;
mod changed;
mod fold;
mod gaps;
mod masking;
mod outcome;
mod page;
mod people;
mod reported_file;
mod row;
mod runs;
mod seats;
mod shape;
mod verdict;
mod words;
mod workbook;

pub use access::AccessChanges;
pub use cause::Cause;
pub use fold::{CauseFacts, Example, FileFacts, MissedOut, RunReport, Waits, fold};
pub use masking::Masking;
pub use outcome::{Counts, Outcome};
pub use page::WrittenReport;
pub use people::{People, called};
pub use reported_file::ReportedFile;
pub use row::RowInWords;
pub use runs::RunFacts;
pub use seats::SeatFacts;
pub use shape::ReportShape;
pub use verdict::verdict;
pub use workbook::RowFault;
