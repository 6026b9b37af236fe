//! Why a call did not do what was asked.

use std::fmt;

use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::refusal_words;
use crate::event::{Method, Service};
use crate::text::clean;
use crate::wire::TransportCode;

/// What kind of failure it was: what a caller may conclude about the server's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The server judged this very request and did nothing: 400, 403, 404, 409, 422, or 200 with
    /// `succeeded: false`. Splitting it may find the guilty entries.
    Refused,
    /// 413, or a 400 that says the request is too large: nothing was done, smaller requests may pass.
    TooLarge,
    /// 401 again after a new token, no token to be had, or an organization that the server does not know: nothing was
    /// done and nothing will be.
    SignIn,
    /// The retries are used up (or the server asked for a longer pause than `--max-wait`), and it is
    /// certain that the last attempt did nothing: never sent, or answered 429.
    NotDone,
    /// The retries are used up and what the last attempt did is not known; for a request that must
    /// not be repeated, its only attempt.
    Unclear,
    /// The run is being stopped; the request was not sent (or not sent again after a refusal to serve it).
    Stopped,
    /// The run is being stopped before a request that may be repeated could be sent again, and what the last
    /// attempt did is not known.
    CutOff,
}

/// A call that did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// What may be concluded.
    pub failure: Failure,
    /// The method.
    pub method: Method,
    /// The service.
    pub service: Service,
    /// The status of the last answer, if there was one.
    pub status: Option<u16>,
    /// What went wrong, for programs: `Display` gives the text of the results file.
    pub code: ErrorCode,
    /// What happened, in a sentence fit to be shown: the server's words cut and cleaned, or ours.
    pub message: String,
    /// What the server itself said of it, cut, cleaned and without secrets; it is part of the message as well.
    pub server_words: Option<Box<str>>,
    /// The server's trace id, if it gave one.
    pub trace_id: Option<String>,
    /// How often the request was sent.
    pub attempts: u32,
    /// Whether an attempt before the last, whose answer was lost, may have been carried out.
    pub perhaps_done: bool,
}

/// What went wrong, as a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorCode {
    /// The client's own finding.
    Own(OwnCode),
    /// There was no answer.
    Transport(TransportCode),
    /// The answer had this status and no code: `http_503`.
    Status(u16),
    /// The server's code.
    Server(ServerCode),
}

/// What the client finds without a code of the server's. The texts, in snake case, are in results files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum OwnCode {
    /// Not sent: the list of ids is empty.
    EmptyList,
    /// Not sent: more names than one call takes.
    TooManyNames,
    /// Not sent: the deployment has no such endpoint.
    NotOffered,
    /// Not sent: the token is empty or cannot be put in a header.
    UnusableToken,
    /// Not sent, or not sent again: the run is being stopped.
    Stopped,
    /// The server asked for a longer pause than is allowed.
    PauseTooLong,
    /// The token is refused.
    Unauthorized,
    /// The token makes the header longer than a server in between takes.
    TokenTooLong,
    /// HTML came instead of JSON.
    HtmlAnswer,
    /// HTML came instead of JSON, from a service that had answered with JSON before.
    PageMeanwhile,
    /// The answer leads to another place, which is not followed.
    Redirected,
    /// The answer is not JSON, or not of the expected shape.
    UnreadableAnswer,
    /// The answer says both that it succeeded and that it did not.
    ContradictoryAnswer,
    /// The answer says that it did not succeed, without a code.
    NotSucceeded,
    /// 404 of the licence service: the organization, not a user or group, has no licences there (`uipath-api`, 10).
    #[strum(serialize = "no_account_licence")]
    NoAccountLicense,
}

/// A code as the server spells it: `InvalidUserName`. Never empty, and fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerCode(String);

impl ServerCode {
    /// The code, cut and cleaned; `None` if nothing is left of it.
    pub fn new(text: &str) -> Option<Self> {
        let text = clean(text, 100);
        (!text.is_empty()).then_some(Self(text))
    }

    /// The code as the server spells it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<OwnCode> for ErrorCode {
    fn from(code: OwnCode) -> Self {
        Self::Own(code)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(code) => code.fmt(out),
            Self::Transport(code) => code.fmt(out),
            Self::Status(status) => write!(out, "http_{status}"),
            Self::Server(code) => out.write_str(code.as_str()),
        }
    }
}

impl CallError {
    /// The error of a request that is not sent, because it would mean something else than what was asked, or nothing.
    pub(super) fn not_sent(method: Method, service: Service, code: OwnCode, message: &str) -> Self {
        let failure = match code {
            OwnCode::TooManyNames => Failure::TooLarge,
            OwnCode::UnusableToken => Failure::SignIn,
            _ => Failure::Refused,
        };
        Self {
            failure,
            method,
            service,
            status: None,
            code: ErrorCode::Own(code),
            message: message.to_owned(),
            server_words: None,
            trace_id: None,
            attempts: 0,
            perhaps_done: false,
        }
    }

    /// Whether the refusal is that of a server that does not know a user: 404, or words to that effect.
    pub fn says_unknown(&self) -> bool {
        self.is_refusal() && (self.status == Some(404) || self.says(refusal_words::says_unknown))
    }

    /// Whether the refusal says that who is to join a group is in it.
    pub fn says_already_a_member(&self) -> bool {
        self.is_refusal() && self.says(refusal_words::says_already_a_member)
    }

    /// Whether the refusal says that who is to leave a group is not in it.
    pub fn says_not_a_member(&self) -> bool {
        self.is_refusal() && self.says(refusal_words::says_not_a_member)
    }

    fn is_refusal(&self) -> bool {
        self.failure == Failure::Refused && !self.is_page() && self.status != Some(403)
    }

    /// Whether the server's words, or its code, say so.
    fn says(&self, so: fn(&str) -> bool) -> bool {
        let code = match &self.code {
            ErrorCode::Server(code) => code.as_str(),
            _ => "",
        };
        so(&self.message) || so(code)
    }

    /// Whether a page for people came where data belongs: the address leads nowhere, or to a log-in. A page with another
    /// status may be a proxy's word on what this one call carried, or on a server that is down.
    pub fn is_page(&self) -> bool {
        let is_page = matches!(self.code, ErrorCode::Own(OwnCode::HtmlAnswer | OwnCode::Redirected));
        is_page && matches!(self.status, Some(200..400 | 404))
    }

    /// Whether the answer says that there is no such route: 404, 405, or a web page in the place of data
    /// (`uipath-api`, 6.3). A 404 may also be about what the call names.
    pub fn shows_no_such_route(&self) -> bool {
        self.code != ErrorCode::Own(OwnCode::NoAccountLicense)
            && (matches!(self.status, Some(404 | 405))
                || matches!(self.code, ErrorCode::Own(OwnCode::HtmlAnswer | OwnCode::NotOffered)))
    }

    /// Whether the answer says that the route cannot be used here, because it does not exist, is for others, or answers
    /// something else.
    pub fn shows_unusable_route(&self) -> bool {
        let is_other = matches!(
            self.code,
            ErrorCode::Own(OwnCode::Redirected | OwnCode::UnreadableAnswer)
        );
        self.shows_no_such_route()
            || self.failure == Failure::Refused && (is_other || matches!(self.status, Some(403 | 410 | 415 | 501)))
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for CallError {}
