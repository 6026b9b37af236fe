//! Answers of InviteUsers whose entries are not those of the request, in its order.

use hyper::body::Bytes;
use serde_json::Value;

use super::faults::Muddle;
use super::reply::Reply;

/// The answer with its entries muddled; one without entries as it is.
pub(super) fn entries(reply: Reply, kind: Muddle) -> Reply {
    let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body) else {
        return reply;
    };
    let Some(users) = body.get_mut("users").and_then(Value::as_array_mut) else {
        return reply;
    };
    match (kind, users.first().cloned()) {
        (Muddle::Missing, Some(_)) => drop(users.remove(0)),
        (Muddle::Duplicated, Some(first)) => users.insert(0, first),
        (Muddle::Reordered, _) => users.reverse(),
        (_, None) => {}
    }
    Reply {
        body: Bytes::from(body.to_string()),
        ..reply
    }
}
