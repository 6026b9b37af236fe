//! Saved plans: what `plan --save` writes, and whether `run --plan` still finds everything as it was.
//!
//! A plan is compared with the present state row by row, and its flags apply without being typed again.
//! [`SavedPlan::read`], [`write()`] and [`may_be_saved_to`] use the disk; everything else is pure.

mod check;
mod compare;
mod error;
mod facts;
mod file;
mod header;
mod options;
mod sheet_plan;

pub use compare::{Difference, Since, differences};
pub use error::SavedPlanError;
pub use file::{SavedPlan, may_be_saved_to, write};
pub use header::{PlanHeader, PlanOrganization, path_beside};
pub use options::SavedOptions;
pub use sheet_plan::{RowPlan, SheetPlan};

#[cfg(test)]
mod tests;
