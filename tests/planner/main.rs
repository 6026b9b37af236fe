//! The planner against small organizations: what each operation comes to, and, for random sheets, whether
//! carrying the calls out literally ends where reading the sheet row by row would.

#![expect(clippy::unwrap_used, reason = "a helper that panics is a test that fails")]

mod calls;
mod fewest;
mod large;
mod like;
mod model;
mod oracle;
mod property;
mod random;
mod seats;
mod sheets;
mod table;
mod unchanged;
mod undo;
mod undo_cells;
mod untold_groups;
