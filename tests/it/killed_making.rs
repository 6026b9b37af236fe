//! A run that is killed while it makes an account: once the account is found, every later line knows that it was made, and
//! what was done for it since.

use std::time::Duration;

use reseat::sandbox::{FaultKind, Faults, Moment, Strikes, World};

use crate::support::{HUGO, NADIA, Stage, bundles};
use crate::undo::{run_undo, undo};

const NEW: &str = "new.hire@contoso.example";
const MOVED: &str = "nadia@new.example";
const ONE: [&str; 2] = ["--max-deletes", "1"];

fn refused() -> FaultKind {
    FaultKind::Refused {
        status: 400,
        words: "not today".to_owned(),
    }
}

/// Starts the sheet, and kills the run once the call to this route has done, or not done, its work, and `when` says so.
fn killed(
    stage: &Stage,
    sheet: &str,
    flags: &[&str],
    route: (&str, &str),
    moment: Moment,
    when: impl Fn(&Stage) -> bool,
) {
    stage.write("sheet.csv", sheet);
    let kind = FaultKind::Stalled {
        time: Duration::from_secs(30),
        moment,
    };
    stage.forget_calls();
    stage.fault(kind, route.0, route.1, Strikes::First(1));
    let mut child = stage.start(&[&["run", "sheet.csv", "--yes"], flags].concat());
    stage.until("the time to kill has come", |_| when(stage));
    child.kill().unwrap();
    stage.ended(child);
    stage.sandbox.set_faults(Faults::default());
}

fn killed_while_inviting(stage: &Stage, sheet: &str, flags: &[&str], address: &str) {
    killed(
        stage,
        sheet,
        flags,
        ("POST", "InviteUsers"),
        Moment::AfterEffect,
        |stage| stage.world().mails_to(address) > 0,
    );
}

fn sheet() -> String {
    format!("operation,email,groups,licenses\ninvite,{NEW},Finance,ATTUNU\n")
}

fn migration(delete_when: &str) -> String {
    format!("operation,user,new_email,delete_when,licenses\nmigrate,{NADIA},{MOVED},{delete_when},ATTUNU\n")
}

fn change<T>(stage: &Stage, change: impl FnOnce(&mut World) -> T) -> T {
    stage.sandbox.with_world(change)
}

fn after(stage: &Stage) -> String {
    stage.results()[0].get("after").to_owned()
}

#[test]
fn nobody_is_invited_again_whose_account_was_made_found_and_deleted_by_somebody() {
    for (sheet, address, flags) in [(sheet(), NEW, &[][..]), (migration("accepted"), MOVED, &ONE[..])] {
        let stage = Stage::new();
        stage.free_seats("ATTUNU", 2);
        killed_while_inviting(&stage, &sheet, flags, address);
        stage.fault(refused(), "PUT", "/user-license", Strikes::Always);
        stage.rerun(flags).ends(3);
        let made = stage.id(address);
        assert!(after(&stage).contains(r#""made":"earlier""#), "{}", after(&stage));
        assert!(!after(&stage).contains("mailed"), "{}", after(&stage));
        assert_eq!(stage.results()[0].get("user_id"), made.to_string());

        stage.sandbox.set_faults(Faults::default());
        change(&stage, |world| world.remove_user(made));
        for _ in 0..2 {
            stage.rerun(flags).ends(3);
            assert_eq!(stage.statuses(), ["in_doubt"], "{address}");
            assert_eq!(stage.results()[0].get("code"), "account_missing");
            assert_eq!(stage.results()[0].get("user_id"), made.to_string());
        }
        assert_eq!(stage.world().mails_to(address), 1);
    }
}

#[test]
fn an_undo_deletes_an_account_that_a_killed_run_made() {
    for (operation, route) in [("invite", "InviteUsers"), ("create", "BulkCreate")] {
        let stage = Stage::new();
        stage.free_seats("ATTUNU", 2);
        let rows = format!("operation,email,groups,licenses\n{operation},{NEW},Finance,ATTUNU\n");
        killed(&stage, &rows, &[], ("POST", route), Moment::AfterEffect, |stage| {
            stage.user(NEW).is_some()
        });
        stage.rerun(&[]).ends(0);
        assert_eq!(stage.statuses(), ["done"]);
        assert!(!after(&stage).contains("mailed"), "{}", after(&stage));
        assert!(
            after(&stage).contains(r#""groups":{"Finance":true}"#),
            "{}",
            after(&stage)
        );
        undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
        run_undo(&stage, "undo.csv").ends(0);
        assert!(stage.user(NEW).is_none(), "{operation}");
    }
}

#[test]
fn an_undo_moves_a_person_back_whom_a_killed_run_invited() {
    let stage = Stage::new();
    killed_while_inviting(&stage, &migration("invited"), &ONE, MOVED);
    stage.rerun(&ONE).ends(0);
    assert!(stage.user(NADIA).is_none());
    undo(&stage, "sheet.results.csv", "undo.csv");
    let written = stage.read("undo.csv");
    assert!(written.contains("migrate") && !written.contains("invite,"), "{written}");
}

#[test]
fn an_undo_deletes_the_new_account_of_a_move_that_waits_and_was_killed_while_it_invited() {
    let stage = Stage::new();
    let sheet = format!("operation,user,new_email,delete_when,groups\nmigrate,{NADIA},{MOVED},accepted,Finance\n");
    killed_while_inviting(&stage, &sheet, &ONE, MOVED);
    stage.rerun(&ONE).ends(75);
    assert!(
        after(&stage).contains(r#""groups":{"Finance":true}"#),
        "{}",
        after(&stage)
    );
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    run_undo(&stage, "undo.csv").ends(0);
    assert!(stage.user(MOVED).is_none() && stage.user(NADIA).is_some());
}

#[test]
fn a_run_that_was_killed_without_resend_keeps_nobody_from_being_mailed_again() {
    let stage = Stage::new();
    stage.allow_mails(3);
    killed_while_inviting(&stage, &format!("operation,email\ninvite,{NEW}\n"), &[], NEW);
    stage.rerun(&["--resend"]).ends(0);
    assert_eq!(stage.world().mails_to(NEW), 2);
    stage.rerun(&["--resend"]).ends(0);
    assert_eq!(stage.world().mails_to(NEW), 2);
}

#[test]
fn an_invitation_that_was_refused_under_resend_does_not_count_as_a_mail() {
    let stage = Stage::new();
    stage.allow_mails(3);
    stage.run(&format!("operation,email\ninvite,{NEW}\n")).ends(0);
    stage.fault(refused(), "POST", "InviteUsers", Strikes::Always);
    stage.rerun(&["--resend"]).ends(3);
    stage.sandbox.set_faults(Faults::default());
    stage.rerun(&["--resend"]).ends(0);
    assert_eq!(stage.world().mails_to(NEW), 2);
}

#[test]
fn licenses_given_by_a_run_that_was_killed_are_on_record_and_taken_off_by_an_undo() {
    let stage = Stage::new();
    stage.free_seats("ATTUNU", 2);
    killed(
        &stage,
        &sheet(),
        &[],
        ("PUT", "/user-license"),
        Moment::AfterEffect,
        |stage| stage.user(NEW).is_some() && stage.held(NEW).is_some(),
    );
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.statuses(), ["done"]);
    let line = after(&stage);
    assert!(
        line.contains(r#""made":"invited""#) && line.contains("ATTUNU"),
        "{line}"
    );
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    run_undo(&stage, "undo.csv").ends(0);
    assert!(stage.user(NEW).is_none());
}

#[test]
fn licenses_that_a_killed_run_did_not_come_to_give_are_given_by_the_next() {
    let stage = Stage::new();
    stage.free_seats("ATTUNU", 2);
    killed(
        &stage,
        &sheet(),
        &[],
        ("PUT", "/user-license"),
        Moment::BeforeEffect,
        |stage| stage.writes().get("allocate-to-users").is_some_and(|calls| *calls > 0),
    );
    assert_eq!(stage.held(NEW), None);
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.held(NEW).as_deref(), Some("ATTUNU"));
    assert_eq!(stage.world().mails_to(NEW), 1);
}

#[test]
fn a_change_that_was_on_its_way_stays_unclear_through_a_run_that_refuses_its_row() {
    let stage = Stage::new();
    let sheet = format!("operation,user,active\nupdate,{HUGO},no\n");
    killed(
        &stage,
        &sheet,
        &[],
        ("PUT", "/api/User/"),
        Moment::AfterEffect,
        |stage| stage.user(HUGO).is_some_and(|user| !user.is_active),
    );
    let twin = change(&stage, |world| {
        let hugo = world.user_called(HUGO).expect("the account").clone();
        let mut twin = hugo.clone();
        twin.id = reseat::model::UserId(uuid::Uuid::from_u128(78));
        world.insert_user(twin.clone());
        twin.id
    });
    stage.rerun(&[]).ends(3);
    assert_eq!(stage.statuses(), ["ambiguous"]);
    assert!(after(&stage).contains(r#""unclear":true"#), "{}", after(&stage));
    change(&stage, |world| world.remove_user(twin));
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.statuses(), ["done"]);
    assert!(!after(&stage).contains("unclear"), "{}", after(&stage));
    assert_eq!(stage.results()[0].message(), "done earlier");
}

/// Somebody else has invited the address, in this name.
fn invited_by_somebody_else(stage: &Stage, address: &str, [name, surname]: [&str; 2]) {
    change(stage, |world| {
        let created = world.users().next().expect("somebody").creation_time;
        let mut user = reseat::sandbox::User::local(
            reseat::model::UserId(uuid::Uuid::from_u128(79)),
            address,
            address,
            created,
        );
        user.name = Some(name.to_owned());
        user.surname = Some(surname.to_owned());
        user.display_name = Some(format!("{name} {surname}"));
        world.insert_user(user);
    });
}

#[test]
fn nobody_else_becomes_the_person_whose_invitation_a_killed_run_had_begun() {
    let stage = Stage::new();
    killed(
        &stage,
        &migration("invited"),
        &ONE,
        ("POST", "InviteUsers"),
        Moment::BeforeEffect,
        |stage| stage.writes().get("invite").is_some_and(|calls| *calls > 0),
    );
    invited_by_somebody_else(&stage, MOVED, ["Max", "Power"]);
    stage.rerun(&ONE).ends(3);
    assert_eq!(stage.results()[0].get("code"), "somebody_else");
    assert!(stage.user(NADIA).is_some());
    assert_eq!((stage.held(MOVED), stage.groups(MOVED)), (None, Vec::new()));
}

#[test]
fn an_account_of_another_name_that_a_killed_invitation_meets_is_not_deleted_by_an_undo() {
    let stage = Stage::new();
    stage.free_seats("ATTUNU", 2);
    let rows = format!("operation,email,name,surname,groups\ninvite,{NEW},Lena,Vogel,Finance\n");
    killed(
        &stage,
        &rows,
        &[],
        ("POST", "InviteUsers"),
        Moment::BeforeEffect,
        |stage| stage.writes().get("invite").is_some_and(|calls| *calls > 0),
    );
    invited_by_somebody_else(&stage, NEW, ["Max", "Power"]);
    stage.rerun(&[]).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    run_undo(&stage, "undo.csv").ends(0);
    assert!(stage.user(NEW).is_some() && stage.groups(NEW).is_empty());
}

#[test]
fn an_account_that_was_there_before_is_not_taken_for_one_that_a_lost_mail_made() {
    let stage = Stage::new();
    stage.allow_mails(3);
    stage.run(&format!("operation,email\ninvite,{NEW}\n")).ends(0);
    let there = stage.id(NEW);
    stage.write("other.csv", format!("operation,email,groups\ninvite,{NEW},Finance\n"));
    stage.reseat(&["run", "other.csv", "--yes"]).ends(0);
    stage.fault(
        FaultKind::Dropped(Moment::AfterEffect),
        "POST",
        "InviteUsers",
        Strikes::First(1),
    );
    stage.reseat(&["run", "other.csv", "--yes", "--resend"]).ends(3);
    stage.sandbox.set_faults(Faults::default());
    stage.reseat(&["run", "other.csv", "--yes"]).ends(0);
    undo(&stage, "other.results.csv", "undo.csv").ends(0);
    run_undo(&stage, "undo.csv").ends(0);
    assert_eq!(stage.id(NEW), there);
    assert!(stage.groups(NEW).is_empty());
}

#[test]
fn what_a_move_onto_an_account_that_was_there_did_is_still_known_after_a_run_that_only_waits() {
    let stage = Stage::new();
    let nadia = stage.user(NADIA).expect("the account");
    invited_by_somebody_else(
        &stage,
        MOVED,
        [&nadia.name.unwrap_or_default(), &nadia.surname.unwrap_or_default()],
    );
    change(&stage, |world| {
        let mut user = world.user_called(MOVED).expect("the account").clone();
        user.invitation_accepted = false;
        world.insert_user(user);
    });
    let sheet = format!("operation,user,new_email,delete_when,groups\nmigrate,{NADIA},{MOVED},accepted,Finance\n");
    for _ in 0..2 {
        stage.run_with(&sheet, &ONE).ends(75);
        assert!(
            after(&stage).contains(r#""groups":{"Finance":true}"#),
            "{}",
            after(&stage)
        );
    }
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    run_undo(&stage, "undo.csv").ends(0);
    assert!(stage.user(MOVED).is_some() && stage.groups(MOVED).is_empty());
}

fn never_given(stage: &Stage, sheet: &str) {
    killed(
        stage,
        sheet,
        &[],
        ("PUT", "/user-license"),
        Moment::BeforeEffect,
        |stage| stage.writes().get("allocate-to-users").is_some_and(|calls| *calls > 0),
    );
}

#[test]
fn an_undo_right_after_a_kill_deletes_the_account_that_was_made_whatever_did_not_come_about() {
    let update = ("PUT", "/api/User/");
    let cases = [
        (sheet(), ("PUT", "/user-license"), "allocate-to-users"),
        (
            format!("operation,email,user,display_name\ninvite,{NEW},,\nupdate,,{NEW},Dr New\n"),
            update,
            "update-user",
        ),
        (
            format!("operation,email,user,active\ninvite,{NEW},,\nupdate,,{NEW},no\n"),
            update,
            "update-user",
        ),
    ];
    for (sheet, route, label) in cases {
        let stage = Stage::new();
        stage.free_seats("ATTUNU", 2);
        killed(&stage, &sheet, &[], route, Moment::BeforeEffect, |stage| {
            stage.writes().get(label).is_some_and(|calls| *calls > 0)
        });
        assert!(stage.user(NEW).is_some(), "{sheet}");
        undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
        run_undo(&stage, "undo.csv").ends(0);
        assert!(stage.user(NEW).is_none(), "{sheet}");
        fs_err::remove_file(stage.path("sheet.results.csv")).expect("the lines of the run that was killed");
    }
}

#[test]
fn an_undo_deletes_an_account_that_a_run_made_and_the_next_did_not_come_to_put_into_a_group() {
    let stage = Stage::new();
    stage.run(&format!("operation,email\ninvite,{NEW}\n")).ends(0);
    let longer = format!("operation,email,user,groups\ninvite,{NEW},,\nadd-to-groups,,{NEW},Finance\n");
    killed(&stage, &longer, &[], ("PUT", "/api/"), Moment::BeforeEffect, |stage| {
        !stage.writes().is_empty()
    });
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    run_undo(&stage, "undo.csv").ends(0);
    assert!(stage.user(NEW).is_none());
    fs_err::remove_file(stage.path("sheet.results.csv")).expect("the lines of the run that was killed");
}

#[test]
fn an_undo_right_after_a_kill_keeps_an_account_that_somebody_has_changed_since() {
    let stage = Stage::new();
    stage.free_seats("ATTUNU", 2);
    never_given(&stage, &sheet());
    let made = stage.id(NEW);
    change(&stage, |world| world.allocate(made, bundles(&["PMD"]), false));
    undo(&stage, "sheet.results.csv", "undo.csv").ends(3);
    assert!(stage.read("undo.csv").contains("it holds PMD now"));
    fs_err::remove_file(stage.path("sheet.results.csv")).expect("the lines of the run that was killed");
}

#[test]
fn groups_of_rows_below_that_went_into_an_invitation_are_known_to_have_come_with_it() {
    let invited = format!("operation,email,user,groups\ninvite,{NEW},,\nadd-to-groups,,{NEW},HR Robots\n");
    let moved = format!(
        "operation,user,new_email,delete_when,groups\nmigrate,{NADIA},{MOVED},invited,\nadd-to-groups,{MOVED},,,HR Robots\n"
    );
    for (sheet, address, flags) in [(invited, NEW, &[][..]), (moved, MOVED, &ONE[..])] {
        let stage = Stage::new();
        let was = stage.groups(NADIA);
        killed_while_inviting(&stage, &sheet, flags, address);
        stage.rerun(flags).ends(0);
        assert_eq!(stage.statuses(), ["done", "unchanged"]);
        assert!(after(&stage).contains(r#""HR Robots":true"#), "{}", after(&stage));
        undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
        run_undo(&stage, "undo.csv");
        if address == NEW {
            assert!(stage.user(NEW).is_none());
        } else {
            assert_eq!(stage.groups(NADIA), was);
        }
    }
}

#[test]
fn a_group_that_an_old_account_is_in_has_not_come_with_an_invitation() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,user,new_email,delete_when,groups\nmigrate,{NADIA},{MOVED},never,Finance\nadd-to-groups,{NADIA},,,HR Robots\n"
    );
    let nadia = stage.id(NADIA);
    change(&stage, |world| {
        let group = world.group_named("HR Robots").expect("the group").id;
        world.join(nadia, group);
    });
    killed_while_inviting(&stage, &sheet, &ONE, MOVED);
    stage.rerun(&ONE).ends(0);
    assert!(!after(&stage).contains("HR Robots\":true"), "{}", after(&stage));
}

#[test]
fn what_somebody_gave_after_a_kill_is_kept_by_the_rerun_and_by_its_undo() {
    let stage = Stage::new();
    for code in ["ATTUNU", "TSTNU", "ACNU"] {
        stage.free_seats(code, 2);
    }
    let hugo = stage.id(HUGO);
    change(&stage, |world| world.allocate(hugo, bundles(&["ATTUNU"]), false));
    never_given(&stage, &format!("operation,user,licenses\nadd-licenses,{HUGO},ACNU\n"));
    change(&stage, |world| {
        world.allocate(hugo, bundles(&["ATTUNU", "TSTNU"]), false);
    });
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.held(HUGO).as_deref(), Some("ACNU; ATTUNU; TSTNU"));
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    run_undo(&stage, "undo.csv").ends(0);
    assert_eq!(stage.held(HUGO).as_deref(), Some("ATTUNU; TSTNU"));
}
