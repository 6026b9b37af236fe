//! What a person is told: before anything is sent, when nothing can be, and what to type next.

use std::fmt::Write;

use reseat::sandbox::{FaultKind, Moment, Strikes};
use serde_json::Value;

use crate::support::{ANNA, BRAM, DAVID, HUGO, Ran, Stage};

/// Six who hold `ATTUNU`.
const SIX: [&str; 6] = [
    "anna.berg",
    "bram.okafor",
    "carla.lindqvist",
    "elif.yilmaz",
    "farid.haddad",
    "greta.nowak",
];

fn six_move(delete_when: &str) -> String {
    let mut sheet = "operation,user,new_email,delete_when\n".to_owned();
    for name in SIX {
        writeln!(sheet, "migrate,{name}@contoso.example,{name}@new.example,{delete_when}").unwrap();
    }
    sheet
}

fn planned(stage: &Stage, sheet: &str) -> Value {
    stage.write("sheet.csv", sheet);
    let ran = stage.reseat(&["plan", "sheet.csv", "--output", "json"]);
    let plan: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(plan["exit_code"], ran.code);
    plan
}

fn seats(plan: &Value, code: &str) -> [u64; 3] {
    let lines = plan["seats"].as_array().unwrap();
    let line = lines.iter().find(|line| line["code"] == code).unwrap();
    ["takes", "frees", "short"].map(|column| line[column].as_u64().unwrap())
}

fn next_command(ran: &Ran) -> String {
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    told["next_command"].as_str().unwrap().to_owned()
}

#[test]
fn the_plan_says_which_rows_cannot_run_and_the_run_does_not_say_it_again() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,user,groups\n\
         add-to-groups,nobody@contoso.example,Finance\n\
         add-to-groups,{ANNA},HR Robots\n\
         delete,admin@contoso.example,\n"
    );
    let admin = stage
        .world()
        .users()
        .find(|user| {
            stage
                .groups(&user.user_name)
                .iter()
                .any(|group| group == "Administrators")
        })
        .map(|user| user.email.clone())
        .unwrap();
    let sheet = sheet.replace("admin@contoso.example", &admin);
    stage.write("sheet.csv", &sheet);
    let blocked =
        "2 rows cannot run\n  row 2: nobody@contoso.example: not_found: there is no user `nobody@contoso.example`";
    stage
        .reseat(&["plan", "sheet.csv"])
        .ends(3)
        .tells(blocked)
        .tells(&format!("row 4: {admin}: skipped: the account"))
        .tells("is a member of Administrators");
    let ran = stage.run(&sheet).ends(3);
    assert_eq!(ran.err.matches("there is no user").count(), 1, "{}", ran.err);
    assert_eq!(ran.err.matches("member of Administrators").count(), 1, "{}", ran.err);
    assert_eq!(stage.counts(), "1 done, 1 not_found, 1 skipped");
}

#[test]
fn however_many_accounts_are_deleted_each_is_named_with_its_person() {
    let stage = Stage::new();
    let mut sheet = "operation,user\n".to_owned();
    for number in 0..25 {
        writeln!(sheet, "release-licenses,nobody{number}@contoso.example").unwrap();
    }
    let world = stage.world();
    let people = world
        .users()
        .filter(|user| user.groups.iter().all(|group| !is_administrators(&world, *group)));
    // A robot has no address.
    let people = people.map(|user| user.email.as_str()).filter(|who| !who.is_empty());
    let people: Vec<&str> = people.take(25).collect();
    for who in &people {
        writeln!(sheet, "delete,{who}").unwrap();
    }
    stage.write("sheet.csv", &sheet);
    let ran = stage.reseat(&["plan", "sheet.csv"]).ends(3);
    for who in &people {
        assert!(ran.out.contains(&format!("<{who}>")), "{who} is not in {}", ran.out);
    }
    // What is cut is what changes, what cannot run and what a warning names; the way to see the rest is named once.
    assert_eq!(
        ran.out.lines().filter(|line| line.starts_with("  and ")).count(),
        2,
        "{}",
        ran.out
    );
    assert_eq!(ran.out.matches("--output json`").count(), 1, "{}", ran.out);
    let more = "reseat plan sheet.csv --output json` lists every row";
    assert!(ran.out.contains(more), "{}", ran.out);
    assert!(ran.out.contains("25 people lose access: 25 deleted"), "{}", ran.out);
}

fn is_administrators(world: &reseat::sandbox::World, group: reseat::model::GroupId) -> bool {
    world.group(group).is_some_and(|group| group.name == "Administrators")
}

#[test]
fn licenses_that_are_handed_over_are_counted_as_taken_and_freed() {
    let stage = Stage::new();
    stage.free_seats("ATTUNU", 0);
    assert_eq!(seats(&planned(&stage, &six_move("invited")), "ATTUNU"), [6, 6, 0]);

    stage.run(&six_move("accepted")).ends(75);
    for name in SIX {
        let address = format!("{name}@new.example");
        assert!(stage.sandbox.with_world(|world| world.accept_invitation(&address)));
    }
    assert_eq!(seats(&planned(&stage, &six_move("accepted")), "ATTUNU"), [6, 6, 0]);
}

#[test]
fn migrations_tell_what_comes_only_when_their_invitations_are_accepted() {
    let stage = Stage::new();
    stage.free_seats("ATTUNU", 2);
    let sheet = six_move("accepted");
    let plan = planned(&stage, &sheet);
    assert_eq!(
        (&plan["deleted_later"], &plan["licenses_later"]),
        (&6.into(), &4.into())
    );
    stage
        .run(&sheet)
        .ends(75)
        .tells("6 old accounts are deleted once their invitations are accepted")
        .tells("4 new accounts get their licences only then");

    // Nothing is accepted yet: the rows wait, which is not the same as being so already.
    let plan = planned(&stage, &sheet);
    let migrations = &plan["operations"][0];
    assert_eq!(
        (&migrations["waits"], &migrations["already_so"]),
        (&6.into(), &0.into())
    );
    assert_eq!(plan["deleted_later"], 6);
}

#[test]
fn a_shortage_names_the_bundles_that_are_short_and_how_many_seats_are_missing() {
    let stage = Stage::new();
    stage.free_seats("PMD", 0);
    stage.free_seats("TSTNU", 1);
    // The first gets nothing, so the second has the seat of TSTNU, which the first did not miss.
    let sheet = format!(
        "operation,user,licenses\n\
         add-licenses,{DAVID},PMD; TSTNU\n\
         add-licenses,{HUGO},TSTNU\n\
         add-licenses,{ANNA},PMD\n"
    );
    let plan = planned(&stage, &sheet);
    assert_eq!(plan["short"][0]["bundles"], serde_json::json!(["PMD"]));
    assert_eq!(plan["short"][1]["bundles"], serde_json::json!(["PMD"]));
    assert_eq!(seats(&plan, "PMD"), [0, 0, 2]);
    assert_eq!(seats(&plan, "TSTNU"), [1, 0, 1]);
}

#[test]
fn even_a_quiet_refusal_names_its_rows() {
    let stage = Stage::new();
    stage.free_seats("PMD", 0);
    let sheet = format!("operation,user,licenses\nadd-licenses,{DAVID},PMD\n");
    let ran = stage.run_with(&sheet, &["--quiet"]).ends(4);
    assert!(ran.err.contains(&format!("row 2: {DAVID} misses PMD")), "{}", ran.err);
    let ran = stage.rerun(&[]).ends(4);
    assert_eq!(ran.err.matches("misses PMD").count(), 1, "{}", ran.err);

    let sheet = format!("operation,user\ndelete,{ANNA}\ndelete,{BRAM}\n");
    for flags in [&["--quiet"][..], &["--quiet", "--max-deletes", "1"]] {
        let ran = stage.run_with(&sheet, flags).ends(4);
        assert!(ran.err.contains(&format!("<{ANNA}> (row 2)")), "{}", ran.err);
    }
}

#[test]
fn the_results_of_a_trial_say_so_when_they_are_in_the_way() {
    let stage = Stage::new();
    let sheet = "operation,email\ninvite,ada@new.example\n";
    stage.run_with(sheet, &["--sandbox"]).ends(0);
    for command in ["run", "plan"] {
        stage
            .reseat(&[command, "sheet.csv"])
            .ends(1)
            .tells("is from a `--sandbox` trial")
            .tells("delete it, or name another with `--results`");
        stage.reseat(&["plan", "sheet.csv", "--results", "real.csv"]).ends(0);
    }
    assert!(stage.writes().is_empty());
}

#[test]
fn the_sheet_of_failed_rows_is_run_with_the_same_flags_where_the_next_command_is_another() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        "Who?,not_before\nnobody@contoso.example,\nlater@new.example,2099-12-01\n",
    );
    let flags = ["--yes", "--operation", "offboard", "--map", "Who?=user"];
    let ran = stage.reseat(&[&["run", "sheet.csv"], &flags[..]].concat()).ends(3);
    ran.tells("run sheet.csv --yes")
        .tells("correct sheet.failed.csv before you run it with `")
        .tells("run sheet.failed.csv --yes --operation offboard --map 'Who?=user'` (");
}

#[test]
fn the_next_command_runs_the_failed_sheet_with_the_same_flags() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!("Who?,groups\nnobody@contoso.example,Finance\n{ANNA},HR Robots\n"),
    );
    let flags = [
        "run",
        "sheet.csv",
        "--yes",
        "--operation",
        "add-to-groups",
        "--map",
        "Who?=user",
    ];
    let ran = stage.reseat(&[&flags[..], &["--output", "json"]].concat()).ends(3);
    let next = next_command(&ran);
    assert!(
        next.ends_with("run sheet.failed.csv --yes --operation add-to-groups --map 'Who?=user' --output json"),
        "{next}"
    );
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(told["hints"][0]["code"], "correct-failed-sheet");
    let words = told["hints"][0]["text"].as_str().unwrap();
    assert!(
        words.contains("before you run it ("),
        "the next command does that: {words}"
    );

    let failed = stage
        .read("sheet.failed.csv")
        .replace("nobody@contoso.example", "bram.okafor@contoso.example");
    stage.write("sheet.failed.csv", failed);
    let flags = flags.map(|word| if word == "sheet.csv" { "sheet.failed.csv" } else { word });
    stage.reseat(&flags).ends(0);
}

#[test]
fn the_deletions_of_rows_that_wait_are_to_be_allowed_and_are_not_in_the_next_command() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,user,new_email,delete_when\n\
         migrate,{ANNA},anna@new.example,accepted\n\
         migrate,{BRAM},bram@new.example,never\n\
         migrate,{DAVID},david@new.example,accepted\n"
    );
    let ran = stage.run_with(&sheet, &["--output", "json"]).ends(75);
    let next = next_command(&ran);
    assert!(next.ends_with("run sheet.csv --yes --output json"), "{next}");
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    let hints: Vec<&str> = told["hints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hint| hint["text"].as_str().unwrap())
        .collect();
    assert!(
        hints.iter().any(
            |hint| hint.contains("deletes up to 2 accounts, as invitations are accepted")
                && hint.contains("allow it with `--max-deletes 2`")
        ),
        "{hints:?}"
    );
    for address in ["anna@new.example", "david@new.example"] {
        assert!(stage.sandbox.with_world(|world| world.accept_invitation(address)));
    }
    stage.rerun(&["--max-deletes", "2"]).ends(0);
    assert!(stage.user(ANNA).is_none() && stage.user(BRAM).is_some());
}

#[test]
fn a_missing_sheet_and_a_missing_configuration_are_told_together() {
    let stage = Stage::new();
    for name in ["UIPATH_URI", "UIPATH_ORGANIZATION", "RESEAT_ORGANIZATION_ID"] {
        stage.unset(name);
    }
    for command in ["plan", "run"] {
        stage
            .reseat(&[command, "nothing.csv"])
            .ends(1)
            .tells("`nothing.csv`")
            .tells("the configuration has");
    }
}

#[test]
fn a_sheet_with_nothing_but_a_header_is_refused() {
    let stage = Stage::new();
    stage.run("operation,user\n").ends(2).tells("the sheet has no rows");
    stage
        .reseat(&["check", "sheet.csv"])
        .ends(2)
        .tells("the sheet has no rows");
    stage
        .run("operation,user\nignore,ann\n")
        .ends(0)
        .tells("there is no row to run");
}

#[test]
#[cfg(unix)]
fn a_row_cut_off_between_two_attempts_is_not_reached_rather_than_failed() {
    let stage = Stage::new();
    let moment = Moment::BeforeEffect;
    stage.fault(
        FaultKind::Status { status: 503, moment },
        "PUT",
        "/api/User/",
        Strikes::Always,
    );
    stage.write("sheet.csv", format!("operation,user,name\nupdate,{ANNA},Annika\n"));
    let run = stage.start(&["run", "sheet.csv", "--yes"]);
    stage.until("the update is tried", |sandbox| {
        sandbox.stats().calls("identity", "PUT") > 1
    });
    crate::support::signal(&run, "INT");
    let ran = stage.ended(run).ends(130);
    assert_eq!(stage.statuses(), ["not_run"]);
    assert!(!stage.exists("sheet.failed.csv"));
    assert!(ran.out.contains("next: "), "{}", ran.out);
    stage.sandbox.set_faults(reseat::sandbox::Faults::default());
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.user(ANNA).unwrap().name.as_deref(), Some("Annika"));
}

#[test]
fn the_plan_shows_what_the_first_rows_change_and_every_row_to_a_program() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,user,licenses,email\n\
         set-licenses,{ANNA},ACNU,\n\
         set-licenses,{BRAM},ATTUNU,\n\
         set-licenses,nobody@contoso.example,ACNU,\n\
         invite,,,ada@new.example\n"
    );
    let plan = planned(&stage, &sheet);
    let fates: Vec<&str> = plan["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["fate"].as_str().unwrap())
        .collect();
    assert_eq!(fates, ["to_change", "already_so", "cannot_run", "to_change"]);
    let row = &plan["rows"][0];
    assert_eq!((&row["at"]["row"], &row["user"]), (&2.into(), &ANNA.into()));
    assert_eq!(row["before"]["licenses"], serde_json::json!(["ATTUNU"]));
    assert_eq!(row["after"]["licenses"], serde_json::json!(["ACNU"]));
    assert_eq!((&row["status"], &row["deletes"]), (&"done".into(), &false.into()));
    stage.reseat(&["plan", "sheet.csv"]).ends(3).tells(&format!(
        "2 rows to change\n  row 2: {ANNA}: holds ACNU (before: ATTUNU)\n  row 5: ada@new.example: invited\n"
    ));
}

#[test]
fn the_plan_warns_of_administrators_and_of_licenses_that_groups_give() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,user,licenses\ndelete,ursula.meier@contoso.example,\nset-licenses,{HUGO},ATTUNU\nrelease-licenses,{ANNA},\n"
    );
    stage.write("sheet.csv", &sheet);
    let words = ["plan", "sheet.csv", "--allow-admins"];
    stage
        .reseat(&words)
        .ends(0)
        .tells("1 member of Administrators will be deleted: Ursula Meier <ursula.meier@contoso.example>")
        .tells(&format!("overrides what groups give it: {HUGO}"))
        .tells(&format!("may be taken again at the next sign-in: {ANNA}"));
    let ran = stage.reseat(&[&words[..], &["--output", "json"]].concat()).ends(0);
    let plan: Value = serde_json::from_str(&ran.out).unwrap();
    let warnings: Vec<(&str, &Value)> = plan["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| (warning["code"].as_str().unwrap(), &warning["rows"][0]["row"]))
        .collect();
    assert_eq!(
        warnings,
        [
            ("administrators-deleted", &2.into()),
            ("overrides-inherited", &3.into()),
            ("released-may-return", &4.into()),
        ]
    );
}

#[test]
fn a_deletion_of_nobody_is_told_before_it_is_taken_for_done_and_is_not_where_somebody_may_be_meant() {
    let stage = Stage::new();
    for (user, code) in [("ana.berg@contoso.example", 0), ("anna.berg", 3)] {
        stage.write("sheet.csv", format!("operation,user\ndelete,{user}\n"));
        for command in [&["plan", "sheet.csv"][..], &["run", "sheet.csv", "--yes"]] {
            let ran = stage.reseat(command).ends(code);
            let ran = ran.tells(&format!("did you mean `{ANNA}`?"));
            let is_done = ran.err.contains("1 row finds no account to delete")
                || ran.out.contains("1 row finds no account to delete");
            assert_eq!(is_done, code == 0, "{}", ran.out);
        }
    }
}

#[test]
fn accounts_that_swap_seats_are_said_neither_to_lose_nor_to_gain_their_first() {
    let stage = Stage::new();
    for (who, code) in [(ANNA, "PMD"), (BRAM, "TSTNU")] {
        let id = stage.id(who);
        stage
            .sandbox
            .with_world(|world| world.allocate(id, crate::support::bundles(&[code]), false));
    }
    stage.free_seats("PMD", 0);
    stage.free_seats("TSTNU", 0);
    stage.write(
        "sheet.csv",
        format!("operation,user,licenses\nset-licenses,{ANNA},TSTNU\nset-licenses,{BRAM},PMD\n"),
    );
    let ran = stage.reseat(&["plan", "sheet.csv"]).ends(0).tells("2 rows to change");
    assert!(!ran.out.contains("direct allocation"), "{}", ran.out);
}

#[test]
fn a_plan_says_that_a_run_would_stop_for_want_of_seats() {
    let stage = Stage::new();
    stage.free_seats("PMD", 0);
    stage.write(
        "sheet.csv",
        format!("operation,user,licenses\nset-licenses,{ANNA},PMD\n"),
    );
    stage
        .reseat(&["plan", "sheet.csv"])
        .ends(4)
        .tells("a run stops here and sends nothing");
    let ran = stage.reseat(&["plan", "sheet.csv", "--on-shortage", "fill"]).ends(3);
    assert!(!ran.out.contains("a run stops here"), "{}", ran.out);
}

#[test]
fn a_plan_leaves_invalid_rows_out_where_a_run_would() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!("operation,user,licenses\nset-licenses,{DAVID},ATTUNUU\nset-licenses,{HUGO},ACNU\n"),
    );
    stage.reseat(&["plan", "sheet.csv"]).ends(2).tells("--skip-invalid");
    stage
        .reseat(&["plan", "sheet.csv", "--skip-invalid"])
        .ends(3)
        .tells("1 row is invalid and left out");
}

#[test]
fn a_plan_that_resends_counts_the_invitations() {
    let stage = Stage::new();
    stage.run("operation,email\ninvite,ada@new.example\n").ends(0);
    stage.write("other.csv", "operation,email\ninvite,ada@new.example\n");
    let invites = |flags: &[&str]| {
        let ran = stage
            .reseat(&[&["plan", "other.csv", "--output", "json"], flags].concat())
            .ends(0);
        let plan: Value = serde_json::from_str(&ran.out).unwrap();
        plan["operations"][0]["to_change"].as_u64().unwrap()
    };
    assert_eq!((invites(&[]), invites(&["--resend"])), (0, 1));
}

#[test]
fn the_command_to_type_next_allows_no_deletion_of_rows_that_were_left_out() {
    let stage = Stage::new();
    let refused = FaultKind::Status {
        status: 400,
        moment: Moment::BeforeEffect,
    };
    stage.fault(refused, "DELETE", "api/User", Strikes::Always);
    let mut sheet = "operation,user\n".to_owned();
    for name in SIX {
        writeln!(sheet, "delete,{name}@contoso.example").unwrap();
    }
    let flags = [
        "--only",
        "2-3",
        "--max-deletes",
        "2",
        "--max-failures",
        "1",
        "--output",
        "json",
    ];
    let next = next_command(&stage.run_with(&sheet, &flags).ends(4));
    assert!(next.contains("--only 2-3 --max-deletes 2 "), "{next}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_program_whose_own_path_is_not_utf_8_tells_the_next_command_as_well_as_it_can() {
    let stage = Stage::new();
    stage.write("sheet.csv", "operation,user,name\nupdate,nobody@contoso.example,Nemo\n");
    let elsewhere = tempfile::TempDir::new().unwrap();
    let shell = format!(
        r#"name="{}/$(printf 'r\351seat')"; ln -s "$0" "$name"; exec "$name" "$@""#,
        elsewhere.path().display()
    );
    let ran = stage.ended(stage.start_under(&shell, &["run", "sheet.csv", "--yes", "--output", "json"]));
    let next = next_command(&ran.ends(3));
    assert!(next.contains(r"r\351seat' run sheet.failed.csv --yes"), "{next}");
}
