//! How many calls a listing takes that was read before, and reading successors back with it. Pure.

use std::collections::BTreeMap;

use super::route::{LookUps, Route, choose};
use crate::event::{Method, Service};

/// How a listing came when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pages {
    /// How many entries there are.
    pub entries: u64,
    /// How many entries were asked for at once.
    pub top: u64,
    /// The most entries that the server puts on a page.
    pub page: u64,
    /// Whether the server says how many entries there are.
    pub tells_total: bool,
}

/// The listings that were read, for foretelling what reading them again takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Listings {
    /// The users; `None` where they were looked up without the listing.
    pub users: Option<Pages>,
    /// The direct allocations; `None` where they were not read.
    pub allocations: Option<Pages>,
}

/// The first part of a listing, as [`Lister::begin`](super::listing::Lister::begin) reads it.
struct Begun {
    calls: u64,
    received: u64,
    step: u64,
}

impl Pages {
    /// A listing of so many entries that came `step` on a page when `top` were asked for.
    pub(super) fn new(entries: u64, step: u64, top: u32, tells_total: bool) -> Self {
        let top = u64::from(top);
        // A page that held everything does not tell how many it might have held.
        let page = if entries > step { step } else { top };
        Self {
            entries,
            top,
            page,
            tells_total,
        }
    }

    /// The same listing, now that so many entries came; of importance where the server does not say how many there are.
    pub(super) fn counted(self, came: u64) -> Self {
        if self.tells_total || came <= self.entries {
            return self;
        }
        Self {
            entries: came,
            page: self.entries,
            ..self
        }
    }

    /// The same listing once entries have come and gone.
    #[must_use]
    pub fn changed(self, come: u64, gone: u64) -> Self {
        let entries = (self.entries + come).saturating_sub(gone);
        Self { entries, ..self }
    }

    fn begin(&self) -> Begun {
        let mut begun = Begun {
            calls: 1,
            received: self.entries.min(self.page),
            step: self.entries.min(self.page).max(1),
        };
        let is_short = begun.received < self.top;
        if is_short && self.pages_left(&begun).is_some_and(|left| left > 1) {
            begun.calls += 1;
            begun.received += self.page.min(self.entries - begun.received);
        }
        begun
    }

    fn pages_left(&self, begun: &Begun) -> Option<u64> {
        let left = (self.entries - begun.received).div_ceil(begun.step);
        (self.tells_total || begun.received == 0).then_some(left)
    }

    /// How many calls the whole listing takes, with so many at once.
    pub(super) fn calls(self, at_once: u64) -> u64 {
        let begun = self.begin();
        let rest = self.pages_left(&begun);
        begun.calls + rest.unwrap_or_else(|| self.to_the_end(&begun, at_once.max(1)))
    }

    /// The calls after the first where the server does not say how many entries there are: twice as many at once as
    /// before while pages come full, to a page that brings nothing.
    fn to_the_end(self, begun: &Begun, most: u64) -> u64 {
        let (mut received, mut step) = (begun.received, begun.step);
        let (mut calls, mut at_once) = (0, 1);
        loop {
            calls += at_once;
            let start = received;
            let asked = at_once;
            at_once = (at_once * 2).min(most);
            for number in 0..asked {
                let on_page = self.entries.saturating_sub(start + number * step).min(self.page);
                if on_page == 0 {
                    return calls;
                }
                received += on_page;
                if on_page != step {
                    step = step.max(on_page);
                    at_once = 1;
                    break;
                }
            }
        }
    }
}

/// The calls that read this many accounts back by their addresses, and, where `allocations` are given, what they hold.
pub fn read_back_calls(
    users: Pages,
    allocations: Option<Pages>,
    accounts: u64,
    at_once: u64,
) -> BTreeMap<(Service, Method), u64> {
    // A search that finds its account is looked through to the end where it does not say that this was all.
    let searches = accounts * if users.tells_total { 1 } else { 2 };
    let begun = users.begin();
    let look_ups = LookUps {
        singly: usize::try_from(accounts).unwrap_or(usize::MAX),
        in_bulk: 0,
    };
    let found = match (accounts, users.pages_left(&begun)) {
        (0, _) => return BTreeMap::new(),
        (1, _) => searches,
        (_, Some(left)) if choose(left, look_ups) == Route::LookUp => begun.calls + searches,
        _ => users.calls(at_once),
    };
    let mut calls = BTreeMap::from([((Service::Identity, Method::Get), found)]);
    if let Some(allocations) = allocations {
        calls.insert((Service::Portal, Method::Get), allocations.calls(at_once));
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_that_held_everything_on_a_page_is_one_call_until_it_outgrows_the_page() {
        let pages = Pages::new(990, 990, 1000, true);
        assert_eq!(pages.calls(8), 1);
        assert_eq!(pages.changed(10, 0).calls(8), 1);
        assert_eq!(pages.changed(11, 0).calls(8), 2);
        assert_eq!(pages.changed(11, 1).calls(8), 1);
    }

    #[test]
    fn few_accounts_are_searched_for_and_many_are_read_with_everybody() {
        let users = Pages::new(9_500, 1_000, 1_000, true);
        let calls = |accounts| read_back_calls(users, None, accounts, 8).values().sum::<u64>();
        // A single one is searched for at once; otherwise the first page is read before anything else.
        assert_eq!([0, 1, 2, 8, 9, 500].map(calls), [0, 1, 3, 9, 10, 10]);
    }
}
