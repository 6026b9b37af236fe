//! The organization as data: people, groups, licences, mails; every change goes through a method
//! that keeps its counts right. Knows nothing of HTTP.

mod demo;
mod generated;
mod groups;
mod licenses;
mod numeric;
mod organization;
mod people;
mod readable;

pub use groups::Group;
pub use licenses::{Allocation, Lease, Rule, SeatCount};
pub use numeric::{Category, GroupKind, UserKind};
pub use organization::World;
pub use people::User;
