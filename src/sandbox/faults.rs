//! Faults to order: which request has which. Seeded, so that the same requests in the same order have the same faults.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use super::quota::RetryAfter;

/// The faults of a sandbox: those that a rule orders, then those of chance.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// The share of requests, sign-in left out, that have a fault by chance: 0 to 1.
    pub rate: f64,
    /// What chance chooses from; nothing means [`FaultKind::transient`].
    pub kinds: Vec<FaultKind>,
    /// Faults for certain requests; the first rule that strikes wins.
    pub rules: Vec<FaultRule>,
}

/// A fault for certain requests.
#[derive(Debug, Clone)]
#[must_use]
pub struct FaultRule {
    method: Option<String>,
    path: Option<String>,
    /// What the body contains.
    content: Option<String>,
    /// How many entries the body has at least.
    entries: usize,
    strikes: Strikes,
    kind: FaultKind,
}

impl FaultRule {
    /// This fault, for every request until more is said.
    pub fn new(kind: FaultKind) -> Self {
        Self {
            method: None,
            path: None,
            content: None,
            entries: 0,
            strikes: Strikes::Always,
            kind,
        }
    }

    /// Only for requests of this method whose path contains this text.
    pub fn on(mut self, method: &str, path_contains: &str) -> Self {
        self.method = Some(method.to_owned());
        self.path = Some(path_contains.to_owned());
        self
    }

    /// Only for requests whose body contains this text, an id or an address: an entry that the service cannot take.
    pub fn naming(mut self, content: &str) -> Self {
        self.content = Some(content.to_lowercase());
        self
    }

    /// Only for requests with more entries than this: a gateway that gives up on large ones.
    pub fn above(mut self, entries: usize) -> Self {
        self.entries = entries + 1;
        self
    }

    /// Only for some of the requests it fits.
    pub fn strikes(mut self, strikes: Strikes) -> Self {
        self.strikes = strikes;
        self
    }

    fn fits(&self, method: &str, path: &str, body: &[u8]) -> bool {
        let contains = |wanted: &str| String::from_utf8_lossy(body).to_lowercase().contains(wanted);
        self.method.as_deref().is_none_or(|wanted| wanted == method)
            && self.path.as_deref().is_none_or(|wanted| path.contains(wanted))
            && self.content.as_deref().is_none_or(contains)
            && (self.entries == 0 || entries(body) >= self.entries)
    }
}

/// How many entries a body has.
fn entries(body: &[u8]) -> usize {
    let lists = ["userIds", "users", "directoryUserIDsToAdd", "directoryUserIDsToRemove"];
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Array(entries)) => entries.len(),
        Ok(object) => lists
            .iter()
            .filter_map(|list| object[*list].as_array())
            .map(Vec::len)
            .sum(),
        Err(_) => 0,
    }
}

/// Which of the requests that a rule fits it strikes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Strikes {
    /// All of them.
    Always,
    /// Only this one, counted from 1.
    Nth(u64),
    /// All but the first, until this long after it.
    AfterFirstFor(Duration),
    /// This many, and no more.
    First(u64),
    /// Each with this probability, 0 to 1.
    Probability(f64),
}

/// Whether the request took effect before the fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It did nothing.
    BeforeEffect,
    /// It was carried out; only its answer is lost.
    AfterEffect,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// 429 that states the time to wait in this way.
    RateLimited {
        /// How it is stated.
        told: RetryAfter,
        /// The time.
        wait: Duration,
    },
    /// This status: 401 and 403 with an empty body, as the services answer, others with a gateway's page.
    Status {
        /// The status.
        status: u16,
        /// Before or after the effect.
        moment: Moment,
    },
    /// The connection is closed without an answer.
    Dropped(Moment),
    /// Nothing is sent for this long, then the connection is closed.
    Stalled {
        /// How long.
        time: Duration,
        /// Before or after the effect.
        moment: Moment,
    },
    /// Carried out, but the answer breaks off in the middle.
    Truncated,
    /// A log-in page with status 200 from something in front of the service.
    HtmlPage,
    /// Carried out and answered rightly, but as `text/plain`.
    WrongContentType,
    /// `succeeded: false` with status 200, and nothing done.
    NotSucceeded,
    /// Refused with this status and these words, and nothing done.
    Refused {
        /// The status.
        status: u16,
        /// The words, as plain text.
        words: String,
    },
    /// Something in between drops the body, and what is left is carried out.
    BodyDropped,
    /// A deletion of several users deletes the first half of them, and is answered as if all were gone; other requests are
    /// not touched.
    HalfDeleted,
    /// InviteUsers is carried out and its entries come muddled; other requests are not touched.
    Entries(EntriesFault),
}

/// How entries of InviteUsers come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntriesFault {
    /// The first one is missing.
    Missing,
    /// In reverse order.
    Reordered,
    /// The first one comes twice.
    Duplicated,
}

impl FaultKind {
    /// The faults that pass: a client that tries again gets everything done.
    pub fn transient() -> Vec<Self> {
        let mut kinds: Vec<Self> = [RetryAfter::Seconds, RetryAfter::Date, RetryAfter::Absent]
            .into_iter()
            .map(|told| Self::RateLimited {
                told,
                wait: Duration::from_secs(1),
            })
            .collect();
        for moment in [Moment::BeforeEffect, Moment::AfterEffect] {
            kinds.extend([500, 502, 503, 504].map(|status| Self::Status { status, moment }));
            let time = Duration::from_millis(300);
            kinds.extend([Self::Dropped(moment), Self::Stalled { time, moment }]);
        }
        kinds.push(Self::Truncated);
        kinds
    }

    /// What the request log calls it.
    pub(super) fn name(&self) -> String {
        let moment = |moment: &Moment| match moment {
            Moment::BeforeEffect => "before",
            Moment::AfterEffect => "after",
        };
        match self {
            Self::RateLimited { .. } => "rate-limited".to_owned(),
            Self::Status { status, moment: at } => format!("{status}-{}", moment(at)),
            Self::Dropped(at) => format!("dropped-{}", moment(at)),
            Self::Stalled { moment: at, .. } => format!("stalled-{}", moment(at)),
            Self::Truncated => "truncated".to_owned(),
            Self::HtmlPage => "html-page".to_owned(),
            Self::WrongContentType => "wrong-content-type".to_owned(),
            Self::NotSucceeded => "not-succeeded".to_owned(),
            Self::Refused { status, .. } => format!("{status}-refused"),
            Self::BodyDropped => "body-dropped".to_owned(),
            Self::HalfDeleted => "half-deleted".to_owned(),
            Self::Entries(_) => "entries".to_owned(),
        }
    }
}

/// A rule, and what it has fitted so far.
#[derive(Debug)]
struct RuleInUse {
    rule: FaultRule,
    /// How many requests.
    fitted: u64,
    /// When the first was.
    first: Option<Instant>,
}

impl From<FaultRule> for RuleInUse {
    fn from(rule: FaultRule) -> Self {
        Self {
            rule,
            fitted: 0,
            first: None,
        }
    }
}

/// Chooses the faults.
#[derive(Debug)]
pub(super) struct FaultSchedule {
    rate: f64,
    kinds: Vec<FaultKind>,
    rules: Vec<RuleInUse>,
    rng: StdRng,
}

impl FaultSchedule {
    pub(super) fn new(faults: Faults, seed: u64) -> Self {
        let kinds = if faults.kinds.is_empty() {
            FaultKind::transient()
        } else {
            faults.kinds
        };
        Self {
            rate: faults.rate.clamp(0.0, 1.0),
            kinds,
            rules: faults.rules.into_iter().map(RuleInUse::from).collect(),
            rng: StdRng::seed_from_u64(seed),
        }
    }

    /// The fault of the next request, if it has one. `by_chance` is false where only rules strike.
    pub(super) fn next(&mut self, method: &str, path: &str, body: &[u8], by_chance: bool) -> Option<FaultKind> {
        let mut struck = None;
        for RuleInUse { rule, fitted, first } in &mut self.rules {
            if !rule.fits(method, path, body) {
                continue;
            }
            *fitted += 1;
            let since = first.get_or_insert_with(Instant::now).elapsed();
            let strikes = match rule.strikes {
                Strikes::Always => true,
                Strikes::Nth(number) => *fitted == number,
                Strikes::AfterFirstFor(time) => *fitted > 1 && since < time,
                Strikes::First(count) => *fitted <= count,
                Strikes::Probability(share) => self.rng.random_bool(share.clamp(0.0, 1.0)),
            };
            if strikes && struck.is_none() {
                struck = Some(rule.kind.clone());
            }
        }
        if struck.is_none() && by_chance && self.rng.random_bool(self.rate) {
            struck = self.kinds.choose(&mut self.rng).cloned();
        }
        struck
    }

    /// A pause of at most this length.
    pub(super) fn jitter(&mut self, most: Duration) -> Duration {
        if most.is_zero() {
            return Duration::ZERO;
        }
        most.mul_f64(self.rng.random_range(0.0..=1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(faults: Faults, seed: u64) -> Vec<Option<FaultKind>> {
        let mut book = FaultSchedule::new(faults, seed);
        (0..200).map(|_| book.next("PUT", "/a/User/b", b"", true)).collect()
    }

    fn by_chance(rate: f64) -> Faults {
        Faults {
            rate,
            ..Faults::default()
        }
    }

    #[test]
    fn the_same_seed_has_the_same_faults() {
        assert_eq!(struck(by_chance(0.3), 1), struck(by_chance(0.3), 1));
        assert_ne!(struck(by_chance(0.3), 1), struck(by_chance(0.3), 2));
    }

    #[test]
    fn no_rate_strikes_nobody_and_a_full_one_everybody() {
        assert!(struck(by_chance(0.0), 1).iter().all(Option::is_none));
        assert!(struck(by_chance(1.0), 1).iter().all(Option::is_some));
    }

    #[test]
    fn a_rule_strikes_the_requests_it_fits_as_often_as_it_says() {
        for (strikes, expected) in [
            (Strikes::Always, vec![1, 2, 3]),
            (Strikes::Nth(2), vec![2]),
            (Strikes::First(2), vec![1, 2]),
            (Strikes::AfterFirstFor(Duration::from_mins(10)), vec![2, 3]),
            (Strikes::AfterFirstFor(Duration::ZERO), vec![]),
            (Strikes::Probability(0.0), vec![]),
        ] {
            let rule = FaultRule::new(FaultKind::Truncated).on("PUT", "User").strikes(strikes);
            let faults = Faults {
                rules: vec![rule],
                ..Faults::default()
            };
            let mut book = FaultSchedule::new(faults, 1);
            assert_eq!(book.next("GET", "/User", b"", true), None);
            assert_eq!(book.next("PUT", "/Group", b"", true), None);
            let struck: Vec<i32> = (1..=3)
                .filter(|_| book.next("PUT", "/User", b"", true).is_some())
                .collect();
            assert_eq!(struck, expected, "{strikes:?}");
        }
    }

    #[test]
    fn a_rule_may_be_about_an_entry_or_about_how_many_there_are() {
        let faults = |rule: FaultRule| Faults {
            rules: vec![rule],
            ..Faults::default()
        };
        let strikes = |rule: FaultRule, body: &str| {
            let mut book = FaultSchedule::new(faults(rule), 1);
            book.next("PUT", "/", body.as_bytes(), false).is_some()
        };
        let naming = || FaultRule::new(FaultKind::Truncated).naming("ANN@x.example");
        assert!(strikes(naming(), r#"[{"email": "Ann@x.example"}]"#));
        assert!(!strikes(naming(), r#"[{"email": "bob@x.example"}]"#));
        let above = || FaultRule::new(FaultKind::Truncated).above(1);
        for body in [
            "[{}, {}]",
            r#"{"userIds": ["a", "b"]}"#,
            r#"{"directoryUserIDsToAdd": ["a"], "directoryUserIDsToRemove": ["b"]}"#,
        ] {
            assert!(strikes(above(), body), "{body}");
        }
        for body in ["[{}]", r#"{"userIds": ["a"]}"#, "{}", ""] {
            assert!(!strikes(above(), body), "{body}");
        }
    }

    #[test]
    fn the_first_rule_that_strikes_wins_and_the_others_count_on() {
        let rule = |kind, strikes| FaultRule::new(kind).strikes(strikes);
        let faults = Faults {
            rules: vec![
                rule(FaultKind::HtmlPage, Strikes::Nth(1)),
                rule(FaultKind::Truncated, Strikes::First(2)),
            ],
            ..Faults::default()
        };
        let mut book = FaultSchedule::new(faults, 1);
        let struck: Vec<_> = (0..3).map(|_| book.next("GET", "/", b"", true)).collect();
        assert_eq!(struck, [Some(FaultKind::HtmlPage), Some(FaultKind::Truncated), None]);
    }
}
