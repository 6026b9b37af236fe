//! Answers, and the error bodies in their many shapes (`uipath-api`, 6.3).

use hyper::body::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::quirks::Closed;

/// What a handler found: an answer, or an answer that ends the work early.
pub(super) type Outcome = Result<Reply, Reply>;

pub(super) const JSON: &str = "application/json; charset=utf-8";
const PROBLEM: &str = "application/problem+json; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// An answer.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) body: Bytes,
    pub(super) headers: Vec<(&'static str, String)>,
}

impl Reply {
    fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type,
            body: body.into(),
            headers: Vec::new(),
        }
    }

    /// JSON with this status.
    pub(super) fn json(status: u16, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("what the sandbox answers has only text keys");
        Self::new(status, JSON, body)
    }

    /// JSON with status 200.
    #[expect(clippy::unnecessary_wraps, reason = "what most handlers end with")]
    pub(super) fn ok(body: &impl Serialize) -> Outcome {
        Ok(Self::json(200, body))
    }

    /// 204.
    #[expect(clippy::unnecessary_wraps, reason = "what most handlers end with")]
    pub(super) fn no_content() -> Outcome {
        Ok(Self::empty(204))
    }

    /// No body at all.
    pub(super) fn empty(status: u16) -> Self {
        Self::new(status, "", Bytes::new())
    }

    /// Plain text, as the licence accountant refuses.
    pub(super) fn text(status: u16, text: &str) -> Self {
        Self::new(status, TEXT, text.to_owned())
    }

    /// A page for people.
    pub(super) fn html(status: u16, title: &str) -> Self {
        let page =
            format!("<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n");
        Self::new(status, HTML, page)
    }

    /// What an unknown route is answered with: 200 and the web application's page.
    pub(super) fn web_application() -> Self {
        Self::html(200, "UiPath Automation Cloud")
    }

    /// RFC 7807 with the fields at fault.
    pub(super) fn validation(trace_id: &str, errors: &Value) -> Self {
        let body = json!({
            "type": "https://tools.ietf.org/html/rfc7231#section-6.5.1",
            "title": "One or more validation errors occurred.",
            "status": 400,
            "traceId": trace_id,
            "errors": errors,
        });
        Self {
            content_type: PROBLEM,
            ..Self::json(400, &body)
        }
    }

    /// RFC 7807 without fields.
    pub(super) fn problem(status: u16, title: &str, trace_id: &str) -> Self {
        let body = json!({"type": "https://tools.ietf.org/html/rfc7231", "title": title, "status": status, "traceId": trace_id});
        Self {
            content_type: PROBLEM,
            ..Self::json(status, &body)
        }
    }

    /// The bare `errors` map that a wrong organization is answered with.
    pub(super) fn not_this_organization(given: &str) -> Self {
        let message = format!("The value '{given}' is not valid.");
        Self::json(400, &json!({"errors": {"partitionGlobalId": [message]}}))
    }

    /// An `IdentityResult` that failed.
    pub(super) fn identity_error(code: &str, description: &str) -> Self {
        Self::json(400, &identity_result(Some((code, description))))
    }

    pub(super) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// `{succeeded, errors}`.
pub(super) fn identity_result(error: Option<(&str, &str)>) -> Value {
    let errors: Vec<Value> = error
        .iter()
        .map(|(code, description)| json!({"code": code, "description": description}))
        .collect();
    json!({"succeeded": error.is_none(), "errors": errors})
}

/// Ends the call if the route is closed to applications.
pub(super) fn open(closed: Option<Closed>) -> Result<(), Reply> {
    match closed {
        None => Ok(()),
        Some(Closed::Forbidden) => Err(Reply::empty(403)),
        Some(Closed::NotFound) => Err(Reply::empty(404)),
        Some(Closed::NotAllowed) => Err(Reply::empty(405)),
        Some(Closed::WantsOtherType) => Err(Reply::empty(415)),
        Some(Closed::Page) => Err(Reply::web_application()),
    }
}
