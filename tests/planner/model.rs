//! A model organization: what the calls are carried out on, and what snapshots are taken of.

use std::collections::{BTreeMap, BTreeSet};

use reseat::api::{Allocation, Group, GroupRule, Lease, Seats, ToldTime, User, UserKind, UserTexts};
use reseat::directory::{Contents, Leases, Snapshot};
use reseat::model::{BundleCode, BundleSet, GroupId, Quota, UserId};
use uuid::Uuid;

pub(crate) const CODES: [&str; 3] = ["A", "B", "C"];
/// The first one is built in, so that its members are changed from the user's side.
pub(crate) const GROUPS: [&str; 12] = [
    "Automation Users",
    "Sales",
    "Ops",
    "Legal",
    "Finance",
    "People",
    "Support",
    "Research",
    "Berlin",
    "Paris",
    "Oslo",
    "Rome",
];
pub(crate) const EVERYONE: u8 = 99;

pub(crate) fn user_id(number: u8) -> UserId {
    UserId(Uuid::from_u128(0x1000 + u128::from(number)))
}

pub(crate) fn group_id(number: u8) -> GroupId {
    GroupId(Uuid::from_u128(0x2000 + u128::from(number)))
}

pub(crate) fn bundles(codes: &str) -> BundleSet {
    codes.chars().map(|code| BundleCode::new(&code.to_string())).collect()
}

pub(crate) fn address(number: u8) -> String {
    format!("user{number}@old.example")
}

/// A direct allocation, `None` where the groups' rules apply.
pub(crate) type Held = Option<(BundleSet, bool)>;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Account {
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) accepted: bool,
    pub(crate) active: bool,
    pub(crate) from_directory: bool,
    /// Only the organization's directory knows the person, who has no account yet.
    pub(crate) is_newcomer: bool,
    pub(crate) groups: BTreeSet<GroupId>,
    pub(crate) held: Held,
    /// What it holds by the rules of groups.
    pub(crate) leases: BTreeMap<GroupId, BundleSet>,
}

impl Account {
    pub(crate) fn new(email: &str) -> Self {
        Self {
            email: email.to_owned(),
            name: String::new(),
            accepted: false,
            active: true,
            from_directory: false,
            is_newcomer: false,
            groups: BTreeSet::new(),
            held: None,
            leases: BTreeMap::new(),
        }
    }

    /// Leaves a group, and what its rule gave.
    pub(crate) fn leave(&mut self, group: GroupId) {
        self.groups.remove(&group);
        self.leases.remove(&group);
    }

    /// Whether it takes a seat of the bundle, in whatever way it holds it.
    pub(crate) fn takes(&self, code: &BundleCode) -> bool {
        self.bundles().contains(code) || self.leases.values().any(|lease| lease.contains(code))
    }

    pub(crate) fn bundles(&self) -> BundleSet {
        self.held
            .as_ref()
            .map(|(bundles, _)| bundles.clone())
            .unwrap_or_default()
    }
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct World {
    pub(crate) accounts: BTreeMap<UserId, Account>,
    /// Seats owned, by bundle; an absent one has seats without end.
    pub(crate) owned: BTreeMap<BundleCode, u64>,
    /// What the groups' members hold, and how many seats of it the groups may take.
    pub(crate) rules: BTreeMap<GroupId, (BundleSet, Vec<Quota>)>,
    /// The names of groups that are no longer called as in [`GROUPS`].
    pub(crate) renamed: BTreeMap<GroupId, String>,
}

impl World {
    /// `count` accepted accounts with addresses from `address`, in no group, holding nothing.
    pub(crate) fn of(count: u8) -> Self {
        let account = |number| Account {
            name: format!("Name{number}"),
            accepted: true,
            ..Account::new(&address(number))
        };
        Self {
            accounts: (0..count).map(|number| (user_id(number), account(number))).collect(),
            owned: BTreeMap::new(),
            rules: BTreeMap::new(),
            renamed: BTreeMap::new(),
        }
    }

    pub(crate) fn account(&mut self, number: u8) -> &mut Account {
        self.accounts.get_mut(&user_id(number)).unwrap()
    }

    pub(crate) fn own(&mut self, code: &str, seats: u64) {
        self.owned.insert(BundleCode::new(code), seats);
    }

    pub(crate) fn by_email(&self, email: &str) -> Option<(&UserId, &Account)> {
        self.accounts.iter().find(|(_, account)| account.email == email)
    }

    pub(crate) fn taken(&self, code: &BundleCode) -> u64 {
        self.accounts.values().filter(|account| account.takes(code)).count() as u64
    }

    /// Takes a group's rule away, and what its members hold by it.
    pub(crate) fn remove_rule(&mut self, group: GroupId) {
        self.rules.remove(&group);
        for account in self.accounts.values_mut() {
            account.leases.remove(&group);
        }
    }

    /// Everything about the accounts but their ids, which the server makes.
    pub(crate) fn people(&self) -> BTreeMap<String, Account> {
        let by_email = self
            .accounts
            .values()
            .map(|account| (account.email.clone(), account.clone()));
        by_email.collect()
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let users = self.accounts.iter().map(|(id, account)| {
            let texts = UserTexts {
                user_name: &account.email,
                email: &account.email,
                name: &account.name,
                ..UserTexts::default()
            };
            User {
                invitation_accepted: account.accepted,
                is_active: account.active,
                groups: account.groups.iter().copied().collect(),
                from_directory: account.from_directory || account.is_newcomer,
                kind: if account.is_newcomer {
                    UserKind::WithoutAccount
                } else {
                    UserKind::Person
                },
                ..User::new(*id, texts)
            }
        });
        let groups = (0..)
            .zip(GROUPS)
            .chain([(EVERYONE, "Everyone")])
            .map(|(number, name)| Group {
                id: group_id(number),
                name: name.to_owned(),
                built_in: number == 0 || number == EVERYONE,
            });
        let allocations = self.accounts.iter().filter_map(|(id, account)| {
            let (bundles, external_license) = account.held.clone()?;
            Some(Allocation {
                user: *id,
                bundles,
                external_license,
                is_orphan: false,
                last_in_use: ToldTime::UNTOLD,
            })
        });
        let seats = self.owned.iter().map(|(code, total)| Seats {
            code: code.clone(),
            total: *total,
            allocated: self.taken(code),
            name: None,
        });
        let rules = self.rules.iter().map(|(group, (bundles, quotas))| GroupRule {
            group: *group,
            name: String::new(),
            bundles: bundles.clone(),
            quotas: quotas.clone(),
            in_use: BTreeMap::new(),
            external_license: false,
        });
        let leases = (0..).zip(GROUPS).map(|(number, _)| {
            let group = group_id(number);
            let holders = self.accounts.iter().filter_map(|(id, account)| {
                Some(Lease {
                    user: *id,
                    bundles: account.leases.get(&group)?.clone(),
                    last_in_use: ToldTime::UNTOLD,
                    is_orphan: false,
                })
            });
            (group, holders.collect())
        });
        Snapshot::from(Contents {
            leases: Some(Leases::new(leases)),
            accounts: users.collect(),
            groups: groups.collect(),
            allocations: Some(allocations.collect()),
            seats: Some(seats.collect()),
            rules: Some(rules.collect()),
            ..Contents::default()
        })
    }
}
