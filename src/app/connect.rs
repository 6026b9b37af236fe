//! From settings to a client of the organization.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::Ending;
use super::failure::Failure;
use crate::api::{self, Client, Config};
use crate::event::Observer;
use crate::settings::{Connection, Credentials, SecretSource, Settings};
use crate::wire::{HttpConfig, HttpTransport};

/// A client of the organization. This is where secrets are read; nothing is sent yet.
///
/// # Errors
/// A secret cannot be had, or the HTTP client cannot be set up.
pub(super) fn connect(
    settings: &Settings,
    connection: &Connection,
    observer: Observer,
    stop: CancellationToken,
) -> Result<Client, Failure> {
    let transport = HttpTransport::new(HttpConfig {
        timeout: settings.limits.timeout,
        ca_file: connection.ca_file.clone(),
        ..HttpConfig::default()
    });
    let transport = transport.map_err(|error| Failure::of(Ending::CouldNotStart, &error))?;
    let config = Config {
        identity_uri: connection.identity_uri.clone(),
        routes: settings.routes.clone(),
        capabilities: settings.deployment.capabilities(),
        limits: settings.limits.quotas.clone(),
        concurrency: settings.limits.concurrency,
        retry: settings.limits.retry,
        ..Config::new(
            connection.uri.clone(),
            connection.organization.clone(),
            connection.organization_id,
            credentials(&connection.credentials)?,
        )
    };
    Ok(Client::new(Arc::new(transport), config, observer, stop))
}

fn credentials(credentials: &Credentials) -> Result<api::Credentials, Failure> {
    let read = |source: &SecretSource| source.read().map_err(|error| Failure::of(Ending::CouldNotStart, &error));
    Ok(match credentials {
        Credentials::ClientCredentials {
            client_id,
            secret,
            scopes,
        } => api::Credentials::Client {
            id: client_id.clone(),
            secret: read(secret)?,
            scopes: scopes.clone(),
        },
        Credentials::Token { token } => api::Credentials::Token(read(token)?),
        Credentials::Ropc {
            username,
            tenancy,
            password,
        } => api::Credentials::Ropc {
            username: username.clone(),
            password: read(password)?,
            tenancy: tenancy.clone(),
        },
    })
}
