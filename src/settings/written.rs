//! A profile as it is written into a configuration file: what says which organization is meant and how to sign in.

use std::fmt::Write as _;
use std::path::Path;

use toml::{Table, Value};

use super::connection::usual_uri;
use super::credentials::Credentials;
use super::inputs::{Absence, Overrides, Surroundings};
use super::insertion::{line_end, with_lines, with_table};
use super::load::{Settings, survey};
use super::origins::{Origin, presentable};
use crate::model::{Deployment, OrganizationId};
use crate::text::length_text;

/// The tables below a profile of which something may be written.
const LIMITS: &str = "limits";
const ROUTES: &str = "routes";

/// A profile to be written. It has no secret, and nothing that could say where one is but the environment.
#[derive(Debug, Clone, PartialEq)]
pub struct NewProfile {
    name: String,
    /// What it says, in the order of the documents.
    entries: Vec<Entry>,
    /// What is secret about signing in; `None` where only a profile can say it all, so that one is there already.
    secret: Option<SecretKind>,
    /// Whether the kind of installation is taken for the usual one at an address that is not UiPath's own.
    is_deployment_open: bool,
}

/// A key of a profile with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The table below the profile that it stands in; empty for the profile's own.
    table: &'static str,
    key: &'static str,
    value: Value,
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
        let is_usual = usual_uri(deployment) == Some(connection.uri.as_str());
        let (secret, client_id) = match &connection.credentials {
            Credentials::ClientCredentials { client_id, .. } => {
                (Some(SecretKind::Application), Some(client_id.clone()))
            }
            Credentials::Token { .. } => (Some(SecretKind::Token), None),
            Credentials::Ropc { .. } => (None, None),
        };
        let id = connection.organization_id.or(found.organization_id);
        let text = |text: &str| Some(Value::from(text));
        let whole = |number: Option<u32>| number.map(|number| Value::from(i64::from(number)));
        let said = [
            (
                "",
                "deployment",
                text(deployment.as_str()).filter(|_| deployment != Deployment::default()),
            ),
            ("", "uri", text(connection.uri.as_str()).filter(|_| !is_usual)),
            ("", "organization", text(&connection.organization)),
            ("", "organization_id", id.and_then(|id| text(&id.to_string()))),
            (
                "",
                "identity_uri",
                connection.identity_uri.as_ref().and_then(|uri| text(uri.as_str())),
            ),
            ("", "client_id", client_id.as_deref().and_then(text)),
            (LIMITS, "concurrency", whole(overrides.concurrency)),
            (LIMITS, "retries", whole(overrides.retries)),
            (
                LIMITS,
                "max_wait",
                overrides.max_wait.map(|wait| Value::from(length_text(wait))),
            ),
            (ROUTES, "license", found.license_route.as_deref().and_then(text)),
        ];
        let entries = said.into_iter().filter_map(|(table, key, value)| {
            Some(Entry {
                table,
                key,
                value: value?,
            })
        });
        Some(Self {
            name: name.to_owned(),
            entries: entries.collect(),
            secret,
            is_deployment_open: deployment == Deployment::default() && !is_usual && !connection.uri.is_loopback(),
        })
    }

    /// The lines of the profile, each ended by a line feed.
    pub fn text(&self, system: System) -> String {
        let mut text = format!("{}\n", self.header(""));
        for entry in self.entries_of("") {
            let _ = writeln!(text, "{}", entry.line());
        }
        if self.is_deployment_open {
            text.push_str("# The address is not one of UiPath's cloud. Of another kind of installation say which, without the `#`:\n");
            for deployment in [
                Deployment::AutomationSuite,
                Deployment::Dedicated,
                Deployment::PublicSector,
            ] {
                let _ = writeln!(text, "# deployment = {}", Value::from(deployment.as_str()));
            }
        }
        text.push_str(&self.secret.map_or_else(String::new, |secret| secret.lines(system)));
        for table in [LIMITS, ROUTES] {
            let lines: Vec<String> = self.entries_of(table).map(Entry::line).collect();
            if !lines.is_empty() {
                let _ = writeln!(text, "\n{}\n{}", self.header(table), lines.join("\n"));
            }
        }
        text
    }

    fn entries_of(&self, table: &'static str) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.table == table)
    }

    /// How it differs from the profile of this name in the file.
    pub fn compared(&self, file: &Path) -> Comparison {
        let written = Self::in_file(file, &self.name);
        let mut comparison = Comparison::default();
        for entry in &self.entries {
            let key = entry.dotted_key();
            let wanted = entry
                .value
                .as_str()
                .map_or_else(|| entry.value.to_string(), str::to_owned);
            match written.iter().find(|origin| origin.key == key) {
                Some(origin) if origin.shown == presentable(&key, &wanted) => {}
                Some(origin) if origin.is_default => comparison.missing.push(entry.clone()),
                None => comparison.missing.push(entry.clone()),
                Some(origin) => comparison.contradictions.push(Contradiction {
                    line: entry.dotted_line(),
                    now: origin.told().to_owned(),
                    place: origin.place.clone(),
                }),
            }
        }
        comparison
    }

    /// The text of a file that has the profile, with these entries in it; everything else stays as it is. `None` where
    /// they cannot be put in.
    pub fn added_to(&self, text: &str, entries: &[Entry]) -> Option<String> {
        let profile = ["profile", self.name.as_str()];
        let of = |table| entries.iter().filter(move |entry: &&Entry| entry.table == table);
        let mut text = text.to_owned();
        let lines: Vec<String> = of("").map(Entry::line).collect();
        if !lines.is_empty() {
            text = with_lines(&text, &profile, &lines)
                .or_else(|| with_table(&text, &profile, &self.header(""), &lines))?;
        }
        for table in [LIMITS, ROUTES] {
            let lines: Vec<String> = of(table).map(Entry::line).collect();
            let dotted: Vec<String> = of(table).map(Entry::dotted_line).collect();
            let path = ["profile", self.name.as_str(), table];
            if !lines.is_empty() {
                text = with_lines(&text, &path, &lines)
                    .or_else(|| with_lines(&text, &profile, &dotted))
                    .or_else(|| with_table(&text, &path, &self.header(table), &lines))?;
            }
        }
        Some(text)
    }

    /// The text of a file with this profile behind what it has.
    pub fn behind(&self, text: &str, system: System) -> String {
        let end = line_end(text);
        let gap = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            end
        };
        [text, gap, end, &self.text(system).replace('\n', end)].concat()
    }

    /// The header of the profile's own table, or of one below it.
    fn header(&self, table: &str) -> String {
        let path = ["profile", self.name.as_str(), table];
        header(path.strip_suffix(&[""]).unwrap_or(&path))
    }

    /// The values that the file alone gives to this profile.
    fn in_file(file: &Path, name: &str) -> Vec<Origin> {
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
        survey(&overrides, &surroundings, Absence::Fault).origins
    }
}

impl Entry {
    /// Its line in the table that it stands in, with what it means for whoever reads the file.
    fn line(&self) -> String {
        let line = format!("{} = {}", self.key, self.value);
        match self.key {
            "organization" => format!("{line}  # the name in the portal's address"),
            "organization_id" => format!("{line}  # its GUID, as the token says"),
            "client_id" => format!("{line}  # the App ID of the external application"),
            _ => line,
        }
    }

    /// Its line in the profile's own table, without a comment.
    pub fn dotted_line(&self) -> String {
        format!("{} = {}", self.dotted_key(), self.value)
    }

    fn dotted_key(&self) -> String {
        match self.table {
            "" => self.key.to_owned(),
            table => format!("{table}.{}", self.key),
        }
    }
}

/// How a profile in a file differs from one that would be written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    /// What the file says nothing of.
    pub missing: Vec<Entry>,
    /// What it says otherwise.
    pub contradictions: Vec<Contradiction>,
}

impl Comparison {
    /// Whether the file says all of it.
    pub fn is_same(&self) -> bool {
        self.missing.is_empty() && self.contradictions.is_empty()
    }
}

/// A value of a profile in a file that would be written otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The line that would be written.
    pub line: String,
    /// The value there now.
    pub now: String,
    /// Where that stands.
    pub place: String,
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

/// The header of a table of the profile, as in `[profile.default.limits]`. A value in quotes would not do for the name: it
/// may be one of several lines, which a key may not.
fn header(path: &[&str]) -> String {
    let tables = path.iter().rev().fold(Table::new(), |inner, key| {
        Table::from_iter([((*key).to_owned(), Value::Table(inner))])
    });
    tables.to_string().trim_end().to_owned()
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
                prop_assert!(profile.compared(&file).is_same(), "{}", text);
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

    /// A profile of this organization, some of it said by flags and some found out.
    fn profile_of(organization: &str) -> NewProfile {
        let overrides = Overrides {
            organization: Some(organization.to_owned()),
            client_id: Some("app".to_owned()),
            retries: Some(3),
            ..Overrides::default()
        };
        let found = FoundOut {
            organization_id: ID.parse().ok(),
            license_route: Some("la".to_owned()),
        };
        let said = settings(&overrides, None, ("UIPATH_CLIENT_SECRET", "s")).unwrap();
        NewProfile::of("default", &said, &overrides, &found).unwrap()
    }

    #[test]
    fn what_a_file_says_otherwise_is_told_with_the_line_that_would_say_it_and_what_is_missing_apart() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("reseat.toml");
        let before = "[profile.default]\norganization = \"acme\"\nclient_id = \"'app'\"\n";
        fs_err::write(&file, before).unwrap();
        let told = profile_of("acme2").compared(&file);
        assert_eq!(
            told.contradictions,
            [Contradiction {
                line: "organization = \"acme2\"".to_owned(),
                now: "acme".to_owned(),
                place: "`reseat.toml`, line 2".to_owned(),
            }]
        );
        let missing: Vec<String> = told.missing.iter().map(Entry::dotted_line).collect();
        let id = format!("organization_id = \"{ID}\"");
        assert_eq!(missing, [id.as_str(), "limits.retries = 3", "routes.license = \"la\""]);
    }

    #[test]
    fn what_is_missing_is_put_in_wherever_the_file_has_room_for_it() {
        let profile = profile_of("acme");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("reseat.toml");
        for before in [
            "[profile.default]\n",
            "# mine\r\n[profile.default]\r\norganization = 'acme' # keep\r\n\r\n[profile.test]\r\n",
            "[profile.default.limits]\nget = 0 # none\n\n[profile.default.map]\n\"W\" = \"user\"\n",
            "[profile.default]\nlimits.get = 0\nroutes.portal = \"p\"\nclient_id = \"app\"",
            "\u{feff}[profile.default.routes]\n[profile.test]\n[profile.default]\n",
        ] {
            fs_err::write(&file, before).unwrap();
            let missing = profile.compared(&file).missing;
            let after = profile.added_to(before, &missing).unwrap();
            fs_err::write(&file, &after).unwrap();
            assert!(profile.compared(&file).is_same(), "{after}");
            let mut rest = after.lines();
            assert!(before.lines().all(|line| rest.any(|known| known == line)), "{after}");
        }
        for before in [
            "profile = { default = { organization = \"acme\" } }\n",
            "[profile.default]\nlimits = { get = 0 }\n",
        ] {
            fs_err::write(&file, before).unwrap();
            assert_eq!(
                profile.added_to(before, &profile.compared(&file).missing),
                None,
                "{before}"
            );
        }
    }
}
