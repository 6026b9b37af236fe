//! All holders of an organization.

use std::collections::BTreeMap;

use super::{GroupSeat, Holder};
use crate::api::ToldTime;
use crate::directory::{Allocations, Leases, Snapshot};
use crate::model::UserId;

/// Everybody who holds seats or is blocked, in the order of their ids.
///
/// Only what was read is here. What a reading of the whole organization could not tell is in
/// [`Snapshot::gaps`](crate::directory::Snapshot::gaps), and whoever counts holders has to say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holdings<'a> {
    holders: Vec<Holder<'a>>,
}

impl<'a> Holdings<'a> {
    /// Everybody of the snapshot, as far as allocations and leases were read.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let mut holders: BTreeMap<UserId, Holder<'a>> = BTreeMap::new();
        let blank = |id| Holder {
            id,
            account: snapshot.user_by_id(id),
            direct: None,
            by_groups: Vec::new(),
            by_unnamed_groups: None,
            last_in_use: ToldTime::UNTOLD,
            is_orphan: false,
        };
        for held in snapshot.allocations().into_iter().flat_map(Allocations::all) {
            let holder = holders.entry(held.user).or_insert_with(|| blank(held.user));
            holder.direct = Some(&held.bundles);
            holder.last_in_use = holder.last_in_use.max(held.last_in_use);
            holder.is_orphan |= held.is_orphan;
        }
        for (group, leases) in snapshot.leases().into_iter().flat_map(Leases::all) {
            for lease in leases.iter().filter(|lease| !lease.bundles.is_empty()) {
                let holder = holders.entry(lease.user).or_insert_with(|| blank(lease.user));
                let bundles = &lease.bundles;
                holder.by_groups.push(GroupSeat { group, bundles });
                holder.last_in_use = holder.last_in_use.max(lease.last_in_use);
                holder.is_orphan |= lease.is_orphan;
            }
        }
        if snapshot.leases().is_none() {
            let inherited = snapshot.allocations().into_iter().flat_map(Allocations::all_inherited);
            for (id, bundles) in inherited.filter(|(_, bundles)| !bundles.is_empty()) {
                let holder = holders.entry(id).or_insert_with(|| blank(id));
                holder.by_unnamed_groups = Some(bundles);
            }
        }
        Self {
            holders: holders.into_values().collect(),
        }
    }

    /// Everybody, in the order of the ids.
    pub fn all(&self) -> &[Holder<'a>] {
        &self.holders
    }

    /// What this one holds; `None` if nothing, and not blocked either.
    pub fn of_user(&self, id: UserId) -> Option<&Holder<'a>> {
        let position = self.holders.binary_search_by_key(&id, |holder| holder.id).ok()?;
        self.holders.get(position)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::api::{Allocation, Lease};
    use crate::directory::Contents;
    use crate::model::{BundleCode, BundleSet, GroupId};

    fn user(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    fn group(number: u128) -> GroupId {
        GroupId(Uuid::from_u128(100 + number))
    }

    fn codes(codes: &str) -> BundleSet {
        codes.split_whitespace().map(BundleCode::new).collect()
    }

    fn at(text: &str) -> ToldTime {
        ToldTime::at(text.parse().unwrap())
    }

    fn direct(number: u128, held: &str, last_in_use: ToldTime) -> Allocation {
        Allocation {
            user: user(number),
            bundles: codes(held),
            external_license: false,
            is_orphan: false,
            last_in_use,
        }
    }

    fn lease(number: u128, held: &str, last_in_use: ToldTime) -> Lease {
        Lease {
            user: user(number),
            bundles: codes(held),
            last_in_use,
            is_orphan: number == 9,
        }
    }

    #[test]
    fn each_source_is_kept_a_seat_counts_once_and_the_later_use_counts() {
        let allocations = [
            direct(1, "A B", at("2026-03-01T00:00:00Z")),
            direct(2, "", ToldTime::UNRECORDED),
            direct(3, "A", ToldTime::UNRECORDED),
        ];
        let leases = [
            (
                group(1),
                vec![
                    lease(1, "A", at("2026-05-01T00:00:00Z")),
                    lease(3, "C", ToldTime::UNTOLD),
                    lease(9, "C", ToldTime::UNRECORDED),
                ],
            ),
            (
                group(2),
                vec![
                    lease(9, "D", at("2026-01-01T00:00:00Z")),
                    lease(4, "", ToldTime::UNTOLD),
                ],
            ),
        ];
        let snapshot = Snapshot::from(Contents {
            allocations: Some(allocations.into_iter().collect()),
            leases: Some(Leases::new(leases)),
            ..Contents::default()
        });
        let holdings = Holdings::of(&snapshot);
        let told = holdings.all().iter().map(|holder| {
            let direct = holder.direct.map_or("none".to_owned(), ToString::to_string);
            let last = holder.last_in_use;
            let last = last
                .time()
                .map_or(if last.is_told() { "never" } else { "untold" }.to_owned(), |time| {
                    time.to_string()
                });
            let blocked = if holder.is_blocked() { ", blocked" } else { "" };
            format!(
                "{direct} + {} = {}, {last}{blocked}",
                holder.inherited(),
                holder.bundles()
            )
        });
        let told: Vec<String> = told.collect();
        assert_eq!(
            told,
            [
                "A; B + A = A; B, 2026-05-01T00:00:00Z",
                " +  = , never, blocked",
                "A + C = A; C, never",
                "none + C; D = C; D, 2026-01-01T00:00:00Z",
            ]
        );
        let orphans: Vec<UserId> = holdings
            .all()
            .iter()
            .filter(|holder| holder.is_orphan)
            .map(|holder| holder.id)
            .collect();
        assert_eq!(orphans, [user(9)]);
        assert!(holdings.of_user(user(4)).is_none() && holdings.of_user(user(2)).is_some());
    }
}
