//! What a plan says of each row, in a form that can be shown, kept in a file, and compared with what a
//! later plan says of the same rows.
//!
//! Whether a plan still holds is decided here: from two lists of rows, without a file, a clock or the network.

mod compare;
mod facts;
mod resumed;
mod row;
mod seats;
mod sizes;
mod state;
#[cfg(test)]
mod tests;

pub use compare::{Difference, Since, differences};
pub use row::{Fate, RowPlan, review};
pub use seats::seat_differences;
pub use sizes::size_differences;
