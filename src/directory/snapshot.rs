//! The organization's state as read, and every look-up in it; no network.

use std::collections::{BTreeMap, BTreeSet};

use super::{Accounts, Allocations, Found, Gap, Groups, LastUses, Leases, Listings};
use crate::api::{Allocation, Group, GroupRule, ReleaseRoute, Seats, ToldTime, User, UserKind};
use crate::event::{Method, Service};
use crate::model::{BundleCode, BundleSet, GroupId, GroupRef, UserId, UserRef};

/// What was read of Administrators from the group's side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Administrators {
    /// Its members, where users were read without their groups; `None` if they were not read.
    pub members: Option<Vec<UserId>>,
    /// Whether a group of an external directory is among them.
    pub directory_group: bool,
    /// Whether the listing of groups lacks it, although every organization has it.
    pub is_missing: bool,
}

/// What a snapshot is made of.
#[derive(Debug, Default)]
pub struct Contents {
    /// The users.
    pub accounts: Accounts,
    /// Whether too many accounts came without their groups to ask for each.
    pub has_too_many_untold: bool,
    /// The groups.
    pub groups: Groups,
    /// What was read of Administrators from the group's side.
    pub administrators: Administrators,
    /// The direct allocations; `None` if they were not read.
    pub allocations: Option<Allocations>,
    /// When users last used their licences; `None` if that was not read, or cannot be.
    pub last_uses: Option<LastUses>,
    /// The seats; `None` if they were not read.
    pub seats: Option<Vec<Seats>>,
    /// The group rules; `None` if they were not read.
    pub rules: Option<Vec<GroupRule>>,
    /// Who holds seats by the rules of the groups that were asked for; `None` if that was not read.
    pub leases: Option<Leases>,
    /// The account that reseat acts as, where the token says so.
    pub acting_user: Option<UserId>,
    /// How direct allocations are released, as far as reading has shown.
    pub release_route: ReleaseRoute,
    /// How the listings came.
    pub listings: Listings,
    /// What could not be learnt, where the whole organization was to be read.
    pub gaps: BTreeSet<Gap>,
    /// The calls that only found out by which route allocations can be read.
    pub probes: BTreeMap<(Service, Method), u64>,
}

/// The organization's state at the time of reading.
#[derive(Debug, Default)]
pub struct Snapshot(Contents);

impl From<Contents> for Snapshot {
    fn from(mut contents: Contents) -> Self {
        if let Some(members) = &mut contents.administrators.members {
            members.sort_unstable();
        }
        if let Some(rules) = &mut contents.rules {
            rules.sort_by_key(|rule| rule.group);
            rules.dedup_by_key(|rule| rule.group);
        }
        Self(contents)
    }
}

impl Snapshot {
    /// Every user that was read, in the order of the ids.
    pub fn users(&self) -> &[User] {
        self.0.accounts.all()
    }

    /// The user that a sheet means.
    pub fn user(&self, reference: &UserRef) -> Found<&User> {
        self.0.accounts.resolve(reference)
    }

    /// The user of this id.
    pub fn user_by_id(&self, id: UserId) -> Option<&User> {
        self.0.accounts.get(id)
    }

    /// Whether anybody who was read has this id.
    pub fn has_user(&self, id: UserId) -> bool {
        self.0.accounts.has(id)
    }

    /// The account that has this address, or user name, already; nothing is suggested for a miss.
    pub fn account(&self, name: &str) -> Found<&User> {
        self.0.accounts.find(name)
    }

    /// Whether accounts came without their groups, and were more than
    /// [`MOST_ASKED_FOR_GROUPS`](super::MOST_ASKED_FOR_GROUPS), so that none was asked for by itself.
    pub fn has_too_many_untold(&self) -> bool {
        self.0.has_too_many_untold
    }

    /// Every group that was read, in the order of the ids.
    pub fn groups(&self) -> &[Group] {
        self.0.groups.all()
    }

    /// The group that a sheet means. Of names that differ in case only the one written so is meant.
    pub fn group(&self, reference: &GroupRef) -> Found<&Group> {
        self.0.groups.resolve(reference)
    }

    /// Whether at most one group is called so, were it in other letters' case.
    pub fn is_called_by_one_group(&self, name: &str) -> bool {
        self.0.groups.is_called_by_one(name)
    }

    /// Whether a group that was read is called so, in whatever case.
    pub fn has_group_called(&self, name: &str) -> bool {
        self.0.groups.has(name)
    }

    /// The group of this id.
    pub fn group_by_id(&self, id: GroupId) -> Option<&Group> {
        self.0.groups.get(id)
    }

    /// The built-in group Administrators, where groups were read.
    pub fn administrators(&self) -> Option<&Group> {
        self.0.groups.administrators()
    }

    /// Whether the user is a member of the built-in Administrators. Known only where
    /// [`Needs`](super::Needs) asked for it.
    pub fn is_administrator(&self, user: &User) -> bool {
        let by_own_groups = || {
            self.administrators()
                .is_some_and(|group| user.groups.contains(&group.id))
        };
        let members = self.0.administrators.members.as_deref().unwrap_or_default();
        members.binary_search(&user.id).is_ok() || by_own_groups()
    }

    /// Whether it was asked who is an administrator, and nothing tells whether the user is one.
    pub fn is_perhaps_administrator(&self, user: &User) -> bool {
        let administrators = &self.0.administrators;
        administrators.is_missing
            || (!user.tells_groups && administrators.members.is_none() && !self.is_administrator(user))
    }

    /// Whether the user can administrate the organization: an active, accepted member of Administrators.
    pub fn can_administrate(&self, user: &User) -> bool {
        user.is_person() && user.is_active && user.invitation_accepted && self.is_administrator(user)
    }

    /// Whether a group of an external directory is a member of Administrators, so that there may be administrators
    /// whom no listing shows.
    pub fn has_administrating_group(&self) -> bool {
        let is_one = |user: &User| user.kind == UserKind::DirectoryGroup && self.is_administrator(user);
        self.0.administrators.directory_group || self.users().iter().any(is_one)
    }

    /// Every direct allocation; `None` if they were not read.
    pub fn allocations(&self) -> Option<&Allocations> {
        self.0.allocations.as_ref()
    }

    /// The user's direct allocation. `None` if the user has none, and where allocations were not read:
    /// [`allocations`](Self::allocations) says which.
    pub fn direct(&self, user: UserId) -> Option<&Allocation> {
        self.allocations()?.of(user)
    }

    /// What the user holds by its groups' rules. `None` where that is not known: only some installations tell it.
    pub fn inherited(&self, user: UserId) -> Option<&BundleSet> {
        self.allocations()?.inherited_by(user)
    }

    /// Whether it is unknown what the user holds directly: nothing could be read, or nothing that tells somebody who is
    /// blocked from somebody without an allocation, where that matters.
    pub fn is_direct_unknown(&self, user: UserId) -> bool {
        self.allocations().is_none_or(|read| read.is_unclear(user))
    }

    /// The allocation of an account that is gone while its seats are still taken.
    pub fn orphan(&self, user: UserId) -> Option<&Allocation> {
        self.direct(user).filter(|_| !self.has_user(user))
    }

    /// When the user last used a licence that it holds directly, as far as that was read. Of a user who holds nothing there
    /// is no record.
    pub fn last_in_use(&self, user: UserId) -> ToldTime {
        let holds_nothing = || {
            let allocations = self.allocations();
            allocations.is_some() && !self.is_direct_unknown(user) && self.direct(user).is_none()
        };
        match &self.0.last_uses {
            Some(told) => told.of(user),
            None if holds_nothing() => ToldTime::UNRECORDED,
            None => ToldTime::UNTOLD,
        }
    }

    /// The seats of every bundle; `None` if they were not read.
    pub fn seats(&self) -> Option<&[Seats]> {
        self.0.seats.as_deref()
    }

    /// The seats of one bundle; `None` if they are not known.
    pub fn seats_of(&self, code: &BundleCode) -> Option<&Seats> {
        self.seats()?.iter().find(|seats| seats.code == *code)
    }

    /// Those of these bundles that the organization does not own: its inventory is known, and lacks them
    /// (`uipath-api`, 10).
    pub fn unowned(&self, bundles: &BundleSet) -> BundleSet {
        match self.seats() {
            None | Some([]) => BundleSet::default(),
            Some(_) => {
                let lacking = bundles.iter().filter(|code| self.seats_of(code).is_none());
                lacking.cloned().collect()
            }
        }
    }

    /// These bundles as the organization's inventory writes them, which is how the service wants them.
    pub fn as_owned(&self, bundles: &BundleSet) -> BundleSet {
        bundles.iter().map(|code| self.as_owned_code(code)).collect()
    }

    /// This bundle as the organization's inventory writes it.
    pub fn as_owned_code(&self, code: &BundleCode) -> BundleCode {
        self.seats_of(code).map_or(code, |seats| &seats.code).clone()
    }

    /// The group rules that were asked for, in the order of the groups' ids; `None` if they were not read.
    pub fn rules(&self) -> Option<&[GroupRule]> {
        self.0.rules.as_deref()
    }

    /// The group's rule. `None` if it has none, and where rules were not read.
    pub fn rule(&self, group: GroupId) -> Option<&GroupRule> {
        let rules = self.rules()?;
        let position = rules.binary_search_by_key(&group, |rule| rule.group).ok()?;
        Some(&rules[position])
    }

    /// What a group is called, were it only by its rule; the id where it has no name.
    pub fn rule_name(&self, group: GroupId) -> String {
        let by_rule = || {
            self.rule(group)
                .map(|rule| rule.name.clone())
                .filter(|name| !name.is_empty())
        };
        let name = self.group_by_id(group).map(|group| group.name.clone());
        name.or_else(by_rule).unwrap_or_else(|| group.to_string())
    }

    /// Who holds seats by the rules of the groups that were asked for; `None` if that was not read, or cannot be here.
    pub fn leases(&self) -> Option<&Leases> {
        self.0.leases.as_ref()
    }

    /// The rules by which the user's groups give one of these bundles; `None` where rules were not read, or the user
    /// came without its groups.
    pub fn given_by_groups(&self, user: &User, bundles: &BundleSet) -> Option<Vec<&GroupRule>> {
        let rules = self.rules()?;
        if user.groups.is_empty() || !user.tells_groups {
            return None;
        }
        let gives = |rule: &&GroupRule| user.groups.contains(&rule.group) && !rule.bundles.common(bundles).is_empty();
        Some(rules.iter().filter(gives).collect())
    }

    /// How direct allocations are released, as far as reading has shown.
    pub fn release_route(&self) -> ReleaseRoute {
        self.0.release_route
    }

    /// The shape of the listings, for predicting what reading them again takes.
    pub fn listings(&self) -> Listings {
        self.0.listings
    }

    /// What could not be learnt, where [the whole organization](super::Needs::whole_organization) was to be read: nothing of
    /// this may be taken for none.
    pub fn gaps(&self) -> &BTreeSet<Gap> {
        &self.0.gaps
    }

    /// The calls that only found out by which route allocations can be read; they are not made again once that is kept.
    pub fn probes(&self) -> &BTreeMap<(Service, Method), u64> {
        &self.0.probes
    }

    /// The account that reseat acts as, where the token says so.
    pub fn acting_user(&self) -> Option<UserId> {
        self.0.acting_user
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::accounts::tests::user;
    use super::super::groups::tests::group;
    use super::*;

    #[test]
    fn only_members_of_the_built_in_administrators_count_as_such() {
        let mut insider = user(1, "in@x.example", "");
        insider.groups = vec![GroupId(Uuid::from_u128(10))].into();
        let mut lookalike = user(2, "out@x.example", "");
        lookalike.groups = vec![GroupId(Uuid::from_u128(11))].into();
        let listed = user(3, "listed@x.example", "");
        let snapshot = Snapshot::from(Contents {
            groups: [group(10, "ADMINISTRATORS", true), group(11, "administrators", false)]
                .into_iter()
                .collect(),
            administrators: Administrators {
                members: Some(vec![listed.id]),
                ..Administrators::default()
            },
            ..Contents::default()
        });
        assert!(snapshot.is_administrator(&insider));
        assert!(snapshot.is_administrator(&listed));
        assert!(!snapshot.is_administrator(&lookalike));
    }

    #[test]
    fn allocations_that_were_not_read_are_told_from_there_being_none() {
        let ann = UserId(Uuid::from_u128(1));
        let unread = Snapshot::default();
        assert_eq!((unread.direct(ann), unread.allocations()), (None, None));
        let allocation = Allocation {
            user: ann,
            bundles: BundleSet::default(),
            external_license: false,
            is_orphan: false,
            last_in_use: ToldTime::UNTOLD,
        };
        let read = Snapshot::from(Contents {
            allocations: Some([allocation.clone()].into_iter().collect()),
            ..Contents::default()
        });
        assert_eq!(read.direct(ann), Some(&allocation));
        assert_eq!(read.direct(UserId(Uuid::from_u128(2))), None);
        assert!(read.allocations().is_some());
    }
}
