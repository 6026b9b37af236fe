//! What all calls of a client share: settings, transport, token, and the state of the traffic.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio_util::sync::CancellationToken;

use super::places::Places;
use super::proven_routes::ProvenRoutes;
use super::token::TokenCache;
use crate::api::clock::now;
use crate::api::{CallStats, Config, DepartureGate, Routes};
use crate::event::{Event, Observer, WaitReason};
use crate::pace::{Concurrency, Pacer};
use crate::wire::Transport;

/// What every clone of a client shares.
pub(in crate::api) struct Shared {
    pub(super) transport: Arc<dyn Transport>,
    observer: Observer,
    pub(super) traffic: Mutex<Traffic>,
    pub(super) places: Places,
    pub(super) tokens: TokenCache,
}

/// The state of the traffic; locked for moments only, never across a wait.
pub(in crate::api) struct Traffic {
    pub(in crate::api) pacer: Pacer,
    pub(super) stats: CallStats,
    /// What the fastest call took, signing in included. What takes longer was mostly a large page or a new connection, and
    /// says little of the next call.
    pub(in crate::api) fastest: Option<Duration>,
    pub(super) concurrency: Concurrency,
    /// How many places there are for calls in flight.
    pub(super) place_count: u32,
    pub(super) dice: StdRng,
    pub(super) waiting: WaitTimer,
    pub(super) announced: Option<(WaitReason, Instant)>,
    /// Whether any call was ever answered.
    pub(super) was_answered: bool,
    /// Whether any call that carried a token was ever answered.
    pub(super) took_a_token: bool,
    /// What has answered with data.
    pub(super) proven: ProvenRoutes,
}

/// A connection to the services, before or after signing in: everything that calls need but the organization's GUID,
/// which the token may have to tell first. Cheap to clone; every clone shares connections, token, quotas and counters.
#[derive(Clone)]
pub struct Session {
    pub(in crate::api) shared: Arc<Shared>,
    pub(in crate::api) config: Arc<Config>,
    pub(in crate::api) stop: CancellationToken,
    /// Asked before the call leaves.
    pub(in crate::api) departure: Option<DepartureGate>,
    /// The most retries of a call, where that is less than the settings have.
    pub(in crate::api) most_retries: u32,
}

impl Session {
    /// A session that sends over `transport`, reports every request and wait to `observer`, and sends nothing new once
    /// `stop` is cancelled. Nothing is sent yet.
    pub fn new(transport: Arc<dyn Transport>, config: Config, observer: Observer, stop: CancellationToken) -> Self {
        let concurrency = Concurrency::new(config.concurrency);
        let places = Places::new(concurrency.limit());
        let traffic = Traffic {
            pacer: Pacer::new(config.limits.clone()),
            stats: CallStats::default(),
            fastest: None,
            place_count: concurrency.limit(),
            concurrency,
            dice: config.seed.map_or_else(rand::make_rng, StdRng::seed_from_u64),
            waiting: WaitTimer::default(),
            announced: None,
            was_answered: false,
            took_a_token: false,
            proven: ProvenRoutes::default(),
        };
        let shared = Shared {
            transport,
            observer,
            traffic: Mutex::new(traffic),
            places,
            tokens: TokenCache::default(),
        };
        Self {
            shared: Arc::new(shared),
            config: Arc::new(config),
            stop,
            departure: None,
            most_retries: u32::MAX,
        }
    }

    /// The same session, with services looked for elsewhere: under another name of the organization, or below other routes.
    #[must_use]
    pub fn at(&self, organization: String, routes: Routes) -> Self {
        let config = Config {
            organization,
            routes,
            ..Config::clone(&self.config)
        };
        Self {
            config: Arc::new(config),
            ..self.clone()
        }
    }

    pub(in crate::api) fn traffic(&self) -> MutexGuard<'_, Traffic> {
        self.shared.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it has cost so far.
    pub(in crate::api) fn stats(&self) -> CallStats {
        let traffic = self.traffic();
        CallStats {
            waited: traffic.waiting.so_far(now()),
            ..traffic.stats.clone()
        }
    }

    pub(super) fn observe(&self, event: Event) {
        (self.shared.observer)(event);
    }
}

/// The time during which at least one call was held back, however many were.
#[derive(Debug, Default)]
pub(super) struct WaitTimer {
    calls: u32,
    since: Option<Instant>,
    before: Duration,
}

impl WaitTimer {
    /// A call is held back from now on.
    pub(super) fn begin(&mut self, now: Instant) {
        self.calls += 1;
        self.since.get_or_insert(now);
    }

    /// A call is no longer held back.
    pub(super) fn end(&mut self, now: Instant) {
        self.calls = self.calls.saturating_sub(1);
        if self.calls == 0 {
            self.before = self.so_far(now);
            self.since = None;
        }
    }

    /// How long it was in all.
    pub(super) fn so_far(&self, now: Instant) -> Duration {
        let lasting = self.since.map(|since| now.saturating_duration_since(since));
        self.before + lasting.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_that_overlap_count_once_and_one_that_lasts_counts_as_far_as_it_is() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut timer = WaitTimer::default();
        timer.begin(at(0));
        timer.begin(at(2));
        timer.end(at(5));
        timer.end(at(7));
        assert_eq!(timer.so_far(at(60)).as_secs(), 7);
        timer.begin(at(100));
        assert_eq!(timer.so_far(at(103)).as_secs(), 10);
    }
}
