//! People whom only the organization's directory knows: rows put them into groups and give them licences, and the service
//! makes their accounts.

use std::io::Write;

use reseat::sandbox::{BulkRead, Config, Edition, FaultKind, FaultRule, Faults, Moment, Population, Quirks, Strikes};
use serde_json::{Value, json};

use crate::between::{Answered, Asked, twist};
use crate::support::{ANNA, BRAM, PROFILE, Stage, bundles, sheet};

const WILMA: &str = "wilma.fuchs@contoso.example";
const XAVIER: &str = "xavier.dupont@contoso.example";
const YUKI: &str = "yuki.sato@contoso.example";
/// Yuki's user name, which is not the address.
const SATO: &str = "Y.Sato@contoso.example";
const ZEYNEP: &str = "zeynep.kaya@contoso.example";

fn calls(stage: &Stage, route: &str) -> u64 {
    let stats = stage.sandbox.stats();
    stats
        .routes()
        .filter(|(name, _)| *name == route)
        .map(|(_, count)| count)
        .sum()
}

fn only_at_sign_in(quirks: Quirks) -> Config {
    Config {
        quirks: Quirks {
            makes_accounts_at_sign_in: true,
            ..quirks
        },
        ..Config::unlimited()
    }
}

/// With somebody who holds a licence and has no account.
fn of_a_holder(edition: Edition) -> Stage {
    let stage = Stage::with(Config {
        edition,
        ..only_at_sign_in(Quirks {
            bulk_read: BulkRead::Accounts,
            ..Quirks::default()
        })
    });
    stage.sandbox.with_world(|world| {
        let id = world.person_called(WILMA).unwrap().id;
        world.allocate(id, bundles(&["PMBU"]), false);
    });
    stage
}

/// Changes what the directory answers about a name.
fn answering(name: &'static str, entry: Value) -> impl Fn(&Asked, &mut Answered) + Send + Sync {
    move |asked, answer| {
        if asked.line.contains("/BulkResolveByName/") {
            let mut body = answer.json();
            if let Some(found) = body.get_mut(name) {
                *found = entry.clone();
                answer.becomes(200, body);
            }
        }
    }
}

/// What somebody of the directory is in and holds, with or without an account.
fn has(stage: &Stage, name: &str) -> (Vec<String>, Option<String>) {
    let world = stage.world();
    let person = world.user_called(name).or_else(|| world.person_called(name)).unwrap();
    let groups = person.groups.iter().map(|id| world.group(*id).unwrap().name.clone());
    let held = world.allocation(person.id).map(|held| held.bundles.to_string());
    (groups.collect(), held)
}

#[test]
fn a_group_and_a_licence_are_given_to_people_who_have_no_account_yet() {
    let stage = Stage::new();
    let rows = format!(
        "operation,user,groups,licenses\n\
         add-to-groups,{WILMA},Finance; HR Robots,\n\
         add-licenses,{SATO},,ACNU\n\
         set-licenses,{XAVIER},,ACNU\n\
         add-to-groups,{ANNA},HR Robots,\n"
    );
    let known = stage.world().person_called(YUKI).unwrap().id;
    stage
        .run(&rows)
        .ends(0)
        .tells("3 people of the organization's directory have no account yet");
    assert_eq!(stage.counts(), "4 done");
    assert_eq!(stage.groups(WILMA), ["Finance", "HR Robots"]);
    assert_eq!(
        (stage.held(YUKI), stage.held(XAVIER)),
        (Some("ACNU".into()), Some("ACNU".into()))
    );
    let lines = stage.results();
    assert_eq!(lines[1].get("user_id"), known.to_string());
    assert!(
        lines[1]
            .message()
            .contains("holds ACNU; only the organization's directory knew"),
        "{lines:?}"
    );
    assert!(!lines[3].message().contains("directory"), "{lines:?}");
    // Anna goes along with Wilma; both licences are one call; all names are asked for in one call.
    let writes: Vec<_> = stage.writes().into_iter().collect();
    assert_eq!(writes, [("allocate-to-users", 1), ("update-group", 2)]);
    assert_eq!((calls(&stage, "resolve-names"), calls(&stage, "check-members")), (1, 2));
    assert_eq!((calls(&stage, "list-users"), calls(&stage, "get-user")), (1, 0));

    stage.forget_calls();
    stage.rerun(&[]).ends(0).tells("already done or unchanged");
    stage.rerun(&["--again"]).ends(0);
    assert_eq!(stage.counts(), "4 unchanged");
    assert!(stage.writes().is_empty());
    assert_eq!(calls(&stage, "resolve-names"), 0, "they have accounts now");
}

#[test]
fn a_plan_says_how_many_people_have_no_account_yet_and_in_which_rows() {
    let stage = Stage::new();
    let rows = format!(
        "operation,user,groups,licenses\nadd-to-groups,{WILMA},Finance,\nadd-licenses,{WILMA},,ACNU\n\
         add-to-groups,{BRAM},HR Robots,\n"
    );
    stage.write("sheet.csv", rows);
    stage
        .reseat(&["plan", "sheet.csv"])
        .ends(0)
        .tells("1 person of the organization's directory has no account yet; a group or a licence makes one: wilma");
    let plan = stage.reseat(&["plan", "sheet.csv", "--output", "json"]).ends(0).out;
    let plan: Value = serde_json::from_str(&plan).unwrap();
    let warnings = plan["warnings"].as_array().unwrap();
    let told = warnings
        .iter()
        .find(|warning| warning["code"] == "people-without-account");
    assert_eq!(told.unwrap()["rows"].as_array().unwrap().len(), 2, "{told:?}");
    assert!(stage.writes().is_empty());
    assert!(stage.user(WILMA).is_none());
}

#[test]
fn what_needs_an_account_says_that_there_is_none_yet_and_changes_nothing() {
    let stage = Stage::new();
    for (row, ending) in [
        (format!("update,{WILMA},,Willa,"), ("not_found", "no_account_yet")),
        (format!("set-groups,{WILMA},Finance,,"), ("not_found", "no_account_yet")),
        (format!("delete,{WILMA},,,"), ("unchanged", "already_gone")),
        (
            format!("migrate,{WILMA},,,wilma@new.example"),
            ("not_found", "no_account_yet"),
        ),
    ] {
        // A row that may be about somebody of the directory has the directory asked.
        let rows = format!("operation,user,groups,name,new_email\nadd-to-groups,{WILMA},Everyone,,\n{row}\n");
        stage.run_with(&rows, &["--max-deletes", "9"]);
        let lines = stage.results();
        assert_eq!(
            (lines[0].status(), lines[0].get("code")),
            ("unchanged", ""),
            "{lines:?}"
        );
        assert_eq!((lines[1].status(), lines[1].get("code")), ending, "{lines:?}");
        if ending.0 == "not_found" {
            assert!(
                lines[1].message().contains("known to the organization's directory"),
                "{lines:?}"
            );
        }
        fs_err::remove_file(stage.path("sheet.results.csv")).unwrap();
    }
    assert!(stage.writes().is_empty(), "{:?}", stage.writes());
}

#[test]
fn a_misspelt_name_costs_its_share_of_one_call_and_names_of_accounts_or_of_the_sheet_none() {
    let stage = Stage::new();
    let rows = format!(
        "operation,user,email,groups\n\
         add-to-groups,{ANNA},,HR Robots\n\
         add-to-groups,wilma.fusch@contoso.example,,Finance\n\
         add-to-groups,nobody,,Finance\n"
    );
    stage.run(&rows).ends(3);
    assert_eq!(stage.counts(), "1 done, 2 not_found");
    assert_eq!(stage.results()[1].get("code"), "user_not_found");
    assert_eq!((calls(&stage, "resolve-names"), calls(&stage, "check-members")), (1, 0));
    stage.forget_calls();
    let rows = format!(
        "operation,user,email,groups\ninvite,,{WILMA},\nadd-to-groups,{WILMA},,Finance\nremove-from-groups,{ANNA},,HR Robots\n"
    );
    stage.run_with(&rows, &["--results", "other.csv"]).ends(0);
    assert_eq!(calls(&stage, "resolve-names"), 0);
}

#[test]
fn thousands_of_names_that_the_directory_does_not_know_are_not_all_asked_for() {
    let stage = Stage::new();
    let names: Vec<String> = (0..3_000)
        .map(|number| format!("nobody{number}@other.example"))
        .collect();
    stage
        .run(&sheet("operation,user,groups", "add-to-groups,{},Finance", &names))
        .ends(3)
        .tells("the directory knows none of the first 1,000 names that no account has");
    assert_eq!(stage.counts(), "3000 not_found");
    assert_eq!(calls(&stage, "resolve-names"), 50);
}

#[test]
fn whoever_is_no_person_of_an_external_directory_gets_nothing() {
    let id = "0e3f3f0c-0000-4000-8000-00000000abcd";
    let entry = |identifier: &str, source: &str, object: &str| json!({"identifier": identifier, "source": source, "objectType": object, "name": WILMA, "email": WILMA});
    let person = entry(id, "aad", "DirectoryUser");
    let other = entry("0e3f3f0c-0000-4000-8000-00000000abce", "ldap", "DirectoryUser");
    let cases = [
        (
            entry(id, "aad", "DirectoryGroup"),
            "skipped",
            "not_a_user",
            "a group of the directory",
        ),
        (
            entry(id, "local", "DirectoryRobotUser"),
            "skipped",
            "not_a_user",
            "a robot account",
        ),
        (
            entry(id, "aad", "DirectoryApplication"),
            "skipped",
            "not_a_user",
            "an application",
        ),
        (entry(id, "local", "DirectoryUser"), "not_found", "user_not_found", ""),
        (
            entry("aad|7", "aad", "DirectoryUser"),
            "not_found",
            "user_not_found",
            "",
        ),
        (
            json!([person, other]),
            "ambiguous",
            "user_ambiguous",
            "could be more than one user",
        ),
        (
            json!({"identifier": id, "source": "aad", "objectType": "DirectoryUser", "name": XAVIER, "email": XAVIER}),
            "not_found",
            "user_not_found",
            "",
        ),
    ];
    for (answer, status, code, words) in cases {
        let stage = Stage::new();
        let shown = answer.to_string();
        twist(&stage, answering(WILMA, answer));
        stage
            .run(&format!("operation,user,groups\nadd-to-groups,{WILMA},Finance\n"))
            .ends(3);
        let lines = stage.results();
        assert_eq!(
            (lines[0].status(), lines[0].get("code")),
            (status, code),
            "{shown}: {lines:?}"
        );
        assert!(lines[0].message().contains(words), "{shown}: {lines:?}");
        assert!(stage.writes().is_empty(), "{shown}");
    }
}

#[test]
fn the_id_of_somebodys_account_under_another_name_gives_that_account_nothing() {
    let stage = Stage::new();
    let anna = stage.id(ANNA);
    let entry =
        json!({"identifier": anna, "source": "aad", "objectType": "DirectoryUser", "name": WILMA, "email": WILMA});
    twist(&stage, answering(WILMA, entry));
    let rows = format!("operation,user,licenses\nset-licenses,{WILMA},TSTNU\nset-licenses,{BRAM},ACNU\n");
    let held = stage.held(ANNA);
    stage.run(&rows).ends(3);
    assert_eq!(stage.statuses(), ["not_found", "done"]);
    assert_eq!(stage.held(ANNA), held);
}

#[test]
fn where_accounts_come_with_the_first_sign_in_a_rerun_changes_nothing_and_everything_can_be_taken_back() {
    let stage = Stage::with(only_at_sign_in(Quirks::default()));
    let rows = format!("operation,user,groups,licenses\nadd-to-groups,{WILMA},Finance,\nadd-licenses,{WILMA},,ACNU\n");
    stage.run(&rows).ends(0);
    assert_eq!(stage.counts(), "2 done");
    assert!(stage.user(WILMA).is_none());
    assert_eq!(
        has(&stage, WILMA),
        (vec!["Finance".to_owned()], Some("ACNU".to_owned()))
    );

    stage.forget_calls();
    stage.rerun(&["--again"]).ends(0);
    assert_eq!(stage.counts(), "2 unchanged");
    assert!(stage.writes().is_empty());

    let more = format!(
        "operation,user,groups,licenses\nadd-to-groups,{WILMA},Finance; HR Robots,\nadd-licenses,{WILMA},,TSTNU\n"
    );
    stage.run_with(&more, &["--results", "more.csv"]).ends(0);
    let (groups, held) = has(&stage, WILMA);
    assert_eq!((groups.len(), held.as_deref()), (2, Some("ACNU; TSTNU")));

    let back = format!(
        "operation,user,groups,licenses\nremove-from-groups,{WILMA},Finance; Procurement,\nremove-licenses,{WILMA},,TSTNU\n"
    );
    stage.run_with(&back, &["--results", "back.csv"]).ends(0);
    assert_eq!(
        has(&stage, WILMA),
        (vec!["HR Robots".to_owned()], Some("ACNU".to_owned()))
    );
    let back = format!("operation,user\nrelease-licenses,{WILMA}\n");
    stage.run_with(&back, &["--results", "release.csv"]).ends(0);
    assert_eq!(has(&stage, WILMA).1, None);
}

#[test]
fn licences_of_somebody_without_an_account_are_never_replaced_unseen() {
    let rows = format!("operation,user,licenses\nadd-licenses,{WILMA},ACNU\n");
    let stage = of_a_holder(Edition::Cloud);
    stage.run(&rows).ends(0);
    assert_eq!(has(&stage, WILMA).1.as_deref(), Some("ACNU; PMBU"));
    let stage = of_a_holder(Edition::AutomationSuite);
    let profile = format!("[profile.default]\ndeployment = \"automation-suite\"\n{PROFILE}");
    stage.write("reseat.toml", profile);
    stage.run(&rows).ends(3);
    assert_eq!(stage.results()[0].get("code"), "licenses_unreadable");
    assert_eq!(has(&stage, WILMA).1.as_deref(), Some("PMBU"));
}

#[test]
fn a_listing_that_does_not_fit_together_does_not_show_that_somebody_without_an_account_holds_nothing() {
    let stage = of_a_holder(Edition::Cloud);
    twist(&stage, |asked, answer| {
        if asked.line.contains("/UserLicense/user/page") {
            let mut body = answer.json();
            let holders = body["results"].as_array_mut().unwrap();
            if let Some(place) = holders.iter().position(|holder| holder["email"] == WILMA) {
                holders[place] = holders[0].clone();
            }
            answer.becomes(200, body);
        }
    });
    stage
        .run(&format!("operation,user,licenses\nadd-licenses,{WILMA},ACNU\n"))
        .ends(3);
    assert_eq!(stage.results()[0].get("code"), "licenses_unreadable");
    assert_eq!(has(&stage, WILMA).1.as_deref(), Some("PMBU"));
}

#[test]
fn what_they_hold_is_not_forgotten_while_a_question_stands() {
    let stage = of_a_holder(Edition::Cloud);
    stage.write(
        "sheet.csv",
        format!("operation,user,licenses\nadd-licenses,{WILMA},ACNU\n"),
    );
    let mut child = stage.start_on_a_terminal(&["run", "sheet.csv"]);
    stage.hear(&mut child, "Type `yes`");
    child.stdin.as_mut().unwrap().write_all(b"yes\n").unwrap();
    stage.ended(child).ends(0);
    assert_eq!(has(&stage, WILMA).1.as_deref(), Some("ACNU; PMBU"));
}

#[test]
fn rows_that_name_somebody_by_address_and_by_user_name_are_about_one_person() {
    let stage = Stage::new();
    let rows = format!("operation,user,licenses\nadd-licenses,{YUKI},ACNU\nadd-licenses,{SATO},TSTNU\n");
    stage
        .run(&rows)
        .ends(0)
        .tells("1 person of the organization's directory");
    assert_eq!(stage.held(YUKI).as_deref(), Some("ACNU; TSTNU"));
    assert_eq!(stage.writes()["allocate-to-users"], 1);
}

#[test]
fn a_built_in_group_is_asked_from_its_own_side_and_what_it_answers_is_told() {
    let stage = Stage::new();
    let rows =
        format!("operation,user,groups\nadd-to-groups,{WILMA},Automation Users\nadd-to-groups,{XAVIER},Finance\n");
    stage.run(&rows).ends(3);
    assert_eq!(stage.statuses(), ["rejected", "done"]);
    assert!(
        stage.results()[0].message().contains("cannot be changed"),
        "{:?}",
        stage.results()
    );
    assert!(!stage.writes().contains_key("update-user"));
}

#[test]
fn a_directory_that_cannot_be_asked_leaves_names_unknown_and_everything_else_goes_on() {
    let stage = Stage::new();
    twist(&stage, |asked: &Asked, answer: &mut Answered| {
        if asked.line.contains("/BulkResolveByName/") {
            answer.becomes(400, json!({"title": "no"}));
        }
    });
    let rows = format!("operation,user,groups\nadd-to-groups,{WILMA},Finance\nadd-to-groups,{ANNA},HR Robots\n");
    stage
        .run(&rows)
        .ends(3)
        .tells("cannot be asked for people without an account");
    assert_eq!(stage.statuses(), ["not_found", "done"]);
}

#[test]
fn where_members_cannot_be_checked_their_listing_is_read() {
    let stage = Stage::with(only_at_sign_in(Quirks::default()));
    let rows = format!("operation,user,groups\nadd-to-groups,{WILMA},Finance\n");
    stage.run(&rows).ends(0);
    twist(&stage, |asked: &Asked, answer: &mut Answered| {
        if asked.line.contains("/CheckMembers") {
            answer.becomes(403, json!({}));
        }
    });
    stage.forget_calls();
    stage.rerun(&["--again"]).ends(0);
    assert_eq!(stage.counts(), "1 unchanged");
    assert_eq!(calls(&stage, "group-members"), 1);
}

#[test]
fn a_licence_that_comes_before_the_licence_service_knows_the_new_account_is_tried_again() {
    let stage = Stage::with(Config {
        account_lag: std::time::Duration::from_millis(300),
        ..Config::unlimited()
    });
    let rows = format!("operation,user,groups,licenses\nadd-to-groups,{WILMA},Finance,\nadd-licenses,{WILMA},,ACNU\n");
    stage.run(&rows).ends(0);
    assert_eq!(stage.counts(), "2 done");
    assert_eq!(stage.held(WILMA).as_deref(), Some("ACNU"));
}

#[test]
fn one_who_is_refused_does_not_keep_the_others_out() {
    let stage = Stage::with(Config {
        population: Population::Generated(100),
        ..Config::unlimited()
    });
    let people: Vec<String> = (1..=40)
        .map(|number| format!("new.person{number:03}@contoso.example"))
        .collect();
    let guilty = stage.world().person_called(&people[17]).unwrap().id;
    stage.sandbox.set_faults(Faults {
        rules: vec![
            FaultRule::new(FaultKind::Refused {
                status: 400,
                words: "The directory entity cannot be added.".to_owned(),
            })
            .on("PUT", "/api/Group/")
            .naming(&guilty.to_string())
            .strikes(Strikes::Always),
        ],
        ..Faults::default()
    });
    stage
        .run(&sheet("operation,user,groups", "add-to-groups,{},Team 01", &people))
        .ends(3);
    assert_eq!(stage.counts(), "39 done, 1 rejected");
    assert_eq!(stage.results()[17].status(), "rejected");
    assert_eq!(calls(&stage, "resolve-names"), 2);
    assert!(stage.writes()["update-group"] <= 13, "{:?}", stage.writes());
}

#[test]
fn a_lost_answer_is_asked_for_again_and_makes_nobody_twice() {
    let stage = Stage::new();
    let before = stage.world().user_count();
    stage.fault(
        FaultKind::Dropped(Moment::AfterEffect),
        "PUT",
        "/api/Group/",
        Strikes::Nth(1),
    );
    stage
        .run(&format!(
            "operation,user,groups\nadd-to-groups,{WILMA},Finance\nadd-to-groups,{ZEYNEP},Finance\n"
        ))
        .ends(0);
    assert_eq!(stage.counts(), "2 done");
    assert_eq!(stage.world().user_count(), before + 2);
}

#[test]
fn a_saved_plan_for_somebody_without_an_account_still_holds_after_the_first_sign_in() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!("operation,user,groups\nadd-to-groups,{WILMA},Finance\n"),
    );
    stage.reseat(&["plan", "sheet.csv", "--save", "plan.json"]).ends(0);
    let now = jiff::Timestamp::now();
    assert!(stage.sandbox.with_world(|world| world.first_sign_in(WILMA, now)));
    stage.reseat(&["run", "--plan", "plan.json", "--yes"]).ends(0);
    assert_eq!(stage.groups(WILMA), ["Finance"]);
}

#[test]
fn in_a_large_organization_the_answer_that_resolves_the_names_is_the_only_one_asked_for() {
    let stage = Stage::with(Config {
        population: Population::Generated(5_000),
        ..Config::unlimited()
    });
    let rows = "operation,user,licenses\nset-licenses,new.person001@contoso.example,ACNU\n\
                set-licenses,user00007@contoso.example,ACNU\nset-licenses,nobody@contoso.example,ACNU\n";
    stage.run(rows).ends(3);
    assert_eq!(stage.statuses(), ["done", "done", "not_found"]);
    assert_eq!(stage.held("new.person001@contoso.example").as_deref(), Some("ACNU"));
    assert_eq!(calls(&stage, "resolve-names"), 1);
}
