//! Small pure helpers for words: folding, plurals, durations, nearest match, cleaning, decoding.
//!
//! Nothing here knows of sheets, users or the network.

mod ascii;
mod clean;
mod decode;
mod fold;
mod humanize;
mod nearest;
mod quotation_marks;
mod shell;
mod wrap;

pub use ascii::{each_place_of, is_lower, is_plain};
pub use clean::{clean, clean_text, escape_formula, is_unsafe, shown_path, terminal_safe, unescape_formula};
pub use decode::{NotText, decode, trimmed};
pub use fold::{fold, folded, header_key};
pub use humanize::{choose, duration, joined, joined_first, length_text, listed, number, people, plural};
pub use nearest::{is_opposite, nearest};
pub use quotation_marks::with_quotation_marks;
pub use shell::{shell_flag, shell_word};
pub use wrap::wrapped;
