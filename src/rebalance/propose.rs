//! From the organization's state to a proposal.

use std::collections::{BTreeMap, BTreeSet};

use super::class::{Class, Judge};
use super::giving_back::{Giver, set_of};
use super::matching::Matching;
use super::people::{Person, people};
use super::rows::Sheet;
use super::swaps::Swaps;
use super::wants::{Want, wanted_by, wants};
use super::{Kept, Known, Proposal, Rules, WantedSeat};
use crate::directory::Snapshot;
use crate::holdings::Holdings;
use crate::model::{BundleSet, UserId};

/// What to free and to grant of the state that was read. `wanted` stands in the order of priority, `kept` holds those who
/// are left alone at present.
pub fn rebalance(snapshot: &Snapshot, wanted: &[WantedSeat], kept: &[Kept], known: &Known, rules: &Rules) -> Proposal {
    let holdings = Holdings::of(snapshot);
    let judge = Judge::new(snapshot, &holdings, known, rules);
    let people = people(snapshot, &holdings, &judge, kept, rules);
    let mut wants = wants(snapshot, &holdings, wanted, rules);
    let wanted_by = wanted_by(&wants);
    let swaps = Swaps::of(snapshot, &people, &wanted_by, rules);
    leave_to_swaps(&mut wants, &swaps, &people);
    let ranked = rank(&people, &swaps);
    let givers: Vec<Giver<'_>> = ranked
        .iter()
        .map(|position| people[*position].giver(snapshot, &wanted_by, rules))
        .collect();
    let matching = Matching::of(snapshot, rules, &people, (&ranked, &givers), wants, swaps);
    Proposal {
        bundles: matching.lines(),
        rows: Sheet::of(&matching, &wanted_by, known, judge.untold()).rows(),
        missing_out: matching.missing_out(),
        looked_at: matching.counts(),
        untold: judge.untold(),
    }
}

/// What a swap gives anyway needs no seat besides.
fn leave_to_swaps(wants: &mut [Want<'_>], swaps: &Swaps<'_>, people: &[Person<'_>]) {
    let mut given: BTreeMap<UserId, BundleSet> = BTreeMap::new();
    for unit in &swaps.units {
        let bundles = given.entry(people[unit.person].holder.id).or_default();
        *bundles = bundles.union(&set_of(unit.new));
    }
    for want in wants {
        if let Some(bundles) = want.user.and_then(|user| given.get(&user.id)) {
            want.comes_by_swap(bundles);
        }
    }
}

/// The positions of those whose seats may be freed, in the order in which they are.
fn rank(people: &[Person<'_>], swaps: &Swaps<'_>) -> Vec<usize> {
    let swapped: BTreeSet<usize> = swaps.units.iter().map(|unit| unit.person).collect();
    let mut ranked: Vec<usize> = (0..people.len())
        .filter(|position| {
            let person = &people[*position];
            person.standing.class.may_be_freed() && !swapped.contains(position) && person.protection.is_none()
        })
        .collect();
    // The order of the ids remains among equals, and among orphans. Of whom nothing tells since when is not the longest
    // idle, but the last of the class.
    ranked.sort_by_key(|position| {
        let standing = &people[*position].standing;
        let since = match standing.class {
            Class::Orphan => None,
            Class::Idle | Class::Pending | Class::NoRecord | Class::LookAt | Class::New | Class::InUse => {
                standing.idle_since
            }
        };
        (standing.class, since.is_none(), since)
    });
    ranked
}
