//! Pure policies of time: quota windows, backoff, `Retry-After`, the retry decision, concurrency.
//!
//! The clock and the random number are parameters; nothing here sleeps, sends or locks.

mod backoff;
mod concurrency;
mod pacer;
mod quota;
mod retry;
mod simulation;
mod wishes;

pub use backoff::Backoff;
pub use concurrency::Concurrency;
pub use pacer::{Limits, Pacer, Spent};
pub use quota::{Admission, Hold, QuotaWindow};
pub use retry::{Attempt, Decision, GiveUp, Happened, Repeatable, RetryKind, RetryPolicy, decide};
pub use simulation::SimulatedTraffic;
pub use wishes::{Allowance, retry_after};
