//! Carries a plan out.
//!
//! [`Machine`] decides: inputs go in, effects come out, and it touches no socket, file or clock. [`Engine::run`] drives
//! it for a run, [`forecast()`] on a simulated clock for a plan, so the forecast and the run follow the same decisions.
//! Rows are recorded in the [`Journal`](crate::ledger::Journal) before the run moves past what the records describe.

mod driver;
mod forecast;
mod lease_calls;
mod machine;
mod outbox;
mod outcome;
mod read_back;
mod recheck;
mod reply;
mod request;
mod shared_look;

pub use driver::Engine;
pub use forecast::{Calls, Circumstances, Forecast, Reading, SimulatedCall, Timing, forecast};
pub use machine::{Departure, Effect, Input, Looks, Machine, Moment, Recording, Setup, TaskId, Tries, Urgency};
pub use outcome::{AfterStop, MaxFailures, Ran, SeatsMoved, Stopped};
pub use read_back::{Lack, Leavers, Patience, ReadBack, Remnant, Successor};
pub use recheck::{OnChange, Recheck};
pub use reply::{Reply, TakenAway};
pub use request::Request;
