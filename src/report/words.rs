//! Counts in words, with the verb that fits. Pure.

use crate::text::{self, choose, number, plural};

/// `1 person is`, `2 people are`.
pub(super) fn people(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", text::people(count), choose(count, one, many))
}

/// The same of anything else whose plural is made with `s`.
pub(super) fn things(count: usize, noun: &str, one: &str, many: &str) -> String {
    format!("{} {}", plural(count, noun), choose(count, one, many))
}

/// ` and 2 more` where only some of them are named, and nothing where all are.
pub(super) fn and_more(all: usize, named: usize) -> String {
    match all.saturating_sub(named) {
        0 => String::new(),
        more => format!(" and {} more", number(more)),
    }
}
