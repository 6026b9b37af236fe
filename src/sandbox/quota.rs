//! Quotas: how many calls of a method a window takes. Pure: time is a duration since the sandbox's start.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::{Duration, SystemTime};

use super::reply::Reply;

/// How many calls the identity service takes from the organization, per method (`uipath-api`, 6.1).
#[derive(Debug, Clone, PartialEq)]
pub struct Quotas {
    /// Calls per window, by method; a method that is absent is not counted.
    pub calls: BTreeMap<&'static str, u64>,
    /// The window.
    pub window: Duration,
    /// The clock: a window really lasts `window / scale`.
    pub scale: f64,
    /// How the window moves.
    pub kind: WindowKind,
    /// What a 429 says of the time to wait.
    pub retry_after: RetryAfter,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            calls: BTreeMap::from([
                ("GET", 300),
                ("POST", 24_000),
                ("PUT", 160),
                ("PATCH", 160),
                ("DELETE", 160),
            ]),
            window: Duration::from_mins(5),
            scale: 1.0,
            kind: WindowKind::default(),
            retry_after: RetryAfter::default(),
        }
    }
}

/// How a quota's window moves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WindowKind {
    /// One window after the other, counted from the sandbox's start.
    #[default]
    Fixed,
    /// The last `window` at any time.
    Sliding,
}

/// What a 429 says of the time to wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RetryAfter {
    /// `Retry-After` in whole seconds, rounded up.
    #[default]
    Seconds,
    /// `Retry-After` as a date, rounded up to the second.
    Date,
    /// `RateLimit-Reset` in whole seconds, rounded up.
    Reset,
    /// Nothing.
    Absent,
}

/// Counts calls against the quotas.
#[derive(Debug, Default)]
pub(super) struct Limiter {
    quotas: Option<Quotas>,
    spent: HashMap<String, VecDeque<Duration>>,
}

impl Limiter {
    pub(super) fn new(quotas: Option<Quotas>) -> Self {
        Self {
            quotas,
            spent: HashMap::new(),
        }
    }

    /// Takes one call of this method, or says how long to wait for the next. A refused call costs nothing.
    pub(super) fn take(&mut self, method: &str, now: Duration) -> Result<(), Duration> {
        let Some(quotas) = &self.quotas else {
            return Ok(());
        };
        let Some(most) = quotas.calls.get(method).copied() else {
            return Ok(());
        };
        let window = quotas.real_window();
        // In a fixed window, the calls of earlier windows are forgotten all at once.
        let forgotten = match quotas.kind {
            WindowKind::Fixed => window_start(now, window),
            WindowKind::Sliding => now.saturating_sub(window),
        };
        let sliding = quotas.kind == WindowKind::Sliding && now >= window;
        let calls = self.spent.entry(method.to_owned()).or_default();
        while calls
            .front()
            .is_some_and(|call| *call < forgotten || (sliding && *call == forgotten))
        {
            calls.pop_front();
        }
        if (calls.len() as u64) < most {
            calls.push_back(now);
            return Ok(());
        }
        let free = match (quotas.kind, calls.front()) {
            (WindowKind::Sliding, Some(first)) => *first + window,
            _ => window_start(now, window) + window,
        };
        Err(free.saturating_sub(now))
    }

    /// The 429 for a call that has to wait this long.
    pub(super) fn refusal(&self, wait: Duration) -> Reply {
        let quotas = self.quotas.clone().unwrap_or_default();
        rate_limited(quotas.retry_after, wait)
    }
}

impl Quotas {
    fn real_window(&self) -> Duration {
        let scaled = self.window.as_secs_f64() / self.scale;
        Duration::try_from_secs_f64(scaled)
            .unwrap_or(self.window)
            .max(Duration::from_millis(1))
    }
}

fn window_start(now: Duration, window: Duration) -> Duration {
    let past = now.as_nanos() % window.as_nanos();
    now.saturating_sub(Duration::from_nanos(u64::try_from(past).unwrap_or(u64::MAX)))
}

/// A 429 that states the time to wait in this way, in whole seconds rounded up.
pub(super) fn rate_limited(told: RetryAfter, wait: Duration) -> Reply {
    let reply = Reply::text(429, "API calls quota exceeded.");
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    match told {
        RetryAfter::Seconds => reply.with_header("retry-after", seconds.to_string()),
        RetryAfter::Reset => reply.with_header("ratelimit-reset", seconds.to_string()),
        RetryAfter::Date => {
            // Dates have whole seconds, so the fraction that is cut off is added first.
            let when = SystemTime::now() + Duration::from_secs(seconds) + Duration::from_millis(999);
            reply.with_header("retry-after", httpdate::fmt_http_date(when))
        }
        RetryAfter::Absent => reply,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn limiter(kind: WindowKind, scale: f64) -> Limiter {
        Limiter::new(Some(Quotas {
            calls: BTreeMap::from([("PUT", 2)]),
            window: Duration::from_mins(5),
            scale,
            kind,
            retry_after: RetryAfter::Seconds,
        }))
    }

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_fixed_window_forgets_its_calls_all_at_once() {
        let mut limiter = limiter(WindowKind::Fixed, 1.0);
        assert_eq!(limiter.take("PUT", at(290)), Ok(()));
        assert_eq!(limiter.take("PUT", at(299)), Ok(()));
        assert_eq!(limiter.take("PUT", at(299)), Err(at(1)));
        assert_eq!(limiter.take("PUT", at(300)), Ok(()));
        assert_eq!(limiter.take("PUT", at(300)), Ok(()));
        assert_eq!(limiter.take("PUT", at(310)), Err(at(290)));
    }

    #[test]
    fn a_sliding_window_forgets_each_call_when_its_time_is_over() {
        let mut limiter = limiter(WindowKind::Sliding, 1.0);
        assert_eq!(limiter.take("PUT", at(0)), Ok(()));
        assert_eq!(limiter.take("PUT", at(299)), Ok(()));
        assert_eq!(limiter.take("PUT", at(299)), Err(at(1)));
        assert_eq!(limiter.take("PUT", at(300)), Ok(()));
        assert_eq!(limiter.take("PUT", at(310)), Err(at(289)));
    }

    #[test]
    fn the_scale_shortens_the_window_and_not_the_number_of_calls() {
        let mut limiter = limiter(WindowKind::Fixed, 100.0);
        assert_eq!(limiter.take("PUT", at(0)), Ok(()));
        assert_eq!(limiter.take("PUT", at(1)), Ok(()));
        assert_eq!(limiter.take("PUT", at(2)), Err(at(1)));
        assert_eq!(limiter.take("PUT", at(3)), Ok(()));
    }

    #[test]
    fn methods_are_counted_apart_and_one_without_a_quota_not_at_all() {
        let mut limiter = limiter(WindowKind::Fixed, 1.0);
        for _ in 0..2 {
            assert_eq!(limiter.take("PUT", at(0)), Ok(()));
        }
        for _ in 0..1000 {
            assert_eq!(limiter.take("GET", at(0)), Ok(()));
        }
        assert!(limiter.take("PUT", at(0)).is_err());
        for _ in 0..1000 {
            assert_eq!(Limiter::new(None).take("PUT", at(0)), Ok(()));
        }
    }
}
