//! Seats that people hold by the licence rules of groups: given back one by one or together, and with the whole rule.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use reseat::model::{BundleCode, GroupId, UserId};
use reseat::sandbox::{
    Closed, Config, Edition, FaultKind, FaultRule, Faults, LicenseRoutes, Moment, Population, Quirks, Rule, Strikes,
};
use serde_json::{Value, json};

use crate::support::{Stage, bundles, each, person, sheet};

const HEADER: &str = "operation,user,group,licenses";
const ROW: &str = "release-lease,{},Team 01,";
const TEAM: &str = "Team 01";

/// Generated people, of whom the first `holders` hold ACNU by the rule of Team 01 and nothing of their own.
fn leasing(config: Config, people: usize, holders: usize) -> Stage {
    let stage = Stage::with(Config {
        population: Population::Generated(people),
        ..config
    });
    lease(&stage, TEAM, 1..=holders);
    stage
}

fn lease(stage: &Stage, group: &str, numbers: impl IntoIterator<Item = usize>) {
    let id = team(stage, group);
    stage.sandbox.with_world(|world| {
        world.set_rule(id, Rule::giving(bundles(&["ACNU"])));
        for number in numbers {
            let user = world.user_called(&person(number)).unwrap().id;
            world.release(user);
            world.join(user, id);
            let taken = world.seats_of(&BundleCode::new("ACNU")).allocated;
            world.set_seats("ACNU", taken + 1);
            assert!(world.sign_in(user, "2026-11-01T08:00:00Z".parse().unwrap()));
        }
    });
}

fn team(stage: &Stage, group: &str) -> GroupId {
    stage.world().group_named(group).unwrap().id
}

fn holders(stage: &Stage) -> usize {
    stage.world().leases(team(stage, TEAM)).count()
}

fn with_quirks(quirks: Quirks) -> Config {
    Config {
        quirks,
        ..Config::unlimited()
    }
}

fn with_routes(license_routes: LicenseRoutes) -> Config {
    with_quirks(Quirks {
        license_routes,
        ..Quirks::default()
    })
}

fn rows(numbers: impl IntoIterator<Item = usize>) -> String {
    sheet(HEADER, ROW, numbers.into_iter().map(person))
}

fn writes(expected: &[(&'static str, u64)]) -> BTreeMap<&'static str, u64> {
    expected.iter().copied().collect()
}

#[test]
fn a_hundred_seats_of_one_group_are_given_back_in_one_call_that_is_read_back_once_for_each_organization() {
    let stage = leasing(Config::unlimited(), 260, 230);
    stage.keep_state();
    stage.run(&rows(1..=100)).ends(0);
    assert_eq!(stage.counts(), "100 done");
    assert_eq!(stage.writes(), writes(&[("release-leases", 1)]));
    assert_eq!(holders(&stage), 130);
    // 230 holders are read for the plan, and those who are left once more.
    assert_eq!(stage.sandbox.stats().route("rule-users"), 5 + 3);
    let line = &stage.results()[0];
    let id = json!(team(&stage, TEAM));
    let side = |column: &str| serde_json::from_str::<Value>(line.get(column)).unwrap();
    assert_eq!(
        side("before"),
        json!({"leases": ["ACNU"], "group": TEAM, "group_id": id})
    );
    assert_eq!(side("after"), json!({"leases": [], "group": TEAM, "group_id": id}));
    assert!(line.message().contains("taken again at the next sign-in"), "{line:?}");
    stage.forget_calls();
    stage.write("more.csv", rows(101..=220));
    stage.reseat(&["run", "more.csv", "--yes"]).ends(0);
    assert_eq!(stage.writes(), writes(&[("release-leases", 2)]));
    assert_eq!((holders(&stage), stage.sandbox.stats().route("rule-users")), (10, 3));
}

#[test]
fn where_many_cannot_be_given_back_together_one_call_finds_it_out_and_later_runs_know() {
    for closed in [Closed::Forbidden, Closed::NotAllowed, Closed::NotFound, Closed::Page] {
        let stage = leasing(
            with_routes(LicenseRoutes {
                release_leases: Some(closed),
                ..LicenseRoutes::default()
            }),
            40,
            30,
        );
        stage.keep_state();
        stage.run(&rows(1..=20)).ends(0);
        assert_eq!(stage.counts(), "20 done", "{closed:?}");
        assert_eq!(
            stage.writes(),
            writes(&[("portal-end-lease", 20), ("release-leases", 1)])
        );
        stage.forget_calls();
        stage.write("more.csv", rows(21..=25));
        stage.reseat(&["run", "more.csv", "--yes"]).ends(0);
        let again = u64::from(closed == Closed::NotFound);
        assert_eq!(
            stage.writes().get("release-leases").copied().unwrap_or_default(),
            again,
            "{closed:?}"
        );
        assert_eq!(holders(&stage), 5);
    }
}

#[test]
fn a_call_that_says_yes_and_gives_nothing_back_is_found_out() {
    let stage = leasing(
        with_quirks(Quirks {
            keeps_leases_of_members: true,
            ..Quirks::default()
        }),
        40,
        12,
    );
    stage.run(&rows(1..=10)).ends(0);
    assert_eq!(stage.counts(), "10 done");
    assert_eq!(
        stage.writes(),
        writes(&[("portal-end-lease", 10), ("release-leases", 1)])
    );
    assert_eq!(holders(&stage), 2);
}

#[test]
fn whose_seat_cannot_be_given_back_is_named_and_the_others_are_done() {
    let stage = leasing(
        with_quirks(Quirks {
            unreleasable: vec![person(3)],
            ..Quirks::default()
        }),
        40,
        12,
    );
    let mut poisoned = rows(1..=6);
    writeln!(poisoned, "release-lease,{},Team 01,", person(30)).unwrap();
    poisoned
        .push_str("release-lease,nobody@contoso.example,Team 01,\nrelease-lease,user00004@contoso.example,No Team,\n");
    writeln!(poisoned, "release-lease,{},{TEAM},", stage.id(&person(7))).unwrap();
    stage.run(&poisoned).ends(3);
    assert_eq!(
        stage.statuses(),
        [
            "done",
            "done",
            "conflict",
            "done",
            "done",
            "done",
            "unchanged",
            "not_found",
            "not_found",
            "done"
        ],
        "{:?}",
        stage.results()
    );
    assert!(stage.results()[2].message().contains("could not be released"));
    assert_eq!(
        stage.writes(),
        writes(&[("portal-end-lease", 1), ("release-leases", 1)])
    );
    assert_eq!(holders(&stage), 6);
    stage.sandbox.with_world(|world| {
        let user = world.user_called(&person(3)).unwrap().id;
        world.release_lease(world.group_named(TEAM).unwrap().id, user);
    });
    stage.rerun(&[]).ends(3);
    assert_eq!(stage.statuses()[2], "unchanged", "{:?}", stage.results()[2]);
}

#[test]
fn a_row_about_somebody_who_holds_nothing_by_the_rule_says_what_they_hold() {
    let stage = leasing(Config::unlimited(), 40, 2);
    lease(&stage, "Team 02", [3]);
    let direct = stage.id(&person(4));
    stage
        .sandbox
        .with_world(|world| world.allocate(direct, bundles(&["TSTNU"]), false));
    let mut sheet = rows([3, 4]);
    writeln!(sheet, "release-lease,{},Team 02,", person(1)).unwrap();
    stage.run(&sheet).ends(0);
    assert_eq!(stage.counts(), "3 unchanged");
    assert!(stage.writes().is_empty());
    let said: Vec<String> = stage.results().iter().map(|line| line.message().to_owned()).collect();
    assert_eq!(
        said,
        [
            "holds no seat by the licence rule of `Team 01`; holds ACNU by the rule of `Team 02`",
            "holds no seat by the licence rule of `Team 01`; holds TSTNU directly (`release-licenses`)",
            "holds no seat by the licence rule of `Team 02`; holds ACNU by the rule of `Team 01`",
        ]
    );
}

#[test]
fn seats_that_are_given_back_serve_the_same_sheet_in_a_full_pool() {
    let stage = leasing(Config::unlimited(), 60, 10);
    stage.free_seats("ACNU", 0);
    let mut sheet = sheet(HEADER, "add-licenses,{},,ACNU", (41..=43).map(person));
    stage.sandbox.with_world(|world| {
        for number in 41..=44 {
            let user = world.user_called(&person(number)).unwrap().id;
            world.release(user);
        }
        let taken = world.seats_of(&BundleCode::new("ACNU")).allocated;
        world.set_seats("ACNU", taken);
    });
    for line in rows(1..=3).lines().skip(1) {
        writeln!(sheet, "{line}").unwrap();
    }
    stage.write("sheet.csv", &sheet);
    let plan = stage.reseat(&["plan", "sheet.csv", "--output", "json"]).ends(0);
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    assert_eq!(
        (&plan["seats"][0]["takes"], &plan["seats"][0]["frees"]),
        (&json!(3), &json!(3))
    );
    assert_eq!(plan["access_lost"]["people"], 0);
    let codes: Vec<&str> = plan["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["code"].as_str())
        .collect();
    assert!(codes.contains(&"lease-may-return"), "{codes:?}");
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.counts(), "6 done");
    // One more than there are seats for is short, and nothing is sent.
    let one_more = format!("{HEADER}\nadd-licenses,{},,ACNU\n", person(44));
    stage.forget_calls();
    stage.write("more.csv", one_more);
    stage.reseat(&["run", "more.csv", "--yes"]).ends(4);
    assert!(stage.writes().is_empty());
}

#[test]
fn a_rule_that_is_taken_away_frees_its_seats_for_the_same_sheet_and_is_told_by_name_and_number() {
    let stage = leasing(Config::unlimited(), 60, 10);
    stage.sandbox.with_world(|world| {
        let user = world.user_called(&person(41)).unwrap().id;
        world.release(user);
        let taken = world.seats_of(&BundleCode::new("ACNU")).allocated;
        world.set_seats("ACNU", taken);
    });
    let sheet = format!(
        "{HEADER}\nadd-licenses,{},,ACNU\nclear-group-licenses,,Team 01,\n",
        person(41)
    );
    stage.write("sheet.csv", &sheet);
    let plan = stage.reseat(&["plan", "sheet.csv", "--output", "json"]).ends(0);
    assert!(plan.out.contains("10 people of `Team 01` (ACNU)"), "{}", plan.out);
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    assert_eq!(
        (&plan["seats"][0]["frees"], &plan["access_lost"]["people"]),
        (&json!(10), &json!(0))
    );
    stage.forget_calls();
    stage.rerun(&[]).ends(0);
    assert_eq!(
        stage.writes(),
        writes(&[("allocate-to-users", 1), ("portal-delete-rule", 1)])
    );
    assert_eq!(holders(&stage), 0);
    let line = &stage.results()[1];
    let side = |column: &str| serde_json::from_str::<Value>(line.get(column)).unwrap();
    let id = json!(team(&stage, TEAM));
    assert_eq!(
        side("before"),
        json!({"licenses": ["ACNU"], "quotas": {}, "external_license": false, "group_id": id})
    );
    assert_eq!(
        side("after"),
        json!({"licenses": null, "quotas": {}, "external_license": null, "group_id": id})
    );
    stage.rerun(&["--again"]).ends(0);
    assert_eq!(stage.counts(), "2 unchanged");
}

#[test]
fn two_rows_about_one_rule_contradict_each_other_at_once_or_once_the_group_is_known() {
    let stage = leasing(Config::unlimited(), 40, 2);
    stage.write(
        "sheet.csv",
        "operation,group,licenses\nset-group-licenses,Team 01,ACNU\nclear-group-licenses,Team 01,\n",
    );
    stage.reseat(&["check", "sheet.csv"]).ends(2).tells("two-rules");
    let hidden = format!(
        "operation,group,licenses\nset-group-licenses,Team 01,TSTNU\nclear-group-licenses,{},\n",
        team(&stage, TEAM)
    );
    stage.run(&hidden).ends(3);
    assert_eq!(stage.statuses(), ["done", "invalid"], "{:?}", stage.results());
}

#[test]
fn an_answer_that_is_lost_is_asked_for_again_and_no_seat_is_given_back_twice() {
    let lost = [Moment::BeforeEffect, Moment::AfterEffect];
    each(&lost, |moment| {
        for (rows, route) in [(rows(1..=8), "/user"), (rows([1]), "/UserLicense/group/")] {
            let stage = leasing(Config::unlimited(), 40, 12);
            stage.fault(FaultKind::Dropped(*moment), "DELETE", route, Strikes::Nth(1));
            stage.run(&rows).ends(0);
            assert!(
                stage.statuses().iter().all(|status| status == "done"),
                "{:?}",
                stage.results()
            );
        }
        let stage = leasing(Config::unlimited(), 40, 12);
        stage.fault(
            FaultKind::Dropped(*moment),
            "DELETE",
            "/UserLicense/group",
            Strikes::Nth(1),
        );
        stage.run("operation,group\nclear-group-licenses,Team 01\n").ends(0);
        assert_eq!((stage.counts().as_str(), holders(&stage)), ("1 done", 0));
    });
}

#[test]
fn a_rule_that_is_gone_after_a_lost_answer_was_taken_away_whatever_the_other_route_says() {
    let stage = leasing(Config::unlimited(), 40, 12);
    let lost = FaultKind::Status {
        status: 500,
        moment: Moment::AfterEffect,
    };
    let refused = FaultKind::Refused {
        status: 409,
        words: "not here".to_owned(),
    };
    let rule = |kind, path, strikes| FaultRule::new(kind).on("DELETE", path).strikes(strikes);
    stage.sandbox.set_faults(Faults {
        rules: vec![
            rule(lost, "/UserLicense/group", Strikes::First(1)),
            rule(refused, "/portal_/portal_/", Strikes::Always),
        ],
        ..Faults::default()
    });
    stage.run("operation,group\nclear-group-licenses,Team 01\n").ends(0);
    assert_eq!((stage.counts().as_str(), holders(&stage)), ("1 done", 0));
    assert!(stage.results()[0].get("before").contains("ACNU"));
}

#[test]
fn without_a_portal_the_licence_service_gives_back_and_what_it_did_is_read_back() {
    let suite = |license_routes| Config {
        edition: Edition::AutomationSuite,
        ..with_routes(license_routes)
    };
    let stage = leasing(suite(LicenseRoutes::default()), 40, 12);
    let profile = "[profile.default]\ndeployment = \"automation-suite\"\n";
    stage.write("reseat.toml", format!("{profile}{}", crate::support::PROFILE));
    let mut sheet = rows([1]);
    sheet.push_str("clear-group-licenses,,Team 02,\n");
    lease(&stage, "Team 02", [20, 21]);
    stage.run(&sheet).ends(0);
    assert_eq!(stage.counts(), "2 done");
    assert_eq!(stage.writes(), writes(&[("release-lease", 1), ("remove-rule", 1)]));
    assert_eq!(holders(&stage), 11);
    let closed = leasing(suite(LicenseRoutes::closed(Closed::Forbidden)), 40, 12);
    closed.write("reseat.toml", format!("{profile}{}", crate::support::PROFILE));
    closed.run(&rows([1, 2])).ends(3);
    assert_eq!(closed.counts(), "2 rejected");
    assert!(closed.writes().is_empty(), "{:?}", closed.writes());
    assert!(
        closed.results()[0].message().contains("cannot be read here"),
        "{:?}",
        closed.results()
    );
}

#[test]
fn what_is_left_of_somebody_or_of_a_group_that_is_gone_is_given_back_by_its_id() {
    const GONE: &str = "0f0f0f0f-0000-4000-8000-000000000001";
    let stage = leasing(Config::unlimited(), 40, 2);
    let (user, group): (UserId, GroupId) = (GONE.parse().unwrap(), GONE.parse().unwrap());
    let team = team(&stage, TEAM);
    stage.sandbox.with_world(|world| {
        let lease = world.leases(team).next().unwrap().1.clone();
        world.lease(team, user, lease);
        let rule = world.rule(team).unwrap().clone();
        world.set_rule(group, rule);
    });
    let sheet = format!("{HEADER}\nrelease-lease,{GONE},Team 01,\nclear-group-licenses,,{GONE},\n");
    stage.run(&sheet).ends(0);
    assert_eq!(stage.counts(), "2 done", "{:?}", stage.results());
    assert!(stage.results()[0].message().contains("orphan"));
    assert_eq!((holders(&stage), stage.world().rule(group)), (2, None));
}

#[test]
fn a_saved_plan_holds_unless_somebody_takes_or_gives_back_the_seat_meanwhile() {
    let stage = leasing(Config::unlimited(), 40, 4);
    let mut sheet = rows([1, 2]);
    sheet.push_str("clear-group-licenses,,Team 02,\n");
    lease(&stage, "Team 02", [20]);
    stage.write("sheet.csv", &sheet);
    stage.reseat(&["plan", "sheet.csv", "--save", "plan.json"]).ends(0);
    let team = team(&stage, TEAM);
    let user = stage.id(&person(1));
    let lease = stage
        .world()
        .leases(team)
        .find(|(holder, _)| *holder == user)
        .unwrap()
        .1
        .clone();
    stage.sandbox.with_world(|world| world.release_lease(team, user));
    stage.forget_calls();
    let run = || stage.reseat(&["run", "--plan", "plan.json", "--yes"]);
    run().ends(4).tells("ACNU");
    assert!(stage.writes().is_empty());
    stage.sandbox.with_world(|world| world.lease(team, user, lease));
    run().ends(0);
    assert_eq!(stage.counts(), "3 done");
    run().ends(0).tells("already done or unchanged");
}

#[test]
fn what_a_plan_foretells_of_seats_held_by_rules_is_what_a_run_sends() {
    for (holding, given_back) in [(70, 1..=1), (120, 1..=60), (12, 1..=12)] {
        let stage = leasing(Config::unlimited(), 150, holding);
        stage.write("sheet.csv", rows(given_back));
        let plan = stage.reseat(&["plan", "sheet.csv", "--output", "json"]).ends(0);
        let plan: Value = serde_json::from_str(&plan.out).unwrap();
        let foretold: u64 = plan["calls"]
            .as_array()
            .unwrap()
            .iter()
            .map(|call| call["calls"].as_u64().unwrap())
            .sum();
        stage.forget_calls();
        stage.rerun(&[]).ends(0);
        let stats = stage.sandbox.stats();
        let sent: u64 = stats
            .routes()
            .filter(|(name, _)| *name != "token")
            .map(|(_, count)| count)
            .sum();
        assert_eq!(foretold, sent, "{holding}: {plan}");
    }
}
