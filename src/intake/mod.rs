//! A table into typed operations or problems: headers, cells, and checks across rows.
//!
//! Works offline, on the whole sheet at once: [`check`] streams it and keeps only what is needed to
//! compare rows with each other, [`read`] keeps the rows as well. Knows nothing of the network,
//! of plans or of results.

mod address;
mod clean;
mod column;
mod content;
mod contradiction;
mod crew;
mod fact;
mod fault;
mod finish;
mod flag;
mod found;
mod group_list;
mod hash;
mod header;
mod infer;
mod license_list;
mod list;
mod needs;
mod operation;
mod options;
mod pass;
mod quota_list;
mod reading;
mod refusal;
mod result;
mod row;
mod rule;
mod shape;
mod tally;
mod typist;
mod value_reader;
mod values;
mod word;

pub use column::Column;
pub use list::print_list;
pub use needs::{Need, needs, takes};
pub use options::Options;
pub use result::{Checked, Intake, Refused, SkippedSheet, check, read};
pub use word::operation_named;
