//! The API client against a scripted server, under a virtual clock, and against the sandbox over real sockets.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod attempts;
mod between;
mod lease_starts;
mod leases;
mod quirks;
mod sandbox;
mod sign_in;
mod simulated_traffic;
mod support;
mod whole;
