//! A sandbox that runs: its socket, its connections, and the handle that tests and `--sandbox` hold.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::exchange::exchange;
use super::token::Tokens;
use super::{Config, Population, Tally, World};
use crate::model::OrganizationId;

/// What every request shares.
pub(super) struct Shared {
    pub(super) config: Config,
    pub(super) organization: OrganizationId,
    state: Mutex<State>,
}

/// What requests change.
pub(super) struct State {
    pub(super) world: World,
    pub(super) tokens: Tokens,
    pub(super) tally: Tally,
    pub(super) in_flight: usize,
    pub(super) received: u64,
}

impl Shared {
    /// The state, for as long as a decision takes; never held across a pause.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running sandbox. Dropping it stops it; [`shutdown`](Self::shutdown) also waits and keeps the state file.
pub struct Sandbox {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Starts a sandbox on the configured address.
///
/// # Errors
///
/// The address cannot be listened on, or the state file or request log cannot be used.
pub async fn start(config: Config) -> io::Result<Sandbox> {
    let listener = TcpListener::bind(config.listen).await?;
    let address = listener.local_addr()?;
    let world = populate(&config);
    let shared = Arc::new(Shared {
        organization: config.organization_guid(),
        state: Mutex::new(State {
            world,
            tokens: Tokens::default(),
            tally: Tally::default(),
            in_flight: 0,
            received: 0,
        }),
        config,
    });
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    tasks.spawn(accept(listener, Arc::clone(&shared), stop.clone(), tasks.clone()));
    Ok(Sandbox {
        address,
        shared,
        stop,
        tasks,
    })
}

fn populate(config: &Config) -> World {
    let now = Timestamp::now();
    match &config.population {
        Population::Demo => World::demo(config.seed, now),
        Population::Generated(people) => World::generated(*people, config.seed, now),
        Population::Empty => World::empty(config.seed, now),
        Population::Given(world) => (**world).clone(),
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, stop: CancellationToken, tasks: TaskTracker) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => {
                // A connection that failed before it began is its client's loss only.
                if let Ok((stream, _)) = accepted {
                    tasks.spawn(serve(stream, Arc::clone(&shared), stop.clone()));
                }
            }
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>, stop: CancellationToken) {
    // Without it small answers wait for the client's delayed acknowledgement; a socket that refuses still works.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| exchange(Arc::clone(&shared), request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        // Ends in an error when a fault drops the connection, or the client does.
        _ = connection.as_mut() => {}
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

impl Sandbox {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The organization's name in URLs.
    pub fn organization(&self) -> &str {
        &self.shared.config.organization
    }

    /// The organization's GUID.
    pub fn organization_id(&self) -> OrganizationId {
        self.shared.organization
    }

    /// The external application's id.
    pub fn client_id(&self) -> &str {
        &self.shared.config.credentials.client_id
    }

    /// The external application's secret.
    pub fn client_secret(&self) -> &str {
        &self.shared.config.credentials.client_secret
    }

    /// A personal access token.
    pub fn personal_access_token(&self) -> &str {
        &self.shared.config.credentials.personal_access_token
    }

    /// A copy of the organization as it is now.
    pub fn world(&self) -> World {
        self.shared.state().world.clone()
    }

    /// What it has seen so far.
    pub fn tally(&self) -> Tally {
        self.shared.state().tally.clone()
    }

    /// Forgets what it has seen so far.
    pub fn reset_tally(&self) {
        self.shared.state().tally = Tally::default();
    }

    /// Looks at the organization, or changes it between two requests: another administrator at work.
    pub fn with_world<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        work(&mut self.shared.state().world)
    }

    /// Makes every token given out so far invalid.
    pub fn revoke_tokens(&self) {
        self.shared.state().tokens.revoke();
    }

    /// Stops listening and waits for what is in flight.
    ///
    /// # Errors
    ///
    /// The state file or the request log could not be written.
    pub async fn shutdown(self) -> io::Result<()> {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        Ok(())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
