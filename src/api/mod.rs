//! UiPath's endpoints as typed calls, each stating whether it may be repeated; every error body into one typed error.
//!
//! Reading is lenient (the documents contradict each other and the service), judging is strict: only an answer of the
//! right kind counts as success. This room knows nothing of rows and plans.

mod allocations;
mod base_url;
mod call_stats;
mod client;
mod clock;
mod config;
mod departure;
mod document;
mod endpoint_variant;
mod error;
mod error_body;
mod group_lists;
mod group_rules;
mod groups;
mod json;
mod jwt;
mod leases;
mod license_service;
mod new_accounts;
mod page;
mod refusal_words;
mod session;
mod told_time;
mod types;
mod urls;
mod user;
mod user_licenses;
mod user_texts;
mod users;

pub use base_url::{BaseUrl, BaseUrlError, is_loopback};
pub use call_stats::CallStats;
pub use client::Client;
pub use config::{Config, Credentials, Routes};
pub use departure::{DepartureGate, GateQuestion, Waited};
pub use error::{CallError, ErrorCode, Failure, OwnCode, ServerCode};
pub use error_body::OauthError;
pub use group_lists::GroupLists;
pub use page::Page;
pub use session::{SCOPES, Session, SignedIn};
pub use told_time::ToldTime;
pub use types::{
    Allocation, AllocationRoute, Answer, Certainty, Evidence, Group, GroupRule, Invitation, Lease, LeaseRoute,
    LeaseStart, LicensedUser, Member, NewAccountReply, NewUser, Receipt, ReleaseReply, ReleaseRoute, Resolved, Seats,
    UserLicenses, UserUpdate,
};
pub use user::{User, UserKind};
pub use user_texts::{PackedTexts, UserTexts};
