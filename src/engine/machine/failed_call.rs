//! What a failed call means for the rows it was for. Pure.

use crate::api::{CallError, ErrorCode, Failure, OwnCode};
use crate::model::Status;
use crate::plan::Family;
use crate::text::fold;

/// How often an invitation or a creation is sent at most: again only after reading back showed that it did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sendings {
    /// How often with others, before it is sent in smaller parts.
    pub(super) together: u32,
    /// How often in all.
    pub(super) in_all: u32,
}

impl Sendings {
    /// Where the answer was lost.
    pub(super) const OF_LOST: Self = Self { together: 2, in_all: 3 };

    /// Where the server turned it away, as one that is overloaded or restarts does: it is not the entries' fault, so they
    /// stay together for longer, and are sent as often as a call that may be repeated is by default.
    const TURNED_AWAY: Self = Self { together: 4, in_all: 9 };

    /// Where the call ended like this.
    pub(super) fn after(error: &CallError) -> Self {
        let is_page = error.code == ErrorCode::Own(OwnCode::PageMeanwhile);
        match error.status {
            _ if is_page => Self::TURNED_AWAY,
            Some(408 | 425 | 502 | 503) => Self::TURNED_AWAY,
            _ => Self::OF_LOST,
        }
    }
}

/// What to do about a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Split it, or, for a single step, blame the step.
    Split,
    /// Send it in smaller parts, and keep that size.
    Shrink,
    /// Send it in parts, which are tried less often, until the entry that no try got through stands alone.
    InParts,
    /// Read which of the accounts to be deleted are still there.
    LookForDeleted,
    /// Read back what it did.
    ReadBack,
    /// Its rows fail.
    Fail,
    /// Nothing more can be sent.
    Stop,
    /// The run is being stopped; its rows were not reached.
    Leave,
}

/// What to do about a failed call of `family` with this many entries.
pub(super) fn next(error: &CallError, family: Family, entries: usize) -> Next {
    let has_several = entries > 1;
    match error.failure {
        // Any part of it would get the same page.
        Failure::Refused if error.is_page() => Next::Fail,
        // Somebody is gone, or all are because an earlier attempt was carried out.
        Failure::Refused if has_several && family == Family::Delete && is_gone(error) => Next::LookForDeleted,
        Failure::Refused => Next::Split,
        Failure::TooLarge => Next::Shrink,
        Failure::SignIn => Next::Stop,
        Failure::NotDone => Next::Fail,
        Failure::Stopped => Next::Leave,
        Failure::Unclear if family.must_not_be_repeated() => Next::ReadBack,
        Failure::Unclear if has_several && family == Family::Delete => Next::LookForDeleted,
        Failure::Unclear if error.is_page() => Next::Fail,
        Failure::Unclear if has_several => Next::InParts,
        Failure::Unclear | Failure::CutOff => Next::Fail,
    }
}

/// The status of a row whose own step a call was refused for.
pub(super) fn status(error: &CallError) -> Status {
    match (error.failure, error.status) {
        _ if error.is_page() => Status::Failed,
        // It is about the organization and not about a user.
        (Failure::Refused, Some(404)) if is_without_license(error) => Status::Rejected,
        (Failure::Refused | Failure::TooLarge, Some(404)) => Status::NotFound,
        (Failure::Refused | Failure::TooLarge, Some(409)) => Status::Conflict,
        (Failure::Refused | Failure::TooLarge, _) => Status::Rejected,
        (Failure::NotDone | Failure::Unclear, _) => Status::Failed,
        (Failure::SignIn | Failure::Stopped | Failure::CutOff, _) => Status::NotRun,
    }
}

/// Whether a refused deletion means that the account is gone already.
pub(super) fn already_gone(error: &CallError, family: Family) -> bool {
    family == Family::Delete && error.failure == Failure::Refused && is_gone(error)
}

fn is_gone(error: &CallError) -> bool {
    matches!(error.status, Some(404 | 410))
}

/// Whether the refusal says that the organization itself has no licences (`uipath-api`, 10).
pub(super) fn is_without_license(error: &CallError) -> bool {
    error.code == ErrorCode::Own(OwnCode::NoAccountLicense)
}

/// Parts of the words and codes with which the service says that an address or a user name is taken.
const TAKEN: [&str; 4] = ["exist", "already", "duplicate", "taken"];

/// Whether these words say that something is not there, which has the word for being there in it.
fn says_missing(folded: &str) -> bool {
    const MISSING: [&str; 5] = ["not exist", "n't exist", "nonexist", "non-exist", "no longer exist"];
    MISSING.iter().any(|part| folded.contains(part))
}

/// Whether the service says so with these words.
pub(super) fn says_taken(words: &str) -> bool {
    let words = fold(words);
    !says_missing(&words) && TAKEN.iter().any(|part| words.contains(part))
}

/// Whether a refused call that would make accounts says that there is one already.
pub(super) fn is_taken(error: &CallError) -> bool {
    let code = match &error.code {
        ErrorCode::Server(code) => code.as_str(),
        ErrorCode::Status(_) | ErrorCode::Own(_) | ErrorCode::Transport(_) => "",
    };
    says_taken(&error.message) || says_taken(code)
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
            server_words: None,
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
            assert_eq!(next(&error(Failure::Unclear, None), family, 1), expected, "{family:?}");
        }
    }

    #[test]
    fn of_several_entries_none_is_given_up_before_it_was_tried_without_the_others() {
        for family in Family::iter() {
            let expected = match family {
                Family::Invite | Family::Create => Next::ReadBack,
                Family::Delete => Next::LookForDeleted,
                _ => Next::InParts,
            };
            assert_eq!(next(&error(Failure::Unclear, None), family, 2), expected, "{family:?}");
            // What surely never arrived says nothing about any entry.
            assert_eq!(
                next(&error(Failure::NotDone, None), family, 2),
                Next::Fail,
                "{family:?}"
            );
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
