//! `set-groups`: afterwards the account is in exactly these groups, and in Everyone.

use std::io::Write;

use reseat::model::{GroupId, UserId};
use reseat::sandbox::{Config, Population};

use crate::support::{ANNA, BRAM, DAVID, HUGO, MEI, Stage, changes, person};

fn group(stage: &Stage, name: &str) -> GroupId {
    stage.world().group_named(name).unwrap().id
}

#[test]
fn what_is_missing_is_joined_what_is_too_much_is_left_and_the_rest_stays() {
    let stage = Stage::new();
    let before = stage.world();
    let sheet = format!(
        "operation,user,groups\n\
         set-groups,{ANNA},Finance; HR Robots\n\
         set-groups,{BRAM},<clear>\n\
         set-groups,{DAVID},Everyone; Finance; Automation Users\n\
         set-groups,{MEI},no such group\n"
    );
    stage.run(&sheet).ends(3);
    assert_eq!(
        stage.statuses(),
        ["done", "done", "unchanged", "not_found"],
        "{:?}",
        stage.results()
    );
    assert_eq!(
        changes(&before, &stage.world()),
        [
            "anna.berg in Automation Users: yes -> none",
            "anna.berg in HR Robots: none -> yes",
            "anna.berg in Invoice Team: yes -> none",
            "bram.okafor in Automation Users: yes -> none",
            "bram.okafor in Finance: yes -> none",
        ]
    );
    stage.forget_calls();
    stage.rerun(&["--again"]).ends(3);
    assert!(stage.writes().is_empty());
    assert_eq!(stage.statuses(), ["unchanged", "unchanged", "unchanged", "not_found"]);
}

#[test]
fn the_plan_counts_who_is_taken_out_of_groups() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!("operation,user,groups\nset-groups,{ANNA},Finance\nset-groups,{BRAM},<clear>\n"),
    );
    let ran = stage.reseat(&["plan", "sheet.csv", "--output", "json"]).ends(0);
    assert!(
        ran.out.contains("\"taken_out_of_groups\":2") || ran.out.contains("\"taken_out_of_groups\": 2"),
        "{}",
        ran.out
    );
}

#[test]
fn people_whom_a_sheet_moves_alike_share_calls() {
    let stage = Stage::with(Config {
        population: Population::Generated(120),
        ..Config::unlimited()
    });
    let (old, new) = (group(&stage, "Team 01"), group(&stage, "Team 02"));
    let people: Vec<UserId> = (1..=60).map(|number| stage.id(&person(number))).collect();
    stage.sandbox.with_world(|world| {
        for user in &people {
            world.edit_user(*user, |user| user.groups = [old].into());
        }
    });
    let rows: Vec<String> = (1..=60)
        .map(|number| format!("set-groups,{},Team 02\n", person(number)))
        .collect();
    stage.run(&format!("operation,user,groups\n{}", rows.concat())).ends(0);
    assert_eq!(stage.counts(), "60 done");
    let writes: u64 = stage.writes().values().sum();
    assert_eq!(writes, 2, "{:?}", stage.writes());
    for user in people {
        assert_eq!(stage.world().user(user).unwrap().groups, [new].into());
    }
}

#[test]
fn the_last_administrator_is_not_taken_out() {
    let stage = Stage::new();
    let administrators = group(&stage, "Administrators");
    let members: Vec<String> = stage
        .world()
        .members(administrators)
        .map(|user| user.email.clone())
        .collect();
    let rows: Vec<String> = members
        .iter()
        .map(|name| format!("set-groups,{name},<clear>\n"))
        .collect();
    stage.run(&format!("operation,user,groups\n{}", rows.concat())).ends(3);
    let results = stage.results();
    assert_eq!(results.last().unwrap().get("code"), "last_administrator", "{results:?}");
    assert!(stage.world().members(administrators).count() >= 1);
}

#[test]
fn an_account_that_the_same_sheet_invites_ends_in_exactly_these() {
    let stage = Stage::new();
    let new = "ada.king@contoso.example";
    stage
        .run(&format!(
            "operation,email,groups\ninvite,{new},\nset-groups,{new},Finance; HR Robots\n"
        ))
        .ends(0);
    assert_eq!(stage.statuses(), ["done", "done"]);
    assert_eq!(stage.groups(new), ["Finance", "HR Robots"]);
}

#[test]
fn whoever_is_moved_by_somebody_else_at_the_question_ends_exactly_so_all_the_same() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!(
            "operation,user,groups\n\
             set-groups,{ANNA},Finance; HR Robots\n\
             set-groups,{HUGO},HR Robots\n\
             set-groups,{BRAM},Finance\n"
        ),
    );
    let (sales, finance) = (group(&stage, "Sales Operations"), group(&stage, "Finance"));
    let mut child = stage.start_on_a_terminal(&["run", "sheet.csv"]);
    stage.hear(&mut child, "Type `yes`");
    let (anna, hugo) = (stage.id(ANNA), stage.id(HUGO));
    stage.sandbox.with_world(|world| {
        world.edit_user(anna, |user| {
            user.groups.insert(sales);
            user.groups.remove(&finance);
        });
        world.edit_user(hugo, |user| {
            user.groups.insert(sales);
        });
    });
    child.stdin.as_mut().unwrap().write_all(b"yes\n").unwrap();
    stage.ended(child).ends(0);
    assert_eq!(stage.statuses(), ["done"; 3]);
    assert_eq!(stage.groups(ANNA), ["Finance", "HR Robots"]);
    assert_eq!(stage.groups(HUGO), ["HR Robots"]);
    assert_eq!(stage.groups(BRAM), ["Finance"]);
    let message = stage.results()[0].message().to_owned();
    assert!(
        message.contains(
            "meanwhile somebody else put the account into `Sales Operations` and took the account out of `Finance`"
        ),
        "{message}"
    );
}

#[test]
fn under_a_saved_plan_somebody_elses_move_at_the_question_is_a_change() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!("operation,user,groups\nset-groups,{HUGO},HR Robots\n"),
    );
    stage.reseat(&["plan", "sheet.csv", "--save", "plan.json"]).ends(0);
    let sales = group(&stage, "Sales Operations");
    let mut child = stage.start_on_a_terminal(&["run", "--plan", "plan.json"]);
    stage.hear(&mut child, "Type `yes`");
    let hugo = stage.id(HUGO);
    stage.sandbox.with_world(|world| {
        world.edit_user(hugo, |user| {
            user.groups.insert(sales);
        });
    });
    child.stdin.as_mut().unwrap().write_all(b"yes\n").unwrap();
    stage.ended(child).ends(4);
    assert!(stage.writes().is_empty());
}
