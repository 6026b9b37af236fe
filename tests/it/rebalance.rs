//! Idle seats go to those who want them: the sheet that `rebalance` writes does what the screen foretold, and whoever came
//! back keeps the seat.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reseat::model::{BundleCode, GroupId, UserId};
use reseat::sandbox::{Config, FaultKind, Group, GroupKind, Lease, Population, Rule, Strikes, User};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Line, Ran, Stage, bundles, lines};

/// Who wants a seat, and holds none.
const WANDA: &str = "wanda@x.example";
const WILL: &str = "will@x.example";
/// A licence that nobody holds unless a test says so.
const CODE: &str = "RPADEVNU";

/// An organization of these people, each of whom last used a seat of `CODE` so many days ago, two who hold none, and no
/// free seat.
fn full_pool(people: &[(&str, i64)]) -> Stage {
    pool(Config::unlimited(), people)
}

fn pool(config: Config, people: &[(&str, i64)]) -> Stage {
    let stage = Stage::with(Config {
        population: Population::Empty,
        ..config
    });
    stage.keep_state();
    for (name, days) in people {
        hire(&stage, name);
        hold(&stage, name, *days);
    }
    for name in [WANDA, WILL] {
        hire(&stage, name);
        seen(&stage, name, 1);
    }
    stage.free_seats(CODE, 0);
    stage
}

/// Ten people, of whom two are idle, Ida for longer than Ian.
fn ten() -> Stage {
    let mut people: Vec<(String, i64)> = (0..8)
        .map(|number| (format!("busy{number}@x.example"), number))
        .collect();
    people.push((IAN.to_owned(), 95));
    people.push((IDA.to_owned(), 120));
    let people: Vec<(&str, i64)> = people.iter().map(|(name, days)| (name.as_str(), *days)).collect();
    full_pool(&people)
}

const IDA: &str = "ida@x.example";
const IAN: &str = "ian@x.example";

fn days_ago(days: i64) -> Timestamp {
    Timestamp::now()
        .checked_sub(SignedDuration::from_hours(24 * days + 1))
        .unwrap()
}

fn hire(stage: &Stage, name: &str) -> UserId {
    let id = UserId(Uuid::new_v5(&Uuid::NAMESPACE_DNS, name.as_bytes()));
    stage.sandbox.with_world(|world| {
        let mut user = User::local(id, name, name, days_ago(800));
        user.invitation_accepted = true;
        world.insert_user(user);
    });
    id
}

/// Somebody holds a seat directly, and was last seen then.
fn hold(stage: &Stage, name: &str, days: i64) {
    let id = stage.id(name);
    stage
        .sandbox
        .with_world(|world| world.allocate(id, bundles(&[CODE]), false));
    seen(stage, name, days);
}

/// Somebody last used a licence, and last signed in, so many days ago.
fn seen(stage: &Stage, name: &str, days: i64) {
    let id = stage.id(name);
    stage.sandbox.with_world(|world| {
        world.set_last_in_use(id, Some(days_ago(days)));
        world.edit_user(id, |user| user.last_login_time = Some(days_ago(days)));
    });
}

fn come_back(stage: &Stage, name: &str) {
    let id = stage.id(name);
    stage
        .sandbox
        .with_world(|world| assert!(world.sign_in(id, Timestamp::now())));
}

/// A group by whose rule these people hold `CODE`, last used so many days ago.
fn lease(stage: &Stage, group: &str, people: &[(&str, i64)]) {
    let id = GroupId(Uuid::new_v5(&Uuid::NAMESPACE_DNS, group.as_bytes()));
    stage.sandbox.with_world(|world| {
        world.insert_group(Group {
            id,
            name: group.to_owned(),
            kind: GroupKind::Custom,
            creation_time: days_ago(800),
            last_modification_time: None,
            managed_by_directory: false,
        });
        world.set_rule(id, Rule::giving(bundles(&[CODE])));
    });
    for (name, days) in people {
        let user = hire(stage, name);
        stage.sandbox.with_world(|world| {
            world.join(user, id);
            world.edit_user(user, |user| user.last_login_time = Some(days_ago(*days)));
            let lease = Lease {
                bundles: bundles(&[CODE]),
                last_in_use: Some(days_ago(*days)),
                created_at: Some(days_ago(300)),
                updated_at: Some(days_ago(300)),
            };
            world.lease(id, user, lease);
        });
    }
    stage.free_seats(CODE, 0);
}

fn want(stage: &Stage, people: &[&str]) {
    let rows: String = people.iter().flat_map(|name| [*name, ",", CODE, "\n"]).collect();
    stage.write("wanted.csv", format!("user,licenses\n{rows}"));
}

const REBALANCE: [&str; 5] = ["rebalance", "--wanted", "wanted.csv", "-o", "quarter.csv"];

fn rebalance(stage: &Stage, flags: &[&str]) -> Ran {
    stage.reseat(&[&REBALANCE[..], flags].concat())
}

fn run(stage: &Stage, flags: &[&str]) -> Ran {
    stage.reseat(&[&["run", "quarter.csv", "--yes"], flags].concat())
}

/// Operation and user of each row of a sheet.
fn rows(stage: &Stage, sheet: &str) -> Vec<String> {
    let row = |line: &Line| format!("{} {}", line.get("operation"), line.get("user"));
    lines(&stage.path(sheet)).iter().map(row).collect()
}

/// The note of the row of this user in `quarter.csv`.
fn note(stage: &Stage, user: &str) -> String {
    let rows = lines(&stage.path("quarter.csv"));
    let row = rows.iter().find(|line| line.get("user") == user);
    row.unwrap_or_else(|| panic!("there is no row of {user}"))
        .get("note")
        .to_owned()
}

/// Seats taken, and owned.
fn seats(stage: &Stage) -> (u64, u64) {
    let seats = stage.world().seats_of(&BundleCode::new(CODE));
    (seats.allocated, seats.total)
}

fn holds(stage: &Stage, name: &str) -> bool {
    stage.held(name).as_deref() == Some(CODE)
}

/// The line of `CODE` in the table, its cells by header.
fn line_of_code(ran: &Ran) -> Vec<(String, String)> {
    let words = |line: &str| {
        line.replace("taken then", "then")
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let header = ran.err.lines().find(|line| line.starts_with("bundle")).unwrap();
    let line = ran.err.lines().find(|line| line.starts_with(CODE)).unwrap();
    words(header).into_iter().zip(words(line)).collect()
}

#[track_caller]
fn foretells(ran: &Ran, expected: &[(&str, &str)]) {
    let line = line_of_code(ran);
    for (header, value) in expected {
        let told = line.iter().find(|(known, _)| known == header);
        assert_eq!(
            told.map(|(_, told)| told.as_str()),
            Some(*value),
            "{header} of {line:?}\n{}",
            ran.err
        );
    }
}

#[test]
fn the_longest_idle_seat_of_a_full_pool_goes_to_who_wants_one() {
    let stage = ten();
    want(&stage, &[WANDA]);
    let ran = rebalance(&stage, &[]).ends(0).tells("next: ");
    foretells(
        &ran,
        &[
            ("owned", "10"),
            ("taken", "10"),
            ("idle", "2"),
            ("freed", "1"),
            ("wanted", "1"),
            ("granted", "1"),
            ("missing", "0"),
            ("then", "10"),
        ],
    );
    assert!(stage.writes().is_empty());
    assert_eq!(
        rows(&stage, "quarter.csv"),
        [format!("release-licenses {IDA}"), format!("add-licenses {WANDA}")]
    );
    assert!(
        note(&stage, WANDA).contains("wanted.csv row 2"),
        "{}",
        note(&stage, WANDA)
    );
    run(&stage, &[]).ends(0);
    assert_eq!(seats(&stage), (10, 10));
    assert!(holds(&stage, WANDA) && holds(&stage, IAN) && stage.held(IDA).is_none());
    // For the same want nothing is proposed any more.
    rebalance(&stage, &["--force"]).ends(0);
}

#[test]
fn whose_seat_was_put_back_is_not_proposed_again() {
    let stage = ten();
    want(&stage, &[WANDA]);
    rebalance(&stage, &[]).ends(0);
    run(&stage, &[]).ends(0);
    stage.reseat(&["undo", "quarter.results.csv", "-o", "undo.csv"]).ends(0);
    stage.reseat(&["run", "undo.csv", "--yes"]).ends(0);
    assert!(holds(&stage, IDA) && !holds(&stage, WANDA));
    let proposal = ["rebalance", "--wanted", "wanted.csv", "-o", "again.csv"];
    stage.reseat(&proposal).ends(0);
    let proposed = rows(&stage, "again.csv");
    assert_eq!(proposed[0], format!("release-licenses {IAN}"), "{proposed:?}");
    assert!(!proposed.contains(&format!("release-licenses {IDA}")), "{proposed:?}");
    // Long after, when one more is needed, the sheet says so.
    stage
        .reseat(&[&proposal[..], &["--force", "--grace", "0d", "--free", "RPADEVNU=1"]].concat())
        .ends(0);
    let again = lines(&stage.path("again.csv"));
    let ida = again.iter().find(|line| line.get("user") == IDA).unwrap();
    assert_eq!(ida.get("operation"), "release-licenses");
    assert!(ida.get("note").contains("put back on"), "{}", ida.get("note"));
}

#[test]
fn a_memory_that_cannot_be_read_is_told_and_keeps_nobody_from_anything() {
    let stage = ten();
    want(&stage, &[WANDA]);
    rebalance(&stage, &[]).ends(0);
    run(&stage, &[]).ends(0);
    let folder = fs_err::read_dir(stage.path("state/reseat")).unwrap();
    let memory = folder
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().ends_with("seats.json"))
        .unwrap();
    let kept = fs_err::read_to_string(&memory).unwrap();
    assert!(kept.contains(&stage.id(IDA).to_string()) && kept.contains(&stage.id(WANDA).to_string()));
    assert!(!kept.contains("x.example"), "{kept}");
    fs_err::write(&memory, "{").unwrap();
    rebalance(&stage, &["--force"])
        .ends(0)
        .tells("which seats earlier runs gave is not known");
    stage.reseat(&["undo", "quarter.results.csv", "-o", "undo.csv"]).ends(0);
    stage
        .reseat(&["run", "undo.csv", "--yes"])
        .ends(0)
        .tells("`rebalance` will not know which seats this run gave and took");
    assert_eq!(fs_err::read_to_string(&memory).unwrap(), "{");
}

#[test]
fn the_first_seats_that_come_free_cure_an_excess() {
    let stage = ten();
    stage.sandbox.with_world(|world| world.set_seats(CODE, 9));
    want(&stage, &[WANDA, WILL]);
    let ran = rebalance(&stage, &[]).ends(3).tells("1 person misses out").tells(WILL);
    let told = "1 more of RPADEVNU is taken than owned";
    let ran = ran.tells(&format!("{told}; the first that come free cure that"));
    assert!(note(&stage, IDA).contains(told), "{}", note(&stage, IDA));
    foretells(
        &ran,
        &[
            ("owned", "9"),
            ("taken", "10"),
            ("freed", "2"),
            ("wanted", "2"),
            ("granted", "1"),
            ("missing", "1"),
            ("then", "9"),
        ],
    );
    run(&stage, &[]).ends(0);
    assert_eq!(seats(&stage), (9, 9));
    assert!(holds(&stage, WANDA) && !holds(&stage, WILL));
}

#[test]
fn seats_of_accounts_that_are_gone_come_first_and_seats_by_a_groups_rule_are_given_back_by_it() {
    let stage = full_pool(&[("busy@x.example", 1)]);
    lease(&stage, "Team 01", &[("lea@x.example", 150), ("leo@x.example", 2)]);
    let gone = UserId(Uuid::from_u128(77));
    stage
        .sandbox
        .with_world(|world| world.insert_orphan(gone, "gone@x.example", bundles(&[CODE])));
    stage.free_seats(CODE, 0);
    want(&stage, &[WANDA, WILL]);
    let ran = rebalance(&stage, &[]).ends(0).tells("Team 01: 1 person");
    foretells(&ran, &[("owned", "4"), ("freed", "2"), ("granted", "2"), ("then", "4")]);
    assert_eq!(
        rows(&stage, "quarter.csv"),
        [
            format!("release-licenses {gone}"),
            "release-lease lea@x.example".to_owned(),
            format!("add-licenses {WANDA}"),
            format!("add-licenses {WILL}"),
        ]
    );
    run(&stage, &[]).ends(0);
    assert_eq!(seats(&stage), (4, 4));
    assert!(holds(&stage, WANDA) && holds(&stage, WILL));
}

#[test]
fn where_no_portal_answers_nobody_is_to_be_released_and_that_is_said() {
    let stage = ten();
    lease(&stage, "Team 01", &[("lea@x.example", 150)]);
    stage.free_seats(CODE, 0);
    stage.fault(FaultKind::HtmlPage, "GET", "/UserLicense", Strikes::Always);
    want(&stage, &[WANDA, WILL]);
    let ran = rebalance(&stage, &[]).tells("misses out");
    foretells(&ran, &[("freed", "1"), ("granted", "1"), ("missing", "1")]);
    assert_eq!(
        rows(&stage, "quarter.csv"),
        [
            "release-lease lea@x.example".to_owned(),
            format!("add-licenses {WANDA}"),
            format!("ignore {WILL}"),
            format!("ignore {IDA}"),
            format!("ignore {IAN}"),
        ]
    );
    assert!(note(&stage, IDA).contains("the portal, which alone releases that, does not answer"));
    run(&stage, &[]).ends(0);
    assert!(holds(&stage, WANDA) && holds(&stage, IDA));
}

#[test]
fn who_holds_directly_and_by_a_group_takes_one_seat_which_is_free_once_both_are_given_back() {
    let stage = full_pool(&[("busy@x.example", 1)]);
    lease(&stage, "Team 01", &[(IDA, 150)]);
    hold(&stage, IDA, 150);
    assert_eq!(seats(&stage).0, 2);
    want(&stage, &[WANDA]);
    let ran = rebalance(&stage, &[]).ends(0);
    foretells(&ran, &[("taken", "2"), ("freed", "1"), ("granted", "1"), ("then", "2")]);
    assert_eq!(
        rows(&stage, "quarter.csv"),
        [
            format!("release-licenses {IDA}"),
            format!("release-lease {IDA}"),
            format!("add-licenses {WANDA}"),
        ]
    );
    run(&stage, &[]).ends(0);
    assert_eq!(seats(&stage), (2, 2));
    assert!(holds(&stage, WANDA) && !holds(&stage, IDA));
}

#[test]
fn whoever_came_back_keeps_the_seat_and_whoever_loses_the_promised_one_is_named() {
    let stage = ten();
    want(&stage, &[WANDA, WILL]);
    rebalance(&stage, &[]).ends(0);
    come_back(&stage, IAN);
    run(&stage, &[]).ends(4).tells(WILL).tells(IAN);
    assert!(stage.writes().is_empty());
    run(&stage, &["--on-shortage", "fill"]).ends(3);
    assert!(holds(&stage, IAN) && holds(&stage, WANDA) && !holds(&stage, WILL));
    let results = lines(&stage.path("quarter.results.csv"));
    assert!(
        results.iter().any(|line| line.get("code") == "used_since"),
        "{results:?}"
    );
    assert_eq!(seats(&stage), (10, 10));
}

#[test]
fn whoever_came_back_while_the_excess_is_not_cured_costs_a_wanted_seat_and_the_run_says_so_first() {
    let stage = ten();
    stage.sandbox.with_world(|world| world.set_seats(CODE, 9));
    want(&stage, &[WANDA]);
    rebalance(&stage, &[]).ends(0);
    come_back(&stage, IAN);
    stage.reseat(&["plan", "quarter.csv"]).ends(4).tells(WANDA);
    run(&stage, &[]).ends(4).tells(WANDA).tells(IAN);
    assert!(stage.writes().is_empty());
    run(&stage, &["--on-shortage", "fill"]).ends(3);
    assert!(holds(&stage, IAN) && !holds(&stage, WANDA));
    assert_eq!(seats(&stage), (9, 9));
    let results = lines(&stage.path("quarter.results.csv"));
    assert!(
        results.iter().any(|line| line.get("code") == "seats_short"),
        "{results:?}"
    );
}

#[test]
fn whoever_was_given_another_licence_while_the_sheet_lay_in_review_keeps_all_of_them() {
    let stage = ten();
    want(&stage, &[WANDA]);
    rebalance(&stage, &[]).ends(0);
    let both = bundles(&[CODE, "RPADEVPRONU"]);
    let ida = stage.id(IDA);
    stage.sandbox.with_world(|world| {
        world.set_seats("RPADEVPRONU", 2);
        world.allocate(ida, both.clone(), false);
    });
    run(&stage, &[]).ends(4).tells(WANDA);
    assert!(stage.writes().is_empty());
    run(&stage, &["--on-shortage", "fill"]).ends(3);
    assert_eq!(
        stage.world().allocation(ida).map(|held| held.bundles.clone()),
        Some(both)
    );
    let results = lines(&stage.path("quarter.results.csv"));
    let row = results.iter().find(|line| line.get("user") == IDA).unwrap();
    assert_eq!(
        (row.get("status"), row.get("code")),
        ("conflict", "changed_since_export")
    );
}

#[test]
fn a_run_that_is_killed_is_finished_by_the_same_command_and_then_remembered() {
    let people: Vec<(String, i64)> = (0..12)
        .map(|number| (format!("idle{number:02}@x.example"), 100 + number))
        .collect();
    let people: Vec<(&str, i64)> = people.iter().map(|(name, days)| (name.as_str(), *days)).collect();
    let slow = Config {
        latency: Duration::from_millis(30),
        ..Config::unlimited()
    };
    let stage = pool(slow, &people);
    stage.write(
        "reseat.toml",
        "[profile.default.limits]\nconcurrency = 1\n[profile.default.batch]\nusers_per_release = 1\nusers_per_license_call = 1\n",
    );
    let newcomers: Vec<String> = (0..6).map(|number| format!("new{number}@x.example")).collect();
    for name in &newcomers {
        hire(&stage, name);
    }
    want(&stage, &newcomers.iter().map(String::as_str).collect::<Vec<_>>());
    rebalance(&stage, &[]).ends(0);
    let mut child = stage.start(&["run", "quarter.csv", "--yes", "--quiet"]);
    stage.until("some seats were given back", |sandbox| {
        let held = sandbox
            .world()
            .allocations()
            .filter(|(_, held)| !held.bundles.is_empty())
            .count();
        held <= 10
    });
    child.kill().unwrap();
    child.wait().unwrap();
    run(&stage, &[]).ends(0);
    assert_eq!(seats(&stage), (12, 12));
    assert!(newcomers.iter().all(|name| holds(&stage, name)));
    // Given back, all of the six are known to have been asked before, whichever process had taken their seats.
    stage.reseat(&["undo", "quarter.results.csv", "-o", "undo.csv"]).ends(0);
    stage.reseat(&["run", "undo.csv", "--yes"]).ends(0);
    stage
        .reseat(&["rebalance", "--wanted", "wanted.csv", "-o", "again.csv"])
        .ends(0);
    let asked = |sheet: &str| -> Vec<String> {
        let rows = rows(&stage, sheet).into_iter();
        let mut rows: Vec<String> = rows.filter(|row| row.starts_with("release-")).collect();
        rows.sort();
        rows
    };
    let (first, second) = (asked("quarter.csv"), asked("again.csv"));
    assert_eq!((first.len(), second.len()), (6, 6));
    assert!(first.iter().all(|row| !second.contains(row)), "{first:?} {second:?}");
}

#[test]
fn people_on_the_keep_list_are_left_alone_until_their_day_has_passed() {
    let stage = ten();
    want(&stage, &[WANDA]);
    stage.write(
        "keep.csv",
        format!("Benutzer;Grund;bis\n{IDA};Elternzeit;\n{IAN};Sabbatical;31.12.2024\nnobody@x.example;;\n"),
    );
    let ran = rebalance(&stage, &["--keep-list", "keep.csv"])
        .ends(0)
        .tells("keep list: 1 in force, 1 expired, 1 unknown")
        .tells(
            "warning: keep.csv row 4: the organization has no single account `nobody@x.example`, so this line keeps nobody's \
             seat",
        );
    foretells(&ran, &[("freed", "1"), ("granted", "1")]);
    let proposed = rows(&stage, "quarter.csv");
    assert_eq!(proposed[0], format!("release-licenses {IAN}"));
    assert!(proposed.contains(&format!("ignore {IDA}")), "{proposed:?}");
    assert!(note(&stage, IDA).contains("Elternzeit"), "{}", note(&stage, IDA));
}

#[test]
fn who_holds_one_licence_gets_another_instead_in_one_step() {
    let stage = full_pool(&[("ann@x.example", 1), ("bob@x.example", 2)]);
    stage.sandbox.with_world(|world| world.set_seats("RPADEVPRONU", 2));
    let swap = format!("{CODE}=RPADEVPRONU");
    let ran = stage
        .reseat(&["rebalance", "--swap", &swap, "-o", "quarter.csv"])
        .ends(0);
    foretells(&ran, &[("freed", "2"), ("then", "0")]);
    let mut proposed = rows(&stage, "quarter.csv");
    proposed.sort();
    assert_eq!(proposed, ["set-licenses ann@x.example", "set-licenses bob@x.example"]);
    run(&stage, &[]).ends(0);
    for name in ["ann@x.example", "bob@x.example"] {
        assert_eq!(stage.held(name).as_deref(), Some("RPADEVPRONU"));
    }
    assert_eq!(stage.writes().len(), 1, "{:?}", stage.writes());
    assert_eq!(seats(&stage), (0, 2));
}

#[test]
fn a_swap_that_swaps_nobody_says_why() {
    let stage = full_pool(&[("ann@x.example", 1), ("bob@x.example", 2)]);
    let unowned = format!("{CODE}=TSTNU");
    stage
        .reseat(&["rebalance", "--swap", &unowned, "-o", "unowned.csv"])
        .ends(3)
        .tells(&format!(
            "warning: no {CODE} is swapped for TSTNU; the sheet says why of each who holds it"
        ))
        .tells("a swap: ann@x.example (TSTNU): the organization does not own the licence")
        .tells("2 people miss out");
    let unheld = format!("TSTNU={CODE}");
    stage
        .reseat(&["rebalance", "--swap", &unheld, "-o", "unheld.csv"])
        .tells(&format!("warning: no TSTNU is swapped for {CODE}: nobody holds TSTNU"));
}

#[test]
fn everything_that_is_wrong_is_told_at_once_and_nothing_is_read() {
    let stage = ten();
    stage.forget_calls();
    stage.write(
        "wanted.csv",
        format!("operation,user,licenses\nset-licenses,{WANDA},{CODE}\ninvite,new@x.example,\nadd-licenses,{WILL},\n"),
    );
    stage.write("keep.csv", format!("user,until\n{IDA},never\n"));
    let flags = ["--keep-list", "keep.csv"];
    rebalance(&stage, &flags)
        .ends(2)
        .tells("error[not-a-wanted-seat]: sheet `wanted.csv`, row 2: `set-licenses` rows want no seat")
        .tells("sheet `wanted.csv`, row 3")
        .tells("sheet `wanted.csv`, row 4")
        .tells("error[bad-date]: sheet `keep.csv`, row 2, column until (column B): `never` is no date");
    let ran = rebalance(
        &stage,
        &[
            &flags[..],
            &["--free", "ATUNU=1", "--reserve", "ATTUNU=1", "--reserve", "attunu=2"],
        ]
        .concat(),
    )
    .ends(1)
    .tells("did you mean `ATTUNU`")
    .tells("`ATTUNU` is given twice")
    .tells("sheet `wanted.csv`, row 2");
    assert!(ran.err.contains("and the sheets 4 errors"), "{}", ran.err);
    rebalance(&stage, &["--keep-list", "missing.csv"])
        .ends(1)
        .tells("missing.csv");
    let calls: u64 = stage.sandbox.stats().routes().map(|(_, count)| count).sum();
    assert_eq!(calls, 0);
    assert!(!stage.exists("quarter.csv"));
}

#[test]
fn a_code_that_only_the_organization_has_may_be_named_and_any_other_may_not() {
    let stage = ten();
    stage.sandbox.with_world(|world| world.set_seats("FLEXNU", 2));
    let ran = stage.reseat(&["rebalance", "--free", "flexnu=1"]).ends(3);
    assert!(ran.err.contains("FLEXNU"), "{}", ran.err);
    assert!(
        ran.err
            .contains("\nnothing is to be freed or granted; nothing that `--free` asks for can be freed\n"),
        "{}",
        ran.err
    );
    stage
        .reseat(&["rebalance", "--free", "FLEXXNU=1"])
        .ends(1)
        .tells("`FLEXXNU` is no known licence");
    want(&stage, &[WANDA]);
    stage.write("wanted.csv", format!("user,licenses\n{WANDA},FLEXNU\n"));
    let ran = rebalance(&stage, &[]).ends(0);
    assert!(ran.err.contains("1 row frees 0 seats and grants 1"), "{}", ran.err);
}

#[test]
fn the_sheet_is_on_standard_output_without_a_file_and_the_object_says_the_same() {
    let stage = ten();
    want(&stage, &[WANDA, "nobody@x.example"]);
    let sheet = stage.reseat(&["rebalance", "--wanted", "wanted.csv"]).ends(3).out;
    let mut reader = csv::Reader::from_reader(sheet.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let words = ["rebalance", "--wanted", "wanted.csv", "--output", "json"];
    let object: Value = serde_json::from_str(&stage.reseat(&words).ends(3).out).unwrap();
    let listed = object["rows"].as_array().unwrap();
    assert_eq!(listed.len(), rows.len());
    for (listed, row) in listed.iter().zip(&rows) {
        assert_eq!(listed["operation"], row[0]);
        assert_eq!(listed["cells"]["user"], row[1]);
        assert_eq!(listed["note"], row[row.len() - 1]);
    }
    assert_eq!(
        (&object["status"], &object["exit_code"]),
        (&"needs_person".into(), &3.into())
    );
    assert_eq!(object["missing_out"][0]["why"], "not_found");
    assert_eq!(object["missing_out"][0]["at"]["sheet"], "wanted.csv");
    assert_eq!((&object["rows_to_run"], &object["written"]), (&2.into(), &Value::Null));
    let line = &object["bundles"][0];
    assert_eq!(
        (&line["code"], &line["freed"], &line["granted"]),
        (&CODE.into(), &1.into(), &1.into())
    );
}

#[test]
fn where_nothing_is_to_be_done_nothing_is_written_and_that_is_said() {
    let stage = ten();
    let ran = stage
        .reseat(&["rebalance", "-o", "quarter.csv"])
        .ends(0)
        .tells("nothing is to be freed or granted")
        .tells("`--all`");
    assert_eq!(ran.out, "");
    assert!(!stage.exists("quarter.csv"));
    let ran = stage.reseat(&["rebalance", "--all"]).ends(0);
    assert_eq!(ran.out.lines().count(), 3, "{}", ran.out);
    let ran = stage.reseat(&["rebalance", "--free", &format!("{CODE}=5")]).ends(3);
    assert!(ran.err.contains("5 should be freed and only 2 can be"), "{}", ran.err);
    assert!(!ran.err.contains("asks for"), "{}", ran.err);
}

#[test]
fn the_command_that_a_shortage_names_frees_what_is_missing_and_no_more() {
    let stage = ten();
    // One is taken beyond what is owned, which is cured besides.
    stage.sandbox.with_world(|world| world.set_seats(CODE, 9));
    stage.write(
        "one.csv",
        format!("operation,user,licenses\nadd-licenses,{WANDA},{CODE}\n"),
    );
    let command = format!("rebalance --only {CODE} --free '{CODE}=1' -o free.xlsx");
    stage.reseat(&["plan", "one.csv"]).ends(4).tells(&command);
    let command = command.replace('\'', "");
    stage.reseat(&command.split(' ').collect::<Vec<_>>()).ends(0);
    stage.reseat(&["run", "free.xlsx", "--yes"]).ends(0);
    assert_eq!(seats(&stage), (8, 9));
    stage.reseat(&["run", "one.csv", "--yes"]).ends(0);

    // An excess alone is cured by the command without a number.
    let stage = ten();
    stage.sandbox.with_world(|world| world.set_seats(CODE, 9));
    let ran = stage.reseat(&["rebalance", "--free", &format!("{CODE}=1")]).ends(0);
    assert!(!ran.err.contains("asks for"), "{}", ran.err);
}

#[test]
fn a_sheet_with_rows_to_read_alone_is_not_offered_to_be_run() {
    let stage = ten();
    want(&stage, &[IDA]);
    let ran = rebalance(&stage, &[])
        .ends(0)
        .tells("the sheet is `quarter.csv`; it has nothing to run, only rows to read");
    assert!(!ran.err.contains("run it") && !ran.err.contains("next:"), "{}", ran.err);
}

#[test]
fn a_workbook_is_run_as_a_csv_is() {
    let stage = ten();
    want(&stage, &[WANDA]);
    stage
        .reseat(&["rebalance", "--wanted", "wanted.csv", "-o", "quarter.xlsx"])
        .ends(0);
    stage.reseat(&["check", "quarter.xlsx"]).ends(0);
    stage.reseat(&["run", "quarter.xlsx", "--yes"]).ends(0);
    assert!(holds(&stage, WANDA) && stage.held(IDA).is_none());
}

#[test]
fn no_file_that_is_read_is_replaced() {
    let stage = ten();
    want(&stage, &[WANDA]);
    let wanted = stage.read("wanted.csv");
    stage
        .reseat(&["rebalance", "--wanted", "wanted.csv", "-o", "./wanted.csv", "--force"])
        .ends(1)
        .tells("is read by `--wanted`, and would be replaced");
    assert_eq!(stage.read("wanted.csv"), wanted);
    stage
        .reseat(&["rebalance", "--wanted", "-", "--keep-list", "-"])
        .ends(1)
        .tells("cannot both be standard input");
}

#[test]
fn a_chain_of_swaps_is_refused() {
    let stage = ten();
    let (first, second) = (format!("{CODE}=TSTNU"), "TSTNU=IDU");
    stage
        .reseat(&["rebalance", "--swap", &first, "--swap", second])
        .ends(1)
        .tells("make a chain");
}

#[test]
fn a_header_of_the_wanted_sheet_that_nobody_knows_is_explained_on_the_command_line_as_the_error_says() {
    let stage = Stage::new();
    stage.write("wanted.csv", "Mitarbeiter,Lizenz\nnora.hansen@contoso.example,ATTUNU\n");
    let ask = ["rebalance", "--wanted", "wanted.csv", "-o", "quarter.csv"];
    stage.reseat(&ask).ends(2).tells("--map");
    stage
        .reseat(&[&ask[..], &["--map", "Mitarbeiter=user"]].concat())
        .ends(0);
    assert_eq!(stage.reseat(&["check", "quarter.csv"]).code, 0);
}
