//! How to sign in, chosen by what is configured.

use strum::{EnumString, VariantNames};

use super::finding::SettingFault;
use super::inputs::Overrides;
use super::layers::{Layers, SecretKeys};
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

const CLIENT_SECRET: SecretKeys = SecretKeys {
    command: "client_secret_command",
    file: "client_secret_file",
    literals: &["client_secret"],
};
const TOKEN: SecretKeys = SecretKeys {
    command: "token_command",
    file: "token_file",
    literals: &["token", "pat", "access_token"],
};
const PASSWORD: SecretKeys = SecretKeys {
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
pub(super) fn credentials(layers: &mut Layers<'_>, overrides: &Overrides) -> Option<Credentials> {
    let named = layers.profile.text("auth");
    let client_id = layers.text(overrides.client_id.as_ref(), "UIPATH_CLIENT_ID", "client_id");
    let client_id = client_id.map(|said| said.value);
    let secret = layers.secret("UIPATH_CLIENT_SECRET", CLIENT_SECRET);
    let scopes = layers.profile.texts("scopes");
    let token = layers.secret("UIPATH_PAT", TOKEN);
    let username = layers.profile.text("username").map(|said| said.value);
    let tenancy = layers.profile.text("tenancy").map(|said| said.value);
    let password = layers.secret("UIPATH_PASSWORD", PASSWORD);

    let kind = match named {
        Some(said) => said.checked(layers.findings, |name| {
            name.parse().map_err(|_| {
                SettingFault::new(
                    format!("`{name}` is no way to sign in"),
                    format!("write one of {}", SignInKind::VARIANTS.join(", ")),
                )
            })
        })?,
        None if overrides.client_id.is_some() => SignInKind::ClientCredentials,
        None => match (&secret, &token) {
            // Within a layer the external application comes first; the environment is above the profile.
            (Some(SecretSource::Variable { .. }), _) => SignInKind::ClientCredentials,
            _ if layers.variable("UIPATH_CLIENT_ID").is_some() => SignInKind::ClientCredentials,
            (_, Some(SecretSource::Variable { .. })) => SignInKind::Token,
            _ if client_id.is_some() => SignInKind::ClientCredentials,
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
            let client_id = required(client_id, layers, "client_id", Some("UIPATH_CLIENT_ID"), register);
            let secret = required_secret(secret, layers, CLIENT_SECRET, "UIPATH_CLIENT_SECRET");
            Some(Credentials::ClientCredentials {
                client_id: client_id?,
                secret: secret?,
                scopes,
            })
        }
        SignInKind::Token => {
            let token = required_secret(token, layers, TOKEN, "UIPATH_PAT");
            Some(Credentials::Token { token: token? })
        }
        SignInKind::Ropc => {
            let account = "it is the account of a host administrator";
            let username = required(username, layers, "username", None, account);
            let tenancy = required(
                tenancy,
                layers,
                "tenancy",
                None,
                "it is the tenancy that the account signs in to",
            );
            let password = required_secret(password, layers, PASSWORD, "UIPATH_PASSWORD");
            Some(Credentials::Ropc {
                username: username?,
                tenancy: tenancy?,
                password: password?,
            })
        }
    }
}

fn required(
    value: Option<String>,
    layers: &Layers<'_>,
    key: &str,
    variable: Option<&str>,
    advice: &str,
) -> Option<String> {
    if value.is_none() {
        layers.missing(key, variable, advice);
    }
    value
}

fn required_secret(
    source: Option<SecretSource>,
    layers: &Layers<'_>,
    keys: SecretKeys,
    variable: &str,
) -> Option<SecretSource> {
    if source.is_none() && !layers.has_literal(keys) {
        let advice = format!(
            "`{}` takes a command that prints the secret, `{}` a file that holds it",
            keys.command, keys.file
        );
        layers.missing(keys.command, Some(variable), &advice);
    }
    source
}
