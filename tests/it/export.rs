//! What an export writes, and what comes of a cell that is changed in it.

use jiff::{SignedDuration, Timestamp};
use reseat::model::{GroupId, UserId};
use reseat::sandbox::{Config, Group, GroupKind, Lease, Population, Rule, User, World};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{ANNA, BRAM, DAVID, HUGO, Line, MEI, NADIA, Ran, Stage, bundles, changes, each, lines};

/// Somebody whose licence comes from a group.
const FELIX: &str = "felix.fischer@contoso.example";
/// Somebody who is blocked.
const BRUNO: &str = "bruno.rossi@contoso.example";

/// The row of an exported sheet about this one.
fn row(stage: &Stage, sheet: &str, who: &str) -> Line {
    let rows = lines(&stage.path(sheet));
    let column = if sheet.starts_with("groups") { "group" } else { "user" };
    rows.into_iter().find(|row| row.get(column) == who).unwrap()
}

/// Changes one cell of an exported sheet into another.
fn edit(stage: &Stage, sheet: &str, who: &str, column: &str, value: &str) {
    let mut reader = csv::Reader::from_path(stage.path(sheet)).unwrap();
    let headers = reader.headers().unwrap().clone();
    let place = headers.iter().position(|header| header == column).unwrap();
    let mut edited = csv::Writer::from_writer(Vec::new());
    edited.write_record(&headers).unwrap();
    let mut count = 0;
    for record in reader.records() {
        let record = record.unwrap();
        let is_it = record.iter().any(|cell| cell == who);
        count += usize::from(is_it);
        let cells = record.iter().enumerate();
        edited
            .write_record(cells.map(|(at, cell)| if is_it && at == place { value } else { cell }))
            .unwrap();
    }
    assert_eq!(count, 1, "{who} in {sheet}");
    // Rows of `ignore` leave no line in the results.
    fs_err::write(stage.given("sheet.csv"), edited.into_inner().unwrap()).unwrap();
}

/// What differs between two moments, in the order of its names.
#[track_caller]
fn assert_changed(before: &World, stage: &Stage, expected: &[&str]) {
    assert_eq!(changes(before, &stage.world()), expected);
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap()
}

/// The names in an exported sheet.
fn names(ran: &Ran) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(ran.out.as_bytes());
    reader.records().map(|record| record.unwrap()[1].to_owned()).collect()
}

/// What is exported with which flags; whose row, which column, its new text; and what differs then.
type Edit = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const EDITS: &[Edit] = &[
    ("users", "", ANNA, "name", "Annika", &["anna.berg name: Anna -> Annika"]),
    (
        "users",
        "",
        ANNA,
        "surname",
        "=1+1",
        &["anna.berg surname: Berg -> =1+1"],
    ),
    (
        "users",
        "",
        ANNA,
        "display_name",
        "<clear>",
        &["anna.berg display name: Anna Berg -> "],
    ),
    ("users", "", ANNA, "active", "no", &["anna.berg active: true -> false"]),
    (
        "users",
        "",
        ANNA,
        "groups",
        "HR Robots",
        &["anna.berg in HR Robots: none -> yes"],
    ),
    ("users", "", ANNA, "type", "robot", &[]),
    ("users", "", ANNA, "invitation", "pending", &[]),
    ("users", "", ANNA, "created", "2020-01-01", &[]),
    ("users", "", ANNA, "last_login", "never", &[]),
    ("users", "", ANNA, "direct_licenses", "TSTNU", &[]),
    ("users", "", ANNA, "inherited", "TSTNU", &[]),
    ("users", "", ANNA, "inherited_from", "HR Robots", &[]),
    ("users", "", ANNA, "note", "look at her", &[]),
    (
        "users",
        "--exact",
        ANNA,
        "groups",
        "HR Robots; Finance; Automation Users",
        &[
            "anna.berg in HR Robots: none -> yes",
            "anna.berg in Invoice Team: yes -> none",
        ],
    ),
    (
        "licenses",
        "",
        ANNA,
        "licenses",
        "TSTNU",
        &["anna.berg holds: [ATTUNU] -> [TSTNU]"],
    ),
    (
        "licenses",
        "",
        ANNA,
        "operation",
        "release-licenses",
        &["anna.berg holds: [ATTUNU] -> none"],
    ),
    (
        "licenses",
        "",
        BRUNO,
        "operation",
        "release-licenses",
        &["bruno.rossi holds: [] -> none"],
    ),
    (
        "licenses",
        "",
        FELIX,
        "operation",
        "release-lease",
        &["felix.fischer holds of Customer Service: [ACNU] -> none"],
    ),
    ("licenses", "", ANNA, "person", "Somebody Else", &[]),
    ("licenses", "", ANNA, "last_in_use", "", &[]),
    ("licenses", "", ANNA, "last_login", "1970-01-01", &[]),
    ("licenses", "", ANNA, "days_idle", "400", &[]),
    ("licenses", "", ANNA, "inherited", "TSTNU", &[]),
    ("licenses", "", ANNA, "inherited_from", "Finance", &[]),
    ("licenses", "", ANNA, "orphan", "yes", &[]),
    (
        "groups",
        "",
        "Customer Service",
        "licenses",
        "ACNU; TSTNU",
        &["Customer Service rule: [ACNU] -> [ACNU; TSTNU]"],
    ),
    (
        "groups",
        "",
        "Customer Service",
        "quotas",
        "ACNU=9",
        &["Customer Service rule: [ACNU] -> [ACNU] ACNU=9"],
    ),
    (
        "groups",
        "",
        "Customer Service",
        "operation",
        "clear-group-licenses",
        &["Customer Service rule: [ACNU] -> none"],
    ),
    ("groups", "", "Customer Service", "id", "7", &[]),
    ("groups", "", "Customer Service", "members", "0", &[]),
    ("groups", "", "Customer Service", "built_in", "yes", &[]),
    ("groups", "", "Customer Service", "used", "ACNU=0", &[]),
];

#[test]
fn each_column_that_is_edited_alone_does_that_and_nothing_else() {
    for (what, flags, who, column, value, expected) in EDITS.iter().copied() {
        let stage = Stage::new();
        let file = format!("{what}.csv");
        let words = ["export", what, "-o", &file, flags];
        let words = words.into_iter().filter(|word| !word.is_empty());
        stage.reseat(&words.collect::<Vec<_>>()).ends(0);
        let sheet = if flags.is_empty() {
            file
        } else {
            format!("{what}.groups.csv")
        };
        edit(&stage, &sheet, who, column, value);
        let before = stage.world();
        let ran = stage.rerun(&[]);
        let differences = changes(&before, &stage.world());
        // Those who held seats by a rule that is taken away lose them.
        let differences: Vec<&String> = differences
            .iter()
            .filter(|change| value != "clear-group-licenses" || !change.contains("holds of"))
            .collect();
        assert_eq!(differences, expected, "{what} {column}: {}", ran.err);
        assert_eq!(ran.code, 0, "{what} {column}: {}", ran.err);
    }
}

#[test]
fn a_column_for_people_is_no_order_under_any_operation() {
    let stage = Stage::new();
    stage.reseat(&["export", "licenses", "-o", "licenses.csv"]).ends(0);
    stage.reseat(&["export", "users", "-o", "users.csv"]).ends(0);
    edit(&stage, "users.csv", ANNA, "operation", "add-to-groups");
    let before = stage.world();
    stage.rerun(&[]);
    assert_changed(&before, &stage, &[]);
    edit(&stage, "users.csv", ANNA, "operation", "release-licenses");
    stage.reseat(&["run", "sheet.csv", "--yes", "--results", "other.csv"]);
    assert_changed(&before, &stage, &["anna.berg holds: [ATTUNU] -> none"]);
}

#[test]
fn an_orphan_is_named_by_its_id_and_freed_by_what_its_row_says() {
    let stage = Stage::new();
    stage
        .reseat(&["export", "licenses", "-o", "licenses.csv"])
        .ends(0)
        .tells("the account is gone and its seats are still taken");
    let rows = lines(&stage.path("licenses.csv"));
    let orphan = rows.iter().find(|row| row.get("orphan") == "yes").unwrap();
    assert_eq!(orphan.get("operation"), "ignore");
    let id: UserId = orphan.get("user").parse().unwrap();
    assert!(
        orphan
            .get("note")
            .contains(&format!("`release-licenses` with the user `{id}` frees ATTUNU"))
    );
    edit(&stage, "licenses.csv", &id.to_string(), "operation", "release-licenses");
    stage.rerun(&[]).ends(0);
    assert!(stage.world().allocation(id).is_none());
}

#[test]
fn whoever_holds_a_licence_directly_and_another_by_a_group_has_both_in_one_row() {
    let stage = Stage::new();
    stage.reseat(&["export", "licenses", "-o", "licenses.csv"]).ends(0);
    let row = row(&stage, "licenses.csv", "amara.diallo@contoso.example");
    let cells = ["operation", "licenses", "inherited", "inherited_from"].map(|column| row.get(column).to_owned());
    assert_eq!(cells, ["set-licenses", "ATTUNU", "ACNU", "Customer Service"]);
}

#[test]
fn somebody_without_a_record_has_empty_cells_and_not_a_date_of_long_ago() {
    let stage = Stage::new();
    let (anna, bram) = (stage.id(ANNA), stage.id(BRAM));
    let ago = |days: i64| Some(Timestamp::now() - SignedDuration::from_hours(24 * days) - SignedDuration::from_mins(5));
    stage.sandbox.with_world(|world| {
        world.set_last_in_use(anna, None);
        world.edit_user(anna, |user| user.last_login_time = None);
        // A sign-in before the account was made.
        world.set_last_in_use(bram, ago(500));
        world.edit_user(bram, |user| {
            user.creation_time = ago(20).unwrap();
            user.last_login_time = ago(500);
        });
    });
    stage.reseat(&["export", "licenses", "-o", "licenses.csv"]).ends(0);
    let cells = |who: &str| {
        let row = row(&stage, "licenses.csv", who);
        ["last_in_use", "last_login", "days_idle"].map(|column| row.get(column).to_owned())
    };
    assert_eq!(cells(ANNA), ["", "", ""]);
    assert_eq!(cells(BRAM)[2], "20");
}

/// Hugo is idle, Mei signed in long ago and uses her licence, Nadia is not recorded, and an orphan is not either.
fn idlers() -> Stage {
    let stage = Stage::new();
    let ago = |days: i64| Some(Timestamp::now() - SignedDuration::from_hours(24 * days));
    let seen = [
        (HUGO, ago(91), ago(120)),
        (MEI, ago(3), ago(200)),
        (NADIA, None, None),
        (ANNA, ago(89), ago(400)),
        (BRAM, None, ago(200)),
    ];
    for (name, used, signed_in) in seen {
        let id = stage.id(name);
        stage.sandbox.with_world(|world| {
            world.allocate(id, bundles(&["IDU"]), false);
            world.set_last_in_use(id, used);
            world.edit_user(id, |user| {
                user.creation_time = ago(1000).unwrap();
                user.last_login_time = signed_in;
            });
        });
    }
    stage
}

#[test]
fn idle_is_who_was_not_seen_either_way_and_whoever_has_no_record_is_counted_apart() {
    let stage = idlers();
    stage.set("TZ", "Europe/Berlin");
    let words = ["export", "licenses", "--where", "license=idu", "--where", "idle>90d"];
    let ran = stage.reseat(&words).ends(0);
    assert_eq!(names(&ran), [BRAM, HUGO]);
    ran.tells("left out: 1 account, of whom neither a sign-in nor a use is recorded; `never-signed-in` finds them")
        .tells("idle is who neither signed in nor used a licence since ")
        .tells("(Europe/Berlin)");
    let words = [
        "export",
        "licenses",
        "--where",
        "license=IDU",
        "--where",
        "never-signed-in",
    ];
    assert_eq!(names(&stage.reseat(&words).ends(0)), [NADIA]);
}

#[test]
fn each_filter_takes_whom_it_says() {
    let stage = Stage::new();
    let now = Timestamp::now();
    let id = |number| UserId(Uuid::from_u128(number));
    stage.sandbox.with_world(|world| {
        let user = |number, name: &str, email: &str| User::local(id(number), name, email, now);
        world.insert_user(user(1, "one", "one@EU.old.example"));
        world.insert_user(user(2, "two@OLD.example", ""));
        world.insert_user(user(3, "three@old.example", "three@notold.example"));
        let old = "2025-12-31T22:59:59Z".parse().unwrap();
        world.insert_user(User {
            is_active: false,
            ..User::local(id(4), "four", "four@Old.Example", old)
        });
        let first = "2025-12-31T23:00:00Z".parse().unwrap();
        world.insert_user(User {
            last_login_time: Some(now),
            invitation_accepted: true,
            ..User::local(id(5), "five", "five@old.example", first)
        });
    });
    stage.set("TZ", "Europe/Berlin");
    let with = |filters: &[&str]| {
        let words = filters.iter().flat_map(|filter| ["--where", *filter]);
        names(
            &stage
                .reseat(&["export", "users"].into_iter().chain(words).collect::<Vec<_>>())
                .ends(0),
        )
    };
    let (two, four, five) = ("two@OLD.example", "four@Old.Example", "five@old.example");
    assert_eq!(with(&["domain=old.example"]), [five, four, two]);
    assert_eq!(with(&["domain=@OLD.EXAMPLE", "active=no"]), [four]);
    assert_eq!(with(&["domain=old.example", "active=yes"]), [five, two]);
    assert_eq!(with(&["domain=old.example", "invitation=pending"]), [four, two]);
    assert_eq!(with(&["domain=old.example", "invitation=accepted"]), [five]);
    assert_eq!(with(&["domain=old.example", "never-signed-in"]), [four, two]);
    // In Berlin the year began an hour before it did in UTC.
    assert_eq!(with(&["domain=old.example", "created<2026-01-01"]), [four]);
    assert_eq!(with(&["domain=old.example", "group=Everyone"]), [five, four, two]);
    let team = with(&["group=invoice team"]);
    assert_eq!(team.len(), 6);
    assert!(team.contains(&ANNA.to_owned()));
    let group = stage.world().group_named("Invoice Team").unwrap().id;
    assert_eq!(with(&[&format!("group={group}")]), team);
    // Directly, by code or name, and by a group's rule.
    let holders = with(&["license=pmbu"]);
    assert!(holders.contains(&"alba.ferrer@contoso.example".to_owned()));
    assert!(!holders.contains(&ANNA.to_owned()));
    assert!(with(&["license=Attended - Named User"]).contains(&ANNA.to_owned()));
    assert!(with(&["license=ACNU"]).contains(&FELIX.to_owned()));
}

#[test]
fn a_filter_that_cannot_be_used_says_what_to_write_and_ends_with_1() {
    let stage = Stage::new();
    for (words, said) in [
        (
            &["users", "--where", "group=Invoice Taem"][..],
            "there is no group `Invoice Taem`; did you mean `group=Invoice Team`?",
        ),
        (
            &["licenses", "--where", "license=ATTUNX"],
            "did you mean `ATTUNU` (Attended - Named User)?",
        ),
        (&["licenses", "--where", "license=ZZZZZZZZ"], "`sandbox` has `"),
        (
            &["users", "--where", "licence=ATTUNU"],
            "did you mean `license=ATTUNU`?",
        ),
        (&["users", "--where", "idle"], "`--where 'idle>90d'`"),
        (&["groups", "--where", "idle>90d"], "`idle>90d` is about people"),
    ] {
        let ran = stage.reseat(&[&["export"], words].concat()).ends(1).tells(said);
        assert_eq!(ran.out, "");
    }
    // What is no filter for groups, and no filter at all, is refused before anything is asked.
    stage.forget_calls();
    stage
        .reseat(&[
            "export",
            "groups",
            "--where",
            "active=no",
            "--where",
            "domain=x.example",
        ])
        .ends(1)
        .tells("2 filters");
    assert_eq!(stage.sandbox.stats().routes().count(), 0);
}

#[test]
fn a_filter_that_matches_nobody_says_so_and_writes_nothing_unless_that_is_allowed() {
    let stage = Stage::new();
    let words = [
        "export",
        "users",
        "--where",
        "domain=nowhere.example",
        "-o",
        "users.csv",
    ];
    stage
        .reseat(&words)
        .ends(3)
        .tells("nothing there matches")
        .tells("`--allow-empty`");
    assert!(!stage.exists("users.csv"));
    let allowed = [&words[..], &["--allow-empty"]].concat();
    stage.reseat(&allowed).ends(0).tells("the sheet has a header only");
    let header = stage.read("users.csv");
    assert!(
        header.starts_with("operation,user,user_id,name,") && header.lines().count() == 1,
        "{header}"
    );
    let told = json(&stage.reseat(&[&words[..4], &["--output", "json"]].concat()).ends(3));
    assert_eq!(
        (&told["status"], &told["reason"]),
        (&"needs_person".into(), &"rows".into())
    );
    assert_eq!(
        (&told["written"], &told["rows"]),
        (&Value::Null, &Value::Array(Vec::new()))
    );
}

#[test]
fn what_is_there_already_is_kept_unless_it_is_to_be_replaced_and_results_are_never_replaced() {
    let stage = Stage::new();
    stage.reseat(&["export", "users", "-o", "users.csv"]).ends(0);
    let first = stage.read("users.csv");
    stage.forget_calls();
    stage
        .reseat(&["export", "licenses", "-o", "users.csv"])
        .ends(1)
        .tells("users.csv");
    assert_eq!(stage.sandbox.stats().routes().count(), 0);
    assert_eq!(stage.read("users.csv"), first);
    stage
        .reseat(&["export", "licenses", "-o", "users.csv", "--force"])
        .ends(0);
    assert_ne!(stage.read("users.csv"), first);
    stage
        .run(&format!("operation,user,licenses\nset-licenses,{ANNA},TSTNU\n"))
        .ends(0);
    let results = stage.read("sheet.results.csv");
    let words = ["export", "users", "-o", "sheet.results.csv", "--force"];
    stage.reseat(&words).ends(1).tells("holds the results of a run");
    assert_eq!(stage.read("sheet.results.csv"), results);
    // The second file of `--exact` is looked after likewise.
    stage.write("exact.groups.csv", "mine\n");
    stage
        .reseat(&["export", "users", "--exact", "-o", "exact.csv"])
        .ends(1)
        .tells("exact.groups.csv");
    assert!(!stage.exists("exact.csv"));
}

#[test]
fn a_sheet_whose_name_was_run_before_is_told_of_for_each_file_of_an_export() {
    let stage = Stage::new();
    let export = || {
        stage
            .reseat(&["export", "users", "--exact", "-o", "exact.csv", "--force"])
            .ends(0)
    };
    let told = export();
    assert!(!told.err.contains("--again"), "{}", told.err);
    stage.reseat(&["run", "exact.groups.csv", "--yes"]).ends(0);
    let told = export().tells("`exact.groups.results.csv` is of an earlier sheet of this name");
    let told = told.tells("run exact.csv\nthen: ");
    assert!(told.err.ends_with("run exact.groups.csv --again\n"), "{}", told.err);
    stage.reseat(&["run", "exact.csv", "--yes"]).ends(0);
    export()
        .tells("`exact.results.csv` is of an earlier sheet of this name")
        .tells("run exact.csv --again\n");
}

#[test]
fn memberships_are_made_exact_only_as_long_as_nobody_else_changes_them() {
    let stage = Stage::new();
    stage
        .reseat(&["export", "users", "--exact"])
        .ends(1)
        .tells("standard output has room for one")
        .tells("users.groups.csv");
    stage
        .reseat(&["export", "users", "--exact", "-o", "users.csv"])
        .ends(0)
        .tells("users.groups.csv");
    assert!(!stage.read("users.csv").lines().next().unwrap().contains(",groups,"));
    let david = row(&stage, "users.groups.csv", DAVID);
    assert_eq!(david.get("operation"), "set-groups");
    assert_eq!(david.get("groups"), david.get("unless_changed_from"));
    let id = stage.id(DAVID);
    stage.sandbox.with_world(|world| {
        let group = world.group_named("HR Robots").unwrap().id;
        world.join(id, group);
    });
    edit(&stage, "users.groups.csv", ANNA, "groups", "Finance");
    let before = stage.world();
    stage.rerun(&[]).ends(3);
    assert_changed(
        &before,
        &stage,
        &[
            "anna.berg in Automation Users: yes -> none",
            "anna.berg in Invoice Team: yes -> none",
        ],
    );
    let results = stage.results();
    let line = results.iter().find(|line| line.get("user") == DAVID).unwrap();
    assert_eq!((line.status(), line.get("code")), ("conflict", "changed_since_export"));
}

#[test]
fn names_that_look_like_formulas_come_back_as_they_are() {
    let now = Timestamp::now();
    let mut world = World::empty(1, now);
    let group = Group {
        id: GroupId(Uuid::from_u128(7)),
        name: "+Ops".to_owned(),
        kind: GroupKind::Custom,
        creation_time: now,
        last_modification_time: None,
        managed_by_directory: false,
    };
    world.insert_group(group.clone());
    for (number, name) in (1..).zip(["=1+1", "'-Bar", "-Bar"]) {
        let id = UserId(Uuid::from_u128(number));
        world.insert_user(User {
            name: Some(name.to_owned()),
            surname: Some(name.to_owned()),
            display_name: Some(name.to_owned()),
            ..User::local(
                id,
                &format!("u{number}@x.example"),
                &format!("u{number}@x.example"),
                now,
            )
        });
        world.join(id, group.id);
    }
    world.set_seats("ATTUNU", 9);
    let bundles = bundles(&["ATTUNU"]);
    let lease = Lease {
        bundles: bundles.clone(),
        ..Lease::default()
    };
    world.lease(group.id, UserId(Uuid::from_u128(1)), lease);
    world.set_rule(group.id, Rule::giving(bundles));
    let population = Population::Given(Box::new(world));
    let stage = Stage::with(Config {
        population,
        ..Config::unlimited()
    });
    for what in ["users", "licenses", "groups"] {
        for format in ["csv", "xlsx"] {
            let sheet = format!("{what}-{format}.{format}");
            stage.reseat(&["export", what, "-o", &sheet]).ends(0);
            stage.forget_calls();
            stage.reseat(&["run", &sheet, "--yes"]).ends(0);
            assert!(stage.writes().is_empty(), "{sheet}");
        }
    }
    let cells = row(&stage, "users-csv.csv", "u2@x.example");
    assert_eq!((cells.get("name"), cells.get("groups")), ("''-Bar", "'+Ops"));
    assert_eq!(
        row(&stage, "users-csv.csv", "u1@x.example").get("inherited_from"),
        "'+Ops"
    );
}

#[test]
fn a_program_gets_one_object_with_every_row_in_utc() {
    let stage = Stage::new();
    stage.set("TZ", "America/New_York");
    let used = "2026-03-01T04:05:06Z".parse().unwrap();
    let anna = stage.id(ANNA);
    stage
        .sandbox
        .with_world(|world| world.set_last_in_use(anna, Some(used)));
    let ran = stage
        .reseat(&["export", "licenses", "--output", "json", "-o", "licenses.xlsx"])
        .ends(0);
    let told = json(&ran);
    assert_eq!(told["status"], "done");
    assert_eq!(told["written"], "licenses.xlsx");
    assert_eq!(
        told["next_command"].as_str().unwrap().split(' ').nth(2),
        Some("licenses.xlsx")
    );
    let rows = told["rows"].as_array().unwrap();
    let anna = rows.iter().find(|row| row["cells"]["user"] == ANNA).unwrap();
    assert_eq!(anna["facts"]["last_in_use"], "2026-03-01T04:05:06Z");
    assert!(anna["facts"]["days_idle"].is_u64());
    assert_eq!(anna["why"], Value::Null);
    assert_eq!(told["rows_ignored"]["orphan"], 1);
    let operations = told["rows_by_operation"].as_object().unwrap();
    let ignored = told["rows_ignored"].as_object().unwrap();
    let counted: u64 = operations
        .values()
        .chain(ignored.values())
        .map(|count| count.as_u64().unwrap())
        .sum();
    assert_eq!(counted, rows.len() as u64);
    let words = [
        "export",
        "licenses",
        "--where",
        &format!("domain={}", "contoso.example"),
    ];
    let shown = stage.reseat(&words).ends(0);
    assert!(shown.out.contains("2026-02-28 23:05:06"));
    shown.tells("times in the sheet are those of America/New_York");
}

#[test]
fn an_export_that_is_interrupted_while_it_reads_writes_nothing() {
    let stage = Stage::with(Config {
        latency: std::time::Duration::from_mins(1),
        ..Config::unlimited()
    });
    let child = stage.start(&["export", "users", "-o", "users.csv"]);
    stage.until("it asks", |sandbox| sandbox.stats().routes().count() > 0);
    crate::support::signal(&child, "INT");
    stage.ended(child).ends(130);
    assert!(!stage.exists("users.csv"));
}

#[test]
fn an_organization_that_is_simulated_is_exported_and_named_in_the_next_command() {
    each(&["users", "licenses", "groups"], |what| {
        let stage = Stage::new();
        let sheet = format!("{what}.xlsx");
        let ran = stage.reseat(&["export", what, "--sandbox", "-o", &sheet]).ends(0);
        let next = ran.err.lines().last().unwrap();
        assert!(
            next.starts_with("next: ") && next.ends_with(&format!(" run {sheet} --sandbox")),
            "{next}"
        );
        assert_eq!(ran.out, "");
    });
}

#[test]
fn whom_only_the_directory_knows_keeps_the_licence_when_the_export_is_run_as_it_is() {
    let stage = Stage::new();
    let id = UserId(Uuid::from_u128(5));
    stage.sandbox.with_world(|world| {
        world.insert_person(User::local(id, "soon@x.example", "soon@x.example", Timestamp::now()));
        world.allocate(id, bundles(&["ATTUNU"]), false);
    });
    stage.reseat(&["export", "licenses", "-o", "licenses.csv"]).ends(0);
    let soon = row(&stage, "licenses.csv", "soon@x.example");
    assert_eq!(
        (soon.get("operation"), soon.get("licenses")),
        ("set-licenses", "ATTUNU")
    );
    stage.reseat(&["run", "licenses.csv", "--yes"]).ends(0);
    assert!(stage.writes().is_empty(), "{:?}", stage.writes());
    edit(&stage, "licenses.csv", "soon@x.example", "licenses", "TSTNU");
    stage.reseat(&["run", "sheet.csv", "--yes"]).ends(0);
    assert_eq!(stage.held("soon@x.example").as_deref(), Some("TSTNU"));
}
