//! `reseat rebalance`: idle and orphaned seats matched with wanted ones, as a sheet. Only sends reads.

use super::Ending;
use super::console::Console;
use super::ending::Reason;
use super::failure::Failure;
use crate::cli::RebalanceOptions;
use crate::settings::Overrides;

pub(super) fn rebalance(
    options: &RebalanceOptions,
    overrides: &Overrides,
    console: Console,
) -> Result<Ending, Failure> {
    let _ = (options, overrides, console);
    Err(Failure::new(Ending::CouldNotStart, Reason::Settings, "not there yet"))
}
