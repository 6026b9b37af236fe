//! Carries a plan out.
//!
//! One dispatcher owns the state of every row and step; executors own one call each and share nothing
//! with it but messages. Refused calls are split until each guilty row stands alone; calls whose outcome
//! is lost are settled by reading back. Rows are recorded in the [`Journal`](crate::ledger::Journal)
//! before the run goes on past what the records describe.

mod alike;
mod answers;
mod dispatch;
mod forbidden;
mod hand_over;
mod judge;
mod perform;
mod queue;
mod read_back;
mod ready;
mod record;
mod rehearsal;
mod rows;
mod run;
mod send;
mod settle;
mod steps;
mod unmerge;
mod unowned;

pub use read_back::{Patience, ReadBack};
pub use rehearsal::{Rehearsed, Script, SeatsKnown, rehearse_all};
pub use run::{Engine, MaxFailures, Ran, Stopped};
