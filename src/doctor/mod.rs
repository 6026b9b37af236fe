//! What `reseat doctor` looks at, and what it makes of what was found: one [`Finding`] for each look, with what to do.
//! Pure: what is looked up, asked and measured is done in `app`.

mod check;
mod finding;
mod license_reads;
mod organization;
mod quota;
mod reading;
mod refusal;
mod scopes;
mod shown;
mod sign_in;
mod state_folder;
mod verdict;

pub use check::Check;
pub use finding::{Blame, Finding, Outcome};
pub use license_reads::{LicenseRead, allocation_route_words, no_license_service, releases};
pub use organization::{FirstCall, Naming};
pub use quota::quota;
pub use reading::{Granted, Held, Reading, Route, RouteAnswer};
pub use scopes::{Asked, SCOPE_NEEDS, ScopeNeed, scopes};
pub use sign_in::SignIn;
pub use state_folder::{FolderTrial, state_folder};
pub use verdict::Verdict;
