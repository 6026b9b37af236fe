//! Reads allocations, seats and group rules, which not every installation offers.

use std::collections::BTreeMap;

use futures::FutureExt;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::allocation_reading::PAGE;
use super::listing::{Fetch, Lister};
use super::needs::Holders;
use super::reader::{Reader, failed_to_read, is_final};
use super::{Accounts, Found, Gap, Groups, Needs, ReadAllocations, ReadError, Rules, Want};
use crate::api::{Answer, CallError, GroupRule, Seats, User};
use crate::event::Event;
use crate::model::{Capabilities, GroupId, GroupRef, UserId, UserRef};

const SEATS: &str = "the seats of each bundle";
pub(super) const RULES: &str = "the groups' licence rules";

/// How many pages a listing of so many rules takes.
pub(super) fn rule_pages(rules: u64) -> u64 {
    rules.div_ceil(u64::from(PAGE)).max(1)
}

impl Reader<'_> {
    /// The direct allocations that are wanted, and those of some others. Whose they are may depend on the accounts, which
    /// have been read by then.
    pub(super) async fn read_allocations(
        &self,
        needs: &Needs<'_>,
        accounts: &Accounts,
        and_of: &[UserId],
    ) -> Result<Option<ReadAllocations>, ReadError> {
        let read = match &needs.holders {
            _ if needs.allocations == Want::No => return Ok(None),
            Holders::Everybody => self.all_allocations().await,
            Holders::Of(references) => {
                let holders = holders(references, needs, accounts, and_of);
                match self.allocations_of(&holders, needs.blocks).await {
                    Ok(read) => {
                        let read = self.with_orphans(read, &needs.released, accounts).await;
                        match read {
                            // A whole set that replaces what there is does not rest on it.
                            Ok(read) if needs.allocations >= Want::WhereOffered => {
                                self.with_people(read, &without_account(&holders, accounts)).await
                            }
                            other => other,
                        }
                    }
                    other => other,
                }
            }
        };
        match read {
            Ok(read) => Ok(Some(read)),
            Err(error) => self.without(needs.allocations, error),
        }
    }

    /// The ids of those whose allocations are wanted, where these are not everybody's.
    pub(super) fn wanted_holders(needs: &Needs<'_>, accounts: &Accounts, and_of: &[UserId]) -> Vec<UserId> {
        match &needs.holders {
            Holders::Everybody => Vec::new(),
            Holders::Of(references) => holders(references, needs, accounts, and_of),
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
        let mut is_listed = false;
        let ids: Vec<GroupId> = match wanted {
            Rules::None => return Ok(None),
            Rules::Of(references) => {
                let found = references.iter().filter_map(|group| groups.resolve(group).one());
                let mut ids: Vec<GroupId> = found.map(|group| group.id).collect();
                // Only the listing has the rule of a group that is gone.
                let is_gone = |group: &&GroupRef| {
                    matches!(group, GroupRef::Id(_)) && matches!(groups.resolve(group), Found::None { .. })
                };
                is_listed = references.iter().any(is_gone);
                ids.sort_unstable();
                ids.dedup();
                ids
            }
            Rules::All | Rules::AllWhereRead => groups.all().iter().map(|group| group.id).collect(),
        };
        let rules = match (wanted, ids.as_slice()) {
            (Rules::Of(_), [] | [_]) if !is_listed => self.rules_of(&ids, false).await,
            (Rules::Of(_), _) => self.rules_of(&ids, true).await,
            (Rules::None | Rules::All | Rules::AllWhereRead, _) => self.every_rule(&ids).await,
        };
        match (rules.map_err(failed_to_read(RULES)), wanted) {
            (Err(error), Rules::AllWhereRead) => self.without(Want::Optional, error),
            (rules, _) => rules.map(Some),
        }
    }

    /// The rules of these groups: by their listing, where that is wanted and there is one, else each by itself.
    pub(super) async fn rules_of(&self, groups: &[GroupId], by_listing: bool) -> Result<Vec<GroupRule>, CallError> {
        if !by_listing {
            return self.single_rules(groups).await;
        }
        match self.listed_rules().await {
            Err(error) if error.shows_no_such_route() => {
                self.lacks(Gap::RulesOfGoneGroups);
                self.single_rules(groups).await
            }
            read => read,
        }
    }

    /// Every group's rule. That the service knows no rule of any of these groups is believed only if it is not all that it
    /// answers: without a listing, a route that is not there answers as well that there is none.
    async fn every_rule(&self, groups: &[GroupId]) -> Result<Vec<GroupRule>, CallError> {
        let error = match self.listed_rules().await {
            Err(error) if error.shows_no_such_route() => error,
            read => return read,
        };
        self.lacks(Gap::RulesOfGoneGroups);
        let answers = self.single_answers(groups).await?;
        let is_answered = |answer: &Answer<Option<GroupRule>>| answer.receipt.http_status != 404;
        if !answers.is_empty() && !answers.iter().any(is_answered) {
            return Err(error);
        }
        Ok(answers.into_iter().filter_map(|answer| answer.value).collect())
    }

    /// Every group's rule, from their listing: the one with limits, or else the portal's.
    ///
    /// # Errors
    /// If no listing answers.
    pub async fn listed_rules(&self) -> Result<Vec<GroupRule>, CallError> {
        let client = self.client;
        let error = match self
            .rules_by(Box::new(move |skip, top| client.group_rules(skip, top).boxed()))
            .await
        {
            Err(error) if error.shows_no_such_route() => error,
            read => return read,
        };
        let Capabilities {
            portal, group_quotas, ..
        } = self.options.capabilities;
        if !portal || !group_quotas {
            return Err(error);
        }
        let rules = self
            .rules_by(Box::new(move |skip, top| client.portals_group_rules(skip, top).boxed()))
            .await;
        match rules {
            Ok(rules) => self.with_limits(rules).await,
            Err(other) if is_final(&other) => Err(other),
            Err(_) => Err(error),
        }
    }

    /// These rules with the limits that a call for each tells.
    async fn with_limits(&self, rules: Vec<GroupRule>) -> Result<Vec<GroupRule>, CallError> {
        let groups: Vec<GroupId> = rules.iter().map(|rule| rule.group).collect();
        let told = match self.single_rules(&groups).await {
            Err(error) if error.shows_unusable_route() => Vec::new(),
            told => told?,
        };
        if told.len() < rules.len() {
            self.lacks(Gap::Limits);
        }
        let mut rules: BTreeMap<GroupId, GroupRule> = rules.into_iter().map(|rule| (rule.group, rule)).collect();
        for rule in told {
            if let Some(listed) = rules.get_mut(&rule.group) {
                *listed = GroupRule {
                    name: std::mem::take(&mut listed.name),
                    ..rule
                };
            }
        }
        Ok(rules.into_values().collect())
    }

    async fn rules_by(&self, fetch: Fetch<'_, GroupRule>) -> Result<Vec<GroupRule>, CallError> {
        let rules = Lister {
            what: "group rules",
            top: PAGE,
            concurrency: self.options.concurrency,
            observer: self.observer.clone(),
            key: |rule: &GroupRule| rule.group.0,
            fetch,
        };
        let whole = rules.finish(rules.unread()).await?;
        if !whole.is_steady {
            self.lacks(Gap::SomeRules);
        }
        Ok(whole.items)
    }

    async fn single_rules(&self, groups: &[GroupId]) -> Result<Vec<GroupRule>, CallError> {
        let answers = self.single_answers(groups).await?;
        Ok(answers.into_iter().filter_map(|answer| answer.value).collect())
    }

    async fn single_answers(&self, groups: &[GroupId]) -> Result<Vec<Answer<Option<GroupRule>>>, CallError> {
        let calls: Vec<_> = groups.iter().map(|group| self.client.group_rule(*group)).collect();
        let answers = stream::iter(calls).buffer_unordered(self.options.concurrency.max(1));
        answers.try_collect().await
    }

    /// Goes on without what could not be read, where that is possible.
    pub(super) fn without<T>(&self, want: Want, error: ReadError) -> Result<Option<T>, ReadError> {
        let is_offered = !matches!(error, ReadError::NoAllocations { .. });
        let ends = want == Want::Required || (want == Want::WhereOffered && is_offered);
        if ends || error.call().is_some_and(is_final) {
            return Err(error);
        }
        (self.observer)(Event::Notice(format!("reseat goes on although it failed to {error}")));
        Ok(None)
    }
}

/// Those of the holders who have no account.
fn without_account(holders: &[UserId], accounts: &Accounts) -> Vec<UserId> {
    let is_one = |id: &UserId| {
        let somebody = accounts.get(*id);
        somebody.is_some_and(User::is_newcomer)
    };
    holders.iter().copied().filter(is_one).collect()
}

/// The ids of those whose allocations are wanted. An id that no account has may be an orphan's, whose seat is still taken.
fn holders(references: &[&UserRef], needs: &Needs<'_>, accounts: &Accounts, and_of: &[UserId]) -> Vec<UserId> {
    let found = |reference: &&UserRef| match reference {
        UserRef::Id(id) => accounts.get(**id).map(|user| user.id),
        UserRef::Name(name) => accounts.find(name).one().map(|user| user.id),
    };
    let by_address = |address: &&str| accounts.find(address).one().map(|user| user.id);
    let mut ids: Vec<UserId> = references
        .iter()
        .filter_map(found)
        .chain(needs.released.iter().copied())
        .chain(needs.addresses.iter().filter_map(by_address))
        .chain(and_of.iter().copied())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
