//! What is fuzzed: whatever comes from outside, through the doors that reseat itself uses.
//!
//! Each function takes any bytes and must neither panic nor go on for long.

mod answer;
mod cells;
mod results;
mod sheet;

pub use answer::answer;
pub use cells::cells;
pub use results::results;
pub use sheet::sheet;

/// Ends the process at a panic, on whatever thread.
pub fn abort_on_panic() {
    std::panic::set_hook(Box::new(|info| {
        eprintln!("{info}");
        std::process::abort();
    }));
}
