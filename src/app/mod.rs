//! The subcommands, each wiring rooms together; and the one mapping from endings to exit codes.
//!
//! Nothing here decides anything that a lower room could decide.

mod after;
mod asked;
mod check;
mod chosen_rows;
mod code_memory;
mod codes;
mod console;
mod cost;
mod dispatch;
mod doctor;
mod ending;
mod export;
mod export_delivery;
mod export_place;
mod failed_sheet;
mod failure;
mod family;
mod first_steps;
mod guards;
mod inputs;
mod job;
mod memory;
mod move_list;
mod next;
mod object;
mod organization;
mod organization_label;
mod organization_lock;
mod panics;
mod plan;
mod prepare;
mod rebalance;
mod rebalance_codes;
mod rebalance_files;
mod rebalance_sheet;
mod rebalance_wanted;
mod relay;
mod results;
mod run;
mod runtime;
mod sandbox;
mod seat_memory;
mod secret;
mod sheet_outlet;
mod sheet_place;
mod signals;
mod state_place;
mod template;
mod template_delivery;
mod undo;
mod undo_refusals;
mod undo_sheet;

pub use dispatch::main;
pub use ending::Ending;
