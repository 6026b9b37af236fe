//! How many calls may be in flight: additive increase, multiplicative decrease.

use std::time::Instant;

/// The state of the concurrency limit. It grows by one for about every `limit` calls that go well, up to the most
/// that is allowed, and is halved, down to one, when the server pushes back.
#[derive(Debug, Clone)]
pub struct Concurrency {
    most: u32,
    limit: f64,
    cut: Option<Instant>,
}

impl Concurrency {
    /// Starts at the most that is allowed, which is at least one.
    pub fn new(most: u32) -> Self {
        let most = most.max(1);
        Self {
            most,
            limit: f64::from(most),
            cut: None,
        }
    }

    /// How many calls may be in flight now.
    pub fn limit(&self) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and `most`, which is a u32"
        )]
        let limit = self.limit as u32;
        limit
    }

    /// A call was served.
    pub fn went_well(&mut self) {
        self.limit = (self.limit + 1.0 / self.limit).min(f64::from(self.most));
    }

    /// The server pushed back (429 or 503) on a call sent at `sent`. Calls that were already under way at the last cut
    /// are part of what it was made for and do not cut again.
    pub fn pushed_back(&mut self, sent: Instant, now: Instant) {
        if self.cut.is_none_or(|cut| sent >= cut) {
            self.limit = (self.limit / 2.0).max(1.0);
            self.cut = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_wave_of_refusals_halves_the_limit_once() {
        let start = Instant::now();
        let later = |seconds| start + Duration::from_secs(seconds);
        let mut concurrency = Concurrency::new(8);
        for _ in 0..8 {
            concurrency.pushed_back(start, later(1));
        }
        assert_eq!(concurrency.limit(), 4);
        concurrency.pushed_back(later(2), later(3));
        concurrency.pushed_back(later(4), later(5));
        concurrency.pushed_back(later(6), later(7));
        assert_eq!(concurrency.limit(), 1, "never below one");
    }

    #[test]
    fn the_limit_grows_back_by_about_one_a_round_and_never_past_the_most() {
        let start = Instant::now();
        let mut concurrency = Concurrency::new(4);
        concurrency.pushed_back(start, start);
        assert_eq!(concurrency.limit(), 2);
        for _ in 0..3 {
            concurrency.went_well();
        }
        assert_eq!(concurrency.limit(), 3);
        for _ in 0..100 {
            concurrency.went_well();
        }
        assert_eq!(concurrency.limit(), 4);
    }

    proptest! {
        #[test]
        fn the_limit_stays_between_one_and_the_most(
            most in 0_u32..20,
            moves in prop::collection::vec(any::<bool>(), 0..200),
        ) {
            let start = Instant::now();
            let mut concurrency = Concurrency::new(most);
            for (second, went_well) in moves.into_iter().enumerate() {
                let now = start + Duration::from_secs(second as u64);
                if went_well {
                    concurrency.went_well();
                } else {
                    concurrency.pushed_back(now, now);
                }
                prop_assert!((1..=most.max(1)).contains(&concurrency.limit()));
            }
        }
    }
}
