//! Calls that are not waited for as long as a run would: whoever runs `doctor` sits in front of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::api::{CallError, ErrorCode};
use crate::doctor::{Held, RouteAnswer};
use crate::event::{Event, Method, Observer, Service, WaitReason};
use crate::wire::TransportCode;

/// How long one call may take in all, repetitions included.
pub(super) const CALL: Duration = Duration::from_secs(10);
/// How long all of them may take.
const ALL: Duration = Duration::from_mins(1);
/// A service that has not answered so many calls is asked no more.
const MOST_UNANSWERED: u32 = 2;
/// A wait for a quota, or one that the service asks for, is sat out if it is not longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Makes calls, each of which may take so long, and all of them together as well.
pub(super) struct Asking {
    holds: Arc<Holds>,
    unanswered: Mutex<BTreeMap<Service, u32>>,
    until: Instant,
    each: Duration,
}

/// What came of a call, and how long that took.
#[derive(Debug)]
pub(super) struct Asked<T> {
    pub(super) came: Came<T>,
    pub(super) took: Duration,
}

/// What came of a call.
#[derive(Debug)]
pub(super) enum Came<T> {
    Answer(T),
    Failed(CallError),
    Held(Held, Duration),
    Unanswered(Duration),
    /// The service has left too many calls unanswered.
    Spared,
}

/// Until when calls of a service and method have to wait.
#[derive(Default)]
struct Holds {
    until: Mutex<BTreeMap<(Service, Method), (Held, Instant)>>,
    changed: Notify,
}

impl Asking {
    /// Calls of which each may take so long.
    pub(super) fn new(each: Duration) -> Self {
        Self {
            holds: Arc::default(),
            unanswered: Mutex::default(),
            until: Instant::now() + ALL,
            each,
        }
    }

    /// Has to observe the session whose calls are made.
    pub(super) fn observer(&self) -> Observer {
        let holds = Arc::clone(&self.holds);
        Arc::new(move |event| {
            let Event::Waiting { reason, length } = event else {
                return;
            };
            let (of, why) = match reason {
                WaitReason::Quota(service, method) => ((service, method), Held::ByQuota),
                WaitReason::Asked(service, method) => ((service, method), Held::ByService),
                // These are short.
                WaitReason::SetBack(..) | WaitReason::Retry(_) | WaitReason::ReadBack => return,
            };
            holds.lock().insert(of, (why, Instant::now() + length));
            holds.changed.notify_one();
        })
    }

    /// Makes a call of this service and method, unless that has to wait, and as long as there is time.
    pub(super) async fn ask<T>(
        &self,
        of: (Service, Method),
        call: impl Future<Output = Result<T, CallError>>,
    ) -> Asked<T> {
        let began = Instant::now();
        let limit = self.each.min(self.until.saturating_duration_since(began));
        let came = match self.holds.longer_than_patience(of) {
            _ if self.counted_unanswered(of.0, 0) >= MOST_UNANSWERED => Came::Spared,
            Some((why, length)) => Came::Held(why, length),
            None => tokio::select! {
                biased;
                answer = call => match answer {
                    Ok(answer) => Came::Answer(answer),
                    Err(error) => Came::Failed(error),
                },
                (why, length) = self.holds.come_up(of) => Came::Held(why, length),
                () = tokio::time::sleep(limit) => Came::Unanswered(limit),
            },
        };
        if came.is_unanswered() {
            self.counted_unanswered(of.0, 1);
        }
        Asked {
            came,
            took: began.elapsed(),
        }
    }

    /// How many calls the service has left unanswered, with so many more.
    fn counted_unanswered(&self, service: Service, more: u32) -> u32 {
        let mut unanswered = self.unanswered.lock().unwrap_or_else(PoisonError::into_inner);
        let count = unanswered.entry(service).or_default();
        *count += more;
        *count
    }
}

impl<T> Came<T> {
    /// Whether the time for an answer has run out, be it the call's own or the one that it had here.
    fn is_unanswered(&self) -> bool {
        match self {
            Self::Unanswered(_) => true,
            Self::Failed(error) => error.code == ErrorCode::Transport(TransportCode::TimedOut),
            Self::Answer(_) | Self::Held(..) | Self::Spared => false,
        }
    }
}

impl Holds {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<(Service, Method), (Held, Instant)>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn longer_than_patience(&self, of: (Service, Method)) -> Option<(Held, Duration)> {
        let (why, until) = *self.lock().get(&of)?;
        // Whole seconds, so that nobody is told to come back a moment too early.
        let length = until.saturating_duration_since(Instant::now()).as_secs_f64().ceil();
        let length = Duration::try_from_secs_f64(length).unwrap_or(PATIENCE);
        (length > PATIENCE).then_some((why, length))
    }

    async fn come_up(&self, of: (Service, Method)) -> (Held, Duration) {
        loop {
            self.changed.notified().await;
            if let Some(held) = self.longer_than_patience(of) {
                return held;
            }
        }
    }
}

impl<T> Asked<T> {
    /// The answer, if one came.
    pub(super) fn answer(&self) -> Option<&T> {
        match &self.came {
            Came::Answer(answer) => Some(answer),
            Came::Failed(_) | Came::Held(..) | Came::Unanswered(_) | Came::Spared => None,
        }
    }

    /// The same for a route; `what` says what the data are.
    pub(super) fn of_route(&self, what: impl FnOnce(&T) -> RouteAnswer) -> RouteAnswer {
        match &self.came {
            Came::Answer(answer) => what(answer),
            Came::Failed(error) => RouteAnswer::Failed(error.clone()),
            Came::Held(why, length) => RouteAnswer::Held(*why, *length),
            Came::Unanswered(limit) => RouteAnswer::Unanswered(*limit),
            Came::Spared => RouteAnswer::Open("not asked, because this service has left other calls unanswered"),
        }
    }
}
