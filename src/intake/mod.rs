//! A table into typed operations or problems.
//!
//! In three rooms, each of which knows nothing of the next: `cells` reads one cell, `rows` one row, and `across_rows`
//! parses the whole file and compares its rows with each other. Works offline: [`check`] keeps only what is needed for
//! the comparison, [`read()`] keeps the rows as well. Knows nothing of the network, of plans or of results.

mod across_rows;
mod cells;
mod keep_list;
mod options;
mod read;
mod rows;
mod typed_moment;
mod waiting_rows;

pub use across_rows::{HiddenRows, SkippedSheet};
pub use cells::{
    Column, EXAMPLE_DOMAIN, FactColumn, is_kept, marks_an_example, operation_help, operation_named, print_list,
    print_state,
};
pub use keep_list::{KeepList, KeptPerson, read_keep_list};
pub use options::{FinishedRows, Options, PresentLicenses};
pub use read::{Checked, Intake, check, read};
pub use rows::{MaybeGroups, Need, needs, takes};
pub use typed_moment::{TypedMoment, TypedMomentError};
pub use waiting_rows::WaitingRows;
