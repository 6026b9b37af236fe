//! One run per organization at a time: the second is told who is at work, or waits for it.

use std::process::Child;
use std::sync::{Arc, Condvar, Mutex};

use reseat::sandbox::{Config, Population};
use serde_json::Value;

use crate::between::twist;
#[cfg(unix)]
use crate::support::signal;
use crate::support::{ANNA, Stage, person, sheet};

const FIRST: [&str; 5] = ["run", "first.csv", "--yes", "--concurrency", "2"];
const SECOND: [&str; 3] = ["run", "sheet.csv", "--yes"];

/// Holds back the answers to every PUT until it is opened.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    /// A gate between the stage's sandbox and whatever runs from here on.
    fn before(stage: &Stage) -> Self {
        let gate = Self::default();
        let held = gate.clone();
        twist(stage, move |asked, _| {
            if asked.line.starts_with("PUT") {
                let (is_open, opened) = &*held.0;
                drop(opened.wait_while(is_open.lock().unwrap(), |is_open| !*is_open).unwrap());
            }
        });
        gate
    }

    fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    #[cfg(target_os = "linux")]
    fn close(&self) {
        *self.0.0.lock().unwrap() = false;
    }
}

/// A first run in the middle of its sixty updates, the answers to which are held back, and the sheet of a second one.
fn under_way() -> (Stage, Child, Gate) {
    under_way_after(|_| {})
}

/// The same, after this was done in peace.
fn under_way_after(first: impl FnOnce(&Stage)) -> (Stage, Child, Gate) {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        ..Config::unlimited()
    });
    stage.keep_state();
    let sixty = sheet("operation,user,name", "update,{},Kim", (1..=60).map(person));
    stage.write("first.csv", sixty);
    stage.write(
        "sheet.csv",
        sheet("operation,user,surname", "update,{},Park", (1..=5).map(person)),
    );
    first(&stage);
    stage.forget_calls();
    let gate = Gate::before(&stage);
    let child = stage.start(&FIRST);
    stage.until("it writes", |sandbox| sandbox.stats().route("update-user") > 0);
    (stage, child, gate)
}

/// Ends a run as a power cut does.
fn kill(stage: &Stage, mut child: Child, gate: &Gate) {
    child.kill().unwrap();
    child.wait().unwrap();
    // Of a run that was killed not every row has a line.
    let results = stage.path("first.results.csv");
    if results.exists() {
        fs_err::remove_file(results).unwrap();
    }
    gate.open();
}

#[test]
fn a_second_run_is_told_who_is_at_work_and_sends_nothing() {
    let (stage, first, gate) = under_way();
    let reads = stage.sandbox.stats().total();
    let ran = stage.reseat(&[&SECOND[..], &["--output", "json"]].concat()).ends(4);
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (&told["status"], &told["reason"]),
        (&"refused".into(), &"locked".into()),
        "{told}"
    );
    let message = told["message"].as_str().unwrap();
    for words in [
        format!("process {}", first.id()),
        format!("`{}`", stage.path("first.csv").display()),
        "since 20".to_owned(),
    ] {
        assert!(message.contains(&words), "`{words}` is not in {message}");
    }
    assert!(ran.err.contains("`--wait`"), "{}", ran.err);
    assert_eq!(
        stage.sandbox.stats().total(),
        reads,
        "it used up quota that the first needs"
    );
    assert!(!stage.exists("sheet.results.csv"));

    // What changes nothing needs no turn, and neither does another organization.
    stage.reseat(&["plan", "sheet.csv"]).ends(0);
    stage.reseat(&["check", "sheet.csv"]).ends(0);
    stage.write("trial.csv", format!("operation,user,name\nupdate,{ANNA},Ann\n"));
    stage.reseat(&["run", "trial.csv", "--yes", "--sandbox"]).ends(0);
    let other = Stage::new();
    other.set("XDG_STATE_HOME", &stage.path("state").display().to_string());
    other.run(&format!("operation,user,name\nupdate,{ANNA},Ann\n")).ends(0);
    kill(&stage, first, &gate);
}

#[test]
fn a_sheet_that_is_finished_already_needs_no_turn() {
    let (stage, first, gate) = under_way_after(|stage| {
        stage.reseat(&SECOND).ends(0);
    });
    stage.reseat(&SECOND).ends(0).tells("already done");
    kill(&stage, first, &gate);
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_terminal_the_turn_is_taken_once_the_question_is_answered() {
    use std::io::Write;
    if !std::path::Path::new("/usr/bin/script").exists() {
        return;
    }
    let stage = Stage::new();
    stage.keep_state();
    let gate = Gate::before(&stage);
    gate.open();
    for name in ["sheet.csv", "other.csv"] {
        stage.write(name, format!("operation,user,name\nupdate,{ANNA},Ann\n"));
    }
    let mut asked = stage.start_on_a_terminal(&["run", "sheet.csv"]);
    stage.hear(&mut asked, "Type `yes`");
    // A question that nobody answers keeps nobody out.
    stage.reseat(&["run", "other.csv", "--yes"]).ends(0);
    gate.close();
    stage.write("other.csv", format!("operation,user,name\nupdate,{ANNA},Anne\n"));
    let at_work = stage.start(&["run", "other.csv", "--yes"]);
    stage.until("it writes", |sandbox| sandbox.stats().route("update-user") > 1);
    asked.stdin.as_mut().unwrap().write_all(b"yes\n").unwrap();
    stage
        .ended(asked)
        .ends(4)
        .tells("another run is working on this organization");
    assert!(!stage.exists("sheet.results.csv"));
    gate.open();
    stage.ended(at_work).ends(0);
}

#[test]
fn a_run_that_was_killed_keeps_nobody_out() {
    let (stage, first, gate) = under_way();
    kill(&stage, first, &gate);
    stage.reseat(&SECOND).ends(0);
    assert_eq!(stage.counts(), "5 done");
    stage.reseat(&FIRST).ends(0);
}

#[test]
fn a_run_that_waits_begins_once_the_other_has_ended_and_finds_what_it_left() {
    let (stage, first, gate) = under_way();
    stage.write(
        "sheet.csv",
        sheet("operation,user,name", "update,{},Kim", (1..=60).map(person)),
    );
    let mut second = stage.start(&[&SECOND[..], &["--wait"]].concat());
    stage.hear(&mut second, "waiting: another run is working on this organization");
    gate.open();
    stage.ended(first).ends(0);
    stage.ended(second).ends(0);
    assert_eq!(stage.counts(), "60 unchanged");
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_the_wait_at_once() {
    let (stage, first, gate) = under_way();
    let words = [&SECOND[..], &["--wait", "--output", "json"]].concat();
    let mut second = stage.start(&words);
    stage.hear(&mut second, "waiting");
    signal(&second, "INT");
    let ran = stage.ended(second).ends(130).tells("nothing was sent");
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(told["reason"], "interrupted");
    assert!(!stage.exists("sheet.results.csv"));
    kill(&stage, first, &gate);
}

#[test]
fn without_a_folder_to_lock_in_a_run_warns_and_goes_on() {
    let stage = Stage::new();
    let sheet = format!("operation,user,name\nupdate,{ANNA},Ann\n");
    stage
        .run(&sheet)
        .ends(0)
        .tells("would go unnoticed")
        .tells("XDG_STATE_HOME");
    // A file where the folder should be.
    fs_err::write(stage.given("state"), "").unwrap();
    stage.set("XDG_STATE_HOME", &stage.path("state").display().to_string());
    stage.rerun(&["--again"]).ends(0).tells("would go unnoticed");
}

#[test]
fn two_runs_on_one_results_file_are_told_so_and_may_wait_too() {
    let (stage, first, gate) = under_way();
    // Without a state folder only the results file tells them apart.
    stage.unset("XDG_STATE_HOME");
    let words = [&FIRST[..], &["--output", "json"]].concat();
    let ran = stage.reseat(&words).ends(4).tells("another run is writing it");
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (&told["status"], &told["reason"]),
        (&"refused".into(), &"locked".into()),
        "{told}"
    );
    let mut second = stage.start(&[&FIRST[..], &["--wait"]].concat());
    stage.hear(&mut second, "waiting: another run is writing `first.results.csv`");
    kill(&stage, first, &gate);
    stage.ended(second).ends(0);
}

/// How many calls of a method are remembered as spent.
fn remembered(stage: &Stage, method: &str) -> u64 {
    let files = fs_err::read_dir(stage.path("state/reseat")).unwrap();
    let mut memories = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".memory.json"));
    let memory = fs_err::read_to_string(memories.next().unwrap()).unwrap();
    assert_eq!(memories.next(), None, "one organization has one memory");
    let memory: Value = serde_json::from_str(&memory).unwrap();
    let spent = memory["quota"]["spent"].as_array().unwrap().iter();
    let of_it = spent.filter(|entry| entry["method"] == method);
    of_it.map(|entry| entry["calls"].as_u64().unwrap()).sum()
}

#[test]
fn what_two_commands_spend_at_once_is_remembered_of_both() {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        ..Config::unlimited()
    });
    stage.keep_state();
    // Quotas that are counted and never reached.
    stage.write("reseat.toml", "[profile.default.limits]\nget = 1000\nput = 1000\n");
    let rows = sheet("operation,user,name", "update,{},Kim", (1..=9).map(person));
    stage.write("sheet.csv", rows);
    let gate = Gate::before(&stage);
    stage.reseat(&["plan", "sheet.csv"]).ends(0);
    let of_a_plan = remembered(&stage, "GET");
    assert!(of_a_plan > 0);

    let run = stage.start(&SECOND);
    stage.until("it writes", |sandbox| sandbox.stats().route("update-user") > 0);
    stage.reseat(&["plan", "sheet.csv"]).ends(0);
    gate.open();
    stage.ended(run).ends(0);
    assert_eq!(remembered(&stage, "PUT"), 9);
    assert_eq!(remembered(&stage, "GET"), 3 * of_a_plan);
}
