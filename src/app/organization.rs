//! The organization that a command talks to: the configured one, or a simulated one inside the process.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::Ending;
use super::ending::Reason;
use super::failure::Failure;
use super::memory::Memory;
use super::runtime::off_thread;
use super::state_place::StatePlace;
use crate::api::{self, BaseUrl, Client, Config};
use crate::cli::Target;
use crate::directory::ReadOptions;
use crate::event::{Method, Observer};
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
    /// The method that allocates licences here.
    pub(super) allocate_method: Method,
    /// How long what was read counts as fresh.
    pub(super) recheck: Duration,
    /// Where something about it is kept between runs; `None` for one that ends with the process, and where there is
    /// no state folder.
    pub(super) place: Option<StatePlace>,
    memory: Memory,
    /// How long the service counts a call.
    window: Duration,
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
                let message = "no organization is configured";
                return Err(Failure::new(Ending::CouldNotStart, Reason::Settings, message)
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
        let transport = transport.map_err(|error| Failure::of(Ending::CouldNotStart, Reason::Settings, &error))?;
        let folder = match target {
            Target::Sandbox => None,
            Target::Configured => settings::state_folder(&|name| std::env::var(name).ok()),
        };
        let service = config.uri.to_string();
        let place = folder.map(|folder| StatePlace::of(&folder, &service, config.organization_id));
        let memory = Memory::of(place.clone());
        let client = Client::new(Arc::new(transport), config.clone(), observer, stop);
        client.recall(&memory.recall_spent(Timestamp::now()));
        Ok(Self {
            id: config.organization_id,
            name: config.organization.clone(),
            read: ReadOptions {
                users_per_page: settings.batch.users_per_page,
                concurrency: settings.limits.concurrency as usize,
                capabilities: config.capabilities,
            },
            allocate_method: config.routes.allocate_method,
            recheck: settings.limits.recheck,
            place,
            memory,
            window: config.limits.window,
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
        let (spent, calls) = (self.client.spent(), self.client.stats().calls);
        self.memory.keep_spent(&spent, &calls, self.window, Timestamp::now());
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
            .map_err(|error| Failure::of(Ending::CouldNotStart, Reason::Settings, &error))
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
    let could_not_start = |error: &dyn std::error::Error| Failure::of(Ending::CouldNotStart, Reason::Settings, error);
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
