//! What is said, for a person and for a program, and the sheet of the rows that need attention.

use rust_xlsxwriter::Workbook;
use serde_json::Value;

use crate::support::{ANNA, BRAM, DAVID, HUGO, Stage, lines};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

#[test]
fn check_tells_every_problem_with_its_place_and_needs_no_organization() {
    let stage = Stage::new();
    for name in [
        "UIPATH_URI",
        "UIPATH_ORGANIZATION",
        "RESEAT_ORGANIZATION_ID",
        "UIPATH_CLIENT_ID",
        "UIPATH_CLIENT_SECRET",
    ] {
        stage.unset(name);
    }
    stage.write(
        "sheet.csv",
        "operation,user,licenses\nset-licenses,x,ATTUNUU\nset-licenses,,ACNU\n",
    );
    let ran = stage.reseat(&["check", "sheet.csv"]).ends(2);
    assert!(ran.out.contains("row 2, column licenses (column C)"), "{}", ran.out);
    assert!(ran.out.contains("did you mean `ATTUNU`"), "{}", ran.out);
    assert!(ran.out.contains("row 3"), "{}", ran.out);

    let ran = stage.reseat(&["check", "sheet.csv", "--output", "json"]).ends(2);
    let problems = json(&ran.out);
    assert!(ran.out.contains("unknown-bundle-code"), "{problems}");

    stage.write("sheet.csv", "operation,user,licenses\nset-licenses,x,ATTUNU\n");
    stage
        .reseat(&["check", "sheet.csv"])
        .ends(0)
        .tells("1 row: 1 set-licenses");
    assert_eq!(stage.sandbox.stats().total(), 0);
}

#[test]
fn plan_shows_what_a_run_would_do_and_sends_only_reads() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!(
            "operation,user,licenses,groups\nset-licenses,{HUGO},ATTUNU,\nset-licenses,{ANNA},ATTUNU,\nadd-to-groups,nobody@contoso.example,,Finance\ndelete,{BRAM},,\n"
        ),
    );
    let ran = stage.reseat(&["plan", "sheet.csv"]).ends(3);
    for words in [
        "to change",
        "already so",
        "ATTUNU",
        "1 account will be deleted",
        "Bram Okafor",
        "calls",
    ] {
        assert!(ran.out.contains(words), "`{words}` is not in {}", ran.out);
    }
    let ran = stage.reseat(&["plan", "sheet.csv", "--output", "json"]).ends(3);
    json(&ran.out);
    assert!(stage.writes().is_empty());
    assert!(!stage.exists("sheet.results.csv"));
}

#[test]
fn codes_lists_the_bundles_as_a_table_and_as_json() {
    let stage = Stage::new();
    stage
        .reseat(&["codes"])
        .ends(0)
        .tells("ATTUNU")
        .tells("Attended - Named User");
    let ran = stage.reseat(&["codes", "--output", "json"]).ends(0);
    assert!(
        json(&ran.out)["codes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|bundle| bundle["code"] == "RPADEVPRONU")
    );
}

#[test]
fn the_summary_is_data_and_everything_else_is_not() {
    let stage = Stage::new();
    let sheet = format!("operation,user,licenses\nset-licenses,{HUGO},ATTUNU\nset-licenses,nobody@x.example,ATTUNU\n");
    let ran = stage.run_with(&sheet, &["--output", "json"]).ends(3);
    let summary = json(&ran.out);
    assert_eq!(summary["rows"]["done"], 1);
    assert_eq!(summary["rows"]["not_found"], 1);
    assert_eq!(summary["calls"]["PUT"], 1);
    assert_eq!(summary["results"], "sheet.results.csv");
    assert_eq!(summary["failed_sheet"], "sheet.failed.csv");

    let ran = stage.rerun(&["--quiet"]).ends(3);
    assert_eq!(ran.err, "");
    assert!(ran.out.contains("1 done, 1 not found"), "{}", ran.out);
    assert!(!ran.out.contains('\u{1b}'), "colours without a terminal: {:?}", ran.out);
}

#[test]
fn the_failed_sheet_has_the_sheets_own_columns_and_runs_once_corrected() {
    let stage = Stage::new();
    let sheet = format!(
        "Operation;User;licenses;Cost centre\nset-licenses;{HUGO};ATTUNU;7\nset-licenses;davd.moreau@contoso.example;ACNU;\"8; 9\"\n"
    );
    stage
        .run(&sheet)
        .ends(3)
        .tells("correct sheet.failed.csv before you run it")
        .tells("run sheet.failed.csv --yes\n");
    let failed = stage.read("sheet.failed.csv");
    let mut rows = failed.lines();
    assert_eq!(
        rows.next(),
        Some("Operation;User;licenses;Cost centre;reseat_status;reseat_message;reseat_key")
    );
    let row = rows.next().unwrap();
    assert!(
        row.starts_with("set-licenses;davd.moreau@contoso.example;ACNU;\"8; 9\";not_found;"),
        "{row}"
    );
    assert_eq!(rows.next(), None);

    stage.write("sheet.failed.csv", failed.replace("davd", "david"));
    stage.reseat(&["run", "sheet.failed.csv", "--yes"]).ends(0);
    assert_eq!(stage.held(DAVID).as_deref(), Some("ACNU"));
    assert!(!stage.exists("sheet.failed.results.csv"));
    assert_eq!(stage.counts(), "2 done", "it brings the sheet's own results up to date");
}

#[test]
fn a_workbook_gives_a_workbook_of_failed_rows_that_runs() {
    let stage = Stage::new();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("set-licenses").unwrap();
    for (row, cells) in (0..).zip([
        ["user", "licenses"],
        [HUGO, "ATTUNU"],
        ["davd.moreau@contoso.example", "ACNU"],
    ]) {
        sheet.write_row(row, 0, cells).unwrap();
    }
    workbook
        .add_worksheet()
        .set_name("Notes")
        .unwrap()
        .write(0, 0, "hello")
        .unwrap();
    workbook.save(stage.given("sheet.xlsx")).unwrap();

    stage
        .reseat(&["run", "sheet.xlsx", "--yes"])
        .ends(3)
        .tells("worksheet `Notes` skipped");
    assert_eq!(stage.held(HUGO).as_deref(), Some("ATTUNU"));
    let results = lines(&stage.path("sheet.results.csv"));
    assert_eq!(
        results.iter().map(|line| line.get("sheet")).collect::<Vec<_>>(),
        ["set-licenses"; 2]
    );
    stage
        .reseat(&["run", "sheet.failed.xlsx", "--yes"])
        .ends(3)
        .tells("did you mean");
}

#[test]
fn hidden_rows_stand_in_the_plan_and_are_left_out_where_only_visible_ones_are_meant() {
    let stage = Stage::new();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("set-licenses").unwrap();
    for (row, cells) in (0..).zip([
        ["user", "licenses"],
        [HUGO, "ATTUNU"],
        [DAVID, "ACNU"],
        ["nobody@x.example", "FOO"],
    ]) {
        sheet.write_row(row, 0, cells).unwrap();
    }
    sheet.set_row_hidden(2).unwrap().set_row_hidden(3).unwrap();
    let aside = workbook.add_worksheet().set_name("delete").unwrap();
    aside.write_column(0, 0, ["user", ANNA]).unwrap();
    aside.set_hidden(true);
    workbook.save(stage.given("sheet.xlsx")).unwrap();

    let all = stage.reseat(&["plan", "sheet.xlsx", "--skip-invalid", "--output", "json"]);
    assert_eq!(
        (
            json(&all.out)["hidden_rows"].clone(),
            json(&all.out)["deletions"].as_array().unwrap().len()
        ),
        (2.into(), 1)
    );
    let all = stage.reseat(&["plan", "sheet.xlsx", "--skip-invalid"]);
    assert!(
        all.out.contains("2 rows are hidden in the spreadsheet program"),
        "{}",
        all.out
    );

    let visible = stage
        .reseat(&[
            "plan",
            "sheet.xlsx",
            "--visible-only",
            "--save",
            "plan.json",
            "--output",
            "json",
        ])
        .ends(0)
        .tells("worksheet `delete` skipped because it is hidden");
    let plan = json(&visible.out);
    assert_eq!(
        (
            &plan["hidden_rows"],
            &plan["hidden_rows_left_out"],
            plan["rows"].as_array().unwrap().len()
        ),
        (&0.into(), &2.into(), 1)
    );
    let checked = stage.reseat(&["check", "sheet.xlsx", "--visible-only", "--output", "json"]);
    let checked = json(&checked.ends(0).out);
    assert_eq!(checked["rows"], 1);
    assert_eq!(checked["operations"][0]["rows"], 1);
    assert_eq!(checked["skipped_sheets"][0]["sheet"], "delete");
    let told = stage.reseat(&["check", "sheet.xlsx", "--visible-only"]).ends(0);
    assert!(
        told.out.contains("2 hidden rows left out (`--visible-only`)"),
        "{}",
        told.out
    );
    stage
        .reseat(&["run", "--plan", "plan.json", "--yes"])
        .ends(0)
        .tells("2 hidden rows left out");
    assert_eq!(stage.held(HUGO).as_deref(), Some("ATTUNU"));
    assert_eq!(lines(&stage.path("sheet.results.csv")).len(), 1);
}

#[test]
fn the_failed_sheet_of_an_earlier_run_goes_once_nothing_fails() {
    let stage = Stage::new();
    let sheet =
        format!("operation,user,licenses\nset-licenses,davd.moreau@contoso.example,ACNU\nset-licenses,{HUGO},ATTUNU\n");
    stage.run(&sheet).ends(3);
    assert!(stage.exists("sheet.failed.csv"));
    stage.run(&sheet.replace("davd", "david")).ends(0);
    assert!(!stage.exists("sheet.failed.csv"), "it names rows that are done by now");
}

#[test]
fn a_sheet_comes_from_standard_input_too() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!("operation,user,licenses\nset-licenses,{HUGO},ATTUNU\n"),
    );
    let ran = stage.reseat_fed(&["run", "-", "--yes"], "sheet.csv");
    ran.ends(0);
    assert_eq!(lines(&stage.path("reseat.results.csv")).len(), 1);
}

#[test]
fn a_sheet_that_was_piped_in_is_to_be_piped_in_again_only_where_it_is_run_again() {
    const AGAIN: &str = "pipe it in again";
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!("operation,user,groups\nadd-to-groups,{HUGO},HR Robots\nadd-to-groups,zoe@far.example,HR Robots\n"),
    );
    stage
        .reseat_fed(&["run", "-", "--yes", "--limit", "1"], "sheet.csv")
        .ends(0)
        .tells(AGAIN);
    let ran = stage.reseat_fed(&["run", "-", "--yes"], "sheet.csv").ends(3);
    assert!(!ran.out.contains(AGAIN), "{}", ran.out);
    ran.tells("next: ").tells("reseat.failed.csv");
}

#[test]
fn cells_that_a_spreadsheet_program_would_run_are_defused_in_what_is_written() {
    let stage = Stage::new();
    stage
        .run("operation,user,groups,note\nadd-to-groups,anna.berg@contoso.example,@SUM(A1),=cmd()\nadd-to-groups,+nobody,Finance,\n")
        .ends(3);
    for file in ["sheet.results.csv", "sheet.failed.csv"] {
        for cell in stage.read(file).split([',', '\n']) {
            assert!(!cell.starts_with(['=', '@', '+']), "{cell} in {file}");
        }
    }
}
