//! Every shape of error body into one: code, message, trace id. The services use RFC 7807 problems, `IdentityResult`, the
//! ABP envelope, OAuth errors, bare arrays and plain text, and sometimes a page for people.

use strum::EnumString;

use super::document::{Document, Json, Shape};
use super::json::{fields, flag, member, text};
use super::{ErrorCode, ServerCode};
use crate::text::clean;
use crate::wire::Response;

/// The most characters of a server's words that are passed on.
const LONGEST: usize = 500;

/// What a server said of a request that it refused.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct ErrorBody {
    /// The server's code, if it gave one.
    pub(super) code: Option<ServerCode>,
    /// The server's words, cut and cleaned; empty where it gave none.
    pub(super) message: String,
}

/// What a refusal means beyond its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RefusalReason {
    /// The server does not know the organization's GUID or name, so it would refuse every other call as well.
    UnknownOrganization,
    /// There are too many entries in the request, or it is too long.
    TooLarge,
    /// The licence service has nothing allocated for the organization itself; nothing is said about a user or group.
    NoAccountLicense,
    /// Anything else.
    Other,
}

/// The errors of a token endpoint (RFC 6749, section 5.2) that have advice of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum OauthError {
    /// The application is not known, or its secret is wrong or has run out.
    InvalidClient,
    /// It asks for a scope that it is not registered for.
    InvalidScope,
    /// It may not sign in in this way.
    UnauthorizedClient,
    /// Nobody may sign in in this way.
    UnsupportedGrantType,
}

impl OauthError {
    /// The error that a code is, if it is one of these.
    pub fn of(code: &ErrorCode) -> Option<Self> {
        match code {
            ErrorCode::Server(code) => code.as_str().parse().ok(),
            _ => None,
        }
    }
}

impl ErrorBody {
    /// Reads the body of a refusal.
    pub(super) fn read(response: &Response) -> Self {
        let body = String::from_utf8_lossy(&response.body);
        match Document::read(body.trim_start_matches('\u{feff}').into()) {
            Some(document) => from_json(document.json()),
            None if is_html(response) => RawError::default(),
            None => words(&body),
        }
        .into()
    }

    /// The refusal inside an answer with a good status, if there is one: `succeeded: false` at the top or under
    /// `result`, or the ABP envelope's `success: false`.
    pub(super) fn in_success(value: Json<'_>) -> Option<Self> {
        let refused = itself_and_result(value).any(|place| flag(place, &["succeeded", "success"]) == Some(false));
        refused.then(|| from_json(value).into())
    }

    /// The server's words, where it said more than a code.
    pub(super) fn own_words(&self) -> Option<&str> {
        let is_code = |words: &str| self.code.as_ref().is_some_and(|code| code.as_str() == words);
        Some(self.message.as_str()).filter(|words| !words.is_empty() && !is_code(words))
    }

    /// What the server's code and words mean. Only `InvalidPartition` is a code; for the rest the words are all the
    /// evidence there is: `partitionGlobalId` is the field that a validation error is about, and the phrases are
    /// those with which UiPath's services and the proxies before them refuse a batch.
    pub(super) fn reason(&self) -> RefusalReason {
        const INVALID_PARTITION: &str = "InvalidPartition";
        let code = self.code.as_ref().map(ServerCode::as_str);
        let says_any = |phrases: &[&str]| phrases.iter().any(|phrase| self.message.contains(phrase));
        let lower_case = self.message.to_ascii_lowercase();
        let size_phrases = ["too large", "too many", "maximum number", "batch size"];
        // "No account license is allocated for the indicated organization" (`uipath-api`, 3.1 and 10).
        let no_license_phrases = ["no account license", "no account licence"];
        if code == Some(INVALID_PARTITION) || says_any(&[INVALID_PARTITION, "partitionGlobalId:"]) {
            RefusalReason::UnknownOrganization
        } else if size_phrases.iter().any(|phrase| lower_case.contains(phrase)) {
            RefusalReason::TooLarge
        } else if no_license_phrases.iter().any(|phrase| lower_case.contains(phrase)) {
            RefusalReason::NoAccountLicense
        } else {
            RefusalReason::Other
        }
    }
}

/// Code and words of an error as the body has them, before they are cut and cleaned.
type RawError = (String, String);

impl From<RawError> for ErrorBody {
    fn from((code, message): RawError) -> Self {
        Self {
            code: ServerCode::new(&code),
            message: clean(&message, LONGEST),
        }
    }
}

/// Whether the body is a page for people.
pub(super) fn is_html(response: &Response) -> bool {
    let declared = response.header("content-type").is_some_and(|kind| {
        kind.as_bytes()
            .windows(4)
            .any(|word| word.eq_ignore_ascii_case(b"html"))
    });
    let start = response.body.trim_ascii_start();
    declared || start.starts_with(b"<")
}

/// Whether the answer says that the header of the request is too long: by its status, nginx's own among them, or as
/// nginx, IIS and Apache say it in a page with status 400.
pub(super) fn is_about_the_header(response: &Response) -> bool {
    const PHRASES: [&str; 4] = [
        "header or cookie too large",
        "request headers is too long",
        "request header field exceeds",
        "header fields too large",
    ];
    match response.status {
        431 | 494 => true,
        400 | 413 => {
            let words = String::from_utf8_lossy(&response.body).to_ascii_lowercase();
            PHRASES.iter().any(|phrase| words.contains(phrase))
        }
        _ => false,
    }
}

/// What a page for people says in its title, cut and cleaned; `None` if it says nothing there.
pub(super) fn page_title(response: &Response) -> Option<String> {
    let page = String::from_utf8_lossy(&response.body);
    // Letter by letter as long as the page, so that places in one are places in the other.
    let folded = page.to_ascii_lowercase();
    let tag = folded.find("<title")?;
    let begin = tag + folded[tag..].find('>')? + 1;
    let end = begin + folded[begin..].find('<')?;
    let title = page[begin..end].replace('`', "'");
    let title = clean(title.trim(), 80);
    (!title.is_empty()).then_some(title)
}

/// The trace id of a refusal: the body's, else that of the headers.
pub(super) fn trace_id(response: &Response) -> Option<String> {
    let body = Document::read(response.body.clone()).unwrap_or_default();
    let named = text(body.json(), &["traceId", "correlationId", "requestId"]);
    if named.is_empty() {
        header_trace(response)
    } else {
        Some(clean(&named, 100))
    }
}

/// The trace id that the headers have.
pub(super) fn header_trace(response: &Response) -> Option<String> {
    let parent = response
        .header("traceparent")
        .and_then(|parent| parent.split('-').nth(1));
    let names = [
        "x-uipath-correlation-id",
        "x-request-id",
        "request-id",
        "x-correlation-id",
        "x-trace-id",
    ];
    let found = parent.or_else(|| names.iter().find_map(|name| response.header(name)))?;
    Some(clean(found, 100))
}

fn words(text: &str) -> RawError {
    (String::new(), text.to_owned())
}

/// Where an answer says how it went.
fn itself_and_result(value: Json<'_>) -> impl Iterator<Item = Json<'_>> {
    std::iter::once(value).chain(member(value, &["result"]))
}

fn from_json(value: Json<'_>) -> RawError {
    let value = match value.shape() {
        Shape::Text(text) => return words(text),
        Shape::Array(mut outer) => match (outer.next(), outer.next()) {
            (Some(only), None) if only.is_object() => only,
            _ => return listed(value),
        },
        _ => value,
    };
    let errors = itself_and_result(value)
        .filter_map(|place| member(place, &["errors", "validationErrors"]))
        .map(listed)
        .find(|(_, words)| !words.is_empty());
    let code = text(value, &["errorCode", "code"]).into_owned();
    let names = [
        "message",
        "errorMessage",
        "errorMsg",
        "detail",
        "error_description",
        "title",
    ];
    let words = text(value, &names).into_owned();
    let error = member(value, &["error"]);
    match (errors, error, error.and_then(Json::as_str)) {
        (Some((listed, words)), ..) => (if listed.is_empty() { code } else { listed }, words),
        // As OAuth has it (RFC 6749).
        (None, _, Some(code)) if words.is_empty() => (code.to_owned(), code.to_owned()),
        (None, _, Some(code)) => (code.to_owned(), words),
        (None, Some(error), None) if error.is_object() => from_json(error),
        _ => (code, words),
    }
}

/// Errors as texts, as `{code, description}`, or as a map from fields to texts.
fn listed(errors: Json<'_>) -> RawError {
    let mut code = String::new();
    let mut words = Vec::new();
    if errors.is_object() {
        for (field, complaints) in fields(errors) {
            let complaints: Vec<_> = complaints.entries().filter_map(Json::as_str).collect();
            words.push(labelled(field, &complaints.join(" ")));
        }
    } else {
        for error in errors.entries() {
            if code.is_empty() {
                code = text(error, &["code", "errorCode"]).into_owned();
            }
            let said = match error.as_str() {
                Some(words) => words.into(),
                None => text(error, &["description", "message", "errorMessage", "errorMsg"]),
            };
            let said = Some(said).filter(|said| !said.is_empty());
            words.push(said.unwrap_or_else(|| text(error, &["code"])).into_owned());
        }
    }
    words.retain(|part| !part.is_empty());
    (code, words.join("; "))
}

fn labelled(field: &str, complaint: &str) -> String {
    if field.is_empty() || field == "$" {
        complaint.to_owned()
    } else {
        format!("{field}: {complaint}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn response(body: &str) -> Response {
        Response {
            status: 400,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn every_known_shape_of_error_gives_its_code_and_its_words() {
        for (body, code, words) in [
            (
                json!({"type": "about:blank", "title": "One or more validation errors occurred.", "status": 400,
                       "traceId": "00-abc-01", "errors": {"email": ["is bad", "is long"], "name": ["is missing"]}}),
                "",
                "email: is bad is long; name: is missing",
            ),
            (
                json!({"errors": {"partitionGlobalId": ["The value 'x' is not valid."]}}),
                "",
                "partitionGlobalId: The value 'x' is not valid.",
            ),
            (
                json!({"succeeded": false, "errors": [{"code": "InvalidUserName", "description": "no such"}]}),
                "InvalidUserName",
                "no such",
            ),
            (
                json!({"succeeded": false, "errors": ["first", "second"]}),
                "",
                "first; second",
            ),
            (
                json!({"result": {"succeeded": false, "errors": [{"code": "Taken", "description": "taken"}]}, "users": []}),
                "Taken",
                "taken",
            ),
            (json!({"error": "invalid_scope"}), "invalid_scope", "invalid_scope"),
            (
                json!({"error": "invalid_client", "error_description": "who?"}),
                "invalid_client",
                "who?",
            ),
            (
                json!({"result": null, "success": false, "error": {"code": 0, "message": "wrong", "details": null}, "__abp": true}),
                "0",
                "wrong",
            ),
            (
                json!({"message": "nope", "errorCode": "1004", "traceId": "t"}),
                "1004",
                "nope",
            ),
            (json!({"title": "Not Found", "status": 404}), "", "Not Found"),
            (json!("just words"), "", "just words"),
            (
                json!([{"code": "A", "description": "a"}, {"code": "B", "description": "b"}]),
                "A",
                "a; b",
            ),
        ] {
            let read = ErrorBody::read(&response(&body.to_string()));
            let read_code = read.code.as_ref().map_or("", ServerCode::as_str);
            assert_eq!((read_code, read.message.as_str()), (code, words), "{body}");
        }
    }

    #[test]
    fn a_body_that_is_no_json_is_cut_and_cleaned_and_a_page_is_left_out() {
        let read = ErrorBody::read(&response(&format!("bad\u{1b}[31m {}", "x".repeat(900))));
        assert_eq!(read.message.chars().count(), 501);
        assert!(!read.message.contains('\u{1b}'));
        assert_eq!(
            ErrorBody::read(&response("<html><body>Sign in</body></html>")),
            ErrorBody::default()
        );
        assert_eq!(ErrorBody::read(&response("")), ErrorBody::default());
    }

    #[test]
    fn a_refusal_inside_a_good_status_is_found_and_a_success_is_not_one() {
        let in_success = |value: Value| ErrorBody::in_success(Document::of(&value).json());
        assert!(in_success(json!({"succeeded": false, "errors": []})).is_some());
        assert!(in_success(json!({"result": {"succeeded": false}})).is_some());
        assert!(in_success(json!({"succeeded": true, "errors": []})).is_none());
        assert!(in_success(json!([{"userId": "x"}])).is_none());
        assert!(in_success(Value::Null).is_none());
    }

    #[test]
    fn the_trace_id_is_taken_from_the_body_or_else_from_the_headers() {
        assert_eq!(trace_id(&response(r#"{"traceId": "abc"}"#)).as_deref(), Some("abc"));
        let mut bare = response("");
        assert_eq!(trace_id(&bare), None);
        bare.headers.push(("x-request-id".to_owned(), "req".to_owned()));
        assert_eq!(trace_id(&bare).as_deref(), Some("req"));
        bare.headers
            .push(("traceparent".to_owned(), "00-4bf9-00f0-01".to_owned()));
        assert_eq!(trace_id(&bare).as_deref(), Some("4bf9"));
    }
}
