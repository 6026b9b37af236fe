//! What an answer is worth: an answer is trusted only if it is of the right kind.

use super::attempt_log::{AttemptLog, answered_words, code_of, titled};
use super::exchange::Exchanged;
use super::{ApiRequest, Effect, Session};
use crate::api::document::{Document, Json};
use crate::api::error_body::{ErrorBody, RefusalReason, is_about_the_header, is_html};
use crate::api::{Answer, CallError, ErrorCode, Failure, OwnCode, Receipt};
use crate::event::Service;
use crate::text::clean;
use crate::wire::Response;

/// The JSON of an answer with a good status.
pub(in crate::api) struct Reply {
    document: Document,
    /// What the call cost.
    pub(in crate::api) receipt: Receipt,
    request: ApiRequest,
    log: AttemptLog,
}

impl Session {
    /// Makes the call; an answer that says `succeeded: false` is an error.
    pub(in crate::api) async fn call(&self, request: ApiRequest) -> Result<Reply, CallError> {
        let reply = self.call_leniently(request).await?;
        match ErrorBody::in_success(reply.json()) {
            Some(body) => Err(reply.refused(body)),
            None => Ok(reply),
        }
    }

    /// Makes the call and leaves it to the caller what `succeeded: false` means.
    pub(in crate::api) async fn call_leniently(&self, request: ApiRequest) -> Result<Reply, CallError> {
        let Exchanged { response, receipt, log } = self.exchange(&request).await?;
        let document = judged(&request, &log, response)?;
        Ok(Reply {
            document,
            receipt,
            request,
            log,
        })
    }
}

impl Reply {
    /// The JSON; null where the body is empty.
    pub(in crate::api) fn json(&self) -> Json<'_> {
        self.document.json()
    }

    /// The answer as `read` understands it. Where `read` gives `None`, the error says that the answer is not `what`.
    pub(in crate::api) fn read<T>(
        self,
        what: &str,
        read: impl FnOnce(Json<'_>) -> Option<T>,
    ) -> Result<Answer<T>, CallError> {
        match read(self.json()) {
            Some(value) => Ok(self.with(value)),
            None => Err(self.unreadable(what)),
        }
    }

    /// The answer, whatever its body says beyond success.
    pub(in crate::api) fn with<T>(self, value: T) -> Answer<T> {
        Answer {
            value,
            receipt: self.receipt,
        }
    }

    /// The server's refusal inside an answer with a good status.
    pub(in crate::api) fn refused(&self, body: ErrorBody) -> CallError {
        let code = body
            .code
            .map_or(ErrorCode::Own(OwnCode::NotSucceeded), ErrorCode::Server);
        let message = if body.message.is_empty() {
            format!(
                "the {} service answered that it did not succeed, without a reason",
                self.request.service.as_str()
            )
        } else {
            body.message
        };
        self.log.error(&self.request, Failure::Refused, code, &message)
    }

    /// The error for an answer that is JSON, but not of the expected shape.
    pub(in crate::api) fn unreadable(&self, what: &str) -> CallError {
        let message = format!(
            "the {} service answered with something that is not {what}",
            self.request.service.as_str()
        );
        unusable(&self.request, &self.log, OwnCode::UnreadableAnswer.into(), &message)
    }

    /// The error for an answer that contradicts itself, so that nothing can be concluded from it.
    pub(in crate::api) fn contradictory(&self, message: &str) -> CallError {
        unusable(&self.request, &self.log, OwnCode::ContradictoryAnswer.into(), message)
    }
}

fn judged(request: &ApiRequest, log: &AttemptLog, response: Response) -> Result<Document, CallError> {
    match response.status {
        200..300 => json(request, log, response),
        400..500 => Err(refused(request, log, &response)),
        300..400 => {
            let place = response.header("location").unwrap_or("nowhere");
            let place = clean(place.split(['?', '#']).next().unwrap_or_default(), 200);
            let message = format!(
                "the {} service sends us on to `{place}`, which looks like a login or proxy page; check {}",
                request.service.as_str(),
                settings(request)
            );
            Err(unusable(request, log, OwnCode::Redirected.into(), &message))
        }
        status => {
            let words = answered_words(request, &response, &ErrorBody::read(&response).message);
            Err(unusable(request, log, ErrorCode::Status(status), &words))
        }
    }
}

fn json(request: &ApiRequest, log: &AttemptLog, response: Response) -> Result<Document, CallError> {
    let body = response.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&response.body);
    if body.trim_ascii().is_empty() {
        return Ok(Document::default());
    }
    if is_html(&response) {
        let message = format!(
            "the {} service answered {} with HTML{}: this looks like a login or proxy page; check {}",
            request.service.as_str(),
            response.status,
            titled(&response),
            settings(request)
        );
        return Err(unusable(request, log, OwnCode::HtmlAnswer.into(), &message));
    }
    Document::read(response.body).ok_or_else(|| {
        let message = format!(
            "the {} service answered with something that is not JSON",
            request.service.as_str()
        );
        unusable(request, log, OwnCode::UnreadableAnswer.into(), &message)
    })
}

/// Nothing can be concluded from the answer. A change may have been made all the same; it is not tried again, because
/// an address that leads to the wrong place leads there every time.
fn unusable(request: &ApiRequest, log: &AttemptLog, code: ErrorCode, message: &str) -> CallError {
    let failure = match request.effect {
        Effect::Read => Failure::Refused,
        Effect::Repeatable | Effect::Once => Failure::Unclear,
    };
    log.error(request, failure, code, message)
}

fn refused(request: &ApiRequest, log: &AttemptLog, response: &Response) -> CallError {
    let body = ErrorBody::read(response);
    let reason = body.reason();
    let status = response.status;
    let failure = match (status, reason) {
        (_, RefusalReason::UnknownOrganization) => Failure::SignIn,
        (413, _) => Failure::TooLarge,
        // What has one entry cannot be made smaller.
        (400, RefusalReason::TooLarge) if request.entries > 1 => Failure::TooLarge,
        _ => Failure::Refused,
    };
    let mut message = answered_words(request, response, &body.message);
    let is_without_license = status == 404
        && reason == RefusalReason::NoAccountLicense
        && matches!(request.service, Service::License | Service::Portal);
    if log.token_length > 0 && is_about_the_header(response) {
        return log.token_too_long(request, &message);
    }
    let advice = match status {
        403 | 406 | 451 if is_html(response) => Some(
            "the page comes from something in between, such as a firewall, and whoever runs that has to let the request \
             through"
                .to_owned(),
        ),
        413 if request.entries == 1 => Some(
            "even this one entry is too large for it, or for a server in between, so it cannot be sent in smaller parts"
                .to_owned(),
        ),
        403 if !request.scope.is_empty() => Some(format!(
            "this needs the scope `{}` and, for a person's own token, an organization administrator",
            request.scope
        )),
        _ if is_html(response) => Some(format!("check {}", settings(request))),
        _ if reason == RefusalReason::UnknownOrganization => Some(
            "check `organization_id` (or `RESEAT_ORGANIZATION_ID`) and `organization`, which have to name the same \
             organization"
                .to_owned(),
        ),
        _ => None,
    };
    if let Some(advice) = advice {
        message = format!("{message}; {advice}");
    }
    let code = if is_without_license {
        OwnCode::NoAccountLicense.into()
    } else {
        code_of(response, body.code)
    };
    log.error(request, failure, code, &message)
}

fn settings(request: &ApiRequest) -> &'static str {
    match request.service {
        Service::Identity => "`uri` and `organization`",
        Service::License => "`uri`, `organization` and `license` under `routes`",
        Service::Portal => "`uri`, `organization` and `portal` under `routes`",
        Service::Token => "`uri` and `UIPATH_IDENTITY_URI`",
    }
}
