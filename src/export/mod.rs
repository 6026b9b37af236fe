//! The present state as a sheet that a run accepts back: users, licences, groups' rules, and moves to another domain. Pure;
//! `docs/export.md` is its contract.
//!
//! Each export is a function of the [`Present`] and the filters that gives [`Exported`].

mod domain;
mod exported;
mod facts;
mod filter;
mod groups;
mod licenses;
pub mod moves;
mod present;
mod selection;
mod users;
mod why;

pub use domain::{Domain, DomainError};
pub use exported::{ExportRow, ExportTable, Exported};
pub use filter::{Filter, FilterError};
pub use groups::groups;
pub use licenses::licenses;
pub use present::Present;
pub use selection::refuse_filters_about_people;
pub use users::{Memberships, users};
pub use why::Why;
