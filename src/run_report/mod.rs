//! What became of a job, for whoever asked for it: results files and the records of their runs, folded into what was
//! asked, done, not done and why, and which seats that took. Pure: shown as a web page or as a workbook.

mod cause;
mod fold;
mod masking;
mod outcome;
mod people;
mod runs;
mod seats;

pub use cause::Cause;
pub use fold::{CauseFacts, FileFacts, MissedOut, ReportedFile, RunReport, Waits, fold};
pub use masking::Masking;
pub use outcome::{Counts, Outcome};
pub use people::People;
pub use runs::RunFacts;
pub use seats::SeatFacts;
