//! `reseat watch`: each sheet that is dropped into a folder is run, and ends in a folder below it.

use super::Ending;
use super::console::Console;
use super::ending::Reason;
use super::failure::Failure;
use crate::cli::WatchOptions;
use crate::settings::Overrides;

pub(super) fn watch(_options: &WatchOptions, _overrides: &Overrides, _console: Console<'_>) -> Result<Ending, Failure> {
    Err(Failure::new(Ending::CouldNotStart, Reason::Settings, "not built yet"))
}
