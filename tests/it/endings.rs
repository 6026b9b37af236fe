//! Every way a command can end, by its exit code and by what it leaves behind.

use std::time::Duration;

use reseat::sandbox::{Config, FaultKind, Faults, Population, RetryAfter, Strikes};

use crate::support::{ANNA, Stage, person, sheet, signal};

#[test]
fn each_exit_code_means_what_the_documents_say() {
    let stage = Stage::new();
    let done = format!("operation,user,name\nupdate,{ANNA},Annika\n");
    stage.run(&done).ends(0);
    stage
        .reseat(&["run", "nowhere.csv", "--yes"])
        .ends(1)
        .tells("nowhere.csv");
    stage.reseat(&["run"]).ends(1).tells("Usage");
    stage.reseat(&["run", "sheet.csv", "--no-such-flag"]).ends(1);
    stage.run("operation,user\nfly,x@y.example\n").ends(2);
    stage
        .run("operation,user,groups\nadd-to-groups,x@y.example,Finance\n")
        .ends(3);
    stage.run(&format!("operation,user\ndelete,{ANNA}\n")).ends(4);
    stage
        .run(&format!("operation,user,new_email\nmigrate,{ANNA},anna@new.example\n"))
        .ends(75);
    stage.set("UIPATH_CLIENT_SECRET", "wrong-secret");
    stage.rerun(&[]).ends(5);
}

#[test]
fn a_configuration_that_lacks_something_says_all_that_is_missing() {
    let stage = Stage::new();
    stage.write("sheet.csv", format!("operation,user,name\nupdate,{ANNA},Annika\n"));
    stage.unset("UIPATH_ORGANIZATION");
    stage.unset("UIPATH_CLIENT_SECRET");
    let ran = stage.rerun(&[]).ends(1);
    for name in ["UIPATH_ORGANIZATION", "UIPATH_CLIENT_SECRET"] {
        assert!(ran.err.contains(name), "{}", ran.err);
    }
}

#[test]
fn an_organization_that_cannot_be_reached_is_said_so_and_nothing_is_left_behind() {
    let stage = Stage::new();
    stage.set("UIPATH_URI", "http://127.0.0.1:9");
    let sheet = format!("operation,user,name\nupdate,{ANNA},Annika\n");
    let ran = stage.run_with(&sheet, &["--retries", "0"]).ends(1);
    assert!(ran.err.contains("127.0.0.1"), "{}", ran.err);
    assert!(!stage.exists("sheet.results.csv"));
}

/// Sixty updates, four at once, so that some are done, some in flight and some not begun.
fn slow_run() -> (Stage, std::process::Child) {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        latency: Duration::from_millis(60),
        ..Config::unlimited()
    });
    let sheet = sheet("operation,user,name", "update,{},Kim", (1..=60).map(person));
    stage.write("sheet.csv", sheet);
    let child = stage.start(&["run", "sheet.csv", "--yes", "--concurrency", "4"]);
    stage.until("some rows are done", |sandbox| sandbox.stats().route("update-user") > 8);
    (stage, child)
}

#[test]
#[cfg(unix)]
fn ctrl_c_sigterm_and_sighup_let_what_is_in_flight_end_and_record_every_row() {
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let (stage, child) = slow_run();
        signal(&child, name);
        stage.ended(child).ends(code).tells("stopped");
        let statuses = stage.statuses();
        let done = statuses.iter().filter(|status| *status == "done").count();
        assert!((4..50).contains(&done), "{statuses:?}");
        assert!(
            statuses
                .iter()
                .all(|status| ["done", "not_run"].contains(&status.as_str()))
        );
        // What was sent was waited for, so every change is recorded.
        assert_eq!(stage.sandbox.stats().route("update-user"), done as u64);
        stage.rerun(&[]).ends(0);
        assert_eq!(stage.counts(), "60 done");
        assert_eq!(stage.sandbox.stats().route("update-user"), 60);
    }
}

#[test]
#[cfg(unix)]
fn invitations_that_a_stop_finds_queued_are_not_run_and_those_that_left_are_done() {
    let stage = Stage::with(Config {
        latency: Duration::from_millis(100),
        ..Config::unlimited()
    });
    let limits = crate::support::PROFILE;
    stage.write(
        "reseat.toml",
        format!("{limits}[profile.default.batch]\nusers_per_invite = 10\n"),
    );
    let people = (1..=600).map(|number| format!("n{number}@new.example"));
    stage.write("sheet.csv", sheet("operation,email", "invite,{}", people));
    let before = stage.world().user_count();
    let child = stage.start(&["run", "sheet.csv", "--yes"]);
    stage.until("accounts are made", |sandbox| {
        sandbox.world().user_count() > before + 10
    });
    signal(&child, "INT");
    stage.ended(child).ends(130);
    let made = stage.world().user_count() - before;
    assert!((20..600).contains(&made), "{made}");
    assert_eq!(stage.counts(), format!("{made} done, {} not_run", 600 - made));
}

#[test]
#[cfg(unix)]
fn a_second_ctrl_c_aborts_at_once_and_the_file_is_still_good() {
    use reseat::sandbox::{FaultKind, Moment, Strikes};
    let stage = Stage::new();
    let kind = FaultKind::Stalled {
        time: Duration::from_mins(1),
        moment: Moment::BeforeEffect,
    };
    stage.fault(kind, "PUT", "/api/User/", Strikes::Always);
    stage.write(
        "sheet.csv",
        format!("operation,user,name,licenses\nupdate,{ANNA},Annika,\nset-licenses,hugo.silva@contoso.example,,ACNU\n"),
    );
    let mut child = stage.start(&["run", "sheet.csv", "--yes"]);
    stage.until("the stalled call is on its way", |sandbox| {
        sandbox.stats().route("update-user") > 0
    });
    signal(&child, "INT");
    // The first asks for a polite end, which the stalled call holds up.
    stage.hear(&mut child, "stopping");
    signal(&child, "INT");
    let ran = stage.ended(child).ends(130).tells("`sheet.results.csv`");
    assert!(ran.err.contains("run sheet.csv --yes\n"), "{}", ran.err);
    stage.sandbox.set_faults(Faults::default());
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.statuses().len(), 2);
    assert_eq!(stage.user(ANNA).unwrap().name.as_deref(), Some("Annika"));
}

#[test]
#[cfg(unix)]
fn an_interruption_that_keeps_no_row_from_its_end_leaves_nothing_to_type() {
    let stage = Stage::with(Config {
        latency: Duration::from_secs(1),
        ..Config::unlimited()
    });
    stage.write("sheet.csv", format!("operation,user,name\nupdate,{ANNA},Annika\n"));
    let child = stage.start(&["run", "sheet.csv", "--yes"]);
    stage.until("the last call is on its way", |sandbox| {
        sandbox.stats().route("update-user") > 0
    });
    signal(&child, "INT");
    let ran = stage.ended(child).ends(130);
    assert_eq!(stage.counts(), "1 done");
    assert!(!ran.out.contains("next: "), "{}", ran.out);
}

#[test]
#[cfg(unix)]
fn interrupted_while_it_reads_a_run_leaves_nothing_behind() {
    let stage = Stage::with(Config {
        latency: Duration::from_millis(500),
        ..Config::unlimited()
    });
    stage.write("sheet.csv", format!("operation,user,name\nupdate,{ANNA},Annika\n"));
    let child = stage.start(&["run", "sheet.csv", "--yes"]);
    stage.until("it reads", |sandbox| sandbox.stats().route("list-users") > 0);
    signal(&child, "INT");
    stage.ended(child).ends(130);
    assert!(stage.writes().is_empty());
}

#[test]
#[cfg(unix)]
fn aborted_while_it_reads_a_run_leaves_no_results_behind() {
    use reseat::sandbox::{FaultKind, Moment, Strikes};
    let stage = Stage::new();
    let kind = FaultKind::Stalled {
        time: Duration::from_mins(1),
        moment: Moment::BeforeEffect,
    };
    stage.fault(kind, "GET", "/api/User/users", Strikes::Always);
    stage.write("sheet.csv", format!("operation,user,name\nupdate,{ANNA},Annika\n"));
    let mut child = stage.start(&["run", "sheet.csv", "--yes"]);
    stage.until("it reads", |sandbox| sandbox.stats().route("list-users") > 0);
    assert!(stage.exists("sheet.results.csv"));
    while child.try_wait().unwrap().is_none() {
        signal(&child, "INT");
        std::thread::yield_now();
    }
    stage.ended(child).ends(130);
    assert!(!stage.exists("sheet.results.csv"));
}

#[test]
#[cfg(unix)]
fn interrupted_while_it_waits_for_a_quota_a_run_ends_at_once() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let stage = Stage::with(Config {
            population: Population::Generated(20),
            ..Config::unlimited()
        });
        // Five calls, then five minutes of waiting.
        stage.write("reseat.toml", "[profile.default.limits]\nput = 5\nshare = 1.0\n");
        stage.write(
            "sheet.csv",
            sheet("operation,user,name", "update,{},Kim", (1..=20).map(person)),
        );
        let mut child = stage.start(&["run", "sheet.csv", "--yes"]);
        stage.hear(&mut child, "waiting");
        signal(&child, name);
        stage.ended(child).ends(code);
        assert_eq!(stage.counts(), "5 done, 15 not_run");
        assert_eq!(stage.sandbox.stats().route("update-user"), 5);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn ctrl_c_at_the_question_ends_the_command_and_leaves_nothing_behind() {
    use std::io::Write;
    // `script` gives the command a terminal to ask on.
    if !std::path::Path::new("/usr/bin/script").exists() {
        return;
    }
    let stage = Stage::new();
    stage.write("sheet.csv", format!("operation,user\ndelete,{ANNA}\n"));
    for (typed, code) in [("\u{3}", 130), ("yes\n", 4)] {
        let mut child = stage.start_on_a_terminal(&["run", "sheet.csv"]);
        stage.hear(&mut child, "that will be deleted");
        child.stdin.as_mut().unwrap().write_all(typed.as_bytes()).unwrap();
        stage.ended(child).ends(code);
        assert!(stage.writes().is_empty() && !stage.exists("sheet.results.csv"));
        assert!(!stage.exists("sheet.results.csv.lock"));
    }
    let mut child = stage.start_on_a_terminal(&["run", "sheet.csv"]);
    stage.hear(&mut child, "that will be deleted");
    child.stdin.as_mut().unwrap().write_all(b"1\n").unwrap();
    stage.ended(child).ends(0);
    assert!(stage.user(ANNA).is_none());
}

#[test]
#[cfg(unix)]
fn a_signal_while_the_sign_in_is_tried_again_ends_with_its_own_code() {
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let stage = Stage::new();
        let busy = FaultKind::RateLimited {
            told: RetryAfter::Seconds,
            wait: Duration::from_mins(1),
        };
        stage.fault(busy, "POST", "/connect/token", Strikes::Always);
        stage.write("sheet.csv", format!("operation,user,name\nupdate,{ANNA},Annika\n"));
        let child = stage.start(&["run", "sheet.csv", "--yes"]);
        stage.until("it asks for a token", |sandbox| sandbox.stats().route("token") > 0);
        signal(&child, name);
        stage.ended(child).ends(code);
        assert!(!stage.exists("sheet.results.csv"));
    }
}
