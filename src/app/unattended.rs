//! One sheet run by nobody: with the profile's settings, without questions, its words in a text of its own.

use std::path::{Path, PathBuf};

use super::ending::Ended;
use super::signals::Signals;
use crate::settings::Settings;

/// A sheet that is to be run, in a folder of its own.
pub(super) struct SheetJob<'a> {
    /// Of the profile whose folder the sheet came to.
    pub(super) settings: &'a Settings,
    /// The sheet. Its results, failed sheet and pages are written beside it.
    pub(super) sheet: &'a Path,
    /// The plan that somebody has approved, if somebody has: it has to hold still. It stays beside the sheet as long as that
    /// has rows that wait.
    pub(super) approved: Option<&'a Path>,
    /// Stops the run as Ctrl-C does.
    pub(super) signals: &'a Signals,
}

/// What became of it.
#[derive(Debug)]
pub(super) struct SheetEnd {
    /// How it ended.
    pub(super) end: HowEnded,
    /// What a person would have seen on the terminal, plain; files beside the sheet are named without their folder, as
    /// they all go elsewhere together.
    pub(super) told: String,
}

/// How a sheet ended.
#[derive(Debug)]
pub(super) enum HowEnded {
    /// As `run` ends.
    Ran(Ended),
    /// Nothing was sent: somebody would lose access, which nobody has approved.
    NeedsApproval {
        /// The plan as a page.
        page: PathBuf,
        /// The plan to carry out once it is approved.
        plan: PathBuf,
    },
    /// A bug in reseat ended it; what is recorded is valid, and running it again continues.
    Bug,
}

/// Runs the sheet, or plans it where it has to be approved. Blocks its thread, so that organizations run side by side on
/// a thread each.
pub(super) fn run_sheet(_job: &SheetJob<'_>) -> SheetEnd {
    unimplemented!()
}
