//! What `reseat doctor` looks at, and what it makes of what was found: one [`Finding`] for each look, with what to do.
//! Pure: what is looked up, asked and measured is done in `app`.

mod check;
mod finding;
mod shown;
mod verdict;

pub use check::Check;
pub use finding::{Blame, Finding, Outcome};
pub use verdict::Verdict;
