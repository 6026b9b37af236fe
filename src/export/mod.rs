//! The present state as a sheet that a run accepts back: users, licences, groups' rules, and moves to another domain. Pure;
//! `docs/export.md` is its contract.

mod filter;
pub mod moves;

pub use filter::{Filter, FilterError};
