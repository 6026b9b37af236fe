//! What a sandbox has seen.

use std::collections::BTreeMap;

/// Counts since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestStats {
    calls: BTreeMap<(&'static str, String), u64>,
    routes: BTreeMap<&'static str, u64>,
    /// Requests answered 429 for the quota's sake or as a fault.
    pub rate_limited: u64,
    /// Requests that had a fault.
    pub faults: u64,
    /// Requests that no client should ever send (a bulk delete without ids), in words.
    pub violations: Vec<String>,
    /// The most requests that were in work at once.
    pub peak_concurrency: usize,
}

impl RequestStats {
    /// How many calls a service (`identity`, `license`, `summary`, `portal`, `token`, `page`; `none` for
    /// unknown routes) had by this method, refused ones too.
    pub fn calls(&self, service: &str, method: &str) -> u64 {
        let counts = self.calls.iter();
        counts
            .filter(|((of, by), _)| *of == service && by == method)
            .map(|(_, count)| count)
            .sum()
    }

    /// How many calls a route had, by its name in `docs/sandbox.md` (`invite`, `update-user`, …).
    pub fn route(&self, name: &str) -> u64 {
        self.routes.get(name).copied().unwrap_or_default()
    }

    /// Every route that was called, and how often.
    pub fn routes(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.routes.iter().map(|(name, count)| (*name, *count))
    }

    /// How many calls there were in all, sign-in and pages left out.
    pub fn total(&self) -> u64 {
        let counts = self.calls.iter();
        counts
            .filter(|((service, _), _)| !matches!(*service, "token" | "page"))
            .map(|(_, count)| count)
            .sum()
    }

    pub(super) fn note(&mut self, service: &'static str, method: &str, route: &'static str) {
        *self.calls.entry((service, method.to_owned())).or_default() += 1;
        *self.routes.entry(route).or_default() += 1;
    }
}
