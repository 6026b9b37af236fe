//! Long work shows how far it is: in place on a terminal of any width, by lines elsewhere, and never in the data.

use std::time::Duration;

use reseat::sandbox::{Config, Population};
use serde_json::Value;

use crate::support::{Stage, each, person, sheet};

const RUN: [&str; 5] = ["run", "sheet.csv", "--yes", "--concurrency", "3"];

/// An organization that takes its time over sixty updates.
fn slow() -> Stage {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        latency: Duration::from_millis(60),
        ..Config::unlimited()
    });
    let updates = sheet("operation,user,name", "update,{},Kim", (1..=60).map(person));
    stage.write("sheet.csv", updates);
    stage
}

/// What was drawn in place, a line each: what follows the clearing of a line.
#[cfg(target_os = "linux")]
fn drawn(screen: &str) -> Vec<&str> {
    let cleared = screen.split("\u{1b}[2K").skip(1);
    cleared
        .map(|rest| rest.split(['\r', '\n', '\u{1b}']).next().unwrap())
        .filter(|line| !line.trim().is_empty())
        .collect()
}

#[test]
#[cfg(target_os = "linux")]
fn nothing_that_is_drawn_is_wider_than_the_terminal_and_the_rows_are_counted_on_the_narrowest() {
    if !std::path::Path::new("/usr/bin/script").exists() {
        return;
    }
    each(&[30, 40, 80, 200], |columns| {
        let stage = slow();
        let ran = stage.screen_of(*columns, Some("xterm"), &RUN).ends(0);
        let drawn = drawn(&ran.err);
        assert!(
            drawn.iter().any(|line| line.contains(" of 60 rows")),
            "{columns}: {:?}",
            ran.err
        );
        for line in &drawn {
            assert!(line.chars().count() <= *columns, "{columns}: {line:?}");
        }
        let has_bar = drawn.iter().any(|line| line.starts_with('['));
        assert_eq!(has_bar, *columns >= 60, "{columns}: {drawn:?}");
    });
}

#[test]
#[cfg(target_os = "linux")]
fn a_terminal_that_cannot_move_its_cursor_gets_nothing_that_moves_it() {
    if !std::path::Path::new("/usr/bin/script").exists() {
        return;
    }
    each(&[None, Some("dumb")], |term| {
        let stage = slow();
        let ran = stage.screen_of(80, *term, &RUN).ends(0);
        assert!(ran.err.contains("60 done"), "{}", ran.err);
        assert!(
            !ran.err.contains("\u{1b}[2K") && !ran.err.contains("\u{1b}[1A"),
            "{:?}",
            ran.err
        );
    });
}

#[test]
fn what_is_over_at_once_says_nothing_of_how_far_it_is() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        sheet("operation,user,name", "update,{},Kim", [crate::support::ANNA]),
    );
    for words in [
        &["check", "sheet.csv"][..],
        &["plan", "sheet.csv", "-o", "plan.html"],
        &["run", "sheet.csv", "--yes"],
        &["undo", "sheet.results.csv", "-o", "undo.csv"],
        &["export", "users", "-o", "users.xlsx"],
        &["rebalance", "-o", "rebalance.xlsx"],
        &["template", "onboarding", "-o", "onboarding.xlsx"],
        &["codes"],
    ] {
        let ran = stage.reseat(words);
        assert!([0, 3].contains(&ran.code), "{words:?}: {}", ran.err);
        for words in [
            " of 1 rows",
            "reading users",
            "reading groups",
            "reading the",
            "writing the",
            "planning",
        ] {
            assert!(!ran.err.contains(words), "{words}: {}", ran.err);
        }
    }
}

#[test]
fn work_that_lasts_is_told_by_lines_that_are_no_part_of_the_data() {
    let stage = Stage::with(Config {
        population: Population::Generated(40),
        latency: Duration::from_millis(100),
        ..Config::unlimited()
    });
    stage.write(
        "sheet.csv",
        sheet("operation,user,name", "update,{},Kim", (1..=40).map(person)),
    );
    let words = ["run", "sheet.csv", "--yes", "--concurrency", "1", "--output", "json"];
    let ran = stage.reseat(&words).ends(0);
    let object: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(object["status"], "done");
    let lines: Vec<&str> = ran.err.lines().filter(|line| line.contains(" of 40 rows")).collect();
    assert!((2..=6).contains(&lines.len()), "{lines:?}");
    assert!(lines.last().unwrap().starts_with("40 of 40 rows"), "{lines:?}");
    stage.write(
        "sheet.csv",
        sheet("operation,user,name", "update,{},Tom", (1..=40).map(person)),
    );
    let quiet = stage.reseat(&[&words[..], &["--quiet"]].concat()).ends(0);
    assert_eq!(quiet.err, "");
}
