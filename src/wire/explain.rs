//! From an HTTP client's error to "how far did it get" and a plain sentence.

use std::error::Error;
use std::io;
use std::time::Duration;

use rustls::CertificateError;

use super::{Reach, TransportCode, TransportError};
use crate::text::{clean, duration};

/// What is known of the exchange that failed.
pub(super) struct ErrorContext<'a> {
    pub(super) host: &'a str,
    pub(super) timeout: Duration,
    pub(super) connect_timeout: Duration,
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
    if error.is_builder() {
        let message = format!("the request cannot be built: {}", innermost(error));
        return fault(Reach::CannotBeSent, TransportCode::InvalidRequest, message);
    }
    // Before the timeout, which a connection that does not come about is as well.
    if error.is_connect() {
        let (reach, code, message) = no_connection(error, about);
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
    match find::<rustls::Error>(error) {
        Some(rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => {
            let message = format!(
                "the certificate of `{host}` is for another name, so it may be another server: {}; check the address",
                innermost(error)
            );
            return (Reach::CannotBeSent, TransportCode::CertificateNotTrusted, message);
        }
        Some(
            rustls::Error::InvalidCertificate(_)
            | rustls::Error::NoCertificatesPresented
            | rustls::Error::InvalidCertRevocationList(_),
        ) => {
            let message = format!(
                "the certificate of `{host}` is not trusted: {}; a private authority is added with `ca_file`",
                innermost(error)
            );
            return (Reach::CannotBeSent, TransportCode::CertificateNotTrusted, message);
        }
        _ => {}
    }
    if error.is_dns() {
        let message = format!("the name `{host}` cannot be resolved");
        (Reach::NotSent, TransportCode::NameNotResolved, message)
    } else if is_tunnel_error(error) {
        let message = format!("the proxy gave no way to `{host}`: {}", innermost(error));
        (Reach::NotSent, TransportCode::ProxyRefused, message)
    } else if error.is_timeout() || io == Some(io::ErrorKind::TimedOut) {
        let message = format!("no connection to `{host}` within {}", duration(about.connect_timeout));
        (Reach::NotSent, TransportCode::ConnectTimedOut, message)
    } else if io == Some(io::ErrorKind::ConnectionRefused) {
        let message = format!("`{host}` refused the connection");
        (Reach::NotSent, TransportCode::ConnectionRefused, message)
    } else {
        let message = format!("no connection to `{host}`: {}", innermost(error));
        (Reach::NotSent, TransportCode::NotConnected, message)
    }
}

/// Whether an HTTP/2 server refused the stream without processing the request.
fn is_refused_stream(error: &(dyn Error + 'static)) -> bool {
    find::<h2::Error>(error).and_then(h2::Error::reason) == Some(h2::Reason::REFUSED_STREAM)
}

/// Whether the proxy did not open a tunnel. hyper-util keeps the type of this error to itself, so that only the
/// words with which it begins show it.
fn is_tunnel_error(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| cause.to_string().starts_with("tunnel error: "))
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
