//! The places for calls in flight, given out first come, first served.

use tokio::sync::{Semaphore, SemaphorePermit};

/// As many places as [`Concurrency`](crate::pace::Concurrency) allows. A place that is to go while a call has it goes when
/// the call gives it back. How many there are is counted by whoever changes that, in `count`.
pub(in crate::api) struct Places {
    open: Semaphore,
}

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

    /// Gives a place back, or away where there are more than `wanted`.
    pub(super) fn give_back(place: SemaphorePermit<'_>, count: &mut u32, wanted: u32) {
        if *count > wanted {
            *count -= 1;
            place.forget();
        }
    }

    /// There are to be `wanted` places, as soon as calls give back those that are too many.
    pub(super) fn resize(&self, count: &mut u32, wanted: u32) {
        while *count < wanted {
            *count += 1;
            self.open.add_permits(1);
        }
        while *count > wanted && self.open.forget_permits(1) == 1 {
            *count -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_go_while_calls_have_them_are_not_given_out_again() {
        let (places, mut count) = (Places::new(4), 4);
        let mut taken: Vec<_> = (0..3).filter_map(|_| places.open.try_acquire().ok()).collect();
        places.resize(&mut count, 2);
        assert!(places.open.try_acquire().is_err(), "three calls have two places");
        for place in taken.drain(1..) {
            Places::give_back(place, &mut count, 2);
        }
        assert_eq!(
            places.open.available_permits(),
            1,
            "the fourth went at once, the third now"
        );
        places.resize(&mut count, 3);
        assert_eq!(places.open.available_permits(), 2);
    }

    #[test]
    fn a_place_that_comes_back_before_it_went_stays_with_its_call() {
        let (places, mut count) = (Places::new(2), 2);
        let taken: Vec<_> = (0..2).filter_map(|_| places.open.try_acquire().ok()).collect();
        places.resize(&mut count, 1);
        places.resize(&mut count, 2);
        for place in taken {
            Places::give_back(place, &mut count, 2);
        }
        assert_eq!(places.open.available_permits(), 2);
    }
}
