//! A believable company of sixty people, seats nearly used in some bundles: the sandbox's first organization.

use jiff::{SignedDuration, Timestamp};

use super::{Group, GroupKind, Lease, Rule, User, UserKind, World};
use crate::model::{BundleCode, BundleSet, GroupId, UserId};

/// Name, surname, groups, direct licences (`-`: blocked, nothing: inherits), days since the last sign-in (nothing: never),
/// state, days since the last use of a licence where that is another day.
const PEOPLE: &str = include_str!("demo.csv");

/// The domain of the demo company.
const DOMAIN: &str = "contoso.example";

/// People of the company's directory who have no account yet: name, surname, user name. The address is made of the names.
const DIRECTORY: [(&str, &str, &str); 4] = [
    ("Wilma", "Fuchs", "wilma.fuchs"),
    ("Xavier", "Dupont", "xavier.dupont"),
    ("Yuki", "Sato", "y.sato"),
    ("Zeynep", "Kaya", "zeynep.kaya"),
];

/// Bundles and their seats.
const SEATS: [(&str, u64); 10] = [
    ("ATTUNU", 32),
    ("ACNU", 15),
    ("RPADEVPRONU", 8),
    ("CTZDEVNU", 10),
    ("TSTNU", 5),
    ("PMD", 4),
    // One more is taken: somebody has to give one back.
    ("PMBU", 2),
    ("AXPNU", 10),
    ("IDU", 3),
    ("ATTUCU", 2),
];

/// Robot accounts: user name, display name.
const ROBOTS: [(&str, &str); 2] = [("invoice-robot", "Invoice Robot"), ("hr-robot", "HR Robot")];

/// Who holds seats by a group's rule, besides some of the larger groups: address, group, days since the last use.
const LESSEES: [(&str, &str, i64); 2] = [
    ("goran.markovic", "Sales Operations", 93),
    ("igor.pavlov", "Sales Operations", 8),
];

/// Groups of the company itself, each with the bundles of its licence rule.
const GROUPS: [(&str, &[&str]); 9] = [
    ("Finance", &[]),
    ("Human Resources", &[]),
    ("Customer Service", &["ACNU"]),
    ("Procurement", &[]),
    ("IT Operations", &[]),
    ("Process Excellence", &["IDU"]),
    ("Sales Operations", &["AXPNU"]),
    ("Invoice Team", &["ATTUNU"]),
    ("HR Robots", &[]),
];

impl World {
    /// The demo company. Ids follow from the seed; dates are counted back from `now`.
    pub fn demo(seed: u64, now: Timestamp) -> Self {
        let founded = days_before(now, 700);
        let mut world = Self::empty(seed, founded);
        for (code, total) in SEATS {
            world.set_seats(code, total);
        }
        for (name, bundles) in GROUPS {
            world.found_group(seed, name, bundles, founded);
        }
        for (position, line) in (0..).zip(PEOPLE.lines().skip(1)) {
            world.hire(seed, line, days_before(now, 600 - 9 * position), now);
        }
        world.let_members_lease("Customer Service", now);
        world.let_members_lease("Process Excellence", now);
        let (former, dissolved) = (UserId(world.next_guid(seed)), GroupId(world.next_guid(seed)));
        world.insert_orphan(former, "peter.former@contoso.example", codes(&["ATTUNU"]));
        world.set_last_in_use(former, Some(days_before(now, 210)));
        world.set_rule(dissolved, Rule::giving(codes(&["TSTNU"])));
        for (name, surname, user_name) in DIRECTORY {
            world.know(seed, [name, surname], user_name, founded);
        }
        for (user_name, group, days) in LESSEES {
            world.let_lease(&format!("{user_name}@{DOMAIN}"), group, days, now);
        }
        for (user_name, name) in ROBOTS {
            world.install(seed, user_name, name, founded);
        }
        world
    }

    /// Makes an account for a robot.
    pub(super) fn install(&mut self, seed: u64, user_name: &str, display_name: &str, since: Timestamp) {
        let mut robot = User::local(UserId(self.next_guid(seed)), user_name, "", since);
        robot.kind = UserKind::RobotAccount;
        robot.display_name = Some(display_name.to_owned());
        robot.invitation_accepted = true;
        self.insert_user(robot);
    }

    /// Makes somebody known to the directory.
    pub(super) fn know(&mut self, seed: u64, [name, surname]: [&str; 2], user_name: &str, since: Timestamp) {
        let email = format!("{name}.{surname}@{DOMAIN}").to_lowercase();
        let user_name = format!("{user_name}@{DOMAIN}");
        let person = User::local(UserId(self.next_guid(seed)), &user_name, &email, since);
        self.insert_person(person.called(name, surname));
    }

    pub(super) fn found_group(&mut self, seed: u64, name: &str, bundles: &[&str], founded: Timestamp) -> GroupId {
        let id = GroupId(self.next_guid(seed));
        self.insert_group(Group {
            id,
            name: name.to_owned(),
            kind: GroupKind::Custom,
            creation_time: founded,
            last_modification_time: None,
            managed_by_directory: false,
        });
        if !bundles.is_empty() {
            self.set_rule(id, Rule::giving(codes(bundles)));
        }
        id
    }

    fn hire(&mut self, seed: u64, line: &str, hired: Timestamp, now: Timestamp) {
        let mut cells = line.split(',');
        let mut cell = || cells.next().unwrap_or_default();
        let [name, surname, groups, licenses, idle, state, unused] = std::array::from_fn(|_| cell());
        let email = format!("{name}.{surname}@{DOMAIN}").to_lowercase();
        let ago = |days: &str| days.parse().ok().map(|days| days_before(now, days));
        let last_login = ago(idle);
        let user = User::local(UserId(self.next_guid(seed)), &email, &email, hired);
        let mut user = user.called(name, surname);
        user.is_active = state != "inactive";
        user.invitation_accepted = state != "pending";
        user.email_confirmed = user.invitation_accepted;
        user.last_login_time = last_login;
        if state == "directory" {
            user = user.from_directory();
        }
        let id = user.id;
        self.insert_user(user);
        for group in groups.split("; ") {
            if let Some(group) = self.group_named(group).map(|group| group.id) {
                self.join(id, group);
            }
        }
        match licenses {
            "" => {}
            "-" => self.allocate(id, BundleSet::default(), false),
            listed => self.allocate(id, listed.split("; ").map(BundleCode::new).collect(), false),
        }
        self.set_last_in_use(id, ago(unused).or(last_login));
    }

    /// A member holds what the group's rule gives since the account was made.
    fn let_lease(&mut self, address: &str, group: &str, unused: i64, now: Timestamp) {
        let found = (self.user_called(address), self.group_named(group));
        let (Some((user, since)), Some(group)) = (
            found.0.map(|user| (user.id, user.creation_time)),
            found.1.map(|group| group.id),
        ) else {
            return;
        };
        let lease = Lease {
            bundles: self.rule(group).map(|rule| rule.bundles.clone()).unwrap_or_default(),
            last_in_use: Some(days_before(now, unused)),
            created_at: Some(since),
            updated_at: Some(days_before(now, unused)),
        };
        self.lease(group, user, lease);
    }

    /// Every third member has signed in and so leases what the group's rule gives. Nobody has used that later than the
    /// table of people says that they last used anything.
    fn let_members_lease(&mut self, group: &str, now: Timestamp) {
        let Some(group) = self.group_named(group).map(|group| group.id) else {
            return;
        };
        let bundles = self.rule(group).map(|rule| rule.bundles.clone()).unwrap_or_default();
        let thirds = self.members(group).step_by(3);
        let members: Vec<(UserId, Timestamp)> = thirds
            .filter_map(|user| {
                let direct = self.allocation(user.id).and_then(|held| held.last_in_use);
                Some((user.id, direct.or(user.last_login_time)?))
            })
            .collect();
        for (position, (member, last_use)) in (0..).zip(members) {
            let used = days_before(now, 40 * position).min(last_use);
            let lease = Lease {
                bundles: bundles.clone(),
                last_in_use: Some(used),
                created_at: Some(days_before(used, 100)),
                updated_at: Some(used),
            };
            self.lease(group, member, lease);
        }
    }
}

pub(super) fn codes(codes: &[&str]) -> BundleSet {
    codes.iter().map(|code| BundleCode::new(code)).collect()
}

pub(super) fn days_before(now: Timestamp, days: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::SeatCount;

    #[test]
    fn the_demo_company_has_sixty_people_and_two_robots_and_seats_for_what_they_hold_but_one() {
        let world = World::demo(1, Timestamp::UNIX_EPOCH);
        assert_eq!(world.user_count(), 62);
        let over: Vec<_> = world
            .seats()
            .into_iter()
            .filter(|(_, seats)| seats.allocated > seats.total)
            .collect();
        let seats = SeatCount { total: 2, allocated: 3 };
        assert_eq!(over, [(BundleCode::new("PMBU"), seats)]);
        assert!(world.seats().values().any(|seats| seats.free() <= 2));
    }

    #[test]
    fn whoever_is_said_to_use_nothing_has_used_nothing_by_a_groups_rule_either() {
        let now = Timestamp::UNIX_EPOCH;
        for seed in 1..50 {
            let world = World::demo(seed, now);
            for (name, days) in [("amara.diallo", 190), ("eva.nilsson", 97)] {
                let person = world.user_called(&format!("{name}@{DOMAIN}")).unwrap().id;
                let mut leases = world.groups().flat_map(|group| world.leases(group.id));
                let last_use = leases
                    .find(|(holder, _)| *holder == person)
                    .and_then(|(_, lease)| lease.last_in_use);
                assert!(
                    last_use.is_none_or(|used| used <= days_before(now, days)),
                    "{name}, seed {seed}: {last_use:?}"
                );
            }
        }
    }

    #[test]
    fn every_group_and_bundle_that_the_demo_people_have_exists() {
        let world = World::demo(1, Timestamp::UNIX_EPOCH);
        for line in PEOPLE.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            for group in cells[2].split("; ") {
                assert!(world.group_named(group).is_some(), "{group}");
            }
            for code in cells[3].split("; ").filter(|code| !matches!(*code, "" | "-")) {
                assert!(world.owns(&BundleCode::new(code)), "{code}");
            }
        }
    }

    #[test]
    fn the_same_seed_founds_the_same_company() {
        let ids = |seed| -> Vec<UserId> {
            World::demo(seed, Timestamp::UNIX_EPOCH)
                .users()
                .map(|user| user.id)
                .collect()
        };
        assert_eq!(ids(5), ids(5));
        assert_ne!(ids(5), ids(6));
    }
}
