//! The sheet of failed rows: whose it is, what counts when it is run, and the command that comes next.

use reseat::sandbox::{FaultKind, Faults, Moment, Strikes};

use crate::support::{ANNA, BRAM, DAVID, HUGO, NADIA, Ran, Stage, lines};

const NEW: &str = "nadia@new.example";
const TWO: &str = "operation,user,licenses\nset-licenses,davd.moreau@contoso.example,ACNU\nset-licenses,hugo.silva@contoso.example,ATTUNU\n";

/// The command after `next: `, which stands alone on its line.
fn next(ran: &Ran) -> Option<&str> {
    ran.out.lines().find_map(|line| line.strip_prefix("next: "))
}

fn correct(stage: &Stage, name: &str, from: &str, to: &str) {
    let sheet = stage.read(name);
    assert!(sheet.contains(from), "{sheet}");
    stage.write(name, sheet.replace(from, to));
}

fn run(stage: &Stage, sheet: &str) -> Ran {
    stage.reseat(&["run", sheet, "--yes"])
}

/// The column of the sheet's results, line by line.
fn column(stage: &Stage, name: &str) -> Vec<String> {
    stage.results().iter().map(|line| line.get(name).to_owned()).collect()
}

#[test]
fn a_correction_is_still_there_after_the_sheet_itself_was_run_again_and_brings_its_results_up_to_date() {
    let stage = Stage::new();
    let ran = stage.run(TWO).ends(3);
    assert!(
        next(&ran).unwrap().ends_with("run sheet.failed.csv --yes"),
        "{}",
        ran.out
    );
    correct(&stage, "sheet.failed.csv", "davd", "david");
    let corrected = stage.read("sheet.failed.csv");

    let ran = stage.rerun(&[]).ends(3).tells("was changed since reseat wrote it");
    assert_eq!(stage.read("sheet.failed.csv"), corrected);
    assert!(stage.read("sheet.failed-2.csv").contains("davd"));
    assert!(
        next(&ran).unwrap().ends_with("run sheet.failed.csv --yes"),
        "{}",
        ran.out
    );

    run(&stage, "sheet.failed.csv").ends(0);
    assert_eq!(stage.held(DAVID).as_deref(), Some("ACNU"));
    assert_eq!(stage.counts(), "2 done");
    assert_eq!(column(&stage, "user"), [DAVID, HUGO]);
    assert_eq!(column(&stage, "row"), ["2", "3"]);
    assert_eq!(
        stage.read("sheet.failed.csv"),
        corrected,
        "what somebody typed is theirs"
    );

    stage.forget_calls();
    stage.rerun(&[]).ends(0).tells("already done or unchanged");
    assert_eq!(stage.counts(), "2 done");
    assert!(stage.writes().is_empty());
    assert!(!stage.exists("sheet.failed-2.csv"), "nobody needs it any more");
}

#[test]
fn an_account_that_was_made_for_an_address_that_is_corrected_is_told_with_how_to_remove_it() {
    let stage = Stage::new();
    let broken = FaultKind::Status {
        status: 500,
        moment: Moment::BeforeEffect,
    };
    stage.fault(broken, "PUT", "/user-license", Strikes::Always);
    let sheet = "operation,email,licenses\ninvite,ana@new.example,ACNU\n";
    stage.free_seats("ACNU", 9);
    stage.run_with(sheet, &["--retries", "0"]).ends(3);
    assert!(stage.user("ana@new.example").is_some());
    stage.sandbox.set_faults(Faults::default());
    correct(&stage, "sheet.failed.csv", "ana@new", "anna@new");
    let ran = run(&stage, "sheet.failed.csv").ends(0);
    let hint =
        "corrected after an account was invited or made for ana@new.example, or may have been: a sheet with `delete`";
    ran.tells(hint);
    // Once it is said, and done, it is no news.
    let again = run(&stage, "sheet.failed.csv").ends(0);
    assert!(!again.out.contains("ana@new.example"), "{}", again.out);
}

#[test]
fn a_second_correction_is_run_although_the_first_one_was_done() {
    let stage = Stage::new();
    stage.run(TWO).ends(3);
    correct(&stage, "sheet.failed.csv", "davd.moreau", "bram.okafor");
    run(&stage, "sheet.failed.csv").ends(0);
    correct(&stage, "sheet.failed.csv", "bram.okafor", "david.moreau");
    run(&stage, "sheet.failed.csv").ends(0);
    assert_eq!(stage.held(DAVID).as_deref(), Some("ACNU"));
    let mut users = column(&stage, "user");
    users.sort();
    assert_eq!(
        users,
        [BRAM, DAVID, HUGO],
        "what was done for one who has left the sheet is still told"
    );
    stage.rerun(&[]).ends(0);
}

#[test]
fn following_the_next_command_after_a_hand_over_that_broke_finishes_it() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 0);
    let broken = FaultKind::Status {
        status: 500,
        moment: Moment::BeforeEffect,
    };
    stage.fault(broken, "PUT", "/user-license", Strikes::Always);
    let sheet = format!("operation,user,new_email,delete_when\nmigrate,{NADIA},{NEW},invited\n");
    let ran = stage
        .run_with(&sheet, &["--max-deletes", "1", "--retries", "0"])
        .ends(3);
    assert_eq!(stage.held(NADIA), None);
    assert_eq!(
        next(&ran).map(|command| command.ends_with("run sheet.csv --yes --max-deletes 1 --retries 0")),
        Some(true),
        "{}",
        ran.out
    );
    stage.sandbox.set_faults(Faults::default());
    // Whoever runs the failed rows instead does not lose the licences either.
    let mut words = vec!["run", "sheet.failed.csv", "--yes"];
    words.extend(["--max-deletes", "1"]);
    stage.reseat(&words).ends(0);
    assert_eq!(stage.held(NEW).as_deref(), Some("ACNU; ATTUNU"));
    assert!(stage.user(NADIA).is_none());
    assert_eq!(stage.counts(), "1 done");
}

/// A hand-over that broke after the licences were taken off.
fn broken_hand_over() -> Stage {
    let stage = Stage::new();
    stage.free_seats("ACNU", 0);
    let broken = FaultKind::Status {
        status: 500,
        moment: Moment::BeforeEffect,
    };
    stage.fault(broken, "PUT", "/user-license", Strikes::Always);
    let sheet = format!("operation,user,new_email,name,delete_when\nmigrate,{NADIA},{NEW},,invited\n");
    stage
        .run_with(&sheet, &["--max-deletes", "1", "--retries", "0"])
        .ends(3);
    assert_eq!(stage.held(NADIA), None);
    stage.sandbox.set_faults(Faults::default());
    stage
}

#[test]
fn a_row_that_was_begun_and_is_corrected_goes_on_with_what_was_captured_wherever_it_is_corrected() {
    for (name, has_mark) in [
        ("sheet.csv", true),
        ("sheet.failed.csv", true),
        ("sheet.failed.csv", false),
    ] {
        let stage = broken_hand_over();
        correct(&stage, name, &format!("{NEW},,"), &format!("{NEW},Nadja,"));
        if !has_mark {
            let sheet = stage.read(name);
            let bare = sheet.lines().map(|line| line.rsplitn(4, ',').last().unwrap());
            let bare: Vec<&str> = bare.collect();
            stage.write(name, bare.join("\n"));
        }
        stage.reseat(&["run", name, "--yes", "--max-deletes", "1"]).ends(0);
        assert_eq!(stage.held(NEW).as_deref(), Some("ACNU; ATTUNU"), "{name}");
        assert!(stage.user(NADIA).is_none());
        assert_eq!(stage.counts(), "1 done", "{name}");
        let before = stage.results()[0].get("before").to_owned();
        assert!(before.contains("ACNU"), "{before}");
    }
}

#[test]
fn a_move_that_was_begun_and_is_corrected_to_another_address_takes_along_what_was_captured() {
    for name in ["sheet.csv", "sheet.failed.csv"] {
        let stage = broken_hand_over();
        correct(&stage, name, NEW, "nadja@new.example");
        stage.reseat(&["run", name, "--yes", "--max-deletes", "1"]).ends(0);
        assert_eq!(
            stage.held("nadja@new.example").as_deref(),
            Some("ACNU; ATTUNU"),
            "{name}"
        );
        assert!(stage.user(NADIA).is_none());
        // Somebody was invited to the first address, and that is still told.
        assert_eq!(stage.results().len(), 2, "{name}");
        assert!(stage.results().iter().any(|line| line.get("target") == NEW));
    }
}

#[test]
fn the_failed_rows_of_failed_rows_go_to_the_same_sheet_or_the_next_number() {
    let stage = Stage::new();
    stage.run(TWO).ends(3);
    // Unchanged: the same sheet, written anew.
    run(&stage, "sheet.failed.csv").ends(3);
    assert!(!stage.exists("sheet.failed-2.csv"));
    correct(&stage, "sheet.failed.csv", "davd", "dvid");
    let corrected = stage.read("sheet.failed.csv");
    let ran = run(&stage, "sheet.failed.csv").ends(3);
    assert_eq!(stage.read("sheet.failed.csv"), corrected);
    assert!(
        next(&ran).unwrap().ends_with("run sheet.failed-2.csv --yes"),
        "{}",
        ran.out
    );
    correct(&stage, "sheet.failed-2.csv", "dvid", "david");
    run(&stage, "sheet.failed-2.csv").ends(0);
    assert_eq!(column(&stage, "user"), [DAVID, HUGO]);
    assert_eq!(stage.counts(), "2 done");
    stage.rerun(&[]).ends(0);
    let names: Vec<_> = fs_err::read_dir(stage.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        !names
            .iter()
            .any(|name| name.to_string_lossy().contains("failed.failed")),
        "{names:?}"
    );
}

#[test]
fn a_file_that_reseat_did_not_write_is_not_overwritten() {
    let stage = Stage::new();
    stage.write("sheet.failed.csv", "user\nmine\n");
    let ran = stage.run(TWO).ends(3);
    assert_eq!(stage.read("sheet.failed.csv"), "user\nmine\n");
    assert!(
        next(&ran).unwrap().ends_with("run sheet.failed-2.csv --yes"),
        "{}",
        ran.out
    );
}

#[test]
fn a_sheet_of_another_format_does_not_take_up_the_results_of_one_that_is_called_alike() {
    let stage = Stage::new();
    stage.run(TWO).ends(3);
    let results = stage.read("sheet.results.csv");
    stage.write("sheet.tsv", TWO.replace(',', "\t"));
    stage
        .reseat(&["plan", "sheet.tsv"])
        .ends(1)
        .tells("the results of `sheet.csv`");
    run(&stage, "sheet.tsv").ends(1).tells("--results");
    assert_eq!(stage.read("sheet.results.csv"), results);
    stage
        .reseat(&["run", "sheet.tsv", "--yes", "--results", "other.csv"])
        .ends(3);
    // Its failed rows have a sheet of their own, and belong to its results.
    assert!(stage.read("sheet.failed.csv").contains("sheet.csv"));
    assert!(stage.read("other.failed.csv").contains("sheet.tsv"));
    run(&stage, "other.failed.csv")
        .ends(1)
        .tells("the results of `sheet.csv`");
    let words = ["run", "other.failed.csv", "--yes", "--results", "other.csv"];
    stage.reseat(&words).ends(3);
    assert_eq!(lines(&stage.path("other.csv")).len(), 2);
}

#[test]
fn two_results_of_one_sheet_have_a_sheet_of_failed_rows_each() {
    let stage = Stage::new();
    fs_err::create_dir(stage.given("out")).unwrap();
    stage.write("sheet.csv", TWO);
    let one = ["run", "sheet.csv", "--yes", "--results", "one.results.csv"];
    let ran = stage.reseat(&one).ends(3);
    let command = next(&ran).unwrap();
    assert!(
        command.ends_with("run one.failed.csv --yes --results one.results.csv"),
        "{command}"
    );
    let failed = stage.read("one.failed.csv");
    stage.write("sheet.csv", TWO.replace("davd", "dvid"));
    let two = stage.path("out/two.csv").display().to_string();
    stage.reseat(&["run", "sheet.csv", "--yes", "--results", &two]).ends(3);
    assert_eq!(stage.read("one.failed.csv"), failed);
    assert!(stage.read("out/two.failed.csv").contains("dvid"));
    // One that was run is not taken away, by whatever path its results are named.
    correct(&stage, "out/two.failed.csv", "dvid", "david");
    stage
        .reseat(&["run", "out/two.failed.csv", "--yes", "--results", &two])
        .ends(0);
    assert!(stage.read("out/two.failed.csv").contains("david"));
}

#[test]
fn failed_rows_without_the_results_that_they_came_from_are_refused() {
    let stage = Stage::new();
    stage.run(TWO).ends(3);
    fs_err::remove_file(stage.path("sheet.results.csv")).unwrap();
    run(&stage, "sheet.failed.csv")
        .ends(1)
        .tells("what was begun for them is not in `sheet.results.csv`");
    assert!(!stage.exists("sheet.results.csv"));
    stage
        .reseat(&["run", "sheet.failed.csv", "--yes", "--again"])
        .ends(1)
        .tells("would set aside the results of the sheet");
}

#[test]
fn passwords_are_left_out_and_a_row_does_not_run_without_its_password() {
    let stage = Stage::new();
    stage.keep_secret("S3cret-of-a-row");
    let sheet = format!("operation,user,name,password\nupdate,davd,David,S3cret-of-a-row\nupdate,{ANNA},Anna,\n");
    let ran = stage.run(&sheet).ends(3).tells("1 password was left out");
    assert!(next(&ran).unwrap().ends_with("run sheet.csv --yes"), "{}", ran.out);
    let failed = stage.read("sheet.failed.csv");
    assert!(!failed.contains("S3cret"), "{failed}");
    correct(&stage, "sheet.failed.csv", "davd", DAVID);
    run(&stage, "sheet.failed.csv")
        .ends(2)
        .tells("the password was left out");
    correct(&stage, "sheet.failed.csv", "<left out>", "N3w-Secret");
    run(&stage, "sheet.failed.csv").ends(0);
    assert_eq!(stage.counts(), "1 done, 1 unchanged");
}

#[test]
fn a_password_that_its_row_does_not_take_is_not_asked_for_again() {
    let stage = Stage::new();
    stage.keep_secret("S3cret-of-a-row");
    let sheet = "operation,username,email,groups,password\ncreate,kim,kim@new.example,Nowhere,S3cret-of-a-row\n";
    let ran = stage.run(sheet).ends(3);
    assert!(!ran.out.contains("left out"), "{}", ran.out);
    assert!(
        next(&ran).unwrap().ends_with("run sheet.failed.csv --yes"),
        "{}",
        ran.out
    );
    assert!(!stage.read("sheet.failed.csv").contains("S3cret"));
}

#[test]
fn where_the_service_alone_is_to_blame_nothing_is_to_be_corrected() {
    let stage = Stage::new();
    let fault = FaultKind::Status {
        status: 503,
        moment: Moment::BeforeEffect,
    };
    stage.fault(fault, "PUT", "/api/User/", Strikes::Always);
    let sheet = format!("operation,user,name\nupdate,{ANNA},Anne\nupdate,{DAVID},Dave\n");
    let ran = stage.run_with(&sheet, &["--retries", "0"]).ends(3);
    assert_eq!(stage.counts(), "2 failed");
    let ran = ran.tells("2 rows failed because of the service or the connection");
    assert!(!ran.out.contains("correct sheet.failed.csv"), "{}", ran.out);
    assert!(next(&ran).unwrap().contains("run sheet.csv"), "{}", ran.out);
    stage.sandbox.set_faults(Faults::default());
    stage.rerun(&[]).ends(0);
}

#[test]
fn a_row_that_was_taken_out_of_the_sheet_of_failed_rows_still_needs_somebody() {
    let stage = Stage::new();
    let sheet = format!("operation,user,name\nupdate,davd,Dave\nupdate,nobody,Kim\nupdate,{ANNA},Anne\n");
    stage.run(&sheet).ends(3);
    correct(&stage, "sheet.failed.csv", "davd", DAVID);
    let failed = stage.read("sheet.failed.csv");
    let rest: Vec<&str> = failed.lines().filter(|line| !line.contains("nobody")).collect();
    stage.write("sheet.failed.csv", rest.join("\n") + "\n");
    run(&stage, "sheet.failed.csv")
        .ends(0)
        .tells("of the sheet that these rows came from, 1 other row needs somebody");
}

#[test]
fn where_rows_wait_as_well_the_next_command_is_that_of_the_sheet() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,user,new_email,licenses\nmigrate,{NADIA},{NEW},\nset-licenses,davd.moreau@contoso.example,,ACNU\n"
    );
    let ran = stage.run_with(&sheet, &["--max-deletes", "1"]).ends(3);
    assert!(
        next(&ran).unwrap().ends_with("run sheet.csv --yes --max-deletes 1"),
        "{}",
        ran.out
    );
}

#[test]
fn a_permission_that_has_to_be_added_is_a_hint_and_not_in_the_next_command() {
    let stage = Stage::new();
    let sheet = format!("operation,user,new_email,delete_when\nmigrate,{NADIA},{NEW},accepted\n");
    let ran = stage.run(&sheet);
    if ran.code == 75 {
        assert!(next(&ran).unwrap().ends_with("run sheet.csv --yes"), "{}", ran.out);
        ran.tells("allow it with `--max-deletes 1`");
    }
}

#[test]
#[cfg(unix)]
fn the_next_command_can_be_typed_as_it_is_whatever_the_files_are_called() {
    for name in [
        "it's $HOME ! \"x\"",
        "Zoë=1; rm *",
        "tab\tand\nline",
        "-dash",
        "~ann",
        "a(b)&c",
    ] {
        let stage = Stage::new();
        let (sheet, results) = (format!("{name}.csv"), format!("{name} r.csv"));
        stage.write(&sheet, TWO);
        let ran = stage
            .reseat(&["run", "--yes", "--results", &format!("./{results}"), "--", &sheet])
            .ends(3);
        let command = next(&ran).unwrap().to_owned();
        let failed = format!("{name} r.failed.csv");
        correct(&stage, &failed, "davd", "david");
        stage.shell(&command).ends(0);
        assert_eq!(stage.held(DAVID).as_deref(), Some("ACNU"), "{command}");
        let told: Vec<String> = lines(&stage.path(&results))
            .iter()
            .map(|line| line.status().to_owned())
            .collect();
        assert_eq!(told, ["done", "done"], "{command}");
    }
}

#[test]
fn a_results_file_is_no_sheet_and_a_workbook_holds_no_results() {
    let stage = Stage::new();
    stage.run(TWO).ends(3);
    for command in ["check", "plan", "run"] {
        stage
            .reseat(&[command, "sheet.results.csv"])
            .ends(2)
            .tells("this is a results file");
    }
    // There are no other rows.
    let ran = stage.reseat(&["run", "sheet.results.csv", "--yes"]).ends(2);
    assert!(!ran.err.contains("--skip-invalid"), "{}", ran.err);
    stage
        .reseat(&["run", "sheet.csv", "--yes", "--results", "out.xlsx"])
        .ends(1)
        .tells("out.csv");
}

#[test]
fn a_results_file_that_a_spreadsheet_program_saved_is_resumed_and_written_back_as_it_was() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,user,licenses,name\nset-licenses,davd.moreau@contoso.example,ACNU,\nset-licenses,{HUGO},ATTUNU,\nupdate,{ANNA},,Änna\n"
    );
    stage.run(&sheet).ends(3);
    let ours = stage.read("sheet.results.csv");
    let mut german = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for line in csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(ours.as_bytes())
        .records()
    {
        german.write_record(&line.unwrap()).unwrap();
    }
    let german = String::from_utf8(german.into_inner().unwrap()).unwrap();
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&german);
    fs_err::write(stage.path("sheet.results.csv"), &bytes).unwrap();
    stage.forget_calls();
    stage.rerun(&[]).ends(3).tells("2 rows finished by an earlier run");
    assert!(stage.writes().is_empty());
    let after = fs_err::read(stage.path("sheet.results.csv")).unwrap();
    let (after, _, _) = encoding_rs::WINDOWS_1252.decode(&after);
    let lines: Vec<&str> = after.split("\r\n").collect();
    assert_eq!(lines.len(), 5, "{after}");
    let before: Vec<&str> = german.split("\r\n").collect();
    assert_eq!(
        [lines[0], lines[2], lines[3], lines[4]],
        [before[0], before[2], before[3], ""]
    );

    let capital = after.replacen(";done;", ";Done;", 2);
    let number = 1 + capital.split("\r\n").position(|line| line.contains(";Done;")).unwrap();
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&capital);
    fs_err::write(stage.path("sheet.results.csv"), &bytes).unwrap();
    stage
        .rerun(&[])
        .ends(1)
        .tells(&format!("line {number} is not as reseat wrote it: `status` is `Done`"));
    fs_err::remove_file(stage.path("sheet.results.csv")).unwrap();
}

/// A sheet run with `--skip-invalid`: its second row has a licence that nobody knows, its third a group that is not there.
fn corrected_twice(license: &str, group: &str) -> Stage {
    let stage = Stage::new();
    let sheet = "operation,email,groups,licenses\ninvite,t1@new.example,Finance,\n\
                 invite,t2@new.example,Finance,Attended\ninvite,t3@new.example,Nosuch,\n";
    stage.run_with(sheet, &["--skip-invalid"]).ends(3);
    assert_eq!(stage.counts(), "1 done, 1 invalid, 1 not_found");
    correct(
        &stage,
        "sheet.failed.csv",
        "Finance,Attended,",
        &format!("Finance,{license},"),
    );
    correct(
        &stage,
        "sheet.failed.csv",
        "t3@new.example,Nosuch",
        &format!("t3@new.example,{group}"),
    );
    stage
}

#[test]
fn a_row_that_was_invalid_and_is_done_as_corrected_is_left_alone_by_the_sheet() {
    let stage = corrected_twice("ATTUNU", "Finance");
    run(&stage, "sheet.failed.csv").ends(0);
    let results = stage.read("sheet.results.csv");
    stage.forget_calls();
    for _ in 0..2 {
        stage
            .rerun(&["--skip-invalid"])
            .ends(0)
            .tells("all 3 rows are already done or unchanged");
        assert_eq!(stage.read("sheet.results.csv"), results);
        assert_eq!(column(&stage, "row"), ["2", "3", "4"]);
        assert_eq!(stage.counts(), "3 done");
    }
    assert!(stage.writes().is_empty());
}

#[test]
fn rows_whose_correction_needs_attention_are_left_to_the_sheet_in_which_they_were_corrected() {
    let stage = corrected_twice("ACNU", "Nosuch either");
    stage.free_seats("ACNU", 0);
    let ran = stage
        .reseat(&["run", "sheet.failed.csv", "--yes", "--on-shortage", "fill"])
        .ends(3);
    assert_eq!(stage.counts(), "1 conflict, 1 done, 1 not_found");
    let following = next(&ran).unwrap();
    assert!(following.contains("run sheet.failed-2.csv"), "{}", ran.out);
    assert!(ran.out.contains("correct sheet.failed-2.csv") || ran.err.contains("correct sheet.failed-2.csv"));
    stage.forget_calls();

    let ran = stage
        .rerun(&["--skip-invalid", "--on-shortage", "fill"])
        .ends(3)
        .tells("2 rows were corrected in a sheet of failed rows and not finished: run that sheet again");
    assert!(stage.writes().is_empty());
    assert_eq!(stage.counts(), "1 conflict, 1 done, 1 not_found");
    assert_eq!(column(&stage, "row"), ["2", "3", "4"]);
    assert!(next(&ran).unwrap().contains("run sheet.failed.csv"), "{}", ran.out);

    stage.free_seats("ACNU", 1);
    correct(&stage, "sheet.failed.csv", "Nosuch either", "Finance");
    run(&stage, "sheet.failed.csv").ends(0);
    stage.rerun(&["--skip-invalid"]).ends(0);
    assert_eq!(stage.counts(), "3 done");
    assert_eq!(column(&stage, "row"), ["2", "3", "4"]);
}

#[test]
fn a_sheet_of_failed_rows_that_was_run_is_named_for_the_rows_begun_by_the_sheet_as_well() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 0);
    let sheet = "operation,email,groups,licenses\n\
                 invite,t1@new.example,Finance,Attended\ninvite,t2@new.example,Finance,ACNU\n";
    let ran = stage
        .run_with(sheet, &["--skip-invalid", "--on-shortage", "fill"])
        .ends(3);
    assert!(next(&ran).unwrap().contains("run sheet.csv"), "{}", ran.out);
    correct(&stage, "sheet.failed.csv", "Finance,Attended,", "Finance,ACNU,");
    let filling = ["run", "sheet.failed.csv", "--yes", "--on-shortage", "fill"];
    stage.reseat(&filling).ends(3);
    let ran = stage.rerun(&["--skip-invalid", "--on-shortage", "fill"]).ends(3);
    assert_eq!(stage.counts(), "2 conflict");
    assert!(next(&ran).unwrap().contains("run sheet.failed.csv"), "{}", ran.out);
    stage.free_seats("ACNU", 2);
    stage.reseat(&filling).ends(0);
    assert_eq!(stage.counts(), "2 done");
}
