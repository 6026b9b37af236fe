//! What a failed call means for the rows it was for. Pure.

use crate::api::{CallError, ErrorCode, Failure, OwnCode};
use crate::model::Status;
use crate::plan::Family;

/// How often an invitation is sent at most where its answer is lost: again only after reading back showed that it did
/// nothing.
pub(super) const MOST_SENDINGS: u32 = 3;

/// How often where the server turned it away, as one that is overloaded or restarts does: as often as a call that may be
/// repeated is sent by default.
const MOST_SENDINGS_TURNED_AWAY: u32 = 9;

/// What to do about a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Split it, or, for a single step, blame the step.
    Split,
    /// Send it in smaller parts, and keep that size.
    Shrink,
    /// Read back what it did.
    ReadBack,
    /// Its rows fail.
    Fail,
    /// Nothing more can be sent.
    Stop,
    /// The run is being stopped; its rows were not reached.
    Leave,
}

/// What to do about a failed call of `family`.
pub(super) fn next(error: &CallError, family: Family) -> Next {
    match error.failure {
        // Any part of it would get the same page.
        Failure::Refused if error.is_page() => Next::Fail,
        Failure::Refused => Next::Split,
        Failure::TooLarge => Next::Shrink,
        Failure::SignIn => Next::Stop,
        Failure::NotDone => Next::Fail,
        Failure::Stopped => Next::Leave,
        Failure::Unclear if family.must_not_be_repeated() => Next::ReadBack,
        Failure::Unclear | Failure::CutOff => Next::Fail,
    }
}

/// How often the entries of a call that ended like this are sent at most.
pub(super) fn most_sendings(error: &CallError) -> u32 {
    let is_page = error.code == ErrorCode::Own(OwnCode::PageMeanwhile);
    match error.status {
        _ if is_page => MOST_SENDINGS_TURNED_AWAY,
        Some(408 | 425 | 502 | 503) => MOST_SENDINGS_TURNED_AWAY,
        _ => MOST_SENDINGS,
    }
}

/// The status of a row whose own step a call was refused for.
pub(super) fn status(error: &CallError) -> Status {
    match (error.failure, error.status) {
        _ if error.is_page() => Status::Failed,
        (Failure::Refused | Failure::TooLarge, Some(404)) => Status::NotFound,
        (Failure::Refused | Failure::TooLarge, Some(409)) => Status::Conflict,
        (Failure::Refused | Failure::TooLarge, _) => Status::Rejected,
        (Failure::NotDone | Failure::Unclear, _) => Status::Failed,
        (Failure::SignIn | Failure::Stopped | Failure::CutOff, _) => Status::NotRun,
    }
}

/// Whether a refused deletion means that the account is gone already.
pub(super) fn already_gone(error: &CallError, family: Family) -> bool {
    family == Family::Delete && error.failure == Failure::Refused && error.status == Some(404)
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;
    use crate::event::{Method, Service};

    fn error(failure: Failure, status: Option<u16>) -> CallError {
        CallError {
            failure,
            method: Method::Put,
            service: Service::Identity,
            status,
            code: ErrorCode::Status(status.unwrap_or(500)),
            message: String::new(),
            trace_id: None,
            attempts: 1,
            perhaps_done: false,
        }
    }

    #[test]
    fn only_mail_sending_and_creating_calls_are_read_back() {
        for family in Family::iter() {
            let expected = if matches!(family, Family::Invite | Family::Create) {
                Next::ReadBack
            } else {
                Next::Fail
            };
            assert_eq!(next(&error(Failure::Unclear, None), family), expected, "{family:?}");
        }
    }

    #[test]
    fn each_refusal_becomes_the_status_that_the_documents_promise() {
        for (code, expected) in [
            (400, Status::Rejected),
            (403, Status::Rejected),
            (404, Status::NotFound),
            (409, Status::Conflict),
            (422, Status::Rejected),
            (200, Status::Rejected),
        ] {
            assert_eq!(status(&error(Failure::Refused, Some(code))), expected, "{code}");
        }
        assert_eq!(status(&error(Failure::NotDone, Some(429))), Status::Failed);
        assert_eq!(status(&error(Failure::Unclear, None)), Status::Failed);
        assert_eq!(status(&error(Failure::SignIn, Some(401))), Status::NotRun);
        assert_eq!(status(&error(Failure::CutOff, Some(503))), Status::NotRun);
    }

    #[test]
    fn only_a_deletion_takes_404_for_success() {
        for family in Family::iter() {
            assert_eq!(
                already_gone(&error(Failure::Refused, Some(404)), family),
                family == Family::Delete
            );
        }
    }
}
