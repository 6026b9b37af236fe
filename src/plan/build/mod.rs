//! Rows and the present state into the requests for each account.
//!
//! Rows are processed in sheet order; each either changes the drafts of its accounts, or ends at once with a
//! [`Verdict`](super::Verdict), in which case it has changed nothing.

mod accounts;
mod administrator_tally;
mod begun;
mod builder;
mod group_rules;
mod identity;
mod last_administrator;
mod leases;
mod licenses;
mod like;
mod mail_again;
mod makers;
mod members;
mod migrate;
mod new_accounts;
mod offboard;
mod overtaken;
mod unchanged;

pub use begun::{Begun, BegunRows, Finished};
pub use builder::plan;
