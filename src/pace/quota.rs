//! One quota: a number of calls per window of time, shared with callers we know nothing about.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::setback::Setbacks;
use super::{Backoff, RateLimitHeaders};

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
    /// Calls that must not be repeated were turned away or lost just now.
    SetBack,
}

/// A budget of calls per window.
///
/// A call counts from when it is sent until a whole window after it was answered. The server counts it at
/// some instant in between, so whether its window slides or is fixed, it never sees more than the allowance in one.
#[derive(Debug, Clone)]
pub struct QuotaWindow {
    allowance: Option<u32>,
    window: Duration,
    in_flight: u32,
    answered: VecDeque<Instant>,
    server_count: Option<ServerCount>,
    pause: Option<Instant>,
    others: Option<OtherCallers>,
    setbacks: Setbacks,
}

/// Others spend the same budget: what they left when the server last refused a call that was within the allowance.
#[derive(Debug, Clone, Copy)]
struct OtherCallers {
    left: u32,
    seen: Instant,
}

/// What the server's last `RateLimit` headers leave; negative where more are in flight than that.
#[derive(Debug, Clone, Copy)]
struct ServerCount {
    left: i64,
    until: Instant,
}

impl QuotaWindow {
    /// A budget of `allowance` calls per `window`; without an allowance only what the server itself asks for holds
    /// calls back.
    pub fn new(allowance: Option<u32>, window: Duration) -> Self {
        Self {
            allowance: allowance.map(|calls| calls.max(1)),
            window,
            in_flight: 0,
            answered: VecDeque::new(),
            server_count: None,
            pause: None,
            others: None,
            setbacks: Setbacks::default(),
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
        if let Some(until) = self.setbacks.holds_until(now) {
            return Admission::Wait {
                until,
                why: Hold::SetBack,
            };
        }
        let full = self.spent_up(now).max(self.exhausted_on_server());
        if let Some(until) = full {
            return Admission::Wait {
                until,
                why: Hold::Quota,
            };
        }
        self.in_flight += 1;
        if let Some(server_count) = &mut self.server_count {
            server_count.left -= 1;
        }
        self.setbacks.leaves(now);
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
        if let Some(server_count) = &mut self.server_count {
            server_count.left += 1;
        }
    }

    /// The server refused a call because the budget is used up (429). Within the allowance that shows that others spend it
    /// too: from now on no more is sent in a window than they left, and from window to window a little more is tried.
    /// One burst of theirs says nothing of the next window, so at least half the allowance is tried in any case.
    pub fn refused(&mut self, now: Instant) {
        let Some(allowance) = self.allowance else { return };
        self.forget(now);
        let sent = u32::try_from(self.answered.len()).unwrap_or(u32::MAX);
        let left = sent
            .max(allowance / 2)
            .min(self.present_allowance(allowance, now))
            .max(1);
        self.others = Some(OtherCallers { left, seen: now });
    }

    /// Nothing leaves before `until`. A pause only ever grows.
    pub fn pause_until(&mut self, until: Instant) {
        self.pause = self.pause.max(Some(until));
    }

    /// A call that was sent at `sent` and must not be repeated was turned away, or its answer was lost: nothing leaves
    /// for a while, and then one call at a time until some were served. `random` is in `0.0..1.0`.
    pub fn set_back(&mut self, sent: Instant, now: Instant, backoff: &Backoff, random: f64) {
        self.setbacks.met(sent, now, backoff, random);
    }

    /// A call that was sent at `sent` was served.
    pub fn served(&mut self, sent: Instant) {
        self.setbacks.served(sent);
    }

    /// The end of the window as far as it can be known here: when the oldest counted call leaves it.
    /// `None` if there is no known limit.
    pub fn window_end(&self, now: Instant) -> Option<Instant> {
        self.allowance?;
        Some(self.answered.front().map_or(now, |oldest| *oldest) + self.window)
    }

    /// Takes the server's own count into account. Its reset is believed up to one window from now.
    pub fn learn(&mut self, headers: RateLimitHeaders, now: Instant) {
        let (Some(remaining), Some(reset)) = (headers.remaining, headers.reset) else {
            return;
        };
        // The server may or may not have counted those in flight; the next answer, a moment later, shows it.
        let left = i64::try_from(remaining).unwrap_or(i64::MAX) - i64::from(self.in_flight);
        let until = now + reset.min(self.window);
        self.server_count = Some(ServerCount { left, until });
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
        self.server_count = self.server_count.filter(|server_count| server_count.until > now);
        self.pause = self.pause.filter(|until| *until > now);
    }

    fn spent_up(&self, now: Instant) -> Option<Instant> {
        let counted = u64::from(self.in_flight) + self.answered.len() as u64;
        let full = self
            .allowance
            .is_some_and(|allowance| counted >= u64::from(self.present_allowance(allowance, now)));
        full.then(|| self.window_end(now)).flatten()
    }

    /// The allowance as far as others leave it.
    fn present_allowance(&self, allowance: u32, now: Instant) -> u32 {
        let Some(others) = self.others else { return allowance };
        let since = now.saturating_duration_since(others.seen).as_nanos();
        let windows = u32::try_from(since / self.window.as_nanos().max(1)).unwrap_or(u32::MAX);
        let more = (allowance / 4).max(1).saturating_mul(windows);
        allowance.min(others.left.saturating_add(more))
    }

    fn exhausted_on_server(&self) -> Option<Instant> {
        self.server_count
            .filter(|server_count| server_count.left <= 0)
            .map(|server_count| server_count.until)
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
        let headers = |remaining, reset| RateLimitHeaders {
            remaining: Some(remaining),
            reset: Some(Duration::from_secs(reset)),
        };
        quota.learn(headers(2, 30), start);
        assert_eq!(
            quota.admit(start),
            Admission::Go,
            "one of the two is for the call in flight"
        );
        assert!(matches!(quota.admit(start), Admission::Wait { until, .. } if until == second(start, 30)));
        assert_eq!(quota.admit(second(start, 30)), Admission::Go);
        quota.learn(headers(0, 999_999), second(start, 30));
        assert_eq!(
            quota.admit(second(start, 330)),
            Admission::Go,
            "no reset beyond one window is believed"
        );
    }

    #[test]
    fn a_call_that_was_on_its_way_and_never_arrived_makes_no_room_that_the_server_did_not_have() {
        let start = Instant::now();
        let mut quota = QuotaWindow::new(None, WINDOW);
        for _ in 0..3 {
            assert_eq!(quota.admit(start), Admission::Go);
        }
        quota.answered(start);
        let spent = RateLimitHeaders {
            remaining: Some(1),
            reset: Some(Duration::from_secs(30)),
        };
        quota.learn(spent, start);
        quota.withdrawn();
        assert!(
            matches!(quota.admit(start), Admission::Wait { .. }),
            "the last one is on its way"
        );
        quota.withdrawn();
        assert_eq!(quota.admit(start), Admission::Go);
    }

    /// A server with a budget that a rival spends a part of in every window, as soon as it can.
    struct Contested {
        slides: bool,
        limit: usize,
        rival: usize,
        counted: Vec<Duration>,
        rivals_turn: Duration,
    }

    impl Contested {
        /// Takes a call of ours, or says how long to wait.
        fn take(&mut self, now: Duration) -> Result<(), Duration> {
            while self.rivals_turn <= now {
                let at = self.rivals_turn;
                for _ in 0..self.rival {
                    if self.room(at).is_ok() {
                        self.counted.push(at);
                    }
                }
                self.rivals_turn += WINDOW;
            }
            self.room(now)?;
            self.counted.push(now);
            Ok(())
        }

        fn room(&mut self, now: Duration) -> Result<(), Duration> {
            let begin = Duration::from_secs(now.as_secs() / WINDOW.as_secs() * WINDOW.as_secs());
            let slides = self.slides;
            self.counted
                .retain(|at| if slides { *at + WINDOW > now } else { *at >= begin });
            if self.counted.len() < self.limit {
                return Ok(());
            }
            let free = if slides { self.counted[0] } else { begin } + WINDOW;
            Err(free.saturating_sub(now))
        }
    }

    #[test]
    fn beside_a_rival_who_takes_half_the_work_ends_in_time_and_almost_without_refusals() {
        for slides in [false, true] {
            let start = Instant::now();
            let mut quota = QuotaWindow::new(Some(144), WINDOW);
            let mut server = Contested {
                slides,
                limit: 160,
                rival: 80,
                counted: Vec::new(),
                rivals_turn: Duration::from_secs(20),
            };
            let (mut now, mut done, mut refusals) = (Duration::ZERO, 0, 0);
            while done < 1_000 {
                match quota.admit(start + now) {
                    Admission::Wait { until, .. } => now = until - start,
                    Admission::Go => {
                        now += Duration::from_millis(100);
                        quota.answered(start + now);
                        match server.take(now) {
                            Ok(()) => done += 1,
                            Err(wait) => {
                                refusals += 1;
                                quota.refused(start + now);
                                quota.pause_until(start + now + wait);
                            }
                        }
                    }
                }
            }
            let windows = now.as_secs() / WINDOW.as_secs();
            assert!(windows <= 1_000 / 80 + 3, "{windows} windows, sliding: {slides}");
            assert!(
                refusals <= windows + 1,
                "{refusals} refusals in {windows} windows, sliding: {slides}"
            );
        }
    }

    #[test]
    fn one_refusal_does_not_bind_for_ever_and_never_below_half() {
        let start = Instant::now();
        let mut quota = QuotaWindow::new(Some(16), WINDOW);
        quota.refused(start);
        let sent = |quota: &mut QuotaWindow, now: Instant| {
            let mut sent = 0;
            while quota.admit(now) == Admission::Go {
                quota.answered(now);
                sent += 1;
            }
            sent
        };
        let found: Vec<u32> = (0..4).map(|window| sent(&mut quota, start + WINDOW * window)).collect();
        assert_eq!(found, [8, 12, 16, 16]);
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
