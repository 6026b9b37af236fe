//! UiPath's endpoints as typed calls, each stating whether it may be repeated; every error body into one typed error.
//!
//! Reading is lenient (the documents contradict each other and the service), judging is strict: only an answer of the
//! right kind counts as success. This room knows nothing of rows and plans.

mod address;
mod base_url;
mod client;
mod config;
mod departure;
mod error;
mod error_body;
mod groups;
mod jwt;
mod learned;
mod licenses;
mod new_accounts;
mod portal;
mod read;
mod session;
mod tally;
mod types;
mod user;
mod users;

pub use base_url::{BaseUrl, BaseUrlFault};
pub use client::Client;
pub use config::{Config, Credentials, Routes};
pub use departure::DepartureGate;
pub use error::{CallError, ErrorCode, Failure, OwnCode, ServerCode};
pub use session::SignedIn;
pub use tally::Tally;
pub use types::{
    Allocation, Answer, EntityType, Group, GroupRule, Invitation, InviteReply, NewUser, Page, Receipt, Resolved, Seats,
    UserUpdate,
};
pub use user::{PackedTexts, User, UserTexts};
