//! The whole organization as it is read, over real sockets, on installations that lack one route or another: what is read
//! is compared with the simulated organization itself, and what is not must be said.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use reseat::api::{ToldTime, UserKind};
use reseat::directory::{Gap, Needs, ReadError, ReadOptions, Reader, Snapshot, read};
use reseat::event::{Event, Observer};
use reseat::holdings::Holdings;
use reseat::model::{BundleCode, BundleSet, Deployment, GroupId, UserId};
use reseat::sandbox::{
    BulkRead, Closed, Config, Edition, FaultKind, FaultRule, Faults, Lease, LicenseRoutes, Listings, Moment,
    Population, Quirks, Rule, Sandbox, User, World,
};
use uuid::Uuid;

use crate::sandbox::{client_of, start};

fn codes(codes: &[&str]) -> BundleSet {
    codes.iter().map(|code| BundleCode::new(code)).collect()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Somebody whom no account has, before all accounts in the order of the ids.
fn stranger(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

/// The id of a group that is gone.
fn gone() -> GroupId {
    GroupId(Uuid::from_u128(77))
}

/// People with direct licences, without, blocked, gone, and only known to the directory; groups with rules, one of them gone.
fn world(people: usize) -> World {
    let now = at("2026-06-01T00:00:00Z");
    let mut world = World::generated(people, 7, now);
    for code in ["ATTUNU", "ACNU", "TSTNU"] {
        world.set_seats(code, 100_000);
    }
    let ids: Vec<UserId> = world.users().map(|user| user.id).collect();
    let groups: Vec<GroupId> = world
        .groups()
        .filter(|group| group.name.starts_with("Team"))
        .map(|group| group.id)
        .collect();
    for (place, id) in ids.iter().enumerate() {
        match place % 5 {
            0 => world.allocate(*id, BundleSet::default(), false),
            1 => {
                world.release(*id);
            }
            2 => world.set_last_in_use(*id, None),
            _ => {}
        }
    }
    // Whom a listing never shows that shifts must not be the last holder and the last account at once.
    world.release(*ids.last().unwrap());
    world.insert_orphan(stranger(1), "left@contoso.example", codes(&["ATTUNU", "ACNU"]));
    let mut known = User::local(stranger(2), "soon@contoso.example", "soon@contoso.example", now);
    known.display_name = Some("Soon Here".to_owned());
    world.insert_person(known);
    world.allocate(stranger(2), codes(&["ACNU"]), false);
    for (number, group) in groups.iter().take(5).enumerate() {
        let rule = Rule {
            bundles: codes(if number == 0 { &["TSTNU", "ATTUNU"] } else { &["TSTNU"] }),
            quotas: BTreeMap::from([(BundleCode::new("TSTNU"), 50_000)]),
            external: false,
        };
        world.set_rule(*group, rule);
        let members: Vec<UserId> = world.members(*group).map(|user| user.id).collect();
        for (place, member) in members.into_iter().enumerate().filter(|(place, _)| place % 3 > 0) {
            let lease = Lease {
                bundles: codes(&["TSTNU"]),
                last_in_use: (place % 3 == 1).then(|| at("2026-05-30T12:00:00Z")),
                ..Lease::default()
            };
            world.lease(*group, member, lease);
        }
    }
    let left = Lease {
        bundles: codes(&["TSTNU"]),
        ..Lease::default()
    };
    world.lease(groups[1], stranger(3), left.clone());
    world.set_rule(gone(), Rule::giving(codes(&["TSTNU"])));
    world.lease(gone(), ids[3], left);
    world
}

/// What an installation tells.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
struct Told {
    /// Direct holders without an account.
    strangers: bool,
    uses: bool,
    blocked: bool,
    /// Who holds seats by which group's rule.
    leases: bool,
    /// Else what groups give to those of their members who hold nothing directly.
    inherited: bool,
}

const ALL: Told = Told {
    strangers: true,
    uses: true,
    blocked: true,
    leases: true,
    inherited: false,
};

fn printed(time: ToldTime) -> String {
    match time.time() {
        Some(time) => time.to_string(),
        None if time.is_told() => "no record".to_owned(),
        None => "untold".to_owned(),
    }
}

fn line(
    direct: Option<&BundleSet>,
    by_groups: &[(GroupId, BundleSet)],
    unnamed: Option<&BundleSet>,
    last: &str,
    is_orphan: bool,
) -> String {
    let direct = direct.map_or_else(|| "none".to_owned(), |held| format!("[{held}]"));
    let by_groups: Vec<String> = by_groups
        .iter()
        .map(|(group, held)| format!("{group} {held}"))
        .collect();
    let unnamed = unnamed.map(ToString::to_string).unwrap_or_default();
    format!("{direct}, by {by_groups:?} {unnamed:?}, last {last}, gone: {is_orphan}")
}

/// What should be read of the world, worked out from the world alone.
fn expected(world: &World, told: Told) -> BTreeMap<UserId, String> {
    let mut ids: BTreeSet<UserId> = world.allocations().map(|(id, _)| id).collect();
    let groups: Vec<GroupId> = world.groups().map(|group| group.id).collect();
    ids.extend(groups.iter().flat_map(|group| world.leases(*group)).map(|(id, _)| id));
    ids.extend(world.users().map(|user| user.id));
    let mut lines = BTreeMap::new();
    for id in ids {
        let account = world.user(id);
        let direct = world.allocation(id);
        let direct = direct.filter(|held| told.blocked || !held.bundles.is_empty());
        let direct = direct.filter(|_| told.strangers || account.is_some());
        let mut last = direct.map_or(ToldTime::UNTOLD, |held| match held.last_in_use {
            _ if !told.uses => ToldTime::UNTOLD,
            None => ToldTime::UNRECORDED,
            Some(time) => ToldTime::at(time),
        });
        let mut by_groups = Vec::new();
        for group in groups.iter().filter(|_| told.leases) {
            for (_, lease) in world.leases(*group).filter(|(holder, _)| *holder == id) {
                by_groups.push((*group, lease.bundles.clone()));
                last = last.max(lease.last_in_use.map_or(ToldTime::UNRECORDED, ToldTime::at));
            }
        }
        by_groups.sort();
        let inherits = told.inherited && world.allocation(id).is_none();
        let given = account.filter(|_| inherits).map(|user| {
            let rules = user.groups.iter().filter_map(|group| world.rule(*group));
            rules.fold(BundleSet::default(), |all, rule| all.union(&rule.bundles))
        });
        let given = given.filter(|given| !given.is_empty());
        if direct.is_some() || !by_groups.is_empty() || given.is_some() {
            let is_orphan = account.is_none() && world.person(id).is_none();
            let printed = line(
                direct.map(|held| &held.bundles),
                &by_groups,
                given.as_ref(),
                &printed(last),
                is_orphan,
            );
            lines.insert(id, printed);
        }
    }
    lines
}

fn found(snapshot: &Snapshot) -> BTreeMap<UserId, String> {
    let holdings = Holdings::of(snapshot);
    let lines = holdings.all().iter().map(|holder| {
        let by_groups: Vec<_> = holder
            .by_groups
            .iter()
            .map(|seat| (seat.group, seat.bundles.clone()))
            .collect();
        let last = printed(holder.last_in_use);
        let printed = line(
            holder.direct,
            &by_groups,
            holder.by_unnamed_groups,
            &last,
            holder.is_orphan,
        );
        (holder.id, printed)
    });
    lines.collect()
}

fn differences(found: &BTreeMap<UserId, String>, expected: &BTreeMap<UserId, String>) -> Vec<String> {
    let ids: BTreeSet<&UserId> = found.keys().chain(expected.keys()).collect();
    let differing = ids.into_iter().filter(|id| found.get(id) != expected.get(id));
    differing
        .map(|id| format!("{id}: {:?} instead of {:?}", found.get(id), expected.get(id)))
        .collect()
}

struct Case {
    deployment: Deployment,
    people: usize,
    routes: LicenseRoutes,
    /// Part of the path of readings that are refused, and how.
    refused: Vec<(&'static str, FaultKind)>,
    bulk_read: BulkRead,
    listings: Listings,
    users_per_page: u32,
}

impl Case {
    fn on(deployment: Deployment) -> Self {
        Self {
            deployment,
            people: 70,
            routes: LicenseRoutes::default(),
            refused: Vec::new(),
            bulk_read: BulkRead::default(),
            listings: Listings::default(),
            users_per_page: 1_000,
        }
    }

    fn refusing(mut self, path: &'static str) -> Self {
        self.refused.push((path, status(403)));
        self
    }

    fn closing(mut self, close: impl FnOnce(&mut LicenseRoutes)) -> Self {
        close(&mut self.routes);
        self
    }

    async fn start(&self) -> Sandbox {
        let rules = self.refused.iter();
        let rules = rules
            .flat_map(|(path, fault)| ["GET", "POST"].map(|method| FaultRule::new(fault.clone()).on(method, path)));
        start(Config {
            population: Population::Given(Box::new(world(self.people))),
            edition: match self.deployment {
                Deployment::AutomationSuite => Edition::AutomationSuite,
                Deployment::Cloud | Deployment::TestCloud | Deployment::PublicSector | Deployment::Dedicated => {
                    Edition::Cloud
                }
            },
            quirks: Quirks {
                license_routes: self.routes.clone(),
                bulk_read: self.bulk_read,
                listings: self.listings,
                ..Quirks::default()
            },
            faults: Faults {
                rules: rules.collect(),
                ..Faults::default()
            },
            ..Config::unlimited()
        })
        .await
    }

    async fn read(&self) -> (Sandbox, Result<Snapshot, ReadError>, Vec<String>) {
        let sandbox = self.start().await;
        let capabilities = self.deployment.capabilities();
        let client = client_of(&sandbox, |config| {
            config.capabilities = capabilities;
            config.retry.retries = 2;
        });
        let options = ReadOptions {
            users_per_page: self.users_per_page,
            concurrency: 4,
            capabilities,
        };
        let notices = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&notices);
        let observer: Observer = Arc::new(move |event| {
            if let Event::Notice(text) = event {
                heard.lock().unwrap().push(text);
            }
        });
        let snapshot = read(&client, &Needs::whole_organization(), &options, &observer).await;
        let notices = notices.lock().unwrap().clone();
        (sandbox, snapshot, notices)
    }

    /// What is read is what is there, as far as it is told, and what is not is said.
    async fn tells(self, name: &str, told: Told, gaps: &[Gap]) {
        let (sandbox, snapshot, notices) = self.read().await;
        let snapshot = snapshot.unwrap();
        let world = sandbox.world();
        assert_eq!(
            differences(&found(&snapshot), &expected(&world, told)),
            Vec::<String>::new(),
            "{name}: {notices:?}"
        );
        assert_eq!(snapshot.gaps(), &gaps.iter().copied().collect(), "{name}: {notices:?}");
        for gap in gaps.iter().filter(|gap| **gap != Gap::Leases) {
            assert!(
                notices.contains(&gap.sentence().to_owned()),
                "{name}: {gap:?} in {notices:?}"
            );
        }
        let leases_told = notices.iter().any(|notice| notice.contains("cannot be read here ("));
        assert_eq!(leases_told, gaps.contains(&Gap::Leases), "{name}: {notices:?}");
        let administrators = |user: &&reseat::api::User| snapshot.is_administrator(user);
        assert_eq!(snapshot.users().iter().filter(administrators).count(), 0, "{name}");
        sandbox.shutdown().await.unwrap();
    }
}

fn status(status: u16) -> FaultKind {
    FaultKind::Status {
        status,
        moment: Moment::BeforeEffect,
    }
}

const LISTING: &str = "/UserLicense/user/page";

#[tokio::test]
async fn where_every_route_answers_everything_is_read() {
    // The sandbox knows nobody by the rule of a group that is gone, and says that there are some.
    for deployment in [Deployment::Cloud, Deployment::Dedicated] {
        Case::on(deployment)
            .tells(deployment.as_str(), ALL, &[Gap::LeasesOfGoneGroups])
            .await;
    }
    let (_, snapshot, _) = Case::on(Deployment::Cloud).read().await;
    let snapshot = snapshot.unwrap();
    let holdings = Holdings::of(&snapshot);
    let account = |number| holdings.of_user(stranger(number)).and_then(|holder| holder.account);
    // The address of one who is gone may have passed to somebody else.
    assert_eq!(account(1), None);
    let known = account(2).map(|user| (user.email(), user.kind));
    assert_eq!(known, Some(("soon@contoso.example", UserKind::WithoutAccount)));
}

#[tokio::test]
async fn where_licensed_users_are_not_listed_it_is_asked_what_each_account_holds() {
    let bulk = Told {
        strangers: false,
        uses: false,
        ..ALL
    };
    let gaps = [Gap::Orphans, Gap::LastUses, Gap::LeasesOfGoneGroups];
    for fault in [status(403), status(404), status(503), FaultKind::HtmlPage] {
        let name = format!("{fault:?}");
        let case = Case {
            refused: vec![(LISTING, fault)],
            ..Case::on(Deployment::Cloud)
        };
        case.tells(&name, bulk, &gaps).await;
    }
    let singly = |people| Case {
        people,
        ..Case::on(Deployment::Cloud)
            .refusing(LISTING)
            .closing(|routes| routes.many_users = Some(Closed::NotFound))
    };
    let uses = Told {
        strangers: false,
        ..ALL
    };
    singly(70)
        .tells("one by one", uses, &[Gap::Orphans, Gap::LeasesOfGoneGroups])
        .await;
    let (_, too_many, _) = singly(301).read().await;
    let Err(ReadError::NoHolders { accounts, source }) = too_many else {
        panic!("{too_many:?}");
    };
    assert_eq!((accounts, source.status), (301, Some(403)));
}

#[tokio::test]
async fn where_rules_are_not_listed_with_limits_the_portal_lists_them_and_what_is_unknown_is_not_taken_for_none() {
    const RULES: &str = "groups/with-quota";
    const RULE: &str = "with-quota";
    const PORTALS: &str = "/UserLicense/group/page";
    for fault in [status(404), FaultKind::HtmlPage] {
        let name = format!("{fault:?}");
        let without = |paths: &[&'static str]| Case {
            refused: paths.iter().map(|path| (*path, fault.clone())).collect(),
            ..Case::on(Deployment::Cloud)
        };
        let limits = async |paths: &[&'static str]| {
            let (_, snapshot, _) = without(paths).read().await;
            let snapshot = snapshot.unwrap();
            let rules = snapshot.rules().unwrap().iter();
            rules.filter(|rule| !rule.quotas.is_empty()).count()
        };
        // Of the group that is gone there is no answer about limits.
        let gaps = [Gap::Limits, Gap::LeasesOfGoneGroups];
        without(&[RULES]).tells(&name, ALL, &gaps).await;
        assert_eq!(limits(&[RULES]).await, limits(&[]).await, "{name}");
        without(&[RULE]).tells(&name, ALL, &gaps).await;
        assert_eq!(limits(&[RULE]).await, 0, "{name}");
        without(&[RULES, PORTALS])
            .tells(&name, ALL, &[Gap::RulesOfGoneGroups])
            .await;
        let (_, snapshot, _) = without(&[RULE, PORTALS]).read().await;
        let Err(ReadError::Call { what, .. }) = snapshot else {
            panic!("{name}: {snapshot:?}");
        };
        assert_eq!(what, "the groups' licence rules", "{name}");
    }
}

#[tokio::test]
async fn on_automation_suite_what_its_routes_tell_is_read_and_the_rest_is_said() {
    let suite = || Case::on(Deployment::AutomationSuite);
    let bulk = Told {
        strangers: false,
        uses: false,
        ..ALL
    };
    let unlisted = [Gap::Orphans, Gap::LastUses, Gap::RulesOfGoneGroups];
    suite().tells("all its routes", bulk, &unlisted).await;
    let given = Told {
        leases: false,
        inherited: true,
        ..bulk
    };
    suite()
        .closing(|routes| routes.group_users = Some(Closed::Page))
        .tells("no listing of leases", given, &[&unlisted[..], &[Gap::Leases]].concat())
        .await;
    let one_by_one = Told {
        strangers: false,
        ..ALL
    };
    suite()
        .closing(|routes| routes.many_users = Some(Closed::Forbidden))
        .tells("one by one", one_by_one, &[Gap::Orphans, Gap::RulesOfGoneGroups])
        .await;
    for how in [Closed::Forbidden, Closed::NotFound, Closed::Page] {
        let case = suite().closing(|routes| *routes = LicenseRoutes::closed(how));
        let (_, snapshot, _) = case.read().await;
        assert!(
            matches!(snapshot, Err(ReadError::NoHolders { accounts: 70, .. })),
            "{snapshot:?}"
        );
    }
}

#[tokio::test]
async fn where_nobody_lists_who_holds_seats_by_rules_what_groups_give_is_asked_for_in_bulk() {
    let unlisted = || {
        Case::on(Deployment::Cloud)
            .refusing("bulk-users")
            .refusing("/allocations")
            .closing(|routes| routes.group_users = Some(Closed::NotFound))
    };
    let given = Told {
        leases: false,
        inherited: true,
        ..ALL
    };
    unlisted().tells("in bulk", given, &[Gap::Leases]).await;
    let nothing = Told {
        inherited: false,
        ..given
    };
    unlisted()
        .closing(|routes| routes.many_users = Some(Closed::NotFound))
        .tells("not at all", nothing, &[Gap::Leases])
        .await;
}

#[tokio::test]
async fn what_a_listing_lacks_that_does_not_fit_together_is_asked_for_otherwise_or_said() {
    let shifting = || Case {
        listings: Listings::Shifting,
        ..Case::on(Deployment::Cloud)
    };
    let [orphans, gone] = [Gap::SomeOrphans, Gap::LeasesOfGoneGroups];
    // Only one holder is passed over, and a single call tells when that licence was in use.
    shifting().tells("by another route", ALL, &[orphans, gone]).await;
    shifting()
        .closing(|routes| routes.many_users = Some(Closed::NotFound))
        .tells("one by one", ALL, &[orphans, gone])
        .await;
    let (sandbox, snapshot, _) = shifting()
        .closing(|routes| *routes = LicenseRoutes::closed(Closed::Forbidden))
        .read()
        .await;
    let snapshot = snapshot.unwrap();
    assert_eq!(*snapshot.gaps(), [Gap::SomeHolders, orphans, gone].into());
    assert_eq!(
        differences(&found(&snapshot), &expected(&sandbox.world(), ALL)).len(),
        1
    );
    // The last account is in no page of users, and nobody can know of it.
    let case = Case {
        users_per_page: 20,
        ..shifting()
    };
    case.tells("users too", ALL, &[Gap::SomeAccounts, orphans, gone]).await;
}

#[tokio::test]
async fn a_holder_whom_an_unsteady_listing_lacks_does_not_count_as_holding_nothing_in_a_sheet() {
    let case = Case {
        listings: Listings::Shifting,
        ..Case::on(Deployment::Cloud).closing(|routes| routes.many_users = Some(Closed::NotFound))
    };
    let sandbox = case.start().await;
    let client = client_of(&sandbox, |config| config.retry.retries = 2);
    let options = ReadOptions {
        users_per_page: 1_000,
        concurrency: 4,
        capabilities: case.deployment.capabilities(),
    };
    let world = sandbox.world();
    let holders: Vec<UserId> = world
        .allocations()
        .map(|(id, _)| id)
        .filter(|id| world.user(*id).is_some())
        .collect();
    // By the route that has to be found out, and by the one that is known then.
    for _ in 0..2 {
        let read = Reader::new(&client, &options, &reseat::event::silent())
            .held_by(&holders)
            .await
            .unwrap();
        for id in &holders {
            let held = read.allocations.of(*id).map(|held| &held.bundles);
            assert_eq!(held, world.allocation(*id).map(|held| &held.bundles), "{id}");
        }
    }
    sandbox.shutdown().await.unwrap();
}

#[tokio::test]
async fn who_is_blocked_is_told_from_who_has_nothing_or_it_is_said() {
    let everybody = || Case {
        bulk_read: BulkRead::Everybody,
        ..Case::on(Deployment::Cloud).refusing(LISTING)
    };
    let told = Told {
        strangers: false,
        uses: false,
        ..ALL
    };
    let gaps = [Gap::Orphans, Gap::LastUses, Gap::LeasesOfGoneGroups];
    let (sandbox, snapshot, _) = everybody().read().await;
    let blocked = |lines: &BTreeMap<UserId, String>| lines.values().filter(|line| line.starts_with("[]")).count();
    let there = blocked(&expected(&sandbox.world(), told));
    assert!(there > 0);
    assert_eq!(blocked(&found(&snapshot.unwrap())), there);
    everybody()
        .closing(|routes| routes.one_user = Some(Closed::NotFound))
        .tells(
            "untold",
            Told { blocked: false, ..told },
            &[&gaps[..], &[Gap::Blocks]].concat(),
        )
        .await;
}

#[tokio::test]
async fn twenty_thousand_people_and_five_thousand_licensed_ones_take_a_call_a_page_and_nothing_is_read_twice() {
    let mut people = World::generated(20_000, 3, at("2026-06-01T00:00:00Z"));
    let licensed: Vec<UserId> = people.allocations().map(|(id, _)| id).collect();
    for id in licensed.iter().skip(5_000) {
        people.release(*id);
    }
    let groups: Vec<GroupId> = people
        .groups()
        .filter(|group| group.name.starts_with("Team"))
        .map(|group| group.id)
        .collect();
    people.set_seats("TSTNU", 100_000);
    let mut pages = 0;
    for (number, group) in groups.iter().enumerate() {
        people.set_rule(*group, Rule::giving(codes(&["TSTNU"])));
        let members: Vec<UserId> = people.members(*group).map(|user| user.id).take(60 * number).collect();
        pages += members.len().div_ceil(50).max(1);
        for member in members {
            let lease = Lease {
                bundles: codes(&["TSTNU"]),
                ..Lease::default()
            };
            people.lease(*group, member, lease);
        }
    }
    // With the sandbox's quotas, and the limits that every run keeps.
    let sandbox = start(Config {
        population: Population::Given(Box::new(people)),
        ..Config::default()
    })
    .await;
    let client = client_of(&sandbox, |config| config.limits = reseat::pace::Limits::published());
    let options = ReadOptions {
        users_per_page: 1_000,
        concurrency: 8,
        capabilities: Deployment::Cloud.capabilities(),
    };
    let progress = Arc::new(Mutex::new(BTreeMap::<&str, (u64, Option<u64>)>::new()));
    let heard = Arc::clone(&progress);
    let observer: Observer = Arc::new(move |event| {
        if let Event::Reading { what, read, total } = event {
            heard.lock().unwrap().insert(what, (read, total));
        }
    });
    let snapshot = read(&client, &Needs::whole_organization(), &options, &observer)
        .await
        .unwrap();
    assert!(snapshot.gaps().is_empty(), "{:?}", snapshot.gaps());
    assert_eq!(snapshot.users().len(), 20_000);
    assert_eq!(snapshot.allocations().unwrap().all().len(), 5_000);
    let stats = sandbox.stats();
    let mut calls: BTreeMap<&str, u64> = stats.routes().collect();
    calls.remove("token");
    // That listing does not say where it ends, so some pages are asked for beyond its end.
    let listed = calls.remove("portal-users").unwrap();
    assert!((101..=109).contains(&listed), "{listed}");
    let expected = [
        ("list-groups", 1),
        ("list-rules", 1),
        ("list-users", 20),
        ("portal-seats", 1),
        ("rule-users", pages as u64),
    ];
    assert_eq!(calls, BTreeMap::from(expected));
    assert_eq!((stats.rate_limited, client.stats().retries), (0, 0));
    let ends = [
        ("groups", (25, Some(25))),
        ("groups' seats", (20, Some(20))),
        ("group rules", (20, Some(20))),
        ("licensed users", (5_000, None)),
        ("users", (20_000, Some(20_000))),
    ];
    assert_eq!(*progress.lock().unwrap(), BTreeMap::from(ends));
}
