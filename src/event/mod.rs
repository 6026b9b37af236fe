//! The vocabulary of a run: everything that happens is said once, as an [`Event`], and every
//! output (progress bar, plain lines, tests) is made from events.

mod call;
mod vocabulary;

pub use call::{Method, Service};
pub use vocabulary::{Event, Observer, WaitReason, silent};
