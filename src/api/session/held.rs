//! For how long calls were held back. Pure: the time is a parameter.

use std::time::{Duration, Instant};

/// The time during which at least one call was held back, however many were.
#[derive(Debug, Default)]
pub(super) struct Held {
    calls: u32,
    since: Option<Instant>,
    before: Duration,
}

impl Held {
    /// A call is held back from now on.
    pub(super) fn begin(&mut self, now: Instant) {
        self.calls += 1;
        self.since.get_or_insert(now);
    }

    /// A call is no longer held back.
    pub(super) fn end(&mut self, now: Instant) {
        self.calls = self.calls.saturating_sub(1);
        if self.calls == 0 {
            self.before = self.so_far(now);
            self.since = None;
        }
    }

    /// How long it was in all.
    pub(super) fn so_far(&self, now: Instant) -> Duration {
        let lasting = self.since.map(|since| now.saturating_duration_since(since));
        self.before + lasting.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_that_overlap_count_once_and_one_that_lasts_counts_as_far_as_it_is() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut held = Held::default();
        held.begin(at(0));
        held.begin(at(2));
        held.end(at(5));
        held.end(at(7));
        assert_eq!(held.so_far(at(60)).as_secs(), 7);
        held.begin(at(100));
        assert_eq!(held.so_far(at(103)).as_secs(), 10);
    }
}
