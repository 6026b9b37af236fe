//! One request from its arrival to its answer: quota, fault, pause, work, pause, answer, log.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::Response;
use hyper::body::{Bytes, Incoming};
use jiff::Timestamp;
use serde_json::Value;

use super::answer::{Body, Closed, Ending, response};
use super::control;
use super::endpoint::{Access, Endpoint, Service, Verb};
use super::faults::{EntriesFault, FaultKind, Moment};
use super::licenses::no_account_license;
use super::log::Line;
use super::quota::rate_limited;
use super::reply::{Reply, identity_result};
use super::request::{Context, Request};
use super::router::{RouteMatch, find};
use super::shared::{Shared, State};

/// A request in work; the stats know how many there were at once.
struct InFlight(Arc<Shared>);

impl InFlight {
    fn enter(shared: &Arc<Shared>) -> Self {
        let mut state = shared.state();
        state.in_flight += 1;
        state.stats.peak_concurrency = state.stats.peak_concurrency.max(state.in_flight);
        Self(Arc::clone(shared))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.state().in_flight -= 1;
    }
}

/// A request that a fault holds up.
struct Stalling<'a>(&'a Shared);

impl<'a> Stalling<'a> {
    fn enter(shared: &'a Shared) -> Self {
        shared.state().stalling += 1;
        Self(shared)
    }
}

impl Drop for Stalling<'_> {
    fn drop(&mut self) {
        self.0.state().stalling -= 1;
    }
}

/// What is decided when a request arrives.
struct Arrival {
    refusal: Option<Reply>,
    fault: Option<FaultKind>,
    pause: Duration,
}

/// Answers a request. An error makes hyper close the connection without an answer.
pub(super) async fn exchange(shared: Arc<Shared>, request: hyper::Request<Incoming>) -> Result<Response<Body>, Closed> {
    let request = receive(request).await?;
    if let Some(reply) = control::answer(&shared, &request) {
        return response(Ending::Answered(reply));
    }
    let _in_flight = InFlight::enter(&shared);
    let found = find(
        &request.method,
        &request.segments(),
        &shared.config,
        shared.organization,
    );
    let arrival = arrive(&shared, &request, &found);
    let fault = arrival.fault.as_ref().map(FaultKind::name);
    // Whoever leaves in the middle does not know on which side of the effect.
    pause(arrival.pause / 2).await;
    let ending = match arrival {
        Arrival {
            refusal: Some(refusal), ..
        } => Ending::Answered(refusal),
        Arrival { fault: Some(fault), .. } => faulty(&shared, &request, &found, fault).await,
        _ => Ending::Answered(carry_out(&shared, &request, &found)),
    };
    pause(arrival.pause / 2).await;
    if let Some(log) = &shared.log {
        log.add(&Line {
            time: Timestamp::now(),
            method: request.method.as_str(),
            path: &request.path,
            status: ending.reply().map(|reply| reply.status),
            bytes: ending.reply().map_or(0, |reply| reply.body.len()),
            fault,
        });
    }
    response(ending)
}

/// Reads the request whole, so that even a refused one is answered in order.
async fn receive(request: hyper::Request<Incoming>) -> Result<Request, Closed> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    Ok(Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: url::form_urlencoded::parse(query).into_owned().collect(),
        headers: parts.headers,
        body,
    })
}

async fn pause(length: Duration) {
    if !length.is_zero() {
        tokio::time::sleep(length).await;
    }
}

/// Counts the request, takes it from the quota and chooses its fault.
fn arrive(shared: &Shared, request: &Request, found: &RouteMatch<'_>) -> Arrival {
    let method = request.method.as_str();
    let (service, route) = match found {
        RouteMatch::Endpoint { endpoint, .. } => (Some(endpoint.service), endpoint.name),
        _ => (None, "none"),
    };
    let mut state = shared.state();
    let State {
        stats, faults, limiter, ..
    } = &mut *state;
    stats.note(service.map_or("none", Into::into), method, route);
    let pause = shared.config.latency + faults.jitter(shared.config.jitter);
    let limited = if service == Some(Service::Identity) {
        limiter.take(method, shared.started.elapsed()).err()
    } else {
        None
    };
    let by_chance = !matches!(service, Some(Service::Token | Service::Page));
    let fault = faults
        .next(method, &request.path, &request.body, by_chance)
        .filter(|_| limited.is_none());
    stats.faults += u64::from(fault.is_some());
    stats.rate_limited += u64::from(limited.is_some() || matches!(fault, Some(FaultKind::RateLimited { .. })));
    Arrival {
        refusal: limited.map(|wait| limiter.refusal(wait)),
        fault,
        pause,
    }
}

async fn faulty(shared: &Shared, request: &Request, found: &RouteMatch<'_>, fault: FaultKind) -> Ending {
    let work = || carry_out(shared, request, found);
    let work_if = |moment: Moment| (moment == Moment::AfterEffect).then(work);
    match fault {
        FaultKind::RateLimited { told, wait } => Ending::Answered(rate_limited(told, wait)),
        FaultKind::Status { status, moment } => {
            work_if(moment);
            // The services themselves judge tokens and scopes, and say nothing more; the rest comes from a gateway.
            Ending::Answered(match status {
                401 | 403 => Reply::empty(status),
                _ => Reply::html(status, "The service is unavailable"),
            })
        }
        FaultKind::Dropped(moment) => {
            work_if(moment);
            Ending::Closed
        }
        FaultKind::Stalled { time, moment } => {
            work_if(moment);
            let _stalling = Stalling::enter(shared);
            pause(time).await;
            Ending::Closed
        }
        FaultKind::Truncated => Ending::Truncated(work()),
        FaultKind::HtmlPage => Ending::Answered(Reply::html(200, "Sign in to continue")),
        FaultKind::WrongContentType => Ending::Answered(Reply {
            content_type: "text/plain",
            ..work()
        }),
        FaultKind::NotSucceeded => Ending::Answered(not_succeeded(request)),
        FaultKind::Refused { status, words } => Ending::Answered(Reply::text(status, &words)),
        FaultKind::BodyDropped => {
            let bare = Request {
                body: Bytes::new(),
                ..request.clone()
            };
            Ending::Answered(carry_out(shared, &bare, found))
        }
        FaultKind::HalfDeleted => Ending::Answered(carry_out(shared, &with_half_of_the_users(request), found)),
        FaultKind::Entries(kind) => Ending::Answered(with_wrong_entries(work(), kind)),
    }
}

/// The request without the second half of its `userIds`; one without them as it is.
fn with_half_of_the_users(request: &Request) -> Request {
    let mut request = request.clone();
    if let Ok(mut body) = serde_json::from_slice::<Value>(&request.body)
        && let Some(ids) = body.get_mut("userIds").and_then(Value::as_array_mut)
    {
        ids.truncate(ids.len().div_ceil(2));
        request.body = Bytes::from(body.to_string());
    }
    request
}

/// The answer with entries that are not those of the request, in its order; one without entries as it is.
fn with_wrong_entries(reply: Reply, kind: EntriesFault) -> Reply {
    let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body) else {
        return reply;
    };
    let Some(users) = body.get_mut("users").and_then(Value::as_array_mut) else {
        return reply;
    };
    match (kind, users.first().cloned()) {
        (EntriesFault::Missing, Some(_)) => drop(users.remove(0)),
        (EntriesFault::Duplicated, Some(first)) => users.insert(0, first),
        (EntriesFault::Reordered, _) => users.reverse(),
        (_, None) => {}
    }
    Reply {
        body: Bytes::from(body.to_string()),
        ..reply
    }
}

/// `succeeded: false` in the shape of the request's own answer.
fn not_succeeded(request: &Request) -> Reply {
    let result = identity_result(Some(("UnknownError", "An unknown failure has occurred.")));
    let many = ["InviteUsers", "BulkCreate"]
        .iter()
        .any(|name| request.path.ends_with(name));
    if many {
        return Reply::json(200, &serde_json::json!({"result": result, "users": []}));
    }
    Reply::json(200, &result)
}

fn carry_out(shared: &Shared, request: &Request, found: &RouteMatch<'_>) -> Reply {
    let RouteMatch::Endpoint {
        endpoint,
        arguments,
        wrong_organization,
    } = found
    else {
        return match found {
            RouteMatch::OtherMethod => Reply::empty(405),
            RouteMatch::HostLevel => {
                Reply::identity_error("InvalidPartition", "The partition is not valid for this request.")
            }
            _ => Reply::web_application(),
        };
    };
    if request.body.len() > shared.config.body_limit {
        return Reply::empty(413);
    }
    let may_change = request.method != hyper::Method::GET || endpoint.service == Service::Page;
    let mut state = if may_change { shared.changing() } else { shared.state() };
    let now = Timestamp::now();
    if let Err(refusal) = admit(shared, &state, request, endpoint.access, now) {
        return refusal;
    }
    if let Some(given) = wrong_organization {
        return Reply::not_this_organization(given);
    }
    let is_allocation = endpoint.service == Service::License && endpoint.verb == Verb::Put;
    if is_allocation && shared.config.quirks.no_account_license {
        return no_account_license();
    }
    let reply = handle(shared, &mut state, request, (endpoint, arguments), now);
    drop(state);
    if may_change {
        shared.changed.notify_one();
    }
    reply
}

fn handle(
    shared: &Shared,
    state: &mut State,
    request: &Request,
    (endpoint, arguments): (&Endpoint, &[&str]),
    now: Timestamp,
) -> Reply {
    state.carried_out += 1;
    let number = state.carried_out;
    let mut context = Context {
        world: &mut state.world,
        orders: &mut state.orders,
        tokens: &mut state.tokens,
        violations: &mut state.stats.violations,
        config: &shared.config,
        organization: shared.organization,
        request,
        arguments: arguments.to_vec(),
        now,
        trace_id: format!("00-{:032x}-{number:016x}-00", u128::from(number) << 64),
    };
    (endpoint.handler)(&mut context).unwrap_or_else(|refusal| refusal)
}

/// 401 without a valid token, 403 without the scope.
fn admit(shared: &Shared, state: &State, request: &Request, access: Access, now: Timestamp) -> Result<(), Reply> {
    if access == Access::Open {
        return Ok(());
    }
    let credentials = &shared.config.credentials;
    let token = request.bearer().unwrap_or_default();
    let scopes = if token == credentials.personal_access_token {
        &credentials.scopes
    } else if let Some(grant) = state.tokens.valid(token, now) {
        &grant.scopes
    } else {
        return Err(Reply::empty(401).with_header("www-authenticate", r#"Bearer error="invalid_token""#));
    };
    if access.granted_by(scopes) {
        Ok(())
    } else {
        Err(Reply::empty(403))
    }
}
