//! Pure policies of time: quota windows, backoff, `Retry-After`, the retry decision, concurrency.
//!
//! The clock and the random number are parameters; nothing here sleeps, sends or locks.

mod backoff;
mod concurrency;
mod pacer;
mod quota;
mod rate_limit_headers;
mod retry;
mod setback;
mod simulation;

pub use backoff::Backoff;
pub use concurrency::Concurrency;
pub use pacer::{Limits, Pacer, Spent};
pub use quota::{Admission, Hold, QuotaWindow};
pub use rate_limit_headers::{RateLimitHeaders, retry_after};
pub use retry::{Attempt, AttemptOutcome, Decision, GiveUp, RetryKind, RetryPolicy, decide};
pub use simulation::{Simulated, SimulatedTraffic};
