//! The configuration file: found, read, parsed, and one profile of it chosen.

use std::io::ErrorKind;
use std::path::PathBuf;

use toml::de::DeTable;

use super::finding::{Findings, SettingFault};
use super::folders::{FILE_NAME, candidates};
use super::inputs::{Absence, Overrides, Reach, Surroundings};
use super::layers::{Layers, flag_of};
use super::section::{Located, Notes, Section, line_of};
use crate::text::{decode, joined, nearest, trimmed};

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
        absence: Absence,
        findings: &Findings,
    ) -> Result<Option<Self>, ()> {
        let named = named_file(overrides, surroundings);
        let may_be_absent = named.is_none() || absence == Absence::ToBeWritten;
        let paths = match named {
            Some(path) => vec![path],
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
                Err(error) if error.kind() == ErrorKind::NotFound && may_be_absent => {}
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

/// The file that a flag or a variable names.
fn named_file(overrides: &Overrides, surroundings: &Surroundings<'_>) -> Option<PathBuf> {
    let in_variable = || {
        let path = (surroundings.environment)("RESEAT_CONFIG")?;
        let path = trimmed(&path);
        (!path.is_empty()).then(|| PathBuf::from(path))
    };
    let named = overrides.config.clone().or_else(in_variable);
    named.map(|path| surroundings.working_folder.join(path))
}

/// Where the file is written if there is none: where one is named, else in the working folder.
pub(super) fn place_of_new(overrides: &Overrides, surroundings: &Surroundings<'_>) -> PathBuf {
    named_file(overrides, surroundings).unwrap_or_else(|| surroundings.working_folder.join(FILE_NAME))
}

/// The name and the table of the profile in use, empty where nothing is configured; `None` if the profile that is meant does not
/// exist, which is then among the findings.
pub(super) fn profile<'a>(
    root: &mut Section<'a>,
    overrides: &Overrides,
    surroundings: &Surroundings<'_>,
    reach: Reach,
    absence: Absence,
    notes: Notes<'a>,
) -> Option<(String, Section<'a>)> {
    const USUAL: &str = "default";
    let findings = notes.findings;
    let profiles = root.section("profile");
    let names = profiles.names();
    let variables = Layers {
        environment: surroundings.environment,
        profile: Section::empty(notes),
        notes,
        replacing: Vec::new(),
    };
    let flagged = overrides.profile.clone().map(|value| Located {
        value,
        place: flag_of("profile"),
    });
    let said = flagged.or_else(|| variables.variable("RESEAT_PROFILE"));
    let name = said.as_ref().map_or(USUAL, |said| &said.value).to_owned();
    if names.contains(&name.as_str()) || absence == Absence::ToBeWritten || (said.is_none() && names.is_empty()) {
        let section = profiles.named(&name);
        return Some((name, section));
    }
    match said {
        Some(said) => {
            let what = format!("there is no profile `{name}`");
            findings.error(&said.place, SettingFault::new(what, other_profiles(&name, &names)));
            None
        }
        None if reach == Reach::Online => {
            let what = "no profile is named `default`, and none was chosen";
            findings.error(
                "the configuration file",
                SettingFault::new(what, other_profiles("", &names)),
            );
            None
        }
        None => Some((name, Section::empty(notes))),
    }
}

fn other_profiles(typed: &str, names: &[&str]) -> String {
    match (nearest(typed, names.iter().copied()), names) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, []) => {
            "`reseat doctor --write` writes it into `reseat.toml` from what the flags and variables say".to_owned()
        }
        (None, names) => format!("choose one of {} with `--profile`", joined(names, 10)),
    }
}
