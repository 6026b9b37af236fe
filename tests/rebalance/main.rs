//! Which seats are freed for whom, decided without an organization to ask: by tables, and for random organizations against
//! an oracle and the planner.

#![expect(clippy::unwrap_used, reason = "a helper that panics is a test that fails")]

mod carried_out;
mod classes;
mod model;
mod oracle;
mod property;
mod random;
mod sheet;
mod table;
