//! What `reseat doctor` looks at, and what it makes of what was found: one [`Finding`] for each look, with what to do.
//! Pure: what is looked up, asked and measured is done in `app`.

mod check;
mod configuration;
mod file;
mod finding;
mod first_steps;
mod license_reads;
pub mod network;
mod organization;
mod overview;
mod quota;
mod reading;
mod refusal;
mod scopes;
mod secret;
mod shown;
mod sign_in;
mod state_folder;
mod verdict;

pub use check::Check;
pub use configuration::{configuration, untold_of_runs};
pub use file::{FileOutcome, file};
pub use finding::{Blame, Finding, Outcome};
pub use first_steps::{Commands, Essential, FirstSteps};
pub use license_reads::{LicenseRead, LicenseService, allocation_route_words, releases};
pub use organization::{FirstCall, Naming};
pub use overview::overview;
pub use quota::quota;
pub use reading::{Granted, Held, Reading, Route, RouteAnswer, in_a_while, nothing_answered};
pub use scopes::{Asked, SCOPE_NEEDS, ScopeNeed, scopes};
pub use secret::{Likeness, SecretSeen, Suspicion, is_quoted, no_secret, secret};
pub use shown::Block;
pub use sign_in::SignIn;
pub use state_folder::{FolderTrial, state_folder};
pub use verdict::Verdict;
