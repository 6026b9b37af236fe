//! Rows with a date before which they wait: nothing is done for them, nothing is lost, and they run once they are due.

use serde_json::Value;

use crate::support::{ANNA, BRAM, DAVID, HUGO, Stage};

const NEXT_CENTURY: &str = "2099-12-01";
const LONG_AGO: &str = "2020-01-01";

/// Two joiners, the second of whom begins on this date.
fn joiners(date: &str) -> String {
    format!(
        "operation,email,groups,not_before\ninvite,a@new.example,Finance,{LONG_AGO}\ninvite,b@new.example,Finance,{date}\n"
    )
}

fn in_berlin(stage: &Stage) {
    stage.set("TZ", "Europe/Berlin");
}

#[test]
fn a_row_before_its_date_gets_no_call_and_the_same_command_finishes_the_job() {
    let stage = Stage::new();
    in_berlin(&stage);
    stage
        .run(&joiners(NEXT_CENTURY))
        .ends(75)
        .tells("1 row waits for its date, until 2099-12-01 (Europe/Berlin)")
        .tells("next: ");
    assert_eq!(stage.statuses(), ["done", "waiting"]);
    let line = &stage.results()[1];
    assert_eq!(line.get("code"), "not_before");
    assert_eq!(line.message(), "waits until 2099-12-01T00:00:00+01:00");
    assert!(stage.user("b@new.example").is_none());
    assert!(!stage.exists("sheet.failed.csv"), "nobody has to correct it");

    // Moved earlier: what is done stays done, and the row that waited runs.
    stage.forget_calls();
    stage.run(&joiners("2020-01-02")).ends(0);
    assert_eq!(stage.statuses(), ["done", "done"]);
    assert_eq!(stage.writes().get("invite"), Some(&1));
    // Moved later once it is done.
    stage.forget_calls();
    stage.run(&joiners(NEXT_CENTURY)).ends(0).tells("already done");
    assert_eq!(stage.statuses(), ["done", "done"]);
    assert!(stage.writes().is_empty());
}

#[test]
fn a_date_that_is_moved_while_the_row_waits_is_brought_up_to_date_and_a_row_taken_out_never_runs() {
    let stage = Stage::new();
    in_berlin(&stage);
    stage.run(&joiners(NEXT_CENTURY)).ends(75);
    let key = stage.results()[1].get("key").to_owned();
    stage.run(&joiners("2099-07-01 08:30")).ends(75);
    let line = &stage.results()[1];
    assert_eq!(line.message(), "waits until 2099-07-01T08:30:00+02:00");
    assert_eq!(line.get("key"), key);
    // The offer is withdrawn.
    stage
        .run(&format!(
            "operation,email,groups,not_before\ninvite,a@new.example,Finance,{LONG_AGO}\n"
        ))
        .ends(0);
    assert_eq!(
        stage.statuses(),
        ["done"],
        "nothing was done for the other, so its line goes"
    );
    assert!(stage.user("b@new.example").is_none());
}

#[test]
fn where_every_row_waits_nothing_is_asked_and_nothing_is_sent() {
    let stage = Stage::new();
    in_berlin(&stage);
    stage.write(
        "sheet.csv",
        format!("operation,user,not_before\ndelete,{BRAM},1.12.2099\n"),
    );
    // Without --yes and --max-deletes, since there is nothing to confirm.
    stage
        .reseat(&["run", "sheet.csv"])
        .ends(75)
        .tells("1 row waits for its date, until 2099-12-01 (Europe/Berlin); no row is due");
    assert_eq!(stage.sandbox.stats().routes().next(), None);
    assert_eq!(stage.statuses(), ["waiting"]);
    stage.reseat(&["run", "sheet.csv"]).ends(75);
    assert_eq!(stage.statuses(), ["waiting"]);
    assert!(stage.user(BRAM).is_some());
}

#[test]
fn what_waits_counts_as_no_deletion_no_seat_and_no_access_lost() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,user,groups,licenses,not_before\n\
         delete,{BRAM},,,{NEXT_CENTURY}\n\
         set-licenses,{HUGO},,ATTUNU,{NEXT_CENTURY}\n\
         update,{ANNA},HR Robots,,\n"
    );
    stage.write("sheet.csv", &sheet);
    let plan = stage.reseat(&["plan", "sheet.csv", "--output", "json"]).ends(0);
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    assert_eq!(plan["waiting"]["rows"], 2);
    assert_eq!(plan["waiting"]["first"], plan["waiting"]["last"]);
    assert_eq!(plan["deletions"].as_array().map(Vec::len), Some(0));
    assert_eq!(plan["seats"].as_array().map(Vec::len), Some(0));
    assert_eq!(plan["access_lost"]["people"], 0);
    let fates: Vec<&str> = plan["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["fate"].as_str())
        .collect();
    assert_eq!(fates, ["waits", "waits", "to_change"]);
    stage.rerun(&["--max-deletes", "0", "--max-access-lost", "0"]).ends(75);
    assert_eq!(stage.counts(), "1 done, 2 waiting");
}

#[test]
fn rows_about_somebody_whose_account_is_yet_to_be_made_wait_with_the_row_that_makes_it() {
    let stage = Stage::new();
    in_berlin(&stage);
    let sheet = |date: &str| {
        format!(
            "operation,user,new_email,groups,licenses,not_before\n\
             invite,c@new.example,,,,{date}\n\
             add-licenses,c@new.example,,,ATTUNU,\n\
             add-to-groups,c@new.example,,HR Robots,,\n\
             migrate,{DAVID},d@new.example,,,{date}\n\
             add-to-groups,d@new.example,,HR Robots,,\n\
             add-to-groups,nobody@new.example,,HR Robots,,\n\
             add-to-groups,{ANNA},,HR Robots,,{date}\n"
        )
    };
    stage.run(&sheet(NEXT_CENTURY)).ends(3);
    assert_eq!(
        stage.statuses(),
        [
            "waiting",
            "waiting",
            "waiting",
            "waiting",
            "waiting",
            "not_found",
            "waiting"
        ]
    );
    let line = &stage.results()[1];
    assert_eq!(line.get("code"), "not_before");
    assert!(
        line.message()
            .contains("row 2, which makes it, waits until 2099-12-01T00:00:00+01:00"),
        "{line:?}"
    );
    assert!(stage.results()[4].message().contains("row 5"));
    // They go on with it.
    stage.run_with(&sheet(LONG_AGO), &["--max-deletes", "1"]).ends(3);
    assert_eq!(
        stage.statuses(),
        ["done", "done", "done", "waiting", "done", "not_found", "done"]
    );
    assert_eq!(stage.results()[3].get("code"), "not_accepted");
}

#[test]
fn a_row_without_date_about_the_same_person_runs_at_once_whatever_waits_before_it() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,user,groups,licenses,not_before\n\
         add-to-groups,{HUGO},HR Robots,,{NEXT_CENTURY}\n\
         add-licenses,{HUGO},,ATTUNU,\n"
    );
    stage.run(&sheet).ends(75).tells("no-date");
    assert_eq!(stage.statuses(), ["waiting", "done"]);
    // Contradictions count over the whole sheet.
    let sheet = format!(
        "operation,user,licenses,not_before\n\
         delete,{HUGO},,{NEXT_CENTURY}\n\
         add-licenses,{HUGO},ATTUNU,\n"
    );
    stage.write("other.csv", sheet);
    stage.reseat(&["check", "other.csv"]).ends(2).tells("work-after-delete");
}

#[test]
fn a_migration_that_was_begun_and_is_put_off_keeps_what_is_known_of_it() {
    let stage = Stage::new();
    let sheet = |date: &str| format!("operation,user,new_email,not_before\nmigrate,{BRAM},bram@new.example,{date}\n");
    stage.run_with(&sheet(LONG_AGO), &["--max-deletes", "1"]).ends(75);
    let before = stage.results();
    assert_eq!(before[0].get("code"), "not_accepted");
    stage
        .sandbox
        .with_world(|world| world.accept_invitation("bram@new.example"));
    stage.forget_calls();
    stage.run_with(&sheet(NEXT_CENTURY), &["--max-deletes", "1"]).ends(75);
    assert!(stage.writes().is_empty(), "{:?}", stage.writes());
    let put_off = stage.results();
    for column in ["status", "code", "message", "before", "after", "user_id", "key"] {
        assert_eq!(put_off[0].get(column), before[0].get(column), "{column}");
    }
    // Told by where it is now.
    let below = sheet(NEXT_CENTURY).replacen('\n', &format!("\ndelete,{DAVID},,{NEXT_CENTURY}\n"), 1);
    fs_err::write(stage.given("sheet.csv"), below).unwrap();
    let planned = stage.reseat(&["plan", "sheet.csv", "--output", "json"]).out;
    let planned: Value = serde_json::from_str(&planned).unwrap();
    let rows: Vec<&Value> = planned["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["at"]["row"])
        .collect();
    assert_eq!(rows, [2, 3], "{planned:#}");
    assert!(stage.user(BRAM).is_some());
    stage.run_with(&sheet(LONG_AGO), &["--max-deletes", "1"]).ends(0);
    assert!(stage.user(BRAM).is_none());
    assert_eq!(stage.statuses(), ["done"]);
}

/// Makes the saved plan one of this instant.
fn saved_at(stage: &Stage, instant: &str) {
    let mut plan: Value = serde_json::from_str(&stage.read("plan.json")).unwrap();
    plan["saved_at"] = instant.into();
    stage.write("plan.json", serde_json::to_string(&plan).unwrap());
}

#[test]
fn a_saved_plan_judges_dates_as_of_its_own_instant() {
    let stage = Stage::new();
    stage.write("sheet.csv", joiners(NEXT_CENTURY));
    stage.reseat(&["plan", "sheet.csv", "--save", "plan.json"]).ends(0);
    // The day has come since: what was shown as waiting waits.
    saved_at(&stage, "2026-05-01T00:00:00Z");
    stage.write("sheet.csv", joiners("2026-06-01"));
    stage
        .reseat(&["run", "--plan", "plan.json", "--yes"])
        .ends(75)
        .tells("still holds");
    assert_eq!(stage.statuses(), ["done", "waiting"]);
    assert!(stage.user("b@new.example").is_none());
    // What was shown as due and is moved to later is another plan.
    let stage = Stage::new();
    stage.write("sheet.csv", joiners(LONG_AGO));
    stage.reseat(&["plan", "sheet.csv", "--save", "plan.json"]).ends(0);
    stage.write("sheet.csv", joiners(NEXT_CENTURY));
    stage.forget_calls();
    stage
        .reseat(&["run", "--plan", "plan.json", "--yes"])
        .ends(4)
        .tells("row 3");
    assert!(stage.writes().is_empty());
}

#[test]
fn rows_that_failed_are_run_again_by_the_order_that_their_whole_sheet_showed() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,user,groups,not_before\n\
         add-to-groups,{ANNA},HR Robots,13/02/2020\n\
         add-to-groups,nobody@new.example,HR Robots,01/02/2020\n"
    );
    stage.run(&sheet).ends(3);
    let failed = stage.read("sheet.failed.csv");
    assert!(failed.contains("2020-02-01"), "{failed}");
    stage.reseat(&["check", "sheet.failed.csv"]).ends(0);
}

#[test]
fn check_tells_how_many_rows_wait_and_until_when_in_which_zone() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!(
            "operation,user,Hire date\n\
             delete,{ANNA},1.12.2099\ndelete,{BRAM},24.12.2099\ndelete,{HUGO},1.2.2020\n"
        ),
    );
    stage.set("TZ", "America/New_York");
    stage
        .reseat(&["check", "sheet.csv"])
        .ends(0)
        .tells("2 rows wait for their dates, the first until 2099-12-01, the last until 2099-12-24 (America/New_York)");
    // The profile comes before the computer.
    let profile = format!(
        "[profile.default]\ntimezone = \"Asia/Tokyo\"\n{}",
        stage.read("reseat.toml")
    );
    stage.write("reseat.toml", profile);
    let checked = stage.reseat(&["check", "sheet.csv", "--output", "json"]).ends(0);
    let checked: Value = serde_json::from_str(&checked.out).unwrap();
    assert_eq!(checked["waiting"]["rows"], 2);
    assert_eq!(checked["waiting"]["first"], "2099-12-01T00:00:00+09:00");
    assert_eq!(checked["waiting"]["timezone"], "Asia/Tokyo");
}

#[test]
fn a_row_that_was_put_off_when_it_was_corrected_waits_in_the_sheet_of_failed_rows_and_its_first_form_does_not_run() {
    let stage = Stage::new();
    let sheet = format!("operation,user,groups,not_before\nadd-to-groups,{ANNA},HR Robot,\n");
    stage.run(&sheet).ends(3);
    let failed = stage.read("sheet.failed.csv");
    let corrected = failed.replacen("HR Robot,,", &format!("HR Robots,{NEXT_CENTURY},"), 1);
    assert_ne!(failed, corrected);
    stage.write("sheet.failed.csv", corrected);
    stage.reseat(&["run", "sheet.failed.csv", "--yes"]).ends(75);
    stage.forget_calls();
    stage.rerun(&[]).tells("corrected in a sheet of failed rows");
    assert!(stage.writes().is_empty());
    assert!(!stage.groups(ANNA).contains(&"HR Robots".to_owned()));
    assert_eq!(stage.statuses(), ["waiting"]);
    // What was corrected runs on its day, and the row is done.
    let due = stage.read("sheet.failed.csv").replace(NEXT_CENTURY, LONG_AGO);
    stage.write("sheet.failed.csv", due);
    stage.reseat(&["run", "sheet.failed.csv", "--yes"]).ends(0);
    assert_eq!(stage.statuses(), ["done"]);
}

#[test]
fn a_plan_as_of_a_day_shows_what_waits_for_it_and_sends_nothing() {
    let stage = Stage::new();
    in_berlin(&stage);
    stage.write(
        "sheet.csv",
        "operation,email,groups,not_before\n\
         invite,a@new.example,Finance,2099-12-01\n\
         invite,b@new.example,No such group,2099-12-01\n\
         invite,c@new.example,Finance,2099-12-24 08:30\n",
    );
    let now = stage.reseat(&["plan", "sheet.csv"]).ends(0);
    for line in [
        "3 rows wait for their dates, the first until 2099-12-01, the last until 2099-12-24T08:30:00+01:00 (Europe/Berlin)",
        "  until 2099-12-01: a@new.example (row 2) and b@new.example (row 3)",
        "  until 2099-12-24T08:30:00+01:00: c@new.example (row 4)",
    ] {
        assert!(now.out.contains(line), "{line}: {}", now.out);
    }
    assert!(!now.out.contains("No such group"), "nothing is asked: {}", now.out);
    // The command that it names shows all of them.
    let (_, command) = now.out.split_once("what they will do: ").unwrap();
    let words: Vec<&str> = command.split_whitespace().skip(1).take(4).collect();
    assert_eq!(words, ["plan", "sheet.csv", "--as-of", "2099-12-24T08:30:00+01:00"]);
    let then = stage.reseat(&words).ends(3);
    assert!(then.out.contains("No such group"), "{}", then.out);
    assert!(then.out.contains("2 rows to change"), "{}", then.out);
    assert!(!then.out.contains("what they will do"), "{}", then.out);

    let day = stage.reseat(&["plan", "sheet.csv", "--as-of", "1.12.2099"]).ends(3);
    let told = "as if it were 2099-12-01 (Europe/Berlin)";
    let (first, last) = (day.out.lines().next().unwrap(), day.out.lines().last().unwrap());
    assert!(first.ends_with(told) && last.starts_with(told), "{first}\n{last}");
    assert!(day.out.contains("1 row waits for its date"), "{}", day.out);
    let day = stage
        .reseat(&["plan", "sheet.csv", "--as-of", "2099-12-01", "--output", "json"])
        .ends(3);
    let told: Value = serde_json::from_str(&day.out).unwrap();
    assert_eq!(told["as_of"], "2099-12-01T00:00:00+01:00");
    assert_eq!(told["waiting"]["rows"], 1);
    assert!(
        told["help"][0].as_str().unwrap().contains("--as-of 2099-12-24T08:30"),
        "{told}"
    );
    assert!(stage.writes().is_empty() && !stage.exists("sheet.results.csv"));
}

#[test]
fn a_plan_as_of_a_day_that_is_over_of_no_day_or_to_be_saved_is_refused() {
    let stage = Stage::new();
    stage.write("sheet.csv", joiners(NEXT_CENTURY));
    for (flags, told) in [
        (
            ["--as-of", "2020-01-01"].as_slice(),
            "error: `--as-of` takes a day to come, and 2020-01-01 is over: today is 2",
        ),
        (&["--as-of", "01/12/2099"], "it may be 2099-12-01 or 2099-01-12"),
        (&["--as-of", "tomorrow"], "is no date"),
        (&["--as-of", "2099-12-01", "--save", "plan.json"], "cannot be used with"),
    ] {
        stage
            .reseat(&[["plan", "sheet.csv"].as_slice(), flags].concat())
            .ends(1)
            .tells(told);
    }
    assert!(!stage.exists("plan.json"));
    stage.reseat(&["run", "sheet.csv", "--as-of", "2099-12-01"]).ends(1);
    assert!(stage.writes().is_empty());
}
