//! Seats: what licence changes need from each pool, and in which order full pools can turn over.

use std::collections::BTreeMap;

use crate::model::{BundleCode, BundleSet};

/// Seats of each pool that a plan may use; below zero where more are taken than owned, so that the first ones that come
/// free only cure that. A pool that is not listed counts as never short.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pools(BTreeMap<BundleCode, i64>);

impl Pools {
    /// Pools of which so many seats more are owned than taken.
    pub fn new(left: impl IntoIterator<Item = (BundleCode, i64)>) -> Self {
        Self(left.into_iter().collect())
    }

    /// Lists pools of these bundles without a seat.
    pub fn lack(&mut self, bundles: &BundleSet) {
        for code in bundles {
            self.0.entry(code.clone()).or_default();
        }
    }

    /// Gives seats back.
    pub fn free(&mut self, bundles: &BundleSet) {
        for code in bundles {
            if let Some(seats) = self.0.get_mut(code) {
                *seats += 1;
            }
        }
    }

    /// Gives several seats of one bundle back.
    pub fn free_several(&mut self, code: &BundleCode, count: u64) {
        if let Some(seats) = self.0.get_mut(code) {
            *seats = seats.saturating_add_unsigned(count);
        }
    }

    /// How many seats of a bundle more are owned than taken; `None` if the pool is not listed.
    pub fn of(&self, code: &BundleCode) -> Option<i64> {
        self.0.get(code).copied()
    }

    /// The pools, and how many seats more are owned than taken.
    pub fn iter(&self) -> impl Iterator<Item = (&BundleCode, i64)> {
        self.0.iter().map(|(code, seats)| (code, *seats))
    }

    /// Takes one seat of each bundle if all are available, else none.
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

/// When a licence change that takes seats happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The wave in which it gives up its own seats before taking the new ones: where changes wait for each other's
    /// seats, one has to begin.
    pub gives_up: Option<u16>,
    /// The wave in which it is made, or completed.
    pub takes: u16,
}

/// Changes assigned to waves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// One slot for each change.
    pub slots: Vec<Slot>,
    /// How many waves there are.
    pub waves: u16,
}

/// How seats turn over when pools are full.
#[derive(Debug, Clone, Copy)]
enum Manner {
    /// This many accounts take a seat of a bundle at once, or all who want one; this many give up theirs first.
    FullCalls(usize),
    /// Everybody takes a seat as soon as there is one; after this many waves all who can help give up theirs.
    Patient(u16),
    /// Nobody takes a seat until enough have given up theirs for everybody: two waves.
    AtOnce,
}

/// Puts changes that take seats into waves, in sheet order. `pools` is what is free once everything that only frees has
/// been done; together with what the changes free themselves it must suffice for all of them. `chunk` is how many
/// changes a call carries.
///
/// When pools are full, seats can turn over in two ways: wave by wave, each taking what the previous one freed, or with
/// changes that give up their seats first and take the new ones in a second call. The first is gentler, but may need as
/// many waves as there are changes; so several mixtures are tried, and the one that needs the fewest calls (as counted
/// by `calls`) wins.
pub fn schedule(turns: &[Turn], pools: &Pools, chunk: usize, calls: impl Fn(&[Slot]) -> usize) -> Schedule {
    // With very many changes a hundredth at a time, so that there are not thousands of waves.
    let at_a_time = (turns.len() / 100).next_multiple_of(chunk).max(chunk);
    let mut best = Attempt::new(turns, pools).finish(Manner::FullCalls(at_a_time));
    if best.waves <= 1 {
        return best;
    }
    let mut fewest = calls(&best.slots);
    for manner in [
        Manner::Patient(16),
        Manner::Patient(4),
        Manner::Patient(0),
        Manner::AtOnce,
    ] {
        let other = Attempt::new(turns, pools).finish(manner);
        let calls = calls(&other.slots);
        if calls < fewest {
            (best, fewest) = (other, calls);
        }
    }
    best
}

/// A number of changes, to be compared with seats.
fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

struct Attempt<'a> {
    turns: &'a [Turn],
    pools: Pools,
    /// `takes` of an open change has no meaning yet.
    slots: Vec<Slot>,
    /// The changes without a wave yet, in the order in which they get seats; those that gave up their seats come last,
    /// because they free nothing more.
    open: Vec<usize>,
    wave: u16,
}

impl<'a> Attempt<'a> {
    fn new(turns: &'a [Turn], pools: &Pools) -> Self {
        let open = Slot {
            gives_up: None,
            takes: 0,
        };
        Self {
            turns,
            pools: pools.clone(),
            slots: vec![open; turns.len()],
            open: (0..turns.len()).collect(),
            wave: 0,
        }
    }

    fn finish(mut self, manner: Manner) -> Schedule {
        let mut in_a_row = 0;
        while !self.open.is_empty() {
            let mut placed = match manner {
                Manner::AtOnce if self.wave == 0 => Vec::new(),
                _ => self.take_what_fits(manner),
            };
            let begins = match manner {
                Manner::FullCalls(_) | Manner::AtOnce => placed.is_empty(),
                Manner::Patient(patience) => placed.is_empty() || in_a_row >= patience,
            };
            let given_up = if begins { self.give_up(manner) } else { Vec::new() };
            in_a_row = if given_up.is_empty() { in_a_row + 1 } else { 0 };
            if placed.is_empty() && given_up.is_empty() || self.wave == u16::MAX - 1 {
                // Only reached if there is not enough for all, or no progress: the server decides.
                placed.append(&mut self.open);
            }
            self.place(&placed);
            self.begin_with(&given_up);
            self.wave += 1;
        }
        Schedule {
            slots: self.slots,
            waves: self.wave,
        }
    }

    /// How many of the open changes want a seat of each pool.
    fn wanted(&self) -> BTreeMap<&'a BundleCode, i64> {
        let mut wanted = BTreeMap::new();
        for code in self.open.iter().flat_map(|position| &self.turns[*position].gains) {
            if self.pools.of(code).is_some() {
                *wanted.entry(code).or_default() += 1;
            }
        }
        wanted
    }

    /// The open changes that happen now; takes their seats.
    fn take_what_fits(&mut self, manner: Manner) -> Vec<usize> {
        let mut on_offer = self.pools.clone();
        if let Manner::FullCalls(size) = manner {
            let size = signed(size);
            for (code, wanted) in self.wanted() {
                let free = self.pools.of(code).unwrap_or_default();
                if free < wanted {
                    on_offer.0.insert(code.clone(), free - free % size);
                }
            }
        }
        let Self { turns, pools, open, .. } = self;
        let (placed, rest) = open.iter().partition(|position| {
            let gains = &turns[**position].gains;
            on_offer.take(gains) && pools.take(gains)
        });
        *open = rest;
        placed
    }

    /// What these free is available to the next wave.
    fn place(&mut self, placed: &[usize]) {
        for position in placed {
            let slot = &mut self.slots[*position];
            slot.takes = self.wave;
            if slot.gives_up.is_none() {
                self.pools.free(&self.turns[*position].frees);
            }
        }
    }

    fn begin_with(&mut self, given_up: &[usize]) {
        for position in given_up {
            self.slots[*position].gives_up = Some(self.wave);
            self.pools.free(&self.turns[*position].frees);
        }
        let slots = &self.slots;
        self.open.sort_by_key(|position| slots[*position].gives_up.is_some());
    }

    /// The open changes that give up their seats.
    fn give_up(&self, manner: Manner) -> Vec<usize> {
        let free = |code: &BundleCode| self.pools.of(code).unwrap_or_default();
        let mut wanted = self.wanted();
        if let Manner::FullCalls(size) = manner {
            let size = signed(size);
            // One bundle to begin with: what this frees may be enough for the others.
            let lacks = |(code, wanted): &(&&BundleCode, &i64)| free(code) < (**wanted).min(size);
            let first = wanted
                .iter()
                .filter(lacks)
                .max_by_key(|(_, wanted)| **wanted)
                .map(|(code, _)| *code);
            wanted.retain(|code, _| Some(*code) == first);
            for wanted in wanted.values_mut() {
                *wanted = (*wanted).min(size);
            }
        }
        for (code, wanted) in &mut wanted {
            *wanted -= free(code);
        }
        let mut given_up = Vec::new();
        for position in &self.open {
            let frees = &self.turns[*position].frees;
            let is_of_use = |code| wanted.get(code).is_some_and(|wanted| *wanted > 0);
            if self.slots[*position].gives_up.is_none() && frees.iter().any(is_of_use) {
                given_up.push(*position);
                for code in frees {
                    if let Some(wanted) = wanted.get_mut(code) {
                        *wanted -= 1;
                    }
                }
            }
        }
        given_up
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

    fn pools(free: &[(&str, i64)]) -> Pools {
        Pools::new(free.iter().map(|(code, seats)| (BundleCode::new(code), *seats)))
    }

    /// The least gentle way costs one more for each that gives up seats first.
    fn those_who_begin(slots: &[Slot]) -> usize {
        slots.iter().filter(|slot| slot.gives_up.is_some()).count()
    }

    fn one_by_one(turns: &[Turn], free: &[(&str, i64)]) -> Vec<Slot> {
        schedule(turns, &pools(free), 1, those_who_begin).slots
    }

    fn at(takes: u16) -> Slot {
        Slot { gives_up: None, takes }
    }

    #[test]
    fn with_seats_for_all_there_is_one_wave() {
        let turns = [turn("A", ""), turn("A", "B"), turn("B", "A")];
        assert_eq!(one_by_one(&turns, &[("A", 2), ("B", 1)]), [at(0); 3]);
    }

    #[test]
    fn a_pool_that_is_not_known_is_never_short() {
        assert_eq!(one_by_one(&[turn("X", ""), turn("X", "")], &[]), [at(0); 2]);
    }

    #[test]
    fn a_seat_freed_by_a_later_row_serves_an_earlier_one_in_the_next_wave() {
        let turns = [turn("A", ""), turn("B", "A")];
        assert_eq!(one_by_one(&turns, &[("A", 0), ("B", 1)]), [at(1), at(0)]);
    }

    #[test]
    fn of_two_that_swap_in_full_pools_one_begins() {
        let turns = [turn("A", "B"), turn("B", "A")];
        let slots = one_by_one(&turns, &[("A", 0), ("B", 0)]);
        assert_eq!(those_who_begin(&slots), 1);
        assert!(slots.iter().all(|slot| slot.takes > 0), "{slots:?}");
    }

    #[test]
    fn seats_that_only_cure_an_excess_serve_nobody() {
        let mut pools = pools(&[("A", -1)]);
        assert!(!pools.take(&set("A")));
        pools.free(&set("A"));
        assert!(!pools.take(&set("A")));
        pools.free(&set("A"));
        assert!(pools.take(&set("A")));
        // The first to change over only cures it.
        let turns = [turn("A", ""), turn("B", "A"), turn("C", "A")];
        let slots = one_by_one(&turns, &[("A", -1), ("B", 1), ("C", 1)]);
        assert_eq!(slots, [at(1), at(0), at(0)]);
    }

    #[test]
    fn a_change_that_gives_nothing_up_waits_for_those_that_do() {
        let turns = [turn("A", ""), turn("B", "A C"), turn("C", "B")];
        let slots = one_by_one(&turns, &[("A", 0), ("B", 0), ("C", 0)]);
        assert_eq!(slots[0].gives_up, None);
        assert_eq!(those_who_begin(&slots), 1);
    }

    /// What calls of a hundred cost, where each place of `kinds` says the kind of a change.
    fn calls_of_a_hundred(slots: &[Slot], kind: impl Fn(usize) -> usize) -> usize {
        let mut counts = BTreeMap::<_, usize>::new();
        for (place, slot) in slots.iter().enumerate() {
            *counts.entry((slot.takes, Some(kind(place)))).or_default() += 1;
            if let Some(wave) = slot.gives_up {
                *counts.entry((wave, None)).or_default() += 1;
            }
        }
        counts.values().map(|count| count.div_ceil(100)).sum()
    }

    #[test]
    fn two_thousand_who_swap_in_full_pools_cost_one_call_more_than_with_seats_for_all() {
        for free in [0, 1] {
            let turns: Vec<Turn> = (0..2000)
                .map(|place| if place % 2 == 0 { turn("A", "B") } else { turn("B", "A") })
                .collect();
            let calls = |slots: &[Slot]| calls_of_a_hundred(slots, |place| place % 2);
            let schedule = schedule(&turns, &pools(&[("A", free), ("B", 0)]), 100, calls);
            assert_eq!(calls(&schedule.slots), 21);
            assert!(those_who_begin(&schedule.slots) <= 100);
        }
    }

    proptest::proptest! {
        /// Whatever the order of the calls within a wave, no pool is ever overdrawn.
        #[test]
        fn no_wave_takes_more_than_is_free_when_it_begins(
            wants in proptest::collection::vec((0_u8..8, 0_u8..8), 0..12),
            free in proptest::collection::vec(-2_i64..3, 3),
            chunk in 1_usize..4,
        ) {
            let codes = |bits: u8| -> BundleSet {
                (0..3).filter(|bit| bits >> bit & 1 == 1).map(|bit| BundleCode::new(["A", "B", "C"][bit])).collect()
            };
            let mut turns: Vec<Turn> = wants
                .iter()
                .map(|(gains, frees)| Turn { gains: codes(*gains), frees: codes(*frees).minus(&codes(*gains)) })
                .collect();
            let start = Pools::new(["A", "B", "C"].map(BundleCode::new).into_iter().zip(free));
            let fits = |turns: &[Turn]| {
                let mut end = start.clone();
                for turn in turns {
                    end.free(&turn.frees);
                }
                turns.iter().all(|turn| end.take(&turn.gains))
            };
            while !fits(&turns) {
                turns.pop();
            }
            let schedule = schedule(&turns, &start, chunk, |slots| calls_of_a_hundred(slots, |place| place));
            let mut pools = start;
            for wave in 0..schedule.waves {
                let mut frees = Vec::new();
                for (turn, slot) in turns.iter().zip(&schedule.slots) {
                    if slot.takes == wave {
                        proptest::prop_assert!(pools.take(&turn.gains), "{:?} overdrawn in wave {}", turn, wave);
                    }
                    if slot.gives_up.unwrap_or(slot.takes) == wave {
                        frees.push(turn.frees.clone());
                    }
                }
                for set in frees {
                    pools.free(&set);
                }
            }
            proptest::prop_assert!(schedule.slots.iter().all(|slot| slot.takes < schedule.waves));
        }
    }
}
