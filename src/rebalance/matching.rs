//! Seats matched with those who want them.

use std::collections::{BTreeMap, BTreeSet};

use super::choice::{Chosen, Seats, choose};
use super::class::Class;
use super::giving_back::{Giver, set_of};
use super::people::Person;
use super::swaps::{Reason, Swaps, count};
use super::wants::Want;
use super::{BundleLine, Counts, MissingOut, Obstacle, Rules};
use crate::directory::Snapshot;
use crate::draft::account_name;
use crate::model::{BundleCode, BundleSet};

/// Seats matched with those who want them.
pub(super) struct Matching<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) rules: &'a Rules,
    pub(super) people: &'a [Person<'a>],
    /// The positions of those whose seats may be freed.
    pub(super) ranked: &'a [usize],
    /// The same in the same order.
    pub(super) givers: &'a [Giver<'a>],
    pub(super) wants: Vec<Want<'a>>,
    pub(super) swaps: Swaps<'a>,
    /// How many seats ought to be freed.
    to_free: Seats,
    pub(super) chosen: Vec<Chosen>,
    /// How many are.
    freed: Seats,
}

impl<'a> Matching<'a> {
    /// What is freed and granted. `ranked` are the positions of those whose seats may be freed, and what each may have to
    /// give back.
    pub(super) fn of(
        snapshot: &'a Snapshot,
        rules: &'a Rules,
        people: &'a [Person<'a>],
        (ranked, givers): (&'a [usize], &'a [Giver<'a>]),
        wants: Vec<Want<'a>>,
        swaps: Swaps<'a>,
    ) -> Self {
        let mut matching = Self {
            snapshot,
            rules,
            people,
            ranked,
            givers,
            wants,
            swaps,
            to_free: Seats::new(),
            chosen: Vec::new(),
            freed: Seats::new(),
        };
        matching.settle();
        matching.grant();
        matching
    }

    /// Decides what is freed and who is swapped. A swap that finds no seat frees none, so all is worked out once more
    /// without it.
    fn settle(&mut self) {
        loop {
            self.to_free = self.needed();
            let asked = if self.rules.all {
                self.to_free.keys().map(|code| (code.clone(), u64::MAX)).collect()
            } else {
                self.to_free.clone()
            };
            self.chosen = choose(self.givers, &asked);
            self.freed = count(self.chosen.iter().flat_map(|chosen| &chosen.given.freed));
            let left = self.left();
            if !self.swaps.deny(left) {
                break;
            }
        }
    }

    /// How many seats of a bundle are left for the wanted rows after what is freed, the swaps and the reserve; negative
    /// where there are too few.
    fn left(&self) -> impl Fn(&BundleCode) -> i64 + use<'a> {
        let (snapshot, rules, freed) = (self.snapshot, self.rules, self.freed.clone());
        let (given_up, taken) = (self.swaps.given_up(), self.swaps.taken());
        move |code| {
            free(snapshot, code) + seats(&freed, code) + seats(&given_up, code)
                - seats(&rules.reserve, code)
                - seats(&taken, code)
        }
    }

    /// How many seats of each bundle ought to be freed, be it none.
    fn needed(&self) -> Seats {
        let wanted = count(self.wants.iter().flat_map(|want| &want.needs));
        let (given_up, taken) = (self.swaps.given_up(), self.swaps.taken());
        let mut needed = Seats::new();
        for code in self.codes().into_iter().filter(|code| self.rules.looks_at(code)) {
            let lacking = seats(&wanted, &code) + seats(&taken, &code) + seats(&self.rules.reserve, &code)
                - seats(&given_up, &code)
                - free(self.snapshot, &code);
            let besides = self.rules.free.get(&code).copied().unwrap_or_default();
            let lacking = u64::try_from(lacking).unwrap_or_default();
            needed.insert(code, besides.saturating_add(lacking));
        }
        needed
    }

    /// Grants what is left to the wanted rows, in their order.
    fn grant(&mut self) {
        let left_at_first = self.left();
        let mut left: BTreeMap<BundleCode, i64> = BTreeMap::new();
        for want in &mut self.wants {
            let mut granted = Vec::new();
            for code in &want.needs {
                let left = left.entry(code.clone()).or_insert_with_key(&left_at_first);
                if *left > 0 {
                    *left -= 1;
                    granted.push(code.clone());
                }
            }
            want.granted = granted.into();
        }
    }

    /// Every bundle that there is anything to say of.
    fn codes(&self) -> BTreeSet<BundleCode> {
        let inventory = self.snapshot.seats().into_iter().flatten().map(|seats| &seats.code);
        let mut codes: BTreeSet<BundleCode> = inventory.cloned().collect();
        for person in self.people {
            for code in &person.held {
                if !codes.contains(code) {
                    codes.insert(code.clone());
                }
            }
        }
        let wanted = self.wants.iter().flat_map(|want| &want.row.licenses);
        let swapped = self
            .rules
            .swaps_in_force()
            .into_iter()
            .flat_map(|swap| [&swap.old, &swap.new]);
        codes.extend(wanted.chain(swapped).cloned());
        codes.extend(self.rules.free.keys().chain(self.rules.reserve.keys()).cloned());
        codes
    }

    /// Whether a seat of this bundle was looked for.
    pub(super) fn is_sought(&self, code: &BundleCode) -> bool {
        let is_needed = self.to_free.get(code).is_some_and(|needed| *needed > 0);
        self.rules.looks_at(code) && (self.rules.all || is_needed)
    }

    pub(super) fn lines(&self) -> Vec<BundleLine> {
        let mut lines: BTreeMap<BundleCode, BundleLine> = BTreeMap::new();
        let (given_up, taken) = (self.swaps.given_up(), self.swaps.taken());
        let asked = count(
            self.wants
                .iter()
                .flat_map(|want| want.needs.iter().chain(&want.unowned)),
        );
        let granted = count(self.wants.iter().flat_map(|want| &want.granted));
        let swaps_wanted = self.swaps.wanted();
        for code in self.codes() {
            let freed = self.freed.get(&code).copied().unwrap_or_default();
            if !self.rules.looks_at(&code) && freed == 0 {
                continue;
            }
            let pool = self.snapshot.seats_of(&code);
            let is_unowned = !self.snapshot.unowned(&set_of(&code)).is_empty();
            let none = is_unowned.then_some(0);
            let of = |seats: &Seats| seats.get(&code).copied().unwrap_or_default();
            let line = BundleLine {
                code: self.snapshot.as_owned_code(&code),
                owned: pool.map(|pool| pool.total).or(none),
                taken: pool.map(|pool| pool.allocated).or(none),
                idle: BTreeMap::new(),
                look_at: 0,
                left_alone: 0,
                to_free: of(&self.to_free),
                freed,
                swapped: of(&given_up),
                wanted: of(&asked) + of(&swaps_wanted),
                granted: of(&granted) + of(&taken),
            };
            lines.insert(code, line);
        }
        self.count_idle(&mut lines);
        lines.into_values().collect()
    }

    fn count_idle(&self, lines: &mut BTreeMap<BundleCode, BundleLine>) {
        for (position, giver) in self.ranked.iter().zip(self.givers) {
            let person = &self.people[*position];
            let class = person.standing.class;
            for code in &person.held {
                let Some(line) = lines.get_mut(code) else { continue };
                if giver.give_back_one(code).is_some() {
                    *line.idle.entry(class).or_default() += 1;
                } else {
                    line.left_alone += 1;
                }
            }
        }
        for person in self.people {
            let is_alone = person.protection.is_some();
            for code in &person.held {
                let Some(line) = lines.get_mut(code) else { continue };
                line.look_at += u64::from(person.standing.class == Class::LookAt);
                line.left_alone += u64::from(is_alone);
            }
        }
    }

    pub(super) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for person in self.people {
            if !person.held.iter().any(|code| self.rules.looks_at(code)) {
                continue;
            }
            *counts.classes.entry(person.standing.class).or_default() += 1;
            let is_alone = person.protection.is_some();
            counts.left_alone += u64::from(is_alone);
        }
        counts
    }

    pub(super) fn missing_out(&self) -> Vec<MissingOut> {
        let swap = |person: usize, new: &BundleCode, why: Obstacle| {
            let holder = self.people[person].holder;
            MissingOut {
                label: holder
                    .account
                    .map_or_else(|| holder.id.to_string(), |user| account_name(self.snapshot, user)),
                user: Some(holder.id),
                licenses: set_of(new),
                place: None,
                why,
            }
        };
        let denied = self.swaps.units.iter().filter(|unit| !unit.is_granted);
        let denied = denied.map(|unit| swap(unit.person, unit.new, Obstacle::NoSeat));
        let unswapped = self.swaps.unswapped.iter();
        let unowned = unswapped.filter(|unswapped| matches!(unswapped.why, Reason::NotOwned));
        let unowned = unowned.map(|unswapped| swap(unswapped.person, &unswapped.swap.new, Obstacle::NotOwned));
        let wanted = self.wants.iter().flat_map(|want| {
            let missing = |licenses: BundleSet, why: Obstacle| {
                (!licenses.is_empty()).then(|| MissingOut {
                    label: want.row.user.label().to_string(),
                    user: want.user.map(|user| user.id),
                    licenses,
                    place: Some(want.row.place.clone()),
                    why,
                })
            };
            match &want.obstacle {
                Some((why, _)) => [missing(want.missing(), *why), None],
                None => [
                    missing(want.needs.minus(&want.granted), Obstacle::NoSeat),
                    missing(want.unowned.clone(), Obstacle::NotOwned),
                ],
            }
        });
        denied.chain(unowned).chain(wanted.flatten()).collect()
    }
}

/// How many seats are free, negative where more are taken than owned. Where that is not told, none counts as free.
fn free(snapshot: &Snapshot, code: &BundleCode) -> i64 {
    let pool = snapshot.seats_of(code);
    pool.map_or(0, |pool| addable(pool.total) - addable(pool.allocated))
}

fn seats(seats: &Seats, code: &BundleCode) -> i64 {
    seats.get(code).map_or(0, |seats| addable(*seats))
}

/// At most as many as can be added up without care.
fn addable(seats: u64) -> i64 {
    const MOST: i64 = 1 << 48;
    i64::try_from(seats).map_or(MOST, |seats| seats.min(MOST))
}
