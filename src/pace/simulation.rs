//! What would become of calls on a simulated clock: the session's own [`Pacer`] and [`Concurrency`] decide which call
//! leaves when, as they do for real ones. Pure: time is a number here, and nothing waits for it.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::{Admission, Concurrency, Pacer};
use crate::event::{Method, Service};

/// What a call counts against.
type Lane = (Service, Method);

/// What happens next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Simulated<T> {
    /// A call was answered.
    Answered(T),
    /// The quota of this service and method lets its calls go on, after holding them for so long.
    Released((Service, Method), Duration),
}

/// Calls that go well, each after the same time, on a clock of their own.
#[derive(Debug, Clone)]
pub struct SimulatedTraffic<T> {
    pacer: Pacer,
    concurrency: Concurrency,
    call: Duration,
    start: Instant,
    now: Instant,
    arrivals: u64,
    /// In the order of the lanes. They are few, and all of them are looked at for each call.
    waiting: Vec<(Lane, Waiting<T>)>,
    /// By when they end, then by when they came.
    in_flight: VecDeque<InFlight<T>>,
    held: BTreeMap<Lane, Duration>,
}

/// A call that has left: when it ends, which of all it was, and what it counts against.
#[derive(Debug, Clone)]
struct InFlight<T> {
    end: Instant,
    arrival: u64,
    lane: Lane,
    what: T,
}

/// Calls that came one after the other and of which the same is known.
#[derive(Debug, Clone)]
struct Alike<T> {
    /// Which of all calls the first of them was.
    arrival: u64,
    count: u64,
    what: T,
}

/// The calls of one lane that have not left yet, in the order in which they came.
#[derive(Debug, Clone)]
struct Waiting<T> {
    calls: VecDeque<Alike<T>>,
    /// Until when the quota lets none of them go.
    until: Option<Instant>,
    /// Since when it lets none of them go.
    since: Option<Instant>,
    /// Whether the end of that was reported.
    is_reported: bool,
    /// Their place in the line since the quota last let them go on: a call that has waited for its quota lines up anew,
    /// behind those that wait for a place among the calls in flight.
    lined_up: u64,
}

impl<T: Clone> Waiting<T> {
    /// Takes the first call out of the line.
    fn leave(&mut self) -> Option<T> {
        let first = self.calls.front_mut()?;
        if first.count > 1 {
            first.arrival += 1;
            first.count -= 1;
            return Some(first.what.clone());
        }
        self.calls.pop_front().map(|last| last.what)
    }
}

impl<T: Clone> SimulatedTraffic<T> {
    /// Begins at `now` with what the pacer says is spent by then; `places` calls may be in flight, and each takes `call`.
    pub fn new(pacer: Pacer, places: u32, call: Duration, now: Instant) -> Self {
        Self {
            pacer,
            concurrency: Concurrency::new(places),
            call,
            start: now,
            now,
            arrivals: 0,
            waiting: Vec::new(),
            in_flight: VecDeque::new(),
            held: BTreeMap::new(),
        }
    }

    /// Sends calls about which nothing else is known, until the last answer.
    pub fn go_through(&mut self, calls: &BTreeMap<(Service, Method), u64>, what: &T) {
        for ((service, method), count) in calls.iter().filter(|(_, count)| **count > 0) {
            self.calls(*service, *method, *count, what.clone());
        }
        while self.next_answer().is_some() {}
    }

    /// A call wants to leave; `what` comes back from [`next_answer`](Self::next_answer) when it is answered.
    pub fn call(&mut self, service: Service, method: Method, what: T) {
        self.calls(service, method, 1, what);
    }

    fn calls(&mut self, service: Service, method: Method, count: u64, what: T) {
        let arrival = self.arrivals + 1;
        self.arrivals += count;
        let place = self.place(service, method).unwrap_or_else(|place| {
            let lane = Waiting {
                calls: VecDeque::new(),
                until: None,
                since: None,
                is_reported: false,
                lined_up: 0,
            };
            self.waiting.insert(place, ((service, method), lane));
            place
        });
        self.waiting[place].1.calls.push_back(Alike { arrival, count, what });
    }

    /// Lets time go on to the next answer; `None` if no call is left.
    pub fn next_answer(&mut self) -> Option<T> {
        loop {
            if let Simulated::Answered(what) = self.next_event()? {
                return Some(what);
            }
        }
    }

    /// The calls of a service and method that have not left yet, in their order; they are taken out of the line.
    pub fn take_back(&mut self, service: Service, method: Method) -> Vec<T> {
        let calls = match self.place(service, method) {
            Ok(place) => std::mem::take(&mut self.waiting[place].1.calls),
            Err(_) => VecDeque::new(),
        };
        let each = |calls: Alike<T>| (0..calls.count).map(move |_| calls.what.clone());
        calls.into_iter().flat_map(each).collect()
    }

    /// Where the lane is, or belongs.
    fn place(&self, service: Service, method: Method) -> Result<usize, usize> {
        self.waiting.binary_search_by_key(&(service, method), |(lane, _)| *lane)
    }

    /// Lets time go on to whatever happens next; `None` if no call is left.
    pub fn next_event(&mut self) -> Option<Simulated<T>> {
        loop {
            if let Some(released) = self.let_go() {
                return Some(released);
            }
            let has_room = self.has_room();
            let waits = self.waiting.iter().filter(|(_, lane)| !lane.calls.is_empty());
            let woken = waits.filter_map(|(_, lane)| lane.until).min().filter(|_| has_room);
            let answered = self.in_flight.front().map(|call| call.end);
            match (woken, answered) {
                (None, None) => return None,
                (Some(wake), end) if end.is_none_or(|end| wake < end) => self.now = wake,
                _ => {
                    let call = self.in_flight.pop_front()?;
                    self.now = call.end;
                    self.pacer.window(call.lane.0, call.lane.1).answered(call.end);
                    self.concurrency.went_well();
                    return Some(Simulated::Answered(call.what));
                }
            }
        }
    }

    /// Lets time go on to at least this long after the beginning: something else took it.
    pub fn lasts(&mut self, least: Duration) {
        self.now = self.now.max(self.start + least);
    }

    /// How long it has taken so far.
    pub fn elapsed(&self) -> Duration {
        self.now - self.start
    }

    /// How long the quota of each service and method has let none of its calls go.
    pub fn held(&self) -> &BTreeMap<(Service, Method), Duration> {
        &self.held
    }

    fn has_room(&self) -> bool {
        self.in_flight.len() < self.concurrency.limit() as usize
    }

    /// Sends what may leave now, first come, first served; stops where a quota has just let calls go on.
    fn let_go(&mut self) -> Option<Simulated<T>> {
        while self.has_room() {
            let now = self.now;
            for (_, lane) in &mut self.waiting {
                if lane.until.take_if(|until| *until <= now).is_some() {
                    self.arrivals += 1;
                    lane.lined_up = self.arrivals;
                }
            }
            let ready = self.waiting.iter_mut().filter(|(_, lane)| lane.until.is_none());
            let first = ready.filter_map(|(key, lane)| Some((lane.calls.front()?.arrival, *key, lane)));
            let (arrival, key, lane) = first.min_by_key(|(arrival, _, lane)| (*arrival).max(lane.lined_up))?;
            match self.pacer.window(key.0, key.1).admit(now) {
                Admission::Go => {
                    if let Some(since) = lane.since
                        && !lane.is_reported
                    {
                        lane.is_reported = true;
                        self.pacer.window(key.0, key.1).withdrawn();
                        return Some(Simulated::Released(key, now - since));
                    }
                    lane.is_reported = false;
                    if let Some(since) = lane.since.take() {
                        *self.held.entry(key).or_default() += now - since;
                    }
                    lane.until = None;
                    if let Some(what) = lane.leave() {
                        let call = InFlight {
                            end: now + self.call,
                            arrival,
                            lane: key,
                            what,
                        };
                        // Each takes as long as the others, so that its place is near the end.
                        let is_before = |other: &&InFlight<T>| (call.end, call.arrival) < (other.end, other.arrival);
                        let later = self.in_flight.iter().rev().take_while(is_before).count();
                        self.in_flight.insert(self.in_flight.len() - later, call);
                    }
                }
                Admission::Wait { until, .. } => {
                    lane.until = Some(until);
                    lane.since.get_or_insert(now);
                    lane.is_reported = false;
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pace::Limits;

    const WINDOW: Duration = Duration::from_mins(5);

    fn limited(method: Method, calls: u32, share: f64) -> Pacer {
        let mut limits = Limits::none();
        limits.share = share;
        limits.set(Service::Identity, method, calls);
        Pacer::new(limits)
    }

    fn carried_out(mut traffic: SimulatedTraffic<()>, calls: &[(Method, usize)]) -> SimulatedTraffic<()> {
        for (method, count) in calls {
            for _ in 0..*count {
                traffic.call(Service::Identity, *method, ());
            }
        }
        while traffic.next_answer().is_some() {}
        traffic
    }

    #[test]
    fn without_a_quota_calls_take_turns_on_the_places_there_are() {
        let second = Duration::from_secs(1);
        let traffic = SimulatedTraffic::new(Pacer::new(Limits::none()), 8, second, Instant::now());
        let done = carried_out(traffic, &[(Method::Put, 17)]);
        assert_eq!(done.elapsed(), second * 3);
        assert!(done.held().is_empty());
    }

    #[test]
    fn what_a_window_does_not_take_waits_for_the_next_and_other_methods_do_not() {
        let call = Duration::from_millis(100);
        let traffic = SimulatedTraffic::new(limited(Method::Put, 160, 0.9), 8, call, Instant::now());
        let done = carried_out(traffic, &[(Method::Put, 145), (Method::Delete, 100)]);
        assert_eq!(done.elapsed(), WINDOW + call * 2);
        assert_eq!(
            done.held().keys().collect::<Vec<_>>(),
            [&(Service::Identity, Method::Put)]
        );
    }

    #[test]
    fn what_was_spent_before_counts() {
        let now = Instant::now() + WINDOW;
        let mut pacer = limited(Method::Put, 10, 1.0);
        for _ in 0..10 {
            let window = pacer.window(Service::Identity, Method::Put);
            assert_eq!(window.admit(now), Admission::Go);
            window.answered(now);
        }
        let later = now + Duration::from_mins(2);
        let done = carried_out(
            SimulatedTraffic::new(pacer, 8, Duration::ZERO, later),
            &[(Method::Put, 1)],
        );
        assert_eq!(done.elapsed(), Duration::from_mins(3));
        assert_eq!(done.held().values().sum::<Duration>(), Duration::from_mins(3));
    }

    /// How a server counts.
    #[derive(Debug, Clone, Copy)]
    enum Server {
        Fixed(Duration),
        Sliding,
    }

    impl Server {
        /// The most calls that one of its windows saw, of those counted in this order.
        fn most(self, counted: &[Duration], window: Duration) -> usize {
            let is_seen = |first: Duration, at: Duration| match self {
                Self::Sliding => at < first + window,
                Self::Fixed(offset) => {
                    let number = |at: Duration| (at + offset).as_nanos() / window.as_nanos();
                    number(at) == number(first)
                }
            };
            let from = |first: usize| counted[first..].partition_point(|at| is_seen(counted[first], *at));
            (0..counted.len()).map(from).max().unwrap_or_default()
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// The least time for `calls` is a window for each full allowance before the last; and no server window, wherever it
        /// begins, may see more than the allowance.
        #[test]
        fn the_pace_stays_within_a_tenth_of_the_least_time_and_no_server_window_is_overrun(
            calls in 100_usize..3_000,
            scale in prop::sample::select(vec![1_u32, 10, 100]),
            latency in 0_u64..400,
            places in 1_u32..32,
            offset in 0_u64..300_000,
        ) {
            let window = WINDOW / scale;
            let latency = Duration::from_millis(latency) / scale;
            let start = Instant::now();
            let mut limits = Limits::published();
            limits.window = window;
            let allowance = 144;
            let mut traffic = SimulatedTraffic::new(Pacer::new(limits), places, latency, start);
            for _ in 0..calls {
                traffic.call(Service::Identity, Method::Put, ());
            }
            let mut counted = Vec::new();
            while traffic.next_answer().is_some() {
                counted.push(traffic.elapsed());
            }
            let windows = u32::try_from((calls - 1) / allowance).unwrap();
            let left_over = (calls - 1) % allowance + 1;
            let sending = |calls: usize| latency * u32::try_from(calls.div_ceil(places as usize)).unwrap();
            // A window lasts as long as the sending of what it takes, where that is more.
            let least = (window.max(sending(allowance))) * windows + sending(left_over);
            prop_assert!(
                traffic.elapsed() <= least.mul_f64(1.1),
                "{:?} instead of {least:?}",
                traffic.elapsed()
            );
            let offset = Duration::from_millis(offset) / scale;
            for server in [Server::Fixed(offset), Server::Sliding] {
                prop_assert!(server.most(&counted, window) <= allowance, "{server:?}");
            }
        }
    }
}
