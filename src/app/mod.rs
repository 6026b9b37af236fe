//! The subcommands, each wiring rooms together; and the one map from endings to exit codes.
//!
//! Nothing here decides anything that a lower room could decide.

mod after;
mod check;
mod choice;
mod codes;
mod configured;
mod console;
mod cost;
mod ending;
mod failure;
mod generate;
mod guards;
mod job;
mod memory;
mod next;
mod organization;
mod panics;
mod plan;
mod prepare;
mod relay;
mod results;
mod run;
mod runtime;
mod sandbox;
mod sheet;
mod signals;
mod start;

pub use ending::Ending;
pub use start::main;
