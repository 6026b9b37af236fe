//! The simulated organization over real sockets: one test for each quirk that clients rely on.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod faults;
mod groups;
mod leases;
mod licenses;
mod people;
mod portal;
mod quotas;
mod sign_in;
mod state;
mod support;
mod users;
