//! Every shape of error body (`uipath-api`, 6.3) into one: code, message, trace id.

use serde_json::Value;

use super::read::{entries, flag, member, text};
use crate::text::clean;
use crate::wire::Response;

/// The most characters of a server's words that are passed on.
const LONGEST: usize = 500;

/// What a server said of a request that it refused.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Fault {
    /// The server's code; empty where it gave none.
    pub(super) code: String,
    /// The server's words, cut and cleaned; empty where it gave none.
    pub(super) message: String,
}

/// Reads the body of a refusal.
pub(super) fn read_fault(response: &Response) -> Fault {
    let body = String::from_utf8_lossy(&response.body);
    let fault = match serde_json::from_str(body.trim_start_matches('\u{feff}')) {
        Ok(value) => from_json(&value),
        Err(_) if is_html(response) => Fault::default(),
        Err(_) => message(&body),
    };
    cut(&fault)
}

/// The refusal inside an answer with a good status, if there is one: `succeeded: false` at the top or under `result`,
/// or the ABP envelope's `success: false`.
pub(super) fn refusal(value: &Value) -> Option<Fault> {
    let result = member(value, &["result"]).unwrap_or(&Value::Null);
    let refused = [value, result]
        .into_iter()
        .any(|place| flag(place, &["succeeded", "success"]) == Some(false));
    refused.then(|| cut(&from_json(value)))
}

/// Whether the body is a page for people.
pub(super) fn is_html(response: &Response) -> bool {
    let declared = response
        .header("content-type")
        .is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
    let start = response.body.trim_ascii_start();
    declared || start.starts_with(b"<")
}

/// The trace id of a refusal: the body's, else that of the headers.
pub(super) fn trace_id(response: &Response) -> Option<String> {
    let body = serde_json::from_slice::<Value>(&response.body).unwrap_or_default();
    let named = text(&body, &["traceId", "correlationId", "requestId"]);
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

fn cut(fault: &Fault) -> Fault {
    Fault {
        code: clean(&fault.code, 100),
        message: clean(&fault.message, LONGEST),
    }
}

fn message(text: &str) -> Fault {
    Fault {
        code: String::new(),
        message: text.to_owned(),
    }
}

fn from_json(value: &Value) -> Fault {
    let value = match value {
        Value::String(words) => return message(words),
        Value::Array(outer) => match outer.as_slice() {
            [only @ Value::Object(_)] => only,
            _ => return listed(value),
        },
        _ => value,
    };
    let errors = [value, member(value, &["result"]).unwrap_or(&Value::Null)]
        .into_iter()
        .filter_map(|place| member(place, &["errors", "validationErrors"]))
        .map(listed)
        .find(|fault| !fault.message.is_empty());
    let error = member(value, &["error"]);
    let own = Fault {
        code: text(value, &["errorCode", "code"]),
        message: text(
            value,
            &[
                "message",
                "errorMessage",
                "errorMsg",
                "detail",
                "error_description",
                "title",
            ],
        ),
    };
    match (errors, error) {
        (Some(fault), _) if !fault.code.is_empty() => fault,
        (Some(fault), _) => Fault {
            code: own.code,
            ..fault
        },
        (None, Some(Value::String(code))) => oauth(code, own),
        (None, Some(error @ Value::Object(_))) => from_json(error),
        _ => own,
    }
}

fn oauth(code: &str, own: Fault) -> Fault {
    let message = if own.message.is_empty() {
        code.to_owned()
    } else {
        own.message
    };
    Fault {
        code: code.to_owned(),
        message,
    }
}

/// Errors as texts, as `{code, description}`, or as a map from fields to texts.
fn listed(errors: &Value) -> Fault {
    let mut code = String::new();
    let mut words = Vec::new();
    if let Value::Object(fields) = errors {
        for (field, complaints) in fields {
            let complaints: Vec<_> = entries(complaints).iter().filter_map(Value::as_str).collect();
            words.push(labelled(field, &complaints.join(" ")));
        }
    } else {
        for error in entries(errors) {
            if code.is_empty() {
                code = text(error, &["code", "errorCode"]);
            }
            words.push(match error {
                Value::String(words) => words.clone(),
                error => {
                    let words = text(error, &["description", "message", "errorMessage", "errorMsg"]);
                    if words.is_empty() {
                        text(error, &["code"])
                    } else {
                        words
                    }
                }
            });
        }
    }
    words.retain(|part| !part.is_empty());
    Fault {
        code,
        message: words.join("; "),
    }
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
    use serde_json::json;

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
            let fault = read_fault(&response(&body.to_string()));
            assert_eq!((fault.code.as_str(), fault.message.as_str()), (code, words), "{body}");
        }
    }

    #[test]
    fn a_body_that_is_no_json_is_cut_and_cleaned_and_a_page_is_left_out() {
        let fault = read_fault(&response(&format!("bad\u{1b}[31m {}", "x".repeat(900))));
        assert_eq!(fault.message.chars().count(), 501);
        assert!(!fault.message.contains('\u{1b}'));
        assert_eq!(
            read_fault(&response("<html><body>Sign in</body></html>")),
            Fault::default()
        );
        assert_eq!(read_fault(&response("")), Fault::default());
    }

    #[test]
    fn a_refusal_inside_a_good_status_is_found_and_a_success_is_not_one() {
        assert!(refusal(&json!({"succeeded": false, "errors": []})).is_some());
        assert!(refusal(&json!({"result": {"succeeded": false}})).is_some());
        assert!(refusal(&json!({"succeeded": true, "errors": []})).is_none());
        assert!(refusal(&json!([{"userId": "x"}])).is_none());
        assert!(refusal(&Value::Null).is_none());
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
