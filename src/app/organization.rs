//! The organization that a command talks to: the configured one, or a simulated one inside the process.

use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::Ending;
use super::failure::Failure;
use super::runtime::off_thread;
use super::spent_quota::SpentQuotaFile;
use crate::api::{self, BaseUrl, Client, Config};
use crate::cli::Target;
use crate::directory::ReadOptions;
use crate::event::Observer;
use crate::model::OrganizationId;
use crate::sandbox::{self, Sandbox};
use crate::saved_plan::PlanOrganization;
use crate::settings::{self, Connection, Credentials, SecretSource, Settings};
use crate::wire::{HttpConfig, HttpTransport};

/// The simulated organization of `--sandbox`: always the same one, so that its results can be resumed, and never one
/// that `reseat sandbox` serves.
pub(super) const IN_PROCESS: OrganizationId = OrganizationId(uuid::uuid!("5a4db0c5-0000-4000-8000-00000000000a"));

/// An organization, ready for calls.
pub(super) struct Organization {
    pub(super) client: Client,
    pub(super) id: OrganizationId,
    /// Its name in addresses.
    pub(super) name: String,
    pub(super) read: ReadOptions,
    spent_quota: SpentQuotaFile,
    /// Lives as long as the organization; `None` for a real one.
    _sandbox: Option<Sandbox>,
}

impl Organization {
    /// Sets up the client, and the sandbox if requested; signs in only when something is sent.
    pub(super) async fn connect(
        settings: &Settings,
        target: Target,
        observer: Observer,
        stop: CancellationToken,
    ) -> Result<Self, Failure> {
        let (place, sandbox) = match (target, &settings.connection) {
            (Target::Sandbox, _) => {
                let (config, sandbox) = simulated().await?;
                (config, Some(sandbox))
            }
            (Target::Configured, Some(connection)) => (configured(connection).await?, None),
            (Target::Configured, None) => {
                return Err(Failure::new(Ending::CouldNotStart, "no organization is configured")
                    .with_help("write a profile as docs/configuration.md shows, or add `--sandbox`"));
            }
        };
        let config = Config {
            routes: settings.routes.clone(),
            capabilities: settings.deployment.capabilities(),
            limits: settings.limits.quotas.clone(),
            concurrency: settings.limits.concurrency,
            retry: settings.limits.retry,
            ..place
        };
        let transport = HttpTransport::new(HttpConfig {
            timeout: settings.limits.timeout,
            ca_file: settings
                .connection
                .as_ref()
                .and_then(|connection| connection.ca_file.clone()),
            ..HttpConfig::default()
        });
        let transport = transport.map_err(|error| Failure::of(Ending::CouldNotStart, &error))?;
        let spent_quota = match target {
            Target::Sandbox => SpentQuotaFile::none(),
            Target::Configured => {
                let folder = settings::state_folder(&|name| std::env::var(name).ok());
                SpentQuotaFile::of(config.organization_id, folder.as_deref())
            }
        };
        let client = Client::new(Arc::new(transport), config.clone(), observer, stop);
        client.recall(&spent_quota.recall(Timestamp::now()));
        Ok(Self {
            id: config.organization_id,
            name: config.organization.clone(),
            read: ReadOptions {
                users_per_page: settings.batch.users_per_page,
                concurrency: settings.limits.concurrency as usize,
                capabilities: config.capabilities,
            },
            spent_quota,
            client,
            _sandbox: sandbox,
        })
    }

    /// How a saved plan identifies it.
    pub(super) fn of_plan(&self) -> PlanOrganization {
        PlanOrganization {
            id: self.id,
            name: self.name.clone(),
        }
    }
}

/// However a command ends, the next one knows how much quota it spent.
impl Drop for Organization {
    fn drop(&mut self) {
        self.spent_quota.keep(&self.client.spent(), Timestamp::now());
    }
}

/// Reads secrets on a separate thread: a secret command may wait for the user to type a password.
async fn configured(connection: &Connection) -> Result<Config, Failure> {
    let sources = connection.credentials.clone();
    let credentials = off_thread(move || credentials(&sources)).await?;
    Ok(Config {
        identity_uri: connection.identity_uri.clone(),
        ..Config::new(
            connection.uri.clone(),
            connection.organization.clone(),
            connection.organization_id,
            credentials,
        )
    })
}

fn credentials(credentials: &Credentials) -> Result<api::Credentials, Failure> {
    let read = |source: &SecretSource| {
        source
            .read()
            .map_err(|error| Failure::of(Ending::CouldNotStart, &error))
    };
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

async fn simulated() -> Result<(Config, Sandbox), Failure> {
    let could_not_start = |error: &dyn std::error::Error| Failure::of(Ending::CouldNotStart, error);
    let config = sandbox::Config {
        organization_id: Some(IN_PROCESS),
        ..sandbox::Config::default()
    };
    let sandbox = sandbox::start(config).await.map_err(|error| could_not_start(&error))?;
    let credentials = api::Credentials::Client {
        id: sandbox.client_id().to_owned(),
        secret: SecretString::from(sandbox.client_secret().to_owned()),
        scopes: None,
    };
    let uri = BaseUrl::parse(&sandbox.base_url()).map_err(|error| could_not_start(&error))?;
    let config = Config::new(uri, sandbox.organization(), sandbox.organization_id(), credentials);
    Ok((config, sandbox))
}
