//! The organization's present state, as far as an undo asks for it.

use std::collections::BTreeSet;

use super::changes::{AccountChange, Changes, Move, RuleChange};
use super::group::{GroupMark, RuleState};
use super::held::Held;
use super::portrait::Portrait;
use crate::api::{Group, User};
use crate::directory::{Accounts, Blocks, Detail, Found, Holders, HowRead, Needs, Rules, Snapshot, Want};
use crate::model::{BundleCode, GroupRef, UserId, UserRef};

/// What was read.
#[derive(Debug, Clone, Copy)]
pub struct Present<'a> {
    /// Accounts by their ids, groups, allocations, rules and seats, as [`Wanted::needs`] asks for them.
    pub snapshot: &'a Snapshot,
    /// Who has one of [`Wanted::addresses`] now.
    pub bearers: &'a Accounts,
}

/// What is held directly now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HeldNow {
    pub(super) held: Held,
    /// `None` where the route by which it was read does not tell.
    pub(super) external: Option<bool>,
}

impl<'a> Present<'a> {
    pub(super) fn user(self, id: UserId) -> Option<&'a User> {
        self.snapshot.user_by_id(id)
    }

    /// Whether somebody has this address or user name now: the id, to be put behind "an account"; empty where several
    /// have it.
    pub(super) fn bearer(self, name: &str) -> Option<String> {
        match self.bearers.find(name) {
            Found::One(user) => Some(format!(", {}", user.id)),
            Found::Many(_) => Some(String::new()),
            Found::None { .. } => None,
        }
    }

    /// Whether this account alone has this address or user name now.
    pub(super) fn is_borne_by(self, name: &str, id: UserId) -> bool {
        matches!(self.bearers.find(name), Found::One(user) if user.id == id)
    }

    /// What the account holds; `None` where that cannot be read here.
    pub(super) fn held(self, id: UserId) -> Option<HeldNow> {
        if self.snapshot.is_direct_unknown(id) {
            return None;
        }
        let direct = self.snapshot.direct(id);
        let tells_flag = !matches!(self.snapshot.listings().allocations, Some(HowRead::ByPages(_)));
        Some(HeldNow {
            held: Held::of_allocation(direct),
            external: tells_flag.then(|| direct.is_some_and(|allocation| allocation.external_license)),
        })
    }

    /// The group, if it is there; by its name only where the results file does not have its id.
    pub(super) fn group(self, mark: &GroupMark) -> Option<&'a Group> {
        match mark.id {
            Some(id) => self.snapshot.group_by_id(id),
            None => self.snapshot.group(&GroupRef::parse(&mark.name)).one(),
        }
    }

    /// How many hold a seat of this bundle by the group's rule; `None` where that cannot be read here.
    pub(super) fn holders_by_rule(self, group: &Group, code: &BundleCode) -> Option<usize> {
        let leases = self.snapshot.leases()?.of_group(group.id)?;
        Some(leases.iter().filter(|lease| lease.bundles.contains(code)).count())
    }

    /// The group's rule; `None` if it has none.
    pub(super) fn rule(self, group: &Group) -> Option<RuleState> {
        let rule = self.snapshot.rule(group.id)?;
        Some(RuleState {
            bundles: rule.bundles.clone(),
            quotas: rule
                .quotas
                .iter()
                .map(|quota| (quota.code.clone(), quota.limit))
                .collect(),
            external: rule.external_license,
        })
    }
}

/// What has to be read before changes can be compared with the present.
#[derive(Debug, Default)]
pub struct Wanted {
    users: Vec<UserRef>,
    /// Names of those of whom only licences were changed: such people may have no account, but be in the directory.
    people: Vec<UserRef>,
    /// Groups whose rule is put back with limits, which must not be below what is held by it.
    limited: Vec<GroupRef>,
    rule_groups: Vec<GroupRef>,
    licenses: bool,
    groups: bool,
}

impl Wanted {
    /// What these changes ask for.
    pub fn of(changes: &Changes) -> Self {
        let mut ids: BTreeSet<UserId> = changes.accounts.iter().map(|change| change.id).collect();
        let moves = changes.accounts.iter().flat_map(|change| &change.moved);
        ids.extend(moves.filter_map(|moved| moved.left));
        let group = |mark: &GroupMark| mark.id.map_or_else(|| GroupRef::parse(&mark.name), GroupRef::Id);
        let may_be_without_account = |change: &&AccountChange| {
            change.held.is_some() && change.made.is_none() && change.gone.is_none() && change.moved.is_empty()
        };
        let people = changes.accounts.iter().filter(may_be_without_account);
        let is_limited = |rule: &&RuleChange| {
            let was = rule.flip.was.as_ref();
            was.is_some_and(|was| was.as_ref().is_some_and(|was| !was.quotas.is_empty()))
        };
        Self {
            people: people
                .map(|change| UserRef::parse(&change.label))
                .filter(|name| matches!(name, UserRef::Name(_)))
                .collect(),
            limited: changes
                .rules
                .iter()
                .filter(is_limited)
                .map(|rule| group(&rule.group))
                .collect(),
            users: ids.into_iter().map(UserRef::from).collect(),
            rule_groups: changes.rules.iter().map(|rule| group(&rule.group)).collect(),
            licenses: changes.accounts.iter().any(|change| {
                change.held.is_some() || change.external.is_some() || change.made.is_some() || !change.moved.is_empty()
            }),
            groups: !changes.rules.is_empty()
                || changes.accounts.iter().any(|change| {
                    !change.groups.is_empty()
                        || change.made.is_some()
                        || change.gone.is_some()
                        || !change.moved.is_empty()
                }),
        }
    }

    /// The same for the directory.
    pub fn needs(&self) -> Needs<'_> {
        let holders: Vec<&UserRef> = self.users.iter().filter(|_| self.licenses).collect();
        Needs {
            users: self.users.iter().collect(),
            newcomers: self.people.iter().collect(),
            leases: self.limited.iter().collect(),
            detail: Detail::Profile,
            groups: self.groups,
            allocations: if self.licenses { Want::WhereOffered } else { Want::No },
            blocks: Blocks::Told,
            holders: Holders::Of(holders),
            seats: if self.licenses { Want::Optional } else { Want::No },
            rules: if self.rule_groups.is_empty() {
                Rules::None
            } else {
                Rules::Of(self.rule_groups.iter().collect())
            },
            ..Needs::default()
        }
    }

    /// Addresses and user names of accounts that are gone, of which it has to be known whether others have them now.
    pub fn addresses<'c>(changes: &'c Changes, snapshot: &Snapshot) -> Vec<&'c str> {
        let mut addresses = BTreeSet::new();
        for change in &changes.accounts {
            if snapshot.user_by_id(change.id).is_none() {
                let old = change.gone.as_ref().map(Portrait::address);
                addresses.insert(old.unwrap_or(&change.label));
            }
            addresses.extend(change.moved.iter().map(Move::old_address));
        }
        addresses
            .into_iter()
            .filter(|name| name.parse::<UserId>().is_err() && !name.is_empty())
            .collect()
    }
}
