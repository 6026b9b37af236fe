//! How to sign in, chosen by what is configured.

use strum::{EnumString, VariantNames};

use super::finding::SettingFault;
use super::inputs::Overrides;
use super::layers::{Layers, SecretKeys};
use super::pasted::no_example;
use super::secret::SecretSource;

/// How to sign in (`uipath-api`, 2).
#[derive(Debug, Clone)]
pub enum Credentials {
    /// An external application of the organization.
    ClientCredentials {
        /// Its App ID.
        client_id: String,
        /// Its App Secret.
        secret: SecretSource,
        /// The scopes to ask for, where the profile says so.
        scopes: Option<Vec<String>>,
    },
    /// A personal access token, sent as it is.
    Token {
        /// The token.
        token: SecretSource,
    },
    /// User name and password, for installations that still take them.
    Ropc {
        /// The account.
        username: String,
        /// The tenancy's name.
        tenancy: String,
        /// The password.
        password: SecretSource,
    },
}

impl Credentials {
    /// Where what is secret about them is.
    pub fn secret(&self) -> &SecretSource {
        match self {
            Self::ClientCredentials { secret, .. } => secret,
            Self::Token { token } => token,
            Self::Ropc { password, .. } => password,
        }
    }
}

const CLIENT_SECRET: SecretKeys = SecretKeys {
    name: "App Secret",
    variable: "UIPATH_CLIENT_SECRET",
    command: "client_secret_command",
    file: "client_secret_file",
    literals: &["client_secret"],
};
const TOKEN: SecretKeys = SecretKeys {
    name: "personal access token",
    variable: "UIPATH_PAT",
    command: "token_command",
    file: "token_file",
    literals: &["token", "pat", "access_token"],
};
const PASSWORD: SecretKeys = SecretKeys {
    name: "password",
    variable: "UIPATH_PASSWORD",
    command: "password_command",
    file: "password_file",
    literals: &["password"],
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, VariantNames)]
#[strum(serialize_all = "kebab-case")]
enum SignInKind {
    ClientCredentials,
    Token,
    Ropc,
}

/// Reads every key of every kind, so that none counts as unknown, and keeps the kind that is meant.
/// Where its secret is goes with it, also where the rest is missing.
pub(super) fn credentials(
    layers: &mut Layers<'_>,
    overrides: &Overrides,
) -> (Option<SecretSource>, Option<Credentials>) {
    let named = layers.profile.text("auth");
    let client_id = layers.text(overrides.client_id.as_ref(), "UIPATH_CLIENT_ID", "client_id");
    let is_client_id_said = client_id.is_some();
    let client_id = client_id.and_then(|said| said.checked(layers.notes.findings, app_id));
    if let Some(client_id) = &client_id {
        layers.notes.origins.show_as("client_id", client_id);
    }
    let secret = layers.secret(CLIENT_SECRET);
    let scopes = layers.profile.texts("scopes");
    let token = layers.secret(TOKEN);
    let username = layers.profile.text("username").map(|said| said.value);
    let tenancy = layers.profile.text("tenancy").map(|said| said.value);
    let password = layers.secret(PASSWORD);

    let kind = match named {
        Some(said) => {
            let kind = said.checked(layers.notes.findings, |name| {
                name.parse().map_err(|_| {
                    SettingFault::new(
                        format!("`{name}` is no way to sign in"),
                        format!("write one of {}", SignInKind::VARIANTS.join(", ")),
                    )
                })
            });
            let Some(kind) = kind else { return (None, None) };
            kind
        }
        None if overrides.client_id.is_some() => SignInKind::ClientCredentials,
        None => match (&secret, &token) {
            // Within a layer the external application comes first; the environment is above the profile.
            (Some(SecretSource::Variable { .. }), _) => SignInKind::ClientCredentials,
            _ if layers.variable("UIPATH_CLIENT_ID").is_some() => SignInKind::ClientCredentials,
            (_, Some(SecretSource::Variable { .. })) => SignInKind::Token,
            _ if is_client_id_said => SignInKind::ClientCredentials,
            (_, Some(_)) => SignInKind::Token,
            _ if layers.has_literal(TOKEN) => SignInKind::Token,
            _ if username.is_some() => SignInKind::Ropc,
            _ => SignInKind::ClientCredentials,
        },
    };
    match kind {
        SignInKind::ClientCredentials => {
            let register = "register a confidential external application with application scopes under \
                Admin, External Applications, and take its App ID";
            if !is_client_id_said {
                layers.missing("client_id", Some("UIPATH_CLIENT_ID"), register);
            }
            let secret = required_secret(secret, layers, CLIENT_SECRET);
            let credentials = client_id
                .zip(secret.clone())
                .map(|(client_id, secret)| Credentials::ClientCredentials {
                    client_id,
                    secret,
                    scopes,
                });
            (secret, credentials)
        }
        SignInKind::Token => {
            let token = required_secret(token, layers, TOKEN);
            (token.clone(), token.map(|token| Credentials::Token { token }))
        }
        SignInKind::Ropc => {
            let account = "it is the account of a host administrator";
            let username = required(username, layers, "username", account);
            let tenancy = required(
                tenancy,
                layers,
                "tenancy",
                "it is the tenancy that the account signs in to",
            );
            let password = required_secret(password, layers, PASSWORD);
            let account = username.zip(tenancy).zip(password.clone());
            let credentials = account.map(|((username, tenancy), password)| Credentials::Ropc {
                username,
                tenancy,
                password,
            });
            (password, credentials)
        }
    }
}

/// The App ID of an external application. That it is a GUID is for whoever gives tokens to say.
fn app_id(text: String) -> Result<String, SettingFault> {
    let advice = "the App ID stands beside the application under Admin, External Applications";
    no_example(&text, advice)?;
    if text.contains(char::is_whitespace) {
        return Err(SettingFault::new(
            // It may be the secret.
            "what stands in the place of the App ID has blanks in it and is none",
            advice,
        ));
    }
    Ok(text)
}

fn required(value: Option<String>, layers: &Layers<'_>, key: &str, advice: &str) -> Option<String> {
    if value.is_none() {
        layers.missing(key, None, advice);
    }
    value
}

fn required_secret(source: Option<SecretSource>, layers: &Layers<'_>, keys: SecretKeys) -> Option<SecretSource> {
    if source.is_none() && !layers.has_literal(keys) && !layers.has_any(keys) {
        layers.missing_secret(keys);
    }
    source
}
