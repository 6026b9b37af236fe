//! The configuration file: found, read, parsed, and one profile of it chosen.

use std::io::ErrorKind;
use std::path::PathBuf;

use toml::de::DeTable;

use super::finding::{Findings, SettingFault};
use super::folders::candidates;
use super::inputs::{Overrides, Reach, Surroundings};
use super::layers::Layers;
use super::section::{Located, Section, line_of};
use crate::text::{decode, joined, nearest};

/// The file as it was read.
pub(super) struct ConfigFile {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

impl ConfigFile {
    /// The named file, else the first candidate that exists. `Ok(None)` where there is none.
    ///
    /// # Errors
    /// The file cannot be read; reported already.
    pub(super) fn read(
        overrides: &Overrides,
        surroundings: &Surroundings<'_>,
        findings: &Findings,
    ) -> Result<Option<Self>, ()> {
        let named = overrides.config.clone().or_else(|| {
            (surroundings.environment)("RESEAT_CONFIG")
                .filter(|path| !path.is_empty())
                .map(PathBuf::from)
        });
        let is_named = named.is_some();
        let paths = match named {
            Some(path) => vec![surroundings.working_folder.join(path)],
            None => candidates(surroundings.working_folder, surroundings.config_folder),
        };
        for path in paths {
            match fs_err::read(&path) {
                Ok(bytes) => {
                    let text = decode(&bytes).map_err(|error| {
                        let place = format!("`{}`", path.display());
                        findings.error(&place, SettingFault::new(error.to_string(), ""));
                    })?;
                    let text = text.to_owned();
                    return Ok(Some(Self { path, text }));
                }
                Err(error) if error.kind() == ErrorKind::NotFound && !is_named => {}
                Err(error) => {
                    let help = "name a readable TOML file in UTF-8 with `--config` or `RESEAT_CONFIG`";
                    findings.error("the configuration file", SettingFault::new(error.to_string(), help));
                    return Err(());
                }
            }
        }
        Ok(None)
    }

    /// The file's table.
    ///
    /// # Errors
    /// The text is not TOML; reported already, without the line's text, which may hold a secret.
    pub(super) fn parse(&self, findings: &Findings) -> Result<DeTable<'_>, ()> {
        DeTable::parse(&self.text)
            .map(toml::Spanned::into_inner)
            .map_err(|error| {
                let line = line_of(&self.text, error.span().map_or(0, |span| span.start));
                let place = format!("`{}`, line {line}", self.path.display());
                findings.error(
                    &place,
                    SettingFault::new(format!("is not TOML: {}", error.message()), ""),
                );
            })
    }
}

/// The table of the profile in use, empty where nothing is configured; `None` if the profile that is meant does not
/// exist, which is then among the findings.
pub(super) fn profile<'a>(
    root: &mut Section<'a>,
    overrides: &Overrides,
    surroundings: &Surroundings<'_>,
    reach: Reach,
    findings: &'a Findings,
) -> Option<Section<'a>> {
    let profiles = root.section("profile");
    let names = profiles.names();
    let variables = Layers {
        environment: surroundings.environment,
        profile: Section::empty(findings),
        findings,
    };
    let flagged = overrides.profile.clone().map(|value| Located {
        value,
        place: "`--profile`".to_owned(),
    });
    Some(match flagged.or_else(|| variables.variable("RESEAT_PROFILE")) {
        Some(said) if names.contains(&said.value.as_str()) => profiles.named(&said.value),
        Some(said) => {
            let what = format!("there is no profile `{}`", said.value);
            findings.error(
                &said.place,
                SettingFault::new(what, other_profiles(&said.value, &names)),
            );
            return None;
        }
        None if names.contains(&"default") || names.is_empty() => profiles.named("default"),
        None => {
            if reach == Reach::Online {
                let what = "no profile is named `default`, and none was chosen";
                findings.error(
                    "the configuration file",
                    SettingFault::new(what, other_profiles("", &names)),
                );
                return None;
            }
            Section::empty(findings)
        }
    })
}

fn other_profiles(typed: &str, names: &[&str]) -> String {
    match (nearest(typed, names.iter().copied()), names) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, []) => "write one in `reseat.toml`, beginning with `[profile.default]`".to_owned(),
        (None, names) => format!("choose one of {} with `--profile`", joined(names, 10)),
    }
}
