//! Licence changes put into stages: what frees first, what takes in waves, what is handed over, who misses out.

use std::collections::{HashMap, HashSet};

use super::assemble::{Assembly, departure, indexed};
use super::draft::{Draft, OldAccount, Succession};
use super::seats::{Pools, Slot, Turn, schedule};
use super::{AccountIndex, BatchSizes, CallKind, Ending, LicenseChange, LicenseEdit, RowIndex, SeatLine, Stage, Work};
use crate::directory::Snapshot;
use crate::model::{BundleCode, BundleSet};

/// How many seats of each bundle the plan takes and frees, and how many are short.
#[derive(Default)]
pub(super) struct SeatCount {
    taken: HashMap<BundleCode, u64>,
    freed: HashMap<BundleCode, u64>,
    /// Wanted by the rows that miss out; some of these may be free.
    missed: HashMap<BundleCode, u64>,
    short: HashMap<BundleCode, u64>,
}

impl SeatCount {
    fn take(&mut self, bundles: &BundleSet) {
        for code in bundles {
            *self.taken.entry(code.clone()).or_default() += 1;
        }
    }

    pub(super) fn free(&mut self, bundles: &BundleSet) {
        for code in bundles {
            *self.freed.entry(code.clone()).or_default() += 1;
        }
    }

    fn miss(&mut self, bundles: &BundleSet) {
        for code in bundles {
            *self.missed.entry(code.clone()).or_default() += 1;
        }
    }

    /// What the rows that miss out would need beside what is `left`.
    fn fall_short(&mut self, left: &Pools) {
        for (code, missed) in self.missed.drain() {
            let short = missed.saturating_sub(left.of(&code).unwrap_or_default());
            if short > 0 {
                self.short.insert(code, short);
            }
        }
    }

    fn count(&mut self, change: &LicenseChange) {
        self.take(&change.gains());
        self.free(&change.frees());
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
                SeatLine {
                    code: code.clone(),
                    total: pool.map(|pool| pool.total),
                    allocated: pool.map(|pool| pool.allocated),
                    taken: self.taken.get(code).copied().unwrap_or_default(),
                    freed: self.freed.get(code).copied().unwrap_or_default(),
                    short: self.short.get(code).copied().unwrap_or_default(),
                }
            })
            .collect()
    }
}

/// A licence change that may take seats, waiting for its place in the waves.
struct Grant<'d> {
    account: AccountIndex,
    change: LicenseChange,
    /// The migration whose licences are among it, where they could be handed over instead.
    hand_over: Option<HandOver<'d>>,
}

/// A migration whose old account can give its seats to the new one.
struct HandOver<'d> {
    succession: &'d Succession,
    old: &'d Draft<'d>,
    /// What the old account holds already: what it gets from this very sheet may yet miss out.
    sure: BundleSet,
}

/// What the waves leave for the changes that found no place in them.
struct Rest {
    /// Seats that are free after the waves.
    left: Pools,
    /// Seats that the rows before this one leave it.
    before: Pools,
    /// After the waves.
    stage: Stage,
}

impl Rest {
    /// Those of the bundles for whose want a row misses out: not what only rows after it have taken,
    /// because it could not have the others.
    fn exhausted(&self, needs: &BundleSet) -> BundleSet {
        let lacking = self.before.lacking(needs);
        if lacking.is_empty() {
            self.left.lacking(needs)
        } else {
            lacking
        }
    }
}

impl Grant<'_> {
    fn rows(&self) -> Vec<RowIndex> {
        self.change.edits.iter().map(|(row, _)| *row).collect()
    }

    /// Those whose licences could be handed over come last: they do without a seat if need be.
    fn order(&self) -> (bool, Option<RowIndex>) {
        let first = self.change.edits.first().map(|(row, _)| *row);
        let needs_none = |over: &HandOver<'_>| over.succession.licenses.is_subset(&over.sure);
        (self.hand_over.as_ref().is_some_and(needs_none), first)
    }
}

impl Assembly<'_> {
    pub(super) fn licenses(&mut self, snapshot: &Snapshot, drafts: &[Draft<'_>]) {
        let seats = snapshot.seats().unwrap_or_default();
        let mut pools = Pools::new(seats.iter().map(|seats| (seats.code.clone(), seats.free())));
        let (mut grants, mut frees) = (Vec::new(), Vec::new());
        for (account, draft) in indexed(drafts) {
            if draft.deleted_by.is_some() && departure(draft) != Stage::Farewell {
                pools.free(&draft.now().direct.bundles());
            }
            match draft.license_change() {
                None => {}
                Some(change) if change.may_take() => grants.push(Grant {
                    account,
                    change,
                    hand_over: self.hand_over(draft, drafts),
                }),
                Some(change) => frees.push((account, change)),
            }
        }
        grants.sort_by_key(Grant::order);
        let early = early_frees(&frees, &grants, &pools);
        for ((account, change), is_early) in frees.into_iter().zip(early) {
            pools.free(&change.frees());
            let is_early = is_early || drafts[account.0].deleted_by.is_some();
            let stage = if is_early { Stage::Change } else { Stage::Grant(0) };
            self.license_step(stage, account, change);
        }
        self.grant(grants, &pools);
    }

    /// The migration to this account, if the old one goes and its licences can be taken off it.
    fn hand_over<'d>(&self, draft: &'d Draft<'d>, drafts: &'d [Draft<'d>]) -> Option<HandOver<'d>> {
        let succession = draft.succession.as_deref()?;
        let old = &drafts[succession.from.0];
        let sure = old.held.direct.bundles().common(&old.now().direct.bundles());
        (self.rules.portal && succession.end != OldAccount::Stays).then_some(HandOver { succession, old, sure })
    }

    fn grant(&mut self, grants: Vec<Grant<'_>>, pools: &Pools) {
        let turns: Vec<Turn> = grants
            .iter()
            .map(|grant| Turn {
                gains: grant.change.gains(),
                frees: grant.change.frees(),
            })
            .collect();
        let kinds: Vec<CallKind> = grants.iter().map(|grant| CallKind::of_license(&grant.change)).collect();
        let sizes = self.rules.sizes;
        let schedule = schedule(&turns, pools, |slots| calls(slots, &kinds, &sizes));
        let mut rest = Rest {
            left: schedule.left,
            before: pools.clone(),
            stage: Stage::Grant(schedule.waves),
        };
        for (turn, slot) in turns.iter().zip(&schedule.slots) {
            if *slot != Slot::Short {
                rest.before.free(&turn.frees);
            }
        }
        let mut handing_over = Vec::new();
        for ((grant, turn), slot) in grants.into_iter().zip(&turns).zip(schedule.slots) {
            if slot != Slot::Short {
                rest.before.take(&turn.gains);
            }
            match slot {
                Slot::Wave(wave) => self.license_step(Stage::Grant(wave), grant.account, grant.change),
                Slot::Shrink(wave) => self.shrink_then_grant(wave, grant),
                // What is handed over is known once every change of the old account has its place.
                Slot::Short if grant.hand_over.is_some() => handing_over.push(grant),
                Slot::Short => self.squeeze(grant, &mut rest),
            }
        }
        for grant in handing_over {
            self.squeeze(grant, &mut rest);
        }
        self.seats.fall_short(&rest.left);
    }

    fn license_step(&mut self, stage: Stage, account: AccountIndex, change: LicenseChange) {
        self.seats.count(&change);
        self.holdings.insert(account, change.target.clone());
        let rows = change.edits.iter().map(|(row, _)| *row).collect();
        self.push(stage, Some(account), rows, Work::License(Box::new(change)));
    }

    /// Two calls for one change: what is given up first, what is taken next.
    fn shrink_then_grant(&mut self, wave: u16, grant: Grant<'_>) {
        let rows = grant.rows();
        let Grant { account, change, .. } = grant;
        let Some(first) = rows.first().copied() else { return };
        self.seats.count(&change);
        self.holdings.insert(account, change.target.clone());
        let kept = change.base.direct.bundles().common(&change.target.direct.bundles());
        let give_up = if kept.is_empty() && self.rules.portal {
            LicenseEdit::Release
        } else {
            LicenseEdit::Set(kept, None)
        };
        let shrunk = LicenseChange::new(change.base, vec![(first, give_up)]);
        let grown = LicenseChange::new(shrunk.target.clone(), change.edits);
        for (wave, change) in [(wave, shrunk), (wave + 1, grown)] {
            let work = Work::License(Box::new(change));
            self.push(Stage::Grant(wave), Some(account), rows.clone(), work);
        }
    }

    /// Of a change whose seats are short: the rows for which there are seats, in sheet order; a migration
    /// hands over instead; the others miss out.
    fn squeeze(&mut self, grant: Grant<'_>, rest: &mut Rest) {
        let Grant {
            account,
            change,
            hand_over,
        } = grant;
        let mut fits = LicenseChange::new(change.base, Vec::new());
        let mut handed = None;
        for (row, edit) in change.edits {
            let with = edit.apply(&fits.target);
            let needs = with.direct.bundles().minus(&fits.target.direct.bundles());
            let lacking = rest.left.lacking(&needs);
            match &hand_over {
                _ if lacking.is_empty() => {
                    rest.left.take(&needs);
                    rest.before.take(&needs);
                    fits.edits.push((row, edit));
                    fits.target = with;
                }
                Some(over) if over.succession.row == row && lacking.is_subset(&over.sure) => {
                    // The others need a seat beside that of the old account.
                    let beside = needs.minus(&over.sure);
                    rest.left.take(&beside);
                    rest.before.take(&beside);
                    handed = Some((over.succession, over.old, edit));
                }
                _ => {
                    let lacking = rest.exhausted(&needs);
                    self.seats.miss(&needs);
                    self.plan.rows[row].ending = Ending::Short(lacking.clone());
                    self.plan.short.push((row, lacking));
                }
            }
        }
        let base = fits.target.clone();
        if !fits.is_nothing() {
            self.license_step(rest.stage, account, fits);
        }
        if let Some((succession, old, edit)) = handed {
            self.hand_licenses_over(
                account,
                succession,
                old,
                LicenseChange::new(base, vec![(succession.row, edit)]),
            );
        }
    }

    /// No seat is free for the time in which both accounts hold the licences.
    fn hand_licenses_over(
        &mut self,
        account: AccountIndex,
        succession: &Succession,
        old: &Draft<'_>,
        change: LicenseChange,
    ) {
        let row = succession.row;
        if succession.end != OldAccount::Goes {
            self.plan.rows[row].add_note(
                "no seat is free for the time of overlap, so the licences are handed over when the old account is deleted",
            );
            self.plan.handed_over_later.push(row);
            return;
        }
        self.seats.take(&change.gains());
        let held = self.holdings.get(&succession.from).unwrap_or(&old.held).clone();
        let release = LicenseChange::new(held, vec![(row, LicenseEdit::Release)]);
        for (stage, account, change) in [
            (Stage::HandOver, succession.from, release),
            (Stage::TakeOver, account, change),
        ] {
            self.push(stage, Some(account), vec![row], Work::License(Box::new(change)));
        }
    }
}

/// Which of the changes that only free are made before anything takes seats. Where there are seats for all
/// without them, one that ends with the same set as a grant shares that grant's call.
fn early_frees(frees: &[(AccountIndex, LicenseChange)], grants: &[Grant<'_>], pools: &Pools) -> Vec<bool> {
    let mut left = pools.clone();
    if !grants.iter().all(|grant| left.take(&grant.change.gains())) {
        return vec![true; frees.len()];
    }
    let kinds: HashSet<CallKind> = grants.iter().map(|grant| CallKind::of_license(&grant.change)).collect();
    frees
        .iter()
        .map(|(_, change)| !kinds.contains(&CallKind::of_license(change)))
        .collect()
}

/// How many calls the changes take that have these kinds, in these slots.
fn calls(slots: &[Slot], kinds: &[CallKind], sizes: &BatchSizes) -> usize {
    let mut counts: HashMap<(u16, Option<&CallKind>), usize> = HashMap::new();
    for (slot, kind) in slots.iter().zip(kinds) {
        match slot {
            Slot::Wave(wave) => *counts.entry((*wave, Some(kind))).or_default() += 1,
            Slot::Shrink(wave) => {
                *counts.entry((*wave, None)).or_default() += 1;
                *counts.entry((wave + 1, Some(kind))).or_default() += 1;
            }
            Slot::Short => {}
        }
    }
    counts
        .into_iter()
        .map(|((_, kind), count)| {
            let size = kind.map_or(sizes.users_per_release, |kind| sizes.of(kind.family()));
            count.div_ceil(size.max(1))
        })
        .sum()
}
