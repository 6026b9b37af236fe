//! Which seats are freed for whom, decided without an organization to ask.

#![expect(clippy::unwrap_used, reason = "a helper that panics is a test that fails")]

mod classes;
mod model;
mod sheet;
mod table;
