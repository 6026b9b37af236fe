//! The organization as data: people, groups, licences, mails; every change goes through a method
//! that keeps its counts right. Knows nothing of HTTP.

mod company;
mod demo;
mod directory;
mod entities;
mod generated;
mod groups;
mod licenses;
mod numeric;
mod organization;
mod passing;
mod people;
mod readable;
pub(super) mod zoneless;

pub use entities::{Allocation, Group, Lease, Rule, SeatCount, User};
pub use numeric::{Category, GroupKind, UserKind};
pub use organization::World;
