//! A company of any size as a licence owner finds it at the end of a quarter: most people without a licence, and of the
//! others some who have not used theirs for long.

use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::demo::{codes, days_before};
use super::generated::{NAMES, SURNAMES, TEAMS};
use super::{Lease, Rule, User, World};
use crate::model::{BundleCode, BundleSet, GroupId, UserId};

/// The groups whose rules give licences, and what they give.
const LICENSING: [(&str, &str); 4] = [
    ("Attended Users", "ATTUNU"),
    ("Action Center Users", "ACNU"),
    ("Citizen Development", "CTZDEVNU"),
    ("Express Users", "AXPNU"),
];

/// What people hold directly; entries listed more often are more likely.
const DIRECT: [&[&str]; 6] = [
    &["ATTUNU"],
    &["ATTUNU"],
    &["ATTUNU", "ACNU"],
    &["ACNU"],
    &["RPADEVPRONU"],
    &["RPADEVPRONU", "TSTNU"],
];

/// How much of the company there is one of each of these for.
const ROBOT_FOR: usize = 200;
const ORPHAN_FOR: usize = 500;

/// What somebody has to do with licences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Share {
    None,
    Blocked,
    Direct,
    ByRule,
    /// Held by both, which takes a seat for each.
    Both,
}

impl World {
    /// A company of `people` accounts, `user00001@contoso.example` and so on, in the groups `Team 01` to `Team 20`. A quarter of
    /// them have licences, directly or by the rules of four more groups; one bundle has more seats taken than there are.
    /// There are robots, orphans, and accounts that are pending, deactivated, blocked or of the company's directory, which
    /// knows a hundred people more, `new.person001@contoso.example` and so on. Ids follow from the seed; dates are counted
    /// back from `now`.
    pub fn company(people: usize, seed: u64, now: Timestamp) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let founded = days_before(now, 1000);
        let mut world = Self::empty(seed, founded);
        let teams = world.found_teams(seed, founded);
        let licensing = LICENSING.map(|(name, code)| (world.found_group(seed, name, &[code], founded), code));
        for number in 1..=people {
            let user = world.person_of(seed, number, now, &mut rng);
            let id = user.id;
            let last_login = user.last_login_time;
            world.insert_user(user);
            world.join(id, teams[rng.random_range(0..TEAMS)]);
            world.endow(
                id,
                last_login,
                licensing[rng.random_range(0..LICENSING.len())],
                now,
                &mut rng,
            );
        }
        for number in 1..=people / ROBOT_FOR {
            world.install(
                seed,
                &format!("robot{number:03}"),
                &format!("Robot {number:03}"),
                founded,
            );
        }
        for number in 1..=people / ORPHAN_FOR {
            let id = UserId(world.next_guid(seed));
            world.insert_orphan(id, &format!("former{number:03}@contoso.example"), codes(&["ATTUNU"]));
            world.set_last_in_use(id, Some(days_before(now, rng.random_range(100..400))));
        }
        let dissolved = GroupId(world.next_guid(seed));
        world.set_rule(dissolved, Rule::giving(codes(&["TSTNU"])));
        world.buy_seats();
        world.know_newcomers(seed, founded);
        world
    }

    fn person_of(&mut self, seed: u64, number: usize, now: Timestamp, rng: &mut StdRng) -> User {
        let email = format!("user{number:05}@contoso.example");
        let age = rng.random_range(10..900);
        let user = User::local(UserId(self.next_guid(seed)), &email, &email, days_before(now, age));
        let mut user = user.called(
            NAMES[rng.random_range(0..NAMES.len())],
            SURNAMES[rng.random_range(0..SURNAMES.len())],
        );
        user.invitation_accepted = true;
        user.last_login_time = match rng.random_range(0..100) {
            // Never signed in, and in part not even accepted.
            0..3 => {
                user.invitation_accepted = false;
                None
            }
            3..6 => None,
            6..26 => Some(days_before(now, rng.random_range(90..400).min(age))),
            _ => Some(days_before(now, rng.random_range(0..45).min(age))),
        };
        user.email_confirmed = user.invitation_accepted;
        user.is_active = rng.random_range(0..50) > 0;
        if user.invitation_accepted && rng.random_range(0..20) == 0 {
            user = user.from_directory();
        }
        user
    }

    /// Gives the person licences, or none.
    fn endow(
        &mut self,
        user: UserId,
        last_login: Option<Timestamp>,
        (group, code): (GroupId, &str),
        now: Timestamp,
        rng: &mut StdRng,
    ) {
        let share = match rng.random_range(0..400) {
            0..60 => Share::Direct,
            60..96 => Share::ByRule,
            96..100 => Share::Both,
            100..102 => Share::Blocked,
            _ => Share::None,
        };
        // Some sign in and use nothing.
        let is_unused = last_login.is_some() && rng.random_range(0..20) == 0;
        let last_use = if is_unused {
            Some(days_before(now, rng.random_range(100..400)))
        } else {
            last_login
        };
        if matches!(share, Share::ByRule | Share::Both) {
            self.join(user, group);
            let taken = days_before(last_use.unwrap_or(now), 30);
            let lease = Lease {
                bundles: codes(&[code]),
                last_in_use: last_use,
                created_at: Some(taken),
                updated_at: Some(taken),
            };
            self.lease(group, user, lease);
        }
        match share {
            Share::None | Share::ByRule => {}
            Share::Blocked => self.allocate(user, BundleSet::default(), false),
            Share::Direct => self.allocate(user, codes(DIRECT[rng.random_range(0..DIRECT.len())]), false),
            Share::Both => self.allocate(user, codes(&[code]), false),
        }
        self.set_last_in_use(user, last_use);
    }

    /// A tenth of each bundle's seats is free, but for one of which three too many are taken.
    fn buy_seats(&mut self) {
        let direct = DIRECT.into_iter().flatten().copied();
        let all: Vec<&str> = direct.chain(LICENSING.map(|(_, code)| code)).collect();
        for code in &codes(&all) {
            let taken = self.seats_of(code).allocated;
            let owned = if *code == BundleCode::new("RPADEVPRONU") {
                taken.saturating_sub(3)
            } else {
                taken + taken / 10
            };
            self.set_seats(code.as_str(), owned);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_a_company_is_licensed_and_some_of_them_are_idle() {
        let now = Timestamp::UNIX_EPOCH;
        let world = World::company(4000, 1, now);
        assert_eq!(world.user_count(), 4000 + 20);
        let direct = world.allocations().filter(|(_, held)| !held.bundles.is_empty()).count();
        let leases: usize = world.groups().map(|group| world.leases(group.id).count()).sum();
        assert!(
            (500..750).contains(&direct) && (300..500).contains(&leases),
            "{direct}, {leases}"
        );
        let idle_since = days_before(now, 90);
        let idle = world
            .allocations()
            .filter(|(_, held)| held.last_in_use.is_some_and(|used| used < idle_since));
        assert!(idle.count() > 100);
        let over: Vec<_> = world
            .seats()
            .into_iter()
            .filter(|(_, seats)| seats.allocated > seats.total)
            .collect();
        assert_eq!(over.len(), 1, "{over:?}");
        assert!(
            world
                .users()
                .all(|user| user.last_login_time.is_none_or(|login| login >= user.creation_time))
        );
    }
}
