//! When to give up: distinguishes "this row is at fault" from "everything fails the same way".
//!
//! A fault that would hit every row stops the run after a few of them, so the remaining rows end as not reached rather
//! than refused. Pure.

use std::collections::HashMap;
use std::time::Duration;

use super::schedule::{Waiting, split};
use crate::api::{CallError, ErrorCode, Failure};
use crate::engine::outcome::{MaxFailures, Stopped};
use crate::plan::{Call, Family};
use crate::text::plural;

/// How many web pages in a row mean that the calls no longer reach the organization.
const ENOUGH_PAGES: usize = 3;

/// How many calls in a row must be given up before the organization counts as unreachable. Each has used up its
/// retries, so this is minutes of nothing but failures; only for invitations and creations, which are given up at their
/// first unclear answer, it takes [`LEAST_OUTAGE`] as well.
const ENOUGH_LOST: usize = 20;

/// How long nothing must have passed before invitations and creations with unclear answers show that the organization
/// is unreachable: a server that restarts is back within this time, and most limits of calls per minute are over.
pub(super) const LEAST_OUTAGE: Duration = Duration::from_mins(1);

/// How many rows of a kind must be refused alike, with none accepted, before the cause counts as common to all.
const ENOUGH_REFUSED: usize = 20;

/// After this many, rows are picked from all over the sheet, so that one bad stretch is not mistaken for the whole.
const SUSPICIOUS: usize = 2;

/// How many single entries must be forbidden, with nothing of their kind allowed, before the permission counts as
/// missing.
const ENOUGH_FORBIDDEN: usize = 3;

/// Why there is no point in going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// Web pages come instead of answers.
    Pages,
    /// Nobody answers.
    Lost(usize),
    /// Every row of a kind is refused for the same reason.
    Refused(usize),
    /// The application lacks the permission for this kind of call.
    Forbidden(Family),
}

/// The results of calls of one kind.
#[derive(Debug, Default)]
struct Kind {
    /// How many calls passed.
    passed: usize,
    /// How many single entries were forbidden.
    forbidden: usize,
    /// The status and the code of the first refusal.
    cause: Option<(Option<u16>, ErrorCode)>,
    /// How many refusals were like it.
    refused: usize,
    /// One passed, or was refused for another reason: the fault is not common to all.
    differ: bool,
}

/// Calls given up in a row.
#[derive(Debug, Default)]
struct Outage {
    /// Which, counted over the run.
    number: u64,
    /// How many calls.
    lost: usize,
    /// How many of them had used up their retries.
    after_retries: usize,
    /// Whether it has lasted for [`LEAST_OUTAGE`].
    has_lasted: bool,
}

impl Outage {
    fn is_over(&mut self) {
        *self = Self {
            number: self.number + 1,
            ..Self::default()
        };
    }

    fn is_enough(&self) -> bool {
        self.after_retries >= ENOUGH_LOST || (self.lost >= ENOUGH_LOST && self.has_lasted)
    }
}

/// What has failed so far, and how alike.
#[derive(Debug)]
pub(super) struct GivingUp {
    max_failures: Option<MaxFailures>,
    /// Web pages in a row.
    pages: usize,
    outage: Outage,
    kinds: HashMap<Family, Kind>,
}

impl GivingUp {
    pub(super) fn new(max_failures: Option<MaxFailures>) -> Self {
        Self {
            max_failures,
            pages: 0,
            outage: Outage::default(),
            kinds: HashMap::new(),
        }
    }

    /// A call passed.
    pub(super) fn passed(&mut self, family: Family) {
        self.pages = 0;
        self.outage.is_over();
        let kind = self.kinds.entry(family).or_default();
        kind.passed += 1;
        kind.differ = true;
    }

    /// A call failed, however many rows it had.
    pub(super) fn failed(&mut self, family: Family, error: &CallError) -> Option<Reason> {
        match error.failure {
            _ if error.is_page() => self.pages += 1,
            Failure::NotDone | Failure::Unclear => {
                let is_first_try = error.failure == Failure::Unclear && family.must_not_be_repeated();
                self.outage.lost += 1;
                self.outage.after_retries += usize::from(!is_first_try);
            }
            // The organization answered.
            Failure::Refused | Failure::TooLarge => {
                self.pages = 0;
                self.outage.is_over();
            }
            Failure::SignIn | Failure::Stopped | Failure::CutOff => {}
        }
        if self.pages >= ENOUGH_PAGES {
            Some(Reason::Pages)
        } else if self.outage.is_enough() {
            Some(Reason::Lost(self.outage.lost))
        } else {
            None
        }
    }

    /// The number of the outage that has just begun, if the last call was the first given up; it is to be timed.
    pub(super) fn begun_outage(&self) -> Option<u64> {
        (self.outage.lost == 1).then_some(self.outage.number)
    }

    /// This outage, if it is not over, has lasted for [`LEAST_OUTAGE`].
    pub(super) fn outage_has_lasted(&mut self, number: u64) {
        self.outage.has_lasted |= self.outage.number == number;
    }

    /// A single row was refused.
    pub(super) fn refused(&mut self, family: Family, error: &CallError) -> Option<Reason> {
        let kind = self.kinds.entry(family).or_default();
        let cause = (error.status, error.code.clone());
        if *kind.cause.get_or_insert_with(|| cause.clone()) == cause {
            kind.refused += 1;
        } else {
            kind.differ = true;
        }
        let is_enough = !kind.differ && kind.refused >= ENOUGH_REFUSED;
        is_enough.then_some(Reason::Refused(kind.refused))
    }

    /// A single row was answered 403.
    pub(super) fn forbidden(&mut self, family: Family) -> Option<Reason> {
        let kind = self.kinds.entry(family).or_default();
        kind.forbidden += 1;
        (kind.forbidden >= ENOUGH_FORBIDDEN && kind.passed == 0).then_some(Reason::Forbidden(family))
    }

    /// How a reason stops the run; `None` if the user's `--max-failures` decides about rows that fail. That limit
    /// does not cover web pages, which say nothing about any row, or a missing permission, which will not appear by
    /// itself.
    pub(super) fn stopping(&self, reason: Reason, error: &CallError) -> Option<Stopped> {
        let message = &error.message;
        Some(match reason {
            Reason::Pages => Stopped::SignIn(message.clone()),
            Reason::Forbidden(family) => Stopped::Permission(format!("{message}; {}", missing_permission(family))),
            Reason::Lost(_) | Reason::Refused(_) if self.max_failures.is_some() => return None,
            Reason::Lost(calls) => Stopped::Hopeless(format!(
                "{} in a row were given up, the last because {message}; run the same command again once the organization can be reached",
                plural(calls, "call")
            )),
            Reason::Refused(rows) => Stopped::Hopeless(format!(
                "{} were refused for the same reason and none of their kind passed: {message}; fix what they have in common and run the same command again, or try every row with `--max-failures 100%`",
                plural(rows, "row")
            )),
        })
    }

    /// Whether this many failed rows reach the limit set by the user.
    pub(super) fn too_many(&self, failures: usize, rows: usize) -> Option<Stopped> {
        let most = self.max_failures?;
        most.reached(failures, rows).then(|| {
            let rows = plural(failures, "row");
            Stopped::MaxFailures(format!("{rows} failed, enough for `--max-failures` to stop the run"))
        })
    }

    /// What to call the end of a run in which every change was forbidden.
    pub(super) fn nothing_was_allowed(&self) -> Option<Stopped> {
        let was_forbidden = self.kinds.values().any(|kind| kind.forbidden > 0);
        let nothing_passed = self.kinds.values().all(|kind| kind.passed == 0);
        (was_forbidden && nothing_passed).then(|| {
            let words =
                "the organization refused every change with 403; check the application's scopes and permissions";
            Stopped::Permission(words.to_owned())
        })
    }

    /// Whether it is still unknown if rows of the kind are refused for their own faults; until then they are tried one
    /// by one.
    pub(super) fn is_open(&self, family: Family) -> bool {
        self.max_failures.is_none() && !self.differ(family)
    }

    /// Whether a call of the kind has passed.
    pub(super) fn has_passed(&self, family: Family) -> bool {
        self.kinds.get(&family).is_some_and(|kind| kind.passed > 0)
    }

    fn differ(&self, family: Family) -> bool {
        self.kinds.get(&family).is_some_and(|kind| kind.differ)
    }

    /// Whether rows of the kind should be tried from all over the sheet.
    pub(super) fn suspects(&self, family: Family) -> bool {
        !self.differ(family) && self.count(family) >= SUSPICIOUS
    }

    /// How many rows of the kind were refused like the first.
    pub(super) fn count(&self, family: Family) -> usize {
        self.kinds.get(&family).map_or(0, |kind| kind.refused)
    }

    /// Splits a call whose entries may all be at fault. While nothing of its kind has passed, single entries from both
    /// ends and the middle are tried first, so that a common fault shows within a few calls.
    pub(super) fn split_by_samples(&self, call: Call) -> Result<Vec<Waiting>, Call> {
        if self.has_passed(call.kind.family()) || call.steps.len() < 4 {
            return split(call).map(|halves| vec![halves]);
        }
        let Call { kind, mut steps } = call;
        let middle = steps.len() / 2;
        let last = steps.split_off(steps.len() - 1);
        let behind = steps.split_off(middle + 1);
        let centre = steps.split_off(middle);
        let before = steps.split_off(1);
        let part = |steps| Call {
            kind: kind.clone(),
            steps,
        };
        Ok([steps, centre, last, before, behind]
            .into_iter()
            .filter(|steps| !steps.is_empty())
            .map(|steps| Waiting::from(part(steps)))
            .collect())
    }
}

fn missing_permission(family: Family) -> &'static str {
    match family {
        Family::Invite | Family::Create | Family::Update | Family::Delete => {
            "the application needs the application scope `PM.User`, and for group changes the role Organization Administrator"
        }
        Family::Members => "the application needs the application scope `PM.Group`",
        Family::Allocate | Family::Release | Family::GroupRule | Family::RemoveRule | Family::EndLeases => {
            "the application needs the application scope `PM.License`"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{OwnCode, ServerCode};
    use crate::event::{Method, Service};
    use crate::plan::{CallKind, StepIndex};
    use crate::wire::TransportCode;

    fn error(failure: Failure, status: Option<u16>, code: ErrorCode) -> CallError {
        CallError {
            failure,
            method: Method::Put,
            service: Service::Identity,
            status,
            code,
            message: String::new(),
            server_words: None,
            trace_id: None,
            attempts: 1,
            perhaps_done: false,
        }
    }

    fn server(code: &str) -> ErrorCode {
        ErrorCode::Server(ServerCode::new(code).unwrap())
    }

    fn page() -> CallError {
        error(Failure::Refused, Some(404), ErrorCode::Own(OwnCode::HtmlAnswer))
    }

    fn lost() -> CallError {
        let code = ErrorCode::Transport(TransportCode::ConnectionRefused);
        error(Failure::NotDone, None, code)
    }

    #[test]
    fn pages_in_a_row_are_hopeless_and_an_answer_between_them_is_hope() {
        let mut giving_up = GivingUp::new(None);
        for hope in [true, false] {
            assert_eq!(giving_up.failed(Family::Update, &page()), None);
            assert_eq!(giving_up.failed(Family::Update, &page()), None);
            if hope {
                giving_up.passed(Family::Invite);
            }
        }
        assert_eq!(giving_up.failed(Family::Update, &page()), Some(Reason::Pages));
    }

    #[test]
    fn an_organization_that_answers_now_and_then_is_never_given_up() {
        let mut giving_up = GivingUp::new(None);
        for number in 1..200 {
            let reason = giving_up.failed(Family::Update, &lost());
            assert_eq!(reason, None, "{number}");
            if number % (ENOUGH_LOST - 1) == 0 {
                giving_up.failed(Family::Update, &error(Failure::Refused, Some(400), server("Bad")));
            }
        }
        let reason = (0..ENOUGH_LOST).find_map(|_| giving_up.failed(Family::Update, &lost()));
        assert_eq!(reason, Some(Reason::Lost(ENOUGH_LOST)));
    }

    #[test]
    fn calls_given_up_at_their_first_try_are_hopeless_only_once_that_has_lasted() {
        for family in [Family::Invite, Family::Create] {
            let unclear = error(Failure::Unclear, Some(503), ErrorCode::Status(503));
            let mut giving_up = GivingUp::new(None);
            assert_eq!(giving_up.failed(family, &unclear), None);
            let first = giving_up.begun_outage().unwrap();
            for _ in 0..100 {
                assert_eq!(giving_up.failed(family, &unclear), None);
                assert_eq!(giving_up.begun_outage(), None, "it is timed once");
            }
            giving_up.passed(family);
            giving_up.failed(family, &unclear);
            let second = giving_up.begun_outage().unwrap();
            // The first one's time is over, but so is the outage.
            giving_up.outage_has_lasted(first);
            let more = (0..ENOUGH_LOST).find_map(|_| giving_up.failed(family, &unclear));
            assert_eq!(more, None);
            giving_up.outage_has_lasted(second);
            assert!(matches!(giving_up.failed(family, &unclear), Some(Reason::Lost(_))));
        }
    }

    #[test]
    fn calls_that_have_used_up_their_retries_or_must_wait_too_long_are_hopeless_at_once() {
        let too_long = error(Failure::NotDone, Some(503), ErrorCode::Own(OwnCode::PauseTooLong));
        let unclear = error(Failure::Unclear, Some(503), ErrorCode::Status(503));
        for (family, error) in [
            (Family::Invite, &too_long),
            (Family::Update, &too_long),
            (Family::Update, &unclear),
        ] {
            let mut giving_up = GivingUp::new(None);
            let after = (1..100).find(|_| giving_up.failed(family, error).is_some());
            assert_eq!(after, Some(ENOUGH_LOST), "{family:?}");
        }
    }

    #[test]
    fn rows_refused_giving_up_are_hopeless_only_while_none_has_fared_otherwise() {
        let refusal = |code| error(Failure::Refused, Some(400), server(code));
        let mut giving_up = GivingUp::new(None);
        for _ in 1..ENOUGH_REFUSED {
            assert_eq!(giving_up.refused(Family::Update, &refusal("Bad")), None);
        }
        assert!(giving_up.suspects(Family::Update) && !giving_up.suspects(Family::Delete));
        let reason = giving_up.refused(Family::Update, &refusal("Bad"));
        assert_eq!(reason, Some(Reason::Refused(ENOUGH_REFUSED)));
        for other in [false, true] {
            let mut giving_up = GivingUp::new(None);
            if other {
                giving_up.refused(Family::Update, &refusal("Other"));
            } else {
                giving_up.passed(Family::Update);
            }
            for _ in 0..100 {
                assert_eq!(giving_up.refused(Family::Update, &refusal("Bad")), None);
            }
            assert!(!giving_up.suspects(Family::Update));
        }
    }

    #[test]
    fn a_forbidden_call_is_probed_at_both_ends_and_in_the_middle_and_loses_nobody() {
        let call = Call {
            kind: CallKind::Delete,
            steps: (0..100).map(StepIndex::new).collect(),
        };
        let parts = GivingUp::new(None).split_by_samples(call).unwrap();
        let sizes: Vec<usize> = parts.iter().map(|part| part.call.steps.len()).collect();
        assert_eq!(sizes, [1, 1, 1, 49, 48]);
        let mut all: Vec<usize> = parts
            .iter()
            .flat_map(|part| part.call.steps.iter().map(|step| step.position()))
            .collect();
        all.sort_unstable();
        assert_eq!(all, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn three_forbidden_entries_with_none_allowed_mean_a_missing_permission() {
        let mut giving_up = GivingUp::new(None);
        assert_eq!(giving_up.forbidden(Family::Delete), None);
        assert_eq!(giving_up.forbidden(Family::Delete), None);
        assert_eq!(
            giving_up.forbidden(Family::Delete),
            Some(Reason::Forbidden(Family::Delete))
        );
        giving_up.passed(Family::Delete);
        assert_eq!(giving_up.forbidden(Family::Delete), None);
    }
}
