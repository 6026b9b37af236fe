//! The organization that a command talks to: the configured one, or a simulated one inside the process.

pub(super) mod label;
pub(super) mod lock;
pub(super) mod wrong;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::OnceCell;

use self::label::{OrganizationLabel, OrganizationShape, Whose};
use super::Ending;
use super::code_memory::{CodeMemory, inventory_of};
use super::console::Console;
use super::ending::Reason;
use super::failure::Failure;
use super::memory::Memory;
use super::next::Typed;
use super::secret::read_secret;
use super::session::Session;
use super::signals::Signals;
use super::state_place::{MemoryError, StatePlace};
use crate::api::{self, BaseUrl, CallError, Certainty, Client, Config};
use crate::cli::Target;
use crate::directory::{ReadOptions, Reader};
use crate::event::Observer;
use crate::model::{Inventory, OrganizationId};
use crate::sandbox::{self, Sandbox};
use crate::saved_plan::PlanOrganization;
use crate::settings::{self, Connection, Credentials, FIND_ID};
use crate::wire::{HttpConfig, HttpTransport};

/// The simulated organization of `--sandbox`: always the same one, so that its results can be resumed, and never one
/// that `reseat sandbox` serves.
pub(super) const IN_PROCESS: OrganizationId = OrganizationId(uuid::uuid!("5a4db0c5-0000-4000-8000-00000000000a"));

/// An organization as it is configured, before it is certain which one it is: where no GUID is configured, the token
/// tells it.
pub(super) struct Doorway {
    session: api::Session,
    config: Config,
    configured_id: Option<OrganizationId>,
    label: OrganizationLabel,
    target: Target,
    read: ReadOptions,
    recheck: Duration,
    observer: Observer,
    signals: Signals,
    typed: Typed,
    client: OnceCell<Client>,
    sandbox: Option<Sandbox>,
}

/// An organization, ready for calls.
pub(super) struct Organization {
    pub(super) client: Client,
    pub(super) id: OrganizationId,
    /// Its name in addresses.
    pub(super) name: String,
    /// What it is called where people are told which one it is.
    pub(super) label: OrganizationLabel,
    pub(super) read: ReadOptions,
    /// How long what was read counts as fresh.
    pub(super) recheck: Duration,
    /// Where something about it is kept between runs; `None` for one that ends with the process, and where there is
    /// no state folder.
    pub(super) place: Option<StatePlace>,
    memory: Memory,
    codes: Option<CodeMemory>,
    /// How long the service counts a call.
    window: Duration,
    /// Lives as long as the organization; `None` for a real one.
    _sandbox: Option<Sandbox>,
}

impl Doorway {
    /// Sets up the session, and the sandbox if requested; signs in only when something is sent.
    pub(super) async fn of(session: &Session<'_>, target: Target) -> Result<Self, Failure> {
        Self::set_up(session, target, None).await
    }

    /// The configured organization, with its secret if that was read already: a command for it may ask somebody.
    pub(super) async fn with_secret(session: &Session<'_>, secret: Option<SecretString>) -> Result<Self, Failure> {
        Self::set_up(session, Target::Configured, secret).await
    }

    async fn set_up(session: &Session<'_>, target: Target, secret: Option<SecretString>) -> Result<Self, Failure> {
        let Session {
            settings,
            console,
            signals,
            relay,
        } = session;
        let observer = relay.observer();
        let (place, configured_id, label, sandbox) = match (target, &settings.connection) {
            (Target::Sandbox, _) => {
                let (config, sandbox) = simulated().await?;
                (
                    config,
                    Some(sandbox.organization_id()),
                    OrganizationLabel::Simulated,
                    Some(sandbox),
                )
            }
            (Target::Configured, Some(connection)) => (
                configured(connection, secret, *console).await?,
                connection.organization_id,
                OrganizationLabel::configured(connection, settings),
                None,
            ),
            (Target::Configured, None) => {
                let message = "no organization is configured";
                return Err(Failure::in_settings(message)
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
        let transport = transport.map_err(|error| Failure::of_settings(&error))?;
        let stop = signals.stop.clone();
        Ok(Self {
            session: api::Session::new(Arc::new(transport), config.clone(), observer.clone(), stop),
            read: ReadOptions {
                users_per_page: settings.batch.users_per_page,
                concurrency: config.concurrency as usize,
                capabilities: config.capabilities,
            },
            config,
            configured_id,
            label,
            target,
            recheck: settings.limits.recheck,
            observer,
            signals: signals.clone(),
            typed: console.typed().clone(),
            client: OnceCell::new(),
            sandbox,
        })
    }

    /// A client of the organization, for a look before it is known whether anything is to be done there; signs in if
    /// the organization's GUID is not configured.
    pub(super) async fn client(&self) -> Result<Client, Failure> {
        let client = self.client.get_or_try_init(async || {
            let id = self.id().await?;
            Ok::<_, Failure>(self.client_of(id))
        });
        client.await.cloned()
    }

    /// The bundles of the organization, which are then remembered.
    pub(super) async fn inventory(&self, client: &Client) -> Result<Inventory, CallError> {
        let seats = client.seats().await?.value;
        if let Some(memory) = self.codes() {
            remember(&memory, client);
        }
        Ok(inventory_of(&self.config.organization, &seats, Timestamp::now()))
    }

    /// Whether what users hold can be read there; yes as well where it could not be found out, which reading will say.
    pub(super) async fn tells_allocations(&self, client: &Client) -> bool {
        Reader::new(client, &self.read, &self.observer)
            .tells_allocations()
            .await
    }

    /// What the organization is called where people are told which one it is.
    pub(super) fn label(&self) -> &OrganizationLabel {
        &self.label
    }

    /// The session that all calls share.
    pub(super) fn session(&self) -> &api::Session {
        &self.session
    }

    /// The organization.
    pub(super) async fn open(self) -> Result<Organization, Failure> {
        let client = self.client().await?;
        Ok(self.opened(client))
    }

    /// The organization with this id, whichever is configured.
    pub(super) fn open_as(self, id: OrganizationId) -> Organization {
        let client = self.client_of(id);
        self.opened(client)
    }

    fn opened(self, client: Client) -> Organization {
        let id = client.organization_id();
        let place = self.place(id);
        Organization {
            id,
            name: self.config.organization.clone(),
            label: self.label.clone(),
            read: self.read,
            recheck: self.recheck,
            memory: Memory::of(place.clone()),
            codes: self.codes(),
            place,
            window: self.config.limits.window,
            client,
            _sandbox: self.sandbox,
        }
    }

    fn client_of(&self, id: OrganizationId) -> Client {
        let client = Client::new(self.session.clone(), id);
        recall(&client, &Memory::of(self.place(id)));
        client
    }

    /// Where its codes are remembered; nowhere of an organization that ends with the process.
    fn codes(&self) -> Option<CodeMemory> {
        match self.target {
            Target::Sandbox => None,
            Target::Configured => CodeMemory::configured(&self.config.uri, &self.config.organization),
        }
    }

    fn place(&self, id: OrganizationId) -> Option<StatePlace> {
        match self.target {
            Target::Sandbox => None,
            Target::Configured => place_of(&self.config.uri, id),
        }
    }

    async fn id(&self) -> Result<OrganizationId, Failure> {
        if let Some(id) = self.configured_id {
            return Ok(id);
        }
        let signed_in = self.session.signed_in().await;
        let signed_in = signed_in.map_err(|error| not_signed_in(&error, &self.signals, &self.typed))?;
        signed_in.organization.ok_or_else(|| {
            let message = "no `organization_id` is configured, and the token does not say which organization it is for";
            Failure::in_settings(message).with_help(format!(
                "add `organization_id`, or set `RESEAT_ORGANIZATION_ID`: {FIND_ID}"
            ))
        })
    }
}

/// Where something is kept of the organization with this id at this address; `None` where there is no state folder.
pub(super) fn place_of(uri: &BaseUrl, id: OrganizationId) -> Option<StatePlace> {
    let folder = settings::state_folder(&|name| std::env::var(name).ok());
    folder.map(|folder| StatePlace::of(&folder, uri.as_str(), id))
}

/// Remembers the inventory that the client has read, if it has. Failing to keeps an offline `check` from knowing codes
/// that no document has, which it then says.
fn remember(memory: &CodeMemory, client: &Client) {
    if let Some(seats) = client.inventory() {
        let _ = memory.keep(client.organization_id(), &seats, Timestamp::now());
    }
}

fn recall(client: &Client, memory: &Memory) {
    client.recall(&memory.recall_spent(Timestamp::now()));
    if let Some(route) = memory.recall_allocation_route() {
        client.keep_allocation_route(route, Certainty::Lasting);
    }
    if let Some(route) = memory.recall_lease_route() {
        client.keep_lease_route(route);
    }
}

/// The failure of a command that could not sign in.
fn not_signed_in(error: &CallError, signals: &Signals, typed: &Typed) -> Failure {
    unanswered(error, signals, typed, format!("failed to sign in: {error}"))
}

/// The failure of a command that a call was not answered for as it has to be. Who is to blame shows where all that it takes
/// is looked at one after another, unless it was the user who ended it.
pub(super) fn unanswered(call: &CallError, signals: &Signals, typed: &Typed, message: String) -> Failure {
    let (ending, reason) = without_answer(call, signals);
    let failure = Failure::new(ending, reason, message);
    match reason {
        Reason::Interrupted => failure,
        _ => failure.with_help(look_with_doctor(typed)),
    }
}

/// Where to look if there is no way to the organization.
fn look_with_doctor(typed: &Typed) -> String {
    format!("`{}` says what is wrong", typed.doctor())
}

/// How a command ends that cannot read what every run has to read, and why.
fn without_answer(call: &CallError, signals: &Signals) -> (Ending, Reason) {
    match call.failure {
        api::Failure::Stopped | api::Failure::CutOff => (signals.interrupted(), Reason::Interrupted),
        api::Failure::SignIn => (Ending::SignIn, Reason::SignIn),
        _ if call.status == Some(401) || call.is_page() => (Ending::SignIn, Reason::SignIn),
        _ if call.status == Some(403) => (Ending::SignIn, Reason::Permission),
        // Its retries are used up, or it is refused.
        _ => (Ending::CouldNotStart, Reason::SameFailure),
    }
}

/// The failure of a command that needs to know which licences there are.
pub(super) fn without_inventory(error: &CallError, session: &Session<'_>) -> Failure {
    unanswered(
        error,
        &session.signals,
        session.console.typed(),
        format!("failed to read which licences the organization has: {error}"),
    )
}

impl Organization {
    /// Makes sure that the token is for the organization whose GUID is configured, before anything is read. Returns the scopes
    /// that the token has, where they are known.
    pub(super) async fn check_id(&self, session: &Session<'_>) -> Result<Option<Vec<String>>, Failure> {
        let signed_in = self.client.sign_in().await;
        let signed_in = signed_in.map_err(|error| not_signed_in(&error, &session.signals, session.console.typed()))?;
        let Some(theirs) = signed_in.organization.filter(|theirs| *theirs != self.id) else {
            return Ok(signed_in.scopes);
        };
        let message = format!(
            "`organization_id` is {}, and the token is for the organization {theirs}, so nothing was read",
            self.id
        );
        Err(Failure::in_settings(message)
            .with_help(
                "correct `organization_id` (or `RESEAT_ORGANIZATION_ID`), or leave it out: the token names its \
                 organization; a second organization takes a profile of its own, with `--profile NAME`",
            )
            .with_help(look_with_doctor(session.console.typed())))
    }

    /// Whether the next run will know what this one found out of the organization.
    pub(super) fn remembers(&self) -> bool {
        self.memory.lasts()
    }

    /// The organization's bundles, those first that it has now, then those that it is remembered to have had; and whether
    /// they will be known to the next command.
    pub(super) async fn inventory(&self) -> Result<(Inventory, Result<(), MemoryError>), CallError> {
        let (seats, now) = (self.client.seats().await?.value, Timestamp::now());
        let inventory = inventory_of(&self.name, &seats, now);
        Ok(match &self.codes {
            Some(memory) => (
                memory.with_earlier(self.id, inventory),
                memory.keep(self.id, &seats, now),
            ),
            None => (inventory, Ok(())),
        })
    }

    /// What programs are told of it.
    pub(super) fn shape(&self) -> OrganizationShape<'_> {
        self.label.shape(self.id)
    }

    /// Which one it is, for what is told when it is no longer there.
    pub(super) fn whose(&self) -> Whose {
        Whose {
            id: self.id,
            label: self.label.clone(),
        }
    }

    /// How a saved plan identifies it.
    pub(super) fn of_plan(&self) -> PlanOrganization {
        PlanOrganization {
            id: self.id,
            name: self.name.clone(),
        }
    }
}

/// However a command ends, the next one knows how much quota it spent, and what it found out.
impl Drop for Organization {
    fn drop(&mut self) {
        let (spent, calls) = (self.client.spent(), self.client.stats().calls);
        self.memory.keep_spent(&spent, &calls, self.window, Timestamp::now());
        self.memory
            .keep_allocation_route(self.client.lasting_allocation_route());
        self.memory.keep_lease_route(self.client.lease_route());
        if let Some(codes) = &self.codes {
            remember(codes, &self.client);
        }
    }
}

async fn configured(
    connection: &Connection,
    secret: Option<SecretString>,
    console: Console<'_>,
) -> Result<Config, Failure> {
    let secret = match secret {
        Some(secret) => Ok(secret),
        None => read_secret(connection.credentials.secret(), console).await,
    };
    let secret = secret.map_err(|error| Failure::of_settings(&error))?;
    let credentials = credentials(&connection.credentials, secret);
    Ok(Config {
        identity_uri: connection.identity_uri.clone(),
        ..Config::new(connection.uri.clone(), connection.organization.clone(), credentials)
    })
}

/// The credentials with their secret, which was read.
fn credentials(configured: &Credentials, secret: SecretString) -> api::Credentials {
    match configured {
        Credentials::ClientCredentials { client_id, scopes, .. } => api::Credentials::Client {
            id: client_id.clone(),
            secret,
            scopes: scopes.clone(),
        },
        Credentials::Token { .. } => api::Credentials::Token(secret),
        Credentials::Ropc { username, tenancy, .. } => api::Credentials::Ropc {
            username: username.clone(),
            password: secret,
            tenancy: tenancy.clone(),
        },
    }
}

async fn simulated() -> Result<(Config, Sandbox), Failure> {
    let config = sandbox::Config {
        organization_id: Some(IN_PROCESS),
        ..sandbox::Config::default()
    };
    let sandbox = sandbox::start(config)
        .await
        .map_err(|error| Failure::of_settings(&error))?;
    let credentials = api::Credentials::Client {
        id: sandbox.client_id().to_owned(),
        secret: SecretString::from(sandbox.client_secret().to_owned()),
        scopes: None,
    };
    let uri = BaseUrl::parse(&sandbox.base_url()).map_err(|error| Failure::of_settings(&error))?;
    let config = Config::new(uri, sandbox.organization(), credentials);
    Ok((config, sandbox))
}
