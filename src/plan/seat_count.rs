//! How many seats of each bundle a plan takes and frees, and how many more there would have to be.

use std::collections::BTreeMap;

use super::leases::FreedByRules;
use super::seat_denials::Denial;
use super::seats::Pools;
use super::{LicenseChange, SeatLine};
use crate::directory::Snapshot;
use crate::model::{BundleCode, BundleSet};

/// How many seats of each bundle the plan takes and frees, and how many are short.
#[derive(Default)]
pub(super) struct SeatCount {
    taken: Counts,
    freed: Counts,
    /// Wanted by the rows that get no seat; some of these may be free.
    missed: Counts,
    short: Counts,
}

/// Seats of each bundle. There are few bundles, of which comparing is quicker than hashing.
type Counts = BTreeMap<BundleCode, u64>;

fn count(counts: &mut Counts, bundles: &BundleSet) {
    for code in bundles {
        match counts.get_mut(code) {
            Some(count) => *count += 1,
            None => {
                counts.insert(code.clone(), 1);
            }
        }
    }
}

impl SeatCount {
    pub(super) fn take(&mut self, bundles: &BundleSet) {
        count(&mut self.taken, bundles);
    }

    pub(super) fn free(&mut self, bundles: &BundleSet) {
        count(&mut self.freed, bundles);
    }

    /// Counts what is freed of what was held by groups' rules.
    pub(super) fn free_by_rules(&mut self, freed: &FreedByRules) {
        for (code, seats) in freed.iter() {
            *self.freed.entry(code.clone()).or_default() += seats;
        }
    }

    pub(super) fn miss(&mut self, denial: &Denial) {
        count(&mut self.missed, &denial.needs);
        // They only lack what cures an excess.
        for code in &denial.handed_over {
            self.missed.entry(code.clone()).or_default();
        }
    }

    /// What the rows that get no seat would need in addition to what is `left`.
    pub(super) fn fall_short(&mut self, left: &Pools) {
        for (code, missed) in std::mem::take(&mut self.missed) {
            let left = left.of(&code).unwrap_or_default();
            // Where more are taken than owned, the excess is needed besides.
            let beside = u64::try_from(left).unwrap_or_default();
            let short = missed.saturating_sub(beside) + left.min(0).unsigned_abs();
            if short > 0 {
                self.short.insert(code, short);
            }
        }
    }

    pub(super) fn count(&mut self, change: &LicenseChange) {
        self.take(change.gains());
        self.free(change.frees());
    }

    pub(super) fn lines(&self, snapshot: &Snapshot) -> Vec<SeatLine> {
        let counted = self.taken.keys().chain(self.freed.keys());
        let mut codes: Vec<&BundleCode> = counted.chain(self.short.keys()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
            .into_iter()
            .map(|code| {
                let pool = snapshot.seats_of(code);
                let is_unowned = !snapshot.unowned(&BundleSet::from(vec![code.clone()])).is_empty();
                let none = is_unowned.then_some(0);
                SeatLine {
                    code: code.clone(),
                    total: pool.map(|pool| pool.total).or(none),
                    allocated: pool.map(|pool| pool.allocated).or(none),
                    taken: self.taken.get(code).copied().unwrap_or_default(),
                    freed: self.freed.get(code).copied().unwrap_or_default(),
                    short: self.short.get(code).copied().unwrap_or_default(),
                }
            })
            .collect()
    }
}
