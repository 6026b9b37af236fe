//! The whole program against a simulated organization, over real sockets: what a user relies on.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod attribution;
mod calls;
mod crash;
mod faults;
mod first_try;
mod names;
mod operations;
mod resume;
mod support;
