//! Telling "this row is at fault" from "everything fails the same way": what would fail for every row stops the run
//! after a few, and the rows that are left are not reached rather than refused. Pure.

use std::collections::HashMap;

use crate::api::{CallError, Failure};
use crate::plan::Family;

/// How many pages for people, one after the other, mean that the calls no longer lead to the organization.
const ENOUGH_PAGES: usize = 3;

/// How many calls, one after the other, have to be given up before nobody is taken to be there. Each has used its
/// retries up, so this is minutes of nothing but failures.
const ENOUGH_LOST: usize = 20;

/// How many rows of a kind have to be refused alike, with none accepted, before what they have in common is taken
/// to be wrong.
const ENOUGH_REFUSED: usize = 20;

/// From how many on rows are tried from all over the sheet, so that a bad stretch of it is not taken for the whole.
const SUSPICIOUS: usize = 2;

/// Why there is no use in going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hopeless {
    /// Pages come instead of answers.
    Pages,
    /// Nobody answers.
    Lost(usize),
    /// Every row of a kind is refused for the same reason.
    Refused(usize),
}

/// Refusals of one kind of call.
#[derive(Debug, Default)]
struct Refusals {
    /// The status and the code of the first.
    cause: Option<(Option<u16>, String)>,
    /// How many there were like it.
    count: usize,
    /// One passed, or one was refused for another reason: the rows differ.
    differ: bool,
}

/// What has failed so far, and how alike.
#[derive(Debug, Default)]
pub(super) struct Alike {
    pages: usize,
    lost: usize,
    refused: HashMap<Family, Refusals>,
}

impl Alike {
    /// A call passed.
    pub(super) fn passed(&mut self, family: Family) {
        self.pages = 0;
        self.lost = 0;
        self.refused.entry(family).or_default().differ = true;
    }

    /// A call of however many rows failed.
    pub(super) fn failed(&mut self, error: &CallError) -> Option<Hopeless> {
        match error.failure {
            _ if error.is_page() => self.pages += 1,
            Failure::NotDone | Failure::Unclear => self.lost += 1,
            // The organization answered.
            Failure::Refused | Failure::TooLarge => (self.pages, self.lost) = (0, 0),
            Failure::SignIn | Failure::Stopped | Failure::CutOff => {}
        }
        match (self.pages, self.lost) {
            (ENOUGH_PAGES.., _) => Some(Hopeless::Pages),
            (_, count @ ENOUGH_LOST..) => Some(Hopeless::Lost(count)),
            _ => None,
        }
    }

    /// A single row was refused.
    pub(super) fn refused(&mut self, family: Family, error: &CallError) -> Option<Hopeless> {
        let refusals = self.refused.entry(family).or_default();
        let cause = (error.status, error.code.clone());
        if *refusals.cause.get_or_insert_with(|| cause.clone()) == cause {
            refusals.count += 1;
        } else {
            refusals.differ = true;
        }
        let is_enough = !refusals.differ && refusals.count >= ENOUGH_REFUSED;
        is_enough.then_some(Hopeless::Refused(refusals.count))
    }

    /// Whether rows of the kind are known to fare differently.
    pub(super) fn differ(&self, family: Family) -> bool {
        self.refused.get(&family).is_some_and(|refusals| refusals.differ)
    }

    /// Whether rows of the kind should be tried from all over the sheet.
    pub(super) fn suspects(&self, family: Family) -> bool {
        !self.differ(family) && self.count(family) >= SUSPICIOUS
    }

    /// How many rows of the kind were refused like the first.
    pub(super) fn count(&self, family: Family) -> usize {
        self.refused.get(&family).map_or(0, |refusals| refusals.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Method, Service};

    fn error(failure: Failure, status: Option<u16>, code: &str) -> CallError {
        CallError {
            failure,
            method: Method::Put,
            service: Service::Identity,
            status,
            code: code.to_owned(),
            message: String::new(),
            trace_id: None,
            attempts: 1,
            perhaps_done: false,
        }
    }

    fn page() -> CallError {
        error(Failure::Refused, Some(404), "html_answer")
    }

    fn lost() -> CallError {
        error(Failure::NotDone, None, "connection_refused")
    }

    #[test]
    fn pages_in_a_row_are_hopeless_and_an_answer_between_them_is_hope() {
        let mut alike = Alike::default();
        for hope in [true, false] {
            assert_eq!(alike.failed(&page()), None);
            assert_eq!(alike.failed(&page()), None);
            if hope {
                alike.passed(Family::Invite);
            }
        }
        assert_eq!(alike.failed(&page()), Some(Hopeless::Pages));
    }

    #[test]
    fn an_organization_that_answers_now_and_then_is_never_given_up() {
        let mut alike = Alike::default();
        for number in 1..200 {
            let hopeless = alike.failed(&lost());
            assert_eq!(hopeless, None, "{number}");
            if number % (ENOUGH_LOST - 1) == 0 {
                alike.failed(&error(Failure::Refused, Some(400), "Bad"));
            }
        }
        let hopeless = (0..ENOUGH_LOST).find_map(|_| alike.failed(&lost()));
        assert_eq!(hopeless, Some(Hopeless::Lost(ENOUGH_LOST)));
    }

    #[test]
    fn rows_refused_alike_are_hopeless_only_while_none_has_fared_otherwise() {
        let refusal = |code| error(Failure::Refused, Some(400), code);
        let mut alike = Alike::default();
        for _ in 1..ENOUGH_REFUSED {
            assert_eq!(alike.refused(Family::Update, &refusal("Bad")), None);
        }
        assert!(alike.suspects(Family::Update) && !alike.suspects(Family::Delete));
        let hopeless = alike.refused(Family::Update, &refusal("Bad"));
        assert_eq!(hopeless, Some(Hopeless::Refused(ENOUGH_REFUSED)));
        for other in [false, true] {
            let mut alike = Alike::default();
            if other {
                alike.refused(Family::Update, &refusal("Other"));
            } else {
                alike.passed(Family::Update);
            }
            for _ in 0..100 {
                assert_eq!(alike.refused(Family::Update, &refusal("Bad")), None);
            }
            assert!(!alike.suspects(Family::Update));
        }
    }
}
