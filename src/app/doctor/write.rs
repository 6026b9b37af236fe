//! The configuration file that is written from what was found.

use super::calls::Found;
use super::findings::Findings;
use crate::app::console::Console;
use crate::app::failure::Failure;
use crate::settings::{Overrides, Survey};

/// Writes it.
///
/// # Errors
/// If it cannot be written, or would replace one.
pub(super) fn write(
    known: &Survey,
    found: &Found,
    overrides: &Overrides,
    console: Console,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let _ = (known, found, overrides, console, findings);
    todo!("write the configuration file")
}
