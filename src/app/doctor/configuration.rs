//! The configuration, and whether its secret can be read.

use super::findings::Findings;
use crate::app::failure::Failure;
use crate::settings::{Overrides, Survey};

/// Looks at it.
///
/// # Errors
/// If there is no working folder.
pub(super) fn look(overrides: &Overrides, findings: &mut Findings) -> Result<Survey, Failure> {
    let _ = findings;
    crate::app::inputs::survey(overrides, crate::settings::Absence::Fault)
}
