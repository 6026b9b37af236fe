//! How many calls reading will take: the decisions of a real reading, made on simulated pages. Pure.

use std::collections::{BTreeMap, VecDeque};

use super::HowRead;
use super::allocations::USERS_PER_CALL;
use super::next_read::{Listed, LookUps, NextRead, next_read};
use super::paging::{ListingShape, PageCounts, Paging, Taken};
use crate::event::{Method, Service};

/// The listings that were read, for a forecast of reading them again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Listings {
    /// The users; `None` if they were looked up without the listing.
    pub users: Option<ListingShape>,
    /// The direct allocations; `None` if none were read.
    pub allocations: Option<HowRead>,
    /// When licences were last in use; `None` if that was not read.
    pub last_uses: Option<HowRead>,
}

impl Listings {
    /// Whether the way in which direct allocations were read tells when they were last in use as well.
    pub fn tell_uses(&self) -> bool {
        self.allocations.is_some_and(HowRead::tells_uses)
    }
}

/// The calls that read this many accounts back, and what the `holders` among them hold, in the way
/// that `allocations` were read in. At most `at_once` pages are on their way at a time.
pub fn read_back_calls(
    users: Option<ListingShape>,
    allocations: Option<HowRead>,
    (accounts, holders): (u64, u64),
    at_once: u64,
) -> BTreeMap<(Service, Method), u64> {
    let mut calls = BTreeMap::new();
    // Where the listing was not begun, one account was all there was to read.
    let looking = users.map_or(accounts, |users| look_up_calls(users, accounts, at_once));
    if looking > 0 {
        calls.insert((Service::Identity, Method::Get), looking);
    }
    calls.extend(allocation_calls(allocations, holders, at_once));
    calls
}

/// The calls that read the allocations of this many users again, in the way that they were read in.
pub(super) fn allocation_calls(how: Option<HowRead>, holders: u64, at_once: u64) -> Option<((Service, Method), u64)> {
    (holders > 0).then(|| match how {
        None | Some(HowRead::InBulk) => (
            (Service::License, Method::Post),
            holders.div_ceil(USERS_PER_CALL as u64),
        ),
        Some(HowRead::OneByOne) => ((Service::License, Method::Get), holders),
        Some(HowRead::ByPages(shape)) => ((Service::Portal, Method::Get), listing_calls(shape, at_once)),
    })
}

/// How many GETs finding this many accounts takes: each by itself, or by the listing.
pub(super) fn look_up_calls(users: ListingShape, accounts: u64, at_once: u64) -> u64 {
    let look_ups = LookUps {
        singly: usize::try_from(accounts).unwrap_or(usize::MAX),
        in_bulk: 0,
    };
    let mut listing = SimulatedListing::new(users, at_once);
    loop {
        match next_read(look_ups, Listed::of(&listing.paging)) {
            NextRead::Nothing => return 0,
            NextRead::Beginning => listing.read(Paging::is_begun),
            NextRead::Rest => {
                listing.read(Paging::is_done);
                return listing.calls;
            }
            NextRead::LookUps => {
                // A search is a listing of those whom it finds.
                let found = ListingShape { entries: 1, ..users };
                return listing.calls + accounts * listing_calls(found, at_once);
            }
        }
    }
}

/// How many calls reading a whole listing takes.
pub(super) fn listing_calls(shape: ListingShape, at_once: u64) -> u64 {
    let mut listing = SimulatedListing::new(shape, at_once);
    listing.read(Paging::is_done);
    listing.calls
}

/// A listing that is read from a server that is only simulated.
struct SimulatedListing {
    shape: ListingShape,
    paging: Paging,
    calls: u64,
    /// How many of its entries have come.
    known: u64,
}

impl SimulatedListing {
    fn new(shape: ListingShape, at_once: u64) -> Self {
        Self {
            shape,
            paging: Paging::new(shape.top, at_once),
            calls: 0,
            known: 0,
        }
    }

    fn read(&mut self, is_enough: fn(&Paging) -> bool) {
        let mut under_way = VecDeque::new();
        while !is_enough(&self.paging) {
            while let Some(request) = self.paging.next_request() {
                self.calls += 1;
                under_way.push_back(request);
            }
            let Some(request) = under_way.pop_front() else { break };
            let page = self.page(request.skip);
            if self.paging.take(&request, page) == Taken::Kept {
                self.known += page.new;
            }
        }
    }

    /// The page of a listing that does not change while it is read.
    fn page(&self, skip: u64) -> PageCounts {
        let received = self.shape.entries.saturating_sub(skip).min(self.shape.page);
        let repeated = self.known.saturating_sub(skip).min(received);
        PageCounts {
            received,
            readable: received,
            new: received - repeated,
            repeated,
            total: self.shape.tells_total.then_some(self.shape.entries),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A listing whose first page was this when 1,000 entries were requested.
    fn shape_after(received: u64, total: u64) -> ListingShape {
        let mut paging = Paging::new(1_000, 8);
        let request = paging.next_request().unwrap();
        let page = PageCounts {
            received,
            readable: received,
            new: received,
            repeated: 0,
            total: Some(total),
        };
        paging.take(&request, page);
        paging.shape()
    }

    #[test]
    fn a_listing_that_held_everything_on_a_page_is_one_call_until_it_outgrows_the_page() {
        let shape = shape_after(990, 990);
        assert_eq!(listing_calls(shape, 8), 1);
        assert_eq!(listing_calls(shape.changed(10, 0), 8), 1);
        assert_eq!(listing_calls(shape.changed(11, 0), 8), 2);
        assert_eq!(listing_calls(shape.changed(11, 1), 8), 1);
    }

    #[test]
    fn few_accounts_are_searched_for_and_many_are_read_with_everybody() {
        let users = shape_after(1_000, 9_500);
        let calls = |accounts| {
            read_back_calls(Some(users), None, (accounts, 0), 8)
                .values()
                .sum::<u64>()
        };
        // A single one is searched for at once; otherwise the first page is read before anything else.
        assert_eq!([0, 1, 2, 8, 9, 500].map(calls), [0, 1, 3, 9, 10, 10]);
    }

    #[test]
    fn where_the_server_does_not_say_that_a_page_was_the_last_another_is_asked_for() {
        let users = ListingShape {
            tells_total: false,
            ..shape_after(1_000, 9_500)
        };
        let calls = |accounts| {
            read_back_calls(Some(users), None, (accounts, 0), 1)
                .values()
                .sum::<u64>()
        };
        assert_eq!([1, 2].map(calls), [2, 11]);
    }

    #[test]
    fn allocations_are_counted_for_their_own_service() {
        let users = shape_after(10, 10);
        let allocations = ListingShape {
            entries: 120,
            top: 50,
            page: 50,
            tells_total: true,
        };
        let identity = ((Service::Identity, Method::Get), 1);
        for (how, own) in [
            (HowRead::ByPages(allocations), ((Service::Portal, Method::Get), 3)),
            (HowRead::InBulk, ((Service::License, Method::Post), 1)),
            (HowRead::OneByOne, ((Service::License, Method::Get), 2)),
        ] {
            let calls = read_back_calls(Some(users), Some(how), (3, 2), 4);
            assert_eq!(calls, BTreeMap::from([identity, own]));
        }
        let nobody = read_back_calls(Some(users), Some(HowRead::InBulk), (3, 0), 4);
        assert_eq!(nobody, BTreeMap::from([identity]));
    }
}
