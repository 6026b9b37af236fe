//! Everybody who holds seats, judged, and why some are left alone.

use std::collections::BTreeMap;

use super::class::{Class, Judge, Standing};
use super::giving_back::Giver;
use super::wants::WantedBy;
use super::{Kept, Rules};
use crate::api::Group;
use crate::directory::Snapshot;
use crate::holdings::{Holder, Holdings};
use crate::model::{BundleCode, BundleSet, GroupId, UserId};

/// Somebody who holds seats, or is blocked from holding any.
pub(super) struct Person<'a> {
    pub(super) holder: &'a Holder<'a>,
    pub(super) standing: Standing,
    pub(super) kept: Option<&'a Kept>,
}

/// Everybody, in the order of the ids.
pub(super) fn people<'a>(holdings: &'a Holdings<'a>, judge: &Judge<'_>, kept: &'a [Kept]) -> Vec<Person<'a>> {
    let kept: BTreeMap<UserId, &Kept> = kept.iter().map(|kept| (kept.user, kept)).collect();
    let judged = holdings.all().iter().map(|holder| Person {
        holder,
        standing: judge.standing(holder),
        kept: kept.get(&holder.id).copied(),
    });
    judged.collect()
}

impl<'a> Person<'a> {
    /// Why the person's seats are left alone although they are idle.
    pub(super) fn protection(&self, snapshot: &Snapshot, rules: &Rules) -> Option<String> {
        if let Some(kept) = self.kept {
            return Some(kept.words());
        }
        let Some(account) = self.holder.account else {
            let is_left = self.standing.class == Class::Orphan && !rules.orphans;
            return is_left.then(|| "is an orphan, and orphans are left alone".to_owned());
        };
        if snapshot.acting_user() == Some(account.id) {
            return Some("is the account that reseat is signed in as".to_owned());
        }
        if !account.is_person() {
            return Some(format!("is {} and no user", account.kind.described()));
        }
        snapshot
            .is_administrator(account)
            .then(|| "is a member of Administrators".to_owned())
    }

    /// What the person may have to give back.
    pub(super) fn giver(&self, snapshot: &Snapshot, wanted: &WantedBy, rules: &Rules) -> Giver<'a> {
        let held = self.holder.bundles();
        let is_whole = self.standing.class == Class::Orphan;
        if is_whole {
            return Giver {
                holder: self.holder,
                is_whole,
                bound: BundleSet::default(),
                given_again: BundleSet::default(),
            };
        }
        let outside: BundleSet = held.iter().filter(|code| !rules.looks_at(code)).cloned().collect();
        let wanted = wanted.get(&self.holder.id).cloned().unwrap_or_default();
        Giver {
            holder: self.holder,
            is_whole,
            bound: outside.union(&wanted.common(&held)),
            given_again: self.given_again(snapshot),
        }
    }

    /// What is held directly alone while a group's rule gives the same, which would give it again.
    fn given_again(&self, snapshot: &Snapshot) -> BundleSet {
        let Some(direct) = self.holder.direct else {
            return BundleSet::default();
        };
        let alone = direct.minus(&self.holder.inherited());
        let rules = self.rules(snapshot);
        rules.fold(BundleSet::default(), |given, (_, bundles)| {
            given.union(&bundles.common(&alone))
        })
    }

    /// The groups by whose rules the person is given this bundle at a sign-in.
    pub(super) fn givers_of(&self, snapshot: &Snapshot, code: &BundleCode) -> Vec<GroupId> {
        let gives = self.rules(snapshot).filter(|(_, bundles)| bundles.contains(code));
        gives.map(|(group, _)| group).collect()
    }

    /// The rules of the groups that the person is in, and of Everyone, whose members are not told.
    pub(super) fn rules<'s>(&self, snapshot: &'s Snapshot) -> impl Iterator<Item = (GroupId, &'s BundleSet)> {
        let own: &[GroupId] = self.holder.account.map_or(&[], |account| &account.groups);
        let has_account = self.holder.account.is_some();
        let is_everyone = move |group: &&Group| has_account && group.is_everyone() && !own.contains(&group.id);
        let everyone = snapshot.groups().iter().filter(is_everyone).map(|group| group.id);
        let groups = own.iter().copied().chain(everyone);
        groups.filter_map(|group| Some((group, &snapshot.rule(group)?.bundles)))
    }
}
