//! The planner against small organizations: what each operation comes to, and, for random sheets, whether
//! carrying the calls out literally ends where reading the sheet row by row would.

mod calls;
mod fewest;
mod model;
mod oracle;
mod property;
mod seats;
mod sheets;
mod table;
