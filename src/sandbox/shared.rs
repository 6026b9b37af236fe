//! What all requests of a running sandbox share.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

use super::faults::FaultSchedule;
use super::log::RequestLog;
use super::orders::Orders;
use super::quota::Limiter;
use super::tokens::Tokens;
use super::{Config, RequestStats, World, store};
use crate::model::OrganizationId;

/// What every request shares.
pub(super) struct Shared {
    pub(super) config: Config,
    pub(super) organization: OrganizationId,
    pub(super) started: Instant,
    pub(super) log: Option<RequestLog>,
    /// Told after every request that may have changed the organization.
    pub(super) changed: Notify,
    /// Held while the state file is written, so that an older state never replaces a newer one.
    pub(super) keeping: Mutex<()>,
    pub(super) state: Mutex<State>,
}

/// What requests change.
pub(super) struct State {
    pub(super) world: World,
    pub(super) orders: Orders,
    pub(super) tokens: Tokens,
    pub(super) stats: RequestStats,
    pub(super) limiter: Limiter,
    pub(super) faults: FaultSchedule,
    pub(super) in_flight: usize,
    /// How many requests a fault holds up.
    pub(super) stalling: usize,
    pub(super) carried_out: u64,
}

impl Shared {
    /// The state, for as long as a decision takes; never held across a pause.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, where the organization may be changed.
    pub(super) fn changing(&self) -> MutexGuard<'_, State> {
        let mut state = self.state();
        state.orders.forget();
        state
    }

    /// Writes the state file, where there is one.
    pub(super) fn keep(&self) -> io::Result<()> {
        let Some(path) = &self.config.state_file else {
            return Ok(());
        };
        let _alone = self.keeping.lock().unwrap_or_else(PoisonError::into_inner);
        let content = store::written(self.organization, &self.state().world)?;
        store::save(path, &content)
    }
}
