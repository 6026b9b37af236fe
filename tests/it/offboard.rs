//! Leavers: the account stays, deactivated, in no group and without a licence of its own, for the fewest calls.

use std::collections::BTreeMap;
use std::io::Write;

use std::time::Duration;

use reseat::sandbox::{
    Closed, Config, Edition, FaultKind, FaultRule, Faults, LicenseRoutes, Moment, Population, Quirks, Rule, Sandbox,
    Strikes,
};

use crate::support::{ANNA, BRAM, DAVID, MEI, Ran, Stage, bundles, changes, person, sheet};

/// An account of the organization's directory.
const PRIYA: &str = "priya.iyer@contoso.example";
/// Administrators, of which the first is an account of the directory.
const PAULA: &str = "paula.jansen@contoso.example";
const URSULA: &str = "ursula.meier@contoso.example";
/// Somebody who is blocked from every licence.
const BRUNO: &str = "bruno.rossi@contoso.example";

fn offboard(people: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    sheet("operation,user", "offboard,{}", people)
}

#[track_caller]
fn wrote(stage: &Stage, expected: &[(&'static str, u64)]) {
    assert_eq!(stage.writes(), expected.iter().copied().collect::<BTreeMap<_, _>>());
}

#[track_caller]
fn has_left(stage: &Stage, name: &str) {
    assert!(!stage.user(name).unwrap().is_active, "{name} is active");
    assert_eq!(stage.groups(name), [""; 0]);
    assert_eq!(stage.held(name), None);
}

/// A hundred and twenty people, of whom everybody is in a team and in `Team 01`, and holds something.
fn large() -> Stage {
    let stage = Stage::with(Config {
        population: Population::Generated(120),
        ..Config::unlimited()
    });
    stage.sandbox.with_world(|world| {
        let team = world.group_named("Team 01").unwrap().id;
        let users: Vec<_> = world.users().map(|user| user.id).collect();
        for user in users {
            world.join(user, team);
            world.allocate(user, bundles(&["ATTUNU"]), false);
        }
    });
    stage
}

#[test]
fn somebody_in_a_team_and_a_built_in_group_is_one_put_and_one_release() {
    let stage = Stage::new();
    let before = stage.world();
    stage.run(&offboard([ANNA])).ends(0);
    assert_eq!(
        changes(&before, &stage.world()),
        [
            "anna.berg active: true -> false",
            "anna.berg holds: [ATTUNU] -> none",
            "anna.berg in Automation Users: yes -> none",
            "anna.berg in Finance: yes -> none",
            "anna.berg in Invoice Team: yes -> none",
        ]
    );
    wrote(&stage, &[("update-user", 1), ("portal-release", 1)]);
    let line = stage.results().remove(0);
    assert_eq!(line.status(), "done");
    let before: serde_json::Value = serde_json::from_str(line.get("before")).unwrap();
    let after: serde_json::Value = serde_json::from_str(line.get("after")).unwrap();
    let groups = |is_in| serde_json::json!({"Automation Users": is_in, "Finance": is_in, "Invoice Team": is_in});
    assert_eq!(
        before,
        serde_json::json!({"active": true, "groups": groups(true), "licenses": ["ATTUNU"], "external_license": false})
    );
    assert_eq!(after["active"], false);
    assert_eq!(after["groups"], groups(false));
    assert_eq!(after["licenses"], serde_json::Value::Null);
    stage.forget_calls();
    stage.rerun(&[]).ends(0).tells("already done");
    stage.rerun(&["--again"]).ends(0);
    assert_eq!(stage.counts(), "1 unchanged");
    wrote(&stage, &[]);
}

#[test]
fn a_hundred_leavers_are_a_hundred_puts_and_one_release_that_others_share() {
    let stage = large();
    let mut rows = offboard((1..=99).map(person));
    rows += &sheet("release-licenses", "release-licenses,{}", [person(100)]).replacen("release-licenses\n", "", 1);
    stage.forget_calls();
    stage.run(&rows).ends(0);
    assert_eq!(stage.counts(), "100 done");
    wrote(&stage, &[("update-user", 99), ("portal-release", 1)]);
    for number in 1..=99 {
        has_left(&stage, &person(number));
    }
    let stats = stage.sandbox.stats();
    assert_eq!(stats.route("get-user"), 0, "nobody is read alone");
    assert!(stats.route("list-users") <= 3, "{}", stats.route("list-users"));
}

#[test]
fn a_forecast_of_leavers_is_what_is_sent() {
    let stage = large();
    stage.write("sheet.csv", offboard((1..=30).map(person)));
    let plan = stage.reseat(&["plan", "sheet.csv", "--output", "json"]).ends(0);
    let plan: serde_json::Value = serde_json::from_str(&plan.out).unwrap();
    assert_eq!(plan["access_lost"]["people"], 30);
    assert_eq!(plan["access_lost"]["offboarded"], 30);
    assert_eq!(plan["access_lost"]["deactivated"], 0);
    foretold(&stage, &offboard((1..=30).map(person)));
}

/// The methods that the summary of a run counts.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// The calls of a run are those of the plan.
#[track_caller]
fn foretold(stage: &Stage, content: &str) {
    stage.write("sheet.csv", content);
    let plan = stage.reseat(&["plan", "sheet.csv", "--output", "json"]).ends(0);
    let plan: serde_json::Value = serde_json::from_str(&plan.out).unwrap();
    let run = stage.rerun(&["--output", "json"]).ends(0);
    let run: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let mut forecast: BTreeMap<String, u64> = METHODS.map(|method| (method.to_owned(), 0)).into();
    for calls in plan["calls"].as_array().unwrap() {
        let method = calls["method"].as_str().unwrap().to_owned();
        *forecast.entry(method).or_default() += calls["calls"].as_u64().unwrap();
    }
    assert_eq!(serde_json::json!(forecast), run["calls"]);
}

#[test]
fn a_leavers_seat_goes_to_somebody_of_the_same_sheet() {
    let stage = Stage::new();
    stage.free_seats("ATTUNU", 0);
    stage
        .run(&format!(
            "operation,user,licenses\nadd-licenses,{DAVID},ATTUNU\noffboard,{ANNA},\n"
        ))
        .ends(0);
    assert_eq!(stage.statuses(), ["done", "done"]);
    assert_eq!(stage.held(DAVID).as_deref(), Some("ATTUNU"));
    has_left(&stage, ANNA);
}

#[test]
fn what_is_so_already_costs_nothing() {
    let stage = Stage::new();
    stage.sandbox.with_world(|world| {
        let anna = world.user_called(ANNA).unwrap().id;
        world.edit_user(anna, |user| user.is_active = false);
        let groups: Vec<_> = world.user(anna).unwrap().groups.iter().copied().collect();
        for group in groups {
            world.leave(anna, group);
        }
    });
    stage.run(&offboard([ANNA])).ends(0);
    wrote(&stage, &[("portal-release", 1)]);
    assert_eq!(stage.counts(), "1 done");
}

#[test]
fn a_group_that_cannot_be_left_keeps_nobody_active_and_nobody_elses_row_from_being_done() {
    let stage = large();
    let poisoned = person(17);
    stage.sandbox.with_world(|world| {
        assert!(world.let_directory_manage("Team 07"));
        let team = world.group_named("Team 07").unwrap().id;
        let members: Vec<_> = world.members(team).map(|user| user.id).collect();
        for member in members {
            world.leave(member, team);
        }
        let poisoned = world.user_called(&poisoned).unwrap().id;
        world.join(poisoned, team);
    });
    stage.forget_calls();
    stage.run(&offboard((1..=30).map(person))).ends(3);
    assert_eq!(stage.counts(), "29 done, 1 rejected");
    for number in (1..=30).filter(|number| *number != 17) {
        has_left(&stage, &person(number));
    }
    assert!(!stage.user(&poisoned).unwrap().is_active);
    assert_eq!(stage.groups(&poisoned), ["Team 07"]);
    assert_eq!(stage.held(&poisoned), None);
    let line = stage.results().remove(16);
    assert!(line.message().contains("directory"), "{}", line.message());
    assert!(
        line.message().contains("done all the same: deactivated"),
        "{}",
        line.message()
    );
    assert!(
        line.message().contains("still is in the group `Team 07`"),
        "{}",
        line.message()
    );
    let writes = stage.writes();
    assert_eq!(writes["portal-release"], 1);
    assert!(writes["update-user"] <= 31, "{writes:?}");
}

#[test]
fn a_group_that_none_of_many_can_leave_is_found_out_with_the_first_of_them() {
    let stage = large();
    stage
        .sandbox
        .with_world(|world| assert!(world.let_directory_manage("Team 01")));
    stage.forget_calls();
    stage.run(&offboard((1..=100).map(person))).ends(3);
    assert_eq!(stage.counts(), "100 rejected");
    let world = stage.world();
    for user in (1..=100).map(|number| world.user_called(&person(number)).unwrap()) {
        assert!(!user.is_active && world.allocation(user.id).is_none());
    }
    for number in 1..=100 {
        assert_eq!(stage.groups(&person(number)), ["Team 01"]);
    }
    let last = stage.results().remove(99);
    assert!(
        last.message().contains("still is in the group `Team 01`"),
        "{}",
        last.message()
    );
    let writes = stage.writes();
    assert_eq!(writes["portal-release"], 1);
    // As many as are on their way at once learn it the hard way, and the teams of those are left by one call each.
    assert!(
        writes["update-user"] <= 100 + 2 * 24 && writes["update-group"] <= 24,
        "{writes:?}"
    );
}

#[test]
fn an_account_that_cannot_be_deactivated_loses_its_groups_and_licenses_all_the_same() {
    let stage = Stage::new();
    let id = stage.id(ANNA).to_string();
    let kind = FaultKind::Refused {
        status: 400,
        words: "The account is a break-glass account.".to_owned(),
    };
    let rules = vec![
        FaultRule::new(kind)
            .on("PUT", &format!("api/User/{id}"))
            .naming("isActive"),
    ];
    stage.sandbox.set_faults(Faults {
        rules,
        ..Faults::default()
    });
    stage.run(&offboard([ANNA, BRAM])).ends(3);
    assert_eq!(stage.statuses(), ["rejected", "done"]);
    assert!(stage.user(ANNA).unwrap().is_active);
    assert_eq!(stage.groups(ANNA), [""; 0]);
    assert_eq!(stage.held(ANNA), None);
    let line = stage.results().remove(0);
    assert!(
        line.message()
            .contains("400 (Bad Request): The account is a break-glass account."),
        "{}",
        line.message()
    );
    assert!(line.message().contains("still is active"), "{}", line.message());
    has_left(&stage, BRAM);
}

#[test]
fn where_no_account_can_be_deactivated_every_leaver_loses_groups_and_licenses() {
    let stage = large();
    let kind = FaultKind::Refused {
        status: 400,
        words: "Accounts cannot be deactivated here.".to_owned(),
    };
    stage.sandbox.set_faults(Faults {
        rules: vec![FaultRule::new(kind).on("PUT", "api/User/").naming("isActive")],
        ..Faults::default()
    });
    stage.run(&offboard((1..=40).map(person))).ends(3);
    assert_eq!(stage.counts(), "40 rejected");
    for name in (1..=40).map(person) {
        assert!(stage.user(&name).unwrap().is_active);
        assert_eq!(stage.groups(&name), [""; 0]);
        assert_eq!(stage.held(&name), None);
    }
}

#[test]
fn a_release_that_is_refused_leaves_the_account_deactivated_and_a_rerun_does_the_rest() {
    let stage = Stage::with(Config {
        quirks: Quirks {
            unreleasable: vec![ANNA.to_owned()],
            ..Quirks::default()
        },
        ..Config::unlimited()
    });
    stage.run(&offboard([ANNA, BRAM])).ends(3);
    assert_eq!(stage.statuses(), ["failed", "done"]);
    assert!(!stage.user(ANNA).unwrap().is_active);
    let line = stage.results().remove(0);
    assert_eq!(line.get("code"), "release_failed");
    assert!(
        line.message().contains("still holds ATTUNU directly"),
        "{}",
        line.message()
    );
    // Somebody releases them in the portal.
    stage.sandbox.with_world(|world| {
        let anna = world.user_called(ANNA).unwrap().id;
        world.release(anna);
    });
    stage.forget_calls();
    stage.rerun(&[]).ends(0);
    wrote(&stage, &[]);
}

#[test]
fn who_is_active_when_read_back_is_not_called_done() {
    let stage = Stage::new();
    let stall = FaultKind::Stalled {
        time: Duration::from_millis(500),
        moment: Moment::BeforeEffect,
    };
    stage.fault(stall, "DELETE", "UserLicense", Strikes::First(1));
    stage.write("sheet.csv", offboard([ANNA]));
    let child = stage.start(&["run", "sheet.csv", "--yes"]);
    stage.until(
        "the account is deactivated, and its licences not yet released",
        Sandbox::is_stalling,
    );
    // The directory's synchronization brings the account back.
    stage.sandbox.with_world(|world| {
        let (anna, finance) = (
            world.user_called(ANNA).unwrap().id,
            world.group_named("Finance").unwrap().id,
        );
        world.edit_user(anna, |user| user.is_active = true);
        world.join(anna, finance);
    });
    stage.ended(child).ends(3);
    let line = stage.results().remove(0);
    assert_eq!((line.status(), line.get("code")), ("conflict", "still_has_access"));
    assert!(
        line.message().contains("still is active, is in the group `Finance`"),
        "{}",
        line.message()
    );
}

#[test]
fn what_a_group_of_everybody_still_gives_is_named() {
    let stage = Stage::new();
    stage.sandbox.with_world(|world| {
        let everyone = world.group_named("Everyone").unwrap().id;
        world.set_rule(everyone, Rule::giving(bundles(&["ACNU"])));
        let anna = world.user_called(ANNA).unwrap().id;
        world.edit_user(anna, |user| {
            user.groups.insert(everyone);
        });
    });
    stage.run(&offboard([ANNA])).ends(0);
    let line = stage.results().remove(0);
    assert!(
        line.message().contains("is given ACNU by the rule of `Everyone`"),
        "{}",
        line.message()
    );
}

#[test]
fn an_account_of_the_directory_is_offboarded_as_far_as_possible_and_warned_of() {
    let stage = Stage::new();
    stage.write("sheet.csv", offboard([PRIYA]));
    stage
        .reseat(&["plan", "sheet.csv"])
        .ends(0)
        .tells("disable them there first, or they come back");
    stage.rerun(&[]).ends(0);
    has_left(&stage, PRIYA);
    wrote(&stage, &[("update-user", 1), ("portal-release", 1)]);
    assert!(stage.results()[0].message().contains("disable it there"));
}

#[test]
fn administrators_go_only_if_that_is_allowed_and_the_last_one_stays() {
    let stage = Stage::new();
    stage.run(&offboard([PAULA, ANNA])).ends(3);
    assert_eq!(stage.statuses(), ["skipped", "done"]);
    assert_eq!(stage.results()[0].get("code"), "administrator");
    stage
        .run_with(&offboard([PAULA, URSULA]), &["--allow-admins", "--again"])
        .ends(3);
    assert_eq!(stage.statuses(), ["done", "skipped"]);
    assert_eq!(stage.results()[1].get("code"), "last_administrator");
    assert!(stage.user(URSULA).unwrap().is_active);
}

#[test]
fn nobody_offboards_a_robot_and_who_is_not_there_is_not_found() {
    let stage = Stage::new();
    stage.run(&offboard(["nobody@contoso.example"])).ends(3);
    assert_eq!(stage.statuses(), ["not_found"]);
    wrote(&stage, &[]);
}

#[test]
fn a_block_is_no_licence_and_stays() {
    let stage = Stage::new();
    stage.run(&offboard([BRUNO])).ends(0);
    assert_eq!(stage.held(BRUNO).as_deref(), Some(""));
    wrote(&stage, &[("update-user", 1)]);
}

#[test]
fn where_licences_cannot_be_read_the_account_is_deactivated_and_the_row_says_what_stays() {
    let stage = Stage::with(Config {
        edition: Edition::AutomationSuite,
        quirks: Quirks {
            license_routes: LicenseRoutes::closed(Closed::NotFound),
            ..Quirks::default()
        },
        ..Config::unlimited()
    });
    stage.write(
        "reseat.toml",
        format!(
            "[profile.default]\ndeployment = \"automation-suite\"\n{}",
            crate::support::PROFILE
        ),
    );
    stage
        .run(&offboard([ANNA]))
        .ends(0)
        .tells("does not release direct licences here");
    assert!(!stage.user(ANNA).unwrap().is_active);
    assert_eq!(stage.groups(ANNA), [""; 0]);
    assert_eq!(stage.held(ANNA).as_deref(), Some("ATTUNU"));
    assert!(stage.results()[0].message().contains("was not released"));
    wrote(&stage, &[("update-user", 1)]);
}

#[test]
fn rows_that_contradict_a_leavers_are_refused_with_both_named() {
    let stage = Stage::new();
    let other = stage.id(ANNA);
    for (rows, code) in [
        (
            format!("offboard,{ANNA},,\nadd-to-groups,{ANNA},,Finance\n"),
            "given-and-offboarded",
        ),
        (
            format!("add-licenses,{ANNA},TSTNU,\noffboard,{ANNA},,\n"),
            "given-and-offboarded",
        ),
        (
            format!("offboard,{ANNA},,\nset-groups,{ANNA},,Finance\n"),
            "given-and-offboarded",
        ),
        (format!("delete,{ANNA},,\noffboard,{ANNA},,\n"), "offboard-and-delete"),
        (format!("offboard,{ANNA},,\ndelete,{ANNA},,\n"), "offboard-and-delete"),
    ] {
        stage.write("sheet.csv", format!("operation,user,licenses,groups\n{rows}"));
        let check = stage.reseat(&["check", "sheet.csv"]).ends(2);
        check.tells(code).tells("row 2");
        // Under two names it shows once it is known whom they mean.
        let hidden = rows.replacen(ANNA, &other.to_string(), 1);
        stage.write("sheet.csv", format!("operation,user,licenses,groups\n{hidden}"));
        let plan = stage.reseat(&["plan", "sheet.csv", "--max-access-lost", "100"]).ends(3);
        assert!(
            plan.err.contains("row 2") || plan.out.contains("row 2"),
            "{}{}",
            plan.out,
            plan.err
        );
    }
    stage.write(
        "sheet.csv",
        format!("operation,user\noffboard,{ANNA}\nrelease-licenses,{ANNA}\n"),
    );
    stage.reseat(&["check", "sheet.csv"]).ends(0);
    assert!(!stage.exists("sheet.results.csv"));
}

#[test]
fn a_run_that_is_killed_is_finished_by_the_same_command() {
    let stage = large();
    stage.write("sheet.csv", offboard((1..=60).map(person)));
    stage.sandbox.reset_stats();
    for calls in [5, 20, 40] {
        let mut child = stage.start(&["run", "sheet.csv", "--yes"]);
        stage.until("some are deactivated", |sandbox| {
            sandbox.stats().route("update-user") >= calls || sandbox.stats().route("portal-release") > 0
        });
        let _ = child.kill();
        stage.ended(child);
    }
    stage.rerun(&[]).ends(0);
    for number in 1..=60 {
        has_left(&stage, &person(number));
    }
    let good = stage
        .statuses()
        .iter()
        .all(|status| status == "done" || status == "unchanged");
    assert!(good, "{}", stage.counts());
    stage.forget_calls();
    stage.rerun(&[]).ends(0);
    wrote(&stage, &[]);
}

#[test]
fn max_access_lost_counts_leavers_once() {
    let stage = Stage::new();
    stage.write("sheet.csv", offboard([ANNA, BRAM, MEI]));
    stage
        .reseat(&["plan", "sheet.csv"])
        .ends(0)
        .tells("3 people lose access: 3 offboarded");
    stage.reseat(&["plan", "sheet.csv", "--max-access-lost", "2"]).ends(4);
    let ran = stage.rerun(&["--max-access-lost", "2", "--output", "json"]).ends(4);
    let refused: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(refused["reason"], "access_lost_unconfirmed");
    wrote(&stage, &[]);
    stage.rerun(&["--max-access-lost", "3"]).ends(0);
}

/// Runs the command on a terminal, lets another administrator act at the question, and answers yes.
fn while_the_question_stands(stage: &Stage, words: &[&str], act: impl FnOnce(&Stage)) -> Ran {
    let mut child = stage.start_on_a_terminal(words);
    stage.hear(&mut child, "Type `yes`");
    act(stage);
    stage.forget_calls();
    child.stdin.as_mut().unwrap().write_all(b"yes\n").unwrap();
    stage.ended(child)
}

#[test]
fn a_group_that_was_joined_at_the_question_is_left_too() {
    let stage = Stage::new();
    stage.write("sheet.csv", offboard([ANNA]));
    let joins = |stage: &Stage| {
        stage.sandbox.with_world(|world| {
            let (anna, robots) = (
                world.user_called(ANNA).unwrap().id,
                world.group_named("HR Robots").unwrap().id,
            );
            let finance = world.group_named("Finance").unwrap().id;
            world.join(anna, robots);
            world.leave(anna, finance);
        });
    };
    while_the_question_stands(&stage, &["run", "sheet.csv"], joins).ends(0);
    has_left(&stage, ANNA);
    wrote(&stage, &[("update-user", 1), ("portal-release", 1)]);
    let line = stage.results().remove(0);
    assert!(
        line.message().contains("put the account into `HR Robots`"),
        "{}",
        line.message()
    );
    let before: serde_json::Value = serde_json::from_str(line.get("before")).unwrap();
    assert_eq!(before["groups"]["HR Robots"], true);
    assert_eq!(before["groups"].get("Finance"), None);
}

#[test]
fn somebody_made_an_administrator_at_the_question_is_kept() {
    let stage = Stage::new();
    stage.write("sheet.csv", offboard([ANNA]));
    let promotes = |stage: &Stage| {
        stage.sandbox.with_world(|world| {
            let (anna, group) = (
                world.user_called(ANNA).unwrap().id,
                world.group_named("Administrators").unwrap().id,
            );
            world.join(anna, group);
        });
    };
    while_the_question_stands(&stage, &["run", "sheet.csv"], promotes).ends(3);
    wrote(&stage, &[]);
    assert_eq!(stage.results()[0].get("code"), "administrator");
}

#[test]
fn a_saved_plan_is_refused_where_a_leaver_is_in_another_group_by_now() {
    let stage = Stage::new();
    stage.write("sheet.csv", offboard([ANNA]));
    stage.reseat(&["plan", "sheet.csv", "--save", "plan.json"]).ends(0);
    stage.sandbox.with_world(|world| {
        let (anna, group) = (
            world.user_called(ANNA).unwrap().id,
            world.group_named("HR Robots").unwrap().id,
        );
        world.join(anna, group);
    });
    stage
        .reseat(&["run", "--plan", "plan.json", "--yes"])
        .ends(4)
        .tells("now is a member of `HR Robots`");
    wrote(&stage, &[]);
}

#[test]
fn a_forecast_of_one_leaver_in_a_large_organization_is_what_is_sent() {
    let stage = Stage::with(Config {
        population: Population::Generated(2_500),
        ..Config::unlimited()
    });
    foretold(&stage, &offboard([person(7)]));
    assert_eq!(
        stage.sandbox.stats().route("list-users"),
        2,
        "looked up for the plan and for the run"
    );
}
