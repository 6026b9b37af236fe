//! `/_sandbox`: the sandbox's own page, for observers in another process, and what a person of the organization may do. No
//! real service has these routes.

use hyper::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use url::form_urlencoded::Serializer;

use super::reply::Reply;
use super::request::Request;
use super::shared::Shared;

/// The answer, if it is the sandbox itself that is asked.
pub(super) fn answer(shared: &Shared, request: &Request) -> Option<Reply> {
    match (&request.method, request.path.as_str()) {
        (&Method::GET, "/_sandbox") => Some(Reply::json(200, &page(shared, request.header("host")))),
        (&Method::POST, "/_sandbox/sign-in") => Some(sign_in(shared, request)),
        (&Method::POST, "/_sandbox/pass") => Some(pass(shared, request)),
        _ => None,
    }
}

/// Somebody signs in and takes the seats that their groups' rules give; the answer has them.
fn sign_in(shared: &Shared, request: &Request) -> Reply {
    let mut state = shared.changing();
    let world = &mut state.world;
    let now = Timestamp::now();
    let name = request.parameter("user");
    if let Some(name) = name
        && world.user_called(name).is_none()
    {
        world.first_sign_in(name, now);
    }
    let user = name.and_then(|name| world.user_called(name));
    let Some(user) = user.map(|user| user.id) else {
        return Reply::text(404, "There is no such account.");
    };
    if !world.sign_in(user, now) {
        return Reply::text(409, "The account is deactivated.");
    }
    let leases: Vec<Value> = world
        .groups()
        .filter_map(|group| {
            let (_, lease) = world.leases(group.id).find(|(holder, _)| *holder == user)?;
            Some(json!({"group": group.name, "userBundleLicenses": lease.bundles}))
        })
        .collect();
    shared.changed.notify_one();
    Reply::json(200, &json!({"leases": leases}))
}

/// Lets days pass.
fn pass(shared: &Shared, request: &Request) -> Reply {
    let days: Option<u16> = request.parameter("days").and_then(|days| days.parse().ok());
    let Some(days) = days else {
        return Reply::text(400, "Say how many: /_sandbox/pass?days=7");
    };
    shared
        .changing()
        .world
        .pass(SignedDuration::from_hours(24 * i64::from(days)));
    shared.changed.notify_one();
    Reply::json(200, &json!({"daysPassed": days}))
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
