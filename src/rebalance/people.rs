//! Everybody who holds seats, judged, and why some are left alone.

use std::collections::BTreeMap;

use super::class::{Class, Judge, Standing};
use super::giving_back::Giver;
use super::wants::WantedBy;
use super::{Kept, Rules};
use crate::api::{ReleaseRoute, User};
use crate::directory::Snapshot;
use crate::holdings::{Holder, Holdings};
use crate::model::{BundleCode, BundleSet, GroupId, UserId};

/// Somebody who holds seats, or is blocked from holding any.
pub(super) struct Person<'a> {
    pub(super) holder: &'a Holder<'a>,
    /// The bundles that are held, each once, however many ways it comes by.
    pub(super) held: BundleSet,
    pub(super) standing: Standing,
    pub(super) kept: Option<&'a Kept>,
    /// Why the person's seats are left alone although nothing was seen of them for long enough.
    pub(super) protection: Option<String>,
    /// Everyone, where the person is in it without being listed as a member.
    everyone: Option<GroupId>,
}

/// Everybody, in the order of the ids.
pub(super) fn people<'a>(
    snapshot: &Snapshot,
    holdings: &'a Holdings<'a>,
    judge: &Judge<'_>,
    kept: &'a [Kept],
    rules: &Rules,
) -> Vec<Person<'a>> {
    let kept: BTreeMap<UserId, &Kept> = kept.iter().map(|kept| (kept.user, kept)).collect();
    let everyone = snapshot.groups().iter().find(|group| group.is_everyone());
    let everyone = everyone.map(|group| group.id);
    let judged = holdings.all().iter().map(|holder| {
        let standing = judge.standing(holder);
        let kept = kept.get(&holder.id).copied();
        let is_unlisted = |id: &GroupId| holder.account.is_some_and(|account| !account.groups.contains(id));
        Person {
            holder,
            held: holder.bundles(),
            standing,
            kept,
            protection: protection(snapshot, holder, standing, kept, rules),
            everyone: everyone.filter(is_unlisted),
        }
    });
    judged.collect()
}

fn protection(
    snapshot: &Snapshot,
    holder: &Holder<'_>,
    standing: Standing,
    kept: Option<&Kept>,
    rules: &Rules,
) -> Option<String> {
    if standing.is_spared {
        return Some("reseat gave it a seat within `--grace`".to_owned());
    }
    if !standing.class.may_be_freed() {
        return None;
    }
    if let Some(kept) = kept {
        return Some(kept.words());
    }
    let Some(account) = holder.account else {
        return (!rules.orphans).then(|| "is an orphan, and orphans are left alone".to_owned());
    };
    if snapshot.acting_user() == Some(account.id) {
        return Some("is the account that reseat is signed in as".to_owned());
    }
    if !account.is_person() {
        return Some(no_person(account));
    }
    if snapshot.is_administrator(account) {
        return Some("is a member of Administrators".to_owned());
    }
    let is_perhaps_one = snapshot.is_perhaps_administrator(account);
    is_perhaps_one.then(|| "may be a member of Administrators, since that is not told here".to_owned())
}

/// Why the seats of this account, which is no person's, are left alone.
pub(super) fn no_person(account: &User) -> String {
    if account.is_newcomer() {
        "is known to the directory only and has no account yet".to_owned()
    } else {
        format!("is {} and no user", account.kind.described())
    }
}

impl<'a> Person<'a> {
    /// What the person may have to give back.
    pub(super) fn giver(&'a self, snapshot: &Snapshot, wanted: &WantedBy, rules: &Rules) -> Giver<'a> {
        let held = &self.held;
        let is_whole = self.standing.class == Class::Orphan;
        let can_release = snapshot.release_route() == ReleaseRoute::Portal;
        if is_whole {
            return Giver {
                holder: self.holder,
                held,
                is_whole,
                bound: BundleSet::default(),
                given_again: BundleSet::default(),
                can_release,
            };
        }
        let outside: BundleSet = held.iter().filter(|code| !rules.looks_at(code)).cloned().collect();
        let wanted = wanted.get(&self.holder.id).cloned().unwrap_or_default();
        Giver {
            holder: self.holder,
            held,
            is_whole,
            bound: outside.union(&wanted.common(held)),
            given_again: self.given_again(snapshot),
            can_release,
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

    /// The rules of the groups that the person is in, and of Everyone, whose members are not always told.
    pub(super) fn rules<'s>(&self, snapshot: &'s Snapshot) -> impl Iterator<Item = (GroupId, &'s BundleSet)> {
        let own: &[GroupId] = self.holder.account.map_or(&[], |account| &account.groups);
        let groups = own.iter().copied().chain(self.everyone);
        groups.filter_map(|group| Some((group, &snapshot.rule(group)?.bundles)))
    }
}
