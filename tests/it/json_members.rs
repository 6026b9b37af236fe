//! That the schemas of `docs/json/` promise nothing that is never there: each member is met with a value, and with `null`
//! where it may be that.

use std::collections::BTreeSet;

use reseat::sandbox::{Config, FaultKind, FaultRule, Faults, Moment, Population, Strikes};

use crate::json_outputs::{Shown, hold};
use crate::json_schema::{Place, all_properties};
use crate::support::{ANNA, BRAM, DAVID, HUGO, MEI, NADIA, Stage, person, sheet, signal};

/// What is not met here, and why not. A way that ends with `/` stands for all that is below it.
const NOT_MET: [(&str, &str); 17] = [
    (
        "plan-file.schema.json#/properties/options/properties/",
        "`saved_plan` tests that each flag is stored under its name",
    ),
    ("common.schema.json#/$defs/finding/properties/help as null", NO_ADVICE),
    ("common.schema.json#/$defs/seats/properties/owned as null", TOLD),
    ("common.schema.json#/$defs/seats/properties/taken_now as null", TOLD),
    ("common.schema.json#/$defs/seats/properties/taken_after as null", TOLD),
    (
        "rebalance.schema.json#/$defs/result/properties/bundles/items/properties/owned as null",
        TOLD,
    ),
    (
        "rebalance.schema.json#/$defs/result/properties/bundles/items/properties/taken as null",
        TOLD,
    ),
    (
        "rebalance.schema.json#/$defs/result/properties/bundles/items/properties/taken_then as null",
        TOLD,
    ),
    (
        "run-record.schema.json#/properties/seats/items/properties/owned as null",
        TOLD,
    ),
    (
        "run-record.schema.json#/properties/seats/items/properties/taken_before as null",
        TOLD,
    ),
    ("notice.schema.json#/properties/organization/properties/", CONFIGURED),
    ("notice.schema.json#/properties/profile as null", CONFIGURED),
    ("plan-file.schema.json#/properties/fingerprint with a value", WATCHED),
    ("notice.schema.json#/properties/plan_page with a value", WATCHED),
    ("notice.schema.json#/properties/report with a value", WATCHED),
    (
        "report.schema.json#/$defs/result/properties/files/items/properties/sheet as null",
        NAMED,
    ),
    (
        "report.schema.json#/$defs/result/properties/runs/items/properties/sheet as null",
        NAMED,
    ),
];
const NO_ADVICE: &str = "all findings that a test meets have advice";
const CONFIGURED: &str = "who is told is said in a profile, and stages have the rest configured";
const WATCHED: &str = "only sheets that were dropped into a folder have it, and their own tests look at it";
const NAMED: &str = "results of a sheet without a name are those of earlier versions";
const TOLD: &str = "the sandbox tells its seats, whatever its edition";

/// Runs a command for programs, however it ends.
fn told(stage: &Stage, words: &[&str]) {
    stage.reseat(&[words, &["--output", "json"]].concat());
}

#[test]
fn each_member_of_each_schema_is_met() {
    let scenes: [fn() -> BTreeSet<Shown>; 11] = [
        sheets,
        plans,
        runs,
        stops,
        undone,
        exports,
        rebalanced,
        templates_and_codes,
        changes,
        reports,
        sandboxes,
    ];
    let shown = std::sync::Mutex::new(BTreeSet::new());
    crate::support::each(&scenes, |scene| shown.lock().unwrap().extend(scene()));
    let shown = shown.into_inner().unwrap();
    let mut missing = BTreeSet::new();
    for (place, is_nullable) in all_properties() {
        if !shown.contains(&(place.clone(), false)) {
            missing.insert(format!("{place} with a value"));
        }
        if is_nullable && !shown.contains(&(place.clone(), true)) {
            missing.insert(format!("{place} as null"));
        }
    }
    for (not_met, why) in NOT_MET {
        let before = missing.len();
        missing.retain(|name| !name.starts_with(not_met));
        assert!(missing.len() < before, "{not_met} is met, although {why}");
    }
    assert!(missing.is_empty(), "never met:\n{missing:#?}");
}

fn sheets() -> BTreeSet<Shown> {
    let stage = Stage::new();
    stage.keep_state();
    stage.write(
        "bad.csv",
        "operation,user,shoe,hat,coat,size,name\nfly,x@y.example,a,b,c,d,\nupdate,x@y.example,,,,,\n",
    );
    told(&stage, &["check", "bad.csv"]);
    stage.write("empty.csv", "operation,user\n");
    told(&stage, &["check", "empty.csv"]);
    told(&stage, &["run", "bad.csv", "--yes"]);
    stage.write(
        "later.csv",
        format!("operation,user,name,not_before\nupdate,{ANNA},Ann,2099-12-01\n"),
    );
    told(&stage, &["check", "later.csv"]);
    told(&stage, &["plan", "later.csv"]);
    told(&stage, &["plan", "later.csv", "--as-of", "2099-12-02"]);
    told(&stage, &["run", "later.csv", "--yes"]);
    stage.reseat(&["template", "onboarding", "-o", "joiners.xlsx"]).ends(0);
    told(&stage, &["check", "joiners.xlsx"]);
    stage.shown()
}

fn plans() -> BTreeSet<Shown> {
    let stage = Stage::new();
    stage.free_seats("ACNU", 0);
    stage.write(
        "sheet.csv",
        format!(
            "operation,user,licenses,name,new_email\nset-licenses,{HUGO},ACNU,,\nupdate,{ANNA},,Annika,\n\
             delete,{BRAM},,,\nmigrate,{NADIA},,,n@new.example\nupdate,nobody@x.example,,Nemo,\n"
        ),
    );
    told(&stage, &["plan", "sheet.csv"]);
    stage
        .reseat(&["plan", "sheet.csv", "--save", "plan.json", "--results", "other.csv"])
        .ends(4);
    stage.shown()
}

fn runs() -> BTreeSet<Shown> {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!("operation,user,name\nupdate,{ANNA},Annika\nupdate,nobody@x.example,Nemo\n"),
    );
    told(&stage, &["run", "sheet.csv", "--yes"]);
    told(&stage, &["plan", "sheet.csv"]);
    told(&stage, &["run", "sheet.csv", "--yes", "--only", "2"]);
    told(&stage, &["run", "sheet.csv", "--yes", "--profile", "nowhere"]);
    told(&stage, &["doctor"]);
    told(&stage, &["sandbox", "--listen", "256.0.0.1:0"]);
    stage.write("reseat.toml", "[profile.default]\nregion = \"north\"\n");
    told(&stage, &["run", "sheet.csv", "--yes"]);
    stage.shown()
}

fn stops() -> BTreeSet<Shown> {
    let stage = Stage::with(Config {
        population: Population::Generated(200),
        ..Config::unlimited()
    });
    stage.write("reseat.toml", "[profile.default.limits]\nput = 160\n");
    let people = || (1..=200).map(person);
    stage.write("sheet.csv", sheet("operation,user,name", "update,{},Kim", people()));
    told(&stage, &["plan", "sheet.csv"]);
    stage.fault(FaultKind::NotSucceeded, "PUT", "/api/User/", Strikes::Always);
    told(&stage, &["run", "sheet.csv", "--yes", "--max-failures", "3"]);
    stage.shown()
}

fn undone() -> BTreeSet<Shown> {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        format!(
            "operation,user,name,password\nupdate,{ANNA},Annika,\nupdate,{BRAM},,Correct-horse-9\nupdate,{DAVID},Dave,\n"
        ),
    );
    told(&stage, &["run", "sheet.csv", "--yes"]);
    told(&stage, &["undo", "sheet.results.csv", "-o", "back.csv"]);
    told(&stage, &["undo", "sheet.results.csv", "--offline"]);
    told(&stage, &["report", "sheet.results.csv"]);
    stage.shown()
}

fn exports() -> BTreeSet<Shown> {
    let stage = Stage::new();
    told(&stage, &["export", "licenses"]);
    told(&stage, &["export", "users", "--exact", "-o", "users.csv"]);
    told(&stage, &["export", "licenses", "--where", "idle>90d", "-o", "idle.csv"]);
    stage.shown()
}

fn rebalanced() -> BTreeSet<Shown> {
    let stage = Stage::new();
    stage.write("wanted.csv", "user,licenses\nnobody@x.example,ATTUNU\n");
    stage.write("keep.csv", "user,until\nsomebody@x.example,\n");
    told(
        &stage,
        &[
            "rebalance",
            "--wanted",
            "wanted.csv",
            "--keep-list",
            "keep.csv",
            "-o",
            "quarter.csv",
        ],
    );
    // Nobody has seats of the new licence, so whoever is to get them misses out.
    told(
        &stage,
        &[
            "rebalance",
            "--swap",
            "ATTUNU=RPADEVPRONU",
            "--idle-for",
            "9999999d",
            "--pending",
            "9999999d",
            "--grace",
            "9999999d",
        ],
    );
    stage.shown()
}

fn templates_and_codes() -> BTreeSet<Shown> {
    let stage = Stage::new();
    stage.keep_state();
    stage.sandbox.with_world(|world| world.set_seats("PLUSNU", 9));
    told(&stage, &["codes", "--offline"]);
    told(&stage, &["codes"]);
    stage.write(
        "plus.csv",
        format!("operation,user,licenses\nadd-licenses,{ANNA},PLUSNU\n"),
    );
    told(&stage, &["check", "plus.csv"]);
    told(&stage, &["run", "plus.csv", "--yes"]);
    told(&stage, &["template", "onboarding", "-o", "joiners.xlsx"]);
    stage.unset("UIPATH_CLIENT_SECRET");
    told(&stage, &["template", "leavers"]);
    told(&stage, &["run", "plus.csv", "--yes"]);
    stage.shown()
}

/// What a results file holds of changes of all kinds.
fn changes() -> BTreeSet<Shown> {
    let stage = Stage::new();
    stage.run_with(
        &format!(
            "operation,user,email,name,surname,display_name,active,groups,licenses,group,quotas,password,like,\
             bypass_basic_auth,invitation_accepted,external_license\n\
             invite,,new@contoso.example,New,One,,,,,,,,{HUGO},,,\n\
             invite,,next@contoso.example,Next,One,,,,,,,,{DAVID},,,\n\
             create,,made@contoso.example,Made,One,,,Finance,TSTNU,,,,,,,yes\n\
             update,made@contoso.example,mae@contoso.example,Mae,Two,Mae,no,,,,,Correct-horse-9,,yes,yes,\n\
             update,{ANNA},,Annika,,,,,,,,,,,,\n\
             release-licenses,{ANNA},,,,,,,,,,,,,,\n\
             set-group-licenses,,,,,,,,TSTNU,Finance,TSTNU=3,,,,,\n\
             clear-group-licenses,,,,,,,,,Customer Service,,,,,,\n\
             delete,{BRAM},,,,,,,,,,,,,,\n"
        ),
        &["--max-deletes", "5", "--allow-email-update"],
    );
    let mut shown = stage.shown();
    shown.extend(moves());
    shown.extend(moved_onto_a_nameless_one());
    shown.extend(refused_while_it_waited());
    shown.extend(lost_answers());
    shown.extend(given_twice());
    shown.extend(leases());
    shown
}

/// A row whose licence a row above it took, so that a later run gave it once more.
fn given_twice() -> BTreeSet<Shown> {
    let stage = Stage::new();
    let (header, given) = ("operation,user,licenses", format!("add-licenses,{HUGO},ATTUNU"));
    stage.run(&format!("{header}\n{given}\n")).ends(0);
    stage
        .run(&format!("{header}\nset-licenses,{HUGO},ACNU\n{given}\n"))
        .ends(0);
    stage.shown()
}

fn moves() -> BTreeSet<Shown> {
    let stage = Stage::new();
    stage.allow_mails(2);
    stage.free_seats("ACNU", 0);
    stage.free_seats("ATTUNU", 0);
    stage.free_seats("TSTNU", 5);
    let header = "operation,user,email,new_email,name,delete_when,groups,licenses";
    stage
        .run_with(
            &format!(
                "{header}\nmigrate,{NADIA},,nadia@new.example,,invited,,\nmigrate,{ANNA},,{MEI},Anna,never,HR Robots,TSTNU\n\
                 migrate,{BRAM},,{DAVID},Bram,never,HR Robots,TSTNU\n\
                 invite,,joiner@new.example,,,,,\n"
            ),
            &["--max-deletes", "1", "--onto-existing", "3,4"],
        )
        .ends(0);
    stage.rerun(&["--resend"]);
    stage.shown()
}

/// A move that waits, and that the next run refuses.
fn refused_while_it_waited() -> BTreeSet<Shown> {
    let stage = Stage::new();
    stage
        .run(&format!(
            "operation,user,new_email,groups\nmigrate,{NADIA},nadia@new.example,Finance\n"
        ))
        .ends(75);
    stage.sandbox.with_world(|world| {
        let group = world.group_named("Finance").expect("the group").id;
        world.remove_group(group)
    });
    stage.rerun(&[]).ends(3);
    stage.shown()
}

/// A move onto an account that has no name yet.
fn moved_onto_a_nameless_one() -> BTreeSet<Shown> {
    let stage = Stage::new();
    let new = "nadia.rahman@new.example";
    let (old, model) = (stage.id(NADIA), stage.user("hana.sato@contoso.example").unwrap());
    stage.sandbox.with_world(|world| {
        world.edit_user(old, |user| {
            user.display_name = Some("Nadia R. (HR)".to_owned());
            user.bypass_basic_auth_restriction = true;
        });
    });
    stage.add_nameless(&model, new);
    stage.run(&format!("operation,user,new_email\nmigrate,{NADIA},{new}\n"));
    stage.shown()
}

fn lost_answers() -> BTreeSet<Shown> {
    let stage = Stage::new();
    let answered = |status, moment| FaultRule::new(FaultKind::Status { status, moment }).on("PUT", "/User/");
    stage.sandbox.set_faults(Faults {
        rules: vec![
            answered(504, Moment::AfterEffect).strikes(Strikes::First(1)),
            answered(503, Moment::BeforeEffect),
        ],
        ..Faults::default()
    });
    stage.run_with(
        &format!("operation,user,name\nupdate,{ANNA},Annika\n"),
        &["--retries", "1"],
    );
    stage.shown()
}

fn leases() -> BTreeSet<Shown> {
    let stage = Stage::new();
    let world = stage.world();
    let holder = world.groups().find_map(|group| {
        let (holder, _) = world.leases(group.id).next()?;
        Some((group.name.clone(), holder))
    });
    let (group, holder) = holder.unwrap();
    stage.run(&format!("operation,user,group\nrelease-lease,{holder},{group}\n"));
    stage.shown()
}

/// Runs of which somebody is told, and that are reported.
fn reports() -> BTreeSet<Shown> {
    let stage = Stage::new();
    let notices = stage.given("notices.jsonl");
    fs_err::write(&notices, "").unwrap();
    stage.write(
        "reseat.toml",
        "[profile.default]\nnotify_command = \"tr -d '\\\\n' >> notices.jsonl; echo >> notices.jsonl\"\n",
    );
    stage.free_seats("ACNU", 0);
    stage.write(
        "sheet.csv",
        format!(
            "operation,user,name,new_email,not_before,licenses\nupdate,{ANNA},Annika,,,\n\
             update,nobody@x.example,Nemo,,,\nmigrate,{NADIA},,n@new.example,,\nupdate,{BRAM},Bo,,2099-12-01,\n\
             set-licenses,{DAVID},,,,ACNU\nset-licenses,{ANNA},,,,TSTNU\nfly,{ANNA},,,,\n"
        ),
    );
    stage.reseat(&[
        "plan",
        "sheet.csv",
        "-o",
        "plan.html",
        "--skip-invalid",
        "--output",
        "json",
    ]);
    let run = ["run", "sheet.csv", "--yes", "--on-shortage", "fill", "--skip-invalid"];
    stage.reseat(&run).ends(3);
    told(&stage, &["report", "sheet.results.csv", "-o", "report.html"]);
    stage.reseat(&["run", "nowhere.csv", "--yes"]).ends(1);
    let mut shown = stage.shown();
    for line in fs_err::read_to_string(&notices).unwrap().lines() {
        shown.extend(hold(line, &Place::of_file("notice")));
    }
    shown.extend(watched());
    fs_err::remove_file(stage.path("sheet.results.csv.runs.jsonl")).unwrap();
    told(&stage, &["report", "sheet.results.csv"]);
    stage
        .reseat(&[
            "run",
            "sheet.csv",
            "--yes",
            "--sandbox",
            "--on-shortage",
            "fill",
            "--skip-invalid",
            "--results",
            "other.csv",
        ])
        .ends(3);
    shown.extend(stage.shown());
    shown
}

/// Sheets that are dropped into a folder, one of them twice.
fn watched() -> BTreeSet<Shown> {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::new();
    fs_err::create_dir(stage.given("inbox")).unwrap();
    for name in ["sheet.csv", "again.csv"] {
        let path = stage.path("inbox").join(name);
        fs_err::write(&path, format!("operation,user,name\nupdate,{ANNA},Annika\n")).unwrap();
        fs_err::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        told(&stage, &["watch", "inbox", "--once"]);
    }
    stage.shown()
}

/// The simulated organization of a command of its own.
fn sandboxes() -> BTreeSet<Shown> {
    let stage = Stage::new();
    stage.write("sheet.csv", format!("operation,user,name\nupdate,{ANNA},Annika\n"));
    told(&stage, &["plan", "sheet.csv", "--sandbox"]);
    let mut child = stage.start(&["sandbox", "--listen", "127.0.0.1:0", "--output", "json"]);
    stage.hear(&mut child, "Ctrl-C stops it");
    signal(&child, "INT");
    // It says its secret, which opens nothing else.
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let variables = String::from_utf8(output.stdout).unwrap();
    let mut shown = hold(&variables, &Place::of_file("sandbox"));
    shown.extend(stage.shown());
    shown
}
