//! `reseat report`: what became of a job, for whoever asked for it. No network.

use super::Ending;
use super::console::Console;
use super::ending::Reason;
use super::failure::Failure;
use crate::cli::ReportOptions;

pub(super) fn report(_options: &ReportOptions, _console: Console<'_>) -> Result<Ending, Failure> {
    Err(Failure::new(Ending::CouldNotStart, Reason::Settings, "not built yet"))
}
