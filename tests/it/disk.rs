//! Disks that fill up, folders that go, files that cannot be written: nothing is claimed that is not on disk, and once
//! that is mended the same command finishes.

use std::collections::BTreeSet;
use std::time::Duration;

use reseat::ledger::History;
use reseat::model::Status;
use reseat::sandbox::{Config, Population};

use crate::support::{ANNA, Stage, person, sheet};

/// The rows that the results file tells of.
fn told(stage: &Stage) -> Vec<Status> {
    let path = stage.path("sheet.results.csv");
    if !path.exists() {
        return Vec::new();
    }
    let history = History::read(&path).unwrap();
    assert!(!history.is_torn(), "a line was left half written");
    history
        .entries()
        .map(|entered| entered.unwrap().record.report.status)
        .collect()
}

/// Files larger than so many blocks of 512 bytes are refused from here on, as on a disk that is full.
fn full_after(blocks: u64) -> String {
    format!("trap '' XFSZ; ulimit -f {blocks}")
}

#[test]
#[cfg(unix)]
fn a_disk_that_fills_up_stops_the_run_and_only_what_is_on_disk_counts() {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        ..Config::unlimited()
    });
    let content = sheet("operation,user,name", "update,{},Kim", (1..=60).map(person));
    stage.write("sheet.csv", content);
    let words = ["run", "sheet.csv", "--yes", "--concurrency", "4"];
    let mut finished = 0;
    for blocks in [0, 8, 16] {
        let ran = stage.ended(stage.start_under(&full_after(blocks), &words));
        // Where not even the first line finds room, nothing is sent.
        let code = if blocks == 0 { 1 } else { 4 };
        let ran = ran.ends(code).tells("free some space");
        assert!(
            ran.err.contains("results cannot be recorded") || blocks == 0,
            "{}",
            ran.err
        );
        // What was told ahead of a call has not come to its end.
        let statuses: Vec<Status> = told(&stage)
            .into_iter()
            .filter(|status| *status != Status::Started)
            .collect();
        let is_good = |status: &Status| matches!(status, Status::Done | Status::Unchanged);
        assert!(statuses.iter().all(is_good), "{statuses:?}");
        assert!(
            statuses.len() >= finished && statuses.len() < 60,
            "{blocks} blocks: {}",
            statuses.len()
        );
        let changed = stage
            .world()
            .users()
            .filter(|user| user.name.as_deref() == Some("Kim"))
            .count();
        assert!(statuses.len() <= changed, "{} told, {changed} changed", statuses.len());
        finished = statuses.len();
    }
    assert!(finished > 0);
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.statuses().len(), 60);
    assert!(
        stage
            .statuses()
            .iter()
            .all(|status| ["done", "unchanged"].contains(&status.as_str()))
    );
}

#[test]
#[cfg(unix)]
fn nobody_is_invited_of_whom_the_full_disk_does_not_know() {
    let stage = Stage::new();
    stage.write(
        "reseat.toml",
        "[profile.default.batch]\nusers_per_invite = 1\n[profile.default.limits]\nsettle = \"400ms\"\n",
    );
    let people: BTreeSet<String> = (0..20).map(|number| format!("new{number:02}@new.example")).collect();
    stage.write("sheet.csv", sheet("operation,email", "invite,{}", &people));
    for blocks in [0, 1, 2, 4, 6] {
        let words = ["run", "sheet.csv", "--yes", "--concurrency", "2"];
        let ran = stage.ended(stage.start_under(&full_after(blocks), &words));
        assert!([1, 4].contains(&ran.code), "{blocks}: {}", ran.err);
        let mailed = stage.world().mails().count();
        assert!(mailed <= told(&stage).len(), "{blocks} blocks: {mailed} were mailed");
    }
    assert!(stage.world().mails().count() > 0);
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.statuses().len(), 20);
    for who in &people {
        assert_eq!(stage.world().mails_to(who), 1, "{who}");
    }
}

#[test]
#[cfg(unix)]
fn a_workbook_for_which_the_disk_has_no_room_is_told_and_nothing_of_it_is_left() {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        ..Config::unlimited()
    });
    let content = sheet("operation,user,name", "update,{},Kim", (1..=60).map(person));
    stage.run(&content).ends(0);
    // Where there is room for the parts of a workbook, though not for its rows, which are larger as long as it is made.
    for blocks in [0, 2, 8, 20] {
        let words = ["undo", "sheet.results.csv", "-o", "undo.xlsx"];
        stage
            .ended(stage.start_under(&full_after(blocks), &words))
            .ends(1)
            .tells("cannot write `undo.xlsx`: File too large");
        assert!(!stage.path("undo.xlsx").exists(), "{blocks}");
    }
    stage.reseat(&["undo", "sheet.results.csv", "-o", "undo.xlsx"]).ends(0);
}

#[test]
fn a_results_file_that_cannot_be_made_is_told_before_anything_is_sent() {
    let stage = Stage::new();
    stage.write("sheet.csv", format!("operation,user,name\nupdate,{ANNA},Annika\n"));
    fs_err::create_dir(stage.given("folder")).unwrap();
    let mut cases = vec![("nowhere/results.csv", "create the folder"), ("folder", "--results")];
    // A file system that not even the superuser may write to.
    if cfg!(target_os = "linux") {
        cases.push(("/sys/reseat.results.csv", "choose a folder that you may write to"));
    }
    for (path, words) in cases {
        for again in [&[][..], &["--again"]] {
            let flags = [&["--results", path], again].concat();
            stage.rerun(&flags).ends(1).tells(words).tells(path);
            assert!(stage.writes().is_empty(), "{path}");
        }
    }
}

#[test]
#[cfg(unix)]
fn a_folder_that_vanishes_during_the_run_is_noticed_and_the_next_run_finds_what_was_done() {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        latency: Duration::from_millis(30),
        ..Config::unlimited()
    });
    stage.write(
        "sheet.csv",
        sheet("operation,user,name", "update,{},Kim", (1..=60).map(person)),
    );
    fs_err::create_dir(stage.given("out")).unwrap();
    let words = [
        "run",
        "sheet.csv",
        "--yes",
        "--concurrency",
        "2",
        "--results",
        "out/results.csv",
    ];
    let child = stage.start(&words);
    stage.until("some rows are done", |sandbox| sandbox.stats().route("update-user") > 8);
    fs_err::remove_dir_all(stage.path("out")).unwrap();
    stage
        .ended(child)
        .ends(4)
        .tells("deleted while it was being written")
        .tells("same command again");
    assert!(stage.sandbox.stats().route("update-user") < 60);
    stage.reseat(&words).ends(1).tells("create the folder");
    fs_err::create_dir(stage.given("out")).unwrap();
    stage.reseat(&words).ends(0);
    let kims = stage.world();
    assert_eq!(
        kims.users().filter(|user| user.name.as_deref() == Some("Kim")).count(),
        60
    );
    // What the lost file told of is found done, and not done again.
    assert!(stage.sandbox.stats().route("update-user") <= 60 + 2);
}

#[test]
fn killed_while_the_results_are_put_in_order_nothing_is_lost() {
    let stage = Stage::with(Config {
        population: Population::Generated(5),
        ..Config::unlimited()
    });
    // Many lines, so that writing them takes long enough to be met.
    let rows = (1..=4000).map(|number| {
        if number <= 5 {
            person(number)
        } else {
            format!("nobody{number}@else.example")
        }
    });
    stage.write("sheet.csv", sheet("operation,user,name", "update,{},Kim", rows));
    let words = ["run", "sheet.csv", "--yes", "--only", "2-6"];
    let temporary = stage.path("sheet.results.csv.rewriting");
    let mut was_met = false;
    for _ in 0..10 {
        let mut child = stage.start(&words);
        while !temporary.exists() && child.try_wait().unwrap().is_none() {
            std::hint::spin_loop();
        }
        // One that has ended needs no killing.
        let _ = child.kill();
        stage.ended(child);
        was_met |= temporary.exists();
        let done = told(&stage).iter().filter(|status| **status == Status::Done).count();
        assert_eq!(done, 5);
        if was_met {
            break;
        }
    }
    assert!(was_met, "the rewrite was never met");
    stage.reseat(&words).ends(0);
    assert!(!temporary.exists());
    assert_eq!(stage.statuses().len(), 4000);
    assert_eq!(
        stage.sandbox.stats().route("update-user"),
        5,
        "no finished row is repeated"
    );
}
