//! Whose folder a sheet was dropped into, and the settings that it is run with.

use std::io;
use std::path::{Path, PathBuf};

use crate::app::failure::Failure;
use crate::app::first_steps::unusable;
use crate::app::inputs::with_variables;
use crate::settings::{self, Overrides, Reach, Settings};
use crate::watch::RESERVED;

/// A drop folder and the profile that its sheets are run with.
#[derive(Debug, Clone)]
pub(super) struct Post {
    /// The profile as it is shown.
    pub(super) profile: String,
    /// The drop folder.
    pub(super) folder: PathBuf,
    /// The drop folder that it lies in, if it is one of a profile.
    pub(super) within: Option<PathBuf>,
    overrides: Overrides,
    heeds: Heeds,
}

/// What says which organization it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heeds {
    /// Flags, environment and file, as for every command.
    Everything,
    /// The profile in the file alone: a variable that names an organization would make one of all of them.
    TheFile,
}

impl Post {
    /// The drop folder itself.
    pub(super) fn whole(folder: &Path, overrides: &Overrides) -> Self {
        let in_variable = std::env::var("RESEAT_PROFILE")
            .ok()
            .filter(|name| !name.trim().is_empty());
        let profile = overrides.profile.clone().or(in_variable);
        Self {
            profile: profile.unwrap_or_else(|| "default".to_owned()),
            folder: folder.to_owned(),
            within: None,
            overrides: overrides.clone(),
            heeds: Heeds::Everything,
        }
    }

    /// The folders below it that have the name of a profile, and the names of those that are no profile's and none of
    /// reseat's.
    pub(super) fn below(
        folder: &Path,
        overrides: &Overrides,
        profiles: &[String],
    ) -> io::Result<(Vec<Self>, Vec<String>)> {
        let (mut posts, mut strays) = (Vec::new(), Vec::new());
        for entry in fs_err::read_dir(folder)? {
            let entry = entry?;
            if !entry.file_type()?.is_dir() {
                continue;
            }
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            if name.starts_with('.') || RESERVED.contains(&name.as_str()) {
                continue;
            }
            if !profiles.contains(&name) {
                strays.push(name);
                continue;
            }
            posts.push(Self {
                profile: name.clone(),
                folder: entry.path(),
                within: Some(folder.to_owned()),
                overrides: Overrides {
                    profile: Some(name),
                    uri: None,
                    organization: None,
                    organization_id: None,
                    client_id: None,
                    ..overrides.clone()
                },
                heeds: Heeds::TheFile,
            });
        }
        posts.sort_by(|one, other| one.profile.cmp(&other.profile));
        Ok((posts, strays))
    }

    /// The settings, as they are now.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(super) fn settings(&self) -> Result<Settings, Failure> {
        let names_an_organization =
            |name: &str| name.starts_with("UIPATH_") || ["RESEAT_ORGANIZATION_ID", "RESEAT_PROFILE"].contains(&name);
        let environment = |name: &str| {
            if self.heeds == Heeds::TheFile && names_an_organization(name) {
                return None;
            }
            std::env::var(name).ok()
        };
        let loaded = with_variables(&environment, |surroundings| {
            settings::load(&self.overrides, surroundings, Reach::Online)
        })?;
        loaded.map_err(unusable)
    }
}

/// The names of all profiles.
pub(super) fn profiles(overrides: &Overrides) -> Result<Vec<String>, Failure> {
    let names = with_variables(&|name| std::env::var(name).ok(), |surroundings| {
        settings::profiles(overrides, surroundings)
    })?;
    names.map_err(Failure::configuration)
}

/// What is wrong, on one line.
pub(super) fn on_one_line(failure: &Failure) -> String {
    let findings = failure.findings.iter().map(ToString::to_string);
    let parts: Vec<String> = std::iter::once(failure.message.clone())
        .chain(findings)
        .chain(failure.details.iter().cloned())
        .collect();
    parts.join("; ")
}
