//! Small pure helpers for words: folding, plurals, durations, nearest match, cleaning.
//!
//! Nothing here knows of sheets, users or the network.

mod clean;
mod fold;
mod nearest;
mod words;

pub use clean::{clean, defuse, rearm};
pub use fold::{fold, header_key};
pub use nearest::nearest;
pub use words::{duration, joined, number, plural};
