//! A sandbox that runs: its socket, its connections, and the handle that tests and `--sandbox` hold.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::exchange::exchange;
use super::faults::FaultSchedule;
use super::log::RequestLog;
use super::orders::Orders;
use super::quota::Limiter;
use super::shared::{Shared, State};
use super::tokens::Tokens;
use super::{Config, Faults, Population, RequestStats, World, store};
use crate::model::OrganizationId;

/// How long a connection may take to end once the sandbox stops.
const PARTING: Duration = Duration::from_secs(5);

/// How long changes wait to be kept together.
const KEPT_EVERY: Duration = Duration::from_millis(250);

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
    let stored = config.state_file.as_deref().map(store::load).transpose()?.flatten();
    let (organization, mut world) = match stored {
        Some(stored) => (config.organization_id.unwrap_or(stored.organization_id), stored.world),
        None => (config.organization_guid(), populate(&config)),
    };
    world.seat_lag = config.seat_lag;
    let shared = Arc::new(Shared {
        organization,
        started: Instant::now(),
        log: config.request_log.as_deref().map(RequestLog::open).transpose()?,
        changed: Notify::new(),
        keeping: Mutex::new(()),
        state: Mutex::new(State {
            world,
            orders: Orders::default(),
            tokens: Tokens::default(),
            stats: RequestStats::default(),
            limiter: Limiter::new(config.quotas.clone()),
            faults: FaultSchedule::new(config.faults.clone(), config.seed),
            in_flight: 0,
            stalling: 0,
            carried_out: 0,
        }),
        config,
    });
    shared.keep()?;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    tasks.spawn(accept(listener, Arc::clone(&shared), stop.clone(), tasks.clone()));
    if shared.config.state_file.is_some() {
        tasks.spawn(keep_up(Arc::clone(&shared), stop.clone()));
    }
    Ok(Sandbox {
        address,
        shared,
        stop,
        tasks,
    })
}

/// Who lives there. Dates are counted back from the beginning of the day: a company that is made anew later on has the same,
/// so that a sheet that names them, as that of `rebalance` does, can be run against it.
fn populate(config: &Config) -> World {
    let today = beginning_of_day(Timestamp::now());
    match &config.population {
        Population::Demo => World::demo(config.seed, today),
        Population::Generated(people) => World::generated(*people, config.seed, today),
        Population::Company(people) => World::company(*people, config.seed, today),
        Population::Empty => World::empty(config.seed, today),
        Population::Given(world) => (**world).clone(),
    }
}

/// The last midnight, UTC.
fn beginning_of_day(now: Timestamp) -> Timestamp {
    let day = now.to_zoned(TimeZone::UTC).start_of_day();
    day.map_or(now, |midnight| midnight.timestamp())
}

/// Keeps the state file up to date, once for all the changes of a short while.
async fn keep_up(shared: Arc<Shared>, stop: CancellationToken) {
    let keeping = async {
        loop {
            shared.changed.notified().await;
            tokio::time::sleep(KEPT_EVERY).await;
            let shared = Arc::clone(&shared);
            // A failure occurs again at the next change, and is reported at shutdown.
            let _ = tokio::task::spawn_blocking(move || shared.keep()).await;
        }
    };
    stop.run_until_cancelled(keeping).await;
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
            // Whoever neither sends the rest of a request nor leaves is left.
            let _ = tokio::time::timeout(PARTING, connection).await;
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
    pub fn stats(&self) -> RequestStats {
        self.shared.state().stats.clone()
    }

    /// Forgets what it has seen so far.
    pub fn reset_stats(&self) {
        self.shared.state().stats = RequestStats::default();
    }

    /// Looks at the organization, or changes it between two requests: another administrator at work.
    pub fn with_world<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        let result = work(&mut self.shared.changing().world);
        self.shared.changed.notify_one();
        result
    }

    /// Spends calls of the identity service's quota, as another integration of the organization would.
    pub fn spend_quota(&self, method: &str, calls: u64) {
        let now = self.shared.started.elapsed();
        let mut state = self.shared.state();
        for _ in 0..calls {
            if state.limiter.take(method, now).is_err() {
                return;
            }
        }
    }

    /// Orders other faults from here on.
    pub fn set_faults(&self, faults: Faults) {
        self.shared.state().faults = FaultSchedule::new(faults, self.shared.config.seed);
    }

    /// Whether a request is held up by [`FaultKind::Stalled`](super::FaultKind::Stalled).
    pub fn is_stalling(&self) -> bool {
        self.shared.state().stalling > 0
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
        self.shared.keep()?;
        self.shared.log.as_ref().map_or(Ok(()), RequestLog::finish)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
