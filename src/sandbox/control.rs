//! `GET /_sandbox`: the sandbox's own page, for observers in another process. No real service has this route.

use hyper::Method;
use serde_json::{Map, Value, json};
use url::form_urlencoded::Serializer;

use super::reply::Reply;
use super::request::Request;
use super::shared::Shared;

/// The page, if it is asked for.
pub(super) fn answer(shared: &Shared, request: &Request) -> Option<Reply> {
    (request.method == Method::GET && request.path == "/_sandbox")
        .then(|| Reply::json(200, &page(shared, request.header("host"))))
}

fn page(shared: &Shared, host: &str) -> Value {
    let state = shared.state();
    let (world, seen) = (&state.world, &state.stats);
    let pending = world
        .users()
        .filter(|user| !user.invitation_accepted)
        .map(|user| json!({"email": user.email, "acceptUrl": accept_url(shared, host, &user.email)}));
    let seats: Map<String, Value> = world
        .seats()
        .iter()
        .map(|(code, seats)| (code.to_string(), json!(seats)))
        .collect();
    let mails: Map<String, Value> = world
        .mails()
        .map(|(email, count)| (email.to_owned(), json!(count)))
        .collect();
    let routes: Map<String, Value> = seen
        .routes()
        .map(|(name, count)| (name.to_owned(), json!(count)))
        .collect();
    json!({
        "organization": shared.config.organization,
        "organizationId": shared.organization,
        "users": world.user_count(),
        "pending": pending.collect::<Vec<_>>(),
        "mails": mails,
        "seats": seats,
        "calls": routes,
        "rateLimited": seen.rate_limited,
        "faults": seen.faults,
        "violations": seen.violations,
        "peakConcurrency": seen.peak_concurrency,
    })
}

/// The link of the mail that a pending person got: opening it accepts the invitation.
fn accept_url(shared: &Shared, host: &str, email: &str) -> String {
    let mut query = Serializer::new(String::new());
    query
        .append_pair("organizationId", &shared.organization.to_string())
        .append_pair("emailForUserinvite", email);
    format!("http://{host}/portal_/acceptInvite?{}", query.finish())
}
