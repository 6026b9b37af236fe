//! The whole file: its rows are parsed, on several threads where that helps, and then compared with each other.

mod comparison;
mod contradiction;
mod cross_check;
mod file_parser;
mod header_search;
mod mapping;
mod parallel;
mod worksheet_names;

pub use file_parser::{HiddenRows, SkippedSheet};

pub(super) use cross_check::cross_check;
pub(super) use file_parser::{ParsedFile, parse_file};
pub(super) use parallel::Parallelism;
