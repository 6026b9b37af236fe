//! Findings about the input: all at once, each with a stable code, a place and what to do.

mod problems;

pub use problems::{Problem, Problems, Severity, Spot};
