//! What a program reads of an ending: with `--output json` one object, whichever way a command ends, and the exit code
//! also where nothing can be printed.

use std::time::Duration;

use reseat::sandbox::{Config, Credentials, FaultKind, Moment, Population, Strikes};
use serde_json::Value;

#[cfg(unix)]
use crate::support::signal;
use crate::support::{ANNA, BRAM, HUGO, Ran, Stage, person, sheet};

/// The one object on standard output; the exit code in it is the command's own.
#[track_caller]
fn object(ran: &Ran) -> Value {
    let told: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", ran.out, ran.err));
    assert_eq!(told["exit_code"], ran.code, "{told}");
    for member in ["status", "reason", "message"] {
        assert!(told[member].is_string(), "{member} in {told}");
    }
    for member in ["details", "help"] {
        assert!(told[member].is_array(), "{member} in {told}");
    }
    told
}

/// Runs it with `--output json` and looks at how it says that it ended.
#[track_caller]
fn ends(stage: &Stage, words: &[&str], code: i32, status: &str, reason: &str) -> Value {
    let ran = stage.reseat(&[words, &["--output", "json"]].concat()).ends(code);
    let told = object(&ran);
    assert_eq!(
        (&told["status"], &told["reason"]),
        (&status.into(), &reason.into()),
        "{told}"
    );
    told
}

const RUN: [&str; 3] = ["run", "sheet.csv", "--yes"];

fn update() -> String {
    format!("operation,user,name\nupdate,{ANNA},Annika\n")
}

#[test]
fn a_run_that_comes_to_its_end_says_whether_its_rows_are_done_need_a_person_or_wait() {
    let stage = Stage::new();
    stage.write("sheet.csv", update());
    let told = ends(&stage, &RUN, 0, "done", "none");
    assert_eq!(told["rows"]["done"], 1);
    stage.write(
        "sheet.csv",
        "operation,user,groups\nadd-to-groups,x@y.example,Finance\n",
    );
    let told = ends(&stage, &RUN, 3, "needs_person", "rows");
    assert_eq!(told["failed_sheet"], "sheet.failed.csv");
    stage.write(
        "sheet.csv",
        format!("operation,user,new_email\nmigrate,{ANNA},anna@new.example\n"),
    );
    ends(&stage, &RUN, 75, "waiting", "rows");
}

#[test]
fn what_is_refused_before_anything_is_sent_says_what_it_is_about() {
    let stage = Stage::new();
    stage.write("sheet.csv", "operation,user\nfly,x@y.example\n");
    for words in [&RUN[..], &["plan", "sheet.csv"], &["check", "sheet.csv"]] {
        let told = ends(&stage, words, 2, "refused", "sheet_invalid");
        let sheet = if words[0] == "check" { &told } else { &told["sheet"] };
        assert_eq!((&sheet["errors"], &sheet["problems"][0]["row"]), (&1.into(), &2.into()));
    }

    stage.write("sheet.csv", update());
    let told = ends(&stage, &["run", "sheet.csv"], 4, "refused", "not_confirmed");
    assert!(told["help"][0].as_str().unwrap().contains("--yes"), "{told}");

    stage.free_seats("ACNU", 0);
    stage.write(
        "sheet.csv",
        format!("operation,user,licenses\nset-licenses,{HUGO},ACNU\n"),
    );
    let told = ends(&stage, &RUN, 4, "refused", "shortage");
    assert!(told["details"][0].as_str().unwrap().contains("misses ACNU"), "{told}");

    stage.write("sheet.csv", format!("operation,user\ndelete,{BRAM}\n"));
    for words in [&RUN[..], &[&RUN[..], &["--max-deletes", "0"]].concat()] {
        let told = ends(&stage, words, 4, "refused", "deletions_unconfirmed");
        assert!(told["details"][0].as_str().unwrap().contains("Bram"), "{told}");
    }

    stage.write("sheet.csv", update());
    stage.reseat(&["plan", "sheet.csv", "--save", "plan.json"]).ends(0);
    stage.write("sheet.csv", update().replace("Annika", "Anneke"));
    let words = ["run", "--plan", "plan.json", "--yes"];
    let told = ends(&stage, &words, 4, "refused", "changed_since_plan");
    assert!(!told["details"].as_array().unwrap().is_empty(), "{told}");
    let words = ["run", "--plan", "plan.json", "--yes", "--limit", "7"];
    ends(&stage, &words, 4, "refused", "changed_since_plan");

    assert!(stage.writes().is_empty() && !stage.exists("sheet.results.csv"));
}

#[test]
fn what_cannot_start_says_whether_the_settings_a_file_or_the_sign_in_is_at_fault() {
    let stage = Stage::new();
    stage.write("sheet.csv", update());
    for words in [
        &["run", "sheet.csv", "--no-such-flag"][..],
        &["run"],
        &["rn"],
        &["run", "sheet.csv", "--yes", "--only", "700"],
        &["run", "sheet.csv", "--yes", "--profile", "nowhere"],
        &["man", "nothing"],
        &["completions", "cmd"],
    ] {
        let told = ends(&stage, words, 1, "could_not_start", "settings");
        assert!(!told["message"].as_str().unwrap().is_empty(), "{told}");
    }
    for words in [
        &["run", "nowhere.csv", "--yes"][..],
        &["check", "nowhere.csv"],
        &["plan", "nowhere.csv"],
        &["run", "--plan", "nowhere.json", "--yes"],
        &["run", "sheet.csv", "--yes", "--results", "nowhere/results.csv"],
        &["run", "sheet.csv", "--yes", "--results", "reseat.toml"],
    ] {
        ends(&stage, words, 1, "could_not_start", "file");
    }

    stage.keep_secret("not-this-secret");
    stage.set("UIPATH_CLIENT_SECRET", "not-this-secret");
    for words in [&RUN[..], &["plan", "sheet.csv"]] {
        ends(&stage, words, 5, "could_not_start", "sign_in");
    }
    stage.set("UIPATH_URI", "http://127.0.0.1:9");
    let words = [&RUN[..], &["--retries", "0"]].concat();
    ends(&stage, &words, 1, "could_not_start", "same_failure");

    stage.unset("UIPATH_URI");
    stage.unset("UIPATH_ORGANIZATION");
    stage.unset("UIPATH_CLIENT_ID");
    let told = ends(&stage, &RUN, 1, "could_not_start", "settings");
    let problems = told["settings_problems"].as_array().unwrap();
    assert!(
        problems.len() >= 2 && problems.iter().all(|problem| problem["what"].is_string()),
        "{told}"
    );
    // Where the sheet cannot be read either, that is said as well.
    let told = ends(
        &stage,
        &["run", "nowhere.csv", "--yes"],
        1,
        "could_not_start",
        "settings",
    );
    assert!(told["details"][0].as_str().unwrap().contains("nowhere.csv"), "{told}");
    assert!(stage.writes().is_empty());
}

#[test]
fn a_permission_that_is_missing_is_told_from_a_sign_in_that_fails() {
    let scoped = |scopes: &[&str]| {
        let stage = Stage::with(Config {
            population: Population::Generated(30),
            credentials: Credentials {
                scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
                ..Credentials::default()
            },
            ..Config::unlimited()
        });
        stage.write(
            "sheet.csv",
            sheet("operation,user,name", "update,{},Kim", (1..=30).map(person)),
        );
        stage
    };
    let reads = ["PM.User.Read", "PM.Group.Read", "PM.License.Read"];
    ends(&scoped(&reads), &RUN, 5, "stopped", "permission");
    ends(&scoped(&["PM.Audit.Read"]), &RUN, 5, "could_not_start", "permission");
}

#[test]
fn a_run_that_stops_itself_says_by_which_limit() {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        ..Config::unlimited()
    });
    stage.fault(FaultKind::NotSucceeded, "PUT", "/api/User/", Strikes::Always);
    stage.write(
        "sheet.csv",
        sheet("operation,user,name", "update,{},Kim", (1..=60).map(person)),
    );
    let told = ends(&stage, &RUN, 4, "stopped", "same_failure");
    assert_eq!(told["message"], told["stopped"]);
    assert!(told["next_command"].is_string(), "{told}");
    let words = [&RUN[..], &["--max-failures", "3"]].concat();
    ends(&stage, &words, 4, "stopped", "max_failures");
}

#[test]
#[cfg(unix)]
fn a_disk_that_fills_up_in_the_middle_is_told_from_one_that_is_full_at_the_start() {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        ..Config::unlimited()
    });
    stage.write(
        "sheet.csv",
        sheet("operation,user,name", "update,{},Kim", (1..=60).map(person)),
    );
    for (blocks, code, status) in [(0, 1, "could_not_start"), (8, 4, "stopped")] {
        let words = [&RUN[..], &["--output", "json"]].concat();
        let shell = format!("trap '' XFSZ; ulimit -f {blocks}");
        let told = object(&stage.ended(stage.start_under(&shell, &words)).ends(code));
        assert_eq!(
            (&told["status"], &told["reason"]),
            (&status.into(), &"file".into()),
            "{told}"
        );
    }
    stage.rerun(&[]).ends(0);
}

/// A run in the middle of sixty updates.
#[cfg(unix)]
fn under_way(flags: &[&str]) -> (Stage, std::process::Child) {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        latency: Duration::from_millis(60),
        ..Config::unlimited()
    });
    stage.write(
        "sheet.csv",
        sheet("operation,user,name", "update,{},Kim", (1..=60).map(person)),
    );
    let child = stage.start(&[&RUN[..], &["--concurrency", "4"], flags].concat());
    stage.until("some rows are done", |sandbox| sandbox.stats().route("update-user") > 8);
    (stage, child)
}

#[test]
#[cfg(unix)]
fn a_signal_is_an_ending_like_any_other() {
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let (stage, child) = under_way(&["--output", "json"]);
        signal(&child, name);
        let told = object(&stage.ended(child).ends(code));
        assert_eq!(
            (&told["status"], &told["reason"]),
            (&"interrupted".into(), &"interrupted".into())
        );
        assert!(told["rows"]["not_run"].is_number(), "{told}");
    }
}

#[test]
#[cfg(unix)]
fn plan_and_run_that_are_held_up_end_at_once_by_signals_and_say_so_to_a_program() {
    let kind = FaultKind::Stalled {
        time: Duration::from_mins(1),
        moment: Moment::BeforeEffect,
    };
    for words in [&["plan", "sheet.csv"][..], &RUN] {
        let stage = Stage::new();
        stage.fault(kind.clone(), "GET", "/api/User/users", Strikes::Always);
        stage.write("sheet.csv", update());
        let mut child = stage.start(&[words, &["--output", "json"]].concat());
        stage.until("it reads", |sandbox| sandbox.stats().route("list-users") > 0);
        while child.try_wait().unwrap().is_none() {
            signal(&child, "INT");
            std::thread::yield_now();
        }
        let told = object(&stage.ended(child).ends(130));
        assert_eq!(told["status"], "interrupted");
        assert!(!stage.exists("sheet.results.csv"));
    }
}

#[test]
#[cfg(unix)]
fn what_waits_for_a_sheet_in_a_pipe_is_ended_by_a_signal_like_anything_else() {
    for words in [&["check", "pipe"][..], &["plan", "pipe"], &["run", "pipe", "--yes"]] {
        let stage = Stage::new();
        let made = std::process::Command::new("mkfifo").arg(stage.given("pipe")).status();
        assert!(made.unwrap().success());
        let child = stage.start(&[words, &["--output", "json"]].concat());
        // It has the pipe open once somebody can write to it.
        let writer = fs_err::OpenOptions::new().write(true).open(stage.path("pipe")).unwrap();
        signal(&child, "TERM");
        let told = object(&stage.ended(child).ends(143));
        assert_eq!(told["reason"], "interrupted");
        drop(writer);
    }
}

#[test]
#[cfg(unix)]
fn a_run_that_is_aborted_says_to_a_program_how_to_go_on() {
    let stage = Stage::new();
    let kind = FaultKind::Stalled {
        time: Duration::from_mins(1),
        moment: Moment::BeforeEffect,
    };
    stage.fault(kind, "PUT", "/api/User/", Strikes::Always);
    stage.write("sheet.csv", update());
    let mut child = stage.start(&[&RUN[..], &["--output", "json"]].concat());
    stage.until("the stalled call is on its way", |sandbox| {
        sandbox.stats().route("update-user") > 0
    });
    signal(&child, "INT");
    stage.hear(&mut child, "stopping");
    signal(&child, "INT");
    let told = object(&stage.ended(child).ends(130));
    assert_eq!(
        (&told["status"], &told["reason"]),
        (&"interrupted".into(), &"interrupted".into())
    );
    assert!(
        told["help"][0].as_str().unwrap().contains("run sheet.csv --yes"),
        "{told}"
    );
    stage.sandbox.set_faults(reseat::sandbox::Faults::default());
    stage.rerun(&[]).ends(0);
}

/// Standard outputs that cannot be written.
#[cfg(target_os = "linux")]
const NO_OUTPUT: [&str; 2] = ["exec >/dev/full", "exec >&-"];

#[test]
#[cfg(target_os = "linux")]
fn the_exit_code_is_the_commands_own_where_nothing_can_be_printed() {
    for shell in NO_OUTPUT {
        for format in ["text", "json"] {
            let stage = Stage::new();
            let run = |content: &str, words: &[&str], code| {
                stage.write("sheet.csv", content);
                let words = [words, &["--output", format]].concat();
                stage.ended(stage.start_under(shell, &words)).ends(code)
            };
            let ran = run(&update(), &RUN, 0);
            if shell.contains("full") {
                ran.tells("warning: the summary was not written")
                    .tells("`sheet.results.csv`");
            }
            run("operation,user\nupdate,nobody@x.example\n", &RUN, 2);
            run("operation,user,name\nupdate,nobody@x.example,Nemo\n", &RUN, 3);
            run(&format!("operation,user\ndelete,{BRAM}\n"), &RUN, 4);
            run(
                &format!("operation,user,new_email\nmigrate,{HUGO},h@new.example\n"),
                &RUN,
                75,
            );
            run(&update(), &["plan", "sheet.csv"], 0);
            run(&update(), &["check", "sheet.csv"], 0);
            run("operation,user\nfly,x\n", &["check", "sheet.csv"], 2);
            run(&update(), &["run", "nowhere.csv"], 1);
        }
    }
}

#[test]
fn a_reader_that_has_gone_changes_no_exit_code() {
    let stage = Stage::new();
    for (content, words, code) in [
        (update(), &RUN[..], 0),
        (update(), &["check", "sheet.csv"], 0),
        (update(), &["plan", "sheet.csv"], 0),
        (update(), &["codes"], 0),
        (update(), &["doctor"], 0),
        ("operation,user\nfly,x\n".to_owned(), &["check", "sheet.csv"], 2),
        (format!("operation,user\ndelete,{BRAM}\n"), &RUN, 4),
    ] {
        for format in ["text", "json"] {
            stage.write("sheet.csv", &content);
            let mut child = stage.start(&[words, &["--output", format]].concat());
            drop(child.stdout.take());
            let ran = stage.ended(child).ends(code);
            assert!(!ran.err.contains("panicked") && !ran.err.contains("bug"), "{}", ran.err);
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_standard_error_that_cannot_be_written_stops_nothing() {
    for shell in [
        "exec 2>/dev/full",
        "exec 2>&-",
        "exec >/dev/full 2>/dev/full",
        "exec 2>&- >&-",
    ] {
        let stage = Stage::new();
        stage.write("sheet.csv", update());
        stage.ended(stage.start_under(shell, &RUN)).ends(0);
        assert_eq!(stage.counts(), "1 done");
        stage.write("sheet.csv", "operation,user,name\nupdate,nobody@x.example,Nemo\n");
        stage
            .ended(stage.start_under(shell, &[&RUN[..], &["-v"]].concat()))
            .ends(3);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn commands_that_only_print_end_with_1_where_they_cannot() {
    let stage = Stage::new();
    for words in [
        &["codes"][..],
        &["doctor"],
        &["man"],
        &["completions", "bash"],
        &["--help"],
    ] {
        let ran = stage.ended(stage.start_under("exec >/dev/full", words));
        ran.ends(1).tells("failed to write to standard output");
    }
}

#[test]
#[cfg(unix)]
fn the_last_line_of_progress_counts_what_still_ended_after_a_stop() {
    let (stage, child) = under_way(&[]);
    signal(&child, "INT");
    let ran = stage.ended(child).ends(130);
    let done = stage.statuses().iter().filter(|status| *status == "done").count();
    let last = ran.err.lines().rfind(|line| line.contains(" of 60 rows")).unwrap();
    assert!(
        last.starts_with(&format!("{done} of 60 rows")),
        "{done} done, but: {last}"
    );
    assert!(last.ends_with("stopped") && !last.contains("left"), "{last}");
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_terminal_a_stop_leaves_a_last_line_with_the_same_numbers() {
    if !std::path::Path::new("/usr/bin/script").exists() {
        return;
    }
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        latency: Duration::from_millis(60),
        ..Config::unlimited()
    });
    stage.write(
        "sheet.csv",
        sheet("operation,user,name", "update,{},Kim", (1..=60).map(person)),
    );
    stage.set("TERM", "xterm");
    let mut child = stage.start_on_a_terminal(&[&RUN[..], &["--concurrency", "4"]].concat());
    stage.until("some rows are done", |sandbox| sandbox.stats().route("update-user") > 8);
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), b"\x03").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let done = stage.statuses().iter().filter(|status| *status == "done").count();
    let screen = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        screen.contains(&format!("{done} of 60 rows")),
        "{done} done, but {screen}"
    );
    assert!(screen.contains("stopped"), "{screen}");
}
