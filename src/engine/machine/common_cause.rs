//! Whether refusals are about the entries of calls or about what the calls have in common: a group that the directory
//! manages, a target set that nobody may have. Pure.

use std::collections::HashMap;

use crate::api::{CallError, ErrorCode};
use crate::plan::CallKind;

/// How many single entries of one kind, from all over its calls, must be refused alike, with none accepted, before the
/// rest counts as refused with them. If one entry in ten would pass, one of so many very likely shows it; and finding out
/// takes fewer than 25 calls.
const ENOUGH: usize = 20;

/// The same where the service does not know accounts that the directory has just listed: whoever left since then is rare.
const ENOUGH_UNKNOWN: usize = 5;

/// What a refusal says, where it is compared with others.
#[derive(Debug, PartialEq, Eq)]
struct Cause {
    status: Option<u16>,
    code: ErrorCode,
    words: String,
}

/// What is known of the refusals of one kind of call.
#[derive(Debug)]
enum Seen {
    /// Entries are refused for faults of their own.
    OwnFaults,
    /// This many single entries were refused for the same reason.
    Alike(Cause, usize),
}

/// What a single entry's refusal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    /// The fault is the entry's own.
    OwnFault,
    /// The fault may be common to all of the kind; so many were refused alike.
    Suspicious(usize),
    /// It is common to all of the kind; so many were refused alike.
    Common(usize),
}

impl Finding {
    /// Whether the refusal counts towards giving up all kinds of a family: only the first few of a kind do, so that one
    /// group does not stop what is to be done to others.
    pub(super) fn counts_for_all_kinds(self) -> bool {
        match self {
            Self::OwnFault => true,
            Self::Suspicious(count) | Self::Common(count) => count <= 5,
        }
    }
}

/// The refusals of single entries by the kind of their calls.
#[derive(Debug, Default)]
pub(super) struct CommonCauses {
    kinds: HashMap<CallKind, Seen>,
}

impl CommonCauses {
    /// A single entry was refused, where no entry of the kind has passed. `names_it` says whether a text names the entry.
    pub(super) fn refused(&mut self, kind: &CallKind, error: &CallError, names_it: impl Fn(&str) -> bool) -> Finding {
        let cause = Cause {
            status: error.status,
            code: error.code.clone(),
            words: without_numbers(&error.message),
        };
        if names_it(&error.message) {
            self.kinds.insert(kind.clone(), Seen::OwnFaults);
            return Finding::OwnFault;
        }
        match self.kinds.get_mut(kind) {
            None => {
                self.kinds.insert(kind.clone(), Seen::Alike(cause, 1));
                Finding::Suspicious(1)
            }
            Some(Seen::OwnFaults) => Finding::OwnFault,
            Some(Seen::Alike(first, count)) if *first == cause => {
                *count += 1;
                let enough = if error.status == Some(404) {
                    ENOUGH_UNKNOWN
                } else {
                    ENOUGH
                };
                if *count >= enough {
                    Finding::Common(*count)
                } else {
                    Finding::Suspicious(*count)
                }
            }
            Some(seen) => {
                *seen = Seen::OwnFaults;
                Finding::OwnFault
            }
        }
    }

    /// An entry of the kind has passed.
    pub(super) fn passed(&mut self, kind: &CallKind) {
        if let Some(seen) = self.kinds.get_mut(kind) {
            *seen = Seen::OwnFaults;
        }
    }

    /// What was refused may pass from now on.
    pub(super) fn forget(&mut self) {
        self.kinds.clear();
    }
}

/// The words without what has digits in it: times, and the numbers of requests and traces, differ from answer to answer.
fn without_numbers(words: &str) -> String {
    let has_digit = |word: &str| word.chars().any(|letter| letter.is_ascii_digit());
    let words: Vec<&str> = words
        .split_whitespace()
        .map(|word| if has_digit(word) { "#" } else { word })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Failure;
    use crate::event::{Method, Service};

    const KIND: CallKind = CallKind::Delete;

    fn refusal(status: u16, message: &str) -> CallError {
        CallError {
            failure: Failure::Refused,
            method: Method::Put,
            service: Service::Identity,
            status: Some(status),
            code: ErrorCode::Status(status),
            message: message.to_owned(),
            server_words: None,
            trace_id: None,
            attempts: 1,
            perhaps_done: false,
        }
    }

    fn last(messages: impl IntoIterator<Item = CallError>) -> Finding {
        let mut causes = CommonCauses::default();
        let names_it = |words: &str| words.contains("ann@x.example");
        let findings = messages
            .into_iter()
            .map(|error| causes.refused(&KIND, &error, names_it));
        findings.last().unwrap()
    }

    #[test]
    fn enough_refusals_with_the_same_words_are_about_what_they_have_in_common() {
        let alike = |number: usize| refusal(400, &format!("managed by the directory (request {number}f-1)"));
        assert_eq!(last((1..ENOUGH).map(alike)), Finding::Suspicious(ENOUGH - 1));
        assert_eq!(last((0..ENOUGH).map(alike)), Finding::Common(ENOUGH));
        let unknown = |_| refusal(404, "not found");
        assert_eq!(last((0..ENOUGH_UNKNOWN).map(unknown)), Finding::Common(ENOUGH_UNKNOWN));
    }

    #[test]
    fn words_that_differ_or_name_the_entry_are_about_the_entry_for_good() {
        let alike = || (0..ENOUGH).map(|_| refusal(400, "no"));
        for other in [
            refusal(400, "no, never"),
            refusal(422, "no"),
            refusal(400, "ann@x.example is not allowed"),
        ] {
            assert_eq!(last(std::iter::once(other).chain(alike())), Finding::OwnFault);
        }
        let mut causes = CommonCauses::default();
        causes.refused(&KIND, &refusal(400, "no"), |_| false);
        causes.passed(&KIND);
        assert_eq!(causes.refused(&KIND, &refusal(400, "no"), |_| false), Finding::OwnFault);
    }
}
