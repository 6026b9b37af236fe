//! A word before a call leaves.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;

/// How long something has been held back: by a quota, a pause that the server asked for, a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// Not at all, or so briefly that what was read is still as it was.
    Briefly,
    /// So long that what was read may have changed.
    Long,
}

impl Waited {
    /// Whether `time` counts as long where everything above `most` does.
    pub fn of(time: Duration, most: Duration) -> Self {
        if time > most { Self::Long } else { Self::Briefly }
    }
}

/// What a gate is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GateQuestion {
    /// The call has been held back for long: may it go on, or has what it rests on to be read again?
    MayGoOn,
    /// The call is about to leave for the first time: may it?
    MayLeave,
}

/// Asked for a call that changes something, after every long wait and before its first request leaves.
/// What has to be on disk before a call is put there meanwhile.
#[derive(Clone)]
pub struct DepartureGate {
    /// Waits above this are long.
    recheck: Duration,
    ask: Arc<dyn Fn(GateQuestion) -> BoxFuture<'static, bool> + Send + Sync>,
}

impl DepartureGate {
    /// A gate that asks `ask`; waits above `recheck` are long.
    pub fn new(
        recheck: Duration,
        ask: impl Fn(GateQuestion) -> BoxFuture<'static, bool> + Send + Sync + 'static,
    ) -> Self {
        Self {
            recheck,
            ask: Arc::new(ask),
        }
    }

    /// Whether a call may go on that has been held back for so long since the gate was last asked.
    pub(super) async fn may_go_on(&self, held: &mut Duration) -> bool {
        if Waited::of(*held, self.recheck) == Waited::Briefly {
            return true;
        }
        *held = Duration::ZERO;
        (self.ask)(GateQuestion::MayGoOn).await
    }

    /// Whether a call may leave.
    pub(super) async fn may_leave(&self) -> bool {
        (self.ask)(GateQuestion::MayLeave).await
    }
}

impl fmt::Debug for DepartureGate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("DepartureGate")
    }
}
