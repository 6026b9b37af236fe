//! Each operation changes what it promises and nothing else; run again, it changes nothing.

use reseat::model::{BundleCode, OperationKind};
use reseat::sandbox::{Config, Quirks, Rule};
use strum::IntoEnumIterator;

use crate::support::{ANNA, BRAM, DAVID, HUGO, MEI, NADIA, Stage, bundles, changes, sheet};

/// Runs a sheet whose rows are all done, and looks at what differs afterwards.
#[track_caller]
fn does(stage: &Stage, sheet: &str, flags: &[&str], expected: &[&str]) {
    let before = stage.world();
    stage.run_with(sheet, flags).ends(0);
    let rows = sheet.lines().count() - 1;
    assert_eq!(stage.counts(), format!("{rows} done"), "{:?}", stage.results());
    assert_eq!(changes(&before, &stage.world()), expected);
    comes_to_rest(stage, flags);
}

/// A second run sends no change and says why; one that starts anew finds everything as it should be.
#[track_caller]
fn comes_to_rest(stage: &Stage, flags: &[&str]) {
    let after = stage.world();
    stage.forget_calls();
    stage.rerun(flags).ends(0).tells("already done or unchanged");
    assert!(stage.writes().is_empty(), "{:?}", stage.writes());
    stage.rerun(&[flags, &["--again"]].concat()).ends(0);
    assert!(stage.writes().is_empty(), "{:?}", stage.writes());
    assert!(
        stage.statuses().iter().all(|status| status == "unchanged"),
        "{:?}",
        stage.results()
    );
    assert_eq!(changes(&after, &stage.world()), [""; 0]);
}

#[test]
fn every_operation_has_a_test_here() {
    let source = include_str!("operations.rs");
    for kind in OperationKind::iter() {
        let name = kind.as_str().replace('-', "_");
        let has_test = source.contains(&format!("\nfn {name}_"));
        assert!(
            has_test,
            "tests/it/operations.rs has no test `{name}_…` of what `{kind}` changes"
        );
    }
}

#[test]
fn invite_mails_the_address_and_brings_its_groups_and_licenses_about() {
    does(
        &Stage::new(),
        "operation,email,name,surname,groups,licenses\n\
         invite,ada.king@contoso.example,Ada,King,Finance; HR Robots,ACNU\n",
        &[],
        &[
            "ada.king accepted: none -> false",
            "ada.king active: none -> true",
            "ada.king address: none -> ada.king@contoso.example",
            "ada.king bypasses: none -> false",
            "ada.king display name: none -> ",
            "ada.king holds: none -> [ACNU]",
            "ada.king in Finance: none -> yes",
            "ada.king in HR Robots: none -> yes",
            "ada.king name: none -> Ada",
            "ada.king surname: none -> King",
            "ada.king user name: none -> ada.king@contoso.example",
            "mails to ada.king@contoso.example: none -> 1",
        ],
    );
}

#[test]
fn create_makes_a_local_account_and_mails_nobody() {
    does(
        &Stage::new(),
        "operation,username,email,name,surname,display_name,groups,licenses,invitation_accepted,bypass_basic_auth\n\
         create,ada,,Ada,King,Ada K.,HR Robots,ACNU,yes,yes\n\
         create,,al@contoso.example,Al,Hill,,HR Robots,,,\n",
        &[],
        &[
            "ada accepted: none -> true",
            "ada active: none -> true",
            "ada address: none -> ",
            "ada bypasses: none -> true",
            "ada display name: none -> Ada K.",
            "ada holds: none -> [ACNU]",
            "ada in HR Robots: none -> yes",
            "ada name: none -> Ada",
            "ada surname: none -> King",
            "ada user name: none -> ada",
            "al accepted: none -> false",
            "al active: none -> true",
            "al address: none -> al@contoso.example",
            "al bypasses: none -> false",
            "al display name: none -> ",
            "al in HR Robots: none -> yes",
            "al name: none -> Al",
            "al surname: none -> Hill",
            "al user name: none -> al@contoso.example",
        ],
    );
}

#[test]
fn update_changes_the_cells_that_are_filled_and_empties_the_cleared() {
    does(
        &Stage::new(),
        &format!(
            "operation,user,name,surname,display_name,active,bypass_basic_auth,groups,remove_groups\n\
             update,{ANNA},Annika,,<clear>,no,yes,HR Robots,Finance; Automation Users\n\
             update,{DAVID},,Moro,,,,,\n"
        ),
        &[],
        &[
            "anna.berg active: true -> false",
            "anna.berg bypasses: false -> true",
            "anna.berg display name: Anna Berg -> ",
            "anna.berg in Automation Users: yes -> none",
            "anna.berg in Finance: yes -> none",
            "anna.berg in HR Robots: none -> yes",
            "anna.berg name: Anna -> Annika",
            "david.moreau surname: Moreau -> Moro",
        ],
    );
}

#[test]
fn update_sets_a_password_that_is_told_nowhere() {
    let stage = Stage::new();
    stage.keep_secret("Correct-Horse-7");
    let before = stage.world();
    let sheet = format!("operation,user,password\nupdate,{ANNA},Correct-Horse-7\n");
    stage.run(&sheet).ends(0);
    assert_eq!(changes(&before, &stage.world()), ["anna.berg passwords: none -> 1"]);
    assert!(stage.results()[0].message().contains("password"));
    stage.rerun(&[]).ends(0).tells("already done");
    assert_eq!(stage.world().passwords_set(stage.id(ANNA)), 1);
}

#[test]
fn update_gives_an_account_its_first_address_only_when_allowed() {
    let stage = Stage::new();
    stage
        .run("operation,username,invitation_accepted\ncreate,ada,yes\n")
        .ends(0);
    let sheet = "operation,user,email\nupdate,ada,ada@contoso.example\n";
    stage.run(sheet).ends(2).tells("migrate");
    let before = stage.world();
    stage.run_with(sheet, &["--allow-email-update"]).ends(0);
    assert_eq!(
        changes(&before, &stage.world()),
        ["ada address:  -> ada@contoso.example"]
    );
}

#[test]
fn delete_takes_the_account_and_nobody_else() {
    let stage = Stage::new();
    let before = stage.world();
    let sheet = format!("operation,user\ndelete,{ANNA}\ndelete,gone@contoso.example\n");
    stage.run_with(&sheet, &["--max-deletes", "1"]).ends(0);
    assert_eq!(stage.statuses(), ["done", "unchanged"]);
    let changed = changes(&before, &stage.world());
    assert!(!changed.is_empty());
    assert!(
        changed
            .iter()
            .all(|change| change.starts_with("anna.berg ") && change.ends_with("-> none")),
        "{changed:?}"
    );
    comes_to_rest(&stage, &["--max-deletes", "1"]);
}

#[test]
fn set_licenses_makes_the_direct_bundles_exactly_these() {
    does(
        &Stage::new(),
        &format!(
            "operation,user,licenses\n\
             set-licenses,{NADIA},Attended - Named User\n\
             set-licenses,{DAVID},acnu\n\
             set-licenses,bruno.rossi@contoso.example,AXPNU; ACNU\n"
        ),
        &[],
        &[
            "bruno.rossi holds: [] -> [ACNU; AXPNU]",
            "david.moreau holds: none -> [ACNU]",
            "nadia.rahman holds: [ACNU; ATTUNU] -> [ATTUNU]",
        ],
    );
}

#[test]
fn set_licenses_passes_external_license_on_as_the_row_says() {
    let stage = Stage::new();
    let before = stage.world();
    let sheet = format!("operation,user,licenses,external_license\nset-licenses,{DAVID},ACNU,yes\n");
    stage.run(&sheet).ends(0);
    assert_eq!(
        changes(&before, &stage.world()),
        ["david.moreau holds: none -> [ACNU] external"]
    );
}

#[test]
fn add_licenses_keeps_what_there_is() {
    does(
        &Stage::new(),
        &format!("operation,user,licenses\nadd-licenses,{ANNA},ACNU; ATTUNU\nadd-licenses,{DAVID},ACNU\n"),
        &[],
        &[
            "anna.berg holds: [ATTUNU] -> [ACNU; ATTUNU]",
            "david.moreau holds: none -> [ACNU]",
        ],
    );
}

#[test]
fn remove_licenses_that_leaves_nothing_releases_and_never_blocks() {
    does(
        &Stage::new(),
        &format!("operation,user,licenses\nremove-licenses,{ANNA},ATTUNU\nremove-licenses,{NADIA},ATTUNU; TSTNU\n"),
        &[],
        &[
            "anna.berg holds: [ATTUNU] -> none",
            "nadia.rahman holds: [ACNU; ATTUNU] -> [ACNU]",
        ],
    );
}

#[test]
fn release_licenses_lets_the_groups_rules_apply_again() {
    does(
        &Stage::new(),
        &format!("operation,user\nrelease-licenses,{ANNA}\nrelease-licenses,bruno.rossi@contoso.example\n"),
        &[],
        &["anna.berg holds: [ATTUNU] -> none", "bruno.rossi holds: [] -> none"],
    );
}

#[test]
fn block_licenses_leaves_an_empty_direct_allocation() {
    does(
        &Stage::new(),
        &format!("operation,user\nblock-licenses,{ANNA}\nblock-licenses,{DAVID}\n"),
        &[],
        &["anna.berg holds: [ATTUNU] -> []", "david.moreau holds: none -> []"],
    );
}

#[test]
fn set_group_licenses_makes_the_rule_exactly_this() {
    does(
        &Stage::new(),
        "operation,group,licenses,quotas,external_license\n\
         set-group-licenses,Finance,ATTUNU; ACNU,ATTUNU=10; ACNU=5,\n\
         set-group-licenses,invoice team,ACNU,,\n\
         set-group-licenses,HR Robots,ACNU,,yes\n",
        &[],
        &[
            "Finance rule: none -> [ACNU; ATTUNU] ACNU=5 ATTUNU=10",
            "HR Robots rule: none -> [ACNU] external",
            "Invoice Team rule: [ATTUNU] -> [ACNU]",
        ],
    );
}

#[test]
fn a_groups_quotas_stay_unless_the_row_names_others() {
    let with_quotas = || {
        let stage = Stage::new();
        stage.sandbox.with_world(|world| {
            let finance = world.group_named("Finance").unwrap().id;
            let rule = Rule {
                bundles: bundles(&["ATTUNU", "ACNU"]),
                quotas: [(BundleCode::new("ATTUNU"), 10), (BundleCode::new("ACNU"), 5)].into(),
                external: false,
            };
            world.set_rule(finance, rule);
        });
        stage
    };
    does(
        &with_quotas(),
        "operation,group,licenses,quotas\nset-group-licenses,Finance,ATTUNU; AXPNU,\n",
        &[],
        &["Finance rule: [ACNU; ATTUNU] ACNU=5 ATTUNU=10 -> [ATTUNU; AXPNU] ATTUNU=10"],
    );
    does(
        &with_quotas(),
        "operation,group,licenses,quotas\nset-group-licenses,Finance,ATTUNU; AXPNU,<clear>\n",
        &[],
        &["Finance rule: [ACNU; ATTUNU] ACNU=5 ATTUNU=10 -> [ATTUNU; AXPNU]"],
    );
}

#[test]
fn clear_group_licenses_takes_the_rule_away_and_the_seats_held_by_it() {
    let stage = Stage::new();
    let before = stage.world();
    let group = before.group_named("Customer Service").unwrap().id;
    let holders = before.leases(group).count();
    stage
        .run("operation,group\nclear-group-licenses,Customer Service\n")
        .ends(0);
    let line = &stage.results()[0];
    assert_eq!(line.status(), "done", "{line:?}");
    assert!(
        line.message().contains(&format!("{holders} people held seats by it")),
        "{line:?}"
    );
    let rule = changes(&before, &stage.world());
    let (rule, ended): (Vec<String>, Vec<String>) = rule.into_iter().partition(|fact| fact.contains(" rule: "));
    assert_eq!(rule, ["Customer Service rule: [ACNU] -> none"]);
    assert_eq!(ended.len(), holders);
    assert!(
        ended
            .iter()
            .all(|fact| fact.ends_with("holds of Customer Service: [ACNU] -> none")),
        "{ended:?}"
    );
    comes_to_rest(&stage, &[]);
}

#[test]
fn release_lease_gives_back_the_seat_that_is_held_by_the_groups_rule() {
    let stage = Stage::new();
    let world = stage.world();
    let group = world.group_named("Customer Service").unwrap().id;
    let (holder, _) = world.leases(group).next().unwrap();
    let email = world.user(holder).unwrap().email.clone();
    let name = email.split('@').next().unwrap();
    does(
        &stage,
        &format!("operation,user,group\nrelease-lease,{email},Customer Service\n"),
        &[],
        &[&format!("{name} holds of Customer Service: [ACNU] -> none")],
    );
}

#[test]
fn add_to_groups_adds_to_built_in_and_own_groups_alike() {
    does(
        &Stage::new(),
        &format!(
            "operation,user,groups\nadd-to-groups,{ANNA},HR Robots; Citizen Developers\nadd-to-groups,{MEI},finance\n"
        ),
        &[],
        &[
            "anna.berg in Citizen Developers: none -> yes",
            "anna.berg in HR Robots: none -> yes",
            "mei.chen in Finance: none -> yes",
        ],
    );
}

#[test]
fn offboard_deactivates_the_account_and_takes_groups_and_direct_licenses_away() {
    does(
        &Stage::new(),
        &format!("operation,user\noffboard,{ANNA}\noffboard,{MEI}\n"),
        &[],
        &[
            "anna.berg active: true -> false",
            "anna.berg holds: [ATTUNU] -> none",
            "anna.berg in Automation Users: yes -> none",
            "anna.berg in Finance: yes -> none",
            "anna.berg in Invoice Team: yes -> none",
            "mei.chen active: true -> false",
            "mei.chen holds: [ACNU] -> none",
            "mei.chen in HR Robots: yes -> none",
            "mei.chen in Human Resources: yes -> none",
        ],
    );
}

#[test]
fn remove_from_groups_removes_from_these_only() {
    does(
        &Stage::new(),
        &format!(
            "operation,user,groups\nremove-from-groups,{ANNA},Finance; Invoice Team; HR Robots\nremove-from-groups,{BRAM},Automation Users\n"
        ),
        &[],
        &[
            "anna.berg in Finance: yes -> none",
            "anna.berg in Invoice Team: yes -> none",
            "bram.okafor in Automation Users: yes -> none",
        ],
    );
}

#[test]
fn set_groups_makes_the_membership_exactly_this() {
    does(
        &Stage::new(),
        &format!("operation,user,groups\nset-groups,{ANNA},Finance; HR Robots\nset-groups,{MEI},<clear>\n"),
        &[],
        &[
            "anna.berg in Automation Users: yes -> none",
            "anna.berg in HR Robots: none -> yes",
            "anna.berg in Invoice Team: yes -> none",
            "mei.chen in HR Robots: yes -> none",
            "mei.chen in Human Resources: yes -> none",
        ],
    );
}

#[test]
fn migrate_moves_groups_and_licenses_and_deletes_the_old_account() {
    let stage = Stage::new();
    let before = stage.world();
    let sheet = "operation,user,new_email,delete_when\n\
                 migrate,mei.chen@contoso.example,mei@new.example,invited\n";
    let flags = ["--max-deletes", "1"];
    stage.run_with(sheet, &flags).ends(0);
    let changed = changes(&before, &stage.world());
    let (old, new): (Vec<_>, Vec<_>) = changed.iter().partition(|change| change.starts_with("mei.chen "));
    assert!(old.iter().all(|change| change.ends_with("-> none")), "{old:?}");
    assert_eq!(
        new,
        [
            "mails to mei@new.example: none -> 1",
            "mei accepted: none -> false",
            "mei active: none -> true",
            "mei address: none -> mei@new.example",
            "mei bypasses: none -> false",
            "mei display name: none -> ",
            "mei holds: none -> [ACNU]",
            "mei in HR Robots: none -> yes",
            "mei in Human Resources: none -> yes",
            "mei name: none -> Mei",
            "mei surname: none -> Chen",
            "mei user name: none -> mei@new.example",
        ]
    );
    comes_to_rest(&stage, &flags);
}

#[test]
fn a_mixed_sheet_does_each_of_its_rows_in_the_order_that_one_user_needs() {
    let stage = Stage::new();
    stage.sandbox.with_world(|world| {
        let id = world.user_called(HUGO).unwrap().id;
        world.allocate(id, bundles(&["ACNU"]), false);
    });
    stage.free_seats("ACNU", 5);
    let sheet = format!(
        "operation,user,email,new_email,groups,licenses,name,delete_when\n\
         invite,,ada@contoso.example,,HR Robots,ACNU,Ada,\n\
         add-to-groups,ada@contoso.example,,,Finance,,,\n\
         update,{ANNA},,,,,Annika,\n\
         add-licenses,{ANNA},,,,ACNU,,\n\
         remove-licenses,{HUGO},,,,ACNU,,\n\
         set-licenses,{DAVID},,,,ACNU,,\n\
         migrate,{MEI},,mei@new.example,,,,never\n\
         release-licenses,{BRAM},,,,,,\n\
         delete,{BRAM},,,,,,\n"
    );
    stage.run_with(&sheet, &["--max-deletes", "1"]).ends(0);
    assert_eq!(stage.counts(), "9 done");
    assert_eq!(stage.groups("ada@contoso.example"), ["Finance", "HR Robots"]);
    assert_eq!(stage.held("ada@contoso.example").as_deref(), Some("ACNU"));
    assert_eq!(stage.held(ANNA).as_deref(), Some("ACNU; ATTUNU"));
    assert_eq!(stage.held(HUGO), None);
    assert_eq!(stage.held(DAVID).as_deref(), Some("ACNU"));
    assert_eq!(stage.held("mei@new.example").as_deref(), Some("ACNU"));
    assert!(stage.user(MEI).is_some());
    assert!(stage.user(BRAM).is_none());
    stage.forget_calls();
    stage
        .rerun(&[])
        .ends(0)
        .tells("all 9 rows are already done or unchanged");
    assert!(stage.writes().is_empty());
}

#[test]
fn an_orphans_seat_is_released_by_its_id_and_nothing_else_is_done_to_it() {
    let orphan = "0f0f0f0f-0000-4000-8000-00000000000f";
    for operation in ["release-licenses", "remove-licenses"] {
        let stage = Stage::new();
        let id = orphan.parse().unwrap();
        stage.sandbox.with_world(|world| {
            world.insert_orphan(id, "gone@contoso.example", bundles(&["ATTUNU"]));
        });
        let taken = stage.world().seats_of(&BundleCode::new("ATTUNU")).allocated;
        let rows = format!(
            "operation,user,licenses\n{operation},{orphan},{}\nadd-licenses,{orphan},TSTNU\nrelease-licenses,{},\n",
            if operation == "remove-licenses" { "ATTUNU" } else { "" },
            orphan.replace("0f0f0f0f", "ffffffff"),
        );
        stage.write("sheet.csv", &rows);
        let plan = stage.reseat(&["plan", "sheet.csv", "--output", "json"]);
        assert!(plan.out.contains("orphan"), "{}", plan.out);
        // Who is gone signs in no more, and takes nothing again.
        assert!(!plan.out.contains("released-may-return"), "{}", plan.out);
        stage.rerun(&[]).ends(3);
        assert_eq!(stage.statuses(), ["done", "not_found", "not_found"], "{operation}");
        assert!(stage.results()[0].message().contains("orphan"));
        assert_eq!(stage.results()[0].get("user_id"), orphan);
        assert!(stage.world().allocation(id).is_none());
        assert_eq!(stage.world().seats_of(&BundleCode::new("ATTUNU")).allocated, taken - 1);
    }
}

#[test]
fn whose_licences_could_not_be_released_is_named_and_tried_again_by_a_rerun() {
    let stage = Stage::with(Config {
        quirks: Quirks {
            unreleasable: vec![BRAM.to_owned()],
            ..Quirks::default()
        },
        ..Config::unlimited()
    });
    let holders: Vec<String> = stage
        .world()
        .allocations()
        .filter_map(|(id, _)| stage.world().user(id).map(|user| user.email.clone()))
        .filter(|email| email != BRAM)
        .take(3)
        .chain([BRAM.to_owned()])
        .collect();
    stage
        .run(&sheet("operation,user", "release-licenses,{}", &holders))
        .ends(3);
    assert_eq!(stage.statuses(), ["done", "done", "done", "failed"]);
    let failed = &stage.results()[3];
    assert_eq!(failed.get("code"), "release_failed");
    assert!(failed.message().contains("could not release"));
    assert_eq!(stage.held(BRAM).as_deref(), Some("ATTUNU"));
    assert_eq!(stage.writes(), [("portal-release", 1)].into());
    stage.rerun(&[]).ends(3);
    assert_eq!(stage.writes()["portal-release"], 2);
}
