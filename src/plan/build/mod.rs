//! Rows and the present state into what is asked of each account.
//!
//! Rows are taken in sheet order; each either changes the drafts of the accounts it is about, or ends at
//! once with a [`Verdict`](super::Verdict), in which case it has changed nothing.

mod accounts;
mod begun;
mod builder;
mod migrate;
mod new_accounts;

pub use begun::{Begun, BegunRows};
pub use builder::plan;
