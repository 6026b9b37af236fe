//! A call refused as a whole is split until the guilty rows stand alone; the others are done.

use std::fmt::Write;
use std::time::Duration;

use jiff::Timestamp;
use reseat::model::{BundleCode, UserId};
use reseat::sandbox::{Config, FaultKind, FaultRule, Faults, Moment, Population, Quirks, Strikes, User, World};

use crate::support::{Ran, Stage, person, sheet};

/// An organization slow enough that another administrator can change it while a call is on its way.
fn slow_organization() -> Stage {
    let stage = Stage::with(Config {
        population: Population::Generated(105),
        latency: Duration::from_millis(150),
        ..Config::unlimited()
    });
    stage.free_seats("PMD", 1_000);
    stage
}

fn hundred(header: &str, row: &str) -> String {
    sheet(header, row, (1..=100).map(person))
}

/// Runs a sheet, and changes the organization once the first call of this route is on its way.
fn meanwhile(stage: &Stage, sheet: &str, flags: &[&str], route: &str, change: impl FnOnce(&mut World)) -> Ran {
    stage.write("sheet.csv", sheet);
    let child = stage.start(&[&["run", "sheet.csv", "--yes"], flags].concat());
    stage.until("the call is on its way", |sandbox| sandbox.stats().route(route) > 0);
    stage.sandbox.with_world(change);
    stage.ended(child)
}

fn remove(world: &mut World, numbers: &[usize]) {
    for number in numbers {
        let id = world.user_called(&person(*number)).unwrap().id;
        world.remove_user(id);
    }
}

/// The sheet rows (2 is the first person's) whose status is not `done`.
fn spoiled(stage: &Stage) -> Vec<(u64, String)> {
    let lines = stage.results();
    let spoiled = lines.iter().filter(|line| line.status() != "done");
    spoiled
        .map(|line| (line.number("row"), line.status().to_owned()))
        .collect()
}

fn rows(status: &str, numbers: &[u64]) -> Vec<(u64, String)> {
    numbers.iter().map(|number| (number + 1, status.to_owned())).collect()
}

#[test]
fn people_who_left_meanwhile_spoil_nobody_elses_licenses() {
    let stage = slow_organization();
    let sheet = hundred("operation,user,licenses", "set-licenses,{},PMD");
    meanwhile(&stage, &sheet, &[], "allocate-to-users", |world| {
        remove(world, &[1, 50, 100]);
    })
    .ends(3);
    assert_eq!(spoiled(&stage), rows("not_found", &[1, 50, 100]));
    assert_eq!(stage.held(&person(2)).as_deref(), Some("PMD"));
    // At most about 2·k·log2(n) calls for k guilty rows of n.
    assert!(
        stage.writes()["allocate-to-users"] <= 1 + 2 * 3 * 7,
        "{:?}",
        stage.writes()
    );
}

#[test]
fn people_who_left_meanwhile_spoil_nobody_elses_membership() {
    let stage = slow_organization();
    let sheet = hundred("operation,user,groups", "add-to-groups,{},Team 01");
    let members = |stage: &Stage| {
        let world = stage.world();
        world.members(world.group_named("Team 01").unwrap().id).count()
    };
    let before = members(&stage);
    meanwhile(&stage, &sheet, &[], "update-group", |world| remove(world, &[7, 8])).ends(3);
    let spoiled: Vec<_> = spoiled(&stage)
        .into_iter()
        .filter(|(_, status)| status != "unchanged")
        .collect();
    assert_eq!(spoiled, rows("rejected", &[7, 8]));
    assert!(members(&stage) > before);
}

#[test]
fn an_account_deleted_meanwhile_is_unchanged_and_the_others_go() {
    let stage = slow_organization();
    let sheet = hundred("operation,user", "delete,{}");
    let flags = ["--max-deletes", "100"];
    meanwhile(&stage, &sheet, &flags, "delete-users", |world| remove(world, &[33])).ends(0);
    assert_eq!(spoiled(&stage), rows("unchanged", &[33]));
    assert_eq!(stage.world().user_count(), 5);
}

#[test]
fn when_the_last_seats_go_meanwhile_the_earlier_rows_get_them() {
    let stage = slow_organization();
    let sheet = hundred("operation,user,licenses", "set-licenses,{},PMD");
    meanwhile(&stage, &sheet, &[], "allocate-to-users", |world| {
        let taken = world.seats_of(&BundleCode::new("PMD")).allocated;
        world.set_seats("PMD", taken + 60);
    })
    .ends(3);
    let short: Vec<u64> = (61..=100).collect();
    assert_eq!(spoiled(&stage), rows("conflict", &short));
    assert!(stage.writes()["allocate-to-users"] <= 20, "{:?}", stage.writes());
}

#[test]
fn rows_of_a_bundle_that_the_organization_does_not_own_are_named_before_anything_is_sent() {
    let stage = Stage::new();
    let mut sheet = "operation,user,licenses\n".to_owned();
    let world = stage.world();
    for user in world
        .users()
        .filter(|user| user.is_active && stage.held(&user.email).as_deref() == Some("ATTUNU"))
    {
        writeln!(sheet, "set-licenses,{},RPADEVNU", user.email).unwrap();
    }
    writeln!(sheet, "set-licenses,mei.chen@contoso.example,ATTUNU").unwrap();
    stage.run(&sheet).ends(4).tells("the organization owns no RPADEVNU");
    assert!(stage.writes().is_empty());
    let plan = stage.reseat(&["plan", "sheet.csv", "--output", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&plan.out).unwrap();
    let seats = plan["seats"].as_array().unwrap();
    let line = seats.iter().find(|line| line["code"] == "RPADEVNU").unwrap();
    assert_eq!((&line["owned"], &line["taken_now"]), (&0.into(), &0.into()));
    stage.rerun(&["--on-shortage", "fill"]).ends(3);
    let others = stage.results().len() - 1;
    assert_eq!(stage.counts(), format!("{others} conflict, 1 done"));
    assert_eq!(stage.results()[0].get("code"), "not_owned");
    assert_eq!(stage.writes()["allocate-to-users"], 1);
}

/// The inventory cannot be read before the run, so what is not owned shows only once it is refused.
#[test]
fn a_bundle_that_turns_out_not_to_be_owned_ends_at_once() {
    let stage = Stage::with(Config {
        population: Population::Generated(600),
        ..Config::unlimited()
    });
    let away = FaultKind::Status {
        status: 404,
        moment: Moment::BeforeEffect,
    };
    let rules = ["accountant/UserLicense", "user-license", "license-summary"].map(|path| {
        let strikes = if path == "user-license" {
            Strikes::First(1)
        } else {
            Strikes::Always
        };
        FaultRule::new(away.clone()).on("GET", path).strikes(strikes)
    });
    stage.sandbox.set_faults(Faults {
        rules: rules.to_vec(),
        ..Faults::default()
    });
    let people = (1..=200).map(person);
    let rows = sheet("operation,user,licenses", "set-licenses,{},ACCU", people);
    stage.run(&rows).ends(3);
    assert_eq!(stage.counts(), "200 conflict");
    assert!(stage.results().iter().all(|line| line.get("code") == "not_owned"));
    assert!(stage.results()[7].message().contains("the organization owns no ACCU"));
    assert!(stage.writes()["allocate-to-users"] <= 3, "{:?}", stage.writes());
}

#[test]
fn codes_are_sent_as_the_inventory_writes_them() {
    let stage = Stage::new();
    stage.sandbox.with_world(|world| world.set_seats("TstNu", 50));
    stage
        .run("operation,user,licenses\nset-licenses,mei.chen@contoso.example,tstnu\n")
        .ends(0);
    assert_eq!(stage.counts(), "1 done");
    stage.rerun(&["--again"]).ends(0);
    assert_eq!(stage.counts(), "1 unchanged");
}

#[test]
fn an_address_refused_inside_a_good_answer_is_that_rows_alone() {
    let stage = slow_organization();
    let sheet =
        "operation,email,groups\ninvite,a@new.example,Team 01\ninvite,b@new.example,Team 02\ninvite,c@new.example,\n";
    meanwhile(&stage, sheet, &[], "invite", |world| {
        assert!(world.let_directory_manage("Team 02"));
    })
    .ends(3);
    assert_eq!(stage.statuses(), ["done", "rejected", "done"]);
    assert!(stage.results()[1].message().contains("managed by the directory"));
    assert_eq!(stage.writes()["invite"], 1);
}

#[test]
fn whoever_is_invited_by_somebody_else_meanwhile_is_not_mailed_and_joins_the_groups_in_the_same_run() {
    let stage = slow_organization();
    let sheet = "operation,email,groups\ninvite,a@new.example,Team 01\ninvite,b@new.example,Team 01\n";
    meanwhile(&stage, sheet, &[], "invite", |world| {
        let mut user = User::local(UserId(uuid(1)), "b@new.example", "b@new.example", Timestamp::now());
        user.invitation_accepted = true;
        world.insert_user(user);
    })
    .ends(0);
    assert_eq!(stage.statuses(), ["done", "done"]);
    assert!(stage.results()[1].message().contains("somebody else made the account"));
    assert_eq!(stage.groups("b@new.example"), ["Team 01"]);
    assert_eq!(stage.world().mails_to("b@new.example"), 0);
    assert_eq!(stage.writes()["invite"], 1);
}

/// An organization whose service invites one after the other, and refuses a call at the first that it cannot invite.
/// Accounts show `lag` after they were made.
fn stops_at_the_first_refused(lag: Duration) -> Stage {
    let stage = Stage::with(Config {
        population: Population::Generated(105),
        latency: Duration::from_millis(150),
        consistency_lag: lag,
        quirks: Quirks {
            stops_at_refused_invitation: true,
            ..Quirks::default()
        },
        ..Config::unlimited()
    });
    let settle = lag.as_millis() * 15 + 30;
    stage.write(
        "reseat.toml",
        format!("[profile.default.limits]\nsettle = \"{settle}ms\"\n"),
    );
    stage
}

fn invitations(refused: &[usize]) -> String {
    let mut sheet = "operation,email,groups\n".to_owned();
    for number in 1..=12 {
        let group = if refused.contains(&number) {
            "Team 02"
        } else {
            "Team 01"
        };
        writeln!(sheet, "invite,joiner{number}@new.example,{group}").unwrap();
    }
    sheet
}

#[test]
fn nobody_is_mailed_twice_where_a_refused_call_has_invited_those_before_the_one_at_fault() {
    for refused in [
        vec![1],
        vec![1, 2],
        vec![1, 2, 3, 9, 12],
        vec![5],
        vec![1, 7],
        vec![3, 4, 12],
        vec![12],
    ] {
        let stage = stops_at_the_first_refused(Duration::ZERO);
        meanwhile(&stage, &invitations(&refused), &[], "invite", |world| {
            assert!(world.let_directory_manage("Team 02"));
        })
        .ends(3);
        let world = stage.world();
        for number in 1..=12 {
            let is_refused = refused.contains(&number);
            let mails = world.mails_to(&format!("joiner{number}@new.example"));
            assert_eq!(mails, u64::from(!is_refused), "{refused:?}: joiner{number}");
        }
        let at_fault: Vec<u64> = refused.iter().map(|number| *number as u64).collect();
        assert_eq!(spoiled(&stage), rows("rejected", &at_fault), "{refused:?}");
    }
}

#[test]
fn nobody_is_mailed_twice_where_those_that_a_refused_call_has_invited_show_only_later() {
    let stage = stops_at_the_first_refused(Duration::from_millis(400));
    meanwhile(&stage, &invitations(&[5]), &[], "invite", |world| {
        assert!(world.let_directory_manage("Team 02"));
    })
    .ends(3);
    let world = stage.world();
    let mails = (1..=12).map(|number| world.mails_to(&format!("joiner{number}@new.example")));
    assert_eq!(mails.collect::<Vec<_>>(), [1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1]);
    assert_eq!(spoiled(&stage), rows("rejected", &[5]));
}

#[test]
fn an_account_that_somebody_else_made_is_told_from_those_that_a_refused_call_made() {
    let stage = stops_at_the_first_refused(Duration::ZERO);
    meanwhile(&stage, &invitations(&[]), &[], "invite", |world| {
        let address = "joiner5@new.example";
        let mut user = User::local(UserId(uuid(1)), address, address, Timestamp::now());
        user.invitation_accepted = true;
        world.insert_user(user);
    })
    .ends(0);
    let lines = stage.results();
    assert!(
        lines[0]
            .message()
            .contains("the call was refused, and reading back showed")
    );
    assert!(lines[4].message().contains("somebody else made the account"));
    assert!(lines[11].message().starts_with("invited"));
    let world = stage.world();
    let mails = (1..=12).map(|number| world.mails_to(&format!("joiner{number}@new.example")));
    assert_eq!(mails.collect::<Vec<_>>(), [1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1]);
}

#[test]
fn a_name_taken_meanwhile_keeps_nobody_else_from_being_created() {
    for refuses_creation_by_status in [false, true] {
        let stage = Stage::with(Config {
            latency: Duration::from_millis(150),
            quirks: Quirks {
                refuses_creation_by_status,
                ..Quirks::default()
            },
            ..Config::unlimited()
        });
        let mut sheet = "operation,username\n".to_owned();
        for number in 1..=20 {
            writeln!(sheet, "create,local{number}").unwrap();
        }
        meanwhile(&stage, &sheet, &[], "bulk-create", |world| {
            world.insert_user(User::local(UserId(uuid(2)), "local13", "", Timestamp::now()));
        })
        .ends(0);
        assert_eq!(
            spoiled(&stage),
            rows("unchanged", &[13]),
            "refused by status: {refuses_creation_by_status}"
        );
        assert!(stage.results()[12].message().contains("the account exists already"));
    }
}

#[test]
fn an_update_that_is_refused_says_why_in_the_servers_words() {
    let stage = Stage::new();
    let sheet = "operation,user,name,password\n\
                 update,bram.okafor@contoso.example,,short\n\
                 update,anna.berg@contoso.example,Annika,\n";
    stage.run(sheet).ends(3);
    assert_eq!(stage.statuses(), ["rejected", "done"]);
    let refused = &stage.results()[0];
    assert!(refused.message().contains("8 characters"), "{refused:?}");
    assert_eq!(refused.get("http_status"), "400");
}

#[test]
fn the_profile_of_a_directorys_account_is_left_to_the_directory_without_a_call() {
    let stage = Stage::new();
    stage
        .run("operation,user,name\nupdate,priya.iyer@contoso.example,Pria\n")
        .ends(3);
    let refused = &stage.results()[0];
    assert!(refused.message().contains("external directory"), "{refused:?}");
    assert_eq!((refused.status(), refused.get("http_status")), ("rejected", ""));
    assert_eq!(stage.sandbox.stats().calls("identity", "PUT"), 0);
}

#[test]
fn of_two_rows_for_one_person_only_the_guilty_one_is_refused() {
    let stage = Stage::new();
    let sheet = "operation,user,active,groups,password\n\
                 update,bram.okafor@contoso.example,,,short\n\
                 add-to-groups,bram.okafor@contoso.example,,Citizen Developers,\n";
    stage.run(sheet).ends(3);
    assert_eq!(stage.statuses(), ["rejected", "done"]);
    assert!(
        stage
            .groups("bram.okafor@contoso.example")
            .contains(&"Citizen Developers".to_owned())
    );
}

#[test]
fn where_an_empty_allocation_is_refused_the_row_says_so_and_others_pass() {
    let stage = Stage::with(Config {
        quirks: Quirks {
            refuses_empty_allocation: true,
            ..Quirks::default()
        },
        ..Config::unlimited()
    });
    let sheet = "operation,user,licenses\n\
                 block-licenses,anna.berg@contoso.example,\n\
                 add-licenses,hugo.silva@contoso.example,ATTUNU\n";
    stage.run(sheet).ends(3);
    assert_eq!(stage.statuses(), ["rejected", "done"]);
    assert_eq!(stage.held("anna.berg@contoso.example").as_deref(), Some("ATTUNU"));
}

fn uuid(number: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(number)
}
