//! A scripted server: it gives the answers it was told to, in order, and remembers what it was sent.
//!
//! It stands behind the transport seam, so that the clock may be virtual. A request that nobody scripted fails the test.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use reseat::api::{BaseUrl, Client, Config, Credentials, Session};
use reseat::event::{Event, Method};
use reseat::wire::{Reach, Request, Response, Transport, TransportCode, TransportError};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub(crate) const ORGANIZATION: &str = "99999999-9999-9999-9999-999999999999";

/// The GUID whose every digit is `digit`.
pub(crate) fn guid(digit: u8) -> String {
    let digit = char::from(b'0' + digit);
    let part = |length: usize| digit.to_string().repeat(length);
    [part(8), part(4), part(4), part(4), part(12)].join("-")
}

/// The id whose every digit is `digit`.
pub(crate) fn id<T: std::str::FromStr>(digit: u8) -> T
where
    T::Err: std::fmt::Debug,
{
    guid(digit).parse().unwrap()
}

/// A request as it was sent.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) bearer: Option<String>,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: Value,
    pub(crate) text: String,
    pub(crate) at: Duration,
}

struct Step {
    after: Duration,
    outcome: Result<Response, TransportError>,
}

struct Inner {
    start: Instant,
    steps: Mutex<VecDeque<Step>>,
    tokens: Mutex<VecDeque<Step>>,
    token_requests: Mutex<Vec<Seen>>,
    seen: Mutex<Vec<Seen>>,
    events: Mutex<Vec<Event>>,
    in_flight: Mutex<(usize, usize)>,
    endless: Mutex<Option<(Duration, Value)>>,
}

#[derive(Clone)]
pub(crate) struct Server {
    inner: Arc<Inner>,
    pub(crate) stop: CancellationToken,
}

impl Server {
    pub(crate) fn new() -> Self {
        let inner = Inner {
            start: Instant::now(),
            steps: Mutex::default(),
            tokens: Mutex::default(),
            token_requests: Mutex::default(),
            seen: Mutex::default(),
            events: Mutex::default(),
            in_flight: Mutex::default(),
            endless: Mutex::default(),
        };
        Self {
            inner: Arc::new(inner),
            stop: CancellationToken::new(),
        }
    }

    /// The next answer is this JSON.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "scripts read better without a `&` before every `json!`"
    )]
    pub(crate) fn answers(&self, status: u16, body: Value) -> &Self {
        self.answers_with(status, &[], &body.to_string())
    }

    /// The next answer has these headers and this body.
    pub(crate) fn answers_with(&self, status: u16, headers: &[(&str, &str)], body: &str) -> &Self {
        let step = Step {
            after: Duration::ZERO,
            outcome: Ok(response(status, headers, body)),
        };
        self.inner.steps.lock().unwrap().push_back(step);
        self
    }

    /// The next request gets no answer.
    pub(crate) fn fails(&self, reach: Reach) -> &Self {
        let step = Step {
            after: Duration::ZERO,
            outcome: Err(fault(reach)),
        };
        self.inner.steps.lock().unwrap().push_back(step);
        self
    }

    /// Every request from now on gets this answer after so long.
    pub(crate) fn always_answers(&self, after: Duration, body: Value) -> &Self {
        *self.inner.endless.lock().unwrap() = Some((after, body));
        self
    }

    /// The next request for a token gets this answer; unscripted ones get a token for an hour.
    pub(crate) fn gives_token(&self, status: u16, headers: &[(&str, &str)], body: &str) -> &Self {
        let step = Step {
            after: Duration::from_millis(50),
            outcome: Ok(response(status, headers, body)),
        };
        self.inner.tokens.lock().unwrap().push_back(step);
        self
    }

    pub(crate) fn client(&self) -> Client {
        self.client_with(|_| ())
    }

    /// A client whose configuration was changed.
    pub(crate) fn client_with(&self, change: impl FnOnce(&mut Config)) -> Client {
        let credentials = Credentials::Client {
            id: "app".to_owned(),
            secret: "app-secret".into(),
            scopes: None,
        };
        let uri = BaseUrl::parse("https://cloud.example").unwrap();
        let mut config = Config::new(uri, "acme", credentials);
        config.seed = Some(7);
        change(&mut config);
        let inner = Arc::clone(&self.inner);
        let observer = Arc::new(move |event| inner.events.lock().unwrap().push(event));
        let session = Session::new(Arc::new(self.clone()), config, observer, self.stop.clone());
        Client::new(session, ORGANIZATION.parse().unwrap())
    }

    /// What was sent, sign-ins aside.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.inner.seen.lock().unwrap().clone()
    }

    /// The methods and paths of what was sent, sign-ins aside.
    pub(crate) fn lines(&self) -> Vec<String> {
        let seen = self.seen();
        seen.iter()
            .map(|seen| format!("{} {}", seen.method, seen.path))
            .collect()
    }

    pub(crate) fn token_requests(&self) -> Vec<Seen> {
        self.inner.token_requests.lock().unwrap().clone()
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.inner.events.lock().unwrap().clone()
    }

    /// How many requests were in flight at once at most.
    pub(crate) fn most_in_flight(&self) -> usize {
        self.inner.in_flight.lock().unwrap().1
    }

    /// Whether every scripted answer was given.
    pub(crate) fn is_done(&self) -> bool {
        self.inner.steps.lock().unwrap().is_empty()
    }

    fn next(&self, seen: Seen) -> Step {
        if seen.path.ends_with("/connect/token") || seen.path.ends_with("/authenticate") {
            let mut requests = self.inner.token_requests.lock().unwrap();
            requests.push(seen);
            let scripted = self.inner.tokens.lock().unwrap().pop_front();
            return scripted.unwrap_or_else(|| {
                let token = format!("token-{}", requests.len());
                let body = json!({"access_token": token, "expires_in": 3600, "token_type": "Bearer"});
                Step {
                    after: Duration::from_millis(50),
                    outcome: Ok(response(200, &[], &body.to_string())),
                }
            });
        }
        let line = format!("{} {}", seen.method, seen.path);
        self.inner.seen.lock().unwrap().push(seen);
        if let Some((after, body)) = &*self.inner.endless.lock().unwrap() {
            return Step {
                after: *after,
                outcome: Ok(response(200, &[], &body.to_string())),
            };
        }
        let step = self.inner.steps.lock().unwrap().pop_front();
        step.unwrap_or_else(|| panic!("nobody expected `{line}`"))
    }
}

impl Transport for Server {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        let body = request.body.as_deref().unwrap_or_default();
        let seen = Seen {
            method: request.method,
            path: request.url.path().to_owned(),
            query: request.url.query().unwrap_or_default().to_owned(),
            bearer: request.bearer.as_ref().map(|token| token.expose_secret().to_owned()),
            content_type: request.content_type,
            body: serde_json::from_slice(body).unwrap_or_default(),
            text: String::from_utf8_lossy(body).into_owned(),
            at: self.inner.start.elapsed(),
        };
        let step = self.next(seen);
        async move {
            {
                let mut in_flight = self.inner.in_flight.lock().unwrap();
                in_flight.0 += 1;
                in_flight.1 = in_flight.1.max(in_flight.0);
            }
            tokio::time::sleep(step.after).await;
            self.inner.in_flight.lock().unwrap().0 -= 1;
            step.outcome
        }
        .boxed()
    }
}

fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let mut headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    if !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    Response {
        status,
        headers,
        body: body.as_bytes().to_vec(),
    }
}

fn fault(reach: Reach) -> TransportError {
    let code = match reach {
        Reach::CannotBeSent => TransportCode::CertificateNotTrusted,
        Reach::NotSent => TransportCode::ConnectionRefused,
        Reach::NotTaken => TransportCode::ConnectionClosed,
        Reach::Lost => TransportCode::ConnectionLost,
    };
    TransportError {
        reach,
        code,
        message: code.to_string().replace('_', " "),
    }
}

pub(crate) const LOGIN_PAGE: &str = "<!DOCTYPE html><html><title>Sign in</title></html>";
pub(crate) const HTML: &[(&str, &str)] = &[("content-type", "text/html; charset=utf-8")];
