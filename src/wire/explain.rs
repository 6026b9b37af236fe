//! From an HTTP client's error to "how far did it get" and a plain sentence.

use std::error::Error;
use std::io;
use std::time::Duration;

use super::{Reach, TransportCode, TransportError};
use crate::text::{clean, duration};

/// What is known of the exchange that failed.
pub(super) struct Circumstances<'a> {
    pub(super) host: &'a str,
    pub(super) timeout: Duration,
    pub(super) connect_timeout: Duration,
}

/// Reads the chain of causes. What cannot be told apart counts as [`Reach::Lost`]: in doubt the
/// server has seen the request.
pub(super) fn explain(error: &reqwest::Error, about: &Circumstances<'_>) -> TransportError {
    let host = about.host;
    let chain = Chain::of(error);
    let fault = |reach, code, message| TransportError { reach, code, message };
    if chain.says("refused stream") {
        let message = format!("`{host}` turned the request away unread");
        return fault(Reach::NotSent, TransportCode::StreamRefused, message);
    }
    if error.is_builder() {
        let message = format!("the request cannot be built: {}", chain.innermost());
        return fault(Reach::CannotBeSent, TransportCode::InvalidRequest, message);
    }
    if error.is_connect() {
        let (reach, code, message) = no_connection(error, &chain, about);
        return fault(reach, code, message);
    }
    if error.is_timeout() {
        let message = format!("no answer from `{host}` within {}", duration(about.timeout));
        return fault(Reach::Lost, TransportCode::TimedOut, message);
    }
    if error.is_body() || error.is_decode() {
        let message = format!("the answer of `{host}` broke off: {}", chain.innermost());
        return fault(Reach::Lost, TransportCode::AnswerTruncated, message);
    }
    let message = format!(
        "the connection to `{host}` was lost before the answer: {}",
        chain.innermost()
    );
    fault(Reach::Lost, TransportCode::ConnectionLost, message)
}

fn no_connection(error: &reqwest::Error, chain: &Chain, about: &Circumstances<'_>) -> (Reach, TransportCode, String) {
    let host = about.host;
    if chain.says("certificate") && chain.says("not valid for name") {
        let message = format!(
            "the certificate of `{host}` is for another name, so it may be another server: {}; check the address",
            chain.innermost()
        );
        (Reach::CannotBeSent, TransportCode::CertificateNotTrusted, message)
    } else if chain.says("certificate") {
        let message = format!(
            "the certificate of `{host}` is not trusted: {}; a private authority is added with `ca_file`",
            chain.innermost()
        );
        (Reach::CannotBeSent, TransportCode::CertificateNotTrusted, message)
    } else if chain.says("dns error") || chain.says("failed to lookup address") {
        let message = format!("the name `{host}` cannot be resolved");
        (Reach::NotSent, TransportCode::NameNotResolved, message)
    } else if chain.says("tunnel") || chain.says("proxy") {
        let message = format!("the proxy gave no way to `{host}`: {}", chain.innermost());
        (Reach::NotSent, TransportCode::ProxyRefused, message)
    } else if error.is_timeout() || chain.kind == Some(io::ErrorKind::TimedOut) {
        let message = format!("no connection to `{host}` within {}", duration(about.connect_timeout));
        (Reach::NotSent, TransportCode::ConnectTimedOut, message)
    } else if chain.kind == Some(io::ErrorKind::ConnectionRefused) {
        let message = format!("`{host}` refused the connection");
        (Reach::NotSent, TransportCode::ConnectionRefused, message)
    } else {
        let message = format!("no connection to `{host}`: {}", chain.innermost());
        (Reach::NotSent, TransportCode::NotConnected, message)
    }
}

/// The causes of an error as texts, outermost first, and the first I/O kind among them.
struct Chain {
    texts: Vec<String>,
    kind: Option<io::ErrorKind>,
}

impl Chain {
    fn of(error: &reqwest::Error) -> Self {
        let mut chain = Self {
            texts: Vec::new(),
            kind: None,
        };
        let mut cause = error.source();
        while let Some(error) = cause {
            chain.texts.push(error.to_string());
            if let Some(io) = error.downcast_ref::<io::Error>() {
                chain.kind = chain.kind.or(Some(io.kind()));
            }
            cause = error.source();
        }
        chain
    }

    fn says(&self, words: &str) -> bool {
        self.texts.iter().any(|text| text.to_ascii_lowercase().contains(words))
    }

    fn innermost(&self) -> String {
        clean(self.texts.last().map_or("unknown cause", String::as_str), 200)
    }
}
