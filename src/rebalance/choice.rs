//! Whose seats are freed: the first in rank first, and no more than are needed.

use std::collections::BTreeMap;

use super::giving_back::{GivenBack, Giver, set_of};
use crate::model::{BundleCode, BundleSet};

/// How many seats of each bundle.
pub(super) type Seats = BTreeMap<BundleCode, u64>;

/// What one of them gives back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Who: the position in the rank.
    pub(super) giver: usize,
    /// For the sake of which bundles; what comes free besides was not looked for at all.
    pub(super) wanted: BundleSet,
    pub(super) given: GivenBack,
}

/// What these give back, who stand in the order in which they are to, so that so many seats of each bundle come free, or
/// as many as can.
///
/// Because a seat may come free besides another, somebody who was asked may turn out to have been asked for nothing. So in
/// the end everybody is asked again, the last in rank first, whether the others are enough.
pub(super) fn choose(ranked: &[Giver<'_>], to_free: &Seats) -> Vec<Chosen> {
    let mut left = to_free.clone();
    let mut open = left.values().filter(|left| **left > 0).count();
    let mut freed = Seats::new();
    let mut chosen = Vec::new();
    for (giver, person) in ranked.iter().enumerate() {
        if open == 0 {
            break;
        }
        let given = given_by(person, &left);
        for code in &given.freed {
            *freed.entry(code.clone()).or_default() += 1;
            if let Some(left) = left.get_mut(code).filter(|left| **left > 0) {
                *left -= 1;
                open -= usize::from(*left == 0);
            }
        }
        if !given.freed.is_empty() {
            let is_sought = |code: &&BundleCode| to_free.get(*code).is_some_and(|needed| *needed > 0);
            let wanted = given.freed.iter().filter(is_sought).cloned().collect();
            chosen.push(Chosen { giver, wanted, given });
        }
    }
    spare(ranked, &mut chosen, to_free, freed);
    chosen
}

/// What this one gives back of what is needed.
fn given_by(person: &Giver<'_>, left: &Seats) -> GivenBack {
    let is_needed = |code: &&BundleCode| left.get(*code).is_some_and(|left| *left > 0);
    let mut given = GivenBack::default();
    for code in person.held.iter().filter(is_needed) {
        if !given.freed.contains(code)
            && let Some(more) = person.give_back(&given.freed.union(&set_of(code)))
        {
            given = more;
        }
    }
    given
}

/// Takes out what is not needed after all: of everybody as a whole, or else of one bundle after another.
fn spare(ranked: &[Giver<'_>], chosen: &mut Vec<Chosen>, to_free: &Seats, mut freed: Seats) {
    let is_needed = |code: &BundleCode, freed: &Seats| {
        let needed = to_free.get(code).copied().unwrap_or_default();
        freed.get(code).copied().unwrap_or_default() <= needed
    };
    for one in chosen.iter_mut().rev() {
        let fewer = one.wanted.iter().map(|code| one.wanted.minus(&set_of(code)));
        let attempts: Vec<BundleSet> = [BundleSet::default()].into_iter().chain(fewer).collect();
        for attempt in attempts {
            let attempt = attempt.common(&one.wanted);
            let Some(back) = ranked[one.giver].give_back(&attempt) else {
                continue;
            };
            let lost = one.given.freed.minus(&back.freed);
            if lost.is_empty() || lost.iter().any(|code| is_needed(code, &freed)) {
                continue;
            }
            for code in &lost {
                if let Some(freed) = freed.get_mut(code) {
                    *freed -= 1;
                }
            }
            (one.wanted, one.given) = (attempt, back);
        }
    }
    chosen.retain(|one| !one.given.freed.is_empty());
}
