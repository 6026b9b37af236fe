//! Whether a call that met a fault is tried again.
//!
//! A connection that a server was closing in good order when the request came costs nothing at first: the next
//! connection serves it.
//!
//! Two budgets, because there are two kinds of fault. A *fault of the way* (no connection, 503, …) costs one of
//! `retries`. A pause that the server *asked for* (429) costs none, or a handful of callers sharing one five-minute window
//! would use up any count; it costs time instead, up to `max_wait` for one call, so that the horizon outlasts the window.

use std::time::Duration;

use super::Backoff;

/// How often a call is repeated to a server that has not answered yet: its address may well be wrong.
const RETRIES_BEFORE_FIRST_ANSWER: u32 = 2;

/// How often in all a request is sent again at once because its connection was being closed. A server that closes every
/// connection before it takes a request is a fault of the way like any other.
const MOST_AT_ONCE: u32 = 5;

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// There is an answer with this status.
    Answered(u16),
    /// A page for people came with a good status, from a service that had answered as it should until then: something
    /// stands in for it for a while.
    Page,
    /// It was not sent, and trying again will not help.
    CannotBeSent,
    /// The server cannot have seen it.
    NotSent,
    /// The same, because its connection was being closed in good order.
    NotTaken,
    /// The server cannot have seen it, and no call to this server was ever answered.
    NeverAnswered,
    /// The server may have seen it.
    Lost,
}

impl AttemptOutcome {
    /// Whether calls that must not be repeated should hold back for a while: the server is overloaded or away. A 500 is
    /// as often the fault of what was sent.
    pub fn is_setback(self) -> bool {
        match self {
            Self::Answered(status) => matches!(status, 408 | 425 | 502 | 503 | 504),
            Self::Page | Self::Lost => true,
            Self::CannotBeSent | Self::NotSent | Self::NotTaken | Self::NeverAnswered => false,
        }
    }
}

/// The facts of one attempt.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    /// Whether the request may be sent again although it may have been carried out.
    pub may_be_repeated: bool,
    /// What became of it.
    pub outcome: AttemptOutcome,
    /// How many repetitions faults have cost so far.
    pub retries: u32,
    /// How often it was sent again at once so far, because its connection was being closed.
    pub at_once: u32,
    /// How many pauses the server has asked for so far, and how long they were together.
    pub pauses: (u32, Duration),
    /// The pause that the server asks for now, or that its quota window imposes.
    pub asked: Option<Duration>,
}

/// How much is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a call is repeated after a fault of the way.
    pub retries: u32,
    /// The longest time that one call spends in pauses the server asked for.
    pub max_wait: Duration,
    /// How long to wait where the server does not say.
    pub backoff: Backoff,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            retries: 8,
            max_wait: Duration::from_mins(10),
            backoff: Backoff::default(),
        }
    }
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// There is an answer and it is no fault of the way: judge it.
    Judge,
    /// Send it again.
    Retry {
        /// After this long.
        after: Duration,
        /// What the repetition costs.
        kind: RetryKind,
    },
    /// Stop trying.
    GiveUp(GiveUp),
}

/// What a repetition costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryKind {
    /// One of the retries.
    Transient,
    /// Time that the server asked for; holds for every call of this service and method.
    Throttled,
    /// Nothing: the server had not taken it.
    AtOnce,
}

/// Why a call is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GiveUp {
    /// The last attempt surely did nothing.
    NotDone,
    /// The same, and nothing shows that there is a server at all.
    NeverAnswered,
    /// What the last attempt did is not known.
    Unclear,
    /// The server asks for this pause, with which the longest wait would be exceeded. After a 429 the last attempt did nothing.
    PauseTooLong(Duration),
}

/// Decides. `random` is in `0.0..1.0`.
pub fn decide(attempt: &Attempt, policy: &RetryPolicy, random: f64) -> Decision {
    match attempt.outcome {
        AttemptOutcome::Answered(429) => throttled(attempt, policy, random),
        AttemptOutcome::Answered(408 | 425 | 500 | 502 | 503 | 504) | AttemptOutcome::Page | AttemptOutcome::Lost => {
            if attempt.may_be_repeated {
                again(attempt, policy, random, GiveUp::Unclear)
            } else {
                Decision::GiveUp(GiveUp::Unclear)
            }
        }
        AttemptOutcome::Answered(_) => Decision::Judge,
        AttemptOutcome::NotTaken if attempt.at_once < MOST_AT_ONCE => Decision::Retry {
            after: Duration::ZERO,
            kind: RetryKind::AtOnce,
        },
        AttemptOutcome::NotSent | AttemptOutcome::NotTaken => again(attempt, policy, random, GiveUp::NotDone),
        AttemptOutcome::NeverAnswered => {
            let retries = policy.retries.min(RETRIES_BEFORE_FIRST_ANSWER);
            again(
                attempt,
                &RetryPolicy { retries, ..*policy },
                random,
                GiveUp::NeverAnswered,
            )
        }
        AttemptOutcome::CannotBeSent => Decision::GiveUp(GiveUp::NotDone),
    }
}

fn again(attempt: &Attempt, policy: &RetryPolicy, random: f64, otherwise: GiveUp) -> Decision {
    if attempt.retries >= policy.retries {
        return Decision::GiveUp(otherwise);
    }
    // The longest wait bounds what a server may ask for; a pause of our own is never a reason to give up.
    let own = policy.backoff.delay(attempt.retries, random).min(policy.max_wait);
    let asked = attempt.asked.unwrap_or_default();
    if asked > policy.max_wait {
        return Decision::GiveUp(GiveUp::PauseTooLong(asked));
    }
    Decision::Retry {
        after: own.max(asked),
        kind: RetryKind::Transient,
    }
}

fn throttled(attempt: &Attempt, policy: &RetryPolicy, random: f64) -> Decision {
    let (pauses, together) = attempt.pauses;
    // A server that asks for no pause at all would otherwise be asked again without end.
    let least = policy.backoff.first.mul_f64(0.5 + random.clamp(0.0, 1.0) / 2.0);
    let after = attempt.asked.unwrap_or_else(|| policy.backoff.delay(pauses, random));
    let after = after.max(least);
    if together.saturating_add(after) <= policy.max_wait {
        let kind = RetryKind::Throttled;
        Decision::Retry { after, kind }
    } else {
        Decision::GiveUp(GiveUp::PauseTooLong(after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        retries: 2,
        max_wait: Duration::from_mins(10),
        backoff: Backoff {
            first: Duration::from_millis(500),
            most: Duration::from_mins(1),
        },
    };

    fn attempt(may_be_repeated: bool, outcome: AttemptOutcome, retries: u32) -> Attempt {
        Attempt {
            may_be_repeated,
            outcome,
            retries,
            at_once: 0,
            pauses: (0, Duration::ZERO),
            asked: None,
        }
    }

    /// The rule implemented a second time, as a lookup table.
    fn in_words(outcome: AttemptOutcome, repeatable: bool, left: bool) -> &'static str {
        let transient = [408, 425, 500, 502, 503, 504].map(AttemptOutcome::Answered);
        let surely_nothing_done = matches!(
            outcome,
            AttemptOutcome::NotSent | AttemptOutcome::NotTaken | AttemptOutcome::NeverAnswered
        );
        let perhaps_done =
            matches!(outcome, AttemptOutcome::Lost | AttemptOutcome::Page) || transient.contains(&outcome);
        if outcome == AttemptOutcome::CannotBeSent {
            return "not done";
        }
        if matches!(outcome, AttemptOutcome::Answered(429) | AttemptOutcome::NotTaken) {
            return "again";
        }
        if !surely_nothing_done && !perhaps_done {
            return "judge";
        }
        match (surely_nothing_done || repeatable, left) {
            (true, true) => "again",
            _ if surely_nothing_done => "not done",
            _ => "unclear",
        }
    }

    #[test]
    fn every_status_and_fault_is_decided_as_the_rule_says() {
        let statuses = (100..600).map(AttemptOutcome::Answered);
        let faults = [
            AttemptOutcome::CannotBeSent,
            AttemptOutcome::NotSent,
            AttemptOutcome::NotTaken,
            AttemptOutcome::NeverAnswered,
            AttemptOutcome::Page,
            AttemptOutcome::Lost,
        ];
        for outcome in statuses.chain(faults) {
            for repeatable in [true, false] {
                for retries in 0..=POLICY.retries {
                    let decided = match decide(&attempt(repeatable, outcome, retries), &POLICY, 0.5) {
                        Decision::Judge => "judge",
                        Decision::Retry { .. } => "again",
                        Decision::GiveUp(GiveUp::NotDone | GiveUp::NeverAnswered) => "not done",
                        Decision::GiveUp(GiveUp::Unclear) => "unclear",
                        Decision::GiveUp(GiveUp::PauseTooLong(_)) => "too long",
                    };
                    let left = retries < POLICY.retries;
                    let expected = in_words(outcome, repeatable, left);
                    assert_eq!(
                        decided, expected,
                        "{outcome:?} repeatable: {repeatable} after {retries} retries"
                    );
                }
            }
        }
    }

    #[test]
    fn a_pause_is_obeyed_in_full_up_to_the_longest_wait_and_never_shortened() {
        let mut throttled = attempt(false, AttemptOutcome::Answered(429), 2);
        for (asked, expected) in [(300, true), (600, true), (601, false)] {
            let asked = Duration::from_secs(asked);
            throttled.asked = Some(asked);
            let decided = decide(&throttled, &POLICY, 0.9);
            if expected {
                let kind = RetryKind::Throttled;
                assert_eq!(decided, Decision::Retry { after: asked, kind });
            } else {
                assert_eq!(decided, Decision::GiveUp(GiveUp::PauseTooLong(asked)));
            }
        }
    }

    #[test]
    fn an_overloaded_server_that_asks_for_longer_than_is_waited_is_given_up_because_of_that() {
        let mut overloaded = attempt(true, AttemptOutcome::Answered(503), 0);
        for (asked, is_obeyed) in [(300, true), (600, true), (601, false)] {
            let asked = Duration::from_secs(asked);
            overloaded.asked = Some(asked);
            let decided = decide(&overloaded, &POLICY, 0.9);
            if is_obeyed {
                let kind = RetryKind::Transient;
                assert_eq!(decided, Decision::Retry { after: asked, kind });
            } else {
                assert_eq!(decided, Decision::GiveUp(GiveUp::PauseTooLong(asked)));
            }
        }
        // What was tried often enough is given up for what it met, and a pause of our own ends nothing.
        let short = RetryPolicy {
            max_wait: Duration::from_millis(100),
            ..POLICY
        };
        let Decision::Retry { after, .. } = decide(&attempt(true, AttemptOutcome::Answered(503), 1), &short, 0.9)
        else {
            panic!("given up with a retry left");
        };
        assert_eq!(after, short.max_wait);
        overloaded.retries = POLICY.retries;
        assert_eq!(decide(&overloaded, &POLICY, 0.9), Decision::GiveUp(GiveUp::Unclear));
    }

    #[test]
    fn throttling_outlasts_a_five_minute_window_whatever_the_dice_say() {
        for random in [0.0, 0.5, 0.999] {
            let mut throttled = attempt(true, AttemptOutcome::Answered(429), 0);
            let mut waited = Duration::ZERO;
            while let Decision::Retry { after, .. } = decide(&throttled, &RetryPolicy::default(), random) {
                assert!(!after.is_zero(), "a pause of nothing would never end");
                waited += after;
                throttled.pauses = (throttled.pauses.0 + 1, waited);
            }
            assert!(waited > Duration::from_mins(5), "{waited:?} with {random}");
        }
    }

    #[test]
    fn a_server_that_nobody_has_heard_of_is_given_up_within_seconds_and_one_that_was_there_is_not() {
        let policy = RetryPolicy::default();
        let patience = |outcome| {
            let mut waited = Duration::ZERO;
            for retries in 0.. {
                match decide(&attempt(true, outcome, retries), &policy, 1.0) {
                    Decision::Retry { after, .. } => waited += after,
                    decision => return (retries, waited, decision),
                }
            }
            unreachable!("the loop is left by its return");
        };
        let (retries, waited, decision) = patience(AttemptOutcome::NeverAnswered);
        assert_eq!((retries, decision), (2, Decision::GiveUp(GiveUp::NeverAnswered)));
        assert!(waited <= Duration::from_secs(3), "{waited:?}");
        let (retries, _, decision) = patience(AttemptOutcome::NotSent);
        assert_eq!((retries, decision), (policy.retries, Decision::GiveUp(GiveUp::NotDone)));
    }

    #[test]
    fn what_a_closing_connection_did_not_take_is_sent_again_at_once_but_not_for_ever() {
        for repeatable in [true, false] {
            let mut fault = attempt(repeatable, AttemptOutcome::NotTaken, 0);
            while let Decision::Retry {
                kind: RetryKind::AtOnce,
                after,
            } = decide(&fault, &POLICY, 0.5)
            {
                assert_eq!(after, Duration::ZERO);
                fault.at_once += 1;
            }
            assert_eq!(fault.at_once, MOST_AT_ONCE);
            let decision = decide(&fault, &POLICY, 0.5);
            assert!(
                matches!(
                    decision,
                    Decision::Retry {
                        kind: RetryKind::Transient,
                        ..
                    }
                ),
                "{decision:?}"
            );
            fault.retries = POLICY.retries;
            assert_eq!(decide(&fault, &POLICY, 0.5), Decision::GiveUp(GiveUp::NotDone));
        }
    }

    #[test]
    fn a_503_that_names_a_time_is_not_tried_before_it() {
        let mut fault = attempt(true, AttemptOutcome::Answered(503), 0);
        fault.asked = Some(Duration::from_secs(45));
        let Decision::Retry { after, kind } = decide(&fault, &POLICY, 0.5) else {
            panic!("to be tried again");
        };
        assert_eq!((after.as_secs(), kind), (45, RetryKind::Transient));
    }
}
