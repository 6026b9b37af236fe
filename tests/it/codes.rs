//! The organization's own licence codes: listed with their seats, remembered for an offline check, and usable wherever a
//! code is.

use std::path::PathBuf;

use reseat::model::BundleCode;
use serde_json::{Value, json};

use crate::between::twist;
use crate::support::{ANNA, BRAM, DAVID, HUGO, Stage};

/// A demo company that has two licences which no document knows, and fewer seats of one than are taken.
fn newer() -> Stage {
    let stage = Stage::new();
    stage.keep_state();
    stage.sandbox.with_world(|world| {
        world.set_seats("PLUSNU", 50);
        world.set_seats("ProNu", 7);
        world.allocate(
            world.user_called(HUGO).unwrap().id,
            crate::support::bundles(&["PLUSNU"]),
            false,
        );
        world.set_seats("TSTNU", 1);
    });
    stage
}

fn object(stage: &Stage, words: &[&str]) -> Value {
    serde_json::from_str(&stage.reseat(&[words, &["--output", "json"]].concat()).ends(0).out).unwrap()
}

fn code<'v>(object: &'v Value, code: &str) -> &'v Value {
    let codes = object["codes"].as_array().unwrap();
    codes.iter().find(|bundle| bundle["code"] == code).unwrap()
}

/// The file in which codes are remembered.
fn memory(stage: &Stage) -> Option<PathBuf> {
    let files = fs_err::read_dir(stage.path("state/reseat")).ok()?;
    let mut paths = files.map(|file| file.unwrap().path());
    paths.find(|path| path.to_string_lossy().ends_with(".codes.json"))
}

const PLUS: &str = "operation,user,licenses\nadd-licenses,hugo.silva@contoso.example,plusnu\n";

#[test]
fn with_a_profile_the_codes_are_the_organizations_own_first_with_their_seats() {
    let stage = newer();
    let ran = stage.reseat(&["codes"]).ends(0);
    let lines: Vec<&str> = ran.out.lines().collect();
    let owned = lines.iter().filter(|line| line.contains("  yes  ")).count();
    assert_eq!(owned, stage.world().seats().len(), "{}", ran.out);
    assert!(
        lines[1..=owned].iter().all(|line| line.contains("  yes  ")),
        "{}",
        ran.out
    );
    assert!(
        lines[owned + 1..].iter().all(|line| line.contains("  no  ")),
        "{}",
        ran.out
    );

    let told = object(&stage, &["codes"]);
    assert_eq!(told["organization_name"], stage.sandbox.organization());
    let plus = code(&told, "PLUSNU");
    assert_eq!(
        (&plus["total"], &plus["taken"], &plus["free"]),
        (&json!(50), &json!(1), &json!(49))
    );
    let tester = code(&told, "TSTNU");
    assert_eq!(tester["name"], "Tester - Named User");
    assert_eq!(tester["free"], json!(1 - tester["taken"].as_i64().unwrap()));
    let absent = code(&told, "AKIT");
    assert_eq!(
        (&absent["total"], &absent["free"], &absent["seen"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert!(stage.writes().is_empty());
}

#[test]
fn what_an_organization_has_shown_once_is_known_to_a_check_that_asks_nobody() {
    let stage = newer();
    stage.write("plus.csv", PLUS);
    stage
        .reseat(&["check", "plus.csv"])
        .ends(2)
        .tells("`plusnu` is no known licence")
        .tells("`reseat codes`");
    stage.reseat(&["codes"]).ends(0);
    stage.forget_calls();
    let day = jiff::Timestamp::now().strftime("%Y-%m-").to_string();
    let ran = stage.reseat(&["check", "plus.csv"]).ends(0);
    assert_eq!(ran.err.matches("was last seen in").count(), 1, "{}", ran.err);
    assert!(ran.err.contains(&format!(
        "`PLUSNU` was last seen in `{}` on {day}",
        stage.sandbox.organization()
    )));
    let told = object(&stage, &["check", "plus.csv"]);
    assert_eq!(told["remembered_codes"][0]["code"], "PLUSNU");
    // The id that the settings give need not be there, and neither need a way to sign in.
    for name in ["RESEAT_ORGANIZATION_ID", "UIPATH_CLIENT_SECRET", "UIPATH_CLIENT_ID"] {
        stage.unset(name);
        stage.reseat(&["check", "plus.csv"]).ends(0);
    }
    let listed = stage.reseat(&["codes"]).ends(0);
    assert!(
        listed.out.contains("PLUSNU") && listed.err.contains("was not asked ("),
        "{}",
        listed.err
    );
    assert_eq!(code(&object(&stage, &["codes", "--offline"]), "PLUSNU")["total"], 50);
    assert_eq!(stage.sandbox.stats().total(), 0);
}

#[test]
fn every_command_that_reads_the_inventory_remembers_it() {
    let wanted = "operation,user,licenses\nadd-licenses,anna.berg@contoso.example,PLUSNU\n";
    for words in [
        &["plan", "plus.csv"][..],
        &["run", "plus.csv", "--yes"],
        &["export", "licenses"],
        &["rebalance", "--wanted", "wanted.csv", "-o", "out.csv"],
        &["codes"],
        &["template", "blank", "-o", "rows.xlsx"],
        &["doctor"],
    ] {
        let stage = newer();
        stage.write("plus.csv", PLUS);
        fs_err::write(stage.given("wanted.csv"), wanted).unwrap();
        let ran = stage.reseat(words);
        assert!(matches!(ran.code, 0 | 3), "{words:?}: {}", ran.err);
        stage.reseat(&["check", "plus.csv"]).ends(0);
        if words[0] != "run" {
            fs_err::remove_file(stage.path("plus.csv")).unwrap();
        }
    }
}

#[test]
fn what_export_wrote_passes_an_offline_check_and_run_as_it_is_changes_nothing() {
    let stage = newer();
    stage
        .reseat(&["export", "licenses", "-o", "held.csv", "--where", "license=plusnu"])
        .ends(0);
    assert!(stage.read("held.csv").contains("PLUSNU"));
    let ran = stage.reseat(&["check", "held.csv"]).ends(0);
    assert!(ran.err.contains("`PLUSNU` was last seen in"), "{}", ran.err);
    stage.forget_calls();
    stage.reseat(&["run", "held.csv", "--yes"]).ends(0);
    assert!(stage.writes().is_empty(), "{:?}", stage.writes());
}

#[test]
fn organizations_are_not_mixed_and_a_name_that_is_anothers_by_now_knows_nothing_of_the_first() {
    let (stage, other) = (newer(), Stage::new());
    stage.write("plus.csv", PLUS);
    stage.reseat(&["codes"]).ends(0);
    // Another address, with the same state folder.
    other.set("XDG_STATE_HOME", &stage.path("state").display().to_string());
    other.reseat(&["codes"]).ends(0);
    other.write("plus.csv", PLUS);
    let told = other.reseat(&["check", "plus.csv"]).ends(2);
    assert!(
        told.out.contains("` has `") && told.out.contains("(as of "),
        "{}",
        told.out
    );
    fs_err::remove_file(other.path("plus.csv")).unwrap();
    // Another name at the same address, and the same name with another id.
    let (name, id) = (
        stage.sandbox.organization().to_owned(),
        stage.sandbox.organization_id().to_string(),
    );
    for (variable, mine, others) in [
        ("UIPATH_ORGANIZATION", &name, "elsewhere"),
        ("RESEAT_ORGANIZATION_ID", &id, "7e3d2c6f-0000-4000-8000-000000000002"),
    ] {
        stage.set(variable, others);
        stage
            .reseat(&["check", "plus.csv"])
            .ends(2)
            .tells("`plusnu` is no known licence");
        stage.set(variable, mine);
        stage.reseat(&["check", "plus.csv"]).ends(0);
    }
}

#[test]
fn two_profiles_of_one_organization_share_what_is_known_of_it() {
    let stage = newer();
    let address = format!(
        "uri = \"{}\"\norganization = \"{}\"\n",
        stage.sandbox.base_url(),
        stage.sandbox.organization().to_uppercase()
    );
    let toml = format!("[profile.first]\n{address}[profile.second]\n{address}[profile.third]\norganization = \"x\"\n");
    fs_err::write(stage.given("reseat.toml"), toml).unwrap();
    stage.write("plus.csv", PLUS);
    stage.reseat(&["codes", "--profile", "first"]).ends(0);
    stage.unset("UIPATH_ORGANIZATION");
    stage.unset("RESEAT_ORGANIZATION_ID");
    stage.unset("UIPATH_URI");
    stage.reseat(&["check", "plus.csv", "--profile", "second"]).ends(0);
    stage.reseat(&["check", "plus.csv", "--profile", "third"]).ends(2);
}

#[test]
fn the_simulated_organization_inside_the_process_is_listed_and_remembers_nothing() {
    let stage = newer();
    let told = stage.reseat(&["codes", "--sandbox"]).ends(0);
    assert!(told.out.contains("  yes  "), "{}", told.out);
    stage.write("plus.csv", PLUS);
    stage.reseat(&["plan", "plus.csv", "--sandbox"]).ends(2);
    assert_eq!(memory(&stage), None);
    assert_eq!(stage.sandbox.stats().total(), 0);
    // And what is remembered of a real one is not known to it.
    stage.reseat(&["codes"]).ends(0);
    stage.reseat(&["check", "plus.csv", "--sandbox"]).ends(2);
}

#[test]
fn a_code_that_has_left_the_inventory_stays_known_with_a_warning() {
    let stage = newer();
    stage.write("plus.csv", PLUS);
    stage.reseat(&["codes"]).ends(0);
    twist_inventory(&stage, |seats| seats.retain(|seats| seats["code"] != "PLUSNU"));
    // The address is another one now, so the memory of the first has to be that of the second.
    let first = memory(&stage).unwrap();
    stage.reseat(&["codes"]).ends(0);
    let files = fs_err::read_dir(stage.path("state/reseat")).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let second = paths
        .filter(|path| path.to_string_lossy().ends_with(".codes.json"))
        .find(|path| *path != first)
        .unwrap();
    fs_err::copy(&first, &second).unwrap();
    let listed = stage.reseat(&["codes"]).ends(0);
    let plus = listed.out.lines().find(|line| line.starts_with("PLUSNU")).unwrap();
    assert!(plus.contains("until 20"), "{}", listed.out);
    let told = stage.reseat(&["check", "plus.csv"]).ends(0);
    assert!(told.err.contains("warning: `PLUSNU` was last seen in"), "{}", told.err);
    assert!(
        told.err.contains("and was no longer there later that day"),
        "{}",
        told.err
    );
}

#[test]
fn a_memory_of_years_ago_is_forgotten_and_one_of_days_to_come_is_told() {
    let stage = newer();
    stage.write("plus.csv", PLUS);
    stage.reseat(&["codes"]).ends(0);
    let path = memory(&stage).unwrap();
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    let written = fs_err::read_to_string(&path).unwrap();
    assert!(written.contains(&today));
    let dated = |day: &str| fs_err::write(&path, written.replace(&today, day)).unwrap();
    dated("2024-01-15");
    stage
        .reseat(&["check", "plus.csv"])
        .ends(2)
        .tells("`plusnu` is no known licence");
    assert_eq!(
        object(&stage, &["codes", "--offline"])["organization_name"],
        Value::Null
    );
    dated("2131-01-15");
    let told = stage.reseat(&["check", "plus.csv"]).ends(0);
    let warned = "are remembered of 2131-01-15, which is still to come";
    assert_eq!(told.err.matches(warned).count(), 1, "{}", told.err);
    // Once it is read anew, it is of today again.
    stage.reseat(&["codes"]).ends(0);
    let told = stage.reseat(&["check", "plus.csv"]).ends(0);
    assert!(!told.err.contains("warning"), "{}", told.err);
}

#[test]
fn a_damaged_memory_is_told_and_ignored_and_one_of_a_later_version_is_left_alone() {
    let stage = newer();
    stage.write("plus.csv", PLUS);
    stage.reseat(&["codes"]).ends(0);
    let path = memory(&stage).unwrap();
    for (content, words, is_replaced) in [
        ("{\"version\":1,\"cod", "is damaged", true),
        ("{\"version\":99}", "a later version", false),
    ] {
        fs_err::write(&path, content).unwrap();
        let told = stage.reseat(&["check", "plus.csv"]).ends(2);
        assert_eq!(told.err.matches(words).count(), 1, "{}", told.err);
        // Who asks the organization does not need it.
        stage.reseat(&["plan", "plus.csv"]).ends(0);
        stage.reseat(&["codes"]).ends(0);
        let is_kept = fs_err::read_to_string(&path).unwrap() == content;
        assert_eq!(is_kept, !is_replaced, "{content}");
        assert_eq!(
            stage.reseat(&["check", "plus.csv"]).code,
            if is_replaced { 0 } else { 2 }
        );
    }
}

#[test]
fn without_a_folder_to_write_to_everything_works_and_codes_says_what_is_lost() {
    let stage = newer();
    fs_err::write(stage.given("file"), "").unwrap();
    stage.set("XDG_STATE_HOME", &stage.path("file").display().to_string());
    stage.write("plus.csv", PLUS);
    let told = stage.reseat(&["codes"]).ends(0);
    assert!(
        told.err
            .contains("warning: an offline `check` will not know these codes"),
        "{}",
        told.err
    );
    stage.reseat(&["plan", "plus.csv"]).ends(0);
    let told = stage.reseat(&["check", "plus.csv"]).ends(2);
    assert!(!told.err.contains("warning"), "{}", told.err);
}

#[test]
fn commands_at_the_same_time_leave_a_memory_that_can_be_read() {
    let stage = newer();
    stage.write("plus.csv", PLUS);
    let started: Vec<_> = (0..4).map(|_| stage.start(&["codes"])).collect();
    for child in started {
        stage.ended(child).ends(0);
    }
    stage.reseat(&["check", "plus.csv"]).ends(0);
}

#[test]
fn an_organization_that_cannot_be_asked_is_a_failure_with_a_way_around_it() {
    let stage = newer();
    stage.set("UIPATH_CLIENT_SECRET", "wrong");
    stage.keep_secret("wrong-secret");
    let told = stage.reseat(&["codes"]).ends(5);
    assert!(told.out.is_empty() && told.err.contains("`--offline`"), "{}", told.err);
    stage.reseat(&["codes", "--offline"]).ends(0);
    stage.set("UIPATH_URI", "ftp://nowhere.example");
    let told = stage.reseat(&["codes"]).ends(1);
    assert!(told.err.contains("`--offline`"), "{}", told.err);
}

#[test]
fn a_product_without_a_documented_code_is_answered_with_the_organizations_codes() {
    let stage = newer();
    let sheet = "operation,user,licenses\nadd-licenses,hugo.silva@contoso.example,Plus\n";
    stage.write("sheet.csv", sheet);
    let before = stage.reseat(&["check", "sheet.csv"]).ends(2);
    assert!(
        before.out.contains("`reseat codes`") && !before.out.contains("did you mean"),
        "{}",
        before.out
    );
    let planned = stage.reseat(&["plan", "sheet.csv"]).ends(2);
    assert!(
        planned.err.contains("` has `PLUSNU` (49 of 50 free), "),
        "{}",
        planned.err
    );
    assert!(!planned.err.contains("as of"), "{}", planned.err);
    let after = stage.reseat(&["check", "sheet.csv"]).ends(2);
    assert!(after.out.contains("` has `PLUSNU` (49 of 50 free), "), "{}", after.out);
    assert!(after.out.contains("(as of 20"), "{}", after.out);
    // The profile can give the code that name.
    let toml = format!(
        "{}[profile.default.bundle_codes]\nPLUSNU = \"Plus\"\n",
        crate::support::PROFILE
    );
    fs_err::write(stage.given("reseat.toml"), toml).unwrap();
    stage.reseat(&["check", "sheet.csv"]).ends(0);
    stage
        .run("operation,user,licenses\nadd-licenses,anna.berg@contoso.example,\"Plus; PLUSNU – Plus\"\n")
        .ends(0);
    assert!(stage.held(ANNA).unwrap().contains("PLUSNU"));
}

#[test]
fn a_name_that_the_inventory_itself_has_can_be_written_in_sheets() {
    for member in ["name", "displayName"] {
        let stage = newer();
        twist_inventory(&stage, move |seats| {
            for seats in seats.iter_mut().filter(|seats| seats["code"] == "PLUSNU") {
                seats[member] = json!("Plus");
            }
        });
        let sheet = "operation,user,licenses\nadd-licenses,anna.berg@contoso.example,plus\n";
        stage.run(sheet).ends(0);
        assert!(stage.held(ANNA).unwrap().contains("PLUSNU"));
        stage.reseat(&["check", "sheet.csv"]).ends(0);
        assert_eq!(code(&object(&stage, &["codes"]), "PLUSNU")["name"], "Plus");
    }
}

#[test]
fn a_new_code_is_taken_wherever_a_code_is_and_sent_as_the_inventory_writes_it() {
    let stage = newer();
    stage.reseat(&["codes"]).ends(0);
    let sheet = format!(
        "operation,user,group,licenses,quotas,like\n\
         add-licenses,{ANNA},,pronu; PLUSNU,,\n\
         set-licenses,{BRAM},,PRONU – Pro,,\n\
         add-licenses,{DAVID},,,,{HUGO}\n\
         set-group-licenses,,Finance,\"plusnu; PRONU\",pronu = 5; PLUSNU – Plus: 3,\n"
    );
    stage.write("new.csv", &sheet);
    stage.reseat(&["check", "new.csv"]).ends(0);
    let before = stage.world();
    stage.run(&sheet).ends(0);
    assert!(stage.held(ANNA).unwrap().contains("ProNu"), "{:?}", stage.held(ANNA));
    assert_eq!(stage.held(BRAM).as_deref(), Some("ProNu"));
    assert!(stage.held(DAVID).unwrap().contains("PLUSNU"));
    let changed = crate::support::changes(&before, &stage.world()).join("\n");
    assert!(changed.contains("[PLUSNU; ProNu] PLUSNU=3 ProNu=5"), "{changed}");
    assert_eq!(code(&object(&stage, &["codes"]), "ProNu")["free"], 5);

    // What is taken back is written by the same codes.
    stage.reseat(&["undo", "sheet.results.csv", "-o", "back.csv"]).ends(0);
    stage.reseat(&["check", "back.csv"]).ends(0);
    stage.reseat(&["run", "back.csv", "--yes"]).ends(0);
    assert_eq!(crate::support::changes(&before, &stage.world()), Vec::<String>::new());
}

#[test]
fn the_flags_of_export_and_rebalance_take_a_new_code_in_any_case_and_answer_a_word_that_is_none() {
    let stage = newer();
    stage
        .reseat(&["export", "users", "--where", "license=plusnu"])
        .ends(0)
        .tells(HUGO);
    let told = stage.reseat(&["export", "users", "--where", "license=Plus"]).ends(1);
    assert!(told.err.contains("` has `PLUSNU` (49 of 50 free)"), "{}", told.err);
    for flags in [
        &["--only", "plusnu"][..],
        &["--free", "PLUSNU=1"],
        &["--reserve", "pronu=2"],
        &["--swap", "plusnu=PRONU"],
    ] {
        let ran = stage.reseat(&[&["rebalance"], flags].concat());
        assert!(matches!(ran.code, 0 | 3), "{flags:?}: {}", ran.err);
    }
    let told = stage.reseat(&["rebalance", "--only", "Plus"]).ends(1);
    assert!(told.err.contains("` has `PLUSNU` (49 of 50 free)"), "{}", told.err);
}

#[test]
fn what_a_drop_down_shows_is_understood_in_licences_lists_and_quotas_and_a_contradiction_is_not() {
    let stage = newer();
    let rows = "set-licenses,ann@acme.example,,ATTUNU – Attended - Named User,\n\
         set-licenses,bob@acme.example,,ATTUNU - Attended - Named User; TSTNU: Tester - Named User,\n\
         set-licenses,eve@acme.example,,\"ATTUNU — Attended, Named User\",\n\
         set-group-licenses,,Ops,ATTUNU – Attended - Named User,ATTUNU – Attended - Named User=5\n";
    stage.write("shown.csv", format!("operation,user,group,licenses,quotas\n{rows}"));
    stage.reseat(&["check", "shown.csv"]).ends(0);
    stage.write(
        "wrong.csv",
        "operation,user,licenses\nset-licenses,ann@acme.example,ATTUNU – Tester - Named User\n\
         set-licenses,bob@acme.example,ATTUNU TSTNU\n",
    );
    let told = stage.reseat(&["check", "wrong.csv"]).ends(2);
    assert!(
        told.out.contains("names two licences, `ATTUNU` and `TSTNU`"),
        "{}",
        told.out
    );
    assert!(told.out.contains("separate several licences by `;`"), "{}", told.out);
}

#[test]
fn a_row_that_was_done_is_done_whatever_the_case_in_which_its_code_is_written() {
    let stage = newer();
    let rows = |code: &str| format!("operation,user,licenses\nadd-licenses,{ANNA},{code}\n");
    stage.run_with(&rows("plusnu"), &["--allow-unknown-codes"]).ends(0);
    stage.forget_calls();
    stage.run(&rows("PLUSNU")).ends(0).tells("already");
    assert!(stage.writes().is_empty());
    assert_eq!(stage.results().len(), 1);
    assert!(stage.world().seats().contains_key(&BundleCode::new("PLUSNU")));
}

/// Changes the inventory of seats in answers from here on.
fn twist_inventory(stage: &Stage, change: impl Fn(&mut Vec<Value>) + Send + Sync + 'static) {
    twist(stage, move |asked, answer| {
        let is_inventory = |value: &Value| value["total"].is_number() && value["code"].is_string();
        let mut body = answer.json();
        let list = match &mut body {
            Value::Array(list) => Some(list),
            Value::Object(object) => object.values_mut().find_map(Value::as_array_mut),
            _ => None,
        };
        let Some(list) = list.filter(|list| asked.line.starts_with("GET") && list.iter().any(is_inventory)) else {
            return;
        };
        change(list);
        answer.body = body.to_string();
    });
}
