//! What wakes whoever waits for the next look at a folder.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A bell that one thread listens to, and any may ring.
#[derive(Debug, Default)]
pub(super) struct Bell {
    has_rung: Mutex<bool>,
    rung: Condvar,
}

impl Bell {
    /// Wakes who waits, or who will wait next.
    pub(super) fn ring(&self) {
        *self.has_rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.rung.notify_all();
    }

    /// Waits until it rings, at most so long.
    pub(super) fn wait(&self, longest: Duration) {
        let until = Instant::now() + longest;
        let mut has_rung = self.has_rung.lock().unwrap_or_else(PoisonError::into_inner);
        while !*has_rung {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            has_rung = self
                .rung
                .wait_timeout(has_rung, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        *has_rung = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bell_that_rang_before_somebody_waits_is_heard_and_once_only() {
        let bell = Bell::default();
        bell.ring();
        bell.ring();
        bell.wait(Duration::from_mins(10));
        bell.wait(Duration::ZERO);
        std::thread::scope(|scope| {
            scope.spawn(|| bell.ring());
            bell.wait(Duration::from_mins(10));
        });
    }
}
