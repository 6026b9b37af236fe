//! From an HTTP client's error to "how far did it get" and a plain sentence.

use std::error::Error;
use std::io;
use std::time::Duration;

use jiff::Timestamp;
use rustls::CertificateError;
use rustls::pki_types::UnixTime;

use super::certificate::Certificate;
use super::proxy::Proxy;
use super::tls::{CertificateFault, Handshake};
use super::{Reach, TransportCode, TransportError};
use crate::text::{clean, duration, listed};

/// What is known of the exchange that failed.
pub(super) struct ErrorContext<'a> {
    pub(super) host: &'a str,
    pub(super) timeout: Duration,
    pub(super) connect_timeout: Duration,
    /// The proxy that leads to the host.
    pub(super) proxy: Option<&'a Proxy>,
    /// The status with which it has just refused to.
    pub(super) refusal: Option<u16>,
    /// The certificates of the host, if it has shown any.
    pub(super) shown: Option<Handshake>,
    /// Those of the proxy.
    pub(super) shown_by_proxy: Option<Handshake>,
}

/// Reads the chain of causes by their types. What cannot be distinguished counts as [`Reach::Lost`]: in doubt the
/// server has seen the request.
pub(super) fn explain(error: &reqwest::Error, about: &ErrorContext<'_>) -> TransportError {
    let host = about.host;
    let fault = |reach, code, message| TransportError { reach, code, message };
    // Before anything else, because reqwest calls it a request error like any other: HTTP/2 promises that a refused
    // stream was not processed (RFC 9113, section 8.7), so even an invitation may be sent again.
    if is_refused_stream(error) {
        let message = format!("`{host}` turned the request away unread");
        return fault(Reach::NotSent, TransportCode::StreamRefused, message);
    }
    if is_not_taken(error) {
        let message = format!("`{host}` closed the connection before it took the request");
        return fault(Reach::NotTaken, TransportCode::ConnectionClosed, message);
    }
    if error.is_builder() {
        let message = format!("the request cannot be built: {}", innermost(error));
        return fault(Reach::CannotBeSent, TransportCode::InvalidRequest, message);
    }
    // Before the timeout, which a connection that does not come about is as well.
    if error.is_connect() {
        let (reach, code, message) = match tunnel_fault(error) {
            Some(words) => no_way(error, &words, about),
            None => no_connection(error, about),
        };
        return fault(reach, code, message);
    }
    if error.is_timeout() {
        let message = format!("no answer from `{host}` within {}", duration(about.timeout));
        return fault(Reach::Lost, TransportCode::TimedOut, message);
    }
    if error.is_body() || error.is_decode() {
        let message = format!("the answer of `{host}` broke off: {}", innermost(error));
        return fault(Reach::Lost, TransportCode::AnswerTruncated, message);
    }
    let message = format!(
        "the connection to `{host}` was lost before the answer: {}",
        innermost(error)
    );
    fault(Reach::Lost, TransportCode::ConnectionLost, message)
}

fn no_connection(error: &reqwest::Error, about: &ErrorContext<'_>) -> (Reach, TransportCode, String) {
    let host = about.host;
    let io = find::<io::Error>(error).map(io::Error::kind);
    if let Some(message) = untrusted(error, &format!("`{host}`"), about.shown.as_ref()) {
        return (Reach::CannotBeSent, TransportCode::CertificateNotTrusted, message);
    }
    let through = about
        .proxy
        .map_or_else(String::new, |proxy| format!(" through the proxy {proxy}"));
    if error.is_dns() {
        let message = format!("the name `{host}` cannot be resolved");
        (Reach::NotSent, TransportCode::NameNotResolved, message)
    } else if error.is_timeout() || io == Some(io::ErrorKind::TimedOut) {
        let within = duration(about.connect_timeout);
        let message = format!("no connection to `{host}`{through} within {within}");
        (Reach::NotSent, TransportCode::ConnectTimedOut, message)
    } else if io == Some(io::ErrorKind::ConnectionRefused) {
        let message = format!("`{host}` refused the connection");
        (Reach::NotSent, TransportCode::ConnectionRefused, message)
    } else if is_no_tls(error) {
        let message = format!(
            "what answers at `{host}`{through} does not speak TLS; check the port, and write `http://` where a server of \
             this computer is meant, which needs none"
        );
        (Reach::NotSent, TransportCode::NotConnected, message)
    } else {
        let message = format!("no connection to `{host}`{through}: {}", innermost(error));
        (Reach::NotSent, TransportCode::NotConnected, message)
    }
}

/// Whether what came in the place of the server's greeting is no message of TLS: a server without it, or a page of
/// something in between.
fn is_no_tls(error: &reqwest::Error) -> bool {
    matches!(
        find::<rustls::Error>(error),
        Some(rustls::Error::InvalidMessage(
            rustls::InvalidMessage::InvalidContentType | rustls::InvalidMessage::UnknownProtocolVersion
        ))
    )
}

/// Why the proxy opened no way to the host: the fault is the proxy's, or lies before it. `words` are its connector's.
fn no_way(error: &reqwest::Error, words: &str, about: &ErrorContext<'_>) -> (Reach, TransportCode, String) {
    let host = about.host;
    let proxy = about
        .proxy
        .map_or_else(|| "of the environment".to_owned(), ToString::to_string);
    let io = find::<io::Error>(error).map(io::Error::kind);
    if words == "proxy authorization required" {
        let message = format!(
            "the proxy {proxy} wants a name and a password, or others than those it was given (407); write them into \
             the proxy's address, as in `http://user:password@proxy:port`, with `%40` for an `@` in the password"
        );
        return (Reach::CannotBeSent, TransportCode::ProxyWantsPassword, message);
    }
    if words == "unsuccessful" {
        let (reach, refusal) = match about.refusal {
            // It may think otherwise in a moment.
            Some(status @ (408 | 425 | 429)) => (Reach::NotSent, format!(": it answers {status}")),
            Some(status @ 400..500) => (
                Reach::CannotBeSent,
                format!(": it answers {status}, which only whoever runs the proxy can change"),
            ),
            Some(status) => (Reach::NotSent, format!(": it answers {status}")),
            None => (Reach::NotSent, String::new()),
        };
        let message = format!("the proxy {proxy} opens no way to `{host}`{refusal}");
        return (reach, TransportCode::ProxyRefused, message);
    }
    if words == "failed to create underlying connection" {
        if let Some(message) = untrusted(error, &format!("the proxy {proxy}"), about.shown_by_proxy.as_ref()) {
            return (Reach::CannotBeSent, TransportCode::CertificateNotTrusted, message);
        }
        let message = if error.is_dns() {
            format!("the name of the proxy {proxy} cannot be resolved")
        } else if io == Some(io::ErrorKind::ConnectionRefused) {
            format!("the proxy {proxy} refused the connection")
        } else {
            format!("no connection to the proxy {proxy}: {}", innermost(error))
        };
        return (Reach::NotSent, TransportCode::ProxyNotReached, message);
    }
    let message = format!("the proxy {proxy} opens no way to `{host}`: {}", innermost(error));
    (Reach::NotSent, TransportCode::ProxyRefused, message)
}

/// What is wrong with the certificate of `whose`, if that is the fault, and what to do about it.
fn untrusted(error: &reqwest::Error, whose: &str, shown: Option<&Handshake>) -> Option<String> {
    match find::<rustls::Error>(error)? {
        rustls::Error::InvalidCertificate(fault) => {
            let own = shown.and_then(|handshake| handshake.chain.first());
            Some(format!("the certificate of {whose} {}", wrong_with(fault, own)))
        }
        rustls::Error::NoCertificatesPresented | rustls::Error::InvalidCertRevocationList(_) => Some(format!(
            "the certificate of {whose} is not trusted: {}",
            innermost(error)
        )),
        _ => None,
    }
}

/// What is wrong with a certificate, after "the certificate of the server". `own` is the server's, where it can be read.
fn wrong_with(fault: &CertificateError, own: Option<&Certificate>) -> String {
    let at = |time: &UnixTime| {
        let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX).to_string()
    };
    match (CertificateFault::of(fault), fault) {
        (CertificateFault::OtherName, _) => {
            let names = match own.map_or(&[][..], |own| &own.names) {
                [] => "it names no host".to_owned(),
                names => format!("it is for {}", listed(names.iter(), 5)),
            };
            format!("is for another name, so it may be another server: {names}; check the address")
        }
        (_, CertificateError::ExpiredContext { time, not_after }) => format!(
            "has expired: it was valid until {}, and the clock of this computer says {}; set the clock if it is wrong, \
             otherwise whoever runs the server has to renew the certificate",
            at(not_after),
            at(time)
        ),
        (_, CertificateError::NotValidYetContext { time, not_before }) => format!(
            "is not valid yet: it is valid from {}, and the clock of this computer says {}; set the clock if it is wrong",
            at(not_before),
            at(time)
        ),
        (CertificateFault::UnknownIssuer, _) => {
            let why = match own {
                Some(own) if own.is_self_issued() => format!("the server issued it to itself, as `{}`", own.issuer),
                Some(own) => format!("the issuer `{}` is unknown to this computer", own.issuer),
                None => "its issuer is unknown to this computer".to_owned(),
            };
            format!("is not trusted: {why}; a private authority is added with `ca_file`")
        }
        (CertificateFault::OtherKey, _) => {
            let issuer = own.map_or_else(|| "its issuer".to_owned(), |own| format!("the issuer `{}`", own.issuer));
            format!(
                "is not trusted: {issuer} is known to this computer with another key, so it may be somebody else or its \
                 certificate may have been renewed; a private authority is added with `ca_file`"
            )
        }
        (CertificateFault::Authority, _) => {
            let name = own.map_or_else(String::new, |own| format!(", `{}`,", own.subject));
            format!(
                "is that of an authority{name} which is never trusted as a server's own, whatever `ca_file` says; \
                 whoever runs the server has to give it one that is no authority's (`basicConstraints=CA:FALSE`)"
            )
        }
        (_, fault) => format!(
            "is not trusted: {}; a private authority is added with `ca_file`",
            clean(&fault.to_string(), 200)
        ),
    }
}

/// Whether the connection was closed in good order before the server took the request: by an HTTP/2 server that says
/// which streams it still serves (RFC 9113, section 6.8) and that it met no error, or before the request was written.
fn is_not_taken(error: &(dyn Error + 'static)) -> bool {
    let is_leaving =
        |error: &h2::Error| error.is_go_away() && error.is_remote() && error.reason() == Some(h2::Reason::NO_ERROR);
    find::<h2::Error>(error).is_some_and(is_leaving)
        || find::<hyper::Error>(error).is_some_and(hyper::Error::is_canceled)
}

/// Whether an HTTP/2 server refused the stream without processing the request.
fn is_refused_stream(error: &(dyn Error + 'static)) -> bool {
    find::<h2::Error>(error).and_then(h2::Error::reason) == Some(h2::Reason::REFUSED_STREAM)
}

/// What is said of a tunnel that the proxy did not open. hyper-util keeps the type of this error to itself, so that only
/// its words show it.
fn tunnel_fault(error: &(dyn Error + 'static)) -> Option<String> {
    causes(error).find_map(|cause| Some(cause.to_string().strip_prefix("tunnel error: ")?.to_owned()))
}

/// Whether the proxy answered and did not open a tunnel; with which status, hyper-util does not keep.
pub(super) fn is_refused_tunnel(error: &reqwest::Error) -> bool {
    tunnel_fault(error).is_some_and(|words| words == "unsuccessful")
}

/// The outermost cause of this type.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// The words of the last cause, which say most.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let last = causes(error).last();
    clean(
        &last.map_or_else(|| "unknown cause".to_owned(), ToString::to_string),
        200,
    )
}

/// The causes of an error, outermost first, itself left out.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(cause(error), |error| cause(*error))
}

fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    // The `source` of an I/O error leaves out the error that it wraps and gives that one's source, and errors of TLS
    // arrive wrapped in I/O errors.
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tls_error_is_found_inside_the_io_errors_that_carry_it() {
        let tls = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let carried = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, tls.clone()));
        assert_eq!(find::<rustls::Error>(&carried), Some(&tls));
        assert_eq!(innermost(&carried), tls.to_string());
    }

    #[test]
    fn only_a_stream_refused_unread_may_be_sent_again() {
        for (reason, refused) in [
            (h2::Reason::REFUSED_STREAM, true),
            (h2::Reason::INTERNAL_ERROR, false),
            (h2::Reason::CANCEL, false),
        ] {
            let carried = io::Error::other(h2::Error::from(reason));
            assert_eq!(is_refused_stream(&carried), refused, "{reason}");
        }
    }
}
