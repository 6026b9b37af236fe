//! Who holds seats by the licence rules of groups, as it was read.

use std::collections::BTreeMap;

use crate::api::{Lease, LeaseRoute};
use crate::event::Service;
use crate::model::{GroupId, UserId};

/// What members hold by the rules of those groups that were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leases {
    /// By group; each list in the order of the users' ids.
    groups: BTreeMap<GroupId, Vec<Lease>>,
    /// The service whose listing answered.
    service: Option<Service>,
    /// How many members' seats can be given back in a call, as far as that was known when this was read.
    route: Option<LeaseRoute>,
}

impl Leases {
    /// What was read of these groups.
    pub fn new(groups: impl IntoIterator<Item = (GroupId, Vec<Lease>)>) -> Self {
        let sorted = |(group, mut leases): (GroupId, Vec<Lease>)| {
            leases.sort_by_key(|lease| lease.user);
            leases.dedup_by_key(|lease| lease.user);
            (group, leases)
        };
        Self {
            groups: groups.into_iter().map(sorted).collect(),
            ..Self::default()
        }
    }

    /// The same, with the service whose listing answered, and how many members' seats can be given back in a call.
    pub(super) fn read_by(self, service: Option<Service>, route: Option<LeaseRoute>) -> Self {
        Self { service, route, ..self }
    }

    /// Those who hold seats by the group's rule, in the order of their ids; `None` if the group was not read.
    pub fn of_group(&self, group: GroupId) -> Option<&[Lease]> {
        self.groups.get(&group).map(Vec::as_slice)
    }

    /// Every group that was read, in the order of the ids, with those who hold seats by its rule.
    pub fn all(&self) -> impl Iterator<Item = (GroupId, &[Lease])> {
        self.groups.iter().map(|(group, leases)| (*group, leases.as_slice()))
    }

    /// What the user holds by the group's rule; `None` if it holds nothing by it, and where the group was not read.
    pub fn of(&self, group: GroupId, user: UserId) -> Option<&Lease> {
        let leases = self.of_group(group)?;
        let position = leases.binary_search_by_key(&user, |lease| lease.user).ok()?;
        leases.get(position)
    }

    /// What the user holds by the rules of the groups that were read.
    pub fn of_user(&self, user: UserId) -> impl Iterator<Item = (GroupId, &Lease)> {
        self.groups
            .keys()
            .filter_map(move |group| Some((*group, self.of(*group, user)?)))
    }

    /// The service whose listing answered, for predicting what reading it again takes.
    pub fn service(&self) -> Option<Service> {
        self.service
    }

    /// How many members' seats can be given back in a call, as far as that was known when this was read.
    pub fn route(&self) -> Option<LeaseRoute> {
        self.route
    }
}
