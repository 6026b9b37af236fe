//! Which side each membership change is made from: the account's or the group's.

mod group_calls;
mod overflow;
mod sides;
mod vertex_cover;

pub(super) use group_calls::{Edge, Side};
pub(super) use sides::senders;
