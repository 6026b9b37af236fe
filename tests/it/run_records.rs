//! What belongs to a run and not to a row is recorded beside the results, and names nobody.

use std::collections::BTreeMap;

use reseat::model::BundleCode;
use reseat::sandbox::{FaultKind, Moment, Strikes};
use serde_json::{Value, json};

use crate::support::{ANNA, BRAM, DAVID, HUGO, MEI, Stage};

const LOG: &str = "sheet.results.csv.runs.jsonl";

fn records_in(stage: &Stage, log: &str) -> Vec<Value> {
    let text = stage.read(log);
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The last record of each run.
fn runs(stage: &Stage) -> Vec<Value> {
    let mut runs: Vec<Value> = Vec::new();
    for record in records_in(stage, LOG) {
        runs.retain(|run| run["run"] != record["run"]);
        runs.push(record);
    }
    runs
}

/// The seats of a bundle in a record.
fn seats(run: &Value, code: &str) -> Value {
    let seats = run["seats"].as_array().unwrap();
    seats.iter().find(|seats| seats["code"] == code).unwrap().clone()
}

fn taken(stage: &Stage, code: &str) -> u64 {
    stage.world().seats_of(&BundleCode::new(code)).allocated
}

fn refusal(status: u16) -> FaultKind {
    FaultKind::Status {
        status,
        moment: Moment::BeforeEffect,
    }
}

#[test]
fn a_run_records_when_it_began_and_ended_and_how_and_what_it_cost() {
    let stage = Stage::new();
    stage
        .run(&format!(
            "operation,user,licenses\nadd-licenses,{HUGO},ACNU\nadd-licenses,nobody@x.example,ACNU\n"
        ))
        .ends(3);
    let records = records_in(&stage, LOG);
    let [began, ended] = records.as_slice() else {
        panic!("{records:?}");
    };
    assert_eq!(began["status"], "running");
    assert_eq!(began["finished_at"], Value::Null);
    assert_eq!(began["begins"], true);
    let name = stage.results()[0].get("run").to_owned();
    for record in &records {
        assert_eq!(record["run"], json!(name), "the column `run` ties them");
        assert_eq!(record["format"], 1);
        assert_eq!(record["reseat"], env!("CARGO_PKG_VERSION"));
        assert_eq!(record["sheet"], "sheet.csv");
        assert_eq!(record["organization"]["name"], "sandbox");
    }
    assert_eq!(ended["status"], "needs_person");
    assert_eq!((&ended["reason"], &ended["exit_code"]), (&json!("rows"), &json!(3)));
    assert_eq!(
        (&ended["rows"]["done"], &ended["rows"]["not_found"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(ended["rows"]["failed"], 0, "counts of nothing are there");
    assert_eq!(ended["calls"]["PUT"], 1);
    for number in ["retries", "throttled", "waited_ms", "elapsed_ms"] {
        assert!(ended[number].is_u64(), "{number}");
    }
    let text = stage.read(LOG);
    for person in [HUGO, "nobody@x.example"] {
        assert!(!text.contains(person), "{text}");
    }
}

#[test]
fn seats_after_a_run_are_those_of_what_was_done_and_not_of_what_was_planned() {
    let stage = Stage::new();
    let (attended, actions) = (taken(&stage, "ATTUNU"), taken(&stage, "ACNU"));
    let sheet = format!(
        "operation,user,licenses\nset-licenses,{ANNA},ACNU\nadd-licenses,{HUGO},ACNU\ndelete,{MEI},\nrelease-licenses,{DAVID},\n\
         release-licenses,nobody@x.example,\n"
    );
    stage.run_with(&sheet, &["--max-deletes", "1"]).ends(3);
    let run = runs(&stage).remove(0);
    let world: BTreeMap<&str, u64> = ["ATTUNU", "ACNU"].map(|code| (code, taken(&stage, code))).into();
    for (code, before) in [("ATTUNU", attended), ("ACNU", actions)] {
        let told = seats(&run, code);
        assert_eq!(told["taken_before"], before, "{code}");
        assert_eq!(told["taken_after"], world[code], "{code}: {told}");
        let moved = |what: &str| told[what].as_u64().unwrap();
        assert_eq!(before + moved("given") - moved("freed"), world[code], "{code}: {told}");
        assert!(told["owned"].is_u64() && told["name"].is_string(), "{told}");
    }
}

#[test]
fn rows_that_failed_move_no_seat() {
    let stage = Stage::new();
    let before = taken(&stage, "ACNU");
    stage.fault(refusal(400), "PUT", "user-license", Strikes::Always);
    stage
        .run(&format!("operation,user,licenses\nadd-licenses,{HUGO},ACNU\n"))
        .ends(3);
    let told = seats(&runs(&stage)[0], "ACNU");
    assert_eq!(
        (&told["taken_before"], &told["taken_after"], &told["given"]),
        (&json!(before), &json!(before), &json!(0))
    );
}

#[test]
fn each_run_has_its_own_record_and_one_that_finds_nothing_to_do_has_none() {
    let stage = Stage::new();
    let sheet = format!("operation,user,groups\nadd-to-groups,{ANNA},HR Robots\nadd-to-groups,{BRAM},Nowhere\n");
    stage.run(&sheet).ends(3);
    stage.rerun(&[]).ends(3);
    assert_eq!(runs(&stage).len(), 2);
    assert_eq!(runs(&stage)[1]["begins"], false);
    let finished = format!("operation,user,groups\nadd-to-groups,{ANNA},HR Robots\n");
    stage.run(&finished).ends(0);
    assert_eq!(runs(&stage).len(), 2);
}

#[test]
fn the_run_of_the_failed_rows_is_recorded_with_those_of_its_sheet() {
    let stage = Stage::new();
    stage
        .run(&format!("operation,user,groups\nadd-to-groups,{ANNA},Nowhere\n"))
        .ends(3);
    let failed = stage.read("sheet.failed.csv").replace("Nowhere", "HR Robots");
    stage.write("sheet.failed.csv", failed);
    stage.reseat(&["run", "sheet.failed.csv", "--yes"]).ends(0);
    let runs = runs(&stage);
    assert_eq!(runs.len(), 2);
    assert_eq!(runs[1]["sheet"], "sheet.failed.csv");
    assert!(!stage.exists("sheet.failed.results.csv.runs.jsonl"));
}

#[test]
fn started_anew_the_records_go_with_the_old_results() {
    let stage = Stage::new();
    let sheet = format!("operation,user,groups\nadd-to-groups,{ANNA},HR Robots\n");
    stage.run(&sheet).ends(0);
    let first = stage.read(LOG);
    stage.rerun(&["--again"]).ends(0);
    assert_eq!(runs(&stage).len(), 1);
    assert_eq!(runs(&stage)[0]["begins"], true);
    let started = runs(&stage)[0]["started_at"].clone();
    let kept = fs_err::read_dir(stage.path("sheet.csv").parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .find(|name| name.ends_with(".runs.jsonl") && name != LOG);
    let kept = kept.unwrap_or_else(|| panic!("nothing was kept of before {started}"));
    assert_eq!(stage.read(&kept), first);
    assert!(stage.exists(kept.trim_end_matches(".runs.jsonl")));
}

#[test]
fn a_run_that_breaks_off_says_how_it_ended() {
    let stage = Stage::new();
    stage.fault(refusal(401), "PUT", "", Strikes::Always);
    let sheet = format!("operation,user,licenses\nadd-licenses,{HUGO},ACNU\n");
    let code = stage.run(&sheet).code;
    let run = runs(&stage).remove(0);
    assert_eq!(run["exit_code"], code);
    assert_eq!(run["reason"], "sign_in");
    assert!(run["finished_at"].is_string());
}

#[test]
#[cfg(unix)]
fn a_record_that_cannot_be_written_is_a_warning_and_the_run_goes_on() {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::new();
    let folder = stage.path(LOG);
    fs_err::create_dir(&folder).unwrap();
    fs_err::set_permissions(&folder, PermissionsExt::from_mode(0o700)).unwrap();
    let ran = stage.run(&format!("operation,user,groups\nadd-to-groups,{ANNA},HR Robots\n"));
    let ran = ran.ends(0).tells("warning: a report of the results will not know");
    assert_eq!(ran.err.matches("will not know").count(), 1, "{}", ran.err);
    assert_eq!(stage.statuses(), ["done"]);
}
