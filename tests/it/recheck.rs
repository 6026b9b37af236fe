//! Another administrator at work while the question stands on the screen: what they did stays as they left it.

use std::io::Write;
use std::time::Duration;

use reseat::model::{BundleCode, BundleSet, UserId};
use reseat::sandbox::{FaultKind, FaultRule, Faults, Moment, RetryAfter, Strikes, User, World};

use crate::support::{ANNA, BRAM, DAVID, HUGO, PROFILE, Stage};
use crate::undo::{operations, undo};

const NEW: &str = "ada@new.example";
const GROUP: &str = "HR Robots";

fn sheet() -> String {
    format!(
        "operation,user,email,licenses,groups\n\
         add-licenses,{ANNA},,TSTNU,\n\
         remove-licenses,{BRAM},,ATTUNU,\n\
         add-to-groups,{HUGO},,,{GROUP}\n\
         add-to-groups,{DAVID},,,{GROUP}\n\
         invite,,{NEW},ATTUNU,{GROUP}\n"
    )
}

fn stage() -> Stage {
    let stage = Stage::new();
    for name in [ANNA, BRAM] {
        hold(&stage, name, &["ATTUNU"]);
    }
    stage.write("sheet.csv", sheet());
    stage
}

fn hold(stage: &Stage, name: &str, codes: &[&str]) {
    let (user, bundles) = (stage.id(name), bundles(codes));
    stage.sandbox.with_world(|world| world.allocate(user, bundles, false));
}

fn bundles(codes: &[&str]) -> BundleSet {
    codes.iter().map(|code| BundleCode::new(code)).collect()
}

/// Grants two licences, renames the group and invites the newcomer.
fn another_administrator_acts(stage: &Stage) {
    hold(stage, ANNA, &["ATTUNU", "IDU"]);
    hold(stage, BRAM, &["ATTUNU", "PMD"]);
    stage.sandbox.with_world(|world: &mut World| {
        let mut group = world.group_named(GROUP).unwrap().clone();
        "People Robots".clone_into(&mut group.name);
        world.insert_group(group);
        let created = world.users().next().unwrap().creation_time;
        let id = UserId("00000000-0000-4000-8000-0000000a0a0a".parse().unwrap());
        world.insert_user(User::local(id, NEW, NEW, created));
    });
}

/// Runs the command on a terminal, lets the other administrator act at the question, and answers yes.
fn while_the_question_stands(stage: &Stage, words: &[&str]) -> crate::support::Ran {
    at_the_question(stage, words, || another_administrator_acts(stage))
}

fn at_the_question(stage: &Stage, words: &[&str], act: impl FnOnce()) -> crate::support::Ran {
    let mut child = stage.start_on_a_terminal(words);
    stage.hear(&mut child, "Type `yes`");
    act();
    stage.forget_calls();
    child.stdin.as_mut().unwrap().write_all(b"yes\n").unwrap();
    stage.ended(child)
}

#[test]
fn what_was_granted_renamed_and_invited_at_the_question_stays() {
    let stage = stage();
    while_the_question_stands(&stage, &["run", "sheet.csv"]).ends(0);
    assert_eq!(stage.statuses(), ["done"; 5]);
    assert_eq!(stage.held(ANNA).as_deref(), Some("ATTUNU; IDU; TSTNU"));
    assert_eq!(stage.held(BRAM).as_deref(), Some("PMD"));
    assert!(stage.world().group_named("People Robots").is_some() && stage.world().group_named(GROUP).is_none());
    assert_eq!(
        stage.world().mails_to(NEW),
        0,
        "a mail on top of the other administrator's"
    );
    assert_eq!(stage.held(NEW).as_deref(), Some("ATTUNU"));
    assert_eq!(stage.groups(NEW), ["People Robots"]);
    let messages: Vec<String> = stage.results().iter().map(|line| line.message().to_owned()).collect();
    assert!(
        messages[0].contains("meanwhile somebody else changed the licences from ATTUNU to ATTUNU; IDU"),
        "{messages:?}"
    );
    assert!(
        messages[2].contains("meanwhile somebody else renamed the group"),
        "{messages:?}"
    );
}

#[test]
fn whoever_was_blocked_at_the_question_is_told_from_whose_licenses_were_released() {
    for (is_blocked, words, back) in [
        (true, "from ATTUNU to blocked", "block-licenses"),
        (false, "from ATTUNU to none of its own", "release-licenses"),
    ] {
        let stage = stage();
        stage.write(
            "sheet.csv",
            format!("operation,user,licenses\nadd-licenses,{ANNA},TSTNU\n"),
        );
        at_the_question(&stage, &["run", "sheet.csv"], || {
            if is_blocked {
                hold(&stage, ANNA, &[]);
            } else {
                let anna = stage.id(ANNA);
                stage.sandbox.with_world(|world| world.release(anna));
            }
        })
        .ends(0);
        assert_eq!(stage.held(ANNA).as_deref(), Some("TSTNU"));
        let message = stage.results()[0].message().to_owned();
        assert!(message.contains(words), "{message}");
        undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
        assert_eq!(operations(&stage, "undo.csv"), [back]);
    }
}

#[test]
fn under_a_saved_plan_nothing_is_changed_and_what_has_changed_is_said() {
    let stage = stage();
    stage.reseat(&["plan", "sheet.csv", "--save", "plan.json"]).ends(0);
    while_the_question_stands(&stage, &["run", "--plan", "plan.json"])
        .ends(4)
        .tells("the plan no longer holds")
        .tells("row 2: meanwhile somebody else changed the licences");
    assert!(stage.writes().is_empty());
    assert_eq!(stage.counts(), "5 not_run");
}

fn delete_group(stage: &Stage, name: &str) {
    stage.sandbox.with_world(|world: &mut World| {
        let group = world.group_named(name).unwrap().id;
        world.remove_group(group).unwrap();
    });
}

#[test]
fn a_group_that_was_deleted_at_the_question_is_named_and_no_call_is_spent_on_it() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!(
            "operation,user,groups\nadd-to-groups,{HUGO},{GROUP};Procurement\nremove-from-groups,{ANNA},{GROUP}\n\
             add-to-groups,{BRAM},Procurement\n"
        ),
    );
    let anna = stage.id(ANNA);
    stage.sandbox.with_world(|world: &mut World| {
        let group = world.group_named(GROUP).unwrap().id;
        world.join(anna, group);
    });
    at_the_question(&stage, &["run", "sheet.csv"], || delete_group(&stage, GROUP)).ends(3);
    assert_eq!(stage.statuses(), ["not_found", "not_found", "done"]);
    for line in &stage.results()[..2] {
        assert_eq!(line.get("code"), "group_not_found");
        let words = format!("meanwhile somebody else deleted the group `{GROUP}`");
        assert!(line.message().starts_with(&words), "{}", line.message());
    }
    assert_eq!(stage.writes()["update-group"], 1);
}

#[test]
fn under_a_saved_plan_a_group_that_was_deleted_at_the_question_stops_the_run() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!("operation,user,groups\nadd-to-groups,{HUGO},{GROUP}\nadd-to-groups,{BRAM},{GROUP}\n"),
    );
    stage.reseat(&["plan", "sheet.csv", "--save", "plan.json"]).ends(0);
    at_the_question(&stage, &["run", "--plan", "plan.json"], || delete_group(&stage, GROUP))
        .ends(4)
        .tells(&format!("row 2: meanwhile somebody else deleted the group `{GROUP}`"));
    assert!(stage.writes().is_empty());
}

#[test]
fn a_group_that_the_server_calls_by_its_id_is_called_by_its_name_too() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!("operation,user,groups\ninvite,{NEW},{GROUP}\nadd-to-groups,{HUGO},Procurement;{GROUP}\n"),
    );
    let id = stage.world().group_named(GROUP).unwrap().id;
    at_the_question(&stage, &["run", "sheet.csv"], || delete_group(&stage, GROUP)).ends(3);
    assert_eq!(stage.statuses(), ["rejected"; 2]);
    for line in stage.results() {
        let words = format!("does not exist. ({id} is the group `{GROUP}`)");
        assert!(line.message().contains(&words), "{}", line.message());
    }
}

/// The demo company's administrators by address, and Hugo, who is made one too.
fn with_three_administrators() -> (Stage, Vec<String>) {
    let stage = Stage::new();
    let hugo = stage.id(HUGO);
    let administrators = stage.sandbox.with_world(|world: &mut World| {
        let group = world.group_named("Administrators").unwrap().id;
        world.join(hugo, group);
        world.members(group).map(|user| user.email.clone()).collect::<Vec<_>>()
    });
    (stage, administrators)
}

/// Runs the sheet with administrators allowed to go; at the question somebody else deactivates all of them who are not in it.
fn while_the_others_are_deactivated(stage: &Stage, sheet: String, others: &[String]) -> crate::support::Ran {
    let (question, answer) = if sheet.contains("\ndelete,") {
        ("that will be deleted", "1\n")
    } else {
        ("Type `yes`", "yes\n")
    };
    stage.write("sheet.csv", sheet);
    let mut child = stage.start_on_a_terminal(&["run", "sheet.csv", "--allow-admins"]);
    stage.hear(&mut child, question);
    deactivate(stage, others);
    child.stdin.as_mut().unwrap().write_all(answer.as_bytes()).unwrap();
    stage.ended(child)
}

fn deactivate(stage: &Stage, people: &[String]) {
    for somebody in people {
        let id = stage.id(somebody);
        stage
            .sandbox
            .with_world(|world| world.edit_user(id, |user| user.is_active = false));
    }
}

#[test]
fn the_last_administrator_is_kept_whatever_would_take_it_where_the_others_are_deactivated_at_the_question() {
    type Sheet = fn(&str) -> String;
    let sheets: [Sheet; 6] = [
        |kept| format!("operation,user\ndelete,{kept}\n"),
        |kept| format!("operation,user\noffboard,{kept}\n"),
        |kept| format!("operation,user,active\nupdate,{kept},no\n"),
        |kept| format!("operation,user,remove_groups\nupdate,{kept},Administrators\n"),
        |kept| format!("operation,user,groups\nremove-from-groups,{kept},Administrators\n"),
        |kept| format!("operation,user,groups\nset-groups,{kept},{GROUP}\n"),
    ];
    for sheet in sheets {
        let (stage, administrators) = with_three_administrators();
        let (kept, others) = administrators.split_first().unwrap();
        let sheet = sheet(kept);
        while_the_others_are_deactivated(&stage, sheet.clone(), others).ends(3);
        assert_eq!(stage.statuses(), ["skipped"], "{sheet}");
        assert_eq!(stage.results()[0].get("code"), "last_administrator", "{sheet}");
        assert!(stage.user(kept).unwrap().is_active, "{sheet}");
        assert!(stage.groups(kept).contains(&"Administrators".to_owned()), "{sheet}");
    }
}

#[test]
fn the_last_administrator_is_kept_where_it_cannot_be_read_who_else_is_left() {
    for sheet in [
        |kept: &str| format!("operation,user\noffboard,{kept}\n"),
        |kept: &str| format!("operation,user,active\nupdate,{kept},no\n"),
    ] {
        let (stage, administrators) = with_three_administrators();
        let (kept, others) = administrators.split_first().unwrap();
        stage.write("sheet.csv", sheet(kept));
        let words = ["run", "sheet.csv", "--allow-admins", "--retries", "0"];
        let mut child = stage.start_on_a_terminal(&words);
        stage.hear(&mut child, "Type `yes`");
        deactivate(&stage, others);
        let fault = FaultKind::Status {
            status: 500,
            moment: Moment::BeforeEffect,
        };
        stage.fault(fault, "GET", "/api/User", Strikes::Always);
        child.stdin.as_mut().unwrap().write_all(b"yes\n").unwrap();
        stage.ended(child).ends(3);
        assert_eq!(stage.results()[0].get("code"), "not_read_again");
        assert!(stage.user(kept).unwrap().is_active);
    }
}

/// Somebody else is made an administrator by the sheet, and one of the three is deactivated.
fn handed_over(kept: &str) -> String {
    format!("operation,user,groups,active\nadd-to-groups,{ANNA},Administrators,\nupdate,{kept},,no\n")
}

#[test]
fn where_others_went_meanwhile_it_is_not_said_that_nobody_could_administrate_and_the_same_command_finds_who_can() {
    let (stage, administrators) = with_three_administrators();
    let (kept, others) = administrators.split_first().unwrap();
    while_the_others_are_deactivated(&stage, handed_over(kept), others).ends(3);
    assert_eq!(stage.statuses(), ["done", "skipped"]);
    let message = stage.results()[1].message().to_owned();
    assert!(
        message.contains("if there is another one by now, the same command finds it"),
        "{message}"
    );
    stage.rerun(&["--allow-admins"]).ends(0);
    assert_eq!(stage.statuses(), ["done", "done"]);
    assert!(!stage.user(kept).unwrap().is_active);
}

#[test]
fn whom_the_run_has_made_an_administrator_before_the_others_went_may_stay_as_the_only_one() {
    let (stage, administrators) = with_three_administrators();
    let (kept, others) = administrators.split_first().unwrap();
    let limits = format!("{PROFILE}recheck = \"500ms\"\n");
    stage.write("reseat.toml", limits);
    stage.write("sheet.csv", handed_over(kept));
    let busy = FaultKind::RateLimited {
        told: RetryAfter::Seconds,
        wait: Duration::from_secs(2),
    };
    stage.fault(busy, "PUT", "/api/User/", Strikes::First(1));
    let child = stage.start(&["run", "sheet.csv", "--yes", "--allow-admins"]);
    stage.until("the update has to wait", |sandbox| {
        sandbox.stats().route("update-user") > 0
    });
    deactivate(&stage, others);
    stage.ended(child).ends(0);
    assert_eq!(stage.statuses(), ["done", "done"]);
    assert!(!stage.user(kept).unwrap().is_active);
}

#[test]
fn of_several_administrators_who_are_deactivated_the_last_stays_where_the_others_go_at_the_question() {
    let (stage, administrators) = with_three_administrators();
    let [first, second, others @ ..] = administrators.as_slice() else {
        panic!("several administrators");
    };
    let sheet =
        format!("operation,user,active,name\nupdate,{first},no,\nupdate,{second},no,\nupdate,{second},,Renamed\n");
    while_the_others_are_deactivated(&stage, sheet, others).ends(3);
    assert_eq!(stage.statuses(), ["done", "skipped", "done"]);
    assert!(!stage.user(first).unwrap().is_active && stage.user(second).unwrap().is_active);
    assert_eq!(stage.user(second).unwrap().name.as_deref(), Some("Renamed"));
}

#[test]
fn accounts_are_not_read_again_where_no_administrator_goes() {
    let stage = Stage::new();
    stage.write("sheet.csv", format!("operation,user,active\nupdate,{ANNA},no\n"));
    let mut child = stage.start_on_a_terminal(&["run", "sheet.csv"]);
    stage.hear(&mut child, "Type `yes`");
    stage.forget_calls();
    child.stdin.as_mut().unwrap().write_all(b"yes\n").unwrap();
    stage.ended(child).ends(0);
    assert_eq!(stage.sandbox.stats().total(), 1);
}

#[test]
fn nobody_is_invited_in_the_place_of_somebody_whose_account_was_deleted_at_the_question() {
    let stage = Stage::new();
    let new = "hugo@new.example";
    stage.write(
        "sheet.csv",
        format!("operation,user,new_email,delete_when\nmigrate,{HUGO},{new},never\nmigrate,{DAVID},david@new.example,never\n"),
    );
    let hugo = stage.id(HUGO);
    at_the_question(&stage, &["run", "sheet.csv"], || {
        stage.sandbox.with_world(|world| world.remove_user(hugo));
    })
    .ends(3);
    assert_eq!(stage.statuses(), ["not_found", "done"]);
    assert_eq!(stage.results()[0].get("code"), "user_not_found");
    assert_eq!(stage.world().mails_to(new), 0);
}

#[test]
fn what_the_run_did_itself_before_a_lost_answer_and_a_long_pause_is_its_own_and_can_be_undone() {
    let stage = Stage::new();
    stage.write("reseat.toml", format!("{PROFILE}recheck = \"500ms\"\n"));
    hold(&stage, ANNA, &["ATTUNU"]);
    stage.write(
        "sheet.csv",
        format!(
            "operation,user,group,groups,licenses,new_email,delete_when,unless_changed_from\n\
             release-licenses,{ANNA},,,,,,ATTUNU\n\
             set-group-licenses,,{GROUP},,TSTNU,,,<none>\n\
             migrate,{HUGO},,,,hugo@new.example,invited,\n"
        ),
    );
    let lost = FaultKind::Status {
        status: 502,
        moment: Moment::AfterEffect,
    };
    let busy = FaultKind::RateLimited {
        told: RetryAfter::Seconds,
        wait: Duration::from_secs(2),
    };
    let routes = [
        ("DELETE", "/UserLicense"),
        ("PUT", "/user-license/group/"),
        ("DELETE", "/api/User/"),
    ];
    let rules = routes.into_iter().flat_map(|(method, path)| {
        let rule = |kind: &FaultKind, nth| FaultRule::new(kind.clone()).on(method, path).strikes(Strikes::Nth(nth));
        [rule(&lost, 1), rule(&busy, 2)]
    });
    stage.sandbox.set_faults(Faults {
        rules: rules.collect(),
        ..Faults::default()
    });
    stage
        .reseat(&["run", "sheet.csv", "--yes", "--max-deletes", "1"])
        .ends(0);
    assert_eq!(stage.statuses(), ["done"; 3]);
    for line in stage.results() {
        assert!(!line.message().contains("somebody else"), "{}", line.message());
    }
    undo(&stage, "sheet.results.csv", "undo.csv").ends(0);
    assert_eq!(
        operations(&stage, "undo.csv"),
        ["migrate", "clear-group-licenses", "set-licenses"]
    );
}

#[test]
fn a_move_that_waits_goes_on_waiting_whoever_does_what_it_would_have_done() {
    let (old, new) = (HUGO, "hugo@new.example");
    let one = ["--max-deletes", "1"];
    let begun = || {
        let stage = Stage::new();
        for code in ["ATTUNU", "TSTNU"] {
            stage.free_seats(code, 3);
        }
        hold(&stage, old, &["ATTUNU"]);
        let sheet = format!("operation,user,new_email,delete_when\nmigrate,{old},{new},accepted\n");
        stage.run_with(&sheet, &one).ends(75);
        stage
    };
    let at_question = begun();
    hold(&at_question, old, &["ATTUNU", "TSTNU"]);
    at_the_question(&at_question, &["run", "sheet.csv", "--max-deletes", "1"], || {
        hold(&at_question, new, &["ATTUNU", "TSTNU"]);
    })
    .ends(75);
    let refused = begun();
    let hugo = refused.id(old);
    refused.sandbox.with_world(|world| {
        let group = world.group_named(GROUP).unwrap().id;
        world.join(hugo, group);
    });
    let words = FaultKind::Refused {
        status: 409,
        words: "The user is already a member of the group.".to_owned(),
    };
    refused.fault(words, "PUT", "/api/", Strikes::First(1));
    refused.rerun(&one).ends(75);
    for stage in [at_question, refused] {
        assert_eq!(stage.statuses(), ["waiting"]);
        stage.sandbox.with_world(|world| world.accept_invitation(new));
        stage.rerun(&one).ends(0);
        assert_eq!(stage.statuses(), ["done"]);
        assert!(stage.user(old).is_none());
    }
}
