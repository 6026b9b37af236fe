//! How long to wait before trying again when the server does not say.

use std::time::Duration;

/// Exponential backoff with full jitter: a random part of a span that doubles from `first` up to `most`.
/// Full jitter keeps callers that failed together from coming back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The span before the first repetition.
    pub first: Duration,
    /// The longest span.
    pub most: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(500),
            most: Duration::from_mins(1),
        }
    }
}

impl Backoff {
    /// The span before repetition number `retry`, counted from 0.
    pub fn span(&self, retry: u32) -> Duration {
        self.first.saturating_mul(2_u32.saturating_pow(retry)).min(self.most)
    }

    /// The delay before repetition number `retry`; `random` is in `0.0..1.0`.
    pub fn delay(&self, retry: u32, random: f64) -> Duration {
        self.span(retry).mul_f64(random.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_span_doubles_from_half_a_second_to_a_minute_and_stays_there() {
        let spans: Vec<_> = (0..9)
            .map(|retry| Backoff::default().span(retry).as_secs_f64())
            .collect();
        assert_eq!(spans, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]);
        assert_eq!(Backoff::default().span(u32::MAX).as_secs(), 60);
    }

    #[test]
    fn the_delay_is_anything_from_nothing_to_the_whole_span() {
        let backoff = Backoff::default();
        assert_eq!(backoff.delay(3, 0.0), Duration::ZERO);
        assert_eq!(backoff.delay(3, 0.5), Duration::from_secs(2));
        assert_eq!(backoff.delay(3, 1.0), backoff.span(3));
    }
}
