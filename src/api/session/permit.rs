//! The permit to have one more call in flight, and the waits before it.

use std::time::{Duration, Instant};

use tokio::sync::SemaphorePermit;

use super::places::Places;
use super::{ApiRequest, Effect, Session};
use crate::api::DepartureGate;
use crate::api::clock::now;
use crate::event::{Event, Method, Service, WaitReason};
use crate::pace::{Admission, Hold, RateLimitHeaders};

/// Waits whose ends lie closer together than this are announced once.
const SAME_WAIT: Duration = Duration::from_secs(1);

/// Why a call got no permit.
pub(super) enum AdmissionError {
    /// The run is being stopped.
    Stopped,
    /// The server asked for a longer pause than is waited for.
    PauseTooLong(Duration),
}

/// The permit for one call in flight, counted by its quota. Dropped without `withdraw` or `answered`, as when the run is
/// aborted, it counts as answered: the server may have seen the call.
pub(super) struct Permit<'a> {
    session: &'a Session,
    service: Service,
    method: Method,
    /// Its place among the calls in flight; signing in needs none.
    place: Option<SemaphorePermit<'a>>,
    /// Whether the quota counts it as in flight.
    is_counted: bool,
}

impl Permit<'_> {
    /// The call surely never reached the server.
    pub(super) fn withdraw(mut self) {
        self.is_counted = false;
        let mut traffic = self.session.traffic();
        traffic.pacer.window(self.service, self.method).withdrawn();
    }

    /// The call was answered, or may have reached the server.
    pub(super) fn answered(mut self, sent: Instant, status: Option<u16>, headers: RateLimitHeaders) {
        self.is_counted = false;
        let now = now();
        let traffic = &mut *self.session.traffic();
        let window = traffic.pacer.window(self.service, self.method);
        window.answered(now);
        window.learn(headers, now);
        match status {
            Some(429 | 503) => traffic.concurrency.pushed_back(sent, now),
            Some(_) => traffic.concurrency.went_well(),
            None => {}
        }
        let wanted = traffic.concurrency.limit();
        self.session.shared.places.resize(&mut traffic.place_count, wanted);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let traffic = &mut *self.session.traffic();
        if self.is_counted {
            traffic.pacer.window(self.service, self.method).answered(now());
        }
        if let Some(place) = self.place.take() {
            Places::give_back(place, &mut traffic.place_count, traffic.concurrency.limit());
        }
    }
}

/// A call that counts as held back for as long as this lives.
struct WaitGuard<'a>(&'a Session);

impl<'a> WaitGuard<'a> {
    fn new(session: &'a Session) -> Self {
        session.traffic().waiting.begin(now());
        Self(session)
    }
}

impl Drop for WaitGuard<'_> {
    fn drop(&mut self) {
        self.0.traffic().waiting.end(now());
    }
}

impl Session {
    /// Waits for a permit that the quota lets go at once; `held` grows by the time for which the call was held back.
    pub(super) async fn admit(&self, request: &ApiRequest, held: &mut Duration) -> Result<Permit<'_>, AdmissionError> {
        loop {
            let mut permit = tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(AdmissionError::Stopped),
                permit = self.permit(request) => permit,
            };
            let now = now();
            let admission = self.traffic().pacer.window(request.service, request.method).admit(now);
            let (until, reason) = match admission {
                Admission::Go => {
                    permit.is_counted = true;
                    return Ok(permit);
                }
                Admission::Wait {
                    until,
                    why: Hold::Quota,
                } => (until, WaitReason::Quota(request.service, request.method)),
                Admission::Wait {
                    until,
                    why: Hold::SetBack,
                } => (until, WaitReason::SetBack(request.service, request.method)),
                Admission::Wait {
                    until,
                    why: Hold::Asked,
                } => {
                    let length = until.saturating_duration_since(now);
                    if length > self.config.retry.max_wait {
                        return Err(AdmissionError::PauseTooLong(length));
                    }
                    (until, WaitReason::Asked(request.service, request.method))
                }
            };
            // Kept while waiting for its own quota, it would keep calls of other kinds from leaving.
            drop(permit);
            self.hold(reason, until, held).await?;
            self.may_go_on(request, held).await?;
        }
    }

    /// Asks whether a call may go on that has been held back for long. It has no permit meanwhile: what it waits for
    /// could be others that wait for one.
    pub(super) async fn may_go_on(&self, request: &ApiRequest, held: &mut Duration) -> Result<(), AdmissionError> {
        match self.gate(request) {
            Some(gate) if !gate.may_go_on(held).await => Err(AdmissionError::Stopped),
            _ => Ok(()),
        }
    }

    /// Who is asked about a call that changes something.
    pub(super) fn gate(&self, request: &ApiRequest) -> Option<&DepartureGate> {
        let changes_something = request.effect != Effect::Read && request.service != Service::Token;
        self.departure.as_ref().filter(|_| changes_something)
    }

    /// Sleeps until `until` unless the run is stopped, and says why; `held` grows by the time it took.
    pub(super) async fn hold(
        &self,
        reason: WaitReason,
        until: Instant,
        held: &mut Duration,
    ) -> Result<(), AdmissionError> {
        let began = now();
        // A wait before a retry is the call's own; the others are for everybody.
        let _waiting = (!matches!(reason, WaitReason::Retry(_))).then(|| WaitGuard::new(self));
        self.announce(reason, until);
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(AdmissionError::Stopped),
            () = tokio::time::sleep_until(until.into()) => {
                *held += now().saturating_duration_since(began);
                Ok(())
            }
        }
    }

    /// The permit for one more call in flight. Signing in needs no room: the call that waits for the token has it.
    async fn permit(&self, request: &ApiRequest) -> Permit<'_> {
        let place = match request.service {
            Service::Token => None,
            _ => self.shared.places.take().await,
        };
        Permit {
            session: self,
            service: request.service,
            method: request.method,
            place,
            is_counted: false,
        }
    }

    /// Tells the observer of a wait that it does not know of yet.
    fn announce(&self, reason: WaitReason, until: Instant) {
        let now = now();
        let mut traffic = self.traffic();
        let known = traffic.announced.as_ref().is_some_and(|(last, end)| {
            let apart = end.max(&until).saturating_duration_since(*end.min(&until));
            *last == reason && apart < SAME_WAIT
        });
        if known {
            return;
        }
        traffic.announced = Some((reason.clone(), until));
        drop(traffic);
        let length = until.saturating_duration_since(now);
        self.observe(Event::Waiting { reason, length });
    }
}
