//! Idle and orphaned seats matched with wanted ones: a sheet that first frees and then grants. Pure; `docs/rebalance.md` is
//! its contract.

mod choice;
mod class;
mod giving_back;
mod matching;
mod notes;
mod people;
mod proposal;
mod propose;
mod rows;
mod swaps;
mod terms;
mod wants;

pub use class::{Class, Untold};
pub use proposal::{BundleLine, COLUMNS, Counts, MissingOut, Obstacle, Proposal};
pub use propose::rebalance;
pub use terms::{Kept, Known, OwnGrant, Rules, Swap, WantedSeat};
