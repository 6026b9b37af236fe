//! UiPath's endpoints as typed calls, each stating whether it may be repeated; every error body into one typed error.

mod client;
mod error;
mod tally;
mod types;

pub use client::Client;
pub use error::{CallError, Failure};
pub use tally::Tally;
pub use types::{
    Allocation, Answer, EntityType, Group, GroupRule, Invitation, InviteReply, NewUser, Page, Receipt, Resolved, Seats,
    User, UserUpdate,
};
