//! The organization's present state as read: users, groups, allocations, seats and group rules,
//! and the resolution of a sheet's references against it.
//!
//! [`read`] brings in what [`Needs`] asks for by the cheapest way; [`Snapshot`] answers without the network. Nothing
//! here knows about rows, steps or planned changes.

mod accounts;
mod administrators;
mod again;
mod allocation_reading;
mod allocations;
mod error;
mod everybody;
mod forecast;
mod gaps;
mod groups;
mod index;
mod inheritance;
mod last_use_reading;
mod last_uses;
mod lease_reading;
mod lease_starts;
mod leases;
mod licenses;
mod listing;
mod lookup;
mod needs;
mod next_read;
mod paging;
mod people;
mod reader;
mod snapshot;
mod suggestion;
mod untold_groups;
mod users;

pub use accounts::Accounts;
pub use again::{Again, Present};
pub use allocations::{Allocations, HowRead, ReadAllocations};
pub use error::ReadError;
pub use forecast::{Listings, read_back_calls};
pub use gaps::Gap;
pub use groups::Groups;
pub use index::Found;
pub use last_uses::LastUses;
pub use lease_reading::lease_pages;
pub use lease_starts::{LeaseStarts, lease_starts};
pub use leases::Leases;
pub use needs::{Blocks, Detail, Holders, Needs, NewcomersGroups, Rules, Scope, Want};
pub use paging::ListingShape;
pub use reader::{ReadOptions, Reader, read};
pub use snapshot::{Administrators, Contents, Snapshot};
pub use untold_groups::MOST_ASKED_FOR_GROUPS;

#[cfg(test)]
mod tests;
