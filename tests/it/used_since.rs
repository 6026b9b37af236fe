//! Whoever has used their seat since the time in a row keeps it, and who misses out on it is told before anything is sent.

use std::io::Write;

use jiff::Timestamp;
use reseat::sandbox::{Config, Lease, Population};

use crate::between::twist;
use crate::support::{ANNA, BRAM, DAVID, HUGO, MEI, NADIA, Stage, bundles, changes};

const SINCE: &str = "2026-03-01T00:00:00Z";
const BEFORE: &str = "2026-02-27T10:00:00Z";
const AFTER: &str = "2026-03-02T10:00:00Z";

/// Says when a licence of the person was last in use, and when the person last signed in; empty for no record.
fn seen(stage: &Stage, name: &str, in_use: &str, signed_in: &str) {
    let time = |text: &str| -> Option<Timestamp> { text.parse().ok() };
    let id = stage.id(name);
    stage.sandbox.with_world(|world| {
        world.set_last_in_use(id, time(in_use));
        world.edit_user(id, |user| user.last_login_time = time(signed_in));
    });
}

fn stage() -> Stage {
    let stage = Stage::new();
    for name in [ANNA, BRAM, DAVID, HUGO, MEI, NADIA] {
        let id = stage.id(name);
        stage
            .sandbox
            .with_world(|world| world.allocate(id, bundles(&["ATTUNU"]), false));
        seen(&stage, name, BEFORE, BEFORE);
    }
    stage
}

fn codes(stage: &Stage) -> Vec<String> {
    stage.results().iter().map(|line| line.get("code").to_owned()).collect()
}

#[test]
fn every_operation_that_takes_a_seat_leaves_it_to_whoever_used_it_since() {
    for (operation, cells) in [
        ("remove-licenses", "ATTUNU"),
        ("release-licenses", ""),
        ("block-licenses", ""),
        ("set-licenses", "IDU"),
        ("offboard", ""),
        ("delete", ""),
    ] {
        let stage = stage();
        stage.set("TZ", "Europe/Berlin");
        seen(&stage, ANNA, AFTER, BEFORE);
        let before = stage.world();
        let sheet = format!(
            "operation,user,licenses,unless_used_since\n\
             {operation},{ANNA},{cells},{SINCE}\n\
             {operation},{BRAM},{cells},{SINCE}\n"
        );
        stage.run_with(&sheet, &["--max-deletes", "1"]).ends(3);
        assert_eq!(
            stage.statuses(),
            ["skipped", "done"],
            "{operation} {:?}",
            stage.results()
        );
        assert_eq!(codes(&stage)[0], "used_since");
        let message = stage.results()[0].message().to_owned();
        for words in [
            "in use at 2026-03-02T11:00:00+01:00",
            "after 2026-03-01T01:00:00+01:00",
            "last sign-in: 2026-02-27T11:00:00+01:00",
        ] {
            assert!(message.contains(words), "{message}");
        }
        assert_eq!(stage.results()[0].get("user_id"), stage.id(ANNA).to_string());
        assert!(
            !changes(&before, &stage.world())
                .iter()
                .any(|change| change.contains("anna"))
        );
    }
}

#[test]
fn the_later_of_use_and_sign_in_counts_and_no_record_takes_the_seat() {
    let stage = stage();
    for (name, in_use, signed_in) in [
        (ANNA, BEFORE, AFTER),
        (BRAM, "", AFTER),
        (DAVID, "2199-01-01T00:00:00Z", ""),
        (HUGO, "", ""),
        (MEI, BEFORE, ""),
        // As long ago as the row says is not since.
        (NADIA, SINCE, SINCE),
    ] {
        seen(&stage, name, in_use, signed_in);
    }
    let rows: Vec<String> = [ANNA, BRAM, DAVID, HUGO, MEI, NADIA]
        .iter()
        .map(|name| format!("release-licenses,{name},{SINCE}\n"))
        .collect();
    stage
        .run(&format!("operation,user,unless_used_since\n{}", rows.concat()))
        .ends(3);
    assert_eq!(
        codes(&stage),
        ["used_since", "used_since", "used_since", "", "", ""],
        "{:?}",
        stage.results()
    );
}

#[test]
fn who_misses_out_on_a_seat_that_is_used_again_is_named_before_anything_is_sent() {
    let stage = stage();
    stage.free_seats("ATTUNU", 0);
    let newcomer = "umar.siddiqui@contoso.example";
    let other = "vera.kovacs@contoso.example";
    for name in [newcomer, other] {
        let id = stage.id(name);
        stage.sandbox.with_world(|world| world.release(id));
    }
    stage.free_seats("ATTUNU", 0);
    stage.write(
        "sheet.csv",
        format!(
            "operation,user,licenses,unless_used_since\n\
             release-licenses,{ANNA},,{SINCE}\n\
             release-licenses,{BRAM},,{SINCE}\n\
             add-licenses,{newcomer},ATTUNU,\n\
             add-licenses,{other},ATTUNU,\n"
        ),
    );
    stage.reseat(&["plan", "sheet.csv"]).ends(0);
    seen(&stage, ANNA, AFTER, "");
    stage.reseat(&["plan", "sheet.csv"]).ends(4).tells(&format!(
        "seats were used since, and are kept by {ANNA}; {other} misses out on them"
    ));
    stage
        .run_with(&fs_err::read_to_string(stage.path("sheet.csv")).unwrap(), &[])
        .ends(4);
    assert!(stage.writes().is_empty());
    stage.rerun(&["--on-shortage", "fill"]).ends(3);
    assert_eq!(stage.statuses(), ["skipped", "done", "done", "conflict"]);
}

#[test]
fn without_the_column_nothing_more_is_read() {
    let calls = |sheet: &str| {
        let stage = stage();
        stage.run(sheet).ends(0);
        let routes: Vec<_> = stage.sandbox.stats().routes().collect();
        routes
    };
    let without = calls(&format!("operation,user\nblock-licenses,{ANNA}\n"));
    let with_empty = calls(&format!("operation,user,unless_used_since\nblock-licenses,{ANNA},\n"));
    assert_eq!(without, with_empty);
}

#[test]
fn where_the_last_use_cannot_be_read_nobody_loses_a_seat_and_that_is_said_once() {
    let stage = stage();
    seen(&stage, ANNA, "", AFTER);
    twist(&stage, |_, answered| {
        answered.body = answered.body.replace("\"lastInUse\"", "\"unrelated\"");
    });
    let sheet = format!(
        "operation,user,unless_used_since\n\
         release-licenses,{ANNA},{SINCE}\n\
         release-licenses,{BRAM},{SINCE}\n"
    );
    let ran = stage.run(&sheet).ends(3);
    assert_eq!(
        ran.err.matches("rows with `unless_used_since` take no seat").count(),
        1,
        "{}",
        ran.err
    );
    assert_eq!(codes(&stage), ["used_since", "use_unreadable"]);
    assert!(stage.writes().is_empty());
    let message = stage.results()[0].message().to_owned();
    assert!(message.contains("last in use: unknown"), "{message}");
}

#[test]
fn whoever_signs_in_or_uses_a_seat_at_the_question_keeps_account_and_seat() {
    let stage = stage();
    stage.write(
        "sheet.csv",
        format!(
            "operation,user,unless_used_since\n\
             delete,{ANNA},{SINCE}\n\
             delete,{BRAM},{SINCE}\n\
             release-licenses,{DAVID},{SINCE}\n\
             release-licenses,{HUGO},{SINCE}\n\
             offboard,{MEI},{SINCE}\n\
             release-licenses,{NADIA},{SINCE}\n"
        ),
    );
    let mut child = stage.start_on_a_terminal(&["run", "sheet.csv"]);
    stage.hear(&mut child, "that will be deleted");
    for name in [BRAM, DAVID, MEI] {
        seen(&stage, name, BEFORE, AFTER);
    }
    seen(&stage, NADIA, AFTER, BEFORE);
    let before = stage.world();
    child.stdin.as_mut().unwrap().write_all(b"2\n").unwrap();
    stage.ended(child).ends(3);
    assert_eq!(
        stage.statuses(),
        ["done", "skipped", "skipped", "done", "skipped", "skipped"],
        "{:?}",
        stage.results()
    );
    assert_eq!(
        codes(&stage),
        ["", "used_since", "used_since", "", "used_since", "used_since"]
    );
    let changed = changes(&before, &stage.world());
    let is_about = |change: &String| change.starts_with("anna.berg") || change.starts_with("hugo.silva");
    assert!(changed.iter().all(is_about), "{changed:?}");
}

/// The people of the stage hold TSTNU by the rule of Finance as well, last used at these times.
fn lease(stage: &Stage, used: &[(&str, &str)]) {
    let ids: Vec<_> = used
        .iter()
        .map(|(name, at)| (stage.id(name), at.parse().ok()))
        .collect();
    stage.sandbox.with_world(|world| {
        let team = world.group_named("Finance").unwrap().id;
        world.set_seats("TSTNU", 50);
        for (id, last_in_use) in ids {
            world.release(id);
            let lease = Lease {
                bundles: bundles(&["TSTNU"]),
                last_in_use,
                ..Lease::default()
            };
            world.lease(team, id, lease);
        }
    });
}

#[test]
fn a_seat_held_by_a_groups_rule_is_given_back_only_where_it_was_not_used_since() {
    let stage = stage();
    lease(&stage, &[(ANNA, AFTER), (BRAM, BEFORE), (DAVID, ""), (HUGO, BEFORE)]);
    seen(&stage, HUGO, "", AFTER);
    lease(&stage, &[(MEI, AFTER), (NADIA, BEFORE)]);
    let rows: Vec<String> = [ANNA, BRAM, DAVID, HUGO, MEI, NADIA]
        .iter()
        .map(|name| format!("release-lease,{name},Finance,{SINCE}\n"))
        .collect();
    stage
        .run(&format!("operation,user,group,unless_used_since\n{}", rows.concat()))
        .ends(3);
    assert_eq!(
        codes(&stage),
        ["used_since", "", "", "used_since", "used_since", ""],
        "{:?}",
        stage.results()
    );
    assert_eq!(stage.counts(), "3 done, 3 skipped");
}

#[test]
fn a_seat_held_by_a_groups_rule_that_is_used_or_given_back_at_the_question_is_left_alone() {
    let stage = stage();
    lease(
        &stage,
        &[(ANNA, BEFORE), (BRAM, BEFORE), (DAVID, BEFORE), (HUGO, BEFORE)],
    );
    let rows: Vec<String> = [ANNA, BRAM, DAVID, HUGO]
        .iter()
        .map(|name| format!("release-lease,{name},Finance,{SINCE}\n"))
        .collect();
    stage.write(
        "sheet.csv",
        format!("operation,user,group,unless_used_since\n{}", rows.concat()),
    );
    let mut child = stage.start_on_a_terminal(&["run", "sheet.csv"]);
    stage.hear(&mut child, "Type `yes`");
    lease(&stage, &[(ANNA, AFTER)]);
    let given_back = stage.id(BRAM);
    stage.sandbox.with_world(|world| {
        let team = world.group_named("Finance").unwrap().id;
        assert!(world.release_lease(team, given_back));
    });
    child.stdin.as_mut().unwrap().write_all(b"yes\n").unwrap();
    stage.ended(child).ends(3);
    assert_eq!(
        stage.statuses(),
        ["skipped", "unchanged", "done", "done"],
        "{:?}",
        stage.results()
    );
    assert_eq!(codes(&stage)[0], "used_since");
}

#[test]
fn what_no_rows_use_is_read_in_bulk() {
    let stage = Stage::with(Config {
        population: Population::Generated(3_000),
        ..Config::unlimited()
    });
    let rows: Vec<String> = (1..=200)
        .map(|number| format!("block-licenses,{},2099-01-01\n", crate::support::person(number)))
        .collect();
    stage
        .run(&format!("operation,user,unless_used_since\n{}", rows.concat()))
        .ends(0);
    assert_eq!(stage.counts(), "200 done");
    let stats = stage.sandbox.stats();
    let singly: u64 = stats
        .routes()
        .filter(|(name, _)| name.contains("user-allocation") || *name == "get-user")
        .map(|(_, count)| count)
        .sum();
    assert!(singly <= 5, "{:?}", stats.routes().collect::<Vec<_>>());
}
