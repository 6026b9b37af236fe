//! `kill -9` at any instant: nobody is mailed twice, and the same command brings everything about.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Duration;

use reseat::sandbox::{Config, Sandbox};

use crate::support::{MEI, NADIA, Stage, each};

/// Invitations in many small calls, memberships, licences, a migration and a deletion.
fn sheet() -> String {
    let mut sheet = "operation,user,email,username,new_email,groups,licenses,delete_when\n".to_owned();
    for number in 0..12 {
        writeln!(sheet, "invite,,new{number}@new.example,,,HR Robots,ACNU,").unwrap();
    }
    for number in 0..4 {
        writeln!(sheet, "create,,,local{number},,Finance,,").unwrap();
    }
    writeln!(sheet, "migrate,{MEI},,,mei@new.example,,,invited").unwrap();
    writeln!(sheet, "migrate,{NADIA},,,nadia@new.example,,,invited").unwrap();
    writeln!(sheet, "delete,stefan.novak@contoso.example,,,,,,").unwrap();
    sheet
}

fn slow_stage() -> Stage {
    let stage = Stage::with(Config {
        latency: Duration::from_millis(20),
        jitter: Duration::from_millis(20),
        ..Config::unlimited()
    });
    stage.free_seats("ACNU", 20);
    stage.write(
        "reseat.toml",
        "[profile.default.limits]\nsettle = \"1s\"\n[profile.default.batch]\nusers_per_invite = 3\nusers_per_create = 2\n",
    );
    stage.write("sheet.csv", sheet());
    stage
}

const RUN: [&str; 6] = ["run", "sheet.csv", "--yes", "--max-deletes", "9", "--quiet"];

/// Whatever happened, the organization is as the sheet asks.
fn assert_as_the_sheet_asks(stage: &Stage, note: &str) {
    for number in 0..12 {
        let who = format!("new{number}@new.example");
        assert_eq!(stage.world().mails_to(&who), 1, "{note}: {who}");
        assert_eq!(stage.groups(&who), ["HR Robots"], "{note}: {who}");
        assert_eq!(stage.held(&who).as_deref(), Some("ACNU"), "{note}: {who}");
    }
    for number in 0..4 {
        assert_eq!(stage.groups(&format!("local{number}")), ["Finance"], "{note}");
    }
    for (old, new, held) in [
        (MEI, "mei@new.example", "ACNU"),
        (NADIA, "nadia@new.example", "ACNU; ATTUNU"),
    ] {
        assert!(stage.user(old).is_none(), "{note}: {old}");
        assert_eq!(stage.world().mails_to(new), 1, "{note}: {new}");
        assert_eq!(stage.held(new).as_deref(), Some(held), "{note}: {new}");
        assert!(
            stage.groups(new).contains(&"Human Resources".to_owned()),
            "{note}: {new}"
        );
    }
    assert!(stage.user("stefan.novak@contoso.example").is_none(), "{note}");
    let statuses: BTreeSet<String> = stage.statuses().into_iter().collect();
    let good = BTreeSet::from(["done".to_owned(), "unchanged".to_owned()]);
    assert!(statuses.is_subset(&good), "{note}: {:?}", stage.results());
}

/// Kills the command each time `when` says so, then lets it run to its end.
fn killed_when(kills: usize, mut when: impl FnMut(&Sandbox) -> bool, note: &str) {
    let stage = slow_stage();
    for _ in 0..kills {
        let mut child = stage.start(&RUN);
        stage.until("the time to kill has come", |sandbox| {
            when(sandbox) || child.try_wait().unwrap().is_some()
        });
        // It may have come to its end first; then there is nothing to kill.
        let _ = child.kill();
        stage.ended(child);
    }
    stage.reseat(&RUN).ends(0);
    assert_as_the_sheet_asks(&stage, note);
}

#[test]
fn killed_at_the_first_call_of_each_route_the_same_command_goes_on() {
    let routes = [
        "invite",
        "bulk-create",
        "allocate-to-users",
        "delete-user",
        "delete-users",
    ];
    each(&routes, |route| {
        killed_when(1, |sandbox| sandbox.stats().route(route) > 0, route);
    });
}
