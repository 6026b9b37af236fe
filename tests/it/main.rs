//! The whole program against a simulated organization, over real sockets: what a user relies on.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod attribution;
mod between;
mod calls;
mod codes;
mod crash;
mod disk;
mod documents;
mod editions;
mod endings;
mod export;
mod export_moves;
mod export_unchanged;
mod failed_sheet;
mod faults;
mod first_try;
mod forecast;
mod guards;
mod header;
mod hopeless;
mod json_endings;
mod leases;
mod lies;
mod like;
mod migrate;
mod moves;
mod names;
mod not_before;
mod offboard;
mod one_entry;
mod operations;
mod oracle;
mod outage;
mod outputs;
mod people;
mod quarter;
mod reactivation;
mod rebalance;
mod recheck;
mod resume;
mod saved_plan;
#[cfg(unix)]
mod secrets;
mod set_groups;
mod shown;
mod sign_in;
mod storm;
mod support;
mod told;
mod torture;
mod turns;
mod undo;
mod unless_changed;
mod used_since;
mod user_id;
