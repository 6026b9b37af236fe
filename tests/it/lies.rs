//! A server that is mistaken about who is who, and sheets made to have the wrong account deleted: either the
//! account that the row names goes, or none.

use reseat::model::UserId;
use reseat::sandbox::{Config, Population};
use serde_json::{Value, json};

use crate::between::{Answered, Asked, twist};
use crate::support::{ANNA, BRAM, DAVID, HUGO, Stage, person};

const ONE: [&str; 2] = ["--max-deletes", "1"];

fn delete(whom: &str) -> String {
    format!("operation,user\ndelete,\"{whom}\"\n")
}

/// Changes every page of users.
fn listing(change: impl Fn(&mut Vec<Value>) + Send + Sync + 'static) -> impl Fn(&Asked, &mut Answered) + Send + Sync {
    move |asked, answer| {
        if asked.line.contains("/api/User/users/") && answer.status == 200 {
            let mut body = answer.json();
            let users = body["results"].as_array_mut().unwrap();
            let before = users.len();
            change(users);
            let more = users.len().abs_diff(before);
            body["totalCount"] = json!(body["totalCount"].as_u64().unwrap() + more as u64);
            answer.becomes(200, body);
        }
    }
}

fn entry<'a>(users: &'a mut [Value], email: &str) -> Option<&'a mut Value> {
    users.iter_mut().find(|user| user["email"] == email)
}

/// Whom the server was asked to delete, as far as they existed.
fn gone(stage: &Stage) -> Vec<&'static str> {
    [ANNA, BRAM, DAVID, HUGO]
        .into_iter()
        .filter(|who| stage.user(who).is_none())
        .collect()
}

#[test]
fn of_two_accounts_under_one_id_neither_is_deleted() {
    let stage = Stage::new();
    let anna = stage.id(ANNA);
    twist(
        &stage,
        listing(move |users| {
            if let Some(bram) = entry(users, BRAM) {
                bram["id"] = json!(anna);
            }
        }),
    );
    for whom in [ANNA, BRAM] {
        stage.run_with(&delete(whom), &ONE).ends(3);
        assert_eq!(stage.statuses(), ["ambiguous"], "{whom}");
        fs_err::remove_file(stage.path("sheet.results.csv")).unwrap();
    }
    assert_eq!(gone(&stage), [""; 0]);
}

#[test]
fn a_search_that_mistakes_one_account_for_another_deletes_nobody() {
    let config = Config {
        population: Population::Generated(3_000),
        ..Config::unlimited()
    };
    let stage = Stage::with(config);
    let (meant, other) = (person(2_500), person(2_600));
    let (theirs, name) = (stage.id(&other), meant.clone());
    twist(
        &stage,
        listing(move |users| {
            if let Some(user) = entry(users, &name) {
                user["id"] = json!(theirs);
            }
        }),
    );
    stage.run_with(&delete(&meant), &ONE).ends(3);
    assert_eq!(stage.statuses(), ["ambiguous"]);
    assert!(stage.user(&meant).is_some() && stage.user(&other).is_some());
}

#[test]
fn an_id_that_is_no_guid_never_gets_into_a_path_or_a_list() {
    for id in [
        "../Group/6f2c1d5e-0000-4000-8000-000000000001",
        "..%2fGroup",
        "x?y=1#",
        "",
        "00000000-0000-0000-0000-000000000000",
        "//evil.example",
    ] {
        let stage = Stage::new();
        twist(
            &stage,
            listing(move |users| {
                if let Some(anna) = entry(users, ANNA) {
                    anna["id"] = json!(id);
                }
            }),
        );
        stage
            .run_with(&format!("{}delete,{BRAM}\n", delete(ANNA)), &["--max-deletes", "2"])
            .ends(0);
        assert_eq!(stage.statuses(), ["unchanged", "done"], "{id}");
        assert_eq!(gone(&stage), [BRAM]);
    }
}

#[test]
fn a_search_that_finds_others_deletes_only_who_was_asked_for() {
    let stage = Stage::new();
    let world = stage.world();
    let others: Vec<Value> = [BRAM, DAVID, "x.anna.berg@contoso.example"]
        .iter()
        .zip([stage.id(BRAM), stage.id(DAVID), UserId(uuid::Uuid::from_u128(5))])
        .map(|(email, id)| json!({"id": id, "userName": email, "email": email}))
        .collect();
    assert!(world.user_called(ANNA).is_some());
    twist(
        &stage,
        listing(move |users| {
            users.retain(|user| user["email"] != ANNA);
            users.splice(0..0, others.clone());
        }),
    );
    stage.run_with(&delete(ANNA), &ONE).ends(0);
    // She is missing from the listing, which does not fit together, and is found by her address.
    assert_eq!(stage.statuses(), ["done"]);
    assert_eq!(gone(&stage), [ANNA]);
}

#[test]
fn a_deletion_that_is_led_elsewhere_is_not_followed() {
    let stage = Stage::new();
    let bram = stage.id(BRAM);
    twist(&stage, move |asked, answer| {
        // The sandbox is asked as well, so only what comes back to the client tells of a second request.
        if asked.line.starts_with("DELETE") && !asked.line.contains(&bram.to_string()) {
            answer.becomes(308, "");
            answer.headers = vec![format!("location: /sandbox/identity_/api/User/{bram}")];
        }
    });
    stage.run_with(&delete(ANNA), &ONE).ends(3);
    assert!(stage.user(BRAM).is_some());
}

#[test]
fn a_user_cell_is_one_name_whatever_is_written_in_it() {
    let stage = Stage::new();
    let anna = stage.id(ANNA);
    let cells = [
        format!("../../Group/{anna}"),
        format!("{anna}/"),
        format!("{anna}?x=1#"),
        format!("x/{anna}"),
        "%2e%2e".to_owned(),
        "..".to_owned(),
        "?x=1#".to_owned(),
        "//host".to_owned(),
        "*".to_owned(),
        "anna.berg@contoso".to_owned(),
        "anna.berg@contoso.example,bram.okafor@contoso.example".to_owned(),
        "mar\u{212a}@contoso.example".to_owned(),
        "\u{202e}elpmaxe.osotnoc@greb.anna".to_owned(),
        "anna\u{0}.berg@contoso.example".to_owned(),
        "00000000-0000-0000-0000-000000000000".to_owned(),
    ];
    let before = stage.world().users().count();
    for cell in &cells {
        let ran = stage.run_with(&delete(cell), &ONE);
        assert!([0, 1, 2].contains(&ran.code), "{cell}: {}", ran.err);
        assert_eq!(stage.world().users().count(), before, "{cell}");
        assert_eq!(stage.writes(), [].into(), "{cell}");
    }
}

#[test]
fn a_guid_in_braces_or_capitals_is_the_same_account() {
    for write in [
        |id: &str| format!("{{{}}}", id.to_uppercase()),
        |id: &str| format!(" {id} "),
    ] {
        let stage = Stage::new();
        let anna = stage.id(ANNA).to_string();
        stage.run_with(&delete(&write(&anna)), &ONE).ends(0);
        assert_eq!(gone(&stage), [ANNA]);
    }
}

#[test]
fn a_name_that_resolves_to_somebody_else_changes_nobody() {
    let config = Config {
        population: Population::Generated(3_000),
        ..Config::unlimited()
    };
    let stage = Stage::with(config);
    let (asked_for, other) = (person(2_500), person(2_600));
    let other_id = stage.id(&other);
    let held = stage.held(&other);
    twist(&stage, move |asked, answer| {
        if asked.line.contains("/BulkResolveByName/") {
            let mut body = answer.json();
            for (_, entry) in body.as_object_mut().unwrap() {
                *entry = json!({"identifier": other_id, "identityName": other, "email": other, "displayName": asked_for, "type": 0});
            }
            answer.becomes(200, body);
        }
    });
    let sheet = format!("operation,user,licenses\nset-licenses,{},TSTNU\n", person(2_500));
    stage.run(&sheet);
    assert_eq!(stage.held(&person(2_600)), held);
    assert_eq!(stage.held(&person(2_500)).as_deref(), Some("TSTNU"));
}

#[test]
fn where_too_many_accounts_come_without_their_groups_so_many_rows_at_a_time_run() {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        ..Config::unlimited()
    });
    let untold = listing(|users| {
        for user in users {
            user["groupIDs"] = Value::Null;
        }
    });
    twist(&stage, untold);
    let world = stage.world();
    let people = world.users().filter(|user| user.is_active && user.invitation_accepted);
    let people: Vec<String> = people.map(|user| user.email.clone()).take(51).collect();
    let group = "operation,user,groups\n";
    let rows: Vec<String> = people
        .iter()
        .map(|email| format!("add-to-groups,{email},Automation Users\n"))
        .collect();
    stage.run(&format!("{group}{}", rows.concat())).ends(3);
    for line in stage.results() {
        assert_eq!(line.get("code"), "groups_unreadable");
        assert!(line.message().contains("`--limit 50`"), "{}", line.message());
    }
    stage.rerun(&["--limit", "50"]);
    stage.rerun(&["--limit", "50"]).ends(0);
    assert_eq!(stage.statuses(), ["done"; 51]);
}
