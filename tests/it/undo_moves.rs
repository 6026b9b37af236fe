//! Undoing what happened to one account over several rows and runs, moves to other addresses above all: what was there
//! before the first of them comes back, and nothing that somebody else did is taken for the run's.

use std::time::Duration;

use reseat::model::UserId;
use reseat::sandbox::{FaultKind, FaultRule, Faults, Moment, Strikes, World};

use crate::support::{BRAM, DAVID, HUGO, MEI, NADIA, Ran, Stage, bundles};
use crate::undo::{FINISH, differences, notes, operations, rows, run_undo, undo};

const NEW: &str = "mei@new.example";

fn stage() -> Stage {
    let stage = Stage::new();
    for code in ["ACNU", "ATTUNU", "TSTNU"] {
        stage.free_seats(code, 9);
    }
    stage
}

/// Runs the sheet, deletions confirmed.
fn run(stage: &Stage, sheet: &str) -> Ran {
    stage.run_with(sheet, &FINISH[1..])
}

/// Runs the undo, accepts the invitations that it sent and runs it to its end; what differs from the beginning then. A
/// display name that is made of the names is left to the service.
fn undone(stage: &Stage, first: &World) -> Vec<String> {
    run_undo(stage, "undo.csv");
    let world = stage.world();
    let is_new = |email: &str| first.user_called(email).is_none_or(|user| user.invitation_accepted);
    let invited = world
        .users()
        .filter(|user| !user.invitation_accepted && is_new(&user.email));
    for email in invited.map(|user| user.email.clone()) {
        stage.sandbox.with_world(|world| world.accept_invitation(&email));
    }
    run_undo(stage, "undo.csv").ends(0);
    let mut left = differences(first, &stage.world());
    left.retain(|change| !change.contains(" display name: "));
    left
}

fn migrate(old: &str, new: &str) -> String {
    format!("operation,user,new_email,delete_when\nmigrate,{old},{new},invited\n")
}

/// An account of the same name as one that there was, made by somebody else.
fn made_anew_by_others(stage: &Stage, who: &str) {
    stage.sandbox.with_world(|world| {
        let mut anew = world.user_called(who).unwrap().clone();
        world.remove_user(anew.id);
        anew.id = UserId("00000000-0000-4000-8000-0000000000aa".parse().unwrap());
        world.insert_user(anew);
    });
}

#[test]
fn whoever_was_moved_gets_back_what_the_old_account_had_and_not_what_the_row_gave() {
    let stage = stage();
    stage.sandbox.with_world(|world| {
        let id = |who: &str| world.user_called(who).unwrap().id;
        let (hugo, mei, nadia) = (id(HUGO), id(MEI), id(NADIA));
        let groups: Vec<_> = world.user(hugo).unwrap().groups.iter().copied().collect();
        for group in groups {
            world.leave(hugo, group);
        }
        world.allocate(mei, bundles(&[]), false);
        world.allocate(nadia, bundles(&["ACNU"]), true);
    });
    let first = stage.world();
    run(
        &stage,
        &format!(
            "operation,user,new_email,delete_when,groups,licenses,name,surname\n\
             migrate,{HUGO},hugo@new.example,invited,HR Robots,ACNU,,\n\
             migrate,{MEI},{NEW},invited,,ACNU,,\n\
             migrate,{NADIA},nadia@new.example,invited,Finance,TSTNU,,\n\
             migrate,{DAVID},david@new.example,invited,,,Dave,Brown\n"
        ),
    )
    .ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(
        operations(&stage, "undo.csv"),
        [
            "migrate",
            "set-licenses",
            "update",
            "migrate",
            "block-licenses",
            "migrate",
            "release-licenses",
            "remove-from-groups",
            "migrate",
        ]
    );
    assert_eq!(rows(&stage, "undo.csv")[0].get("surname"), "Moreau");
    assert_eq!(undone(&stage, &first), [""; 0]);
}

#[test]
fn an_old_account_that_somebody_else_deleted_is_not_brought_back() {
    for (when, ends) in [("accepted", 75), ("never", 0)] {
        let stage = stage();
        run(
            &stage,
            &format!("operation,user,new_email,delete_when\nmigrate,{MEI},{NEW},{when}\n"),
        )
        .ends(ends);
        let mei = stage.id(MEI);
        stage.sandbox.with_world(|world| world.remove_user(mei));
        undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
        assert_eq!(operations(&stage, "undo.csv"), ["delete"], "{when}");
        let notes = notes(&stage, "undo.csv");
        assert!(notes.contains("somebody else has deleted the old account"), "{notes}");
        run_undo(&stage, "undo.csv").ends(0);
        assert!(stage.user(NEW).is_none() && stage.user(MEI).is_none(), "{when}");
        assert_eq!(stage.world().mails_to(MEI), 0);
    }
}

#[test]
fn a_deletion_over_which_the_run_was_killed_is_its_own() {
    let stage = stage();
    let first = stage.world();
    fs_err::write(stage.given("sheet.csv"), migrate(MEI, NEW)).unwrap();
    let kind = FaultKind::Stalled {
        time: Duration::from_secs(30),
        moment: Moment::AfterEffect,
    };
    stage.fault(kind, "DELETE", "/User", Strikes::First(1));
    let mut child = stage.start(&[&["run", "sheet.csv"], &FINISH[..]].concat());
    stage.until("the old account is deleted", |sandbox| {
        sandbox.world().user_called(MEI).is_none()
    });
    child.kill().unwrap();
    stage.ended(child);
    stage.rerun(&FINISH[1..]).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["migrate"]);
    assert!(stage.world().user_called(MEI).is_none() && first.user_called(MEI).is_some());
}

#[test]
fn what_a_killed_run_gave_an_account_that_a_person_was_moved_to_is_taken_off_it_again() {
    for call in 1.. {
        let stage = stage();
        let first = stage.world();
        let sheet = format!("operation,user,new_email,delete_when\nmigrate,{MEI},{BRAM},invited\n");
        fs_err::write(stage.given("sheet.csv"), sheet).unwrap();
        let stalled = FaultKind::Stalled {
            time: Duration::from_secs(30),
            moment: Moment::AfterEffect,
        };
        let rules = ["PUT", "DELETE"].map(|method| {
            FaultRule::new(stalled.clone())
                .on(method, "")
                .strikes(Strikes::Nth(call))
        });
        stage.sandbox.set_faults(Faults {
            rules: rules.to_vec(),
            ..Faults::default()
        });
        let flags = [&FINISH[..], &["--onto-existing", "2"]].concat();
        let mut child = stage.start(&[&["run", "sheet.csv"], &flags[..]].concat());
        let mut has_ended = false;
        stage.until("the run is held up or has ended", |sandbox| {
            has_ended = child.try_wait().unwrap().is_some();
            has_ended || sandbox.is_stalling()
        });
        let _ = child.kill();
        stage.ended(child);
        if has_ended {
            assert!(call > 1);
            break;
        }
        stage.sandbox.set_faults(Faults::default());
        stage.rerun(&flags[1..]).ends(0);
        assert_eq!(stage.statuses(), ["done"]);
        undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
        run_undo(&stage, "undo.csv").ends(0);
        let bram = |world: &World| {
            let user = world.user_called(BRAM).unwrap();
            let held = world.allocation(user.id).map(|held| held.bundles.clone());
            (user.groups.clone(), held)
        };
        assert_eq!(bram(&stage.world()), bram(&first), "killed at call {call}");
    }
}

#[test]
fn licenses_that_were_taken_off_an_account_that_was_kept_come_back_to_it() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 0);
    let first = stage.world();
    let refused = FaultKind::Status {
        status: 400,
        moment: Moment::BeforeEffect,
    };
    stage.fault(refused, "PUT", "user-license", Strikes::First(9));
    run(&stage, &migrate(MEI, NEW)).ends(3);
    stage.sandbox.set_faults(Faults::default());
    assert_eq!(stage.held(MEI), None);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["set-licenses", "delete"]);
    run_undo(&stage, "undo.csv").ends(0);
    assert_eq!(differences(&first, &stage.world()), [""; 0]);
}

#[test]
fn of_two_addresses_that_a_row_named_one_after_the_other_one_is_moved_back_and_the_other_deleted() {
    let stage = stage();
    let first = stage.world();
    let to = |new: &str| format!("operation,user,new_email\nmigrate,{MEI},{new}\n");
    run(&stage, &to("wrong@new.example")).ends(75);
    run(&stage, &to(NEW)).ends(75);
    stage.sandbox.with_world(|world| world.accept_invitation(NEW));
    stage.rerun(&FINISH[1..]).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["migrate", "delete"]);
    assert!(!notes(&stage, "undo.csv").contains("somebody else"));
    assert_eq!(undone(&stage, &first), [""; 0]);
}

#[test]
fn a_new_address_that_is_another_account_by_now_is_told_and_nobody_is_mailed() {
    for sheet in [
        migrate(MEI, NEW),
        format!("operation,user,licenses\ninvite,{NEW},ACNU\n"),
    ] {
        let stage = stage();
        run(&stage, &sheet).ends(0);
        made_anew_by_others(&stage, NEW);
        undo(&stage, "sheet.results.csv", "undo.csv").ends(3);
        assert_eq!(operations(&stage, "undo.csv"), ["ignore"], "{sheet}");
        let notes = notes(&stage, "undo.csv");
        let words = "`mei@new.example` has another account now, 00000000-0000-4000-8000-0000000000aa";
        assert!(notes.contains(words) && !notes.contains("mailed"), "{notes}");
    }
}

#[test]
fn what_runs_changed_before_they_deleted_the_account_is_put_back_with_it() {
    let stage = stage();
    let first = stage.world();
    let changes = format!(
        "operation,user,licenses,groups,name\nset-licenses,{MEI},TSTNU,,\nset-groups,{MEI},,Finance,\nupdate,{MEI},,,May\n"
    );
    run(&stage, &changes).ends(0);
    run(&stage, &format!("{changes}delete,{MEI},,,\n")).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["invite"]);
    assert!(notes(&stage, "undo.csv").contains("undoes row 2, row 3, row 4, row 5"));
    assert_eq!(undone(&stage, &first), [""; 0]);
}

#[test]
fn what_one_run_changed_and_a_later_one_changed_again_is_put_back_with_the_account() {
    let stage = stage();
    for who in [MEI, NADIA] {
        let id = stage.id(who);
        stage.sandbox.with_world(|world| {
            world.edit_user(id, |user| user.display_name = Some("Dr P".to_owned()));
        });
    }
    let first = stage.world();
    let each = |rows: &[&str]| -> String {
        let of = |who| rows.iter().map(move |row| format!("{}\n", row.replace("WHO", who)));
        [MEI, NADIA].into_iter().flat_map(of).collect()
    };
    let head = "operation,user,licenses,groups,display_name,new_email,delete_when\n";
    let offboarded = each(&["offboard,WHO,,,,,", "update,WHO,,,D1,,"]);
    run(&stage, &format!("{head}{offboarded}")).ends(0);
    let again = each(&[
        "update,WHO,,,D2,,",
        "add-to-groups,WHO,,Finance,,,",
        "add-licenses,WHO,TSTNU,,,,",
    ]);
    let gone = format!("delete,{MEI},,,,,\nmigrate,{NADIA},,,,{NEW},invited\n");
    let words = [&FINISH[1..], &["--include-inactive"]].concat();
    stage.run_with(&format!("{head}{again}{gone}"), &words).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(undone(&stage, &first), [""; 0]);
    for who in [MEI, NADIA] {
        assert_eq!(stage.user(who).unwrap().display_name.as_deref(), Some("Dr P"), "{who}");
    }
}

#[test]
fn an_external_license_comes_back_as_one_to_whoever_was_blocked_before() {
    let stage = stage();
    for who in [MEI, NADIA] {
        let id = stage.id(who);
        stage
            .sandbox
            .with_world(|world| world.allocate(id, bundles(&["ACNU"]), true));
    }
    let first = stage.world();
    run(
        &stage,
        &format!("operation,user\nblock-licenses,{MEI}\nblock-licenses,{NADIA}\n"),
    )
    .ends(0);
    let gone = format!("operation,user,new_email,delete_when\ndelete,{MEI},,\nmigrate,{NADIA},{NEW},invited\n");
    run(&stage, &gone).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(undone(&stage, &first), [""; 0]);
}

#[test]
fn a_leaver_who_was_offboarded_and_deleted_later_is_invited_with_what_there_was() {
    let stage = stage();
    let first = stage.world();
    let leaver = |date: &str| format!("operation,user,not_before\noffboard,{MEI},\ndelete,{MEI},{date}\n");
    run(&stage, &leaver("2099-01-01")).ends(75);
    run(&stage, &leaver("2020-01-01")).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["invite"]);
    assert_eq!(undone(&stage, &first), [""; 0]);
}

#[test]
fn what_a_run_changed_before_it_moved_somebody_is_put_back_with_the_move() {
    let stage = stage();
    let first = stage.world();
    run(
        &stage,
        &format!(
            "operation,user,licenses,groups,new_email,delete_when\nset-licenses,{MEI},TSTNU,,,\n\
             set-groups,{MEI},,Finance,,\nmigrate,{MEI},,,{NEW},invited\n"
        ),
    )
    .ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["set-licenses", "update", "migrate"]);
    assert!(notes(&stage, "undo.csv").contains("undoes row 2, row 3, row 4"));
    assert_eq!(undone(&stage, &first), [""; 0]);
}

#[test]
fn a_display_name_and_a_flag_that_a_run_changed_before_a_move_come_back_with_it() {
    let stage = stage();
    let mei = stage.id(MEI);
    stage.sandbox.with_world(|world| {
        world.edit_user(mei, |user| {
            user.bypass_basic_auth_restriction = true;
            user.display_name = Some("Dr Chen".to_owned());
        });
    });
    let first = stage.world();
    let update = format!("operation,user,display_name,bypass_basic_auth\nupdate,{MEI},Mei Chen,no\n");
    run(&stage, &update).ends(0);
    run(&stage, &migrate(MEI, NEW)).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["update", "migrate"]);
    assert_eq!(undone(&stage, &first), [""; 0]);
    assert_eq!(stage.user(MEI).unwrap().display_name.as_deref(), Some("Dr Chen"));
}

#[test]
fn somebody_who_was_moved_twice_goes_back_to_the_first_address() {
    let stage = stage();
    let first = stage.world();
    run(&stage, &migrate(MEI, NEW)).ends(0);
    run(&stage, &migrate(NEW, "mei@newer.example")).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["migrate"]);
    assert_eq!(undone(&stage, &first), [""; 0]);
}

#[test]
fn somebody_who_got_another_name_by_the_first_of_two_moves_has_the_old_one_again() {
    let stage = stage();
    let first = stage.world();
    let sheet = format!("operation,user,new_email,delete_when,name\nmigrate,{MEI},{NEW},invited,Max\n");
    run(&stage, &sheet).ends(0);
    run(&stage, &migrate(NEW, "mei@newer.example")).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(rows(&stage, "undo.csv")[0].get("name"), "Mei");
    assert_eq!(undone(&stage, &first), [""; 0]);
}

#[test]
fn somebody_who_was_moved_away_and_back_is_not_moved_again() {
    let stage = stage();
    let first = stage.world();
    run(&stage, &migrate(MEI, NEW)).ends(0);
    let back = format!(
        "operation,user,new_email,delete_when,name,licenses,groups\nmigrate,{NEW},{MEI},invited,Max,TSTNU,Finance\n"
    );
    run(&stage, &back).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["set-licenses", "update"]);
    assert_eq!(undone(&stage, &first), [""; 0]);
}

#[test]
fn somebody_who_was_moved_and_deleted_is_invited_to_the_old_address() {
    let stage = stage();
    let first = stage.world();
    run(&stage, &migrate(MEI, NEW)).ends(0);
    run(&stage, &format!("operation,user\ndelete,{NEW}\n")).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["invite"]);
    assert_eq!(undone(&stage, &first), [""; 0]);
}

#[test]
fn somebody_whom_the_runs_invited_and_moved_is_deleted() {
    let stage = stage();
    let first = stage.world();
    run(&stage, "operation,user,licenses\ninvite,first@new.example,ACNU\n").ends(0);
    run(&stage, &migrate("first@new.example", NEW)).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert!(!operations(&stage, "undo.csv").contains(&"migrate".to_owned()));
    run_undo(&stage, "undo.csv").ends(0);
    assert_eq!(differences(&first, &stage.world()), [""; 0]);
}

#[test]
fn of_two_who_came_together_in_one_account_one_is_moved_back_and_the_other_invited() {
    let stage = stage();
    let first = stage.world();
    run(&stage, &migrate(MEI, NEW)).ends(0);
    let words = [&FINISH[1..], &["--onto-existing", "2"]].concat();
    stage.run_with(&migrate(NADIA, NEW), &words).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["invite", "set-licenses", "migrate"]);
    assert_eq!(undone(&stage, &first), [""; 0]);
}

/// A move that waits, with rows for the new address below it; the sheet is run again once the invitation is accepted.
fn moved_with_rows_for_the_new_address(stage: &Stage, is_accepted: bool) -> World {
    let mei = stage.id(MEI);
    stage.sandbox.with_world(|world| {
        world.edit_user(mei, |user| user.display_name = Some("Dr Chen".to_owned()));
    });
    let first = stage.world();
    let head = "operation,user,new_email,licenses,groups,display_name\n";
    let rows = format!(
        "{head}migrate,{MEI},{NEW},,,\nadd-licenses,{NEW},,TSTNU,,\nadd-to-groups,{NEW},,,Finance,\n\
         update,{NEW},,,,Boss\n"
    );
    run(stage, &rows).ends(75);
    if is_accepted {
        stage.sandbox.with_world(|world| world.accept_invitation(NEW));
        stage.rerun(&FINISH[1..]).ends(0);
    } else {
        stage.rerun(&FINISH[1..]).ends(75);
    }
    first
}

#[test]
fn what_other_rows_gave_the_new_account_before_the_move_was_finished_does_not_go_back_with_the_person() {
    let stage = stage();
    let first = moved_with_rows_for_the_new_address(&stage, true);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["set-licenses", "update", "migrate"]);
    assert_eq!(undone(&stage, &first), [""; 0]);
    assert_eq!(stage.user(MEI).unwrap().display_name.as_deref(), Some("Dr Chen"));
}

#[test]
fn what_other_rows_gave_the_new_account_of_a_move_that_waits_is_nobody_elses_doing() {
    let stage = stage();
    let first = moved_with_rows_for_the_new_address(&stage, false);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["delete"]);
    run_undo(&stage, "undo.csv").ends(0);
    assert_eq!(differences(&first, &stage.world()), [""; 0]);
}

#[test]
fn what_somebody_else_gave_the_new_account_of_a_move_that_waits_keeps_it() {
    let stage = stage();
    moved_with_rows_for_the_new_address(&stage, false);
    let new = stage.id(NEW);
    stage
        .sandbox
        .with_world(|world| world.allocate(new, bundles(&["ACNU", "ATTUNU", "TSTNU"]), false));
    undo(&stage, "sheet.results.csv", "undo.csv").ends(3);
    assert_eq!(operations(&stage, "undo.csv"), ["ignore"]);
    assert!(notes(&stage, "undo.csv").contains("it holds"));
}

#[test]
fn a_move_onto_an_account_that_was_there_is_undone_with_what_other_rows_made_of_it() {
    let stage = stage();
    let first = stage.world();
    let rows = format!(
        "operation,user,new_email,delete_when,licenses\nmigrate,{MEI},{BRAM},invited,ACNU\n\
         add-licenses,{BRAM},,,TSTNU\n"
    );
    let refused = FaultKind::Status {
        status: 400,
        moment: Moment::BeforeEffect,
    };
    let words = [&FINISH[1..], &["--onto-existing", "2"]].concat();
    stage.fault(refused, "DELETE", "/User", Strikes::Always);
    stage.run_with(&rows, &words).ends(3);
    stage.sandbox.set_faults(Faults::default());
    stage.rerun(&words).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    run_undo(&stage, "undo.csv");
    let held = |world: &World| {
        let bram = world.user_called(BRAM).unwrap().id;
        world.allocation(bram).map(|held| held.bundles.clone())
    };
    assert_eq!(held(&stage.world()), held(&first));
}
