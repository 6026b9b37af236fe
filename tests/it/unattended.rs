//! Sheets that nobody stands by: what they may do without approval, many organizations side by side, and who is told.

use std::fmt::Write as _;

use reseat::model::OrganizationId;
use reseat::sandbox::{Config, Sandbox, start};
use serde_json::Value;
use uuid::Uuid;

use crate::notify::{Answer, Ear};
use crate::support::{ANNA, BRAM, MEI, PROFILE, Stage};
use crate::watch::{approve, drop_sheet, once};

/// A stage with a drop folder, and this in its profile.
fn stage(profile: &str, watch: &str) -> Stage {
    let stage = Stage::new();
    stage.keep_state();
    stage.write(
        "reseat.toml",
        format!("[profile.default]\n{profile}\n{PROFILE}[profile.default.watch]\nquiet = \"100ms\"\n{watch}"),
    );
    fs_err::create_dir(stage.given("inbox")).unwrap();
    stage
}

#[test]
fn what_is_within_the_settings_needs_nobodys_approval_and_what_is_beyond_says_by_what() {
    let stage = stage("", "max_deletes = 1\nmax_access_lost = 2\n");
    drop_sheet(
        &stage,
        "one.csv",
        format!("operation,user\ndelete,{ANNA}\noffboard,{MEI}\n"),
    );
    once(&stage).ends(0);
    assert!(stage.user(ANNA).is_none());

    let more = format!("operation,user\ndelete,{BRAM}\ndelete,david.moreau@contoso.example\n");
    drop_sheet(&stage, "two.csv", &more);
    once(&stage).ends(3);
    let note = stage.read("inbox/approve/two.note.txt");
    assert!(
        note.contains("2 accounts are deleted, more than the 1 that `max_deletes` allows"),
        "{note}"
    );
    assert!(stage.user(BRAM).is_some());
}

#[test]
fn what_comes_later_is_to_be_approved_now() {
    let stage = stage("", "");
    drop_sheet(
        &stage,
        "dated.csv",
        format!("operation,user,not_before\ndelete,{ANNA},2099-12-31\n"),
    );
    drop_sheet(
        &stage,
        "moves.csv",
        format!("operation,user,new_email\nmigrate,{BRAM},bram@new.example\n"),
    );
    once(&stage).ends(3);
    for name in ["dated", "moves"] {
        assert!(stage.exists(&format!("inbox/approve/{name}.plan.html")), "{name}");
        approve(&stage, &format!("{name}.csv"));
    }
    once(&stage).ends(75);
    for name in ["dated", "moves"] {
        assert!(stage.exists(&format!("inbox/waiting/{name}.csv")), "{name}");
    }

    // The invitation is accepted, and the old account goes as was approved.
    let new = stage.id("bram@new.example");
    stage.sandbox.with_world(|world| {
        world.edit_user(new, |user| user.invitation_accepted = true);
    });
    once(&stage).ends(75);
    assert!(stage.user(BRAM).is_none() && stage.user(ANNA).is_some());
    assert!(stage.exists("inbox/done/moves.csv"));
}

#[test]
fn an_approved_plan_that_does_not_hold_any_more_is_approved_anew() {
    let stage = stage("", "");
    drop_sheet(
        &stage,
        "leavers.csv",
        format!("operation,user\ndelete,{ANNA}\ndelete,{BRAM}\n"),
    );
    once(&stage).ends(3);
    let id = stage.id(ANNA);
    stage.sandbox.with_world(|world| {
        world.remove_user(id);
    });
    approve(&stage, "leavers.csv");
    once(&stage).ends(3);
    let note = stage.read("inbox/approve/leavers.note.txt");
    assert!(note.contains("changed since the plan was saved"), "{note}");
    assert!(stage.user(BRAM).is_some());
    approve(&stage, "leavers.csv");
    once(&stage).ends(0);
    assert!(stage.user(BRAM).is_none());
}

#[test]
fn whoever_is_named_is_told_where_dropped_sheets_lie_and_nothing_twice() {
    let ear = Ear::with([Answer::Status(200), Answer::Status(200), Answer::Status(200)]);
    let stage = stage(&format!("notify = \"{}\"", ear.address), "");
    drop_sheet(&stage, "leavers.csv", format!("operation,user\ndelete,{ANNA}\n"));
    once(&stage).ends(3);
    let notice = ear.hear();
    let path = |name: &str| Value::from(stage.path(name).canonicalize().unwrap().display().to_string());
    for (member, value) in [
        ("event", Value::from("approval_needed")),
        ("status", "refused".into()),
        ("reason", "deletions_unconfirmed".into()),
        ("sheet", path("inbox/approve/leavers.csv")),
        ("plan_page", path("inbox/approve/leavers.plan.html")),
        ("results", Value::Null),
    ] {
        assert_eq!(notice[member], value, "{member} of {notice}");
    }
    assert!(!notice.to_string().contains("anna"), "{notice}");

    approve(&stage, "leavers.csv");
    once(&stage).ends(0);
    let notice = ear.hear();
    for (member, value) in [
        ("event", Value::from("run_ended")),
        ("exit_code", 0.into()),
        ("results", path("inbox/done/leavers.results.csv")),
        ("report", path("inbox/done/leavers.report.html")),
    ] {
        assert_eq!(notice[member], value, "{member} of {notice}");
    }

    drop_sheet(
        &stage,
        "later.csv",
        format!("operation,user,name,not_before\nupdate,{BRAM},Bram,2099-12-31\n"),
    );
    once(&stage).ends(75);
    assert_eq!(ear.hear()["exit_code"], 75);
    once(&stage).ends(75);
    assert!(ear.heard.try_recv().is_err());
}

#[test]
fn fifty_organizations_are_worked_on_side_by_side_in_one_process() {
    const MANY: usize = 50;
    let stage = stage("", "");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let sandboxes: Vec<Sandbox> = (0..MANY)
        .map(|_| {
            let config = Config {
                organization_id: Some(OrganizationId(Uuid::new_v4())),
                ..Config::unlimited()
            };
            runtime.block_on(start(config)).unwrap()
        })
        .collect();
    for name in [
        "UIPATH_URI",
        "UIPATH_ORGANIZATION",
        "RESEAT_ORGANIZATION_ID",
        "UIPATH_CLIENT_ID",
        "UIPATH_CLIENT_SECRET",
    ] {
        stage.unset(name);
    }
    let mut file = String::new();
    for (at, sandbox) in sandboxes.iter().enumerate() {
        let (uri, organization) = (sandbox.base_url(), sandbox.organization());
        let (id, client) = (sandbox.organization_id(), sandbox.client_id());
        write!(
            file,
            "[profile.org{at}]\nuri = \"{uri}\"\norganization = \"{organization}\"\norganization_id = \"{id}\"\n\
             client_id = \"{client}\"\nclient_secret_file = \"secret.txt\"\n[profile.org{at}.watch]\nquiet = \"100ms\"\n"
        )
        .unwrap();
        fs_err::create_dir(stage.given(&format!("inbox/org{at}"))).unwrap();
        drop_sheet(
            &stage,
            &format!("org{at}/joiners.csv"),
            format!("operation,email\ninvite,newcomer{at}@acme.example\n"),
        );
    }
    stage.write("reseat.toml", file);
    fs_err::write(stage.given("secret.txt"), sandboxes[0].client_secret()).unwrap();
    once(&stage).ends(0);
    for (at, sandbox) in sandboxes.iter().enumerate() {
        let world = sandbox.world();
        assert!(
            world.user_called(&format!("newcomer{at}@acme.example")).is_some(),
            "{at}"
        );
        assert!(stage.exists(&format!("inbox/org{at}/done/joiners.results.csv")), "{at}");
    }
}
