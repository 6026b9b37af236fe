//! An ending as bytes on the wire, or as a connection that closes without any.

use std::fmt;
use std::time::Duration;

use futures::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper::{HeaderMap, Response, StatusCode};

use super::reply::Reply;

/// A response's body.
pub(super) type Body = UnsyncBoxBody<Bytes, Closed>;

/// The connection is closed on purpose.
#[derive(Debug)]
pub(super) struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("closed on purpose")
    }
}

impl std::error::Error for Closed {}

/// How a request ends.
pub(super) enum Ending {
    /// With an answer.
    Answered(Reply),
    /// With the first half of an answer.
    Truncated(Reply),
    /// With nothing.
    Closed,
}

impl Ending {
    /// The answer, however much of it arrives.
    pub(super) fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Answered(reply) | Self::Truncated(reply) => Some(reply),
            Self::Closed => None,
        }
    }
}

/// The response to hand to hyper; an error closes the connection.
pub(super) fn response(ending: Ending) -> Result<Response<Body>, Closed> {
    let (reply, body) = match ending {
        Ending::Closed => return Err(Closed),
        Ending::Truncated(reply) if reply.body.is_empty() => return Err(Closed),
        Ending::Truncated(reply) => {
            let body = torn(&reply.body);
            let length = reply.body.len().to_string();
            (reply.with_header("content-length", length), body)
        }
        Ending::Answered(reply) => {
            let body = Full::new(reply.body.clone()).map_err(|never| match never {});
            (reply, body.boxed_unsync())
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status).map_err(|_| Closed)?;
    let headers: &mut HeaderMap = response.headers_mut();
    let kind = Some(("content-type", reply.content_type.to_owned())).filter(|(_, kind)| !kind.is_empty());
    for (name, value) in reply.headers.into_iter().chain(kind) {
        headers.insert(name, value.parse().map_err(|_| Closed)?);
    }
    Ok(response)
}

/// The first half of a body, sent off before the connection closes.
fn torn(body: &Bytes) -> Body {
    let half = body.slice(..body.len().div_ceil(2));
    let frames = stream::unfold(Some(half), |half| async move {
        if let Some(half) = half {
            return Some((Ok(Frame::data(half)), None));
        }
        // Long enough for hyper to write what it has: it would be lost with the connection.
        tokio::time::sleep(Duration::from_millis(5)).await;
        Some((Err(Closed), None))
    });
    StreamBody::new(frames).boxed_unsync()
}
