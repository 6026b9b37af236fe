//! Attempts until there is an answer that can be judged, or no more hope of one.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rand::RngExt;

use super::redact::Hidden;
use super::slot::Held;
use super::story::Story;
use super::token::Token;
use super::{Call, Effect, Session, now};
use crate::api::error_body::header_trace;
use crate::api::{CallError, Receipt};
use crate::event::{Event, Service, WaitReason};
use crate::pace::{Allowance, Attempt, Decision, GiveUp, Happened, RetryKind, decide, retry_after};
use crate::text::clean;
use crate::wire::{Reach, Request, Response, TransportError};

/// An answer that is to be judged, and what it cost.
pub(super) struct Exchanged {
    pub(super) response: Response,
    pub(super) receipt: Receipt,
    pub(super) story: Story,
}

impl Session {
    /// Sends until there is an answer to judge: any status but those of [`decide`] and a first 401.
    pub(super) async fn exchange(&self, call: &Call) -> Result<Exchanged, CallError> {
        let max_wait = self.shared.config.retry.max_wait;
        let mut story = Story::hiding(Hidden::of(call, &self.shared.config.credentials));
        loop {
            let slot = self.slot(call).await;
            let slot = slot.map_err(|held| story.held(call, &held, max_wait))?;
            let token = match self.bearer(call, &story).await {
                Ok(token) => token,
                Err(error) => {
                    slot.withdraw();
                    return Err(error);
                }
            };
            if self.stop.is_cancelled() {
                slot.withdraw();
                return Err(story.stopped(call));
            }
            // From here on a stop no longer holds the call back: what the gate had recorded must be true.
            if story.attempts == 0
                && call.effect != Effect::Read
                && call.service != Service::Token
                && let Some(gate) = &self.departure
                && !gate.may_leave().await
            {
                slot.withdraw();
                return Err(story.stopped(call));
            }

            story.attempts += 1;
            story.hidden.sent_with(token.as_ref().map(|token| &token.secret));
            let sent = now();
            let result = self.send(call, token.as_deref(), &story).await;
            let (happened, said) = self.classify(&result);
            match happened {
                Happened::NotSent | Happened::NobodyThere | Happened::CannotBeSent => slot.withdraw(),
                Happened::Answered(status) => slot.answered(sent, Some(status), said),
                Happened::Lost => slot.answered(sent, None, said),
            }
            story.note(call, &result, happened);

            if happened == Happened::Answered(401) && call.service != Service::Token {
                self.refused(call, &mut story, token.as_deref())?;
                continue;
            }
            story.refused_token = None;

            let asked = self.asked(call, &story, &result, said);
            let attempt = Attempt {
                repeatable: call.effect.repeatable(),
                happened,
                retries: story.retries,
                pauses: story.pauses,
                asked,
            };
            let random = self.traffic().dice.random();
            let decision = decide(&attempt, &self.shared.config.retry, random);
            match (decision, result) {
                (Decision::Judge, Ok(response)) => {
                    let receipt = Receipt {
                        http_status: response.status,
                        trace_id: header_trace(&response),
                        attempts: story.attempts,
                    };
                    return Ok(Exchanged {
                        response,
                        receipt,
                        story,
                    });
                }
                (Decision::Retry { after, kind }, _) => {
                    Box::pin(self.wait_to_retry(call, &mut story, after, kind))
                        .await
                        .map_err(|held| story.held(call, &held, max_wait))?;
                }
                (Decision::GiveUp(why), _) => return Err(story.given_up(call, why, max_wait)),
                (Decision::Judge, Err(_)) => return Err(story.given_up(call, GiveUp::Unclear, max_wait)),
            }
        }
    }

    async fn send(&self, call: &Call, token: Option<&Token>, story: &Story) -> Result<Response, TransportError> {
        let (method, service) = (call.method, call.service);
        {
            let mut traffic = self.traffic();
            *traffic.tally.calls.entry((service, method)).or_default() += 1;
            traffic.tally.retries += u64::from(story.attempts > 1);
        }
        self.observe(Event::CallSent { method, service });
        let request = Request {
            method,
            url: call.url.clone(),
            bearer: token.map(|token| Arc::clone(&token.secret)),
            content_type: call.content_type,
            body: call.body.clone(),
        };
        let sent = now();
        let mut result = self.shared.transport.send(request).await;
        if let Ok(response) = &mut result
            // A token that was given must not be taken out of its own answer.
            && (response.status >= 400 || call.service != Service::Token)
        {
            story.hidden.clear(response);
        }
        let status = result.as_ref().ok().map(|response| response.status);
        let took = now().saturating_duration_since(sent);
        {
            let mut traffic = self.traffic();
            if status.is_some() {
                traffic.fastest = Some(traffic.fastest.map_or(took, |fastest| fastest.min(took)));
            }
            traffic.was_answered |= status.is_some();
            if status == Some(429) {
                let is_limited = self.shared.config.limits.allowance(service, method).is_some();
                traffic.tally.throttled += 1;
                traffic.tally.throttled_within_limits += u64::from(is_limited);
            }
        }
        self.observe(Event::CallEnded {
            method,
            service,
            status,
            took,
        });
        result
    }

    fn classify(&self, result: &Result<Response, TransportError>) -> (Happened, Allowance) {
        match result {
            Ok(response) => {
                let said = Allowance::read(|name| response.header(name), wall_clock(response));
                (Happened::Answered(response.status), said)
            }
            Err(error) => {
                let happened = match error.reach {
                    Reach::CannotBeSent => Happened::CannotBeSent,
                    Reach::NotSent if self.traffic().was_answered => Happened::NotSent,
                    Reach::NotSent => Happened::NobodyThere,
                    Reach::Lost => Happened::Lost,
                };
                (happened, Allowance::default())
            }
        }
    }

    /// The pause that the server wishes for. Such a wish binds every call of the service and method from here on;
    /// a 429 without a wish empties the quota window to its end.
    fn asked(
        &self,
        call: &Call,
        story: &Story,
        result: &Result<Response, TransportError>,
        said: Allowance,
    ) -> Option<Duration> {
        let response = result.as_ref().ok()?;
        let throttled = response.status == 429;
        if !throttled && response.status != 503 {
            return None;
        }
        let now = now();
        let mut traffic = self.traffic();
        if throttled {
            traffic.pacer.refused(call.service, call.method, now);
        }
        let named = response
            .header("retry-after")
            .and_then(|value| retry_after(value, wall_clock(response)))
            .or_else(|| said.reset.filter(|_| throttled));
        let window_end = || {
            let end = traffic.pacer.window_end(call.service, call.method, now)?;
            // Where the window ends is our guess; guessing wrong again has to cost more time each time.
            let least = self.shared.config.retry.backoff.span(story.pauses.0);
            Some(end.saturating_duration_since(now).max(least))
        };
        let asked = named.or_else(|| throttled.then(window_end).flatten())?;
        traffic.pacer.pause_until(call.service, call.method, now + asked);
        Some(asked)
    }

    async fn wait_to_retry(
        &self,
        call: &Call,
        story: &mut Story,
        after: Duration,
        kind: RetryKind,
    ) -> Result<(), Held> {
        let until = now() + after;
        match kind {
            RetryKind::Asked => {
                story.pauses = (story.pauses.0 + 1, story.pauses.1 + after);
                // The gate makes this call and all others of its kind wait.
                self.traffic().pacer.pause_until(call.service, call.method, until);
                Ok(())
            }
            RetryKind::Fault => {
                story.retries += 1;
                self.hold(WaitReason::Retry(clean(story.last(), 200)), until).await
            }
        }
    }
}

/// The server's own clock where it tells it, so that a date is right even if this computer's clock is not.
fn wall_clock(response: &Response) -> SystemTime {
    let date = response
        .header("date")
        .and_then(|date| httpdate::parse_http_date(date).ok());
    date.unwrap_or_else(SystemTime::now)
}
