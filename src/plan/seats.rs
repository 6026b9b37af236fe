//! Seats: what a sheet needs of each pool, who misses out, and in which order full pools can turn over.

use std::collections::BTreeMap;

use crate::model::{BundleCode, BundleSet};

/// Seats of each pool that a plan may use. A pool that is not listed is taken as never short.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pools(BTreeMap<BundleCode, u64>);

impl Pools {
    /// Pools with these free seats.
    pub fn new(free: impl IntoIterator<Item = (BundleCode, u64)>) -> Self {
        Self(free.into_iter().collect())
    }

    /// Gives seats back.
    pub fn free(&mut self, bundles: &BundleSet) {
        for code in bundles {
            if let Some(seats) = self.0.get_mut(code) {
                *seats += 1;
            }
        }
    }

    /// Takes one seat of each bundle if all are there, else none.
    pub fn take(&mut self, bundles: &BundleSet) -> bool {
        let fits = bundles
            .iter()
            .all(|code| self.0.get(code).is_none_or(|seats| *seats > 0));
        if fits {
            for code in bundles {
                if let Some(seats) = self.0.get_mut(code) {
                    *seats -= 1;
                }
            }
        }
        fits
    }
}

/// What one licence change does to the pools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Bundles whose seats it takes.
    pub gains: BundleSet,
    /// Bundles whose seats it frees.
    pub frees: BundleSet,
}

/// When a licence change that takes seats can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// In this wave, whole.
    Wave(u16),
    /// It frees its own seats first, in this wave, and takes the new ones in the next:
    /// changes that wait for each other's seats in a circle.
    Shrink(u16),
    /// Not at all: the seats are short.
    Short,
}

/// Puts changes that take seats into as few waves as full pools allow, in sheet order, so that earlier
/// rows get seats first. `pools` is what is free once everything that only frees has been done, and
/// afterwards what is left.
pub fn schedule(turns: &[Turn], pools: &mut Pools) -> Vec<Slot> {
    let mut slots = vec![Slot::Short; turns.len()];
    let mut open: Vec<usize> = (0..turns.len()).collect();
    let mut wave = 0;
    while !open.is_empty() {
        let (placed, rest): (Vec<usize>, Vec<usize>) =
            open.iter().partition(|position| pools.take(&turns[**position].gains));
        for position in &placed {
            slots[*position] = Slot::Wave(wave);
            pools.free(&turns[*position].frees);
        }
        if placed.is_empty() {
            // Every open change waits for seats; those held by open changes themselves can be freed first.
            let mut with_own = pools.clone();
            for position in &rest {
                with_own.free(&turns[*position].frees);
            }
            let (circle, short): (Vec<usize>, Vec<usize>) = rest
                .iter()
                .partition(|position| with_own.take(&turns[**position].gains));
            // A change that stays short keeps its seats, so what it would have freed is not there.
            let frees_nothing_needed = short.iter().all(|position| turns[*position].frees.is_empty());
            let circle = if frees_nothing_needed {
                circle
            } else {
                self_sufficient(turns, pools, circle)
            };
            if circle.is_empty() {
                break;
            }
            for position in &circle {
                slots[*position] = Slot::Shrink(wave);
                pools.free(&turns[*position].frees);
            }
            for position in &circle {
                pools.take(&turns[*position].gains);
            }
            open = rest
                .into_iter()
                .filter(|position| slots[*position] == Slot::Short)
                .collect();
        } else {
            open = rest;
        }
        wave += 2;
    }
    slots
}

/// The part of `circle` that can turn over with nothing but its own seats and `pools`: changes are left
/// out from the end, so that earlier rows win.
fn self_sufficient(turns: &[Turn], pools: &Pools, mut circle: Vec<usize>) -> Vec<usize> {
    loop {
        let mut trial = pools.clone();
        for position in &circle {
            trial.free(&turns[*position].frees);
        }
        let (fit, short): (Vec<usize>, Vec<usize>) =
            circle.iter().partition(|position| trial.take(&turns[**position].gains));
        if short.is_empty() {
            return fit;
        }
        circle = fit;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(codes: &str) -> BundleSet {
        codes.split_whitespace().map(BundleCode::new).collect()
    }

    fn turn(gains: &str, frees: &str) -> Turn {
        Turn {
            gains: set(gains),
            frees: set(frees),
        }
    }

    fn pools(free: &[(&str, u64)]) -> Pools {
        Pools::new(free.iter().map(|(code, seats)| (BundleCode::new(code), *seats)))
    }

    #[test]
    fn with_seats_for_all_there_is_one_wave() {
        let turns = [turn("A", ""), turn("A", "B"), turn("B", "A")];
        assert_eq!(schedule(&turns, &mut pools(&[("A", 2), ("B", 1)])), [Slot::Wave(0); 3]);
    }

    #[test]
    fn a_pool_that_is_not_known_is_never_short() {
        assert_eq!(
            schedule(&[turn("X", ""), turn("X", "")], &mut pools(&[])),
            [Slot::Wave(0); 2]
        );
    }

    #[test]
    fn the_earlier_row_gets_the_last_seat() {
        assert_eq!(
            schedule(&[turn("A", ""), turn("A", "")], &mut pools(&[("A", 1)])),
            [Slot::Wave(0), Slot::Short]
        );
    }

    #[test]
    fn a_seat_freed_by_a_later_row_serves_an_earlier_one_in_the_next_wave() {
        let turns = [turn("A", ""), turn("B", "A")];
        assert_eq!(
            schedule(&turns, &mut pools(&[("A", 0), ("B", 1)])),
            [Slot::Wave(2), Slot::Wave(0)]
        );
    }

    #[test]
    fn two_that_swap_in_full_pools_free_first_and_take_then() {
        let turns = [turn("A", "B"), turn("B", "A")];
        assert_eq!(
            schedule(&turns, &mut pools(&[("A", 0), ("B", 0)])),
            [Slot::Shrink(0), Slot::Shrink(0)]
        );
    }

    #[test]
    fn a_short_change_keeps_its_seats_so_nobody_is_promised_them() {
        // The first wants A, which nobody has; its B must not be promised to the second.
        let turns = [turn("A", "B"), turn("B", "")];
        assert_eq!(
            schedule(&turns, &mut pools(&[("A", 0), ("B", 0)])),
            [Slot::Short, Slot::Short]
        );
    }
}
