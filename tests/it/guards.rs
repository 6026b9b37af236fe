//! What stands between a sheet and a mistake.

use reseat::sandbox::{Config, Credentials, FaultKind, Faults, Moment, Strikes};

use crate::support::{ANNA, BRAM, DAVID, HUGO, Stage, sheet};

const TWO_DELETIONS: &str = "operation,user\ndelete,anna.berg@contoso.example\ndelete,bram.okafor@contoso.example\n";

#[test]
fn without_yes_and_without_a_terminal_nothing_is_sent() {
    let stage = Stage::new();
    stage.write("sheet.csv", format!("operation,user,name\nupdate,{ANNA},Annika\n"));
    stage.reseat(&["run", "sheet.csv"]).ends(4).tells("--yes");
    assert!(stage.writes().is_empty());
}

#[test]
fn deletions_need_their_number() {
    let stage = Stage::new();
    stage.run(TWO_DELETIONS).ends(4).tells("--max-deletes 2");
    stage.rerun(&["--max-deletes", "1"]).ends(4).tells("more than the 1");
    assert!(stage.writes().is_empty());
    stage.rerun(&["--max-deletes", "2"]).ends(0);
    assert!(stage.user(ANNA).is_none() && stage.user(BRAM).is_none());
}

#[test]
fn a_migration_that_deletes_counts_as_a_deletion() {
    let stage = Stage::new();
    let sheet = format!("operation,user,new_email,delete_when\nmigrate,{ANNA},anna@new.example,invited\n");
    stage.run(&sheet).ends(4).tells("--max-deletes 1");
    assert_eq!(stage.world().mails().count(), 0);
}

#[test]
fn administrators_are_deleted_only_when_allowed() {
    let stage = Stage::new();
    let sheet = format!("operation,user\ndelete,ursula.meier@contoso.example\ndelete,{ANNA}\n");
    stage
        .run_with(&sheet, &["--max-deletes", "2"])
        .ends(3)
        .tells("--allow-admins");
    assert_eq!(stage.statuses(), ["skipped", "done"]);
    stage.rerun(&["--max-deletes", "2", "--allow-admins"]).ends(0);
    assert!(stage.user("ursula.meier@contoso.example").is_none());
}

#[test]
fn an_administrator_is_not_migrated_away_either() {
    let stage = Stage::new();
    let sheet =
        "operation,user,new_email,delete_when\nmigrate,ursula.meier@contoso.example,ursula@new.example,invited\n";
    stage.run_with(sheet, &["--max-deletes", "1"]).ends(3);
    assert_eq!(stage.statuses(), ["skipped"]);
    assert_eq!(stage.world().mails().count(), 0);
}

#[test]
fn reseat_never_deletes_the_account_it_runs_as() {
    let demo = Stage::new();
    let stage = Stage::with(Config {
        credentials: Credentials {
            acting_user: Some(demo.id(ANNA)),
            ..Credentials::default()
        },
        ..Config::unlimited()
    });
    stage
        .run_with(TWO_DELETIONS, &["--max-deletes", "2", "--allow-admins"])
        .ends(3);
    assert_eq!(stage.statuses(), ["skipped", "done"]);
    assert!(stage.results()[0].message().contains("signed in as"));
}

#[test]
fn only_and_limit_run_a_part_and_leave_the_rest_for_later() {
    let stage = Stage::new();
    let sheet = sheet("operation,user,name", "update,{},Kim", [ANNA, BRAM, DAVID, HUGO]);
    stage.run_with(&sheet, &["--only", "3-4"]).ends(0);
    assert_eq!(stage.statuses(), ["not_run", "done", "done", "not_run"]);
    stage.rerun(&["--limit", "1"]).ends(0);
    assert_eq!(stage.statuses(), ["done", "done", "done", "not_run"]);
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.statuses(), ["done", "done", "done", "done"]);
}

#[test]
fn a_sheet_of_which_nothing_is_left_to_run_is_no_success() {
    let stage = Stage::new();
    let sheet = sheet("operation,user,name", "update,{},Kim", [ANNA]);
    stage
        .run_with(&sheet, &["--only", "900"])
        .ends(1)
        .tells("none of the rows that `--only` names");
    stage
        .run_with("Action,Colour\nupdate,red\n", &["--skip-invalid"])
        .ends(2)
        .tells("no row of the sheet could be read");
    assert!(stage.writes().is_empty());
}

/// Thirty updates of which the first three are refused.
fn three_refused() -> (Stage, String) {
    let stage = Stage::new();
    let refused = [
        "priya.iyer@contoso.example",
        "paula.jansen@contoso.example",
        "igor.pavlov@contoso.example",
    ];
    let world = stage.world();
    let others = world.users().map(|user| user.email.as_str());
    let others = others.filter(|who| !refused.contains(who)).take(27);
    let sheet = sheet(
        "operation,user,name",
        "update,{},Kim",
        refused.into_iter().chain(others),
    );
    (stage, sheet)
}

#[test]
fn a_run_stops_when_too_many_rows_fail_and_the_others_are_not_run() {
    for (most, failed) in [("2", 2..=3), ("10%", 3..=3)] {
        let (stage, sheet) = three_refused();
        stage
            .run_with(&sheet, &["--max-failures", most, "--concurrency", "1"])
            .ends(4)
            .tells("--max-failures");
        let statuses = stage.statuses();
        let of = |wanted: &str| statuses.iter().filter(|status| *status == wanted).count();
        assert!(failed.contains(&of("rejected")), "{statuses:?}");
        assert!(of("not_run") > 0, "{statuses:?}");
        assert_eq!(of("rejected") + of("not_run") + of("done"), 30);
        stage.rerun(&[]).ends(3);
        assert_eq!(stage.counts(), "27 done, 3 rejected");
    }
}

#[test]
fn a_shortage_of_seats_stops_before_anything_is_sent_and_names_who_would_miss_out() {
    let stage = Stage::new();
    stage.free_seats("PMD", 1);
    let sheet = format!(
        "operation,user,licenses,name\nadd-licenses,{ANNA},PMD,\nadd-licenses,{BRAM},PMD,\nupdate,{HUGO},,Kim\n"
    );
    stage
        .run(&sheet)
        .ends(4)
        .tells(&format!("row 3: {BRAM} misses PMD"))
        .tells("--on-shortage fill");
    assert!(stage.writes().is_empty());
    stage.rerun(&["--on-shortage", "fill"]).ends(3);
    assert_eq!(stage.statuses(), ["done", "conflict", "done"]);
    assert_eq!(stage.held(ANNA).as_deref(), Some("ATTUNU; PMD"));
    stage.free_seats("PMD", 1);
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.held(BRAM).as_deref(), Some("ATTUNU; PMD"));
}

#[test]
fn seats_that_the_sheet_frees_itself_count() {
    let stage = Stage::new();
    stage.free_seats("ATTUNU", 0);
    let sheet = format!("operation,user,licenses\nset-licenses,{HUGO},ATTUNU\nrelease-licenses,{ANNA},\n");
    stage.run(&sheet).ends(0);
    assert_eq!(stage.held(HUGO).as_deref(), Some("ATTUNU"));
    assert_eq!(stage.held(ANNA), None);
}

#[test]
fn two_people_swap_the_last_seats() {
    let stage = Stage::new();
    stage.free_seats("ATTUNU", 0);
    stage.free_seats("ACNU", 0);
    let sheet =
        format!("operation,user,licenses\nset-licenses,{ANNA},ACNU\nset-licenses,mei.chen@contoso.example,ATTUNU\n");
    stage.run(&sheet).ends(0);
    assert_eq!(stage.held(ANNA).as_deref(), Some("ACNU"));
    assert_eq!(stage.held("mei.chen@contoso.example").as_deref(), Some("ATTUNU"));
}

#[test]
fn who_gave_up_a_license_and_was_refused_the_next_is_known_to_have_held_it_until_the_row_is_done() {
    const MEI: &str = "mei.chen@contoso.example";
    let stage = Stage::new();
    stage.free_seats("ATTUNU", 0);
    stage.free_seats("ACNU", 0);
    let refused = FaultKind::Status {
        status: 409,
        moment: Moment::BeforeEffect,
    };
    stage.fault(refused, "PUT", "icense", Strikes::Always);
    stage
        .run(&format!(
            "operation,user,licenses\nset-licenses,{ANNA},ACNU\nset-licenses,{MEI},ATTUNU\n"
        ))
        .ends(3);
    let lost = |stage: &Stage| {
        let results = stage.results();
        let row = results.iter().position(|line| !line.get("after").is_empty()).unwrap();
        (row, results[row].get("before").to_owned())
    };
    let (row, before) = lost(&stage);
    assert!(before.contains("ATTUNU") || before.contains("ACNU"), "{before}");
    assert_eq!(stage.held([ANNA, MEI][row]), None);

    // Refused again, left out, and gone from the sheet for a while: the line stays.
    let left_out = if row == 0 { "3" } else { "2" };
    for flags in [&[][..], &["--only", left_out]] {
        stage.rerun(flags).ends(3);
        assert_eq!(lost(&stage), (row, before.clone()), "{flags:?}");
    }
    let both = stage.read("sheet.csv");
    stage
        .run(&format!("operation,user,groups\nadd-to-groups,{HUGO},HR Robots\n"))
        .ends(0);
    stage.sandbox.set_faults(Faults::default());
    stage.run(&both).ends(0);
    let results = stage.results();
    assert_eq!(
        (results[row].status(), results[row].get("before")),
        ("done", before.as_str())
    );
    assert_eq!(stage.held(ANNA).as_deref(), Some("ACNU"));
    assert_eq!(stage.held(MEI).as_deref(), Some("ATTUNU"));
}

#[test]
fn an_invalid_sheet_is_refused_whole_unless_the_invalid_rows_may_be_skipped() {
    let stage = Stage::new();
    let sheet = format!("operation,user,licenses\nset-licenses,{DAVID},ATTUNUU\nset-licenses,{HUGO},ACNU\n");
    stage.run(&sheet).ends(2).tells("did you mean").tells("--skip-invalid");
    assert!(stage.writes().is_empty());
    stage.rerun(&["--skip-invalid"]).ends(3);
    assert_eq!(stage.statuses(), ["invalid", "done"]);
    assert!(stage.results()[0].message().contains("ATTUNUU"));
}

#[test]
fn a_code_that_only_the_organization_knows_is_accepted() {
    let stage = Stage::new();
    stage.sandbox.with_world(|world| world.set_seats("NEWNU", 5));
    stage
        .run(&format!("operation,user,licenses\nset-licenses,{DAVID},newnu\n"))
        .ends(0);
    assert_eq!(stage.held(DAVID).as_deref(), Some("NEWNU"));
}

#[test]
fn a_refused_run_leaves_no_results_behind() {
    let stage = Stage::new();
    stage.run(TWO_DELETIONS).ends(4);
    assert!(!stage.exists("sheet.results.csv"));
}
