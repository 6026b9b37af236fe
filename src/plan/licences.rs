//! Licence changes put into stages: what frees first, what takes in waves, what is handed over.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::allot::{Claim, Denial, denials};
use super::assemble::{Assembly, departure, indexed};
use super::draft::{Draft, OldAccount, Succession};
use super::seats::{Pools, Slot, Turn, schedule};
use super::{
    AccountIndex, BatchSizes, CallKind, Ending, Family, LicenseChange, LicenseEdit, RowIndex, Rules, Stage, Work,
};
use crate::directory::Snapshot;
use crate::model::{BundleCode, BundleSet};

/// The rows that miss out on seats, by row.
pub(super) type Denied = BTreeMap<RowIndex, Denial>;

/// What the accounts ask for, by what it does to the seats.
struct Asked<'d> {
    grants: Vec<Grant<'d>>,
    frees: Vec<(AccountIndex, LicenseChange)>,
    /// What is free once everything that only frees has been done.
    pools: Pools,
}

/// A licence change that takes seats.
struct Grant<'d> {
    account: AccountIndex,
    change: LicenseChange,
    hand_over: Option<HandOver<'d>>,
}

/// A migration whose old account can give its seats to the new one.
struct HandOver<'d> {
    succession: &'d Succession,
    old: &'d Draft<'d>,
}

impl<'d> HandOver<'d> {
    /// The migration to this account, if the old one goes and its licences can be taken off it.
    fn to(draft: &'d Draft<'d>, drafts: &'d [Draft<'d>], rules: &Rules) -> Option<Self> {
        let succession = draft.succession.as_deref()?;
        let old = &drafts[succession.from.0];
        (rules.portal && succession.end != OldAccount::Stays).then_some(Self { succession, old })
    }
}

impl Grant<'_> {
    fn claim(&self) -> Claim<'_> {
        let handed_over = |over: &HandOver<'_>| (over.succession.row, over.old.now().direct.bundles());
        Claim {
            base: &self.change.base,
            edits: &self.change.edits,
            handed_over: self.hand_over.as_ref().map(handed_over),
        }
    }

    /// What it takes of the seats that the old account could hand over.
    fn overlap(&self) -> BundleSet {
        match self.hand_over {
            Some(_) => self.change.gains().minus(&self.claim().takes()),
            None => BundleSet::default(),
        }
    }
}

impl<'d> Asked<'d> {
    fn of(drafts: &'d [Draft<'d>], snapshot: &Snapshot, rules: &Rules) -> Self {
        let mut asked = Self {
            grants: Vec::new(),
            frees: Vec::new(),
            pools: free_seats(snapshot),
        };
        for (account, draft) in indexed(drafts) {
            if draft.deleted_by.is_some() && departure(draft) != Stage::Farewell {
                asked.pools.free(&draft.now().direct.bundles());
            }
            let Some(change) = draft.license_change() else {
                continue;
            };
            if change.may_take() {
                let hand_over = HandOver::to(draft, drafts, rules);
                asked.grants.push(Grant {
                    account,
                    change,
                    hand_over,
                });
            } else {
                asked.pools.free(&change.frees());
                asked.frees.push((account, change));
            }
        }
        asked
            .grants
            .sort_by_key(|grant| grant.change.edits.first().map(|(row, _)| *row));
        asked
    }
}

fn free_seats(snapshot: &Snapshot) -> Pools {
    let seats = snapshot.seats().unwrap_or_default();
    Pools::new(seats.iter().map(|seats| (seats.code.clone(), seats.free())))
}

/// The rows that miss out. Where an account that a migration moves away from misses out, only such rows are
/// told: what the migration passes on depends on them, and what is left for the others on that.
pub(super) fn shortage(drafts: &[Draft<'_>], snapshot: &Snapshot, rules: &Rules) -> Denied {
    if is_ample(drafts, free_seats(snapshot)) {
        return Denied::new();
    }
    let asked = Asked::of(drafts, snapshot, rules);
    let claims: Vec<Claim<'_>> = asked.grants.iter().map(Grant::claim).collect();
    let mut denied = denials(&claims, &asked.pools);
    let account_left: BTreeSet<RowIndex> = asked
        .grants
        .iter()
        .filter_map(|grant| Some((grant, drafts[grant.account.0].left_by?)))
        .flat_map(|(grant, mover)| grant.change.edits.iter().filter(move |(row, _)| *row < mover))
        .map(|(row, _)| *row)
        .collect();
    if denied.iter().any(|denial| account_left.contains(&denial.row)) {
        denied.retain(|denial| account_left.contains(&denial.row));
    }
    denied.into_iter().map(|denial| (denial.row, denial)).collect()
}

/// Whether there is a seat for everybody even if nobody is deleted or hands any over.
fn is_ample(drafts: &[Draft<'_>], mut free: Pools) -> bool {
    let turns = || drafts.iter().filter_map(Draft::turn);
    turns().for_each(|turn| free.free(&turn.frees));
    turns().all(|turn| free.take(&turn.gains))
}

impl Assembly<'_> {
    /// Gives every change its stage; says which bundles somebody waits for until others free them.
    pub(super) fn licenses(&mut self, snapshot: &Snapshot, drafts: &[Draft<'_>]) -> BTreeSet<BundleCode> {
        let Asked { grants, frees, pools } = Asked::of(drafts, snapshot, self.rules);
        for (account, change) in frees {
            self.license_step(Stage::Change, account, change);
        }
        let mut left = pools.clone();
        for grant in &grants {
            left.free(&grant.change.frees());
        }
        for grant in &grants {
            left.take(&grant.claim().takes());
        }
        let mut handing_over = Vec::new();
        let mut turning: Vec<(AccountIndex, LicenseChange)> = Vec::new();
        for Grant {
            account,
            change,
            hand_over,
        } in overlapping(grants, &mut left)
        {
            let Some(HandOver { succession, old }) = hand_over else {
                turning.push((account, change));
                continue;
            };
            let (moved, others): (Vec<_>, Vec<_>) =
                change.edits.into_iter().partition(|(row, _)| *row == succession.row);
            let others = LicenseChange::new(change.base, others);
            handing_over.push((
                account,
                succession,
                old,
                LicenseChange::new(others.target.clone(), moved),
            ));
            if !others.is_nothing() {
                turning.push((account, others));
            }
        }
        let changes = turning.iter().map(|(_, change)| change);
        let taking = changes.chain(handing_over.iter().map(|(.., change)| change));
        let scarce = scarce(taking, free_seats(snapshot));
        self.grant(turning, &pools);
        for (account, succession, old, change) in handing_over {
            self.hand_licenses_over(account, succession, old, change);
        }
        for denial in self.denied.values() {
            self.seats.miss(&denial.needs);
        }
        self.seats.fall_short(&left);
        scarce
    }

    fn grant(&mut self, turning: Vec<(AccountIndex, LicenseChange)>, pools: &Pools) {
        let mut left = pools.clone();
        if turning.iter().all(|(_, change)| left.take(&change.gains())) {
            for (account, change) in turning {
                self.license_step(Stage::Grant(0), account, change);
            }
            return;
        }
        let turns: Vec<Turn> = turning
            .iter()
            .map(|(_, change)| Turn {
                gains: change.gains(),
                frees: change.frees(),
            })
            .collect();
        let kinds: Vec<CallKind> = turning.iter().map(|(_, change)| CallKind::of_license(change)).collect();
        let sizes = self.rules.sizes;
        let schedule = schedule(&turns, pools, sizes.of(Family::Allocate), |slots| {
            calls(slots, &kinds, &sizes)
        });
        for ((account, change), slot) in turning.into_iter().zip(schedule.slots) {
            let takes = Stage::Grant(slot.takes);
            match slot.gives_up {
                None => self.license_step(takes, account, change),
                Some(wave) => self.shrink_then_grant(wave, takes, account, change),
            }
        }
    }

    fn license_step(&mut self, stage: Stage, account: AccountIndex, change: LicenseChange) {
        self.seats.count(&change);
        self.holdings.insert(account, change.target.clone());
        let rows = change.edits.iter().map(|(row, _)| *row).collect();
        self.push(stage, Some(account), rows, Work::License(Box::new(change)));
    }

    /// Two calls for one change: what is given up first, what is taken later.
    fn shrink_then_grant(&mut self, wave: u16, takes: Stage, account: AccountIndex, change: LicenseChange) {
        let rows: Vec<RowIndex> = change.edits.iter().map(|(row, _)| *row).collect();
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
        // Who begins can do so together with everything else that only frees.
        let begins = if wave == 0 { Stage::Change } else { Stage::Grant(wave) };
        for (stage, change) in [(begins, shrunk), (takes, grown)] {
            let work = Work::License(Box::new(change));
            self.push(stage, Some(account), rows.clone(), work);
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

    /// Says of the rows that miss out that they do.
    pub(super) fn deny(&mut self) {
        for (row, denial) in &self.denied {
            if self.plan.rows[*row].verdict.is_none() {
                self.plan.rows[*row].ending = Ending::Short(denial.lacking.clone());
                self.plan.short.push((*row, denial.lacking.clone()));
            }
        }
    }
}

/// The grants, those without a hand-over that can do without one: in sheet order, migrations get what seats
/// are `left` for the time in which both accounts hold the licences.
fn overlapping<'d>(grants: Vec<Grant<'d>>, left: &mut Pools) -> Vec<Grant<'d>> {
    let overlap = |mut grant: Grant<'d>| {
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
        for code in &change.gains() {
            if !free.take(&BundleSet::from(vec![code.clone()])) {
                scarce.insert(code.clone());
            }
        }
    }
    scarce
}

/// How many calls the changes take that have these kinds, in these slots.
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
