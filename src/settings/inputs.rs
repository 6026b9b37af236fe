//! What settings are made from: flags, environment and folders, and whether an organization is talked to.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the flags said; `None` if they said nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--config`
    pub config: Option<PathBuf>,
    /// `--profile`
    pub profile: Option<String>,
    /// `--uri`
    pub uri: Option<String>,
    /// `--organization`
    pub organization: Option<String>,
    /// `--organization-id`
    pub organization_id: Option<String>,
    /// `--client-id`
    pub client_id: Option<String>,
    /// `--concurrency`, from 1 to [`MOST_CONCURRENCY`](Self::MOST_CONCURRENCY).
    pub concurrency: Option<u32>,
    /// `--retries`, at most [`MOST_RETRIES`](Self::MOST_RETRIES).
    pub retries: Option<u32>,
    /// `--max-wait`
    pub max_wait: Option<Duration>,
}

impl Overrides {
    /// The most calls that may be in flight at a time.
    pub const MOST_CONCURRENCY: u32 = 256;
    /// The most repetitions of one call.
    pub const MOST_RETRIES: u32 = 100;
}

/// The process's surroundings, as parameters.
pub struct Surroundings<'a> {
    /// The environment's variables.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// The working folder.
    pub working_folder: &'a Path,
    /// The platform's folder for configuration, as [`config_folder`](super::config_folder) finds it.
    pub config_folder: Option<&'a Path>,
}

/// Whether the command talks to an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It does not: the connection is not judged, and is absent from the settings.
    Offline,
    /// It does: a connection that is not complete is an error.
    Online,
}

/// What it means that the configuration file or the profile that was named does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// A mistake.
    Fault,
    /// It is about to be written.
    ToBeWritten,
}
