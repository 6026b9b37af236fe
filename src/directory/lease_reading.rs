//! Reads who holds seats by the licence rules of groups, group by group.

use futures::FutureExt;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::allocation_reading::PAGE;
use super::listing::Lister;
use super::reader::{Reader, failed_to_read};
use super::{Gap, Groups, Leases, ReadError};
use crate::api::{CallError, GroupRule, Lease};
use crate::event::{Event, Observer, silent};
use crate::model::{GroupId, GroupRef};

pub(super) const LEASES: &str = "who holds seats by the groups' licence rules";

/// How many groups besides may be unknown to every listing before none of these counts as usable.
const TRIED: usize = 2;

/// How many calls reading those who hold seats by a rule takes, if there are so many.
pub fn lease_pages(holders: u64) -> u64 {
    holders.div_ceil(u64::from(PAGE)).max(1)
}

impl Reader<'_> {
    /// Reads who holds seats by the rules of these groups by now.
    ///
    /// # Errors
    /// If no listing answers.
    pub async fn leases_of(&self, groups: &[GroupId]) -> Result<Leases, CallError> {
        Ok(Leases::new(self.leases_of_each(groups, &[]).await?))
    }

    /// Those who hold seats by the rules of the groups that are wanted; `None` where none is, or where no listing answers.
    pub(super) async fn read_leases(&self, wanted: &[&GroupRef], groups: &Groups) -> Result<Option<Leases>, ReadError> {
        let (mut known, mut gone) = (Vec::new(), Vec::new());
        for reference in wanted {
            match (groups.resolve(reference).one(), *reference) {
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
            Ok(leases) => Ok(Some(
                Leases::new(leases).read_by(self.client.lease_service(), self.client.lease_route()),
            )),
            Err(error) if error.shows_unusable_route() => {
                self.notice(format!(
                    "who holds seats by the groups' licence rules cannot be read here ({error})"
                ));
                Ok(None)
            }
            Err(error) => Err(failed_to_read(LEASES)(error)),
        }
    }

    /// Those who hold seats by any of these rules; `None` where no listing answers.
    pub(super) async fn read_every_lease(
        &self,
        rules: &[GroupRule],
        groups: &Groups,
    ) -> Result<Option<Leases>, ReadError> {
        let may_hold = |rule: &&GroupRule| !rule.is_empty() || rule.in_use.values().any(|count| *count > 0);
        let leasing: Vec<&GroupRule> = rules.iter().filter(may_hold).collect();
        if leasing.is_empty() {
            return Ok(Some(Leases::default()));
        }
        let references: Vec<GroupRef> = leasing.iter().map(|rule| GroupRef::Id(rule.group)).collect();
        let read = self.read_leases(&references.iter().collect::<Vec<_>>(), groups).await?;
        if let Some(leases) = &read {
            // A listing may answer of a group that is gone as of one by whose rule nobody holds a seat.
            let is_silent = |rule: &&&GroupRule| leases.of_group(rule.group).is_none_or(<[Lease]>::is_empty);
            let none_is_told =
                |rule: &&&GroupRule| !rule.in_use.is_empty() && rule.in_use.values().all(|count| *count == 0);
            let mut gone = leasing.iter().filter(|rule| groups.get(rule.group).is_none());
            if gone.any(|rule| is_silent(&rule) && !none_is_told(&rule)) {
                self.lacks(Gap::LeasesOfGoneGroups);
            }
        }
        Ok(read)
    }

    /// Those who hold seats by the rules of these groups, and of those that are gone, as far as the service knows them.
    async fn leases_of_each(
        &self,
        known: &[GroupId],
        gone: &[GroupId],
    ) -> Result<Vec<(GroupId, Vec<Lease>)>, CallError> {
        let total = known.len() + gone.len();
        let mut count = 0;
        // Of one group the pages are told, of several the groups.
        let heard = if total > 1 { silent() } else { self.observer.clone() };
        let read = async |group| Ok::<_, CallError>((group, self.holders(group, heard.clone()).await?));
        let mut progress = || {
            count += 1;
            if total > 1 {
                (self.observer)(Event::Reading {
                    what: "groups' seats",
                    read: count,
                    total: Some(total as u64),
                });
            }
        };
        let mut leases = Vec::with_capacity(known.len() + gone.len());
        // The first that has a rule shows which listing answers here; one without may be unknown to all of them.
        let mut others = known;
        let mut unknown: Option<CallError> = None;
        while let [group, rest @ ..] = others {
            others = rest;
            let holders = read(*group).await;
            progress();
            match holders {
                Ok(holders) => {
                    leases.push(holders);
                    unknown = None;
                    break;
                }
                Err(error) if leases.len() < TRIED && error.shows_no_such_route() && !error.is_page() => {
                    leases.push((*group, Vec::new()));
                    unknown.get_or_insert(error);
                }
                Err(error) => return Err(unknown.unwrap_or(error)),
            }
        }
        if let Some(error) = unknown {
            return Err(error);
        }
        let calls: Vec<_> = others.iter().map(|group| read(*group)).collect();
        let mut others = stream::iter(calls).buffer_unordered(self.options.concurrency.max(1));
        while let Some(holders) = others.try_next().await? {
            leases.push(holders);
            progress();
        }
        for group in gone {
            let holders = read(*group).await;
            progress();
            match holders {
                Ok(holders) => leases.push(holders),
                Err(error) if error.shows_no_such_route() && !error.is_page() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(leases)
    }

    async fn holders(&self, group: GroupId, observer: Observer) -> Result<Vec<Lease>, CallError> {
        let client = self.client;
        let holders = Lister {
            what: "seats held by groups' rules",
            top: PAGE,
            concurrency: self.options.concurrency,
            observer,
            key: |lease: &Lease| lease.user.0,
            fetch: Box::new(move |skip, top| client.leases(group, skip, top).boxed()),
        };
        let whole = holders.finish(holders.unread()).await?;
        if !whole.is_steady {
            self.lacks(Gap::SomeLeases);
        }
        Ok(whole.items)
    }
}
