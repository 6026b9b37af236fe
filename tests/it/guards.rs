//! What stands between a sheet and a mistake.

use std::fmt::Write as _;

use reseat::model::UserId;
use reseat::sandbox::{
    Category, Config, Credentials, FaultKind, Faults, Listings, Moment, Population, Quirks, Strikes, User, UserKind,
};

use crate::support::{ANNA, BRAM, DAVID, HUGO, MEI, Stage, person, sheet};

const TWO_DELETIONS: &str = "operation,user\ndelete,anna.berg@contoso.example\ndelete,bram.okafor@contoso.example\n";

#[test]
fn without_yes_and_without_a_terminal_nothing_is_sent() {
    let stage = Stage::new();
    stage.write("sheet.csv", format!("operation,user,name\nupdate,{ANNA},Annika\n"));
    stage.reseat(&["run", "sheet.csv"]).ends(4).tells("--yes");
    assert!(stage.writes().is_empty());
}

#[test]
fn deletions_need_their_number() {
    let stage = Stage::new();
    stage.run(TWO_DELETIONS).ends(4).tells("--max-deletes 2");
    stage.rerun(&["--max-deletes", "1"]).ends(4).tells("more than the 1");
    assert!(stage.writes().is_empty());
    stage.rerun(&["--max-deletes", "2"]).ends(0);
    assert!(stage.user(ANNA).is_none() && stage.user(BRAM).is_none());
}

#[test]
fn counts_have_commas_where_they_are_read_and_none_where_they_are_typed() {
    let population = Population::Generated(1_010);
    let stage = Stage::with(Config {
        population,
        ..Config::unlimited()
    });
    let sheet = sheet("operation,user", "delete,{}", (1..=1_005).map(person));
    stage.write("sheet.csv", &sheet);
    stage
        .reseat(&["check", "sheet.csv"])
        .ends(0)
        .tells("1,005 rows: 1,005 delete");
    stage
        .reseat(&["plan", "sheet.csv", "--max-access-lost", "1000"])
        .tells("1,005 people lose access: 1,005 deleted")
        .tells("more than the 1,000 that `--max-access-lost` allows");
    stage
        .run_with(&sheet, &["--max-deletes", "1000"])
        .ends(4)
        .tells("the plan deletes 1,005 accounts, more than the 1,000 that `--max-deletes` allows")
        .tells("`--max-deletes 1005`");
}

#[test]
fn a_migration_that_deletes_counts_as_a_deletion() {
    let stage = Stage::new();
    let sheet = format!("operation,user,new_email,delete_when\nmigrate,{ANNA},anna@new.example,invited\n");
    stage.run(&sheet).ends(4).tells("--max-deletes 1");
    assert_eq!(stage.world().mails().count(), 0);
}

#[test]
fn administrators_are_deleted_only_when_allowed() {
    let stage = Stage::new();
    let sheet = format!("operation,user\ndelete,ursula.meier@contoso.example\ndelete,{ANNA}\n");
    stage
        .run_with(&sheet, &["--max-deletes", "2"])
        .ends(3)
        .tells("--allow-admins");
    assert_eq!(stage.statuses(), ["skipped", "done"]);
    stage.rerun(&["--max-deletes", "2", "--allow-admins"]).ends(0);
    assert!(stage.user("ursula.meier@contoso.example").is_none());
}

#[test]
fn an_administrator_is_not_migrated_away_either() {
    let stage = Stage::new();
    let sheet =
        "operation,user,new_email,delete_when\nmigrate,ursula.meier@contoso.example,ursula@new.example,invited\n";
    stage.run_with(sheet, &["--max-deletes", "1"]).ends(3);
    assert_eq!(stage.statuses(), ["skipped"]);
    assert_eq!(stage.world().mails().count(), 0);
}

#[test]
fn reseat_never_deletes_the_account_it_runs_as() {
    let demo = Stage::new();
    let stage = Stage::with(Config {
        credentials: Credentials {
            acting_user: Some(demo.id(ANNA)),
            ..Credentials::default()
        },
        ..Config::unlimited()
    });
    stage
        .run_with(TWO_DELETIONS, &["--max-deletes", "2", "--allow-admins"])
        .ends(3);
    assert_eq!(stage.statuses(), ["skipped", "done"]);
    assert!(stage.results()[0].message().contains("signed in as"));
}

#[test]
fn only_and_limit_run_a_part_and_leave_the_rest_for_later() {
    let stage = Stage::new();
    let sheet = sheet("operation,user,name", "update,{},Kim", [ANNA, BRAM, DAVID, HUGO]);
    stage
        .run_with(&sheet, &["--only", "3-4"])
        .ends(0)
        .tells("2 rows were left out by `--only`")
        .tells("reseat run sheet.csv --yes\n");
    assert_eq!(stage.statuses(), ["not_run", "done", "done", "not_run"]);
    stage.rerun(&["--limit", "1"]).ends(0);
    assert_eq!(stage.statuses(), ["done", "done", "done", "not_run"]);
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.statuses(), ["done", "done", "done", "done"]);
}

#[test]
fn a_part_that_failed_is_tried_again_without_a_word_of_reaching_the_rest() {
    let stage = Stage::new();
    let sheet = sheet("operation,user,name", "update,{},Kim", [ANNA, "nobody@else.example"]);
    let ran = stage.run_with(&sheet, &["--only", "3"]).ends(3);
    ran.tells("reseat run sheet.csv --yes --only 3\n")
        .tells("1 row was left out by `--only`; the same command without it runs that as well");
    stage.rerun(&["--only", "2"]).ends(3);
    assert_eq!(stage.statuses(), ["done", "not_found"]);
}

#[test]
fn a_sheet_of_which_nothing_is_left_to_run_is_no_success() {
    let stage = Stage::new();
    let sheet = sheet("operation,user,name", "update,{},Kim", [ANNA]);
    stage
        .run_with(&sheet, &["--only", "900"])
        .ends(1)
        .tells("none of the rows that `--only` names");
    stage
        .run_with("Action,Colour\nupdate,red\n", &["--skip-invalid"])
        .ends(2)
        .tells("nothing was sent");
    assert!(stage.writes().is_empty());
}

#[test]
fn what_is_wrong_with_a_sheet_as_a_whole_is_not_skipped_with_its_rows() {
    let stage = Stage::new();
    for (sheet, flags, code) in [
        (
            "operation,user,licenses,Lizenzen\nset-licenses,{},ACNU,ATTUNU\n",
            &[][..],
            "two-headers",
        ),
        (
            "operation,user,licenses,From\nset-licenses,{},ACNU,2090-01-01\n",
            &["--map", "Form=not_before"],
            "no-such-header",
        ),
        (
            "email,groups\na@x.example,HR\nb@x.example,HR\noperation,user,licenses\nset-licenses,{},ACNU\n",
            &[],
            "header-again",
        ),
    ] {
        let sheet = sheet.replace("{}", HUGO);
        let ran = stage.run_with(&sheet, flags).ends(2).tells(code);
        assert!(!ran.err.contains("or add `--skip-invalid`"), "{}", ran.err);
        let flags = [flags, &["--skip-invalid"]].concat();
        stage.run_with(&sheet, &flags).ends(2).tells("nothing was sent");
        assert!(stage.writes().is_empty(), "{code}");
    }
}

/// Thirty updates of which the first three are refused.
fn three_refused() -> (Stage, String) {
    let stage = Stage::new();
    let refused = [
        "priya.iyer@contoso.example",
        "paula.jansen@contoso.example",
        "igor.pavlov@contoso.example",
    ];
    let world = stage.world();
    let others = world.users().map(|user| user.email.as_str());
    // A robot has no address.
    let others = others.filter(|who| !who.is_empty() && !refused.contains(who)).take(27);
    let sheet = sheet(
        "operation,user,name",
        "update,{},Kim",
        refused.into_iter().chain(others),
    );
    (stage, sheet)
}

#[test]
fn a_run_stops_when_too_many_rows_fail_and_the_others_are_not_run() {
    for (most, failed) in [("2", 2..=3), ("10%", 3..=3)] {
        let (stage, sheet) = three_refused();
        stage
            .run_with(&sheet, &["--max-failures", most, "--concurrency", "1"])
            .ends(4)
            .tells("--max-failures");
        let statuses = stage.statuses();
        let of = |wanted: &str| statuses.iter().filter(|status| *status == wanted).count();
        assert!(failed.contains(&of("rejected")), "{statuses:?}");
        assert!(of("not_run") > 0, "{statuses:?}");
        assert_eq!(of("rejected") + of("not_run") + of("done"), 30);
        stage.rerun(&[]).ends(3);
        assert_eq!(stage.counts(), "27 done, 3 rejected");
    }
}

#[test]
fn a_limit_below_the_rows_that_will_fail_again_is_said_to_be_in_the_way() {
    let stage = Stage::new();
    let strangers = ["yan@far.example", "zoe@far.example"];
    let people = strangers.into_iter().chain([ANNA]);
    let sheet = sheet("operation,user,groups", "add-to-groups,{},HR Robots", people);
    let words = "1 row was not reached; the same command continues there if fewer fail: correct those that did, or raise \
                 `--max-failures`";
    stage
        .run_with(&sheet, &["--max-failures", "1"])
        .ends(4)
        .tells("2 rows failed, enough for `--max-failures` to stop the run")
        .tells(words);
    stage.rerun(&["--max-failures", "1"]).ends(4).tells(words);
    stage.rerun(&["--max-failures", "3"]).ends(3);
    assert_eq!(stage.counts(), "1 done, 2 not_found");
}

#[test]
fn a_limit_that_the_last_row_reaches_has_stopped_nothing() {
    let (stage, _) = three_refused();
    let refused = ["priya.iyer", "paula.jansen", "igor.pavlov"].map(|name| format!("{name}@contoso.example"));
    let sheet = sheet("operation,user,name", "update,{},Kim", refused);
    for most in ["100%", "3"] {
        let ran = stage.run_with(&sheet, &["--max-failures", most]).ends(3);
        assert_eq!(stage.counts(), "3 rejected");
        assert!(!ran.out.contains("stopped"), "{}", ran.out);
        ran.tells("next: ").tells("run sheet.failed.csv");
    }
}

#[test]
fn a_shortage_of_seats_stops_before_anything_is_sent_and_names_who_would_miss_out() {
    let stage = Stage::new();
    stage.free_seats("PMD", 1);
    let sheet = format!(
        "operation,user,licenses,name\nadd-licenses,{ANNA},PMD,\nadd-licenses,{BRAM},PMD,\nupdate,{HUGO},,Kim\n"
    );
    stage
        .run(&sheet)
        .ends(4)
        .tells(&format!("row 3: {BRAM} misses PMD"))
        .tells("--on-shortage fill");
    assert!(stage.writes().is_empty());
    stage.rerun(&["--on-shortage", "fill"]).ends(3);
    assert_eq!(stage.statuses(), ["done", "conflict", "done"]);
    assert_eq!(stage.held(ANNA).as_deref(), Some("ATTUNU; PMD"));
    stage.free_seats("PMD", 1);
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.held(BRAM).as_deref(), Some("ATTUNU; PMD"));
}

#[test]
fn seats_that_the_sheet_frees_itself_count() {
    let stage = Stage::new();
    stage.free_seats("ATTUNU", 0);
    let sheet = format!("operation,user,licenses\nset-licenses,{HUGO},ATTUNU\nrelease-licenses,{ANNA},\n");
    stage.run(&sheet).ends(0);
    assert_eq!(stage.held(HUGO).as_deref(), Some("ATTUNU"));
    assert_eq!(stage.held(ANNA), None);
}

#[test]
fn two_people_swap_the_last_seats() {
    let stage = Stage::new();
    stage.free_seats("ATTUNU", 0);
    stage.free_seats("ACNU", 0);
    let sheet =
        format!("operation,user,licenses\nset-licenses,{ANNA},ACNU\nset-licenses,mei.chen@contoso.example,ATTUNU\n");
    stage.run(&sheet).ends(0);
    assert_eq!(stage.held(ANNA).as_deref(), Some("ACNU"));
    assert_eq!(stage.held("mei.chen@contoso.example").as_deref(), Some("ATTUNU"));
}

#[test]
fn who_gave_up_a_license_and_was_refused_the_next_is_known_to_have_held_it_until_the_row_is_done() {
    const MEI: &str = "mei.chen@contoso.example";
    let stage = Stage::new();
    stage.free_seats("ATTUNU", 0);
    stage.free_seats("ACNU", 0);
    let refused = FaultKind::Status {
        status: 409,
        moment: Moment::BeforeEffect,
    };
    stage.fault(refused, "PUT", "icense", Strikes::Always);
    stage
        .run(&format!(
            "operation,user,licenses\nset-licenses,{ANNA},ACNU\nset-licenses,{MEI},ATTUNU\n"
        ))
        .ends(3);
    let lost = |stage: &Stage| {
        let results = stage.results();
        let row = results.iter().position(|line| !line.get("after").is_empty()).unwrap();
        (row, results[row].get("before").to_owned())
    };
    let (row, before) = lost(&stage);
    assert!(before.contains("ATTUNU") || before.contains("ACNU"), "{before}");
    assert_eq!(stage.held([ANNA, MEI][row]), None);

    // Refused again, left out, and gone from the sheet for a while: the line stays.
    let left_out = if row == 0 { "3" } else { "2" };
    for flags in [&[][..], &["--only", left_out]] {
        stage.rerun(flags).ends(3);
        assert_eq!(lost(&stage), (row, before.clone()), "{flags:?}");
    }
    let both = stage.read("sheet.csv");
    stage
        .run(&format!("operation,user,groups\nadd-to-groups,{HUGO},HR Robots\n"))
        .ends(0);
    stage.sandbox.set_faults(Faults::default());
    stage.run(&both).ends(0);
    let results = stage.results();
    assert_eq!(
        (results[row].status(), results[row].get("before")),
        ("done", before.as_str())
    );
    assert_eq!(stage.held(ANNA).as_deref(), Some("ACNU"));
    assert_eq!(stage.held(MEI).as_deref(), Some("ATTUNU"));
}

#[test]
fn an_invalid_sheet_is_refused_whole_unless_the_invalid_rows_may_be_skipped() {
    let stage = Stage::new();
    let sheet = format!("operation,user,licenses\nset-licenses,{DAVID},ATTUNUU\nset-licenses,{HUGO},ACNU\n");
    stage.run(&sheet).ends(2).tells("did you mean").tells("--skip-invalid");
    assert!(stage.writes().is_empty());
    stage.rerun(&["--skip-invalid"]).ends(3);
    assert_eq!(stage.statuses(), ["invalid", "done"]);
    assert!(stage.results()[0].message().contains("ATTUNUU"));
}

#[test]
fn a_code_that_only_the_organization_knows_is_accepted() {
    let stage = Stage::new();
    stage.sandbox.with_world(|world| world.set_seats("NEWNU", 5));
    stage
        .run(&format!("operation,user,licenses\nset-licenses,{DAVID},newnu\n"))
        .ends(0);
    assert_eq!(stage.held(DAVID).as_deref(), Some("NEWNU"));
}

#[test]
fn a_refused_run_leaves_no_results_behind() {
    let stage = Stage::new();
    stage.run(TWO_DELETIONS).ends(4);
    assert!(!stage.exists("sheet.results.csv"));
}

/// An organization whose only administrators are these accounts of the demo company, whatever else lives there.
fn administered_by(people: &[&str]) -> Stage {
    let stage = Stage::new();
    administer(&stage, people);
    stage
}

fn administer(stage: &Stage, people: &[&str]) {
    stage.sandbox.with_world(|world| {
        let group = world.group_named("Administrators").unwrap().id;
        let members: Vec<UserId> = world.members(group).map(|user| user.id).collect();
        for member in members {
            world.leave(member, group);
        }
        for name in people {
            let id = world.user_called(name).unwrap().id;
            world.join(id, group);
        }
    });
}

/// A robot account, an application or the like, under a name that could be a person's.
fn add(stage: &Stage, number: u128, name: &str, kind: UserKind) -> UserId {
    let id = UserId(uuid::Uuid::from_u128(number));
    stage.sandbox.with_world(|world| {
        let mut user = User::local(id, name, "", jiff::Timestamp::now());
        user.kind = kind;
        user.category = Category::Directory;
        user.invitation_accepted = true;
        world.insert_user(user);
    });
    id
}

#[test]
fn of_both_administrators_the_last_in_the_sheets_order_stays_whatever_would_take_it() {
    let ways = [
        format!("operation,user,active\nupdate,{ANNA},no\nupdate,{BRAM},no\n"),
        format!(
            "operation,user,groups\nremove-from-groups,{ANNA},Administrators\nremove-from-groups,{BRAM},Administrators\n"
        ),
        format!("operation,user,remove_groups\nupdate,{ANNA},Administrators\nupdate,{BRAM},Administrators\n"),
        format!("operation,user\ndelete,{ANNA}\ndelete,{BRAM}\n"),
        format!("operation,user,invitation_accepted\nupdate,{ANNA},no\nupdate,{BRAM},no\n"),
        format!("operation,user,active\ndelete,{ANNA},\nupdate,{BRAM},no\n"),
        format!(
            "operation,user,new_email,delete_when\nmigrate,{ANNA},a@new.example,invited\nmigrate,{BRAM},b@new.example,invited\n"
        ),
    ];
    crate::support::each(&ways, |sheet| {
        let stage = administered_by(&[ANNA, BRAM]);
        let flags = ["--allow-admins", "--max-deletes", "2"];
        stage.run_with(sheet, &flags).ends(3);
        let results = stage.results();
        assert_eq!(stage.statuses(), ["done", "skipped"], "{sheet}");
        assert_eq!(results[1].get("code"), "last_administrator", "{sheet}");
        let bram = stage.user(BRAM).unwrap();
        assert!(bram.is_active && bram.invitation_accepted, "{sheet}");
        assert!(stage.groups(BRAM).contains(&"Administrators".to_owned()), "{sheet}");
        // Nobody was mailed for the row that was refused.
        assert_eq!(stage.world().mails_to("b@new.example"), 0);
        stage.rerun(&flags).ends(3);
        assert_eq!(stage.statuses(), ["done", "skipped"], "{sheet}");
    });
}

#[test]
fn whoever_is_not_active_or_has_not_accepted_is_no_administrator_that_remains() {
    for spoilt in ["inactive", "pending", "robot"] {
        let stage = administered_by(&[ANNA, BRAM]);
        let bram = stage.id(BRAM);
        stage.sandbox.with_world(|world| {
            world.edit_user(bram, |user| match spoilt {
                "inactive" => user.is_active = false,
                "pending" => user.invitation_accepted = false,
                _ => user.kind = UserKind::RobotAccount,
            });
        });
        stage.run(&format!("operation,user,active\nupdate,{ANNA},no\n")).ends(3);
        assert_eq!(stage.results()[0].get("code"), "last_administrator", "{spoilt}");
        assert!(stage.writes().is_empty());
    }
}

#[test]
fn an_administrator_whom_the_sheet_makes_above_counts_and_one_below_does_not() {
    let stage = administered_by(&[ANNA]);
    let sheet = format!("operation,user,groups,active\nadd-to-groups,{BRAM},Administrators,\nupdate,{ANNA},,no\n");
    stage.run(&sheet).ends(0);
    assert!(!stage.user(ANNA).unwrap().is_active);
    let stage = administered_by(&[ANNA]);
    let sheet = format!("operation,user,groups,active\nupdate,{ANNA},,no\nadd-to-groups,{BRAM},Administrators,\n");
    stage.run(&sheet).ends(3);
    assert_eq!(stage.statuses(), ["skipped", "done"]);
    // Now there is another one.
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.statuses(), ["done", "done"]);
}

#[test]
fn where_the_new_administrator_fails_the_old_one_stays() {
    let sheets = [
        format!("operation,user,groups,active\nadd-to-groups,{BRAM},Administrators,\nupdate,{ANNA},,no\n"),
        format!("operation,user,groups\nadd-to-groups,{BRAM},Administrators\ndelete,{ANNA},\n"),
        format!(
            "operation,user,groups\nadd-to-groups,{BRAM},Administrators\nremove-from-groups,{ANNA},Administrators\n"
        ),
    ];
    for sheet in &sheets {
        let stage = administered_by(&[ANNA]);
        stage.fault(
            FaultKind::Status {
                status: 400,
                moment: Moment::BeforeEffect,
            },
            "PUT",
            &format!("User/{}", stage.id(BRAM)),
            Strikes::Always,
        );
        let flags = ["--allow-admins", "--max-deletes", "1"];
        stage.run_with(sheet, &flags).ends(3);
        assert_eq!(stage.statuses(), ["rejected", "skipped"], "{sheet}");
        assert_eq!(stage.results()[1].get("code"), "last_administrator", "{sheet}");
        assert!(stage.user(ANNA).is_some_and(|user| user.is_active), "{sheet}");
        stage.sandbox.set_faults(Faults::default());
        stage.rerun(&flags).ends(0);
        assert_eq!(stage.statuses(), ["done", "done"], "{sheet}");
    }
}

#[test]
fn a_successor_counts_once_it_has_accepted() {
    let stage = administered_by(&[ANNA]);
    let sheet = format!("operation,user,new_email\nmigrate,{ANNA},anna@new.example\n");
    let flags = ["--allow-admins", "--max-deletes", "1"];
    // It waits, so the old account stays for now.
    stage.run_with(&sheet, &flags).ends(75);
    assert!(
        stage
            .sandbox
            .with_world(|world| world.accept_invitation("anna@new.example"))
    );
    stage.rerun(&flags).ends(0);
    assert!(stage.user(ANNA).is_none());
    assert!(stage.groups("anna@new.example").contains(&"Administrators".to_owned()));
}

#[test]
fn where_a_group_of_the_directory_administrates_the_last_visible_one_goes_only_when_allowed() {
    let stage = administered_by(&[ANNA]);
    let group = add(&stage, 7, "Domain Admins", UserKind::DirectoryGroup);
    stage.sandbox.with_world(|world| {
        let administrators = world.group_named("Administrators").unwrap().id;
        world.join(group, administrators);
    });
    let sheet = format!("operation,user,active\nupdate,{ANNA},no\n");
    stage.run(&sheet).ends(3).tells("group of the directory");
    assert_eq!(stage.results()[0].get("code"), "last_administrator");
    stage
        .rerun(&["--allow-admins"])
        .ends(0)
        .tells("no administrator remains who is visible here");
    assert!(!stage.user(ANNA).unwrap().is_active);
}

#[test]
fn of_a_large_directory_the_other_administrators_are_looked_for_only_when_all_known_ones_may_go() {
    let large = || {
        let stage = Stage::with(Config {
            population: Population::Generated(5_000),
            ..Config::unlimited()
        });
        administer(&stage, &[&person(1), &person(2), &person(3)]);
        stage
    };
    let stage = large();
    let sheet = format!(
        "operation,user,active\nupdate,{},no\nupdate,{},no\n",
        person(1),
        person(2)
    );
    stage.run(&sheet).ends(0);
    let stage = large();
    let third = stage.id(&person(3));
    stage
        .sandbox
        .with_world(|world| world.edit_user(third, |user| user.is_active = false));
    stage.run(&sheet).ends(3);
    assert_eq!(stage.statuses(), ["done", "skipped"]);
}

#[test]
fn robots_applications_and_groups_of_the_directory_are_no_users() {
    let kinds = [
        (UserKind::Robot, "a robot"),
        (UserKind::RobotAccount, "a robot account"),
        (UserKind::Application, "an application"),
        (UserKind::DirectoryGroup, "a group of the directory"),
    ];
    let stage = Stage::new();
    let mut sheet = "operation,user,licenses\n".to_owned();
    for (number, (kind, _)) in (1..).zip(kinds) {
        let id = add(&stage, number, &format!("unattended{number}"), kind);
        writeln!(sheet, "delete,unattended{number},\nset-licenses,{id},ACNU").unwrap();
    }
    stage.run_with(&sheet, &["--max-deletes", "9"]).ends(3);
    for (line, (_, what)) in stage.results().iter().zip(kinds.iter().flat_map(|kind| [kind, kind])) {
        assert_eq!((line.status(), line.get("code")), ("skipped", "not_a_user"), "{line:?}");
        assert!(line.message().contains(what), "{line:?}");
    }
    assert!(stage.writes().is_empty());
}

#[test]
fn a_person_is_not_mistaken_for_a_robot_of_the_same_name_and_robots_are_not_suggested() {
    let stage = Stage::new();
    add(&stage, 1, ANNA, UserKind::RobotAccount);
    add(&stage, 2, "reporting-robot", UserKind::RobotAccount);
    let ran = stage
        .run(&format!(
            "operation,user,name\nupdate,{ANNA},Ann\nupdate,reporting-robott,Ann\n"
        ))
        .ends(3);
    assert_eq!(stage.statuses(), ["done", "not_found"]);
    assert_eq!(stage.user(BRAM).unwrap().name.as_deref(), Some("Bram"));
    assert!(!ran.err.contains("did you mean `reporting-robot`"), "{}", ran.err);
}

#[test]
fn max_access_lost_bounds_how_many_people_lose_access() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,user,active,groups\ndelete,{ANNA},,\nupdate,{BRAM},no,\nblock-licenses,{DAVID},,\n\
         remove-from-groups,{MEI},,Finance\nupdate,{HUGO},yes,\n"
    );
    let group = stage.groups(MEI).into_iter().find(|group| group != "Everyone").unwrap();
    let sheet = sheet.replace("Finance", &group);
    stage.write("sheet.csv", &sheet);
    stage
        .reseat(&["plan", "sheet.csv"])
        .ends(0)
        .tells("4 people lose access: 1 deleted, 1 deactivated, 1 blocked from licences and 1 taken out of groups");
    stage.reseat(&["plan", "sheet.csv", "--max-access-lost", "3"]).ends(4);
    let flags = ["--max-deletes", "1", "--max-access-lost", "3"];
    stage
        .run_with(&sheet, &flags)
        .ends(4)
        .tells("more than the 3 that `--max-access-lost` allows")
        .tells("--max-access-lost 4");
    assert!(stage.writes().is_empty());
    assert!(!stage.exists("sheet.results.csv"));
    stage.rerun(&["--max-deletes", "1", "--max-access-lost", "4"]).ends(0);
}

#[test]
fn whoever_was_moved_to_an_accepted_account_loses_no_access() {
    let stage = Stage::new();
    let sheet = format!("operation,user,new_email\nmigrate,{ANNA},anna@new.example\n");
    stage
        .run_with(&sheet, &["--max-deletes", "1", "--max-access-lost", "0"])
        .ends(75);
    assert!(
        stage
            .sandbox
            .with_world(|world| world.accept_invitation("anna@new.example"))
    );
    stage.rerun(&["--max-deletes", "1", "--max-access-lost", "0"]).ends(0);
    assert!(stage.user(ANNA).is_none());
    let sheet = format!("operation,user,new_email,delete_when\nmigrate,{BRAM},bram@new.example,invited\n");
    stage
        .run_with(&sheet, &["--max-deletes", "1", "--max-access-lost", "0"])
        .ends(4);
}

#[test]
fn a_licence_that_a_group_gives_is_not_taken_away_by_removing_it_and_the_group_is_named() {
    let stage = Stage::new();
    let group = stage.sandbox.with_world(|world| {
        let group = world.group_named("Invoice Team").unwrap().id;
        let hugo = world.user_called(HUGO).unwrap().id;
        world.release(hugo);
        world.join(hugo, group);
        group
    });
    let sheet = format!("operation,user,licenses\nremove-licenses,{HUGO},ATTUNU\n");
    stage.run(&sheet).ends(0).tells("1 unchanged");
    let results = stage.results();
    let message = results[0].message();
    for words in [
        "`Invoice Team`",
        "remove-from-groups",
        "set-group-licenses",
        "block-licenses",
    ] {
        assert!(message.contains(words), "{message}");
    }
    assert_eq!(results[0].status(), "unchanged");
    assert!(stage.writes().is_empty());
    // Who is in no such group is told so, and where rules cannot be read what might be.
    let id = stage.id(HUGO);
    stage.sandbox.with_world(|world| world.leave(id, group));
    stage.rerun(&["--again"]).ends(0);
    assert!(
        stage.results()[0]
            .message()
            .contains("none of the account's groups gives it")
    );
    stage.fault(
        FaultKind::Status {
            status: 403,
            moment: Moment::BeforeEffect,
        },
        "GET",
        "with-quota",
        Strikes::Always,
    );
    stage.rerun(&["--again"]).ends(0).tells("rules cannot be read");
    assert!(stage.results()[0].message().contains("if a group gives it"));
}

#[test]
fn giving_a_licence_to_a_blocked_account_says_that_it_unblocks_it() {
    let stage = Stage::new();
    let hugo = stage.id(HUGO);
    stage
        .sandbox
        .with_world(|world| world.allocate(hugo, crate::support::bundles(&[]), false));
    for (operation, licenses) in [
        ("add-licenses", "ACNU"),
        ("set-licenses", "ACNU"),
        ("release-licenses", ""),
    ] {
        stage.write(
            "other.csv",
            format!("operation,user,licenses\n{operation},{HUGO},{licenses}\n"),
        );
        stage
            .reseat(&["plan", "other.csv"])
            .ends(0)
            .tells("unblocked")
            .tells("this unblocks it");
    }
    stage
        .run(&format!("operation,user,licenses\nadd-licenses,{HUGO},ACNU\n"))
        .ends(0);
    assert!(stage.results()[0].message().contains("unblocked"));
}

#[test]
#[cfg(target_os = "linux")]
fn the_question_on_a_terminal_says_what_would_happen_even_to_whoever_wants_it_quiet() {
    use std::io::Write;
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!("operation,user,active,name\nupdate,{ANNA},no,\nupdate,{BRAM},,Bram B.\n"),
    );
    stage.reseat(&["plan", "sheet.csv", "--save", "plan.json"]).ends(0);
    for (words, question) in [
        (
            &["run", "sheet.csv", "-q"][..],
            "The plan: 2 rows to change, 1 person loses access",
        ),
        (
            &["run", "--plan", "plan.json", "-q"],
            "The plan in `plan.json`: 2 rows to change, 1 person loses access",
        ),
    ] {
        let mut child = stage.start_on_a_terminal(words);
        stage.hear(&mut child, question);
        stage.hear(&mut child, "Type `yes`");
        child.stdin.as_mut().unwrap().write_all(b"no\n").unwrap();
        stage.ended(child).ends(4);
    }
    stage.write("sheet.csv", TWO_DELETIONS);
    let mut child = stage.start_on_a_terminal(&["run", "sheet.csv", "-q"]);
    stage.hear(
        &mut child,
        "The plan: 2 rows to change, 2 accounts to delete, 2 people lose access",
    );
    stage.hear(&mut child, "that will be deleted (2)");
    child.stdin.as_mut().unwrap().write_all(b"no\n").unwrap();
    stage.ended(child).ends(4);
    assert!(stage.writes().is_empty());
}

/// As many rows as make reading the whole listing the cheaper way.
fn some_updates() -> String {
    let rows: Vec<String> = (1..=8)
        .map(|number| format!("update,{},,Kim\n", person(number)))
        .collect();
    rows.concat()
}

/// 2,500 people, and somebody whom the listing of users passes over.
fn passed_over(listings: Listings) -> (Stage, String) {
    let stage = Stage::with(Config {
        population: Population::Generated(2_500),
        quirks: Quirks {
            listings,
            ..Quirks::default()
        },
        ..Config::unlimited()
    });
    let last = stage.world().users().last().unwrap().email.clone();
    (stage, last)
}

#[test]
fn whom_an_unsteady_listing_passes_over_is_looked_up_before_anybody_is_mailed_or_called_missing() {
    let kinds = [Listings::Shifting, Listings::TotalTooLow, Listings::TotalTooHigh];
    crate::support::each(&kinds, |listings| {
        let (stage, last) = passed_over(*listings);
        let others = some_updates();
        let sheet = format!(
            "operation,user,email,name\ninvite,,{last},\ninvite,,new@new.example,\nupdate,nobody@contoso.example,,Kim\n{others}"
        );
        let ran = stage.run(&sheet).ends(3).tells("does not fit together");
        let results = stage.results();
        assert_eq!(
            results[0].status(),
            "unchanged",
            "{listings:?} {:?} {}",
            results[0],
            ran.err
        );
        assert_eq!(results[1].status(), "done", "{listings:?}");
        assert_eq!(results[2].status(), "not_found", "{listings:?}");
        assert_eq!(stage.world().mails_to(&last), 0);
        stage
            .run(&format!(
                "operation,user,name\nupdate,{last},Kim\n{}",
                others.replace(",,", ",")
            ))
            .ends(0);
        assert_eq!(stage.user(&last).unwrap().name.as_deref(), Some("Kim"));
    });
}

#[test]
fn a_steady_listing_is_believed_and_nobody_is_looked_up_again() {
    let (stage, last) = passed_over(Listings::SteadyIfSorted);
    let others = some_updates();
    stage.run(&format!(
        "operation,user,email,name\ninvite,,{last},\ninvite,,new@new.example,\nupdate,nobody@contoso.example,,Kim\n{others}"
    )).ends(3);
    assert_eq!(stage.results()[0].status(), "unchanged");
    let reads: Vec<_> = stage
        .sandbox
        .stats()
        .routes()
        .filter(|(name, _)| *name == "list-users" || *name == "resolve-names")
        .collect();
    assert_eq!(reads, [("list-users", 3)]);
}
