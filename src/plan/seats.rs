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

    /// How many seats of a bundle are free; `None` where the pool is not listed.
    pub fn of(&self, code: &BundleCode) -> Option<u64> {
        self.0.get(code).copied()
    }

    /// Those of the bundles that have no free seat.
    pub fn lacking(&self, bundles: &BundleSet) -> BundleSet {
        let is_empty = |code: &&BundleCode| self.0.get(*code).is_some_and(|seats| *seats == 0);
        bundles.iter().filter(is_empty).cloned().collect()
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
    /// changes that wait for each other's seats.
    Shrink(u16),
    /// Not at all: the seats are short.
    Short,
}

/// Changes put into waves, and the seats that are left afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// One slot for each change.
    pub slots: Vec<Slot>,
    /// How many waves there are.
    pub waves: u16,
    /// What is left.
    pub left: Pools,
}

/// How many waves may follow each other before those that still wait give up their own seats first.
const PATIENCE: [u16; 4] = [16, 4, 1, 0];

/// Puts changes that take seats into waves, in sheet order, so that earlier rows get seats first.
/// `pools` is what is free once everything that only frees has been done.
///
/// Where pools are full, seats can turn over in two ways: wave by wave, each taking what the one before
/// freed, or by changes that give up their seats first and take the new ones in a second call. The first
/// is gentler, but may need as many waves as there are changes; so several mixtures are tried, and the one
/// wins that leaves the fewest rows out and needs the fewest calls, as `calls` counts them.
pub fn schedule(turns: &[Turn], pools: &Pools, calls: impl Fn(&[Slot]) -> usize) -> Schedule {
    let patient = Attempt::new(turns, pools).finish(PATIENCE[0]);
    if patient.waves <= 1 && !patient.slots.contains(&Slot::Short) {
        return patient;
    }
    let cost = |schedule: &Schedule| {
        let short = schedule.slots.iter().filter(|slot| **slot == Slot::Short).count();
        (short, calls(&schedule.slots))
    };
    let others = PATIENCE[1..]
        .iter()
        .map(|patience| Attempt::new(turns, pools).finish(*patience));
    let mut best = (cost(&patient), patient);
    for other in others {
        let cost = cost(&other);
        if cost < best.0 {
            best = (cost, other);
        }
    }
    best.1
}

struct Attempt<'a> {
    turns: &'a [Turn],
    pools: Pools,
    slots: Vec<Slot>,
    open: Vec<usize>,
    wave: u16,
}

impl<'a> Attempt<'a> {
    fn new(turns: &'a [Turn], pools: &Pools) -> Self {
        Self {
            turns,
            pools: pools.clone(),
            slots: vec![Slot::Short; turns.len()],
            open: (0..turns.len()).collect(),
            wave: 0,
        }
    }

    /// Goes on until nothing more can be placed.
    fn finish(mut self, patience: u16) -> Schedule {
        let mut in_a_row = 0;
        // Beyond this many waves something else is wrong than the order of things.
        while !self.open.is_empty() && self.wave < u16::MAX - 3 {
            let placed = self.take_what_fits();
            for position in &placed {
                self.slots[*position] = Slot::Wave(self.wave);
                self.pools.free(&self.turns[*position].frees);
            }
            let turning = if placed.is_empty() || in_a_row >= patience {
                self.turn_over()
            } else {
                Vec::new()
            };
            if placed.is_empty() && turning.is_empty() {
                break;
            }
            if turning.is_empty() {
                in_a_row += 1;
                self.wave += 1;
            } else {
                in_a_row = 0;
                self.place_turning(&turning);
                self.wave += 2;
            }
            let slots = &self.slots;
            self.open.retain(|position| slots[*position] == Slot::Short);
        }
        Schedule {
            slots: self.slots,
            waves: self.wave,
            left: self.pools,
        }
    }

    /// The open changes whose seats are free now; takes the seats.
    fn take_what_fits(&mut self) -> Vec<usize> {
        let Self { turns, pools, open, .. } = self;
        let (placed, rest) = open.iter().partition(|position| pools.take(&turns[**position].gains));
        *open = rest;
        placed
    }

    /// The open changes that can be made if all of them give up their own seats first. One that stays
    /// short keeps its seats, so what it would have freed is not there for the others.
    fn turn_over(&self) -> Vec<usize> {
        let mut turning = self.open.clone();
        loop {
            let mut trial = self.pools.clone();
            for position in &turning {
                trial.free(&self.turns[*position].frees);
            }
            let before = turning.len();
            turning.retain(|position| trial.take(&self.turns[*position].gains));
            if turning.len() == before {
                return turning;
            }
        }
    }

    fn place_turning(&mut self, turning: &[usize]) {
        for position in turning {
            let frees = &self.turns[*position].frees;
            self.slots[*position] = if frees.is_empty() {
                Slot::Wave(self.wave + 1)
            } else {
                Slot::Shrink(self.wave)
            };
            self.pools.free(frees);
        }
        for position in turning {
            self.pools.take(&self.turns[*position].gains);
        }
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

    /// Schedules where a call carries one change.
    fn one_by_one(turns: &[Turn], free: &[(&str, u64)]) -> Vec<Slot> {
        let calls = |slots: &[Slot]| slots.iter().filter(|slot| matches!(slot, Slot::Shrink(_))).count();
        schedule(turns, &pools(free), calls).slots
    }

    #[test]
    fn with_seats_for_all_there_is_one_wave() {
        let turns = [turn("A", ""), turn("A", "B"), turn("B", "A")];
        assert_eq!(one_by_one(&turns, &[("A", 2), ("B", 1)]), [Slot::Wave(0); 3]);
    }

    #[test]
    fn a_pool_that_is_not_known_is_never_short() {
        assert_eq!(one_by_one(&[turn("X", ""), turn("X", "")], &[]), [Slot::Wave(0); 2]);
    }

    #[test]
    fn the_earlier_row_gets_the_last_seat() {
        assert_eq!(
            one_by_one(&[turn("A", ""), turn("A", "")], &[("A", 1)]),
            [Slot::Wave(0), Slot::Short]
        );
    }

    #[test]
    fn a_seat_freed_by_a_later_row_serves_an_earlier_one_in_the_next_wave() {
        let turns = [turn("A", ""), turn("B", "A")];
        assert_eq!(
            one_by_one(&turns, &[("A", 0), ("B", 1)]),
            [Slot::Wave(1), Slot::Wave(0)]
        );
    }

    #[test]
    fn two_that_swap_in_full_pools_free_first_and_take_then() {
        let turns = [turn("A", "B"), turn("B", "A")];
        assert_eq!(one_by_one(&turns, &[("A", 0), ("B", 0)]), [Slot::Shrink(0); 2]);
    }

    #[test]
    fn a_short_change_keeps_its_seats_so_nobody_is_promised_them() {
        // The first wants A, which nobody has; its B must not be promised to the second.
        let turns = [turn("A", "B"), turn("B", "")];
        assert_eq!(one_by_one(&turns, &[("A", 0), ("B", 0)]), [Slot::Short, Slot::Short]);
    }

    #[test]
    fn a_change_that_gives_nothing_up_waits_for_those_that_do() {
        let turns = [turn("A", ""), turn("B", "A C"), turn("C", "B")];
        assert_eq!(
            one_by_one(&turns, &[("A", 0), ("B", 0), ("C", 0)]),
            [Slot::Wave(1), Slot::Shrink(0), Slot::Shrink(0)]
        );
    }

    #[test]
    fn a_thousand_who_swap_through_one_free_seat_do_not_wait_for_each_other_one_by_one() {
        let turns: Vec<Turn> = (0..1000)
            .map(|place| if place % 2 == 0 { turn("A", "B") } else { turn("B", "A") })
            .collect();
        // A call carries a hundred changes of one wave and kind.
        let calls = |slots: &[Slot]| {
            let mut counts = BTreeMap::<_, usize>::new();
            for (place, slot) in slots.iter().enumerate() {
                let kind = place % 2;
                match slot {
                    Slot::Wave(wave) => *counts.entry((*wave, kind)).or_default() += 1,
                    Slot::Shrink(wave) => {
                        *counts.entry((*wave, 2)).or_default() += 1;
                        *counts.entry((wave + 1, kind)).or_default() += 1;
                    }
                    Slot::Short => {}
                }
            }
            counts.values().map(|count| count.div_ceil(100)).sum()
        };
        let schedule = schedule(&turns, &pools(&[("A", 1), ("B", 0)]), calls);
        assert!(!schedule.slots.contains(&Slot::Short));
        // Ten calls were the least with seats for all; giving up first costs ten more and a few odd ones.
        let calls = calls(&schedule.slots);
        assert!(calls <= 22, "{calls} calls in {} waves", schedule.waves);
    }

    proptest::proptest! {
        /// Whatever the order of the calls within a wave, no pool is ever overdrawn.
        #[test]
        fn no_wave_takes_more_than_is_free_when_it_begins(
            wants in proptest::collection::vec((0_u8..8, 0_u8..8), 0..12),
            free in proptest::collection::vec(0_u64..3, 3),
        ) {
            let codes = |bits: u8| -> BundleSet {
                (0..3).filter(|bit| bits >> bit & 1 == 1).map(|bit| BundleCode::new(["A", "B", "C"][bit])).collect()
            };
            let turns: Vec<Turn> = wants
                .iter()
                .map(|(gains, frees)| Turn { gains: codes(*gains), frees: codes(*frees).minus(&codes(*gains)) })
                .collect();
            let start = Pools::new(["A", "B", "C"].map(BundleCode::new).into_iter().zip(free));
            let schedule = schedule(&turns, &start, <[Slot]>::len);
            let mut pools = start;
            for wave in 0..=schedule.waves {
                let mut frees = Vec::new();
                for (turn, slot) in turns.iter().zip(&schedule.slots) {
                    let (takes, gives) = match slot {
                        Slot::Wave(own) if *own == wave => (true, true),
                        Slot::Shrink(own) => (own + 1 == wave, *own == wave),
                        _ => (false, false),
                    };
                    if takes {
                        proptest::prop_assert!(pools.take(&turn.gains), "{:?} overdrawn in wave {}", turn, wave);
                    }
                    if gives {
                        frees.push(turn.frees.clone());
                    }
                }
                for set in frees {
                    pools.free(&set);
                }
            }
            proptest::prop_assert_eq!(pools, schedule.left);
        }
    }
}
