//! What became of a job, for whoever asked for it: as a web page, as a workbook and for programs.

use std::collections::BTreeMap;

use calamine::{Data, DataType as _, Reader as _, Xlsx, open_workbook};
use reseat::model::Status;
use reseat::sandbox::{Config, FaultKind, Faults, Moment, Population, Strikes};
use serde_json::{Value, json};
use strum::IntoEnumIterator;

#[cfg(unix)]
use crate::support::signal;
use crate::support::{ANNA, BRAM, DAVID, HUGO, MEI, Stage, person, sheet};

const RESULTS: &str = "sheet.results.csv";
const LOG: &str = "sheet.results.csv.runs.jsonl";

/// Newcomers of whom some cannot be set up, and changes of people who are there.
fn mixed() -> (Stage, String) {
    let sheet = format!(
        "operation,user,email,name,surname,groups,licenses,not_before\n\
         invite,,zoe.quist@new.example,Zoë,Quist,Finance,ACNU,\n\
         add-licenses,{HUGO},,,,,ACNU,\n\
         add-to-groups,{ANNA},,,,HR Robots,,\n\
         add-to-groups,{BRAM},,,,Nowhere,,\n\
         set-licenses,nobody@new.example,,,,,ACNU,\n\
         invite,,later@new.example,Lara,Later,,,2099-12-01\n\
         update,{MEI},,Mei-Lin,,,,\n"
    );
    (Stage::new(), sheet)
}

fn run_mixed() -> Stage {
    let (stage, sheet) = mixed();
    stage.run(&sheet).ends(3);
    stage
}

fn object(stage: &Stage, words: &[&str]) -> Value {
    let words = [&["report"], words, &["--output", "json"]].concat();
    serde_json::from_str(&stage.reseat(&words).ends(0).out).unwrap()
}

fn page(stage: &Stage, words: &[&str]) -> String {
    let words = [&["report"], words, &["-o", "report.html", "--force"]].concat();
    stage.reseat(&words).ends(0);
    stage.read("report.html")
}

/// All cells of a workbook, by worksheet.
fn cells(stage: &Stage, name: &str) -> BTreeMap<String, Vec<Vec<Data>>> {
    let mut workbook: Xlsx<_> = open_workbook(stage.path(name)).unwrap();
    let names = workbook.sheet_names();
    let mut sheets = BTreeMap::new();
    for name in names {
        let range = workbook.worksheet_range(&name).unwrap();
        sheets.insert(name, range.rows().map(<[Data]>::to_vec).collect());
    }
    sheets
}

fn seats<'v>(object: &'v Value, code: &str) -> &'v Value {
    let seats = object["seats"].as_array().unwrap();
    seats.iter().find(|seats| seats["code"] == code).unwrap()
}

#[test]
fn a_page_says_what_was_asked_done_and_not_done_and_what_to_do() {
    let stage = run_mixed();
    let told = stage.reseat(&["report", RESULTS, "-o", "report.html"]).ends(0);
    let verdict = "4 of 7 people are as asked for; 2 need attention; 1 waits for a date.";
    let told = told.tells(verdict).tells("the report is report.html");
    assert_eq!(told.out, "");
    let page = stage.read("report.html");
    for words in [
        verdict,
        "sheet.csv",
        "zoe.quist@new.example",
        "Nobody in the organization goes by the name or address in the row.",
        "The organization has no group of the name in the row.",
        "needs attention: group not known",
        "They wait for their date.",
        "2099-12-01",
        "Action Center - Named User",
        "2 invitations",
    ] {
        assert!(page.contains(words), "{words}");
    }
    // The foot says when the page was made.
    let body = |page: &str| page.split("<footer>").next().map(|body| body.replace("\r\n", "\n"));
    assert_eq!(body(&page), body(&stage.reseat(&["report", RESULTS]).ends(0).out));
}

#[test]
fn a_program_gets_the_same_sums_and_the_path() {
    let stage = run_mixed();
    let object = object(&stage, &[RESULTS, "-o", "report.html"]);
    assert_eq!(object["status"], "done");
    assert_eq!(object["written"], "report.html");
    assert_eq!(
        object["message"],
        "4 of 7 people are as asked for; 2 need attention; 1 waits for a date."
    );
    assert_eq!(
        (&object["rows"]["done"], &object["rows"]["not_found"]),
        (&json!(4), &json!(2))
    );
    assert_eq!(object["rows"]["failed"], 0);
    assert_eq!(object["people"]["needs_attention"], 2);
    assert_eq!(object["waits"]["dates"], 1);
    assert!(
        object["waits"]["first_due"].as_str().unwrap().starts_with("2099-11-30")
            || object["waits"]["first_due"].as_str().unwrap().starts_with("2099-12-01")
    );
    let codes: Vec<&Value> = object["causes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cause| &cause["code"])
        .collect();
    assert!(
        codes.contains(&&json!("group_not_found")) && codes.contains(&&json!("user_not_found")),
        "{codes:?}"
    );
    let actions = seats(&object, "ACNU");
    assert_eq!((&actions["given"], &actions["freed"]), (&json!(2), &json!(0)));
    let number = |member: &str| actions[member].as_u64().unwrap();
    assert_eq!(number("taken_after"), number("taken_before") + 2);
    assert_eq!(object["runs"].as_array().unwrap().len(), 1);
    assert_eq!(object["runs"][0]["exit_code"], 3);
}

#[test]
fn a_workbook_has_a_worksheet_for_each_question_and_none_that_is_run() {
    let stage = run_mixed();
    stage.reseat(&["report", RESULTS, "-o", "report.xlsx"]).ends(0);
    let sheets = cells(&stage, "report.xlsx");
    let names: Vec<&str> = sheets.keys().map(String::as_str).collect();
    assert_eq!(names, ["Causes", "Rows", "Runs", "Seats", "Summary"]);
    let rows = &sheets["Rows"];
    assert_eq!(rows.len(), 8);
    let header: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
    assert_eq!(
        header[..7],
        ["row", "operation", "person", "target", "status", "why", "finished"]
    );
    assert_eq!(rows[1][2], Data::String("zoe.quist@new.example".to_owned()));
    assert_eq!(rows[1][4], Data::String("done".to_owned()));
    assert!(matches!(&rows[1][6], Data::DateTime(_)), "{:?}", rows[1][6]);
    assert_eq!(rows[1][0].as_f64(), Some(2.0));
    assert!(
        sheets["Summary"]
            .iter()
            .flatten()
            .any(|cell| cell.to_string().contains("4 of 7 people"))
    );
    stage.reseat(&["check", "report.xlsx"]).ends(2);
}

#[test]
fn masked_nobodys_name_or_address_is_anywhere_and_the_same_person_has_the_same_number() {
    let stage = run_mixed();
    let like = format!(
        "operation,user,email,name,surname,groups,licenses,like\n\
         invite,,kim.novak@new.example,Kim,Novak,,,{ANNA}\n\
         add-licenses,{},,,,,ACNU,\n\
         release-licenses,{HUGO},,,,,,\n\
         invite,,{BRAM},Bram,Okafor,,,\n\
         migrate,{DAVID},,,,,,\n",
        stage.id(MEI)
    );
    let like = like.replace("licenses,like\n", "licenses,like,new_email\n").replace(
        &format!("migrate,{DAVID},,,,,,\n"),
        &format!("migrate,{DAVID},,,,,,,david@moved.example\n"),
    );
    stage.write("second.csv", &like);
    stage.reseat(&["run", "second.csv", "--yes"]);
    let words = ["second.results.csv", RESULTS, "--mask"];
    let page = page(&stage, &words);
    let told = stage
        .reseat(&[&["report"], &words[..], &["-o", "report.xlsx"]].concat())
        .ends(0);
    let workbook = format!("{:?}", cells(&stage, "report.xlsx"));
    let object = object(&stage, &words).to_string();
    let world = stage.world();
    let mut names: Vec<String> = Vec::new();
    for user in world.users() {
        names.extend([user.email.clone(), user.user_name.clone(), user.id.to_string()]);
        let full = [user.name.as_deref(), user.surname.as_deref()];
        names.push(full.into_iter().flatten().collect::<Vec<_>>().join(" "));
    }
    names.extend(
        [
            "zoe.quist",
            "Quist",
            "nobody@",
            "later@",
            "kim.novak",
            "Novak",
            "Okafor",
            "Mei-Lin",
            "moved.example",
            "@new.example",
        ]
        .map(str::to_owned),
    );
    for output in [&page, &workbook, &object, &told.err] {
        for name in names.iter().filter(|name| name.trim().len() > 3) {
            assert!(!output.contains(name.as_str()), "{name}");
        }
    }
    assert!(page.contains("HR Robots") && page.contains("like a colleague"));
    // Hugo and Mei are in both files, once by an id.
    let sheets = cells(&stage, "report.xlsx");
    let person = |row: &Vec<Data>| row[2].to_string();
    let of = |operation: &str, sheet: &str| {
        let rows = sheets["Rows"].iter();
        let mut rows = rows.filter(|row| row[1] == *sheet && row[2] == *operation);
        rows.next().map(|row| row[3].to_string()).unwrap()
    };
    assert_eq!(of("release-licenses", "second.csv"), of("add-licenses", "sheet.csv"));
    assert_eq!(of("add-licenses", "second.csv"), of("update", "sheet.csv"));
    assert_eq!(person(&sheets["Rows"][0]), "operation");
}

#[test]
fn a_masked_report_says_what_was_done_and_which_groups_and_licences_came_and_went() {
    let stage = run_mixed();
    stage.write("leavers.csv", format!("operation,user\noffboard,{ANNA}\n"));
    stage.reseat(&["run", "leavers.csv", "--yes"]).ends(0);
    let words = [RESULTS, "leavers.results.csv"];
    stage
        .reseat(&[&["report"], &words[..], &["--mask", "-o", "masked.xlsx"]].concat())
        .ends(0);
    let sheets = cells(&stage, "masked.xlsx");
    let row = |operation: &str| {
        let rows = sheets["Rows"].iter();
        let mut rows = rows.filter(|row| row[2].to_string().as_str() == operation);
        rows.next().map(|row| (row[4].to_string(), row[6].to_string())).unwrap()
    };
    assert_eq!(
        row("invite"),
        (
            "Finance; ACNU".to_owned(),
            "invited; joined Finance; got ACNU".to_owned()
        )
    );
    let (target, why) = row("offboard");
    assert!(target.contains("Finance"), "{target}");
    assert!(why.starts_with("deactivated; left "), "{why}");
    let page = page(&stage, &words);
    for words in [
        "What became of accounts",
        "1 account was deactivated",
        &format!("In row 5 of sheet.csv, {BRAM}: “there is no group ‘Nowhere’"),
    ] {
        assert!(page.contains(words), "{words}");
    }
    let masked = self::page(&stage, &[&words[..], &["--mask"]].concat());
    assert!(masked.contains("“there is no group ‘Nowhere’"));
    stage.write(
        "wrong.csv",
        format!("operation,user,groups\nadd-to-groups,{HUGO},kim.lee@new.example\n"),
    );
    stage.reseat(&["run", "wrong.csv", "--yes"]);
    let masked = self::page(&stage, &["wrong.results.csv", "--mask"]);
    assert!(masked.contains("there is no group") && !masked.contains("kim.lee"));
}

#[test]
fn a_report_says_of_whom_one_row_took_back_what_another_did() {
    let stage = Stage::new();
    stage
        .run("operation,email,groups\ninvite,zoe.quist@new.example,Finance\n")
        .ends(0);
    stage.reseat(&["undo", RESULTS, "-o", "undo.csv"]).ends(0);
    stage
        .reseat(&["run", "undo.csv", "--yes", "--max-deletes", "1"])
        .ends(0);
    let page = page(&stage, &["undo.results.csv", RESULTS]);
    for words in [
        "1 person was invited",
        "1 account was deleted",
        "1 person got access by one of these rows and lost it by a later one; both rows count as done",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn a_quarters_files_are_added_up() {
    let stage = Stage::new();
    for (name, who) in [("first.csv", HUGO), ("second.csv", ANNA)] {
        stage.write(name, format!("operation,user,licenses\nadd-licenses,{who},ACNU\n"));
        stage.reseat(&["run", name, "--yes"]).ends(0);
    }
    stage.write(
        "third.csv",
        format!("operation,user,licenses\nremove-licenses,{HUGO},ACNU\n"),
    );
    stage.reseat(&["run", "third.csv", "--yes"]).ends(0);
    // In another order than they were run.
    let words = ["third.results.csv", "first.results.csv", "second.results.csv"];
    let object = object(&stage, &words);
    let actions = seats(&object, "ACNU");
    assert_eq!((&actions["given"], &actions["freed"]), (&json!(2), &json!(1)));
    let number = |member: &str| actions[member].as_u64().unwrap();
    assert_eq!(number("taken_after"), number("taken_before") + 1);
    assert_eq!(object["people"]["done"], 2, "Hugo is one person");
    assert_eq!(object["outcomes"]["done"], 3);
    let page = page(&stage, &words);
    for words in ["third.csv, first.csv and second.csv", "Each sheet", "in 3 runs"] {
        assert!(page.contains(words), "{words}");
    }
    stage.write(
        "fourth.csv",
        "operation,user,groups\nadd-to-groups,hugo.silva@nowhere.example,Finance\n",
    );
    stage.reseat(&["run", "fourth.csv", "--yes"]);
    let page = self::page(&stage, &[&words[..], &["fourth.results.csv"]].concat());
    for words in [
        "<title>4 sheets, ",
        "third.csv, first.csv, second.csv and fourth.csv",
        "In row 2 of fourth.csv, hugo.silva@nowhere.example: ",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn a_rerun_that_has_only_rows_that_wait_takes_nothing_from_the_report() {
    let stage = Stage::new();
    let sheet =
        format!("operation,user,licenses,not_before\nadd-licenses,{HUGO},ACNU,\nadd-licenses,{ANNA},ACNU,2099-01-01\n");
    let taken_before = || seats(&object(&stage, &[RESULTS]), "ACNU")["taken_before"].clone();
    stage.run(&sheet).ends(75);
    let before = taken_before();
    assert!(before.is_number(), "{before}");
    stage.run(&sheet).ends(75).tells("1 row waits for its date");
    assert_eq!(taken_before(), before);
    let told = stage.reseat(&["report", RESULTS, "-o", "report.html"]).ends(0);
    assert!(!told.err.contains("no record"), "{}", told.err);
}

#[test]
fn without_a_record_everything_works_but_the_totals() {
    let stage = run_mixed();
    fs_err::remove_file(stage.path(LOG)).unwrap();
    let object = object(&stage, &[RESULTS]);
    let actions = seats(&object, "ACNU");
    assert_eq!((&actions["given"], &actions["taken_before"]), (&json!(2), &Value::Null));
    assert_eq!(object["runs"][0]["status"], Value::Null);
    let told = stage.reseat(&["report", RESULTS, "-o", "report.html"]).ends(0);
    told.tells("1 run has no record beside the results");
    assert!(
        stage
            .read("report.html")
            .contains("Where a number is missing, it is not known")
    );
}

#[test]
fn a_damaged_record_is_told_and_what_can_be_read_of_it_is_used() {
    let stage = run_mixed();
    let log = stage.read(LOG);
    stage.write(LOG, format!("{{\"format\":9}}\nrubbish\n{log}"));
    let object = object(&stage, &[RESULTS]);
    assert_eq!(object["unread_records"], json!({"damaged": 1, "newer": 1}));
    assert!(seats(&object, "ACNU")["taken_before"].is_u64());
}

#[test]
#[cfg(unix)]
fn a_run_that_was_killed_is_told_and_its_rows_are_not_certain() {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        latency: std::time::Duration::from_millis(200),
        ..Config::unlimited()
    });
    stage.write(
        "sheet.csv",
        sheet("operation,user,name", "update,{},Kim", (1..=60).map(person)),
    );
    let child = stage.start(&["run", "sheet.csv", "--yes", "--concurrency", "1"]);
    stage.until("some rows are done", |sandbox| sandbox.stats().route("update-user") > 3);
    signal(&child, "KILL");
    stage.ended(child);
    let told = stage.reseat(&["report", RESULTS, "-o", "report.html"]).ends(0);
    told.tells("The last run was cut off.");
    let object = object(&stage, &[RESULTS]);
    assert_eq!(object["runs"][0]["status"], "running");
    assert_eq!(object["runs"][0]["finished_at"], Value::Null);
    stage.rerun(&[]).ends(0);
    let object = self::object(&stage, &[RESULTS]);
    assert_eq!(object["runs"].as_array().unwrap().len(), 2);
    assert_eq!(object["message"], "All 60 people are as asked for.");
}

#[test]
fn whoever_was_invited_before_a_run_stopped_is_not_said_to_be_not_reached() {
    let stage = Stage::new();
    let unauthorized = FaultKind::Status {
        status: 401,
        moment: Moment::BeforeEffect,
    };
    stage.fault(unauthorized, "PUT", "/user-license", Strikes::Always);
    let sheet = format!(
        "operation,user,email,licenses\n\
         invite,,ada@new.example,CTZDEVNU\n\
         invite,,bo@new.example,CTZDEVNU\n\
         set-licenses,{HUGO},,ATTUNU\n"
    );
    let ran = stage.run(&sheet).ends(5);
    assert_eq!(stage.statuses(), ["not_run", "not_run", "not_run"]);
    ran.tells("2 rows were stopped midway, between two attempts or with a part done, as the message says; the same command does the rest")
        .tells("1 row was not reached; the same command continues there");
    let lines = stage.results();
    let words = lines[0].message();
    assert!(words.starts_with("not finished: "), "{words}");
    assert!(words.contains("done before that: invited"), "{words}");
    assert!(
        lines[2].message().starts_with("not reached: "),
        "{}",
        lines[2].message()
    );
    let object = object(&stage, &[RESULTS]);
    assert_eq!(object["outcomes"]["needs_attention"], 2);
    assert_eq!(object["outcomes"]["not_reached"], 1);
    let labels: Vec<_> = object["causes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cause| cause["label"].as_str())
        .collect();
    assert_eq!(labels, [Some("stopped midway"), Some("not reached")]);
    assert!(page(&stage, &[RESULTS]).contains("needs attention: stopped midway"));
    stage.sandbox.set_faults(Faults::default());
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.world().mails_to("ada@new.example"), 1);
}

#[test]
fn while_a_run_writes_the_results_there_is_no_report() {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        latency: std::time::Duration::from_millis(300),
        ..Config::unlimited()
    });
    stage.write(
        "sheet.csv",
        sheet("operation,user,name", "update,{},Kim", (1..=20).map(person)),
    );
    let child = stage.start(&["run", "sheet.csv", "--yes", "--concurrency", "1"]);
    stage.until("some rows are done", |sandbox| sandbox.stats().route("update-user") > 1);
    stage
        .reseat(&["report", RESULTS])
        .ends(4)
        .tells("a run is writing `sheet.results.csv`");
    stage.ended(child).ends(0);
    stage.reseat(&["report", RESULTS]).ends(0);
}

#[test]
fn rows_of_every_status_are_shown_with_words() {
    let stage = Stage::with(Config {
        population: Population::Generated(60),
        ..Config::unlimited()
    });
    let statuses: Vec<Status> = Status::iter().collect();
    stage
        .run(&sheet(
            "operation,user,name",
            "update,{},Kim",
            (1..=statuses.len()).map(person),
        ))
        .ends(0);
    let mut reader = csv::Reader::from_path(stage.path(RESULTS)).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = header.iter().position(|column| column == "status").unwrap();
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(&header).unwrap();
    for (line, status) in reader.records().zip(&statuses) {
        let line = line.unwrap();
        out.write_record(
            line.iter()
                .enumerate()
                .map(|(column, cell)| if column == at { status.as_str() } else { cell }),
        )
        .unwrap();
    }
    stage.write("every.results.csv", out.into_inner().unwrap());
    let object = object(&stage, &["every.results.csv"]);
    for status in &statuses {
        assert_eq!(object["rows"][status.as_str()], 1, "{status}");
    }
    let page = page(&stage, &["every.results.csv"]);
    for words in [
        "already so",
        "stands twice",
        // Something was done for each of them.
        "needs attention: stopped midway",
        "needs attention: not certain",
        "needs attention: refused",
        "needs attention: row not valid",
        "What became of 2 rows is not certain yet.",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn results_without_a_row_say_that_nothing_was_asked_for() {
    let stage = Stage::new();
    stage.write("none.results.csv", reseat::ledger::COLUMNS.join(",") + "\n");
    let told = stage.reseat(&["report", "none.results.csv", "-o", "none.html"]).ends(0);
    told.tells("Nothing was asked for: the results hold no row.");
    stage.reseat(&["report", "none.results.csv", "-o", "none.xlsx"]).ends(0);
}

#[test]
fn every_file_that_cannot_be_reported_on_is_named_at_once() {
    let stage = run_mixed();
    stage
        .reseat(&["report", "sheet.csv"])
        .ends(1)
        .tells("`sheet.csv` is not a reseat results file")
        .tells("`sheet.results.csv`");
    stage
        .reseat(&["report", "sheet.csv", RESULTS, "missing.results.csv", RESULTS])
        .ends(1)
        .tells("3 of 4 files cannot be reported on")
        .tells("there is no file `missing.results.csv`")
        .tells("`sheet.results.csv` is named twice");
}

#[test]
fn nothing_is_lost_by_writing_a_report() {
    let stage = run_mixed();
    stage.reseat(&["report", RESULTS, "-o", "report.html"]).ends(0);
    let first = stage.read("report.html");
    stage.write("report.html", "mine");
    stage
        .reseat(&["report", RESULTS, "-o", "report.html"])
        .ends(1)
        .tells("report.html");
    assert_eq!(stage.read("report.html"), "mine");
    stage
        .reseat(&["report", RESULTS, "-o", "report.html", "--force"])
        .ends(0);
    assert_eq!(stage.read("report.html").len(), first.len());
    // Whatever its name, what the report is made from is never replaced.
    fs_err::copy(stage.path(RESULTS), stage.path("odd.html")).unwrap();
    stage
        .reseat(&["report", "odd.html", "-o", "odd.html", "--force"])
        .ends(1)
        .tells("`odd.html` is what the report is made from");
}

#[test]
#[cfg(target_os = "linux")]
fn a_page_is_not_written_onto_a_terminal() {
    let stage = Stage::new();
    stage.run(&format!("operation,user,name\nupdate,{BRAM},Bob\n")).ends(0);
    let ran = stage.screen_of(100, None, &["report", "sheet.results.csv"]).ends(1);
    assert!(!ran.err.contains("<html"), "{}", ran.err);
    ran.tells("add `-o sheet.html`");
    stage
        .screen_of(100, None, &["report", "sheet.results.csv", "--output", "json"])
        .ends(0);
    assert!(
        stage
            .reseat(&["report", "sheet.results.csv"])
            .ends(0)
            .out
            .contains("<html")
    );
}

#[test]
fn somebody_with_several_rows_of_an_operation_is_one_person() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,user,licenses\nadd-licenses,{HUGO},ACNU\nadd-licenses,{HUGO},TSTNU\nadd-licenses,{MEI},ACNU\n"
    );
    stage.run(&sheet).ends(0);
    let page = page(&stage, &[RESULTS]);
    assert!(
        page.contains("2 people to get licences: 1 done, 1 already so"),
        "{page}"
    );
}
