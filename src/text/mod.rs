//! Small pure helpers for words: folding, plurals, durations, nearest match, cleaning.
//!
//! Nothing here knows of sheets, users or the network.

mod ascii;
mod clean;
mod fold;
mod nearest;
mod words;

pub use ascii::{is_lower, is_plain};
pub use clean::{clean, defuse, harmless, is_unsafe, rearm};
pub use fold::{fold, header_key};
pub use nearest::nearest;
pub use words::{duration, joined, number, plural};
