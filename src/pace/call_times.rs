//! How long calls take, as far as it has shown.

use std::collections::VecDeque;
use std::time::Duration;

/// How many of the last calls count.
const KEPT: usize = 256;

/// The times of the last calls.
#[derive(Debug, Clone, Default)]
pub struct CallTimes(VecDeque<Duration>);

impl CallTimes {
    /// A call was answered after this long.
    pub fn note(&mut self, took: Duration) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(took);
    }

    /// The time that a quarter of the calls did not need; nothing where there was none. What takes longer was mostly a
    /// large page or a new connection, and says little of the next call.
    pub fn typical(&self) -> Duration {
        let mut times: Vec<Duration> = self.0.iter().copied().collect();
        times.sort_unstable();
        times
            .get(times.len().saturating_sub(1) / 4)
            .copied()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_pages_and_new_connections_do_not_make_the_typical_call_slow() {
        let mut times = CallTimes::default();
        assert_eq!(times.typical(), Duration::ZERO);
        for took in [900, 110, 100, 105, 400] {
            times.note(Duration::from_millis(took));
        }
        assert_eq!(times.typical(), Duration::from_millis(105));
        for _ in 0..1_000 {
            times.note(Duration::from_millis(7));
        }
        assert_eq!(times.typical(), Duration::from_millis(7), "the last calls count");
    }
}
