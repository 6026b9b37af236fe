//! What became of a sheet that was to be run.

use super::after::RunOutcome;
use super::approval_files::ForApproval;

/// What became of it.
#[derive(Debug)]
pub(super) enum Conducted {
    /// It was run.
    Ran(RunOutcome),
    /// Nothing was sent: somebody has to approve it first.
    ForApproval(ForApproval),
}
