//! A model organization, written down shortly: what snapshots are taken of, and what rows are carried out on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use reseat::api::{Allocation, Group, GroupRule, Lease, ReleaseRoute, Seats, ToldTime, User, UserKind, UserTexts};
use reseat::directory::{Administrators, Contents, Leases, Snapshot};
use reseat::model::{AsOf, BundleCode, BundleSet, GroupId, Place, UserId, UserRef};
use reseat::rebalance::{Rules, WantedSeat};
use uuid::Uuid;

pub(crate) const CODES: [&str; 3] = ["A", "B", "C"];
/// The first is Everyone, the second Administrators.
pub(crate) const GROUPS: [&str; 5] = ["Everyone", "Administrators", "Sales", "Ops", "Legal"];
pub(crate) const EVERYONE: u8 = 0;
pub(crate) const ADMINISTRATORS: u8 = 1;
pub(crate) const SALES: u8 = 2;
pub(crate) const OPS: u8 = 3;

pub(crate) fn user_id(number: u8) -> UserId {
    UserId(Uuid::from_u128(0x1000 + u128::from(number)))
}

pub(crate) fn group_id(number: u8) -> GroupId {
    GroupId(Uuid::from_u128(0x2000 + u128::from(number)))
}

pub(crate) fn bundles(codes: &str) -> BundleSet {
    codes.chars().map(|code| BundleCode::new(&code.to_string())).collect()
}

pub(crate) fn code(code: &str) -> BundleCode {
    BundleCode::new(code)
}

pub(crate) fn address(number: u8) -> String {
    format!("user{number}@x.example")
}

pub(crate) fn now() -> Timestamp {
    "2026-11-30T12:00:00Z".parse().unwrap()
}

pub(crate) fn days_ago(days: i64) -> Timestamp {
    now() - SignedDuration::from_hours(24 * days)
}

/// What is told of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// So many days ago.
    Ago(i64),
    /// There is no record.
    Never,
    /// Nothing is said of it.
    Nothing,
}

impl Told {
    pub(crate) fn as_told(self) -> ToldTime {
        match self {
            Self::Ago(days) => ToldTime::at(days_ago(days)),
            Self::Never => ToldTime::UNRECORDED,
            Self::Nothing => ToldTime::UNTOLD,
        }
    }
}

/// Somebody, or what is left of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "as the directory tells them")]
pub(crate) struct Human {
    pub(crate) kind: UserKind,
    pub(crate) is_active: bool,
    pub(crate) accepted: bool,
    pub(crate) from_directory: bool,
    pub(crate) is_gone: bool,
    pub(crate) created: Told,
    pub(crate) signed_in: Told,
    pub(crate) in_use: Told,
    pub(crate) groups: BTreeSet<u8>,
    /// `None` where the groups' rules apply.
    pub(crate) direct: Option<BundleSet>,
    /// By group.
    pub(crate) leases: BTreeMap<u8, BundleSet>,
}

impl Human {
    /// Somebody who has been there for long and was seen so many days ago.
    pub(crate) fn seen(days: i64) -> Self {
        Self {
            kind: UserKind::Person,
            is_active: true,
            accepted: true,
            from_directory: false,
            is_gone: false,
            created: Told::Ago(1000),
            signed_in: Told::Ago(days),
            in_use: Told::Ago(days),
            groups: BTreeSet::new(),
            direct: None,
            leases: BTreeMap::new(),
        }
    }

    /// What is left of an account.
    pub(crate) fn gone() -> Self {
        Self {
            is_gone: true,
            ..Self::seen(400)
        }
    }

    pub(crate) fn holding(mut self, codes: &str) -> Self {
        self.direct = Some(bundles(codes));
        self
    }

    /// A member who holds these by the group's rule.
    pub(crate) fn leasing(mut self, group: u8, codes: &str) -> Self {
        self.groups.insert(group);
        self.leases.insert(group, bundles(codes));
        self
    }

    pub(crate) fn in_group(mut self, group: u8) -> Self {
        self.groups.insert(group);
        self
    }

    /// Each bundle once, however many ways it comes by.
    pub(crate) fn seats(&self) -> BundleSet {
        let direct = self.direct.clone().unwrap_or_default();
        self.leases.values().fold(direct, |all, lease| all.union(lease))
    }
}

/// An organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct World {
    pub(crate) people: BTreeMap<u8, Human>,
    pub(crate) rules: BTreeMap<u8, BundleSet>,
    /// How many seats are owned. Of a bundle that is missing there is none.
    pub(crate) owned: BTreeMap<BundleCode, u64>,
    pub(crate) acting: Option<u8>,
    /// The second of these bears the name of the first.
    pub(crate) same_name: Option<(u8, u8)>,
    pub(crate) release_route: ReleaseRoute,
}

impl World {
    /// These people, with ids from 1, and no seat to spare.
    pub(crate) fn of(people: impl IntoIterator<Item = Human>) -> Self {
        let world = Self {
            people: (1..).zip(people).collect(),
            ..Self::default()
        };
        CODES.into_iter().fold(world, |world, name| world.spare(name, 0))
    }

    /// The same with so many more seats owned than taken, fewer where that is negative.
    pub(crate) fn spare(mut self, name: &str, seats: i64) -> Self {
        let owned = self.taken(&code(name)).checked_add_signed(seats).unwrap_or_default();
        self.owned.insert(code(name), owned);
        self
    }

    pub(crate) fn rule(mut self, group: u8, codes: &str) -> Self {
        self.rules.insert(group, bundles(codes));
        self
    }

    fn name_of(&self, number: u8) -> u8 {
        let is_second = |(_, second): &(u8, u8)| *second == number;
        self.same_name.filter(is_second).map_or(number, |(first, _)| first)
    }

    pub(crate) fn taken(&self, code: &BundleCode) -> u64 {
        let holders = self.people.values().filter(|human| human.seats().contains(code));
        holders.count() as u64
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        self.read(|_| (), |_| ())
    }

    /// The snapshot that a run takes, which asks when those were seen whose seats its rows take.
    pub(crate) fn snapshot_of_a_run(&self) -> Snapshot {
        let mut contents = self.contents(|_| (), |_| ());
        let told = self.people.iter().filter(|(_, human)| human.direct.is_some());
        let told: Vec<_> = told
            .map(|(number, human)| (user_id(*number), human.in_use.as_told()))
            .collect();
        if told.iter().any(|(_, in_use)| in_use.is_told()) {
            contents.last_uses = Some(told.into_iter().collect());
        }
        Snapshot::from(contents)
    }

    /// The snapshot, where each listing came in the order that this makes of it.
    pub(crate) fn snapshot_in_order(&self, order: impl Fn(&mut Vec<u8>)) -> Snapshot {
        self.read(order, |_| ())
    }

    /// The snapshot, where the service says something else of direct allocations.
    pub(crate) fn snapshot_of(&self, change: impl Fn(&mut Allocation)) -> Snapshot {
        self.read(|_| (), change)
    }

    fn read(&self, order: impl Fn(&mut Vec<u8>), change: impl Fn(&mut Allocation)) -> Snapshot {
        Snapshot::from(self.contents(order, change))
    }

    fn contents(&self, order: impl Fn(&mut Vec<u8>), change: impl Fn(&mut Allocation)) -> Contents {
        let mut numbers: Vec<u8> = self.people.keys().copied().collect();
        order(&mut numbers);
        let listed = || numbers.iter().map(|number| (*number, &self.people[number]));
        let users = listed()
            .filter(|(_, human)| !human.is_gone)
            .map(|(number, human)| user(number, self.name_of(number), human));
        let allocations = listed().filter_map(|(number, human)| {
            let mut allocation = Allocation {
                user: user_id(number),
                bundles: human.direct.clone()?,
                external_license: false,
                is_orphan: human.is_gone,
                last_in_use: human.in_use.as_told(),
            };
            change(&mut allocation);
            Some(allocation)
        });
        let leases = (0..5).map(|group| {
            let holders = listed().filter_map(|(number, human)| {
                Some(Lease {
                    user: user_id(number),
                    bundles: human.leases.get(&group)?.clone(),
                    last_in_use: human.in_use.as_told(),
                    is_orphan: human.is_gone,
                })
            });
            (group_id(group), holders.collect())
        });
        let groups = (0..).zip(GROUPS).map(|(number, name)| Group {
            id: group_id(number),
            name: name.to_owned(),
            built_in: number <= ADMINISTRATORS,
        });
        let rules = self.rules.iter().map(|(group, bundles)| GroupRule {
            group: group_id(*group),
            name: GROUPS[usize::from(*group)].to_owned(),
            bundles: bundles.clone(),
            quotas: Vec::new(),
            in_use: BTreeMap::new(),
            external_license: false,
        });
        let seats = self.owned.iter().map(|(code, owned)| Seats {
            code: code.clone(),
            total: *owned,
            allocated: self.taken(code),
            name: None,
        });
        Contents {
            accounts: users.collect(),
            groups: groups.collect(),
            administrators: Administrators::default(),
            allocations: Some(allocations.collect()),
            leases: Some(Leases::new(leases)),
            seats: Some(seats.collect()),
            rules: Some(rules.collect()),
            acting_user: self.acting.map(user_id),
            release_route: self.release_route,
            ..Contents::default()
        }
    }
}

fn user(number: u8, name: u8, human: &Human) -> User {
    let email = address(name);
    let texts = UserTexts {
        user_name: &email,
        email: &email,
        name: "User",
        surname: &number.to_string(),
        display_name: "",
    };
    User {
        kind: human.kind,
        is_active: human.is_active,
        invitation_accepted: human.accepted,
        groups: human.groups.iter().map(|group| group_id(*group)).collect(),
        from_directory: human.from_directory,
        last_login: human.signed_in.as_told(),
        created: human.created.as_told(),
        ..User::new(user_id(number), texts)
    }
}

/// The usual terms.
pub(crate) fn terms() -> Rules {
    let days = |days: u64| std::time::Duration::from_secs(days * 86_400);
    Rules {
        as_of: AsOf {
            now: now(),
            ..AsOf::default()
        },
        idle_for: days(90),
        grace: days(30),
        pending: days(60),
        orphans: true,
        ..Rules::default()
    }
}

/// Wanted rows: who, and which bundles.
pub(crate) fn wanted<'a>(rows: impl IntoIterator<Item = (u8, &'a str)>) -> Vec<WantedSeat> {
    let row = |(row, (number, codes)): (u32, (u8, &str))| WantedSeat {
        place: Place { sheet: "".into(), row },
        user: UserRef::parse(&address(number)),
        user_id: None,
        licenses: bundles(codes),
    };
    (2..).zip(rows).map(row).collect()
}
