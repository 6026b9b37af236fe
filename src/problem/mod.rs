//! Problems of the input: all at once, each with a stable code, a location and what to write instead.

mod code;
mod problems;

pub use code::ProblemCode;
pub use problems::{Location, Problem, Problems, Severity};
