//! What the notes of rows say.

use std::fmt::Display;

use crate::text::clean;

/// How much of a value is shown.
const SHOWN: usize = 120;

/// A value as a note quotes it.
pub(super) fn in_backticks(text: &str) -> String {
    if text.is_empty() {
        "empty".to_owned()
    } else {
        format!("`{}`", clean(text, SHOWN))
    }
}

/// `yes` or `no`, as a cell has it.
pub(super) fn yes_no(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

/// A field that somebody has changed since.
pub(super) fn foreign(field: &str, now: impl Display, left: impl Display, was: impl Display) -> String {
    format!("{field} is {now} now; the run left {left}; before it, {was}")
}
