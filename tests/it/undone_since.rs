//! Whoever runs a sheet again whose rows were undone learns so, and what does them again.

use crate::support::{BRAM, HUGO, Stage};
use crate::undo::{run_undo, undo};

const UNDONE: &str = "was undone by a run of";

#[test]
fn a_sheet_whose_rows_were_undone_says_so_until_they_are_done_again() {
    const SINCE: &str = "Since then a run of undo.csv undid what was done, or part of it.";
    let stage = Stage::new();
    let sheet = format!("operation,user,licenses\nadd-licenses,{HUGO},ATTUNU\n");
    stage.run(&sheet).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    let report = |stage: &Stage| {
        stage
            .reseat(&["report", "sheet.results.csv", "-o", "report.html", "--force"])
            .ends(0)
    };
    assert!(!report(&stage).err.contains("Since then"));
    // The sheet alone undoes nothing.
    let again = stage.rerun(&[]).ends(0);
    assert!(
        !again.err.contains(UNDONE) && !again.out.contains(UNDONE),
        "{}",
        again.out
    );

    run_undo(&stage, "undo.csv").ends(0);
    report(&stage).tells(SINCE);
    assert!(stage.read("report.html").contains(SINCE));
    let again = stage.rerun(&[]).ends(0).tells(UNDONE).tells("undo.csv");
    assert!(again.out.contains("add `--again` to do it again"), "{}", again.out);
    stage
        .reseat(&["plan", "sheet.csv"])
        .ends(0)
        .tells(UNDONE)
        .tells("`--again` does it again");
    stage.rerun(&["--output", "json"]).ends(0).tells("\"rows-undone\"");
    // Nor does another sheet that undoes nothing take it back.
    undo(&stage, "sheet.results.csv", "second.csv").ends(0);
    stage.rerun(&[]).ends(0).tells(UNDONE).tells("undo.csv");
    assert_eq!(stage.held(HUGO), None);

    stage.rerun(&["--again"]).ends(0);
    assert_eq!(stage.held(HUGO).as_deref(), Some("ATTUNU"));
    assert!(!stage.rerun(&[]).ends(0).out.contains(UNDONE));
    assert!(!report(&stage).err.contains("Since then"));
}

#[test]
fn a_move_that_waits_and_whose_invitation_was_undone_is_told_what_does_it_again() {
    let stage = Stage::new();
    let sheet = format!("operation,user,new_email\nmigrate,{BRAM},bram@new.example\n");
    let flags = ["--max-deletes", "1"];
    stage.run_with(&sheet, &flags).ends(75);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    run_undo(&stage, "undo.csv").ends(0);
    stage
        .rerun(&flags)
        .ends(3)
        .tells(UNDONE)
        .tells("add `--again` to do it again");
    stage.rerun(&[&flags[..], &["--again"]].concat()).ends(75);
    assert!(stage.user("bram@new.example").is_some());
    // The invitation that was undone, and that of the new start.
    stage.allow_mails(2);
}

#[test]
fn what_was_undone_and_given_back_is_not_said_to_be_undone() {
    let stage = Stage::new();
    stage.run(&format!("operation,user,active\nupdate,{BRAM},no\n")).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    run_undo(&stage, "undo.csv").ends(0);
    stage.rerun(&[]).ends(0).tells(UNDONE);
    undo(&stage, "undo.results.csv", "redo.csv").ends(0);
    run_undo(&stage, "redo.csv").ends(0);
    assert!(!stage.rerun(&[]).ends(0).out.contains(UNDONE));
}

#[test]
fn rows_that_were_deleted_and_invited_anew_count_as_undone_and_another_sheet_of_the_name_as_nothing() {
    let stage = Stage::new();
    stage
        .run_with(&format!("operation,user\ndelete,{BRAM}\n"), &["--max-deletes", "1"])
        .ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    // Somebody else's sheet has the name when it is run.
    stage.write(
        "undo.csv",
        format!("operation,user,licenses\nadd-licenses,{HUGO},ATTUNU\n"),
    );
    run_undo(&stage, "undo.csv").ends(0);
    assert!(!stage.rerun(&[]).ends(0).out.contains(UNDONE));
    stage
        .reseat(&["undo", "sheet.results.csv", "-o", "undo.csv", "--force"])
        .ends(0);
    run_undo(&stage, "undo.csv").ends(0);
    stage.rerun(&[]).ends(0).tells(UNDONE);
}
