//! The subcommands, each wiring rooms together; and the one map from endings to exit codes.
//!
//! Nothing here decides anything that a lower room could decide.

mod codes;
mod configured;
mod connect;
mod console;
mod ending;
mod failure;
mod generate;
mod panics;
mod runtime;
mod sandbox;
mod start;

pub use ending::Ending;
pub use start::main;
