//! A simulated UiPath organization behind real sockets: the same routes, quirks and quotas, with
//! latency and faults to order (`docs/sandbox.md`).
//!
//! `reseat sandbox` serves it, `--sandbox` uses it inside the process, and the tests and benchmarks run against it. It
//! knows nothing about the client: of this crate it imports only the nouns ([`crate::model`]) and text helpers
//! ([`crate::text`]).

mod answer;
mod config;
mod control;
mod creation;
mod directory;
mod endpoint;
mod exchange;
mod faults;
mod groups;
mod invitations;
mod license_reads;
mod licenses;
mod log;
mod orders;
mod portal;
mod profile;
mod quirks;
mod quota;
mod reply;
mod request;
mod router;
mod routes;
mod rules;
mod serve;
mod shared;
mod sign_in;
mod stats;
mod store;
mod tokens;
mod users;
mod world;

pub use config::{Config, Credentials, Edition, Population, Routes};
pub use faults::{EntriesFault, FaultKind, FaultRule, Faults, Moment, Strikes};
pub use quirks::{BulkRead, Closed, EmailChange, LicenseRoutes, Listings, PortalForm, Quirks};
pub use quota::{Quotas, RetryAfter, WindowKind};
pub use serve::{Sandbox, start};
pub use stats::RequestStats;
pub use world::{Allocation, Category, Group, GroupKind, Lease, Rule, SeatCount, User, UserKind, World};
