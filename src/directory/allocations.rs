//! Users' licences as read: direct allocations, and what groups give as far as the read tells it.

use std::collections::{BTreeMap, BTreeSet};

use super::ListingShape;
use crate::api::{Allocation, CallError, UserLicenses};
use crate::event::{Method, Service};
use crate::model::{BundleSet, UserId};

/// The most users that one call for many asks for.
pub(super) const USERS_PER_CALL: usize = 500;

/// Direct allocations in the order of the users' ids. Those of users that the directory no longer has are among them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Allocations {
    direct: Vec<Allocation>,
    /// What users hold by their groups' rules, in the order of the users' ids.
    inherited: Vec<(UserId, BundleSet)>,
    /// Users without a bundle of whom it is not known whether they are blocked or merely have no allocation.
    unclear: BTreeSet<UserId>,
    /// People without an account of whom the read says nothing.
    unknown: BTreeSet<UserId>,
}

impl FromIterator<Allocation> for Allocations {
    fn from_iter<I: IntoIterator<Item = Allocation>>(allocations: I) -> Self {
        let mut direct: Vec<Allocation> = allocations.into_iter().collect();
        direct.sort_by_key(|allocation| allocation.user);
        direct.dedup_by_key(|allocation| allocation.user);
        direct.shrink_to_fit();
        Self {
            direct,
            ..Self::default()
        }
    }
}

impl Allocations {
    /// What the service said of these users when it was asked for all of them.
    ///
    /// An entry without a bundle that is not inherited is a blocked user, if the service names only those who hold
    /// something. If it names everybody that it was asked for, such an entry may as well mean that there is nothing.
    pub(super) fn of_entries(asked: &[UserId], entries: Vec<UserLicenses>) -> Self {
        let named: BTreeSet<UserId> = entries.iter().map(|entry| entry.held.user).collect();
        let names_everybody = asked.iter().all(|user| named.contains(user));
        let (inherited, direct): (Vec<UserLicenses>, Vec<UserLicenses>) =
            entries.into_iter().partition(|entry| entry.is_inherited);
        let (bare, direct): (Vec<UserLicenses>, Vec<UserLicenses>) = direct
            .into_iter()
            .partition(|entry| names_everybody && entry.held.bundles.is_empty());
        let mut inherited: Vec<_> = inherited
            .into_iter()
            .map(|entry| (entry.held.user, entry.held.bundles))
            .collect();
        inherited.sort_by_key(|(user, _)| *user);
        inherited.dedup_by(|(user, more), (same, bundles)| {
            let is_same = user == same;
            if is_same {
                *bundles = bundles.union(more);
            }
            is_same
        });
        let direct: Self = direct.into_iter().map(|entry| entry.held).collect();
        let unclear = bare.into_iter().map(|entry| entry.held.user);
        let unclear = unclear.filter(|user| direct.of(*user).is_none()).collect();
        Self {
            inherited,
            unclear,
            ..direct
        }
    }

    /// Every one, in the order of the users' ids.
    pub fn all(&self) -> &[Allocation] {
        &self.direct
    }

    /// The user's; `None` if the user has none.
    pub fn of(&self, user: UserId) -> Option<&Allocation> {
        let position = self.direct.binary_search_by_key(&user, |allocation| allocation.user);
        Some(&self.direct[position.ok()?])
    }

    /// What the user holds by groups' rules, where the read tells it; `None` if nothing is known of that.
    pub fn inherited_by(&self, user: UserId) -> Option<&BundleSet> {
        let position = self.inherited.binary_search_by_key(&user, |(user, _)| *user);
        Some(&self.inherited[position.ok()?].1)
    }

    /// Everybody of whom the read tells what groups' rules give, in the order of the users' ids.
    pub fn all_inherited(&self) -> impl Iterator<Item = (UserId, &BundleSet)> {
        self.inherited.iter().map(|(user, bundles)| (*user, bundles))
    }

    /// Whether the user holds no bundle, and it is not known whether for being blocked or for having no allocation; or
    /// whether nothing is known of somebody who has no account.
    pub fn is_unclear(&self, user: UserId) -> bool {
        self.unclear.contains(&user) || self.unknown.contains(&user)
    }

    /// Those of these users of whom nothing was said.
    pub(super) fn silent_about(&self, users: &[UserId]) -> Vec<UserId> {
        let is_named =
            |user: UserId| self.of(user).is_some() || self.inherited_by(user).is_some() || self.is_unclear(user);
        users.iter().copied().filter(|user| !is_named(*user)).collect()
    }

    /// The same, where it is unknown what these people hold, who have no account.
    pub(super) fn not_knowing(mut self, people: Vec<UserId>) -> Self {
        self.unknown.extend(people);
        self
    }

    /// The same where it does not matter who is blocked.
    pub(super) fn with_none_unclear(self) -> Self {
        Self {
            unclear: BTreeSet::new(),
            ..self
        }
    }

    /// The same, where it matters of these users only.
    pub(super) fn unclear_only_of(mut self, users: &[UserId]) -> Self {
        let users: BTreeSet<UserId> = users.iter().copied().collect();
        self.unclear.retain(|user| users.contains(user));
        self
    }

    pub(super) fn unclear(&self) -> Vec<UserId> {
        self.unclear.iter().copied().collect()
    }

    /// The same, with what another look showed of users who were unclear or not named.
    pub(super) fn cleared_up_by(self, seen: Self) -> Self {
        let cleared: Self = self.direct.into_iter().chain(seen.direct).collect();
        Self {
            inherited: self.inherited,
            unknown: self.unknown,
            ..cleared
        }
    }

    /// The same, with those of the unclear whom another look showed to be blocked.
    pub(super) fn with_blocked(mut self, seen: Self) -> Self {
        let is_blocked = |held: &Allocation| held.bundles.is_empty() && self.unclear.contains(&held.user);
        let blocked: Vec<Allocation> = seen.direct.into_iter().filter(is_blocked).collect();
        self.direct.extend(blocked);
        self.direct.sort_by_key(|held| held.user);
        self
    }

    /// The same, with what groups give as another read tells it.
    pub(super) fn inheriting_as(self, told: Self) -> Self {
        Self {
            inherited: told.inherited,
            ..self
        }
    }

    /// Whether the user holds the bundles now that it held `before`, `None` for no direct allocation, as far as both reads
    /// tell. The portal's listing does not have `useExternalLicense`, so that is not compared.
    pub fn agrees_with(&self, user: UserId, before: Option<&BundleSet>) -> bool {
        match (self.of(user), before) {
            (None, None) => true,
            (None, Some(before)) => self.is_unclear(user) && before.is_empty(),
            (Some(_), None) => false,
            (Some(now), Some(before)) => now.bundles == *before,
        }
    }
}

/// By which calls allocations were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HowRead {
    /// Many users in one call: cheap, and out of the generous budget of POSTs.
    InBulk,
    /// A call for each user.
    OneByOne,
    /// The whole listing of licensed users.
    ByPages(ListingShape),
}

impl HowRead {
    /// Whether such a reading tells when licences were last in use.
    pub(super) fn tells_uses(self) -> bool {
        match self {
            Self::ByPages(_) | Self::OneByOne => true,
            Self::InBulk => false,
        }
    }
}

/// Allocations, and how they came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadAllocations {
    /// What was read.
    pub allocations: Allocations,
    /// By which calls; `None` if none was needed.
    pub how: Option<HowRead>,
    /// Whether the listing does not fit together that they come from, so that holders may be missing.
    pub is_doubtful: bool,
    /// The addresses by which a listing of everybody calls holders who are not gone.
    pub addresses: Vec<(UserId, Box<str>)>,
    /// The calls among them that only found out which route works here.
    pub probes: BTreeMap<(Service, Method), u64>,
}

/// Direct allocations, as far as they can be read before the accounts are known.
pub(super) enum Early {
    /// They were read, or are not wanted, or can be spared.
    Read(Option<ReadAllocations>),
    /// They have to be read by the accounts' ids; with what the listing of everybody answered, if it was asked.
    ByIds(Option<CallError>),
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::model::BundleCode;

    fn user(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    fn entry(number: u128, codes: &str, is_inherited: bool) -> UserLicenses {
        UserLicenses {
            held: Allocation {
                user: user(number),
                bundles: codes.split_whitespace().map(BundleCode::new).collect(),
                external_license: false,
                is_orphan: false,
                last_in_use: crate::api::ToldTime::UNTOLD,
            },
            is_inherited,
        }
    }

    #[test]
    fn direct_and_inherited_licences_are_told_apart() {
        let entries = vec![
            entry(1, "A", false),
            entry(1, "B", true),
            entry(2, "C", true),
            entry(2, "D", true),
        ];
        let read = Allocations::of_entries(&[user(1), user(2), user(3)], entries);
        let codes = |set: &BundleSet| set.to_string();
        assert_eq!(read.of(user(1)).map(|held| codes(&held.bundles)).as_deref(), Some("A"));
        assert_eq!(read.inherited_by(user(1)).map(codes).as_deref(), Some("B"));
        assert_eq!(read.of(user(2)), None);
        assert_eq!(read.inherited_by(user(2)).map(BundleSet::len), Some(2));
        assert_eq!((read.of(user(3)), read.inherited_by(user(3))), (None, None));
    }

    #[test]
    fn an_empty_entry_is_a_block_only_where_the_service_leaves_out_those_who_hold_nothing() {
        let entries = || vec![entry(1, "", false), entry(2, "A", false)];
        let some_are_left_out = Allocations::of_entries(&[user(1), user(2), user(3)], entries());
        assert!(some_are_left_out.of(user(1)).is_some());
        assert!(!some_are_left_out.is_unclear(user(1)));
        let everybody_is_named = Allocations::of_entries(&[user(1), user(2)], entries());
        assert!(everybody_is_named.of(user(1)).is_none());
        assert!(everybody_is_named.is_unclear(user(1)));
        let blocked = some_are_left_out.of(user(1));
        assert!(everybody_is_named.agrees_with(user(1), blocked.map(|held| &held.bundles)));
        assert!(everybody_is_named.agrees_with(user(1), None));
        let cleared = everybody_is_named.cleared_up_by(blocked.cloned().into_iter().collect());
        assert!(cleared.of(user(1)).is_some() && !cleared.is_unclear(user(1)));
    }

    #[test]
    fn another_look_says_who_is_blocked_and_not_what_a_listing_that_lags_behind_still_has() {
        let unclear = || Allocations::of_entries(&[user(1), user(2)], vec![entry(1, "", false), entry(2, "A", false)]);
        let seen = |codes| std::iter::once(entry(1, codes, false).held).collect();
        assert!(unclear().with_blocked(seen("")).of(user(1)).is_some());
        assert!(unclear().with_blocked(seen("B")).of(user(1)).is_none());
        assert!(unclear().with_blocked(seen("B")).of(user(2)).is_some());
    }
}
