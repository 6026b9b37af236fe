//! Reads who holds seats by the licence rules of groups, group by group.

use std::sync::Arc;

use futures::FutureExt;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::allocation_reading::PAGE;
use super::listing::Lister;
use super::reader::{Reader, failed_to_read};
use super::{Groups, Leases, ReadError, ReadOptions};
use crate::api::{CallError, Client, Lease};
use crate::event::Observer;
use crate::model::{GroupId, GroupRef};

pub(super) const LEASES: &str = "who holds seats by the groups' licence rules";

/// How many groups besides may be unknown to every listing before none of these counts as usable.
const TRIED: usize = 2;

/// How many calls reading those who hold seats by a rule takes, if there are so many.
pub fn lease_pages(holders: u64) -> u64 {
    holders.div_ceil(u64::from(PAGE)).max(1)
}

/// Reads who holds seats by the rules of these groups by now.
///
/// # Errors
/// If no listing answers.
pub async fn leases_of(client: &Client, groups: &[GroupId], options: &ReadOptions) -> Result<Leases, CallError> {
    let unheard: Observer = Arc::new(|_| {});
    let reader = Reader::new(client, options, &unheard);
    Ok(Leases::new(reader.leases_of_each(groups, &[]).await?))
}

impl Reader<'_> {
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

    /// Those who hold seats by the rules of these groups, and of those that are gone, as far as the service knows them.
    async fn leases_of_each(
        &self,
        known: &[GroupId],
        gone: &[GroupId],
    ) -> Result<Vec<(GroupId, Vec<Lease>)>, CallError> {
        let read = async |group| Ok::<_, CallError>((group, self.holders(group).await?));
        let mut leases = Vec::with_capacity(known.len() + gone.len());
        // The first that has a rule shows which listing answers here; one without may be unknown to all of them.
        let mut others = known;
        let mut unknown: Option<CallError> = None;
        while let [group, rest @ ..] = others {
            others = rest;
            match read(*group).await {
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
