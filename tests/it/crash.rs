//! `kill -9` at any instant: nobody is mailed twice, and the same command brings everything about.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Duration;

use reseat::model::{GroupId, UserId};
use reseat::sandbox::{Config, FaultKind, FaultRule, Faults, Moment, Sandbox, Strikes};

use crate::support::{MEI, NADIA, Stage, bundles, each};

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

/// Kills a run at each of its calls in turn, before and after it takes effect, and runs the sheet again each time. How often
/// that was.
pub(crate) fn killed_at_each_call(begin: impl Fn() -> Stage, sheet: &str, check: impl Fn(&Stage)) -> u64 {
    let mut times = 0;
    for moment in [Moment::BeforeEffect, Moment::AfterEffect] {
        for number in 1.. {
            let stage = begin();
            stage.write("sheet.csv", sheet);
            let stalled = FaultKind::Stalled {
                time: Duration::from_mins(2),
                moment,
            };
            stage.sandbox.set_faults(Faults {
                rules: vec![FaultRule::new(stalled).strikes(Strikes::Nth(number))],
                ..Faults::default()
            });
            let mut child = stage.start(&["run", "sheet.csv", "--yes"]);
            let has_ended = loop {
                if stage.sandbox.is_stalling() {
                    break false;
                }
                if child.try_wait().unwrap().is_some() {
                    break true;
                }
                std::thread::sleep(Duration::from_micros(300));
            };
            // One that has ended needs no killing.
            let _ = child.kill();
            stage.ended(child);
            if has_ended {
                break;
            }
            stage.until("the request that was held up is given up", |sandbox| {
                !sandbox.is_stalling()
            });
            let ran = stage.rerun(&[]);
            assert_eq!(ran.code, 0, "{moment:?} {number} {:?} {}", stage.results(), ran.err);
            check(&stage);
            times += 1;
        }
    }
    times
}

const GONE: &str = "0f0f0f0f-0000-4000-8000-00000000000f";

/// An organization in which somebody who is gone still holds a direct seat, and one by a group's rule.
fn with_an_orphan() -> (Stage, UserId, GroupId) {
    let stage = Stage::new();
    let id: UserId = GONE.parse().unwrap();
    let team = stage.world().group_named("Customer Service").unwrap().id;
    stage.sandbox.with_world(|world| {
        world.insert_orphan(id, "gone@contoso.example", bundles(&["ATTUNU"]));
        let lease = world.leases(team).next().unwrap().1.clone();
        world.lease(team, id, lease);
    });
    (stage, id, team)
}

const ORPHANS_ROWS: [&str; 2] = ["release-licenses,{},{},", "release-lease,{},{},Customer Service"];

fn orphans_sheet() -> String {
    let rows = ORPHANS_ROWS.map(|row| row.replace("{}", GONE));
    format!("operation,user,user_id,group\n{}\n", rows.join("\n"))
}

#[test]
fn killed_while_an_orphans_seats_are_given_back_the_same_command_ends_well() {
    let times = killed_at_each_call(
        || with_an_orphan().0,
        &orphans_sheet(),
        |stage| {
            assert!(
                stage.statuses().iter().all(|status| status == "done"),
                "{:?}",
                stage.results()
            );
            assert!(stage.world().allocation(GONE.parse().unwrap()).is_none());
        },
    );
    assert!(times > 4, "{times}");
}

#[test]
fn what_an_orphan_held_and_somebody_else_gave_back_meanwhile_needs_nothing() {
    let (stage, id, team) = with_an_orphan();
    stage.sandbox.with_world(|world| {
        world.release(id);
        world.release_lease(team, id);
    });
    stage.run(&orphans_sheet()).ends(0);
    assert_eq!(stage.statuses(), ["unchanged", "unchanged"]);
    assert!(stage.writes().is_empty());
    // An id that nothing else confirms may be a slip.
    let unconfirmed = orphans_sheet().replace(&format!(",{GONE},{GONE},"), &format!(",{GONE},,"));
    stage.write("unconfirmed.csv", unconfirmed);
    stage.reseat(&["run", "unconfirmed.csv", "--yes"]).ends(3);
}
