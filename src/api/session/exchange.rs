//! Attempts until there is an answer that can be judged, or no more hope of one.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use rand::RngExt;
use secrecy::ExposeSecret;

use super::attempt_log::AttemptLog;
use super::permit::AdmissionError;
use super::redact::Secrets;
use super::state::Traffic;
use super::token::Token;
use super::{ApiRequest, Effect, Session};
use crate::api::clock::now;
use crate::api::error_body::{header_trace, is_html};
use crate::api::{CallError, Receipt};
use crate::event::{Event, Service, WaitReason};
use crate::pace::{
    Attempt, AttemptOutcome, Decision, GiveUp, RateLimitHeaders, RetryKind, RetryPolicy, decide, retry_after,
};
use crate::text::clean;
use crate::wire::{Reach, Request, Response, TransportCode, TransportError};

/// How many bytes of a token some servers do not take any more: the least that is allowed by default for a header of
/// HTTP/2 (by nginx up to 1.19) is 4,096, its name and `Bearer` included.
const LONG_TOKEN: usize = 4_000;

/// After how many retries a connection that is always cut shows that the token is too long for somebody.
const ENOUGH_CUTS: u32 = 2;

/// An answer to judge, and what it cost.
pub(super) struct Exchanged {
    pub(super) response: Response,
    pub(super) receipt: Receipt,
    pub(super) log: AttemptLog,
}

impl Session {
    /// Sends until there is an answer to judge: any status but those of [`decide`] and a first 401.
    pub(super) async fn exchange(&self, request: &ApiRequest) -> Result<Exchanged, CallError> {
        let max_wait = self.config.retry.max_wait;
        let mut log = AttemptLog::new(Secrets::of(request, &self.config));
        loop {
            let permit = self.admit(request, &mut log.held).await;
            let permit = permit.map_err(|error| log.not_admitted(request, &error, max_wait))?;
            let token = match self.bearer(request, &log).await {
                Ok(token) => token,
                Err(error) => {
                    permit.withdraw();
                    return Err(error);
                }
            };
            if self.stop.is_cancelled() {
                permit.withdraw();
                return Err(log.stopped(request));
            }
            // From here on a stop no longer holds the call back: what the gate had recorded must be true.
            // Only a first attempt asks: once one has left, the record of it is already true.
            if log.attempts == 0
                && let Some(gate) = self.gate(request)
                && !gate.may_leave().await
            {
                permit.withdraw();
                return Err(log.stopped(request));
            }

            // From here on the server may have seen the request, whatever becomes of this future.
            log.attempts += 1;
            log.secrets.sent_with(token.as_ref().map(|token| &token.secret));
            log.token_length = token.as_ref().map_or(0, |token| token.secret.expose_secret().len());
            let sent = now();
            let result = self.send(request, token.as_deref(), &log, sent).await;
            let (outcome, headers) = self.classify(request, &result);
            match outcome {
                AttemptOutcome::NotSent
                | AttemptOutcome::NotTaken
                | AttemptOutcome::NeverAnswered
                | AttemptOutcome::CannotBeSent => permit.withdraw(),
                AttemptOutcome::Answered(status) => permit.answered(sent, Some(status), headers),
                AttemptOutcome::Page | AttemptOutcome::Lost => permit.answered(sent, None, headers),
            }
            self.keep_distance(request, sent, outcome);
            log.record(request, &result, outcome);

            if outcome == AttemptOutcome::Answered(401) && request.service != Service::Token {
                self.refused(request, &mut log, token.as_deref())?;
                continue;
            }
            if self.is_cut_for_its_token(&log, &result) {
                return Err(log.token_too_long(request, log.last()));
            }
            // Only a second 401 in a row ends the call; anything else shows that the token is accepted.
            log.refused_token = None;

            let asked = self.asked(request, &log, &result, headers);
            let attempt = Attempt {
                may_be_repeated: request.effect != Effect::Once,
                outcome,
                retries: log.retries,
                at_once: log.at_once,
                pauses: log.pauses,
                asked,
            };
            let random = self.traffic().dice.random();
            let decision = decide(&attempt, &self.retry_policy(), random);
            match (decision, result) {
                (Decision::Judge, Ok(response)) => {
                    let receipt = Receipt {
                        http_status: response.status,
                        trace_id: header_trace(&response),
                        attempts: log.attempts,
                        perhaps_done: log.unclear,
                    };
                    return Ok(Exchanged { response, receipt, log });
                }
                (Decision::Retry { after, kind }, _) => {
                    Box::pin(self.wait_to_retry(request, &mut log, after, kind))
                        .await
                        .map_err(|error| log.not_admitted(request, &error, max_wait))?;
                }
                (Decision::GiveUp(why), _) => return Err(log.given_up(request, why, max_wait)),
                (Decision::Judge, Err(_)) => return Err(log.given_up(request, GiveUp::Unclear, max_wait)),
            }
        }
    }

    fn retry_policy(&self) -> RetryPolicy {
        let policy = self.config.retry;
        RetryPolicy {
            retries: policy.retries.min(self.most_retries),
            ..policy
        }
    }

    async fn send(
        &self,
        request: &ApiRequest,
        token: Option<&Token>,
        log: &AttemptLog,
        sent: Instant,
    ) -> Result<Response, TransportError> {
        let (method, service) = (request.method, request.service);
        {
            let mut traffic = self.traffic();
            *traffic.stats.calls.entry((service, method)).or_default() += 1;
            traffic.stats.retries += u64::from(log.attempts > 1);
        }
        self.observe(Event::CallSent { method, service });
        let outgoing = Request {
            method,
            url: request.url.clone(),
            bearer: token.map(|token| Arc::clone(&token.secret)),
            content_type: request.content_type,
            body: request.body.clone(),
        };
        let mut result = self.shared.transport.send(outgoing).await;
        if let Ok(response) = &mut result
            // A token that was given must not be taken out of its own answer.
            && (response.status >= 400 || request.service != Service::Token)
        {
            log.secrets.clear(response);
        }
        let status = result.as_ref().ok().map(|response| response.status);
        let took = now().saturating_duration_since(sent);
        {
            let mut traffic = self.traffic();
            if status.is_some() {
                traffic.fastest = Some(traffic.fastest.map_or(took, |fastest| fastest.min(took)));
            }
            traffic.was_answered |= status.is_some();
            traffic.took_a_token |= status.is_some() && token.is_some();
            if status == Some(429) {
                let is_limited = self.config.limits.allowance(service, method).is_some();
                traffic.stats.throttled += 1;
                traffic.stats.throttled_within_limits += u64::from(is_limited);
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

    fn classify(
        &self,
        request: &ApiRequest,
        result: &Result<Response, TransportError>,
    ) -> (AttemptOutcome, RateLimitHeaders) {
        match result {
            Ok(response) => {
                let headers = RateLimitHeaders::read(|name| response.header(name), || wall_clock(response));
                let is_good = (200..300).contains(&response.status);
                let is_page = is_good && is_html(response);
                let mut traffic = self.traffic();
                if is_good && !is_page {
                    traffic.proven.note(request);
                }
                // From the beginning it would be a wrong address or a log-in.
                let outcome = if is_page && traffic.proven.includes(request) {
                    AttemptOutcome::Page
                } else {
                    AttemptOutcome::Answered(response.status)
                };
                (outcome, headers)
            }
            Err(error) => {
                let outcome = match error.reach {
                    Reach::CannotBeSent => AttemptOutcome::CannotBeSent,
                    Reach::NotTaken => AttemptOutcome::NotTaken,
                    Reach::NotSent if self.traffic().was_answered => AttemptOutcome::NotSent,
                    Reach::NotSent => AttemptOutcome::NeverAnswered,
                    Reach::Lost => AttemptOutcome::Lost,
                };
                (outcome, RateLimitHeaders::default())
            }
        }
    }

    /// Whether the connection was cut again because the token makes the header too long: what an HTTP/2 server does
    /// instead of answering. Only where no call with a token was ever answered.
    fn is_cut_for_its_token(&self, log: &AttemptLog, result: &Result<Response, TransportError>) -> bool {
        let code = result.as_ref().err().map(|error| error.code);
        let is_cut = matches!(
            code,
            Some(TransportCode::ConnectionLost | TransportCode::ConnectionClosed | TransportCode::StreamRefused)
        );
        is_cut && log.token_length >= LONG_TOKEN && log.retries >= ENOUGH_CUTS && !self.traffic().took_a_token
    }

    /// After a call that must not be repeated met a server that is overloaded or away, the next ones of its kind keep
    /// their distance, until some were served.
    fn keep_distance(&self, request: &ApiRequest, sent: Instant, outcome: AttemptOutcome) {
        let Traffic { pacer, dice, .. } = &mut *self.traffic();
        let window = pacer.window(request.service, request.method);
        if outcome.is_setback() {
            if request.effect == Effect::Once {
                window.set_back(sent, now(), &self.config.retry.backoff, dice.random());
            }
        } else if matches!(outcome, AttemptOutcome::Answered(status) if status < 500 && status != 429) {
            window.served(sent);
        }
    }

    /// The pause that the server asks for. It holds for every call of the service and method from here on; a 429 that
    /// names none pauses them to the end of the quota window.
    fn asked(
        &self,
        request: &ApiRequest,
        log: &AttemptLog,
        result: &Result<Response, TransportError>,
        headers: RateLimitHeaders,
    ) -> Option<Duration> {
        let response = result.as_ref().ok()?;
        let throttled = response.status == 429;
        if !throttled && response.status != 503 {
            return None;
        }
        let now = now();
        let mut traffic = self.traffic();
        let window = traffic.pacer.window(request.service, request.method);
        if throttled {
            window.refused(now);
        }
        let named = response
            .header("retry-after")
            .and_then(|value| retry_after(value, wall_clock(response)))
            .or_else(|| headers.reset.filter(|_| throttled));
        let window_end = || {
            let end = window.window_end(now)?;
            // Where the window ends is our guess; guessing wrong again has to cost more time each time.
            let least = self.config.retry.backoff.span(log.pauses.0);
            Some(end.saturating_duration_since(now).max(least))
        };
        let asked = named.or_else(|| throttled.then(window_end).flatten())?;
        window.pause_until(now + asked);
        Some(asked)
    }

    async fn wait_to_retry(
        &self,
        request: &ApiRequest,
        log: &mut AttemptLog,
        after: Duration,
        kind: RetryKind,
    ) -> Result<(), AdmissionError> {
        let until = now() + after;
        match kind {
            RetryKind::Throttled => {
                log.pauses = (log.pauses.0 + 1, log.pauses.1 + after);
                // The gate makes this call and all others of its kind wait.
                let mut traffic = self.traffic();
                traffic.pacer.window(request.service, request.method).pause_until(until);
                Ok(())
            }
            RetryKind::AtOnce => {
                log.at_once += 1;
                Ok(())
            }
            RetryKind::Transient => {
                log.retries += 1;
                let reason = WaitReason::Retry(clean(log.last(), 200));
                self.hold(reason, until, &mut log.held).await?;
                self.may_go_on(request, &mut log.held).await
            }
        }
    }
}

/// The server's own clock if it sends a date, so that a `Retry-After` date is right even if the local clock is not.
fn wall_clock(response: &Response) -> SystemTime {
    let date = response
        .header("date")
        .and_then(|date| httpdate::parse_http_date(date).ok());
    date.unwrap_or_else(SystemTime::now)
}
