//! People who move while others work on the same organization: nobody ends up with somebody else's account, nobody loses
//! what was granted meanwhile, and nobody is mailed more often than asked for.

use reseat::sandbox::{FaultKind, FaultRule, Faults, Moment, Strikes};

use crate::support::{ANNA, BRAM, NADIA, Stage};

const NEW: &str = "nadia@new.example";
const ONE: [&str; 2] = ["--max-deletes", "1"];
const INACTIVE: &str = "yusuf.demir@contoso.example";
const PENDING: &str = "hana.sato@contoso.example";
const MANAGED_PERSON: &str = "priya.iyer@contoso.example";

fn sheet(delete_when: &str) -> String {
    format!("operation,user,new_email,delete_when\nmigrate,{NADIA},{NEW},{delete_when}\n")
}

fn accept(stage: &Stage, email: &str) {
    assert!(stage.sandbox.with_world(|world| world.accept_invitation(email)));
}

fn set_active(stage: &Stage, email: &str, active: bool) {
    let id = stage.id(email);
    assert!(
        stage
            .sandbox
            .with_world(|world| world.edit_user(id, |user| user.is_active = active))
    );
}

/// The one line of the results file: status, code, message.
fn ended(stage: &Stage) -> (String, String, String) {
    let line = &stage.results()[0];
    (
        line.status().to_owned(),
        line.get("code").to_owned(),
        line.message().to_owned(),
    )
}

#[track_caller]
fn assert_ended(stage: &Stage, status: &str, code: &str, words: &[&str]) {
    let (is, because, message) = ended(stage);
    assert_eq!((is.as_str(), because.as_str()), (status, code), "{message}");
    for words in words {
        assert!(message.contains(words), "`{words}` is not in {message}");
    }
}

#[test]
fn a_slip_of_one_row_moves_nobody_onto_somebody_elses_account() {
    let stage = Stage::new();
    let before = stage.world();
    let slip = format!("operation,user,new_email,delete_when\nmigrate,{NADIA},{BRAM},invited\n");
    stage.run_with(&slip, &ONE).ends(3);
    assert_ended(
        &stage,
        "conflict",
        "somebody_else",
        &["Bram Okafor", "Nadia Rahman", "`--onto-existing 2`"],
    );
    assert!(stage.writes().is_empty());
    assert_eq!(crate::support::changes(&before, &stage.world()), Vec::<String>::new());
}

#[test]
fn an_account_without_a_name_is_the_persons_whose_local_part_it_has() {
    let stage = Stage::new();
    let new = "nadia.rahman@new.example";
    let pending = stage.user(PENDING).unwrap();
    stage.add_nameless(&pending, new);
    let moving = format!("operation,user,new_email,delete_when\nmigrate,{NADIA},{new},\n");
    stage.run_with(&moving, &ONE).ends(75);
    assert_eq!(stage.held(new).as_deref(), Some("ACNU; ATTUNU"));
    assert_eq!(stage.user(new).unwrap().name.as_deref(), Some("Nadia"));
    assert_eq!(stage.world().mails_to(new), 0);
    accept(&stage, new);
    stage.rerun(&ONE).ends(0);
    assert!(stage.user(NADIA).is_none());
}

#[test]
fn a_successor_that_is_deactivated_after_its_acceptance_keeps_the_old_account() {
    let stage = Stage::new();
    stage.run_with(&sheet(""), &ONE).ends(75);
    accept(&stage, NEW);
    set_active(&stage, NEW, false);
    stage.forget_calls();
    stage.rerun(&ONE).ends(3);
    assert_ended(&stage, "conflict", "inactive", &[NEW, "the old one was kept"]);
    assert!(stage.writes().is_empty());
    set_active(&stage, NEW, true);
    stage.rerun(&ONE).ends(0);
    assert!(stage.user(NADIA).is_none());
    assert_eq!(stage.world().mails_to(NEW), 1);
}

#[test]
fn nobody_is_mailed_for_an_account_that_is_deactivated_and_no_seat_is_taken() {
    let stage = Stage::new();
    set_active(&stage, NADIA, false);
    stage.run_with(&sheet("invited"), &ONE).ends(3);
    assert_ended(&stage, "skipped", "inactive", &[NADIA, "`--include-inactive`"]);
    assert!(stage.writes().is_empty());
    stage.rerun(&[&ONE[..], &["--include-inactive"]].concat()).ends(0);
    assert!(stage.user(NADIA).is_none());
    assert_eq!(stage.held(NEW).as_deref(), Some("ACNU; ATTUNU"));
}

#[test]
fn an_account_that_is_deactivated_while_its_move_waits_is_kept_and_the_move_goes_on_later() {
    let stage = Stage::new();
    stage.run_with(&sheet(""), &ONE).ends(75);
    set_active(&stage, NADIA, false);
    accept(&stage, NEW);
    stage.rerun(&ONE).ends(3);
    assert_ended(&stage, "skipped", "inactive", &[NADIA]);
    assert!(stage.user(NADIA).is_some());
    set_active(&stage, NADIA, true);
    stage.rerun(&ONE).ends(0);
    assert!(stage.user(NADIA).is_none());
    assert_eq!(stage.world().mails_to(NEW), 1);
}

#[test]
fn what_the_old_account_is_granted_while_the_row_waits_goes_over_too() {
    let stage = Stage::new();
    stage.free_seats("TSTNU", 2);
    stage.run_with(&sheet(""), &ONE).ends(75);
    let id = stage.id(NADIA);
    stage.sandbox.with_world(|world| {
        world.allocate(id, crate::support::bundles(&["ACNU", "ATTUNU", "TSTNU"]), false);
        let group = world.group_named("Finance").unwrap().id;
        world.join(id, group);
    });
    accept(&stage, NEW);
    stage.rerun(&ONE).ends(0);
    assert!(stage.user(NADIA).is_none());
    assert_eq!(stage.held(NEW).as_deref(), Some("ACNU; ATTUNU; TSTNU"));
    assert_eq!(stage.groups(NEW), ["Finance", "Human Resources"]);
}

#[test]
fn what_the_old_account_loses_while_the_row_waits_is_not_given_to_the_new_one() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 0);
    stage.run_with(&sheet(""), &ONE).ends(75);
    assert_eq!(stage.held(NEW), None);
    let id = stage.id(NADIA);
    stage.sandbox.with_world(|world| world.release(id));
    accept(&stage, NEW);
    stage.rerun(&ONE).ends(0);
    assert_eq!(stage.held(NEW), None);
}

#[test]
fn a_hand_over_that_broke_is_finished_by_the_next_run() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 0);
    let down = FaultKind::Status {
        status: 500,
        moment: Moment::BeforeEffect,
    };
    stage.fault(down, "PUT", "/user-license", Strikes::Always);
    stage
        .run_with(&sheet("invited"), &[&ONE[..], &["--retries", "1"]].concat())
        .ends(3);
    assert_eq!(stage.held(NADIA), None);
    assert!(stage.user(NADIA).is_some());
    stage.sandbox.set_faults(Faults::default());
    stage.rerun(&ONE).ends(0);
    assert!(stage.user(NADIA).is_none());
    assert_eq!(stage.held(NEW).as_deref(), Some("ACNU; ATTUNU"));
}

#[test]
fn where_acceptance_never_shows_the_row_says_what_ends_it_and_goes_on_when_it_says_so() {
    let stage = Stage::new();
    let id = stage.id(NADIA);
    // Without names only the results file knows that the new account is this person's.
    stage.sandbox.with_world(|world| {
        world.edit_user(id, |user| {
            (user.name, user.surname, user.display_name) = (None, None, None);
        })
    });
    stage.run_with(&sheet(""), &ONE).ends(75);
    assert_ended(&stage, "waiting", "not_accepted", &["`invited`", "`delete_when`"]);
    stage.run_with(&sheet("invited"), &ONE).ends(0);
    assert!(stage.user(NADIA).is_none());
    assert_eq!(stage.held(NEW).as_deref(), Some("ACNU; ATTUNU"));
    assert_eq!(stage.world().mails_to(NEW), 1);
}

#[test]
fn resend_mails_everybody_once_more_who_is_pending_and_nobody_a_third_time() {
    let stage = Stage::new();
    stage.allow_mails(2);
    let both = format!(
        "operation,user,email,new_email\nmigrate,{NADIA},,{NEW}\ninvite,,joiner@new.example,\ninvite,,settled@new.example,\n"
    );
    stage.run_with(&both, &ONE).ends(75);
    accept(&stage, "settled@new.example");
    assert_eq!(stage.counts(), "2 done, 1 waiting");
    let mails = |email| stage.world().mails_to(email);

    stage.rerun(&[&ONE[..], &["--resend"]].concat()).ends(75);
    assert_eq!(stage.counts(), "2 done, 1 waiting");
    for (email, expected) in [(NEW, 2), ("joiner@new.example", 2), ("settled@new.example", 1)] {
        assert_eq!(mails(email), expected, "{email}");
    }

    // Typed again, and again after a run without it, nobody is mailed before the time is over.
    let before = stage.results();
    stage.rerun(&[&ONE[..], &["--resend"]].concat()).ends(75);
    assert_eq!(stage.results()[1..], before[1..], "finished rows keep their lines");
    stage.rerun(&ONE).ends(75);
    stage.rerun(&[&ONE[..], &["--resend"]].concat()).ends(75);
    assert_eq!((mails(NEW), mails("joiner@new.example")), (2, 2));
    stage.allow_mails(3);
    stage
        .rerun(&[&ONE[..], &["--resend", "--resend-after", "0s"]].concat())
        .ends(75);
    assert_eq!((mails(NEW), mails("joiner@new.example")), (3, 3));
}

#[test]
fn a_resend_of_so_many_rows_at_a_time_reaches_everybody_and_says_who_is_left() {
    let stage = Stage::new();
    stage.allow_mails(2);
    let joiner = |number: usize| format!("joiner{number}@new.example");
    stage
        .run(&crate::support::sheet(
            "operation,email",
            "invite,{}",
            (0..3).map(joiner),
        ))
        .ends(0);
    let mails = || {
        (0..3)
            .map(|number| stage.world().mails_to(&joiner(number)))
            .collect::<Vec<_>>()
    };
    let by_one = ["--resend", "--limit", "1"];
    stage
        .rerun(&by_one)
        .ends(0)
        .tells("2 rows were left out by `--limit`; the same command without it runs those as well");
    assert_eq!(mails(), [2, 1, 1]);
    stage.rerun(&by_one).ends(0).tells("1 row was left out by `--limit`");
    assert_eq!(mails(), [2, 2, 1]);
    let last = stage.rerun(&by_one).ends(0);
    assert_eq!(mails(), [2, 2, 2]);
    assert!(!last.err.contains("left out"), "{}", last.err);
}

#[test]
fn a_resend_that_was_killed_mails_nobody_again_and_leaves_the_rows_done() {
    let stage = Stage::new();
    stage.allow_mails(2);
    stage.run("operation,email\ninvite,joiner@new.example\n").ends(0);
    let stalled = FaultKind::Stalled {
        time: std::time::Duration::from_secs(30),
        moment: Moment::AfterEffect,
    };
    stage.fault(stalled, "POST", "InviteUsers", Strikes::First(1));
    let mut child = stage.start(&["run", "sheet.csv", "--yes", "--resend"]);
    stage.until("the mail is out", |sandbox| {
        sandbox.world().mails_to("joiner@new.example") == 2
    });
    child.kill().unwrap();
    stage.ended(child);
    stage.rerun(&["--resend"]).ends(0);
    assert_eq!(stage.world().mails_to("joiner@new.example"), 2);
    assert_ended(
        &stage,
        "done",
        "",
        &["whether the person was mailed again is not known"],
    );
    stage.forget_calls();
    stage.rerun(&[]).ends(0).tells("already done");
}

#[test]
fn where_it_is_not_known_whether_a_mail_was_sent_again_nothing_is_said_to_find_out_or_to_be_corrected() {
    for moment in [Moment::BeforeEffect, Moment::AfterEffect] {
        let stage = Stage::new();
        stage.allow_mails(2);
        let rows = "operation,email\ninvite,joiner@new.example\n";
        stage.run(rows).ends(0);
        stage.fault(FaultKind::Dropped(moment), "POST", "InviteUsers", Strikes::First(1));
        let ran = stage.rerun(&["--resend"]).ends(3);
        assert_eq!(stage.statuses(), ["in_doubt"]);
        assert!(stage.results()[0].message().contains("`--resend-after`"));
        assert!(
            !ran.err.contains("finds out") && !ran.err.contains("correct "),
            "{}",
            ran.err
        );
        assert!(!stage.path("sheet.failed.csv").exists());
        stage.rerun(&["--resend"]).ends(0);
        assert_ended(
            &stage,
            "done",
            "",
            &["whether the person was mailed again is not known"],
        );
    }
}

#[test]
fn a_service_that_refuses_to_mail_again_is_said_so_and_the_row_stays_done() {
    let stage = Stage::with(reseat::sandbox::Config {
        quirks: reseat::sandbox::Quirks {
            refuses_reinvitation: true,
            ..reseat::sandbox::Quirks::default()
        },
        ..reseat::sandbox::Config::unlimited()
    });
    stage.run("operation,email\ninvite,joiner@new.example\n").ends(0);
    stage.rerun(&["--resend"]).ends(3);
    assert_ended(&stage, "rejected", "invitation_refused", &["already exists"]);
    stage.rerun(&[]).ends(0);
    assert_ended(&stage, "done", "", &["done in an earlier run"]);
}

#[test]
fn an_invitation_onto_a_deactivated_account_leaves_it_alone_unless_the_row_activates_it() {
    let stage = Stage::new();
    stage.free_seats("TSTNU", 2);
    let invite = |active| format!("operation,email,licenses,groups,active\ninvite,{INACTIVE},TSTNU,Finance,{active}\n");
    stage.run(&invite("")).ends(3);
    assert_ended(
        &stage,
        "skipped",
        "inactive",
        &[INACTIVE, "`yes`", "`--include-inactive`"],
    );
    assert!(stage.writes().is_empty());

    stage.run(&invite("yes")).ends(0);
    assert!(stage.user(INACTIVE).unwrap().is_active);
    assert_eq!(stage.held(INACTIVE).as_deref(), Some("ATTUNU; TSTNU"));
    assert!(stage.groups(INACTIVE).contains(&"Finance".to_owned()));
    assert_eq!(stage.world().mails_to(INACTIVE), 0);

    stage.reseat(&["check", "no.csv"]).ends(1);
    stage.write("no.csv", invite("no"));
    stage.reseat(&["check", "no.csv"]).ends(2).tells("does not deactivate");
    fs_err::remove_file(stage.path("no.csv")).unwrap();
}

#[test]
fn no_seat_is_given_to_an_account_that_is_deactivated_unless_the_sheet_activates_it() {
    for operation in ["add-licenses", "set-licenses"] {
        let stage = Stage::new();
        stage.free_seats("TSTNU", 2);
        let row = format!("{operation},{INACTIVE},TSTNU,\n");
        stage.run(&format!("operation,user,licenses,active\n{row}")).ends(3);
        assert_ended(&stage, "skipped", "inactive", &[INACTIVE]);
        assert!(stage.writes().is_empty());
        stage
            .run(&format!(
                "operation,user,licenses,active\n{row}update,{INACTIVE},,yes\n"
            ))
            .ends(0);
        assert!(stage.held(INACTIVE).unwrap().contains("TSTNU"), "{operation}");
    }
    let stage = Stage::new();
    // What takes no seat runs, and a pending invitation is not a deactivated account.
    let id = stage.id(PENDING);
    stage
        .sandbox
        .with_world(|world| world.edit_user(id, |user| user.is_active = false));
    stage
        .run(&format!(
            "operation,user,licenses\nremove-licenses,{INACTIVE},ATTUNU\nadd-licenses,{PENDING},AXPNU\n"
        ))
        .ends(0);
    assert_eq!(stage.held(PENDING).as_deref(), Some("ATTUNU; AXPNU"));
}

#[test]
fn an_invitation_onto_an_account_of_another_name_shows_both_names() {
    let stage = Stage::new();
    stage
        .run(&format!("operation,email,name,surname\ninvite,{BRAM},Bob,Jones\n"))
        .ends(0)
        .tells("warning")
        .tells("Bram Okafor")
        .tells("Bob Jones");
    assert_ended(&stage, "unchanged", "", &["Bram Okafor", "Bob Jones"]);
    stage
        .run(&format!("operation,email,name,surname\ninvite,{BRAM},bram,OKAFOR\n"))
        .ends(0);
    assert!(!ended(&stage).2.contains("sheet says"));
}

#[test]
fn a_domain_one_slip_away_from_the_organizations_is_told_with_its_rows_and_mails_all_the_same() {
    let stage = Stage::new();
    stage
        .run("operation,email\ninvite,ann@contosso.example\ninvite,bob@Contosso.example\ninvite,cid@contoso.example\n")
        .ends(0)
        .tells("2 rows write to `contosso.example`")
        .tells("`contoso.example`, which");
    // By now somebody is there; and others have other endings or numbers.
    let ordinary =
        "operation,email\ninvite,dan@contosso.example\ninvite,eve@contoso.invalid\ninvite,fay@contoso2.example\n";
    let run = stage.run(ordinary).ends(0);
    assert!(!run.err.contains("one slip away"), "{}", run.err);
    let moves = stage.run_with(
        &format!("operation,user,new_email\nmigrate,{NADIA},nadia@cotnoso.example\n"),
        &["--max-deletes", "1"],
    );
    moves.tells("1 row writes to `cotnoso.example`");
}

#[test]
fn names_and_sign_in_settings_go_over() {
    let stage = Stage::new();
    let id = stage.id(NADIA);
    stage.sandbox.with_world(|world| {
        world.edit_user(id, |user| {
            user.display_name = Some("Nadia R. (HR)".to_owned());
            user.bypass_basic_auth_restriction = true;
        })
    });
    stage.run_with(&sheet(""), &ONE).ends(75);
    let user = stage.user(NEW).unwrap();
    assert_eq!(
        (
            user.name.as_deref(),
            user.surname.as_deref(),
            user.display_name.as_deref()
        ),
        (Some("Nadia"), Some("Rahman"), Some("Nadia R. (HR)"))
    );
    assert!(user.bypass_basic_auth_restriction);
    stage.forget_calls();
    stage.rerun(&ONE).ends(75);
    assert!(stage.writes().is_empty(), "{:?}", stage.writes());
}

#[test]
fn what_stays_behind_is_said_once_and_so_are_accounts_of_the_directory() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 2);
    let moving = format!(
        "operation,user,new_email\nmigrate,{NADIA},{NEW}\nmigrate,{ANNA},anna@new.example\nmigrate,{MANAGED_PERSON},priya@new.example\n"
    );
    stage.write("sheet.csv", &moving);
    let told = stage.reseat(&["plan", "sheet.csv"]).ends(0);
    assert_eq!(told.out.matches("personal access tokens").count(), 1, "{}", told.out);
    let told = told.tells("the organization's directory manages").tells(MANAGED_PERSON);
    assert!(!told.out.contains("directory manages accounts that are moved: nadia"));
    stage.rerun(&["--max-deletes", "3"]).ends(75);
}

#[test]
fn a_group_that_the_directory_manages_keeps_the_old_account_until_the_row_goes_without_it() {
    let stage = Stage::new();
    assert!(
        stage
            .sandbox
            .with_world(|world| world.let_directory_manage("Human Resources"))
    );
    stage.run_with(&sheet(""), &ONE).ends(3);
    assert_ended(
        &stage,
        "conflict",
        "not_carried_over",
        &[
            "Human Resources",
            "managed by the directory",
            "`--without-carry-over 2`",
        ],
    );
    assert_eq!(stage.world().mails_to(NEW), 1);
    assert_eq!(stage.held(NEW).as_deref(), Some("ACNU; ATTUNU"));
    accept(&stage, NEW);
    stage.rerun(&ONE).ends(3);
    assert!(stage.user(NADIA).is_some());
    stage.forget_calls();
    stage
        .rerun(&[&ONE[..], &["--without-carry-over", "2"]].concat())
        .ends(0);
    assert_ended(&stage, "done", "", &["left behind: group `Human Resources`"]);
    // Once for the plan and once to read the new account back: nothing else is waited for.
    assert_eq!(stage.sandbox.stats().route("licenses-of-users"), 2);
    assert!(stage.user(NADIA).is_none());
}

#[test]
fn several_faults_do_not_make_a_move_lose_anything() {
    let stage = Stage::new();
    stage.free_seats("ACNU", 0);
    let faults = vec![
        FaultRule::new(FaultKind::Dropped(Moment::AfterEffect))
            .on("POST", "InviteUsers")
            .strikes(Strikes::First(1)),
        FaultRule::new(FaultKind::Status {
            status: 503,
            moment: Moment::AfterEffect,
        })
        .on("PUT", "/user-license")
        .strikes(Strikes::First(1)),
    ];
    stage.sandbox.set_faults(Faults {
        rules: faults,
        ..Faults::default()
    });
    stage.run_with(&sheet("invited"), &ONE).ends(0);
    assert!(stage.user(NADIA).is_none());
    assert_eq!(stage.held(NEW).as_deref(), Some("ACNU; ATTUNU"));
}

#[test]
fn a_move_of_nobody_onto_somebody_is_warned_of_and_says_that_there_is_no_old_account() {
    let stage = Stage::new();
    stage
        .run(&format!(
            "operation,user,new_email\nmigrate,an.berg@contoso.example,{BRAM}\n"
        ))
        .tells("moved already or are misspelt: an.berg@contoso.example");
    assert_eq!(stage.statuses(), ["unchanged"]);
    let message = stage.results()[0].message().to_owned();
    assert!(message.contains("no account `an.berg@contoso.example`"), "{message}");
    assert_eq!(stage.world().mails().count(), 0);
}

#[test]
fn rows_that_the_sheet_has_not_are_named_by_no_permission() {
    let stage = Stage::new();
    let sheet = format!("operation,user,new_email\nmigrate,{ANNA},anna@new.example\n");
    for flag in ["--onto-existing", "--without-carry-over"] {
        stage
            .run_with(&sheet, &[flag, "7"])
            .ends(1)
            .tells(&format!("none of the rows that `{flag}` names"));
        stage.run_with(&sheet, &[flag, "2"]).ends(75);
    }
}
