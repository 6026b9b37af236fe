//! How calls of one service and method hold back after a setback: a call that must not be repeated was turned away by
//! an overloaded server, or its answer was lost.
//!
//! Such a call costs more than itself: what it did has to be read back. So the next ones do not try their luck at once.
//! They leave one at a time, at a distance that doubles with every further setback and halves after two calls that were
//! served. That is also a pace that a server with a limit of its own can take.

use std::time::{Duration, Instant};

use super::Backoff;

/// The longest distance between two calls. A server that needs more asks for it (`Retry-After`).
const LONGEST: Duration = Duration::from_secs(16);

/// How many calls have to be served before the distance is halved.
const ENOUGH_SERVED: u32 = 2;

/// What setbacks have been met lately.
#[derive(Debug, Clone, Default)]
pub(super) struct Setbacks {
    /// How often the distance was doubled; 0 where there is none.
    level: u32,
    /// The shortest distance.
    first: Duration,
    /// When the last setback was met.
    met: Option<Instant>,
    /// How many calls were served since the distance changed.
    served: u32,
    /// Until when nothing leaves.
    until: Option<Instant>,
}

impl Setbacks {
    /// A call that was sent at `sent` met a setback. Calls that were under way at the last one are part of it. `random`
    /// is in `0.0..1.0`: clients that were set back together should not come back together.
    pub(super) fn met(&mut self, sent: Instant, now: Instant, backoff: &Backoff, random: f64) {
        if self.met.is_some_and(|met| sent < met) {
            return;
        }
        // Beyond the longest distance another level would only take longer to come down from.
        if self.level == 0 || self.distance() < LONGEST {
            self.level += 1;
        }
        self.first = backoff.first;
        self.met = Some(now);
        self.served = 0;
        self.hold_until(now + self.distance().mul_f64(0.75 + random.clamp(0.0, 1.0) / 4.0));
    }

    /// A call that was sent at `sent` was served.
    pub(super) fn served(&mut self, sent: Instant) {
        if self.level == 0 || self.met.is_some_and(|met| sent < met) {
            return;
        }
        self.served += 1;
        if self.served >= ENOUGH_SERVED {
            self.served = 0;
            self.level -= 1;
            if self.level == 0 {
                self.until = None;
            }
        }
    }

    /// A call leaves: the next one keeps its distance.
    pub(super) fn leaves(&mut self, now: Instant) {
        if self.level > 0 {
            self.hold_until(now + self.distance());
        }
    }

    /// Until when nothing may leave.
    pub(super) fn holds_until(&self, now: Instant) -> Option<Instant> {
        self.until.filter(|until| *until > now)
    }

    fn hold_until(&mut self, until: Instant) {
        self.until = self.until.max(Some(until));
    }

    fn distance(&self) -> Duration {
        let backoff = Backoff {
            first: self.first,
            most: LONGEST,
        };
        backoff.span(self.level.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends as soon as it may until `enough` calls were served; each takes 10 ms, and `takes` says which are. Returns
    /// when each left and whether it was served, in seconds since the beginning.
    fn play(places: usize, enough: usize, takes: impl Fn(f64) -> bool) -> Vec<(f64, bool)> {
        let (start, latency) = (Instant::now(), Duration::from_millis(10));
        let mut setbacks = Setbacks::default();
        let (mut now, mut sent) = (start, Vec::new());
        while sent.iter().filter(|(_, served)| *served).count() < enough {
            let mut under_way = Vec::new();
            for _ in 0..places {
                if let Some(until) = setbacks.holds_until(now) {
                    if under_way.is_empty() {
                        now = until;
                    } else {
                        break;
                    }
                }
                setbacks.leaves(now);
                under_way.push(now);
            }
            now += latency;
            for left in under_way {
                let at = (left - start).as_secs_f64();
                let served = takes(at);
                if served {
                    setbacks.served(left);
                } else {
                    setbacks.met(left, now, &Backoff::default(), 1.0);
                }
                sent.push((at, served));
            }
        }
        sent
    }

    #[test]
    fn two_bad_seconds_cost_the_calls_under_way_and_few_more_and_soon_all_leave_at_once_again() {
        let sent = play(8, 60, |at| at > 2.0);
        let lost = sent.iter().filter(|(_, served)| !served).count();
        assert!(lost <= 8 + 3, "{lost}");
        let (end, _) = sent.last().unwrap();
        assert!(*end < 12.0, "{end}");
    }

    #[test]
    fn a_server_that_takes_one_call_a_second_is_soon_asked_no_more_often() {
        let taken = std::cell::Cell::new(-1.0);
        let sent = play(8, 40, |at| {
            let served = at - taken.get() >= 1.0;
            if served {
                taken.set(at);
            }
            served
        });
        let lost = sent.iter().filter(|(_, served)| !served).count();
        assert!(lost <= 8 + 40, "{lost}");
        let (end, _) = sent.last().unwrap();
        assert!(*end < 40.0 * 2.5, "{end}");
    }

    #[test]
    fn a_server_that_is_gone_is_asked_ever_more_seldom_but_four_times_a_minute_at_least() {
        let at_most = std::cell::Cell::new(0);
        let sent = play(1, 1, |_| {
            at_most.set(at_most.get() + 1);
            at_most.get() > 12
        });
        let gaps: Vec<f64> = sent.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
        assert!(gaps.windows(2).all(|pair| pair[0] <= pair[1] + 0.02), "{gaps:?}");
        assert!(gaps.iter().all(|gap| *gap <= 16.1), "{gaps:?}");
        assert!(gaps.last().unwrap() > &15.9, "{gaps:?}");
    }

    #[test]
    fn however_many_setbacks_there_were_two_served_calls_halve_the_longest_distance() {
        let backoff = Backoff {
            first: Duration::from_millis(500),
            most: Duration::from_mins(1),
        };
        let begun = Instant::now();
        let mut setbacks = Setbacks::default();
        for minute in 0..30 {
            let at = begun + Duration::from_mins(minute);
            setbacks.met(at, at, &backoff, 1.0);
        }
        assert_eq!(setbacks.distance(), LONGEST);
        let later = begun + Duration::from_mins(31);
        setbacks.served(later);
        setbacks.served(later);
        assert_eq!(setbacks.distance(), LONGEST / 2);
    }
}
