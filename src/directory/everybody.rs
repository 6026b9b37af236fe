//! Reads what everybody holds: by the listing of licensed users, and by the accounts' ids where there is none, or as far as
//! it does not fit together. What no route tells is noted as a [`Gap`], because it must not be taken for nothing.

use std::collections::{BTreeSet, HashSet};

use super::allocation_reading::{PAGE, ends_all, failed};
use super::allocations::{Early, ReadAllocations};
use super::reader::{Reader, failed_to_read};
use super::users::ReadUsers;
use super::{Accounts, Found, Gap, HowRead, Leases, ReadError};
use crate::api::{Allocation, AllocationRoute, CallError, Certainty, GroupRule, User, UserKind, UserTexts};
use crate::model::{GroupId, UserId};

/// With at most how many accounts a call for each is made where nothing tells of many at once.
const MOST_SINGLE_CALLS: usize = 300;

/// At most how many holders are looked up whom a listing of users lacks that does not fit together: a GET for each.
const MOST_LOOKED_UP: usize = 50;

impl Reader<'_> {
    /// Everybody's direct allocations by their listing, which may not be there.
    pub(super) async fn listed_allocations(&self) -> Result<Early, ReadError> {
        if !self.options.capabilities.portal {
            return Ok(Early::ByIds(None));
        }
        let lister = self.licensed_users();
        match lister.finish(lister.unread()).await {
            Ok(whole) => Ok(Early::Read(Some(ReadAllocations::listed(whole)))),
            Err(error) if ends_all(&error) => Err(failed(error)),
            Err(error) => Ok(Early::ByIds(Some(error))),
        }
    }

    /// What everybody holds directly, and by groups as far as nobody lists who holds seats by their rules. Holders who are not
    /// gone are added to the users where the listing of users lacks them: as accounts that it passed over, or as people whom
    /// only the directory knows.
    pub(super) async fn read_everybody(
        &self,
        early: Early,
        users: &mut ReadUsers,
        (rules, leases): (Option<&[GroupRule]>, Option<&Leases>),
    ) -> Result<Option<ReadAllocations>, ReadError> {
        if !users.is_everybody {
            self.lacks(Gap::SomeAccounts);
        }
        let Some(mut read) = self.everybodys_allocations(early, &users.accounts).await? else {
            return Ok(None);
        };
        if leases.is_none() {
            let rules = rules.unwrap_or_default();
            read = self.with_inherited(read, &users.accounts, rules).await?;
        }
        if !users.is_everybody {
            let mut ids = holders_without_account(&users.accounts, &read, leases);
            ids.truncate(MOST_LOOKED_UP);
            let found = self.look_up(&[], &ids).await.map_err(failed_to_read("the users"))?;
            users.accounts.extend(found);
        }
        let addresses = std::mem::take(&mut read.addresses);
        let newcomers: Vec<User> = addresses
            .into_iter()
            .filter(|(id, address)| is_nobodys(&users.accounts, *id, address))
            .map(|(id, address)| newcomer(id, &address))
            .collect();
        users.accounts.extend(newcomers);
        Ok(Some(read))
    }

    /// Everybody's direct allocations, with what another route tells of accounts that the listing lacks.
    async fn everybodys_allocations(
        &self,
        early: Early,
        accounts: &Accounts,
    ) -> Result<Option<ReadAllocations>, ReadError> {
        let read = match early {
            Early::Read(Some(read)) if read.is_doubtful => {
                self.lacks(Gap::SomeOrphans);
                let ids: Vec<UserId> = accounts.all().iter().map(|user| user.id).collect();
                let known = known_holders(&read, accounts);
                let (read, is_whole) = self.with_overlooked(read, &ids, &known).await?;
                if !is_whole {
                    self.lacks(Gap::SomeHolders);
                }
                read
            }
            Early::Read(Some(read)) => read,
            Early::Read(None) => return Ok(None),
            Early::ByIds(listing) => self.by_ids(listing, accounts).await?,
        };
        if read.allocations.all().iter().any(|held| !held.last_in_use.is_told()) {
            self.lacks(Gap::LastUses);
        }
        Ok(Some(read))
    }

    /// What each account holds, where nobody lists the holders.
    async fn by_ids(&self, listing: Option<CallError>, accounts: &Accounts) -> Result<ReadAllocations, ReadError> {
        self.lacks(Gap::Orphans);
        if let Some(error) = &listing {
            self.notice(format!(
                "licensed users cannot be listed here ({error}), so it is asked what each account holds"
            ));
        }
        let ids: Vec<UserId> = accounts.all().iter().map(|user| user.id).collect();
        if ids.is_empty() {
            return Ok(ReadAllocations::default());
        }
        match self.in_bulk(&ids).await {
            Ok(entries) => {
                let certainty = if entries.is_empty() {
                    self.lacks(Gap::Nobody);
                    Certainty::ForNow
                } else {
                    Certainty::Lasting
                };
                self.client.keep_allocation_route(AllocationRoute::ManyUsers, certainty);
                self.with_blocks(ReadAllocations::in_bulk(&ids, entries)).await
            }
            Err(error) if ends_all(&error) || !error.shows_unusable_route() => Err(failed(error)),
            Err(error) => self.one_by_one_if_few(&ids, listing.unwrap_or(error)).await,
        }
    }

    async fn one_by_one_if_few(&self, ids: &[UserId], source: CallError) -> Result<ReadAllocations, ReadError> {
        let accounts = ids.len();
        let untold = || ReadError::NoHolders {
            accounts,
            source: source.clone(),
        };
        if accounts > MOST_SINGLE_CALLS {
            return Err(untold());
        }
        match self.one_by_one(ids).await {
            // Somebody without an allocation is answered as a route that is not there is.
            Ok(read) if read.allocations.all().is_empty() => Err(untold()),
            Ok(read) => {
                self.client
                    .keep_allocation_route(AllocationRoute::OneUserOnly, Certainty::Lasting);
                Ok(read)
            }
            Err(error) if error.shows_unusable_route() => Err(untold()),
            Err(error) => Err(failed(error)),
        }
    }

    /// The same, with what those of these users hold whom a listing lacks that does not fit together. Where no route tells
    /// it that agrees with the listing about known holders, it is as before, which the answer says.
    pub(super) async fn with_overlooked(
        &self,
        read: ReadAllocations,
        users: &[UserId],
        known: &[Allocation],
    ) -> Result<(ReadAllocations, bool), ReadError> {
        let is_lacking = |user: &UserId| read.allocations.of(*user).is_none();
        let lacking: Vec<UserId> = users.iter().copied().filter(is_lacking).collect();
        if lacking.is_empty() {
            return Ok((read, true));
        }
        let overlooked = match self.told_in_bulk(&lacking, known).await? {
            Some(told) => {
                let told = self.with_blocks(told).await?;
                self.with_uses(told, &lacking, known).await?
            }
            None if lacking.len() <= MOST_SINGLE_CALLS && self.answers_singly(known).await? => {
                self.one_by_one(&lacking).await.map_err(failed)?
            }
            None => return Ok((read, false)),
        };
        Ok((read.cleared_up_by(overlooked), true))
    }

    /// What these users hold, should the listing not fit together that it comes from: those whom it lacks would count as
    /// holding nothing, and their next allocation would take away what was overlooked.
    pub(super) async fn undoubted(
        &self,
        read: ReadAllocations,
        users: &[UserId],
    ) -> Result<ReadAllocations, ReadError> {
        if !read.is_doubtful {
            return Ok(read);
        }
        let holders = read.allocations.all().iter().filter(|held| !held.is_orphan);
        let known: Vec<Allocation> = holders.take(PAGE as usize).cloned().collect();
        let (read, is_whole) = self.with_overlooked(read, users, &known).await?;
        if !is_whole {
            self.notice(Gap::SomeHolders.sentence().to_owned());
        }
        Ok(ReadAllocations {
            is_doubtful: false,
            ..read
        })
    }

    /// The same, with what groups' rules give, where nobody lists who holds seats by them.
    async fn with_inherited(
        &self,
        read: ReadAllocations,
        accounts: &Accounts,
        rules: &[GroupRule],
    ) -> Result<ReadAllocations, ReadError> {
        self.lacks(Gap::Leases);
        if read.how == Some(HowRead::InBulk) {
            return Ok(read);
        }
        let with_rule = rules.iter().filter(|rule| !rule.is_empty());
        let with_rule: HashSet<GroupId> = with_rule.map(|rule| rule.group).collect();
        let inherits = |user: &&User| user.groups.iter().any(|group| with_rule.contains(group));
        let heirs: Vec<UserId> = accounts.all().iter().filter(inherits).map(|user| user.id).collect();
        if heirs.is_empty() {
            return Ok(read);
        }
        let known = known_holders(&read, accounts);
        Ok(match self.told_in_bulk(&heirs, &known).await? {
            Some(told) => ReadAllocations {
                allocations: read.allocations.inheriting_as(told.allocations),
                ..read
            },
            None => read,
        })
    }

    /// What the call for many users says of these; `None` if it cannot be used here, or is not to be believed, because it
    /// says something else of known holders than the listing.
    async fn told_in_bulk(&self, users: &[UserId], known: &[Allocation]) -> Result<Option<ReadAllocations>, ReadError> {
        let asked: BTreeSet<UserId> = users
            .iter()
            .copied()
            .chain(known.iter().map(|held| held.user))
            .collect();
        let asked: Vec<UserId> = asked.into_iter().collect();
        match self.in_bulk(&asked).await {
            Ok(entries) => {
                let read = ReadAllocations::in_bulk(&asked, entries);
                let agrees = |held: &Allocation| read.allocations.agrees_with(held.user, Some(&held.bundles));
                let is_believed = !known.is_empty() && known.iter().all(agrees);
                Ok(is_believed.then(|| read.about(users)))
            }
            Err(error) if ends_all(&error) => Err(failed(error)),
            Err(_) => Ok(None),
        }
    }

    /// The same, with when those of these users last used their licences who hold some, where they are few.
    async fn with_uses(
        &self,
        told: ReadAllocations,
        users: &[UserId],
        known: &[Allocation],
    ) -> Result<ReadAllocations, ReadError> {
        let holds = |user: &UserId| told.allocations.of(*user).is_some();
        let holders: Vec<UserId> = users.iter().copied().filter(holds).collect();
        if holders.is_empty() || holders.len() > MOST_SINGLE_CALLS || !self.answers_singly(known).await? {
            return Ok(told);
        }
        let seen = self.one_by_one(&holders).await.map_err(failed)?;
        Ok(ReadAllocations {
            allocations: seen.allocations.cleared_up_by(told.allocations),
            ..told
        })
    }

    /// Looks at each of those of whom an answer for many leaves open whether they are blocked, where they are few.
    async fn with_blocks(&self, read: ReadAllocations) -> Result<ReadAllocations, ReadError> {
        let unclear = read.allocations.unclear();
        if unclear.is_empty() {
            return Ok(read);
        }
        let known: Vec<Allocation> = read.allocations.all().iter().take(1).cloned().collect();
        if unclear.len() > MOST_SINGLE_CALLS || !self.answers_singly(&known).await? {
            self.lacks(Gap::Blocks);
            return Ok(read);
        }
        let seen = self.one_by_one(&unclear).await.map_err(failed)?;
        Ok(read.cleared_up_by(seen))
    }

    /// Whether the call for one user says of the first of these holders what is known.
    pub(super) async fn answers_singly(&self, known: &[Allocation]) -> Result<bool, ReadError> {
        let Some(holder) = known.first() else {
            return Ok(false);
        };
        match self.client.allocation_of_user(holder.user).await {
            Ok(told) => Ok(told.value.is_some_and(|told| told.bundles == holder.bundles)),
            Err(error) if ends_all(&error) => Err(failed(error)),
            Err(_) => Ok(false),
        }
    }
}

/// Some holders whom the listing has and who have an account: another route that is to be believed knows them.
fn known_holders(read: &ReadAllocations, accounts: &Accounts) -> Vec<Allocation> {
    let is_account = |held: &&Allocation| !held.is_orphan && accounts.get(held.user).is_some();
    let holders = read.allocations.all().iter().filter(is_account);
    holders.take(PAGE as usize).cloned().collect()
}

/// The ids of holders who have no account, and of whom nobody says that it is gone.
fn holders_without_account(accounts: &Accounts, read: &ReadAllocations, leases: Option<&Leases>) -> Vec<UserId> {
    let direct = read.allocations.all().iter();
    let direct = direct.filter(|held| !held.is_orphan).map(|held| held.user);
    let leases = leases.into_iter().flat_map(Leases::all).flat_map(|(_, leases)| leases);
    let leasing = leases.filter(|lease| !lease.is_orphan).map(|lease| lease.user);
    let ids: BTreeSet<UserId> = direct.chain(leasing).filter(|id| accounts.get(*id).is_none()).collect();
    ids.into_iter().collect()
}

/// Whether no account has this id or this address.
fn is_nobodys(accounts: &Accounts, id: UserId, address: &str) -> bool {
    !accounts.has(id) && matches!(accounts.find(address), Found::None { .. })
}

/// Somebody who got a licence before the first sign-in, and has no account until then (`uipath-api`, 1.4 and 4.2).
fn newcomer(id: UserId, address: &str) -> User {
    let texts = UserTexts {
        user_name: address,
        email: address,
        ..UserTexts::default()
    };
    User {
        kind: UserKind::WithoutAccount,
        from_directory: true,
        ..User::new(id, texts)
    }
}
