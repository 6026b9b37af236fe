//! As few calls as can be, and every one accounted for.

use std::collections::BTreeMap;
use std::fmt::Write;

use reseat::sandbox::{Config, Lease, Population};

use crate::support::{ANNA, Stage, bundles, person, sheet};

/// A generated organization with seats for everybody.
fn large(people: usize) -> Stage {
    let stage = Stage::with(Config {
        population: Population::Generated(people),
        ..Config::unlimited()
    });
    for code in ["ATTUNU", "ACNU", "TSTNU", "PMD"] {
        stage.free_seats(code, 10_000);
    }
    stage
}

#[track_caller]
fn costs(stage: &Stage, sheet: &str, flags: &[&str], expected: &[(&'static str, u64)]) {
    stage.forget_calls();
    stage.run_with(sheet, flags).ends(0);
    assert_eq!(stage.writes(), expected.iter().copied().collect::<BTreeMap<_, _>>());
}

#[test]
fn forty_people_with_one_license_set_are_one_call() {
    let stage = large(60);
    let rows = sheet("operation,user,licenses", "set-licenses,{},PMD", (1..=40).map(person));
    costs(&stage, &rows, &[], &[("allocate-to-users", 1)]);
}

#[test]
fn a_call_takes_a_hundred_people_and_the_next_takes_the_rest() {
    let stage = large(260);
    let rows = sheet("operation,user,licenses", "set-licenses,{},PMD", (1..=250).map(person));
    costs(&stage, &rows, &[], &[("allocate-to-users", 3)]);
}

#[test]
fn people_who_end_with_the_same_set_share_a_call_however_they_come_to_it() {
    let stage = large(40);
    stage.sandbox.with_world(|world| {
        for (number, held) in [(1, &["ATTUNU"][..]), (2, &["ACNU"]), (3, &["ATTUNU", "ACNU", "PMD"])] {
            let id = world.user_called(&person(number)).unwrap().id;
            world.allocate(id, bundles(held), false);
        }
    });
    let rows = format!(
        "operation,user,licenses\nadd-licenses,{},ACNU\nset-licenses,{},ATTUNU; ACNU\nremove-licenses,{},PMD\n",
        person(1),
        person(2),
        person(3)
    );
    costs(&stage, &rows, &[], &[("allocate-to-users", 1)]);
}

#[test]
fn many_people_into_one_group_are_one_call_on_the_group() {
    let stage = large(120);
    stage.sandbox.with_world(|world| {
        let team = world.group_named("Team 01").unwrap().id;
        let members: Vec<_> = world.members(team).map(|user| user.id).collect();
        for member in members {
            world.leave(member, team);
        }
    });
    let rows = sheet(
        "operation,user,groups",
        "add-to-groups,{},Team 01",
        (1..=100).map(person),
    );
    costs(&stage, &rows, &[], &[("update-group", 1)]);
}

#[test]
fn one_person_into_many_groups_is_one_call_on_the_person() {
    let stage = Stage::new();
    let rows = format!(
        "operation,user,groups\nadd-to-groups,{ANNA},HR Robots; Procurement; IT Operations; Sales Operations\n"
    );
    costs(&stage, &rows, &[], &[("update-user", 1)]);
}

#[test]
fn deletions_and_releases_go_by_the_hundred() {
    let stage = large(150);
    let rows = sheet("operation,user", "delete,{}", (1..=120).map(person));
    costs(&stage, &rows, &["--max-deletes", "120"], &[("delete-users", 2)]);
    let held = (121..=150).map(person).filter(|who| stage.held(who).is_some());
    let rows = sheet("operation,user", "release-licenses,{}", held);
    costs(&stage, &rows, &[], &[("portal-release", 1)]);
}

#[test]
fn invitations_carry_their_groups_and_licenses_follow_in_one_call() {
    let stage = large(10);
    let mut rows = "operation,email,groups,licenses\n".to_owned();
    for number in 0..150 {
        writeln!(rows, "invite,new{number}@contoso.example,Team 01; Team 02,ATTUNU").unwrap();
    }
    costs(&stage, &rows, &[], &[("invite", 2), ("allocate-to-users", 2)]);
    assert_eq!(stage.counts(), "150 done");
}

#[test]
fn creations_into_the_same_groups_share_a_call() {
    let stage = large(10);
    let rows = "operation,username,groups\ncreate,a,Team 01\ncreate,b,Team 02\ncreate,c,Team 01\ncreate,d,\n";
    costs(&stage, rows, &[], &[("bulk-create", 3)]);
}

#[test]
fn rows_that_are_already_so_cost_no_write() {
    let stage = large(50);
    stage.sandbox.with_world(|world| {
        for number in 1..=49 {
            let id = world.user_called(&person(number)).unwrap().id;
            world.allocate(id, bundles(&["PMD"]), false);
        }
        let id = world.user_called(&person(50)).unwrap().id;
        world.release(id);
    });
    let rows = sheet("operation,user,licenses", "set-licenses,{},PMD", (1..=50).map(person));
    costs(&stage, &rows, &[], &[("allocate-to-users", 1)]);
    assert_eq!(stage.counts(), "1 done, 49 unchanged");
}

#[test]
fn the_chunk_sizes_are_the_profiles() {
    let stage = large(60);
    stage.write("reseat.toml", "[profile.default.batch]\nusers_per_license_call = 7\n");
    let rows = sheet("operation,user,licenses", "set-licenses,{},PMD", (1..=50).map(person));
    costs(&stage, &rows, &[], &[("allocate-to-users", 8)]);
}

#[test]
fn a_call_that_is_too_large_shrinks_until_the_server_takes_it() {
    let stage = Stage::with(Config {
        population: Population::Generated(110),
        body_limit: 1_500,
        ..Config::unlimited()
    });
    stage.free_seats("PMD", 200);
    let rows = sheet("operation,user,licenses", "set-licenses,{},PMD", (1..=100).map(person));
    stage.run(&rows).ends(0);
    assert_eq!(stage.counts(), "100 done");
    assert!(stage.writes()["allocate-to-users"] < 12, "{:?}", stage.writes());
}

#[test]
fn the_directory_is_read_by_the_page_and_not_by_the_row() {
    let stage = large(300);
    let rows = sheet("operation,user,name", "update,{},Kim", (1..=200).map(person));
    stage.run(&rows).ends(0);
    let stats = stage.sandbox.stats();
    assert!(
        stats.calls("identity", "GET") <= 3,
        "{:?}",
        stats.routes().collect::<Vec<_>>()
    );
    assert_eq!(stats.route("update-user"), 200);
}

#[test]
fn a_quota_is_paced_so_that_nobody_is_answered_429() {
    let stage = Stage::with(Config {
        population: Population::Generated(220),
        ..Config::default()
    });
    // The published window of five minutes is too long for a test; both sides know of a shorter one.
    stage.write(
        "reseat.toml",
        "[profile.default.limits]\nput = 40\nwindow = \"1s\"\nshare = 1\n",
    );
    let rows = sheet("operation,user,name", "update,{},Kim", (1..=120).map(person));
    stage.run(&rows).ends(0);
    assert_eq!(stage.sandbox.stats().rate_limited, 0);
}

#[test]
fn a_quota_that_others_have_spent_is_waited_for() {
    use reseat::sandbox::Quotas;
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        quotas: Some(Quotas {
            scale: 150.0,
            ..Quotas::default()
        }),
        ..Config::default()
    });
    stage.sandbox.spend_quota("PUT", 155);
    let rows = sheet("operation,user,name", "update,{},Kim", (1..=30).map(person));
    stage.run(&rows).ends(0);
    assert_eq!(stage.counts(), "30 done");
}

/// Of 400 people the first 150 hold a licence of their own, nobody but one colleague is in a team, and forty hold a seat
/// by the rule of `Team 09`.
fn for_many_kinds() -> Stage {
    let stage = large(400);
    stage.sandbox.with_world(|world| {
        let teams: Vec<_> = world
            .groups()
            .filter(|group| group.name.starts_with("Team"))
            .map(|group| group.id)
            .collect();
        let users: Vec<_> = world.users().map(|user| user.id).collect();
        for user in users {
            world.release(user);
            for team in &teams {
                world.leave(user, *team);
            }
        }
        let team = |number: usize| world.group_named(&format!("Team {number:02}")).unwrap().id;
        let (copied, ruled) = ([team(1), team(2)], team(9));
        let id = |number: usize| world.user_called(&person(number)).unwrap().id;
        let holders: Vec<_> = (1..=150).map(id).collect();
        let (colleague, leasing): (_, Vec<_>) = (id(390), (301..=340).map(id).collect());
        for holder in holders {
            world.allocate(holder, bundles(&["ATTUNU"]), false);
        }
        for group in copied {
            world.join(colleague, group);
        }
        for user in leasing {
            world.join(user, ruled);
            let lease = Lease {
                bundles: bundles(&["ACNU"]),
                ..Lease::default()
            };
            world.lease(ruled, user, lease);
        }
    });
    stage
}

#[test]
fn many_kinds_of_rows_in_one_sheet_take_the_calls_that_they_take_by_themselves() {
    let stage = for_many_kinds();
    let mut content = "operation,user,groups,like,group\n".to_owned();
    let like = format!("add-to-groups,{{}},,{},", person(390));
    for (row, numbers) in [
        ("offboard,{},,,", 1..=100),
        ("release-licenses,{},,,", 101..=150),
        ("set-groups,{},Team 03,,", 151..=180),
        (&like, 181..=280),
        ("release-lease,{},,,Team 09", 301..=340),
    ] {
        for number in numbers {
            writeln!(content, "{}", row.replace("{}", &person(number))).unwrap();
        }
    }
    costs(
        &stage,
        &content,
        &["--max-access-lost", "100"],
        &[
            // A PUT for every leaver, and their licences together with those of the others.
            ("update-user", 100),
            ("portal-release", 2),
            // One for each of three groups.
            ("update-group", 3),
            ("release-leases", 1),
        ],
    );
    assert_eq!(stage.counts(), "320 done");
    // The listings for the plan, and once more those who left and those who still hold seats by the rule.
    let stats = stage.sandbox.stats();
    let reads = [
        "list-users",
        "list-groups",
        "get-user",
        "licenses-of-users",
        "rule-users",
    ];
    assert_eq!(reads.map(|route| stats.route(route)), [2, 1, 0, 2, 2]);
}
