//! Moves of everybody of one mail domain to another.
//!
//! New addresses are made by a pattern out of names, which are spelt by a table of our own (`letters.csv`), or are given by
//! a list. Nobody gets an address that anybody else might have: such rows are for a person to decide.

mod addresses;
mod language;
mod letter_rules;
mod letters;
mod local_part;
mod mover;
mod obstacle;
mod pattern;
mod request;
mod rows;
mod spelling;
#[cfg(test)]
mod tests;

pub use addresses::Addresses;
pub use language::{Language, UnknownLanguage};
pub use pattern::{Pattern, PatternError};
pub use request::{MoveRequest, RequestError};
pub use rows::moves;
