//! What became of a sheet that was to be run.

use std::collections::BTreeMap;

use super::after::RunOutcome;
use super::approval::files::ForApproval;
use crate::model::Status;

/// What became of it.
#[derive(Debug)]
pub(super) enum Conducted {
    /// It was run.
    Ran {
        /// How that went.
        outcome: RunOutcome,
        /// The rows of its results by status before, where there were results.
        before: Option<BTreeMap<Status, usize>>,
    },
    /// Nothing was sent: somebody has to approve it first.
    ForApproval(ForApproval),
}

impl Conducted {
    /// Whether nothing has come of it that the results did not say before, as where rows still wait.
    pub(super) fn is_old_news(&self) -> bool {
        match self {
            Self::Ran { outcome, before } => before.as_ref() == Some(&outcome.counts),
            Self::ForApproval(_) => false,
        }
    }
}
