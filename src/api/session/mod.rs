//! One call carried through: place, quota, token, attempts, judgement.
//!
//! The order of an attempt: take a place among the calls in flight, pass the quota gate, have a token, look whether the
//! run is being stopped, send, classify. No place is held while waiting.

mod call;
mod exchange;
mod held;
mod judge;
mod redact;
mod sign_in;
mod slot;
mod story;
mod token;

pub(super) use call::{Call, Effect};
pub(super) use judge::Reply;
pub use sign_in::SignedIn;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use self::held::Held;
use self::token::TokenKeeper;
use super::{Config, DepartureGate, Tally};
use crate::event::{Event, Observer, WaitReason};
use crate::pace::{Concurrency, Pacer};
use crate::wire::Transport;

/// What every clone of a client shares.
pub(super) struct Shared {
    pub(super) config: Config,
    transport: Arc<dyn Transport>,
    observer: Observer,
    traffic: Mutex<Traffic>,
    room: Notify,
    tokens: TokenKeeper,
}

/// The state of the traffic; locked for moments only, never across a wait.
pub(super) struct Traffic {
    pub(super) pacer: Pacer,
    tally: Tally,
    /// What the fastest call took, signing in included. What takes longer was mostly a large page or a new connection, and
    /// says little of the next call.
    pub(super) fastest: Option<Duration>,
    concurrency: Concurrency,
    dice: StdRng,
    held: Held,
    announced: Option<(WaitReason, Instant)>,
    /// Whether any call was ever answered.
    was_answered: bool,
}

/// The shared state and the reason to stop.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) shared: Arc<Shared>,
    pub(super) stop: CancellationToken,
    /// Asked before the call leaves.
    pub(super) departure: Option<DepartureGate>,
}

impl Session {
    pub(super) fn new(
        transport: Arc<dyn Transport>,
        config: Config,
        observer: Observer,
        stop: CancellationToken,
    ) -> Self {
        let traffic = Traffic {
            pacer: Pacer::new(config.limits.clone()),
            tally: Tally::default(),
            fastest: None,
            concurrency: Concurrency::new(config.concurrency),
            dice: config.seed.map_or_else(rand::make_rng, StdRng::seed_from_u64),
            held: Held::default(),
            announced: None,
            was_answered: false,
        };
        let shared = Shared {
            config,
            transport,
            observer,
            traffic: Mutex::new(traffic),
            room: Notify::new(),
            tokens: TokenKeeper::default(),
        };
        Self {
            shared: Arc::new(shared),
            stop,
            departure: None,
        }
    }

    pub(super) fn traffic(&self) -> MutexGuard<'_, Traffic> {
        self.shared.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it has cost so far.
    pub(super) fn tally(&self) -> Tally {
        let traffic = self.traffic();
        Tally {
            waited: traffic.held.so_far(now()),
            ..traffic.tally.clone()
        }
    }

    fn observe(&self, event: Event) {
        (self.shared.observer)(event);
    }
}

/// The clock that quotas and pauses go by; tests may set it.
pub(super) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
