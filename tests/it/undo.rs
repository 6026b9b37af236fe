//! What a run changed is put back by the sheet that `undo` writes: that, nothing else, and nobody's later work.

use std::fmt::Write;
use std::time::Duration;

use reseat::model::{BundleCode, GroupId, UserId};
use reseat::sandbox::{
    BulkRead, Category, Config, FaultKind, FaultRule, Faults, Group, GroupKind, Lease, Moment, Population, Quirks,
    Rule, Strikes, User, World,
};
use serde_json::Value;

use crate::support::{
    ANNA, BRAM, DAVID, HUGO, Line, MEI, NADIA, Ran, Stage, bundles, changes, groups_in, lines, person, signal,
};

/// Deactivated, with licences.
const INACTIVE: &str = "yusuf.demir@contoso.example";
/// Only the directory knows her.
const WILMA: &str = "wilma.fuchs@contoso.example";

pub(crate) const FINISH: [&str; 3] = ["--yes", "--max-deletes", "500"];

/// Writes the undo of `of` into `into`.
pub(crate) fn undo(stage: &Stage, of: &str, into: &str) -> Ran {
    stage.reseat(&["undo", of, "-o", into])
}

/// Runs a sheet that `undo` wrote.
pub(crate) fn run_undo(stage: &Stage, sheet: &str) -> Ran {
    stage.reseat(&[&["run", sheet], &FINISH[..]].concat())
}

pub(crate) fn rows(stage: &Stage, sheet: &str) -> Vec<Line> {
    lines(&stage.path(sheet))
}

/// The operations of a sheet that `undo` wrote.
pub(crate) fn operations(stage: &Stage, sheet: &str) -> Vec<String> {
    rows(stage, sheet)
        .iter()
        .map(|row| row.get("operation").to_owned())
        .collect()
}

pub(crate) fn notes(stage: &Stage, sheet: &str) -> String {
    rows(stage, sheet)
        .iter()
        .map(|row| row.get("note").to_owned() + "\n")
        .collect()
}

/// What differs, mails apart.
pub(crate) fn differences(before: &World, after: &World) -> Vec<String> {
    let all = changes(before, after);
    all.into_iter()
        .filter(|change| !change.starts_with("mails to"))
        .collect()
}

/// Runs a sheet, undoes it, undoes the undo and undoes that.
#[track_caller]
fn there_and_back(stage: &Stage, sheet: &str, expected: &[&str]) {
    let first = stage.world();
    stage.run_with(sheet, &FINISH[1..]).ends(0);
    let second = stage.world();
    undo(stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(stage, "undo.csv"), expected);
    run_undo(stage, "undo.csv").ends(0);
    assert_eq!(differences(&first, &stage.world()), [""; 0]);
    undo(stage, "undo.results.csv", "redo.csv").ends(0);
    run_undo(stage, "redo.csv").ends(0);
    assert_eq!(differences(&second, &stage.world()), [""; 0]);
    undo(stage, "redo.results.csv", "again.csv").ends(0);
    run_undo(stage, "again.csv").ends(0);
    assert_eq!(differences(&first, &stage.world()), [""; 0]);
}

#[test]
fn a_license_given_to_somebody_without_any_leaves_no_allocation_behind() {
    let stage = Stage::new();
    there_and_back(
        &stage,
        &format!("operation,user,licenses\nadd-licenses,{HUGO},ATTUNU\n"),
        &["release-licenses"],
    );
    assert_eq!(stage.held(HUGO), None);
}

#[test]
fn only_the_group_that_the_run_added_is_left_again() {
    let stage = Stage::new();
    there_and_back(
        &stage,
        &format!("operation,user,groups\nadd-to-groups,{DAVID},Finance; HR Robots\n"),
        &["remove-from-groups"],
    );
    assert!(stage.groups(DAVID).contains(&"Finance".to_owned()));
}

#[test]
fn each_of_the_three_emptinesses_of_an_allocation_comes_back_as_itself() {
    there_and_back(
        &Stage::new(),
        &format!(
            "operation,user,licenses\nset-licenses,{MEI},ATTUNU\nblock-licenses,{NADIA},\nrelease-licenses,{BRAM},\n\
             release-licenses,bruno.rossi@contoso.example,\nblock-licenses,{DAVID},\n"
        ),
        &[
            "release-licenses",
            "block-licenses",
            "set-licenses",
            "set-licenses",
            "set-licenses",
        ],
    );
}

#[test]
fn a_profile_comes_back_with_its_cleared_fields_and_its_groups_in_one_row() {
    there_and_back(
        &Stage::new(),
        &format!(
            "operation,user,name,surname,display_name,active,bypass_basic_auth,groups,remove_groups\n\
             update,{ANNA},Annika,=1+1,<clear>,no,yes,HR Robots,Finance\nupdate,{DAVID},''-Bar,,'=x,,,,\n"
        ),
        &["update", "update"],
    );
}

#[test]
fn whoever_was_offboarded_gets_groups_and_licenses_back_and_is_activated() {
    there_and_back(
        &Stage::new(),
        &format!("operation,user\noffboard,{ANNA}\n"),
        &["set-licenses", "update"],
    );
}

#[test]
fn whoever_was_deactivated_before_gets_licenses_back_once_the_run_may_give_them() {
    let stage = Stage::new();
    let first = stage.world();
    stage
        .run_with("operation,user\noffboard,yusuf.demir@contoso.example\n", &FINISH[1..])
        .ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv")
        .ends(0)
        .tells("hint: 1 row would give something to a deactivated account: add `--include-inactive`");
    assert!(notes(&stage, "undo.csv").contains("runs with `--include-inactive` only"));
    run_undo(&stage, "undo.csv").ends(3);
    stage
        .reseat(&[&["run", "undo.csv", "--include-inactive"], &FINISH[..]].concat())
        .ends(0);
    assert_eq!(differences(&first, &stage.world()), [""; 0]);
}

#[test]
fn exact_groups_come_back() {
    there_and_back(
        &Stage::new(),
        &format!("operation,user,groups\nset-groups,{ANNA},HR Robots\nset-groups,{MEI},<clear>\n"),
        &["add-to-groups", "update"],
    );
}

/// With a rule of everything that a rule may have, for this group.
fn with_a_rule(group: &str) -> Stage {
    let stage = Stage::new();
    stage.sandbox.with_world(|world| {
        let rule = Rule {
            bundles: bundles(&["ATTUNU", "ACNU"]),
            quotas: [(BundleCode::new("ATTUNU"), 10)].into(),
            external: true,
        };
        world.set_rule(world.group_named(group).unwrap().id, rule);
    });
    stage
}

#[test]
fn rules_of_groups_come_back_with_their_limits_or_without_any() {
    let stage = with_a_rule("HR Robots");
    there_and_back(
        &stage,
        "operation,group,licenses,quotas,external_license\n\
         set-group-licenses,Finance,ATTUNU; ACNU,ATTUNU=10; ACNU=5,\n\
         set-group-licenses,Invoice Team,ATTUNU,ATTUNU=7,yes\n\
         set-group-licenses,HR Robots,ACNU,ACNU=3,no\n",
        &["set-group-licenses", "set-group-licenses", "clear-group-licenses"],
    );
}

#[test]
fn a_rule_that_was_taken_away_comes_back() {
    let stage = with_a_rule("Invoice Team");
    there_and_back(
        &stage,
        "operation,group\nclear-group-licenses,Invoice Team\n",
        &["set-group-licenses"],
    );
}

#[test]
fn a_seat_that_was_given_back_is_told_of() {
    let stage = Stage::new();
    stage.sandbox.with_world(|world| {
        let (group, anna) = (
            world.group_named("Finance").unwrap().id,
            world.user_called(ANNA).unwrap().id,
        );
        world.set_rule(group, Rule::giving(bundles(&["ACNU"])));
        let lease = Lease {
            bundles: bundles(&["ACNU"]),
            ..Lease::default()
        };
        world.lease(group, anna, lease);
    });
    stage
        .run(&format!("operation,user,group\nrelease-lease,{ANNA},Finance\n"))
        .ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(3);
    assert_eq!(operations(&stage, "undo.csv"), ["ignore"]);
    let notes = notes(&stage, "undo.csv");
    assert!(
        notes.contains("the seat of ACNU that the rule of `Finance` gives"),
        "{notes}"
    );
}

#[test]
fn what_was_copied_from_a_colleague_is_taken_off_again() {
    let stage = Stage::new();
    let first = stage.world();
    stage
        .run(&format!(
            "operation,user,licenses,groups,like\nadd-to-groups,{HUGO},,,{MEI}\nadd-licenses,{DAVID},,,{NADIA}\n"
        ))
        .ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(
        operations(&stage, "undo.csv"),
        ["release-licenses", "remove-from-groups"]
    );
    run_undo(&stage, "undo.csv").ends(0);
    assert_eq!(changes(&first, &stage.world()), [""; 0]);
}

#[test]
fn several_rows_about_one_person_become_one_net_change() {
    let stage = Stage::new();
    there_and_back(
        &stage,
        &format!(
            "operation,user,licenses,groups\nadd-licenses,{HUGO},ATTUNU,\nadd-licenses,{HUGO},ACNU,\n\
             add-to-groups,{HUGO},,HR Robots\nadd-to-groups,{HUGO},,Human Resources\n"
        ),
        &["release-licenses", "remove-from-groups"],
    );
}

#[test]
fn what_later_runs_of_the_same_sheet_changed_is_folded_in() {
    let stage = Stage::new();
    let first = stage.world();
    stage
        .run(&format!("operation,user,licenses\nset-licenses,{MEI},ATTUNU\n"))
        .ends(0);
    stage
        .run(&format!(
            "operation,user,licenses\nset-licenses,{MEI},ATTUNU\nset-licenses,{HUGO},ACNU\n"
        ))
        .ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    run_undo(&stage, "undo.csv").ends(0);
    assert_eq!(changes(&first, &stage.world()), [""; 0]);
}

#[test]
fn accounts_that_the_run_made_go_unless_somebody_has_taken_them_into_use() {
    let stage = Stage::new();
    let first = stage.world();
    stage
        .run("operation,email,username,groups,licenses\ninvite,ada@new.example,,Finance,ACNU\ninvite,bob@new.example,,,\ncreate,,zed,HR Robots,\ncreate,,yan,,\n")
        .ends(0);
    stage.sandbox.with_world(|world| {
        world.accept_invitation("bob@new.example");
        let yan = world.user_called("yan").unwrap().id;
        let lately = "2026-11-20T08:00:00Z".parse().unwrap();
        world.edit_user(yan, |user| user.last_login_time = Some(lately));
    });
    undo(&stage, "sheet.results.csv", "undo.csv")
        .ends(3)
        .tells("2 left alone: somebody has changed it since");
    assert_eq!(operations(&stage, "undo.csv"), ["ignore", "delete", "ignore", "delete"]);
    let notes = notes(&stage, "undo.csv");
    for reason in [
        "its invitation has been accepted",
        "somebody has signed in with it (2026-11-20T08:00:00Z)",
    ] {
        assert!(notes.contains(reason), "{notes}");
    }
    run_undo(&stage, "undo.csv").ends(0);
    let left = differences(&first, &stage.world());
    let stays = |change: &String| change.starts_with("bob ") || change.starts_with("yan ");
    assert!(left.iter().all(stays), "{left:?}");
}

#[test]
fn an_account_that_the_run_deleted_is_invited_again_with_what_it_had() {
    let stage = Stage::new();
    stage.sandbox.with_world(|world| {
        let (nadia, mei) = (world.user_called(NADIA).unwrap().id, world.user_called(MEI).unwrap().id);
        world.allocate(nadia, bundles(&["ACNU"]), true);
        world.allocate(mei, bundles(&[]), false);
        world.edit_user(nadia, |user| {
            user.display_name = Some("Nadia R.".to_owned());
            user.bypass_basic_auth_restriction = true;
        });
    });
    let first = stage.world();
    stage
        .run_with(&format!("operation,user\ndelete,{NADIA}\ndelete,{MEI}\n"), &FINISH[1..])
        .ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(
        operations(&stage, "undo.csv"),
        ["invite", "block-licenses", "invite", "set-licenses", "update"]
    );
    run_undo(&stage, "undo.csv").ends(0);
    for who in [NADIA, MEI] {
        assert_eq!(stage.groups(who), groups_in(&first, who));
    }
    assert_eq!(stage.held(MEI).as_deref(), Some(""));
    let nadia = stage.user(NADIA).unwrap();
    let (held, name) = (
        stage.world().allocation(nadia.id).unwrap().external,
        nadia.display_name.as_deref(),
    );
    assert!(held && nadia.bypass_basic_auth_restriction);
    assert_eq!(name, Some("Nadia R."));
    // Nobody is mailed once more by undoing it again: the account is there.
    undo(&stage, "sheet.results.csv", "late.csv").ends(3);
    assert_eq!(operations(&stage, "late.csv"), ["ignore", "ignore"]);
    let notes = notes(&stage, "late.csv");
    assert!(
        notes.contains("has an account again") && !notes.contains("mailed"),
        "{notes}"
    );
}

#[test]
fn a_finished_move_is_taken_back_by_a_move_and_one_that_waits_by_a_deletion() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 9);
    stage.free_seats("ATTUNU", 9);
    let first = stage.world();
    let sheet = format!(
        "operation,user,new_email,delete_when\nmigrate,{MEI},mei@new.example,invited\nmigrate,{NADIA},nadia@new.example,accepted\n"
    );
    stage.run_with(&sheet, &FINISH[1..]).ends(75);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["delete", "migrate"]);
    run_undo(&stage, "undo.csv").ends(75);
    stage.sandbox.with_world(|world| world.accept_invitation(MEI));
    run_undo(&stage, "undo.csv").ends(0);
    let left = differences(&first, &stage.world());
    // One that is made of the names is left to the service.
    assert_eq!(left, ["mei.chen display name: Mei Chen -> "]);
}

#[test]
fn what_somebody_gave_the_new_account_goes_back_with_the_person() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 9);
    stage
        .run_with(
            &format!("operation,user,new_email,delete_when\nmigrate,{MEI},mei@new.example,invited\n"),
            &FINISH[1..],
        )
        .ends(0);
    let (mei, robots) = (
        stage.id("mei@new.example"),
        stage.world().group_named("Finance").unwrap().id,
    );
    stage.sandbox.with_world(|world| {
        world.edit_user(mei, |user| {
            user.groups.insert(robots);
        });
        world.allocate(mei, bundles(&["ACNU", "TSTNU"]), false);
    });
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["migrate"]);
    run_undo(&stage, "undo.csv").ends(75);
    stage.sandbox.with_world(|world| world.accept_invitation(MEI));
    run_undo(&stage, "undo.csv").ends(0);
    assert_eq!(stage.groups(MEI), ["Finance", "HR Robots", "Human Resources"]);
    assert_eq!(stage.held(MEI).as_deref(), Some("ACNU; TSTNU"));
}

#[test]
fn a_move_of_a_deactivated_account_is_left_to_a_person_with_all_that_the_row_needs() {
    let stage = Stage::new();
    stage.free_seats("ATTUNU", 9);
    let sheet = format!("operation,user,new_email,delete_when\nmigrate,{INACTIVE},yusuf@new.example,invited\n");
    stage
        .run_with(&sheet, &[&FINISH[1..], &["--include-inactive"]].concat())
        .ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv")
        .ends(3)
        .tells("nothing can be put back of what 1 row changed; 1 row for a person to decide")
        .tells("the sheet is `undo.csv`; it has nothing to run, only rows to read");
    let row = &rows(&stage, "undo.csv")[0];
    assert_eq!((row.get("operation"), row.get("new_email")), ("ignore", INACTIVE));
    let note = row.get("note");
    assert!(note.contains("write `migrate` here if that is meant"), "{note}");
    assert!(
        note.contains("it held ATTUNU") && !note.contains("is invited"),
        "{note}"
    );
}

#[test]
fn a_move_that_was_killed_while_it_invited_has_to_be_run_again_first() {
    let stage = Stage::new();
    let row = format!("operation,user,new_email,delete_when\nmigrate,{MEI},mei@new.example,invited\n");
    fs_err::write(stage.given("sheet.csv"), row).unwrap();
    let kind = FaultKind::Stalled {
        time: Duration::from_secs(30),
        moment: Moment::AfterEffect,
    };
    stage.fault(kind, "POST", "InviteUsers", Strikes::First(1));
    let mut child = stage.start(&["run", "sheet.csv", "--yes", "--max-deletes", "1"]);
    stage.until("the person is invited", |sandbox| {
        sandbox.world().mails_to("mei@new.example") > 0
    });
    child.kill().unwrap();
    stage.ended(child);
    undo(&stage, "sheet.results.csv", "undo.csv")
        .ends(3)
        .tells("it is not known what was done");
    assert_eq!(operations(&stage, "undo.csv"), ["ignore"]);
    assert!(notes(&stage, "undo.csv").contains("run the sheet again first"));
}

#[test]
fn what_somebody_changed_since_is_told_and_left_alone_and_the_rest_of_the_row_goes_on() {
    let stage = Stage::new();
    stage
        .run(&format!(
            "operation,user,name,surname,groups,licenses\nupdate,{ANNA},Annika,Berger,HR Robots,\nset-licenses,{MEI},,,,ATTUNU\nset-licenses,{NADIA},,,,ATTUNU\n"
        ))
        .ends(0);
    stage.sandbox.with_world(|world| {
        let (anna, mei, nadia) = (
            world.user_called(ANNA).unwrap().id,
            world.user_called(MEI).unwrap().id,
            world.user_called(NADIA).unwrap().id,
        );
        world.edit_user(anna, |user| user.name = Some("Anneke".to_owned()));
        world.allocate(mei, bundles(&["ATTUNU", "TSTNU"]), false);
        world.release(nadia);
    });
    undo(&stage, "sheet.results.csv", "undo.csv").ends(3);
    assert_eq!(
        operations(&stage, "undo.csv"),
        ["ignore", "remove-licenses", "add-licenses", "update", "ignore"]
    );
    let notes = notes(&stage, "undo.csv");
    assert!(
        notes.contains("`name` is `Anneke` now; the run left `Annika`; before it, `Anna`"),
        "{notes}"
    );
    assert!(
        notes.contains("`licenses` is `no direct licences` now; the run left `ATTUNU`; before it, `ACNU; ATTUNU`"),
        "{notes}"
    );
    run_undo(&stage, "undo.csv").ends(0);
    assert_eq!(stage.user(ANNA).unwrap().name.as_deref(), Some("Anneke"));
    assert_eq!(stage.user(ANNA).unwrap().surname.as_deref(), Some("Berg"));
    assert_eq!(stage.held(MEI).as_deref(), Some("ACNU; TSTNU"));
    assert_eq!(stage.held(NADIA), None);
}

#[test]
fn what_is_as_before_already_needs_no_row_and_no_file() {
    let stage = Stage::new();
    let before = stage.world();
    stage
        .run(&format!("operation,user,licenses\nset-licenses,{MEI},ATTUNU\n"))
        .ends(0);
    stage.sandbox.with_world(|world| {
        let mei = world.user_called(MEI).unwrap().id;
        world.allocate(mei, before.allocation(mei).unwrap().bundles.clone(), false);
    });
    undo(&stage, "sheet.results.csv", "undo.csv")
        .ends(0)
        .tells("as it was before already");
    assert!(!stage.exists("undo.csv"));
    stage.run("operation,user\ndelete,nobody@contoso.example\n").ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv")
        .ends(0)
        .tells("nothing to undo");
}

#[test]
fn an_account_made_anew_under_the_same_address_is_somebody_else() {
    let stage = Stage::new();
    stage
        .run(&format!(
            "operation,user,licenses,groups\nset-licenses,{MEI},ATTUNU,\nadd-to-groups,{HUGO},,HR Robots\n"
        ))
        .ends(0);
    stage.sandbox.with_world(|world| {
        for who in [MEI, HUGO] {
            let mut anew = world.user_called(who).unwrap().clone();
            world.remove_user(anew.id);
            if who == MEI {
                anew.id = UserId("00000000-0000-4000-8000-0000000000aa".parse().unwrap());
                world.insert_user(anew);
            }
        }
    });
    undo(&stage, "sheet.results.csv", "undo.csv")
        .ends(3)
        .tells("2 left alone: the account or group is gone");
    assert_eq!(operations(&stage, "undo.csv"), ["ignore", "ignore"]);
    let notes = notes(&stage, "undo.csv");
    assert!(
        notes.contains("its name has another account now, 00000000-0000-4000-8000-0000000000aa"),
        "{notes}"
    );
    run_undo(&stage, "undo.csv");
    assert_eq!(stage.held(MEI), None);
}

#[test]
fn a_renamed_group_is_named_anew_and_one_that_is_gone_is_told() {
    let stage = Stage::new();
    stage.sandbox.with_world(|world| {
        let finance = world.group_named("Finance").unwrap().id;
        world.set_rule(finance, Rule::giving(bundles(&["ATTUNU"])));
    });
    let first = stage.world();
    stage
        .run(&format!(
            "operation,user,groups,remove_groups,group,licenses\nupdate,{ANNA},HR Robots,Finance; Invoice Team,,\nset-group-licenses,,,,Finance,ACNU\n"
        ))
        .ends(0);
    let rename = |from: &str, to: &str| {
        stage.sandbox.with_world(|world| {
            let group = world.group_named(from).unwrap().clone();
            world.insert_group(Group {
                name: to.to_owned(),
                ..group
            });
        });
    };
    rename("Finance", "=Money; \"old\"");
    rename("HR Robots", "0d878609-ae59-57de-afcf-2e76ba5a7665");
    stage.sandbox.with_world(|world| {
        let invoices: GroupId = world.group_named("Invoice Team").unwrap().id;
        world.remove_group(invoices);
    });
    undo(&stage, "sheet.results.csv", "undo.csv").ends(3);
    assert_eq!(
        operations(&stage, "undo.csv"),
        ["set-group-licenses", "update", "ignore"]
    );
    assert!(notes(&stage, "undo.csv").contains("the group `Invoice Team` is gone"));
    run_undo(&stage, "undo.csv").ends(0);
    rename("=Money; \"old\"", "Finance");
    rename("0d878609-ae59-57de-afcf-2e76ba5a7665", "HR Robots");
    let left = differences(&first, &stage.world());
    assert!(left.iter().all(|change| change.contains("Invoice Team")), "{left:?}");
}

#[test]
fn licenses_given_to_somebody_of_the_directory_without_an_account_are_taken_off_again() {
    for bulk_read in [BulkRead::default(), BulkRead::Accounts] {
        let stage = Stage::with(Config {
            quirks: Quirks {
                makes_accounts_at_sign_in: true,
                bulk_read,
                ..Quirks::default()
            },
            ..Config::unlimited()
        });
        let id = stage.world().person_called(WILMA).unwrap().id;
        stage
            .run(&format!("operation,user,licenses\nadd-licenses,{WILMA},ACNU\n"))
            .ends(0);
        assert!(stage.world().allocation(id).is_some() && stage.user(WILMA).is_none());
        undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
        assert_eq!(operations(&stage, "undo.csv"), ["release-licenses"]);
        run_undo(&stage, "undo.csv").ends(0);
        assert!(stage.world().allocation(id).is_none());
        undo(&stage, "undo.results.csv", "redo.csv").ends(0);
        run_undo(&stage, "redo.csv").ends(0);
        assert!(stage.world().allocation(id).is_some());
    }
}

#[test]
fn a_limit_below_what_is_held_by_now_is_told_of_at_once() {
    let stage = Stage::new();
    let (group, anna, david) = {
        let world = stage.world();
        (
            world.group_named("Finance").unwrap().id,
            world.user_called(ANNA).unwrap().id,
            world.user_called(DAVID).unwrap().id,
        )
    };
    stage.sandbox.with_world(|world| {
        let rule = Rule {
            bundles: bundles(&["ACNU"]),
            quotas: [(BundleCode::new("ACNU"), 1)].into(),
            ..Rule::default()
        };
        world.set_rule(group, rule);
    });
    stage
        .run("operation,group,licenses,quotas\nset-group-licenses,Finance,ACNU,<clear>\n")
        .ends(0);
    stage.sandbox.with_world(|world| {
        for user in [anna, david] {
            let lease = Lease {
                bundles: bundles(&["ACNU"]),
                ..Lease::default()
            };
            world.lease(group, user, lease);
        }
    });
    undo(&stage, "sheet.results.csv", "undo.csv").ends(3);
    let notes = notes(&stage, "undo.csv");
    assert!(
        notes.contains("2 people hold ACNU by this rule at present, so that its limit cannot be 1 again"),
        "{notes}"
    );
    assert_eq!(operations(&stage, "undo.csv"), ["ignore"]);
}

#[test]
fn two_runs_that_began_in_one_second_are_undone_in_their_order() {
    let stage = Stage::new();
    let first = stage.world();
    stage
        .run("operation,group,licenses\nset-group-licenses,Finance,ACNU\n")
        .ends(0);
    let earlier = stage.read("sheet.results.csv");
    fs_err::remove_file(stage.path("sheet.results.csv")).unwrap();
    stage.run("operation,group\nclear-group-licenses,Finance\n").ends(0);
    let later = stage.read("sheet.results.csv");
    // The later run's line stands first, and says that it began in the same second.
    let (header, line) = later.split_once('\n').unwrap();
    let began = |text: &str| text.rsplit(',').next().unwrap()[..20].to_owned();
    let line = line.replace(&began(line.trim()), &began(earlier.trim()));
    let both = format!("{header}\n{line}{}", earlier.split_once('\n').unwrap().1);
    stage.write("both.csv", both);
    undo(&stage, "both.csv", "undo.csv")
        .ends(0)
        .tells("as it was before already");
    assert_eq!(differences(&first, &stage.world()), [""; 0]);
}

#[test]
fn what_a_finished_row_gave_goes_although_a_row_above_it_was_run_later() {
    let given = format!("add-licenses,{HUGO},ATTUNU,");
    let joined = format!("add-to-groups,{HUGO},,Finance");
    for (above, below) in [
        // It has only to be looked at again.
        (format!("add-licenses,{HUGO},ACNU,"), &given),
        // What it gave is taken by the row above it, and given again.
        (format!("set-licenses,{HUGO},ACNU,"), &given),
        (format!("release-licenses,{HUGO},,"), &given),
        (format!("set-groups,{HUGO},,Human Resources"), &joined),
    ] {
        let stage = Stage::new();
        let first = stage.world();
        let header = "operation,user,licenses,groups\n";
        stage.run(&format!("{header}{below}\n")).ends(0);
        stage.run(&format!("{header}{above}\n{below}\n")).ends(0);
        undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
        run_undo(&stage, "undo.csv").ends(0);
        assert_eq!(differences(&first, &stage.world()), [""; 0], "{above}");
    }
}

#[test]
fn rows_are_undone_in_the_order_in_which_they_ran_wherever_they_are_in_the_sheet_by_now() {
    let header = "operation,user,licenses\n";
    let [one, two] = ["TSTNU", "PMD"].map(|code| format!("add-licenses,{HUGO},{code}\n"));
    let other = format!("add-licenses,{BRAM},ACNU\n");
    for later in [
        format!("{two}{other}"),
        format!("{two}{one}"),
        format!("{other}{two}{one}"),
    ] {
        let stage = Stage::new();
        stage.free_seats("PMD", 5);
        let first = stage.world();
        stage.run(&format!("{header}{one}{two}")).ends(0);
        stage.run(&format!("{header}{later}")).ends(0);
        undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
        run_undo(&stage, "undo.csv").ends(0);
        assert_eq!(differences(&first, &stage.world()), [""; 0], "{later}");
    }
}

#[test]
fn what_a_finished_row_did_to_an_account_before_it_was_moved_is_put_back_although_it_was_looked_at_again() {
    let stage = Stage::new();
    let header = "operation,user,new_email,display_name,groups\n";
    let rest = format!("migrate,{NADIA},nadia@new.example,,\nupdate,{NADIA},,Boss,Procurement\n");
    stage.run(&format!("{header}{rest}")).ends(75);
    stage.sandbox.with_world(|world| {
        let new = world.user_called("nadia@new.example").expect("the account").id;
        world.edit_user(new, |user| user.invitation_accepted = true);
    });
    let joined = format!("add-to-groups,{NADIA},,,Finance\n");
    stage
        .run_with(&format!("{header}{joined}{rest}"), &["--max-deletes", "1"])
        .ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv");
    let rows = rows(&stage, "undo.csv");
    assert_eq!(rows[0].get("display_name"), "Nadia Rahman");
    assert_eq!(rows[0].get("remove_groups"), "Procurement; Finance");
    let notes = notes(&stage, "undo.csv");
    for row in 2..=4 {
        assert!(notes.contains(&format!("row {row}")), "{notes}");
    }
}

#[test]
fn an_invitation_that_the_service_calls_inactive_is_taken_back_like_any_other() {
    let stage = Stage::new();
    stage.run("operation,email\ninvite,ada@new.example\n").ends(0);
    let ada = stage.id("ada@new.example");
    stage
        .sandbox
        .with_world(|world| world.edit_user(ada, |user| user.is_active = false));
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(operations(&stage, "undo.csv"), ["delete"]);
    run_undo(&stage, "undo.csv").ends(0);
    undo(&stage, "undo.results.csv", "redo.csv").ends(0);
    assert_eq!(operations(&stage, "redo.csv"), ["invite"]);
}

#[test]
fn what_cannot_be_taken_back_is_told() {
    let stage = Stage::new();
    stage.keep_secret("Correct-Horse-7");
    stage
        .run(&format!("operation,user,password\nupdate,{ANNA},Correct-Horse-7\n"))
        .ends(0);
    let before = stage.world();
    undo(&stage, "sheet.results.csv", "undo.csv")
        .ends(3)
        .tells("1 left alone: it cannot be taken back");
    assert!(notes(&stage, "undo.csv").contains("another password"));
    run_undo(&stage, "undo.csv");
    assert_eq!(changes(&before, &stage.world()), [""; 0]);
}

#[test]
fn a_full_pool_is_told_of_at_once() {
    let stage = Stage::new();
    stage.run(&format!("operation,user\nrelease-licenses,{MEI}\n")).ends(0);
    stage.sandbox.with_world(|world| {
        let taken = world.seats_of(&BundleCode::new("ACNU")).allocated;
        world.set_seats("ACNU", taken);
    });
    undo(&stage, "sheet.results.csv", "undo.csv")
        .ends(0)
        .tells("warning: 1 row finds no free seat of ACNU: free another");
    assert!(notes(&stage, "undo.csv").contains("no seat of ACNU is free at present"));
    stage
        .reseat(&["undo", "sheet.results.csv", "--only", "2", "-o", "part.csv"])
        .ends(0)
        .tells("name in `--only` the row that gave the seat to somebody else as well");
}

#[test]
fn only_the_chosen_rows_are_put_back() {
    let stage = Stage::new();
    stage
        .run(&format!(
            "operation,user,licenses\nset-licenses,{MEI},ATTUNU\nset-licenses,{HUGO},ACNU\n"
        ))
        .ends(0);
    let words = ["undo", "sheet.results.csv", "--only", "3"];
    let ran = stage.reseat(&words).ends(0);
    assert!(
        ran.out.contains("release-licenses,hugo.silva") && !ran.out.contains("mei.chen"),
        "{}",
        ran.out
    );
    assert!(!ran.err.contains("warning"), "{}", ran.err);
    stage
        .reseat(&["undo", "sheet.results.csv", "--only", "2-3,9"])
        .ends(0)
        .tells("warning: no row of `sheet.results.csv` is in 9 of `--only`");
    let ran = stage.reseat(&["undo", "sheet.results.csv", "--only", "9"]).ends(1);
    assert!(
        ran.err.contains("none of the rows") && ran.out.is_empty(),
        "{}",
        ran.err
    );
}

#[test]
fn a_row_that_has_left_the_sheet_is_not_taken_for_the_one_that_has_its_number_now() {
    let stage = Stage::new();
    let header = "operation,user,licenses";
    let (mei, hugo) = (
        format!("set-licenses,{MEI},ATTUNU"),
        format!("set-licenses,{HUGO},ACNU"),
    );
    stage.run(&format!("{header}\n{mei}\n{hugo}\n")).ends(0);
    stage.run(&format!("{header}\n{hugo}\n")).ends(0);
    let undone = |only: &str| stage.reseat(&["undo", "sheet.results.csv", "--only", only]);
    let ran = undone("2").ends(0).tells(&format!(
        "warning: set-licenses `{MEI}` `ATTUNU` (row 2) left the sheet and is left out: set-licenses `{HUGO}` `ACNU` (row 2) had \
         its number last"
    ));
    assert!(
        ran.out.contains("hugo.silva") && !ran.out.contains("mei.chen"),
        "{}",
        ran.out
    );
    let all = stage.reseat(&["undo", "sheet.results.csv"]).ends(0);
    assert!(
        all.out.contains("hugo.silva") && all.out.contains("mei.chen"),
        "{}",
        all.out
    );
    assert!(!all.err.contains("warning"), "{}", all.err);

    // Without a record that the last run came to its end, its lines need not be in the sheet's order.
    fs_err::remove_file(stage.path("sheet.results.csv.runs.jsonl")).unwrap();
    let refused = undone("2").ends(1);
    assert!(
        refused.err.contains("no record says that the last run came to its end") && refused.out.is_empty(),
        "{}",
        refused.err
    );
    undone("2-3").ends(1);
    stage.rerun(&[]).ends(0);
    undone("2").ends(0).tells("had its number last");
}

#[test]
fn offline_needs_neither_network_nor_profile_and_says_that_nothing_was_compared() {
    let stage = Stage::new();
    stage
        .run_with(
            &format!("operation,user,licenses,groups\nset-licenses,{MEI},ATTUNU,\nupdate,{ANNA},,HR Robots\n"),
            &[],
        )
        .ends(0);
    for name in [
        "UIPATH_URI",
        "UIPATH_ORGANIZATION",
        "RESEAT_ORGANIZATION_ID",
        "UIPATH_CLIENT_ID",
        "UIPATH_CLIENT_SECRET",
    ] {
        stage.unset(name);
    }
    stage.forget_calls();
    stage
        .reseat(&["undo", "sheet.results.csv", "--offline", "-o", "undo.csv"])
        .ends(0)
        .tells("nothing was compared");
    assert_eq!(operations(&stage, "undo.csv"), ["remove-from-groups", "set-licenses"]);
    assert_eq!(stage.sandbox.stats().routes().count(), 0);
}

#[test]
fn a_workbook_is_read_back_as_the_csv_is() {
    let stage = Stage::new();
    let first = stage.world();
    stage
        .run(&format!(
            "operation,user,name,display_name,groups\nupdate,{ANNA},Annika,Zoë,HR Robots\nupdate,{DAVID},''-Bar,=1+1,\n"
        ))
        .ends(0);
    undo(&stage, "sheet.results.csv", "undo.xlsx")
        .ends(0)
        .tells("reseat run undo.xlsx\n");
    run_undo(&stage, "undo.xlsx").ends(0);
    assert_eq!(changes(&first, &stage.world()), [""; 0]);
    undo(&stage, "undo.results.csv", "redo.csv").ends(0);
    assert!(notes(&stage, "redo.csv").contains("undoes row 2 of `Undo`"));
    undo(&stage, "undo.results.csv", "redo.xlsx").ends(0);
    run_undo(&stage, "redo.xlsx").ends(0);
    assert_eq!(stage.user(DAVID).unwrap().name.as_deref(), Some("'-Bar"));
    assert_eq!(stage.user(DAVID).unwrap().display_name.as_deref(), Some("=1+1"));
}

#[test]
fn a_sheet_that_is_there_is_kept_unless_it_may_be_replaced() {
    let stage = Stage::new();
    stage
        .run(&format!("operation,user,licenses\nset-licenses,{MEI},ATTUNU\n"))
        .ends(0);
    stage.write("kept.csv", "mine\n");
    let ran = undo(&stage, "sheet.results.csv", "kept.csv").ends(1);
    assert!(ran.err.contains("--force"), "{}", ran.err);
    assert_eq!(stage.read("kept.csv"), "mine\n");
    stage
        .reseat(&["undo", "sheet.results.csv", "-o", "kept.csv", "--force"])
        .ends(0);
    assert_eq!(operations(&stage, "kept.csv"), ["set-licenses"]);
    undo(&stage, "sheet.results.csv", "nowhere/undo.csv")
        .ends(1)
        .tells("there is no folder `nowhere`");
    undo(&stage, "sheet.results.csv", "undo.ods").ends(1);
}

#[test]
fn the_results_of_a_run_are_never_replaced_by_a_sheet() {
    let stage = Stage::new();
    stage
        .run(&format!("operation,user,licenses\nset-licenses,{MEI},ATTUNU\n"))
        .ends(0);
    let results = stage.read("sheet.results.csv");
    for way in [&[][..], &["--offline"]] {
        let words = ["undo", "sheet.results.csv", "-o", "sheet.results.csv", "--force"];
        stage
            .reseat(&[&words[..], way].concat())
            .ends(1)
            .tells("holds the results of a run");
    }
    assert_eq!(stage.read("sheet.results.csv"), results);
}

#[test]
fn an_undo_of_the_same_name_as_an_earlier_one_is_run_anew() {
    let stage = Stage::new();
    let sheet = format!("operation,user,licenses\nset-licenses,{MEI},ATTUNU\n");
    let first = stage.world();
    stage.run(&sheet).ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    run_undo(&stage, "undo.csv").ends(0);
    stage.run_with(&sheet, &["--again"]).ends(0);
    // The rows are the same as those of the first undo, which count as done in its results.
    stage
        .reseat(&["undo", "sheet.results.csv", "-o", "undo.csv", "--force"])
        .ends(0)
        .tells("run undo.csv --again\n");
    stage.reseat(&["run", "undo.csv", "--again", "--yes"]).ends(0);
    assert_eq!(changes(&first, &stage.world()), [""; 0]);
}

#[test]
fn a_sheet_whose_earlier_namesake_is_not_finished_gets_another_name() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 9);
    stage
        .run_with(
            &format!("operation,user,new_email,delete_when\nmigrate,{MEI},mei@new.example,invited\n"),
            &FINISH[1..],
        )
        .ends(0);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    run_undo(&stage, "undo.csv").ends(75);
    stage
        .reseat(&["undo", "sheet.results.csv", "-o", "undo.csv", "--force"])
        .ends(1)
        .tells("not finished");
}

#[test]
fn a_file_that_is_no_results_file_is_refused_and_nothing_is_written() {
    let stage = Stage::new();
    stage
        .run(&format!("operation,user,licenses\nset-licenses,{MEI},ATTUNU\n"))
        .ends(0);
    let results = stage.read("sheet.results.csv");
    stage.write("empty.csv", "");
    stage.write("empty-handed.csv", "operation,user\n");
    for workbook in ["sheet.xlsx", "other.xlsx"] {
        stage.write(workbook, "PK\u{3}\u{4} and so on");
    }
    stage.write("damaged.csv", results.replace("\"\"licenses\"\"", "\"\"licen"));
    stage.write("cut.csv", &results[..results.len() / 2]);
    for (file, code, words) in [
        ("missing.csv", 1, "there is no file `missing.csv`"),
        ("sheet.csv", 1, "name the results file of the run: `sheet.results.csv`"),
        ("sheet.xlsx", 1, "name the results file of the run: `sheet.results.csv`"),
        ("other.xlsx", 1, "it is a workbook: save it as CSV"),
        ("empty-handed.csv", 1, "not a reseat results file"),
        (".", 1, "is a folder"),
        ("damaged.csv", 1, "line 2"),
        ("empty.csv", 0, "nothing to undo"),
        ("cut.csv", 0, "cut off"),
    ] {
        let ran = undo(&stage, file, "undo.csv").ends(code).tells(words);
        assert!(!ran.err.contains("--results"), "{}", ran.err);
        assert!(!stage.exists("undo.csv"), "{file}");
    }
    let theirs = stage.sandbox.organization_id().to_string();
    stage.write(
        "other.csv",
        results.replace(&theirs, "00000000-0000-4000-8000-000000000001"),
    );
    undo(&stage, "other.csv", "undo.csv")
        .ends(1)
        .tells("another organization");
    assert!(!stage.exists("undo.csv"));
}

#[test]
fn results_of_the_first_format_are_read() {
    let stage = Stage::new();
    stage.write("old.results.csv", include_str!("../data/results-v1.csv"));
    let ran = stage.reseat(&["undo", "old.results.csv", "--offline"]).ends(3);
    assert!(ran.out.contains("run the sheet again first"), "{}", ran.out);
}

#[test]
fn programs_get_one_object_with_the_rows_and_why_they_are_left_alone() {
    let stage = Stage::new();
    stage
        .run(&format!(
            "operation,user,licenses,name\nset-licenses,{MEI},ATTUNU,\nupdate,{ANNA},,Annika\n"
        ))
        .ends(0);
    stage.sandbox.with_world(|world| {
        let anna = world.user_called(ANNA).unwrap().id;
        world.edit_user(anna, |user| user.name = Some("Anneke".to_owned()));
    });
    let ran = stage
        .reseat(&["undo", "sheet.results.csv", "-o", "undo.csv", "--output", "json"])
        .ends(3);
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (&told["status"], &told["exit_code"]),
        (&"needs_person".into(), &3.into())
    );
    assert_eq!(told["rows_to_decide"]["changed"], 1);
    assert_eq!(told["rows"][0]["why"], "changed");
    assert_eq!(told["rows"][1]["cells"]["licenses"], "ACNU");
    assert_eq!(told["rows"][1]["undoes"][0]["row"], 2);
    assert!(told["next_command"].as_str().unwrap().ends_with("reseat run undo.csv"));
}

/// Licences, groups, names, leavers and invitations for five hundred people.
fn mixed() -> String {
    let mut sheet = "operation,user,email,name,groups,licenses\n".to_owned();
    for number in 1..=500 {
        let who = person(number);
        match number % 5 {
            0 => writeln!(sheet, "set-licenses,{who},,,,TSTNU"),
            1 => writeln!(sheet, "add-to-groups,{who},,,Administrators Berlin,"),
            2 => writeln!(sheet, "update,{who},,Name{number},,"),
            3 => writeln!(sheet, "offboard,{who},,,,"),
            _ => writeln!(sheet, "invite,,new{number}@new.example,,Administrators Berlin,"),
        }
        .unwrap();
    }
    sheet
}

#[test]
fn a_mixed_run_of_five_hundred_rows_undone_leaves_the_organization_as_it_was() {
    let stage = Stage::with(Config {
        population: Population::Generated(600),
        ..Config::unlimited()
    });
    stage.sandbox.with_world(|world| {
        world.set_seats("TSTNU", 5_000);
        let like = world.groups().next().unwrap().clone();
        world.insert_group(Group {
            id: GroupId("00000000-0000-4000-8000-0000000000bb".parse().unwrap()),
            name: "Administrators Berlin".to_owned(),
            kind: GroupKind::Custom,
            ..like
        });
    });
    let first = stage.world();
    stage.run(&mixed()).ends(0);
    stage.forget_calls();
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert!(stage.writes().is_empty());
    let calls = stage.sandbox.stats();
    let asked: u64 = calls.routes().map(|(_, count)| count).sum();
    assert!(asked < 20, "{asked}");
    run_undo(&stage, "undo.csv").ends(0);
    assert_eq!(differences(&first, &stage.world()), [""; 0]);
}

#[test]
fn a_run_that_was_killed_is_undone_as_far_as_it_came() {
    let stage = Stage::with(Config {
        latency: Duration::from_millis(30),
        ..Config::unlimited()
    });
    stage.write(
        "reseat.toml",
        "[profile.default.limits]\nconcurrency = 1\nsettle = \"1s\"\nput = 0\n",
    );
    let first = stage.world();
    let mut sheet = "operation,user,name\n".to_owned();
    for user in first
        .users()
        .filter(|user| user.is_active && !user.email.is_empty())
        .take(30)
    {
        writeln!(sheet, "update,{},Somebody", user.email).unwrap();
    }
    let path = stage.given("sheet.csv");
    fs_err::write(path, sheet).unwrap();
    let mut child = stage.start(&["run", "sheet.csv", "--yes"]);
    stage.until("some rows are done", |sandbox| {
        let changed = |user: &User| user.name.as_deref() == Some("Somebody");
        sandbox.world().users().filter(|user| changed(user)).count() > 5
    });
    undo(&stage, "sheet.results.csv", "undo.csv")
        .ends(4)
        .tells("wait until it ends");
    child.kill().unwrap();
    stage.ended(child);
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    run_undo(&stage, "undo.csv").ends(0);
    assert_eq!(differences(&first, &stage.world()), [""; 0]);
}

/// A served organization in which each call takes a while, and a sheet of twenty rows of an operation.
fn killed_in_the_middle_of(row: impl Fn(&User) -> String, header: &str, writes: u64) -> (Stage, World) {
    let stage = Stage::with(Config {
        latency: Duration::from_millis(60),
        ..Config::unlimited()
    });
    let limits = "[profile.default.limits]\nconcurrency = 2\nsettle = \"1s\"\nput = 0\ndelete = 0\n";
    let sizes = "[profile.default.batch]\nusers_per_license_call = 4\nusers_per_release = 4\nmembers_per_group_call = 4\n\
                 users_per_delete = 4\n";
    stage.write("reseat.toml", format!("{limits}{sizes}"));
    stage.free_seats("IDU", 30);
    // More of these are taken than owned, so that nobody would get one back.
    stage.free_seats("PMBU", 5);
    let first = stage.world();
    let administrators = first.group_named("Administrators").map(|group| group.id).unwrap();
    let people = first.users().filter(|user| {
        let is_usual = user.is_active && user.invitation_accepted && user.category == Category::Local;
        is_usual && !user.email.is_empty() && !user.groups.contains(&administrators)
    });
    let mut sheet = format!("{header}\n");
    for user in people.take(20) {
        writeln!(sheet, "{}", row(user)).unwrap();
    }
    // Of a run that was killed not every row has a line.
    fs_err::write(stage.given("sheet.csv"), sheet).unwrap();
    let mut child = stage.start(&["run", "sheet.csv", "--yes", "--max-deletes", "50"]);
    stage.until("some calls have been carried out", |sandbox| {
        changes(&first, &sandbox.world()).len() as u64 > writes
    });
    child.kill().unwrap();
    stage.ended(child);
    (stage, first)
}

#[test]
fn whatever_the_kind_a_run_that_was_killed_is_undone_with_the_calls_that_were_on_their_way() {
    type Row = fn(&User) -> String;
    let kinds: [(&str, Row); 6] = [
        ("operation,user", |user| format!("offboard,{}", user.email)),
        ("operation,user,licenses", |user| {
            format!("set-licenses,{},IDU", user.email)
        }),
        ("operation,user", |user| format!("release-licenses,{}", user.email)),
        ("operation,user,groups", |user| {
            format!("set-groups,{},Finance; HR Robots", user.email)
        }),
        ("operation,user,groups", |user| {
            format!("add-to-groups,{},HR Robots", user.email)
        }),
        ("operation,user,active,name", |user| {
            format!("update,{},no,Somebody", user.email)
        }),
    ];
    for (header, row) in kinds {
        for is_rerun in [false, true] {
            let (stage, first) = killed_in_the_middle_of(row, header, 3);
            let case = format!("{}, rerun: {is_rerun}", row(first.users().next().unwrap()));
            if is_rerun {
                stage
                    .reseat(&["run", "sheet.csv", "--yes", "--max-deletes", "50"])
                    .ends(0);
                let statuses = stage.statuses();
                let is_known = |status: &String| ["done", "unchanged"].contains(&status.as_str());
                assert!(statuses.iter().all(is_known), "{case}: {statuses:?}");
            }
            undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
            run_undo(&stage, "undo.csv").ends(0);
            // Seats held by a group's rule are taken again at the next sign-in.
            let mut left = differences(&first, &stage.world());
            left.retain(|change| !change.contains(" holds of "));
            assert_eq!(left, [""; 0], "{case}");
        }
    }
}

#[test]
fn deletions_that_were_on_their_way_at_a_crash_are_known_after_the_rerun_too() {
    let (stage, _) = killed_in_the_middle_of(|user| format!("delete,{}", user.email), "operation,user", 3);
    stage
        .reseat(&["run", "sheet.csv", "--yes", "--max-deletes", "50"])
        .ends(0);
    for row in stage.results().iter().filter(|row| row.status() == "done") {
        assert!(!row.get("user_id").is_empty(), "row {}", row.get("row"));
    }
    undo(&stage, "sheet.results.csv", "undo.csv");
    let notes = notes(&stage, "undo.csv");
    assert!(!notes.contains("does not say what this row changed"), "{notes}");
    assert!(operations(&stage, "undo.csv").contains(&"invite".to_owned()));
}

/// Each kind of change whose call may be repeated, with the answer lost after it took effect, and none to be had later.
#[test]
fn a_change_whose_answer_was_lost_is_undone_although_its_row_failed() {
    for (row, method, path) in [
        (format!("set-licenses,{ANNA},TSTNU,,,"), "PUT", "user-license"),
        (format!("release-licenses,{ANNA},,,,"), "DELETE", "UserLicense"),
        (format!("update,{ANNA},,,Annika,"), "PUT", "/User/"),
        (format!("add-to-groups,{ANNA},,HR Robots,,"), "PUT", "/Group/"),
        ("set-group-licenses,,TSTNU,,,HR Robots".to_owned(), "PUT", "group"),
        (format!("offboard,{ANNA},,,,"), "PUT", "/User/"),
    ] {
        for rerun in [false, true] {
            let stage = Stage::new();
            stage.write("reseat.toml", "[profile.default.limits]\nsettle = \"1s\"\n");
            let first = stage.world();
            let answered = |status, moment| FaultRule::new(FaultKind::Status { status, moment }).on(method, path);
            stage.sandbox.set_faults(Faults {
                rules: vec![
                    answered(504, Moment::AfterEffect).strikes(Strikes::First(1)),
                    answered(503, Moment::BeforeEffect),
                ],
                ..Faults::default()
            });
            stage.write(
                "sheet.csv",
                format!("operation,user,licenses,groups,name,group\n{row}\n"),
            );
            stage.reseat(&["run", "sheet.csv", "--yes", "--retries", "1"]);
            assert_ne!(differences(&first, &stage.world()), [""; 0], "{row}");
            stage.sandbox.set_faults(Faults::default());
            if rerun {
                stage.rerun(&[]).ends(0);
                assert_eq!(stage.statuses(), ["done"], "{row}");
                assert!(!stage.results()[0].get("after").contains("unclear"), "{row}");
            }
            undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
            run_undo(&stage, "undo.csv").ends(0);
            assert_eq!(differences(&first, &stage.world()), [""; 0], "{row} {rerun}");
        }
    }
}

#[test]
fn a_change_whose_answer_was_lost_is_undone_although_the_run_was_stopped_before_it_was_sent_again() {
    let stage = Stage::new();
    let first = stage.world();
    let answered = |status, moment| FaultRule::new(FaultKind::Status { status, moment }).on("PUT", "user-license");
    stage.sandbox.set_faults(Faults {
        rules: vec![
            answered(504, Moment::AfterEffect).strikes(Strikes::First(1)),
            answered(503, Moment::BeforeEffect),
        ],
        ..Faults::default()
    });
    stage.write(
        "sheet.csv",
        format!("operation,user,licenses\nset-licenses,{ANNA},TSTNU\n"),
    );
    let child = stage.start(&["run", "sheet.csv", "--yes"]);
    stage.until("the change is made", |_| stage.held(ANNA).as_deref() == Some("TSTNU"));
    signal(&child, "INT");
    stage.ended(child).ends(130);
    stage.sandbox.set_faults(Faults::default());
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    run_undo(&stage, "undo.csv").ends(0);
    assert_eq!(differences(&first, &stage.world()), [""; 0]);
}
