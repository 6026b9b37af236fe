//! One quota: so many calls in a window of time, shared with callers we know nothing of.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::Allowance;

/// What a quota says to a call that wants to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It may; it is counted from now on.
    Go,
    /// Not before this instant; then it is to ask again.
    Wait {
        /// The earliest instant worth asking again.
        until: Instant,
        /// Why.
        why: Hold,
    },
}

/// Why a call is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// The budget is used up.
    Quota,
    /// The server asked for a pause.
    Asked,
}

/// A budget of calls per window.
///
/// A call counts from when it is sent until a whole window after it was answered. The server counts it at
/// some instant in between, so whether its window slides or stands, it never sees more than the allowance in one.
#[derive(Debug, Clone)]
pub struct QuotaWindow {
    allowance: Option<u32>,
    window: Duration,
    in_flight: u32,
    answered: VecDeque<Instant>,
    told: Option<Told>,
    pause: Option<Instant>,
}

/// What the server's last `RateLimit` headers leave.
#[derive(Debug, Clone, Copy)]
struct Told {
    left: u64,
    until: Instant,
}

impl QuotaWindow {
    /// A budget of `allowance` calls per `window`; without an allowance only the server's own wishes hold calls back.
    pub fn new(allowance: Option<u32>, window: Duration) -> Self {
        Self {
            allowance: allowance.map(|calls| calls.max(1)),
            window,
            in_flight: 0,
            answered: VecDeque::new(),
            told: None,
            pause: None,
        }
    }

    /// Whether a call may leave now; if so it is counted, and [`answered`](Self::answered) or
    /// [`withdrawn`](Self::withdrawn) has to follow.
    pub fn admit(&mut self, now: Instant) -> Admission {
        self.forget(now);
        if let Some(until) = self.pause {
            return Admission::Wait {
                until,
                why: Hold::Asked,
            };
        }
        let full = self.spent_up(now).max(self.told_out());
        if let Some(until) = full {
            return Admission::Wait {
                until,
                why: Hold::Quota,
            };
        }
        self.in_flight += 1;
        if let Some(told) = &mut self.told {
            told.left -= 1;
        }
        Admission::Go
    }

    /// A counted call was answered, or may have reached the server.
    pub fn answered(&mut self, now: Instant) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if self.allowance.is_some() {
            self.answered.push_back(now);
        }
    }

    /// A counted call surely never reached the server.
    pub fn withdrawn(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if let Some(told) = &mut self.told {
            told.left += 1;
        }
    }

    /// Nothing leaves before `until`. A pause only ever grows.
    pub fn pause_until(&mut self, until: Instant) {
        self.pause = self.pause.max(Some(until));
    }

    /// The end of the window as far as it can be known here: when the oldest counted call leaves it.
    /// `None` where there is no known limit.
    pub fn window_end(&self, now: Instant) -> Option<Instant> {
        self.allowance?;
        Some(self.answered.front().map_or(now, |oldest| *oldest) + self.window)
    }

    /// Takes the server's own count into account. Its reset is believed up to one window from now.
    pub fn learn(&mut self, said: Allowance, now: Instant) {
        let (Some(remaining), Some(reset)) = (said.remaining, said.reset) else {
            return;
        };
        // Those in flight may be counted already or not; a moment later the next answer tells.
        let left = remaining.saturating_sub(u64::from(self.in_flight));
        let until = now + reset.min(self.window);
        self.told = Some(Told { left, until });
    }

    /// The instants at which counted calls were answered, those in flight as of now.
    pub(super) fn log(&self, now: Instant) -> impl Iterator<Item = Instant> {
        let in_flight = (0..self.in_flight).map(move |_| now);
        let counted = self.answered.iter().copied();
        counted
            .filter(move |answered| *answered + self.window > now)
            .chain(in_flight)
    }

    /// Counts a call of an earlier process.
    pub(super) fn recall(&mut self, answered: Instant) {
        if self.allowance.is_some() {
            let place = self.answered.partition_point(|known| *known <= answered);
            self.answered.insert(place, answered);
        }
    }

    fn forget(&mut self, now: Instant) {
        let window = self.window;
        while self.answered.front().is_some_and(|answered| *answered + window <= now) {
            self.answered.pop_front();
        }
        self.told = self.told.filter(|told| told.until > now);
        self.pause = self.pause.filter(|until| *until > now);
    }

    fn spent_up(&self, now: Instant) -> Option<Instant> {
        let counted = u64::from(self.in_flight) + self.answered.len() as u64;
        let full = self.allowance.is_some_and(|allowance| counted >= u64::from(allowance));
        full.then(|| self.window_end(now)).flatten()
    }

    fn told_out(&self) -> Option<Instant> {
        self.told.filter(|told| told.left == 0).map(|told| told.until)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WINDOW: Duration = Duration::from_mins(5);

    fn second(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn a_call_counts_until_a_window_after_its_answer() {
        let start = Instant::now();
        let mut quota = QuotaWindow::new(Some(2), WINDOW);
        assert_eq!(quota.admit(start), Admission::Go);
        assert_eq!(quota.admit(start), Admission::Go);
        quota.answered(second(start, 10));
        quota.answered(second(start, 20));
        let wait = |until| Admission::Wait {
            until,
            why: Hold::Quota,
        };
        assert_eq!(quota.admit(second(start, 30)), wait(second(start, 310)));
        assert_eq!(quota.admit(second(start, 310)), Admission::Go);
        assert_eq!(quota.admit(second(start, 310)), wait(second(start, 320)));
    }

    #[test]
    fn a_call_that_never_reached_the_server_costs_nothing() {
        let start = Instant::now();
        let mut quota = QuotaWindow::new(Some(1), WINDOW);
        assert_eq!(quota.admit(start), Admission::Go);
        quota.withdrawn();
        assert_eq!(quota.admit(start), Admission::Go);
    }

    #[test]
    fn a_pause_only_moves_forward_and_ends_by_itself() {
        let start = Instant::now();
        let mut quota = QuotaWindow::new(None, WINDOW);
        quota.pause_until(second(start, 60));
        quota.pause_until(second(start, 5));
        assert_eq!(
            quota.admit(second(start, 6)),
            Admission::Wait {
                until: second(start, 60),
                why: Hold::Asked
            }
        );
        assert_eq!(quota.admit(second(start, 60)), Admission::Go);
    }

    #[test]
    fn the_servers_own_count_holds_back_what_it_does_not_leave() {
        let start = Instant::now();
        let mut quota = QuotaWindow::new(None, WINDOW);
        assert_eq!(quota.admit(start), Admission::Go);
        assert_eq!(quota.admit(start), Admission::Go);
        quota.answered(start);
        let said = |remaining, reset| Allowance {
            remaining: Some(remaining),
            reset: Some(Duration::from_secs(reset)),
        };
        quota.learn(said(2, 30), start);
        assert_eq!(
            quota.admit(start),
            Admission::Go,
            "one of the two is for the call in flight"
        );
        assert!(matches!(quota.admit(start), Admission::Wait { until, .. } if until == second(start, 30)));
        assert_eq!(quota.admit(second(start, 30)), Admission::Go);
        quota.learn(said(0, 999_999), second(start, 30));
        assert_eq!(
            quota.admit(second(start, 330)),
            Admission::Go,
            "no reset beyond one window is believed"
        );
    }

    proptest! {
        /// The server counts a call somewhere between its sending and its answer; wherever that is, and wherever
        /// the server's window begins, the window holds no more than the allowance.
        #[test]
        fn no_window_of_the_server_ever_sees_more_than_the_allowance(
            allowance in 1_u32..6,
            calls in prop::collection::vec((0_u64..40, 0_u64..50, 0.0_f64..1.0), 1..60),
        ) {
            let window = Duration::from_secs(100);
            let start = Instant::now();
            let mut quota = QuotaWindow::new(Some(allowance), window);
            let mut now = start;
            let mut under_way: Vec<Instant> = Vec::new();
            let mut counted_by_server: Vec<Instant> = Vec::new();
            for (pause, latency, part) in calls {
                let mut wake = now + Duration::from_secs(pause);
                loop {
                    under_way.sort();
                    while under_way.first().is_some_and(|end| *end <= wake) {
                        quota.answered(under_way.remove(0));
                    }
                    match quota.admit(wake) {
                        Admission::Go => break,
                        Admission::Wait { until, .. } => {
                            prop_assert!(until > wake, "waiting always moves on");
                            wake = until;
                        }
                    }
                }
                now = wake;
                let latency = Duration::from_secs(latency);
                counted_by_server.push(now + latency.mul_f64(part));
                under_way.push(now + latency);
            }
            for begin in &counted_by_server {
                let within = counted_by_server
                    .iter()
                    .filter(|at| *at >= begin && **at < *begin + window)
                    .count();
                prop_assert!(within <= allowance as usize, "{within} in one window");
            }
        }
    }
}
