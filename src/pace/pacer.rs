//! The quotas of every service and method, side by side.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::QuotaWindow;
use crate::event::{Method, Service};

/// How many calls may be sent, and how much of that is used.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// The length of a window.
    pub window: Duration,
    /// The part of each limit that is used; the rest is left to the organization's other callers.
    pub share: f64,
    calls: BTreeMap<(Service, Method), u32>,
}

impl Limits {
    /// The window of the published limits.
    pub const WINDOW: Duration = Duration::from_mins(5);

    /// No limit anywhere.
    pub fn none() -> Self {
        Self {
            window: Self::WINDOW,
            share: 0.9,
            calls: BTreeMap::new(),
        }
    }

    /// The limits published for the identity service of Automation Cloud and Test Cloud.
    pub fn published() -> Self {
        let mut limits = Self::none();
        for (method, calls) in [
            (Method::Get, 300),
            (Method::Post, 24_000),
            (Method::Put, 160),
            (Method::Patch, 160),
            (Method::Delete, 160),
        ] {
            limits.set(Service::Identity, method, calls);
        }
        limits
    }

    /// Sets the calls per window of one service and method; 0 means no limit.
    pub fn set(&mut self, service: Service, method: Method, calls: u32) {
        if calls == 0 {
            self.calls.remove(&(service, method));
        } else {
            self.calls.insert((service, method), calls);
        }
    }

    /// The calls per window of one service and method; `None` if there is no limit.
    pub fn get(&self, service: Service, method: Method) -> Option<u32> {
        self.calls.get(&(service, method)).copied()
    }

    /// The part of a limit that is used; at least one call.
    pub fn allowance(&self, service: Service, method: Method) -> Option<u32> {
        let calls = self.get(service, method)?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of at most 1 of a u32, and a float cast saturates"
        )]
        let part = (f64::from(calls) * self.share.clamp(0.0, 1.0)) as u32;
        Some(part.max(1))
    }
}

/// Calls already spent, for another process of the same organization to know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// On which service.
    pub service: Service,
    /// With which method.
    pub method: Method,
    /// How long ago they were answered, rounded down a little: calls of about the same age are one entry.
    pub age: Duration,
    /// How many.
    pub calls: u32,
}

/// A [`QuotaWindow`] for each service and method.
#[derive(Debug, Clone)]
pub struct Pacer {
    limits: Limits,
    windows: BTreeMap<(Service, Method), QuotaWindow>,
}

impl Pacer {
    /// Starts with nothing spent.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            windows: BTreeMap::new(),
        }
    }

    /// The window of one service and method.
    pub fn window(&mut self, service: Service, method: Method) -> &mut QuotaWindow {
        let limits = &self.limits;
        self.windows
            .entry((service, method))
            .or_insert_with(|| QuotaWindow::new(limits.allowance(service, method), limits.window))
    }

    /// What counts against a limit now.
    pub fn spent(&self, now: Instant) -> Vec<Spent> {
        // Coarse enough for a short list, and fine enough to cost the next process no time that can be noticed.
        let grain = (self.limits.window / 1000).max(Duration::from_millis(1)).as_millis();
        let mut spent = Vec::new();
        for ((service, method), window) in &self.windows {
            let mut by_age = BTreeMap::<u128, u32>::new();
            for answered in window.log(now) {
                *by_age.entry((now - answered).as_millis() / grain).or_default() += 1;
            }
            let calls_of = |(grains, calls)| Spent {
                service: *service,
                method: *method,
                age: Duration::from_millis(u64::try_from(grains * grain).unwrap_or(u64::MAX)),
                calls,
            };
            spent.extend(by_age.into_iter().map(calls_of));
        }
        spent
    }

    /// Counts what an earlier process spent, ages as of `now`.
    pub fn recall(&mut self, spent: &[Spent], now: Instant) {
        for entry in spent {
            let Some(answered) = now.checked_sub(entry.age) else {
                continue;
            };
            let window = self.window(entry.service, entry.method);
            for _ in 0..entry.calls {
                window.recall(answered);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::Admission;

    #[test]
    fn the_published_limits_are_used_by_nine_tenths_and_bind_only_the_identity_service() {
        let limits = Limits::published();
        assert_eq!(limits.allowance(Service::Identity, Method::Put), Some(144));
        assert_eq!(limits.allowance(Service::Identity, Method::Get), Some(270));
        assert_eq!(limits.allowance(Service::Identity, Method::Post), Some(21_600));
        assert_eq!(limits.allowance(Service::License, Method::Put), None);
    }

    #[test]
    fn a_share_never_rounds_down_to_no_calls_and_zero_means_no_limit() {
        let mut limits = Limits::none();
        limits.set(Service::License, Method::Put, 1);
        assert_eq!(limits.allowance(Service::License, Method::Put), Some(1));
        limits.set(Service::License, Method::Put, 0);
        assert_eq!(limits.allowance(Service::License, Method::Put), None);
    }

    #[test]
    fn methods_and_services_have_budgets_of_their_own() {
        let now = Instant::now();
        let mut limits = Limits::none();
        limits.share = 1.0;
        limits.set(Service::Identity, Method::Put, 1);
        let mut pacer = Pacer::new(limits);
        let mut goes = |service, method| pacer.window(service, method).admit(now) == Admission::Go;
        assert!(goes(Service::Identity, Method::Put));
        assert!(!goes(Service::Identity, Method::Put));
        assert!(goes(Service::Identity, Method::Get));
        assert!(goes(Service::License, Method::Put));
    }

    #[test]
    fn what_one_process_spent_binds_the_next() {
        let start = Instant::now() + Duration::from_secs(1000);
        let mut first = Pacer::new(Limits::published());
        for _ in 0..144 {
            let window = first.window(Service::Identity, Method::Put);
            assert_eq!(window.admit(start), Admission::Go);
            window.answered(start);
        }
        let later = start + Duration::from_secs(90);
        let spent = first.spent(later);
        let age = Duration::from_secs(90);
        let expected = Spent {
            service: Service::Identity,
            method: Method::Put,
            age,
            calls: 144,
        };
        assert_eq!(spent, [expected]);

        let mut second = Pacer::new(Limits::published());
        second.recall(&spent, later);
        let admitted = [first, second].map(|mut pacer| pacer.window(Service::Identity, Method::Put).admit(later));
        assert_eq!(admitted[0], admitted[1]);
    }
}
