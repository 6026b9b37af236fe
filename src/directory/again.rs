//! Reads again what calls rest on: it may have changed while the run waited.

use std::collections::BTreeMap;

use super::forecast::{allocation_calls, listing_calls, look_up_calls};
use super::lease_reading::LEASES;
use super::licenses::{RULES, rule_pages};
use super::next_read::{GET, NAMES_PER_CALL, POST};
use super::reader::{Reader, failed_to_read, is_final};
use super::{Accounts, Allocations, Blocks, Groups, LastUses, Leases, Listings, ReadError, lease_pages};
use crate::api::GroupRule;
use crate::event::{Method, Service};
use crate::model::{GroupId, UserId};

/// The most GETs of the identity service that reading accounts again may take: a tenth of what its quota allows in five
/// minutes (`uipath-api`, 6.1), so that looking once more never costs a window.
const MOST_GETS: u64 = 27;

/// What is read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// Direct allocations.
    Allocations {
        /// Of these users.
        users: Vec<UserId>,
        /// Those of them who held licences: of one who holds none by now it matters whether the account is blocked.
        holders: Vec<UserId>,
    },
    /// The groups.
    Groups,
    /// Which of these addresses, or user names, have an account by now.
    Accounts(Vec<String>),
    /// These users.
    Users(Vec<UserId>),
    /// When these users last used their licences.
    LastUses(Vec<UserId>),
    /// Who holds seats by the licence rules of groups.
    Leases {
        /// The groups, each with how many held seats by its rule when it was read before.
        groups: Vec<(GroupId, u64)>,
        /// The service whose listing answers.
        service: Service,
    },
    /// The licence rules of groups.
    Rules {
        /// The groups.
        groups: Vec<GroupId>,
        /// How many rules their listing has, where they are read by that; else each is read by itself.
        listed: Option<u64>,
    },
}

/// What is there now.
#[derive(Debug)]
pub enum Present {
    /// The direct allocations; others than those asked for may be among them.
    Allocations(Allocations),
    /// The groups.
    Groups(Groups),
    /// The accounts that were found, with their whole profiles.
    Accounts(Accounts),
    /// When those users last used their licences.
    LastUses(LastUses),
    /// Who holds seats by the rules of those groups.
    Leases(Leases),
    /// The rules of those groups; of a group without one there is none, or an empty one.
    Rules(Vec<GroupRule>),
    /// Nothing was read, because it would have taken too many calls.
    NotRead,
}

/// So many calls of one kind.
type Calls = ((Service, Method), u64);

impl Again {
    /// The calls of the cheapest way; `None` where it is not read again, because that would take too many.
    fn cheapest(&self, listings: Listings, at_once: u64) -> Option<Calls> {
        let gets = |count| ((Service::Identity, Method::Get), count);
        let pages = listings.users.map(|shape| listing_calls(shape, at_once));
        match self {
            Self::Groups => Some(gets(1)),
            Self::Allocations { users, .. } => allocation_calls(listings.allocations, users.len() as u64, at_once),
            Self::Accounts(names) => {
                let posts = names.len().div_ceil(NAMES_PER_CALL) as u64;
                let pages = pages.filter(|pages| pages * GET < posts * POST);
                Some(pages.map_or(((Service::Identity, Method::Post), posts), gets))
            }
            Self::Users(ids) => {
                // A listing that was not begun is taken to be short.
                let calls = listings
                    .users
                    .map_or(1, |shape| look_up_calls(shape, ids.len() as u64, at_once));
                (calls <= MOST_GETS).then(|| gets(calls))
            }
            // What could not be read before cannot be read now.
            Self::LastUses(_) if listings.last_uses.is_none() => None,
            Self::LastUses(users) => allocation_calls(listings.last_uses, users.len() as u64, at_once),
            Self::Leases { groups, service } => {
                let pages = groups.iter().map(|(_, holders)| lease_pages(*holders)).sum();
                Some(((*service, Method::Get), pages))
            }
            Self::Rules { groups, listed } => {
                let calls = listed.map_or(groups.len() as u64, rule_pages);
                Some(((Service::License, Method::Get), calls))
            }
        }
    }

    /// The calls that reading it again takes, if nothing has changed.
    pub fn calls(&self, listings: Listings, at_once: u64) -> BTreeMap<(Service, Method), u64> {
        self.cheapest(listings, at_once).into_iter().collect()
    }
}

impl Reader<'_> {
    /// Reads it again; `listings` are those of the first reading.
    ///
    /// # Errors
    /// If the organization does not answer.
    pub async fn read_again(&self, again: &Again, listings: Listings) -> Result<Present, ReadError> {
        let Some(((_, method), _)) = again.cheapest(listings, self.options.concurrency as u64) else {
            return Ok(Present::NotRead);
        };
        match again {
            Again::Groups => {
                let read = self.client.groups().await.map_err(failed_to_read("the groups"))?;
                Ok(Present::Groups(read.value.into_iter().collect()))
            }
            Again::Allocations { users, holders } => {
                let held = self.held_by(users).await?.allocations;
                let bare: Vec<UserId> = holders.iter().copied().filter(|user| held.is_unclear(*user)).collect();
                // Nobody was, unless somebody else has changed it meanwhile.
                if bare.is_empty() {
                    return Ok(Present::Allocations(held));
                }
                let seen = self.allocations_of(&bare, Blocks::Told).await?;
                Ok(Present::Allocations(held.with_blocked(seen.allocations)))
            }
            Again::Accounts(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                if method == Method::Post {
                    match self.resolved(&names).await {
                        Ok(found) => return Ok(Present::Accounts(found)),
                        Err(error) if error.call().is_some_and(is_final) => return Err(error),
                        // Names cannot be resolved in bulk here; the other ways cost more, and are exact.
                        Err(_) => {}
                    }
                }
                Ok(Present::Accounts(self.find_accounts(&names).await?))
            }
            Again::Users(ids) => Ok(Present::Accounts(self.find_users(ids).await?)),
            Again::LastUses(users) => {
                let told = self.last_uses_of(users).await?;
                Ok(told.map_or(Present::NotRead, Present::LastUses))
            }
            Again::Leases { groups, .. } => {
                let groups: Vec<GroupId> = groups.iter().map(|(group, _)| *group).collect();
                let read = self.leases_of(&groups).await;
                Ok(Present::Leases(read.map_err(failed_to_read(LEASES))?))
            }
            Again::Rules { groups, listed } => {
                let read = self.rules_of(groups, listed.is_some()).await;
                Ok(Present::Rules(read.map_err(failed_to_read(RULES))?))
            }
        }
    }

    /// The accounts of these names: resolved in bulk, then each one found read whole.
    async fn resolved(&self, names: &[&str]) -> Result<Accounts, ReadError> {
        let failed = failed_to_read("which of the addresses have an account by now");
        let found = self.resolve(names).await.map_err(&failed)?.found;
        let ids: Vec<UserId> = found.iter().map(|user| user.id).collect();
        let users = self.look_up(&[], &ids).await.map_err(&failed)?;
        Ok(users.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::directory::{HowRead, ListingShape};

    fn listings(users: u64, allocations: u64) -> Listings {
        let shape = |entries, top: u32| ListingShape {
            entries,
            top,
            page: u64::from(top),
            tells_total: true,
        };
        Listings {
            users: Some(shape(users, 1000)),
            allocations: Some(HowRead::ByPages(shape(allocations, 50))),
            last_uses: None,
        }
    }

    fn users(count: u128) -> Vec<UserId> {
        (0..count).map(|number| UserId(Uuid::from_u128(number))).collect()
    }

    fn calls(again: &Again, listings: Listings) -> Vec<(Method, u64)> {
        let calls = again.calls(listings, 8);
        calls.into_iter().map(|((_, method), count)| (method, count)).collect()
    }

    #[test]
    fn addresses_are_resolved_twenty_at_a_time_unless_the_directory_is_smaller() {
        let addresses = |count: usize| Again::Accounts(vec![String::new(); count]);
        assert_eq!(calls(&addresses(3), listings(20_000, 0)), [(Method::Post, 1)]);
        assert_eq!(calls(&addresses(2_500), listings(12_000, 0)), [(Method::Post, 125)]);
        assert_eq!(calls(&addresses(2_500), listings(900, 0)), [(Method::Get, 1)]);
        assert_eq!(calls(&addresses(45), Listings::default()), [(Method::Post, 3)]);
    }

    #[test]
    fn accounts_are_read_again_only_where_that_takes_a_small_part_of_the_quota() {
        assert_eq!(calls(&Again::Users(users(3)), listings(50_000, 0)), [(Method::Get, 4)]);
        assert_eq!(calls(&Again::Users(users(500)), listings(5_000, 0)), [(Method::Get, 5)]);
        assert_eq!(calls(&Again::Users(users(500)), listings(500_000, 0)), []);
    }
}
