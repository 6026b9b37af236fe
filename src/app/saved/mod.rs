//! A plan in a file: what `plan --save` keeps, and whether `run --plan` finds everything as it was.

mod file;
mod holds;
mod job;
mod options;
mod paths;

pub(super) use file::{Head, Origin, SavedPlan, Whose, may_be_saved_to, write};
pub(super) use holds::{check, check_organization};
pub(super) use job::Job;
pub(super) use options::SavedOptions;
pub(super) use paths::{beside, found_from};
