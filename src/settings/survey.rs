//! What is configured and where each value comes from, whether it is complete or not.

use std::path::PathBuf;

use super::finding::Finding;
use super::inputs::{Overrides, Reach, Surroundings};
use super::load::{Settings, load};
use crate::api::BaseUrl;

/// What is configured, as far as it can be understood.
#[derive(Debug, Clone)]
pub struct Survey {
    /// The configuration file that is used; `None` where there is none.
    pub file: Option<PathBuf>,
    /// The profile in use.
    pub profile: Option<String>,
    /// Each value that was given, with where it comes from, in the order of the documents.
    pub origins: Vec<Origin>,
    /// The installation's address; a deployment's own where none is given.
    pub uri: Option<BaseUrl>,
    /// The settings, or everything that is wrong with them (warnings among it).
    pub settings: Result<Settings, Vec<Finding>>,
}

/// A value that was given, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The key in the configuration file.
    pub key: &'static str,
    /// The value as it may be shown; for a secret, where it is kept and never the secret itself.
    pub shown: String,
    /// Where it was said: a flag, a variable, a file with its line.
    pub place: String,
}

/// Looks through flags, environment and file.
pub fn survey(overrides: &Overrides, surroundings: &Surroundings<'_>) -> Survey {
    let settings = load(overrides, surroundings, Reach::Online);
    let connection = settings.as_ref().ok().and_then(|settings| settings.connection.as_ref());
    Survey {
        file: None,
        profile: None,
        origins: Vec::new(),
        uri: connection.map(|connection| connection.uri.clone()),
        settings,
    }
}
