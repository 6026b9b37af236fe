//! One request carried through: permit, quota, token, attempts, judgement.
//!
//! The order of an attempt: take a permit for one more call in flight, pass the quota, have a token, look whether the
//! run is being stopped, send, classify. No permit is kept while waiting.

mod attempt_log;
mod exchange;
mod judge;
mod permit;
mod places;
mod proven_routes;
mod redact;
mod request;
mod sign_in;
mod state;
mod token;

pub(super) use judge::Reply;
pub(super) use request::{ApiRequest, Effect};
pub use sign_in::{SCOPES, SignedIn};
pub use state::Session;
