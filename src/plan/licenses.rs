//! Licence changes assigned to stages: those that free seats first, those that take seats in waves, then hand-overs.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::account_drafts::{AccountDraft, OldAccount, indexed};
use super::assembly::Assembly;
use super::leases::FreedByRules;
use super::license_request::LicenseRequest;
use super::seat_denials::{Denied, HandedOver, SeatRequest, denials};
use super::seats::{Pools, Slot, Turn, schedule};
use super::{
    AccountIndex, BatchSizes, CallKind, Ending, Family, Holding, LicenseChange, LicenseEdit, OneOrMany, RowIndex,
    Rules, Stage, Work,
};
use crate::api::ReleaseRoute;
use crate::directory::Snapshot;
use crate::model::{BundleCode, BundleSet};

/// The requested changes, by their effect on seats.
pub(super) struct Asked {
    grants: Vec<Grant>,
    frees: Vec<(AccountIndex, LicenseRequest)>,
    /// What is left once everything that only frees has been done; below zero where more are taken than owned even then.
    pools: Pools,
}

/// A licence change that takes seats.
struct Grant {
    account: AccountIndex,
    request: LicenseRequest,
    hand_over: Option<Box<HandOver>>,
}

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
    fn to(
        draft: &AccountDraft<'_>,
        drafts: &[AccountDraft<'_>],
        snapshot: &Snapshot,
        rules: &Rules,
    ) -> Option<Box<Self>> {
        let succession = draft.succession()?;
        let old = &drafts[succession.from.position()];
        let bundles = old.now().direct.bundles();
        let is_owned = snapshot.unowned(&bundles).is_empty();
        (can_release(snapshot, rules) && is_owned && succession.end != OldAccount::Stays).then(|| {
            Box::new(Self {
                row: succession.row,
                end: succession.end,
                from: succession.from,
                bundles: bundles.minus(&old.by_rules()),
            })
        })
    }
}

impl Grant {
    fn change(&self) -> &LicenseChange {
        &self.request.change
    }

    fn request(&self) -> SeatRequest<'_> {
        let handed_over = |over: &HandOver| HandedOver {
            row: over.row,
            bundles: over.bundles.clone(),
            is_now: over.end == OldAccount::Goes,
        };
        SeatRequest {
            request: &self.request,
            handed_over: self.hand_over.as_deref().map(handed_over),
        }
    }

    /// The seats it takes, except those handed over.
    fn takes(&self) -> BundleSet {
        match (&*self.request.rows, &self.hand_over) {
            ([_], None) => self.change().gains(),
            _ => self.request().takes(),
        }
    }

    /// The seats it takes that the old account could hand over.
    fn overlap(&self) -> BundleSet {
        match self.hand_over {
            Some(_) => self.change().gains().minus(&self.takes()),
            None => BundleSet::default(),
        }
    }
}

impl Asked {
    pub(super) fn of(drafts: &[AccountDraft<'_>], snapshot: &Snapshot, rules: &Rules, freed: &FreedByRules) -> Self {
        let mut overs = hand_overs(drafts, snapshot, rules);
        let mut asked = Self {
            grants: Vec::new(),
            frees: Vec::new(),
            pools: pools(drafts, snapshot, freed),
        };
        for (account, draft) in indexed(drafts) {
            let Some(request) = draft.license_request().cloned() else {
                continue;
            };
            if request.change.may_take() {
                asked.grants.push(Grant {
                    account,
                    request,
                    hand_over: overs.remove(&account),
                });
            } else {
                asked.pools.free(&request.change.frees());
                asked.frees.push((account, request));
            }
        }
        asked.grants.sort_by_key(|grant| grant.request.rows.first().copied());
        asked
    }
}

/// By the new account.
type HandOvers = HashMap<AccountIndex, Box<HandOver>>;

/// Whether all that an account holds directly can be taken off it.
pub(super) fn can_release(snapshot: &Snapshot, rules: &Rules) -> bool {
    rules.portal && snapshot.release_route() == ReleaseRoute::Portal
}

fn hand_overs(drafts: &[AccountDraft<'_>], snapshot: &Snapshot, rules: &Rules) -> HandOvers {
    let over = |(account, draft)| Some((account, HandOver::to(draft, drafts, snapshot, rules)?));
    indexed(drafts).filter_map(over).collect()
}

/// Free seats, including those freed by deletions before anything is taken.
fn pools(drafts: &[AccountDraft<'_>], snapshot: &Snapshot, freed: &FreedByRules) -> Pools {
    let mut pools = free_seats(drafts, snapshot, freed);
    for draft in drafts {
        if draft.deleted_by().is_some() && draft.departure() != Stage::Farewell {
            pools.free(&draft.now().direct.bundles());
        }
    }
    pools
}

/// Free seats, including those that nobody holds by a group's rule any more. Of what the drafts take and the organization
/// does not own, no seat is free.
fn free_seats(drafts: &[AccountDraft<'_>], snapshot: &Snapshot, freed: &FreedByRules) -> Pools {
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
pub(super) fn shortage(
    drafts: &[AccountDraft<'_>],
    snapshot: &Snapshot,
    rules: &Rules,
    freed: &FreedByRules,
) -> Denied {
    if is_ample(drafts, free_seats(drafts, snapshot, freed)) {
        return Denied::new();
    }
    let asked = Asked::of(drafts, snapshot, rules, freed);
    let requests: Vec<SeatRequest<'_>> = asked.grants.iter().map(Grant::request).collect();
    let mut denied = denials(&requests, &asked.pools);
    let account_left: BTreeSet<RowIndex> = asked
        .grants
        .iter()
        .filter_map(|grant| Some((grant, drafts[grant.account.position()].left_by()?)))
        .flat_map(|(grant, mover)| grant.request.rows.iter().copied().filter(move |row| *row < mover))
        .collect();
    if denied.iter().any(|denial| account_left.contains(&denial.row)) {
        denied.retain(|denial| account_left.contains(&denial.row));
    }
    denied.into_iter().map(|denial| (denial.row, denial)).collect()
}

/// Whether there are seats for everybody even without deletions and hand-overs.
fn is_ample(drafts: &[AccountDraft<'_>], mut free: Pools) -> bool {
    let turns = || drafts.iter().filter_map(AccountDraft::turn);
    turns().for_each(|turn| free.free(&turn.frees));
    turns().all(|turn| free.take(&turn.gains))
}

impl Assembly<'_> {
    /// Gives every change its stage; returns the bundles that somebody waits for until others free them.
    pub(super) fn licenses(&mut self, snapshot: &Snapshot, asked: Asked) -> BTreeSet<BundleCode> {
        let Asked { grants, frees, pools } = asked;
        for (account, request) in frees {
            let stage = if self.released_late.contains(&account) {
                Stage::Release
            } else {
                Stage::Change
            };
            self.license_step(stage, account, request);
        }
        let mut left = pools.clone();
        for grant in &grants {
            left.free(&grant.change().frees());
        }
        for grant in &grants {
            left.take(&grant.takes());
        }
        let mut handing_over = Vec::new();
        let mut turning: Vec<(AccountIndex, LicenseRequest)> = Vec::with_capacity(grants.len());
        for Grant {
            account,
            request,
            hand_over,
        } in overlapping(grants, &mut left)
        {
            let Some(over) = hand_over else {
                turning.push((account, request));
                continue;
            };
            let LicenseChange { base, by_rules, .. } = &*request.change;
            let edits = request.edits().map(|(row, edit)| (row, edit.clone()));
            let (moved, others): (Vec<_>, Vec<_>) = edits.partition(|(row, _)| *row == over.row);
            let others = LicenseRequest::new(base.clone(), by_rules.clone(), others);
            let moved = LicenseRequest::new(others.change.target.clone(), by_rules.clone(), moved);
            handing_over.push((account, over, moved));
            if !others.change.is_nothing() {
                turning.push((account, others));
            }
        }
        let changes = turning.iter().map(|(_, request)| &*request.change);
        let taking = changes.chain(handing_over.iter().map(|(.., request)| &*request.change));
        let scarce = scarce(taking, owned_seats(snapshot));
        self.grant(turning, &pools);
        for (account, over, request) in handing_over {
            self.hand_licenses_over(account, &over, request.change);
        }
        for denial in self.denied.values() {
            self.seats.miss(denial);
        }
        self.seats.fall_short(&left);
        scarce
    }

    fn grant(&mut self, turning: Vec<(AccountIndex, LicenseRequest)>, pools: &Pools) {
        let mut left = pools.clone();
        if turning.iter().all(|(_, request)| left.take(&request.change.gains())) {
            for (account, request) in turning {
                self.license_step(Stage::Grant(0), account, request);
            }
            return;
        }
        let turns: Vec<Turn> = turning
            .iter()
            .map(|(_, request)| Turn {
                gains: request.change.gains(),
                frees: request.change.frees(),
            })
            .collect();
        let kinds: Vec<CallKind> = turning
            .iter()
            .map(|(_, request)| CallKind::of_license(&request.change))
            .collect();
        let sizes = self.rules.sizes;
        let schedule = schedule(&turns, pools, sizes.of(Family::Allocate), |slots| {
            calls(slots, &kinds, &sizes)
        });
        for ((account, request), slot) in turning.into_iter().zip(schedule.slots) {
            let takes = Stage::Grant(slot.takes);
            match slot.gives_up {
                None => self.license_step(takes, account, request),
                Some(wave) => self.shrink_then_grant(wave, takes, account, request),
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

    /// Two calls for one change: one to give up seats first, one to take seats later.
    fn shrink_then_grant(&mut self, wave: u16, takes: Stage, account: AccountIndex, request: LicenseRequest) {
        let LicenseRequest { rows, change } = request;
        let by_rules = || change.by_rules.clone();
        self.seats.count(&change);
        self.hold(account, &change);
        let kept = change.base.direct.bundles().common(&change.target.direct.bundles());
        let give_up = if kept.is_empty() && self.can_release {
            LicenseEdit::Release
        } else {
            LicenseEdit::Set(kept, None)
        };
        let shrunk = LicenseChange::new(change.base.clone(), vec![(0, give_up)]).beside(by_rules());
        let grown = LicenseChange::new(shrunk.target.clone(), change.edits.clone()).beside(by_rules());
        // Those who begin can do so together with everything else that only frees.
        let begins = if wave == 0 { Stage::Change } else { Stage::Grant(wave) };
        for (stage, change) in [(begins, shrunk), (takes, grown)] {
            let work = Work::License(Arc::new(change));
            self.push(stage, Some(account), rows.clone(), work);
        }
    }

    /// No seat is free for the time in which both accounts hold the licences.
    fn hand_licenses_over(&mut self, account: AccountIndex, over: &HandOver, change: Arc<LicenseChange>) {
        let row = over.row;
        if over.end != OldAccount::Goes {
            self.plan.rows[row].add_note(
                "no seat is free for the time of overlap, so the licences are handed over when the old account is deleted",
            );
            self.plan.handed_over_later.push(row);
            return;
        }
        self.seats.take(&change.gains());
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
            if self.plan.rows[*row].verdict.is_none() {
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

/// The grants, with hand-overs removed where they are not needed: in sheet order, migrations get the seats that are
/// `left` for the time in which both accounts hold the licences.
fn overlapping(grants: Vec<Grant>, left: &mut Pools) -> Vec<Grant> {
    let overlap = |mut grant: Grant| {
        if left.take(&grant.overlap()) {
            grant.hand_over = None;
        }
        grant
    };
    grants.into_iter().map(overlap).collect()
}

/// The bundles of which fewer seats are free before the run than are taken in it.
fn scarce<'c>(changes: impl Iterator<Item = &'c LicenseChange>, mut free: Pools) -> BTreeSet<BundleCode> {
    let mut scarce = BTreeSet::new();
    for change in changes {
        let gains = change.gains();
        if free.take(&gains) {
            continue;
        }
        for code in &gains {
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
