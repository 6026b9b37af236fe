//! Which organization a command works on is never left to be guessed.

use std::io::Write;

use reseat::model::OrganizationId;
use reseat::sandbox::Config;
use serde_json::Value;

use crate::support::{ANNA, BRAM, Stage};

const INVITE: &str = "operation,email\ninvite,new@contoso.example\n";

/// What the stage's organization is called.
fn label(stage: &Stage) -> String {
    format!("`sandbox` (profile `default`, {})", stage.sandbox.base_url())
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn plan_and_run_begin_with_the_organization_its_profile_and_its_address() {
    let stage = Stage::new();
    let first = format!("on {}", label(&stage));
    stage.write("sheet.csv", INVITE);
    let plan = stage.reseat(&["plan", "sheet.csv"]).ends(0);
    assert_eq!(plan.out.lines().next(), Some(first.as_str()), "{}", plan.out);
    let run = stage.run(INVITE).ends(0);
    assert_eq!(run.err.lines().next(), Some(first.as_str()), "{}", run.err);

    stage.write("trial.csv", INVITE);
    let plan = stage.reseat(&["plan", "trial.csv", "--sandbox"]).ends(0);
    assert_eq!(plan.out.lines().next(), Some("on the simulated organization"));
}

#[test]
fn programs_are_told_the_organization_by_id_name_profile_and_address() {
    let stage = Stage::new();
    stage.write("sheet.csv", INVITE);
    let id = stage.sandbox.organization_id().to_string();
    for words in [
        ["plan", "sheet.csv", "--output", "json"].as_slice(),
        &["run", "sheet.csv", "--yes", "--output", "json"],
    ] {
        let told = &json(&stage.reseat(words).ends(0).out)["organization"];
        assert_eq!(told["id"], id.as_str(), "{words:?}");
        assert_eq!(told["name"], "sandbox");
        assert_eq!(told["profile"], "default");
        assert_eq!(told["uri"], stage.sandbox.base_url().as_str());
        assert_eq!(told["simulated"], false);
    }
    stage.write("trial.csv", INVITE);
    let told = stage
        .reseat(&["plan", "trial.csv", "--sandbox", "--output", "json"])
        .ends(0);
    let told = &json(&told.out)["organization"];
    assert_eq!(
        (&told["simulated"], &told["profile"]),
        (&Value::Bool(true), &Value::Null)
    );
}

#[test]
#[cfg(target_os = "linux")]
fn both_questions_name_the_organization_and_a_slip_of_the_fingers_does_not_begin_all_anew() {
    let stage = Stage::new();
    let on = format!("out on {}", label(&stage));
    stage.write("sheet.csv", INVITE);
    let mut child = stage.start_on_a_terminal(&["run", "sheet.csv"]);
    stage.hear(&mut child, &format!("Carry this plan {on}? Type `yes`:"));
    child.stdin.as_mut().unwrap().write_all(b"y\n").unwrap();
    stage.hear(&mut child, "Type `yes` in full");
    assert!(stage.writes().is_empty());
    child.stdin.as_mut().unwrap().write_all(b"yes\n").unwrap();
    stage.ended(child).ends(0);
    assert_eq!(stage.statuses(), ["done"]);

    stage.write("leavers.csv", format!("operation,user\ndelete,{ANNA}\n"));
    let mut child = stage.start_on_a_terminal(&["run", "leavers.csv"]);
    stage.hear(&mut child, "that will be deleted (1) to carry this plan");
    stage.hear(&mut child, &on);
    child.stdin.as_mut().unwrap().write_all(b"yes\n").unwrap();
    stage.hear(&mut child, "Type 1 to carry");
    child.stdin.as_mut().unwrap().write_all(b"yes\n").unwrap();
    stage.ended(child).ends(4);
    assert!(stage.user(ANNA).is_some());
}

#[test]
fn results_of_another_organization_are_refused_with_the_names_of_both() {
    let second = Config {
        organization_id: Some(OrganizationId("00000000-0000-4000-8000-000000000002".parse().unwrap())),
        ..Config::unlimited()
    };
    let (one, two) = (Stage::new(), Stage::with(second));
    one.keep_state();
    one.run(&format!("operation,user,licenses\nadd-licenses,{BRAM},ACNU\n"))
        .ends(0);
    for (name, value) in [
        ("UIPATH_URI", two.sandbox.base_url()),
        ("UIPATH_ORGANIZATION", two.sandbox.organization().to_owned()),
        ("RESEAT_ORGANIZATION_ID", two.sandbox.organization_id().to_string()),
        ("UIPATH_CLIENT_ID", two.sandbox.client_id().to_owned()),
        ("UIPATH_CLIENT_SECRET", two.sandbox.client_secret().to_owned()),
    ] {
        one.set(name, &value);
    }
    let theirs = format!(
        "another organization, `sandbox` ({}), {} (run of",
        one.sandbox.base_url(),
        one.sandbox.organization_id()
    );
    let ours = format!("this one is {}", label(&two));
    for words in [
        ["plan", "sheet.csv"].as_slice(),
        &["run", "sheet.csv", "--yes"],
        &["undo", "sheet.results.csv"],
    ] {
        one.reseat(words).ends(1).tells(&theirs).tells(&ours);
    }
}

#[test]
fn a_finished_sheet_is_not_done_in_an_organization_whose_name_is_another() {
    let stage = Stage::new();
    stage
        .run(&format!("operation,user,licenses\nadd-licenses,{BRAM},ACNU\n"))
        .ends(0);
    let reads = || stage.sandbox.stats().calls("identity", "GET");
    let before = reads();
    stage
        .rerun(&[])
        .ends(0)
        .tells("the one row is already done or unchanged");
    assert_eq!(reads(), before);
    // The id is configured, or told by the token: neither shows that the name is wrong.
    for id in [true, false] {
        if !id {
            stage.unset("RESEAT_ORGANIZATION_ID");
        }
        for words in [["plan", "sheet.csv"].as_slice(), &["run", "sheet.csv", "--yes"]] {
            let ran = stage.reseat(&[words, &["--organization", "acme"]].concat()).ends(5);
            assert!(
                !ran.err.contains("already done") && !ran.err.contains("1 done"),
                "{}",
                ran.err
            );
        }
    }
    stage.rerun(&[]).ends(0);
    // By its id it is the same organization.
    let id = stage.sandbox.organization_id().to_string();
    stage.rerun(&["--organization", &id]).ends(0).tells("already done");
}

#[test]
fn what_is_read_of_an_organization_is_said_to_be_its() {
    let stage = Stage::new();
    stage.run(INVITE).ends(0);
    let told = format!("reading {}", label(&stage));
    for words in [
        ["export", "users"].as_slice(),
        &["rebalance"],
        &["undo", "sheet.results.csv"],
    ] {
        let ran = stage.reseat(words);
        assert!(ran.err.contains(&told), "{words:?}: {}", ran.err);
        assert!(!ran.out.contains(&told), "{words:?}: {}", ran.out);
    }
}

#[test]
fn where_rows_of_the_sheet_are_finished_it_is_the_right_organization() {
    let stage = Stage::new();
    let strangers = ["xia", "yan", "zoe"].map(|name| format!("{name}@far.example"));
    let people = strangers
        .iter()
        .map(String::as_str)
        .chain(["anna.berg@contoso.example"]);
    let sheet = crate::support::sheet("operation,user,groups", "add-to-groups,{},HR Robots", people);
    stage.run(&sheet).ends(3);
    let again = stage.rerun(&[]).ends(3);
    assert!(!again.err.contains("wrong organization"), "{}", again.err);
}

#[test]
fn a_sheet_of_which_nobody_is_known_may_be_meant_for_another_organization() {
    let stage = Stage::new();
    let told = |rows: &[&str]| {
        stage.write("sheet.csv", format!("operation,user\n{}\n", rows.join("\n")));
        let ran = stage.reseat(&["plan", "sheet.csv"]);
        let lines: Vec<&str> = ran
            .out
            .lines()
            .chain(ran.err.lines())
            .filter(|line| line.contains("may be the wrong organization"))
            .collect();
        assert!(lines.len() <= 1, "{lines:?}");
        lines.first().map(|line| (*line).to_owned())
    };
    let strangers = [
        "delete,zoe@far.example",
        "offboard,yan@far.example",
        "release-licenses,xia@far.example",
    ];
    let line = told(&strangers).unwrap();
    assert!(line.contains("none of the 3 people of the sheet is known to"), "{line}");
    assert!(line.contains("--profile NAME"), "{line}");
    let joined = [&strangers[..], &["invite,wim@far.example"]].concat();
    assert!(told(&joined).is_some());
    assert_eq!(told(&strangers[..2]), None);
    assert_eq!(
        told(&[&strangers[..], &["delete,anna.berg@contoso.example"]].concat()),
        None
    );
    assert_eq!(
        told(&["invite,a@far.example", "invite,b@far.example", "invite,c@far.example"]),
        None
    );
}
