//! Why rows are not done, in words for whoever asked for the job, and what to do about it.

use strum::IntoEnumIterator;

use crate::api::OwnCode;
use crate::ledger::{Known, Record};
use crate::model::Status;
use crate::plan::RowReason;
use crate::problem::ProblemCode;
use crate::wire::TransportCode;

/// What rows have in common that are not done, or wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cause {
    /// In two or three words, which stand beside each of its rows.
    pub label: &'static str,
    /// In a sentence.
    pub what: &'static str,
    /// What to do.
    pub help: &'static str,
}

const fn cause(label: &'static str, what: &'static str, help: &'static str) -> Cause {
    Cause { label, what, help }
}

/// Whoever ran the sheet is asked to run it again.
const AGAIN: &str = "Ask whoever ran the sheet to run the same command again: it does only what is left.";

const NOBODY: Cause = cause(
    "not known",
    "Nobody in the organization goes by the name or address in the row.",
    "Check the spelling, or whether the person was invited under another address.",
);
const SEVERAL: Cause = cause(
    "more than one match",
    "The name in the row fits more than one account or group.",
    "Say which one is meant: the row's own words list them.",
);
const NO_GROUP: Cause = cause(
    "group not known",
    "The organization has no group of the name in the row.",
    "Check the group's name, or ask an administrator to make the group.",
);
const NO_SEAT: Cause = cause(
    "no free seat",
    "There was no free seat of the licence.",
    "Free a seat, buy more, or leave these people out.",
);
const NOT_OWNED: Cause = cause(
    "licence not owned",
    "The organization does not own the licence at all.",
    "Check which licence was meant, or buy it.",
);
const OTHER_ACCOUNT: Cause = cause(
    "another account",
    "The name belongs to another account than the one that was meant, so nothing was done to it.",
    "Check who is meant; the account may have been made anew.",
);
const GUARDED: Cause = cause(
    "protected account",
    "The account is an administrator's, or the one that reseat itself uses. Such accounts are left alone, so that nobody is locked out.",
    "If it is really meant, ask an administrator to do it by hand, or to allow it when the sheet is run.",
);
const DEACTIVATED: Cause = cause(
    "deactivated",
    "The account is deactivated, and would get something.",
    "Have the account activated first, or leave the row out.",
);
const MODEL: Cause = cause(
    "model does not fit",
    "The colleague whose groups and licences were to be copied cannot be a model.",
    "Name another colleague, or write the groups and licences into the row.",
);
const CHANGED: Cause = cause(
    "changed meanwhile",
    "Somebody else had changed it by then, so it was left as it is.",
    "Look at it as it is now, and ask again if it is still wanted.",
);
const UNCONFIRMED: Cause = cause(
    "not confirmed",
    "The service did not confirm that it did what was asked.",
    AGAIN,
);
const REFUSED: Cause = cause(
    "refused",
    "The service refused what was asked; the rows have its words.",
    "Correct what these say, and have the sheet run again.",
);
const CONNECTION: Cause = cause(
    "no connection",
    "The service could not be reached, or its answer was lost on the way.",
    AGAIN,
);
const ANSWER: Cause = cause(
    "service trouble",
    "The service, or something on the way to it, gave no proper answer.",
    AGAIN,
);
const SIGN_IN: Cause = cause(
    "sign-in",
    "The sign-in of whoever ran the sheet was not accepted.",
    "Ask whoever ran it to mend that (`reseat doctor` says how) and to run the same command again.",
);
const BLOCKED: Cause = cause(
    "not offered here",
    "This installation does not offer what the row needs, or does not tell what has to be known for it.",
    "Ask an administrator to do it in the portal.",
);
const KEPT: Cause = cause(
    "old account kept",
    "Not everything could be moved to the new account, so the old one was kept.",
    "Look at what is missing, and have the sheet run again once it is there or not needed.",
);
const ACCESS_LEFT: Cause = cause(
    "still has access",
    "The person should have left, and still has access to something, or nobody could see whether.",
    "Have this looked at soon: the sheet can be run again, or an administrator can take it away by hand.",
);
const NO_ACCOUNT: Cause = cause(
    "no account yet",
    "The person has no account yet that this could be done to.",
    "Have the person invited first, then have the sheet run again.",
);
const INVITATION: Cause = cause(
    "invitation",
    "They wait until their invitation is accepted.",
    "Ask the people to accept the mail from UiPath; then the same command goes on by itself.",
);
const DATE: Cause = cause(
    "date",
    "They wait for their date.",
    "Nothing now. On that date somebody has to run the same command again; the rows say when.",
);
const NOT_REACHED: Cause = cause("not reached", "The run ended before it came to them.", AGAIN);
const STOPPED_MIDWAY: Cause = cause(
    "stopped midway",
    "The run ended when a part of what the row says was done.",
    AGAIN,
);
const UNKNOWN: Cause = cause(
    "not certain",
    "The run was cut off, and it is not known what became of them.",
    "Have the same command run again: it looks first, and does nothing twice.",
);
const IN_DOUBT: Cause = cause(
    "not certain",
    "An answer was lost, and it is not known what became of them.",
    "Have the same command run again: it looks first, and does nothing twice.",
);
const CELL: Cause = cause(
    "row not valid",
    "A cell of the row cannot be used as it is written.",
    "Correct the row; its own words say which cell and how.",
);
const CONTRADICTION: Cause = cause(
    "contradiction",
    "The row contradicts another row of the sheet.",
    "Decide which of the two is meant, and take the other out.",
);
const LICENSE: Cause = cause(
    "licence not known",
    "The row names a licence that reseat does not know.",
    "Check the licence's name or code.",
);
const ADDRESS: Cause = cause(
    "not an address",
    "What stands in the row is no e-mail address that could be used.",
    "Correct the address.",
);
const DUPLICATE: Cause = cause(
    "stands twice",
    "The same row stands further up in the sheet, and was done once.",
    "",
);
const LEFT_ALONE: Cause = cause(
    "left alone",
    "The row was left alone; its own words say why.",
    "Decide whether it is still meant.",
);
const DISAGREES: Cause = cause(
    "conflict",
    "It does not go together with what the organization has.",
    "The rows' own words say with what.",
);
const NOT_ALLOWED: Cause = cause(
    "not allowed",
    "Whoever ran the sheet lacks a permission for it.",
    "Ask an administrator for the permission (`reseat doctor` says which is missing), then have the sheet run again.",
);
const FAILED: Cause = cause("failed", "It was tried and did not succeed.", AGAIN);

const OWED: Cause = cause(
    "licences in between",
    "Licences were taken off the old account and given to nobody yet.",
    "Have the same command run again: it gives them to the new account once there are free seats. The rows' own words say what went wrong.",
);

impl Cause {
    /// Why the row of this record is not done; `None` of one that is done.
    pub fn of_record(record: &Record) -> Option<Self> {
        let report = &record.report;
        let cause = if Known::of(record).is_stopped_midway() {
            STOPPED_MIDWAY
        } else {
            Self::of(report.status, &report.code, record.http_status)?
        };
        // Of what is not known it would say too much.
        let is_owed = report.owes_licenses() && ![UNKNOWN, IN_DOUBT].contains(&cause);
        Some(if is_owed { OWED } else { cause })
    }

    /// Why rows with this status, this code and this HTTP status are not done; `None` of rows that are done.
    pub fn of(status: Status, code: &str, http_status: Option<u16>) -> Option<Self> {
        match status {
            Status::Done | Status::Unchanged => None,
            Status::Duplicate => Some(DUPLICATE),
            Status::NotRun => Some(NOT_REACHED),
            Status::Started => Some(UNKNOWN),
            Status::InDoubt => Some(IN_DOUBT),
            Status::Waiting
            | Status::NotFound
            | Status::Ambiguous
            | Status::Conflict
            | Status::Rejected
            | Status::Failed
            | Status::Invalid
            | Status::Skipped => Some(of_code(code).unwrap_or(of_status(status, http_status))),
        }
    }
}

/// What the code says, if it is one of reseat's own.
fn of_code(code: &str) -> Option<Cause> {
    if let Ok(reason) = code.parse::<RowReason>() {
        return of_reason(reason);
    }
    if let Ok(own) = code.parse::<OwnCode>() {
        return Some(of_own(own));
    }
    if let Ok(transport) = code.parse::<TransportCode>() {
        return Some(of_transport(transport));
    }
    let problem = ProblemCode::iter().find(|problem| problem.as_str() == code);
    problem.map(of_problem)
}

/// What the status says where the code is the server's, or none.
fn of_status(status: Status, http_status: Option<u16>) -> Cause {
    match status {
        Status::Rejected | Status::Failed if http_status == Some(403) => NOT_ALLOWED,
        Status::Rejected | Status::Failed if http_status.is_some_and(is_trouble) => ANSWER,
        Status::Waiting => INVITATION,
        Status::NotFound => NOBODY,
        Status::Ambiguous => SEVERAL,
        Status::Conflict => DISAGREES,
        Status::Rejected => REFUSED,
        Status::Invalid => CELL,
        Status::Skipped => LEFT_ALONE,
        Status::Done
        | Status::Unchanged
        | Status::Duplicate
        | Status::NotRun
        | Status::Started
        | Status::InDoubt
        | Status::Failed => FAILED,
    }
}

/// Whether the answer is about the service and not about what was asked.
fn is_trouble(http_status: u16) -> bool {
    http_status >= 500 || matches!(http_status, 408 | 425 | 429)
}

fn of_reason(reason: RowReason) -> Option<Cause> {
    Some(match reason {
        RowReason::UserNotFound => NOBODY,
        RowReason::UserAmbiguous | RowReason::UserNameOfAnother | RowReason::GroupAmbiguous => SEVERAL,
        RowReason::GroupNotFound => NO_GROUP,
        RowReason::Everyone => cause(
            "everyone",
            "The group Everyone cannot be left.",
            "Take it out of the row.",
        ),
        RowReason::NoAccount | RowReason::NoAccountYet | RowReason::AccountMissing => NO_ACCOUNT,
        RowReason::AnotherAccount | RowReason::SomebodyElse => OTHER_ACCOUNT,
        RowReason::DirectoryUser => cause(
            "managed elsewhere",
            "The organization's directory manages the account.",
            "Have it changed in the directory.",
        ),
        RowReason::Inactive => DEACTIVATED,
        RowReason::OwnAccount | RowReason::Administrator | RowReason::LastAdministrator => GUARDED,
        RowReason::NotAUser => cause(
            "not a person",
            "The name is that of a robot, an application or a group, which is left alone.",
            "Check the name in the row.",
        ),
        RowReason::LikeNotFound
        | RowReason::LikeAmbiguous
        | RowReason::LikeNotAUser
        | RowReason::LikeInactive
        | RowReason::LikeBlocked
        | RowReason::LikeEmpty => MODEL,
        RowReason::UsedSince => cause(
            "seat in use",
            "The seat was used again, so the person keeps it.",
            "Nothing, unless the seat is to be taken all the same.",
        ),
        RowReason::UseUnreadable
        | RowReason::LicensesUnreadable
        | RowReason::GroupsUnreadable
        | RowReason::ReleaseNotOffered => BLOCKED,
        RowReason::SeatsShort => NO_SEAT,
        RowReason::NotOwned => NOT_OWNED,
        RowReason::NotAccepted => INVITATION,
        RowReason::NotBefore => DATE,
        RowReason::InvitationRefused => REFUSED,
        RowReason::AnswerIncomplete | RowReason::NotConfirmed | RowReason::ReleaseFailed | RowReason::StillThere => {
            UNCONFIRMED
        }
        RowReason::NotVerified | RowReason::NotCarriedOver => KEPT,
        RowReason::StillHasAccess | RowReason::NotReadBack => ACCESS_LEFT,
        RowReason::NotReadAgain => ANSWER,
        RowReason::ChangedSincePlan | RowReason::ChangedSinceExport => CHANGED,
        RowReason::Stopped => NOT_REACHED,
        RowReason::Inviting | RowReason::Creating | RowReason::HandingOver | RowReason::Changing | RowReason::Made => {
            UNKNOWN
        }
        // They go with rows that are as they should be; with another status that says more.
        RowReason::AlreadyGone | RowReason::SameAccount => return None,
    })
}

fn of_own(code: OwnCode) -> Cause {
    match code {
        OwnCode::EmptyList | OwnCode::TooManyNames => FAILED,
        OwnCode::NotOffered => BLOCKED,
        OwnCode::UnusableToken | OwnCode::Unauthorized | OwnCode::TokenTooLong => SIGN_IN,
        OwnCode::Stopped => NOT_REACHED,
        OwnCode::PauseTooLong => cause(
            "service busy",
            "The service would have had to be left alone for longer than was allowed.",
            AGAIN,
        ),
        OwnCode::HtmlAnswer
        | OwnCode::PageMeanwhile
        | OwnCode::Redirected
        | OwnCode::UnreadableAnswer
        | OwnCode::ContradictoryAnswer => ANSWER,
        OwnCode::NotSucceeded => REFUSED,
        OwnCode::NoAccountLicense => cause(
            "no licences here",
            "The licence service has nothing for this organization.",
            "Ask whoever ran the sheet to check which organization it ran against.",
        ),
    }
}

fn of_transport(code: TransportCode) -> Cause {
    match code {
        TransportCode::InvalidRequest => FAILED,
        TransportCode::InvalidToken => SIGN_IN,
        TransportCode::AnswerTooLarge => ANSWER,
        _ => CONNECTION,
    }
}

/// Two rows, or two cells, or one cell: more is said by the row's own words.
fn of_problem(code: ProblemCode) -> Cause {
    match code {
        ProblemCode::AddressTwice
        | ProblemCode::MadeAndDeleted
        | ProblemCode::MadeAndLeft
        | ProblemCode::MigrateTwice
        | ProblemCode::MigrateAndDelete
        | ProblemCode::MadeAndOffboarded
        | ProblemCode::MigrateAndOffboard
        | ProblemCode::OffboardAndDelete
        | ProblemCode::GivenAndOffboarded
        | ProblemCode::GivenAndDeactivated
        | ProblemCode::WorkAfterDelete
        | ProblemCode::WorkAfterMigrate
        | ProblemCode::DifferentLicenses
        | ProblemCode::LicensesInOrder
        | ProblemCode::DifferentGroups
        | ProblemCode::GroupsInOrder
        | ProblemCode::JoinsAndLeaves
        | ProblemCode::GivenAndTaken
        | ProblemCode::DifferentValues
        | ProblemCode::TwoRules
        | ProblemCode::LikeItself
        | ProblemCode::LikeMadeHere
        | ProblemCode::LikeChain => CONTRADICTION,
        ProblemCode::DuplicateRow => DUPLICATE,
        ProblemCode::UnknownBundleCode | ProblemCode::LicenseContradiction | ProblemCode::NotAUserBundle => LICENSE,
        ProblemCode::BadEmail
        | ProblemCode::BadUsername
        | ProblemCode::LookAlikeAddress
        | ProblemCode::GuestName
        | ProblemCode::ExampleAddress => ADDRESS,
        ProblemCode::NotOffered => BLOCKED,
        _ => CELL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(status: Status, code: &str) -> &'static str {
        Cause::of(status, code, None).unwrap().label
    }

    #[test]
    fn every_status_that_is_not_done_has_words_whatever_its_code() {
        let codes = RowReason::iter()
            .map(|reason| reason.to_string())
            .chain(OwnCode::iter().map(|code| code.to_string()))
            .chain(TransportCode::iter().map(|code| code.to_string()))
            .chain(ProblemCode::iter().map(|code| code.to_string()))
            .chain(["", "http_503", "InvalidUserName", "=1+1"].map(str::to_owned));
        for code in codes {
            for status in Status::iter() {
                let Some(cause) = Cause::of(status, &code, None) else {
                    assert!(matches!(status, Status::Done | Status::Unchanged), "{status} {code}");
                    continue;
                };
                assert!(!cause.label.is_empty() && cause.label.len() <= 20, "{status} {code}");
                assert!(cause.what.ends_with('.'), "{status} {code}");
                assert_eq!(cause.help.is_empty(), cause.label == "stands twice", "{status} {code}");
            }
        }
    }

    #[test]
    fn licences_that_nobody_has_are_a_cause_of_their_own_where_it_is_known() {
        use serde_json::json;

        use crate::model::{Place, RowKey, RowReport};

        let label = |status, after| {
            let place = Place {
                sheet: "".into(),
                row: 2,
            };
            let report = RowReport {
                code: "http_409".to_owned(),
                after: Some(after),
                ..RowReport::blank(place, RowKey::of("row", 0), status)
            };
            Cause::of_record(&Record::from(report)).map(|cause| cause.label)
        };
        let owed = || json!({"handed_over": true});
        for status in [Status::Conflict, Status::Rejected, Status::NotRun, Status::Waiting] {
            assert_eq!(label(status, owed()), Some("licences in between"), "{status}");
        }
        assert_eq!(label(Status::InDoubt, owed()), Some("not certain"));
        assert_eq!(label(Status::Done, owed()), None);
        let passed_on = json!({"handed_over": true, "licenses": ["ATTUNU"]});
        assert_eq!(label(Status::Conflict, passed_on), Some("conflict"));
        assert_eq!(label(Status::Conflict, json!({})), Some("conflict"));
        assert!(OWED.label.len() <= 20);
    }

    #[test]
    fn a_code_says_more_than_the_status_and_the_status_more_than_a_code_of_the_servers() {
        for (status, code, expected) in [
            (Status::NotFound, "user_not_found", "not known"),
            (Status::NotFound, "group_not_found", "group not known"),
            (Status::Conflict, "seats_short", "no free seat"),
            (Status::Conflict, "409xyz", "conflict"),
            (Status::Rejected, "InvalidUserName", "refused"),
            (Status::Failed, "connection_lost", "no connection"),
            (Status::Failed, "http_503", "failed"),
            (Status::Waiting, "not_before", "date"),
            (Status::Waiting, "", "invitation"),
            (Status::Invalid, "made-and-left", "contradiction"),
            (Status::InDoubt, "connection_lost", "not certain"),
            (Status::NotRun, "stopped", "not reached"),
        ] {
            assert_eq!(label(status, code), expected, "{status} {code}");
        }
        for (http_status, expected) in [(403, "not allowed"), (503, "service trouble"), (400, "refused")] {
            let cause = Cause::of(Status::Rejected, "Server.Code", Some(http_status)).unwrap();
            assert_eq!(cause.label, expected);
        }
    }
}
