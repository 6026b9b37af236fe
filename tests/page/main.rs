//! The page that `report` and `plan` write: as text, and in a browser.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod as_text;
mod in_a_browser;
mod pages;
