//! What is configured and where each value comes from, whether it is complete or not.

use std::path::PathBuf;

use super::file::place_of_new;
use super::finding::{Finding, Findings};
use super::inputs::{Absence, Overrides, Reach, Surroundings};
use super::load::{Settings, judged, understand};
use super::origins::{Origin, Origins};
use super::secret::SecretSource;
use super::section::Notes;
use crate::api::BaseUrl;

/// What is configured, as far as it can be understood.
#[derive(Debug, Clone)]
pub struct Survey {
    /// The configuration file that is used; `None` where there is none.
    pub file: Option<PathBuf>,
    /// Where the configuration file is, or would be written.
    pub place: PathBuf,
    /// The profile in use, whether it is in the file or not; `None` where the file cannot be read or names others only.
    pub profile: Option<String>,
    /// Whether the profile is in the file.
    pub has_profile: bool,
    /// Each value that was given, with where it comes from, in the order of the documents.
    pub origins: Vec<Origin>,
    /// The installation's address; a deployment's own where none is given.
    pub uri: Option<BaseUrl>,
    /// The identity service's own address, where it has one.
    pub identity_uri: Option<BaseUrl>,
    /// Certificates (PEM) to trust in addition to the system's.
    pub ca_file: Option<PathBuf>,
    /// Where the secret is, also where other things are missing.
    pub secret: Option<SecretSource>,
    /// The settings, or everything that is wrong with them (warnings among it).
    pub settings: Result<Settings, Vec<Finding>>,
}

/// Looks through flags, environment and file.
pub fn survey(overrides: &Overrides, surroundings: &Surroundings<'_>, absence: Absence) -> Survey {
    let findings = Findings::default();
    let origins = Origins::default();
    let notes = Notes {
        findings: &findings,
        origins: &origins,
    };
    let understood = understand(overrides, surroundings, Reach::Online, absence, notes);
    let place = understood.file.clone();
    Survey {
        place: place.unwrap_or_else(|| place_of_new(overrides, surroundings)),
        file: understood.file,
        profile: understood.profile,
        has_profile: understood.has_profile,
        origins: origins.into_sorted(),
        uri: understood.uri,
        identity_uri: understood.identity_uri,
        ca_file: understood.ca_file,
        secret: understood.secret,
        settings: judged(understood.settings, findings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey_of(file: &str, variables: &[(&str, &str)], overrides: &Overrides, absence: Absence) -> Survey {
        let folder = tempfile::tempdir().unwrap();
        if !file.is_empty() {
            fs_err::write(folder.path().join("reseat.toml"), file).unwrap();
        }
        let environment = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let surroundings = Surroundings {
            environment: &environment,
            working_folder: folder.path(),
            config_folder: None,
        };
        survey(overrides, &surroundings, absence)
    }

    fn lines(survey: &Survey) -> Vec<String> {
        let line = |origin: &Origin| {
            let Origin {
                key,
                shown,
                place,
                unused,
                ..
            } = origin;
            format!("{key} = {shown} | {place} | {}", unused.join(" | "))
        };
        survey.origins.iter().map(line).collect()
    }

    #[test]
    fn each_value_says_where_it_comes_from_and_where_else_it_was_said() {
        let file = "[profile.default]\nclient_secret_command = \"echo hunter2\"\norganization = \"acme\"\n\
            client_id = \"app\"\nuri = \"https://me:hunter3@uipath.example\"\n[profile.default.limits]\nretries = 3\n";
        let variables = [
            ("UIPATH_ORGANIZATION", "from-env"),
            ("UIPATH_CLIENT_SECRET", "hunter4"),
            ("RESEAT_ORGANIZATION_ID", "no-guid"),
        ];
        let overrides = Overrides {
            organization: Some("https://uipath.example/from-flag/".to_owned()),
            retries: Some(5),
            ..Overrides::default()
        };
        let survey = survey_of(file, &variables, &overrides, Absence::Fault);
        assert_eq!(
            lines(&survey),
            [
                "deployment = cloud | the default for this address | ",
                "uri = https://uipath.example | `reseat.toml`, line 5 | ",
                "organization = from-flag | `--organization` | the variable `UIPATH_ORGANIZATION` | `reseat.toml`, line 3",
                "organization_id = no-guid | the variable `RESEAT_ORGANIZATION_ID` | ",
                "client_id = app | `reseat.toml`, line 4 | ",
                "client_secret = a secret | the variable `UIPATH_CLIENT_SECRET` | `reseat.toml`, line 2",
                "limits.retries = 5 | `--retries` | `reseat.toml`, line 7",
            ]
        );
        assert!(!format!("{survey:?}").contains("hunter4"));
        assert_eq!(survey.settings.unwrap_err().len(), 2);
        assert!(survey.secret.is_some() && survey.has_profile);
    }

    #[test]
    fn values_stand_in_the_order_of_the_documents() {
        let page = include_str!("../../docs/configuration.md");
        let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
        let example = example.unwrap();
        let told: Vec<_> = survey_of(example, &[], &Overrides::default(), Absence::Fault)
            .origins
            .into_iter()
            .map(|origin| origin.key.rsplit('.').next().unwrap_or_default().to_owned())
            .collect();
        let written: Vec<_> = example
            .lines()
            .filter_map(|line| line.split_once(" = "))
            .map(|(key, _)| key.trim_matches('"').trim_end_matches("_command").to_owned())
            .collect();
        assert_eq!(told, written);
    }

    #[test]
    fn a_profile_that_is_to_be_written_need_not_be_there() {
        let overrides = Overrides {
            profile: Some("test".to_owned()),
            organization: Some("acme".to_owned()),
            client_id: Some("app".to_owned()),
            ..Overrides::default()
        };
        for file in ["", "[profile.default]\norganization = \"other\"\n"] {
            let variables = [("UIPATH_CLIENT_SECRET", "hunter2")];
            let survey = survey_of(file, &variables, &overrides, Absence::ToBeWritten);
            assert_eq!((survey.profile.as_deref(), survey.has_profile), (Some("test"), false));
            assert!(survey.place.ends_with("reseat.toml"));
            let connection = survey.settings.unwrap().connection.unwrap();
            assert_eq!(connection.organization, "acme");
            assert!(
                survey_of(file, &variables, &overrides, Absence::Fault)
                    .settings
                    .is_err()
            );
        }
    }
}
