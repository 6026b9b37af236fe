//! What became of a job, for whoever asked for it: results files and the records of their runs, folded into what was
//! asked, done, not done and why, and which seats that took. Pure: shown as a web page or as a workbook.

mod masking;

pub use masking::Masking;
