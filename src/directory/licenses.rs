//! Reads allocations, seats and group rules, which not every installation offers.

use futures::FutureExt;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::listing::Lister;
use super::reader::{Reader, failed_to_read, is_final};
use super::{Allocations, Groups, ListingShape, ReadError, Rules, Want};
use crate::api::{Allocation, CallError, ErrorCode, GroupRule, OwnCode, Seats};
use crate::event::Event;
use crate::model::GroupId;

/// The most entries that the licence services put on a page (`uipath-api`, 3.4).
const PAGE: u32 = 50;

const ALLOCATIONS: &str = "the direct licence allocations";
const SEATS: &str = "the seats of each bundle";
pub(super) const RULES: &str = "the groups' licence rules";

impl Reader<'_> {
    /// The direct allocations, which only the portal's routes list.
    pub(super) async fn read_allocations(&self, want: Want) -> Result<Option<(Allocations, ListingShape)>, ReadError> {
        if want == Want::No {
            return Ok(None);
        }
        if !self.options.capabilities.portal {
            return self.without(want, ReadError::NoAllocations { source: None });
        }
        let client = self.client;
        let allocations = Lister {
            what: "licensed users",
            top: PAGE,
            concurrency: self.options.concurrency,
            observer: self.observer.clone(),
            key: |allocation: &Allocation| allocation.user.0,
            fetch: Box::new(move |skip, top| client.allocations(skip, top).boxed()),
        };
        match allocations.whole().await {
            Ok((allocations, shape)) => Ok(Some((allocations.into_iter().collect(), shape))),
            Err(source) if is_absent(&source) => self.without(want, ReadError::NoAllocations { source: Some(source) }),
            Err(source) => self.without(want, failed_to_read(ALLOCATIONS)(source)),
        }
    }

    /// The seats of each bundle.
    pub(super) async fn read_seats(&self, want: Want) -> Result<Option<Vec<Seats>>, ReadError> {
        if want == Want::No {
            return Ok(None);
        }
        match self.client.seats().await {
            Ok(seats) => Ok(Some(seats.value)),
            Err(source) => self.without(want, failed_to_read(SEATS)(source)),
        }
    }

    /// The rules of groups: by their listing, or each by itself where one is wanted or the
    /// installation has no listing.
    pub(super) async fn read_rules(
        &self,
        wanted: &Rules<'_>,
        groups: &Groups,
    ) -> Result<Option<Vec<GroupRule>>, ReadError> {
        let ids: Vec<GroupId> = match wanted {
            Rules::None => return Ok(None),
            Rules::Of(references) => {
                let found = references.iter().filter_map(|group| groups.resolve(group).one());
                let mut ids: Vec<GroupId> = found.map(|group| group.id).collect();
                ids.sort_unstable();
                ids.dedup();
                ids
            }
            Rules::All => groups.all().iter().map(|group| group.id).collect(),
        };
        let rules = match (wanted, ids.as_slice()) {
            (Rules::Of(_), [] | [_]) => self.single_rules(&ids).await,
            _ => match self.listed_rules().await {
                Err(error) if is_absent(&error) => self.single_rules(&ids).await,
                read => read,
            },
        };
        rules.map(Some).map_err(failed_to_read(RULES))
    }

    /// Every group's rule, from their listing.
    pub(super) async fn listed_rules(&self) -> Result<Vec<GroupRule>, CallError> {
        let client = self.client;
        let rules = Lister {
            what: "group rules",
            top: PAGE,
            concurrency: self.options.concurrency,
            observer: self.observer.clone(),
            key: |rule: &GroupRule| rule.group.0,
            fetch: Box::new(move |skip, top| client.group_rules(skip, top).boxed()),
        };
        rules.all().await
    }

    async fn single_rules(&self, groups: &[GroupId]) -> Result<Vec<GroupRule>, CallError> {
        let calls: Vec<_> = groups.iter().map(|group| self.client.group_rule(*group)).collect();
        let answers = stream::iter(calls).buffer_unordered(self.options.concurrency.max(1));
        let answers: Vec<_> = answers.try_collect().await?;
        Ok(answers.into_iter().filter_map(|answer| answer.value).collect())
    }

    /// Goes on without what could not be read, where that is possible.
    fn without<T>(&self, want: Want, error: ReadError) -> Result<Option<T>, ReadError> {
        if want == Want::Required || error.call().is_some_and(is_final) {
            return Err(error);
        }
        (self.observer)(Event::Notice(format!("reseat goes on although it failed to {error}")));
        Ok(None)
    }
}

/// Whether the answer says that there is no such route: 404, 405, or a web page in the place of data
/// (`uipath-api`, 6.3).
pub(super) fn is_absent(error: &CallError) -> bool {
    matches!(error.status, Some(404 | 405))
        || matches!(error.code, ErrorCode::Own(OwnCode::HtmlAnswer | OwnCode::NotOffered))
}
