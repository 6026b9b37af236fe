//! Seats held by groups' rules that a plan gives back, and how many of each bundle that frees.

use std::collections::{BTreeMap, BTreeSet};

use super::account_drafts::WantedMembership;
use super::draft_list::DraftList;
use super::seats::Pools;
use super::{Membership, RowIndex, RuleRemoval};
use crate::directory::Snapshot;
use crate::model::{BundleCode, BundleSet, GroupId, UserId};

/// How many seats of each bundle are freed because nobody holds them by a group's rule any more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FreedByRules(BTreeMap<BundleCode, u64>);

impl FreedByRules {
    /// Those that these drafts give back, and those that end with these rules.
    ///
    /// Whoever holds a bundle in several ways takes one seat of it, which is free once none of them is left; a direct
    /// allocation counts its own.
    pub(super) fn of(drafts: &DraftList<'_>, removals: &[(RowIndex, RuleRemoval)], snapshot: &Snapshot) -> Self {
        let Some(leases) = snapshot.leases() else {
            return Self::default();
        };
        let given_back = drafts.iter().flat_map(|draft| {
            let user = draft.id();
            draft
                .ended_leases()
                .iter()
                .filter_map(move |ended| Some((user?, ended.group)))
        });
        let cleared = removals.iter().flat_map(|(_, removal)| {
            let holders = leases.of_group(removal.group).into_iter().flatten();
            holders.map(|lease| (lease.user, removal.group))
        });
        Self::by_the_end_of(given_back.chain(cleared), snapshot)
    }

    /// Those that are free once nobody holds what these users hold by the rules of these groups.
    pub fn by_the_end_of(leases_ended: impl IntoIterator<Item = (UserId, GroupId)>, snapshot: &Snapshot) -> Self {
        let Some(leases) = snapshot.leases() else {
            return Self::default();
        };
        let mut ended: BTreeMap<UserId, BTreeSet<GroupId>> = BTreeMap::new();
        for (user, group) in leases_ended {
            ended.entry(user).or_default().insert(group);
        }
        let mut freed = Self::default();
        for (user, groups) in &ended {
            let (mut gone, mut kept) = (BTreeSet::new(), BTreeSet::new());
            for (group, lease) in leases.of_user(*user) {
                let codes = if groups.contains(&group) { &mut gone } else { &mut kept };
                codes.extend(&lease.bundles);
            }
            let direct = snapshot.direct(*user).map(|allocation| &allocation.bundles);
            kept.extend(direct.into_iter().flatten());
            for code in gone.difference(&kept) {
                *freed.0.entry((*code).clone()).or_default() += 1;
            }
        }
        freed
    }

    /// Tells the drafts what they hold by groups' rules all the while: by those that neither end nor are given back, of groups
    /// that they do not leave.
    pub(super) fn tell_kept(drafts: &mut DraftList<'_>, removals: &[(RowIndex, RuleRemoval)], snapshot: &Snapshot) {
        let Some(leases) = snapshot.leases() else {
            return;
        };
        for draft in drafts.iter_mut() {
            let Some(user) = draft.id() else { continue };
            let ends = |group: GroupId| {
                let is_left = |wish: &WantedMembership| wish.group == group && wish.change == Membership::Leave;
                draft.ended_leases().iter().any(|ended| ended.group == group)
                    || removals.iter().any(|(_, removal)| removal.group == group)
                    || draft.memberships().iter().any(is_left)
            };
            let kept = leases.of_user(user).filter(|(group, _)| !ends(*group));
            let kept: BundleSet = kept.flat_map(|(_, lease)| lease.bundles.iter().cloned()).collect();
            draft.holds_by_rules(kept);
        }
    }

    /// Puts them into the pools.
    pub(super) fn add_to(&self, pools: &mut Pools) {
        for (code, seats) in &self.0 {
            pools.free_several(code, *seats);
        }
    }

    /// The bundles, and how many seats of each.
    pub fn iter(&self) -> impl Iterator<Item = (&BundleCode, u64)> {
        self.0.iter().map(|(code, seats)| (code, *seats))
    }
}
