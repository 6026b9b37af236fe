//! One bundle for another: who is swapped, and who gets no seat for it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::choice::Seats;
use super::giving_back::set_of;
use super::notes::rules_of;
use super::people::{Person, no_person};
use super::wants::WantedBy;
use super::{Rules, Swap};
use crate::directory::Snapshot;
use crate::model::{BundleCode, BundleSet, GroupId};

/// What one person is to get for what.
pub(super) struct SwapUnit<'a> {
    /// The position among the people.
    pub(super) person: usize,
    /// What is given up; several where several are swapped for the same.
    pub(super) old: BundleSet,
    pub(super) new: &'a BundleCode,
    /// Whether it takes a seat: not where the person holds the new bundle already, directly or by a group's rule.
    pub(super) takes: bool,
    pub(super) is_granted: bool,
}

/// Somebody who holds what is to be swapped and keeps it.
pub(super) struct Unswapped<'a> {
    pub(super) person: usize,
    pub(super) swap: &'a Swap,
    pub(super) why: Reason,
}

/// Why somebody is not swapped.
pub(super) enum Reason {
    /// By who they are or how they hold it, in words.
    OwnTo(String),
    /// The organization does not own the new bundle.
    NotOwned,
}

/// Everybody who holds something that is to be swapped.
#[derive(Default)]
pub(super) struct Swaps<'a> {
    /// In the order in which they get seats. Whoever was seen last comes first: that one has most need of the new seat.
    pub(super) units: Vec<SwapUnit<'a>>,
    pub(super) unswapped: Vec<Unswapped<'a>>,
}

impl<'a> Swaps<'a> {
    pub(super) fn of(snapshot: &Snapshot, people: &[Person<'_>], wanted: &WantedBy, rules: &'a Rules) -> Self {
        let mut units: BTreeMap<(usize, &BundleCode), SwapUnit<'_>> = BTreeMap::new();
        let mut unswapped = Vec::new();
        for swap in rules.swaps_in_force() {
            for (position, person) in people.iter().enumerate() {
                match outcome(snapshot, person, swap, wanted) {
                    None => {}
                    Some(Err(why)) => unswapped.push(Unswapped {
                        person: position,
                        swap,
                        why,
                    }),
                    Some(Ok(())) => {
                        let unit = units.entry((position, &swap.new)).or_insert_with(|| SwapUnit {
                            person: position,
                            old: BundleSet::default(),
                            new: &swap.new,
                            takes: takes(person, swap),
                            is_granted: true,
                        });
                        unit.old = unit.old.union(&set_of(&swap.old));
                    }
                }
            }
        }
        let mut units: Vec<SwapUnit<'_>> = units.into_values().collect();
        // The order of the ids remains among equals.
        units.sort_by_key(|unit| Reverse(people[unit.person].standing.seen.last()));
        Self { units, unswapped }
    }

    /// Takes the last ones out until there are seats for the others; returns whether anybody was. `left` is how many seats
    /// of a bundle would be left, negative where there are too few.
    pub(super) fn deny(&mut self, left: impl Fn(&BundleCode) -> i64) -> bool {
        let mut lacking: BTreeMap<BundleCode, i64> = BTreeMap::new();
        let mut is_anybody_denied = false;
        for unit in self.units.iter_mut().rev().filter(|unit| unit.is_granted && unit.takes) {
            let left = lacking.entry(unit.new.clone()).or_insert_with_key(&left);
            if *left < 0 {
                *left += 1;
                unit.is_granted = false;
                is_anybody_denied = true;
            }
        }
        is_anybody_denied
    }

    /// How many seats the granted ones give up.
    pub(super) fn given_up(&self) -> Seats {
        let granted = self.units.iter().filter(|unit| unit.is_granted);
        count(granted.flat_map(|unit| &unit.old))
    }

    /// How many seats the granted ones take.
    pub(super) fn taken(&self) -> Seats {
        count(
            self.units
                .iter()
                .filter(|unit| unit.is_granted && unit.takes)
                .map(|unit| unit.new),
        )
    }

    /// How many seats all of them would take.
    pub(super) fn wanted(&self) -> Seats {
        count(self.units.iter().filter(|unit| unit.takes).map(|unit| unit.new))
    }
}

pub(super) fn count<'c>(codes: impl Iterator<Item = &'c BundleCode>) -> Seats {
    let mut seats = Seats::new();
    for code in codes {
        *seats.entry(code.clone()).or_default() += 1;
    }
    seats
}

/// Whether the person is given the new bundle, which it does not hold directly yet.
fn is_given(person: &Person<'_>, swap: &Swap) -> bool {
    person.holder.direct.is_none_or(|held| !held.contains(&swap.new))
}

/// Whether that takes a seat: somebody who has one by a group's rule takes no second one.
fn takes(person: &Person<'_>, swap: &Swap) -> bool {
    !person.holder.bundles().contains(&swap.new)
}

/// Whether this one is swapped, or why the old bundle is kept, in whatever way it is held. `None` for whoever has nothing
/// to do with it.
fn outcome(snapshot: &Snapshot, person: &Person<'_>, swap: &Swap, wanted: &WantedBy) -> Option<Result<(), Reason>> {
    let own_to = |words: String| Some(Err(Reason::OwnTo(words)));
    let holder = person.holder;
    let account = holder.account?;
    let is_direct = holder.direct.is_some_and(|held| held.contains(&swap.old));
    let by_groups = holder.by_groups.iter().filter(|seat| seat.bundles.contains(&swap.old));
    let groups: Vec<GroupId> = by_groups.map(|seat| seat.group).collect();
    if holder.is_blocked() && !person.givers_of(snapshot, &swap.old).is_empty() {
        return own_to("is blocked from every licence".to_owned());
    }
    if !groups.is_empty() {
        let as_well = if is_direct { " as well" } else { "" };
        let rules = rules_of(snapshot, groups.into_iter());
        return own_to(format!("holds it by {rules}{as_well}"));
    }
    if holder
        .by_unnamed_groups
        .is_some_and(|unnamed| unnamed.contains(&swap.old))
    {
        return own_to("comes from a group, and from which is not told here".to_owned());
    }
    if !is_direct {
        return None;
    }
    if !account.is_person() {
        return own_to(no_person(account));
    }
    if let Some(kept) = person.kept {
        return own_to(kept.words());
    }
    if wanted.get(&holder.id).is_some_and(|wanted| wanted.contains(&swap.old)) {
        return own_to("is among the wanted with this very licence".to_owned());
    }
    if is_given(person, swap) && account.is_deactivated() {
        return own_to("is deactivated".to_owned());
    }
    if is_given(person, swap) && !snapshot.unowned(&set_of(&swap.new)).is_empty() {
        return Some(Err(Reason::NotOwned));
    }
    Some(Ok(()))
}
