//! Loads the settings: from what was given to what is meant.

use std::path::PathBuf;

use super::batch::{Batch, batch};
use super::bundles::{bundles, turned_round};
use super::connection::{Address, Connection, reached};
use super::file::{ConfigFile, place_of_new, profile};
use super::finding::{Finding, Findings, SettingFault};
use super::inputs::{Absence, Overrides, Reach, Surroundings};
use super::layers::{Layers, flag_of};
use super::limits::{Limits, limits};
use super::notify::{Notify, notify};
use super::origins::{Origin, Origins};
use super::routes::routes;
use super::secret::SecretSource;
use super::section::{Notes, Section};
use super::sheet::{SheetSettings, sheet};
use super::watch::{WatchSettings, watch};
use crate::api::{BaseUrl, Routes};
use crate::model::{BundleCode, Deployment};
use crate::text::{choose, listed};

/// The validated settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The profile that they come from; `None` where no file has it.
    pub profile: Option<String>,
    /// The kind of installation; its [`capabilities`](Deployment::capabilities) follow from it.
    pub deployment: Deployment,
    /// The organization; always there with [`Reach::Online`], never with [`Reach::Offline`].
    pub connection: Option<Connection>,
    /// Which organization is meant, if the settings say so; there with either [`Reach`].
    pub address: Option<Address>,
    /// Bundle codes that the profile allows in addition to the known ones.
    pub bundle_codes: Vec<BundleCode>,
    /// What the profile calls some of them, as its sheets may.
    pub bundle_names: Vec<(BundleCode, String)>,
    /// How its sheets are read.
    pub sheet: SheetSettings,
    /// Concurrency, quotas, retries and times.
    pub limits: Limits,
    /// Routes that the documents disagree on.
    pub routes: Routes,
    /// Chunk sizes.
    pub batch: Batch,
    /// What sheets that are dropped into a folder may do.
    pub watch: WatchSettings,
    /// Who is told when a run ends, needs approval or stops; nobody where `None`.
    pub notify: Option<Notify>,
    /// What is odd about the configuration without stopping anything.
    pub warnings: Vec<Finding>,
}

impl Settings {
    /// What the profile calls by a code, as far as only the organization's inventory tells that it is one: `is_code` says
    /// of a word whether it is.
    pub fn codes_for_names(&self, is_code: impl Fn(&BundleCode) -> bool) -> Vec<Finding> {
        let names = self.bundle_names.iter();
        let turned = names.filter_map(|(code, name)| turned_round(code, name, &is_code));
        turned.map(|fault| Finding::error("`bundle_codes`", fault)).collect()
    }
}

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

/// Reads the configuration file and brings flags, environment, profile and defaults together.
///
/// # Errors
/// Everything that is wrong, at once; warnings among it.
pub fn load(overrides: &Overrides, surroundings: &Surroundings<'_>, reach: Reach) -> Result<Settings, Vec<Finding>> {
    look_through(overrides, surroundings, reach, Absence::Fault).settings
}

/// Looks through flags, environment and file.
pub fn survey(overrides: &Overrides, surroundings: &Surroundings<'_>, absence: Absence) -> Survey {
    look_through(overrides, surroundings, Reach::Online, absence)
}

fn look_through(overrides: &Overrides, surroundings: &Surroundings<'_>, reach: Reach, absence: Absence) -> Survey {
    let findings = Findings::default();
    let origins = Origins::default();
    let mut survey = Survey {
        file: None,
        place: place_of_new(overrides, surroundings),
        profile: None,
        has_profile: false,
        origins: Vec::new(),
        uri: None,
        identity_uri: None,
        ca_file: None,
        secret: None,
        settings: Err(Vec::new()),
    };
    let notes = Notes {
        findings: &findings,
        origins: &origins,
    };
    let settings = understand(overrides, surroundings, reach, absence, notes, &mut survey);
    let (errors, warnings) = findings.split();
    survey.settings = match settings {
        Some(settings) if errors.is_empty() => Ok(Settings { warnings, ..settings }),
        _ => Err(errors.into_iter().chain(warnings).collect()),
    };
    survey.origins = origins.into_sorted();
    survey
}

/// Reads everything there is. `None` if something essential was at fault, which is then among the findings.
fn understand(
    overrides: &Overrides,
    surroundings: &Surroundings<'_>,
    reach: Reach,
    absence: Absence,
    notes: Notes<'_>,
    survey: &mut Survey,
) -> Option<Settings> {
    let file = ConfigFile::read(overrides, surroundings, absence, notes.findings).ok()?;
    if let Some(file) = &file {
        survey.place.clone_from(&file.path);
        survey.file = Some(file.path.clone());
    }
    let table = file.as_ref().map(|file| file.parse(notes.findings)).transpose().ok()?;
    let mut root = match (&file, &table) {
        (Some(file), Some(table)) => Section::whole_file(&file.path, &file.text, table, notes),
        _ => Section::empty(notes),
    };
    let profile = profile(&mut root, overrides, surroundings, reach, absence, notes);
    root.finish();
    let (name, profile) = profile?;
    survey.profile = Some(name);
    survey.has_profile = profile.is_there();
    // Without a connection its keys are read all the same, so that they are known, and not judged.
    let unheard = Findings::default();
    let heard = match reach {
        Reach::Online => notes.findings,
        Reach::Offline => &unheard,
    };
    let layers = Layers {
        environment: surroundings.environment,
        profile,
        notes: Notes {
            findings: heard,
            ..notes
        },
        replacing: Vec::new(),
    };
    settings(layers, overrides, reach, notes, survey)
}

/// The settings of one profile.
fn settings(
    mut layers: Layers<'_>,
    overrides: &Overrides,
    reach: Reach,
    notes: Notes<'_>,
    survey: &mut Survey,
) -> Option<Settings> {
    let findings = notes.findings;
    let named = layers.profile.text("deployment").and_then(|said| {
        said.checked(findings, |name| {
            name.parse().map_err(|refusal: String| SettingFault::new(refusal, ""))
        })
    });
    let reached = reached(&mut layers, overrides, named);
    if overrides.profile.is_some() {
        warn_of_variables(&layers, survey.profile.as_deref().unwrap_or_default());
    }
    let notify = notify(&mut layers);
    let profile = &mut layers.profile;
    let limits = limits(profile.section("limits"), overrides, reached.deployment, notes.origins);
    let routes = routes(profile.section("routes"), findings);
    let batch = batch(profile.section("batch"));
    let watch = watch(profile.section("watch"), findings);
    let sheet = sheet(profile, findings);
    let (bundle_codes, bundle_names) = bundles(profile, findings);
    layers.profile.finish();
    survey.uri = reached.uri;
    survey.identity_uri = reached.identity_uri;
    survey.ca_file = reached.ca_file;
    survey.secret = reached.secret;
    let is_enough = reach == Reach::Offline || reached.connection.is_some();
    is_enough.then(|| Settings {
        profile: survey.profile.clone().filter(|_| survey.has_profile),
        deployment: reached.deployment,
        connection: reached.connection.filter(|_| reach == Reach::Online),
        address: reached.address,
        bundle_codes,
        bundle_names,
        sheet,
        limits,
        routes,
        batch,
        watch,
        notify,
        warnings: Vec::new(),
    })
}

/// Warns that variables, which may be left from something else, lead elsewhere than the profile that was typed.
fn warn_of_variables(layers: &Layers<'_>, profile: &str) {
    const WHICH_ORGANIZATION: [&str; 4] = ["uri", "organization", "organization_id", "client_id"];
    let replacing = layers.replacing.iter();
    let replacing = replacing.filter(|(_, key)| WHICH_ORGANIZATION.contains(key));
    let (variables, keys): (Vec<&str>, Vec<&str>) = replacing.copied().unzip();
    if variables.is_empty() {
        return;
    }
    let (take, place) = choose(keys.len(), ("takes", "the place"), ("take", "the places"));
    let what = format!(
        "{} {take} {place} of {} in the profile `{profile}`",
        listed(variables.iter(), usize::MAX),
        listed(keys.iter(), usize::MAX)
    );
    let help = if cfg!(windows) {
        let lines = variables.iter().map(|name| format!("Remove-Item Env:{name}"));
        format!("for the profile's own, type `{}`", lines.collect::<Vec<_>>().join("; "))
    } else {
        format!("for the profile's own, type `unset {}`", variables.join(" "))
    };
    layers
        .notes
        .findings
        .warning(&flag_of("profile"), SettingFault::new(what, help));
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use strum::IntoEnumIterator;

    use super::super::{Credentials, SecretSource};
    use super::*;
    use crate::engine::MaxFailures;
    use crate::event::{Method, Service};
    use crate::intake::Column;
    use crate::model::OperationKind;
    use crate::plan::OnShortage;
    use crate::sheet::NamedEncoding;

    const ID: &str = "0b1d5e7a-3c2f-4a6b-8c9d-1e2f3a4b5c6d";

    /// What a file's text and variables come to, in a folder of their own.
    fn survey_of(
        file: &str,
        variables: &[(&str, &str)],
        overrides: &Overrides,
        reach: Reach,
        absence: Absence,
    ) -> Survey {
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
        look_through(overrides, &surroundings, reach, absence)
    }

    fn settings(
        file: &str,
        variables: &[(&str, &str)],
        overrides: &Overrides,
        reach: Reach,
    ) -> Result<Settings, Vec<String>> {
        let survey = survey_of(file, variables, overrides, reach, Absence::Fault);
        let folder = format!("{}/", survey.place.parent().unwrap().display());
        survey.settings.map_err(|findings| {
            let told = findings
                .iter()
                .map(|finding| format!("{finding} | {}", finding.help).replace(&folder, ""));
            told.collect()
        })
    }

    fn online(file: &str, variables: &[(&str, &str)]) -> Settings {
        settings(file, variables, &Overrides::default(), Reach::Online).unwrap()
    }

    fn refused(file: &str, variables: &[(&str, &str)]) -> Vec<String> {
        settings(file, variables, &Overrides::default(), Reach::Online).unwrap_err()
    }

    /// Without an organization.
    fn offline(file: &str) -> Result<Settings, Vec<String>> {
        settings(file, &[], &Overrides::default(), Reach::Offline)
    }

    /// The examples of the documents.
    fn examples() -> Vec<&'static str> {
        let page = include_str!("../../docs/configuration.md");
        let examples = page.split("```toml\n").skip(1);
        examples.filter_map(|rest| rest.split("```").next()).collect()
    }

    fn whole() -> String {
        format!(
            "[profile.default]\norganization = \"acme\"\norganization_id = \"{ID}\"\nclient_id = \"app\"\n\
            client_secret_command = \"pass show uipath\"\n"
        )
    }

    #[test]
    fn a_profile_with_the_four_essentials_is_a_connection_to_the_cloud() {
        let settings = online(&whole(), &[]);
        let connection = settings.connection.unwrap();
        assert_eq!(connection.uri.as_str(), "https://cloud.uipath.com");
        assert_eq!(connection.identity_uri, None);
        assert_eq!(connection.organization, "acme");
        assert_eq!(connection.organization_id.map(|id| id.to_string()).as_deref(), Some(ID));
        let Credentials::ClientCredentials {
            client_id,
            secret: SecretSource::Command { line, .. },
            scopes,
        } = connection.credentials
        else {
            panic!("{:?}", connection.credentials)
        };
        assert_eq!((client_id.as_str(), line.as_str()), ("app", "pass show uipath"));
        assert_eq!(scopes, None);
        assert_eq!(settings.warnings, []);
    }

    #[test]
    fn flags_are_above_the_environment_and_the_environment_above_the_profile() {
        let file = whole();
        let variables = [("UIPATH_ORGANIZATION", "from-env"), ("UIPATH_CLIENT_ID", "env-app")];
        let overrides = Overrides {
            organization: Some("from-flag".to_owned()),
            ..Overrides::default()
        };
        let settings = settings(&file, &variables, &overrides, Reach::Online).unwrap();
        let connection = settings.connection.unwrap();
        assert_eq!(connection.organization, "from-flag");
        let Credentials::ClientCredentials { client_id, .. } = connection.credentials else {
            panic!("{:?}", connection.credentials)
        };
        assert_eq!(client_id, "env-app");
    }

    #[test]
    fn variables_that_lead_elsewhere_than_the_profile_that_was_typed_are_told() {
        let file = whole();
        let typed = |name: Option<&str>, variables: &[(&str, &str)]| {
            let overrides = Overrides {
                profile: name.map(str::to_owned),
                ..Overrides::default()
            };
            let settings = settings(&file, variables, &overrides, Reach::Online).unwrap();
            let told = settings
                .warnings
                .iter()
                .map(|warning| (warning.to_string(), warning.help.clone()));
            told.collect::<Vec<_>>()
        };
        let left = [
            ("UIPATH_ORGANIZATION", "sandbox"),
            ("UIPATH_CLIENT_ID", "other-app"),
            ("UIPATH_CLIENT_SECRET", "hidden"),
        ];
        let told = typed(Some("default"), &left);
        assert_eq!(
            told[0].0,
            "`--profile`: `UIPATH_ORGANIZATION` and `UIPATH_CLIENT_ID` take the places of `organization` and `client_id` in \
             the profile `default`"
        );
        assert!(
            cfg!(windows) || told[0].1.ends_with("type `unset UIPATH_ORGANIZATION UIPATH_CLIENT_ID`"),
            "{told:?}"
        );
        // Nobody typed a profile, the variables say the same, or they say what the profile leaves open.
        assert_eq!(typed(None, &left), []);
        assert_eq!(typed(Some("default"), &[("UIPATH_ORGANIZATION", "acme")]), []);
        assert_eq!(
            typed(Some("default"), &[("UIPATH_URI", "https://cloud.uipath.com")]),
            []
        );
    }

    #[test]
    fn the_environment_alone_is_enough() {
        let variables = [
            ("UIPATH_URI", "https://govcloud.uipath.us"),
            ("UIPATH_IDENTITY_URI", "https://login.example/identity_/"),
            ("UIPATH_ORGANIZATION", "acme"),
            ("RESEAT_ORGANIZATION_ID", ID),
            ("UIPATH_PAT", "rt_secret"),
        ];
        let connection = online("", &variables).connection.unwrap();
        let identity_uri = connection.identity_uri.as_ref().map(BaseUrl::as_str);
        assert_eq!(identity_uri, Some("https://login.example/identity_"));
        assert!(matches!(connection.credentials, Credentials::Token { .. }));
        assert!(!format!("{connection:?}").contains("rt_secret"));
    }

    #[test]
    fn how_to_sign_in_is_what_the_highest_layer_names() {
        let token = "token_file = \"pat.txt\"\n";
        let ropc = "username = \"ann\"\ntenancy = \"host\"\npassword_file = \"p\"\n";
        let bare = format!("[profile.default]\norganization = \"acme\"\norganization_id = \"{ID}\"\n");
        let kind =
            |file: String, variables: &[(&str, &str)]| match online(&file, variables).connection.unwrap().credentials {
                Credentials::ClientCredentials { .. } => "client-credentials",
                Credentials::Token { .. } => "token",
                Credentials::Ropc { .. } => "ropc",
            };
        assert_eq!(kind(whole() + token, &[]), "client-credentials");
        assert_eq!(kind(whole(), &[("UIPATH_PAT", "t")]), "token");
        assert_eq!(
            kind(whole(), &[("UIPATH_PAT", "t"), ("UIPATH_CLIENT_SECRET", "s")]),
            "client-credentials"
        );
        assert_eq!(kind(bare.clone() + token, &[]), "token");
        assert_eq!(kind(bare.clone() + ropc, &[]), "ropc");
        assert_eq!(
            kind(whole() + "auth = \"ropc\"\n" + ropc, &[("UIPATH_PAT", "t")]),
            "ropc"
        );
    }

    #[test]
    fn everything_wrong_is_told_at_once_with_its_place_and_mend() {
        let file = "[profile.default]\n\
            uri = \"http://cloud.uipath.com\"\n\
            organization = \"https://cloud.uipath.com/\"\n\
            organization_id = \"acme\"\n\
            auth = \"basic\"\n\
            [profile.default.limits]\n\
            window = 300\n\
            share = 1.5\n\
            concurrency = 0\n\
            [profile.default.batch]\n\
            users_per_invite = -1\n\
            [profile.default.routes]\n\
            license = \"https://x\"\n\
            allocate_method = \"PUT\"\n";
        let told = refused(file, &[]);
        for (line, start) in [
            (
                2,
                "`profile.default.uri` (`reseat.toml`, line 2): `http://cloud.uipath.com` must begin with `https://`",
            ),
            (3, "`profile.default.organization`"),
            (
                4,
                "`profile.default.organization_id` (`reseat.toml`, line 4): `acme` is not a GUID",
            ),
            (5, "`profile.default.auth`"),
            (
                7,
                "`profile.default.limits.window` (`reseat.toml`, line 7): `300` does not fit",
            ),
            (8, "`profile.default.limits.share`"),
            (9, "`profile.default.limits.concurrency`"),
            (11, "`profile.default.batch.users_per_invite`"),
            (13, "`profile.default.routes.license`"),
            (14, "`profile.default.routes.allocate_method`"),
        ] {
            let found = told
                .iter()
                .any(|told| told.starts_with(start) && told.contains(&format!("line {line})")));
            assert!(found, "{start} in {told:#?}");
        }
        assert_eq!(told.len(), 10, "{told:#?}");
        assert!(told.iter().any(|told| told.contains("`organizationId`")), "{told:#?}");
    }

    #[test]
    fn with_nothing_configured_the_missing_essentials_are_named_with_where_to_find_them() {
        let told = refused("", &[]);
        let keys: Vec<_> = told.iter().filter_map(|told| told.split('`').nth(1)).collect();
        assert_eq!(keys, ["organization", "client_id", "UIPATH_CLIENT_SECRET"]);
        assert!(told[2].contains("there is no App Secret"), "{told:#?}");
    }

    #[test]
    fn ids_left_from_the_documents_are_told_to_be_examples() {
        let told = refused(examples()[0], &[]);
        let starts = ["`profile.default.organization_id`", "`profile.default.client_id`"];
        assert_eq!(told.len(), starts.len(), "{told:#?}");
        for (told, start) in told.iter().zip(starts) {
            assert!(
                told.starts_with(start) && told.contains("an example of the documentation"),
                "{told}"
            );
        }
    }

    #[test]
    fn the_portals_address_in_the_place_of_one_value_tells_the_others() {
        let portal =
            "https://govcloud.uipath.us/acme/portal_/admin?organizationId=0b1d5e7a-3c2f-4a6b-8c9d-1e2f3a4b5c6d";
        let application = [("UIPATH_CLIENT_ID", "'app'"), ("UIPATH_CLIENT_SECRET", "s")];
        for variable in ["UIPATH_ORGANIZATION", "UIPATH_URI"] {
            let settings = online("", &[application.as_slice(), &[(variable, portal)]].concat());
            assert_eq!(settings.deployment, Deployment::PublicSector, "{variable}");
            let address = settings.address.unwrap();
            assert_eq!(address.uri.as_str(), "https://govcloud.uipath.us", "{variable}");
            assert_eq!(address.organization, "acme", "{variable}");
            assert_eq!(
                address.organization_id.map(|id| id.to_string()).as_deref(),
                Some(ID),
                "{variable}"
            );
        }
        let both = |uri, organization| {
            let variables = [("UIPATH_URI", uri), ("UIPATH_ORGANIZATION", organization)];
            let variables = [application.as_slice(), &variables].concat();
            settings("", &variables, &Overrides::default(), Reach::Online)
        };
        let connection = both("cloud.uipath.com/acme", "https://cloud.uipath.com/acme/portal_/")
            .unwrap()
            .connection;
        assert_eq!(connection.unwrap().organization, "acme");
        for (uri, organization, words) in [
            (
                "https://uipath.acme.example",
                "https://cloud.uipath.com/acme",
                "write the name alone, `acme`",
            ),
            (
                "https://cloud.uipath.com/acme",
                "other",
                "write `https://cloud.uipath.com`",
            ),
        ] {
            let told = both(uri, organization).unwrap_err();
            assert_eq!(told.len(), 1, "{told:#?}");
            assert!(told[0].contains(words), "{told:#?}");
        }
    }

    #[test]
    fn an_installation_of_ones_own_has_to_name_its_address() {
        let told = refused(&(whole() + "deployment = \"automation-suite\"\n"), &[]);
        assert_eq!(told.len(), 1, "{told:#?}");
        assert!(told[0].starts_with("no `uri` is configured"), "{told:#?}");
    }

    #[test]
    fn a_secret_in_the_file_is_refused_and_never_repeated() {
        for line in [
            "client_secret = \"hunter2\"",
            "password = \"hunter2\"",
            "token = \"hunter2\"",
        ] {
            let told = refused(&format!("{}{line}\n", whole()), &[]);
            assert_eq!(told.len(), 1, "{told:#?}");
            assert!(told[0].contains("is a secret"), "{told:#?}");
            assert!(!told[0].contains("hunter2"), "{told:#?}");
        }
        let essentials = format!("[profile.default]\norganization = \"acme\"\norganization_id = \"{ID}\"\n");
        for lines in ["client_id = \"app\"\nclient_secret = \"hunter2\"", "pat = \"hunter2\""] {
            let told = refused(&format!("{essentials}{lines}\n"), &[]);
            assert_eq!(told.len(), 1, "it is not missing besides: {told:#?}");
        }
        let torn = refused("[profile.default]\nclient_secret = \"hunter2\n", &[]);
        assert!(torn[0].contains("line 2: is not TOML"), "{torn:#?}");
        assert!(!torn[0].contains("hunter2"), "{torn:#?}");
    }

    #[test]
    fn a_profile_that_does_not_exist_is_the_only_thing_told() {
        let overrides = Overrides {
            profile: Some("prod".to_owned()),
            ..Overrides::default()
        };
        for file in [String::new(), whole()] {
            for reach in [Reach::Offline, Reach::Online] {
                let told = settings(&file, &[], &overrides, reach).unwrap_err();
                assert_eq!(told.len(), 1, "{told:#?}");
                assert!(
                    told[0].starts_with("`--profile`: there is no profile `prod`"),
                    "{told:#?}"
                );
            }
        }
        let told = refused("[profile.test]\norganization = \"acme\"\n", &[]);
        assert_eq!(told.len(), 1, "{told:#?}");
    }

    #[test]
    fn an_unknown_key_is_warned_of_with_its_neighbour() {
        let file = whole() + "orgnization = \"x\"\n[profile.default.limits]\nconcurency = 3\n[profiles.x]\na = 1\n";
        let warnings = online(&file, &[]).warnings;
        let helps: Vec<_> = warnings.iter().map(|warning| warning.help.as_str()).collect();
        assert_eq!(
            helps,
            [
                "did you mean `profile`?",
                "did you mean `concurrency`?",
                "did you mean `organization`?"
            ]
        );
    }

    #[test]
    fn a_profile_says_how_its_sheets_are_read_and_a_slip_in_it_is_told_with_its_line() {
        let file = whole()
            + "operation = \"invite\"\n[profile.default.map]\n\"Work e-mail\" = \"user\"\nZugriff = \"Lizenzen\"\n";
        for settings in [offline(&file).unwrap(), online(&file, &[])] {
            assert_eq!(settings.sheet.operation, Some(OperationKind::Invite));
            let map = [("Work e-mail", Column::User), ("Zugriff", Column::Licenses)];
            assert_eq!(
                settings.sheet.map,
                map.map(|(header, column)| (header.to_owned(), column))
            );
            assert_eq!(settings.warnings, []);
        }
        let told = refused(
            &(whole() + "operation = \"invit\"\n[profile.default.map]\nMail = \"licences2\"\nTeam = 3\n"),
            &[],
        );
        for (start, help) in [
            (
                "`profile.default.operation` (`reseat.toml`, line 6): `invit` is no operation",
                "`invite`",
            ),
            (
                "`profile.default.map.Mail` (`reseat.toml`, line 8): `licences2` is no column",
                "`licenses`",
            ),
            (
                "`profile.default.map.Team` (`reseat.toml`, line 9): `3` does not fit",
                "a text in quotes",
            ),
        ] {
            let found = told.iter().find(|told| told.starts_with(start));
            assert!(found.is_some_and(|told| told.contains(help)), "{start}: {told:#?}");
        }
        assert_eq!(told.len(), 3, "{told:#?}");
    }

    #[test]
    fn the_published_quotas_hold_for_the_cloud_and_no_others_unless_given() {
        let of = |deployment: &str, limits: &str| {
            let uri = "uri = \"https://x.example\"";
            let file = format!("{}{uri}\ndeployment = \"{deployment}\"\n{limits}", whole());
            let limits = online(&file, &[]).limits;
            Method::iter()
                .map(|method| limits.quotas.get(Service::Identity, method))
                .collect::<Vec<_>>()
        };
        let published = [Some(300), Some(24_000), Some(160), Some(160), Some(160)];
        assert_eq!(of("cloud", ""), published);
        assert_eq!(of("test-cloud", ""), published);
        for deployment in ["public-sector", "dedicated", "automation-suite"] {
            assert_eq!(of(deployment, ""), [None; 5], "{deployment}");
        }
        assert_eq!(
            of("cloud", "[profile.default.limits]\nput = 0\nget = 50\n"),
            [Some(50), Some(24_000), None, Some(160), Some(160)]
        );
    }

    #[test]
    fn limits_routes_and_sizes_are_read_and_flags_are_above_them() {
        let file = whole()
            + "bundle_codes = [\"NEWNU\"]\n[profile.default.limits]\nwindow = \"5000ms\"\nretries = 2\nmax_wait = \"1m\"\n\
            concurrency = 4\ntimeout = \"90s\"\nshare = 1\n[profile.default.routes]\nlicense = \"/la/\"\n\
            [profile.default.batch]\nusers_per_page = 50\n";
        let overrides = Overrides {
            concurrency: Some(16),
            ..Overrides::default()
        };
        let settings = settings(&file, &[], &overrides, Reach::Online).unwrap();
        assert_eq!(settings.bundle_codes, [BundleCode::new("NEWNU")]);
        let limits = settings.limits;
        assert_eq!((limits.concurrency, limits.retry.retries), (16, 2));
        assert_eq!(limits.quotas.window, Duration::from_secs(5));
        assert_eq!(limits.retry.max_wait, Duration::from_mins(1));
        assert_eq!(limits.timeout, Duration::from_secs(90));
        assert_eq!(settings.routes.license, "la");
        assert_eq!(settings.routes.portal, "{org}/portal_");
        assert_eq!(
            (settings.batch.users_per_page, settings.batch.sizes.users_per_invite),
            (50, 100)
        );
        assert_eq!(settings.warnings, []);
    }

    #[test]
    fn a_command_without_network_needs_no_connection_and_still_sees_the_rest() {
        assert!(offline("").unwrap().connection.is_none());
        let file = "[profile.default]\ndeployment = \"automation-suite\"\nclient_id = \"app\"\n";
        let settings = offline(file).unwrap();
        assert_eq!(settings.deployment, Deployment::AutomationSuite);
        assert_eq!(settings.warnings, []);
    }

    #[test]
    fn a_profile_is_chosen_by_name_and_a_slip_is_answered_with_its_neighbour() {
        let file = whole().replace("profile.default", "profile.production");
        let chosen = |name: &str| {
            let overrides = Overrides {
                profile: Some(name.to_owned()),
                ..Overrides::default()
            };
            settings(&file, &[], &overrides, Reach::Online)
        };
        assert!(chosen("production").is_ok());
        assert!(
            settings(
                &file,
                &[("RESEAT_PROFILE", "production")],
                &Overrides::default(),
                Reach::Online
            )
            .is_ok()
        );
        let told = chosen("prodution").unwrap_err();
        assert!(told[0].ends_with("did you mean `production`?"), "{told:#?}");
        let told = refused(&file, &[]);
        assert!(
            told[0].ends_with("choose one of production with `--profile`"),
            "{told:#?}"
        );
    }

    #[test]
    fn a_named_file_must_exist_and_its_paths_start_from_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.toml");
        let overrides = Overrides {
            config: Some(path.clone()),
            ..Overrides::default()
        };
        assert!(settings("", &[], &overrides, Reach::Offline).is_err());
        let file = whole().replace("client_secret_command", "client_secret_file") + "ca_file = \"ca.pem\"\n";
        fs_err::write(&path, file).unwrap();
        let settings = settings("", &[], &overrides, Reach::Online).unwrap();
        let connection = settings.connection.unwrap();
        assert_eq!(connection.ca_file, Some(folder.path().join("ca.pem")));
    }

    #[test]
    fn a_file_is_read_with_a_mark_and_one_in_another_encoding_says_how_to_save_it() {
        let read = |bytes: &[u8]| {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("reseat.toml");
            fs_err::write(&path, bytes).unwrap();
            let overrides = Overrides {
                config: Some(path),
                ..Overrides::default()
            };
            settings("", &[], &overrides, Reach::Online)
        };
        let file = format!("\u{feff}{}", whole());
        assert!(read(file.as_bytes()).is_ok());
        let utf16: Vec<u8> = file.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let windows = [whole().as_bytes(), b"# B\xfcro\n"].concat();
        for bytes in [utf16, windows] {
            let findings = read(&bytes).unwrap_err();
            let told = &findings[0];
            assert!(
                told.contains("reseat.toml") && told.contains("save it as UTF-8"),
                "{told}"
            );
        }
    }

    #[test]
    fn a_variable_is_taken_without_what_surrounds_it_unseen() {
        let settings = online(&whole(), &[("UIPATH_ORGANIZATION", "\u{feff}\u{a0}acme2\u{200b}\r\n")]);
        assert_eq!(settings.connection.unwrap().organization, "acme2");
    }

    /// An example with ids in the place of those that stand for one's own.
    fn filled_in(example: &str) -> String {
        let own = "5a4db0c5-1111-4000-8000-000000000001";
        let example = example.replace("6f2c1d5e-0000-4000-8000-000000000001", ID);
        example.replace("00000000-1111-2222-3333-444444444444", own)
    }

    #[test]
    fn every_example_of_the_documents_loads_without_a_warning() {
        assert_eq!(examples().len(), 5);
        for example in examples() {
            assert_eq!(online(&filled_in(example), &[]).warnings, [], "{example}");
        }
    }

    #[test]
    fn the_first_example_of_the_documents_says_the_defaults() {
        let (written, default) = (online(&filled_in(examples()[0]), &[]), online(&whole(), &[]));
        assert_eq!(written.limits, default.limits);
        assert_eq!(written.routes, default.routes);
        assert_eq!(written.batch, default.batch);
    }

    #[test]
    fn the_zone_of_dates_may_stand_in_a_profile_by_its_name_and_a_slip_is_refused_with_the_nearest() {
        let zone = |line: &str| {
            let zone = online(&(whole() + line), &[]).sheet.timezone;
            zone.map(|zone| zone.iana_name().unwrap_or_default().to_owned())
        };
        assert_eq!(zone(""), None);
        assert_eq!(zone("timezone = \"Europe/Berlin\"\n").as_deref(), Some("Europe/Berlin"));
        let told = refused(&(whole() + "timezone = \"Europe/Berln\"\n"), &[]);
        assert!(told[0].contains("`Europe/Berln` is no time zone"), "{told:?}");
        assert!(told[0].contains("did you mean `Europe/Berlin`?"), "{told:?}");
    }

    #[test]
    fn the_encoding_of_sheets_may_stand_in_a_profile_by_any_of_its_names() {
        let encoding = |line: &str| online(&(whole() + line), &[]).sheet.encoding.map(NamedEncoding::name);
        assert_eq!(encoding(""), None);
        assert_eq!(encoding("encoding = \"CP1250\"\n"), Some("windows-1250"));
        let told = refused(&(whole() + "encoding = \"windows-125O\"\n"), &[]);
        assert!(
            told[0].contains("line 6") && told[0].contains("did you mean `windows-125"),
            "{told:#?}"
        );
    }

    #[test]
    fn a_command_and_a_file_for_one_secret_are_one_too_many() {
        let told = refused(&(whole() + "client_secret_file = \"x\"\n"), &[]);
        assert!(told[0].contains("keep one of the two"), "{told:#?}");
    }

    #[test]
    fn codes_are_listed_or_given_names_each_its_own() {
        let named = offline("[profile.default.bundle_codes]\nPLUSNU = \"Plus\"\nPRONU = \"Pro\"\n").unwrap();
        assert_eq!(named.bundle_codes, ["PLUSNU", "PRONU"].map(BundleCode::new));
        assert_eq!(named.bundle_names[0], (BundleCode::new("PLUSNU"), "Plus".to_owned()));
        let twice = "[profile.default.bundle_codes]\nPLUSNU = \"Plus\"\nPRONU = \" plus \"\n";
        let told = offline(twice).unwrap_err();
        assert!(
            told[0].contains("line 3") && told[0].contains("the name of `PLUSNU` already"),
            "{told:?}"
        );
        let swapped = offline("[profile.default.bundle_codes]\n\"Citizen Developer\" = \"CTZDEVNU\"\n").unwrap_err();
        assert!(
            swapped
                .iter()
                .any(|line| line.contains("`CTZDEVNU = \"Citizen Developer\"`")),
            "{swapped:?}"
        );
        for (turned, told) in [
            ("Attended = \"ATTUNU\"", Some("`ATTUNU = \"Attended\"`")),
            ("Attended = \"attunu\"", Some("`attunu = \"Attended\"`")),
            ("ATTUNU = \"RPADEVPRONU\"", None),
            ("Attended = \"Tester\"", None),
        ] {
            let read = offline(&format!("[profile.default.bundle_codes]\n{turned}\n"));
            match (read, told) {
                (Err(told), Some(words)) => {
                    assert!(
                        told[0].contains("line 2")
                            && told[0].contains(words)
                            && told[0].contains("the other way round"),
                        "{told:?}"
                    );
                }
                (Ok(_), None) => {}
                (read, _) => panic!("{turned}: {read:?}"),
            }
        }
        let told = offline("[profile.default]\nbundle_codes = \"PLUSNU\"\n").unwrap_err();
        assert!(told[0].contains("does not fit"), "{told:?}");
    }

    #[test]
    fn codes_that_only_the_organization_knows_are_told_from_names_as_well() {
        let text = "[profile.default.bundle_codes]\nPlus = \"PLUSNU\"\nPRONU = \"Pro\"\n";
        let settings = offline(text).unwrap();
        let of_organization = ["PLUSNU", "PRONU"].map(BundleCode::new);
        let told = settings.codes_for_names(|word| of_organization.contains(word));
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].help, "write `PLUSNU = \"Plus\"`");
        assert!(settings.codes_for_names(|_| false).is_empty());
    }

    #[test]
    fn a_column_and_its_header_in_each_others_place_are_told_to_be_so() {
        for (line, words) in [
            (
                "licenses = \"Licence wanted\"",
                "write `\"Licence wanted\" = \"licenses\"`",
            ),
            ("user = \"licences\"", ""),
            ("user = \"licnses\"", "did you mean `licenses`?"),
            ("Wanted = \"nothing at all\"", "is no column of reseat's"),
        ] {
            match offline(&format!("[profile.default.map]\n{line}\n")) {
                Ok(_) => assert_eq!(words, "", "{line}"),
                Err(told) => assert!(!words.is_empty() && told[0].contains(words), "{line}: {told:?}"),
            }
        }
    }

    #[test]
    fn what_dropped_sheets_may_do_is_nothing_that_takes_access_unless_the_profile_says_so() {
        assert_eq!(online(&whole(), &[]).watch, WatchSettings::default());
        let file = whole()
            + "[profile.default.watch]\nmax_deletes = 3\nmax_access_lost = 20\nmax_failures = \"2.5%\"\n\
               on_shortage = \"fill\"\nunix_group = 1001\nquiet = \"9s\"\n";
        assert_eq!(
            online(&file, &[]).watch,
            WatchSettings {
                max_deletes: 3,
                max_access_lost: 20,
                max_failures: Some(MaxFailures::Percent(2.5)),
                on_shortage: OnShortage::Fill,
                unix_group: Some("1001".to_owned()),
                quiet: Duration::from_secs(9),
            }
        );
    }

    #[test]
    fn each_mistake_about_dropped_sheets_has_its_line_and_an_unknown_key_is_warned_of() {
        let file = whole()
            + "[profile.default.watch]\nmax_deletes = -1\nmax_access_lost = \"5%\"\nmax_failures = 0\n\
               on_shortage = \"wait\"\nunix_group = \"\"\nmax_delete = 3\n";
        let told = refused(&file, &[]);
        for (line, key, words) in [
            (7, "max_deletes", "a whole number from 0"),
            (8, "max_access_lost", "a whole number from 0"),
            (9, "max_failures", "`\"5%\"`"),
            (10, "on_shortage", "neither `stop` nor `fill`"),
            (11, "unix_group", "is empty"),
            (12, "max_delete", "did you mean `max_deletes`?"),
        ] {
            let start = format!("`profile.default.watch.{key}` (`reseat.toml`, line {line})");
            let found = told.iter().any(|told| told.starts_with(&start) && told.contains(words));
            assert!(found, "{start} in {told:#?}");
        }
        assert_eq!(told.len(), 6, "{told:#?}");
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
        let survey = survey_of(file, &variables, &overrides, Reach::Online, Absence::Fault);
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
        let example = examples()[0];
        let told: Vec<_> = survey_of(example, &[], &Overrides::default(), Reach::Online, Absence::Fault)
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
            let survey = survey_of(file, &variables, &overrides, Reach::Online, Absence::ToBeWritten);
            assert_eq!((survey.profile.as_deref(), survey.has_profile), (Some("test"), false));
            assert!(survey.place.ends_with("reseat.toml"));
            let connection = survey.settings.unwrap().connection.unwrap();
            assert_eq!(connection.organization, "acme");
            assert!(
                survey_of(file, &variables, &overrides, Reach::Online, Absence::Fault)
                    .settings
                    .is_err()
            );
        }
    }
}
