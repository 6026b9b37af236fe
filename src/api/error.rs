//! Why a call did not do what was asked.

use std::fmt;

use crate::event::{Method, Service};

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
    /// A code: the server's (`InvalidUserName`), else ours in snake case (`connection_lost`, `timed_out`, `html_answer`, …).
    pub code: String,
    /// What happened, in a sentence fit to be shown: the server's words cut and cleaned, or ours.
    pub message: String,
    /// The server's trace id, if it gave one.
    pub trace_id: Option<String>,
    /// How often the request was sent.
    pub attempts: u32,
    /// Whether an attempt before the last, whose answer was lost, may have been carried out.
    pub perhaps_done: bool,
}

impl CallError {
    /// Whether a page for people came where data belongs: the address leads nowhere, or to a log-in. A page with another
    /// status may be a proxy's word on what this one call carried, or on a server that is down.
    pub fn is_page(&self) -> bool {
        matches!(self.code.as_str(), "html_answer" | "redirected") && matches!(self.status, Some(200..400 | 404))
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for CallError {}
