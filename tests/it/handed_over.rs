//! Licences that a move takes off an old account, because no seat is free for both: whatever cuts the run off, and whatever
//! is run after it, they are never forgotten.

use std::time::Duration;

use reseat::model::UserId;
use reseat::sandbox::{FaultKind, FaultRule, Faults, Moment, Strikes, World};

use crate::support::{HUGO, MEI, Stage, bundles};
use crate::undo::{FINISH, differences, operations, run_undo, undo};

const NEW: &str = "mei@new.example";

fn stage() -> Stage {
    let stage = Stage::new();
    stage.free_seats("ACNU", 0);
    assert_eq!(stage.held(MEI).as_deref(), Some("ACNU"));
    stage
}

fn migration(delete_when: &str) -> String {
    format!("operation,user,new_email,delete_when\nmigrate,{MEI},{NEW},{delete_when}\n")
}

fn refused(nth: Strikes) -> FaultRule {
    let kind = FaultKind::Refused {
        status: 400,
        words: "not today".to_owned(),
    };
    FaultRule::new(kind).on("PUT", "user-license").strikes(nth)
}

fn held_up(method: &str, route: &str, moment: Moment, nth: Strikes) -> FaultRule {
    let time = Duration::from_secs(30);
    FaultRule::new(FaultKind::Stalled { time, moment })
        .on(method, route)
        .strikes(nth)
}

/// Starts the sheet under these faults, and kills the run once one of them holds it up.
fn killed(stage: &Stage, sheet: &str, rules: &[FaultRule]) {
    // Of a run that was killed not every row has one line.
    fs_err::write(stage.given("sheet.csv"), sheet).unwrap();
    stage.sandbox.set_faults(Faults {
        rules: rules.to_vec(),
        ..Faults::default()
    });
    let mut child = stage.start(&[&["run", "sheet.csv"], &FINISH[..]].concat());
    stage.until("the run is held up", reseat::sandbox::Sandbox::is_stalling);
    child.kill().unwrap();
    stage.ended(child);
    stage.sandbox.set_faults(Faults::default());
}

/// A run that is killed when it has taken the licences off the old account.
fn killed_after_the_release(stage: &Stage, sheet: &str) {
    let rule = held_up("DELETE", "UserLicense", Moment::AfterEffect, Strikes::First(1));
    killed(stage, sheet, &[rule]);
    assert_eq!(stage.held(MEI), None);
}

fn change<T>(stage: &Stage, change: impl FnOnce(&mut World) -> T) -> T {
    stage.sandbox.with_world(change)
}

fn deactivate(stage: &Stage, who: UserId) {
    change(stage, |world| {
        world.edit_user(who, |user| {
            user.is_active = false;
            user.invitation_accepted = true;
        });
    });
}

#[test]
fn an_undo_gives_back_what_a_killed_run_was_about_to_give_back() {
    for moment in [Moment::BeforeEffect, Moment::AfterEffect] {
        let stage = stage();
        let first = stage.world();
        let rules = [
            refused(Strikes::First(1)),
            held_up("PUT", "user-license", moment, Strikes::Nth(2)),
        ];
        killed(&stage, &migration("invited"), &rules);
        undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
        run_undo(&stage, "undo.csv").ends(0);
        assert_eq!(differences(&first, &stage.world()), [""; 0], "{moment:?}");
    }
}

#[test]
fn an_undo_gives_back_what_a_killed_run_took_off_whether_it_was_run_again_or_not() {
    for is_run_again in [false, true] {
        let stage = stage();
        let first = stage.world();
        killed_after_the_release(&stage, &migration("invited"));
        if is_run_again {
            stage.run_with(&migration("accepted"), &FINISH[1..]).ends(75);
            assert_eq!(stage.held(NEW).as_deref(), Some("ACNU"));
        }
        undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
        assert_eq!(operations(&stage, "undo.csv"), ["set-licenses", "delete"]);
        run_undo(&stage, "undo.csv").ends(0);
        assert_eq!(differences(&first, &stage.world()), [""; 0]);
    }
}

#[test]
fn licenses_that_nobody_has_for_the_moment_are_told_and_handed_over_by_the_same_command() {
    let stage = stage();
    stage.sandbox.set_faults(Faults {
        rules: vec![refused(Strikes::Always)],
        ..Faults::default()
    });
    let words = format!("licences were taken off an old account and given to no other yet: ACNU of `{MEI}` (row 2)");
    stage
        .run_with(&migration("invited"), &FINISH[1..])
        .ends(3)
        .tells(&words);
    assert_eq!((stage.held(MEI), stage.held(NEW)), (None, None));
    stage.sandbox.set_faults(Faults::default());
    let ran = stage.rerun(&FINISH[1..]).ends(0);
    assert!(!ran.err.contains("given to no other") && !ran.out.contains("given to no other"));
    assert_eq!(stage.held(NEW).as_deref(), Some("ACNU"));
}

#[test]
fn a_row_that_is_refused_says_which_licenses_an_earlier_run_took_off() {
    let words = "an earlier run took ACNU off the old account, which holds no licences now";
    let stage = stage();
    killed_after_the_release(&stage, &migration("invited"));
    deactivate(&stage, stage.id(NEW));
    stage.rerun(&FINISH[1..]).ends(3);
    assert_eq!(stage.statuses(), ["conflict"]);
    assert!(stage.results()[0].message().contains(words));
    undo(&stage, "sheet.results.csv", "undo.csv").ends(3);
    assert_eq!(operations(&stage, "undo.csv"), ["set-licenses", "ignore"]);
    // Somebody gives them back.
    let mei = stage.id(MEI);
    change(&stage, |world| world.allocate(mei, bundles(&["ACNU"]), false));
    stage.rerun(&FINISH[1..]).ends(3);
    assert!(!stage.results()[0].message().contains(words));
}

#[test]
fn where_the_new_account_was_deleted_the_advice_names_the_licenses_and_an_undo_gives_them_back() {
    let stage = stage();
    killed_after_the_release(&stage, &migration("invited"));
    let new = stage.id(NEW);
    change(&stage, |world| world.remove_user(new));
    stage.rerun(&FINISH[1..]).ends(3);
    assert_eq!(stage.statuses(), ["in_doubt"]);
    let message = stage.results()[0].message().to_owned();
    assert!(
        message.contains("a sheet of its own, with `ACNU` in `licenses`"),
        "{message}"
    );
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["set-licenses"]);
    run_undo(&stage, "undo.csv").ends(0);
    assert_eq!(stage.held(MEI).as_deref(), Some("ACNU"));
    // The old account has them again.
    stage.rerun(&FINISH[1..]).ends(3);
    let message = stage.results()[0].message().to_owned();
    assert!(!message.contains("`licenses`"), "{message}");
}

#[test]
fn nobody_starts_over_while_licenses_are_on_record_that_nobody_has() {
    let stage = stage();
    killed_after_the_release(&stage, &migration("invited"));
    let again = [&FINISH[1..], &["--again"]].concat();
    let refused = stage.rerun(&again).ends(1);
    for words in ["ACNU of `mei.chen@contoso.example` (row 2)", "without `--again`"] {
        assert!(refused.err.contains(words), "{}", refused.err);
    }
    assert!(stage.user(MEI).is_some());
    stage.rerun(&FINISH[1..]).ends(0);
    assert_eq!(stage.held(NEW).as_deref(), Some("ACNU"));
}

#[test]
fn a_move_that_waits_or_was_given_its_licenses_back_may_be_started_over() {
    let again = [&FINISH[1..], &["--again"]].concat();
    let stage = stage();
    stage.run_with(&migration("accepted"), &FINISH[1..]).ends(75);
    stage.rerun(&again).ends(75);
    stage.sandbox.set_faults(Faults {
        rules: vec![refused(Strikes::First(1))],
        ..Faults::default()
    });
    stage.run_with(&migration("invited"), &FINISH[1..]).ends(3);
    assert_eq!(stage.held(MEI).as_deref(), Some("ACNU"));
    stage.rerun(&again).ends(0);
}

#[test]
fn licenses_that_a_killed_run_gave_up_and_did_not_come_to_take_are_put_back_by_an_undo() {
    for nth in 1..=2 {
        let stage = Stage::new();
        let (mei, hugo) = (stage.id(MEI), stage.id(HUGO));
        change(&stage, |world| {
            world.allocate(mei, bundles(&["ACNU"]), false);
            world.allocate(hugo, bundles(&["TSTNU"]), false);
        });
        for code in ["ACNU", "TSTNU"] {
            stage.free_seats(code, 0);
        }
        let first = stage.world();
        let swap = format!("operation,user,licenses\nset-licenses,{MEI},TSTNU\nset-licenses,{HUGO},ACNU\n");
        let rule = held_up("PUT", "user-license", Moment::BeforeEffect, Strikes::Nth(nth));
        killed(&stage, &swap, &[rule]);
        undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
        run_undo(&stage, "undo.csv").ends(0);
        assert_eq!(differences(&first, &stage.world()), [""; 0], "killed at call {nth}");
    }
}
