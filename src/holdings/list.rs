//! All holders of an organization.

use std::collections::BTreeMap;

use super::{GroupSeat, Holder};
use crate::api::ToldTime;
use crate::directory::Snapshot;
use crate::model::{GroupId, UserId};

/// Everybody who holds seats or is blocked, in the order of their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holdings<'a>(Vec<Holder<'a>>);

impl<'a> Holdings<'a> {
    /// Everybody of the snapshot, as far as allocations and leases were read.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let mut holders: BTreeMap<UserId, Holder<'a>> = BTreeMap::new();
        let blank = |id| Holder {
            id,
            account: snapshot.user_by_id(id),
            direct: None,
            by_groups: Vec::new(),
            last_in_use: ToldTime::UNTOLD,
            is_orphan: false,
        };
        for held in snapshot.allocations().into_iter().flat_map(|read| read.all()) {
            let holder = holders.entry(held.user).or_insert_with(|| blank(held.user));
            holder.direct = Some(&held.bundles);
            holder.last_in_use = holder.last_in_use.max(held.last_in_use);
            holder.is_orphan |= held.is_orphan;
        }
        for (group, leases) in snapshot.leases().into_iter().flat_map(|read| read.all()) {
            for lease in leases.iter().filter(|lease| !lease.bundles.is_empty()) {
                let holder = holders.entry(lease.user).or_insert_with(|| blank(lease.user));
                let bundles = &lease.bundles;
                holder.by_groups.push(GroupSeat { group, bundles });
                holder.last_in_use = holder.last_in_use.max(lease.last_in_use);
                holder.is_orphan |= lease.is_orphan;
            }
        }
        Self(holders.into_values().collect())
    }

    /// Everybody, in the order of the ids.
    pub fn all(&self) -> &[Holder<'a>] {
        &self.0
    }

    /// What this one holds; `None` if nothing, and not blocked either.
    pub fn of_user(&self, id: UserId) -> Option<&Holder<'a>> {
        let position = self.0.binary_search_by_key(&id, |holder| holder.id).ok()?;
        self.0.get(position)
    }

    /// How many people hold seats by this group's rule.
    pub fn by_group(&self, group: GroupId) -> usize {
        let holds = |holder: &&Holder<'_>| holder.by_groups.iter().any(|seat| seat.group == group);
        self.0.iter().filter(holds).count()
    }
}
