//! Who holds seats by the licence rules of groups, read group by group.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::FutureExt;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::allocation_reading::PAGE;
use super::listing::Lister;
use super::reader::{Reader, failed_to_read};
use super::{Groups, Needs, ReadError, ReadOptions};
use crate::api::{CallError, Client, Lease, LeaseRoute};
use crate::event::Service;
use crate::model::{GroupId, GroupRef, UserId};

const LEASES: &str = "who holds seats by the groups' licence rules";

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

    /// Those who hold seats by the group's rule, in the order of their ids; `None` if the group was not read.
    pub fn of_group(&self, group: GroupId) -> Option<&[Lease]> {
        self.groups.get(&group).map(Vec::as_slice)
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

/// How many calls reading those who hold seats by a rule takes, if there are so many.
pub fn lease_pages(holders: u64) -> u64 {
    holders.div_ceil(u64::from(PAGE)).max(1)
}

/// Reads who holds seats by the group's rule by now.
///
/// # Errors
/// If no listing answers.
pub async fn leases_of(client: &Client, group: GroupId, options: &ReadOptions) -> Result<Leases, CallError> {
    let unheard = Arc::new(|_| {});
    let reader = Reader::new(client, options, &(unheard as _)).holders(group).await?;
    Ok(Leases::new([(group, reader)]))
}

impl Reader<'_> {
    /// Those who hold seats by the rules of the groups that are wanted; `None` where none is, or where no listing answers.
    pub(super) async fn read_leases(&self, needs: &Needs<'_>, groups: &Groups) -> Result<Option<Leases>, ReadError> {
        let (mut known, mut gone) = (Vec::new(), Vec::new());
        for reference in &needs.leases {
            match (groups.resolve(reference).one(), reference) {
                (Some(group), _) => known.push(group.id),
                // The rule of a group that is gone may still take seats.
                (None, GroupRef::Id(id)) => gone.push(*id),
                (None, GroupRef::Name(_)) => {}
            }
        }
        for ids in [&mut known, &mut gone] {
            ids.sort_unstable();
            ids.dedup();
        }
        if known.is_empty() && gone.is_empty() {
            return Ok(None);
        }
        match self.leases_of_each(&known, &gone).await {
            Ok(leases) => Ok(Some(Leases {
                service: self.client.lease_service(),
                route: self.client.lease_route(),
                ..Leases::new(leases)
            })),
            Err(error) if error.shows_unusable_route() => {
                self.notice(format!(
                    "who holds seats by the groups' licence rules cannot be read here ({error})"
                ));
                Ok(None)
            }
            Err(error) => Err(failed_to_read(LEASES)(error)),
        }
    }

    /// Those who hold seats by the rules of these groups, and of those that are gone, as far as the service knows them.
    async fn leases_of_each(
        &self,
        known: &[GroupId],
        gone: &[GroupId],
    ) -> Result<Vec<(GroupId, Vec<Lease>)>, CallError> {
        let read = async |group| Ok::<_, CallError>((group, self.holders(group).await?));
        let mut leases = Vec::with_capacity(known.len() + gone.len());
        // The first shows which listing answers here.
        let (first, others) = known.split_at(known.len().min(1));
        for group in first {
            leases.push(read(*group).await?);
        }
        let calls: Vec<_> = others.iter().map(|group| read(*group)).collect();
        let others = stream::iter(calls).buffer_unordered(self.options.concurrency.max(1));
        leases.extend(others.try_collect::<Vec<_>>().await?);
        for group in gone {
            match read(*group).await {
                Ok(holders) => leases.push(holders),
                Err(error) if error.shows_no_such_route() && !error.is_page() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(leases)
    }

    async fn holders(&self, group: GroupId) -> Result<Vec<Lease>, CallError> {
        let client = self.client;
        let holders = Lister {
            what: "seats held by groups' rules",
            top: PAGE,
            concurrency: self.options.concurrency,
            observer: self.observer.clone(),
            key: |lease: &Lease| lease.user.0,
            fetch: Box::new(move |skip, top| client.leases(group, skip, top).boxed()),
        };
        holders.all().await
    }
}
