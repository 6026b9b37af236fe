//! Idle and orphaned seats matched with wanted ones: a sheet that first frees and then grants. Pure; `docs/rebalance.md` is
//! its contract.

mod class;
mod proposal;
mod terms;

pub use class::Class;
pub use proposal::{BundleLine, COLUMNS, Counts, MissingOut, Obstacle, Proposal, Untold, rebalance};
pub use terms::{Kept, Known, OwnGrant, Rules, Swap, WantedSeat};
