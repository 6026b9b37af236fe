//! Reading back: what became of a call whose answer was lost, and whether a successor is complete.
//!
//! A new account may not be readable for some seconds (`uipath-api`, 5.4), so reseat looks several times before it
//! concludes that something is missing.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::shared_look::SharedLook;
use crate::api::{Client, GroupRule, User};
use crate::directory::{Accounts, Allocations, Found, HowRead, ReadAllocations, ReadError, ReadOptions, Reader};
use crate::event::{Event, Observer, WaitReason};
use crate::model::{BundleSet, GroupId, UserId};
use crate::plan::Predecessor;
use crate::text::{duration, fold, plural};

/// How long to keep looking for what is not there yet: the pauses between attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patience(pub Vec<Duration>);

impl Patience {
    /// Five attempts over this time, with growing pauses between them.
    pub fn over(time: Duration) -> Self {
        Self([1, 2, 3, 4].into_iter().map(|part| time * part / 10).collect())
    }

    /// The pauses together.
    pub fn total(&self) -> Duration {
        self.0.iter().sum()
    }
}

/// Reads accounts back, repeatedly until patience runs out.
#[derive(Clone)]
pub struct ReadBack {
    /// The organization's API.
    pub client: Client,
    /// How to read.
    pub options: ReadOptions,
    /// Is notified of waits.
    pub observer: Observer,
    /// How long to keep looking.
    pub patience: Patience,
    /// Stops looking at once.
    pub stop: CancellationToken,
}

/// A successor that has to be complete before its predecessor is deleted.
#[derive(Debug, Clone)]
pub struct Successor {
    /// The account.
    pub user: UserId,
    /// The address to look it up by.
    pub address: String,
    /// The groups that it should be in.
    pub groups: Vec<GroupId>,
    /// The direct bundles that it should hold.
    pub licenses: BundleSet,
    /// The account that is deleted then.
    pub predecessor: Option<Predecessor>,
}

impl Successor {
    /// The accounts of which it has to be read what they hold.
    pub(super) fn holders(&self) -> impl Iterator<Item = UserId> {
        let old = self.predecessor.as_ref().filter(|old| old.licenses.is_some());
        let new = (old.is_some() || !self.licenses.is_empty()).then_some(self.user);
        new.into_iter().chain(old.map(|old| old.user))
    }

    /// How many accounts reading it back looks up.
    pub(super) fn accounts(&self) -> u64 {
        1 + u64::from(self.predecessor.is_some())
    }
}

/// What a successor lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lack {
    /// The account itself cannot be read.
    pub account: bool,
    /// Groups that it is not in.
    pub groups: Vec<GroupId>,
    /// Bundles that it does not hold.
    pub licenses: BundleSet,
    /// Somebody has deactivated it.
    pub is_deactivated: bool,
    /// All that it lacks is what the old account has been given since the plan was made.
    pub is_since_planned: bool,
}

impl Lack {
    fn is_nothing(&self) -> bool {
        !self.account && !self.is_deactivated && self.groups.is_empty() && self.licenses.is_empty()
    }
}

/// Accounts that were offboarded, to be read back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leavers {
    /// The accounts.
    pub users: Vec<UserId>,
    /// Groups that they stay in: the one that no account can leave, and those that the organization does not list.
    pub kept: Vec<GroupId>,
}

/// What an offboarded account still has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remnant {
    /// There is no such account any more.
    pub is_gone: bool,
    /// It may sign in.
    pub is_active: bool,
    /// The groups that it is in.
    pub groups: Vec<GroupId>,
    /// Whether the service left out which groups these are.
    pub are_groups_untold: bool,
    /// The bundles that it holds directly.
    pub licenses: BundleSet,
    /// The bundles that groups' rules give it; `None` where that could not be read.
    pub inherited: Option<BundleSet>,
    /// Which groups' rules these are, by name, as far as that could be read.
    pub given_by: Vec<String>,
}

impl Remnant {
    /// Whether nothing is left that offboarding takes away.
    pub fn is_nothing(&self) -> bool {
        self.is_gone
            || (!self.is_active && !self.are_groups_untold && self.groups.is_empty() && self.licenses.is_empty())
    }
}

impl ReadBack {
    /// The same, stopped by `grace` instead of by a stop of the run.
    pub(super) fn despite_stop(&self, grace: &CancellationToken) -> Self {
        Self {
            client: self.client.with_stop(grace.clone()),
            stop: grace.clone(),
            ..self.clone()
        }
    }

    /// The same, looking for a third of the time: by default for 20 seconds, which is how long UiPath's own tests look for
    /// what they have written (`uipath-api`, 8).
    pub(super) fn less_patient(self) -> Self {
        let patience = Patience(self.patience.0.iter().map(|pause| *pause / 3).collect());
        Self { patience, ..self }
    }

    /// Looks for the accounts of these addresses (or user names) until all are found or patience runs out. Returns
    /// those found, by folded address.
    pub async fn settle(&self, addresses: &[String]) -> Result<HashMap<String, User>, ReadError> {
        self.settle_together(addresses, &SharedLook::default()).await
    }

    /// The same, where whoever looks at the same time shares what is read.
    pub(super) async fn settle_together(
        &self,
        addresses: &[String],
        shared: &SharedLook,
    ) -> Result<HashMap<String, User>, ReadError> {
        let mut found: HashMap<String, User> = HashMap::new();
        let mut look = 0;
        loop {
            let missing: Vec<&str> = addresses
                .iter()
                .map(String::as_str)
                .filter(|address| !found.contains_key(&fold(address)))
                .collect();
            if missing.is_empty() {
                return Ok(found);
            }
            let read = |all: Vec<String>| async move {
                let all: Vec<&str> = all.iter().map(String::as_str).collect();
                self.reader().find_accounts(&all).await
            };
            let accounts = shared.find(&missing, read).await?;
            let users = missing
                .iter()
                .filter_map(|address| Some((fold(address), accounts.find(address).one()?.clone())));
            let before = found.len();
            found.extend(users);
            let left = missing.len() - (found.len() - before);
            if left > 0 && look < self.patience.0.len() && shared.is_to_be_told() {
                (self.observer)(Event::Notice(format!(
                    "looking for {} that may have been made although no answer says so, for up to {}",
                    plural(left, "account"),
                    duration(self.patience.total())
                )));
            }
            if left == 0 || !self.pause(look).await {
                return Ok(found);
            }
            look += 1;
        }
    }

    /// Which of these accounts are there now.
    pub(super) async fn still_there(&self, users: &[UserId]) -> Result<HashSet<UserId>, ReadError> {
        let accounts = self.reader().find_users(users).await?;
        let is_there = |user: &UserId| accounts.get(*user).is_some();
        Ok(users.iter().copied().filter(is_there).collect())
    }

    /// Reads successors back in bulk until all are complete or patience runs out; one answer each, in order.
    pub(super) async fn verify(&self, successors: &[Successor]) -> Result<Vec<Lack>, ReadError> {
        let mut lacks = vec![
            Lack {
                account: true,
                ..Lack::default()
            };
            successors.len()
        ];
        let mut look = 0;
        loop {
            let open: Vec<usize> = (0..successors.len())
                .filter(|place| !lacks[*place].is_nothing())
                .collect();
            let of = |place: &usize| {
                let Successor {
                    address, predecessor, ..
                } = &successors[*place];
                std::iter::once(address.as_str()).chain(predecessor.as_ref().map(|old| old.address.as_str()))
            };
            let addresses: Vec<&str> = open.iter().flat_map(of).collect();
            let accounts = self.reader().find_accounts(&addresses).await?;
            let can_read = self.can_read_licenses();
            let holders: Vec<UserId> = open
                .iter()
                .flat_map(|place| successors[*place].holders())
                .filter(|_| can_read)
                .collect();
            let held = if holders.is_empty() {
                None
            } else {
                let read = self.reader().held_by(&holders).await?;
                Some(read.allocations)
            };
            for place in open {
                lacks[place] = lack(&successors[place], &accounts, held.as_ref());
            }
            // What the old account was given meanwhile does not go over by waiting.
            let is_settled = |lack: &Lack| lack.is_nothing() || lack.is_deactivated || lack.is_since_planned;
            if lacks.iter().all(is_settled) || !self.pause(look).await {
                return Ok(lacks);
            }
            look += 1;
        }
    }

    /// Reads back in bulk what leavers still have, until it is nothing or patience runs out; one answer each, in order.
    pub async fn remnants(&self, leavers: &Leavers) -> Result<Vec<Remnant>, ReadError> {
        let mut remnants = vec![None; leavers.users.len()];
        let mut groups = vec![Vec::new(); leavers.users.len()];
        let mut look = 0;
        loop {
            let is_open = |remnant: &Option<Remnant>| !remnant.as_ref().is_some_and(Remnant::is_nothing);
            let open: Vec<usize> = (0..remnants.len()).filter(|place| is_open(&remnants[*place])).collect();
            let users: Vec<UserId> = open.iter().map(|place| leavers.users[*place]).collect();
            let accounts = self.reader().find_users(&users).await?;
            let held = if self.can_read_licenses() {
                Some(self.reader().held_by(&users).await?)
            } else {
                None
            };
            for (place, user) in open.iter().copied().zip(users.iter().copied()) {
                remnants[place] = Some(remnant(user, &leavers.kept, &accounts, held.as_ref()));
            }
            let is_over = !remnants.iter().any(is_open);
            for (place, user) in open.into_iter().zip(users) {
                let account = accounts.get(user);
                groups[place] = account.map(|account| account.groups.to_vec()).unwrap_or_default();
            }
            if is_over || !self.pause(look).await {
                let mut remnants: Vec<Remnant> = remnants.into_iter().map(Option::unwrap_or_default).collect();
                self.name_the_rules(&mut remnants, &groups).await;
                return Ok(remnants);
            }
            look += 1;
        }
    }

    /// Finds out by which rules leavers, who are in these groups, are given what they still inherit. It is only told, so
    /// nothing fails where it cannot be read.
    async fn name_the_rules(&self, remnants: &mut [Remnant], groups: &[Vec<GroupId>]) {
        let inherits = |remnant: &Remnant| remnant.inherited.as_ref().is_some_and(|given| !given.is_empty());
        if !remnants.iter().any(inherits) {
            return;
        }
        let Ok(rules) = self.reader().listed_rules().await else {
            return;
        };
        for (remnant, groups) in remnants.iter_mut().zip(groups) {
            let Some(bundles) = &remnant.inherited else { continue };
            let gives = |rule: &&GroupRule| groups.contains(&rule.group) && !rule.bundles.common(bundles).is_empty();
            remnant.given_by = rules.iter().filter(gives).map(|rule| rule.name.clone()).collect();
        }
    }

    pub(super) fn reader(&self) -> Reader<'_> {
        Reader::new(&self.client, &self.options, &self.observer)
    }

    fn can_read_licenses(&self) -> bool {
        self.options.capabilities.portal || self.client.allocation_route().is_some()
    }

    /// Waits before the next attempt; returns whether there is one.
    async fn pause(&self, look: usize) -> bool {
        match self.patience.0.get(look) {
            Some(length) => self.wait(*length).await,
            None => false,
        }
    }

    /// Waits; returns whether the run goes on after that.
    pub(super) async fn wait(&self, length: Duration) -> bool {
        (self.observer)(Event::Waiting {
            reason: WaitReason::ReadBack,
            length,
        });
        tokio::select! {
            () = tokio::time::sleep(length) => true,
            () = self.stop.cancelled() => false,
        }
    }
}

/// Whether accounts are not shown as active before their invitation is accepted: none of several is. Otherwise one that
/// is not active has been deactivated.
fn shows_pending_as_inactive(accounts: &Accounts) -> bool {
    let pending = accounts.all().iter().filter(|account| !account.invitation_accepted);
    let (active, inactive): (Vec<_>, Vec<_>) = pending.partition(|account| account.is_active);
    active.is_empty() && inactive.len() > 1
}

/// What is left of a leaver's access; `held` is `None` if licences cannot be read.
fn remnant(user: UserId, kept: &[GroupId], accounts: &Accounts, held: Option<&ReadAllocations>) -> Remnant {
    let direct = held.and_then(|held| held.allocations.of(user));
    let licenses = direct.map(|held| held.bundles.clone()).unwrap_or_default();
    // Only the answers for many users at once tell what groups give.
    let telling = held.filter(|held| held.how == Some(HowRead::InBulk));
    let inherited = telling.map(|held| held.allocations.inherited_by(user).cloned().unwrap_or_default());
    let Some(account) = accounts.get(user) else {
        return Remnant {
            is_gone: licenses.is_empty(),
            licenses,
            inherited,
            ..Remnant::default()
        };
    };
    let is_left = |group: &&GroupId| !kept.contains(group);
    Remnant {
        is_gone: false,
        is_active: account.is_active,
        groups: account.groups.iter().filter(is_left).copied().collect(),
        are_groups_untold: !account.tells_groups,
        licenses,
        inherited,
        given_by: Vec::new(),
    }
}

/// What a successor lacks of what it should have, and of what its predecessor has been given since the plan was made;
/// `held` is `None` if allocations cannot be read.
fn lack(successor: &Successor, accounts: &Accounts, held: Option<&Allocations>) -> Lack {
    let unreadable = || Lack {
        account: true,
        ..Lack::default()
    };
    let account = match accounts.find(&successor.address) {
        Found::One(account) if account.id == successor.user => account,
        _ => return unreadable(),
    };
    let mut old_with_groups = successor.predecessor.iter().filter(|old| old.groups.is_some());
    let is_untold = |old: &Predecessor| accounts.get(old.user).is_some_and(|old| !old.tells_groups);
    if (!account.tells_groups && !successor.groups.is_empty()) || old_with_groups.any(is_untold) {
        // What was not told is neither lacking nor there.
        return unreadable();
    }
    let bundles = |user| {
        let allocation = held.and_then(|held| held.of(user));
        allocation
            .map(|allocation| allocation.bundles.clone())
            .unwrap_or_default()
    };
    let is_missing = |group: &&GroupId| !account.groups.contains(group);
    let mut groups: Vec<GroupId> = successor.groups.iter().filter(is_missing).copied().collect();
    let mut licenses = match held {
        Some(_) => successor.licenses.minus(&bundles(successor.user)),
        None => BundleSet::default(),
    };
    let is_complete = groups.is_empty() && licenses.is_empty();
    if let Some(old) = &successor.predecessor {
        if let (Some(known), Some(now)) = (&old.groups, accounts.get(old.user)) {
            let is_new = |group: &&GroupId| !known.contains(group) && !groups.contains(group);
            let since: Vec<GroupId> = now.groups.iter().filter(is_new).filter(is_missing).copied().collect();
            groups.extend(since);
        }
        if let Some(known) = &old.licenses {
            let since = bundles(old.user).minus(known).minus(&bundles(successor.user));
            licenses = licenses.union(&since);
        }
    }
    let is_since_planned = is_complete && !(groups.is_empty() && licenses.is_empty());
    Lack {
        account: false,
        groups,
        licenses,
        is_deactivated: account.is_deactivated() || (!account.is_active && !shows_pending_as_inactive(accounts)),
        is_since_planned,
    }
}
