//! Reads what users hold by whichever route works here.
//!
//! Which routes an application may call differs between installations and is documented nowhere (`uipath-api`, 10), so
//! it is tried once, by reads alone, and then kept. A route that answers is believed only after it has agreed with the
//! portal's listing about some of those who hold licences: whoever is missing from an answer counts as holding nothing,
//! and the next allocation would take away what was overlooked.

use std::collections::BTreeSet;
use std::pin::pin;

use futures::stream::{self, StreamExt, TryStreamExt};
use futures::{FutureExt, Stream};

use super::allocations::{ReadAllocations, USERS_PER_CALL};
use super::listing::{Lister, PartialListing, WholeListing};
use super::needs::Blocks;
use super::reader::{Reader, failed_to_read, is_final};
use super::{Accounts, Allocations, HowRead, ReadError};
use crate::api::{
    Allocation, AllocationRoute, Answer, CallError, Certainty, ErrorCode, Failure, LicensedUser, OwnCode, UserLicenses,
};
use crate::event::{Event, Method, Service};
use crate::model::UserId;

/// The most entries that the licence services put on a page (`uipath-api`, 3.4).
pub(super) const PAGE: u32 = 50;

/// With how many users a call for each is taken rather than the whole listing.
const FEW: usize = 4;

const ALLOCATIONS: &str = "the direct licence allocations";

/// Besides how many others a call for many users is asked about those of whom it left open whether they are blocked.
const OTHERS: u32 = 200;

/// Of how many users a call for one is tried, until one of them holds something.
const TRIED: usize = 5;

/// What came of reading by one route.
pub(super) enum Attempt {
    Read(ReadAllocations),
    /// The route does not work here; the error is its answer, if it was called.
    Absent(Option<CallError>),
}

/// What was read in finding out by which route allocations can be read.
pub(super) enum Begun {
    /// What these users and a few others hold.
    InBulk(ReadAllocations),
    /// The beginning of the listing of everybody.
    Listing(PartialListing<LicensedUser>),
    /// Nothing of use: each user is asked for.
    OneByOne,
}

impl Reader<'_> {
    /// The direct allocations of these users.
    pub(super) async fn allocations_of(&self, users: &[UserId], blocks: Blocks) -> Result<ReadAllocations, ReadError> {
        if users.is_empty() {
            return Ok(ReadAllocations::default());
        }
        if let Some(route) = self.client.allocation_route() {
            match self.by_route(route, users).await? {
                Attempt::Read(read) => {
                    let read = self.cleared_up(read, blocks).await?;
                    return self.undoubted(read, users).await;
                }
                Attempt::Absent(_) => self.client.forget_allocation_route(),
            }
        }
        let before = self.client.stats().calls;
        let mut read = self.probe(users).await?;
        let needed = self
            .client
            .allocation_route()
            .and_then(|route| calls_by(route, users, &read));
        read.probes = self.client.stats().calls;
        for (of, count) in before.into_iter().chain(needed) {
            let made = read.probes.entry(of).or_default();
            *made = made.saturating_sub(count);
        }
        // Nothing else of these services is read meanwhile, and signing in is another matter.
        read.probes
            .retain(|(service, _), count| *count > 0 && *service != Service::Token);
        let read = self.cleared_up(read, blocks).await?;
        self.undoubted(read, users).await
    }

    /// The same, with orphans' allocations: an id that no account has, and that an answer for many users does not name,
    /// is looked for in the listing, which has those whose account is gone.
    pub(super) async fn with_orphans(
        &self,
        read: ReadAllocations,
        released: &[UserId],
        accounts: &Accounts,
    ) -> Result<ReadAllocations, ReadError> {
        let is_unknown = |id: &UserId| accounts.get(*id).is_none() && read.allocations.of(*id).is_none();
        let is_listed = matches!(read.how, Some(HowRead::ByPages(_)));
        if is_listed || !self.options.capabilities.portal || !released.iter().any(is_unknown) {
            return Ok(read);
        }
        match self.by_listing().await? {
            Attempt::Read(listed) => Ok(read.cleared_up_by(listed)),
            Attempt::Absent(_) => Ok(read),
        }
    }

    /// The same, with what people hold who have no account. An answer for many users may know accounts only, so those
    /// whom it does not name are looked for in the listing, which has every holder; without one that fits together it stays
    /// unknown what they hold, for their licences must not be replaced unseen.
    pub(super) async fn with_people(
        &self,
        read: ReadAllocations,
        people: &[UserId],
    ) -> Result<ReadAllocations, ReadError> {
        let silent = read.allocations.silent_about(people);
        if silent.is_empty() || read.how != Some(HowRead::InBulk) {
            return Ok(read);
        }
        let (allocations, untold) = match self.by_listing().await? {
            Attempt::Read(listed) => {
                let allocations = read.allocations.cleared_up_by(listed.allocations);
                let lacking = allocations.silent_about(people);
                (allocations, if listed.is_doubtful { lacking } else { Vec::new() })
            }
            Attempt::Absent(_) => (read.allocations, silent),
        };
        Ok(ReadAllocations {
            allocations: allocations.not_knowing(untold),
            ..read
        })
    }

    /// Everybody's direct allocations: the portal's listing.
    pub(super) async fn all_allocations(&self) -> Result<ReadAllocations, ReadError> {
        self.listed(self.licensed_users().unread()).await
    }

    async fn by_route(&self, route: AllocationRoute, users: &[UserId]) -> Result<Attempt, ReadError> {
        match route {
            AllocationRoute::ManyUsers => match self.in_bulk(users).await {
                Ok(entries) => Ok(Attempt::Read(ReadAllocations::in_bulk(users, entries))),
                Err(error) if error.shows_unusable_route() => Ok(Attempt::Absent(Some(error))),
                Err(error) if is_final(&error) || !self.options.capabilities.portal => Err(failed(error)),
                Err(_) => self.by_listing().await,
            },
            AllocationRoute::OneUserOnly => self.singly(users).await,
            AllocationRoute::OneUser if self.prefers_one_by_one(users) => self.singly(users).await,
            AllocationRoute::OneUser => match self.by_listing().await? {
                Attempt::Absent(_) => self.singly(users).await,
                read @ Attempt::Read(_) => Ok(read),
            },
            AllocationRoute::Listing => self.by_listing().await,
        }
    }

    /// By a way that tells more of an allocation than the call for many users does: the listing of everybody, or a call for
    /// each. A call for one is answered alike where the user has nothing and where there is no such route, so it counts
    /// only once one of the users has something.
    pub(super) async fn by_listing_or_singly(&self, users: &[UserId]) -> Result<Attempt, ReadError> {
        let singly = async || match self.singly(users).await? {
            Attempt::Read(read) if read.allocations.all().is_empty() => Ok(Attempt::Absent(None)),
            other => Ok(other),
        };
        if self.prefers_one_by_one(users)
            && let Attempt::Read(read) = singly().await?
        {
            return Ok(Attempt::Read(read));
        }
        self.by_listing().await
    }

    async fn singly(&self, users: &[UserId]) -> Result<Attempt, ReadError> {
        match self.one_by_one(users).await {
            Err(error) if error.shows_unusable_route() => Ok(Attempt::Absent(Some(error))),
            read => read.map(Attempt::Read).map_err(failed),
        }
    }

    fn prefers_one_by_one(&self, users: &[UserId]) -> bool {
        !self.options.capabilities.portal || users.len() <= FEW
    }

    /// Finds out by which route allocations can be read here, and reads these users'.
    async fn probe(&self, users: &[UserId]) -> Result<ReadAllocations, ReadError> {
        match self.find_route(users).await? {
            Begun::InBulk(read) => Ok(read.about(users)),
            Begun::OneByOne => self.one_by_one(users).await.map_err(failed),
            Begun::Listing(listing) => self.listed(listing).await,
        }
    }

    /// Finds out by which route allocations can be read here, by those of a few holders and of these users.
    pub(super) async fn find_route(&self, users: &[UserId]) -> Result<Begun, ReadError> {
        let lister = self.licensed_users();
        let mut listing = lister.unread();
        let mut absent = None;
        if self.options.capabilities.portal {
            match lister.begin(&mut listing).await {
                Ok(()) if listing.items().is_empty() => {
                    // Nobody holds anything, so there is nothing to compare another route with.
                    self.client
                        .keep_allocation_route(AllocationRoute::Listing, Certainty::ForNow);
                    return Ok(Begun::Listing(listing));
                }
                Ok(()) => {}
                Err(error) if ends_all(&error) => return Err(failed(error)),
                Err(error) => absent = Some(error),
            }
        }
        let mut certainty = Certainty::Lasting;
        let holders: Vec<Allocation> = listing
            .items()
            .iter()
            .map(|user| &user.held)
            .filter(|held| !held.is_orphan)
            .cloned()
            .collect();
        let mut unproven = None;
        let asked: BTreeSet<UserId> = holders
            .iter()
            .map(|held| held.user)
            .chain(users.iter().copied())
            .collect();
        let asked: Vec<UserId> = asked.into_iter().collect();
        match self.in_bulk(&asked).await {
            Ok(entries) => {
                let answers = !entries.is_empty();
                let read = ReadAllocations::in_bulk(&asked, entries);
                let agrees = |held: &Allocation| read.allocations.agrees_with(held.user, Some(&held.bundles));
                if !holders.is_empty() && holders.iter().all(agrees) || absent_listing(&listing) && answers {
                    self.client
                        .keep_allocation_route(AllocationRoute::ManyUsers, Certainty::Lasting);
                    return Ok(Begun::InBulk(read));
                }
                unproven = absent_listing(&listing).then_some(read);
            }
            Err(error) if ends_all(&error) => return Err(failed(error)),
            Err(error) if error.shows_unusable_route() => {}
            Err(_) => certainty = Certainty::ForNow,
        }
        // Somebody without an allocation is answered 404, as a route that is not there is.
        let candidates = match holders.first() {
            Some(holder) => vec![holder.user],
            None => users.iter().take(TRIED).copied().collect(),
        };
        for user in candidates {
            match self.client.allocation_of_user(user).await.map(|answer| answer.value) {
                Ok(Some(seen)) if holders.first().is_none_or(|held| held.bundles == seen.bundles) => {
                    let is_only = absent_listing(&listing);
                    let route = if is_only {
                        AllocationRoute::OneUserOnly
                    } else {
                        AllocationRoute::OneUser
                    };
                    self.client.keep_allocation_route(route, certainty);
                    if is_only || self.prefers_one_by_one(users) {
                        return Ok(Begun::OneByOne);
                    }
                    return Ok(Begun::Listing(listing));
                }
                Ok(_) => {}
                Err(error) if is_final(&error) => return Err(failed(error)),
                Err(error) => {
                    if !error.shows_unusable_route() {
                        certainty = Certainty::ForNow;
                    }
                    break;
                }
            }
        }
        if !absent_listing(&listing) {
            self.client.keep_allocation_route(AllocationRoute::Listing, certainty);
            return Ok(Begun::Listing(listing));
        }
        match (unproven, absent) {
            (Some(read), _) => {
                self.client
                    .keep_allocation_route(AllocationRoute::ManyUsers, Certainty::ForNow);
                Ok(Begun::InBulk(read))
            }
            (None, Some(error)) if !error.shows_unusable_route() => Err(failed(error)),
            (None, source) => Err(ReadError::NoAllocations { source }),
        }
    }

    /// The listing of users with a direct allocation, which only the portal has.
    pub(super) fn licensed_users(&self) -> Lister<'_, LicensedUser> {
        let client = self.client;
        Lister {
            what: "licensed users",
            top: PAGE,
            concurrency: self.options.concurrency,
            observer: self.observer.clone(),
            key: |user: &LicensedUser| user.held.user.0,
            fetch: Box::new(move |skip, top| client.licensed_users(skip, top).boxed()),
        }
    }

    async fn by_listing(&self) -> Result<Attempt, ReadError> {
        self.by_pages(self.licensed_users().unread()).await
    }

    async fn by_pages(&self, listing: PartialListing<LicensedUser>) -> Result<Attempt, ReadError> {
        if !self.options.capabilities.portal {
            return Ok(Attempt::Absent(None));
        }
        match self.licensed_users().finish(listing).await {
            Ok(whole) => Ok(Attempt::Read(ReadAllocations::listed(whole))),
            Err(error) if error.shows_unusable_route() => Ok(Attempt::Absent(Some(error))),
            Err(error) => Err(failed(error)),
        }
    }

    /// The rest of a listing whose beginning has come.
    async fn listed(&self, listing: PartialListing<LicensedUser>) -> Result<ReadAllocations, ReadError> {
        match self.by_pages(listing).await? {
            Attempt::Read(read) => Ok(read),
            Attempt::Absent(source) => Err(ReadError::NoAllocations { source }),
        }
    }

    /// What the service says of these users, in calls of many. Calls that are too large are made smaller.
    pub(super) async fn in_bulk(&self, users: &[UserId]) -> Result<Vec<UserLicenses>, CallError> {
        let mut size = USERS_PER_CALL;
        loop {
            let calls: Vec<_> = users
                .chunks(size)
                .map(|some| self.client.licenses_of_users(some).boxed())
                .collect();
            let answers = stream::iter(calls).buffered(self.options.concurrency.max(1));
            let entries = self.collected(answers, size, users.len()).await;
            match entries {
                Err(error) if error.failure == Failure::TooLarge && size > 1 => size = size.min(users.len()) / 2,
                entries => return entries,
            }
            size = size.max(1);
        }
    }

    /// The entries of all answers, each of which is about so many of the users.
    async fn collected(
        &self,
        answers: impl Stream<Item = Result<Answer<Vec<UserLicenses>>, CallError>>,
        each: usize,
        of: usize,
    ) -> Result<Vec<UserLicenses>, CallError> {
        let mut entries = Vec::new();
        let mut asked = 0;
        let mut answers = pin!(answers);
        while let Some(answer) = answers.try_next().await? {
            entries.extend(answer.value);
            asked = (asked + each).min(of);
            self.asked_of_accounts(asked, of);
        }
        Ok(entries)
    }

    fn asked_of_accounts(&self, asked: usize, of: usize) {
        (self.observer)(Event::Reading {
            what: "licences of accounts",
            read: asked as u64,
            total: Some(of as u64),
        });
    }

    /// What each of these users holds, in a call for each.
    pub(super) async fn one_by_one(&self, users: &[UserId]) -> Result<ReadAllocations, CallError> {
        let calls: Vec<_> = users
            .iter()
            .map(|user| self.client.allocation_of_user(*user).boxed())
            .collect();
        let mut answers = stream::iter(calls).buffer_unordered(self.options.concurrency.max(1));
        let mut allocations = Vec::new();
        let mut asked = 0;
        while let Some(answer) = answers.try_next().await? {
            allocations.extend(answer.value);
            asked += 1;
            self.asked_of_accounts(asked, users.len());
        }
        Ok(ReadAllocations {
            allocations: allocations.into_iter().collect(),
            how: Some(HowRead::OneByOne),
            ..ReadAllocations::default()
        })
    }

    /// Looks again at those of whom it is not known whether they are blocked, if that matters. Who cannot be looked at
    /// stays unclear.
    async fn cleared_up(&self, read: ReadAllocations, blocks: Blocks) -> Result<ReadAllocations, ReadError> {
        let unclear = read.allocations.unclear();
        if unclear.is_empty() || blocks == Blocks::Alike {
            return Ok(read);
        }
        if let Attempt::Read(seen) = self.by_listing().await?
            && !seen.is_doubtful
        {
            return Ok(read.cleared_up_by(seen));
        }
        let is_told_singly = match self.one_by_one(&unclear).await {
            Ok(seen) if !seen.allocations.all().is_empty() => return Ok(read.cleared_up_by(seen)),
            Ok(_) => true,
            Err(error) if is_final(&error) => return Err(failed(error)),
            Err(_) => false,
        };
        let beside = self.beside_others(&unclear).await?;
        if beside.allocations.unclear().is_empty() {
            return Ok(read.cleared_up_by(beside.about(&unclear)));
        }
        // Nobody is left out of an answer for many. That a call for one says of all of them that there is nothing counts
        // only where it says what is known of a holder.
        let holders = beside.allocations.all().iter();
        let known: Vec<Allocation> = holders
            .filter(|held| !held.bundles.is_empty())
            .take(1)
            .cloned()
            .collect();
        if is_told_singly && self.answers_singly(&known).await? {
            return Ok(read.cleared_up_by(ReadAllocations::default()));
        }
        Ok(read)
    }

    /// What the call for many users says of these when it is asked of others as well: some of them may hold nothing, and be
    /// left out of the answer, which shows that whoever is in it without a licence is blocked.
    async fn beside_others(&self, users: &[UserId]) -> Result<ReadAllocations, ReadError> {
        let others = self.client.users(0, OTHERS, None).await;
        let others = others.map_err(failed_to_read("the users"))?.value.items;
        let asked: BTreeSet<UserId> = users.iter().copied().chain(others.iter().map(|user| user.id)).collect();
        let asked: Vec<UserId> = asked.into_iter().collect();
        match self.in_bulk(&asked).await {
            Ok(entries) => Ok(ReadAllocations::in_bulk(&asked, entries)),
            Err(error) => Err(failed(error)),
        }
    }
}

impl ReadAllocations {
    /// What a listing brought.
    pub(super) fn listed(whole: WholeListing<LicensedUser>) -> Self {
        let mut addresses = Vec::new();
        let held = whole.items.into_iter().map(|LicensedUser { held, address }| {
            addresses.extend(address.map(|address| (held.user, address)));
            held
        });
        Self {
            allocations: held.collect(),
            addresses,
            how: Some(HowRead::ByPages(whole.shape)),
            is_doubtful: !whole.is_steady,
            ..Self::default()
        }
    }

    /// The same, with what another look showed of users who were unclear or not named.
    pub(super) fn cleared_up_by(self, seen: Self) -> Self {
        Self {
            allocations: self.allocations.cleared_up_by(seen.allocations),
            ..self
        }
    }

    /// The same, without open questions about others than these users.
    pub(super) fn about(self, users: &[UserId]) -> Self {
        Self {
            allocations: self.allocations.unclear_only_of(users),
            ..self
        }
    }

    pub(super) fn in_bulk(asked: &[UserId], entries: Vec<UserLicenses>) -> Self {
        Self {
            allocations: Allocations::of_entries(asked, entries),
            how: Some(HowRead::InBulk),
            ..Self::default()
        }
    }
}

/// The calls of this route that reading these users takes once the route is known.
fn calls_by(route: AllocationRoute, users: &[UserId], read: &ReadAllocations) -> Option<((Service, Method), u64)> {
    let count = users.len() as u64;
    match (route, read.how) {
        (AllocationRoute::ManyUsers, _) => {
            Some(((Service::License, Method::Post), count.div_ceil(USERS_PER_CALL as u64)))
        }
        (_, Some(HowRead::OneByOne)) => Some(((Service::License, Method::Get), count)),
        // Every page that was read is needed; the tries by other routes were not.
        (_, Some(HowRead::ByPages(_))) => Some(((Service::Portal, Method::Get), u64::MAX)),
        _ => None,
    }
}

pub(super) fn failed(error: CallError) -> ReadError {
    failed_to_read(ALLOCATIONS)(error)
}

/// Whether nothing of the listing has come, since there is no portal or it did not answer.
fn absent_listing(listing: &PartialListing<LicensedUser>) -> bool {
    listing.items().is_empty()
}

/// Whether the failure ends everything, so that no other route need be tried: it does where the service has nothing for the
/// organization itself.
pub(super) fn ends_all(error: &CallError) -> bool {
    is_final(error) || error.code == ErrorCode::Own(OwnCode::NoAccountLicense)
}
