//! The drop folder: what comes whole is run once, and ends with all that belongs to it in the folder that says how.

use std::process::Child;
use std::time::Duration;

use reseat::sandbox::{FaultKind, FaultRule, Faults, Moment, Strikes};

use crate::support::{ANNA, BRAM, DAVID, HUGO, Line, MEI, NADIA, PROFILE, Ran, Stage, lines, signal};

/// Files are taken for whole sooner than people should want.
pub(crate) const QUICK: &str = "[profile.default.watch]\nquiet = \"200ms\"\n";

/// A stage with a drop folder.
pub(crate) fn stage() -> Stage {
    let stage = Stage::new();
    stage.keep_state();
    stage.write("reseat.toml", format!("{PROFILE}{QUICK}"));
    fs_err::create_dir(stage.given("inbox")).unwrap();
    // Nothing is approved where others may rename folders, as the umask of many a system lets them.
    #[cfg(unix)]
    fs_err::set_permissions(stage.path("inbox"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    stage
}

/// Drops a sheet as careful people do: under another name first.
pub(crate) fn drop_sheet(stage: &Stage, name: &str, content: impl AsRef<[u8]>) {
    let path = stage.given(&format!("inbox/{name}"));
    let passing = path.with_file_name(".coming");
    fs_err::write(&passing, content).unwrap();
    fs_err::rename(passing, path).unwrap();
}

pub(crate) fn once(stage: &Stage) -> Ran {
    stage.reseat(&["watch", "inbox", "--once"])
}

/// Watches until it is stopped, looking often.
fn watching(stage: &Stage) -> Child {
    stage.start(&["watch", "inbox", "--every", "100ms"])
}

#[cfg(unix)]
fn stopped(stage: &Stage, child: Child) -> Ran {
    signal(&child, "TERM");
    stage.ended(child).ends(143)
}

/// The files in a folder below the drop folder, what reseat keeps for itself aside.
pub(crate) fn files(stage: &Stage, folder: &str) -> Vec<String> {
    let mut names: Vec<String> = fs_err::read_dir(stage.path(&format!("inbox/{folder}")))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".runs.jsonl") && !name.ends_with(".report.html"))
        .collect();
    names.sort();
    names
}

/// Moves a file within the drop folder, as somebody with a mouse does.
fn carry(stage: &Stage, from: &str, to: &str) {
    fs_err::rename(stage.path(&format!("inbox/{from}")), stage.path(&format!("inbox/{to}"))).unwrap();
}

pub(crate) fn approve(stage: &Stage, name: &str) {
    carry(stage, &format!("approve/{name}"), &format!("approved/{name}"));
}

/// Leaves the sheet itself where it waits.
fn approve_copy_of_leavers(stage: &Stage, name: &str) {
    let copy = stage.given(&format!("inbox/approved/{name}"));
    fs_err::copy(stage.path("inbox/approve/leavers.csv"), copy).unwrap();
}

fn is_at_rest(stage: &Stage) -> bool {
    fs_err::read_dir(stage.path("inbox/.reseat/running")).unwrap().count() == 0
}

fn update(name: &str) -> String {
    format!("operation,user,name\nupdate,{ANNA},{name}\n")
}

const INVITE: &str = "operation,email,groups\ninvite,ada@new.example,HR Robots\n";
const LEAVER: &str = "operation,user\ndelete,stefan.novak@contoso.example\n";
const MIGRATE: &str =
    "operation,user,new_email,delete_when\nmigrate,nadia.rahman@contoso.example,nadia@new.example,never\n";

#[test]
fn each_sheet_ends_with_what_belongs_to_it_in_the_folder_that_says_how() {
    let stage = stage();
    drop_sheet(&stage, "joiners.csv", INVITE);
    drop_sheet(
        &stage,
        "unknown.csv",
        "operation,user,name\nupdate,nobody@else.example,Kim\n",
    );
    drop_sheet(&stage, "invalid.csv", "operation,user\nfly,nobody@else.example\n");
    drop_sheet(&stage, "leavers.csv", LEAVER);
    drop_sheet(
        &stage,
        "later.csv",
        format!("operation,user,name,not_before\nupdate,{ANNA},Ann,2099-12-01\n"),
    );
    let ran = stage.reseat(&["watch", "inbox", "--once", "--output", "json"]).ends(3);
    let told: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let counts = serde_json::json!({
        "done": 1, "waiting": 1, "failed": 2, "approve": 1, "superfluous": 0, "left": 0
    });
    assert_eq!(told["counts"], counts);
    assert_eq!(told["sheets"].as_array().unwrap().len(), 5);
    assert_eq!(files(&stage, "done"), ["joiners.csv", "joiners.results.csv"]);
    assert_eq!(
        files(&stage, "failed"),
        [
            "invalid.csv",
            "invalid.note.txt",
            "unknown.csv",
            "unknown.failed.csv",
            "unknown.note.txt",
            "unknown.results.csv"
        ]
    );
    assert_eq!(
        files(&stage, "waiting"),
        ["later.csv", "later.note.txt", "later.results.csv"]
    );
    assert_eq!(
        files(&stage, "approve"),
        ["leavers.csv", "leavers.note.txt", "leavers.plan.html"]
    );
    let note = stage.read("inbox/failed/invalid.note.txt");
    assert!(
        note.contains("fly") && note.contains("Nothing was sent. Correct the sheet"),
        "{note}"
    );
    // Whoever drops a sheet types no commands.
    for name in ["failed/invalid", "failed/unknown", "approve/leavers"] {
        let note = stage.read(&format!("inbox/{name}.note.txt"));
        assert!(
            !note.contains("next: ") && !note.contains("--") && !note.contains("`reseat "),
            "{note}"
        );
    }
    assert!(
        stage
            .read("inbox/approve/leavers.note.txt")
            .contains("move leavers.csv")
    );
    assert_eq!(stage.groups("ada@new.example"), ["HR Robots"]);
    assert!(stage.user("stefan.novak@contoso.example").is_some());
    assert!(is_at_rest(&stage));
    // Rows wait, and a sheet waits for approval.
    once(&stage).ends(3);
    fs_err::remove_file(stage.path("inbox/approve/leavers.csv")).unwrap();
    once(&stage).ends(75);
}

#[test]
fn a_sheet_is_run_as_approved_once_somebody_moves_it_and_its_plan_goes_with_it() {
    let stage = stage();
    drop_sheet(&stage, "leavers.csv", LEAVER);
    once(&stage).ends(3).tells("somebody would lose access");
    approve(&stage, "leavers.csv");
    once(&stage).ends(0);
    assert_eq!(
        files(&stage, "done"),
        ["leavers.csv", "leavers.plan.html", "leavers.results.csv"]
    );
    assert_eq!(files(&stage, "approve"), Vec::<String>::new());
    assert_eq!(files(&stage, ".reseat/approvals"), Vec::<String>::new());
    assert!(stage.user("stefan.novak@contoso.example").is_none());
}

#[test]
fn the_page_to_approve_says_who_loses_access_later_by_that_approval() {
    let stage = stage();
    drop_sheet(
        &stage,
        "later.csv",
        "operation,user,groups,not_before\n\
         offboard,stefan.novak@contoso.example,,2099-01-31\n\
         delete,yara.saleh@contoso.example,,2099-01-31\n\
         remove-from-groups,bram.okafor@contoso.example,HR Robots,2099-01-30\n\
         remove-from-groups,bram.okafor@contoso.example,Finance,2099-01-31\n",
    );
    once(&stage).ends(3);
    let page = stage.read("inbox/approve/later.plan.html");
    for told in [
        "Approving it covers what comes later as well: 3 people lose access, and 1 account is deleted for good.",
        "3 people lose access later",
        "until 2099-01-31: stefan.novak@contoso.example (offboard, row 2)",
        "It has to be approved because 1 account is deleted",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains("Nobody loses access"), "{page}");
    let note = stage.read("inbox/approve/later.note.txt");
    assert!(note.contains("3 people lose access"), "{note}");
}

#[test]
#[cfg(unix)]
fn nothing_is_approved_where_whoever_drops_sheets_could_rename_folders() {
    let stage = stage();
    let inbox = |mode| {
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
        fs_err::set_permissions(stage.path("inbox"), permissions).unwrap();
    };
    inbox(0o770);
    drop_sheet(&stage, "leavers.csv", LEAVER);
    once(&stage).ends(3);
    fs_err::remove_dir(stage.path("inbox/approved")).unwrap();
    carry(&stage, "approve", "approved");
    once(&stage).ends(3).tells("chmod +t");
    assert!(stage.user("stefan.novak@contoso.example").is_some());
    inbox(0o1770);
    once(&stage).ends(0);
    assert!(stage.user("stefan.novak@contoso.example").is_none());
}

#[test]
fn what_was_copied_to_approved_and_given_another_name_is_the_same_sheet() {
    let stage = stage();
    drop_sheet(&stage, "leavers.csv", LEAVER);
    once(&stage).ends(3);
    approve_copy_of_leavers(&stage, "leavers (1).csv");
    once(&stage).ends(0);
    assert_eq!(
        files(&stage, "done"),
        ["leavers.csv", "leavers.plan.html", "leavers.results.csv"]
    );
    assert_eq!(files(&stage, "approve"), Vec::<String>::new());
    assert!(stage.user("stefan.novak@contoso.example").is_none());
}

#[test]
fn a_sheet_that_was_changed_on_its_way_to_approved_needs_approval_anew() {
    let stage = stage();
    drop_sheet(&stage, "leavers.csv", LEAVER);
    once(&stage).ends(3);
    approve(&stage, "leavers.csv");
    fs_err::write(
        stage.path("inbox/approved/leavers.csv"),
        format!("{LEAVER}delete,{HUGO}\n"),
    )
    .unwrap();
    once(&stage).ends(3);
    assert!(stage.user(HUGO).is_some() && stage.user("stefan.novak@contoso.example").is_some());
    let waiting = files(&stage, "approve");
    assert!(waiting.contains(&"leavers.csv".to_owned()), "{waiting:?}");
    assert!(stage.read("inbox/approve/leavers.plan.html").contains(HUGO));
    approve(&stage, "leavers.csv");
    once(&stage).ends(0);
    assert!(stage.user(HUGO).is_none() && stage.user("stefan.novak@contoso.example").is_none());
}

#[test]
fn a_changed_copy_of_a_sheet_that_waits_for_approval_is_another_sheet() {
    let stage = stage();
    drop_sheet(&stage, "leavers.csv", LEAVER);
    once(&stage).ends(3);
    let waiting = ["leavers.csv", "leavers.note.txt", "leavers.plan.html"];
    let plan = stage.read("inbox/approve/leavers.plan.html");
    fs_err::write(
        stage.given("inbox/approved/leavers.csv"),
        format!("{LEAVER}delete,{HUGO}\n"),
    )
    .unwrap();
    once(&stage).ends(3);
    assert_eq!(stage.read("inbox/approve/leavers.plan.html"), plan);
    let others: Vec<String> = files(&stage, "approve")
        .into_iter()
        .filter(|name| !waiting.contains(&name.as_str()))
        .collect();
    let [sheet, note, page] = others.as_slice() else {
        panic!("{others:?}")
    };
    let note = stage.read(&format!("inbox/approve/{note}"));
    assert!(
        note.contains(&format!("Look at {page}.")) && note.contains(&format!("move {sheet} as it is")),
        "{note}"
    );
    assert!(stage.read(&format!("inbox/approve/{page}")).contains(HUGO));
    approve(&stage, "leavers.csv");
    once(&stage).ends(3);
    assert!(stage.user(HUGO).is_some() && stage.user("stefan.novak@contoso.example").is_none());
    assert_eq!(files(&stage, "approve"), others);
}

#[test]
fn a_copy_that_is_approved_takes_its_plan_along_although_the_sheet_that_it_was_copied_from_has_changed() {
    let stage = stage();
    drop_sheet(&stage, "leavers.csv", LEAVER);
    once(&stage).ends(3);
    approve_copy_of_leavers(&stage, "leavers.csv");
    let edited = format!("{LEAVER}delete,{HUGO}\n");
    fs_err::write(stage.path("inbox/approve/leavers.csv"), &edited).unwrap();
    once(&stage);
    assert_eq!(
        files(&stage, "done"),
        ["leavers.csv", "leavers.plan.html", "leavers.results.csv"]
    );
    assert_eq!(files(&stage, "approve"), ["leavers.csv"]);
    assert_eq!(stage.read("inbox/approve/leavers.csv"), edited);
    assert!(stage.user(HUGO).is_some() && stage.user("stefan.novak@contoso.example").is_none());
}

#[test]
fn a_plan_that_does_not_hold_any_more_is_made_anew_and_says_what_has_changed() {
    let stage = stage();
    drop_sheet(&stage, "leavers.csv", LEAVER);
    once(&stage).ends(3);
    // Meanwhile the leaver got a licence, which nobody has seen who approved.
    stage.sandbox.with_world(|world| {
        let id = world.user_called("stefan.novak@contoso.example").unwrap().id;
        world.release(id);
    });
    approve(&stage, "leavers.csv");
    once(&stage).ends(3);
    assert!(stage.user("stefan.novak@contoso.example").is_some());
    assert_eq!(
        files(&stage, "approve"),
        ["leavers.csv", "leavers.note.txt", "leavers.plan.html"]
    );
    assert!(stage.read("inbox/approve/leavers.note.txt").contains("planned anew"));
    approve(&stage, "leavers.csv");
    once(&stage).ends(0);
    assert!(stage.user("stefan.novak@contoso.example").is_none());
}

#[test]
fn a_sheet_that_nobody_has_planned_is_not_approved_by_its_place() {
    let stage = stage();
    once(&stage).ends(0);
    for name in ["leavers.csv", "update.csv"] {
        stage.given(&format!("inbox/approved/{name}"));
    }
    fs_err::write(stage.path("inbox/approved/leavers.csv"), LEAVER).unwrap();
    fs_err::write(stage.path("inbox/approved/update.csv"), update("Ann")).unwrap();
    once(&stage).ends(3);
    assert_eq!(
        files(&stage, "approve"),
        ["leavers.csv", "leavers.note.txt", "leavers.plan.html"]
    );
    assert_eq!(files(&stage, "done"), ["update.csv", "update.results.csv"]);
    assert!(stage.user("stefan.novak@contoso.example").is_some());
}

#[test]
fn what_waits_is_taken_up_again_until_it_is_done() {
    let stage = stage();
    drop_sheet(&stage, "moves.csv", MIGRATE.replace("never", "accepted"));
    let allowed = format!("{PROFILE}{QUICK}max_deletes = 5\nmax_access_lost = 5\n");
    stage.write("reseat.toml", allowed);
    once(&stage).ends(75);
    assert_eq!(
        files(&stage, "waiting"),
        ["moves.csv", "moves.note.txt", "moves.results.csv"]
    );
    once(&stage).ends(75);
    stage
        .sandbox
        .with_world(|world| assert!(world.accept_invitation("nadia@new.example")));
    once(&stage).ends(0);
    assert_eq!(files(&stage, "done"), ["moves.csv", "moves.results.csv"]);
    assert_eq!(files(&stage, "waiting"), Vec::<String>::new());
    assert!(stage.user(NADIA).is_none());
}

#[test]
fn what_was_approved_goes_on_when_an_invitation_is_accepted_without_being_approved_again() {
    let stage = stage();
    drop_sheet(&stage, "moves.csv", MIGRATE.replace("never", "accepted"));
    once(&stage).ends(3);
    approve(&stage, "moves.csv");
    once(&stage).ends(75);
    stage
        .sandbox
        .with_world(|world| assert!(world.accept_invitation("nadia@new.example")));
    once(&stage).ends(0);
    assert!(stage.user(NADIA).is_none());
    assert_eq!(stage.world().mails_to("nadia@new.example"), 1);
    assert_eq!(files(&stage, ".reseat/approvals"), Vec::<String>::new());
}

#[test]
fn failed_rows_that_were_corrected_go_on_with_the_results_of_their_sheet() {
    let stage = stage();
    let sheet = format!(
        "operation,user,email,name,groups\ninvite,,ada@new.example,,HR Robots\nupdate,{ANNA},,Ann,\nupdate,nobody@else.example,,Kim,\n"
    );
    drop_sheet(&stage, "mixed.csv", sheet);
    once(&stage).ends(3);
    let failed = stage.read("inbox/failed/mixed.failed.csv");
    // Copied, corrected and dropped, while the first one lies there still.
    drop_sheet(&stage, "mixed.failed.csv", failed.replace("nobody@else.example", BRAM));
    once(&stage).ends(0);
    assert_eq!(files(&stage, "failed"), Vec::<String>::new());
    assert_eq!(
        files(&stage, "done"),
        ["mixed.csv", "mixed.failed.csv", "mixed.results.csv"]
    );
    assert_eq!(stage.user(BRAM).unwrap().name.as_deref(), Some("Kim"));
    let statuses: Vec<String> = lines(&stage.path("inbox/done/mixed.results.csv"))
        .iter()
        .map(|line| line.status().to_owned())
        .collect();
    assert_eq!(statuses, ["done", "done", "done"]);
}

#[test]
fn corrected_rows_that_were_approved_take_along_what_lay_beside_them_moved_or_not() {
    for moved in [
        &["teams.failed.csv"][..],
        &["teams.csv", "teams.failed-2.csv", "teams.failed.csv"],
    ] {
        let stage = stage();
        let sheet = format!("operation,user,groups\nremove-from-groups,{NADIA},No Such Group\n");
        drop_sheet(&stage, "teams.csv", sheet);
        once(&stage).ends(3);
        let failed = stage.read("inbox/failed/teams.failed.csv");
        drop_sheet(
            &stage,
            "teams.failed.csv",
            failed.replace("No Such Group,", "Human Resources,"),
        );
        once(&stage).ends(3).tells("1 in `approve`");
        assert_eq!(
            files(&stage, "approve"),
            [
                "teams.csv",
                "teams.failed-2.csv",
                "teams.failed.csv",
                "teams.note.txt",
                "teams.plan.html",
                "teams.results.csv"
            ]
        );
        let note = stage.read("inbox/approve/teams.note.txt");
        for words in [
            "Look at teams.plan.html.",
            "move teams.failed.csv as it is",
            "Leave the other sheets",
        ] {
            assert!(note.contains(words), "{note}");
        }
        for name in moved {
            carry(&stage, &format!("approve/{name}"), &format!("approved/{name}"));
        }
        once(&stage).ends(0);
        assert_eq!(stage.groups(NADIA), Vec::<String>::new());
        for folder in ["approve", "approved", "failed"] {
            assert_eq!(files(&stage, folder), Vec::<String>::new(), "{folder} {moved:?}");
        }
        assert_eq!(
            files(&stage, "done"),
            ["teams.csv", "teams.failed.csv", "teams.plan.html", "teams.results.csv"]
        );
    }
}

#[test]
fn corrected_rows_that_are_done_leave_the_job_where_somebody_sees_that_others_are_not() {
    let stage = stage();
    let sheet =
        format!("operation,user,name\nupdate,kim@else.example,Kim\nupdate,lee@else.example,Lee\nupdate,{ANNA},Anne\n");
    drop_sheet(&stage, "names.csv", &sheet);
    once(&stage).ends(3);
    let failed = stage.read("inbox/failed/names.failed.csv");
    let corrected: Vec<String> = failed
        .lines()
        .filter(|line| !line.contains("lee@"))
        .map(|line| line.replace("kim@else.example", BRAM))
        .collect();
    drop_sheet(&stage, "names.failed.csv", corrected.join("\n") + "\n");
    once(&stage).ends(3);
    assert_eq!(stage.user(BRAM).unwrap().name.as_deref(), Some("Kim"));
    assert!(!files(&stage, "done").contains(&"names.results.csv".to_owned()));
    let note = stage.read("inbox/failed/names.note.txt");
    assert!(
        note.contains("Put the sheet that they came from into the drop folder"),
        "{note}"
    );
    carry(&stage, "failed/names.csv", "names.csv");
    once(&stage).ends(3);
    let lines = lines(&stage.path("inbox/failed/names.results.csv"));
    let statuses: Vec<&str> = lines.iter().map(Line::status).collect();
    assert_eq!(statuses, ["done", "not_found", "done"]);
}

#[test]
fn rows_that_fail_once_more_after_they_were_corrected_are_in_the_sheet_that_the_note_names() {
    let stage = stage();
    let sheet = format!("operation,user,name\nupdate,kim@else.example,Kim\nupdate,{ANNA},Anne\n");
    drop_sheet(&stage, "names.csv", &sheet);
    once(&stage).ends(3);
    let note = stage.read("inbox/failed/names.note.txt");
    assert!(note.contains("names.failed.csv"), "{note}");
    let failed = stage.read("inbox/failed/names.failed.csv");
    drop_sheet(
        &stage,
        "names.failed.csv",
        failed.replace("kim@else.example", "kim@elsewhere.example"),
    );
    once(&stage).ends(3);
    let note = stage.read("inbox/failed/names.note.txt");
    assert!(stage.read("inbox/failed/names.failed-2.csv").contains("elsewhere"));
    assert!(note.contains("names.failed-2.csv"), "{note}");
}

#[test]
fn a_failed_sheet_with_rows_that_wait_says_when_these_are_taken_up() {
    let stage = stage();
    drop_sheet(
        &stage,
        "names.csv",
        format!("operation,user,name,not_before\nupdate,kim@else.example,Kim,\nupdate,{ANNA},Anne,2099-01-01\n"),
    );
    once(&stage).ends(3);
    let note = stage.read("inbox/failed/names.note.txt");
    assert!(
        note.contains("One row waits, and is taken up again only when that is dropped."),
        "{note}"
    );
}

#[test]
#[cfg(unix)]
fn a_notice_that_a_kill_has_cut_off_is_sent_by_the_next_watch() {
    let stage = stage();
    let command = "umask 077; test -e killed || { : > killed; kill -9 $PPID; exit; }; cat > told.json";
    stage.set("PATH", "/usr/bin:/bin");
    stage.write(
        "reseat.toml",
        format!("[profile.default]\nnotify_command = \"{command}\"\n{PROFILE}{QUICK}"),
    );
    drop_sheet(&stage, "update.csv", update("Ann"));
    once(&stage).ends(137);
    assert!(!stage.exists("told.json"));
    once(&stage).ends(0);
    let notice: serde_json::Value = serde_json::from_str(&stage.read("told.json")).unwrap();
    assert_eq!(notice["event"], "run_ended");
    assert!(
        notice["sheet"].as_str().unwrap().ends_with("inbox/done/update.csv"),
        "{notice}"
    );
    assert!(is_at_rest(&stage));
}

#[test]
fn a_sheet_that_was_withdrawn_after_its_approval_needs_another_when_it_is_dropped_again() {
    let stage = stage();
    let leaver = "operation,user,not_before\noffboard,stefan.novak@contoso.example,2099-01-01\n";
    drop_sheet(&stage, "leavers.csv", leaver);
    once(&stage).ends(3);
    approve(&stage, "leavers.csv");
    once(&stage).ends(75);
    fs_err::remove_file(stage.path("inbox/waiting/leavers.csv")).unwrap();
    drop_sheet(&stage, "leavers.csv", leaver);
    once(&stage).ends(3);
    // What the first one left keeps its name.
    let is_sheet = |name: &String| {
        name.strip_suffix(".csv")
            .is_some_and(|stem| !stem.ends_with(".results"))
    };
    assert!(files(&stage, "approve").iter().any(is_sheet));
    assert!(!files(&stage, "waiting").iter().any(is_sheet));
}

#[test]
fn the_same_sheet_dropped_twice_is_done_once() {
    let stage = stage();
    drop_sheet(&stage, "joiners.csv", INVITE);
    once(&stage).ends(0);
    let calls = stage.sandbox.stats().total();
    drop_sheet(&stage, "joiners.csv", INVITE);
    drop_sheet(&stage, "joiners (1).csv", INVITE);
    once(&stage).ends(0).tells("dropped before");
    assert_eq!(stage.sandbox.stats().total(), calls);
    let done = files(&stage, "done");
    assert_eq!(done.len(), 6, "{done:?}");
    let note = stage.read("inbox/done/joiners (1).note.txt");
    assert!(note.contains("was done on") && note.contains("joiners.csv"), "{note}");
    // What waits for approval is not asked for twice.
    drop_sheet(&stage, "leavers.csv", LEAVER);
    once(&stage).ends(3);
    drop_sheet(&stage, "leavers 2.csv", LEAVER);
    once(&stage).ends(3).tells("dropped before");
    assert_eq!(
        files(&stage, "approve"),
        ["leavers.csv", "leavers.note.txt", "leavers.plan.html"]
    );
}

#[test]
fn a_sheet_that_failed_and_is_dropped_again_goes_on_where_it_stopped() {
    let stage = stage();
    let sheet = "operation,user,email,name\ninvite,,ada@new.example,\nupdate,kim@else.example,,Kim\n";
    drop_sheet(&stage, "mixed.csv", sheet);
    once(&stage).ends(3);
    stage.reseat(&["run", "kim.csv", "--yes"]).ends(1);
    stage.write("kim.csv", "operation,email\ninvite,kim@else.example\n");
    stage.reseat(&["run", "kim.csv", "--yes"]).ends(0);
    drop_sheet(&stage, "mixed again.csv", sheet);
    once(&stage).ends(0);
    assert_eq!(
        files(&stage, "done"),
        [
            "mixed again.csv",
            "mixed again.note.txt",
            "mixed.csv",
            "mixed.results.csv"
        ]
    );
    assert!(stage.read("inbox/done/mixed again.note.txt").contains("as mixed.csv"));
    assert_eq!(files(&stage, "failed"), Vec::<String>::new());
    // Whoever drops it is not told of another's name alone.
    let invalid = "operation,email\ninvite,nope\n";
    drop_sheet(&stage, "first.csv", invalid);
    drop_sheet(&stage, "second.csv", invalid);
    once(&stage)
        .ends(3)
        .tells("`second.csv` has the content of `first.csv`");
    assert_eq!(files(&stage, "failed"), ["first.csv", "first.note.txt"]);
    assert!(stage.exists("inbox/done/second.csv") && stage.exists("inbox/done/second.note.txt"));
    // The same name again needs no second copy.
    drop_sheet(&stage, "first.csv", invalid);
    once(&stage).ends(3);
    assert!(!stage.exists("inbox/done/first.csv") && !stage.exists("inbox/first.csv"));
    assert_eq!(stage.world().mails_to("ada@new.example"), 1);
}

#[test]
fn a_name_that_is_taken_gets_the_time_and_the_sheet_can_be_gone_on_with_by_hand() {
    let stage = stage();
    for name in ["Ann", "Anke"] {
        drop_sheet(&stage, "names.csv", update(name));
        once(&stage).ends(0);
    }
    let done = files(&stage, "done");
    assert_eq!(done.len(), 4, "{done:?}");
    let later = done
        .iter()
        .find(|name| name.starts_with("names-2") && !name.contains("results"))
        .unwrap();
    let later = format!("inbox/done/{later}");
    stage.reseat(&["run", &later, "--yes"]).ends(0).tells("already done");
    let results = later.replace(".csv", ".results.csv");
    stage.reseat(&["undo", &results, "-o", "undo.csv"]).ends(0);
    assert!(stage.read("undo.csv").contains("Ann"));
}

#[test]
fn what_is_no_sheet_or_not_there_yet_is_left_where_it_is() {
    let stage = stage();
    let left = [
        "~$names.xlsx",
        ".names.csv.8xYb2Q",
        "names.csv.part",
        "names.csv.filepart",
        "names.csv.crdownload",
        "lu3920.tmp",
        "notes.pdf",
        "old.results.csv",
        "old.report.html",
        "open.ods",
        ".~lock.open.ods#",
    ];
    for name in left {
        drop_sheet(&stage, name, update("Ann"));
    }
    let results = format!("{}\n", reseat::ledger::COLUMNS.join(","));
    drop_sheet(&stage, "old.results.csv", results);
    fs_err::create_dir_all(stage.given("inbox/.~tmp~")).unwrap();
    fs_err::create_dir(stage.given("inbox/elsewhere")).unwrap();
    fs_err::write(stage.given("inbox/elsewhere/names.csv"), update("Ann")).unwrap();
    let ran = once(&stage).ends(75);
    let ran = ran
        .tells("`notes.pdf` is left alone")
        .tells("`elsewhere` is left alone");
    ran.tells("`open.ods` is open in a program");
    assert!(stage.writes().is_empty());
    for name in left {
        assert!(stage.exists(&format!("inbox/{name}")), "{name}");
    }
    assert!(stage.exists("inbox/elsewhere/names.csv"));
}

#[test]
fn a_sheet_that_is_named_as_results_are_is_told_of_and_needs_somebody() {
    let stage = stage();
    for name in ["q3.results.csv", "leavers.results.final.csv"] {
        drop_sheet(&stage, name, update("Ann"));
    }
    let ran = once(&stage).ends(3);
    ran.tells("`q3.results.csv` is left alone: it is named as results are")
        .tells("`leavers.results.final.csv` is left alone: it is named as results are");
    assert!(stage.writes().is_empty());
}

#[test]
fn a_changed_sheet_goes_on_with_its_results_once_nothing_else_has_its_name() {
    let stage = stage();
    let failing = |user: &str| format!("operation,user,name\nupdate,{ANNA},Ann\nupdate,{user},Kim\n");
    drop_sheet(&stage, "j.csv", failing("nobody@else.example"));
    once(&stage).ends(3);
    for ending in ["results.csv", "results.csv.runs.jsonl"] {
        carry(&stage, &format!("failed/j.{ending}"), &format!("j.{ending}"));
    }
    drop_sheet(&stage, "j.csv", failing(BRAM));
    once(&stage)
        .ends(75)
        .tells("`j.csv` stays where it is: what lies beside it knows it by this name, and `failed/j.csv` belongs to another")
        .tells("1 left for another time");
    for name in fs_err::read_dir(stage.path("inbox/failed")).unwrap() {
        fs_err::remove_file(name.unwrap().path()).unwrap();
    }
    once(&stage).ends(0);
    assert_eq!(files(&stage, "done"), ["j.csv", "j.results.csv"]);
    assert_eq!(stage.user(BRAM).unwrap().name.as_deref(), Some("Kim"));
}

#[test]
fn whoever_dropped_a_sheet_that_only_the_service_has_failed_has_nothing_to_correct() {
    let stage = stage();
    let unavailable = FaultKind::Status {
        status: 503,
        moment: Moment::BeforeEffect,
    };
    stage.fault(unavailable, "PUT", "/api/User/", Strikes::Always);
    stage.write("reseat.toml", format!("{QUICK}[profile.default.limits]\nretries = 0\n"));
    drop_sheet(&stage, "names.csv", format!("{}update,{BRAM},Bo\n", update("Ann")));
    once(&stage).ends(3);
    let note = stage.read("inbox/failed/names.note.txt");
    assert!(
        note.contains("because of the service") && !note.contains("Correct names.failed.csv"),
        "{note}"
    );
    stage.sandbox.set_faults(Faults::default());
    drop_sheet(&stage, "names.csv", format!("{}update,{BRAM},Bo\n", update("Ann")));
    once(&stage).ends(0);
}

#[test]
#[cfg(unix)]
fn links_are_not_followed() {
    let stage = stage();
    stage.write("secret.csv", update("Ann"));
    std::os::unix::fs::symlink(stage.path("secret.csv"), stage.given("inbox/names.csv")).unwrap();
    once(&stage).ends(0).tells("`names.csv` is left alone");
    assert!(stage.writes().is_empty() && stage.exists("secret.csv"));
}

#[test]
#[cfg(unix)]
fn a_sheet_that_comes_in_pieces_is_run_when_it_is_whole() {
    let stage = stage();
    stage.write("reseat.toml", format!("{PROFILE}{}", QUICK.replace("200ms", "1s")));
    let child = watching(&stage);
    let path = stage.given("inbox/names.csv");
    let text = format!("operation,user,name\nupdate,{ANNA},Ann\nupdate,{BRAM},Bram\n");
    // Cut in an address, which would be another one.
    let (first, rest) = text.split_at(text.len() - "k.okafor@contoso.example,Bram\n".len());
    fs_err::write(&path, first).unwrap();
    stage.until("the folder was looked at", |_| stage.exists("inbox/.reseat/running"));
    for piece in rest.as_bytes().chunks(5) {
        let mut file = fs_err::OpenOptions::new().append(true).open(&path).unwrap();
        std::io::Write::write_all(&mut file, piece).unwrap();
    }
    stage.until("it is done", |_| stage.exists("inbox/done/names.csv"));
    stopped(&stage, child);
    assert_eq!(stage.read("inbox/done/names.csv"), text);
    assert_eq!(lines(&stage.path("inbox/done/names.results.csv")).len(), 2);
}

#[test]
#[cfg(unix)]
fn a_damaged_workbook_is_waited_for_and_then_fails_with_the_reason() {
    let stage = stage();
    drop_sheet(&stage, "half.xlsx", b"PK\x03\x04half of it");
    once(&stage).ends(3);
    assert_eq!(files(&stage, "failed"), ["half.note.txt", "half.xlsx"]);
    assert!(stage.read("inbox/failed/half.note.txt").contains("error: "));
}

/// Holds the run at its first change.
fn stall(stage: &Stage, route: &str) {
    let stalled = FaultKind::Stalled {
        time: Duration::from_mins(2),
        moment: Moment::BeforeEffect,
    };
    stage.sandbox.set_faults(Faults {
        rules: vec![FaultRule::new(stalled).on(route, "").strikes(Strikes::Nth(1))],
        ..Faults::default()
    });
}

#[test]
#[cfg(unix)]
fn a_sheet_that_is_replaced_while_it_runs_is_a_new_sheet() {
    let stage = stage();
    drop_sheet(&stage, "names.csv", update("Ann"));
    stall(&stage, "PUT");
    let child = watching(&stage);
    stage.until("it runs", reseat::sandbox::Sandbox::is_stalling);
    drop_sheet(&stage, "names.csv", update("Anke"));
    // Given up and sent again by the client that was held.
    stage.sandbox.set_faults(Faults::default());
    signal(&child, "TERM");
    stage.ended(child);
    once(&stage).ends(0);
    assert_eq!(files(&stage, "done").len(), 4);
    assert_eq!(stage.user(ANNA).unwrap().name.as_deref(), Some("Anke"));
}

#[test]
#[cfg(unix)]
fn a_signal_stops_the_run_and_the_next_watch_goes_on_with_it() {
    let stage = stage();
    let people = [ANNA, BRAM, DAVID, HUGO, MEI];
    drop_sheet(
        &stage,
        "names.csv",
        crate::support::sheet("operation,user,name", "update,{},Kim", people),
    );
    stall(&stage, "PUT");
    let child = stage.start(&["watch", "inbox", "--once"]);
    stage.until("it runs", reseat::sandbox::Sandbox::is_stalling);
    signal(&child, "INT");
    let ran = stage.ended(child).ends(130);
    ran.tells("gone on with by the next");
    assert_eq!(
        files(&stage, "."),
        [".reseat", "approve", "approved", "done", "failed", "waiting"]
    );
    stage.sandbox.set_faults(Faults::default());
    once(&stage).ends(0);
    assert_eq!(files(&stage, "done"), ["names.csv", "names.results.csv"]);
    assert!(is_at_rest(&stage));
    for who in people {
        assert_eq!(stage.user(who).unwrap().name.as_deref(), Some("Kim"));
    }
}

#[test]
#[cfg(unix)]
fn a_second_watch_is_told_which_one_has_the_folder() {
    let stage = stage();
    let child = watching(&stage);
    stage.until("it watches", |_| stage.exists("inbox/.reseat/lock.txt"));
    let process = child.id();
    once(&stage).ends(4).tells(&format!("process {process}"));
    stopped(&stage, child);
    once(&stage).ends(0);
}

#[test]
#[cfg(unix)]
fn a_folder_that_goes_away_and_comes_back_is_looked_after_again() {
    let stage = stage();
    let mut child = watching(&stage);
    drop_sheet(&stage, "one.csv", update("Ann"));
    stage.until("it is done", |_| stage.exists("inbox/done/one.csv"));
    fs_err::rename(stage.path("inbox"), stage.given("away")).unwrap();
    stage.hear(&mut child, "cannot be used");
    fs_err::rename(stage.path("away"), stage.path("inbox")).unwrap();
    drop_sheet(&stage, "two.csv", update("Anke"));
    stage.until("it is done", |_| stage.exists("inbox/done/two.csv"));
    stage.hear(&mut child, "can be used again");
    stage.until("it is at rest", |_| is_at_rest(&stage));
    // Another one in its place, where nothing is known of the first.
    fs_err::rename(stage.path("inbox"), stage.given("old")).unwrap();
    fs_err::create_dir(stage.path("inbox")).unwrap();
    drop_sheet(&stage, "three.csv", update("Anne"));
    stage.until("it is done", |_| stage.exists("inbox/done/three.csv"));
    stopped(&stage, child);
    assert_eq!(stage.user(ANNA).unwrap().name.as_deref(), Some("Anne"));
}

#[test]
#[cfg(unix)]
fn a_full_disk_loses_nothing_and_is_tried_again() {
    let stage = stage();
    drop_sheet(&stage, "names.csv", update("Ann"));
    for blocks in [0, 1, 2] {
        let shell = format!("trap '' XFSZ; ulimit -f {blocks}");
        let ran = stage.ended(stage.start_under(&shell, &["watch", "inbox", "--once"]));
        assert!([0, 1, 3, 75].contains(&ran.code), "{blocks}: {} {}", ran.code, ran.err);
        if ran.code == 0 {
            break;
        }
    }
    let in_failed = stage.path("inbox/failed/names.csv");
    if in_failed.exists() {
        drop_sheet(&stage, "names.csv", update("Ann"));
    }
    once(&stage).ends(0);
    assert!(stage.exists("inbox/done/names.csv"));
    assert_eq!(stage.user(ANNA).unwrap().name.as_deref(), Some("Ann"));
}

#[test]
fn sheets_stay_where_they_are_until_the_organization_answers_again() {
    let stage = stage();
    stage.write(
        "reseat.toml",
        format!("{QUICK}[profile.default.limits]\nretries = 0\nsettle = \"1s\"\n"),
    );
    drop_sheet(&stage, "first.csv", update("Anne"));
    drop_sheet(&stage, "second.csv", INVITE);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    stage.set("UIPATH_URI", &format!("http://{nobody}"));
    for left in ["2 left for another time", "left for another time"] {
        let unanswered = once(&stage).ends(75).tells(left);
        assert_eq!(
            unanswered
                .err
                .matches("sheets wait until the organization answers")
                .count(),
            1,
            "{}",
            unanswered.err
        );
        // All are whole.
        assert!(!unanswered.err.contains("still being written"), "{}", unanswered.err);
        for folder in ["done", "failed", "waiting"] {
            assert!(files(&stage, folder).is_empty(), "{folder}");
        }
    }
    stage.set("UIPATH_URI", &stage.sandbox.base_url());
    once(&stage).ends(0);
    assert_eq!(
        files(&stage, "done"),
        ["first.csv", "first.results.csv", "second.csv", "second.results.csv"]
    );
}

#[test]
fn a_folder_that_is_not_there_is_said_and_how_to_make_it() {
    let stage = stage();
    stage
        .reseat(&["watch", "nowhere", "--once"])
        .ends(1)
        .tells("mkdir nowhere");
    #[cfg(unix)]
    {
        // Without `--once` it may come still, as a share does.
        let mut child = stage.start(&["watch", "share", "--every", "100ms"]);
        stage.hear(&mut child, "tried again");
        fs_err::rename(stage.path("inbox"), stage.given("share")).unwrap();
        fs_err::write(stage.path("share/names.csv"), update("Ann")).unwrap();
        stage.until("it is done", |_| stage.exists("share/done/names.csv"));
        stopped(&stage, child);
        fs_err::rename(stage.path("share"), stage.given("inbox")).unwrap();
    }
    stage.unset("UIPATH_CLIENT_ID");
    once(&stage).ends(1).tells("client_id");
}

/// The profile of an organization that a stage serves.
fn profile(name: &str, stage: &Stage, secret_file: &str) -> String {
    let sandbox = &stage.sandbox;
    let fill = PROFILE.replace("default", name) + &QUICK.replace("default", name);
    format!(
        "[profile.{name}]\nuri = \"{}\"\norganization = \"{}\"\norganization_id = \"{}\"\nclient_id = \"{}\"\n\
         client_secret_file = \"{secret_file}\"\n{fill}",
        sandbox.base_url(),
        sandbox.organization(),
        sandbox.organization_id(),
        sandbox.client_id()
    )
}

#[test]
fn a_folder_named_as_a_profile_is_that_organizations_and_one_that_is_wrong_holds_up_no_other() {
    let (stage, other) = (stage(), Stage::new());
    let secret = stage.given("secret");
    fs_err::write(&secret, stage.sandbox.client_secret()).unwrap();
    #[cfg(unix)]
    fs_err::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let broken = "[profile.broken]\norganization = \"gone\"\nclient_id = \"x\"\ndeployment = \"moon\"\n";
    let configuration = profile("acme", &stage, "secret") + &profile("globex", &other, "secret") + broken;
    stage.write("reseat.toml", configuration);
    for name in ["acme", "globex", "broken"] {
        fs_err::create_dir(stage.given(&format!("inbox/{name}"))).unwrap();
        drop_sheet(&stage, &format!("{name}/names.csv"), update(name));
    }
    // Neither the variables, which name the first organization, nor a default profile decide anything here.
    let ran = once(&stage).ends(3);
    ran.tells("broken: sheets stay where they are");
    assert_eq!(stage.user(ANNA).unwrap().name.as_deref(), Some("acme"));
    assert_eq!(other.user(ANNA).unwrap().name.as_deref(), Some("globex"));
    assert_eq!(files(&stage, "acme/done"), ["names.csv", "names.results.csv"]);
    assert_eq!(files(&stage, "globex/done"), ["names.csv", "names.results.csv"]);
    assert!(stage.exists("inbox/broken/names.csv"));
}

#[test]
#[cfg(unix)]
fn a_group_of_the_settings_may_read_what_is_left_and_nobody_else() {
    use std::os::unix::fs::MetadataExt;

    let stage = stage();
    let own = fs_err::metadata(stage.path("inbox")).unwrap().gid();
    stage.write("reseat.toml", format!("{PROFILE}{QUICK}unix_group = {own}\n"));
    drop_sheet(&stage, "names.csv", update("Ann"));
    once(&stage).ends(0);
    for (path, mode) in [
        ("done", 0o750),
        ("done/names.csv", 0o640),
        ("done/names.results.csv", 0o640),
    ] {
        let metadata = fs_err::metadata(stage.given(&format!("inbox/{path}"))).unwrap();
        assert_eq!((metadata.mode() & 0o7777, metadata.gid()), (mode, own), "{path}");
    }
    for path in [
        "waiting",
        "failed",
        "approve",
        "done/names.results.csv.runs.jsonl",
        "done/names.report.html",
    ] {
        stage.given(&format!("inbox/{path}"));
    }
}

#[test]
#[ignore = "takes a while: a thousand sheets"]
fn a_thousand_sheets_at_once_are_all_run() {
    let stage = stage();
    for number in 0..1000 {
        drop_sheet(
            &stage,
            &format!("names{number:04}.csv"),
            update(&format!("Ann {number}")),
        );
    }
    once(&stage).ends(0);
    assert_eq!(files(&stage, "done").len(), 2000);
    assert_eq!(stage.user(ANNA).unwrap().name.as_deref(), Some("Ann 999"));
}
