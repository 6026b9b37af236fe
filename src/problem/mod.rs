//! Problems of the input: all at once, each with a stable code, a location and what to write instead.

mod code;
mod problems;
mod row_numbers;

pub use code::ProblemCode;
pub use problems::{Location, Problem, Problems, Severity};
pub use row_numbers::RowNumbers;
