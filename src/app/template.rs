//! `reseat template`: a sheet to fill in. Sends reads if an organization is configured, or nothing at all.

use super::Ending;
use super::console::Console;
use super::failure::Failure;
use crate::cli::TemplateOptions;
use crate::settings::Overrides;

pub(super) fn template(options: &TemplateOptions, overrides: &Overrides, console: Console) -> Result<Ending, Failure> {
    let _ = (options, overrides, console);
    todo!("write the template")
}
