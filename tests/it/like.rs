//! The column `like`: newcomers and others get what a colleague has, whoever else the sheet is about.

use reseat::sandbox::{Config, FaultKind, Quirks, Strikes};

use crate::support::{ANNA, BRAM, DAVID, HUGO, MEI, Stage, bundles, changes};

const ADA: &str = "ada@new.example";
const URSULA: &str = "ursula.meier@contoso.example";

/// Deactivated, blocked from every licence, and invited without having accepted.
const YUSUF: &str = "yusuf.demir@contoso.example";
const BRUNO: &str = "bruno.rossi@contoso.example";
const HANA: &str = "hana.sato@contoso.example";

#[test]
fn each_operation_gives_what_its_name_says_and_nothing_when_run_again() {
    let stage = Stage::new();
    let before = stage.world();
    let sheet = format!(
        "operation,email,groups,licenses,like\n\
         invite,{ADA},HR Robots,ACNU,{ANNA}\n\
         create,al@new.example,,,{DAVID}\n\
         add-to-groups,{MEI},,,{DAVID}\n\
         add-licenses,{HUGO},,,{ANNA}\n"
    );
    stage.run(&sheet).ends(0);
    assert_eq!(stage.statuses(), ["done"; 4], "{:?}", stage.results());
    assert_eq!(
        stage.groups(ADA),
        ["Automation Users", "Finance", "HR Robots", "Invoice Team"]
    );
    assert_eq!(stage.held(ADA).as_deref(), Some("ACNU; ATTUNU"));
    assert_eq!(stage.groups("al@new.example"), ["Automation Users", "Finance"]);
    assert_eq!(
        stage.held("al@new.example"),
        None,
        "what a group gives is not made direct"
    );
    assert_eq!(stage.held(HUGO).as_deref(), Some("ATTUNU"));
    let others = changes(&before, &stage.world());
    let others = others.iter().filter(|line| line.starts_with("mei.chen"));
    let others: Vec<&String> = others.collect();
    assert_eq!(
        others,
        [
            "mei.chen in Automation Users: none -> yes",
            "mei.chen in Finance: none -> yes"
        ]
    );
    let lines = stage.results();
    assert!(
        lines[0].message().contains(&format!("like {ANNA}: groups ")),
        "{:?}",
        lines[0]
    );
    assert_eq!(lines[2].get("target"), format!("like {DAVID}"));
    stage.forget_calls();
    stage.rerun(&[]).ends(0).tells("already done or unchanged");
    assert!(stage.writes().is_empty());
    stage.rerun(&["--again"]).ends(0);
    assert!(stage.writes().is_empty(), "{:?}", stage.writes());
    assert_eq!(stage.statuses(), ["unchanged"; 4]);
}

#[test]
fn a_hundred_newcomers_like_one_colleague_cost_the_calls_of_rows_that_name_it_all() {
    let sheet = |cells: &str| {
        let rows = (0..100).map(|number| format!("invite,n{number}@new.example,{cells}\n"));
        format!("operation,email,groups,licenses,like\n{}", rows.collect::<String>())
    };
    let calls = |sheet: &str| {
        let stage = Stage::new();
        stage.free_seats("ATTUNU", 100);
        stage.run(sheet).ends(0);
        assert!(stage.statuses().iter().all(|status| status == "done"));
        let stats = stage.sandbox.stats();
        let gets = stats
            .routes()
            .filter(|(name, _)| *name == "get-user" || *name == "list-users");
        (stage.writes(), gets.map(|(_, count)| count).sum::<u64>())
    };
    let copying = calls(&sheet(&format!(",,{ANNA}")));
    let naming = calls(&sheet("Invoice Team; Finance; Automation Users,ATTUNU,"));
    assert_eq!(copying, naming);
}

#[test]
fn rows_that_name_nobody_to_be_like_end_without_a_call_and_the_others_run() {
    let stage = Stage::new();
    let sheet = format!(
        "operation,email,licenses,like\n\
         invite,a@new.example,,nobody@contoso.example\n\
         invite,b@new.example,ACNU,{YUSUF}\n\
         add-licenses,mei.chen@contoso.example,,{BRUNO}\n\
         add-licenses,{DAVID},,{HUGO}\n\
         invite,{ADA},,{HANA}\n"
    );
    stage.run_with(&sheet, &["--include-inactive"]).ends(3);
    let codes: Vec<String> = stage
        .results()
        .iter()
        .map(|line| format!("{} {}", line.status(), line.get("code")))
        .collect();
    assert_eq!(
        codes,
        [
            "not_found like_not_found",
            "rejected like_inactive",
            "rejected like_blocked",
            "rejected like_empty",
            "done "
        ]
    );
    assert_eq!(
        stage.held(ADA).as_deref(),
        Some("ATTUNU"),
        "somebody pending serves as well"
    );
    assert_eq!(stage.writes().get("invite"), Some(&1));
    assert!(stage.user("a@new.example").is_none() && stage.user("b@new.example").is_none());
}

#[test]
fn administrators_are_named_and_copied_only_where_that_is_allowed() {
    let stage = Stage::new();
    let sheet = format!("operation,user,like\nadd-to-groups,{HUGO},{URSULA}\n");
    stage.run(&sheet).ends(0);
    assert!(!stage.groups(HUGO).contains(&"Administrators".to_owned()));
    let message = stage.results()[0].message().to_owned();
    assert!(
        message.contains("Administrators is not copied (`--allow-admins`"),
        "{message}"
    );
    stage.rerun(&["--again", "--allow-admins"]).ends(0);
    assert!(stage.groups(HUGO).contains(&"Administrators".to_owned()));
}

#[test]
fn somebody_of_the_directory_without_an_account_gets_a_colleagues_groups_and_licences_once() {
    let quirks = Quirks {
        makes_accounts_at_sign_in: true,
        ..Quirks::default()
    };
    let stage = Stage::with(Config {
        quirks,
        ..Config::unlimited()
    });
    let wilma = "wilma.fuchs@contoso.example";
    let sheet = format!("operation,user,like\nadd-to-groups,{wilma},{MEI}\nadd-licenses,{wilma},{MEI}\n");
    stage.run(&sheet).ends(0);
    assert_eq!(stage.statuses(), ["done"; 2], "{:?}", stage.results());
    let world = stage.world();
    assert_eq!(world.person_called(wilma).unwrap().groups.len(), 2);
    stage.forget_calls();
    stage.rerun(&["--again"]).ends(0);
    assert!(stage.writes().is_empty(), "{:?}", stage.writes());
    assert_eq!(stage.statuses(), ["unchanged"; 2], "{:?}", stage.results());
}

#[test]
fn a_newcomer_takes_over_from_a_leaver_of_the_same_sheet_although_no_seat_is_free() {
    for is_first in [true, false] {
        let stage = Stage::new();
        stage.free_seats("ATTUNU", 0);
        let mut rows = [format!("invite,{ADA},{ANNA}"), format!("offboard,{ANNA},")];
        if !is_first {
            rows.reverse();
        }
        let sheet = format!("operation,user,like\n{}\n", rows.join("\n"));
        stage.run(&sheet).ends(0);
        assert_eq!(stage.statuses(), ["done"; 2], "{:?}", stage.results());
        assert_eq!(stage.held(ADA).as_deref(), Some("ATTUNU"));
        assert_eq!(stage.groups(ADA), ["Automation Users", "Finance", "Invoice Team"]);
        assert!(!stage.user(ANNA).unwrap().is_active);
    }
}

#[test]
fn what_a_refused_row_still_lacks_is_given_by_the_rerun_although_the_colleague_has_left() {
    let stage = Stage::new();
    let refused = FaultKind::Refused {
        status: 400,
        words: "not now".to_owned(),
    };
    stage.fault(refused, "PUT", "user-license", Strikes::First(1));
    let sheet = format!("operation,user,like\ninvite,{ADA},{ANNA}\noffboard,{ANNA},\n");
    stage.run(&sheet).ends(3);
    assert_eq!(stage.statuses(), ["rejected", "done"], "{:?}", stage.results());
    assert_eq!(stage.held(ADA), None);
    stage.rerun(&[]).ends(0);
    assert_eq!(stage.statuses(), ["done"; 2], "{:?}", stage.results());
    assert_eq!(stage.held(ADA).as_deref(), Some("ATTUNU"));
    let message = stage.results()[0].message().to_owned();
    assert!(message.contains("as it was when the row was begun"), "{message}");
}

#[test]
fn seats_are_short_for_what_is_copied_as_for_what_is_named() {
    let stage = Stage::new();
    stage.free_seats("ATTUNU", 1);
    let sheet = format!("operation,user,like\nadd-licenses,{HUGO},{ANNA}\nadd-licenses,{DAVID},{ANNA}\n");
    stage.run(&sheet).ends(4).tells("there are not enough seats");
    assert!(stage.writes().is_empty());
    stage.rerun(&["--on-shortage", "fill"]).ends(3);
    assert_eq!(stage.statuses(), ["done", "conflict"]);
    assert_eq!(stage.results()[1].get("code"), "seats_short");
}

#[test]
fn nobody_is_like_somebody_whose_account_the_sheet_makes() {
    let stage = Stage::new();
    let sheet = format!("operation,email,groups,like\ninvite,{ADA},Finance,\ninvite,al@new.example,,{ADA}\n");
    stage.run(&sheet).ends(2).tells("like-made-here").tells("row 2");
    assert!(stage.writes().is_empty());
    // By an id it only shows once it is known whose that is.
    let id = stage.id(HUGO);
    let sheet = format!("operation,email,groups,like\ninvite,{HUGO},HR Robots,\ninvite,{ADA},,{id}\n");
    stage.run_with(&sheet, &["--again"]).ends(3);
    assert_eq!(stage.statuses(), ["done", "invalid"], "{:?}", stage.results());
    assert!(stage.user(ADA).is_none());
}

#[test]
fn a_saved_plan_holds_only_as_long_as_the_colleague_has_the_same() {
    let stage = Stage::new();
    stage.write("sheet.csv", format!("operation,email,like\ninvite,{ADA},{BRAM}\n"));
    let save = ["plan", "sheet.csv", "--save", "plan.json"];
    let run = ["run", "--plan", "plan.json", "--yes"];
    stage.reseat(&save).ends(0);
    let id = stage.id(BRAM);
    stage
        .sandbox
        .with_world(|world| world.allocate(id, bundles(&["ATTUNU", "TSTNU"]), false));
    stage.reseat(&run).ends(4).tells("changed since the plan was saved");
    assert!(stage.writes().is_empty());
    stage
        .sandbox
        .with_world(|world| world.allocate(id, bundles(&["ATTUNU"]), false));
    stage.reseat(&run).ends(0);
    assert_eq!(stage.held(ADA).as_deref(), Some("ATTUNU"));
}

/// What was shown before the question is what is done.
#[cfg(target_os = "linux")]
#[test]
fn what_happens_to_the_colleague_at_the_question_changes_nothing() {
    use std::io::Write;

    let stage = Stage::new();
    stage.write("sheet.csv", format!("operation,email,like\ninvite,{ADA},{ANNA}\n"));
    let id = stage.id(ANNA);
    let mut child = stage.start_on_a_terminal(&["run", "sheet.csv"]);
    stage.hear(&mut child, "Type `yes`");
    stage
        .sandbox
        .with_world(|world| world.allocate(id, bundles(&["IDU"]), false));
    child.stdin.as_mut().unwrap().write_all(b"yes\n").unwrap();
    stage.ended(child).ends(0);
    assert_eq!(stage.held(ADA).as_deref(), Some("ATTUNU"));
    assert_eq!(stage.held(ANNA).as_deref(), Some("IDU"));
}
