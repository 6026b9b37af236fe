//! People move to a new address: stage by stage, and the old account goes last.

use std::fmt::Write as _;

use reseat::sandbox::{Config, FaultKind, Moment, Strikes};

use crate::support::{ANNA, BRAM, MEI, NADIA, Stage};

const NEW: &str = "nadia@new.example";
const ONE: [&str; 2] = ["--max-deletes", "1"];

fn sheet(delete_when: &str) -> String {
    format!("operation,user,new_email,delete_when\nmigrate,{NADIA},{NEW},{delete_when}\n")
}

fn accept(stage: &Stage) {
    assert!(stage.sandbox.with_world(|world| world.accept_invitation(NEW)));
}

fn assert_moved(stage: &Stage) {
    assert!(stage.user(NADIA).is_none());
    assert_eq!(stage.groups(NEW), ["Human Resources"]);
    assert_eq!(stage.held(NEW).as_deref(), Some("ACNU; ATTUNU"));
    assert_eq!(stage.world().mails_to(NEW), 1);
}

#[test]
fn the_old_account_waits_until_the_invitation_is_accepted() {
    for delete_when in ["accepted", ""] {
        let stage = Stage::new();
        stage.run_with(&sheet(delete_when), &ONE).ends(75);
        assert_eq!(stage.statuses(), ["waiting"]);
        assert!(stage.user(NADIA).is_some());
        assert_eq!(stage.held(NEW).as_deref(), Some("ACNU; ATTUNU"));

        stage.forget_calls();
        stage.rerun(&ONE).ends(75);
        assert_eq!(stage.statuses(), ["waiting"]);
        assert!(stage.writes().is_empty(), "{:?}", stage.writes());

        accept(&stage);
        stage.rerun(&ONE).ends(0);
        assert_eq!(stage.statuses(), ["done"]);
        assert_moved(&stage);
        assert_eq!(stage.writes().values().sum::<u64>(), 1);

        stage.forget_calls();
        stage.rerun(&ONE).ends(0).tells("already done");
        assert!(stage.writes().is_empty());
    }
}

#[test]
fn a_limit_goes_on_behind_moves_that_wait_and_looks_at_all_of_these() {
    let stage = Stage::new();
    let mut sheet = "operation,user,new_email\n".to_owned();
    for (number, user) in [NADIA, ANNA, BRAM, MEI].into_iter().enumerate() {
        writeln!(sheet, "migrate,{user},moved{number}@new.example").unwrap();
    }
    let limit = ["--max-deletes", "4", "--limit", "2"];
    stage
        .run_with(&sheet, &limit)
        .ends(75)
        .tells("reseat run sheet.csv --yes --max-deletes 4\n");
    assert_eq!(stage.counts(), "2 not_run, 2 waiting");
    stage.rerun(&limit).ends(75);
    assert_eq!(stage.counts(), "4 waiting");
    for number in [0, 3] {
        let new = format!("moved{number}@new.example");
        assert!(stage.sandbox.with_world(|world| world.accept_invitation(&new)));
    }
    stage.rerun(&limit).ends(75);
    assert_eq!(stage.statuses(), ["done", "waiting", "waiting", "done"]);
}

#[test]
fn with_invited_the_old_account_goes_in_the_same_run() {
    let stage = Stage::new();
    stage.run_with(&sheet("invited"), &ONE).ends(0);
    assert_eq!(stage.statuses(), ["done"]);
    assert_moved(&stage);
    let before = stage.results()[0].get("before").to_owned();
    assert!(
        before.contains("Human Resources") && before.contains("ATTUNU"),
        "{before}"
    );
}

#[test]
fn with_never_both_accounts_stay() {
    let stage = Stage::new();
    stage.run(&sheet("never")).ends(0);
    assert!(stage.user(NADIA).is_some());
    assert_eq!(stage.held(NADIA).as_deref(), Some("ACNU; ATTUNU"));
    assert_eq!(stage.held(NEW).as_deref(), Some("ACNU; ATTUNU"));
}

#[test]
fn the_rows_own_groups_and_licenses_take_the_place_of_the_old_ones() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,user,new_email,groups,licenses,name,delete_when\nmigrate,{NADIA},{NEW},Finance,TSTNU,Nadja,invited\n"
    );
    stage.run_with(&sheet, &ONE).ends(0);
    assert_eq!(stage.groups(NEW), ["Finance"]);
    assert_eq!(stage.held(NEW).as_deref(), Some("TSTNU"));
    let user = stage.user(NEW).unwrap();
    assert_eq!(
        (user.name.as_deref(), user.surname.as_deref()),
        (Some("Nadja"), Some("Rahman"))
    );
}

#[test]
fn what_a_row_below_gives_the_old_account_keeps_it_until_a_rerun_takes_that_over() {
    for (below, went_over) in [
        ("add-licenses,{},,TSTNU,,,,,", "TSTNU"),
        ("add-to-groups,{},,,Finance,,,,", "Finance"),
        ("update,{},,,,Nadia R.,,,", "Nadia R."),
        ("update,{},,,,,Reyes,,", "Reyes"),
        ("update,{},,,,,,yes,", "basic"),
    ] {
        let stage = Stage::new();
        stage.free_seats("TSTNU", 2);
        let header = "operation,user,new_email,licenses,groups,display_name,surname,bypass_basic_auth,delete_when";
        let below = below.replace("{}", NADIA);
        stage.write(
            "sheet.csv",
            format!("{header}\nmigrate,{NADIA},{NEW},,,,,,invited\n{below}\n"),
        );
        let plan = stage.reseat(&["plan", "sheet.csv"]).ends(0).out;
        assert!(plan.contains("rows below this one give it more"), "{plan}");
        stage.rerun(&ONE).ends(3);
        assert_eq!(stage.statuses(), ["conflict", "done"], "{below}");
        assert!(stage.user(NADIA).is_some(), "{below}");
        stage.rerun(&ONE).ends(0);
        assert!(stage.user(NADIA).is_none(), "{below}");
        let user = stage.user(NEW).unwrap();
        let mut has = stage.groups(NEW);
        has.extend(stage.held(NEW));
        has.extend(user.display_name);
        has.extend(user.surname);
        has.extend(user.bypass_basic_auth_restriction.then(|| "basic".to_owned()));
        assert!(has.iter().any(|text| text.contains(went_over)), "{below}: {has:?}");
    }
}

#[test]
fn what_rows_above_gave_the_old_account_goes_over_too() {
    let stage = Stage::new();
    // A licence that this very sheet gives is not handed over, so both accounts need a seat for a while.
    stage.free_seats("TSTNU", 2);
    let sheet = format!(
        "operation,user,new_email,groups,remove_groups,licenses,name,delete_when\n\
         add-licenses,{NADIA},,,,TSTNU,,\n\
         remove-licenses,{NADIA},,,,ATTUNU,,\n\
         update,{NADIA},,HR Robots,Human Resources,,Nadja,\n\
         migrate,{NADIA},{NEW},,,,,invited\n"
    );
    stage.run_with(&sheet, &ONE).ends(0);
    assert_eq!(stage.held(NEW).as_deref(), Some("ACNU; TSTNU"));
    assert_eq!(stage.groups(NEW), ["HR Robots"]);
    assert_eq!(stage.user(NEW).unwrap().name.as_deref(), Some("Nadja"));
}

#[test]
fn what_is_captured_for_a_rerun_is_what_the_rows_above_left() {
    let stage = Stage::new();
    let sheet =
        format!("operation,user,new_email,delete_when\nrelease-licenses,{NADIA},,\nmigrate,{NADIA},{NEW},invited\n");
    let kind = FaultKind::Status {
        status: 400,
        moment: Moment::BeforeEffect,
    };
    stage.fault(kind, "DELETE", "/api/User", Strikes::First(1));
    stage.run_with(&sheet, &ONE).ends(3);
    assert_eq!(stage.statuses(), ["done", "rejected"]);
    stage.rerun(&ONE).ends(0);
    assert!(stage.user(NADIA).is_none());
    assert_eq!(stage.held(NEW), None);
}

#[test]
fn without_a_free_seat_the_licenses_are_handed_over_when_the_old_account_goes() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 0);
    stage.free_seats("ATTUNU", 0);
    stage.run_with(&sheet("invited"), &ONE).ends(0);
    assert_moved(&stage);
    assert_eq!(stage.writes()["portal-release"], 1);
}

#[test]
fn a_license_that_a_row_above_gives_does_not_stand_in_the_way_of_a_hand_over() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 0);
    stage.free_seats("TSTNU", 2);
    let sheet = format!(
        "operation,user,new_email,licenses,delete_when\n\
         add-licenses,{NADIA},,TSTNU,\n\
         migrate,{NADIA},{NEW},,invited\n"
    );
    stage.run_with(&sheet, &ONE).ends(0);
    assert_eq!(stage.held(NEW).as_deref(), Some("ACNU; ATTUNU; TSTNU"));
    assert!(stage.user(NADIA).is_none());
}

#[test]
fn a_hand_over_waits_for_the_acceptance_too() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 0);
    stage.run_with(&sheet("accepted"), &ONE).ends(75);
    assert_eq!(stage.held(NADIA).as_deref(), Some("ACNU; ATTUNU"));
    assert_eq!(stage.held(NEW), None);
    accept(&stage);
    stage.rerun(&ONE).ends(0);
    assert_moved(&stage);
}

#[test]
fn two_migrations_share_full_pools_without_anyone_losing_out() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 0);
    stage.free_seats("ATTUNU", 1);
    let sheet = format!(
        "operation,user,new_email,delete_when\n\
         migrate,{NADIA},{NEW},invited\n\
         migrate,{MEI},mei@new.example,invited\n\
         migrate,{ANNA},anna@new.example,invited\n"
    );
    stage.run_with(&sheet, &["--max-deletes", "3"]).ends(0);
    assert_moved(&stage);
    assert_eq!(stage.held("mei@new.example").as_deref(), Some("ACNU"));
    assert_eq!(stage.held("anna@new.example").as_deref(), Some("ATTUNU"));
}

#[test]
fn a_hand_over_that_fails_gives_the_old_account_its_licenses_back() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 0);
    let kind = FaultKind::Status {
        status: 400,
        moment: Moment::BeforeEffect,
    };
    // The first allocation is the successor's; the second gives back.
    stage.fault(kind, "PUT", "/user-license", Strikes::Nth(1));
    stage.run_with(&sheet("invited"), &ONE).ends(3);
    assert_eq!(stage.statuses(), ["rejected"]);
    assert_eq!(stage.held(NADIA).as_deref(), Some("ACNU; ATTUNU"));
    assert!(stage.user(NADIA).is_some());
    assert!(
        stage.results()[0].message().contains("given back"),
        "{:?}",
        stage.results()
    );

    stage.rerun(&ONE).ends(0);
    assert_moved(&stage);
}

#[test]
fn stopped_between_release_and_take_over_the_rerun_still_knows_what_to_hand_over() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 0);
    stage.write("sheet.csv", sheet("invited"));
    // The answer to the hand-over never comes, so that the run can be killed in the middle of it.
    let kind = FaultKind::Stalled {
        time: std::time::Duration::from_secs(30),
        moment: Moment::AfterEffect,
    };
    stage.fault(kind, "DELETE", "/UserLicense", Strikes::First(1));
    let mut child = stage.start(&["run", "sheet.csv", "--yes", "--max-deletes", "1"]);
    let id = stage.id(NADIA);
    stage.until("the licences are taken off", |sandbox| {
        sandbox.world().allocation(id).is_none()
    });
    child.kill().unwrap();
    stage.ended(child);
    assert_eq!(stage.held(NADIA), None);
    stage.rerun(&ONE).ends(0);
    assert_moved(&stage);
}

/// Begins a hand-over, hangs up once the licences are off the old account, and waits for the end.
#[cfg(unix)]
fn hung_up_in_a_hand_over(stage: &Stage) -> crate::support::Ran {
    stage.free_seats("ACNU", 0);
    stage.write("sheet.csv", sheet("invited"));
    let child = stage.start(&["run", "sheet.csv", "--yes", "--max-deletes", "1"]);
    let id = stage.id(NADIA);
    stage.until("the licences are taken off", |sandbox| {
        sandbox.world().allocation(id).is_none()
    });
    crate::support::signal(&child, "HUP");
    let ran = stage.ended(child).ends(129);
    assert_eq!(stage.statuses(), ["not_run"]);
    assert!(stage.user(NADIA).is_some());
    ran.tells("1 row whose licences were taken off already")
}

#[test]
#[cfg(unix)]
fn a_hand_over_that_has_begun_is_finished_although_the_run_stops() {
    let stage = Stage::with(Config {
        latency: std::time::Duration::from_millis(300),
        ..Config::unlimited()
    });
    hung_up_in_a_hand_over(&stage);
    assert_eq!(stage.held("nadia@new.example").as_deref(), Some("ACNU; ATTUNU"));
    stage.rerun(&ONE).ends(0);
    assert_moved(&stage);
}

#[test]
#[cfg(unix)]
fn licenses_go_back_where_a_stop_leaves_open_whether_they_were_taken_off() {
    let stage = Stage::new();
    let kind = FaultKind::Stalled {
        time: std::time::Duration::from_secs(2),
        moment: Moment::AfterEffect,
    };
    stage.fault(kind, "DELETE", "/UserLicense", Strikes::First(1));
    hung_up_in_a_hand_over(&stage);
    assert_eq!(stage.held(NADIA).as_deref(), Some("ACNU; ATTUNU"));
    stage.rerun(&ONE).ends(0);
    assert_moved(&stage);
}

#[test]
fn each_stage_that_fails_is_gone_on_from() {
    let kind = || FaultKind::Status {
        status: 400,
        moment: Moment::BeforeEffect,
    };
    for (method, path) in [
        ("POST", "InviteUsers"),
        ("PUT", "/user-license"),
        ("DELETE", "/api/User"),
    ] {
        let stage = Stage::new();
        stage.fault(kind(), method, path, Strikes::First(1));
        stage.run_with(&sheet("invited"), &ONE).ends(3);
        assert!(stage.user(NADIA).is_some(), "{method} {path}");
        stage.rerun(&ONE).ends(0);
        assert_eq!(stage.statuses(), ["done"], "{method} {path}");
        assert_moved(&stage);
    }
}

#[test]
fn an_old_account_is_kept_while_the_new_one_lacks_anything() {
    // Longer than a run takes on a busy machine.
    let lag = std::time::Duration::from_secs(12);
    let stage = Stage::with(Config {
        consistency_lag: lag,
        ..Config::unlimited()
    });
    stage.run_with(&sheet("invited"), &ONE).ends(3);
    assert_eq!(stage.statuses(), ["conflict"]);
    assert!(stage.results()[0].message().contains("kept"), "{:?}", stage.results());
    assert!(stage.user(NADIA).is_some());
    std::thread::sleep(lag);
    stage.rerun(&ONE).ends(0);
    assert_moved(&stage);
}

#[test]
fn a_migration_onto_an_account_that_exists_mails_nobody() {
    let stage = Stage::new();
    let sheet = format!("operation,user,new_email,delete_when\nmigrate,{NADIA},{BRAM},invited\n");
    stage
        .run_with(&sheet, &["--max-deletes", "1", "--onto-existing", "2"])
        .ends(0);
    assert!(stage.user(NADIA).is_none());
    assert_eq!(stage.world().mails().count(), 0);
    assert_eq!(stage.held(BRAM).as_deref(), Some("ACNU; ATTUNU"));
    assert!(stage.groups(BRAM).contains(&"Human Resources".to_owned()));
}

#[test]
fn nobody_can_be_migrated_who_is_not_there() {
    let stage = Stage::new();
    let sheet = "operation,user,new_email\nmigrate,nadja.rahman@contoso.example,nadia@new.example\n";
    stage.run(sheet).ends(3).tells("did you mean");
    assert_eq!(stage.statuses(), ["not_found"]);
    assert!(stage.writes().is_empty());
}
