//! Seats, direct allocations, group rules and the leases their members hold.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Allocation, Lease, Rule, SeatCount, World};
use crate::model::{BundleCode, BundleSet, GroupId, UserId};

impl World {
    /// The seats of every bundle that the organization owns.
    pub fn seats(&self) -> BTreeMap<BundleCode, SeatCount> {
        self.totals
            .keys()
            .map(|code| (code.clone(), self.seats_of(code)))
            .collect()
    }

    /// The seats of one bundle.
    pub fn seats_of(&self, code: &BundleCode) -> SeatCount {
        SeatCount {
            total: self.totals.get(code).copied().unwrap_or_default(),
            allocated: self.used.get(code).copied().unwrap_or_default() + self.on_their_way(code),
        }
    }

    /// Seats that were freed and are not back in the pool.
    fn on_their_way(&self, code: &BundleCode) -> u64 {
        let now = Timestamp::now();
        let is_late = |when: &Timestamp| now.duration_since(*when).unsigned_abs() < self.seat_lag;
        let late = self
            .freed_seats
            .iter()
            .filter(|(freed, when)| freed == code && is_late(when));
        late.count() as u64
    }

    /// Whether the organization owns seats of this bundle, were it none at present. The code has to be written as the
    /// organization's inventory writes it.
    pub fn owns(&self, code: &BundleCode) -> bool {
        let owned = self.totals.get_key_value(code);
        owned.is_some_and(|(owned, _)| owned.as_str() == code.as_str())
    }

    /// Buys or gives back seats: the bundle's total becomes this.
    pub fn set_seats(&mut self, code: &str, total: u64) {
        let code = BundleCode::new(code);
        // Otherwise the spelling that was there would stay.
        self.totals.remove(&code);
        self.totals.insert(code, total);
    }

    /// An account's direct allocation: `None` inherits from its groups, one without bundles is blocked.
    pub fn allocation(&self, user: UserId) -> Option<&Allocation> {
        self.allocations.get(&user)
    }

    /// Every direct allocation, by the holder's id; orphans' too.
    pub fn allocations(&self) -> impl Iterator<Item = (UserId, &Allocation)> {
        self.allocations.iter().map(|(id, allocation)| (*id, allocation))
    }

    /// The account's direct allocation becomes these bundles, whatever the seats; what it had is replaced.
    /// An id that no account has makes an orphan.
    pub fn allocate(&mut self, user: UserId, bundles: BundleSet, external: bool) {
        let holder = self.user(user).or_else(|| self.person(user));
        let email = holder.map(|holder| holder.email.clone());
        let before = self.release(user).unwrap_or_default();
        let taken = bundles.minus(&self.held_by(user));
        self.take(&taken);
        // Those it keeps never left it.
        for code in taken.iter().filter(|code| before.bundles.contains(code)) {
            if let Some(place) = self.freed_seats.iter().rposition(|(freed, _)| freed == code) {
                self.freed_seats.remove(place);
            }
        }
        let allocation = Allocation {
            bundles,
            external,
            last_in_use: before.last_in_use,
            email: email.unwrap_or(before.email),
        };
        self.allocations.insert(user, allocation);
    }

    /// Makes an allocation whose holder has left the directory; it still takes its seats.
    pub fn insert_orphan(&mut self, user: UserId, email: &str, bundles: BundleSet) {
        self.allocate(user, bundles, false);
        if let Some(allocation) = self.allocations.get_mut(&user) {
            email.clone_into(&mut allocation.email);
        }
    }

    /// Says when an account's direct licences were last in use.
    pub fn set_last_in_use(&mut self, user: UserId, when: Option<Timestamp>) {
        if let Some(allocation) = self.allocations.get_mut(&user) {
            allocation.last_in_use = when;
        }
    }

    /// Drops an account's direct allocation: its seats are free and it inherits again.
    pub fn release(&mut self, user: UserId) -> Option<Allocation> {
        let allocation = self.allocations.remove(&user)?;
        self.give_back(&allocation.bundles.minus(&self.held_by(user)));
        Some(allocation)
    }

    /// The group's licence rule.
    pub fn rule(&self, group: GroupId) -> Option<&Rule> {
        self.rules.get(&group)
    }

    /// Every licence rule, by the group's id; orphans' too.
    pub fn rules(&self) -> impl Iterator<Item = (GroupId, &Rule)> {
        self.rules.iter().map(|(id, rule)| (*id, rule))
    }

    /// The group's rule becomes this one. An id that no group has makes an orphan.
    pub fn set_rule(&mut self, group: GroupId, rule: Rule) {
        self.rules.insert(group, rule);
    }

    /// Deletes a group's rule and its members' leases.
    pub fn remove_rule(&mut self, group: GroupId) -> Option<Rule> {
        for (user, lease) in self.leases.remove(&group).unwrap_or_default() {
            self.give_back(&lease.bundles.minus(&self.held_by(user)));
        }
        self.rules.remove(&group)
    }

    /// What the members of a group hold by its rule, by the member's id.
    pub fn leases(&self, group: GroupId) -> impl Iterator<Item = (UserId, &Lease)> {
        let leases = self.leases.get(&group).into_iter().flatten();
        leases.map(|(id, lease)| (*id, lease))
    }

    /// What one member of a group holds by its rule.
    pub(in crate::sandbox) fn lease_of(&self, group: GroupId, user: UserId) -> Option<&Lease> {
        self.leases.get(&group)?.get(&user)
    }

    /// How many members of a group hold this bundle by its rule.
    pub fn leased(&self, group: GroupId, code: &BundleCode) -> u64 {
        let holders = self.leases(group).filter(|(_, lease)| lease.bundles.contains(code));
        holders.count() as u64
    }

    /// A member takes these bundles by the group's rule, as signing in does.
    pub fn lease(&mut self, group: GroupId, user: UserId, lease: Lease) {
        self.release_lease(group, user);
        self.take(&lease.bundles.minus(&self.held_by(user)));
        self.leases.entry(group).or_default().insert(user, lease);
    }

    /// Ends one member's lease; false when there was none.
    pub fn release_lease(&mut self, group: GroupId, user: UserId) -> bool {
        let lease = self.leases.get_mut(&group).and_then(|leases| leases.remove(&user));
        if let Some(lease) = &lease {
            self.give_back(&lease.bundles.minus(&self.held_by(user)));
        }
        lease.is_some()
    }

    /// The account signs in and takes the seats that its groups' rules give, as far as there are any and the rules' limits
    /// allow. One with a direct allocation takes none. False if there is no such account, or if it may not sign in.
    pub fn sign_in(&mut self, user: UserId, now: Timestamp) -> bool {
        let Some(account) = self.users.get_mut(&user).filter(|account| account.is_active) else {
            return false;
        };
        account.last_login_time = Some(now);
        let groups = account.groups.clone();
        if self.allocations.contains_key(&user) {
            self.set_last_in_use(user, Some(now));
            return true;
        }
        for group in groups {
            let Some(rule) = self.rules.get(&group).cloned() else {
                continue;
            };
            let mut lease = self.lease_of(group, user).cloned().unwrap_or_default();
            for code in &rule.bundles {
                let is_within_limit = rule
                    .quotas
                    .get(code)
                    .is_none_or(|limit| self.leased(group, code) < u64::from(*limit));
                if !self.holds_by_a_rule(user, code) && is_within_limit && self.seats_of(code).free() > 0 {
                    lease.bundles = lease.bundles.union(&BundleSet::from(vec![code.clone()]));
                    lease.updated_at = Some(now);
                }
            }
            if !lease.bundles.is_empty() {
                lease.created_at.get_or_insert(now);
                lease.last_in_use = Some(now);
                self.lease(group, user, lease);
            }
        }
        true
    }

    /// The bundles of which the account takes a seat, one each, in however many ways it holds them.
    pub fn held_by(&self, user: UserId) -> BundleSet {
        let direct = self.allocations.get(&user).map(|allocation| &allocation.bundles);
        let leased = self.leases.values().filter_map(|leases| leases.get(&user));
        let held = direct.into_iter().chain(leased.map(|lease| &lease.bundles));
        held.fold(BundleSet::default(), |all, bundles| all.union(bundles))
    }

    fn holds_by_a_rule(&self, user: UserId, code: &BundleCode) -> bool {
        let mut leases = self.leases.values().filter_map(|leases| leases.get(&user));
        leases.any(|lease| lease.bundles.contains(code))
    }

    pub(super) fn release_leases(&mut self, user: UserId) {
        let groups: Vec<GroupId> = self.leases.keys().copied().collect();
        for group in groups {
            self.release_lease(group, user);
        }
    }

    pub(super) fn count_seats(&mut self) {
        self.used.clear();
        let leasing = self.leases.values().flat_map(BTreeMap::keys);
        let holders: BTreeSet<UserId> = self.allocations.keys().chain(leasing).copied().collect();
        for holder in holders {
            self.take(&self.held_by(holder));
        }
    }

    fn take(&mut self, bundles: &BundleSet) {
        for code in bundles {
            *self.used.entry(code.clone()).or_default() += 1;
        }
    }

    fn give_back(&mut self, bundles: &BundleSet) {
        for code in bundles {
            if let Some(count) = self.used.get_mut(code) {
                *count = count.saturating_sub(1);
            }
            if !self.seat_lag.is_zero() {
                self.freed_seats.push((code.clone(), Timestamp::now()));
            }
        }
    }
}
