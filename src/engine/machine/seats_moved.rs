//! Which seats a run has given and freed in the end: those of the steps that were carried out, whatever was planned.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::state::Machine;
use crate::engine::outcome::SeatsMoved;
use crate::model::{BundleCode, BundleSet, GroupId, UserId};
use crate::plan::{AccountIndex, Direct, FreedByRules, LicenseChange, RuleRemoval, StepIndex, StepSource, Turn, Work};

impl Machine<'_> {
    /// The seats of each bundle, counted as the plan counts those that it forecasts. Seats that a group's rule gives at
    /// the next sign-in are none of them.
    pub(super) fn seats_moved(&self) -> BTreeMap<BundleCode, SeatsMoved> {
        let mut count = Count::default();
        let kept = self.leases_kept();
        let mut leases_ended: Vec<(UserId, GroupId)> = Vec::new();
        let mut deleted: HashSet<AccountIndex> = HashSet::new();
        for index in self.steps.done() {
            let step = self.steps.step(index);
            match (&step.work, step.account) {
                (Work::License(change), account) => {
                    let kept = account.and_then(|account| kept.get(&account));
                    count.change(change, kept);
                }
                (Work::EndLease(end), _) if self.snapshot.leases().is_none() => count.leave_open(&end.bundles),
                (Work::EndLease(end), _) => {
                    let user = self.steps.user_of(index);
                    leases_ended.extend(user.map(|user| (user, end.group)));
                }
                (Work::RemoveRule(removal), _) => self.rule_removed(removal, &mut leases_ended, &mut count),
                (Work::Delete, account) => deleted.extend(account),
                (
                    Work::Invite(_)
                    | Work::Create(_)
                    | Work::Update(_)
                    | Work::Member(..)
                    | Work::GroupRule(_)
                    | Work::Verify(_)
                    | Work::VerifyLeaver,
                    _,
                ) => {}
            }
        }
        for (code, seats) in FreedByRules::by_the_end_of(leases_ended, self.snapshot).iter() {
            count.of(code).freed += seats;
        }
        for held in self.held_when_deleted(&deleted).values() {
            count.free(held);
        }
        for index in self.steps.unclear() {
            count.leave_open(&self.perhaps_moved(*index));
        }
        count.0
    }

    /// What accounts hold still by groups' rules, although it was to be given back.
    fn leases_kept(&self) -> HashMap<AccountIndex, BundleSet> {
        let mut kept: HashMap<AccountIndex, BundleSet> = HashMap::new();
        for index in self.steps.not_done() {
            let step = self.steps.step(index);
            if let (Work::EndLease(end), Some(account)) = (&step.work, step.account) {
                let of = kept.entry(account).or_default();
                *of = of.union(&end.bundles);
            }
        }
        kept
    }

    /// A group's rule is gone, and with it what people held by it.
    fn rule_removed(&self, removal: &RuleRemoval, leases_ended: &mut Vec<(UserId, GroupId)>, count: &mut Count) {
        let holders = self.snapshot.leases().and_then(|leases| leases.of_group(removal.group));
        match holders {
            Some(holders) => leases_ended.extend(holders.iter().map(|lease| (lease.user, removal.group))),
            None if removal.holders == Some(0) => {}
            None => count.leave_open(&removal.bundles),
        }
    }

    /// What accounts that are gone held directly: what they held before, with what the run gave and took meanwhile.
    fn held_when_deleted(&self, deleted: &HashSet<AccountIndex>) -> HashMap<AccountIndex, BundleSet> {
        let held = |account: &AccountIndex| {
            let user = self.steps.account_id(*account)?;
            let bundles = self.snapshot.direct(user).map(|direct| direct.bundles.clone());
            Some((*account, bundles.unwrap_or_default()))
        };
        let mut held: HashMap<AccountIndex, BundleSet> = deleted.iter().filter_map(held).collect();
        if held.is_empty() {
            return held;
        }
        for index in self.steps.done() {
            let step = self.steps.step(index);
            if let (Work::License(change), Some(account)) = (&step.work, step.account)
                && let Some(held) = held.get_mut(&account)
            {
                *held = held.union(change.gains()).minus(change.frees());
            }
        }
        held
    }

    /// The bundles of which a step may have given or freed a seat, nobody knows.
    fn perhaps_moved(&self, index: StepIndex) -> BundleSet {
        match &self.steps.step(index).work {
            Work::License(change) => either(change),
            Work::EndLease(end) => end.bundles.clone(),
            Work::RemoveRule(removal) => removal.bundles.clone(),
            Work::Delete => {
                let direct = self.steps.user_of(index).and_then(|user| self.snapshot.direct(user));
                direct.map(|direct| direct.bundles.clone()).unwrap_or_default()
            }
            Work::Invite(_)
            | Work::Create(_)
            | Work::Update(_)
            | Work::Member(..)
            | Work::GroupRule(_)
            | Work::Verify(_)
            | Work::VerifyLeaver => BundleSet::default(),
        }
    }
}

/// The bundles that a change gives or takes.
fn either(change: &LicenseChange) -> BundleSet {
    let (was, is) = (change.base.direct.bundles(), change.target.direct.bundles());
    is.minus(&was).union(&was.minus(&is)).minus(&change.by_rules)
}

#[derive(Default)]
struct Count(BTreeMap<BundleCode, SeatsMoved>);

impl Count {
    fn of(&mut self, code: &BundleCode) -> &mut SeatsMoved {
        self.0.entry(code.clone()).or_default()
    }

    /// A change was made; `kept` is what its account holds by rules although it was to be given back.
    fn change(&mut self, change: &LicenseChange, kept: Option<&BundleSet>) {
        let Turn { mut gains, mut frees } = change.turn().clone();
        if let Some(kept) = kept {
            (gains, frees) = (gains.minus(kept), frees.minus(kept));
        }
        for code in &gains {
            self.of(code).given += 1;
        }
        self.free(&frees);
        if change.base.direct == Direct::Unknown {
            // Which of them the account held before is not known, nor what it held besides.
            self.leave_open(&change.target.direct.bundles());
        }
    }

    fn free(&mut self, bundles: &BundleSet) {
        for code in bundles {
            self.of(code).freed += 1;
        }
    }

    fn leave_open(&mut self, bundles: &BundleSet) {
        for code in bundles {
            self.of(code).is_open = true;
        }
    }
}
