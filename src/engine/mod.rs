//! Carries a plan out.
//!
//! [`Machine`] decides: events come in, effects go out, and it touches neither socket nor file nor clock. [`Engine::run`]
//! drives it for a run, [`forecast`] on a simulated clock for a plan, so that what is foretold and what is done follow
//! the same decisions. Rows are recorded in the [`Journal`](crate::ledger::Journal) before the run goes on past what the
//! records describe.

mod driver;
mod forecast;
mod machine;
mod outcome;
mod read_back;
mod request;

pub use driver::Engine;
pub use forecast::{Calls, Circumstances, Forecast, Reading, SimulatedCall, Timing, forecast};
pub use machine::{Departure, Effect, Input, Machine, Recording, Setup, TaskId, Urgency};
pub use outcome::{AfterStop, MaxFailures, Ran, Stopped};
pub use read_back::{Lack, Patience, ReadBack, Successor};
pub use request::{Reply, Request};
