//! How fast, how often and how long.

use std::time::Duration;

use super::load::Overrides;
use super::section::Section;
use crate::event::Method;
use crate::model::Deployment;

/// Concurrency, quotas, retries and times.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Calls in flight at most.
    pub concurrency: u32,
    /// The length of a quota window.
    pub window: Duration,
    /// Calls of each method in a window, in the order of [`Method::ALL`]; `None` where there is no limit.
    calls: [Option<u32>; Method::ALL.len()],
    /// The part of the quotas to use, above 0 and at most 1; the rest is left to others.
    pub share: f64,
    /// How often a call is repeated after a fault.
    pub retries: u32,
    /// The longest pause that a server may ask for.
    pub max_wait: Duration,
    /// How long one request may take.
    pub timeout: Duration,
}

impl Limits {
    /// How many calls of this method a window takes; `None` where there is no limit.
    pub fn calls(&self, method: Method) -> Option<u32> {
        Method::ALL
            .into_iter()
            .zip(self.calls)
            .find_map(|(of, limit)| (of == method).then_some(limit))
            .flatten()
    }
}

/// What UiPath publishes for a method, a window (`uipath-api`, 6.1).
fn published(method: Method) -> u32 {
    match method {
        Method::Get => 300,
        Method::Post => 24_000,
        Method::Put | Method::Patch | Method::Delete => 160,
    }
}

pub(super) fn limits(mut section: Section<'_>, overrides: &Overrides, deployment: Deployment) -> Limits {
    const MOST_CALLS: u32 = 100_000_000;
    let has_published = deployment.capabilities().published_limits;
    let mut calls_of = |method: Method, key| match section.whole(key, 0, MOST_CALLS) {
        Some(0) => None,
        Some(limit) => Some(limit),
        None => has_published.then(|| published(method)),
    };
    let calls = [
        calls_of(Method::Get, "get"),
        calls_of(Method::Post, "post"),
        calls_of(Method::Put, "put"),
        calls_of(Method::Patch, "patch"),
        calls_of(Method::Delete, "delete"),
    ];
    let concurrency = section.whole("concurrency", 1, Overrides::MOST_CONCURRENCY);
    let retries = section.whole("retries", 0, Overrides::MOST_RETRIES);
    let max_wait = section.length("max_wait");
    let limits = Limits {
        concurrency: overrides.concurrency.or(concurrency).unwrap_or(8),
        window: section.length("window").unwrap_or(Duration::from_secs(300)),
        calls,
        share: section.share("share").unwrap_or(0.9),
        retries: overrides.retries.or(retries).unwrap_or(8),
        max_wait: overrides.max_wait.or(max_wait).unwrap_or(Duration::from_secs(600)),
        timeout: section.length("timeout").unwrap_or(Duration::from_secs(60)),
    };
    section.finish();
    limits
}
