//! A row with a `user_id` is about that account and no other, whoever goes by the name meanwhile.

use std::io::Write;

use reseat::model::UserId;
use reseat::sandbox::User;

use crate::support::{ANNA, BRAM, DAVID, HUGO, MEI, Stage, bundles};

const GONE: &str = "00000000-0000-4000-8000-00000000dead";

fn id(text: &str) -> UserId {
    UserId(text.parse().unwrap())
}

/// Deletes the account and makes another of the same name; what the old one's id was.
fn make_anew(stage: &Stage, name: &str, new: &str) -> UserId {
    let old = stage.user(name).unwrap();
    stage.sandbox.with_world(|world| {
        world.remove_user(old.id);
        world.insert_user(User::local(id(new), &old.user_name, &old.email, old.creation_time));
    });
    old.id
}

#[test]
fn rows_whose_names_lead_to_their_ids_run_as_without_and_cost_no_call_more() {
    let rows = |stage: &Stage, has_ids: bool| {
        let header = if has_ids {
            "operation,user,user_id"
        } else {
            "operation,user"
        };
        let cell = |name: &str| {
            if has_ids {
                format!(",{}", stage.id(name))
            } else {
                String::new()
            }
        };
        format!(
            "{header}\nblock-licenses,{ANNA}{}\ndelete,{BRAM}{}\n",
            cell(ANNA),
            cell(BRAM)
        )
    };
    let calls = |has_ids: bool| {
        let stage = Stage::new();
        stage.run_with(&rows(&stage, has_ids), &["--max-deletes", "1"]).ends(0);
        assert_eq!(stage.statuses(), ["done"; 2]);
        let routes: Vec<_> = stage.sandbox.stats().routes().collect();
        routes
    };
    assert_eq!(calls(true), calls(false));
}

#[test]
fn an_account_that_was_made_anew_is_left_alone_by_every_operation() {
    let stage = Stage::new();
    let old = make_anew(&stage, ANNA, "00000000-0000-4000-8000-0000000a0a0a");
    let before = stage.world();
    let sheet = format!(
        "operation,user,user_id,licenses,groups,name,new_email,group\n\
         update,{ANNA},{old},,,Anne,,\n\
         delete,{ANNA},{old},,,,,\n\
         set-licenses,{ANNA},{old},IDU,,,,\n\
         add-licenses,{ANNA},{old},ATTUNU,,,,\n\
         remove-licenses,{ANNA},{old},ATTUNU,,,,\n\
         release-licenses,{ANNA},{old},,,,,\n\
         block-licenses,{ANNA},{old},,,,,\n\
         add-to-groups,{ANNA},{old},,HR Robots,,,\n\
         remove-from-groups,{ANNA},{old},,Finance,,,\n\
         set-groups,{ANNA},{old},,Finance,,,\n\
         offboard,{ANNA},{old},,,,,\n\
         migrate,{ANNA},{old},,,,anna@new.example,\n"
    );
    for (number, row) in sheet.lines().skip(1).enumerate() {
        let name = format!("sheet{number}.csv");
        stage.write(&name, format!("{}\n{row}\n", sheet.lines().next().unwrap()));
        stage.reseat(&["run", &name, "--yes", "--max-deletes", "1"]).ends(3);
        let line = &crate::support::lines(&stage.path(&format!("sheet{number}.results.csv")))[0];
        assert_eq!(
            (line.status(), line.get("code")),
            ("conflict", "another_account"),
            "{row}"
        );
        for words in [&old.to_string(), "00000000-0000-4000-8000-0000000a0a0a", "is gone"] {
            assert!(line.message().contains(words), "{}", line.message());
        }
    }
    assert!(stage.writes().is_empty());
    assert_eq!(crate::support::changes(&before, &stage.world()), [""; 0]);
}

#[test]
fn an_id_whose_account_goes_by_another_name_is_a_conflict_that_says_by_which() {
    let stage = Stage::new();
    let anna = stage.id(ANNA);
    let sheet = format!(
        "operation,user,user_id\n\
         block-licenses,anna.old@contoso.example,{anna}\n\
         delete,{BRAM},{anna}\n"
    );
    stage.run_with(&sheet, &["--max-deletes", "1"]).ends(3);
    assert_eq!(stage.statuses(), ["conflict"; 2]);
    let messages: Vec<String> = stage.results().iter().map(|line| line.message().to_owned()).collect();
    assert!(messages[0].contains(&format!("it is `{ANNA}`")), "{messages:?}");
    assert!(messages[1].contains(&stage.id(BRAM).to_string()), "{messages:?}");
    assert!(stage.writes().is_empty());
}

#[test]
fn where_neither_the_name_nor_the_id_is_there_the_row_ends_as_without_an_id() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,user,user_id\n\
         block-licenses,nobody@contoso.example,{GONE}\n\
         delete,nobody@contoso.example,{GONE}\n\
         delete,{GONE},{GONE}\n"
    );
    stage.run_with(&sheet, &["--max-deletes", "2"]).ends(3);
    assert_eq!(stage.statuses(), ["not_found", "unchanged", "unchanged"]);
}

#[test]
fn of_two_accounts_of_one_name_the_id_says_which_is_meant() {
    let stage = Stage::new();
    let meant = stage.id(HUGO);
    let other = stage.user(HUGO).unwrap();
    stage.sandbox.with_world(|world| {
        world.insert_user(User::local(
            id(GONE),
            HUGO,
            "hugo@elsewhere.example",
            other.creation_time,
        ));
    });
    stage.run(&format!("operation,user\nblock-licenses,{HUGO}\n")).ends(3);
    assert_eq!(stage.statuses(), ["ambiguous"]);
    stage
        .run_with(
            &format!("operation,user,user_id\nblock-licenses,{HUGO},{meant}\n"),
            &["--again"],
        )
        .ends(0);
    assert_eq!(stage.statuses(), ["done"]);
    assert!(stage.world().allocation(meant).is_some());
    assert!(stage.world().allocation(id(GONE)).is_none());
}

#[test]
fn the_seats_of_an_account_that_is_gone_are_released_by_its_id_and_never_those_of_who_has_its_name_now() {
    let stage = Stage::new();
    stage
        .sandbox
        .with_world(|world| world.allocate(id(GONE), bundles(&["ATTUNU"]), false));
    stage.sandbox.with_world(|world| {
        let mei = world.user_called(MEI).unwrap().id;
        world.allocate(mei, bundles(&["ATTUNU"]), false);
    });
    let sheet = format!(
        "operation,user,user_id\nrelease-licenses,{MEI},{GONE}\nrelease-licenses,leaver@contoso.example,{GONE}\n"
    );
    stage.run(&sheet).ends(3);
    assert_eq!(stage.statuses(), ["conflict", "done"]);
    assert_eq!(stage.held(MEI).as_deref(), Some("ATTUNU"));
    assert!(stage.world().allocation(id(GONE)).is_none());
}

#[test]
fn an_account_that_is_made_anew_at_the_question_is_left_alone() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,user,user_id,groups\n\
         delete,{BRAM},{},\n\
         add-to-groups,{DAVID},{},HR Robots\n",
        stage.id(BRAM),
        stage.id(DAVID)
    );
    stage.write("sheet.csv", sheet);
    let mut child = stage.start_on_a_terminal(&["run", "sheet.csv"]);
    stage.hear(&mut child, "that will be deleted");
    make_anew(&stage, BRAM, "00000000-0000-4000-8000-0000000a0a0a");
    make_anew(&stage, DAVID, "00000000-0000-4000-8000-0000000b0b0b");
    let before = stage.world();
    child.stdin.as_mut().unwrap().write_all(b"1\n").unwrap();
    stage.ended(child).ends(3);
    assert_eq!(stage.statuses()[0], "unchanged");
    assert_ne!(stage.statuses()[1], "done", "{:?}", stage.results());
    assert_eq!(crate::support::changes(&before, &stage.world()), [""; 0]);
}

#[test]
fn under_a_saved_plan_an_account_that_was_made_anew_is_a_change() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!("operation,user,user_id\nblock-licenses,{ANNA},{}\n", stage.id(ANNA)),
    );
    stage.reseat(&["plan", "sheet.csv", "--save", "plan.json"]).ends(0);
    make_anew(&stage, ANNA, GONE);
    stage.reseat(&["run", "--plan", "plan.json", "--yes"]).ends(4);
    assert!(stage.writes().is_empty());
}
