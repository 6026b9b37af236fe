//! Who holds seats, directly or by a group's rule, and when that person was last seen. Pure, from what was read.

mod holder;
mod list;

pub use holder::{GroupSeat, Holder};
pub use list::Holdings;
