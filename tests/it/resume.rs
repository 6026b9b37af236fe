//! The same command again goes on where the last one stopped, whatever happened to the sheet meanwhile.

use std::time::Duration;

use reseat::model::GroupId;
use reseat::sandbox::{Config, Population, World};
use uuid::Uuid;

use crate::support::{ANNA, BRAM, DAVID, HUGO, NADIA, Stage, person, sheet};

const INVITES: &str = "operation,email,groups\n\
                       invite,a@new.example,Finance\n\
                       invite,b@new.example,Nowhere\n\
                       invite,c@new.example,\n";

#[test]
fn a_sheet_that_was_sorted_and_extended_repeats_no_finished_row() {
    let stage = Stage::new();
    stage.run(INVITES).ends(3);
    assert_eq!(stage.statuses(), ["done", "not_found", "done"]);
    stage.forget_calls();
    let sorted = "operation,email,groups\n\
                  invite,d@new.example,\n\
                  invite,c@new.example,\n\
                  invite,b@new.example,Finance\n\
                  invite,a@new.example,Finance\n";
    stage.run(sorted).ends(0);
    assert_eq!(stage.statuses()[..4], ["done", "done", "done", "done"]);
    assert_eq!(stage.writes().get("invite"), Some(&1));
    assert_eq!(stage.results()[0].get("user"), "d@new.example");
}

#[test]
fn a_corrected_cell_is_a_new_row_and_the_old_lines_of_what_was_done_stay() {
    let stage = Stage::new();
    let sheet = format!("operation,user,licenses\nadd-licenses,{HUGO},ACNU\nadd-licenses,{ANNA},ATTUNU\n");
    stage.run(&sheet).ends(0);
    let sheet = format!("operation,user,licenses\nadd-licenses,{HUGO},ATTUNU\nadd-licenses,{ANNA},ATTUNU\n");
    stage.run(&sheet).ends(0);
    assert_eq!(stage.statuses(), ["done", "unchanged", "done"]);
    assert_eq!(stage.held(HUGO).as_deref(), Some("ACNU; ATTUNU"));
}

#[test]
fn a_finished_row_comes_after_one_that_is_run_however_each_names_the_account() {
    let stage = Stage::new();
    let id = stage.id(HUGO);
    let beside = |user: &str| format!("{user},");
    for (above, below) in [(id.to_string(), HUGO.to_owned()), (HUGO.to_owned(), id.to_string())] {
        let header = "operation,user,user_id,licenses\n";
        let (above, below) = (beside(&above), beside(&below));
        let finished = format!("set-licenses,{below},ATTUNU\n");
        let others = format!("add-licenses,{BRAM},,ATTUNU\n");
        stage
            .run_with(&format!("{header}{finished}{others}"), &["--again"])
            .ends(0);
        assert_eq!(stage.held(HUGO).as_deref(), Some("ATTUNU"));
        // The row that is new stands above it, so that the last word is that of the finished one.
        stage
            .run(&format!("{header}add-licenses,{above},ACNU\n{finished}{others}"))
            .ends(0);
        assert_eq!(stage.held(HUGO).as_deref(), Some("ATTUNU"), "{above} {below}");
        stage.forget_calls();
        stage.rerun(&[]).ends(0);
        assert!(stage.writes().is_empty(), "{:?}", stage.writes());
    }
    // An id beside a name tells it without a look at the organization.
    let header = "operation,user,user_id,groups\n";
    let finished = format!("set-groups,{id},,Finance\n");
    stage.run_with(&format!("{header}{finished}"), &["--again"]).ends(0);
    stage
        .run(&format!("{header}add-to-groups,{HUGO},{id},HR Robots\n{finished}"))
        .ends(0);
    assert_eq!(stage.groups(HUGO), ["Finance"]);
}

#[test]
fn a_finished_row_comes_after_a_creation_whose_address_it_names() {
    let stage = Stage::new();
    let header = "operation,user,email,username,name,surname,groups\n";
    let finished = format!("remove-from-groups,{HUGO},,,,,Finance\n");
    let others = format!("add-to-groups,{BRAM},,,,,Finance\n");
    stage.run(&format!("{header}{finished}{others}")).ends(0);
    let above = format!("create,,{HUGO},hugo,Hugo,Silva,Finance\n");
    stage.run(&format!("{header}{above}{finished}{others}")).ends(0);
    assert!(!stage.groups(HUGO).contains(&"Finance".to_owned()));
}

#[test]
fn columns_may_move_between_runs() {
    let stage = Stage::new();
    stage
        .run(&format!("operation,user,groups\nadd-to-groups,{ANNA},HR Robots\n"))
        .ends(0);
    stage.forget_calls();
    let sheet = format!("note,groups,operation,user\nhello,HR Robots,add-to-groups,{ANNA}\n");
    stage.run(&sheet).ends(0).tells("already done");
    assert!(stage.writes().is_empty());
}

#[test]
fn of_two_equal_rows_the_second_is_a_duplicate_and_each_has_its_line() {
    let stage = Stage::new();
    let sheet = format!("operation,user,groups\nadd-to-groups,{ANNA},HR Robots\nadd-to-groups,{ANNA},HR Robots\n");
    stage.run(&sheet).ends(2).tells("duplicate-row");
    assert!(stage.writes().is_empty());
    stage.rerun(&["--skip-invalid"]).ends(0);
    assert_eq!(stage.statuses(), ["done", "duplicate"]);
    stage.forget_calls();
    stage.rerun(&["--skip-invalid"]).ends(0);
    assert!(stage.writes().is_empty());
}

#[test]
fn a_row_that_is_done_and_refused_since_counts_as_done() {
    let stage = Stage::new();
    let (header, done) = ("operation,user,licenses", format!("set-licenses,{ANNA},ACNU\n"));
    stage.run(&format!("{header}\n{done}")).ends(0);
    stage.write("sheet.csv", format!("{header}\nset-licenses,{ANNA},AXPNU\n{done}"));
    let ran = stage.rerun(&["--skip-invalid"]).ends(3);
    assert_eq!(stage.statuses(), ["invalid", "done"]);
    ran.tells("one row is already done or unchanged")
        .tells("2 rows: 1 done, 1 invalid");
}

#[test]
fn only_the_rows_that_failed_are_tried_again() {
    let stage = Stage::new();
    let sheet =
        format!("operation,user,groups\nadd-to-groups,{ANNA},HR Robots\nadd-to-groups,new@contoso.example,HR Robots\n");
    stage.run(&sheet).ends(3);
    stage.write("other.csv", "operation,username\ncreate,new@contoso.example\n");
    stage.reseat(&["run", "other.csv", "--yes"]).ends(0);
    stage.forget_calls();
    stage.rerun(&[]).ends(0).tells("1 row finished by an earlier run");
    assert_eq!(stage.counts(), "2 done");
    assert_eq!(stage.writes().values().sum::<u64>(), 1);
}

#[test]
fn results_of_another_organization_are_refused_before_anything_is_sent() {
    let (stage, other) = (
        Stage::new(),
        Stage::with(Config {
            seed: 9,
            ..Config::unlimited()
        }),
    );
    stage.run(INVITES).ends(3);
    other.write("sheet.csv", INVITES);
    fs_err::copy(stage.path("sheet.results.csv"), other.path("sheet.results.csv")).unwrap();
    let before = other.read("sheet.results.csv");
    other.rerun(&[]).ends(1).tells("organization");
    assert!(other.writes().is_empty());
    assert_eq!(other.read("sheet.results.csv"), before);
}

#[test]
fn a_torn_last_line_is_dropped_with_a_notice_and_its_row_is_done() {
    let stage = Stage::new();
    let sheet = format!("operation,user,groups\nadd-to-groups,{ANNA},HR Robots\nadd-to-groups,{BRAM},HR Robots\n");
    stage.run(&sheet).ends(0);
    let whole = stage.read("sheet.results.csv");
    let torn = &whole[..whole.trim_end().len() - 30];
    fs_err::write(stage.path("sheet.results.csv"), torn).unwrap();
    stage.rerun(&[]).ends(0).tells("cut off");
    assert_eq!(stage.counts(), "1 done, 1 unchanged");
}

#[test]
fn a_second_run_on_the_same_results_is_told_of_the_first() {
    let stage = Stage::with(Config {
        latency: Duration::from_millis(400),
        ..Config::unlimited()
    });
    stage.write(
        "sheet.csv",
        format!("operation,user,groups\nadd-to-groups,{ANNA},HR Robots\n"),
    );
    let first = stage.start(&["run", "sheet.csv", "--yes"]);
    stage.until("the first run writes", |sandbox| {
        sandbox.stats().calls("identity", "PUT") > 0
    });
    let id = first.id().to_string();
    stage.rerun(&[]).ends(4).tells(&format!("process {id}"));
    stage.ended(first).ends(0);
    assert_eq!(stage.statuses(), ["done"]);
}

#[test]
fn again_keeps_the_old_results_under_their_date() {
    let stage = Stage::new();
    let sheet = format!("operation,user,licenses\nset-licenses,{DAVID},ACNU\n");
    stage.run(&sheet).ends(0);
    stage
        .rerun(&["--again"])
        .ends(0)
        .tells("the earlier results are kept as");
    assert_eq!(stage.statuses(), ["unchanged"]);
    let kept = fs_err::read_dir(stage.path("")).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        let name = name.to_string_lossy();
        name.starts_with("sheet.results.20") && name.ends_with(".csv")
    });
    assert_eq!(kept.count(), 1);
}

#[test]
fn again_puts_nothing_away_before_the_guards_have_agreed() {
    let stage = Stage::new();
    let sheet = format!("operation,user\ndelete,{ANNA}\ndelete,{BRAM}\n");
    stage.run_with(&sheet, &["--max-deletes", "2", "--limit", "1"]).ends(0);
    let before = stage.read("sheet.results.csv");
    let files = || fs_err::read_dir(stage.path("")).unwrap().count();
    let count = files();
    for words in [
        &["run", "sheet.csv", "--again"][..],
        &["run", "sheet.csv", "--again", "--yes"],
        &["run", "sheet.csv", "--again", "--yes", "--max-deletes", "0"],
    ] {
        stage.reseat(words).ends(4);
        assert_eq!(stage.read("sheet.results.csv"), before, "{words:?}");
        assert_eq!(files(), count, "{words:?}");
    }
    stage
        .rerun(&["--again", "--max-deletes", "2"])
        .ends(0)
        .tells("the earlier results are kept as");
    assert_eq!(stage.counts(), "1 done, 1 unchanged");
    // The results, and the records of their runs.
    assert_eq!(files(), count + 2);
}

#[test]
fn results_may_lie_elsewhere_and_plan_counts_what_is_finished() {
    let stage = Stage::new();
    let sheet = format!("operation,user,licenses\nset-licenses,{DAVID},ACNU\n");
    stage.run_with(&sheet, &["--results", "other.csv"]).ends(0);
    assert!(stage.exists("other.csv") && !stage.exists("sheet.results.csv"));
    stage.run(&sheet).ends(0);
    stage
        .reseat(&["plan", "sheet.csv"])
        .ends(0)
        .tells("1 row finished by an earlier run");
}

#[test]
#[cfg(unix)]
fn the_files_that_a_run_leaves_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::new();
    stage.run(INVITES).ends(3);
    for name in ["sheet.results.csv", "sheet.failed.csv"] {
        let mode = fs_err::metadata(stage.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert!(!stage.exists("sheet.results.csv.lock"));
}

#[test]
fn a_large_sheet_stopped_half_way_does_each_row_once() {
    let stage = Stage::with(Config {
        population: Population::Generated(80),
        ..Config::unlimited()
    });
    let sheet = sheet("operation,user,name", "update,{},Kim", (1..=80).map(person));
    stage.run_with(&sheet, &["--limit", "30"]).ends(0);
    assert_eq!(stage.counts(), "30 done, 50 not_run");
    stage.rerun(&["--limit", "30"]).ends(0);
    assert_eq!(stage.counts(), "60 done, 20 not_run");
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.counts(), "80 done");
    assert_eq!(stage.sandbox.stats().route("update-user"), 80);
}

#[test]
fn a_row_that_says_all_groups_does_not_take_back_what_a_finished_row_below_it_gave() {
    let stage = Stage::new();
    let rows = [
        format!("set-groups,{HUGO},Finance; Night Shift"),
        format!("add-to-groups,{HUGO},Procurement"),
        format!("add-to-groups,{ANNA},Procurement"),
    ];
    stage
        .run(&format!("operation,user,groups\n{}\n", rows.join("\n")))
        .ends(3);
    assert_eq!(stage.statuses(), ["not_found", "done", "done"]);
    stage.sandbox.with_world(|world: &mut World| {
        let mut group = world.group_named("Finance").unwrap().clone();
        group.id = GroupId(Uuid::from_u128(80));
        "Night Shift".clone_into(&mut group.name);
        world.insert_group(group);
    });
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.statuses(), ["done"; 3]);
    assert_eq!(stage.groups(HUGO), ["Finance", "Night Shift", "Procurement"]);
    stage.forget_calls();
    stage.rerun(&[]).ends(0).tells("already done");
    assert!(stage.writes().is_empty());
}

#[test]
fn a_row_that_is_run_after_one_below_it_leaves_what_that_one_did() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 3);
    stage.free_seats("PMD", 3);
    stage.write(
        "sheet.csv",
        format!("operation,user,licenses\nset-licenses,{HUGO},ACNU\nadd-licenses,{HUGO},PMD\n"),
    );
    stage.reseat(&["run", "sheet.csv", "--yes", "--only", "3"]).ends(0);
    stage.rerun(&["--limit", "1"]).ends(0);
    assert_eq!(stage.held(HUGO).as_deref(), Some("ACNU; PMD"));
    assert_eq!(stage.statuses(), ["done"; 2]);
}

#[test]
fn what_rows_took_off_the_new_account_of_a_move_stays_off_when_the_move_goes_on() {
    let new = "nadia@new.example";
    for (row, held) in [("block-licenses", ""), ("set-licenses", "ACNU")] {
        let stage = Stage::new();
        stage.free_seats("ATTUNU", 3);
        stage.free_seats("ACNU", 3);
        let nadia = stage.id(NADIA);
        stage.sandbox.with_world(|world: &mut World| {
            world.allocate(nadia, crate::support::bundles(&["ATTUNU"]), false);
        });
        let sheet = format!(
            "operation,user,new_email,delete_when,licenses\nmigrate,{NADIA},{new},accepted,\n{row},{new},,,{held}\n"
        );
        stage.run_with(&sheet, &["--max-deletes", "1"]).ends(75);
        assert_eq!(stage.held(new).as_deref(), Some(held), "{row}");
        stage.sandbox.with_world(|world| world.accept_invitation(new));
        stage.rerun(&["--max-deletes", "1"]).ends(0);
        assert!(stage.user(NADIA).is_none());
        assert_eq!(stage.statuses(), ["done"; 2], "{row}");
        assert_eq!(stage.held(new).as_deref(), Some(held), "{row}");
    }
}
