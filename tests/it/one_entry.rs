//! One bad entry, one bad group, one lost answer: everybody else is done within few calls, and a rerun tries what is left.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use reseat::model::{BundleCode, UserId};
use reseat::sandbox::{Config, FaultKind, FaultRule, Faults, Moment, Population, Quirks, Strikes};

use crate::support::{Stage, person, sheet};

/// An organization whose `Team 20` is empty, with seats for everybody.
fn large(config: Config, people: usize) -> Stage {
    let stage = Stage::with(Config {
        population: Population::Generated(people),
        ..config
    });
    stage.free_seats("PMD", 10_000);
    stage.sandbox.with_world(|world| {
        let team = world.group_named("Team 20").unwrap().id;
        let members: Vec<UserId> = world.members(team).map(|user| user.id).collect();
        for member in members {
            world.leave(member, team);
        }
    });
    stage
}

fn id_of(stage: &Stage, number: usize) -> String {
    stage.world().user_called(&person(number)).unwrap().id.to_string()
}

fn rule(stage: &Stage, rule: FaultRule) {
    stage.sandbox.set_faults(Faults {
        rules: vec![rule],
        ..Faults::default()
    });
}

fn gateway(status: u16) -> FaultKind {
    FaultKind::Status {
        status,
        moment: Moment::BeforeEffect,
    }
}

const FLAGS: [&str; 4] = ["--max-deletes", "1000", "--retries", "1"];

/// Forty rows of each kind of call that has several entries, the route, and how the status of the one is called.
fn kinds() -> [(String, &'static str, &'static str); 6] {
    let people = || (1..=40).map(person);
    let newcomers = || (1..=40).map(|number| format!("n{number:03}@new.example"));
    let names = || (1..=40).map(|number| format!("n{number:03}"));
    [
        (
            sheet("operation,user,licenses", "set-licenses,{},PMD", people()),
            "allocate-to-users",
            "failed",
        ),
        (
            sheet("operation,user,groups", "add-to-groups,{},Team 20", people()),
            "update-group",
            "failed",
        ),
        (sheet("operation,user", "delete,{}", people()), "delete-users", "failed"),
        (
            sheet("operation,user", "release-licenses,{}", people()),
            "portal-release",
            "failed",
        ),
        (sheet("operation,email", "invite,{}", newcomers()), "invite", "in_doubt"),
        (
            sheet("operation,username", "create,{}", names()),
            "bulk-create",
            "in_doubt",
        ),
    ]
}

#[test]
fn one_entry_that_is_answered_500_leaves_the_others_done_and_a_rerun_tries_the_one() {
    for (number, (rows, route, status)) in kinds().into_iter().enumerate() {
        let stage = large(Config::unlimited(), 60);
        for number in 1..=40 {
            let id = stage.world().user_called(&person(number)).unwrap().id;
            stage
                .sandbox
                .with_world(|world| world.allocate(id, std::iter::once(BundleCode::new("ATTUNU")).collect(), false));
        }
        let entry = match number {
            0..4 => id_of(&stage, 18),
            _ => "n018".to_owned(),
        };
        // A single account has a route of its own, which names it in its path.
        let by_path = FaultRule::new(gateway(500)).on("DELETE", &entry);
        let by_body = FaultRule::new(gateway(500)).naming(&entry);
        stage.sandbox.set_faults(Faults {
            rules: vec![by_body, by_path],
            ..Faults::default()
        });
        stage.run_with(&rows, &FLAGS).ends(3);
        assert_eq!(stage.counts(), format!("39 done, 1 {status}"), "{route}");
        let lines = stage.results();
        assert_eq!(lines[17].status(), status, "{route}");
        stage.sandbox.set_faults(Faults::default());
        stage.forget_calls();
        stage.rerun(&FLAGS).ends(0);
        assert_eq!(stage.counts(), "40 done", "{route}");
        assert_eq!(stage.writes().values().sum::<u64>(), 1, "{route}: {:?}", stage.writes());
    }
}

#[test]
fn a_gateway_that_gives_up_on_large_calls_gets_smaller_ones() {
    let stage = large(Config::unlimited(), 420);
    stage.write(
        "sheet.csv",
        sheet("operation,user,licenses", "set-licenses,{},PMD", (1..=400).map(person)),
    );
    rule(
        &stage,
        FaultRule::new(gateway(504)).on("PUT", "/user-license").above(25),
    );
    stage.rerun(&FLAGS).ends(0);
    assert_eq!(stage.counts(), "400 done");
    // A hundred and fifty twice each, and sixteen of twenty-five.
    assert_eq!(stage.writes(), BTreeMap::from([("allocate-to-users", 2 + 2 + 16)]));
}

#[test]
fn a_group_that_refuses_everybody_costs_about_25_calls_and_a_rerun_tries_everybody_again() {
    let stage = large(Config::unlimited(), 1_010);
    let mut rows = sheet(
        "operation,user,groups",
        "add-to-groups,{},Team 20",
        (1..=1_000).map(person),
    );
    writeln!(rows, "add-to-groups,{},Team 19", person(1_001)).unwrap();
    stage.sandbox.with_world(|world| {
        let (user, team) = (
            world.user_called(&person(1_001)).unwrap().id,
            world.group_named("Team 19").unwrap().id,
        );
        world.leave(user, team);
    });
    let managed = FaultKind::Refused {
        status: 400,
        words: "Group membership is managed by the directory.".to_owned(),
    };
    let team = stage.world().group_named("Team 20").unwrap().id;
    rule(&stage, FaultRule::new(managed).on("PUT", &format!("/api/Group/{team}")));
    stage.run(&rows).ends(3);
    assert_eq!(stage.counts(), "1 done, 1000 rejected");
    assert!(stage.writes()["update-group"] <= 25, "{:?}", stage.writes());
    let lines = stage.results();
    let refused = lines.iter().filter(|line| line.status() == "rejected");
    assert!(
        refused
            .clone()
            .all(|line| line.message().starts_with("group `Team 20`: ")
                && line.message().contains("managed by the directory"))
    );
    assert!(refused.filter(|line| line.number("attempts") == 0).count() > 950);

    stage.sandbox.set_faults(Faults::default());
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.counts(), "1001 done");
}

#[test]
fn a_lost_answer_to_a_hundred_deletions_costs_about_three_calls() {
    let stage = large(Config::unlimited(), 150);
    let lost = FaultKind::Status {
        status: 504,
        moment: Moment::AfterEffect,
    };
    rule(
        &stage,
        FaultRule::new(lost)
            .on("DELETE", "/api/User")
            .strikes(Strikes::First(1)),
    );
    stage
        .run_with(&sheet("operation,user", "delete,{}", (1..=100).map(person)), &FLAGS)
        .ends(0);
    assert_eq!(stage.counts(), "100 done");
    assert!(stage.writes()["delete-users"] <= 3, "{:?}", stage.writes());
    assert!(!stage.writes().contains_key("delete-user"));
    assert_eq!(stage.world().user_count(), 50);
}

#[test]
fn a_deletion_whose_list_is_dropped_on_the_way_stops_the_run_with_4() {
    let stage = large(
        Config {
            quirks: Quirks {
                deletes_all_without_ids: true,
                ..Quirks::default()
            },
            ..Config::unlimited()
        },
        300,
    );
    rule(&stage, FaultRule::new(FaultKind::BodyDropped).on("DELETE", "/api/User"));
    stage
        .run_with(&sheet("operation,user", "delete,{}", (1..=250).map(person)), &FLAGS)
        .ends(4)
        .tells("more accounts are gone than were to be deleted");
    assert_eq!(stage.writes(), BTreeMap::from([("delete-users", 1)]));
    assert_eq!(stage.counts(), "100 done, 150 not_run");
}

#[test]
fn deletions_of_which_only_half_is_carried_out_are_not_called_done_and_are_finished_by_the_next_run() {
    let stage = large(Config::unlimited(), 300);
    rule(&stage, FaultRule::new(FaultKind::HalfDeleted).on("DELETE", "/api/User"));
    let path = sheet("operation,user", "delete,{}", (1..=250).map(person));
    stage.run_with(&path, &FLAGS).ends(3).tells("is still there");
    assert_eq!(stage.counts(), "125 done, 125 failed");
    let failed = stage.results().into_iter().filter(|line| line.status() == "failed");
    assert!(failed.clone().all(|line| line.get("code") == "still_there"));
    assert_eq!(stage.world().user_count(), 175);
    stage.sandbox.set_faults(Faults::default());
    stage.run_with(&path, &FLAGS).ends(0);
    assert_eq!(stage.counts(), "250 done");
    assert_eq!(stage.world().user_count(), 50);
}

#[test]
fn an_organization_that_the_license_service_does_not_know_costs_a_handful_of_calls() {
    let stage = large(Config::unlimited(), 210);
    let unknown = FaultKind::Refused {
        status: 404,
        words: "No account license is allocated for the indicated organization.".to_owned(),
    };
    rule(&stage, FaultRule::new(unknown).on("PUT", "/user-license"));
    stage
        .run(&sheet(
            "operation,user,licenses",
            "set-licenses,{},PMD",
            (1..=200).map(person),
        ))
        .ends(3)
        .tells(&format!(
            "no licences for organization {}: check `organization_id`",
            stage.sandbox.organization_id()
        ));
    assert_eq!(stage.counts(), "200 rejected");
    assert!(
        stage
            .results()
            .iter()
            .all(|line| line.get("code") == "no_account_licence")
    );
    assert!(stage.writes()["allocate-to-users"] <= 5, "{:?}", stage.writes());
}

#[test]
fn accounts_that_the_license_service_does_not_know_for_some_seconds_get_their_licenses() {
    let stage = large(
        Config {
            account_lag: Duration::from_millis(1_500),
            ..Config::unlimited()
        },
        20,
    );
    stage.write(
        "reseat.toml",
        crate::support::PROFILE.replace("settle = \"1s\"", "settle = \"10s\""),
    );
    let rows = sheet(
        "operation,email,licenses,groups",
        "invite,{},PMD,Team 20",
        (1..=30).map(|number| format!("n{number}@new.example")),
    );
    stage.run(&rows).ends(0);
    assert_eq!(stage.counts(), "30 done");
    assert_eq!(stage.held("n7@new.example").as_deref(), Some("PMD"));
}

#[test]
fn a_seat_that_is_back_in_its_pool_only_after_a_while_is_waited_for() {
    let stage = large(
        Config {
            seat_lag: Duration::from_millis(1_200),
            ..Config::unlimited()
        },
        20,
    );
    stage.write(
        "reseat.toml",
        crate::support::PROFILE.replace("settle = \"1s\"", "settle = \"10s\""),
    );
    let id = |number: usize| id_of(&stage, number).parse::<UserId>().unwrap();
    let (leaver, joiner) = (id(1), id(2));
    stage.sandbox.with_world(|world| {
        world.set_seats("TSTNU", 1);
        let everybody: Vec<UserId> = world.users().map(|user| user.id).collect();
        for user in everybody {
            world.release(user);
        }
        world.allocate(leaver, std::iter::once(BundleCode::new("TSTNU")).collect(), false);
        world.release(joiner);
    });
    // The seats that this freed are back by then.
    std::thread::sleep(Duration::from_millis(1_300));
    let rows = format!(
        "operation,user,licenses\nrelease-licenses,{},\nset-licenses,{},TSTNU\n",
        person(1),
        person(2)
    );
    stage.run(&rows).ends(0);
    assert_eq!(stage.held(&person(2)).as_deref(), Some("TSTNU"));
}

#[test]
fn memberships_that_came_about_meanwhile_are_unchanged() {
    let stage = large(
        Config {
            latency: Duration::from_millis(150),
            quirks: Quirks {
                refuses_repeated_membership: true,
                ..Quirks::default()
            },
            ..Config::unlimited()
        },
        60,
    );
    stage.write(
        "sheet.csv",
        sheet(
            "operation,user,groups",
            "add-to-groups,{},Team 20",
            (1..=40).map(person),
        ),
    );
    let child = stage.start(&["run", "sheet.csv", "--yes"]);
    stage.until("the call is on its way", |sandbox| {
        sandbox.stats().route("update-group") > 0
    });
    stage.sandbox.with_world(|world| {
        let (user, team) = (
            world.user_called(&person(9)).unwrap().id,
            world.group_named("Team 20").unwrap().id,
        );
        world.join(user, team);
    });
    stage.ended(child).ends(0);
    assert_eq!(stage.counts(), "39 done, 1 unchanged");
    assert!(stage.results()[8].message().contains("so already"));
}
