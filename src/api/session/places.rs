//! The places for calls in flight, given out first come, first served.

use tokio::sync::{Semaphore, SemaphorePermit};

/// As many places as [`Concurrency`](crate::pace::Concurrency) allows. A place that is to go while a call has it goes when
/// the call gives it back.
pub(in crate::api) struct Places {
    open: Semaphore,
}

/// Places that were taken away while calls had them.
#[derive(Debug, Default)]
pub(super) struct Owed(usize);

impl Places {
    /// Starts with so many.
    pub(super) fn new(count: u32) -> Self {
        Self {
            open: Semaphore::new(count as usize),
        }
    }

    /// Waits for a place; `None` only if there are none any more, which nothing brings about.
    pub(super) async fn take(&self) -> Option<SemaphorePermit<'_>> {
        self.open.acquire().await.ok()
    }

    /// Gives a place back, or away if one is owed.
    pub(super) fn give_back(place: SemaphorePermit<'_>, owed: &mut Owed) {
        if owed.0 > 0 {
            owed.0 -= 1;
            place.forget();
        }
    }

    /// There are to be `after` places where there were `before`.
    pub(super) fn resize(&self, before: u32, after: u32, owed: &mut Owed) {
        if let Some(more) = after.checked_sub(before) {
            let kept = owed.0.min(more as usize);
            owed.0 -= kept;
            self.open.add_permits(more as usize - kept);
        } else {
            let fewer = (before - after) as usize;
            owed.0 += fewer - self.open.forget_permits(fewer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_go_while_calls_have_them_are_not_given_out_again() {
        let (places, mut owed) = (Places::new(4), Owed::default());
        let mut taken: Vec<_> = (0..3).filter_map(|_| places.open.try_acquire().ok()).collect();
        places.resize(4, 2, &mut owed);
        assert!(places.open.try_acquire().is_err(), "three calls have two places");
        for place in taken.drain(1..) {
            Places::give_back(place, &mut owed);
        }
        assert_eq!(
            places.open.available_permits(),
            1,
            "the fourth went at once, the third now"
        );
        places.resize(2, 3, &mut owed);
        assert_eq!(places.open.available_permits(), 2);
    }

    #[test]
    fn a_place_that_comes_back_before_it_went_stays_with_its_call() {
        let (places, mut owed) = (Places::new(1), Owed::default());
        places.resize(1, 2, &mut owed);
        let taken: Vec<_> = (0..2).filter_map(|_| places.open.try_acquire().ok()).collect();
        places.resize(2, 1, &mut owed);
        places.resize(1, 2, &mut owed);
        for place in taken {
            Places::give_back(place, &mut owed);
        }
        assert_eq!(places.open.available_permits(), 2);
    }
}
