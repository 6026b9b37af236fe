//! Which rows get no seat when seats are short.
//!
//! If a pool is too small for all, the last rows that want it are left out, as many as necessary; so no row misses out
//! on a bundle of which a later row gets a seat, unless it needs what that row frees. Where more seats are taken than owned
//! even then, nobody gets one. Only considers what is held in the end, not the order in which seats change hands.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::license_request::LicenseRequest;
use super::seats::Pools;
use super::{LicenseChange, RowIndex};
use crate::model::{BundleCode, BundleSet};

/// What the rows request for one account.
pub(super) struct SeatRequest<'a> {
    /// What each row does to what it holds. No row has edits of two accounts. Of what it holds by groups' rules all the
    /// while it takes a seat anyway.
    pub(super) request: &'a LicenseRequest,
    /// What a migration to this account can hand over.
    pub(super) handed_over: Option<HandedOver>,
}

/// Bundles that an old account can hand over to the new one, which need no extra seat.
#[derive(Clone)]
pub(super) struct HandedOver {
    /// The row that migrates.
    pub(super) row: RowIndex,
    /// Which.
    pub(super) bundles: BundleSet,
    /// Whether this run hands them over, rather than a later one. Between the two calls the seat has to be free, which it
    /// is not where more are taken than owned.
    pub(super) is_now: bool,
}

/// A row that gets no seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Denial {
    /// Which.
    pub(super) row: RowIndex,
    /// The seats it would take.
    pub(super) needs: BundleSet,
    /// The seats that would be handed over to it.
    pub(super) handed_over: BundleSet,
    /// Those of them that are missing.
    pub(super) lacking: BundleSet,
}

/// The rows that get no seat, by row.
pub(super) type Denied = BTreeMap<RowIndex, Denial>;

/// The rows that get no seat, in sheet order. `pools` is what is free once everything that only frees has been done.
pub(super) fn denials(requests: &[SeatRequest<'_>], pools: &Pools) -> Vec<Denial> {
    let mut distribution = SeatDistribution::of(requests, pools);
    if distribution.left.values().any(|left| *left < 0) {
        distribution.count_takers();
        distribution.deny_until_it_fits();
        distribution.admit_again();
    }
    distribution.denials()
}

/// Bundles that an account gains, each with the row that causes it, and bundles that it loses.
#[derive(Default)]
struct Effect {
    gains: Vec<(BundleCode, RowIndex)>,
    /// Those that it gains and another account loses.
    handed_over: Vec<(BundleCode, RowIndex)>,
    frees: BundleSet,
}

impl SeatRequest<'_> {
    /// The seats it takes, except those handed over.
    pub(super) fn takes(&self) -> BundleSet {
        self.effect(|_| false).gains.into_iter().map(|(code, _)| code).collect()
    }

    /// The result without the rows that are `off`.
    fn effect(&self, off: impl Fn(RowIndex) -> bool) -> Effect {
        let LicenseChange { base, by_rules, .. } = &*self.request.change;
        if base.direct == super::Direct::Unknown {
            return Effect::default();
        }
        let before = base.direct.bundles();
        let mut held = base.clone();
        let mut brought_by: Vec<(BundleCode, RowIndex)> = Vec::new();
        for (row, edit) in self.request.edits().filter(|(row, _)| !off(*row)) {
            let (was, next) = (held.direct.bundles(), edit.apply(&held));
            let is = next.direct.bundles();
            brought_by.retain(|(code, _)| is.contains(code));
            let new = is.minus(&was);
            brought_by.extend(
                new.iter()
                    .filter(|code| !before.contains(code) && !by_rules.contains(code))
                    .map(|code| (code.clone(), row)),
            );
            held = next;
        }
        let (handed_over, gains): (Vec<_>, Vec<_>) = brought_by.into_iter().partition(|(code, row)| {
            let over = self.handed_over.as_ref();
            over.is_some_and(|over| over.row == *row && over.bundles.contains(code))
        });
        let is_now = self.handed_over.as_ref().is_some_and(|over| over.is_now);
        Effect {
            gains,
            handed_over: if is_now { handed_over } else { Vec::new() },
            frees: before.minus(&held.direct.bundles()).minus(by_rules),
        }
    }
}

impl Effect {
    /// What has to be free when it is taken, with the row that takes it.
    fn takes(self) -> impl Iterator<Item = (BundleCode, RowIndex)> {
        self.gains.into_iter().chain(self.handed_over)
    }

    /// What this row takes.
    fn of_row(of: Vec<(BundleCode, RowIndex)>, row: RowIndex) -> Vec<BundleCode> {
        of.into_iter()
            .filter(|(_, by)| *by == row)
            .map(|(code, _)| code)
            .collect()
    }
}

struct SeatDistribution<'a> {
    requests: &'a [SeatRequest<'a>],
    /// Free seats of each pool in the end; negative if more are promised than there are, or taken anyway.
    left: BTreeMap<BundleCode, i64>,
    /// The rows that get a seat of a bundle, and the requests that they belong to.
    takers: HashMap<BundleCode, BTreeSet<(RowIndex, usize)>>,
    /// The rows that miss out, and their requests.
    off: BTreeMap<RowIndex, usize>,
}

impl<'a> SeatDistribution<'a> {
    fn of(requests: &'a [SeatRequest<'a>], pools: &Pools) -> Self {
        let mut distribution = Self {
            requests,
            left: pools.iter().map(|(code, left)| (code.clone(), left)).collect(),
            takers: HashMap::new(),
            off: BTreeMap::new(),
        };
        for request in requests {
            distribution.count(&request.effect(|_| false), 1);
        }
        distribution
    }

    /// Applies what a request frees and takes to what is left, or reverts it.
    fn count(&mut self, effect: &Effect, times: i64) {
        for code in &effect.frees {
            if let Some(left) = self.left.get_mut(code) {
                *left = left.saturating_add(times);
            }
        }
        for (code, _) in &effect.gains {
            if let Some(left) = self.left.get_mut(code) {
                *left = left.saturating_sub(times);
            }
        }
    }

    fn effect(&self, place: usize) -> Effect {
        self.requests[place].effect(|row| self.off.contains_key(&row))
    }

    fn count_takers(&mut self) {
        for (place, request) in self.requests.iter().enumerate() {
            for (code, row) in request.effect(|_| false).takes() {
                self.takers.entry(code).or_default().insert((row, place));
            }
        }
    }

    /// Leaves a row out, or lets it in again.
    fn switch(&mut self, row: RowIndex, place: usize) {
        let before = self.effect(place);
        self.count(&before, -1);
        for (code, row) in before.takes() {
            self.takers.entry(code).or_default().remove(&(row, place));
        }
        if self.off.remove(&row).is_none() {
            self.off.insert(row, place);
        }
        let after = self.effect(place);
        self.count(&after, 1);
        for (code, row) in after.takes() {
            self.takers.entry(code).or_default().insert((row, place));
        }
    }

    fn last_taker(&self, code: &BundleCode) -> Option<(RowIndex, usize)> {
        self.takers.get(code).and_then(BTreeSet::last).copied()
    }

    /// The last row that takes a seat of an overdrawn pool.
    fn last_too_many(&self) -> Option<(RowIndex, usize)> {
        let overdrawn = self.left.iter().filter(|(_, left)| **left < 0);
        overdrawn.filter_map(|(code, _)| self.last_taker(code)).max()
    }

    /// Leaves out the last rows that want overdrawn bundles; returns them, last first.
    fn deny_until_it_fits(&mut self) -> Vec<(RowIndex, usize)> {
        let mut denied = Vec::new();
        while let Some((row, place)) = self.last_too_many() {
            self.switch(row, place);
            denied.push((row, place));
        }
        denied
    }

    /// The bundles of which no seat is left.
    fn lacking(&self) -> BTreeSet<BundleCode> {
        let gone = self.left.iter().filter(|(_, left)| **left <= 0);
        gone.map(|(code, _)| code.clone()).collect()
    }

    /// Lets rows in again, in sheet order, if there are seats after all, or would be without later rows.
    fn admit_again(&mut self) {
        let mut next = 0;
        while let Some((row, place)) = self.off.range(next..).next().map(|(row, place)| (*row, *place)) {
            next = row + 1;
            let lacking = self.lacking();
            self.switch(row, place);
            let denied = self.deny_until_it_fits();
            if denied.iter().all(|(other, _)| *other > row) {
                // Bundles that no row is short of cannot let another row in.
                let helps = self.effect(place).frees.iter().any(|code| lacking.contains(code));
                if helps || !denied.is_empty() {
                    next = 0;
                }
                continue;
            }
            for (row, place) in denied.into_iter().rev() {
                self.switch(row, place);
            }
            self.switch(row, place);
        }
    }

    fn denials(&self) -> Vec<Denial> {
        let denial = |(row, place): (&RowIndex, &usize)| {
            let with = self.requests[*place].effect(|other| other != *row && self.off.contains_key(&other));
            let needs = Effect::of_row(with.gains, *row);
            let handed_over = Effect::of_row(with.handed_over, *row);
            let is_left = |code: &&BundleCode, least| self.left.get(*code).is_none_or(|left| *left >= least);
            let gone = needs.iter().filter(|code| !is_left(code, 1));
            let gone = gone.chain(handed_over.iter().filter(|code| !is_left(code, 0)));
            let gone: Vec<BundleCode> = gone.cloned().collect();
            // Not bundles that only later rows have taken because this row lacked others.
            let went_before = |code: &&BundleCode| self.last_taker(code).is_none_or(|(last, _)| last < *row);
            let before: Vec<BundleCode> = gone.iter().filter(went_before).cloned().collect();
            Denial {
                row: *row,
                needs: needs.into(),
                handed_over: handed_over.into(),
                lacking: if before.is_empty() { gone } else { before }.into(),
            }
        };
        self.off.iter().map(denial).collect()
    }
}
