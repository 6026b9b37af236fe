//! One request from its arrival to its answer.

use std::io;
use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{HeaderMap, Response};
use jiff::Timestamp;

use super::call::{Call, Request};
use super::endpoint::{Access, Endpoint, Found, find};
use super::reply::Reply;
use super::serve::Shared;

/// A request in work; the tally knows how many there were at once.
struct InFlight(Arc<Shared>);

impl InFlight {
    fn enter(shared: &Arc<Shared>) -> Self {
        let mut state = shared.state();
        state.in_flight += 1;
        state.tally.peak_concurrency = state.tally.peak_concurrency.max(state.in_flight);
        Self(Arc::clone(shared))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.state().in_flight -= 1;
    }
}

/// Answers a request. An error makes hyper close the connection without an answer.
pub(super) async fn exchange(
    shared: Arc<Shared>,
    request: hyper::Request<Incoming>,
) -> io::Result<Response<Full<Bytes>>> {
    let _in_flight = InFlight::enter(&shared);
    let request = receive(request).await?;
    let reply = answer(&shared, &request);
    Ok(response(&reply))
}

/// Reads the request whole, so that even a refused one is answered in order.
async fn receive(request: hyper::Request<Incoming>) -> io::Result<Request> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    Ok(Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: url::form_urlencoded::parse(query).into_owned().collect(),
        headers: parts.headers,
        body,
    })
}

fn answer(shared: &Shared, request: &Request) -> Reply {
    let segments = request.segments();
    let found = find(&request.method, &segments, &shared.config, shared.organization);
    let mut state = shared.state();
    match found {
        Found::Endpoint {
            endpoint,
            arguments,
            wrong_organization,
        } => {
            state
                .tally
                .note(endpoint.service.as_str(), request.method.as_str(), endpoint.name);
            drop(state);
            if request.body.len() > shared.config.body_limit {
                return Reply::empty(413);
            }
            carry_out(shared, request, endpoint, arguments, wrong_organization)
        }
        other => {
            state.tally.note("none", request.method.as_str(), "none");
            match other {
                Found::OtherMethod => Reply::empty(405),
                Found::HostLevel => {
                    Reply::identity_error("InvalidPartition", "The partition is not valid for this request.")
                }
                Found::Nothing | Found::Endpoint { .. } => Reply::web_application(),
            }
        }
    }
}

fn carry_out(
    shared: &Shared,
    request: &Request,
    endpoint: &Endpoint,
    arguments: Vec<&str>,
    wrong_organization: Option<&str>,
) -> Reply {
    let mut state = shared.state();
    let state = &mut *state;
    let now = Timestamp::now();
    if let Err(refusal) = admit(shared, state, request, endpoint.access, now) {
        return refusal;
    }
    if let Some(given) = wrong_organization {
        return Reply::not_this_organization(given);
    }
    state.received += 1;
    let mut call = Call {
        world: &mut state.world,
        tokens: &mut state.tokens,
        violations: &mut state.tally.violations,
        config: &shared.config,
        organization: shared.organization,
        request,
        arguments,
        now,
        trace_id: format!(
            "00-{:032x}-{:016x}-00",
            u128::from(state.received) + (1 << 64),
            state.received
        ),
    };
    (endpoint.handler)(&mut call).unwrap_or_else(|refusal| refusal)
}

/// 401 without a valid token, 403 without the scope.
fn admit(
    shared: &Shared,
    state: &super::serve::State,
    request: &Request,
    access: Access,
    now: Timestamp,
) -> Result<(), Reply> {
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

fn response(reply: &Reply) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(reply.body.clone()));
    *response.status_mut() = hyper::StatusCode::from_u16(reply.status).unwrap_or_default();
    let headers: &mut HeaderMap = response.headers_mut();
    let kind = ("content-type", reply.content_type.to_owned());
    let all = reply
        .headers
        .iter()
        .cloned()
        .chain((!kind.1.is_empty()).then_some(kind));
    for (name, value) in all {
        if let Ok(value) = value.parse() {
            headers.insert(name, value);
        }
    }
    response
}
