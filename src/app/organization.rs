//! The organization that a command talks to: the configured one, or a simulated one inside the process.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::Ending;
use super::failure::Failure;
use crate::api::{self, BaseUrl, Client};
use crate::cli::Target;
use crate::directory::ReadOptions;
use crate::event::{Method, Observer, Service};
use crate::model::{Capabilities, OrganizationId};
use crate::pace::{Limits, RetryPolicy};
use crate::sandbox::{self, Sandbox};
use crate::settings::{AllocateMethod, Connection, Credentials, Settings};
use crate::wire::{HttpConfig, HttpTransport};

/// An organization that can be talked to.
pub(super) struct Organization {
    pub(super) client: Client,
    pub(super) id: OrganizationId,
    pub(super) read: ReadOptions,
    pub(super) window: Duration,
    limits: Limits,
    /// Lives as long as the organization; `None` for a real one.
    _sandbox: Option<Sandbox>,
}

impl Organization {
    /// Sets up the client, and the sandbox where that is meant; signs in only when something is sent.
    pub(super) async fn connect(
        settings: &Settings,
        target: Target,
        observer: Observer,
        stop: CancellationToken,
    ) -> Result<Self, Failure> {
        let limits = limits(settings);
        let (mut config, sandbox) = match (target, &settings.connection) {
            (Target::Sandbox, _) => simulated().await?,
            (Target::Configured, Some(connection)) => (configured(connection)?, None),
            (Target::Configured, None) => {
                return Err(Failure::new(Ending::CouldNotStart, "no organization is configured")
                    .with_help("write a profile as docs/configuration.md shows, or add `--sandbox`"));
            }
        };
        config.routes.license.clone_from(&settings.routes.license);
        config.routes.portal.clone_from(&settings.routes.portal);
        config.routes.allocate_method = match settings.routes.allocate_method {
            AllocateMethod::Put => Method::Put,
            AllocateMethod::Post => Method::Post,
        };
        config.capabilities = settings.deployment.capabilities();
        config.limits = limits.clone();
        config.concurrency = settings.limits.concurrency;
        config.retry = RetryPolicy {
            retries: settings.limits.retries,
            max_wait: settings.limits.max_wait,
            ..RetryPolicy::default()
        };
        let http = HttpConfig {
            timeout: settings.limits.timeout,
            ca_file: settings.connection.as_ref().and_then(|connection| connection.ca_file.clone()),
            ..HttpConfig::default()
        };
        let transport = HttpTransport::new(http).map_err(|error| Failure::of(Ending::CouldNotStart, &error))?;
        Ok(Self {
            id: config.organization_id,
            read: read_options(settings, config.capabilities),
            client: Client::new(Arc::new(transport), config, observer, stop),
            window: settings.limits.window,
            limits,
            _sandbox: sandbox,
        })
    }

    /// How many calls of a method one window takes, if it is limited.
    pub(super) fn limit(&self, service: Service, method: Method) -> Option<u64> {
        self.limits.allowance(service, method).map(u64::from)
    }
}

fn read_options(settings: &Settings, capabilities: Capabilities) -> ReadOptions {
    ReadOptions {
        users_per_page: settings.batch.users_per_page,
        concurrency: settings.limits.concurrency as usize,
        capabilities,
    }
}

fn limits(settings: &Settings) -> Limits {
    let mut limits = Limits::none();
    limits.window = settings.limits.window;
    limits.share = settings.limits.share;
    for method in Method::ALL {
        limits.set(Service::Identity, method, settings.limits.calls(method).unwrap_or(0));
    }
    limits
}

fn configured(connection: &Connection) -> Result<api::Config, Failure> {
    let secret = |source: &crate::settings::SecretSource| {
        source.read().map_err(|error| Failure::of(Ending::CouldNotStart, &error))
    };
    let credentials = match &connection.credentials {
        Credentials::ClientCredentials { client_id, secret: source, scopes } => api::Credentials::Client {
            id: client_id.clone(),
            secret: secret(source)?,
            scopes: scopes.clone(),
        },
        Credentials::Token { token } => api::Credentials::Token(secret(token)?),
        Credentials::Ropc { username, tenancy, password } => api::Credentials::Ropc {
            username: username.clone(),
            password: secret(password)?,
            tenancy: tenancy.clone(),
        },
    };
    let base = |url: &str| BaseUrl::parse(url).map_err(|error| Failure::of(Ending::CouldNotStart, &error));
    let identity_uri = BaseUrl::parse_service(connection.identity_uri.as_str())
        .map_err(|error| Failure::of(Ending::CouldNotStart, &error))?;
    let mut config = api::Config::new(
        base(connection.uri.as_str())?,
        connection.organization.clone(),
        connection.organization_id,
        credentials,
    );
    config.identity_uri = Some(identity_uri);
    Ok(config)
}

async fn simulated() -> Result<(api::Config, Option<Sandbox>), Failure> {
    let config = sandbox::Config::default();
    let credentials = api::Credentials::Client {
        id: config.credentials.client_id.clone(),
        secret: SecretString::from(config.credentials.client_secret.clone()),
        scopes: None,
    };
    let organization = config.organization.clone();
    let sandbox = sandbox::start(config).await.map_err(|error| {
        Failure { causes: vec![error.to_string()], ..Failure::new(Ending::CouldNotStart, "failed to start the sandbox") }
    })?;
    let uri = BaseUrl::parse(&sandbox.base_url()).map_err(|error| Failure::of(Ending::CouldNotStart, &error))?;
    let config = api::Config::new(uri, organization, sandbox.organization_id(), credentials);
    Ok((config, Some(sandbox)))
}
