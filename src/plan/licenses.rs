//! Licence changes assigned to stages: those that free seats first, those that take seats in waves, then hand-overs.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::account_drafts::{AccountDraft, OldAccount};
use super::assembly::Assembly;
use super::draft_list::DraftList;
use super::leases::FreedByRules;
use super::license_request::LicenseRequest;
use super::seat_denials::{Denied, HandedOver, SeatRequest, denials};
use super::seats::{Pools, Slot, Turn, schedule};
use super::{
    AccountIndex, BatchSizes, CallKind, Ending, Family, Holding, LicenseChange, LicenseEdit, OneOrMany, RowIndex,
    Rules, Stage, Step, Work,
};
use crate::api::ReleaseRoute;
use crate::directory::Snapshot;
use crate::model::{BundleCode, BundleSet};

/// A migration whose old account can hand its seats to the new one.
struct HandOver {
    row: RowIndex,
    end: OldAccount,
    from: AccountIndex,
    /// The bundles whose seats are free when they are taken off the old account.
    bundles: BundleSet,
}

impl HandOver {
    /// The migration to this account, if the old one is deleted and its licences can be taken off it.
    ///
    /// What the organization does not own stays where it is: nobody could be given it, not even back.
    fn to(draft: &AccountDraft<'_>, drafts: &DraftList<'_>, snapshot: &Snapshot, rules: &Rules) -> Option<Self> {
        let succession = draft.succession()?;
        let old = &drafts[succession.from];
        let bundles = old.now().direct.bundles();
        let is_owned = snapshot.unowned(&bundles).is_empty();
        (can_release(snapshot, rules) && is_owned && succession.end != OldAccount::Stays).then(|| Self {
            row: succession.row,
            end: succession.end,
            from: succession.from,
            bundles: bundles.minus(&old.by_rules()),
        })
    }

    fn handed_over(&self) -> HandedOver {
        HandedOver {
            row: self.row,
            bundles: self.bundles.clone(),
            is_now: self.end == OldAccount::Goes,
        }
    }
}

/// What the rows request for a migration's new account, if its old one can hand seats over.
struct Handing {
    account: AccountIndex,
    request: LicenseRequest,
    over: HandOver,
}

impl Handing {
    /// The seats it takes, except those handed over.
    fn takes(&self) -> BundleSet {
        let request = SeatRequest {
            request: &self.request,
            handed_over: Some(self.over.handed_over()),
        };
        request.takes()
    }

    /// The seats it takes that the old account could hand over.
    fn overlap(&self) -> BundleSet {
        self.request.change.gains().minus(&self.takes())
    }
}

/// By the new account.
type HandOvers = HashMap<AccountIndex, HandOver>;

/// Whether all that an account holds directly can be taken off it.
pub(super) fn can_release(snapshot: &Snapshot, rules: &Rules) -> bool {
    rules.portal && snapshot.release_route() == ReleaseRoute::Portal
}

fn hand_overs(drafts: &DraftList<'_>, snapshot: &Snapshot, rules: &Rules) -> HandOvers {
    let over = |(account, draft)| Some((account, HandOver::to(draft, drafts, snapshot, rules)?));
    drafts.indexed().filter_map(over).collect()
}

/// What is left once everything that only frees has been done, deletions before anything is taken among it; below zero where
/// more are taken than owned even then.
fn pools(drafts: &DraftList<'_>, snapshot: &Snapshot, freed: &FreedByRules) -> Pools {
    let mut pools = free_seats(drafts, snapshot, freed);
    for draft in drafts.iter() {
        if draft.deleted_by().is_some() && draft.departure() != Stage::Farewell {
            pools.free(&draft.now().direct.bundles());
        }
        if let Some(change) = draft.license_change().filter(|change| !change.may_take()) {
            pools.free(change.frees());
        }
    }
    pools
}

/// Free seats, including those that nobody holds by a group's rule any more. Of what the drafts take and the organization
/// does not own, no seat is free.
fn free_seats(drafts: &DraftList<'_>, snapshot: &Snapshot, freed: &FreedByRules) -> Pools {
    let mut pools = owned_seats(snapshot);
    freed.add_to(&mut pools);
    for turn in drafts.iter().filter_map(AccountDraft::turn) {
        pools.lack(&snapshot.unowned(&turn.gains));
    }
    pools
}

fn owned_seats(snapshot: &Snapshot) -> Pools {
    let seats = snapshot.seats().unwrap_or_default();
    Pools::new(seats.iter().map(|seats| (seats.code.clone(), seats.left())))
}

/// The rows that get no seat. If one of them is about an account that a migration moves away from, only such rows are
/// returned: what the migration hands over depends on them, and what is left for the others depends on that.
pub(super) fn shortage(drafts: &DraftList<'_>, snapshot: &Snapshot, rules: &Rules, freed: &FreedByRules) -> Denied {
    if is_ample(drafts, free_seats(drafts, snapshot, freed)) {
        return Denied::new();
    }
    let overs = hand_overs(drafts, snapshot, rules);
    let mut asked: Vec<(Option<RowIndex>, SeatRequest<'_>)> = drafts
        .indexed()
        .filter_map(|(account, draft)| {
            let request = draft.license_request().filter(|request| request.change.may_take())?;
            let handed_over = overs.get(&account).map(HandOver::handed_over);
            Some((draft.left_by(), SeatRequest { request, handed_over }))
        })
        .collect();
    asked.sort_by_key(|(_, asked)| asked.request.rows.first().copied());
    let (left_by, requests): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
    let mut denied = denials(&requests, &pools(drafts, snapshot, freed));
    let account_left: BTreeSet<RowIndex> = left_by
        .iter()
        .zip(&requests)
        .filter_map(|(mover, asked)| Some(((*mover)?, asked)))
        .flat_map(|(mover, asked)| asked.request.rows.iter().copied().filter(move |row| *row < mover))
        .collect();
    if denied.iter().any(|denial| account_left.contains(&denial.row)) {
        denied.retain(|denial| account_left.contains(&denial.row));
    }
    denied.into_iter().map(|denial| (denial.row, denial)).collect()
}

/// Whether there are seats for everybody even without deletions and hand-overs.
fn is_ample(drafts: &DraftList<'_>, mut free: Pools) -> bool {
    let turns = || drafts.iter().filter_map(AccountDraft::turn);
    turns().for_each(|turn| free.free(&turn.frees));
    turns().all(|turn| free.take(&turn.gains))
}

/// The stage of changes that take seats, unless seats are short.
const AT_ONCE: Stage = Stage::Grant(0);

/// The licence change of a step that takes seats at once.
fn grant(step: &Step) -> Option<&Arc<LicenseChange>> {
    match &step.work {
        Work::License(change) if step.stage == AT_ONCE => Some(change),
        _ => None,
    }
}

fn grants(steps: &[Step]) -> impl Iterator<Item = &LicenseChange> {
    steps.iter().filter_map(grant).map(|change| &**change)
}

impl Assembly<'_> {
    /// Makes steps of the drafts' licence changes and gives each its stage; returns the bundles that somebody waits for until
    /// others free them.
    pub(super) fn licenses(
        &mut self,
        snapshot: &Snapshot,
        drafts: DraftList<'_>,
        freed: &FreedByRules,
    ) -> BTreeSet<BundleCode> {
        let pools = pools(&drafts, snapshot, freed);
        let first = self.plan.steps.len();
        let handings = self.settle(snapshot, drafts);
        let steps = &self.plan.steps[first..];
        let mut left = pools.clone();
        for change in grants(steps).chain(handings.iter().map(|handing| &*handing.request.change)) {
            left.free(change.frees());
        }
        for change in grants(steps) {
            left.take(change.gains());
        }
        for handing in &handings {
            left.take(&handing.takes());
        }
        let mut handing_over = Vec::new();
        for handing in handings {
            let overlap = handing.overlap();
            let is_overlapping = left.take(&overlap);
            let is_in_excess = |code: &&BundleCode| left.of(code).is_some_and(|left| left < 0);
            let in_excess: BundleSet = overlap.iter().filter(is_in_excess).cloned().collect();
            let Handing { account, request, over } = handing;
            if is_overlapping {
                self.license_step(AT_ONCE, account, request);
                continue;
            }
            let LicenseChange { base, by_rules, .. } = &*request.change;
            let edits = request.edits().map(|(row, edit)| (row, edit.clone()));
            let (moved, others): (Vec<_>, Vec<_>) = edits.partition(|(row, _)| *row == over.row);
            let others = LicenseRequest::new(base.clone(), by_rules.clone(), others);
            let moved = LicenseRequest::new(others.change.target.clone(), by_rules.clone(), moved);
            handing_over.push((account, over, moved.change, in_excess));
            if !others.change.is_nothing() {
                self.license_step(AT_ONCE, account, others);
            }
        }
        let taking = grants(&self.plan.steps[first..]).chain(handing_over.iter().map(|(_, _, change, _)| &**change));
        let scarce = scarce(taking, owned_seats(snapshot));
        self.take_turns(first, &pools);
        for (account, over, change, in_excess) in handing_over {
            self.hand_licenses_over(account, &over, change, &in_excess);
        }
        for denial in self.denied.values() {
            self.seats.miss(denial);
        }
        self.seats.fall_short(&left);
        scarce
    }

    /// Makes accounts and steps of the drafts, which are dropped one after the other, because there may be a million. What
    /// migrations can hand over is returned, in sheet order.
    fn settle(&mut self, snapshot: &Snapshot, drafts: DraftList<'_>) -> Vec<Handing> {
        let mut overs = hand_overs(&drafts, snapshot, self.rules);
        let mut handings = Vec::with_capacity(overs.len());
        self.plan.accounts.reserve_exact(drafts.len());
        for (account, draft) in drafts.into_indexed() {
            let (settled, request) = draft.settle();
            self.plan.accounts.push(settled);
            let Some(request) = request else { continue };
            if !request.change.may_take() {
                let is_late = self.released_late.contains(&account);
                let stage = if is_late { Stage::Release } else { Stage::Change };
                self.license_step(stage, account, request);
            } else if let Some(over) = overs.remove(&account) {
                handings.push(Handing { account, request, over });
            } else {
                self.license_step(AT_ONCE, account, request);
            }
        }
        for (account, row) in self.makers.drain(..) {
            self.plan.accounts[account.position()].made_by(row);
        }
        handings.sort_by_key(|handing| handing.request.rows.first().copied());
        handings
    }

    /// Gives the changes that take seats, which are among the steps from `first` on, their turns where seats are short.
    fn take_turns(&mut self, first: usize, pools: &Pools) {
        let mut left = pools.clone();
        if grants(&self.plan.steps[first..]).all(|change| left.take(change.gains())) {
            return;
        }
        let steps = &self.plan.steps;
        let mut grants: Vec<(usize, Arc<LicenseChange>)> = (first..steps.len())
            .filter_map(|place| Some((place, Arc::clone(grant(&steps[place])?))))
            .collect();
        grants.sort_by_key(|(place, _)| steps[*place].rows.first().copied());
        let turns: Vec<Turn> = grants.iter().map(|(_, change)| change.turn().clone()).collect();
        let kinds: Vec<CallKind> = grants.iter().map(|(_, change)| CallKind::of_license(change)).collect();
        let sizes = self.rules.sizes;
        let schedule = schedule(&turns, pools, sizes.of(Family::Allocate), |slots| {
            calls(slots, &kinds, &sizes)
        });
        for ((place, change), slot) in grants.into_iter().zip(schedule.slots) {
            self.plan.steps[place].stage = Stage::Grant(slot.takes);
            if let Some(wave) = slot.gives_up {
                self.shrink_first(wave, place, &change);
            }
        }
    }

    fn license_step(&mut self, stage: Stage, account: AccountIndex, request: LicenseRequest) {
        let LicenseRequest { rows, change } = request;
        self.seats.count(&change);
        self.hold(account, &change);
        self.push(stage, Some(account), rows, Work::License(change));
    }

    /// Records what an old account holds after this.
    fn hold(&mut self, account: AccountIndex, change: &LicenseChange) {
        if let Some(holding) = self.holdings.get_mut(&account) {
            *holding = change.target.clone();
        }
    }

    /// Two calls for the change of this step: one to give up seats first, one to take seats later.
    fn shrink_first(&mut self, wave: u16, place: usize, change: &LicenseChange) {
        let by_rules = || change.by_rules.clone();
        let kept = change.base.direct.bundles().common(&change.target.direct.bundles());
        let give_up = if kept.is_empty() && self.can_release {
            LicenseEdit::Release
        } else {
            LicenseEdit::Set(kept, None)
        };
        let shrunk = LicenseChange::new(change.base.clone(), vec![(0, give_up)]).beside(by_rules());
        let grown = LicenseChange::new(shrunk.target.clone(), change.edits.clone()).beside(by_rules());
        let step = &mut self.plan.steps[place];
        step.work = Work::License(Arc::new(grown));
        // Those who begin can do so together with everything else that only frees.
        let begins = if wave == 0 { Stage::Change } else { Stage::Grant(wave) };
        let (account, rows) = (step.account, step.rows.clone());
        self.push(begins, account, rows, Work::License(Arc::new(shrunk)));
    }

    /// No seat is free for the time in which both accounts hold the licences. Of those `in_excess` none is when the old
    /// account is deleted, either.
    fn hand_licenses_over(
        &mut self,
        account: AccountIndex,
        over: &HandOver,
        change: Arc<LicenseChange>,
        in_excess: &BundleSet,
    ) {
        let row = over.row;
        if over.end != OldAccount::Goes && !in_excess.is_empty() {
            self.plan.rows[row].add_note(&format!(
                "more of {in_excess} are taken than owned, so the licences wait until a seat is free, and the old account with them"
            ));
            self.plan.in_excess.push(row);
            return;
        }
        if over.end != OldAccount::Goes {
            self.plan.rows[row].add_note(
                "no seat is free for the time of overlap, so the licences are handed over when the old account is deleted",
            );
            self.plan.handed_over_later.push(row);
            return;
        }
        self.seats.take(change.gains());
        let held = self.holdings.get(&over.from).cloned().unwrap_or_else(Holding::nothing);
        let release = LicenseChange::new(held, vec![(0, LicenseEdit::Release)]);
        for (stage, account, change) in [
            (Stage::HandOver, over.from, Arc::new(release)),
            (Stage::TakeOver, account, change),
        ] {
            self.push(stage, Some(account), OneOrMany::one(row), Work::License(change));
        }
    }

    /// Marks the rows that get no seat.
    pub(super) fn deny(&mut self, snapshot: &Snapshot) {
        for (row, denial) in &self.denied {
            if self.plan.rows[*row].verdict().is_none() {
                let unowned = snapshot.unowned(&denial.needs);
                self.plan.rows[*row].more().ending = if unowned.is_empty() {
                    Ending::Short(denial.lacking.clone())
                } else {
                    Ending::NotOwned(unowned)
                };
                self.plan.short.push((*row, denial.lacking.clone()));
            }
        }
    }
}

/// The bundles of which fewer seats are free before the run than are taken in it.
fn scarce<'c>(changes: impl Iterator<Item = &'c LicenseChange>, mut free: Pools) -> BTreeSet<BundleCode> {
    let mut scarce = BTreeSet::new();
    for change in changes {
        let gains = change.gains();
        if free.take(gains) {
            continue;
        }
        for code in gains {
            if !free.take(&BundleSet::from(vec![code.clone()])) {
                scarce.insert(code.clone());
            }
        }
    }
    scarce
}

/// How many calls changes of these kinds take in these slots.
fn calls(slots: &[Slot], kinds: &[CallKind], sizes: &BatchSizes) -> usize {
    let mut counts: HashMap<(u16, Option<&CallKind>), usize> = HashMap::new();
    for (slot, kind) in slots.iter().zip(kinds) {
        *counts.entry((slot.takes, Some(kind))).or_default() += 1;
        if let Some(wave) = slot.gives_up {
            *counts.entry((wave, None)).or_default() += 1;
        }
    }
    let size = |kind: Option<&CallKind>| sizes.of(kind.map_or(Family::Release, CallKind::family));
    counts
        .into_iter()
        .map(|((_, kind), count)| count.div_ceil(size(kind)))
        .sum()
}
