//! `plan --save` and `run --plan`: what was looked through is what is run, or nothing is.

use serde_json::Value;

use crate::support::{ANNA, BRAM, DAVID, HUGO, MEI, Ran, Stage, lines};

/// A sheet of three changes: licences, a name, an invitation.
fn three() -> String {
    format!(
        "operation,user,email,licenses,name,groups\n\
         set-licenses,{HUGO},,ATTUNU,,\n\
         update,{ANNA},,,Annika,\n\
         invite,,ada@new.example,CTZDEVNU,,HR Robots\n"
    )
}

fn saved(content: &str, flags: &[&str]) -> Stage {
    let stage = Stage::new();
    save(&stage, content, flags);
    stage
}

fn save(stage: &Stage, content: &str, flags: &[&str]) {
    stage.write("sheet.csv", content);
    let words = [&["plan", "sheet.csv", "--save", "plan.json"], flags].concat();
    stage.reseat(&words).tells("the plan is saved");
    stage.forget_calls();
}

fn run_plan(stage: &Stage, flags: &[&str]) -> Ran {
    stage.reseat(&[&["run", "--plan", "plan.json", "--yes"], flags].concat())
}

/// Runs the plan, which has to be refused for this reason, before anything is sent or recorded.
#[track_caller]
fn refused(stage: &Stage, reason: &str) -> Ran {
    let ran = run_plan(stage, &[]).ends(4).tells(reason).tells("nothing was sent");
    assert!(stage.writes().is_empty(), "{:?}", stage.writes());
    assert!(!stage.exists("sheet.results.csv"));
    ran
}

fn give(stage: &Stage, name: &str, codes: &[&str]) {
    let id = stage.id(name);
    stage
        .sandbox
        .with_world(|world| world.allocate(id, crate::support::bundles(codes), false));
}

#[test]
fn a_plan_that_still_holds_is_carried_out_without_naming_its_sheet() {
    let stage = saved(&three(), &[]);
    run_plan(&stage, &[]).ends(0).tells("still holds");
    assert_eq!(stage.statuses(), ["done"; 3]);
    assert_eq!(stage.held(HUGO).as_deref(), Some("ATTUNU"));
}

#[test]
fn the_command_that_carries_out_a_plan_can_be_typed_as_it_is_told() {
    let stage = Stage::new();
    stage.write("sheet.csv", three());
    let told = stage
        .reseat(&["plan", "sheet.csv", "--save", "the boss's plan.json"])
        .ends(0);
    let (_, command) = told.err.split_once("the plan is saved; `").unwrap();
    let (command, _) = command.split_once("` carries it out").unwrap();
    stage.shell(&format!("{command} --yes")).ends(0);
    assert_eq!(stage.statuses(), ["done"; 3]);
}

#[test]
fn rows_of_a_plan_that_wait_for_a_date_are_left_to_a_run_of_the_sheet() {
    let stage = saved(
        &format!("operation,user,name,not_before\nupdate,{ANNA},Annika,\nupdate,{HUGO},Hugo,2099-01-01\n"),
        &[],
    );
    run_plan(&stage, &[])
        .ends(75)
        .tells("run the sheet, and not its plan, then")
        .tells("run --yes sheet.csv");
}

#[test]
fn a_saved_plan_that_is_typed_for_a_sheet_is_answered_with_the_flag_that_is_missing() {
    let stage = saved(&three(), &[]);
    for words in [
        ["run", "plan.json", "--yes"].as_slice(),
        &["plan", "plan.json"],
        &["check", "plan.json"],
    ] {
        stage
            .reseat(words)
            .ends(1)
            .tells("`plan.json` is a plan that `reseat plan --save` saved, not a sheet")
            .tells("reseat run --plan plan.json` runs it");
    }
    stage.write("other.json", "{\"plan\": 1}");
    stage
        .reseat(&["run", "other.json", "--yes"])
        .ends(1)
        .tells("export the table");
}

#[test]
fn a_saved_plan_has_to_be_confirmed_all_the_same() {
    let stage = saved(&three(), &[]);
    stage.reseat(&["run", "--plan", "plan.json"]).ends(4).tells("--yes");
    save(&stage, &format!("operation,user\ndelete,{BRAM}\n"), &[]);
    run_plan(&stage, &[]).ends(4).tells("--max-deletes 1");
    assert!(stage.writes().is_empty());
    run_plan(&stage, &["--max-deletes", "1"]).ends(0);
    assert!(stage.user(BRAM).is_none());
}

#[test]
fn what_changed_in_the_organization_is_named_row_by_row() {
    let stage = saved(&three(), &[]);
    give(&stage, HUGO, &["ATTUNU"]);
    refused(&stage, "1 thing has changed since the plan was saved").tells(&format!(
        "row 2: `{HUGO}` now holds ATTUNU; the plan expected it to have no direct licences"
    ));
    give(&stage, HUGO, &["ACNU"]);
    refused(
        &stage,
        &format!("row 2: `{HUGO}` now holds ACNU; the plan expected it to have no direct licences"),
    );
}

#[test]
fn an_account_that_came_or_went_is_named() {
    let stage = saved(&three(), &[]);
    stage.reseat(&["plan", "sheet.csv"]).ends(0);
    let id = stage.id(ANNA);
    stage.sandbox.with_world(|world| world.remove_user(id));
    refused(&stage, "row 3: the row cannot run: not_found");
}

#[test]
fn what_others_do_to_others_does_not_matter() {
    let stage = saved(&three(), &[]);
    give(&stage, DAVID, &["ACNU"]);
    let id = stage.id(MEI);
    stage.sandbox.with_world(|world| world.remove_user(id));
    run_plan(&stage, &[]).ends(0);
    assert_eq!(stage.statuses(), ["done"; 3]);
}

#[test]
fn a_seat_that_somebody_else_took_matters_where_a_row_wants_it() {
    let stage = Stage::new();
    stage.free_seats("PMD", 1);
    save(
        &stage,
        &format!("operation,user,licenses\nadd-licenses,{ANNA},PMD\n"),
        &[],
    );
    give(&stage, DAVID, &["PMD"]);
    refused(
        &stage,
        "row 2: the row cannot run: conflict (no seat is left of PMD for this row)",
    )
    .tells("PMD now has 0 free seats; the plan found 1");
}

#[test]
fn rows_that_came_left_or_were_rewritten_are_named() {
    let stage = saved(&three(), &[]);
    let sheet = three().replace("Annika", "Anouk").replace(
        "invite,,ada@new.example,CTZDEVNU,,HR Robots\n",
        &format!("\nset-licenses,{BRAM},,ACNU,,\n"),
    );
    stage.write("sheet.csv", &sheet);
    refused(&stage, "3 things have changed")
        .tells(&format!(
            "row 3: the row was rewritten: update `{ANNA}` as before, with other values"
        ))
        .tells(&format!(
            "row 5: the row is new in the sheet: set-licenses `{BRAM}` `ACNU`"
        ))
        .tells("row 4: the row is no longer in the sheet: invite `ada@new.example` `HR Robots`");
    // The empty line is a row of nothing to the test's own reader.
    stage.write("sheet.csv", three());
}

#[test]
fn a_sheet_that_was_only_sorted_is_the_same() {
    let stage = saved(&three(), &[]);
    let sheet = three();
    let mut rows: Vec<&str> = sheet.lines().collect();
    rows[1..].reverse();
    stage.write("sheet.csv", rows.join("\n"));
    run_plan(&stage, &[]).ends(0);
}

#[test]
fn of_many_changes_the_first_are_named_and_the_others_counted() {
    let stage = Stage::new();
    let people: Vec<String> = stage.world().users().map(|user| user.email.clone()).collect();
    let people: Vec<&String> = people.iter().filter(|who| who.contains('@')).take(25).collect();
    save(
        &stage,
        &crate::support::sheet("operation,user,name", "update,{},Kim", &people),
        &[],
    );
    for who in &people {
        let id = stage.id(who);
        stage
            .sandbox
            .with_world(|world| world.edit_user(id, |user| user.name = Some("Kit".to_owned())));
    }
    // Some come from a directory, which no plan was to change.
    let ran = refused(&stage, "things have changed").tells("  and ");
    assert_eq!(ran.err.matches("now has name `Kit`").count(), 20, "{}", ran.err);
}

#[test]
fn another_organization_is_refused_before_it_is_read() {
    let stage = saved(&three(), &[]);
    let other = Stage::new();
    for (name, value) in [
        ("UIPATH_URI", other.sandbox.base_url()),
        ("RESEAT_ORGANIZATION_ID", other.sandbox.organization_id().to_string()),
        ("UIPATH_CLIENT_SECRET", other.sandbox.client_secret().to_owned()),
    ] {
        stage.set(name, &value);
    }
    let id = "0b9d6a55-2c1c-4f3e-9d5e-aaaaaaaaaaaa";
    stage.set("RESEAT_ORGANIZATION_ID", id);
    refused(&stage, "was made for another organization")
        .tells(id)
        .tells("--profile");
    assert_eq!(other.sandbox.stats().total(), 0);
}

#[test]
fn the_flags_of_the_plan_hold_and_others_are_refused() {
    let stage = saved(&three(), &["--only", "2"]);
    run_plan(&stage, &["--only", "3"])
        .ends(4)
        .tells("`--only 3` was typed; the plan was made with `--only 2`");
    run_plan(&stage, &["--on-shortage", "fill"])
        .ends(4)
        .tells("the plan was made without `--on-shortage`");
    assert_eq!(stage.sandbox.stats().total(), 0);
    run_plan(&stage, &["--only", "2"]).ends(0);
    assert_eq!(stage.statuses(), ["done", "not_run", "not_run"]);
    assert!(stage.results()[1].message().contains("left out by the saved plan"));
}

#[test]
fn other_batch_sizes_matter_once_they_make_other_calls() {
    let stage = Stage::new();
    save(
        &stage,
        &format!("operation,user,licenses\nset-licenses,{HUGO},ACNU\nset-licenses,{DAVID},ACNU\n"),
        &[],
    );
    let size = |name: &str, size: u32| {
        let profile = format!(
            "{}\n[profile.default.batch]\n{name} = {size}\n",
            crate::support::PROFILE
        );
        stage.write("reseat.toml", profile);
    };
    size("users_per_license_call", 1);
    refused(&stage, "`users_per_license_call` is 1 now; the plan was made with 100");
    size("users_per_license_call", 2);
    run_plan(&stage, &[]).ends(0);
}

#[test]
fn a_run_that_stopped_half_way_goes_on_with_its_plan() {
    let stage = saved(&three(), &[]);
    let fault = reseat::sandbox::FaultKind::Status {
        status: 400,
        moment: reseat::sandbox::Moment::BeforeEffect,
    };
    stage.fault(fault, "PUT", "/api/User/", reseat::sandbox::Strikes::Always);
    run_plan(&stage, &[]).ends(3);
    assert_eq!(stage.statuses(), ["done", "rejected", "done"]);
    stage.sandbox.set_faults(reseat::sandbox::Faults::default());
    stage.forget_calls();
    let ran = run_plan(&stage, &["--output", "json"]).ends(0).tells("still holds");
    assert_eq!(stage.statuses(), ["done"; 3]);
    assert_eq!(stage.writes().values().sum::<u64>(), 1, "only what was left");
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(told["next_command"], Value::Null);
}

#[test]
fn what_a_run_left_half_done_is_no_change_but_what_others_did_to_it_is() {
    let stage = Stage::new();
    // The account is made, its licences are refused.
    save(
        &stage,
        "operation,email,licenses\ninvite,ada@new.example,CTZDEVNU\n",
        &[],
    );
    let fault = reseat::sandbox::FaultKind::Status {
        status: 400,
        moment: reseat::sandbox::Moment::BeforeEffect,
    };
    stage.fault(fault, "PUT", "user-license", reseat::sandbox::Strikes::Always);
    run_plan(&stage, &[]).ends(3);
    stage.sandbox.set_faults(reseat::sandbox::Faults::default());
    give(&stage, "ada@new.example", &["ACNU"]);
    run_plan(&stage, &[])
        .ends(4)
        .tells("row 2: `ada@new.example` now holds ACNU");
    let id = stage.id("ada@new.example");
    stage.sandbox.with_world(|world| world.release(id));
    run_plan(&stage, &[]).ends(0).tells("still holds");
    assert_eq!(stage.held("ada@new.example").as_deref(), Some("CTZDEVNU"));
}

#[test]
fn a_migration_of_a_saved_plan_comes_to_its_end_once_its_invitation_is_accepted() {
    let stage = saved(
        &format!("operation,user,new_email\nmigrate,{ANNA},anna@new.example\n"),
        &[],
    );
    run_plan(&stage, &[]).ends(75);
    run_plan(&stage, &[]).ends(75).tells("still holds");
    assert!(
        stage
            .sandbox
            .with_world(|world| world.accept_invitation("anna@new.example"))
    );
    run_plan(&stage, &["--max-deletes", "1"]).ends(0);
    assert!(stage.user(ANNA).is_none());
}

#[test]
fn the_rows_of_a_limited_plan_stay_the_same_however_often_it_is_run() {
    let stage = saved(&three(), &["--limit", "1"]);
    run_plan(&stage, &[]).ends(0);
    run_plan(&stage, &[]).ends(0);
    assert_eq!(stage.statuses(), ["done", "not_run", "not_run"]);
}

#[test]
fn after_the_plan_of_a_part_the_sheet_is_named_for_the_rest() {
    let stage = saved(&three(), &["--limit", "1"]);
    run_plan(&stage, &[])
        .ends(0)
        .tells("next: ")
        .tells(" run --yes sheet.csv\n");
    stage.reseat(&["run", "--yes", "sheet.csv"]).ends(0);
    assert_eq!(stage.statuses(), ["done", "done", "done"]);
}

#[test]
fn a_plan_that_is_finished_is_not_said_to_be_started_over_by_a_flag_that_it_refuses() {
    let stage = saved(&three(), &[]);
    run_plan(&stage, &[]).ends(0);
    let ran = run_plan(&stage, &[]).ends(0).tells("already done or unchanged");
    assert!(!ran.err.contains("--again"), "{}", ran.err);
    stage.rerun(&[]).ends(0).tells("add `--again` to start over");
}

#[test]
fn the_failed_sheet_of_a_saved_plan_is_run_with_the_plans_flags() {
    let stage = Stage::new();
    save(
        &stage,
        &format!("user,groups\nnobody@contoso.example,Finance\n{ANNA},HR Robots\n"),
        &["--operation", "add-to-groups"],
    );
    let ran = run_plan(&stage, &["--output", "json"]).ends(3);
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    let next = told["next_command"].as_str().unwrap();
    assert!(
        next.ends_with("run --yes --output json sheet.failed.csv --operation add-to-groups"),
        "{next}"
    );
}

#[test]
fn a_file_that_is_no_plan_is_refused_with_what_to_do() {
    let stage = saved(&three(), &[]);
    let plan = stage.read("plan.json");
    for (content, told) in [
        (String::new(), "is not a plan saved by reseat"),
        (three(), "is not a plan saved by reseat"),
        (
            "{\"format\": \"tarot\", \"version\": 1}".to_owned(),
            "its `format` is `tarot`",
        ),
        (
            plan.replace("\"version\": 1", "\"version\": 2"),
            "was saved by a newer reseat",
        ),
        (
            plan.replace("\"to_change\",", "\"perhaps\","),
            "is damaged: plan.rows[0].fate",
        ),
        (plan[..plan.len() / 2].to_owned(), "is not a plan saved by reseat"),
    ] {
        stage.write("plan.json", &content);
        run_plan(&stage, &[]).ends(1).tells(told).tells("--save");
    }
    stage
        .reseat(&["run", "--plan", "nothing.json"])
        .ends(1)
        .tells("nothing.json");
}

#[test]
fn saving_replaces_an_older_plan_and_nothing_else() {
    let stage = saved(&three(), &[]);
    save(&stage, &three(), &[]);
    stage
        .reseat(&["plan", "sheet.csv", "--save", "sheet.csv"])
        .ends(1)
        .tells("exists and is not a saved plan");
    assert_eq!(stage.read("sheet.csv"), three());
    assert_eq!(stage.sandbox.stats().total(), 0);
}

#[test]
fn a_plan_is_for_its_owner_only_and_holds_no_password() {
    let stage = Stage::new();
    stage.keep_secret("Hunter2-hunter2");
    save(
        &stage,
        &format!("operation,user,password\nupdate,{ANNA},Hunter2-hunter2\n"),
        &[],
    );
    assert!(stage.read("plan.json").contains("changed password"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs_err::metadata(stage.path("plan.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    run_plan(&stage, &[]).ends(0);
}

#[test]
fn what_a_killed_run_did_without_living_to_record_it_is_no_change() {
    let stage = saved(&three(), &[]);
    run_plan(&stage, &[]).ends(0);
    let told = stage.read("sheet.results.csv");
    for kept in 2..=3 {
        let lines: Vec<&str> = told.split_inclusive('\n').take(kept).collect();
        stage.write("sheet.results.csv", lines.concat());
        run_plan(&stage, &[]).ends(0).tells("still holds");
    }
}

#[test]
fn a_plan_and_its_sheet_may_be_moved_together() {
    let stage = Stage::new();
    let sheet = format!("operation,user,licenses\nset-licenses,{HUGO},ACNU\n");
    fs_err::create_dir(stage.given("drop")).unwrap();
    fs_err::write(stage.given("drop/in.csv"), sheet).unwrap();
    stage
        .reseat(&[
            "plan",
            "drop/in.csv",
            "--save",
            "drop/plan.json",
            "--results",
            "drop/out.csv",
        ])
        .ends(0);
    fs_err::rename(stage.path("drop"), stage.given("moved")).unwrap();
    stage.given("moved/in.csv");
    stage.reseat(&["run", "--plan", "moved/plan.json", "--yes"]).ends(0);
    assert_eq!(lines(&stage.path("moved/out.csv")).len(), 1);
}

#[test]
fn a_trial_can_be_saved_and_run_on_the_sandbox() {
    let stage = saved(&three(), &["--sandbox"]);
    run_plan(&stage, &[]).ends(0).tells("still holds");
    assert_eq!(stage.sandbox.stats().total(), 0);
}

#[test]
fn a_membership_of_another_row_of_the_plan_is_no_change_for_a_deletion() {
    let stage = Stage::new();
    save(
        &stage,
        &format!(
            "operation,user,groups,name\nadd-to-groups,{BRAM},HR Robots,\nupdate,{ANNA},,Annika\ndelete,{BRAM},,\n"
        ),
        &[],
    );
    let fault = reseat::sandbox::FaultKind::Status {
        status: 400,
        moment: reseat::sandbox::Moment::BeforeEffect,
    };
    stage.fault(fault, "DELETE", "/api/User", reseat::sandbox::Strikes::Always);
    run_plan(&stage, &["--max-deletes", "1"]).ends(3);
    assert_eq!(stage.statuses(), ["done", "done", "rejected"]);
    stage.sandbox.set_faults(reseat::sandbox::Faults::default());
    run_plan(&stage, &["--max-deletes", "1"]).ends(0).tells("still holds");
    assert!(stage.user(BRAM).is_none());
}

#[test]
fn what_an_ordinary_run_finished_meanwhile_is_no_change_either() {
    let stage = saved(&three(), &[]);
    stage.rerun(&["--only", "2"]).ends(0);
    run_plan(&stage, &[]).ends(0).tells("still holds");
    assert_eq!(stage.statuses(), ["done"; 3]);
}

#[test]
#[cfg(unix)]
fn a_run_of_a_saved_plan_that_is_killed_goes_on_with_it() {
    let stage = saved(&three(), &[]);
    let fault = reseat::sandbox::FaultKind::Status {
        status: 503,
        moment: reseat::sandbox::Moment::BeforeEffect,
    };
    stage.fault(fault, "PUT", "/api/User/", reseat::sandbox::Strikes::Always);
    let run = stage.start(&["run", "--plan", "plan.json", "--yes"]);
    stage.until("the update is tried", |sandbox| {
        sandbox.stats().calls("identity", "PUT") > 1
    });
    crate::support::signal(&run, "KILL");
    stage.ended(run).ends(137);
    stage.sandbox.set_faults(reseat::sandbox::Faults::default());
    run_plan(&stage, &[]).ends(0).tells("still holds");
    assert_eq!(stage.statuses(), ["done"; 3]);
    assert_eq!(stage.user(ANNA).unwrap().name.as_deref(), Some("Annika"));
}

#[test]
fn what_could_be_done_of_a_row_without_a_seat_is_no_change_afterwards() {
    let sheet = "operation,user,groups,licenses\ninvite,zoe@contoso.example,Finance,RPADEVPRONU\n";
    let stage = saved(sheet, &["--on-shortage", "fill"]);
    run_plan(&stage, &[]).ends(3);
    assert_eq!(stage.statuses(), ["conflict"]);
    run_plan(&stage, &[]).ends(3).tells("still holds");
    assert_eq!(stage.statuses(), ["conflict"]);
}

#[test]
fn a_row_that_the_plan_has_no_seat_for_is_the_sheets_to_finish() {
    let sheet = "operation,user,groups,licenses\ninvite,zoe@contoso.example,Finance,RPADEVPRONU\n";
    let stage = saved(sheet, &["--on-shortage", "fill"]);
    let ran = run_plan(&stage, &[]).ends(3);
    let next = ran.out.lines().find(|line| line.starts_with("next: ")).unwrap();
    assert!(next.contains("sheet.csv") && !next.contains("--plan"), "{next}");
    stage.free_seats("RPADEVPRONU", 1);
    run_plan(&stage, &[]).ends(4).tells(
        "row 2: the row could be carried out; for the plan, it would end as conflict (no seat is left of RPADEVPRONU",
    );
}
