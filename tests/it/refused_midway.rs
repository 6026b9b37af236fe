//! Rows that were begun and that a later run refuses before it does anything: what was begun is not forgotten.

use reseat::model::UserId;
use reseat::sandbox::{FaultKind, Faults, Moment, Strikes, User, World};
use uuid::Uuid;

use crate::support::{BRAM, NADIA, Ran, Stage};

const NEW: &str = "nadia@new.example";
const ONE: [&str; 2] = ["--max-deletes", "1"];

fn sheet(delete_when: &str, groups: &str) -> String {
    format!("operation,user,new_email,delete_when,groups\nmigrate,{NADIA},{NEW},{delete_when},{groups}\n")
}

fn change<T>(stage: &Stage, change: impl FnOnce(&mut World) -> T) -> T {
    stage.sandbox.with_world(change)
}

/// Runs the sheet again while the group is not there.
fn rerun_without(stage: &Stage, group: &str) {
    let group = change(stage, |world| {
        let id = world.group_named(group).expect("the group").id;
        world.remove_group(id).expect("the group")
    });
    stage.rerun(&ONE).ends(3);
    assert_eq!(stage.statuses(), ["not_found"]);
    assert_eq!(stage.results()[0].get("code"), "group_not_found");
    change(stage, |world| world.insert_group(group));
}

#[test]
fn an_account_that_took_the_old_name_over_is_left_alone_however_often_the_sheet_is_run() {
    let stage = Stage::new();
    stage.run_with(&sheet("accepted", ""), &ONE).ends(75);
    let old = stage.user(NADIA).expect("the old account");
    let another = UserId(Uuid::from_u128(77));
    change(&stage, |world| {
        world.accept_invitation(NEW);
        world.remove_user(old.id);
        world.insert_user(User::local(another, NADIA, NADIA, old.creation_time));
    });
    for _ in 0..3 {
        stage.rerun(&ONE).ends(3);
        assert_eq!(stage.statuses(), ["conflict"]);
        assert_eq!(stage.results()[0].get("code"), "another_account");
    }
    let flags = ["run", "sheet.failed.csv", "--yes", "--max-deletes", "1"];
    stage.reseat(&flags).ends(3);
    assert_eq!(stage.id(NADIA), another);
}

/// What `begin` does while no licence can be given: a hand-over gets stuck once the licences are off the old account.
fn stuck(stage: &Stage, begin: impl FnOnce()) {
    stage.free_seats("ACNU", 0);
    let kind = FaultKind::Status {
        status: 500,
        moment: Moment::BeforeEffect,
    };
    stage.fault(kind, "PUT", "/user-license", Strikes::Always);
    begin();
    assert_eq!(stage.held(NADIA), None);
    stage.sandbox.set_faults(Faults::default());
}

fn stuck_in_a_hand_over(stage: &Stage, sheet: &str) {
    let flags = [&ONE[..], &["--retries", "1"]].concat();
    stuck(stage, || {
        stage.run_with(sheet, &flags).ends(3);
    });
}

fn assert_moved(stage: &Stage) {
    assert_eq!(stage.held(NEW).as_deref(), Some("ACNU; ATTUNU"));
    assert!(stage.user(NADIA).is_none());
}

#[test]
fn licenses_taken_off_arrive_although_a_run_in_between_finds_the_rows_group_missing() {
    let stage = Stage::new();
    stuck_in_a_hand_over(&stage, &sheet("invited", "Finance"));
    rerun_without(&stage, "Finance");
    stage.rerun(&ONE).ends(0);
    assert_moved(&stage);
    assert_eq!(stage.groups(NEW), ["Finance"]);
}

#[test]
fn a_move_that_waits_goes_on_after_a_run_that_found_its_group_missing() {
    let stage = Stage::new();
    stage.run_with(&sheet("accepted", "Finance"), &ONE).ends(75);
    rerun_without(&stage, "Finance");
    // What somebody else takes away while the row waits is not given back to the new account.
    let old = stage.id(NADIA);
    let new = stage.id(NEW);
    change(&stage, |world| {
        world.release(old);
        world.release(new);
        world.accept_invitation(NEW);
    });
    stage.rerun(&ONE).ends(0);
    assert_eq!(stage.statuses(), ["done"]);
    assert_eq!(stage.held(NEW), None);
    assert!(!stage.results()[0].get("after").contains("waited"));
}

#[test]
fn nobody_is_mailed_again_for_an_account_that_was_made_and_is_gone_however_often_the_sheet_is_run() {
    let stage = Stage::new();
    stage.run_with(&sheet("accepted", ""), &ONE).ends(75);
    let new = stage.id(NEW);
    change(&stage, |world| world.remove_user(new));
    for _ in 0..3 {
        let ran = stage.rerun(&ONE).ends(3);
        // That the same command finds it out would not be true.
        assert!(!ran.err.contains("in doubt, because"), "{}", ran.err);
        assert_eq!(stage.statuses(), ["in_doubt"]);
        assert_eq!(stage.results()[0].get("code"), "account_missing");
    }
    assert_eq!(stage.world().mails_to(NEW), 1);
}

#[test]
fn an_undo_knows_of_an_invitation_after_a_run_that_found_the_rows_group_missing() {
    let stage = Stage::new();
    let person = "new.hire@contoso.example";
    stage.free_seats("ATTUNU", 0);
    let sheet = format!("operation,email,groups,licenses\ninvite,{person},Finance,ATTUNU\n");
    stage.run_with(&sheet, &["--on-shortage", "fill"]).ends(3);
    let made = stage.id(person);
    let after = stage.results()[0].get("after").to_owned();
    assert!(after.contains("invited"), "{after}");

    rerun_without(&stage, "Finance");
    assert_eq!(stage.results()[0].get("after"), after);
    assert_eq!(stage.results()[0].get("user_id"), made.to_string());
    change(&stage, |world| {
        let group = world.group_named("Finance").expect("the group").id;
        world.join(made, group)
    });
    stage.reseat(&["undo", "sheet.results.csv", "-o", "undo.csv"]).ends(0);
    assert!(stage.read("undo.csv").contains(&made.to_string()));
}

#[test]
fn a_move_that_left_the_sheet_with_its_licenses_taken_off_is_told_and_nobody_is_told_to_start_over() {
    let stage = Stage::new();
    let other = format!("add-to-groups,{BRAM},,,Finance\n");
    let whole = sheet("invited", "") + &other;
    stuck_in_a_hand_over(&stage, &whole);

    let header = whole.lines().next().expect("a header");
    let ran = stage.run(&format!("{header}\n{other}"));
    assert!(!ran.err.contains("--again"), "{}", ran.err);
    ran.tells("1 row was begun and left the sheet unfinished").tells(NADIA);

    stage.run_with(&whole, &ONE).ends(0);
    assert_moved(&stage);
}

/// What is said where the sheet has only its other row any more.
fn told_without_the_row(stage: &Stage, other: &str) -> Ran {
    stage.run(&format!("operation,user,groups\n{other}"))
}

#[test]
fn a_row_that_was_begun_and_left_the_sheet_is_told_however_its_last_run_ended() {
    let other = format!("add-to-groups,{BRAM},Finance\n");
    let stuck_move = |stage: &Stage| {
        let other = format!("add-to-groups,{BRAM},,,Finance\n");
        stuck_in_a_hand_over(stage, &(sheet("invited", "") + &other));
    };
    let refused_later = |stage: &Stage| {
        stuck_move(stage);
        let old = stage.id(NADIA);
        change(stage, |world| world.edit_user(old, |user| user.is_active = false));
        stage.rerun(&ONE).ends(3);
        "skipped"
    };
    let not_reached_later = |stage: &Stage| {
        stuck_move(stage);
        let unauthorized = FaultKind::Status {
            status: 401,
            moment: Moment::BeforeEffect,
        };
        stage.fault(unauthorized, "PUT", "/user-license", Strikes::Always);
        stage.rerun(&ONE).ends(5);
        stage.sandbox.set_faults(Faults::default());
        "not_run"
    };
    let answer_lost = |stage: &Stage| {
        stage.fault(
            FaultKind::Dropped(Moment::AfterEffect),
            "PUT",
            "/api/User/",
            Strikes::Always,
        );
        let sheet = format!("operation,user,active,groups\nupdate,{NADIA},no,\nadd-to-groups,{BRAM},,Finance\n");
        stage.run_with(&sheet, &["--retries", "0"]).ends(3);
        stage.sandbox.set_faults(Faults::default());
        "failed"
    };
    let mailed = |stage: &Stage| {
        stage.free_seats("ATTUNU", 0);
        let sheet =
            format!("operation,email,user,licenses,groups\ninvite,{NEW},,ATTUNU,\nadd-to-groups,,{BRAM},,Finance\n");
        stage.run_with(&sheet, &["--on-shortage", "fill"]).ends(3);
        "conflict"
    };
    let ways: [&dyn Fn(&Stage) -> &'static str; 4] = [&refused_later, &not_reached_later, &answer_lost, &mailed];
    for leave_off in ways {
        let stage = Stage::new();
        let status = leave_off(&stage);
        assert_eq!(stage.statuses()[0], status);
        let ran = told_without_the_row(&stage, &other);
        assert!(!ran.err.contains("--again"), "{status}: {}", ran.err);
        ran.tells("1 row was begun and left the sheet unfinished");
    }
}

#[test]
fn a_row_that_only_waited_for_its_invitation_may_leave_the_sheet_also_where_a_later_run_refused_it() {
    let stage = Stage::new();
    stage.run_with(&sheet("accepted", "Finance"), &ONE).ends(75);
    rerun_without(&stage, "Finance");
    let ran = told_without_the_row(&stage, &format!("add-to-groups,{BRAM},Finance\n")).ends(0);
    assert!(!ran.err.contains("left the sheet"), "{}", ran.err);
}

#[test]
fn a_corrected_move_goes_on_after_a_run_that_left_it_out() {
    let stage = Stage::new();
    let other = format!("add-to-groups,{BRAM},,,Finance\n");
    stuck_in_a_hand_over(&stage, &(sheet("invited", "") + &other));
    let corrected = sheet("invited", "Finance") + &other;
    stage.run_with(&corrected, &["--only", "3"]);
    assert_eq!(stage.statuses()[0], "not_run");
    stage.run_with(&corrected, &ONE).ends(0);
    assert_moved(&stage);
    assert_eq!(stage.statuses()[0], "done");
    assert_eq!(stage.statuses().len(), 2);
}

#[test]
fn a_row_that_is_corrected_twice_has_one_line_and_is_not_told_as_left_behind() {
    let stage = Stage::new();
    stuck_in_a_hand_over(&stage, &sheet("invited", "Finance"));
    let failed = stage.read("sheet.failed.csv");
    let flags = ["run", "sheet.failed.csv", "--yes", "--max-deletes", "1"];
    stage.write("sheet.failed.csv", failed.replace("Finance", "Finanze"));
    stage.reseat(&flags).ends(3);
    stage.write("sheet.failed.csv", failed.replace("Finance", "Human Resources"));
    stage.reseat(&flags).ends(0);
    assert_moved(&stage);
    assert_eq!(stage.statuses(), ["done"]);
    let ran = stage.rerun(&ONE).ends(0);
    assert!(!ran.err.contains("left the sheet"), "{}", ran.err);
}

#[test]
fn a_sheet_that_is_corrected_itself_goes_on_with_what_its_sheet_of_failed_rows_began() {
    let stage = Stage::new();
    stage.run_with(&sheet("invited", "Finanze"), &ONE).ends(3);
    let failed = stage.read("sheet.failed.csv");
    stage.write("sheet.failed.csv", failed.replace("Finanze", "Finance"));
    stuck(&stage, || {
        let flags = [
            "run",
            "sheet.failed.csv",
            "--yes",
            "--max-deletes",
            "1",
            "--retries",
            "1",
        ];
        stage.reseat(&flags).ends(3);
    });
    stage.run_with(&sheet("invited", "Human Resources"), &ONE).ends(0);
    assert_moved(&stage);
    assert_eq!(stage.statuses(), ["done"]);
}

#[test]
fn a_move_that_waits_and_is_not_reached_still_waits_afterwards() {
    let stage = Stage::new();
    let nobody = "add-to-groups,nobody@nowhere.example,,,Finance\n";
    let waiting = sheet("accepted", "Finance");
    stage.run_with(&waiting, &ONE).ends(75);
    let both = format!("{waiting}{nobody}");
    stage.run_with(&both, &[&ONE[..], &["--max-failures", "1"]].concat());
    let (old, new) = (stage.id(NADIA), stage.id(NEW));
    change(&stage, |world| {
        world.release(old);
        world.release(new);
        world.accept_invitation(NEW);
    });
    stage.run_with(&waiting, &ONE).ends(0);
    assert_eq!(stage.held(NEW), None);
}

#[test]
fn a_corrected_address_is_not_told_as_a_row_that_left_the_sheet() {
    let stage = Stage::new();
    let header = "operation,user,new_email,delete_when,groups\n";
    let to = |address: &str| format!("{header}migrate,{NADIA},{address},invited,\n");
    stuck_in_a_hand_over(&stage, &to("nadja@new.example"));
    for _ in 0..2 {
        let ran = stage.run_with(&to(NEW), &ONE).ends(0);
        assert!(!ran.err.contains("left the sheet"), "{}", ran.err);
    }
    assert_moved(&stage);
}

#[test]
fn whether_an_invitation_was_sent_stays_in_doubt_in_a_run_that_finds_the_rows_group_missing() {
    let stage = Stage::new();
    let person = "new.hire@contoso.example";
    stage.write(
        "sheet.csv",
        format!("operation,email,groups\ninvite,{person},Finance\n"),
    );
    let kind = FaultKind::Stalled {
        time: std::time::Duration::from_secs(30),
        moment: Moment::AfterEffect,
    };
    stage.fault(kind, "POST", "InviteUsers", Strikes::First(1));
    let mut child = stage.start(&["run", "sheet.csv", "--yes"]);
    stage.until("the invitation is made", |sandbox| sandbox.world().mails_to(person) > 0);
    child.kill().unwrap();
    stage.ended(child);
    let id = stage.id(person);
    let account = change(&stage, |world| world.remove_user(id).expect("the account"));
    let group = change(&stage, |world| {
        let id = world.group_named("Finance").expect("the group").id;
        world.remove_group(id).expect("the group")
    });
    stage.rerun(&[]).ends(3);
    assert_eq!(stage.statuses(), ["in_doubt"]);
    assert_eq!(stage.results()[0].get("code"), "group_not_found");
    change(&stage, |world| {
        world.insert_group(group);
        world.insert_user(account);
    });
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.world().mails_to(person), 1);
}

#[test]
fn whom_a_run_mailed_again_when_it_was_killed_is_not_mailed_by_the_runs_after_it() {
    let stage = Stage::new();
    stage.allow_mails(2);
    stage.run_with(&sheet("accepted", "Finance"), &ONE).ends(75);
    let kind = FaultKind::Stalled {
        time: std::time::Duration::from_secs(30),
        moment: Moment::AfterEffect,
    };
    stage.fault(kind, "POST", "InviteUsers", Strikes::First(1));
    let mut child = stage.start(&["run", "sheet.csv", "--yes", "--max-deletes", "1", "--resend"]);
    stage.until("the person is mailed again", |sandbox| {
        sandbox.world().mails_to(NEW) == 2
    });
    child.kill().unwrap();
    stage.ended(child);
    rerun_without(&stage, "Finance");
    for _ in 0..2 {
        stage.rerun(&[&ONE[..], &["--resend"]].concat()).ends(75);
    }
    assert_eq!(stage.world().mails_to(NEW), 2);
}
