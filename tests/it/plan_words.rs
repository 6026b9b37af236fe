//! What a plan and the message of a row say is so, no more and no less.

use reseat::model::BundleCode;
use reseat::sandbox::{Config, Credentials, Population};
use serde_json::Value;

use crate::support::{ANNA, BRAM, Stage, bundles, person, sheet};

#[test]
fn a_row_that_gets_no_seat_says_only_what_was_done_and_says_so_after_the_next_run_too() {
    let stage = Stage::new();
    let id = stage.id(ANNA);
    stage
        .sandbox
        .with_world(|world| world.allocate(id, bundles(&["ATTUNU"]), false));
    stage.free_seats("ATTUNU", 0);
    let sheet = format!("operation,email,like\ninvite,new@contoso.example,{ANNA}\n");
    stage.run_with(&sheet, &["--on-shortage", "fill"]).ends(3);
    let told = stage.results()[0].message().to_owned();
    assert!(told.contains("no seat is left of ATTUNU"), "{told}");
    assert!(told.contains("done before that: invited; joined "), "{told}");
    assert!(!told.contains("direct licence"), "it got none: {told}");

    stage.rerun(&["--on-shortage", "fill"]).ends(3);
    let told = stage.results()[0].message().to_owned();
    assert!(told.contains("no seat is left of ATTUNU"), "{told}");
    assert!(told.contains("invited and joined "), "{told}");
    assert!(told.ends_with("by an earlier run"), "{told}");
    // Once there is a seat, all that it was to be like is told.
    stage.free_seats("ATTUNU", 1);
    stage.rerun(&["--on-shortage", "fill"]).ends(0);
    let told = stage.results()[0].message().to_owned();
    assert!(told.contains("direct licence ATTUNU"), "{told}");
    assert_eq!(told.matches("earlier run").count(), 1, "{told}");
    assert_eq!(stage.held("new@contoso.example").as_deref(), Some("ATTUNU"));
}

#[test]
fn a_scope_that_rows_need_and_the_token_lacks_is_named_before_anything_is_sent() {
    let scopes = ["PM.User", "PM.Group", "PM.License.Read"].map(str::to_owned);
    let stage = Stage::with(Config {
        credentials: Credentials {
            scopes: scopes.into(),
            ..Credentials::default()
        },
        ..Config::unlimited()
    });
    stage.write(
        "sheet.csv",
        format!("operation,user,name,licenses\nupdate,{ANNA},Ann,\nadd-licenses,{BRAM},,ACNU\n"),
    );
    let plan = stage.reseat(&["plan", "sheet.csv"]).ends(0);
    assert!(
        plan.out
            .contains("the token lacks the scope `PM.License.Write` for 1 row"),
        "{}",
        plan.out
    );
    assert!(!plan.out.contains("`PM.User.Write`"), "{}", plan.out);
    let plan = stage.reseat(&["plan", "sheet.csv", "--output", "json"]).ends(0);
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    assert_eq!(plan["warnings"][0]["code"], "missing-scope");
    assert_eq!(plan["warnings"][0]["rows"][0]["row"], 3);
    // Nothing of the kind where all is granted, or no row needs it.
    stage.write("sheet.csv", format!("operation,user,name\nupdate,{ANNA},Ann\n"));
    let plan = stage.reseat(&["plan", "sheet.csv"]).ends(0);
    assert!(!plan.out.contains("lacks the scope"), "{}", plan.out);
}

#[test]
fn limits_of_a_licence_rule_are_told_in_words() {
    let stage = Stage::new();
    let sheet = |quotas: &str| format!("operation,group,licenses,quotas\nset-group-licenses,Finance,ATTUNU,{quotas}\n");
    stage.write("sheet.csv", sheet("ATTUNU=5"));
    let plan = stage.reseat(&["plan", "sheet.csv"]).ends(0);
    assert!(
        plan.out.contains("licence rule set to ATTUNU, at most 5 of ATTUNU"),
        "{}",
        plan.out
    );
    stage.run(&sheet("ATTUNU=5")).ends(0);
    assert!(stage.results()[0].message().contains("at most 5 of ATTUNU"));
}

#[test]
fn whoever_keeps_a_seat_as_the_sheet_asks_is_left_alone_and_no_row_that_cannot_run() {
    let stage = Stage::new();
    let id = stage.id(BRAM);
    stage.sandbox.with_world(|world| {
        world.allocate(id, bundles(&["ATTUNU"]), false);
        world.set_last_in_use(id, "2026-03-02T10:00:00Z".parse().ok());
    });
    stage.write(
        "sheet.csv",
        format!(
            "operation,user,unless_used_since\nrelease-licenses,{BRAM},2026-03-01T00:00:00Z\n\
             release-licenses,nobody@contoso.example,\n"
        ),
    );
    let plan = stage.reseat(&["plan", "sheet.csv"]).ends(3);
    let lines: Vec<&str> = plan.out.lines().collect();
    let after = |heading: &str| {
        let at = lines.iter().position(|line| *line == heading);
        let at = at.unwrap_or_else(|| panic!("no `{heading}` in {}", plan.out));
        lines[at + 1].to_owned()
    };
    assert!(after("1 row cannot run").contains("nobody@contoso.example"));
    assert!(after("1 row is left alone").contains(BRAM));
}

#[test]
fn of_many_rows_that_cannot_run_the_first_are_named_and_where_all_of_them_are() {
    let stage = Stage::new();
    let nobody = (1..=30).map(|number| format!("nobody{number}@contoso.example"));
    stage.write("sheet.csv", sheet("operation,user,name", "update,{},Kim", nobody));
    let plan = stage
        .reseat(&["plan", "sheet.csv"])
        .ends(3)
        .tells("30 rows cannot run")
        .tells("  and 10 more\n")
        .tells("reseat plan sheet.csv --output json` lists every row");
    assert_eq!(plan.out.matches("not_found").count(), 20, "{}", plan.out);
    let told = stage.reseat(&["plan", "sheet.csv", "--output", "json"]).ends(3);
    assert_eq!(told.out.matches("there is no user").count(), 30, "{}", told.out);
}

#[test]
fn of_many_rows_that_get_no_seat_the_first_are_named() {
    let stage = Stage::with(Config {
        population: Population::Generated(30),
        ..Config::unlimited()
    });
    stage.free_seats("ACNU", 0);
    stage.write(
        "sheet.csv",
        sheet("operation,user,licenses", "add-licenses,{},ACNU", (1..=30).map(person)),
    );
    for words in [["plan", "sheet.csv"].as_slice(), &["run", "sheet.csv", "--yes"]] {
        let plan = stage
            .reseat(words)
            .ends(4)
            .tells("reseat plan sheet.csv --output json` lists every row");
        let shown = format!("{}{}", plan.out, plan.err);
        assert_eq!(shown.matches(" misses ACNU").count(), 20, "{shown}");
    }
}

#[test]
fn a_shortage_names_the_command_that_finds_idle_seats() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 0);
    stage.write(
        "sheet.csv",
        format!("operation,user,licenses\nadd-licenses,{BRAM},ACNU\n"),
    );
    for words in [["plan", "sheet.csv"].as_slice(), &["run", "sheet.csv", "--yes"]] {
        stage
            .reseat(words)
            .ends(4)
            .tells("rebalance --only ACNU --free 'ACNU=1' -o free.xlsx` finds idle ones");
    }
}

#[test]
fn a_shortage_that_no_freeing_makes_up_for_says_how_many_seats_there_are() {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        ..Config::unlimited()
    });
    stage.free_seats("ACNU", 0);
    let owned = stage.world().seats_of(&BundleCode::new("ACNU")).total;
    stage.write(
        "sheet.csv",
        sheet("operation,user,licenses", "add-licenses,{},ACNU", (1..=60).map(person)),
    );
    for words in [["plan", "sheet.csv"].as_slice(), &["run", "sheet.csv", "--yes"]] {
        stage.reseat(words).ends(4).tells("buy seats (of ACNU ").tells(&format!(
            " more would be needed, and the organization owns {owned} in all"
        ));
    }
}

#[test]
fn a_command_that_cannot_ask_the_organization_names_doctor_with_the_profile_that_was_typed() {
    let stage = Stage::new();
    stage.set("UIPATH_CLIENT_SECRET", "wrong-secret");
    stage.write("sheet.csv", format!("operation,user,name\nupdate,{ANNA},Ann\n"));
    for words in [
        ["plan", "sheet.csv"].as_slice(),
        &["run", "sheet.csv", "--yes"],
        &["export", "users"],
        &["rebalance"],
        &["codes"],
        &["template", "onboarding", "-o", "joiners.xlsx"],
    ] {
        let words = [words, &["--profile", "default"]].concat();
        let told = stage.reseat(&words).ends(5);
        let help = told.err.lines().filter(|line| line.starts_with("help: `"));
        let help: Vec<&str> = help.filter(|line| line.contains(" doctor ")).collect();
        assert_eq!(help.len(), 1, "{words:?}: {}", told.err);
        assert!(
            help[0].ends_with("reseat doctor --profile default` says what is wrong"),
            "{words:?}: {}",
            help[0]
        );
    }
    let told = stage.reseat(&["plan", "sheet.csv", "--output", "json"]).ends(5);
    let told: Value = serde_json::from_str(&told.out).unwrap();
    assert!(told["help"].to_string().contains("doctor"), "{told}");
}

#[test]
fn of_many_who_are_deleted_only_once_they_have_accepted_the_first_are_named() {
    let stage = Stage::with(Config {
        population: Population::Generated(30),
        ..Config::unlimited()
    });
    let rows: Vec<String> = (1..=25)
        .map(|number| format!("migrate,{},moved{number}@new.example,accepted\n", person(number)))
        .collect();
    stage.write(
        "sheet.csv",
        format!("operation,user,new_email,delete_when\n{}", rows.concat()),
    );
    let plan = stage.reseat(&["plan", "sheet.csv"]);
    let later = plan
        .out
        .split_once("25 old accounts are deleted once their invitations are accepted\n")
        .unwrap_or_else(|| panic!("{}", plan.out))
        .1;
    let (named, more) = later.split_once("  and 5 more\n").unwrap();
    assert_eq!(named.lines().count(), 20, "{later}");
    assert!(
        more.contains("reseat plan sheet.csv --output json` lists every row"),
        "{more}"
    );
}

#[test]
fn a_group_that_is_not_there_is_answered_with_one_of_a_like_name_or_with_what_lists_them() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!("operation,user,groups\nadd-to-groups,{ANNA},HR\nadd-to-groups,{BRAM},HR Robot\n"),
    );
    let plan = stage.reseat(&["plan", "sheet.csv"]).ends(3);
    let line = |who: &str| {
        plan.out
            .lines()
            .find(|line| line.contains(who) && line.contains("no group"))
            .unwrap()
    };
    assert!(
        line(ANNA).ends_with("there is no group `HR`; `reseat export groups` lists them"),
        "{}",
        plan.out
    );
    assert!(line(BRAM).ends_with("did you mean `HR Robots`?"), "{}", plan.out);
}
