//! `unless_changed_from`: a row is done while what it replaces is as its sheet says, and undoes nothing that others did.

use std::io::Write;

use reseat::model::GroupId;
use reseat::sandbox::Rule;

use crate::crash::killed_at_each_call;
use crate::support::{ANNA, BRAM, DAVID, HUGO, MEI, NADIA, Stage, bundles, changes, lines};

const RULED: &str = "HR Robots";
const CLEARED: &str = "Invoice Team";

fn group(stage: &Stage, name: &str) -> GroupId {
    stage.world().group_named(name).unwrap().id
}

fn set_rule(stage: &Stage, name: &str, codes: &[&str]) {
    let group = group(stage, name);
    let rule = Rule::giving(bundles(codes));
    stage.sandbox.with_world(|world| world.set_rule(group, rule));
}

fn hold(stage: &Stage, name: &str, codes: Option<&[&str]>) {
    let user = stage.id(name);
    stage.sandbox.with_world(|world| match codes {
        Some(codes) => world.allocate(user, bundles(codes), false),
        None => drop(world.release(user)),
    });
}

fn be_in(stage: &Stage, name: &str, groups: &[&str]) {
    let user = stage.id(name);
    let groups = groups.iter().map(|name| group(stage, name)).collect();
    stage.sandbox.with_world(|world| {
        world.edit_user(user, |user| user.groups = groups);
    });
}

/// A row of each operation that can say what it replaces, and the state that it says.
fn sheet() -> String {
    format!(
        "operation,user,group,groups,licenses,quotas,unless_changed_from\n\
         set-groups,{ANNA},,Finance; {RULED},,,Sales Operations; {CLEARED}; Everyone\n\
         set-licenses,{BRAM},,,IDU; TSTNU,,ATTUNU\n\
         block-licenses,{DAVID},,,,,<none>\n\
         release-licenses,{HUGO},,,,,<blocked>\n\
         add-licenses,{MEI},,,TSTNU,,attended - named user\n\
         set-group-licenses,,{RULED},,ATTUNU,ATTUNU=4,TSTNU\n\
         clear-group-licenses,,{CLEARED},,,,ATTUNU; TSTNU\n"
    )
}

const ROWS: usize = 7;

fn stage() -> Stage {
    let stage = Stage::new();
    be_in(&stage, ANNA, &["Sales Operations", CLEARED]);
    hold(&stage, BRAM, Some(&["ATTUNU"]));
    hold(&stage, DAVID, None);
    hold(&stage, HUGO, Some(&[]));
    hold(&stage, MEI, Some(&["ATTUNU"]));
    set_rule(&stage, RULED, &["TSTNU"]);
    set_rule(&stage, CLEARED, &["ATTUNU", "TSTNU"]);
    for code in ["ATTUNU", "IDU", "PMD", "TSTNU"] {
        stage.free_seats(code, 9);
    }
    stage
}

/// Somebody else changes what each row replaces.
fn somebody_acts(stage: &Stage) {
    be_in(stage, ANNA, &["Sales Operations", "Automation Users"]);
    hold(stage, BRAM, Some(&["ATTUNU", "PMD"]));
    hold(stage, DAVID, Some(&["ATTUNU"]));
    hold(stage, HUGO, Some(&["ATTUNU"]));
    hold(stage, MEI, Some(&["PMD"]));
    set_rule(stage, RULED, &["PMD"]);
    set_rule(stage, CLEARED, &["ATTUNU"]);
}

fn codes(stage: &Stage) -> Vec<String> {
    stage.results().iter().map(|line| line.get("code").to_owned()).collect()
}

#[test]
fn what_is_as_it_was_is_replaced_and_then_put_back_by_undo() {
    let stage = stage();
    let before = stage.world();
    stage.run(&sheet()).ends(0);
    assert_eq!(stage.counts(), "7 done", "{:?}", stage.results());
    assert_eq!(stage.groups(ANNA), ["Finance", RULED]);
    assert_eq!(stage.held(BRAM).as_deref(), Some("IDU; TSTNU"));
    assert_eq!(stage.held(DAVID).as_deref(), Some(""));
    assert_eq!(stage.held(HUGO), None);
    assert_eq!(stage.held(MEI).as_deref(), Some("ATTUNU; TSTNU"));
    assert!(stage.world().rule(group(&stage, CLEARED)).is_none());
    // Once more from the beginning, all is as the rows want it, whatever it was.
    stage.forget_calls();
    stage.rerun(&["--again"]).ends(0);
    assert_eq!(stage.counts(), "7 unchanged", "{:?}", stage.results());
    assert!(stage.writes().is_empty());
    let first = fs_err::read_dir(stage.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .find(|name| {
            name.strip_prefix("sheet.results.2")
                .is_some_and(|rest| rest.strip_suffix(".csv").is_some())
        })
        .unwrap();
    stage.reseat(&["undo", &first, "-o", "undo.csv"]).ends(0);
    stage.reseat(&["run", "undo.csv", "--yes"]).ends(0);
    assert_eq!(changes(&before, &stage.world()), Vec::<String>::new());
}

#[test]
fn what_others_changed_since_the_sheet_was_written_stays_and_the_message_has_both_states() {
    let stage = stage();
    somebody_acts(&stage);
    let before = stage.world();
    stage.run(&sheet()).ends(3);
    assert_eq!(codes(&stage), ["changed_since_export"; ROWS], "{:?}", stage.results());
    assert_eq!(stage.counts(), "7 conflict");
    assert!(stage.writes().is_empty());
    assert_eq!(changes(&before, &stage.world()), Vec::<String>::new());
    let results = stage.results();
    for (row, words) in [
        (
            0,
            "were `Sales Operations; Invoice Team; Everyone` when the sheet was written and are `Automation Users; Sales Operations` now",
        ),
        (1, "were `ATTUNU` when the sheet was written and are `ATTUNU; PMD` now"),
        (2, "were `<none>` when the sheet was written and are `ATTUNU` now"),
        (3, "were `<blocked>` when the sheet was written and are `ATTUNU` now"),
        (5, "was `TSTNU` when the sheet was written and is `PMD` now"),
    ] {
        assert!(results[row].message().contains(words), "{}", results[row].message());
    }
    // Corrected in the sheet of failed rows, they run.
    let failed = stage.read("sheet.failed.csv");
    let corrected = failed.replace(",ATTUNU,conflict", ",ATTUNU; PMD,conflict");
    assert_ne!(failed, corrected, "{failed}");
    stage.write("sheet.failed.csv", corrected);
    stage.reseat(&["run", "sheet.failed.csv", "--yes"]).ends(3);
    assert_eq!(stage.held(BRAM).as_deref(), Some("IDU; TSTNU"));
}

#[test]
fn what_others_change_at_the_question_stays_and_nothing_is_sent() {
    let stage = stage();
    stage.write("sheet.csv", sheet());
    let mut child = stage.start_on_a_terminal(&["run", "sheet.csv"]);
    stage.hear(&mut child, "Type `yes`");
    somebody_acts(&stage);
    let before = stage.world();
    child.stdin.as_mut().unwrap().write_all(b"yes\n").unwrap();
    stage.ended(child).ends(3);
    assert_eq!(codes(&stage), ["changed_since_export"; ROWS], "{:?}", stage.results());
    assert!(stage.writes().is_empty());
    assert_eq!(changes(&before, &stage.world()), Vec::<String>::new());
}

#[test]
fn a_run_that_is_killed_at_any_call_goes_on_with_its_own_rows() {
    let times = killed_at_each_call(stage, &sheet(), |stage| {
        assert_eq!(stage.groups(ANNA), ["Finance", RULED]);
        assert_eq!(stage.held(BRAM).as_deref(), Some("IDU; TSTNU"));
        assert_eq!(stage.held(DAVID).as_deref(), Some(""));
        assert!(stage.world().rule(group(stage, CLEARED)).is_none());
    });
    assert!(times > 10, "{times}");
}

/// The rows are done in several calls each: two people swap the last seats, so that each gives up one first, and several
/// leave one group and join another from the groups' side.
#[test]
fn a_run_that_is_killed_between_two_calls_of_a_row_goes_on_with_it() {
    const MOVED: [&str; 4] = [ANNA, DAVID, HUGO, NADIA];
    let begin = || {
        let stage = Stage::new();
        hold(&stage, BRAM, Some(&["ATTUNU"]));
        hold(&stage, MEI, Some(&["TSTNU"]));
        stage.free_seats("ATTUNU", 0);
        stage.free_seats("TSTNU", 0);
        for name in MOVED {
            be_in(&stage, name, &["Finance"]);
        }
        stage
    };
    let rows: Vec<String> = MOVED
        .iter()
        .map(|name| format!("set-groups,{name},{RULED},,Finance\n"))
        .collect();
    let sheet = format!(
        "operation,user,groups,licenses,unless_changed_from\n\
         set-licenses,{BRAM},,TSTNU,ATTUNU\n\
         set-licenses,{MEI},,ATTUNU,TSTNU\n{}",
        rows.concat()
    );
    let whole = begin();
    whole.run(&sheet).ends(0);
    assert_eq!(whole.counts(), "6 done", "{:?}", whole.results());
    let calls = |column| whole.results().iter().map(|line| line.number(column)).max();
    assert!(
        calls("calls") > Some(1),
        "a row takes several calls: {:?}",
        whole.results()
    );
    let expected = whole.world();
    let times = killed_at_each_call(begin, &sheet, |stage| {
        assert_eq!(changes(&expected, &stage.world()), Vec::<String>::new());
    });
    assert!(times > 10, "{times}");
}

#[test]
fn a_row_of_an_empty_state_holds_for_somebody_in_no_group_and_for_nobody_else() {
    let stage = stage();
    be_in(&stage, ANNA, &[]);
    stage
        .run(&format!(
            "operation,user,groups,unless_changed_from\n\
             set-groups,{ANNA},Finance,<none>\n\
             set-groups,{BRAM},<clear>,<none>\n"
        ))
        .ends(3);
    assert_eq!(stage.statuses(), ["done", "conflict"]);
}

#[test]
fn what_others_changed_after_an_undo_was_written_is_not_replaced_by_it() {
    let stage = stage();
    stage
        .run(&format!(
            "operation,user,group,licenses\nset-licenses,{BRAM},,IDU\nrelease-licenses,{MEI},,\n\
             block-licenses,{DAVID},,\nset-group-licenses,,{RULED},IDU\n"
        ))
        .ends(0);
    stage.reseat(&["undo", "sheet.results.csv", "-o", "undo.csv"]).ends(0);
    hold(&stage, BRAM, Some(&["IDU", "TSTNU"]));
    hold(&stage, MEI, Some(&["TSTNU"]));
    hold(&stage, DAVID, Some(&["PMD"]));
    set_rule(&stage, RULED, &["IDU", "TSTNU"]);
    let theirs = stage.world();
    stage.forget_calls();
    stage.reseat(&["run", "undo.csv", "--yes"]).ends(3);
    let ends: Vec<String> = lines(&stage.path("undo.results.csv"))
        .iter()
        .map(|row| format!("{} {}", row.get("operation"), row.get("code")))
        .collect();
    assert!(
        ends.iter().all(|end| end.ends_with(" changed_since_export")),
        "{ends:?}"
    );
    assert_eq!(ends.len(), 4);
    assert_eq!(changes(&theirs, &stage.world()), [""; 0]);
    assert!(stage.writes().is_empty());
}
