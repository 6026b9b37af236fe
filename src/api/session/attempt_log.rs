//! What has happened to a request so far, and the errors that say so.

use std::time::Duration;

use super::permit::AdmissionError;
use super::redact::Secrets;
use super::{ApiRequest, Effect};
use crate::api::error_body::{ErrorBody, header_trace, is_html, page_title, trace_id};
use crate::api::{CallError, ErrorCode, Failure, OwnCode, ServerCode};
use crate::pace::{AttemptOutcome, GiveUp};
use crate::text::{duration, number, plural};
use crate::wire::{Response, TransportCode, TransportError};

/// What has happened to a request so far.
pub(super) struct AttemptLog {
    pub(super) attempts: u32,
    /// How many repetitions faults have cost.
    pub(super) retries: u32,
    /// How often it was sent again at once.
    pub(super) at_once: u32,
    /// How many pauses were asked for, and their sum.
    pub(super) pauses: (u32, Duration),
    /// For how long it has been held back since it was last asked whether it may go on.
    pub(super) held: Duration,
    /// Whether some attempt may have been carried out without an answer saying so.
    pub(super) unclear: bool,
    /// How long the token of the last attempt was, in bytes; 0 where it had none.
    pub(super) token_length: usize,
    /// The token that the last attempt was refused with.
    pub(super) refused_token: Option<u64>,
    pub(super) status: Option<u16>,
    /// What no message may repeat.
    pub(super) secrets: Secrets,
    trace_id: Option<String>,
    /// What the server said of the last attempt that it refused.
    server_words: Option<Box<str>>,
    /// The code of the last attempt that failed.
    code: Option<ErrorCode>,
    last: String,
}

impl AttemptLog {
    /// Nothing has happened yet to a request whose answers and errors must not show these.
    pub(super) fn new(secrets: Secrets) -> Self {
        Self {
            attempts: 0,
            retries: 0,
            at_once: 0,
            pauses: (0, Duration::ZERO),
            held: Duration::ZERO,
            unclear: false,
            token_length: 0,
            refused_token: None,
            status: None,
            secrets,
            trace_id: None,
            server_words: None,
            code: None,
            last: String::new(),
        }
    }

    /// Remembers what became of an attempt.
    pub(super) fn record(
        &mut self,
        request: &ApiRequest,
        sent: &Result<Response, TransportError>,
        outcome: AttemptOutcome,
    ) {
        match sent {
            Ok(response) => {
                self.status = Some(response.status);
                if outcome == AttemptOutcome::Page {
                    self.trace_id = header_trace(response);
                    self.server_words = None;
                    self.last = page_meanwhile(request, response);
                    self.code = Some(OwnCode::PageMeanwhile.into());
                } else if response.status >= 400 {
                    let body = ErrorBody::read(response);
                    self.trace_id = trace_id(response);
                    self.last = answered_words(request, response, &body.message);
                    self.server_words = body.own_words().map(Box::from);
                    self.code = Some(code_of(response, body.code));
                }
            }
            Err(error) => {
                self.status = None;
                self.server_words = None;
                self.code = Some(ErrorCode::Transport(error.code));
                self.last.clone_from(&error.message);
            }
        }
        let perhaps_done = matches!(
            outcome,
            AttemptOutcome::Page | AttemptOutcome::Lost | AttemptOutcome::Answered(408 | 500..=599)
        );
        self.unclear |= perhaps_done && request.effect != Effect::Read;
    }

    /// What the last attempt met.
    pub(super) fn last(&self) -> &str {
        &self.last
    }

    pub(super) fn given_up(&self, request: &ApiRequest, why: GiveUp, max_wait: Duration) -> CallError {
        let times = match self.attempts {
            0 | 1 => String::new(),
            more => format!("; given up after {}", plural(more as usize, "attempt")),
        };
        let message = match why {
            GiveUp::PauseTooLong(asked) => return self.too_long(request, asked, max_wait),
            GiveUp::NeverAnswered if self.is_proxys_fault() => format!("{}{times}", self.last),
            GiveUp::NeverAnswered => format!(
                "{}{times}; check `uri` and, where there is one, the proxy (`HTTPS_PROXY`)",
                self.last
            ),
            GiveUp::NotDone | GiveUp::Unclear => format!("{}{times}", self.last),
        };
        let failure = match (why, request.effect) {
            (GiveUp::Unclear, Effect::Repeatable | Effect::Once) => Failure::Unclear,
            _ => self.nothing_done(Failure::NotDone),
        };
        let code = self.code.clone();
        let code = code.unwrap_or(ErrorCode::Transport(TransportCode::ConnectionLost));
        self.error(request, failure, code, &message)
    }

    /// Whether the last attempt came no farther than a proxy, which its words name.
    fn is_proxys_fault(&self) -> bool {
        matches!(
            self.code,
            Some(ErrorCode::Transport(
                TransportCode::ProxyRefused | TransportCode::ProxyWantsPassword | TransportCode::ProxyNotReached
            ))
        )
    }

    /// The error of a call that does not get through because its token makes the header too long for a server in
    /// between. `words` say what came instead of an answer.
    pub(super) fn token_too_long(&self, request: &ApiRequest, words: &str) -> CallError {
        let length = number(self.token_length);
        let message = format!(
            "{words}; the token has {length} bytes, which is more than a server in between takes in a header (8,192 is \
             common): whoever runs that server can allow more, or sign in with an application that has fewer scopes or \
             with a personal access token, whose tokens are shorter"
        );
        self.error(request, Failure::SignIn, OwnCode::TokenTooLong.into(), &message)
    }

    pub(super) fn not_admitted(&self, request: &ApiRequest, held: &AdmissionError, max_wait: Duration) -> CallError {
        match held {
            AdmissionError::Stopped => self.stopped(request),
            AdmissionError::PauseTooLong(asked) => self.too_long(request, *asked, max_wait),
        }
    }

    pub(super) fn stopped(&self, request: &ApiRequest) -> CallError {
        let (failure, message) = if self.unclear {
            let message = format!("the run was stopped before it could be tried again: {}", self.last);
            let failure = match request.effect {
                Effect::Once => Failure::Unclear,
                Effect::Read | Effect::Repeatable => Failure::CutOff,
            };
            (failure, message)
        } else {
            (Failure::Stopped, "the run was stopped".to_owned())
        };
        self.error(request, failure, OwnCode::Stopped.into(), &message)
    }

    pub(super) fn error(&self, request: &ApiRequest, failure: Failure, code: ErrorCode, message: &str) -> CallError {
        let code = match code {
            ErrorCode::Server(code) => {
                let shown = ServerCode::new(&self.secrets.out_of_name(code.as_str()));
                ErrorCode::Server(shown.unwrap_or(code))
            }
            own => own,
        };
        CallError {
            failure,
            method: request.method,
            service: request.service,
            status: self.status,
            code,
            message: self.secrets.out_of(message),
            server_words: self
                .server_words
                .as_deref()
                .map(|words| self.secrets.out_of(words).into()),
            trace_id: self.trace_id.clone(),
            attempts: self.attempts,
            perhaps_done: self.unclear,
        }
    }

    fn too_long(&self, request: &ApiRequest, asked: Duration, max_wait: Duration) -> CallError {
        let service = request.service.as_str();
        let message = if asked > max_wait {
            format!(
                "calls to the {service} service have to pause for {}, longer than the {} of `--max-wait`",
                duration(asked),
                duration(max_wait)
            )
        } else {
            format!(
                "calls to the {service} service have paused for {} and have to for another {}, together longer than the {} of \
                 `--max-wait`",
                duration(self.pauses.1),
                duration(asked),
                duration(max_wait)
            )
        };
        self.error(
            request,
            self.nothing_done(Failure::NotDone),
            OwnCode::PauseTooLong.into(),
            &message,
        )
    }

    /// What may be concluded when the last attempt surely did nothing.
    fn nothing_done(&self, otherwise: Failure) -> Failure {
        if self.unclear { Failure::Unclear } else { otherwise }
    }
}

/// The server's code, else ours.
pub(super) fn code_of(response: &Response, given: Option<ServerCode>) -> ErrorCode {
    match given {
        Some(code) => ErrorCode::Server(code),
        None if is_html(response) => OwnCode::HtmlAnswer.into(),
        None => ErrorCode::Status(response.status),
    }
}

/// `the identity service answered 503 (Service Unavailable): its words`
pub(super) fn answered_words(request: &ApiRequest, response: &Response, words: &str) -> String {
    let status = response.status;
    let reason = reason(status).map(|reason| format!(" ({reason})")).unwrap_or_default();
    let words = match words {
        "" if is_html(response) => format!(" with a page for people instead of data{}", titled(response)),
        "" => String::new(),
        words => format!(": {words}"),
    };
    format!(
        "the {} service answered {status}{reason}{words}",
        request.service.as_str()
    )
}

/// A service that has answered as it should until then sends a page with a good status.
fn page_meanwhile(request: &ApiRequest, response: &Response) -> String {
    format!(
        "a page for people{} came with status {} instead of data from the {} service, which had answered as it should \
         before",
        titled(response),
        response.status,
        request.service.as_str(),
    )
}

/// The title of a page, to follow what is said of the page.
pub(super) fn titled(response: &Response) -> String {
    page_title(response).map_or_else(String::new, |title| format!(" (`{title}`)"))
}

fn reason(status: u16) -> Option<&'static str> {
    Some(match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => return None,
    })
}
