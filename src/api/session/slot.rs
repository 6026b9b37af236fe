//! A place among the calls in flight, and the waits before it.

use std::time::{Duration, Instant};

use super::{Call, Session, now};
use crate::event::{Event, Method, Service, WaitReason};
use crate::pace::{Admission, Allowance, Hold};

/// Waits whose ends lie closer together than this are announced once.
const SAME_WAIT: Duration = Duration::from_secs(1);

/// Why a call got no place.
pub(super) enum Held {
    /// The run is being stopped.
    Stopped,
    /// The server asked for a longer pause than is waited for.
    TooLong(Duration),
}

/// A place among the calls in flight, counted by its quota. Dropped unended, as when the run is aborted, it counts as
/// answered: the server may have seen the call.
pub(super) struct Slot<'a> {
    session: &'a Session,
    service: Service,
    method: Method,
    takes_place: bool,
    admitted: bool,
}

impl Slot<'_> {
    /// The call surely never reached the server.
    pub(super) fn withdraw(mut self) {
        self.admitted = false;
        self.session.traffic().pacer.withdrawn(self.service, self.method);
    }

    /// The call was answered, or may have reached the server.
    pub(super) fn answered(mut self, sent: Instant, status: Option<u16>, said: Allowance) {
        self.admitted = false;
        let now = now();
        let mut traffic = self.session.traffic();
        traffic.pacer.answered(self.service, self.method, said, now);
        match status {
            Some(429 | 503) => traffic.concurrency.pushed_back(sent, now),
            Some(_) => traffic.concurrency.went_well(),
            None => {}
        }
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut traffic = self.session.traffic();
        if self.admitted {
            traffic
                .pacer
                .answered(self.service, self.method, Allowance::default(), now());
        }
        if self.takes_place {
            traffic.concurrency.give_back();
            drop(traffic);
            self.session.shared.room.notify_one();
        }
    }
}

/// A call that counts as held back for as long as this lives.
struct Counted<'a>(&'a Session);

impl<'a> Counted<'a> {
    fn new(session: &'a Session) -> Self {
        session.traffic().held.begin(now());
        Self(session)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.traffic().held.end(now());
    }
}

impl Session {
    /// Waits for a place that the quota lets go at once.
    pub(super) async fn slot(&self, call: &Call) -> Result<Slot<'_>, Held> {
        loop {
            let mut slot = tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(Held::Stopped),
                slot = self.place(call) => slot,
            };
            let now = now();
            let admission = self.traffic().pacer.admit(call.service, call.method, now);
            let (until, reason) = match admission {
                Admission::Go => {
                    slot.admitted = true;
                    return Ok(slot);
                }
                Admission::Wait {
                    until,
                    why: Hold::Quota,
                } => (until, WaitReason::Quota(call.service, call.method)),
                Admission::Wait {
                    until,
                    why: Hold::Asked,
                } => {
                    let length = until.saturating_duration_since(now);
                    if length > self.shared.config.retry.max_wait {
                        return Err(Held::TooLong(length));
                    }
                    (until, WaitReason::Asked(call.service, call.method))
                }
            };
            drop(slot);
            self.hold(reason, until).await?;
        }
    }

    /// Sleeps until `until` unless the run is stopped, and says why.
    pub(super) async fn hold(&self, reason: WaitReason, until: Instant) -> Result<(), Held> {
        // A wait before a retry is the call's own; the others are for everybody.
        let _counted = (!matches!(reason, WaitReason::Retry(_))).then(|| Counted::new(self));
        self.announce(reason, until);
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(Held::Stopped),
            () = tokio::time::sleep_until(until.into()) => Ok(()),
        }
    }

    /// A place among the calls in flight. Signing in takes none: the call that needs the token holds one.
    async fn place(&self, call: &Call) -> Slot<'_> {
        let takes_place = call.service != Service::Token;
        if takes_place {
            self.room().await;
        }
        Slot {
            session: self,
            service: call.service,
            method: call.method,
            takes_place,
            admitted: false,
        }
    }

    async fn room(&self) {
        loop {
            let freed = self.shared.room.notified();
            let (taken, more) = {
                let mut traffic = self.traffic();
                (traffic.concurrency.try_take(), traffic.concurrency.has_room())
            };
            if taken {
                // The limit may have grown by more than the place that was given back.
                if more {
                    self.shared.room.notify_one();
                }
                return;
            }
            freed.await;
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
