//! The settings of this very process.

use super::Ending;
use super::console::Console;
use super::failure::{Failure, told};
use crate::cli::Target;
use crate::settings::{self, Overrides, Reach, Settings, Surroundings};

/// The settings for a command that talks to an organization: the sandbox needs no connection.
///
/// # Errors
/// Everything wrong with the configuration.
pub(super) fn configured_for(target: Target, overrides: &Overrides, console: Console) -> Result<Settings, Failure> {
    let reach = match target {
        Target::Configured => Reach::Online,
        Target::Sandbox => Reach::Offline,
    };
    configured(overrides, reach, console)
}

/// The settings from flags, environment and file; warnings are told.
///
/// # Errors
/// Everything wrong with the configuration.
pub(super) fn configured(overrides: &Overrides, reach: Reach, console: Console) -> Result<Settings, Failure> {
    let environment = |name: &str| std::env::var(name).ok();
    let working_folder = std::env::current_dir().map_err(|error| Failure::of(Ending::CouldNotStart, &error))?;
    let config_folder = settings::config_folder(&environment);
    let surroundings = Surroundings {
        environment: &environment,
        working_folder: &working_folder,
        config_folder: config_folder.as_deref(),
    };
    let settings = settings::load(overrides, &surroundings, reach).map_err(Failure::configuration)?;
    for warning in &settings.warnings {
        console.tell(told(warning));
    }
    Ok(settings)
}
