//! A request, its answer, and the seam between them.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use secrecy::SecretString;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use url::Url;

use crate::event::Method;

/// One request. Everything in it counts as confidential: `Debug` shows the method, host and path only.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// The token of the `Authorization` header.
    pub bearer: Option<Arc<SecretString>>,
    /// The `Content-Type`; some GETs of the portal need one too.
    pub content_type: Option<&'static str>,
    /// The body.
    pub body: Option<Arc<[u8]>>,
}

impl fmt::Debug for Request {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        write!(out, "{} {host}{}", self.method, self.url.path())
    }
}

/// An answer, whatever its status.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers that the client uses, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body. Where the status is not 2xx it may have broken off.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of this name, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// How far a request got that has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Not sent, and no repetition will change that: the certificate is not trusted, for instance.
    CannotBeSent,
    /// The server cannot have seen it: no name, no connection, no TLS, a stream refused unread.
    NotSent,
    /// The server was closing the connection in good order and has not taken it; the next connection will do.
    NotTaken,
    /// The server may have seen it and may have acted on it.
    Lost,
}

/// Why a request has no answer. The texts, in snake case, are in results files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum TransportCode {
    /// The request is malformed.
    InvalidRequest,
    /// The token cannot be put in a header.
    InvalidToken,
    /// The server's certificate is not trusted, or is for another name.
    CertificateNotTrusted,
    /// The host name cannot be resolved.
    NameNotResolved,
    /// The proxy did not open a tunnel.
    ProxyRefused,
    /// The proxy wants a name and a password, or others.
    ProxyWantsPassword,
    /// There is no way to the proxy itself.
    ProxyNotReached,
    /// No connection within the time allowed.
    ConnectTimedOut,
    /// The host refused the connection.
    ConnectionRefused,
    /// No connection for another reason.
    NotConnected,
    /// An HTTP/2 server refused the stream without processing it.
    StreamRefused,
    /// The connection was closed in good order before the request was taken.
    ConnectionClosed,
    /// No answer within the time allowed.
    TimedOut,
    /// The body of the answer ended early.
    AnswerTruncated,
    /// The body of the answer is larger than is accepted.
    AnswerTooLarge,
    /// The connection was lost before the answer.
    ConnectionLost,
}

/// A request that has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// How far it got.
    pub reach: Reach,
    /// Why.
    pub code: TransportCode,
    /// What happened, in a sentence fit to be shown.
    pub message: String,
}

/// Carries one request to the server and its answer back.
pub trait Transport: Send + Sync {
    /// Sends the request once. A status other than 2xx is an answer like any other.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debugging_a_request_shows_neither_token_nor_query_nor_body() {
        let request = Request {
            method: Method::Post,
            url: "https://host.example/path?searchTerm=ann%40x.example".parse().unwrap(),
            bearer: Some(Arc::new("very-secret".into())),
            content_type: None,
            body: Some(b"password".as_slice().into()),
        };
        assert_eq!(format!("{request:?}"), "POST host.example/path");
    }
}
