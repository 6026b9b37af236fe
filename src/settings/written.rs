//! A profile as it is written into a configuration file: what says which organization is meant and how to sign in.

use std::fmt::Write as _;
use std::path::Path;

use toml::{Table, Value};

use super::credentials::Credentials;
use super::inputs::{Absence, Overrides, Surroundings};
use super::load::Settings;
use super::origins::presentable;
use super::survey::survey;
use super::values::length_text;
use crate::api::BaseUrl;
use crate::model::{Deployment, OrganizationId};

/// A profile to be written. It has no secret, and nothing that could say where one is but the environment.
#[derive(Debug, Clone, PartialEq)]
pub struct NewProfile {
    name: String,
    /// Keys and values, in the order of the documents.
    values: Vec<(&'static str, String)>,
    /// What stands in tables of its own below it.
    below: [(&'static str, Vec<(&'static str, Value)>); 2],
    /// What is secret about signing in; `None` where only a profile can say it all, so that one is there already.
    secret: Option<SecretKind>,
    /// Whether the kind of installation is taken for the usual one at an address that is not UiPath's own.
    is_deployment_open: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SecretKind {
    Application,
    Token,
}

/// What was found out of an organization that a profile can say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundOut {
    /// Its GUID.
    pub organization_id: Option<OrganizationId>,
    /// The licence service's route, where it is another than the configured one.
    pub license_route: Option<String>,
}

/// What keeps secrets on a kind of system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Linux and its relatives.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl System {
    /// This one.
    pub fn here() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            Self::Linux
        }
    }

    /// Commands that print a secret kept there, as values in TOML.
    fn secret_commands(self) -> &'static [&'static str] {
        match self {
            Self::Linux => &[r#""pass show uipath/reseat""#, r#""secret-tool lookup service reseat""#],
            Self::MacOs => &[r#""security find-generic-password -s reseat -w""#],
            Self::Windows => &[concat!(
                r#"'''powershell -NoProfile -Command "[Net.NetworkCredential]::new('', "#,
                r#"(Get-Content $env:APPDATA\reseat\secret.txt | ConvertTo-SecureString)).Password"'''"#
            )],
        }
    }
}

impl NewProfile {
    /// The profile that says what these settings say, with what was found out besides. `None` without a connection.
    pub fn of(name: &str, settings: &Settings, overrides: &Overrides, found: &FoundOut) -> Option<Self> {
        let connection = settings.connection.as_ref()?;
        let deployment = settings.deployment;
        let is_usual = connection.uri.as_str() == usual_uri(deployment);
        let (secret, client_id) = match &connection.credentials {
            Credentials::ClientCredentials { client_id, .. } => {
                (Some(SecretKind::Application), Some(client_id.clone()))
            }
            Credentials::Token { .. } => (Some(SecretKind::Token), None),
            Credentials::Ropc { .. } => (None, None),
        };
        let id = connection.organization_id.or(found.organization_id);
        let values = [
            (
                "deployment",
                (deployment != Deployment::default()).then(|| deployment.as_str().to_owned()),
            ),
            ("uri", (!is_usual).then(|| connection.uri.to_string())),
            ("organization", Some(connection.organization.clone())),
            ("organization_id", id.map(|id| id.to_string())),
            ("identity_uri", connection.identity_uri.as_ref().map(BaseUrl::to_string)),
            ("client_id", client_id),
        ];
        let limits = [
            (
                "concurrency",
                overrides.concurrency.map(|calls| Value::from(i64::from(calls))),
            ),
            (
                "retries",
                overrides.retries.map(|retries| Value::from(i64::from(retries))),
            ),
            (
                "max_wait",
                overrides.max_wait.map(|wait| Value::from(length_text(wait))),
            ),
        ];
        let routes = [("license", found.license_route.as_deref().map(Value::from))];
        Some(Self {
            name: name.to_owned(),
            values: said(values),
            below: [("limits", said(limits)), ("routes", said(routes))],
            secret,
            is_deployment_open: deployment == Deployment::default() && !is_usual && !connection.uri.is_loopback(),
        })
    }

    /// The lines of the profile, each ended by a line feed.
    pub fn text(&self, system: System) -> String {
        let mut text = format!("{}\n", header(&["profile", &self.name]));
        for (key, value) in &self.values {
            let line = line(key, &Value::from(value.as_str()));
            let _ = match meaning(key) {
                "" => writeln!(text, "{line}"),
                meaning => writeln!(text, "{line}  # {meaning}"),
            };
        }
        if self.is_deployment_open {
            text.push_str("# The address is not one of UiPath's cloud. Of another kind of installation say which, without the `#`:\n");
            for deployment in [
                Deployment::AutomationSuite,
                Deployment::Dedicated,
                Deployment::PublicSector,
            ] {
                let _ = writeln!(text, "# {}", line("deployment", &Value::from(deployment.as_str())));
            }
        }
        text.push_str(&self.secret.map_or_else(String::new, |secret| secret.lines(system)));
        for (table, values) in self.below.iter().filter(|(_, values)| !values.is_empty()) {
            let _ = writeln!(text, "\n{}", header(&["profile", &self.name, table]));
            for (key, value) in values {
                let _ = writeln!(text, "{}", line(key, value));
            }
        }
        text
    }

    /// What the file does not say, or says otherwise.
    pub fn differences(&self, file: &Path) -> Vec<Difference> {
        let written = Self::in_file(file, &self.name);
        let values = self
            .values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Value::from(value.as_str())));
        let below = self.below.iter().flat_map(|(table, values)| {
            let values = values.iter();
            values.map(move |(key, value)| (format!("{table}.{key}"), value.clone()))
        });
        let differing = values.chain(below).filter_map(|(key, value)| {
            let now = written
                .iter()
                .find(|(known, _)| *known == key)
                .map(|(_, value)| value.clone());
            let wanted = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let is_same = now.as_ref().is_some_and(|now| *now == presentable(&key, &wanted));
            (!is_same).then(|| Difference {
                line: line(&key, &value),
                now,
            })
        });
        differing.collect()
    }

    /// The values that the file alone gives to this profile.
    fn in_file(file: &Path, name: &str) -> Vec<(String, String)> {
        let overrides = Overrides {
            config: Some(file.to_owned()),
            profile: Some(name.to_owned()),
            ..Overrides::default()
        };
        let surroundings = Surroundings {
            environment: &|_| None,
            working_folder: Path::new(""),
            config_folder: None,
        };
        let survey = survey(&overrides, &surroundings, Absence::Fault);
        let origins = survey.origins.into_iter();
        origins.map(|origin| (origin.key, origin.shown)).collect()
    }
}

/// A value of a profile in a file that is not as it would be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The line that would be written.
    pub line: String,
    /// The value there now; `None` where the file says nothing of it.
    pub now: Option<String>,
}

impl SecretKind {
    /// The lines that say where the secret is taken from.
    fn lines(self, system: System) -> String {
        let (auth, what, variable, key) = match self {
            Self::Application => ("", "App Secret", "UIPATH_CLIENT_SECRET", "client_secret"),
            Self::Token => ("auth = \"token\"\n", "personal access token", "UIPATH_PAT", "token"),
        };
        let mut text = format!(
            "{auth}# The {what} does not belong in this file: it is taken from the variable {variable},\n\
             # or from where one of these lines says, without the `#` and with your own name for it:\n"
        );
        for command in system.secret_commands() {
            let _ = writeln!(text, "# {key}_command = {command}");
        }
        if system == System::Windows {
            text.push_str(
                "#    of a file that this made: Read-Host -AsSecureString | ConvertFrom-SecureString | Set-Content FILE\n",
            );
        }
        let _ = writeln!(text, "# {key}_file = \"secret.txt\"");
        text
    }
}

fn said<T, const N: usize>(values: [(&'static str, Option<T>); N]) -> Vec<(&'static str, T)> {
    values
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect()
}

fn line(key: &str, value: &Value) -> String {
    format!("{key} = {value}")
}

/// What a value is, for whoever reads the file.
fn meaning(key: &str) -> &'static str {
    match key {
        "organization" => "the name in the portal's address",
        "organization_id" => "its GUID, as the token says",
        "client_id" => "the App ID of the external application",
        _ => "",
    }
}

/// The header of a table of the profile, as in `[profile.default.limits]`. A value in quotes would not do for the name: it
/// may be one of several lines, which a key may not.
fn header(path: &[&str]) -> String {
    let tables = path.iter().rev().fold(Table::new(), |inner, key| {
        Table::from_iter([((*key).to_owned(), Value::Table(inner))])
    });
    tables.to_string().trim_end().to_owned()
}

fn usual_uri(deployment: Deployment) -> &'static str {
    match deployment {
        Deployment::Cloud | Deployment::TestCloud => "https://cloud.uipath.com",
        Deployment::PublicSector => "https://govcloud.uipath.us",
        Deployment::Dedicated | Deployment::AutomationSuite => "",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::secret::SecretSource;
    use super::*;

    const ID: &str = "0b1d5e7a-3c2f-4a6b-8c9d-1e2f3a4b5c6d";

    /// The settings that flags and variables, and this file if there is one, come to.
    fn settings(overrides: &Overrides, file: Option<&Path>, secret: (&str, &str)) -> Result<Settings, String> {
        let overrides = Overrides {
            config: file.map(Path::to_owned),
            ..overrides.clone()
        };
        let surroundings = Surroundings {
            environment: &|name| (name == secret.0).then(|| secret.1.to_owned()),
            working_folder: Path::new("/nowhere"),
            config_folder: None,
        };
        let settings = survey(&overrides, &surroundings, Absence::ToBeWritten).settings;
        settings.map_err(|findings| format!("{findings:?}"))
    }

    /// What of the settings a profile can say.
    fn essence(settings: &Settings) -> (Deployment, String, String, Option<OrganizationId>, String, String) {
        let connection = settings.connection.as_ref().unwrap();
        let sign_in = match &connection.credentials {
            Credentials::ClientCredentials { client_id, .. } => client_id.clone(),
            Credentials::Token {
                token: SecretSource::Variable { name, .. },
            } => (*name).to_owned(),
            other => panic!("{other:?}"),
        };
        (
            settings.deployment,
            connection.uri.to_string(),
            connection.organization.clone(),
            connection.organization_id,
            sign_in,
            format!("{:?}", settings.limits),
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_profile_that_is_written_and_loaded_again_gives_the_same_settings(
            name in "[^\\p{Cc}]{1,12}",
            organization in "[^\\s/?#%:.@_\\\\\\p{Cc}\\p{Cf}]{1,12}",
            client_id in "[^\\s\\p{Cc}\\p{Cf}\u{2026}.<]{1,20}",
            uri in prop_oneof![
                Just(None), Just(Some("https://govcloud.uipath.us")), Just(Some("https://x.dedicated.uipath.com")),
                Just(Some("https://uipath.example:8443")), Just(Some("http://127.0.0.1:8484")),
            ],
            has_id: bool,
            is_token: bool,
            has_route: bool,
            concurrency in prop::option::of(1u32..=256),
            wait in prop::option::of(1u64..=100_000),
        ) {
            prop_assume!(!["NAME", "ORGANIZATION", "ID", "GUID"].contains(&organization.as_str()));
            let secret = if is_token { ("UIPATH_PAT", "hunter2-t") } else { ("UIPATH_CLIENT_SECRET", "hunter2-s") };
            let overrides = Overrides {
                profile: Some(name.trim().to_owned()),
                uri: uri.map(str::to_owned),
                organization: Some(organization),
                client_id: (!is_token).then_some(client_id),
                concurrency,
                max_wait: wait.map(std::time::Duration::from_millis),
                ..Overrides::default()
            };
            let Ok(said) = settings(&overrides, None, secret) else {
                // The value was one that is refused.
                return Err(TestCaseError::reject("no settings"));
            };
            let id: Option<OrganizationId> = has_id.then(|| ID.parse().unwrap());
            let license_route = has_route.then(|| "la".to_owned());
            let found = FoundOut { organization_id: id, license_route: license_route.clone() };
            let profile = NewProfile::of(name.trim(), &said, &overrides, &found).unwrap();
            for system in [System::Linux, System::MacOs, System::Windows] {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("reseat.toml");
                let text = profile.text(system);
                prop_assert!(!text.contains("hunter2"));
                fs_err::write(&file, &text).unwrap();
                prop_assert_eq!(profile.differences(&file), vec![], "{}", text);
                let named = Overrides { profile: overrides.profile.clone(), ..Overrides::default() };
                let loaded = settings(&named, Some(&file), secret);
                let loaded = loaded.map_err(|told| TestCaseError::fail(format!("{told}\n{text}")))?;
                let mut expected = essence(&said);
                expected.3 = id;
                prop_assert_eq!(essence(&loaded), expected, "{}", text);
                prop_assert_eq!(&loaded.routes.license, license_route.as_ref().unwrap_or(&said.routes.license));
                prop_assert_eq!(loaded.warnings, vec![]);
            }
        }
    }

    #[test]
    fn every_line_that_is_commented_out_is_one_that_loads() {
        for (secret, key) in [("UIPATH_CLIENT_SECRET", "client_id"), ("UIPATH_PAT", "auth")] {
            let overrides = Overrides {
                organization: Some("acme".to_owned()),
                uri: Some("https://uipath.example".to_owned()),
                client_id: (key == "client_id").then(|| "app".to_owned()),
                ..Overrides::default()
            };
            let said = settings(&overrides, None, (secret, "hunter2")).unwrap();
            let profile = NewProfile::of("default", &said, &overrides, &FoundOut::default()).unwrap();
            for system in [System::Linux, System::MacOs, System::Windows] {
                let text = profile.text(system);
                let commented: Vec<&str> = text
                    .lines()
                    .filter(|line| line.starts_with("# ") && line.contains(" = "))
                    .collect();
                assert!(commented.len() >= 5, "{text}");
                for line in commented {
                    let folder = tempfile::tempdir().unwrap();
                    let file = folder.path().join("reseat.toml");
                    fs_err::write(&file, text.replace(line, line.trim_start_matches("# "))).unwrap();
                    let loaded = settings(&Overrides::default(), Some(&file), (secret, "hunter2"));
                    let loaded = loaded.unwrap_or_else(|told| panic!("{line}: {told}"));
                    assert_eq!(loaded.warnings, [], "{line}");
                }
            }
        }
    }

    #[test]
    fn what_a_file_says_otherwise_is_told_with_the_line_that_would_say_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("reseat.toml");
        fs_err::write(
            &file,
            "[profile.default]\norganization = \"acme\"\nclient_id = \"'app'\"\n",
        )
        .unwrap();
        let overrides = Overrides {
            organization: Some("acme2".to_owned()),
            client_id: Some("app".to_owned()),
            retries: Some(3),
            ..Overrides::default()
        };
        let found = FoundOut {
            organization_id: ID.parse().ok(),
            license_route: Some("la".to_owned()),
        };
        let said = settings(&overrides, None, ("UIPATH_CLIENT_SECRET", "s")).unwrap();
        let profile = NewProfile::of("default", &said, &overrides, &found).unwrap();
        let told: Vec<_> = profile
            .differences(&file)
            .into_iter()
            .map(|told| (told.line, told.now))
            .collect();
        assert!(
            profile
                .text(System::Linux)
                .starts_with("[profile.default]\norganization = ")
        );
        assert_eq!(
            told,
            [
                ("organization = \"acme2\"".to_owned(), Some("acme".to_owned())),
                (format!("organization_id = \"{ID}\""), None),
                ("limits.retries = 3".to_owned(), None),
                ("routes.license = \"la\"".to_owned(), None),
            ]
        );
    }
}
