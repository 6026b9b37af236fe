//! Reads what a sheet needs, each thing by itself and all at once.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use futures::try_join;

use super::allocations::Early;
use super::{
    Accounts, Blocks, Contents, Detail, Gap, Groups, Holders, LastUses, Leases, Listings, Needs, ReadAllocations,
    ReadError, Rules, Scope, Snapshot, Want,
};
use crate::api::{AllocationRoute, CallError, Client, Failure, GroupRule, Seats};
use crate::event::{Event, Observer};
use crate::model::{Capabilities, UserId, UserRef};

/// How to read.
#[derive(Debug, Clone, Copy)]
pub struct ReadOptions {
    /// How many users to ask for at once, at most 1,000.
    pub users_per_page: u32,
    /// How many calls of one kind may be on their way at once.
    pub concurrency: usize,
    /// What the installation offers.
    pub capabilities: Capabilities,
}

/// Reads what is needed, independent parts concurrently.
pub async fn read(
    client: &Client,
    needs: &Needs<'_>,
    options: &ReadOptions,
    observer: &Observer,
) -> Result<Snapshot, ReadError> {
    let reader = Reader::new(client, options, observer);
    let (mut users, (groups, rules, leases), early, seats, acting_user) = try_join!(
        reader.read_users(needs),
        reader.read_groups_and_theirs(needs),
        reader.read_allocations_early(needs),
        reader.read_seats(needs.seats),
        reader.read_acting_user(),
    )?;
    // Believed, an empty listing would show everybody as gone.
    if users.shape.is_some() && users.accounts.all().is_empty() {
        return Err(ReadError::Nobody);
    }
    reader.read_people(needs, &mut users, &groups).await?;
    let allocations = match early {
        early if needs.scope == Scope::Organization => {
            let of_groups = (rules.as_deref(), leases.as_ref());
            match reader.read_everybody(early, &mut users, of_groups).await {
                Ok(read) => read,
                Err(error) => reader.without(needs.allocations, error)?,
            }
        }
        Early::Read(Some(read)) if read.is_doubtful => {
            let and_of = holders_by_rules(needs, &groups, leases.as_ref());
            let wanted = Reader::wanted_holders(needs, &users.accounts, &and_of);
            Some(reader.undoubted(read, &wanted).await?)
        }
        Early::Read(read) => read,
        Early::ByIds(_) => {
            let and_of = holders_by_rules(needs, &groups, leases.as_ref());
            reader.read_allocations(needs, &users.accounts, &and_of).await?
        }
    };
    let last_uses = reader
        .read_last_uses(needs, &users.accounts, allocations.as_ref())
        .await?;
    let administrators = reader.read_administrators(needs, &mut users, &groups).await?;
    if !users.accounts.tell_all_groups() {
        reader.lacks(Gap::SomeMemberships);
    }
    let held = allocations.as_ref().map(|read| &read.allocations);
    let rules = match reader.read_inheritance(needs, &mut users, held).await? {
        Some(every_rule) => Some(every_rule),
        None => rules,
    };
    let listings = Listings {
        users: users.shape,
        allocations: allocations.as_ref().and_then(|read| read.how),
        last_uses: last_uses.as_ref().and_then(LastUses::how),
    };
    let probes = allocations.as_ref().map(|read| read.probes.clone());
    Ok(Snapshot::from(Contents {
        listings,
        has_too_many_untold: users.has_too_many_untold,
        gaps: reader.told_gaps(needs.scope, seats.as_deref()),
        probes: probes.unwrap_or_default(),
        accounts: users.accounts,
        groups,
        administrators,
        last_uses,
        allocations: allocations.map(|read| match needs.blocks {
            Blocks::Told => read.allocations,
            Blocks::Alike => read.allocations.with_none_unclear(),
        }),
        seats,
        rules,
        leases,
        acting_user,
        release_route: client.release_route(),
    }))
}

/// Those who hold seats by the rules that are taken away.
fn holders_by_rules(needs: &Needs<'_>, groups: &Groups, leases: Option<&Leases>) -> Vec<UserId> {
    let cleared = needs.cleared.iter().filter_map(|group| groups.resolve(group).one());
    let holders = cleared.filter_map(|group| leases?.of_group(group.id)).flatten();
    holders.map(|lease| lease.user).collect()
}

/// Of how many users it is asked whether their licences can be read.
const SOME_USERS: u32 = 20;

type GroupsAndTheirs = (Groups, Option<Vec<GroupRule>>, Option<Leases>);

/// Who reads, from where and how.
pub struct Reader<'a> {
    pub(super) client: &'a Client,
    pub(super) options: &'a ReadOptions,
    pub(super) observer: &'a Observer,
    /// What could not be learnt so far.
    gaps: Mutex<BTreeSet<Gap>>,
}

impl<'a> Reader<'a> {
    /// A reader that tells the observer how far it is.
    pub fn new(client: &'a Client, options: &'a ReadOptions, observer: &'a Observer) -> Self {
        Self {
            client,
            options,
            observer,
            gaps: Mutex::default(),
        }
    }
}

impl Reader<'_> {
    /// Finds which of these addresses (or user names) have an account by now, each account with its
    /// whole profile, in as few calls as may be. For settling lost invites and for reading migrated
    /// accounts back; the services lag behind their own writes, so whoever misses one asks again later.
    pub async fn find_accounts(&self, addresses: &[&str]) -> Result<Accounts, ReadError> {
        let needs = Needs {
            addresses: addresses.to_vec(),
            detail: Detail::Profile,
            ..Needs::default()
        };
        Ok(self.read_users(&needs).await?.accounts)
    }

    /// Finds which of these accounts are still there, by the listing or one by one, whichever takes fewer calls. For
    /// settling deletions whose answer was lost.
    pub async fn find_users(&self, users: &[UserId]) -> Result<Accounts, ReadError> {
        let users: Vec<UserRef> = users.iter().copied().map(UserRef::from).collect();
        let needs = Needs {
            users: users.iter().collect(),
            detail: Detail::Profile,
            ..Needs::default()
        };
        Ok(self.read_users(&needs).await?.accounts)
    }

    /// Reads what these users hold directly by now. It is one call for some hundred users where the service answers for many
    /// at once, else the listing of everybody: [`ReadAllocations::how`] says which it was. Of a user without a bundle it may
    /// leave open whether it is blocked; [`Allocations::agrees_with`](super::Allocations::agrees_with) compares accordingly.
    pub async fn held_by(&self, users: &[UserId]) -> Result<ReadAllocations, ReadError> {
        self.allocations_of(users, Blocks::Alike).await
    }

    /// Whether what users hold can be read here: `false` only if no route tells it. Finds out by some of the organization's
    /// users, unless it is known.
    pub async fn tells_allocations(&self) -> bool {
        if self.client.allocation_route().is_some() {
            return true;
        }
        let Ok(users) = self.client.users(0, SOME_USERS, None).await else {
            return true;
        };
        let users: Vec<UserId> = users.value.items.iter().map(|user| user.id).collect();
        !matches!(
            self.find_allocation_route(&users).await,
            Err(ReadError::NoAllocations { .. })
        )
    }

    /// Finds out by which route allocations can be read here, by those of a few holders and of these users; the client then
    /// knows it.
    ///
    /// # Errors
    /// If no route tells them, or it could not be found out.
    pub async fn find_allocation_route(&self, users: &[UserId]) -> Result<(), ReadError> {
        self.find_route(users).await.map(drop)
    }

    /// Allocations that are listed whoever they are wanted of: there is no need to wait for the accounts.
    async fn read_allocations_early(&self, needs: &Needs<'_>) -> Result<Early, ReadError> {
        if needs.scope == Scope::Organization {
            if needs.allocations == Want::No {
                return Ok(Early::Read(None));
            }
            return match self.listed_allocations().await {
                Err(error) => self.without(needs.allocations, error).map(Early::Read),
                read => read,
            };
        }
        if needs.allocations == Want::No || matches!(needs.holders, Holders::Everybody) {
            return self
                .read_allocations(needs, &Accounts::default(), &[])
                .await
                .map(Early::Read);
        }
        if self.client.allocation_route() != Some(AllocationRoute::Listing) {
            return Ok(Early::ByIds(None));
        }
        match self.all_allocations().await {
            Ok(read) => Ok(Early::Read(Some(read))),
            Err(ReadError::NoAllocations { .. }) => {
                self.client.forget_allocation_route();
                Ok(Early::ByIds(None))
            }
            Err(error) => self.without(needs.allocations, error).map(Early::Read),
        }
    }

    async fn read_acting_user(&self) -> Result<Option<UserId>, ReadError> {
        let read = self.client.acting_user().await;
        read.map_err(failed_to_read("which account this is"))
    }

    /// The groups, their rules, and who holds seats by these.
    async fn read_groups_and_theirs(&self, needs: &Needs<'_>) -> Result<GroupsAndTheirs, ReadError> {
        if !needs.groups && !needs.administrators && matches!(needs.rules, Rules::None) && needs.leases.is_empty() {
            return Ok(GroupsAndTheirs::default());
        }
        let read = self.client.groups().await.map_err(failed_to_read("the groups"))?;
        let groups: Groups = read.value.into_iter().collect();
        let count = groups.all().len() as u64;
        (self.observer)(Event::Reading {
            what: "groups",
            read: count,
            total: Some(count),
        });
        if needs.administrators && groups.administrators().is_none() {
            self.notice(
                "the listing of groups has no built-in group named Administrators, so who is an administrator is not \
                 known"
                    .to_owned(),
            );
        }
        if needs.scope == Scope::Organization {
            let Some(rules) = self.read_rules(&needs.rules, &groups).await? else {
                self.lacks(Gap::Leases);
                return Ok((groups, None, None));
            };
            let leases = self.read_every_lease(&rules, &groups).await?;
            return Ok((groups, Some(rules), leases));
        }
        let (rules, leases) = try_join!(
            self.read_rules(&needs.rules, &groups),
            self.read_leases(&needs.leases, &groups)
        )?;
        Ok((groups, rules, leases))
    }

    /// Notes that something cannot be learnt here, which matters to a reading of the whole organization.
    pub(super) fn lacks(&self, gap: Gap) {
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner).insert(gap);
    }

    /// What could not be learnt, after it has been told.
    fn told_gaps(&self, scope: Scope, seats: Option<&[Seats]>) -> BTreeSet<Gap> {
        let mut gaps = std::mem::take(&mut *self.gaps.lock().unwrap_or_else(PoisonError::into_inner));
        if nobody_is_seated(seats) {
            gaps.remove(&Gap::Nobody);
        }
        match scope {
            Scope::Sheet => BTreeSet::new(),
            Scope::Organization => {
                // That leases cannot be read has been told with what the service answered.
                for gap in gaps.iter().filter(|gap| **gap != Gap::Leases) {
                    self.notice(gap.sentence().to_owned());
                }
                gaps
            }
        }
    }

    pub(super) fn notice(&self, text: String) {
        (self.observer)(Event::Notice(text));
    }
}

/// Whether the seats show that nobody holds any: then there is nothing to doubt about that.
fn nobody_is_seated(seats: Option<&[Seats]>) -> bool {
    seats.is_some_and(|seats| seats.iter().all(|seats| seats.allocated == 0))
}

/// Whether the failure ends everything, so that no other way need be tried.
pub(super) fn is_final(error: &CallError) -> bool {
    matches!(error.failure, Failure::SignIn | Failure::Stopped)
}

/// Wraps a failed call, saying what was being read.
pub(super) fn failed_to_read(what: &'static str) -> impl Fn(CallError) -> ReadError {
    move |source| ReadError::Call { what, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(dead_code, reason = "that it compiles is the test")]
    fn reading_can_be_moved_between_threads(client: &Client, options: &ReadOptions, observer: &Observer) {
        fn is_send<T: Send>(_: T) {}
        is_send(read(client, &Needs::default(), options, observer));
        let reader = Reader::new(client, options, observer);
        is_send(reader.find_accounts(&[]));
        is_send(reader.held_by(&[]));
    }
}
