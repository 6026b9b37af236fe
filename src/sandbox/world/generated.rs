//! Organizations of any size, for tests and benchmarks.

use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::demo::{codes, days_before};
use super::{User, World};
use crate::model::{BundleCode, BundleSet, GroupId, UserId};

pub(super) const NAMES: [&str; 16] = [
    "Anna", "Bram", "Carla", "David", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Karin", "Liam", "Mei",
    "Nadia", "Oscar", "Priya",
];
pub(super) const SURNAMES: [&str; 16] = [
    "Berg",
    "Okafor",
    "Lindqvist",
    "Moreau",
    "Yilmaz",
    "Haddad",
    "Nowak",
    "Silva",
    "Costa",
    "Weber",
    "Jensen",
    "Byrne",
    "Chen",
    "Rahman",
    "Larsson",
    "Iyer",
];

/// What users hold directly; entries listed more often are more likely.
const HOLDINGS: [&[&str]; 8] = [
    &["ATTUNU"],
    &["ATTUNU"],
    &["ATTUNU", "ACNU"],
    &["ACNU"],
    &["CTZDEVNU"],
    &["RPADEVPRONU", "TSTNU"],
    &[],
    &[],
];

/// How many people of a generated organization's directory have no account yet.
const NEWCOMERS: usize = 100;

/// How many groups of its own a generated organization has.
pub(super) const TEAMS: usize = 20;

impl World {
    /// An organization of `people` accounts, `user00001@contoso.example` and so on, in twenty groups
    /// `Team 01` and so on, three quarters with direct licences and a tenth of each bundle's seats free. Its directory
    /// knows a hundred more, `new.person001@contoso.example` and so on.
    pub fn generated(people: usize, seed: u64, now: Timestamp) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let founded = days_before(now, 1000);
        let mut world = Self::empty(seed, founded);
        let groups = world.found_teams(seed, founded);
        for number in 1..=people {
            let email = format!("user{number:05}@contoso.example");
            let user = User::local(UserId(world.next_guid(seed)), &email, &email, days_before(now, 900));
            let mut user = user.called(NAMES[rng.random_range(0..16)], SURNAMES[rng.random_range(0..16)]);
            user.invitation_accepted = true;
            user.email_confirmed = true;
            user.last_login_time = Some(days_before(now, rng.random_range(0..200)));
            user.groups.insert(groups[rng.random_range(0..TEAMS)]);
            let (id, last_login) = (user.id, user.last_login_time);
            world.insert_user(user);
            let held = HOLDINGS[rng.random_range(0..HOLDINGS.len())];
            if !held.is_empty() {
                world.allocate(id, codes(held), false);
                world.set_last_in_use(id, last_login);
            }
        }
        world.own_a_tenth_more();
        world.know_newcomers(seed, founded);
        world
    }

    /// Groups that people are in, `Team 01` and so on.
    pub(super) fn found_teams(&mut self, seed: u64, founded: Timestamp) -> Vec<GroupId> {
        let names = (1..=TEAMS).map(|number| format!("Team {number:02}"));
        names.map(|name| self.found_group(seed, &name, &[], founded)).collect()
    }

    /// People of the directory without an account.
    pub(super) fn know_newcomers(&mut self, seed: u64, since: Timestamp) {
        for number in 1..=NEWCOMERS {
            let name = format!("person{number:03}");
            self.know(seed, ["New", &name], &format!("new.{name}"), since);
        }
    }

    fn own_a_tenth_more(&mut self) {
        let bundles: BundleSet = HOLDINGS
            .iter()
            .copied()
            .flatten()
            .map(|code| BundleCode::new(code))
            .collect();
        for code in &bundles {
            let allocated = self.seats_of(code).allocated;
            self.set_seats(code.as_str(), allocated + allocated / 10 + 5);
        }
    }
}
