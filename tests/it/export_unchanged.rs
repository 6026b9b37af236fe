//! An export that is run as it is changes nothing, in whatever state an organization is.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use reseat::model::{BundleCode, BundleSet, GroupId, UserId};
use reseat::sandbox::{
    BulkRead, Category, Closed, Config, FaultKind, FaultRule, Faults, Group, GroupKind, Lease, LicenseRoutes, Moment,
    Population, Quirks, Rule, Strikes, User, UserKind, World,
};
use uuid::Uuid;

use crate::support::{Stage, changes, each, lines};

/// Names that a sheet could take for something else.
const NAMES: [&str; 26] = [
    "Ann",
    "=1+1",
    "'-Bar",
    "-Bar",
    "+49 30 1234",
    "@me",
    "<clear>",
    "<none>",
    "",
    "Zoë \"Z\" O'Hara",
    "’t Hooft",
    " Padded ",
    "Two\nLines",
    "007",
    "1E5",
    "2026-03",
    "73928e05",
    "#N/A",
    "N/A",
    "TRUE",
    "İpek",
    "小明",
    "Doe, Jane; John",
    "Zero\u{200b}Width",
    "_x0041_",
    "None",
];

const GROUPS: [&str; 14] = [
    "Team 01",
    "team 01",
    "+Ops",
    "=1+1",
    "'-Bar",
    "Sales; EMEA",
    "R&D, \"Labs\"",
    "<none>",
    "<clear>",
    "2024-03",
    "73928e05",
    "a|b",
    " Padded ",
    "5f4dcc3b-5aa7-65d6-1d83-27deb882cf99",
];

/// The last two are in no catalogue: one the organization owns, and one it does not.
const CODES: [&str; 6] = ["ATTUNU", "TSTNU", "CTZDEVNU", "IDU", "OURS-1", "GONE_2"];

/// An organization of about thirty accounts, in which everything is that an export has to get right.
pub(crate) fn random_world(seed: u64, now: Timestamp) -> World {
    let dice = &mut StdRng::seed_from_u64(seed);
    let mut world = World::empty(seed, now);
    for code in &CODES[..5] {
        world.set_seats(code, 40);
    }
    let mut groups: Vec<GroupId> = world.groups().map(|group| group.id).collect();
    for name in GROUPS {
        let id = GroupId(Uuid::from_u128(dice.random()));
        let is_managed = dice.random_bool(0.2);
        world.insert_group(Group {
            id,
            name: name.to_owned(),
            kind: GroupKind::Custom,
            creation_time: now,
            last_modification_time: None,
            managed_by_directory: is_managed,
        });
        groups.push(id);
    }
    let ids: Vec<UserId> = (0..30)
        .map(|number| insert_account(&mut world, number, now, dice))
        .collect();
    for id in &ids {
        for group in groups.sample(dice, 3) {
            world.join(*id, *group);
        }
        if dice.random_bool(0.5) {
            world.allocate(*id, some_codes(dice), dice.random_bool(0.2));
            world.set_last_in_use(*id, some_time(now, dice));
        }
    }
    for group in groups.sample(dice, 6) {
        let bundles = some_codes(dice);
        let quotas = bundles
            .iter()
            .filter(|_| dice.random_bool(0.5))
            .map(|code| (code.clone(), 9));
        let quotas = quotas.collect();
        let external = dice.random_bool(0.2);
        let leased = bundles.clone();
        world.set_rule(
            *group,
            Rule {
                bundles,
                quotas,
                external,
            },
        );
        for id in ids.sample(dice, 4) {
            let lease = Lease {
                bundles: leased.clone(),
                last_in_use: some_time(now, dice),
                ..Lease::default()
            };
            world.lease(*group, *id, lease);
        }
    }
    for name in ["left1@contoso.example", "u3@contoso.example"] {
        world.insert_orphan(UserId(Uuid::from_u128(dice.random())), name, some_codes(dice));
    }
    let gone = GroupId(Uuid::from_u128(dice.random()));
    let bundles: BundleSet = [BundleCode::new("TSTNU")].into_iter().collect();
    world.set_rule(gone, Rule::giving(bundles.clone()));
    let lease = Lease {
        bundles,
        ..Lease::default()
    };
    world.lease(gone, UserId(Uuid::from_u128(dice.random())), lease.clone());
    world.lease(gone, ids[0], lease);
    world
}

fn some_codes(dice: &mut StdRng) -> BundleSet {
    let count = dice.random_range(0..3);
    CODES.sample(dice, count).map(|code| BundleCode::new(code)).collect()
}

fn some_time(now: Timestamp, dice: &mut StdRng) -> Option<Timestamp> {
    let days = dice.random_range(0..400);
    (days > 60).then(|| now - SignedDuration::from_hours(24 * days))
}

fn insert_account(world: &mut World, number: usize, now: Timestamp, dice: &mut StdRng) -> UserId {
    let id = UserId(Uuid::from_u128(dice.random()));
    let address = format!("u{number}@contoso.example");
    let email = match dice.random_range(0..8) {
        0 => String::new(),
        // Somebody else's.
        1 => format!("u{}@contoso.example", dice.random_range(0..30)),
        _ => address.clone(),
    };
    let user_name = match dice.random_range(0..10) {
        0 => (*NAMES.choose(dice).unwrap()).to_owned(),
        1 => format!("U{}@CONTOSO.example", dice.random_range(0..30)),
        2 => Uuid::from_u128(dice.random()).to_string(),
        3 => format!("local{number}"),
        _ => address,
    };
    let text = |dice: &mut StdRng| dice.random_bool(0.9).then(|| (*NAMES.choose(dice).unwrap()).to_owned());
    let mut user = User::local(id, &user_name, &email, some_time(now, dice).unwrap_or(now));
    (user.name, user.surname, user.display_name) = (text(dice), text(dice), text(dice));
    user.invitation_accepted = dice.random_bool(0.8);
    user.is_active = dice.random_bool(0.8);
    user.last_login_time = some_time(now, dice);
    match dice.random_range(0..10) {
        0 => user = user.from_directory(),
        1 => user.category = Category::LinkedLocal,
        2 => user.kind = UserKind::RobotAccount,
        3 => user.kind = UserKind::Robot,
        4 => user.kind = UserKind::Application,
        5 => (user.kind, user.category) = (UserKind::DirectoryGroup, Category::Directory),
        _ => {}
    }
    world.insert_user(user);
    id
}

fn stage(seed: u64) -> Stage {
    let population = Population::Given(Box::new(random_world(seed, Timestamp::now())));
    let usual = Quirks::default;
    let quirks = match seed % 4 {
        0 => Quirks {
            bulk_read: BulkRead::Everybody,
            ..usual()
        },
        1 => Quirks {
            license_routes: LicenseRoutes::closed(Closed::Forbidden),
            ..usual()
        },
        2 => Quirks {
            wrapped_listings: true,
            ..usual()
        },
        _ => usual(),
    };
    Stage::with(Config {
        population,
        quirks,
        ..Config::unlimited()
    })
}

/// Runs a sheet that was exported and has nothing to do.
fn run_unchanged(stage: &Stage, sheet: &str, seed: u64) {
    let before = stage.world();
    stage.forget_calls();
    let ran = stage.reseat(&["run", sheet, "--yes"]);
    assert_eq!(ran.code, 0, "seed {seed}, {sheet}: {}", ran.err);
    assert!(stage.writes().is_empty(), "seed {seed}, {sheet}: {:?}", stage.writes());
    assert_eq!(changes(&before, &stage.world()), [""; 0]);
    let results = stage.path(sheet).with_extension("results.csv");
    let other: Vec<String> = lines(&results)
        .iter()
        .filter(|line| line.status() != "unchanged")
        .map(|line| format!("{line:?}"))
        .collect();
    assert!(other.is_empty(), "seed {seed}, {sheet}: {other:?}");
}

#[test]
fn an_export_of_any_organization_that_is_run_as_it_is_sends_no_write() {
    let first = std::env::var("RESEAT_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(0);
    let seeds: Vec<u64> = (first..first + 6).collect();
    each(&seeds, |seed| {
        let stage = stage(*seed);
        for (what, flags, files) in [
            ("users", &[][..], &["users.csv"][..]),
            ("users", &[], &["users2.xlsx"]),
            ("users", &["--exact"], &["exact.csv", "exact.groups.csv"]),
            ("users", &["--exact"], &["exact2.xlsx"]),
            ("licenses", &[], &["licenses.csv"]),
            ("licenses", &[], &["licenses2.xlsx"]),
            ("groups", &[], &["groups.csv"]),
            ("groups", &[], &["groups2.xlsx"]),
        ] {
            let words = [&["export", what, "-o", files[0]][..], flags].concat();
            let ran = stage.reseat(&words);
            assert_eq!(ran.code, 0, "seed {seed}, {what}: {}", ran.err);
            for file in files {
                run_unchanged(&stage, file, *seed);
            }
        }
    });
}

#[test]
fn two_exports_of_one_state_are_the_same_bytes_in_whatever_order_the_listings_come() {
    let now = Timestamp::now();
    let kept: BTreeSet<Vec<String>> = (0..3)
        .map(|run| {
            let mut world = random_world(5, now);
            // Listings go by the older number of an account.
            let mut users: Vec<User> = world.users().cloned().collect();
            users.sort_by_key(|user| (u128::from_be_bytes(*user.id.0.as_bytes()) >> (run * 7)) % 1_000_003);
            for (number, user) in (1..).zip(users) {
                world.edit_user(user.id, |user| user.legacy_id = number);
            }
            let population = Population::Given(Box::new(world));
            let stage = Stage::with(Config {
                population,
                ..Config::unlimited()
            });
            ["users", "licenses", "groups"]
                .map(|what| stage.reseat(&["export", what]).ends(0).out)
                .to_vec()
        })
        .collect();
    assert_eq!(kept.len(), 1);
}

#[test]
fn where_licenses_cannot_be_read_accounts_are_exported_all_the_same_and_who_holds_seats_is_refused() {
    let stage = Stage::new();
    let closed = FaultKind::Status {
        status: 403,
        moment: Moment::BeforeEffect,
    };
    stage.sandbox.set_faults(Faults {
        rules: ["/lease_/", "/portal_/"]
            .map(|service| {
                FaultRule::new(closed.clone())
                    .on("GET", service)
                    .strikes(Strikes::Always)
            })
            .to_vec(),
        ..Faults::default()
    });
    stage
        .reseat(&["export", "users", "-o", "users.csv"])
        .ends(0)
        .tells("goes on although it failed to read");
    run_unchanged(&stage, "users.csv", 0);
    for what in ["licenses", "groups"] {
        let sheet = format!("{what}.csv");
        let ran = stage.reseat(&["export", what, "-o", &sheet]);
        assert!([1, 5].contains(&ran.code), "{}", ran.err);
        assert!(!stage.exists(&sheet));
    }
    stage.reseat(&["export", "users", "--where", "license=ATTUNU"]).ends(5);
}

#[test]
fn rules_of_groups_are_exported_without_asking_what_anybody_holds_directly() {
    let stage = Stage::new();
    stage.reseat(&["export", "groups"]).ends(0);
    let stats = stage.sandbox.stats();
    for route in ["portal-users", "licenses-of-users", "allocation-of-user"] {
        assert_eq!(stats.route(route), 0, "{route}");
    }
}
