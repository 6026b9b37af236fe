//! Each operation on each state of an account: what is done, what the results file says of it, and what
//! gets no call at all.

use std::collections::HashMap;

use reseat::api::{PackedTexts, ReleaseRoute, UserTexts};
use reseat::directory::{Contents, Snapshot};
use reseat::model::{DeleteWhen, Operation, Status};
use reseat::plan::{
    Administrators, Begun, BegunRows, CallKind, OnShortage, Pending, Plan, RowReason, Rules, batch, plan,
};
use serde_json::json;

use crate::model::{EVERYONE, World, address, bundles, group_id, user_id};
use crate::random::rules;
use crate::sheets::{
    add, block, create, delete, invite, join, leave, migrate, migrate_with, release, remove, set, set_external, sheet,
    update,
};

/// A row about the user of this name.
type About = fn(&str) -> Operation;

/// The states of a direct allocation.
const STATES: [&str; 5] = ["inherits", "holds A", "holds AB", "blocked", "unknown"];

fn in_state(state: &str) -> (World, Snapshot) {
    let mut world = World::of(1);
    world.account(0).held = match state {
        "holds A" => Some((bundles("A"), false)),
        "holds AB" => Some((bundles("AB"), false)),
        "blocked" => Some((bundles(""), false)),
        _ => None,
    };
    let snapshot = if state == "unknown" {
        let users = world.snapshot().users().to_vec();
        Snapshot::from(Contents {
            accounts: users.into_iter().collect(),
            ..Contents::default()
        })
    } else {
        world.snapshot()
    };
    (world, snapshot)
}

fn license_plan(snapshot: &Snapshot, operation: Operation) -> Plan {
    plan(&sheet([operation]), snapshot, &HashMap::new(), &rules(OnShortage::Stop))
}

/// What becomes of the only row: its verdict, or its call with `before` and `after`.
fn outcome(plan: &Plan, snapshot: &Snapshot) -> String {
    if let Some(verdict) = plan.rows[0].verdict() {
        return format!("{} {}", verdict.status, verdict.code).trim().to_owned();
    }
    let call = match &batch(plan, plan.steps_of(plan.stages()[0]), &rules(OnShortage::Stop).sizes)[0].kind {
        CallKind::Allocate(bundles, _) => format!("allocate [{bundles}]"),
        CallKind::Release => "release".to_owned(),
        other => other.label().to_owned(),
    };
    let change = plan.expected_change(snapshot, 0);
    let side = |side: Option<serde_json::Value>| {
        let licenses = side.and_then(|side| side.get("licenses").cloned());
        licenses.unwrap_or(json!("not known"))
    };
    format!("{call}: {} to {}", side(change.before), side(change.after))
}

#[test]
fn what_only_the_portal_releases_is_refused_where_none_answers_and_doubted_where_there_is_none() {
    let holders = |route, state| {
        let (_, snapshot) = in_state(state);
        Snapshot::from(Contents {
            accounts: snapshot.users().to_vec().into_iter().collect(),
            allocations: snapshot.allocations().cloned(),
            release_route: route,
            ..Contents::default()
        })
    };
    let rows: [(&str, About, &str); 6] = [
        ("holds A", release, "rejected release_not_offered"),
        ("blocked", release, "rejected release_not_offered"),
        ("inherits", release, "unchanged"),
        ("holds A", |user| remove(user, "A"), "rejected release_not_offered"),
        (
            "holds AB",
            |user| remove(user, "A"),
            "allocate [B]: [\"A\",\"B\"] to [\"B\"]",
        ),
        ("holds A", block, "allocate []: [\"A\"] to []"),
    ];
    for (state, operation, expected) in rows {
        let snapshot = holders(ReleaseRoute::MissingPortal, state);
        assert_eq!(
            outcome(&license_plan(&snapshot, operation(&address(0))), &snapshot),
            expected,
            "{state}"
        );
    }
    for (route, is_doubted) in [(ReleaseRoute::LicenseService, true), (ReleaseRoute::Portal, false)] {
        let snapshot = holders(route, "holds A");
        let plan = license_plan(&snapshot, release(&address(0)));
        assert_eq!(outcome(&plan, &snapshot), "release: [\"A\"] to null");
        let warned = plan.warnings.iter().any(|warning| warning.code == "release-untried");
        assert_eq!(warned, is_doubted);
    }
}

#[test]
fn every_license_operation_on_every_state_does_what_the_contract_says() {
    let unreadable = "rejected licenses_unreadable";
    let table: [(&str, About, [&str; 5]); 6] = [
        (
            "set A",
            |user| set(user, "A"),
            [
                "allocate [A]: null to [\"A\"]",
                "unchanged",
                "allocate [A]: [\"A\",\"B\"] to [\"A\"]",
                "allocate [A]: [] to [\"A\"]",
                "allocate [A]: \"not known\" to [\"A\"]",
            ],
        ),
        (
            "add A",
            |user| add(user, "A"),
            [
                "allocate [A]: null to [\"A\"]",
                "unchanged",
                "unchanged",
                "allocate [A]: [] to [\"A\"]",
                unreadable,
            ],
        ),
        (
            "remove A",
            |user| remove(user, "A"),
            [
                "unchanged",
                "release: [\"A\"] to null",
                "allocate [B]: [\"A\",\"B\"] to [\"B\"]",
                "unchanged",
                unreadable,
            ],
        ),
        (
            "release",
            release,
            [
                "unchanged",
                "release: [\"A\"] to null",
                "release: [\"A\",\"B\"] to null",
                "release: [] to null",
                "release: \"not known\" to null",
            ],
        ),
        (
            "block",
            block,
            [
                "allocate []: null to []",
                "allocate []: [\"A\"] to []",
                "allocate []: [\"A\",\"B\"] to []",
                "unchanged",
                "allocate []: \"not known\" to []",
            ],
        ),
        (
            "invite with A",
            |user| invite(user, &[], "A"),
            [
                "allocate [A]: null to [\"A\"]",
                "unchanged",
                "unchanged",
                "allocate [A]: [] to [\"A\"]",
                unreadable,
            ],
        ),
    ];
    for (name, operation, expected) in table {
        for (state, expected) in STATES.into_iter().zip(expected) {
            let (_, snapshot) = in_state(state);
            let plan = license_plan(&snapshot, operation(&address(0)));
            assert_eq!(outcome(&plan, &snapshot), expected, "{name} where the account {state}");
        }
    }
}

#[test]
fn a_row_about_nobody_gets_no_call_and_a_deletion_of_nobody_is_done_already() {
    let rows: [(About, &str); 9] = [
        (|user| set(user, "A"), "not_found user_not_found"),
        (|user| add(user, "A"), "not_found user_not_found"),
        (|user| remove(user, "A"), "not_found user_not_found"),
        (release, "not_found user_not_found"),
        (block, "not_found user_not_found"),
        (|user| update(user, Some("x"), &[], &[]), "not_found user_not_found"),
        (|user| join(user, &[1]), "not_found user_not_found"),
        (
            |user| migrate(user, "new0@new.example", DeleteWhen::Invited),
            "not_found user_not_found",
        ),
        (delete, "unchanged already_gone"),
    ];
    let snapshot = World::of(1).snapshot();
    for (operation, expected) in rows {
        let plan = license_plan(&snapshot, operation("nobody@old.example"));
        assert!(plan.steps.is_empty());
        assert_eq!(outcome(&plan, &snapshot), expected);
    }
}

/// The kinds of the calls of a plan, in the order of the stages.
fn kinds(plan: &Plan) -> Vec<&'static str> {
    let sizes = rules(OnShortage::Stop).sizes;
    let calls = plan
        .stages()
        .into_iter()
        .flat_map(|stage| batch(plan, plan.steps_of(stage), &sizes));
    calls.map(|call| call.kind.label()).collect()
}

#[test]
fn an_external_flag_that_differs_costs_a_call_and_one_that_is_not_named_is_kept() {
    let mut world = World::of(1);
    world.account(0).held = Some((bundles("A"), true));
    let snapshot = world.snapshot();
    let flag = |operation| {
        let plan = license_plan(&snapshot, operation);
        plan.steps.first().map(|_| {
            match &batch(&plan, plan.steps_of(plan.stages()[0]), &rules(OnShortage::Stop).sizes)[0].kind {
                CallKind::Allocate(_, flag) => *flag,
                other => panic!("{other:?}"),
            }
        })
    };
    assert_eq!(flag(set(&address(0), "A")), None);
    assert_eq!(flag(set_external(&address(0), "A", true)), None);
    assert_eq!(flag(set_external(&address(0), "A", false)), Some(false));
    assert_eq!(flag(set(&address(0), "B")), Some(true));
    assert_eq!(flag(add(&address(0), "B")), Some(true));
    let plan = license_plan(&snapshot, set_external(&address(0), "A", false));
    let change = plan.expected_change(&snapshot, 0);
    assert_eq!(
        change.before,
        Some(json!({"licenses": ["A"], "external_license": true}))
    );
    assert_eq!(
        change.after,
        Some(json!({"licenses": ["A"], "external_license": false}))
    );
}

#[test]
fn an_invitation_takes_the_groups_along_and_licenses_follow() {
    let snapshot = World::of(1).snapshot();
    let plan = license_plan(&snapshot, invite("new0@new.example", &[0, 1, EVERYONE], "A"));
    assert_eq!(kinds(&plan), ["invite users", "allocate licences to users"]);
    assert_eq!(plan.rows[0].note(), "every account is in Everyone");
    let change = plan.expected_change(&snapshot, 0);
    let after = json!({
        "made": "invited",
        "groups": {"Automation Users": true, "Sales": true},
        "group_ids": {"Automation Users": group_id(0), "Sales": group_id(1)},
        "licenses": ["A"],
    });
    assert_eq!(change.after, Some(after));
}

#[test]
fn nobody_who_has_an_account_is_mailed_again_unless_that_is_asked_for() {
    let mut world = World::of(1);
    world.account(0).accepted = false;
    let row = || sheet([invite(&address(0), &[], "")]);
    let planned = |pending, begun: &BegunRows| {
        let rules = Rules {
            pending,
            mailed_since: "2026-11-22T00:00:00Z".parse().ok(),
            ..rules(OnShortage::Stop)
        };
        let plan = plan(&row(), &world.snapshot(), begun, &rules);
        (kinds(&plan), plan.rows[0].verdict().map(|verdict| verdict.status))
    };
    let begun = |mailed_at: Option<&str>| {
        let begun = Begun {
            made: true,
            mailed_at: mailed_at.map(|time| time.parse().unwrap()),
            ..Begun::default()
        };
        BegunRows::from([(row()[0].key, begun)])
    };
    let ours = begun(None);
    let none = BegunRows::new();
    assert_eq!(planned(Pending::LeaveAlone, &none), (vec![], Some(Status::Unchanged)));
    assert_eq!(planned(Pending::LeaveAlone, &ours), (vec![], Some(Status::Done)));
    assert_eq!(planned(Pending::Resend, &none), (vec!["invite users"], None));
    assert_eq!(planned(Pending::Resend, &ours), (vec!["invite users"], None));
    let long_ago = begun(Some("2026-11-21T23:59:59Z"));
    assert_eq!(planned(Pending::Resend, &long_ago), (vec!["invite users"], None));
    let lately = begun(Some("2026-11-22T00:00:00Z"));
    assert_eq!(planned(Pending::Resend, &lately), (vec![], Some(Status::Done)));
}

#[test]
fn a_row_that_waits_only_for_an_account_to_be_made_shares_that_rows_fate() {
    let rows = sheet([
        join("new0@new.example", &[1]),
        invite("new0@new.example", &[1], ""),
        release("new0@new.example"),
    ]);
    let snapshot = World::of(1).snapshot();
    let plan = plan(&rows, &snapshot, &HashMap::new(), &rules(OnShortage::Stop));
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(*plan.steps[0].rows, [0, 1, 2]);
    assert_eq!(plan.expected_change(&snapshot, 0).after, None);
    assert_eq!(plan.expected_change(&snapshot, 1).after.unwrap()["made"], "invited");
}

#[test]
fn a_row_about_an_account_that_cannot_be_made_gets_no_call() {
    let mut rows = sheet([
        invite("new0@new.example", &[1], ""),
        set("new0@new.example", "A"),
        join("new0@new.example", &[2]),
    ]);
    if let Operation::Invite(invite) = &mut rows[0].operation {
        invite.groups = vec![reseat::model::GroupRef::Name("Nowhere".into())].into();
    }
    let plan = plan(
        &rows,
        &World::of(1).snapshot(),
        &HashMap::new(),
        &rules(OnShortage::Stop),
    );
    assert!(plan.steps.is_empty());
    let codes: Vec<String> = plan
        .rows
        .iter()
        .map(|row| row.verdict().unwrap().code.to_string())
        .collect();
    assert_eq!(codes, ["group_not_found", "no_account", "no_account"]);
}

#[test]
fn rows_that_contradict_each_other_under_two_names_of_one_account_are_told_apart() {
    let id = user_id(0).to_string();
    let other = user_id(1).to_string();
    let when = DeleteWhen::Invited;
    let table: [(Vec<Operation>, [&str; 2]); 8] = [
        (vec![delete(&address(0)), set(&id, "A")], ["", "work-after-delete"]),
        (vec![delete(&address(0)), delete(&id)], ["", "duplicate-row"]),
        (
            vec![delete(&id), invite(&address(0), &[], "A")],
            ["", "work-after-delete"],
        ),
        (
            vec![
                migrate(&address(0), "n@x.example", when),
                migrate(&id, "m@x.example", when),
            ],
            ["", "migrate-twice"],
        ),
        (
            vec![migrate(&address(0), "n@x.example", when), delete(&id)],
            ["", "migrate-and-delete"],
        ),
        (
            vec![migrate(&address(0), &address(1), when), delete(&other)],
            ["", "made-and-deleted"],
        ),
        (
            vec![
                migrate(&address(0), &address(1), when),
                migrate(&other, "n@x.example", when),
            ],
            ["", "made-and-left"],
        ),
        (
            vec![migrate(&other, "n@x.example", when), migrate(&id, &address(1), when)],
            ["", "made-and-left"],
        ),
    ];
    for (operations, expected) in table {
        let rows = sheet(operations);
        let plan = plan(
            &rows,
            &World::of(2).snapshot(),
            &HashMap::new(),
            &rules(OnShortage::Stop),
        );
        let codes: Vec<String> = plan
            .rows
            .iter()
            .map(|row| row.verdict().map_or(String::new(), |verdict| verdict.code.to_string()))
            .collect();
        assert_eq!(codes, expected, "{rows:?}");
        let second = plan.rows[1].verdict().unwrap();
        assert!(matches!(second.status, Status::Invalid | Status::Duplicate));
        assert!(second.message.contains("row 2"), "{}", second.message);
    }
}

#[test]
fn everyone_is_joined_by_nobody_and_left_by_nobody() {
    let snapshot = World::of(1).snapshot();
    assert_eq!(
        outcome(&license_plan(&snapshot, join(&address(0), &[EVERYONE])), &snapshot),
        "unchanged"
    );
    let left = outcome(&license_plan(&snapshot, leave(&address(0), &[EVERYONE])), &snapshot);
    assert_eq!(left, "rejected everyone");
}

#[test]
fn a_directorys_account_keeps_its_profile_and_joins_groups_from_their_side() {
    let mut world = World::of(1);
    world.account(0).from_directory = true;
    let snapshot = world.snapshot();
    let renamed = outcome(
        &license_plan(&snapshot, update(&address(0), Some("x"), &[], &[])),
        &snapshot,
    );
    assert_eq!(renamed, "rejected directory_user");
    let joined = license_plan(&snapshot, join(&address(0), &[1, 2]));
    assert_eq!(kinds(&joined), ["change a group's members"; 2]);
    let built_in = license_plan(&snapshot, join(&address(0), &[0]));
    assert_eq!(kinds(&built_in), ["update a user"]);
}

#[test]
fn nobody_deletes_the_account_in_use_or_an_administrator() {
    let mut world = World::of(3);
    world.account(1).groups = [group_id(7)].into();
    let contents = |acting_user, world: &World| Contents {
        accounts: world.snapshot().users().to_vec().into_iter().collect(),
        groups: [reseat::api::Group {
            id: group_id(7),
            name: "Administrators".to_owned(),
            built_in: true,
        }]
        .into_iter()
        .collect(),
        acting_user,
        ..Contents::default()
    };
    let snapshot = Snapshot::from(contents(Some(user_id(0)), &world));
    let moved = |number| migrate(&address(number), "new0@new.example", DeleteWhen::Invited);
    for (operation, code) in [
        (delete(&address(0)), "own_account"),
        (delete(&address(1)), "administrator"),
        (moved(0), "own_account"),
        (moved(1), "administrator"),
    ] {
        let plan = license_plan(&snapshot, operation);
        assert_eq!(outcome(&plan, &snapshot), format!("skipped {code}"));
    }
    let kept = license_plan(&snapshot, migrate(&address(0), "new0@new.example", DeleteWhen::Never));
    assert_eq!(kinds(&kept), ["invite users"]);
    let allowed = Rules {
        administrators: Administrators::MayGo,
        ..rules(OnShortage::Stop)
    };
    let rows = sheet([delete(&address(1))]);
    let alone = plan(&rows, &snapshot, &HashMap::new(), &allowed);
    assert_eq!(outcome(&alone, &snapshot), "skipped last_administrator");
    world.account(2).groups.insert(group_id(7));
    let snapshot = Snapshot::from(contents(Some(user_id(0)), &world));
    assert_eq!(
        kinds(&plan(&rows, &snapshot, &HashMap::new(), &allowed)),
        ["delete users"]
    );
}

#[test]
fn a_migration_waits_for_the_invitation_unless_told_otherwise() {
    let table = [
        (DeleteWhen::Invited, false, vec!["invite users", "delete users"]),
        (DeleteWhen::Accepted, false, vec!["invite users"]),
        (DeleteWhen::Never, false, vec!["invite users"]),
        (DeleteWhen::Invited, true, vec!["delete users"]),
        (DeleteWhen::Accepted, true, vec!["delete users"]),
        (DeleteWhen::Never, true, vec![]),
    ];
    for (when, has_accepted, expected) in table {
        let mut world = World::of(2);
        if !has_accepted {
            world.accounts.remove(&user_id(1));
        }
        let rows = sheet([migrate(&address(0), &address(1), when)]);
        let plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules(OnShortage::Stop));
        assert_eq!(kinds(&plan), expected, "{when:?}, accepted: {has_accepted}");
        assert_eq!(plan.deletions.len(), usize::from(expected.contains(&"delete users")));
    }
}

#[test]
fn a_migration_passes_on_what_the_old_account_has_after_the_rows_before_it() {
    let mut world = World::of(1);
    world.account(0).held = Some((bundles("A"), true));
    world.account(0).groups = [group_id(1)].into();
    let rows = sheet([
        add(&address(0), "B"),
        join(&address(0), &[2]),
        leave(&address(0), &[1]),
        migrate(&address(0), "new0@new.example", DeleteWhen::Never),
    ]);
    let rules = rules(OnShortage::Stop);
    let mut plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
    let captured = plan.rows[3].captured().unwrap();
    assert_eq!(captured["licenses"], json!(["A", "B"]));
    assert_eq!(captured["external_license"], json!(true));
    crate::calls::carry_out(&mut plan, &mut world, &rules.sizes, |_| ());
    let (_, successor) = world.by_email("new0@new.example").unwrap();
    assert_eq!(successor.held, Some((bundles("AB"), true)));
    assert_eq!(successor.groups, [group_id(2)].into());
}

#[test]
fn a_migration_that_goes_on_keeps_to_what_was_captured_before_licenses_were_handed_over() {
    let mut world = World::of(2);
    let row = || sheet([migrate(&address(0), &address(1), DeleteWhen::Invited)]);
    let begun = Begun {
        made: true,
        account: Some(user_id(1)),
        before: Some(json!({"group_ids": [], "licenses": ["A"], "external_license": true})),
        ..Begun::default()
    };
    let begun = BegunRows::from([(row()[0].key, begun)]);
    let rules = rules(OnShortage::Stop);
    let mut plan = plan(&row(), &world.snapshot(), &begun, &rules);
    crate::calls::carry_out(&mut plan, &mut world, &rules.sizes, |_| ());
    assert_eq!(world.account(1).held, Some((bundles("A"), true)));
    assert!(!world.accounts.contains_key(&user_id(0)));
}

#[test]
fn a_new_account_that_a_move_goes_on_with_loses_no_access_by_it() {
    let mut world = World::of(2);
    world.account(0).held = Some((bundles(""), false));
    let rules = rules(OnShortage::Stop);
    let lost = |second: Option<Operation>, made| {
        let rows = sheet(
            [migrate(&address(0), &address(1), DeleteWhen::Never)]
                .into_iter()
                .chain(second),
        );
        let begun = Begun {
            made,
            account: Some(user_id(1)),
            ..Begun::default()
        };
        let begun = BegunRows::from([(rows[0].key, begun)]);
        plan(&rows, &world.snapshot(), &begun, &rules).access_lost.people
    };
    assert_eq!(lost(None, true), 0);
    // What another row takes from it is lost, and so is what was somebody's before the move.
    assert_eq!(lost(Some(block(&address(1))), true), 1);
    assert_eq!(lost(None, false), 1);
}

#[test]
fn a_blocked_persons_new_account_is_blocked_too_unless_the_row_names_licenses() {
    let mut world = World::of(1);
    world.account(0).held = Some((bundles(""), false));
    let rules = rules(OnShortage::Stop);
    for (operation, expected) in [
        (
            migrate(&address(0), "new0@new.example", DeleteWhen::Never),
            Some((bundles(""), false)),
        ),
        (
            migrate_with(&address(0), "new0@new.example", &[], bundles("A")),
            Some((bundles("A"), false)),
        ),
    ] {
        let mut end = world.clone();
        let mut plan = plan(&sheet([operation]), &world.snapshot(), &HashMap::new(), &rules);
        crate::calls::carry_out(&mut plan, &mut end, &rules.sizes, |_| ());
        assert_eq!(end.by_email("new0@new.example").unwrap().1.held, expected);
    }
}

#[test]
fn a_created_account_is_made_in_its_groups_and_one_that_is_there_is_left_as_it_is() {
    let snapshot = World::of(1).snapshot();
    let plan = license_plan(&snapshot, create("new0@new.example", &[1, 2], "A"));
    assert_eq!(kinds(&plan), ["create users", "allocate licences to users"]);
    let there = license_plan(&snapshot, create(&address(0), &[1], ""));
    assert_eq!(kinds(&there), ["change a group's members"]);
    assert_eq!(there.rows[0].note(), "the account exists already");
}

#[test]
fn a_migration_begun_with_another_account_of_that_name_touches_nobody() {
    let world = World::of(2);
    let row = || sheet([migrate(&address(0), &address(1), DeleteWhen::Accepted)]);
    let begun = |old: u8| Begun {
        made: true,
        account: Some(user_id(1)),
        before: Some(json!({"user_id": user_id(old), "group_ids": [], "licenses": null, "external_license": false})),
        ..Begun::default()
    };
    for (old, deletions, verdict) in [
        (0, 1, None),
        (7, 0, Some((Status::Conflict, RowReason::AnotherAccount.into()))),
    ] {
        let begun = BegunRows::from([(row()[0].key, begun(old))]);
        let plan = plan(&row(), &world.snapshot(), &begun, &rules(OnShortage::Stop));
        assert_eq!(plan.deletions.len(), deletions, "{old}");
        assert_eq!(
            plan.rows[0]
                .verdict()
                .map(|verdict| (verdict.status, verdict.code.clone())),
            verdict
        );
        assert_eq!(plan.steps.is_empty(), deletions == 0);
    }
}

#[test]
fn an_address_that_is_only_somebody_elses_user_name_leads_to_nobody() {
    let world = World::of(2);
    let mut users = world.snapshot().users().to_vec();
    users[1].texts = PackedTexts::new(UserTexts {
        user_name: "new@new.example",
        email: &address(1),
        ..UserTexts::default()
    });
    let snapshot = Snapshot::from(Contents {
        accounts: users.into_iter().collect(),
        ..Contents::default()
    });
    for operation in [
        invite("new@new.example", &[], ""),
        migrate(&address(0), "new@new.example", DeleteWhen::Invited),
    ] {
        let plan = plan(
            &sheet([operation]),
            &snapshot,
            &HashMap::new(),
            &rules(OnShortage::Stop),
        );
        let verdict = plan.rows[0].verdict().unwrap();
        assert_eq!(
            (verdict.status, verdict.code.clone()),
            (Status::Ambiguous, RowReason::UserNameOfAnother.into())
        );
        assert!(plan.steps.is_empty() && plan.deletions.is_empty());
    }
}
